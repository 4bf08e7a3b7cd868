r"""Zero test in cyclotomic fields: is :math:`\sum_r c_r\, e^{2\pi i r/N} = 0` for integers :math:`c_r`?

For every prime power :math:`q = \ell^a` exactly dividing N, the relation
:math:`\sum_{j<\ell} e^{2\pi i (r + jN/\ell)/N} = 0` removes the residues whose component modulo q has the top
digit :math:`\ell - 1`.  What remains, over all primes, is the tensor product of the power bases, that is a basis
of :math:`\mathbb{Q}(e^{2\pi i/N})` of size :math:`\varphi(N)`; so the sum is zero iff every remaining coefficient is.
"""

from collections.abc import Mapping
from functools import cache


def prime_powers(n: int) -> list[tuple[int, int]]:
    """(prime, exact prime power) pairs of n >= 1, by trial division."""
    factors, prime = [], 2
    while n > 1:
        prime, power = prime if prime * prime <= n else n, 1
        while n % prime == 0:
            n //= prime
            power *= prime
        if power > 1:
            factors.append((prime, power))
        prime += 1
    return factors


def reduce(coefficients: Mapping[int, int], order: int) -> dict[int, int]:
    """The same number in the basis above: {residue: non-zero coefficient}; empty iff the number is zero.

    Cost: the number of terms times the largest prime dividing ``order``.
    """
    terms = {residue: value for residue, value in coefficients.items() if value}
    for prime, step, unit, power in _relations(order):
        for residue in [r for r in terms if r * unit % power * prime >= power * (prime - 1)]:
            value = terms.pop(residue)
            for j in range(1, prime):
                other = (residue + j * step) % order
                terms[other] = terms.get(other, 0) - value
    return {residue: value for residue, value in terms.items() if value}


@cache
def _relations(order: int) -> list[tuple[int, int, int, int]]:
    """(prime l, N/l, inverse of N/q modulo q, q) for every prime power q exactly dividing N."""
    return [(prime, order // prime, pow(order // power, -1, power), power) for prime, power in prime_powers(order)]
