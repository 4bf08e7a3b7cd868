r"""Is an exact network maximum-margin?  A finite, exact answer that never enumerates the p^k inputs.

Theorem (ours; every k >= 1 for single-frequency neurons, every p >= 2).  A network of norm 1 attains the maximum
margin iff

1. **phases**: the output phase of every neuron is the sum of its input phases (mod 1 turn);
2. **masses**: every frequency in :math:`1..\lfloor p/2 \rfloor` carries its mass, :math:`2/(p-1)` for odd p; for even p
   :math:`2/(p-2+1/r)` below :math:`p/2` and :math:`(1/r)/(p-2+1/r)` at :math:`p/2`, with :math:`r = 2^{(k-1)/2}`;
3. **moments**: at every frequency, of order d = p/gcd(zeta, p), for every class C of exponents
   :math:`n \in \mathbb{Z}^k` modulo d other than that of :math:`(1,\dots,1)`,
   :math:`\sum_{n \in C} W(n)\, M(n - (1,\dots,1)) = 0`, where :math:`M(m) = \sum_i q_i e^{2\pi i\, m \cdot t_i}` is the
   moment of the design and :math:`W(n)` the number of k-step walks from 0 to n with steps :math:`\pm e_j`.

*Proof.*  Equality in the upper bound (``theory.account``) needs equality in each step of its chain for every neuron:
cosines of 1 wherever there is power (condition 1), k+1 equal powers (equal norms), a sum of s-th powers with s > 1 that
equals the s-th power of the sum (one frequency; k >= 2), and mean zero.  And it needs every input on the margin with
every wrong label tied, because the class weights are positive (``theory.saddle_point``),
so :math:`f(a)[c] = h(a) + \gamma^* 1[c = a_1 + \dots + a_k]`.  In the Fourier basis of the k inputs,
:math:`(\sum_j \cos(t_j + \alpha_j))^k = 2^{-k} \sum_n W(n) e^{i n \cdot (t + \alpha)}`, and the output wave keeps
different frequencies apart; so the unwanted exponents must cancel class by class (exponents that agree modulo d are one
function on the grid), and what is left is the wanted wave with the mass of 2.  Classes are single exponents when d is
free (odd and above k, or even and above 2k): one check then serves every such frequency.  The wanted class contains
other exponents only at d = 2, where all of them carry the same phase.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import count, islice
from math import factorial, gcd, prod

from theory.core.cyclotomic import prime_powers, reduce
from theory.core.exact_network import ExactNetwork, Neuron
from theory.core.exponents import Exponent, is_free, walks
from theory.core.surd import Surd
from theory.core.symmetry import reduced

LARGEST_WORK, LARGEST_MEMORY = 10**8, 2 * 10**6


@dataclass(frozen=True)
class Violation:
    """One condition that fails, and where."""

    condition: str
    where: str
    detail: str


@dataclass(frozen=True)
class Verdict:
    """The exact answer, with every violation found (at most one moment per block and order)."""

    optimal: bool
    violations: tuple[Violation, ...]


def decide(network: ExactNetwork) -> Verdict:
    """Whether ``network`` is maximum-margin.

    Cost: exponents times neurons of each block, both up to the design's symmetries; independent of p^k.

    Raises:
        ValueError: when the network is malformed, or its designs would need more than 10^8 steps or 2 * 10^6 terms.
    """
    network.validate()
    if sum(_steps(block.neurons) for block in network.blocks) > LARGEST_WORK:
        raise ValueError(f"the designs must take at most {LARGEST_WORK} steps to decide; they take more")
    violations = (*_phase_violations(network), *_mass_violations(network), *_moment_violations(network))
    return Verdict(not violations, violations)


def frequency_mass(k: int, p: int, zeta: int) -> Surd:
    """The share of the norm's (k+1)-th power that frequency ``zeta`` must carry."""
    if p % 2:
        return Surd([(Fraction(2, p - 1), 1)])
    # 1/r = 2^(-(k-1)/2) = x + y sqrt(2); rationalise 2 / (p - 2 + 1/r).
    half, odd = divmod(k - 1, 2)
    x, y = (Fraction(0), Fraction(1, 2 ** (half + 1))) if odd else (Fraction(1, 2**half), Fraction(0))
    a = p - 2 + x
    norm = a * a - 2 * y * y
    if 2 * zeta != p:
        return Surd([(2 * a / norm, 1), (-2 * y / norm, 2)])
    return Surd([((x * a - 2 * y * y) / norm, 1), ((y * a - x * y) / norm, 2)])


