r"""The rank that a network needs in one of its matrices, and the frequencies of its singular vectors.

The best approximation of rank r keeps the r largest singular values,
:math:`W_r = \sum_{i \le r} \sigma_i u_i v_i^\top`, with the share
:math:`\sum_{i \le r} \sigma_i^2 / \sum_i \sigma_i^2` of the energy.  A matrix with rows indexed by Z_p that holds n
frequencies has rank 2n: two singular vectors, a cosine and a sine, for each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from numerics.components import pooled_power
from theory.errors import InputError, require_integer


@dataclass(frozen=True)
class Pair:
    """Two consecutive singular vectors over Z_p, read as one frequency.

    Attributes:
        frequency: the non-zero frequency with the most power in the two together.
        share: its share of the power of the two, in [0, 1]; 1 where they span exactly its cosine and sine.
    """

    frequency: int
    share: float


def energy(matrix: np.ndarray, rank: int) -> float:
    r"""Share of :math:`\|W\|_F^2` that the best approximation of this rank holds."""
    require_integer("rank", rank, 0, min(matrix.shape))
    squares = np.linalg.svd(matrix.astype(np.float64), compute_uv=False) ** 2
    return float(squares[:rank].sum() / squares.sum())


def rank_needed(matrix: np.ndarray, score: Callable[[np.ndarray], float], target: float = 1.0) -> int:
    """A rank r at which the truncated matrix reaches the target and at rank r - 1 does not, found by bisection.

    Where the score grows with the rank this is the least rank that suffices.

    Args:
        matrix: the matrix to truncate.
        score: the score of the network with this matrix in its place, such as its accuracy on all inputs.
        target: what must be reached.

    Raises:
        InputError: when the whole matrix misses the target.
    """
    enough = min(matrix.shape)
    if not (reached := score(matrix)) >= target:
        raise InputError(f"the whole matrix must reach the target {target:g}; got {reached:g}")
    left, values, right = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)
    too_few = -1
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        shortened = ((left[:, :middle] * values[:middle]) @ right[:middle]).astype(matrix.dtype)
        if score(shortened) >= target:
            enough = middle
        else:
            too_few = middle
    return enough


def singular_pairs(matrix: np.ndarray, count: int) -> list[Pair]:
    """The first ``count`` consecutive pairs of left singular vectors, each read as one frequency.

    Args:
        matrix: rows indexed by Z_p, shape (p, d).
        count: pairs; at most half of the smaller side.
    """
    require_integer("count", count, 0, min(matrix.shape) // 2)
    left = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)[0]
    power = pooled_power(left.T[: 2 * count]).reshape(count, 2, -1).sum(axis=1)
    dominant = 1 + power[:, 1:].argmax(axis=1)
    return [Pair(int(k), float(row[k] / 2)) for k, row in zip(dominant, power, strict=True)]


def power_at(matrix: np.ndarray, rank: int, frequencies: Sequence[int]) -> float:
    """Share of the power of the first ``rank`` left singular vectors, together, that is at these frequencies.

    1 where they lie in the span of these cosines and sines, whatever the order of the singular values; about the share
    of frequencies that is asked for where there is no structure.

    Args:
        matrix: rows indexed by Z_p, shape (p, d).
        rank: how many vectors, at least 1.
        frequencies: different ones of 0..floor(p/2).
    """
    require_integer("rank", rank, 1, min(matrix.shape))
    left = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)[0]
    return float(pooled_power(left.T[:rank])[:, list(frequencies)].sum() / rank)
