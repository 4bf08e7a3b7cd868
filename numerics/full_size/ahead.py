"""Independent work on several frequencies at a time, in threads and over the ranks of ``torchrun``.

Frequencies do not see each other, so what a frequency becomes depends on its own amplitudes alone, whoever computes it.
The polish still takes them in order, one a step, so a checkpoint knows nothing of how many were made at a time: any
number of threads and ranks goes on with it, to the same weights.  A kill loses what was computed and not yet applied.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from numerics import distributed

Found = TypeVar("Found")


def in_parallel(work: Callable[[int], Found], items: Sequence[int], threads: int) -> list[Found]:
    """``work`` of every item, in their order, made in threads and by all ranks.

    Examples:
        >>> in_parallel(lambda x: x**2, [3, 1, 2], threads=2)
        [9, 1, 4]
    """
    mine = items[distributed.rank() :: distributed.size()]
    if threads == 1:
        made = dict(zip(mine, map(work, mine), strict=True))
    else:
        with ThreadPoolExecutor(threads) as pool:
            made = dict(zip(mine, pool.map(work, mine), strict=True))
    together = {item: found for part in distributed.gathered(made) for item, found in part.items()}
    return [together[item] for item in items]


class Ahead(Generic[Found]):
    """Results of independent steps, made in groups of threads times ranks.

    Examples:
        >>> squares = Ahead(lambda step: step**2, threads=2)
        >>> [squares(step, end=3) for step in (0, 1, 2)]
        [0, 1, 4]
    """

    def __init__(self, work: Callable[[int], Found], threads: int) -> None:
        """Nothing is computed yet; ``work`` takes the number of a step."""
        self._work, self._threads = work, threads
        self._found: dict[int, Found] = {}

    def __call__(self, step: int, end: int) -> Found:
        """The result of ``step``; those of the next ones, up to ``end``, may be made with it."""
        if step not in self._found:
            group = range(step, min(end, step + self._threads * distributed.size()))
            self._found |= zip(group, in_parallel(self._work, group, self._threads), strict=True)
        return self._found.pop(step)
