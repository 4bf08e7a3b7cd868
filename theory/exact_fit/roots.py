"""Numbers of a cyclotomic field, written as rational combinations of roots of unity; zero is decided by the core."""

from dataclasses import dataclass
from fractions import Fraction
from math import cos, lcm, pi

from flint import fmpq, fmpq_poly

from theory.core.cyclotomic import reduce


@dataclass(frozen=True)
class Root:
    """A polynomial in e^(2 pi i / order); equal numbers may have different polynomials.

    Examples:
        >>> half = cosine(60, 10)  # 10/60 of a turn
        >>> (half + half - constant(60, 1)).is_zero()
        True
    """

    order: int
    polynomial: fmpq_poly

    def __add__(self, other: "Root") -> "Root":
        """The sum, of two numbers of one order."""
        return Root(self.order, self.polynomial + other.polynomial)

    def __sub__(self, other: "Root") -> "Root":
        """The difference."""
        return Root(self.order, self.polynomial - other.polynomial)

    def __mul__(self, other: "Root") -> "Root":
        """The product."""
        return Root(self.order, _folded(self.polynomial * other.polynomial, self.order))

    def times(self, factor: Fraction | int) -> "Root":
        """A rational multiple."""
        ratio = Fraction(factor)
        return Root(self.order, self.polynomial * fmpq(ratio.numerator, ratio.denominator))

    def is_zero(self) -> bool:
        """Whether the number is 0, in integers, by ``theory.core.cyclotomic``."""
        values = [Fraction(int(x.p), int(x.q)) for x in self.polynomial.coeffs()]
        scale = lcm(*(x.denominator for x in values)) if values else 1
        return not reduce({r: int(x * scale) for r, x in enumerate(values)}, self.order)

    def __float__(self) -> float:
        """Its real part, rounded."""
        values = enumerate(self.polynomial.coeffs())
        return sum((int(x.p) / int(x.q) * cos(2 * pi * r / self.order) for r, x in values), 0.0)


def constant(order: int, value: Fraction | int) -> Root:
    """A rational number."""
    return Root(order, fmpq_poly([1])).times(value)


def cosine(order: int, turns: int) -> Root:
    """cos(2 pi turns / order)."""
    return _half_sum(order, turns, -turns)


def sqrt3(order: int) -> Root:
    """The square root of 3, for orders that 12 divides: 2 cos of a twelfth of a turn."""
    return cosine(order, order // 12).times(2)


def _half_sum(order: int, *powers: int) -> Root:
    coefficients = [fmpq(0)] * order
    for power in powers:
        coefficients[power % order] += fmpq(1, 2)
    return Root(order, fmpq_poly(coefficients))


def _folded(polynomial: fmpq_poly, order: int) -> fmpq_poly:
    """The polynomial modulo z^order - 1."""
    values = polynomial.coeffs()
    if len(values) <= order:
        return polynomial
    return fmpq_poly(values[:order]) + fmpq_poly(values[order:])
