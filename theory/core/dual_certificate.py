r"""How few neurons can carry one frequency: an exact check of a proof (**lower**; Ours: width of a frequency).

A *phase design* is what a maximum-margin network does at one frequency: phases :math:`t_1, \dots, t_N` on the
k-torus, masses :math:`q_r > 0` with sum 1, moments :math:`M(m) = \sum_r q_r e^{i m \cdot t_r}`.  An *exponent* n
is the end of a walk of k unit steps from 0 in :math:`\mathbb{Z}^k`.  At a frequency of order
:math:`d = p / \gcd(\zeta, p) > 2` optimality says: over every residue class mod d of exponents but that of
:math:`\mathbf 1 = (1, \dots, 1)`, the sum of (number of walks to n) :math:`M(n - \mathbf 1)` is 0.  So
:math:`M(n - \mathbf 1) = 0` for n alone in its class; U is the set of all such :math:`\pm(n - \mathbf 1)`.

At a *free* order (odd above k, or even above 2k: ``exponents.is_free``) every exponent is alone, so U is one set for
all of them and a certificate without an order speaks about all of them.  All frequencies of an odd p are free iff every
prime factor of p exceeds k.

**Theorem.**  Let :math:`B(t) = \sum_x w_x |\sum_h v_{x,h} e^{i h \cdot t}|^2 = \sum_m B_m e^{i m \cdot t}` with
integers :math:`w_x > 0` and :math:`v_{x,h}`, and :math:`S_O = \sum_{m \in O} B_m` for an orbit O of exponents under
permutations of coordinates and :math:`m \to -m`.  Every phase design has

.. math:: N \ge \frac{B(0)}{B_0 + \sum_{O \not\subset U, O \ne \{0\}} \max(0, S_O)}.

*Proof.*  U is a union of orbits; averaging B over the symmetries keeps B(0), :math:`B \ge 0` and every S_O, so let
:math:`B_m = S_O / |O|`.  Then :math:`\sum_{r,s} q_r q_s B(t_r - t_s) = \sum_m B_m |M(m)|^2` is at most the
denominator (M(0) = 1, M = 0 on U, :math:`|M| \le 1`) and at least its diagonal, :math:`B(0) \sum_r q_r^2 \ge B(0)/N`.
Angles are real and exponents are integers throughout: nothing is reduced mod d, any h may occur.  QED

For :math:`k \ge 2` each neuron of an optimal network has one frequency in :math:`1..\lfloor p/2 \rfloor`, so the
bounds add up.  (u, w) and :math:`(-u, (-1)^k w)`, that is t and :math:`t + \pi \mathbf 1`, are one function with
one set of moments: merging such neurons lowers N, and the bound holds for the merged design too.

Cost: one integer product per pair of terms of each vector.
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from theory.core.exponents import Exponent, exponents


class CertificateRejected(ValueError):
    """The certificate is well formed and does not prove what it claims; the message says why."""


@dataclass(frozen=True)
class Square:
    r"""One term :math:`w\,|\sum_h v_h e^{i h \cdot t}|^2`: the weight w and the pairs (h, v_h)."""

    weight: int
    terms: tuple[tuple[Exponent, int], ...]


@dataclass(frozen=True)
class Certificate:
    """A sum of squares and the bound that it is claimed to prove; ``order`` is None for all free orders."""

    k: int
    squares: tuple[Square, ...]
    bound: Fraction
    order: int | None = None


@dataclass(frozen=True)
class CertifiedBound:
    """What a certificate proves: every design has at least ``bound``, so ``neurons_per_frequency``, points."""

    k: int
    bound: Fraction
    neurons_per_frequency: int
    order: int | None = None

    @property
    def tight(self) -> bool:
        """Whether it meets the (k+1) 2^(k-1) neurons per frequency that suffice, which are then minimal."""
        return self.neurons_per_frequency == (self.k + 1) * 2 ** (self.k - 1)


def orbit(m: Exponent) -> Exponent:
    """The representative of m under permutations of coordinates and m -> -m."""
    return max(tuple(sorted(m)), tuple(sorted(-x for x in m)))


def forced_moments(k: int, order: int | None = None) -> frozenset[Exponent]:
    """Orbits of the set U: moments that are zero in every design at this order (None: at every free order)."""
    classes = defaultdict(list)
    for n in exponents(k):
        classes[n if order is None else tuple(x % order for x in n)].append(n)
    alone = (members[0] for members in classes.values() if len(members) == 1)
    return frozenset(orbit(tuple(x - 1 for x in n)) for n in alone if n != (1,) * k)


def orbit_sums(certificate: Certificate) -> dict[Exponent, int]:
    """The Fourier coefficients of B, summed over orbits, in exact integers."""
    k = certificate.k
    base = 4 * max((abs(x) for sq in certificate.squares for h, _ in sq.terms for x in h), default=0) + 1
    sums: defaultdict[Exponent, int] = defaultdict(int)
    for square in certificate.squares:
        # Exponents as integers in a balanced base: a difference of exponents is one subtraction.
        coded = [(sum(x * base**i for i, x in enumerate(h)), v) for h, v in square.terms]
        products: defaultdict[int, int] = defaultdict(int)
        for i, (code, v) in enumerate(coded):
            for other, u in coded[:i]:
                products[code - other] += v * u
        sums[(0,) * k] += square.weight * sum(v * v for _, v in coded)
        for code, value in products.items():
            # m and -m lie in one orbit: twice the sum over unordered pairs.
            sums[orbit(_decode(code, base, k))] += 2 * square.weight * value
    return dict(sums)


def _decode(code: int, base: int, k: int) -> Exponent:
    digits: list[int] = []
    for _ in range(k):
        digit = (code + base // 2) % base - base // 2
        digits.append(digit)
        code = (code - digit) // base
    return tuple(digits)


def bound_of(certificate: Certificate) -> Fraction:
    """The lower bound on the neurons of one frequency that the sum of squares proves, whatever it claims.

    Raises:
        CertificateRejected: when a weight is not positive, or nothing is left of B.
    """
    if any(square.weight <= 0 for square in certificate.squares):
        raise CertificateRejected("a weight is not positive, so B need not be non-negative")
    sums = orbit_sums(certificate)
    zero = (0,) * certificate.k
    forced = forced_moments(certificate.k, certificate.order)
    leftovers = sum(max(0, s) for m, s in sums.items() if m != zero and m not in forced)
    if sums.get(zero, 0) <= 0:
        raise CertificateRejected("B has no positive mean: it is identically zero")
    return Fraction(sum(sums.values()), sums[zero] + leftovers)


def check(certificate: Certificate) -> CertifiedBound:
    """Accept the certificate if it proves exactly the bound that it states.

    Raises:
        CertificateRejected: when it proves another bound, or none.
    """
    bound = bound_of(certificate)
    if bound != certificate.bound:
        raise CertificateRejected(f"the vectors prove {float(bound):.6g}, not {float(certificate.bound):.6g}")
    return CertifiedBound(certificate.k, bound, -(-bound.numerator // bound.denominator), certificate.order)
