"""Networks and planted faults that several test files share."""

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import product

import numpy as np

from theory.construction import construct
from theory.floats import weights
from theory.groups import load_group
from theory.groups.construction import construct as construct_group
from theory.network_file import NetworkFile
from theory.task import Task, logits

SMALL = [(1, 2), (1, 3), (1, 4), (1, 7), (1, 9), (2, 2), (2, 3), (2, 4), (2, 5), (2, 6), (2, 9), (2, 10), (2, 11),
         (3, 2), (3, 3), (3, 4), (3, 5), (3, 6), (3, 7), (3, 9), (4, 2), (4, 3), (4, 4), (4, 5), (4, 6),
         (5, 2), (5, 3), (5, 4), (5, 5)]  # fmt: skip


@lru_cache
def constructed(k: int, p: int, method: str = "minimal") -> NetworkFile:
    u, w = weights(construct(k, p, method))
    u.setflags(write=False)
    w.setflags(write=False)
    return NetworkFile(u, w, k, p)


def changed(network: NetworkFile, u: np.ndarray, w: np.ndarray) -> NetworkFile:
    return NetworkFile(u, w, network.k, network.p, network.table, network.metadata)


def as_dtype(network: NetworkFile, dtype: type) -> NetworkFile:
    return changed(network, network.u.astype(dtype), network.w.astype(dtype))


def turned(v: np.ndarray, turn: float) -> np.ndarray:
    """A vector with every phase moved by ``turn``."""
    return np.fft.irfft(np.fft.rfft(v) * np.exp(2j * np.pi * turn), len(v))


def phase_of(v: np.ndarray, zeta: int = 1) -> float:
    return float(np.angle(np.fft.rfft(v)[zeta]) / (2 * np.pi))


def phase_moved(network: NetworkFile) -> NetworkFile:
    u = network.u.copy()
    u[0, 0] = turned(u[0, 0], 1e-3)
    return changed(network, u, network.w)


def frequency_changed(network: NetworkFile) -> NetworkFile:
    """The first neuron, of frequency 1, gets frequency 2: v(a) becomes v(2a)."""
    u, w, double = network.u.copy(), network.w.copy(), 2 * np.arange(network.p) % network.p
    u[0], w[0] = u[0][:, double], w[0][double]
    return changed(network, u, w)


def neuron_deleted(network: NetworkFile) -> NetworkFile:
    return changed(network, network.u[1:], network.w[1:])


def vector_scaled(network: NetworkFile) -> NetworkFile:
    w = network.w.copy()
    w[0] *= 1.01
    return changed(network, network.u, w)


def phases_swapped(network: NetworkFile) -> NetworkFile:
    """u_1 of the first neuron and of another one of its frequency that has a different phase."""
    u = network.u.copy()
    first = phase_of(u[0, 0])
    power = np.abs(np.fft.rfft(u[:, 0], axis=1)[:, 1]) > 1e-9
    other = next(i for i in np.flatnonzero(power) if abs(np.exp(2j * np.pi * (phase_of(u[i, 0]) - first)) - 1) > 1e-3)
    u[[0, other], 0] = u[[other, 0], 0]
    return changed(network, u, network.w)


FAULTS: dict[str, tuple[Callable[[NetworkFile], NetworkFile], set[str]]] = {
    "phase": (phase_moved, {"phase_sum", "equal_vectors"}),
    "frequency": (frequency_changed, {"masses", "gram"}),
    "deletion": (neuron_deleted, {"moments", "gram"}),
    "scale": (vector_scaled, {"balance", "equal_vectors"}),
    "swap": (phases_swapped, {"phase_sum", "equal_vectors"}),
}


def vectors_of(network: NetworkFile) -> np.ndarray:
    return np.concatenate([network.u, network.w[:, None]], axis=1)


def wave(v: np.ndarray, zeta: int) -> tuple[float, float]:
    """(phase in turns, 2-norm of what is left beside the frequency over the whole), by projection."""
    turns = 2 * np.pi * zeta * np.arange(len(v)) / len(v)
    basis = [np.cos(turns)] + ([np.sin(turns)] if 2 * zeta != len(v) else [])
    left = v - sum((v @ b) / (b @ b) * b for b in basis)
    sine = v @ np.sin(turns) if len(basis) == 2 else 0.0
    return float(np.arctan2(-sine, v @ np.cos(turns)) / (2 * np.pi)), float(np.linalg.norm(left) / np.linalg.norm(v))


def spoilt(network: NetworkFile, seed: int = 0, size: float = 0.03) -> NetworkFile:
    """Noise in every weight, shuffled, and a neuron that is not live in front: wrong in every respect at once."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(network.w))
    scale = size * float(np.abs(network.u).max())
    u = network.u[order] + scale * rng.normal(size=network.u.shape)
    w = network.w[order] + scale * rng.normal(size=network.w.shape)
    return changed(network, np.concatenate([1e-6 * u[:1], u]), np.concatenate([1e-6 * w[:1], w]))


@lru_cache
def on_group(name: str, k: int = 2, method: str = "minimal") -> NetworkFile:
    found = construct_group(load_group(name), k, method)
    return NetworkFile(found.u, found.w, k, found.group.order, found.group.table, {"group": name})


def cross_entropy(network: NetworkFile) -> float:
    """The mean over all inputs of log(1 + (n-1) sum_delta tau_delta exp(-margin over delta))."""
    task = Task.cyclic(network.k, network.p)
    outputs, losses = logits(network.u, network.w), []
    for a in product(range(task.n), repeat=task.k):
        f = np.roll(outputs[a], -(sum(a) % task.n))
        losses.append(math.log1p((task.n - 1) * float(task.tau[1:] @ np.exp(f[1:] - f[0]))))
    return float(np.mean(losses))
