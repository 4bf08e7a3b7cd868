r"""From powers of sums to one cosine: the three identities behind every construction, for each k up to 8.

* Polarisation (Li24 G.1): :math:`2^k k! \prod_i a_i = \sum_{s \in \{\pm1\}^k} (\prod_i s_i)(s \cdot a)^k`.
  *Proof.*  The monomial :math:`a^n` survives the sum over s only if every :math:`n_i` is odd, and degree k leaves
  n = (1, ..., 1).  The terms s and -s coincide, so half of them give half of it.
* Cosine expansion (Li24 Eq. 28).  *Proof.*
  :math:`\cos\sum_i \alpha_i = \mathrm{Re} \prod_i (\cos\alpha_i + i \sin\alpha_i)` is a signed sum of products
  of cosines and an even number of sines.
* The minimal construction (ours): with :math:`t = \pi j/(k+1)`, j = 0..k, and :math:`s_1 = 1`,

  .. math:: \sum_{s,t} \Bigl(\prod_i s_i\Bigr) \Bigl(\sum_i s_i \cos(t+\alpha_i)\Bigr)^{k} \cos(kt+\gamma)
     = \frac{(k+1)!}{2} \cos(\alpha_1 + \dots + \alpha_k - \gamma).

  *Proof.*  The sum over s leaves :math:`2^{k-1} k! \prod_i \cos(t+\alpha_i) \cos(kt+\gamma)`, whose terms carry
  :math:`e^{2int}` with -k <= n <= k; the sum over t kills them all but n = 0, which only
  :math:`\cos(\sum_i\alpha_i - \gamma)` has.  So (k+1) 2^{k-1} neurons do the work of the paper's 2^{2k-1}.

The proofs expand the left side in integers (python-flint) and compare every coefficient.
"""

from collections.abc import Sequence
from itertools import product
from math import factorial, prod

import numpy as np
from flint import Ordering, fmpz_mpoly, fmpz_mpoly_ctx, fmpz_poly

from theory.derivation.step import Result, equal, exact
from theory.errors import require_integer

LARGEST_K = 8


def _signs(k: int) -> list[tuple[int, ...]]:
    """Sign vectors with first entry 1."""
    return [(1, *rest) for rest in product((1, -1), repeat=k - 1)]


def polarisation(k: int, signs: list[tuple[int, ...]] | None = None) -> Result:
    """Proves that the signed k-th powers add up to 2^{k-1} k! a_1...a_k and to nothing else.

    Args:
        k: 1 to 8.
        signs: the sign vectors to use; those with first entry 1 by default.

    Source: Li24 identity G.1.
    """
    require_integer("k", k, 1, LARGEST_K)
    signs = _signs(k) if signs is None else signs
    a = fmpz_mpoly_ctx.get([f"a{i}" for i in range(1, k + 1)], Ordering.lex).gens()
    total = sum((prod(s) * _linear(s, a) ** k for s in signs), 0 * a[0])
    difference = total - 2 ** (k - 1) * factorial(k) * prod(a[1:], start=a[0])
    return exact(len(difference), max(len(total), 1), f"monomials of {len(signs)} powers", "symbolic")


def _linear(coefficients: tuple[int, ...], variables: Sequence[fmpz_mpoly]) -> fmpz_mpoly:
    """The linear form with these coefficients."""
    first, *rest = variables
    return sum((c * v for c, v in zip(coefficients[1:], rest, strict=True)), coefficients[0] * first)


