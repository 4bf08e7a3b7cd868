r"""How many neurons does a maximum-margin network need?  Bounds from both sides, frequency by frequency.

For :math:`k \ge 2` every neuron of an optimal network has one frequency, so its width is the sum over
:math:`\zeta = 1..\lfloor p/2 \rfloor` of :math:`N_k(d)`, the least number of points of a phase design at order
:math:`d = p/\gcd(\zeta, p)`.  What is known about :math:`N_k(d)`:

* **order 2** (theorem): exactly :math:`2^{k-1}`.  *Proof.*  There phases are signs, and a network is optimal iff the
  total masses of s and -s, which are one function, are equal for all :math:`s \in \{\pm 1\}^k`: their Fourier
  coefficients on even sets must vanish, because :math:`(\sum_j x_j)^k` contains all monomials with the parity of k.
* **free orders** (odd above k, or even above 2k): at most :math:`(k+1) 2^{k-1}` (theorem); at least that for k <= 6
  (certified: ``theory.certificates``).  For every k at least :math:`3 \cdot 2^{k-1}` (theorem: ``theory.cliques``).
  And :math:`N_k \ge N_{k-1}`: the exponents (n, 1) make any k-1 coordinates of a design a design.
* **other orders**: exponents alias, designs may be narrower (``theory.narrow_designs``), and a certificate may use only
  the exponents that are alone in their class.  At least 2, because the target wave has rank 2 as a matrix (inputs by
  outputs) and each neuron has rank 1.  :math:`N_2(4) = 4` (theorem).  *Proof.*  Three points would make the rows
  :math:`1, z_1^2, (z_1 z_2)^2` a 3 x 3 Hadamard matrix, and then the class of (2,0) and (-2,0) cannot cancel.

For k = 1 neurons may mix frequencies: the network is :math:`\sum_i w_i u_i^T = \gamma^* (I - J/p)`, of rank p-1, so
exactly p-1 neurons (theorem).
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import gcd

from theory.certificates.store import stored, stored_dense_bound
from theory.core.exponents import is_free
from theory.errors import require_integer
from theory.narrow_designs import narrow_design_size
from theory.vocabulary import Answer

LARGEST_K = 12
LARGEST_P = 10**6


@dataclass(frozen=True)
class OrderWidth:
    """Neurons needed by one frequency of this order: ``lower`` <= N <= ``upper``, and by which argument."""

    order: int
    frequencies: int
    lower: int
    upper: int
    lower_by: str
    upper_by: str


@dataclass(frozen=True)
class Width:
    """Widths for k inputs modulo p.

    Attributes:
        k: number of inputs.
        p: modulus.
        li24: the width Li24's construction asks for (extended by its order-two neurons at even p).
        morwani23: the width Morwani23 Theorem 7 asks for; None unless k = 2 and p is odd.
        sufficient: the width of the ``minimal`` construction.
        best_known: the smallest width known to suffice.
        necessary: no narrower network is optimal.
        orders: the account behind the last two; empty at k = 1.
    """

    k: int
    p: int
    li24: int
    morwani23: int | None
    sufficient: int
    best_known: int
    necessary: int
    orders: tuple[OrderWidth, ...]

    @property
    def exact(self) -> bool:
        """Whether the least width is known."""
        return self.best_known == self.necessary


@dataclass(frozen=True)
class Enough:
    """Whether m neurons can attain the maximum margin, and why."""

    answer: Answer
    why: str


def width(k: int, p: int) -> Width:
    """Sufficient and necessary widths of a maximum-margin network (Ours: width; Li24 Theorem 4.1; Morwani23 Theorem 7).

    Args:
        k: number of inputs, 1 to 12.
        p: modulus, 2 to 10^6.

    Raises:
        InputError: outside these ranges.

    Examples:
        >>> answer = width(2, 113)
        >>> answer.li24, answer.sufficient, answer.necessary
        (448, 336, 336)
    """
    require_integer("k", k, 1, LARGEST_K)
    require_integer("p", p, 2, LARGEST_P)
    pairs, order_two = (p - 1) // 2, 2 ** (k - 1) if p % 2 == 0 else 0
    li24 = pairs * 2 ** (2 * k - 1) + order_two
    sufficient = pairs * _minimal(k) + order_two
    morwani23 = 4 * (p - 1) if k == 2 and p % 2 else None
    if k == 1:
        return Width(1, p, li24, None, sufficient, p - 1, p - 1, ())
    counts = Counter(p // gcd(zeta, p) for zeta in range(1, p // 2 + 1))
    orders = tuple(order_width(k, order, count) for order, count in sorted(counts.items()))
    best_known = sum(o.frequencies * o.upper for o in orders)
    necessary = sum(o.frequencies * o.lower for o in orders)
    return Width(k, p, li24, morwani23, sufficient, best_known, necessary, orders)


def is_enough(answer: Width, m: int) -> Enough:
    """Whether width m suffices for the maximum margin.

    Raises:
        InputError: for m below 0.

    Examples:
        >>> is_enough(width(2, 113), 128).answer, is_enough(width(2, 113), 336).answer
        ('no', 'yes')
    """
    by = "the minimal construction" if m >= answer.sufficient else "the narrow designs"
    return enough_between(m, answer.necessary, answer.best_known, by)


def enough_between(m: int, necessary: int, sufficient: int, by: str = "the minimal construction") -> Enough:
    """The answer that a necessary and a sufficient width give for width m.

    Raises:
        InputError: for m below 0.
    """
    require_integer("m", m, 0)
    if m >= sufficient:
        return Enough("yes", f"{sufficient} neurons attain the maximum margin: {by}")
    if m < necessary:
        return Enough("no", f"every maximum-margin network has at least {necessary} neurons")
    return Enough("open", f"{necessary} neurons are necessary and {sufficient} suffice; nothing is proved in between")


def _minimal(k: int) -> int:
    return (k + 1) * 2 ** (k - 1)


@cache
def order_width(k: int, order: int, frequencies: int = 1) -> OrderWidth:
    """How many neurons each of ``frequencies`` frequencies of the given order (at least 2) needs; k >= 2.

    Examples:
        >>> found = order_width(2, 4)
        >>> found.lower, found.upper, found.upper_by
        (4, 4, 'certified: narrow design')
    """
    if order == 2:
        by = "theorem: order two"
        return OrderWidth(2, frequencies, 2 ** (k - 1), 2 ** (k - 1), by, by)
    lower, lower_by = _lower(k, order)
    upper, upper_by = _minimal(k), "theorem: minimal construction"
    if (narrow := narrow_design_size(k, order)) is not None and narrow < upper:
        upper, upper_by = narrow, "certified: narrow design"
    return OrderWidth(order, frequencies, lower, upper, lower_by, upper_by)


@cache
def _lower(k: int, order: int) -> tuple[int, str]:
    bounds = [(2, "theorem: rank of the target wave")]
    if (k, order) == (2, 4):
        bounds.append((4, "theorem: no three points at order 4"))
    if is_free(k, order):
        bounds.append((3 * 2 ** (k - 1), "theorem: orthonormal characters"))
        bounds.append((_lower(k - 1, order)[0] if k > 2 else 2, "theorem: fewer inputs need no more neurons"))
    if (certified := _stored_neurons(k, None if is_free(k, order) else order)) is not None:
        bounds.append((certified, "certified: dual certificate"))
    return max(bounds, key=lambda bound: bound[0])


@cache
def _stored_neurons(k: int, order: int | None) -> int | None:
    # The bound as stored; the tests and the command `certificate` check it from scratch.
    bound = stored_dense_bound(k) if order is None else None
    if bound is None and (certificate := stored(k, order)) is not None:
        bound = certificate.bound
    return None if bound is None else -(-bound.numerator // bound.denominator)
