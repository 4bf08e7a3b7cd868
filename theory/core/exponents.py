r"""Exponents: the n in Z^k with a k-step walk from 0, those of :math:`(\cos x_1 + \dots + \cos x_k)^k`.

:math:`(\sum_j \cos x_j)^k = 2^{-k} \sum_n W(n)\, e^{i n \cdot x}`, where W(n) counts the k-step walks from 0 to n with
steps :math:`\pm e_j`; it is positive iff :math:`|n|_1 \le k` with the parity of k.  On the grid of a frequency of order
d, exponents that agree modulo d are one function.
"""

from collections.abc import Iterator
from functools import cache
from math import comb

Exponent = tuple[int, ...]


def exponents(k: int) -> Iterator[Exponent]:
    """All n in Z^k with |n|_1 <= k and the parity of k."""

    def extend(head: Exponent, left: int) -> Iterator[Exponent]:
        if len(head) == k:
            if left % 2 == 0:
                yield head
            return
        for x in range(-left, left + 1):
            yield from extend((*head, x), left - abs(x))

    return extend((), k)


def is_free(k: int, order: int) -> bool:
    """Whether exponents stay distinct modulo ``order``: odd above k, or even above 2k.

    Two of them differ by d e with d |e|_1 <= 2k.  Even d > 2k leaves e = 0; odd d > k leaves |e|_1 <= 1, and
    |e|_1 = 1 would change the parity.
    """
    return order > k if order % 2 else order > 2 * k


def walks(n: Exponent) -> int:
    """W(n), where k is the length of n."""
    return _walks(tuple(sorted(map(abs, n))), len(n))


@cache
def _walks(n: Exponent, steps: int) -> int:
    if not n:
        return int(steps == 0)
    # s of the steps are along the first axis, (s - n_1)/2 of them backwards.
    along = range(n[0], steps + 1, 2)
    return sum(comb(steps, s) * comb(s, (s - n[0]) // 2) * _walks(n[1:], steps - s) for s in along)
