r"""Neurons as functions of all inputs: how much of what a neuron does is at one frequency, in any network.

The centred activation of a neuron on :math:`\mathbb{Z}_p^k` has at frequency f the share of its power at the characters
with every index in :math:`\{0, f, -f\}`, not all 0: the functions of :math:`\cos, \sin(2\pi f a_j/p)` of degree at
most one in each input.  Nanda23 calls a neuron explained by f from a share of .85 on.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch

from numerics.diagnosis.opened import Opened

EXPLAINED = 0.85
MOST_ACTIVATIONS = 2**26
PART = 2**21


@dataclass(frozen=True)
class Activity:
    """Neurons by their activations on all inputs.

    Attributes:
        neurons: how many there are.
        active: how many of them vary with the input.
        median: median share of an active neuron's best frequency.
        explained: share of the active neurons with at least .85.
        frequencies: number of active neurons by best frequency, the commonest first.
    """

    neurons: int
    active: int
    median: float
    explained: float
    frequencies: dict[str, int]


def activity_of(opened: Opened) -> Activity | None:
    """The summary; None on groups, without a hidden layer, or where activations are too many to hold."""
    hidden, task = opened.hidden, opened.task
    if hidden is None or task.table is not None or task.n < 3:
        return None
    if float(task.n) ** task.k * len(hidden.w) > MOST_ACTIVATIONS:
        return None
    index = torch.arange(task.n**task.k)
    values = torch.stack([index // task.n**j % task.n for j in reversed(range(task.k))], dim=1)
    whole = torch.cat([hidden.activations(part).float() for part in values.split(8192)]).numpy()
    shares = np.concatenate([
        frequency_shares_of(whole[:, i : i + PART // len(whole) + 1].T.reshape((-1,) + (task.n,) * task.k))
        for i in range(0, whole.shape[1], PART // len(whole) + 1)
    ])  # fmt: skip
    active = shares.sum(axis=1) > 0
    best, largest = 1 + shares[active].argmax(axis=1), shares[active].max(axis=1, initial=0)
    if not active.any():
        return Activity(len(shares), 0, 0.0, 0.0, {})
    counts = np.bincount(best)
    order = [int(f) for f in np.argsort(-counts, kind="stable") if counts[f]]
    return Activity(
        len(shares),
        int(active.sum()),
        float(np.median(largest)),
        float((largest >= EXPLAINED).mean()),
        {str(f): int(counts[f]) for f in order},
    )


def frequency_shares_of(functions: np.ndarray) -> np.ndarray:
    """Share of the variance at every frequency 1..floor(p/2), shape (N, p // 2), of functions (N, p, ..., p).

    No character belongs to two frequencies, so the shares of one function add up to at most 1; 0 for a constant.

    Examples:
        >>> a, b = np.ogrid[:7, :7]
        >>> turns = 2 * np.pi / 7
        >>> function = np.cos(2 * turns * a) * np.sin(2 * turns * b) + np.cos(turns * a)
        >>> frequency_shares_of(function[None]).round(9).tolist()
        [[0.666666667, 0.333333333, 0.0]]
    """
    p, k = functions.shape[-1], functions.ndim - 1
    axes = tuple(range(1, k + 1))
    power = np.abs(np.fft.fftn(functions, axes=axes)) ** 2
    whole = power.reshape(len(power), -1)
    total = whole[:, 1:].sum(axis=1)
    varies = total > 1e-12 * whole[:, 0]
    found = np.zeros((len(functions), p // 2))
    for f in range(1, p // 2 + 1):
        signs = {0, f, p - f}
        for place in product(signs, repeat=k):
            if any(place):
                found[:, f - 1] += power[(slice(None), *place)]
    return np.divide(found, total[:, None], out=np.zeros_like(found), where=varies[:, None])
