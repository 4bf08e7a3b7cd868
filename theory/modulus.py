r"""**Tight.** Every modulus: the class weights that certify gamma*(k, p), and both sides of the argument.

Upper side.  For class weights :math:`\tau` (non-negative on delta != 0, sum 1) the margin of a network of
norm 1 is at most the best single neuron against :math:`\tau`,

.. math:: \max_\zeta\; c_\zeta \bigl(1 - \hat\tau(\zeta)\bigr), \qquad
   \hat\tau(\zeta) = \sum_\delta \tau_\delta \cos(2\pi\zeta\delta/p),

with :math:`c_\zeta` of ``theory.margin.single_neuron_value``.  Lower side.  Masses
:math:`\lambda_\zeta \ge 0`, sum 1, on exact networks of single frequencies give the margin
:math:`\min_{\delta \ne 0} \sum_\zeta \lambda_\zeta c_\zeta (1 - \cos(2\pi\zeta\delta/p))`.

The two are a linear programme and its dual: where they are equal, both are gamma*.  At odd p uniform
:math:`\tau` (Li24 Sec. 3) and uniform masses do it.  At even p uniform :math:`\tau` fails: the order-two
neuron wins alone.  With :math:`r = 2^{(k-1)/2}` and :math:`b = p/(p-2+1/r)`,

.. math:: \tau_\delta = \frac{b}{p}\Bigl(2 - \frac1r\Bigr) \ (\delta \ne 0 \text{ even}), \qquad
   \tau_\delta = \frac{b}{rp} \ (\delta \text{ odd})

does it (ours).  Proof: :math:`1 - \hat\tau(\zeta)` is b for :math:`0 < \zeta < p/2` and b/r at p/2, and
:math:`c_{p/2} = r\,c`, so every frequency is worth the same :math:`bc`; the masses make
:math:`\lambda_\zeta c_\zeta` equal to 2bc/p, half of that at p/2, and
:math:`\sum_{\zeta=0}^{p-1} \cos(2\pi\zeta\delta/p) = 0` turns the lower side into :math:`bc` too.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import sympy
from flint import fmpq, fmpq_poly, fmpz_poly

from theory.errors import require_integer
from theory.margin import (
    frequency_masses,
    frequency_share,
    max_margin,
    order_two_discount,
    single_neuron_value,
)


def class_weights(k: int, p: int) -> list[sympy.Expr]:
    r"""The certificate :math:`\tau`, exact: index delta in 0..p-1, zero at 0, positive elsewhere, sum 1.

    Raises:
        InputError: for k < 1 or p < 2.

    Examples:
        >>> class_weights(2, 5)
        [0, 1/4, 1/4, 1/4, 1/4]
        >>> class_weights(3, 4)
        [0, 1/5, 3/5, 1/5]
    """
    require_integer("k", k, 1)
    require_integer("p", p, 2)
    if p % 2:
        return [sympy.Integer(0)] + [sympy.Rational(1, p - 1)] * (p - 1)
    share = frequency_share(k, p)
    odd = sympy.expand(share * order_two_discount(k))
    even = sympy.expand(2 * share - odd)
    return [sympy.Integer(0)] + [odd if delta % 2 else even for delta in range(1, p)]


@dataclass(frozen=True)
class ModulusCertificate:
    """Both sides of the linear programme at (k, p), every number exact.

    Attributes:
        k: number of inputs.
        p: modulus.
        gamma: the value claimed for the optimum.
        masses: primal point, {zeta: lambda}.
        tau: dual point, index delta.
        neuron_values: {zeta: c (1 - tau^(zeta)) / gamma}, ``None`` where the sum is not in Q(sqrt 2).
        label_margins: {delta: the margin over label delta, divided by gamma}, ``None`` likewise.
        primal_feasible: the masses are non-negative and add up to 1.
        dual_feasible: the class weights are non-negative, zero at 0 and add up to 1.
    """

    k: int
    p: int
    gamma: sympy.Expr
    masses: dict[int, sympy.Expr]
    tau: list[sympy.Expr]
    neuron_values: dict[int, sympy.Expr | None]
    label_margins: dict[int, sympy.Expr | None]
    primal_feasible: bool
    dual_feasible: bool

    @property
    def upper_holds(self) -> bool:
        """Against tau every frequency is worth exactly gamma: no network has a larger margin."""
        return self.dual_feasible and all(value == 1 for value in self.neuron_values.values())

    @property
    def lower_holds(self) -> bool:
        """With these masses every wrong label is exactly gamma away: the margin is attained."""
        return self.primal_feasible and all(value == 1 for value in self.label_margins.values())

    @property
    def holds(self) -> bool:
        """Both sides meet, and complementary slackness holds everywhere: gamma is the optimum."""
        return self.upper_holds and self.lower_holds


def certify_modulus(
    k: int,
    p: int,
    gamma: sympy.Expr | None = None,
    masses: dict[int, sympy.Expr] | None = None,
    tau: list[sympy.Expr] | None = None,
) -> ModulusCertificate:
    """Decides exactly whether masses and class weights meet at gamma (ours at ``max_margin`` by default).

    Every sum of cosines is reduced modulo the p-th cyclotomic polynomial, the coefficients of 1 and of
    sqrt(2) apart; nothing is rounded.  Cost: one reduction of degree p for each divisor of p.

    Args:
        k: number of inputs, at least 1.
        p: modulus, at least 2.
        gamma: claimed value.
        masses: {zeta: mass} for zeta in 1..floor(p/2), numbers a + b sqrt(2).
        tau: class weights, length p, numbers a + b sqrt(2).

    Raises:
        InputError: for k < 1 or p < 2.

    Examples:
        >>> certify_modulus(2, 6).holds, certify_modulus(2, 6, tau=[0] + [sympy.Rational(1, 5)] * 5).holds
        (True, False)
    """
    gamma = max_margin(k, p) if gamma is None else gamma
    masses = frequency_masses(k, p) if masses is None else masses
    tau = class_weights(k, p) if tau is None else tau
    worth = {order: sympy.radsimp(single_neuron_value(k, p, order) / gamma) for order in (2, 3)}
    value = {zeta: worth[2 if 2 * zeta == p else 3] for zeta in masses}
    contribution = [sympy.Integer(0)] * p
    for zeta, mass in masses.items():
        half = sympy.expand(mass * value[zeta] / 2)
        contribution[zeta] += half
        contribution[-zeta % p] += half
    gaps = _gaps(tau)
    margins = _gaps(contribution)
    return ModulusCertificate(
        k=k,
        p=p,
        gamma=gamma,
        masses=masses,
        tau=tau,
        neuron_values={zeta: _times(value[zeta], gaps[zeta]) for zeta in masses},
        label_margins={delta: margins[delta] for delta in range(1, p)},
        primal_feasible=all(map(_non_negative, masses.values())) and _sum_is_one(list(masses.values())),
        dual_feasible=tau[0] == 0 and all(map(_non_negative, tau)) and _sum_is_one(tau),
    )


def transform_gaps(tau: list[sympy.Expr]) -> dict[int, sympy.Expr | None]:
    r""":math:`1 - \hat\tau(\zeta)` for zeta in 1..floor(p/2), exact; ``None`` where it is not in Q(sqrt 2).

    For :func:`class_weights` it is p/(p-1) at odd p; b, and b/r at p/2, at even p.
    """
    gaps = _gaps(tau)
    return {zeta: gaps[zeta] for zeta in range(1, len(tau) // 2 + 1)}


def _split(number: sympy.Expr) -> tuple[Fraction, Fraction]:
    """(a, b) with number = a + b sqrt(2)."""
    number = sympy.expand(number)
    b = sympy.Rational(number.coeff(sympy.sqrt(2)))
    a = sympy.Rational(sympy.expand(number - b * sympy.sqrt(2)))
    return Fraction(int(a.p), int(a.q)), Fraction(int(b.p), int(b.q))


def _join(a: Fraction, b: Fraction) -> sympy.Expr:
    return sympy.Rational(a.numerator, a.denominator) + sympy.Rational(b.numerator, b.denominator) * sympy.sqrt(2)


def _non_negative(number: sympy.Expr) -> bool:
    a, b = _split(number)
    if a >= 0 and b >= 0:
        return True
    return (a > 0 and a * a >= 2 * b * b) or (b > 0 and 2 * b * b >= a * a)


def _sum_is_one(numbers: list[sympy.Expr]) -> bool:
    pairs = [_split(number) for number in numbers]
    return sum(a for a, _ in pairs) == 1 and sum(b for _, b in pairs) == 0


def _times(number: sympy.Expr, gap: sympy.Expr | None) -> sympy.Expr | None:
    return None if gap is None else sympy.expand(number * gap)


def _gaps(weights: list[sympy.Expr]) -> list[sympy.Expr | None]:
    """The sums over x of weight[x] (1 - exp(2 pi i x y / p)), index y; ``None`` where not in Q(sqrt 2).

    The parts in Q and in Q sqrt(2) are two rational combinations of roots of unity.  Such a combination at y
    is a Galois conjugate of the one at gcd(y, p), so it is rational iff that one is, and then equal to it.
    """
    p = len(weights)
    cyclotomic = fmpq_poly(fmpz_poly.cyclotomic(p))
    known = {weight: _split(weight) for weight in set(weights)}

    def gap(part: int, y: int) -> Fraction | None:
        total = [Fraction(0)] * p
        for x, weight in enumerate(weights):
            total[0] += known[weight][part]
            total[x * y % p] -= known[weight][part]
        rest = fmpq_poly([fmpq(c.numerator, c.denominator) for c in total]) % cyclotomic
        return Fraction(int(rest[0].p), int(rest[0].q)) if rest.degree() <= 0 else None

    at_divisor: dict[int, sympy.Expr | None] = {}
    for y in range(1, p + 1):
        if p % y == 0:
            a, b = gap(0, y), gap(1, y)
            at_divisor[y] = None if a is None or b is None else _join(a, b)
    return [at_divisor[gcd(y, p)] for y in range(p)]
