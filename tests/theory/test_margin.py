"""gamma*: the printed values, exactness, every modulus, and the definition by enumeration."""

from fractions import Fraction
from math import factorial, isqrt, ulp

import mpmath
import numpy as np
import pytest
import sympy

from theory.core.optimality import frequency_mass
from theory.derivation.attainment import minimal_network
from theory.errors import InputError
from theory.margin import (
    frequency_masses,
    frequency_share,
    margin_formula,
    max_margin,
    max_margin_float,
    order_two_discount,
    printed_margin,
    single_neuron_value,
)
from theory.task import Task, normalised_margin

KNOWN = [
    (2, 59, 6.10912648e-4),
    (2, 71, 4.61430079e-4),
    (2, 97, 2.87856483e-4),
    (3, 31, 2.01612903e-4),
    (3, 61, 5.12295082e-5),
    (3, 97, 2.01353093e-5),
    (4, 11, 4.16056403e-4),
    (4, 31, 2.93141592e-5),
    (4, 47, 1.02408645e-5),
    (5, 5, 1.38888889e-3),
    (5, 17, 3.00365244e-5),
    (5, 23, 1.19340857e-5),
]


@pytest.mark.parametrize(("k", "p", "value"), KNOWN)
def test_value_of_li24_theorem_4_1(k: int, p: int, value: float) -> None:
    assert f"{max_margin_float(k, p):.8e}" == f"{value:.8e}"


@pytest.mark.parametrize(
    ("k", "p", "text"),
    [
        (1, 7, "1/12"),
        (1, 8, "1/14"),
        (2, 59, "sqrt(354)/30798"),
        (3, 97, "1/49664"),
        (3, 9, "1/384"),
        (3, 12, "1/672"),
        (2, 12, "-1/1791 + 10*sqrt(2)/1791"),
        (2, 2, "sqrt(6)/9"),
    ],
)
def test_exact_text(k: int, p: int, text: str) -> None:
    assert str(max_margin(k, p)) == text


def test_closed_form_at_k_3_and_morwani23_at_k_2() -> None:
    p = sympy.Symbol("p", positive=True)
    assert sympy.simplify(margin_formula(sympy.Integer(3), p) - sympy.Rational(3, 16) / (p * (p - 1))) == 0
    morwani = sympy.sqrt(sympy.Rational(2, 27)) / (sympy.sqrt(p) * (p - 1))
    assert sympy.simplify(margin_formula(sympy.Integer(2), p) - morwani) == 0


