r"""Frequencies removed from a matrix whose rows are indexed by Z_p, and the score of the network without them.

A real matrix E with rows E_0..E_{p-1} is the sum of its parts at the frequencies 0..floor(p/2),

.. math:: E^{(k)}_a = \frac{c_k}{p} \operatorname{Re} \sum_b e^{2\pi i k(a-b)/p} E_b, \qquad
    c_0 = c_{p/2} = 1, \quad c_k = 2 \text{ otherwise},

+k and -k pooled.  The parts are orthogonal projections, of rank at most two each: the circle of the frequency k, and
at k = 0 the mean.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from theory.errors import InputError


@dataclass(frozen=True)
class Ablated:
    """Scores after the removal of ``size`` frequencies, for every choice of them or for a random sample of choices.

    Attributes:
        size: how many frequencies were removed at once.
        scores: by the frequencies that were removed, the score without them.
        every: whether every choice was tried.
    """

    size: int
    scores: dict[tuple[int, ...], float]
    every: bool

    @property
    def mean(self) -> float:
        """Mean score over the choices."""
        return float(np.mean(list(self.scores.values())))

    @property
    def least(self) -> float:
        """Score of the worst choice."""
        return min(self.scores.values())

    @property
    def largest(self) -> float:
        """Score of the best choice."""
        return max(self.scores.values())


def keep_frequencies(rows: np.ndarray, ks: Iterable[int]) -> np.ndarray:
    r""":math:`\sum_{k \in K} E^{(k)}`: the part of a matrix at these frequencies alone.

    Args:
        rows: real, shape (p, ...), the first axis indexed by Z_p.
        ks: frequencies; k and p - k are the same one.  The mean over rows stays only where 0 is among them.

    Returns:
        An array of the same shape and dtype.

    Raises:
        InputError: for a frequency outside 0..p-1.

    Examples:
        >>> import numpy as np
        >>> circle = np.cos(2 * np.pi * 3 * np.arange(7) / 7)[:, None]
        >>> np.allclose(keep_frequencies(circle + 5, [3]), circle)
        True
    """
    p = len(rows)
    kept = np.zeros(p // 2 + 1, dtype=bool)
    for k in ks:
        if not 0 <= k < p:
            raise InputError(f"a frequency must be one of 0..{p - 1}; got {k!r}")
        kept[min(k, p - k)] = True
    coefficients = np.fft.rfft(rows, axis=0)
    coefficients[~kept] = 0
    return np.fft.irfft(coefficients, n=p, axis=0).astype(rows.dtype)


def drop_frequencies(rows: np.ndarray, ks: Iterable[int]) -> np.ndarray:
    """What :func:`keep_frequencies` leaves out, so that the two add up to the matrix; arguments as there."""
    return rows - keep_frequencies(rows, ks)


def choices(frequencies: Sequence[int], size: int, most: int, seed: int = 0) -> list[tuple[int, ...]]:
    """All subsets of this size where there are at most ``most``; otherwise ``most`` different random ones."""
    if comb(len(frequencies), size) <= most:
        return list(combinations(frequencies, size))
    generator = np.random.default_rng([seed, size])
    found: dict[tuple[int, ...], None] = {}
    while len(found) < most:
        drawn = sorted(generator.choice(len(frequencies), size, replace=False))
        found[tuple(frequencies[i] for i in drawn)] = None
    return list(found)


def ablate(
    score: Callable[[tuple[int, ...]], float],
    frequencies: Sequence[int],
    sizes: Iterable[int] | None = None,
    most: int = 20,
) -> list[Ablated]:
    """The score as a function of how many frequencies are removed.

    Args:
        score: the score (such as accuracy) without these frequencies.
        frequencies: what may be removed.
        sizes: how many at once; all of 0..len(frequencies) by default.
        most: choices tried of each size.

    Returns:
        One entry per size.
    """
    entries = []
    for size in range(len(frequencies) + 1) if sizes is None else sizes:
        tried = choices(frequencies, size, most)
        scores = {ks: score(ks) for ks in tried}
        entries.append(Ablated(size, scores, len(tried) == comb(len(frequencies), size)))
    return entries
