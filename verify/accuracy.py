"""How many inputs a network answers right, and what it may have been meant as where they are few.

Of all inputs, or of a sample where all are too many; other readings of the same numbers are tried on a sample.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from math import floor

import numpy as np

from theory.task import Task

SAMPLE = 4096
MOST_WORK = 4e9  # multiplications: seconds; the sample shrinks to that, down to
LEAST = 64
ENTRIES = 2**22
POOR, BETTER, TRIED = 0.95, 0.15, 512  # below the first, other readings are tried on so many inputs


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


def hints(task: Task, u: np.ndarray, w: np.ndarray, activation: str, share: float) -> tuple[str, ...]:
    """The best other reading, where the answers are poor and it is far better; nothing else.

    Args:
        task: what the network should compute.
        u: input vectors, shape (m, k, n).
        w: output vectors, shape (m, n).
        activation: what its file says.
        share: its accuracy as its file says.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> u, w = weights(construct(2, 5))
        >>> scrambled = w.T.reshape(w.shape)  # the bytes of (p, m) under the name of (m, p)
        >>> hints(Task.cyclic(2, 5), u, scrambled, "power", 0.2)[0]
        '100% accurate if w were read as written transposed, in the memory order of (p, m); fm.save writes it right'
    """
    if share >= POOR:
        return ()
    found = [(on_a_sample(task, *other, TRIED).share, what) for what, other in _readings(task, u, w, activation)]
    best, what = max(found, key=lambda pair: pair[0])
    return (f"{percent(best)} accurate if {what}",) if best >= share + BETTER else ()


def _readings(
    task: Task, u: np.ndarray, w: np.ndarray, activation: str
) -> Iterator[tuple[str, tuple[np.ndarray, np.ndarray, str]]]:
    other = "relu" if activation == "power" else "power"
    yield f"its activation were {other}, and not {activation} as stated", (u, w, other)
    yield "its inputs came in the reverse order", (u[:, ::-1], w, activation)
    yield "its output had the opposite sign", (u, -w, activation)
    turned = w.reshape(w.shape[::-1]).T
    yield _written("w", "(p, m)", "it"), (u, turned, activation)
    for order in list(permutations(range(3)))[1:]:
        again = u.reshape([u.shape[axis] for axis in order]).transpose(np.argsort(order))
        name = f"({', '.join('mkp'[axis] for axis in order)})"
        yield _written("u", name, "it"), (again, w, activation)
        yield _written("u and w", f"{name} and (p, m)", "them"), (again, turned, activation)


def _written(what: str, order: str, it: str) -> str:
    return f"{what} were read as written transposed, in the memory order of {order}; fm.save writes {it} right"
