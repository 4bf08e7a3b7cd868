r"""Exact fits with :math:`2p - 1 - [3 \mid p] - [5 \mid p]` neurons, for every odd p (**upper**; ours).

*Proof.*  One constant neuron takes the constant part.  Write :math:`\theta = 2\pi/p`; the functions of frequency k make
a block, on which :math:`e_{a+b}` is :math:`(2/p) \mathrm{Re}(z_a z_b \bar z_c)` with
:math:`z_a = e^{ik\theta a}`.  A set of neurons serves its blocks when its products :math:`2 V_j A_j B_j`
add up to that and :math:`\sum_j V_j (A_j^2 + 2 g_j A_j)` and the same for B do not depend on a, with A, B, g as in
:mod:`theory.exact_fit.bounds`.

**Four neurons serve any block.**  Let x = z_a, y = z_b, and let v stand for the function
:math:`(2/p) \mathrm{Re}(v \bar z_c)`.  Then :math:`xy = \mathrm{Re}(xy) + i\, \mathrm{Re}(-i\,xy)`, and a pair

.. math:: \tfrac v2 (x_r + y_r)^2 + \tfrac v2 (x_i - y_i)^2 = v\,\mathrm{Re}(xy) + v

has no other part, since :math:`x_r^2 + x_i^2 = 1`.  The second pair is turned by an eighth of a turn.

**Three serve the block p/3.**  There :math:`\sum_j v_{c-2j}([a = j] + [b = j] - 5/6)^2` is
:math:`\frac23 v_{c-a-b}` for v of sum 0 (indices mod 3), and :math:`v_c = \frac32([c = 0] - \frac13)`.

**Seven serve the blocks p/5 and 2p/5**, instead of eight.  For x and y of each, turned back by a phase,

.. math:: xy = (1 - i/t)\, x_r y_r + (-1 - it)\, x_i y_i + (i/t)(x_r + t x_i)(y_r + t y_i).

The first two terms are a pair as above; its squares leave :math:`-\frac{i}{t} \frac{n^2}{4} \cos(2 \arg x)`, with
:math:`n^2 = 1 + t^2`.  The third terms of both blocks, :math:`v_1 a_1 b_1 + v_2 a_2 b_2` with
:math:`a_k = n \cos(k\theta a - \chi_k)`, are made by *three* neurons :math:`A_j = a_1 + r_j a_2`,
:math:`B_j = b_1 + r_j b_2`.  For different numbers r_j with product 1, f(0) and the leading coefficient of a quadratic
f are combinations of its values at the r_j; with the weights :math:`\lambda_j, \mu_j` of those two,
:math:`V_j = \frac12(\lambda_j v_1 + \mu_j v_2)`.  With offsets :math:`g_j = \eta\, r_j (r_j - e)`, e the sum of the
r_j, interpolation gives

.. math:: \sum_j \lambda_j (A_j^2 + 2 g_j A_j) = a_1^2 + 2\eta\, a_2, \qquad
          \sum_j \mu_j (A_j^2 + 2 g_j A_j) = a_2^2 + 2\eta\, a_1.

Modulo 5 the square of frequency 1 has frequency 2 and that of frequency 2 has frequency 1, so these can cancel what the
pairs leave: with :math:`t = 1/\sqrt3` (a twelfth of a turn), :math:`n = 2/\sqrt3`, :math:`\eta = \sqrt3/6`,
:math:`\chi_1 = 0` and :math:`\chi_2 = -2\pi/3` they do.  Here r = (1, 2, 1/2); any three different numbers with
product 1 will do.  On Z_p the two blocks are functions of a modulo 5, with 2/p for 2/5.  QED

What is shown for given p is decided exactly by :func:`misfits`, in the field of all these cosines, at all p^3 entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from theory.exact_fit.bounds import require_odd
from theory.exact_fit.roots import Root, constant, cosine, sqrt3

RATIOS = (Fraction(1), Fraction(2), Fraction(1, 2))


@dataclass(frozen=True)
class Unit:
    """One neuron, V (x(a) + y(b))^2; each of x, y, v has p entries."""

    x: tuple[Root, ...]
    y: tuple[Root, ...]
    v: tuple[Root, ...]


@dataclass(frozen=True)
class Waves:
    """Functions on Z_p with values in a field that has all their cosines.

    Attributes:
        p: odd.
        order: order of the roots of unity; p and 24 divide it.
    """

    p: int
    order: int

    def wave(self, k: int, phase: Fraction) -> tuple[Root, ...]:
        """cos(2 pi (k a / p - phase)) at a = 0..p-1; the phase is in turns."""
        turn = phase * self.order
        if turn.denominator != 1:
            raise AssertionError(f"a phase of {phase} turns is not in the field")
        return tuple(cosine(self.order, k * a * (self.order // self.p) - int(turn)) for a in range(self.p))

    def number(self, value: Fraction | int) -> Root:
        """A rational number."""
        return constant(self.order, value)


def exact_fit(p: int) -> list[Unit]:
    """An exact fit with as few neurons as the upper bound of :func:`theory.exact_fit.bounds.least_width`.

    Raises:
        InputError: unless p is odd and at least 3.

    Examples:
        >>> [len(exact_fit(p)) for p in (3, 5, 7)]
        [4, 8, 13]
    """
    require_odd(p)
    waves = Waves(p, lcm(p, 24))
    left, units = set(range(1, (p - 1) // 2 + 1)), []
    if p % 3 == 0:
        left.remove(p // 3)
        units += _three(waves)
    if p % 5 == 0:
        left -= {p // 5, 2 * p // 5}
        units += _seven(waves)
    for k in sorted(left):
        units += _four(waves, k)
    return [*units, _constant(waves, units)]


def misfits(units: Sequence[Unit], p: int) -> list[tuple[int, int, int]]:
    """Where a network does not fit: all (a, b, c) with an output that is not [a + b = c mod p].  Exact."""
    found = []
    for a in range(p):
        for b in range(p):
            squares = [_square(unit.x[a] + unit.y[b]) for unit in units]
            for c in range(p):
                total = squares[0] * units[0].v[c]
                for square, unit in zip(squares[1:], units[1:], strict=True):
                    total = total + square * unit.v[c]
                if not (total - constant(total.order, int((a + b - c) % p == 0))).is_zero():
                    found.append((a, b, c))
    return found


def _square(x: Root) -> Root:
    return x * x


def _spectral(waves: Waves, k: int, turned: Fraction, re: Root, im: Root) -> tuple[Root, ...]:
    """(2/p) Re(v e^(2 pi i turned) conj z_c) for v = re + i im: what stands for v where x and y are turned back."""
    cos, sin = waves.wave(k, turned), waves.wave(k, turned + Fraction(1, 4))
    return tuple((c * re + s * im).times(Fraction(2, waves.p)) for c, s in zip(cos, sin, strict=True))


def _couple(waves: Waves, k: int, phase: Fraction, v: tuple[Root, ...], w: tuple[Root, ...]) -> list[Unit]:
    """v (x_r + y_r)^2 + w (x_i - y_i)^2, for x = z_a and y = z_b turned back by ``phase``."""
    re, im = waves.wave(k, phase), waves.wave(k, phase + Fraction(1, 4))
    return [Unit(re, re, v), Unit(im, tuple(x.times(-1) for x in im), w)]


def _four(waves: Waves, k: int) -> list[Unit]:
    """Any block: Re(x y) of x, y as they are, and of both turned back by an eighth."""
    half, zero = waves.number(Fraction(1, 2)), waves.number(0)
    units = []
    for phase in (Fraction(0), Fraction(1, 8)):
        v = _spectral(waves, k, 2 * phase, half, zero)
        units += _couple(waves, k, phase, v, v)
    return units


def _three(waves: Waves) -> list[Unit]:
    """The block p/3."""
    units = []
    for j in range(3):
        x = tuple(waves.number(Fraction(a % 3 == j) - Fraction(5, 12)) for a in range(waves.p))
        v = [Fraction(3, 2) * (Fraction((c - 2 * j) % 3 == 0) - Fraction(1, 3)) for c in range(waves.p)]
        units.append(Unit(x, x, tuple(waves.number(3 * each / waves.p) for each in v)))
    return units


def _seven(waves: Waves) -> list[Unit]:
    """The blocks p/5 and 2p/5; t = 1/sqrt 3, n = 2/sqrt 3, eta = sqrt 3 / 6."""
    root, zero, half = sqrt3(waves.order), waves.number(0), waves.number(Fraction(1, 2))
    units, thirds = [], []
    for k, chi in ((waves.p // 5, Fraction(0)), (2 * waves.p // 5, Fraction(-1, 3))):
        phase = chi - Fraction(1, 12)
        # (1 - i/t)/2; and -(-1 - it)/2, since y_i has its sign changed; then i/t
        first, second, third = (
            _spectral(waves, k, 2 * phase, re, root.times(im))
            for re, im in ((half, Fraction(-1, 2)), (half, Fraction(1, 6)), (zero, 1))
        )
        units += _couple(waves, k, phase, first, second)
        size = root.times(Fraction(2, 3))
        thirds.append((tuple(x * size for x in waves.wave(k, chi)), third))
    (a1, v1), (a2, v2) = thirds
    total = sum(RATIOS, Fraction(0))
    for r in RATIOS:
        others = [s for s in RATIOS if s != r]
        at_zero = others[0] / (others[0] - r) * others[1] / (others[1] - r)
        leading = 1 / ((r - others[0]) * (r - others[1]))
        offset = root.times(Fraction(1, 12) * r * (r - total))  # half of g: x and y have one each
        x = tuple(f + g.times(r) + offset for f, g in zip(a1, a2, strict=True))
        v = tuple((f.times(at_zero) + g.times(leading)).times(Fraction(1, 2)) for f, g in zip(v1, v2, strict=True))
        units.append(Unit(x, x, v))
    return units


def _constant(waves: Waves, units: Sequence[Unit]) -> Unit:
    """The neuron x + y = 1 whose v makes up for what the others give at a = b = 0."""
    v = []
    for c in range(waves.p):
        total = waves.number(int(c == 0))
        for unit in units:
            total = total - _square(unit.x[0] + unit.y[0]) * unit.v[c]
        v.append(total)
    zero, one = waves.number(0), waves.number(1)
    return Unit((one,) * waves.p, (zero,) * waves.p, tuple(v))
