"""Widths, float weights, finite regularisation and gamma* of groups: second routes, and edges that a mutant misses."""

import math
import re
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import flint
import mpmath
import numpy as np
import pytest
import sympy
from scipy.optimize import linprog

from theory import floats
from theory import width as widths
from theory.construction import construct
from theory.core.exact_network import Block, ExactNetwork, Neuron
from theory.core.surd import Surd
from theory.errors import InputError
from theory.floats import amplitude, weights
from theory.groups import load_group
from theory.groups.margin import (
    GroupMargin,
    group_task,
    half_power,
    max_margin,
    prefactor,
    quotient,
    single_neuron_values,
    to_sympy,
)
from theory.margin import max_margin_float
from theory.margin import single_neuron_value as cyclic_value
from theory.narrow_designs import narrow
from theory.regularisation import closed_form, convexity_facts, jensen_gap, jump, predict, predict_classwise
from theory.regularisation.classwise import _gradient, _loss_and_gap, _polish, predict_cyclic
from theory.regularisation.closed_form import positive, predict_from_margin
from theory.width import Enough, OrderWidth, Width, enough_between, is_enough, width

# ---- widths ------------------------------------------------------------------------------------------------------

CERTIFIED, MINIMAL = "certified: dual certificate", "theorem: minimal construction"
ORDER_TWO, NARROW = "theorem: order two", "certified: narrow design"


def test_widths_of_one_input() -> None:
    """p-1 by rank; the constructions ask for 2 per pair of signs and 1 at order two."""
    assert width(1, 5) == Width(1, 5, 4, None, 4, 4, 4, ())
    assert width(1, 6) == Width(1, 6, 5, None, 5, 5, 5, ())
    assert width(1, 2) == Width(1, 2, 1, None, 1, 1, 1, ())


def test_widths_of_two_inputs_by_orders() -> None:
    """Modulo 12 the frequencies 1..6 have the orders 12, 6, 4, 3, 12, 2."""
    orders = (
        OrderWidth(2, 1, 2, 2, ORDER_TWO, ORDER_TWO),
        OrderWidth(3, 1, 6, 6, CERTIFIED, MINIMAL),
        OrderWidth(4, 1, 4, 4, "theorem: no three points at order 4", NARROW),
        OrderWidth(6, 1, 6, 6, CERTIFIED, MINIMAL),
        OrderWidth(12, 2, 6, 6, CERTIFIED, MINIMAL),
    )
    assert width(2, 12) == Width(2, 12, 5 * 8 + 2, None, 5 * 6 + 2, 30, 30, orders)
    assert width(2, 5) == Width(2, 5, 16, 16, 12, 12, 12, (OrderWidth(5, 2, 6, 6, CERTIFIED, MINIMAL),))


def test_widths_of_three_inputs_by_orders() -> None:
    orders = (
        OrderWidth(2, 1, 4, 4, ORDER_TWO, ORDER_TWO),
        OrderWidth(3, 1, 4, 9, CERTIFIED, NARROW),
        OrderWidth(4, 1, 4, 12, CERTIFIED, NARROW),
        OrderWidth(6, 1, 12, 16, CERTIFIED, MINIMAL),
        OrderWidth(12, 2, 16, 16, CERTIFIED, MINIMAL),
    )
    assert width(3, 12) == Width(3, 12, 5 * 32 + 4, None, 5 * 16 + 4, 4 + 9 + 12 + 16 + 32, 4 + 4 + 4 + 12 + 32, orders)
    assert not width(3, 12).exact
    assert width(3, 35).exact


@pytest.mark.parametrize(
    ("k", "order", "lower", "by"),
    [
        (6, 13, 162, CERTIFIED),
        (7, 17, 162, "theorem: fewer inputs need no more neurons"),
        (8, 17, 162, "theorem: fewer inputs need no more neurons"),
        (9, 19, 256, "theorem: orthonormal characters"),
        (12, 13, 2048, "theorem: orthonormal characters"),
        (6, 5, 2, "theorem: rank of the target wave"),
        (5, 4, 2, "theorem: rank of the target wave"),
    ],
)
def test_what_bounds_the_width_from_below(k: int, order: int, lower: int, by: str) -> None:
    assert widths.order_width(k, order) == OrderWidth(order, 1, lower, (k + 1) * 2 ** (k - 1), by, MINIMAL)


# Orders that nothing else asks for: the answers, false ones too, are cached.


def test_without_certificates_the_theorems_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    """2^(k-1) characters at free orders, and never fewer than with fewer inputs."""
    monkeypatch.setattr(widths, "_stored_neurons", lambda k, order: None)
    assert [widths._lower(k, 999983) for k in (2, 3, 4)] == [
        (2, "theorem: rank of the target wave"), *((n, "theorem: orthonormal characters") for n in (4, 8))]  # fmt: skip
    monkeypatch.setattr(widths, "_stored_neurons", lambda k, order: {2: 6, 3: None, 4: 3}[k])
    assert widths._lower(3, 999961) == (6, "theorem: fewer inputs need no more neurons")
    assert widths._lower(4, 999961) == (8, "theorem: orthonormal characters")
    monkeypatch.setattr(widths, "_stored_neurons", lambda k, order: {2: 1}[k])
    assert widths._lower(2, 999959) == (2, "theorem: rank of the target wave")


