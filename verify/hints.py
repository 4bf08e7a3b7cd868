"""What a network with wrong answers may have been meant as: other readings of the same numbers, tried on a sample."""

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from theory.task import Task
from verify.accuracy import on_a_sample, percent

POOR = 0.95
BETTER = 0.15
SAMPLE = 512


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
    found = [(on_a_sample(task, *other, SAMPLE).share, what) for what, other in _readings(task, u, w, activation)]
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