def _phase_violations(network: ExactNetwork) -> Iterator[Violation]:
    for number, block in enumerate(network.blocks):
        for index, neuron in enumerate(block.neurons):
            error = (neuron.output - sum(neuron.phases)) % 1
            if error:
                detail = f"output phase minus the sum of input phases is {error} turn, not 0"
                yield Violation("phases", f"block {number}, neuron {index}", detail)


def _mass_violations(network: ExactNetwork) -> Iterator[Violation]:
    carried = {zeta: block.mass for block in network.blocks for zeta in block.frequencies}
    for zeta, mass in carried.items():
        if mass != (needed := frequency_mass(network.k, network.p, zeta)):
            yield Violation("masses", f"frequency {zeta}", f"carries mass {mass}, not {needed}")
    # ``validate`` made sure that they differ and lie in 1..floor(p/2); p may be out of reach of a loop.
    if missing := network.p // 2 - len(carried):
        first = next(zeta for zeta in count(1) if zeta not in carried)
        yield Violation("masses", f"frequency {first}", f"carries no mass ({missing} frequencies carry none)")


def _moment_violations(network: ExactNetwork) -> Iterator[Violation]:
    k, p = network.k, network.p
    for number, block in enumerate(network.blocks):
        orders: dict[int | None, int] = {}  # free orders share one check, keyed by None
        for zeta in block.frequencies:
            d = p // gcd(zeta, p)
            orders.setdefault(None if is_free(k, d) else d, zeta)
        for order, zeta in orders.items():
            exponent = _first_unwanted(block.neurons, k, order)
            if exponent is not None:
                where = f"block {number}, frequency {zeta} ({f'order {order}' if order else 'every free order'})"
                yield Violation("moments", where, f"the unwanted exponent {exponent} does not cancel")


def _first_unwanted(neurons: tuple[Neuron, ...], k: int, d: int | None) -> Exponent | None:
    """An exponent whose class (modulo d; itself if d is None) does not cancel, or None."""
    moments = nonzero_moments(neurons, k)
    if d is None:
        return next((n for n in moments if n != (1,) * k), None)
    like = reduced(neurons).like
    sums: dict[tuple, dict[int, int]] = {}
    member: dict[tuple, Exponent] = {}
    for n, moment in moments.items():
        key, count = _exponent_class(n, like, d)
        member.setdefault(key, n)
        total, weight = sums.setdefault(key, {}), count * walks(n)
        for residue, value in moment.items():
            total[residue] = total.get(residue, 0) + weight * value
    wanted, _ = _exponent_class((1,) * k, like, d)
    # All moments are in one basis, so a class cancels iff every coefficient of its sum is 0.
    return next((member[key] for key, total in sums.items() if key != wanted and any(total.values())), None)


def _exponent_class(n: Exponent, like: tuple[int, ...], d: int) -> tuple[tuple, int]:
    """The class of n modulo d up to exchanges of like inputs, and how many members of one class n stands for."""
    values = Counter(zip(like, n, strict=True))
    residues = Counter((i, x % d) for i, x in zip(like, n, strict=True))
    members = prod(map(factorial, residues.values())) // prod(map(factorial, values.values()))
    return tuple(sorted(residues.items())), members


def _steps(neurons: tuple[Neuron, ...]) -> int:
    """Exponents times points times the longest relation, or any number above the limit."""
    design = reduced(neurons)
    each = len(design.points) * max((prime for prime, _ in prime_powers(design.order)))
    return each * sum(1 for _ in islice(design.exponents(), LARGEST_WORK // each + 1))


@lru_cache(maxsize=4)
def nonzero_moments(neurons: tuple[Neuron, ...], k: int) -> Mapping[Exponent, Mapping[int, int]]:
    """M(n - (1,..,1)) for every exponent n (|n|_1 <= k, parity of k) at which it is not zero.

    Of exponents that differ by an exchange of like inputs (``theory.core.symmetry``) one is listed.  Each moment is
    scaled by the common denominator of the shares and reduced to the basis of ``cyclotomic.reduce``.
    """
    design = reduced(neurons)
    moments: dict[Exponent, Mapping[int, int]] = {}
    for n in design.exponents():
        total: dict[int, int] = {}
        for t, weight in design.points.items():
            phase = sum((x - 1) * y for x, y in zip(n, t, strict=True)) % design.order
            total[phase] = total.get(phase, 0) + weight
        if moment := reduce(total, design.order):
            moments[n] = moment
            if len(moments) * len(moment) > LARGEST_MEMORY:
                raise ValueError(f"a design must have at most {LARGEST_MEMORY} terms in its moments; it has more")
    return moments