@pytest.mark.parametrize(("bound", "neurons"), [(Fraction(7, 2), 4), (Fraction(4), 4), (Fraction(1, 3), 1)])
def test_a_certified_bound_on_an_integer_is_rounded_up(bound: Fraction, neurons: int, monkeypatch) -> None:
    asked, order = [], 999953 + 2 * neurons + bound.denominator
    monkeypatch.setattr(widths, "stored", lambda k, order: asked.append((k, order)) or SimpleNamespace(bound=bound))
    assert widths._stored_neurons(3, order) == neurons
    assert asked == [(3, order)]


def test_no_certificate_is_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widths, "stored", lambda k, order: None)
    assert widths._stored_neurons(3, 999931) is None


def test_a_narrow_design_counts_only_where_it_is_narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = ((5, (5, NARROW)), (6, (6, MINIMAL)), (7, (6, MINIMAL)), (None, (6, MINIMAL)))
    for frequencies, (size, expected) in enumerate(cases):
        monkeypatch.setattr(widths, "narrow_design_size", lambda k, order, size=size: size)
        found = widths.order_width(2, 999979, frequencies)
        assert (found.upper, found.upper_by) == expected
        assert (found.order, found.frequencies, found.lower) == (999979, frequencies, 6)


@pytest.mark.parametrize("k", [2, 3, 4, 7])
def test_order_two_needs_half_the_sign_classes(k: int) -> None:
    assert widths.order_width(k, 2, 1) == OrderWidth(2, 1, 2 ** (k - 1), 2 ** (k - 1), ORDER_TWO, ORDER_TWO)
    assert widths.order_width(k, 2, 3).frequencies == 3


@pytest.mark.parametrize(("p", "expected"), [(3, 8), (9, 32), (7, 24), (4, None), (6, None)])
def test_width_of_morwani23(p: int, expected: int | None) -> None:
    assert width(2, p).morwani23 == expected
    assert width(3, p).morwani23 is None


def test_is_it_enough() -> None:
    assert is_enough(width(2, 113), 336) == Enough(
        "yes", "the minimal construction attains the maximum margin with 336 neurons"
    )
    assert is_enough(width(2, 113), 335) == Enough("no", "every maximum-margin network has at least 336 neurons")
    assert is_enough(width(2, 4), 6) == Enough("yes", "the narrow designs attains the maximum margin with 6 neurons")
    assert is_enough(width(2, 4), 8).why.startswith("the minimal construction attains")
    assert enough_between(0, 0, 0).answer == "yes"
    assert enough_between(4, 3, 5) == Enough(
        "open", "3 neurons are necessary and 5 suffice; nothing is proved in between"
    )
    assert enough_between(3, 3, 5).answer == "open"
    assert enough_between(5, 3, 5).why == "the minimal construction attains the maximum margin with 5 neurons"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: width(0, 5), "k must be at least 1; got 0"),
        (lambda: width(13, 5), "k must be at most 12; got 13"),
        (lambda: width(2, 1), "p must be at least 2; got 1"),
        (lambda: width(2, 10**6 + 1), "p must be at most 1000000; got 1000001"),
        (lambda: enough_between(-1, 3, 5), "m must be at least 0; got -1"),
    ],
)
def test_refused_widths(call, message: str) -> None:
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == message


# ---- float weights -----------------------------------------------------------------------------------------------


def exact_weights(network: ExactNetwork) -> tuple[list, list]:
    """All weights in 60 digits, in the order in which neurons are promised."""
    k, p = network.k, network.p
    with mpmath.workdps(60):
        u, w = [], []
        for block in network.blocks:
            mass = mpmath.fsum(mpmath.mpf(v.numerator) / v.denominator * mpmath.sqrt(n) for n, v in block.mass.terms)
            for zeta in block.frequencies:
                for neuron in block.neurons:
                    norm = (mass * neuron.share.numerator / neuron.share.denominator) ** (mpmath.mpf(1) / (k + 1))
                    # A cosine has squared norm p/2, or p at the frequency of order two.
                    beta = norm / mpmath.sqrt(k + 1) / mpmath.sqrt(mpmath.mpf(p) / (1 if 2 * zeta == p else 2))
                    turns = [[t + Fraction(zeta * a, p) for a in range(p)] for t in (*neuron.phases, neuron.output)]
                    waves = [[beta * mpmath.cospi(2 * mpmath.mpf(t.numerator) / t.denominator) for t in row]
                             for row in turns]  # fmt: skip
                    u.append(waves[:k])
                    w.append(waves[k])
        return u, w


@pytest.mark.parametrize("first", [128, 3])
@pytest.mark.parametrize("make", [lambda: construct(2, 7), lambda: construct(2, 6, "li24"), lambda: construct(3, 4),
                                  lambda: construct(1, 5), lambda: narrow(2, 12)])  # fmt: skip
