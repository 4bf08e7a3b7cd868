r"""When is a circle a linear projection of an embedding?  From d = p on, and with a bias from d = p - 1 on.

Let :math:`E \in \mathbb{R}^{p \times d}` and :math:`C_k` the circle of frequency k,
:math:`(C_k)_n = (\cos 2\pi kn/p, \sin 2\pi kn/p)`, 1 <= k < p/2.  E *carries* the circle when :math:`E P = C_k` for
some :math:`P \in \mathbb{R}^{d \times 2}`; with a bias, when :math:`E P + 1 \beta^\top = C_k`.

**Theorem.**  Let the entries of E have a joint density.  If d >= p, E carries every circle with probability 1; if
d < p, it carries any given one with probability 0.  With a bias the same holds with p - 1 in the place of p.

*Proof.*  d >= p: the determinant of E's first p columns is a polynomial that is not zero everywhere, so its zeros have
measure 0; elsewhere the columns span :math:`\mathbb{R}^p`.  d < p: let c be the cosine column, which is not 0.  If E
carries the circle, [E, c] has rank at most d, so all its minors of size d + 1 vanish; one of them is not zero
everywhere, because some E extends c to d + 1 independent columns.  With a bias: put the column 1 in front of E; 1 and c
are independent since c has mean zero.  (Ding24's footnote 4 says both, existence and nonexistence, by counting 2d
unknowns against 2p equations.)

**For a given rational E it is decidable**, and floats are rational: E carries the circle iff every rational y with
:math:`y^\top E = 0` has :math:`\sum_n y_n e^{2\pi i kn/p} = 0`, a zero test in a cyclotomic field.  For prime p that
sum vanishes only where all y_n are equal.  So no rational embedding with d < p - 1 carries a circle, and one with
d = p - 1 does only if it has rank p - 1 and its columns sum to 0.  For composite p there are exceptions of probability
0: three symbols at (1, 0), (0, 1), (-1, -1), repeated, carry the circles of order three at d = 2.

Source: Ding24 Sec. 3.1, footnote 4; the proof, the bias and the decision are ours.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm

import flint

from theory.core.cyclotomic import reduce
from theory.errors import InputError


def carries_circle(embedding: Sequence[Iterable[float | Fraction]], k: int, *, bias: bool = False) -> bool:
    """Whether a linear projection (with ``bias``: an affine one) of the embedding is the circle of frequency k.

    Exact.  Cost: the null space of an integer matrix of size p x d.

    Args:
        embedding: p rows of d finite numbers, taken as the rationals that they are.
        k: frequency, 1 <= k < p/2.
        bias: allow a constant to be added to the projection.

    Raises:
        InputError: for rows of different lengths, numbers that are not finite, or a frequency out of range.

    Examples:
        >>> carries_circle([(1, 0), (0, 1), (-1, -1)], 1)
        True
        >>> carries_circle([(1, 0), (0, 1), (-1, -2)], 1)
        False
    """
    try:
        rows = [[Fraction(x) for x in row] for row in embedding]
    except (ValueError, OverflowError):
        raise InputError("the embedding must be finite numbers; it is not") from None
    p = len(rows)
    if not rows or len({len(row) for row in rows}) != 1:
        raise InputError("the embedding must have rows of one length; it has not")
    if not 1 <= k < p / 2:
        raise InputError(f"the frequency must be at least 1 and less than p/2 = {p / 2:g}; got {k!r}")
    columns = [_integers(column) for column in zip(*rows, strict=True)] + ([[1] * p] if bias else [])
    null, nullity = flint.fmpz_mat(columns or [[0] * p]).nullspace()
    return all(_vanishes([int(null[n, j]) for n in range(p)], k) for j in range(nullity))


def _vanishes(y: list[int], k: int) -> bool:
    """Whether the sum of y_n exp(2 pi i k n/p) is zero."""
    terms: dict[int, int] = {}
    for n, value in enumerate(y):
        residue = k * n % len(y)
        terms[residue] = terms.get(residue, 0) + value
    return not reduce(terms, len(y))


def _integers(column: Sequence[Fraction]) -> list[int]:
    """A column times the common denominator of its entries: it spans the same line."""
    common = lcm(*(x.denominator for x in column))
    return [int(x * common) for x in column]
