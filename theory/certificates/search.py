r"""Finding a certificate that a frequency needs at least N neurons (numerical search, exact result).

The largest bound of ``theory.core.dual_certificate`` over a window is a semidefinite programme: maximise B(0) for
a Gram matrix on the exponents of k steps, with mean 1 and no positive orbit sum outside U.  ``optimum`` solves it
block by block; ``find`` splits the Gram blocks into eigenvectors, rounds them to integers and finds the best weights
for these by a linear programme.  Rounding leaves small positive coefficients outside U, which the checker charges to
the bound; a finer scale makes them smaller.  The search may be careless: only the exact checker's verdict counts.

Optima over this window at free orders: 2, 6, 15.984, 39.997, 95.945 for k = 1..5, which prove the minimal
construction optimal; 221.64 for k = 6 (measured), where it has 224 points.  Other windows are better: the 9156
exponents h of odd sum with |2h - 1|_1 <= 16 and |sum (2h - 1)| <= 12, centred at half the all-one vector, prove 224
(``theory.certificates.dense``); at k = 3, 4, 5 such windows have the optima 16.000, 40.000, 95.997 (measured). The
short certificate for k = 6 is of another kind: a set of characters (a clique) whose differences are all in U, found
by tabu search; it proves 162.  Cliques of 2, 6, 15, 36, 77 characters exist for k = 1..5.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import scipy.optimize

from theory.certificates.barrier import Progress, maximise
from theory.certificates.symmetry import orbit_matrices, symmetric_blocks
from theory.core.dual_certificate import (
    Certificate,
    Square,
    bound_of,
    forced_moments,
    orbit_sums,
)
from theory.core.exponents import Exponent
from theory.errors import InputError, require_integer

LARGEST_SEARCH, LARGEST_FIND = 6, 5
SCALES = (2, 4, 8, 16, 32, 64, 128, 192, 256, 512, 1024)
# Vectors with less than this share of the largest one's square are left out; the checker charges for it.
SMALLEST_SHARE = 1e-3
WEIGHT = 10**6
# An optimum just above an integer (2 or 6, say, to the solver's accuracy) does not promise the next one.
INTEGER_SLACK = 0.05


@dataclass(frozen=True, eq=False)
class Optimum:
    """A nearly optimal B: its window, its vectors (rows, shape (vectors, window)) and the value B(0) / B_0."""

    window: list[Exponent]
    vectors: np.ndarray
    value: float


def optimum(k: int, order: int | None = None, gap: float = 0.02, progress: Progress | None = None) -> Optimum:
    """The best sum of squares over the window of k steps, to ``gap``.

    Args:
        k: number of inputs, 1 to 6 (k = 5 takes seconds, k = 6 a quarter of an hour).
        order: the order of the frequency; None for all free orders.
        gap: the duality gap at which to stop.
        progress: called with (upper bound, gap).

    Raises:
        InputError: for k outside 1..6 or an order below 3.
    """
    require_integer("k", k, 1, LARGEST_SEARCH)
    if order is not None:
        require_integer("order", order, 3)
    window, blocks = symmetric_blocks(k)
    orbits, matrices = orbit_matrices(k, window, blocks)
    forced, zero = forced_moments(k, order), orbits.index((0,) * k)
    restricted = [i for i, m in enumerate(orbits) if i != zero and m not in forced]
    grams = maximise(list(matrices.values()), restricted, zero, gap, progress)
    vectors, total, mean = [], 0.0, 0.0
    for basis, a, gram in zip(blocks.values(), matrices.values(), grams, strict=True):
        values, columns = np.linalg.eigh(gram)
        vectors += [basis @ column * np.sqrt(value) for value, column in zip(values, columns.T, strict=True)]
        total, mean = total + np.sum(a.sum(axis=0) * gram), mean + np.trace(gram)
    vectors.sort(key=lambda v: -float(v @ v))
    return Optimum(window, np.array(vectors), float(total / mean))


def rounded(k: int, best: Optimum, scale: int, order: int | None = None) -> Certificate:
    """The vectors rounded to integers of size up to ``scale``, with the best weights for them.

    With the integer vectors fixed, the bound of the checker is linear-fractional in the weights: normalised to
    denominator 1 it is a linear programme, whose solution is rounded to integer weights.
    """
    largest = abs(best.vectors[0]).max()
    integers = np.rint(scale * best.vectors / largest).astype(int)
    squares = [
        Square(1, tuple((h, int(v)) for h, v in zip(best.window, vector, strict=True) if v))
        for vector in integers[: np.count_nonzero(_sizes(best) > SMALLEST_SHARE)]
        if abs(vector).max() > 1
    ]
    if not squares:
        squares = [Square(1, ((best.window[0], 1),))]
    sums = [orbit_sums(Certificate(k, (square,), Fraction(0), order)) for square in squares]
    weights = _best_weights(sums, (0,) * k, forced_moments(k, order))
    weighted = (Square(int(w), s.terms) for w, s in zip(weights, squares, strict=True) if w)
    unclaimed = Certificate(k, tuple(weighted), Fraction(0), order)
    return replace(unclaimed, bound=bound_of(unclaimed))


def _sizes(best: Optimum) -> np.ndarray:
    return (best.vectors**2).sum(axis=1) / (best.vectors[0] @ best.vectors[0])


def _best_weights(sums: list[dict[Exponent, int]], zero: Exponent, forced: frozenset[Exponent]) -> np.ndarray:
    """Maximise B(0) subject to B_0 + leftovers = 1, over weights >= 0; then integers, the largest 10^6."""
    orbits = sorted(set().union(*sums))
    table = np.array([[row.get(m, 0) for row in sums] for m in orbits], dtype=float)
    outside = [i for i, m in enumerate(orbits) if m != zero and m not in forced]
    slack = np.ones(len(outside))
    solution = scipy.optimize.linprog(
        np.concatenate([-table.sum(axis=0), 0 * slack]),
        A_ub=np.hstack([table[outside], -np.diag(slack)]),
        b_ub=0 * slack,
        A_eq=np.concatenate([table[orbits.index(zero)], slack])[None],
        b_eq=[1],
    )
    weights = solution.x[: len(sums)]
    return np.rint(weights * (WEIGHT / weights.max())).astype(int)


def find(k: int, order: int | None = None, progress: Progress | None = None) -> Certificate:
    """The coarsest rounding whose bound has the same ceiling as the optimum over the window.

    Args:
        k: number of inputs, 1 to 5 (k = 4 takes seconds, k = 5 about a minute).
        order: the order of the frequency; None for all free orders.
        progress: called with (upper bound, gap) during the search.

    Raises:
        InputError: for k outside 1..5, an order below 3, or when no rounding reaches that ceiling.
    """
    require_integer("k", k, 1, LARGEST_FIND)
    best = optimum(k, order, progress=progress)
    target = int(np.ceil(best.value - INTEGER_SLACK))
    for scale in SCALES:
        certificate = rounded(k, best, scale, order)
        if certificate.bound > target - 1:
            return certificate
    raise InputError(f"no rounding proves {target} neurons for k = {k}; the best real value is {best.value:.6g}")
