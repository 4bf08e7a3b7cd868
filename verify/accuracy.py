"""How many inputs a network answers right: of all, or of a sample where all are too many."""

from dataclasses import dataclass
from math import floor

import numpy as np

from theory.task import Task

SAMPLE = 4096
MOST_WORK = 4e9  # multiplications: seconds; the sample shrinks to that, down to
LEAST = 64
ENTRIES = 2**22


@dataclass(frozen=True)
class Accuracy:
    """Inputs whose label is the strict winner.

    Attributes:
        right: how many.
        inputs: how many were looked at.
        every: whether those are all inputs of the task, and not a random sample.
    """

    right: int
    inputs: int
    every: bool

    @property
    def share(self) -> float:
        """right / inputs."""
        return self.right / self.inputs

    def __str__(self) -> str:
        """In words; 100% only where not one is wrong."""
        return f"{percent(self.share)} accurate" + ("" if self.every else f" on {self.inputs} random inputs")


def percent(share: float) -> str:
    """A share of at most 1 in per cent, rounded down: 100% is said of the whole alone.

    Examples:
        >>> percent(1.0), percent(0.99999), percent(0.951)
        ('100%', '99.99%', '95.1%')
    """
    return f"{floor(share * 1e4 + 1e-9) / 100:g}%"


def on_a_sample(task: Task, u: np.ndarray, w: np.ndarray, activation: str, count: int = SAMPLE) -> Accuracy:
    """Accuracy of weights on inputs drawn at random, always the same ones for a task.

    Args:
        task: what to compute.
        u: input vectors, shape (m, k, n).
        w: output vectors, shape (m, n).
        activation: ``power`` or ``relu``.
        count: number of inputs; fewer, at least 64, where the network is so large that it would take minutes.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> str(on_a_sample(Task.cyclic(2, 5), *weights(construct(2, 5)), "power", 100))
        '100% accurate on 100 random inputs'
    """
    count = int(np.clip(MOST_WORK / w.size, LEAST, count))
    inputs, right = np.random.default_rng(0).integers(task.n, size=(count, task.k)), 0
    for part in np.array_split(inputs, -(-count * len(w) // ENTRIES)):
        sums = u[:, np.arange(task.k), part].sum(axis=2) if len(part) else np.zeros((len(w), 0))
        hidden = np.maximum(sums, 0) if activation == "relu" else sums**task.k
        logits = hidden.T @ w
        labelled = np.take_along_axis(logits, task.label(part)[:, None], axis=1)
        right += int(((logits >= labelled).sum(axis=1) == 1).sum())
    return Accuracy(right, count, False)
