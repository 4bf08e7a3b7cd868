r"""Every k: a frequency needs at least 3 2^(k-1) neurons (**lower**; ours), by a clique anyone can check.

A *clique* is a finite set A of exponents in Z^k whose differences all lie in U, the moments that vanish in every
design of a free order (``theory.core.dual_certificate``).  The characters :math:`e^{ia\cdot t}`, a in A, are then
orthonormal under every design, so it has at least \|A\| points.

**Membership.**  With cost(D) = sum_i (\|D_i - 1\| - 1), a difference D != 0 of even sum lies in U iff cost(D) <= 0 or
cost(-D) <= 0: n = **1** - D (or **1** + D) then has 1-norm at most k, and its parity is right.  The cost adds up over
coordinates: entries 0 and 2 cost 0, 1 costs -1, -1 and 3 cost 1, -2 and 4 cost 2, -m costs m.

**Theorem.**  Let K = {2..k}, and for S in K let :math:`1_S` be its indicator on K; first entry: coordinate 1.

* :math:`A_S = (|S|; 1_S)`, :math:`B_S = (|S|+2; 1_S)`, :math:`C_S = (|S|; 1_S - 2 e_{\min S})` for S not empty, and
  :math:`P = (2; 2 e_k)` are :math:`2 \cdot 2^{k-1} + (2^{k-1} - 1) + 1 = 3 \cdot 2^{k-1}` exponents of even sum, k >=
  2, and they are a clique.

*Proof.*  For each pair an order X -> Y with cost(Y - X) <= 0.  Write d = \|T\| - \|S\|; :math:`1_T - 1_S` costs -d.

1. A_S or B_S to A_T or B_T with d >= 1: the first entry is d-2, d or d+2 and costs at most d.  With d = 0: order the
   pair so that it is 0 or 2, which costs 0.
2. C_S, C_T with d >= 0, b = min S, c = min T: the first entry d costs d-2, or 0 if d = 0.  Adding 2e_b changes the
   cost by 0 if b is in T (0 -> 2), by -2 if not (-1 -> 1); subtracting 2e_c, c != b, adds 2.  If b = c: at most
   max(-2, 0).  If b != c: -d + 2 - 2[b not in T] on K; for d >= 1 the total is at most 0; for d = 0 it is 0 if b < c,
   since then b is not in T, and otherwise the reverse order does.
3. C_S and Y, one of A_T, B_T.  If d >= 0, from C_S to Y: -d - 2[b not in T] on K, and d or d+2 costs at most d.  If
   \|S\| = \|T\| + e, e >= 1, from Y to C_S: -e + 2 on K (the change at b is 2 either way), and A_T's first entry e
   costs e-2: 0.  B_T's is e-2, which costs 0 at e = 2 and e-4 beyond; at e = 1 go from C_S to B_T: 1 costs -1, K at
   most 1.
4. P, with s = \|T\|.  A_T: s = 0: A -> P costs 0; s = 1: A -> P, -1 + at most 1; s >= 2: P -> A, K costs 2-s and s-2
   costs at most s-2.  B_T: s = 0: B -> P costs 0; s >= 1: P -> B, s-2 + 2-s.  C_T: s = 1: C -> P, -1 + at most 1;
   s = 2: C -> P, at most 0 + 0; s >= 3: P -> C, K costs at most 4-s, and s-2 costs s-4.  QED

**Transfer** from j to k inputs: a certificate :math:`B_j` for j inputs without positive coefficients outside U makes
:math:`B_j(t')\,|\sum_{|S|=r} e^{i 1_S\cdot t''}|^2` a certificate for k, r = floor((k-j)/2): a coefficient sits at
(x; D) with D balanced, which costs 0 either way; so (x; D) is in U where x is, or where x = 0 and D is not, and is
not positive elsewhere.  Hence :math:`N_k \ge \beta \binom{k-j}{r}` where the first proves :math:`\beta`.
"""

from fractions import Fraction
from itertools import combinations
from math import comb

from theory.core.dual_certificate import Certificate, Square, bound_of
from theory.core.exponents import Exponent
from theory.errors import require_integer


def clique(k: int) -> list[Exponent]:
    """The 3 2^(k-1) exponents of the theorem, k >= 2.

    Examples:
        >>> clique(2)
        [(0, 0), (2, 0), (1, 1), (3, 1), (1, -1), (2, 2)]
    """
    require_integer("k", k, 2)
    found = []
    for size in range(k):
        for chosen in combinations(range(1, k), size):
            rest = [int(i in chosen) for i in range(1, k)]
            found += [(size, *rest), (size + 2, *rest)]
            if chosen:
                rest[min(chosen) - 1] -= 2
                found.append((size, *rest))
    return [*found, (2, *[0] * (k - 2), 2)]


def cost(difference: Exponent) -> int:
    """sum (|x - 1| - 1)."""
    return sum(abs(x - 1) - 1 for x in difference)


def is_clique(exponents: list[Exponent]) -> bool:
    """Whether all differences of distinct exponents lie in U, and no exponent occurs twice.

    Examples:
        >>> is_clique(clique(5)), is_clique([(0, 0), (4, 0)])
        (True, False)
    """
    if len(set(exponents)) < len(exponents) or any((sum(a) - sum(exponents[0])) % 2 for a in exponents):
        return False
    for a, b in combinations(exponents, 2):
        difference = tuple(y - x for x, y in zip(a, b, strict=True))
        if cost(difference) > 0 and cost(tuple(-x for x in difference)) > 0:
            return False
    return True


def transferred(certificate: Certificate, k: int) -> Certificate:
    """The certificate for k inputs that the transfer makes of one for fewer; its bound is computed, not claimed.

    Raises:
        InputError: when k is not above the certificate's own.
    """
    require_integer("k", k, certificate.k + 1)
    more = k - certificate.k
    layer = [tuple(int(i in chosen) for i in range(more)) for chosen in combinations(range(more), more // 2)]
    squares = tuple(
        Square(square.weight, tuple((h + tail, v) for h, v in square.terms for tail in layer))
        for square in certificate.squares
    )
    unclaimed = Certificate(k, squares, Fraction(0))
    return Certificate(k, squares, bound_of(unclaimed))


def transfer_factor(j: int, k: int) -> int:
    """binom(k - j, floor((k - j)/2))."""
    return comb(k - j, (k - j) // 2)
