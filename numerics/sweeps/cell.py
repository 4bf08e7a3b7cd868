"""A cell of networks on a group: power or ReLU, the whole table, cross-entropy and a penalty, full-batch Adam.

Equal cells give equal rows: a cell trains on one thread in batches whose size depends on the cell alone, so neither
other cells, nor interruptions, nor the process that runs it change a bit on one kind of machine.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from numerics.accuracy import accuracy
from numerics.ensemble.cell import Cell, Members, Row
from numerics.ensemble.engine import Adam, Calm, Trained
from numerics.ensemble.power import PowerEnsemble
from numerics.network import ACTIVATIONS
from numerics.selection.observables import (
    conjugate_pairs,
    explained,
    held_sets,
    irrep_fractions,
    key_sets,
    neuron_powers,
    spectral_count,
)
from theory.errors import InputError
from theory.groups import Group, load_group
from theory.task import Task

CACHE = 2**23  # bytes of a batch on a CPU: beyond its cache it waits for memory
MEASURED_BYTES = 2**26


@dataclass(frozen=True, order=True)
class GroupCell(Cell):
    """One configuration with its seeds.

    Attributes:
        order: number n of elements of the group.
        group: its name.
        k: number of inputs.
        activation: power or relu.
        width: number of neurons.
        penalty: lambda in the penalty lambda sum_i ||theta_i||^penalty_power.
        penalty_power: exponent r of the neurons' norms.
        decay: decoupled weight decay of Adam (AdamW).
        rate: learning rate.
        scale: standard deviation of the initial weights.
        updates: largest number of updates.
        tolerance: relative change of loss and weights below which an update is calm; 0 switches convergence off.
        calm: number of calm updates in a row after which a network has converged.
        precision: float64 or float32.
        first_seed: the first of the consecutive seeds.
        seeds: number of seeds.
    """

    order: int
    group: str
    k: int
    activation: str
    width: int
    penalty: float
    penalty_power: float
    decay: float
    rate: float
    scale: float
    updates: int
    tolerance: float
    calm: int
    precision: str
    first_seed: int
    seeds: int

    @cached_property
    def key(self) -> str:
        """16 hexadecimal digits that stand for the settings."""
        content = json.dumps({"format": "fourier-margin/cell", "version": 1, **self.settings}, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """Group, activation, width and penalty; the first seed when it is not 0."""
        first = f"-from-{self.first_seed}" if self.first_seed else ""
        return f"{self.group}-{self.activation}-{self.width}-{self.penalty:g}{first}"

    @property
    def settings(self) -> dict[str, Any]:
        """Every field."""
        return asdict(self)

    @property
    def every_seed(self) -> range:
        """All seeds."""
        return range(self.first_seed, self.first_seed + self.seeds)

    @property
    def bytes_each(self) -> int:
        """About what one network holds in a step, from above."""
        return (self.order**self.k * 4 * (self.width + self.order) + 16 * self.width * (self.k + 1) * self.order) * 8

    @property
    def work(self) -> float:
        """About how many multiplications all its updates take."""
        return 6.0 * self.order ** (self.k + 1) * self.width * self.seeds * self.updates

    def ensemble(self, precision: str = "float64", device: str = "cpu") -> PowerEnsemble:
        """Its loss; class weights play no part in it."""
        task = Task(self.k, self.order, group_named(self.group).table, np.full(self.order, np.nan), self.group)
        activation = ACTIVATIONS[self.activation]
        return PowerEnsemble(task, activation, self.penalty_power, getattr(torch, precision), device)

    def members(self, device: str, budget: int) -> Members:
        """Networks of all seeds, under Adam."""
        loss = self.ensemble(self.precision, device)
        parameters = loss.random(self.width, list(self.every_seed), self.scale)
        return Members(
            loss,
            parameters,
            {"penalty": parameters["theta"].new_full((self.seeds,), self.penalty)},
            Adam(self.rate, self.decay),
            self.updates,
            rule=Calm(self.tolerance, self.calm) if self.tolerance else None,
            batch=max(1, (min(budget, CACHE) if device == "cpu" else budget) // loss.bytes_each(self.width)),
        )

    def observe(self, trained: Trained) -> list[Row]:
        """What every network selects at the end, and how its training ended."""
        rows = self.selected(trained.parameters["theta"])
        ends = zip(trained.converged.tolist(), trained.updates.tolist(), trained.loss.tolist(), strict=True)
        for row, (converged, updates, loss) in zip(rows, ends, strict=True):
            row["converged"] = converged and row["finite"]
            row |= {"updates_made": updates, "loss": loss if isfinite(loss) else None}
        return rows

    def selected(self, weights: Tensor) -> list[Row]:
        """What the networks of these weights, (seeds, width, k + 1, n), select, measured in float64.

        A row has ``seed`` and ``finite``; the observables that ``numerics.sweeps.table`` explains, None for weights
        that are not finite; and ``held_set`` and ``strongest``, for each pair the number of neurons with most of their
        energy in it.
        """
        theta = weights.to("cpu", torch.float64)
        finite = theta.isfinite().flatten(1).all(1) & self._bounded(theta)
        theta = torch.where(finite[:, None, None, None], theta, 0)
        group = group_named(self.group)
        fractions, right, largest = self.of_logits(theta)
        neurons = neuron_powers(theta.numpy(), group)
        names = [pair.name for pair in conjugate_pairs(group)]
        measured = {
            "norm": np.sqrt((theta**2).sum(dim=(1, 2, 3)).numpy()).tolist(),
            "accuracy": right.tolist(),
            "largest_logit": largest.tolist(),
            "key_set": key_sets(fractions, names),
            "held_set": held_sets(fractions, names),
            "spectral_count": spectral_count(fractions).tolist(),
            "explained": explained(fractions).tolist(),
            "multiplicity": neurons.multiplicity().tolist(),
            "same_frequency": neurons.same_frequency().tolist(),
            "component_counts": neurons.component_counts().tolist(),
            "strongest": neurons.component_counts(0.0).tolist(),
            "fractions": fractions.tolist(),
        }
        rows = []
        for i, usable in enumerate(finite.tolist()):
            rows.append({"seed": self.first_seed + i, "finite": usable})
            rows[-1] |= {name: values[i] if usable else None for name, values in measured.items()}
        return rows

    def of_logits(self, theta: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Fractions of all pairs (N, pairs), accuracies and largest centred logits (N,), some networks at a time."""
        loss, n, k = self.ensemble(), self.order, self.k
        inputs = np.stack(np.meshgrid(*[np.arange(n)] * k, indexing="ij"), axis=-1)
        labels = torch.tensor(loss.task.label(inputs).ravel(), dtype=torch.int64)
        fractions, right, largest = [], [], []
        for part in theta.split(max(1, MEASURED_BYTES // (8 * n ** (k + 1)))):
            logits = loss.logits(part).mT
            right.append(accuracy(logits, labels).numpy())
            found = logits.numpy()
            fractions.append(irrep_fractions(found.reshape(-1, *(n,) * (k + 1)), group_named(self.group), k))
            largest.append(np.abs(found - found.mean(axis=-1, keepdims=True)).max(axis=(1, 2)))
        return np.concatenate(fractions), np.concatenate(right), np.concatenate(largest)

    def _bounded(self, theta: Tensor) -> Tensor:
        """Which weights are so small that their logits are finite floats."""
        return theta.abs().amax(dim=(1, 2, 3)) < 1e300 ** (1 / (self.k + 1)) / (self.k * self.width)


def run_cell(cell: GroupCell, folder: Path | None = None, **how: Any) -> list[Row]:
    """Rows of a cell that trains on one thread; the arguments are those of ``numerics.ensemble.cell.Cell.run``."""
    with one_thread():
        return cell.run(folder, **how).rows


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread: sums that do not depend on the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def group_named(name: str) -> Group:
    """The group of that name; a cell reads no table files, so it depends on nothing but itself.

    Raises:
        InputError: for an unknown name, or one that is also a file here.
    """
    if Path(name).is_file():
        raise InputError(f"a sweep names its groups; {name!r} is a file here")
    return _loaded(name)


@lru_cache(maxsize=16)
def _loaded(name: str) -> Group:
    return load_group(name)