def test_every_weight_is_the_nearest_float(make, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the precision that is tried first."""
    monkeypatch.setattr(floats, "FIRST_PRECISION", first)
    network = make()
    u, w = weights(network)
    exact_u, exact_w = exact_weights(network)
    assert u.shape == (network.width, network.k, network.p)
    assert w.shape == (network.width, network.p)
    with mpmath.workdps(60):
        for found, exact in ((u, exact_u), (w, exact_w)):
            for x, y in zip(found.ravel().tolist(), np.array(exact, dtype=object).ravel().tolist(), strict=True):
                if abs(y) < 1e-50:
                    assert x == 0
                else:
                    assert abs(mpmath.mpf(x) - y) <= mpmath.mpf(math.ulp(x)) / 2


def test_an_exact_tie_ends_at_a_neighbour() -> None:
    """k = 1, p = 3, mass p (1 + 2^-53)^2: the largest weight lies half-way between two floats."""
    mass = Surd([(3 * (1 + Fraction(1, 2**53)) ** 2, 1)])
    neuron = Neuron((Fraction(0),), Fraction(0), Fraction(1))
    u, w = weights(ExactNetwork(1, 3, (Block((neuron,), (1,), mass),)))
    assert {u[0, 0, 0], w[0, 0]} <= {1.0, 1.0 + 2.0**-52}


def test_amplitudes_are_enclosed() -> None:
    with flint.ctx.workprec(128):
        for order_two, factor in ((False, 2), (True, 1)):
            ball = amplitude(Surd([(Fraction(3, 4), 2)]), Fraction(2, 5), 2, 7, order_two)
            exact = (0.75 * math.sqrt(2) * 0.4) ** (1 / 3) * math.sqrt(factor / 21)
            assert float(ball.mid()) == pytest.approx(exact, rel=1e-14)
        assert amplitude(Surd([(1, 1)]), Fraction(1), 2, 7).overlaps(
            amplitude(Surd([(1, 1)]), Fraction(1), 2, 7, False)
        )


@pytest.mark.parametrize("value", [Fraction(3), Fraction(2**70 + 2**17), Fraction(1, 2**1074), Fraction(-5, 8),
                                   Fraction(2**60 + 1, 2**60), Fraction(0), Fraction(1), Fraction(2)])  # fmt: skip
def test_dyadic_numbers_are_rounded_to_the_nearest(value: Fraction) -> None:
    with flint.ctx.workprec(256):
        ball = flint.arb(flint.fmpq(value.numerator, value.denominator))
        assert floats._rounded(ball) == value.numerator / value.denominator


def test_weights_must_fit_their_budget() -> None:
    network = construct(2, 5)
    size = 8 * network.width * 3 * 5
    assert weights(network, size)[0].nbytes + weights(network, size)[1].nbytes == size
    with pytest.raises(InputError) as error:
        weights(network, size - 1)
    assert str(error.value) == (
        f"the weights of 12 neurons, k=2, p=5 must fit {size - 1} bytes; they take {size} "
        "(the exact file alone is always possible)"
    )


# ---- finite regularisation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: predict(2, 4, 0.1), "p must be odd (or 2) unless the loss is weighted by tau; got 4"),
        (lambda: predict(2, 5, 0.0), "lambda must be a positive finite number; got 0.0"),
        (lambda: predict(2, 5, "1"), "lambda must be a positive finite number; got '1'"),
        (lambda: predict(2, 5, 0.1, math.inf), "power must be a positive finite number; got inf"),
        (lambda: jump(0.1, 5, 1.0), "a jump needs a power between 0 and k+1; got 1.0 times k+1"),
        (lambda: jump(0.1, 5, 0.0), "a jump needs a power between 0 and k+1; got 0.0 times k+1"),
        (lambda: predict_cyclic(0, 5, 0.1), "k must be at least 1; got 0"),
        (lambda: predict_cyclic(1, 1, 0.1), "p must be at least 2; got 1"),
        (lambda: predict_classwise(np.ones((2, 3)), np.ones(2), 0.1, 0), "k must be at least 1; got 0"),
        (
            lambda: predict_classwise(np.ones((2, 3)), np.ones(3), 0.1, 2),
            "ratios (V, n - 1) need one positive value for each V; got (2, 3), (3,)",
        ),
        (
            lambda: predict_classwise(np.ones((2, 3)), np.array([1, 0]), 0.1, 2),
            "ratios (V, n - 1) need one positive value for each V; got (2, 3), (2,)",
        ),
        (
            lambda: predict_classwise(np.ones(2), np.ones(2), 0.1, 2),
            "ratios (V, n - 1) need one positive value for each V; got (2,), (2,)",
        ),
        (lambda: predict_cyclic(1, 4, -1.0), "lambda must be a positive finite number; got -1.0"),
    ],
)
def test_refused_predictions(call, message: str) -> None:
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == message


def test_positive_numbers_become_floats() -> None:
    assert isinstance(positive("x", 2), float)
    assert positive("x", 5e-324) == 5e-324
    for wrong in (0, -1, math.inf, math.nan, None):
        with pytest.raises(InputError, match=re.escape(f"x must be a positive finite number; got {wrong!r}")):
            positive("x", wrong)


def plain_loss(gamma: float, n: int, lambda_: float, s: float, mass: float) -> float:
    return math.log(1 + (n - 1) * math.exp(-gamma * mass)) + lambda_ * mass**s


@pytest.mark.parametrize(
    ("power", "ratio"), [(None, 0.1), (None, 0.6), (6.0, 0.4), (4.5, 2.0), (1.0, 0.5), (2.85, 0.999)]
)
@pytest.mark.parametrize(("gamma", "n", "k"), [(0.02, 5, 2), (0.1, 3, 3)])
def test_predictions_are_minima_and_agree_with_themselves(
    gamma: float, n: int, k: int, power: float | None, ratio: float
) -> None:
    r = k + 1 if power is None else power
    s = r / (k + 1)
    unit = jump(gamma, n, s) if s < 1 else gamma**s
    found = predict_from_margin(gamma, n, k, ratio * unit, power)
    assert (found.lambda_, found.power, found.margin) == (ratio * unit, float(r), gamma)
    assert found.mass == pytest.approx(found.scale / gamma, rel=1e-15)
    assert found.norm == pytest.approx(found.mass ** (1 / (k + 1)), rel=1e-14)
    assert found.cross_entropy == pytest.approx(math.log(1 + (n - 1) * math.exp(-found.scale)), rel=1e-13)
    assert found.loss == pytest.approx(plain_loss(gamma, n, ratio * unit, s, found.mass), rel=1e-13)
    slope = -gamma * (n - 1) / (math.exp(found.scale) + n - 1) + ratio * unit * s * found.mass ** (s - 1)
    assert slope == pytest.approx(0, abs=1e-12 * gamma)
    assert found.threshold == pytest.approx(gamma * (n - 1) / n if s == 1 else jump(gamma, n, s) if s < 1 else math.inf)
    for factor in (0.9, 1.1, 1e-9):
        assert plain_loss(gamma, n, ratio * unit, s, factor * found.mass) > found.loss


@pytest.mark.parametrize("power", [None, 2.0])
def test_above_the_threshold_there_is_nothing(power: float | None) -> None:
    gamma, n, k = 0.02, 5, 2
    threshold = gamma * 0.8 if power is None else jump(gamma, n, 2 / 3)
    found = predict_from_margin(gamma, n, k, 1.0001 * threshold, power)
    assert (found.mass, found.norm, found.scale, found.margin) == (0.0, 0.0, 0.0, None)
    assert found.loss == found.cross_entropy == pytest.approx(math.log(5), rel=1e-15)
    if power:
        assert predict_from_margin(gamma, n, k, threshold, power).margin == gamma
    below = predict_from_margin(gamma, n, k, 0.9999 * threshold, power)
    assert below.margin == gamma
    assert below.mass > 0


@pytest.mark.parametrize(("gamma", "n", "s"), [(0.02, 5, 0.5), (0.1, 3, 0.9), (0.3, 2, 0.1)])
def test_the_jump_is_the_largest_lambda_with_a_network_no_worse_than_zero(gamma: float, n: int, s: float) -> None:
    grid = np.exp(np.linspace(math.log(1e-3), math.log(100), 20001)) / gamma
    values = (math.log(n) - np.log(1 + (n - 1) * np.exp(-gamma * grid))) / grid**s
    assert jump(gamma, n, s) == pytest.approx(values.max(), rel=1e-6)
    assert jump(gamma, n, s) >= values.max() * (1 - 1e-12)


def test_small_arguments_do_not_cancel() -> None:
    """phi(0) - phi(x) = (n-1)/n x + O(x^2)."""
    for n in (2, 5, 31):
        assert closed_form._drop(n, 1e-12) == pytest.approx((n - 1) / n * 1e-12, rel=1e-10, abs=0)
        assert closed_form._drop(n, 2.0) == pytest.approx(closed_form.phi(n, 0.0) - closed_form.phi(n, 2.0), rel=1e-13)
        assert closed_form.phi(n, 0.7) == pytest.approx(math.log(1 + (n - 1) * math.exp(-0.7)), rel=1e-14)
        assert closed_form._slope(n, 0.7) == pytest.approx((n - 1) / (n - 1 + math.exp(0.7)), rel=1e-14)


def test_roots_from_the_smallest_to_the_largest() -> None:
    find = closed_form._root
    assert find(lambda x: 2 - x * x) == pytest.approx(math.sqrt(2), rel=1e-15)
    assert find(lambda x: 1e-290 - x) == pytest.approx(1e-290, rel=1e-14, abs=0)
    assert find(lambda x: 1e9 - x) == pytest.approx(1e9, rel=1e-15)
    assert find(lambda x: 10 - x, 2.0) == pytest.approx(10, rel=1e-15)
    assert find(lambda x: 2.5 - x, 2.0) == pytest.approx(2.5, rel=1e-15)
    assert find(lambda x: 3 - x, 5.0) == find(lambda x: 5 - x, 5.0) == 5.0
    assert find(lambda x: -1.0) == 1e-300
    asked: list[float] = []
    find(lambda x: asked.append(x) or 0.5 - x, 0.25)
    assert asked[:2] == [0.25, 1.0]


def test_convexity_one_fact_at_a_time() -> None:
    """The names that the proof refers to, each of them decided by itself."""
    facts = convexity_facts()
    assert list(facts) == [
        "exp meets its tangent", "with the tangent's slope", "exp is convex", "the slope of phi", "phi decreases",
        "the curvature of phi", "phi is convex", "the scale is stationary", "the scale is zero at the threshold",
        "the threshold is the slope at zero"]  # fmt: skip
    assert set(map(type, facts.values())) == {bool}
    assert all(facts.values())


def test_the_gap_of_convexity_is_the_difference_of_two_means() -> None:
    rng = np.random.default_rng(0)
    margins, tau = rng.normal(size=(6, 4)), np.array([0.1, 0.2, 0.3, 0.4])
    for weights_, given in ((tau, tau), (np.full(4, 0.25), None)):
        losses = [
            math.log(1 + 4 * sum(t * math.exp(-m) for t, m in zip(weights_, row, strict=True))) for row in margins
        ]
        mean = float(np.mean([sum(t * m for t, m in zip(weights_, row, strict=True)) for row in margins]))
        assert jensen_gap(margins, given) == pytest.approx(np.mean(losses) - math.log(1 + 4 * math.exp(-mean)))


GAIN = np.array([[0.5, 1.5, 2.0], [1.0, 0.5, 0.0], [1.5, 1.0, 2.0], [2.0, 0.25, 1.0]])


def test_gradient_of_the_programme() -> None:
    mass = np.array([0.3, 0.7, 0.1])
    loss, gradient, probabilities = _gradient(mass, GAIN, 0.2)
    weights_ = [math.exp(-sum(g * x for g, x in zip(row, mass, strict=True))) for row in GAIN]
    assert loss == pytest.approx(math.log(1 + sum(weights_)) + 0.2 * 1.1)
    assert probabilities == pytest.approx(np.array(weights_) / (1 + sum(weights_)))
    for i in range(3):
        step = np.zeros(3)
        step[i] = 1e-6
        slope = (_gradient(mass + step, GAIN, 0.2)[0] - _gradient(mass - step, GAIN, 0.2)[0]) / 2e-6
        assert gradient[i] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("size", [2000.0, -2000.0])
def test_large_margins_do_not_overflow(size: float) -> None:
    loss, gradient, probabilities = _gradient(np.array([size, 0, 0]), GAIN, 0.2)
    assert loss == pytest.approx(max(0.0, -2 * size) + 0.2 * size)
    assert probabilities == pytest.approx([0, 0, 0, float(size < 0)])
    assert np.isfinite(gradient).all()


def test_the_gap_is_that_of_the_tangent() -> None:
    """loss - min over 0 <= y, sum(y) <= log(n)/lambda of the tangent: at y = 0 or with all of it on the steepest."""
    for mass in (np.array([0.3, 0.7, 0.1]), np.array([5.0, 0.0, 4.0]), np.zeros(3)):
        loss, gradient, _ = _gradient(mass, GAIN, 0.2)
        corners = [np.zeros(3), *(math.log(5) / 0.2 * row for row in np.eye(3))]
        expected = max(float(gradient @ (mass - y)) for y in corners)
        assert _loss_and_gap(mass, GAIN, 0.2) == pytest.approx((loss, expected))


def test_polishing_ends_at_the_minimum_or_where_it_began() -> None:
    lambda_ = 0.2
    best = predict_classwise(1 - GAIN.T, np.ones(3), lambda_, 2)
    optimum = np.array(best.masses)
    carrying = optimum > 1e-6 * optimum.max()
    assert carrying.any()
    start = np.where(carrying, optimum * 1.02, 0.0)
    found = _polish(start, GAIN, lambda_)
    assert found == pytest.approx(optimum, abs=1e-9)
    assert _loss_and_gap(found, GAIN, lambda_)[1] < 1e-12 < _loss_and_gap(start, GAIN, lambda_)[1]
    again = _polish(found, GAIN, lambda_)
    assert _loss_and_gap(again, GAIN, lambda_)[1] <= _loss_and_gap(found, GAIN, lambda_)[1]
    # Coordinates below a millionth of the largest are dropped; a coordinate that goes negative stops at 0.
    assert start.max() > 1.5
    dusty = np.where(carrying, start, 0.9e-6 * start.max())
    assert (_polish(dusty, GAIN, lambda_)[~carrying] == 0).all()
    far = _polish(np.ones(3), GAIN, lambda_)
    assert (far >= 0).all()
    assert _loss_and_gap(far, GAIN, lambda_)[1] <= _loss_and_gap(np.ones(3), GAIN, lambda_)[1]


@pytest.mark.parametrize(("k", "p", "ratio"), [(2, 6, 0.3), (3, 4, 0.5), (2, 9, 0.1)])
def test_a_prediction_by_classes_agrees_with_itself(k: int, p: int, ratio: float) -> None:
    lambda_ = ratio * float(cyclic_value(k, p))
    found = predict_cyclic(k, p, lambda_)
    half = range(1, p // 2 + 1)
    worth = [float(cyclic_value(k, p, 2 if 2 * zeta == p else 3)) for zeta in half]
    assert (found.lambda_, found.power) == (lambda_, float(k + 1))
    assert found.threshold == pytest.approx(max(worth), rel=1e-15)
    assert len(found.masses) == len(worth)
    margins = [
        sum(q * c * (1 - math.cos(2 * math.pi * zeta * delta / p))
            for q, c, zeta in zip(found.masses, worth, half, strict=True))
        for delta in range(1, p)
    ]  # fmt: skip
    assert found.margins == pytest.approx(margins)
    assert found.mass == pytest.approx(sum(found.masses))
    assert found.norm == pytest.approx(found.mass ** (1 / (k + 1)))
    assert found.scale == pytest.approx(min(margins))
    assert found.margin == pytest.approx(min(margins) / found.mass)
    assert found.cross_entropy == pytest.approx(math.log(1 + sum(math.exp(-m) for m in margins)))
    assert found.loss == pytest.approx(found.cross_entropy + lambda_ * found.mass)
    assert 0 <= abs(found.gap) < 1e-11
    nothing = predict_cyclic(k, p, 1.0)
    assert (nothing.mass, nothing.norm, nothing.scale, nothing.margin) == (0.0, 0.0, 0.0, None)
    assert nothing.loss == nothing.cross_entropy == pytest.approx(math.log(p))
    assert nothing.masses == (0.0,) * len(worth)
    assert nothing.margins == (0.0,) * (p - 1)


def test_predictions_of_wide_groups_are_in_natural_units() -> None:
    """All values times 1000 and lambda times 1000: the same minimum with masses over 1000."""
    ratios = 1 - GAIN.T
    small, large = predict_classwise(ratios, np.array([1, 2, 0.5]), 0.3, 2), predict_classwise(
        ratios, np.array([1000, 2000, 500]), 300, 2)  # fmt: skip
    assert small.loss == pytest.approx(large.loss, rel=1e-13)
    assert small.margin is not None
    assert large.margin == pytest.approx(1000 * small.margin)
    assert large.mass < 1 < small.mass
    assert small.masses == pytest.approx(tuple(1000 * x for x in large.masses), abs=1e-9)


@pytest.mark.parametrize("factor", [1.0, 1.001, 1.5, 1.999, 3.0])
def test_from_the_threshold_on_the_masses_are_zero_and_not_merely_small(factor: float) -> None:
    for p in (4, 6, 7):
        found = predict_cyclic(2, p, factor * predict_cyclic(2, p, 1.0).threshold)
        assert set(found.masses) == {0.0}


def test_predict_takes_the_margin_of_the_formula() -> None:
    assert predict(2, 5, 0.01) == predict_from_margin(max_margin_float(2, 5), 5, 2, 0.01)
    assert predict(2, 4, 0.01, 2.0, weighted=True) == predict_from_margin(max_margin_float(2, 4), 4, 2, 0.01, 2.0)


# ---- groups ------------------------------------------------------------------------------------------------------


def number(x: Surd) -> float:
    return float(sum(float(v) * math.sqrt(f) for f, v in x.terms))


def plain_failures(margin: GroupMargin) -> list[str]:
    """What is wrong with a certificate, class by class and representation by representation, in floats."""
    irreps, values, k = margin.characters.irreps, margin.characters.values, margin.k
    sizes, table = margin.group.class_sizes, margin.characters.table
    y, s = [float(x) for x in margin.y], [number(x) for x in margin.s]
    wrong = ["the trivial representation carries mass"] * (y[0] != 0) + ["the identity has a weight"] * (s[0] != 0)
    if any(len({y[v] for v in orbit}) > 1 for orbit in margin.characters.orbits):
        wrong.append("y is not constant on Galois orbits")
    if any(s[c] != s[int(table.rational_classes[c])] for c in range(len(s))):
        wrong.append("the weights are not constant on rational classes")
    wrong += [f"y of {v.name} is negative" for v, mass in zip(irreps, y, strict=True) if mass < 0]
    wrong += [f"the weight of class {c} is negative" for c, weight in enumerate(s) if weight < 0]
    for i, v in list(enumerate(irreps))[1:]:
        worth = sum(n * t * (1 - values[i, c] / v.dimension) for c, (n, t) in enumerate(zip(sizes, s, strict=True)))
        if worth > v.dimension ** ((k - 1) / 2) * (1 + 1e-9):
            wrong.append(f"{v.name} is worth more than gamma*")
    for c in margin.characters.rational_classes.tolist()[1:]:
        total = sum(mass * (1 - values[i, c] / v.dimension)
                    for i, (v, mass) in enumerate(zip(irreps, y, strict=True)))  # fmt: skip
        if total < 1 - 1e-9:
            wrong.append(f"the margin over class {c} is below gamma*")
    cost = sum(mass * v.dimension ** ((k - 1) / 2) for v, mass in zip(irreps, y, strict=True))
    if abs(sum(n * t for n, t in zip(sizes, s, strict=True)) - cost) > 1e-9:
        wrong.append("the two bounds differ")
    return wrong


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("Q8", 3), ("C5", 2), ("A4", 2), ("Dic3", 3), ("A5", 2)])
def test_failures_of_certificates_word_for_word(name: str, k: int) -> None:
    """One entry at a time is raised, lowered, or turned: the same list of reasons by another route."""
    margin = max_margin(load_group(name), k)
    assert margin.failures() == plain_failures(margin) == []
    for factor in (Fraction(9, 10), Fraction(11, 10), Fraction(-1)):
        for orbit in margin.characters.orbits[1:]:
            moved = replace(margin, y=tuple(x * factor if i in orbit else x for i, x in enumerate(margin.y)))
            assert moved.failures() == plain_failures(moved)
            alone = replace(margin, y=tuple(x * factor if i == orbit[0] else x for i, x in enumerate(margin.y)))
            if len(orbit) > 1 and margin.y[orbit[0]]:
                assert "y is not constant on Galois orbits" in alone.failures()
        classes = margin.characters.table.rational_classes
        for first in margin.characters.rational_classes.tolist()[1:]:
            moved = replace(margin, s=tuple(x.scaled(factor) if classes[c] == first else x
                                            for c, x in enumerate(margin.s)))  # fmt: skip
            assert moved.failures() == plain_failures(moved)
        for other in (c for c, first in enumerate(classes.tolist()) if c != first and margin.s[c].sign()):
            alone = replace(margin, s=tuple(x.scaled(factor) if c == other else x for c, x in enumerate(margin.s)))
            assert alone.failures()[0] == "the weights are not constant on rational classes"
    for moved in (
        replace(margin, y=(Fraction(1, 7), *margin.y[1:])),
        replace(margin, y=(Fraction(-1, 7), *margin.y[1:])),
        replace(margin, s=(Surd([(1, 2)]), *margin.s[1:])),
        replace(margin, s=(Surd([(-1, 2)]), *margin.s[1:])),
    ):
        assert moved.failures() == plain_failures(moved)


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("Q8", 3), ("C6", 2), ("A4", 2), ("Dic3", 3), ("S3xC3", 3)])
def test_what_a_margin_says_of_itself(name: str, k: int) -> None:
    """Every property from the certificate's numbers, in floats."""
    group = load_group(name)
    margin = max_margin(group, k)
    irreps, y = margin.characters.irreps, [float(x) for x in margin.y]
    n = group.order
    unit = math.factorial(k) / (n * (k + 1)) ** ((k + 1) / 2)
    worth = [v.dimension ** ((k - 1) / 2) * mass for v, mass in zip(irreps, y, strict=True)]
    assert (margin.group, margin.k) == (group, k)
    assert number(margin.cost) == pytest.approx(sum(worth))
    assert float(margin.exact) == pytest.approx(unit / sum(worth), rel=1e-13, abs=0)
    assert margin.value == pytest.approx(unit / sum(worth), rel=1e-13, abs=0)
    assert [float(x) for x in margin.masses] == pytest.approx([x / sum(worth) for x in worth])
    assert margin.mass_floats == pytest.approx([x / sum(worth) for x in worth])
    assert margin.carrying == tuple(v.name for v, mass in zip(irreps, y, strict=True) if mass > 0)
    equal = n / sum(v.multiplicity * v.dimension ** ((k + 1) / 2) for v in irreps[1:])
    assert float(margin.closed_form) == pytest.approx(unit * equal, rel=1e-13)
    terms = [
        sum(v.multiplicity * v.dimension ** ((k - 1) / 2) * margin.characters.values[i, c]
            for i, v in list(enumerate(irreps))[1:])
        for c in margin.characters.rational_classes.tolist()[1:]
    ]  # fmt: skip
    assert [number(term) for term in margin.closed_form_terms] == pytest.approx(terms, abs=1e-9)
    assert margin.closed_form_applies == all(term <= 1e-12 for term in terms)
    real = all(v.kind == "real" for v in irreps)
    assert margin.morwani23_applies == (k == 2 and real and all(term < -1e-12 for term in terms))
    assert [float(x) for x in margin.class_weights] == pytest.approx([number(x) / sum(worth) for x in margin.s])
    weights_ = np.array([float(x) for x in margin.class_weights])
    assert margin.tau == pytest.approx([weights_[group.class_of[g]] for g in range(n)])
    task = group_task(group, k)
    assert (task.k, task.n, task.name) == (k, n, group.name)
    assert (task.table == group.table).all()
    assert (task.tau == margin.tau).all()
    for i, v in enumerate(irreps):
        slack = v.dimension ** ((k - 1) / 2) - sum(
            size * number(s) * (1 - margin.characters.values[i, c] / v.dimension)
            for c, (size, s) in enumerate(zip(group.class_sizes, margin.s, strict=True))
        )
        assert number(margin.reduced_costs[i]) == pytest.approx(slack, abs=1e-9)
    assert single_neuron_values(group, k) == pytest.approx([unit * v.dimension ** ((1 - k) / 2) for v in irreps])


def test_forced_masses_and_required_representations() -> None:
    """By linear programmes elsewhere; here: unique vertices force, and a class that is not tight does not help."""
    for name, k, forced in (("S3", 2, True), ("C5xS3", 4, False), ("A5xC3", 2, False), ("S6", 2, False)):
        margin = max_margin(load_group(name), k)
        assert margin.masses_are_forced is forced
        required = set(margin.required)
        assert required == set(margin.carrying) if forced else required < set(margin.carrying)
        assert [vertex.y for vertex in margin.vertices] == list(margin.vertex_points)
        for vertex in margin.vertices:
            assert required <= set(vertex.carrying)
        mean = [sum(column, Fraction(0)) / len(margin.vertex_points)
                for column in zip(*margin.vertex_points, strict=True)]  # fmt: skip
        assert list(margin.y) == mean


def plain_forced(margin: GroupMargin) -> bool:
    """Whether the tight rows of the representations that may carry mass have full column rank, in floats."""
    slack = np.array([number(x) for x in margin.reduced_costs])
    active = [v for v in range(1, len(slack)) if abs(slack[v]) < 1e-9]
    tight = [c for c, s in enumerate(margin.s) if number(s) > 1e-12]
    dimensions = np.array([margin.characters.irreps[v].dimension for v in active])
    rows = 1 - (margin.characters.values[active] / dimensions[:, None])[:, tight]
    return int(np.linalg.matrix_rank(rows)) == len(active)


@pytest.mark.parametrize(
    ("name", "k"),
    [("C2", 1), ("C2", 2), ("C5", 1), ("S3", 1), ("S3", 2), ("Q8", 3), ("Dic3", 3), ("S3xC3", 3), ("A5", 4),
     ("S3xS3", 3), ("A5xC2", 2), ("A5xC2", 4), ("C5xS3", 4), ("A5xC3", 2), ("S6", 2)],
)  # fmt: skip
def test_which_masses_are_forced_and_which_representations_required(name: str, k: int) -> None:
    margin = max_margin(load_group(name), k)
    assert margin.masses_are_forced == plain_forced(margin)
    orbits = [v.orbit for v in margin.characters.irreps]
    alone = [
        v.name for v in margin.characters.irreps if v.orbit in margin.required_orbits and orbits.count(v.orbit) == 1
    ]
    assert list(margin.required) == (list(margin.carrying) if margin.masses_are_forced else alone)


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("C7", 2), ("Dic3", 3), ("C5xS3", 4), ("A5xC3", 2), ("S6", 2)])
def test_vertices_reach_both_ends_of_every_mass_and_required_ones_stay_above_zero(name: str, k: int) -> None:
    """The least and the largest y of every Galois orbit over all optima, by linear programmes in floats."""
    margin = max_margin(load_group(name), k)
    characters, orbits = margin.characters, margin.characters.orbits[1:]
    first = [characters.irreps[orbit[0]] for orbit in orbits]
    costs = np.array([len(orbit) * v.dimension ** ((k - 1) / 2) for orbit, v in zip(orbits, first, strict=True)])
    gains = np.array([[len(orbit) - characters.rational_values[i, c] / v.dimension
                       for i, (orbit, v) in enumerate(zip(orbits, first, strict=True), start=1)]
                      for c in range(1, len(characters.rational_classes))])  # fmt: skip
    best = linprog(costs, A_ub=-gains, b_ub=-np.ones(len(gains))).fun
    rows, bounds = np.vstack([-gains, costs]), np.append(-np.ones(len(gains)), best * (1 + 1e-10))
    required = set()
    for i, orbit in enumerate(orbits):
        least, most = (sign * linprog(sign * np.eye(len(costs))[i], A_ub=rows, b_ub=bounds).fun for sign in (1, -1))
        found = [float(point[orbit[0]]) for point in margin.vertex_points]
        assert (min(found), max(found)) == pytest.approx((least, most), abs=1e-6)
        if least > 1e-6:
            required.add(i + 1)
    assert margin.required_orbits == required


