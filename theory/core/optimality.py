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

Why.  Equality in the upper bound needs every neuron to be optimal by itself (condition 1, one frequency, equal norms)
and every wrong label to tie, so :math:`f(a)[c] = h(a) + \gamma^* 1[c = a_1 + \dots + a_k]`.  In the Fourier basis of
the k inputs, :math:`(\sum_j \cos(t_j + \alpha_j))^k = 2^{-k} \sum_n W(n) e^{i n \cdot (t + \alpha)}`, and the output
wave keeps different frequencies apart; so the unwanted exponents must cancel class by class (exponents that agree
modulo d are one function on the grid), and what is left is the wanted wave with the mass of 2.  Classes are single
exponents when d is free (odd and above k, or even and above 2k): one check then serves every such frequency.  The
wanted class contains other exponents only at d = 2, where all of them carry the same phase.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, gcd, lcm

from theory.core.cyclotomic import prime_powers, reduce
from theory.core.exact_network import ExactNetwork, Neuron, phase_order
from theory.core.exponents import Exponent, is_free, walks
from theory.core.surd import Surd

LARGEST_WORK = 3 * 10**8

Number = Mapping[int, int]


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

    Cost: exponents times neurons of each distinct design, at every order that aliases; independent of p^k.

    Raises:
        ValueError: when the network is malformed, or a design would need more than 3 * 10^8 steps.
    """
    network.validate()
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
    inverse = (a / norm, -y / norm)
    if 2 * zeta != p:
        return Surd([(2 * inverse[0], 1), (2 * inverse[1], 2)])
    return Surd([(x * inverse[0] + 2 * y * inverse[1], 1), (x * inverse[1] + y * inverse[0], 2)])


def _phase_violations(network: ExactNetwork) -> Iterator[Violation]:
    for number, block in enumerate(network.blocks):
        for index, neuron in enumerate(block.neurons):
            error = (neuron.output - sum(neuron.phases)) % 1
            if error:
                yield Violation(
                    "phases",
                    f"block {number}, neuron {index}",
                    f"output phase minus the sum of input phases is {error} turn, not 0",
                )


def _mass_violations(network: ExactNetwork) -> Iterator[Violation]:
    carried = {zeta: block.mass for block in network.blocks for zeta in block.frequencies}
    for zeta in range(1, network.p // 2 + 1):
        mass, needed = carried.get(zeta, Surd()), frequency_mass(network.k, network.p, zeta)
        if mass != needed:
            yield Violation("masses", f"frequency {zeta}", f"carries mass {mass}, not {needed}")


def _moment_violations(network: ExactNetwork) -> Iterator[Violation]:
    k, p = network.k, network.p
    for number, block in enumerate(network.blocks):
        moments = nonzero_moments(block.neurons, k)
        # Orders without aliasing share one check, keyed by None.
        orders: dict[int | None, int] = {}
        for zeta in block.frequencies:
            d = p // gcd(zeta, p)
            orders.setdefault(None if is_free(k, d) else d, zeta)
        for order, zeta in orders.items():
            exponent = _first_unwanted(moments, k, order)
            if exponent is not None:
                reach = f"order {order}" if order else "every order without aliasing"
                yield Violation(
                    "moments",
                    f"block {number}, frequency {zeta} ({reach})",
                    f"the unwanted exponent {exponent} does not cancel",
                )


def _first_unwanted(moments: Mapping[Exponent, Number], k: int, d: int | None) -> Exponent | None:
    """An exponent whose class (modulo d; itself if d is None) does not cancel, or None."""
    if d is None:
        return next((n for n in moments if n != (1,) * k), None)
    sums: dict[Exponent, dict[int, int]] = {}
    member: dict[Exponent, Exponent] = {}
    for n, moment in moments.items():
        key = tuple(x % d for x in n)
        member.setdefault(key, n)
        total, count = sums.setdefault(key, {}), walks(n)
        for residue, value in moment.items():
            total[residue] = total.get(residue, 0) + count * value
    wanted = (1 % d,) * k
    # All moments are in one basis, so a class cancels iff every coefficient of its sum is 0.
    return next((member[key] for key, total in sums.items() if key != wanted and any(total.values())), None)


@lru_cache(maxsize=4)
def nonzero_moments(neurons: tuple[Neuron, ...], k: int) -> Mapping[Exponent, Number]:
    """M(n - (1,..,1)) for every exponent n (|n|_1 <= k, parity of k) at which it is not zero.

    Each is scaled by the common denominator of the shares and reduced to the basis of ``cyclotomic.reduce``.
    The phases of all neurons advance one coordinate at a time, so an exponent costs one addition per neuron.
    """
    order = phase_order(neurons)
    points = sum(comb(k, j) * comb(k, j) * 2**j for j in range(k + 1))  # of Z^k in the l1 ball of radius k
    prime = max((prime for prime, _ in prime_powers(order)), default=1)
    if points * len(neurons) * prime > LARGEST_WORK:
        raise ValueError(
            f"exponents times neurons times the largest prime in the phases' denominator must be at most "
            f"{LARGEST_WORK}; got {points} * {len(neurons)} * {prime}"
        )
    scale = lcm(*(neuron.share.denominator for neuron in neurons))
    weights = [int(neuron.share * scale) for neuron in neurons]
    columns = [[int(neuron.phases[j] * order) for neuron in neurons] for j in range(k)]
    moments: dict[Exponent, Number] = {}

    def extend(head: Exponent, left: int, phases: list[int]) -> None:
        if len(head) == k:
            total: dict[int, int] = {}
            for phase, weight in zip(phases, weights, strict=True):
                total[phase % order] = total.get(phase % order, 0) + weight
            if left % 2 == 0 and (moment := reduce(total, order)):
                moments[head] = moment
            return
        column = columns[len(head)]
        current = [phase - (left + 1) * t for phase, t in zip(phases, column, strict=True)]
        for x in range(-left, left + 1):
            extend((*head, x), left - abs(x), current)
            current = [phase + t for phase, t in zip(current, column, strict=True)]

    extend((), k, [0] * len(neurons))
    return moments
