"""Both sides of the linear programme at every modulus, exactly and by a solver."""

import numpy as np
import pytest
import sympy
from scipy.optimize import linprog

from theory.errors import InputError
from theory.margin import frequency_masses, max_margin, max_margin_float, printed_margin, single_neuron_value
from theory.modulus import certify_modulus, class_weights, transform_gaps


@pytest.mark.parametrize("k", range(1, 7))
def test_certificate_holds_at_every_modulus(k: int) -> None:
    for p in [*range(2, 16), 45, 64]:
        certificate = certify_modulus(k, p)
        assert certificate.upper_holds
        assert certificate.lower_holds
        assert certificate.gamma == max_margin(k, p)


@pytest.mark.parametrize(("k", "p"), [(2, 1009), (3, 1000)])
def test_certificate_at_large_moduli(k: int, p: int) -> None:
    assert certify_modulus(k, p).holds


def linear_programme(k: int, p: int) -> float:
    """max t with t <= sum_zeta lambda c (1 - cos) for every wrong label, by a solver that knows no formula for it."""
    zetas = np.arange(1, p // 2 + 1)
    c = np.array([float(single_neuron_value(k, p, 2 if 2 * zeta == p else 3)) for zeta in zetas])
    unit = c.max()
    gain = (1 - np.cos(2 * np.pi * np.outer(np.arange(1, p), zetas) / p)) * c / unit
    size = len(zetas)
    found = linprog(
        np.r_[np.zeros(size), -1.0],
        A_ub=np.c_[-gain, np.ones(p - 1)],
        b_ub=np.zeros(p - 1),
        A_eq=np.r_[np.ones(size), 0.0][None],
        b_eq=[1.0],
        bounds=[(0, None)] * size + [(None, None)],
        method="highs",
    )
    assert found.status == 0
    return -found.fun * unit


@pytest.mark.parametrize("k", range(1, 7))
def test_linear_programme_equals_the_formula(k: int) -> None:
    for p in range(2, 16):
        assert linear_programme(k, p) == pytest.approx(max_margin_float(k, p), rel=1e-9)


def test_linear_programme_refutes_the_printed_formula_at_even_moduli() -> None:
    assert linear_programme(2, 6) > float(printed_margin(2, 6)) * 1.05
    certificate = certify_modulus(2, 6, gamma=printed_margin(2, 6))
    assert not certificate.upper_holds
    assert not certificate.lower_holds


def test_uniform_weights_fail_at_even_moduli_by_exactly_the_order_two_frequency() -> None:
    k, p = 3, 6
    uniform = [sympy.Integer(0)] + [sympy.Rational(1, p - 1)] * (p - 1)
    certificate = certify_modulus(k, p, tau=uniform)
    assert certificate.lower_holds
    assert not certificate.upper_holds
    values = certificate.neuron_values
    assert values[3] / values[1] == 2 ** sympy.Rational(k - 1, 2)
    assert values[3] > 1 > values[1]


def test_transform_has_the_stated_values() -> None:
    for k in range(1, 6):
        assert set(transform_gaps(class_weights(k, 15)).values()) == {sympy.Rational(15, 14)}
        gaps = transform_gaps(class_weights(k, 10))
        b = 10 / (8 + sympy.sqrt(2) ** (1 - k))
        assert sympy.simplify(gaps[1] - b) == 0
        assert sympy.simplify(gaps[5] - b * sympy.sqrt(2) ** (1 - k)) == 0
        numerical = 1 - np.fft.fft([float(weight) for weight in class_weights(k, 10)]).real
        assert [float(gap) for gap in gaps.values()] == pytest.approx(numerical[1:6], rel=1e-12)


@pytest.mark.parametrize("p", [7, 8])
def test_planted_faults_are_noticed(p: int) -> None:
    k = 2
    good = frequency_masses(k, p)
    heavier = {**good, 1: good[1] * 2}
    assert not certify_modulus(k, p, masses=heavier).primal_feasible
    moved = {**good, 1: good[1] + sympy.Rational(1, 100), 2: good[2] - sympy.Rational(1, 100)}
    certificate = certify_modulus(k, p, masses=moved)
    assert certificate.primal_feasible
    assert not certificate.lower_holds
    tau = class_weights(k, p)
    assert not certify_modulus(k, p, tau=[sympy.Integer(1), *tau[1:]]).dual_feasible
    tilted = [tau[0], tau[1] + 2, tau[2] - 2, *tau[3:]]
    assert not certify_modulus(k, p, tau=tilted).dual_feasible
    swapped = [tau[0], tau[1] + sympy.Rational(1, 1000), tau[2] - sympy.Rational(1, 1000), *tau[3:]]
    certificate = certify_modulus(k, p, tau=swapped)
    assert certificate.dual_feasible
    assert not certificate.upper_holds
    assert not certify_modulus(k, p, gamma=max_margin(k, p) * sympy.Rational(10**9 + 1, 10**9)).holds


def test_weights_are_positive_and_add_up() -> None:
    for k in range(1, 8):
        for p in range(2, 14):
            tau = class_weights(k, p)
            assert tau[0] == 0
            assert all(weight.is_positive for weight in tau[1:])
            assert sympy.expand(sum(tau)) == 1
            assert [tau[-delta] for delta in range(p)] == tau


def test_unusable_arguments() -> None:
    with pytest.raises(InputError, match="k must be at least 1; got 0"):
        class_weights(0, 4)
    with pytest.raises(InputError, match="p must be at least 2; got 1"):
        class_weights(2, 1)
    with pytest.raises(InputError, match="p must be at least 2; got 1"):
        certify_modulus(2, 1)


def test_a_certificate_carries_what_it_certifies() -> None:
    found = certify_modulus(2, 6)
    assert (found.k, found.p, found.gamma) == (2, 6, max_margin(2, 6))
    assert (found.masses, found.tau) == (frequency_masses(2, 6), class_weights(2, 6))
    assert (list(found.label_margins), list(found.neuron_values)) == ([1, 2, 3, 4, 5], [1, 2, 3])


def test_sums_outside_the_field_are_not_called_rational() -> None:
    """1 - exp(2 pi i/3) and 1 - i have degree 1 over the rationals."""
    zero, one = sympy.Integer(0), sympy.Integer(1)
    assert transform_gaps([zero, one, zero]) == {1: None}
    assert transform_gaps([zero, one, zero, zero]) == {1: None, 2: 2}


def test_signs_of_weights_are_decided_exactly() -> None:
    near = [7 - 5 * sympy.sqrt(2), 5 * sympy.sqrt(2) - 7, sympy.sqrt(2) - sympy.Rational(3, 2)]
    grid = [sympy.Rational(a, 5) + sympy.Rational(b, 7) * sympy.sqrt(2) for a in range(-6, 7) for b in range(-6, 7)]
    for weight in [*near, *grid]:
        feasible = certify_modulus(2, 3, tau=[sympy.Integer(0), weight, 1 - weight]).dual_feasible
        assert feasible == (-1e-12 <= float(weight) <= 1 + 1e-12)