def squared_margin(k: int, p: int) -> Fraction:
    """gamma* squared in fractions, where it is rational: odd p, or odd k."""
    count = Fraction(p - 1) if p % 2 else p - 2 + Fraction(1, 2 ** ((k - 1) // 2))
    return Fraction(4 * factorial(k) ** 2, (2 * k + 2) ** (k + 1) * p ** (k - 1)) / count**2


@pytest.mark.parametrize("k", range(1, 8))
def test_exact_square_in_plain_fractions(k: int) -> None:
    for p in range(2, 30):
        if p % 2 or k % 2:
            square = sympy.expand(max_margin(k, p) ** 2)
            assert Fraction(int(square.p), int(square.q)) == squared_margin(k, p)


def test_float_is_within_one_ulp_of_an_integer_square_root() -> None:
    for k, p in [(2, 59), (4, 47), (6, 1009), (8, 3), (3, 12), (5, 10**6)]:
        square = squared_margin(k, p)
        scale = 10**400
        root = Fraction(isqrt(square.numerator * scale**2 // square.denominator), scale)
        assert abs(Fraction(max_margin_float(k, p)) - root) <= Fraction(np.spacing(max_margin_float(k, p)))
    with mpmath.workdps(60):
        even = 2 * mpmath.factorial(4) / (mpmath.mpf(10) ** 2.5 * mpmath.mpf(12) ** 1.5 * (10 + mpmath.mpf(2) ** -1.5))
        assert float(even) == max_margin_float(4, 12)


def test_printed_formula_is_right_at_odd_and_too_small_at_even_moduli() -> None:
    for k in range(1, 7):
        for p in range(2, 20):
            difference = sympy.expand(max_margin(k, p) - printed_margin(k, p))
            if p % 2 or k == 1:
                assert difference == 0
            else:
                assert difference.is_positive


@pytest.mark.parametrize(
    ("k", "p"), [(1, 5), (1, 6), (2, 2), (2, 4), (2, 9), (2, 10), (3, 3), (3, 6), (4, 4), (4, 5), (5, 3)]
)
def test_attained_by_enumeration(k: int, p: int) -> None:
    margin = normalised_margin(Task.cyclic(k, p), *minimal_network(k, p))
    assert margin == pytest.approx(max_margin_float(k, p), rel=1e-12)


def test_enumeration_notices_a_frequency_with_too_little_mass() -> None:
    u, w = minimal_network(2, 7)
    u[:6], w[:6] = 0.99 * u[:6], 0.99 * w[:6]
    assert normalised_margin(Task.cyclic(2, 7), u, w) < max_margin_float(2, 7) * (1 - 1e-4)


@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 4), (3, 3), (3, 4)])
def test_no_network_is_better(k: int, p: int) -> None:
    generator = np.random.default_rng(0)
    task = Task.cyclic(k, p)
    u, w = minimal_network(k, p)
    for size in (1e-3, 1e-2, 1e-1, 1.0):
        moved = normalised_margin(
            task, u + size * generator.normal(size=u.shape), w + size * generator.normal(size=w.shape)
        )
        assert moved < max_margin_float(k, p)


def test_masses_add_up_and_equalise_the_frequencies() -> None:
    for k in range(1, 7):
        for p in range(2, 16):
            masses = frequency_masses(k, p)
            assert list(masses) == list(range(1, p // 2 + 1))
            assert sympy.expand(sum(masses.values())) == 1
            products = {
                sympy.expand(mass * single_neuron_value(k, p, 2 if 2 * z == p else 3) * (2 if 2 * z == p else 1))
                for z, mass in masses.items()
            }
            assert len(products) == 1
    assert set(frequency_masses(4, 11).values()) == {sympy.Rational(1, 5)}


def test_share_is_the_reciprocal_of_the_count() -> None:
    for k in range(1, 9):
        for p in (4, 6, 100):
            assert sympy.expand(frequency_share(k, p) * (p - 2 + sympy.sqrt(2) ** (1 - k))) == 1


def test_large_arguments() -> None:
    assert f"{max_margin_float(50, 10**6):.6e}" == "3.671143e-140"
    assert max_margin_float(49, 999_983) > 0
    assert str(max_margin(500, 10**9))


@pytest.mark.parametrize(
    ("k", "p", "message"),
    [
        (0, 7, "k must be at least 1; got 0"),
        (3, 1, "p must be at least 2; got 1"),
        (2.0, 7, "k must be an integer; got 2.0"),
        (501, 7, "k must be at most 500; got 501"),
        (3, 10**9 + 1, "p must be at most 1000000000; got 1000000001"),
    ],
)
def test_unusable_arguments(k: int, p: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        max_margin(k, p)


def test_value_below_the_floats_is_refused() -> None:
    with pytest.raises(InputError, match=r"above 2\.2e-308"):
        max_margin_float(500, 10**9)


@pytest.mark.parametrize("call", [single_neuron_value, frequency_share, printed_margin, max_margin, frequency_masses])
def test_every_formula_refuses_what_the_theorem_does_not_cover(call) -> None:
    for k, p in ((0, 5), (1, 1)):
        with pytest.raises(InputError, match="at least"):
            call(k, p)
    assert call(1, 2)


def test_formulas_by_hand() -> None:
    root2 = sympy.sqrt(2)
    assert max_margin(3, 5) == sympy.Rational(3, 16) / 20
    assert max_margin(1, 10**9) == sympy.Rational(1, 2 * (10**9 - 1))
    assert single_neuron_value(1, 2, 2) == sympy.Rational(1, 4)
    assert single_neuron_value(2, 5) == single_neuron_value(2, 5, 7) == sympy.sqrt(sympy.Rational(2, 15) ** 3) / 2
    assert single_neuron_value(2, 4, 2) / single_neuron_value(2, 4, 4) == root2
    assert [order_two_discount(k) for k in (1, 2, 3)] == [1, root2 / 2, sympy.Rational(1, 2)]
    assert frequency_masses(2, 5) == {1: sympy.Rational(1, 2), 2: sympy.Rational(1, 2)}
    assert frequency_masses(3, 4) == {1: sympy.Rational(4, 5), 2: sympy.Rational(1, 5)}
    with pytest.raises(InputError, match="order must be at least 2; got 1"):
        single_neuron_value(1, 2, 1)
    k, p = sympy.symbols("k p", positive=True)
    for odd, number in ((True, 7), (False, 8)):
        assert sympy.simplify(margin_formula(k, p, odd).subs({k: 3, p: number}) - max_margin(3, number)) == 0


@pytest.mark.parametrize(("k", "p"), [(1, 2), (1, 6), (2, 4), (2, 9), (3, 8), (4, 6), (5, 10), (6, 4), (7, 2)])
def test_masses_of_the_core_are_those_of_the_formula(k: int, p: int) -> None:
    """Two derivations, in rationals and in sympy."""
    for zeta, mass in frequency_masses(k, p).items():
        terms = frequency_mass(k, p, zeta).terms
        core = sympy.Add(*[sympy.Rational(v.numerator, v.denominator) * sympy.sqrt(n) for n, v in terms])
        assert sympy.radsimp(core - mass) == 0


def test_values_are_rounded_once() -> None:
    """The nearest float of 60 correct digits, at many arguments."""
    for k in range(1, 12):
        for p in range(2, 30):
            found = max_margin_float(k, p)
            assert abs(Fraction(found) - Fraction(str(max_margin(k, p).evalf(60)))) <= Fraction(ulp(found)) / 2
