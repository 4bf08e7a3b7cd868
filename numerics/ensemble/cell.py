"""A cell of an experiment: one configuration under many seeds, trained as one ensemble, observed seed by seed.

A sweep is a grid of cells and a study a list of them; both only say what a cell trains and what is observed.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from numerics.ensemble.engine import Adam, Calm, Gradient, Records, Trained, train
from numerics.ensemble.store import Tensors

Row = dict[str, Any]
AnyCell = TypeVar("AnyCell", bound="Cell")


@dataclass(frozen=True)
class Members:
    """How the networks of a cell start and train; the fields are arguments of ``numerics.ensemble.engine.train``."""

    gradient: Gradient
    parameters: Tensors
    data: Tensors
    optimiser: Adam
    updates: int
    rule: Calm | None = None
    records: Records | None = None
    batch: int | None = None


@dataclass(frozen=True)
class Finished(Generic[AnyCell]):
    """A trained cell: one row per seed, and the networks."""

    cell: AnyCell
    rows: list[Row]
    trained: Trained

    def column(self, name: str) -> np.ndarray:
        """One observable of every seed, (seeds, ...)."""
        return np.array([row[name] for row in self.rows])


class Cell(ABC):
    """One configuration with its seeds."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Name of its folder, different from that of the other cells of an experiment."""

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Everything that its result depends on, seeds included, as JSON values."""

    @abstractmethod
    def members(self, device: str, budget: int) -> Members:
        """What to train, in batches of about ``budget`` bytes."""

    @abstractmethod
    def observe(self, trained: Trained) -> list[Row]:
        """What is observed of every seed."""

    def run(
        self: AnyCell,
        folder: Path | None = None,
        *,
        device: str = "cpu",
        budget: int = 2**30,
        records: Records | None = None,
        progress: Callable[[int, int], None] = lambda done, planned: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Finished[AnyCell]:
        """Train all seeds and observe them.

        Args:
            folder: keeps the state of the training, and continues one that is there; None keeps nothing.
            device: cpu or cuda.
            budget: bytes that a batch may take, about; one network trains in any case.
            records: what to measure on the way, beside what the cell itself does.
            progress: called about once a second with finished and planned updates.
            should_stop: a true answer saves and raises ``theory.errors.Interrupted``.

        Raises:
            InputError: when the state in ``folder`` is damaged or that of another cell.
        """
        members, identity = self.members(device, budget), self.settings
        if records:
            members, identity = replace(members, records=records), identity | {"records": list(records.at)}
        trained = train(**vars(members), folder=folder, config=identity, progress=progress, should_stop=should_stop)
        return Finished(self, self.observe(trained), trained)
