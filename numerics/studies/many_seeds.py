"""One architecture under many seeds: trained as one ensemble, and what its networks have selected.

Every study of the selection law is a list of cells.  A cell's networks share group, activation and width; they differ
in the seed of their initial weights and in lambda.  Seed s means the same initial weights at every lambda.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from numerics.accuracy import accuracy as share_right
from numerics.ensemble.engine import Adam, Calm, Records, Trained, members_within, train
from numerics.ensemble.power import PowerEnsemble
from numerics.network import ACTIVATIONS
from numerics.selection.observables import (
    NeuronPowers,
    conjugate_pairs,
    explained,
    irrep_fractions,
    key_sets,
    neuron_powers,
    spectral_count,
)
from theory.groups import Group, load_group
from theory.groups.margin import group_task

CACHE = 2**23  # bytes of a batch on a CPU: beyond it members wait for memory
LOGITS = 2**27  # bytes of logits measured at once


@dataclass(frozen=True)
class Cell:
    """Networks of one architecture: every lambda with every seed.

    Attributes:
        group: name of the group.
        activation: power (x^2) or relu.
        m: neurons.
        penalties: the values of lambda; members are ordered by lambda, then by seed.
        seeds: how many.
        updates: at most so many.
        rate: learning rate of Adam, with its usual betas and epsilon.
        dtype: float64 or float32.
        calm: the tolerance of the convergence rule (500 updates in a row); None trains for all updates.
        first: the first seed.
    """

    group: str
    activation: str
    m: int
    penalties: tuple[float, ...]
    seeds: int
    updates: int = 20_000
    rate: float = 1e-3
    dtype: str = "float64"
    calm: float | None = 1e-7
    first: int = 0

    @property
    def name(self) -> str:
        """Name of the cell's folder."""
        return f"{self.group}-{self.activation}-{self.m}" + (f"-from-{self.first}" if self.first else "")

    @property
    def every_seed(self) -> range:
        """Its seeds."""
        return range(self.first, self.first + self.seeds)

    @property
    def members(self) -> int:
        """How many networks."""
        return len(self.penalties) * self.seeds

    def train(
        self,
        folder: Path | None,
        *,
        device: str = "cpu",
        budget: int = 2**30,
        progress: Callable[[int, int], None] = lambda done, planned: None,
        should_stop: Callable[[], bool] = lambda: False,
        snapshots: tuple[int, ...] = (),
    ) -> Trained:
        """All networks, from the state in ``folder`` if there is one.

        The history holds ``theta`` after each number of updates in ``snapshots``.
        """
        ensemble = self.ensemble(getattr(torch, self.dtype), device)
        parameters = ensemble.random(self.m, list(self.every_seed))
        theta = parameters["theta"].repeat(len(self.penalties), 1, 1, 1)
        penalty = torch.tensor(self.penalties, dtype=theta.dtype, device=device).repeat_interleave(self.seeds)
        room = min(budget, CACHE) if device == "cpu" else budget
        each = ensemble.bytes_each(self.m)
        return train(
            ensemble,
            {"theta": theta},
            {"penalty": penalty},
            optimiser=Adam(self.rate),
            updates=self.updates,
            rule=Calm(self.calm) if self.calm else None,
            records=Records(snapshots, lambda parameters, data: parameters) if snapshots else None,
            batch=members_within(max(room, each) if device == "cpu" else room, each),
            folder=folder,
            config={name: value for name, value in asdict(self).items() if name != "first" or value}
            | ({"snapshots": snapshots} if snapshots else {}),
            progress=progress,
            should_stop=should_stop,
        )

    def ensemble(self, dtype: torch.dtype = torch.float64, device: str = "cpu") -> PowerEnsemble:
        """Its loss, with the penalty lambda ||theta||^2."""
        return PowerEnsemble(group_task(load_group(self.group), 2), ACTIVATIONS[self.activation], 2.0, dtype, device)

    def observe(self, trained: Trained, snapshot: int | None = None) -> "Observed":
        """What its networks have selected at the end, or at a snapshot, measured in float64."""
        theta = trained.parameters["theta"] if snapshot is None else trained.history["theta"][:, snapshot]
        theta = theta.to("cpu", torch.float64)
        ensemble, n = self.ensemble(), theta.shape[-1]
        labels = torch.tensor(load_group(self.group).table.ravel(), dtype=torch.int64)
        group = load_group(self.group)
        fractions, accuracy, size = [], [], []
        for part in theta.split(max(1, LOGITS // (8 * n**3))):
            found = ensemble.logits(part).mT
            accuracy.append(share_right(found, labels).numpy())
            logits = found.reshape(-1, n, n, n).numpy()
            fractions.append(irrep_fractions(logits, group))
            size.append(np.abs(logits - logits.mean(axis=-1, keepdims=True)).max(axis=(1, 2, 3)))
        return Observed(
            group,
            np.tile(self.every_seed, len(self.penalties)),
            np.repeat(self.penalties, self.seeds),
            np.concatenate(fractions),
            neuron_powers(theta.numpy(), group),
            np.concatenate(accuracy),
            np.concatenate(size),
            trained.converged.numpy(force=True),
            trained.updates.numpy(force=True),
            trained.loss.to("cpu", torch.float64).numpy(),
        )


@dataclass(frozen=True, eq=False)
class Observed:
    """What N networks have selected; every array has the networks as its first axis.

    Attributes:
        group: G.
        seed, penalty: seed and penalty of each network.
        fractions: fractions of the centred logits' norm in each conjugate pair, (N, pairs).
        neurons: centred energies.
        accuracy: on the whole table.
        size: largest centred logit in absolute value.
        converged, updates, loss: how training ended.
    """

    group: Group
    seed: np.ndarray
    penalty: np.ndarray
    fractions: np.ndarray
    neurons: NeuronPowers
    accuracy: np.ndarray
    size: np.ndarray
    converged: np.ndarray
    updates: np.ndarray
    loss: np.ndarray

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the conjugate pairs."""
        return tuple(pair.name for pair in conjugate_pairs(self.group))

    @cached_property
    def key_sets(self) -> list[tuple[str, ...]]:
        """K_.005 of each network."""
        return key_sets(self.fractions, self.names)

    @cached_property
    def held_sets(self) -> list[tuple[str, ...]]:
        """The N_.05 strongest pairs of each network: the least set that holds 95%."""
        order = np.argsort(-self.fractions, axis=1, kind="stable")
        return [
            tuple(self.names[i] for i in sorted(row[:count])) for row, count in zip(order, self.counts, strict=True)
        ]

    @cached_property
    def counts(self) -> np.ndarray:
        """N_.05 of each network."""
        return spectral_count(self.fractions)

    @cached_property
    def explained(self) -> np.ndarray:
        """Part of the squared norm of the centred logits that all pairs hold together."""
        return explained(self.fractions)

    def at(self, penalty: float) -> "Observed":
        """The networks of one lambda."""
        return self.where(self.penalty == penalty)

    def where(self, chosen: np.ndarray) -> "Observed":
        """Some of the networks."""
        arrays: dict[str, Any] = {
            name: value[chosen] for name, value in vars(self).items() if isinstance(value, np.ndarray)
            and name not in ("counts", "explained")
        }  # fmt: skip
        return Observed(self.group, neurons=NeuronPowers(self.neurons.powers[chosen]), **arrays)