def test_a_term_of_zero_keeps_the_value_but_not_the_hypothesis_of_morwani23() -> None:
    margin = max_margin(load_group("S3"), 2)
    assert margin.morwani23_applies
    at_zero = replace(margin, closed_form_terms=(Surd(), *margin.closed_form_terms[1:]))
    assert at_zero.closed_form_applies
    assert not at_zero.morwani23_applies
    above = replace(margin, closed_form_terms=(Surd([(Fraction(1, 100), 1)]), *margin.closed_form_terms[1:]))
    assert not above.closed_form_applies


@pytest.mark.parametrize("name", ["S3", "Q8", "A4", "C7", "D4", "Dic3"])
def test_values_and_masses_of_groups_are_rounded_once(name: str) -> None:
    for k in range(1, 9):
        margin = max_margin(load_group(name), k)
        weights_ = zip([margin.class_weights[c] for c in margin.group.class_of], margin.tau.tolist(), strict=True)
        masses = zip(margin.masses, margin.mass_floats.tolist(), strict=True)
        one = (prefactor(margin.group.order, k), float(single_neuron_values(margin.group, k)[0]))
        for exact, found in [(margin.exact, margin.value), one, *masses, *weights_]:
            assert abs(Fraction(found) - Fraction(str(exact.evalf(60)))) <= Fraction(math.ulp(found)) / 2