def cosine_terms(count: int) -> list[tuple[int, tuple[int, ...]]]:
    """The terms of cos(alpha_1 + ... + alpha_count): (sign, b), b_i = 1 for a sine and 0 for a cosine.

    There are 2^{count-1}: an even number 2l of sines, with the sign (-1)^l (Li24 Eq. 28 with count = k+1).
    """
    return [((-1) ** (sum(b) // 2), b) for b in product((0, 1), repeat=count) if sum(b) % 2 == 0]


def cosine_expansion(k: int, terms: list[tuple[int, tuple[int, ...]]] | None = None) -> Result:
    """Proves Li24 Eq. 28, 2^k terms in k+1 angles, by expanding the product of cos + i sin in integers."""
    require_integer("k", k, 1, LARGEST_K)
    terms = cosine_terms(k + 1) if terms is None else terms
    angles = range(k + 1)
    names = ["i"] + [f"{name}{j}" for name in ("c", "s") for j in angles]
    unit, *trigs = fmpz_mpoly_ctx.get(names, Ordering.lex).gens()
    euler = prod((trigs[j] + unit * trigs[k + 1 + j] for j in angles), start=0 * unit + 1)
    real: dict[tuple[int, ...], int] = {}
    for exponents, coefficient in euler.terms():
        if exponents[0] % 2 == 0:
            real[tuple(exponents[k + 2 :])] = int(coefficient) * (-1) ** (exponents[0] // 2)
    printed = {b: sign for sign, b in terms}
    wrong = sum(real.get(b) != printed.get(b) for b in real.keys() | printed.keys())
    return exact(wrong, len(real), f"terms of the expansion in {k + 1} angles", "symbolic")


def minimal_construction(k: int, nodes: int | None = None) -> Result:
    r"""Proves the minimal construction at k: after polarisation, the sum over t leaves one cosine.

    The product :math:`2^{k+1} \prod_i \cos(t+\alpha_i) \cos(kt+\gamma)` has one term per choice of signs,
    and :math:`\sum_j e^{i \pi j n/(k+1)}` is decided in the cyclotomic field of order 2(k+1).

    Args:
        k: 1 to 8.
        nodes: number of values of t, k+1 by default (fewer must fail).

    Source: ours.
    """
    require_integer("k", k, 1, LARGEST_K)
    nodes = k + 1 if nodes is None else nodes
    order = 2 * nodes
    wrong = 0
    for signs in product((1, -1), repeat=k + 1):
        frequency = sum(signs[:k]) + k * signs[k]
        total = [0] * order
        for j in range(nodes):
            total[j * frequency % order] += 1
        wanted = nodes if abs(sum(signs[:k])) == k and signs[k] == -signs[0] else 0
        wrong += (fmpz_poly(total) - wanted) % fmpz_poly.cyclotomic(order) != 0
    detail = f"exponentials of the product, summed over {nodes} values of t"
    sign_part = polarisation(k)
    return exact(wrong + (not sign_part.ok), 2 ** (k + 1) + 1, detail, "symbolic")


def minimal_construction_numerical(k: int, seed: int = 0) -> Result:
    """The same identity summed neuron by neuron at random angles."""
    alpha, gamma = np.split(np.random.default_rng(seed).uniform(0, 2 * np.pi, k + 1), [k])
    total = 0.0
    for t in np.pi * np.arange(k + 1) / (k + 1):
        for s in _signs(k):
            total += prod(s) * (np.array(s) @ np.cos(t + alpha)) ** k * np.cos(k * t + gamma[0])
    predicted = factorial(k + 1) / 2 * np.cos(alpha.sum() - gamma[0])
    scale = factorial(k + 1) / 2
    return equal(total / scale, predicted / scale, 1e-11, "random angles")


def orthogonality(p: int) -> Result:
    r"""Proves :math:`\sum_j e^{2\pi i j x/p} = p\,1[x=0]` in the p-th cyclotomic field, for every x.

    It gives the inverse DFT and Plancherel, :math:`\sum_j \hat f(j)\overline{\hat g(j)} = p\sum_x f(x) g(x)`.
    The residues j x are the multiples of gcd(x, p), equally often: one sum for each divisor decides all x.
    """
    require_integer("p", p, 2)
    cyclotomic = fmpz_poly.cyclotomic(p)
    divisors = [d for d in range(1, p + 1) if p % d == 0]
    wrong = 0
    for d in divisors:
        total = [0] * p
        for j in range(p):
            total[j * d % p] += 1
        wrong += (fmpz_poly(total) - p * (d == p)) % cyclotomic != 0
    return exact(wrong, len(divisors), f"sums of {p}-th roots of unity, up to conjugation")


def output_values(p: int) -> list[int]:
    r"""The sum of the frequencies' cosines at each label distance x = 0..p-1, doubled.

    .. math:: 2 \sum_{0 < \zeta < p/2} \cos(2\pi\zeta x/p) \;[+ \cos(\pi x) \text{ at even } p]
       = p\,1[x = 0] - 1,

    which is :func:`orthogonality` without its term j = 0.  Li24 G.2 and G.3 print the wrong labels' value as 0
    instead of -1/2, which does not change who wins but does change the margin: p/2 before normalisation, not
    (p-1)/2.

    Examples:
        >>> output_values(5), output_values(6)
        ([4, -1, -1, -1, -1], [5, -1, -1, -1, -1, -1])
    """
    assert orthogonality(p).ok
    return [p * (x == 0) - 1 for x in range(p)]
