r"""A phase design up to its symmetries: fewer points to sum over, and fewer exponents at which to sum.

The moments :math:`M(m) = \sum_i q_i e^{2\pi i\, m \cdot t_i}` are needed at :math:`m = n - (1, \dots, 1)` for exponents
n, whose sum has the parity of k; so the sum of m is even, and

* t and :math:`t + (\tfrac12, \dots, \tfrac12)` count as one point;
* where moving the j-th phase of every point by half a turn gives the same design, :math:`M(m) = (-1)^{m_j} M(m)`: only
  odd :math:`n_j` matter, and for them that phase counts modulo half a turn;
* where exchanging two inputs gives the same design, M is symmetric in them: one order of those coordinates suffices.

The constructions have all these symmetries: of the :math:`(k+1) 2^{k-1}` points of the minimal one k+1 are left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import lcm

from theory.core.exact_network import Neuron, phase_order
from theory.core.exponents import Exponent

Point = tuple[int, ...]


@dataclass(frozen=True)
class Reduced:
    """What is left of a design.

    Attributes:
        order: phases are in units of 1/order turn; even.
        points: integer weight of each point.
        odd: whether only odd exponents matter, for each coordinate.
        like: the first coordinate with which each one can be exchanged, itself included.
    """

    order: int
    points: dict[Point, int]
    odd: tuple[bool, ...]
    like: tuple[int, ...]

    def exponents(self) -> Iterator[Exponent]:
        """Exponents n at which M(n - 1) need not vanish; those of exchangeable inputs in descending order."""
        k = len(self.odd)
        needed = [sum(self.odd[j + 1 :]) for j in range(k)]
        before = [max((i for i in range(j) if self.like[i] == self.like[j]), default=None) for j in range(k)]

        def extend(head: Exponent, left: int) -> Iterator[Exponent]:
            j = len(head)
            if j == k:
                if left % 2 == 0:
                    yield head
                return
            reach, last = left - needed[j], before[j]
            for x in range(-reach, (reach if last is None else min(reach, head[last])) + 1):
                if x % 2 or not self.odd[j]:
                    yield from extend((*head, x), left - abs(x))

        return extend((), k)


@lru_cache(maxsize=4)
def reduced(neurons: tuple[Neuron, ...]) -> Reduced:
    """The design of ``neurons`` (of a validated network) up to the symmetries above.

    Cost: at most k^2 look-ups for each neuron.
    """
    order = lcm(2, phase_order(neurons) or 1)
    scale = lcm(*(neuron.share.denominator for neuron in neurons))
    k, half = len(neurons[0].phases), order // 2
    moduli = [order] * k

    def point(t: Point) -> Point:
        first = tuple(x % modulus for x, modulus in zip(t, moduli, strict=True))
        return min(first, tuple((x + half) % modulus for x, modulus in zip(t, moduli, strict=True)))

    points: dict[Point, int] = {}
    for neuron in neurons:
        t = point(tuple(phase.numerator * (order // phase.denominator) for phase in neuron.phases))
        points[t] = points.get(t, 0) + int(neuron.share * scale)
    odd = tuple(all(points.get(point(_moved(t, j, half))) == q for t, q in points.items()) for j in range(k))
    moduli = [half if flag else order for flag in odd]
    points, whole = {}, points
    for t, weight in whole.items():
        points[point(t)] = points.get(point(t), 0) + weight
    like: list[int] = []
    for j in range(k):
        # An exchange keeps the odd coordinates, whose phases count modulo half a turn.
        firsts = (i for i in dict.fromkeys(like) if odd[i] == odd[j])
        same = (i for i in firsts if all(points.get(point(_exchanged(t, i, j))) == q for t, q in points.items()))
        like.append(next(same, j))
    return Reduced(order, points, odd, tuple(like))


def _moved(t: Point, j: int, shift: int) -> Point:
    return (*t[:j], t[j] + shift, *t[j + 1 :])


def _exchanged(t: Point, i: int, j: int) -> Point:
    return (*t[:i], t[j], *t[i + 1 : j], t[i], *t[j + 1 :])