def test_bounds_of_k() -> None:
    group = load_group("C2")
    assert max_margin(group, 1000).k == 1000
    for k, message in ((0, "k must be at least 1; got 0"), (1001, "k must be at most 1000; got 1001")):
        with pytest.raises(InputError) as error:
            max_margin(group, k)
        assert str(error.value) == message
    with pytest.raises(InputError) as error:
        single_neuron_values(group, 0)
    assert str(error.value) == "k must be at least 1; got 0"
    assert single_neuron_values(group, 1)[0] == pytest.approx(1 / 4)


def test_powers_and_quotients_of_surds() -> None:
    assert [half_power(3, e) for e in range(5)] == [
        Surd([(1, 1)]), Surd([(1, 3)]), Surd([(3, 1)]), Surd([(3, 3)]), Surd([(9, 1)])]  # fmt: skip
    root = sympy.sqrt
    assert to_sympy(Surd([(Fraction(1, 3), 2), (-2, 1)])) == root(2) / 3 - 2
    assert prefactor(3, 2) == 2 / sympy.sqrt(sympy.Integer(9) ** 3)
    found = quotient(Surd([(Fraction(1, 2), 1)]), Surd([(Fraction(4, 3), 1), (Fraction(2, 9), 5)]))
    assert found == sympy.Rational(9, 4) / (6 + root(5))
    assert str(found) == "9/(4*(sqrt(5) + 6))"
    assert quotient(Surd([(3, 2)]), Surd([(6, 2)])) == sympy.Rational(1, 2)
