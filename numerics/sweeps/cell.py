"""One cell, trained as one ensemble: a row per seed with its settings and what the network has selected.

Equal cells give equal rows: a cell trains on one thread in batches whose size depends on the cell alone, so neither
other cells, nor interruptions, nor the process that runs it change a bit on one kind of machine.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from numerics.ensemble.engine import Adam, Calm, Trained, train
from numerics.ensemble.power import PowerEnsemble
from numerics.network import ACTIVATIONS
from numerics.selection.observables import (
    conjugate_pairs,
    explained,
    irrep_fractions,
    key_sets,
    neuron_powers,
    spectral_count,
)
from numerics.sweeps.plan import Cell, group_named
from theory.task import Task

BATCH_BYTES = {"cpu": 2**23, "cuda": 2**30}  # beyond its cache a CPU waits for memory
MEASURED_BYTES = 2**26

Rows = dict[str, list[Any]]


def run_cell(
    cell: Cell,
    device: str = "cpu",
    folder: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, planned: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Rows:
    """Train all seeds of a cell and measure them.

    Args:
        cell: what to train.
        device: cpu or cuda.
        folder: keeps the state of the training, and continues one that is there; None keeps nothing.
        progress: called about once a second with finished and planned updates.
        should_stop: a true answer saves and raises ``numerics.interruption.Interrupted``.

    Returns:
        Columns by name, each with one entry per seed; see ``numerics.sweeps.table`` for what they are.

    Raises:
        InputError: when the state in ``folder`` is damaged or that of another cell.

    Examples:
        >>> from numerics.sweeps.plan import plan_of
        >>> (cell,) = plan_of({"p": 5, "width": 4, "seeds": 2, "updates": 20}).cells
        >>> rows = run_cell(cell)
        >>> rows["seed"], rows["updates_made"], rows["converged"]
        ([0, 1], [20, 20], [False, False])
    """
    seeds = list(range(cell.first_seed, cell.first_seed + cell.seeds))
    ensemble = _ensemble(cell, getattr(torch, cell.precision), device)
    with _one_thread():
        parameters = ensemble.random(cell.width, seeds, cell.scale)
        trained = train(
            ensemble,
            parameters,
            {"penalty": parameters["theta"].new_full((cell.seeds,), cell.penalty)},
            optimiser=Adam(cell.rate, cell.decay),
            updates=cell.updates,
            rule=Calm(cell.tolerance, cell.calm) if cell.tolerance else None,
            batch=max(1, BATCH_BYTES[device] // ensemble.bytes_each(cell.width)),
            folder=folder,
            config=asdict(cell),
            progress=progress,
            should_stop=should_stop,
        )
        return _rows(cell, seeds, trained)


def _ensemble(cell: Cell, dtype: torch.dtype, device: str) -> PowerEnsemble:
    """The cell's loss; class weights play no part in it."""
    group = group_named(cell.group)
    task = Task(cell.k, cell.order, group.table, np.full(cell.order, np.nan), cell.group)
    return PowerEnsemble(task, ACTIVATIONS[cell.activation], cell.penalty_power, dtype, device)


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _rows(cell: Cell, seeds: list[int], trained: Trained) -> Rows:
    """Everything measured in float64; what has no meaning for weights that are not finite is None."""
    theta = trained.parameters["theta"].to("cpu", torch.float64)
    finite = theta.isfinite().flatten(1).all(1) & _bounded(cell, theta)
    theta = torch.where(finite[:, None, None, None], theta, 0)
    group = group_named(cell.group)
    fractions, accuracy, largest = _of_logits(cell, theta)
    neurons = neuron_powers(theta.numpy(), group)
    names = [pair.name for pair in conjugate_pairs(group)]
    measured: dict[str, list[Any]] = {
        "norm": np.sqrt((theta**2).sum(dim=(1, 2, 3)).numpy()).tolist(),
        "accuracy": accuracy.tolist(),
        "largest_logit": largest.tolist(),
        "key_set": [list(keys) for keys in key_sets(fractions, names)],
        "spectral_count": spectral_count(fractions).tolist(),
        "explained": explained(fractions).tolist(),
        "multiplicity": neurons.multiplicity().tolist(),
        "same_frequency": neurons.same_frequency().tolist(),
        "component_counts": neurons.component_counts().tolist(),
        "fractions": fractions.tolist(),
    }
    usable = finite.tolist()
    return {
        "seed": list(seeds),
        "finite": usable,
        "converged": (trained.converged.cpu() & finite).tolist(),
        "updates_made": trained.updates.tolist(),
        "loss": [loss if isfinite(loss) else None for loss in trained.loss.tolist()],
        **{
            name: [x if ok else None for x, ok in zip(values, usable, strict=True)] for name, values in measured.items()
        },
    }


def _bounded(cell: Cell, theta: Tensor) -> Tensor:
    """Which weights are so small that their logits are finite floats."""
    largest = theta.abs().amax(dim=(1, 2, 3))
    return largest < 1e300 ** (1 / (cell.k + 1)) / (cell.k * cell.width)


def _of_logits(cell: Cell, theta: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fractions of all pairs (N, pairs), accuracies and largest centred logits (N,), some networks at a time."""
    ensemble, n, k = _ensemble(cell, torch.float64, "cpu"), cell.order, cell.k
    group = group_named(cell.group)
    inputs = np.stack(np.meshgrid(*[np.arange(n)] * k, indexing="ij"), axis=-1)
    labels = ensemble.task.label(inputs).reshape(1, -1, 1)
    fractions, accuracy, largest = [], [], []
    for part in theta.split(max(1, MEASURED_BYTES // (8 * n ** (k + 1)))):
        logits = ensemble.logits(part).mT.numpy()
        fractions.append(irrep_fractions(logits.reshape(-1, *(n,) * (k + 1)), group, k))
        right = np.take_along_axis(logits, np.broadcast_to(labels, (len(logits), n**k, 1)), axis=-1)
        beaten = (logits >= right).sum(axis=-1) > 1  # the right logit itself is always counted
        accuracy.append(1 - beaten.mean(axis=-1))
        largest.append(np.abs(logits - logits.mean(axis=-1, keepdims=True)).max(axis=(1, 2)))
    return np.concatenate(fractions), np.concatenate(accuracy), np.concatenate(largest)
