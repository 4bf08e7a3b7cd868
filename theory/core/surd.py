r"""Exact numbers :math:`\sum_j r_j \sqrt{n_j}`: rational multiples of square roots of positive integers.

Square roots of distinct square-free integers are linearly independent over the rationals, so two such sums are
equal iff their reduced terms are; the sign of a non-zero sum is decided by integer square roots of growing precision.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import isqrt

LARGEST_RADICAND = 10**6


class Surd:
    """An immutable sum of rational multiples of square roots, kept reduced (square-free radicands)."""

    __slots__ = ("terms",)

    def __init__(self, terms: Iterable[tuple[Fraction | int, int]] = ()) -> None:
        """Build from pairs (rational, positive integer under the root)."""
        reduced: dict[int, Fraction] = {}
        for coefficient, radicand in terms:
            if not 1 <= radicand <= LARGEST_RADICAND:
                raise ValueError(f"a radicand must lie in 1..{LARGEST_RADICAND}; got {radicand}")
            square, free = _split_square(radicand)
            reduced[free] = reduced.get(free, Fraction(0)) + Fraction(coefficient) * square
        self.terms = tuple(sorted((free, value) for free, value in reduced.items() if value))

    def __add__(self, other: "Surd") -> "Surd":
        """Exact sum."""
        return Surd([(value, free) for free, value in self.terms + other.terms])

    def scaled(self, factor: Fraction | int) -> "Surd":
        """Exact product with a rational."""
        return Surd([(value * factor, free) for free, value in self.terms])

    def __eq__(self, other: object) -> bool:
        """Exact equality."""
        return isinstance(other, Surd) and self.terms == other.terms

    def sign(self) -> int:
        """-1, 0 or 1, exactly."""
        bits = 64
        while self.terms:
            scale = 1 << bits
            low = high = Fraction(0)
            for free, value in self.terms:
                root = isqrt(free * scale * scale)
                ends = sorted((value * root, value * (root + 1)))
                low, high = low + ends[0], high + ends[1]
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            bits *= 2
        return 0

    def __str__(self) -> str:
        """For example ``2/3 - 1/2*sqrt(2)``."""
        parts = [f"{value}" if free == 1 else f"{value}*sqrt({free})" for free, value in self.terms]
        return " + ".join(parts).replace("+ -", "- ") or "0"


def _split_square(n: int) -> tuple[int, int]:
    """(s, f) with n = s^2 f and f square-free."""
    square, divisor = 1, 2
    while divisor * divisor <= n:
        while n % (divisor * divisor) == 0:
            n //= divisor * divisor
            square *= divisor
        divisor += 1
    return square, n
