"""Finite regularisation: closed forms against direct optimisation of all weights, on both sides of the threshold."""

import math
from functools import cache
from itertools import product
from math import factorial

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar

from theory.derivation.attainment import minimal_network
from theory.errors import InputError
from theory.groups import load_group
from theory.groups.margin import max_margin
from theory.groups.regularisation import predict_group
from theory.margin import max_margin_float, single_neuron_value
from theory.modulus import class_weights
from theory.regularisation import (
    convexity_facts,
    jensen_gap,
    jump,
    predict,
    predict_classwise,
    predict_cyclic,
    predict_from_margin,
)
from theory.task import Task, logits, network_norm, normalised_margin


class DirectLoss:
    """Cross-entropy (plain or tau-weighted) + lambda ||theta||^r of every weight, with its gradient, by enumeration."""

    def __init__(self, k: int, p: int, lambda_: float, power: float, width: int, weighted: bool = False) -> None:
        self.k, self.p, self.lambda_, self.power, self.width = k, p, lambda_, power, width
        self.inputs = np.array(list(product(range(p), repeat=k)))
        labels = self.inputs.sum(axis=1) % p
        tau = np.array([float(weight) for weight in class_weights(k, p)]) if weighted else np.full(p, 1 / (p - 1))
        offset = np.zeros(p)
        offset[1:] = np.log((p - 1) * tau[1:])
        self.offset = offset[(np.arange(p) - labels[:, None]) % p]
        self.right = (np.arange(len(labels)), labels)
        self.one_hot = np.eye(p)[self.inputs]

    def split(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        theta = theta.reshape(self.width, self.k + 1, self.p)
        return theta[:, : self.k], theta[:, self.k]

    def __call__(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        u, w = self.split(theta)
        sums = np.einsum("nka,mka->nm", self.one_hot, u)
        outputs = sums**self.k @ w + self.offset
        top = outputs.max(axis=1, keepdims=True)
        exponentials = np.exp(outputs - top)
        total = exponentials.sum(axis=1, keepdims=True)
        loss = float((np.log(total[:, 0]) + top[:, 0] - outputs[self.right]).mean())
        slope = exponentials / total
        slope[self.right] -= 1
        slope /= len(slope)
        to_sums = (slope @ w.T) * self.k * sums ** (self.k - 1)
        gradient = np.concatenate(
            [np.einsum("nm,nka->mka", to_sums, self.one_hot), (sums**self.k).T[:, None] @ slope], axis=1
        )
        squares = (theta.reshape(self.width, -1) ** 2).sum(axis=1)
        mass = (squares ** ((self.k + 1) / 2)).sum()
        s = self.power / (self.k + 1)
        loss += self.lambda_ * mass**s
        if mass > 0:
            factor = self.lambda_ * s * mass ** (s - 1) * (self.k + 1) * squares ** ((self.k - 1) / 2)
            gradient += factor[:, None, None] * theta.reshape(gradient.shape)
        return loss, gradient.ravel()

    def minimum(self, seeds: int, size: float) -> tuple[float, np.ndarray, np.ndarray]:
        best = None
        for seed in range(seeds):
            start = size * np.random.default_rng(seed).normal(size=self.width * (self.k + 1) * self.p)
            options = {"maxiter": 20000, "maxfun": 40000, "ftol": 1e-16, "gtol": 1e-10, "maxcor": 30}
            found = minimize(self, start, jac=True, method="L-BFGS-B", options=options)
            if best is None or found.fun < best.fun:
                best = found
        assert best is not None
        return best.fun, *self.split(best.x)


def test_gradient_of_the_direct_loss() -> None:
    loss = DirectLoss(2, 4, 0.01, 2.5, 3, weighted=True)
    theta = np.random.default_rng(0).normal(size=36)
    gradient = loss(theta)[1]
    for i in range(0, 36, 5):
        step = np.zeros(36)
        step[i] = 1e-6
        assert (loss(theta + step)[0] - loss(theta - step)[0]) / 2e-6 == pytest.approx(gradient[i], abs=1e-7)


@pytest.mark.parametrize(("p", "fraction"), [(3, 0.05), (3, 0.5), (3, 0.9), (5, 0.3)])
def test_direct_minimum_below_the_threshold(p: int, fraction: float) -> None:
    k = 2
    lambda_ = fraction * max_margin_float(k, p) * (p - 1) / p
    predicted = predict(k, p, lambda_)
    loss, u, w = DirectLoss(k, p, lambda_, k + 1, 6 * (p - 1)).minimum(seeds=3, size=1.0)
    assert loss == pytest.approx(predicted.loss, abs=3e-9)
    assert loss >= predicted.loss - 1e-12
    assert float(network_norm(u, w)) == pytest.approx(predicted.norm, rel=1e-3)
    assert predicted.margin is not None
    assert normalised_margin(Task.cyclic(k, p), u, w) == pytest.approx(predicted.margin, rel=1e-3)


@pytest.mark.parametrize("fraction", [1.0, 1.05, 2.0])
def test_direct_minimum_above_the_threshold_is_the_zero_network(fraction: float) -> None:
    k, p = 2, 3
    lambda_ = fraction * max_margin_float(k, p) * (p - 1) / p
    predicted = predict(k, p, lambda_)
    assert predicted.mass == pytest.approx(0, abs=1e-12)
    loss, u, w = DirectLoss(k, p, lambda_, k + 1, 12).minimum(seeds=2, size=1.0)
    assert loss == pytest.approx(np.log(p), abs=1e-7)
    assert loss >= np.log(p) - 1e-12
    assert float(network_norm(u, w)) < 0.2


def test_exact_network_attains_the_predicted_loss() -> None:
    for k, p, fraction in [(2, 5, 0.1), (3, 3, 0.4), (3, 5, 0.7), (1, 6, 0.2), (4, 2, 0.3)]:
        lambda_ = fraction * max_margin_float(k, p)
        predicted = predict(k, p, lambda_)
        u, w = minimal_network(k, p)
        theta = np.concatenate([u, w[:, None]], axis=1)
        loss = DirectLoss(k, p, lambda_, k + 1, len(w))
        found, gradient = loss((predicted.norm * theta).ravel())
        assert found == pytest.approx(predicted.loss, abs=1e-12)
        assert np.abs(gradient).max() < 1e-12
        assert loss((1.01 * predicted.norm * theta).ravel())[0] > predicted.loss + 1e-7


@cache
def ray_minimum(k: int, p: int, lambda_: float, power: float) -> tuple[float, float]:
    """(loss, mass) of the best multiple of a maximum-margin network, by a grid and a scalar search."""
    gamma = max_margin_float(k, p)

    def loss(log_mass: float) -> float:
        mass = np.exp(log_mass)
        return float(np.logaddexp(0, np.log(p - 1) - gamma * mass) + lambda_ * mass ** (power / (k + 1)))

    grid = np.linspace(np.log(1e-8 / gamma), np.log(1e3 / gamma), 4000)
    best = grid[np.argmin([loss(x) for x in grid])]
    found = minimize_scalar(loss, bounds=(best - 0.1, best + 0.1), method="bounded", options={"xatol": 1e-12})
    return (float(found.fun), float(np.exp(found.x))) if found.fun < np.log(p) else (float(np.log(p)), 0.0)


@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 7), (3, 5), (2, 2)])
@pytest.mark.parametrize("power", [0.5, 1.0, 2.0, 3.0, 4.0, 6.5])
@pytest.mark.parametrize("fraction", [0.01, 0.3, 0.9, 1.5])
def test_every_power_against_a_scalar_search(k: int, p: int, power: float, fraction: float) -> None:
    gamma = max_margin_float(k, p)
    unit = jump(gamma, p, power / (k + 1)) if power < k + 1 else gamma ** (power / (k + 1)) * (p - 1) / p
    predicted = predict(k, p, fraction * unit, power)
    loss, mass = ray_minimum(k, p, fraction * unit, power)
    assert predicted.loss == pytest.approx(loss, abs=1e-9)
    assert predicted.loss <= loss + 1e-13
    assert predicted.mass == pytest.approx(mass, rel=1e-5, abs=1e-6 / gamma)
    assert predicted.mass ** (1 / (k + 1)) == pytest.approx(predicted.norm)


@pytest.mark.parametrize("power", [1.0, 2.0, 2.999])
def test_the_jump(power: float) -> None:
    """At lambda_c the zero network and a network of positive mass tie; below and above one of them wins."""
    k, p = 2, 7
    critical = jump(max_margin_float(k, p), p, power / (k + 1))
    at, below, above = (predict(k, p, critical * factor, power) for factor in (1, 1 - 1e-6, 1 + 1e-6))
    assert at.loss == pytest.approx(np.log(p), abs=1e-13)
    assert at.mass > 0
    assert below.loss < np.log(p)
    assert below.mass > 0
    assert above.mass == 0
    assert above.loss == pytest.approx(np.log(p), abs=1e-15)
    assert ray_minimum(k, p, critical * (1 + 1e-6), power)[1] == 0


@pytest.mark.parametrize("power", [1e-3, 2.9999999, 3.0000001, 3.01, 30.0, 300.0])
@pytest.mark.parametrize("lambda_", [1e-200, 1e-6, 1.0, 1e6])
def test_extreme_arguments_stay_finite_and_stationary(power: float, lambda_: float) -> None:
    k, p = 2, 7
    predicted = predict(k, p, lambda_, power)
    assert np.isfinite([predicted.loss, predicted.mass, predicted.norm]).all()
    assert predicted.loss <= np.log(p) + 1e-12
    s, mass = power / (k + 1), predicted.mass
    if predicted.scale > 1e-250:
        gain = max_margin_float(k, p) * (p - 1) / (np.exp(predicted.scale) + p - 1)
        assert np.log(lambda_ * s) + (s - 1) * np.log(mass) == pytest.approx(np.log(gain), abs=1e-6)


def test_first_power_directly() -> None:
    """Li24's penalty lambda ||theta||: full optimisation finds the predicted network, and 0 is a local minimum too."""
    k, p = 2, 3
    lambda_ = 0.5 * jump(max_margin_float(k, p), p, 1 / 3)
    predicted = predict(k, p, lambda_, 1.0)
    direct = DirectLoss(k, p, lambda_, 1.0, 12)
    loss, u, w = direct.minimum(seeds=3, size=1.0)
    assert loss == pytest.approx(predicted.loss, abs=1e-8)
    assert float(network_norm(u, w)) == pytest.approx(predicted.norm, rel=1e-3)
    small = 1e-3 * np.random.default_rng(1).normal(size=12 * 9)
    assert direct(small)[0] > np.log(p) > predicted.loss


def test_order_four_is_not_maximum_margin() -> None:
    k, p = 2, 4
    c = float(single_neuron_value(k, p))
    predicted = predict_cyclic(k, p, 0.3 * c)
    assert predicted.margin is not None
    assert predicted.margin / max_margin_float(k, p) == pytest.approx(0.870, abs=5e-4)
    assert predicted.gap < 1e-12
    loss, u, w = DirectLoss(k, p, 0.3 * c, k + 1, 32).minimum(seeds=3, size=1.0)
    assert loss == pytest.approx(predicted.loss, abs=1e-7)
    assert normalised_margin(Task.cyclic(k, p), u, w) == pytest.approx(predicted.margin, rel=1e-2)


def test_weighted_loss_restores_the_statement_at_even_moduli() -> None:
    k, p = 2, 4
    gamma = max_margin_float(k, p)
    predicted = predict(k, p, 0.2 * gamma, weighted=True)
    loss, u, w = DirectLoss(k, p, 0.2 * gamma, k + 1, 32, weighted=True).minimum(seeds=3, size=1.0)
    assert loss == pytest.approx(predicted.loss, abs=1e-7)
    assert loss >= predicted.loss - 1e-12
    assert normalised_margin(Task.cyclic(k, p), u, w) == pytest.approx(gamma, rel=1e-2)
    with pytest.raises(InputError, match="p must be odd"):
        predict(k, p, 0.2 * gamma)


@pytest.mark.parametrize(("k", "p"), [(1, 6), (2, 3), (2, 7), (3, 9), (2, 2)])
@pytest.mark.parametrize("fraction", [1e-3, 0.3, 0.95, 1.0, 1.3])
def test_programme_equals_the_closed_form_where_the_weights_are_uniform(k: int, p: int, fraction: float) -> None:
    lambda_ = fraction * max_margin_float(k, p) * (p - 1) / p
    closed, programme = predict(k, p, lambda_), predict_cyclic(k, p, lambda_)
    assert programme.loss == pytest.approx(closed.loss, abs=1e-13)
    assert programme.threshold == pytest.approx(closed.threshold, rel=1e-14)
    assert programme.gap < 1e-12
    assert programme.scale == pytest.approx(closed.scale, abs=1e-6)


def symmetric_group() -> tuple[np.ndarray, np.ndarray]:
    """(ratios, values) of S3 at k = 2: sign and standard representation on three swaps and two rotations."""
    ratios = np.array([[-1, -1, -1, 1, 1], [0, 0, 0, -0.5, -0.5]])
    return ratios, factorial(2) * 18**-1.5 * np.array([1, 2]) ** -0.5


@pytest.mark.parametrize("fraction", [0.01, 0.2, 0.6, 0.95])
def test_programme_against_a_second_solver(fraction: float) -> None:
    ratios, values = symmetric_group()
    lambda_ = fraction * values.max()
    predicted = predict_classwise(ratios, values, lambda_, 2)

    def loss(masses: np.ndarray) -> float:
        margins = (1 - ratios).T @ (values * masses)
        return float(np.log1p(np.exp(-margins).sum()) + lambda_ * masses.sum())

    bounds = [(0, None)] * 2
    other = minimize(loss, [10.0, 10.0], bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-12})
    assert predicted.loss == pytest.approx(other.fun, abs=1e-9)
    assert predicted.loss <= other.fun + 1e-13
    assert loss(np.array(predicted.masses)) == pytest.approx(predicted.loss, abs=1e-13)
    if fraction == 0.2:
        assert predicted.margin is not None
        assert predicted.margin / 2.36049693e-2 == pytest.approx(0.90, abs=0.01)


def test_small_representations_switch_on_first() -> None:
    ratios, values = symmetric_group()
    assert predict_classwise(ratios, values, values.max(), 2).mass == 0
    first = predict_classwise(ratios, values, 0.98 * values.max(), 2)
    assert first.masses[0] > 0
    assert first.masses[1] == pytest.approx(0, abs=1e-6)
    assert first.margin == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("name", "k", "best"), [("S3", 2, False), ("Q8", 3, False), ("A5", 4, True)])
def test_where_the_plain_loss_has_the_maximum_margin(name: str, k: int, best: bool) -> None:
    """Never with positive, unequal class weights; on A5 at k = 4 some are zero, and both sides use the same two V."""
    group = load_group(name)
    margin = max_margin(group, k)
    assert all(weight.sign() > 0 for weight in margin.s[1:]) is not best
    for fraction in (0.9, 0.3, 0.03):
        found = predict_group(group, k, fraction * predict_group(group, k, 1.0).threshold).margin
        assert found is not None
        assert (found > (1 - 1e-9) * margin.value) is best


def test_gap_notices_a_point_that_is_not_optimal() -> None:
    from theory.regularisation.classwise import _loss_and_gap

    ratios, values = symmetric_group()
    gain = (1 - ratios).T * (values / values.max())
    predicted = predict_classwise(ratios, values, 0.3 * values.max(), 2)
    mass = np.array(predicted.masses) * values.max()
    loss, gap = _loss_and_gap(mass, gain, 0.3)
    worse, worse_gap = _loss_and_gap(1.1 * mass, gain, 0.3)
    assert gap < 1e-12
    assert worse_gap >= worse - loss > 1e-4


def test_convexity_is_proved_in_letters() -> None:
    assert all(convexity_facts().values())
    assert [name for name, holds in convexity_facts(multiplier=2).items() if not holds] == ["the scale is stationary"]


# gamma/gamma* of plain training at lambda = 0.2 gamma*, k = 2, measured by an earlier, independent program.
TRAINED = [("C10", 0.93), ("S3", 0.91), ("D4", 0.79), ("Q8", 0.71), ("A4", 0.92), ("S4", 0.84)]


@pytest.mark.parametrize(("name", "ratio"), TRAINED)
def test_programme_predicts_where_plain_training_stops(name: str, ratio: float) -> None:
    group = load_group(name)
    best = max_margin(group, 2).value
    predicted = predict_group(group, 2, 0.2 * best)
    assert predicted.margin is not None
    assert predicted.margin / best == pytest.approx(ratio, abs=0.006)
    assert predicted.gap < 1e-11
    weighted = predict_from_margin(best, group.order, 2, 0.2 * best)
    assert weighted.margin == best
    assert weighted.loss >= np.log1p((group.order - 1) * np.exp(-weighted.scale))


def test_group_programme_is_the_cyclic_one_on_cyclic_groups() -> None:
    for p in (5, 6):
        group = load_group(f"C{p}")
        lambda_ = 0.3 * max_margin_float(3, p)
        assert predict_group(group, 3, lambda_).loss == pytest.approx(predict_cyclic(3, p, lambda_).loss, abs=1e-13)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("p", [3, 4])
def test_cross_entropy_is_above_its_bound(k: int, p: int) -> None:
    generator = np.random.default_rng(k)
    task = Task.cyclic(k, p)

    def wrong_margins(u: np.ndarray, w: np.ndarray) -> np.ndarray:
        outputs = logits(u, w).reshape(-1, p)
        labels = np.array(list(product(range(p), repeat=k))).sum(axis=1) % p
        rows = np.arange(len(labels))[:, None]
        return outputs[rows, labels[:, None]] - outputs[rows, (labels[:, None] + np.arange(1, p)) % p]

    for _ in range(20):
        margins = wrong_margins(generator.normal(size=(3, k, p)), generator.normal(size=(3, p)))
        assert jensen_gap(margins, task.tau[1:]) > 0
        assert jensen_gap(margins) > 0
    tight = 3 * wrong_margins(*minimal_network(k, p))
    assert jensen_gap(tight, task.tau[1:]) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("value", [0, -1.0, float("inf"), float("nan"), "x"])
def test_unusable_lambda(value: float) -> None:
    with pytest.raises(InputError, match="lambda must be a positive finite number"):
        predict(2, 3, value)
    with pytest.raises(InputError, match="lambda must be a positive finite number"):
        predict_cyclic(2, 4, value)
    with pytest.raises(InputError, match="power must be a positive finite number"):
        predict(2, 3, 0.1, power=value)


def test_unusable_arguments() -> None:
    with pytest.raises(InputError, match="k must be at least 1"):
        predict(0, 3, 0.1)
    with pytest.raises(InputError, match="p must be at least 2"):
        predict_cyclic(2, 1, 0.1)
    with pytest.raises(InputError, match="a jump needs a power between 0 and"):
        jump(0.1, 3, 1.0)
    with pytest.raises(InputError, match="one positive value for each V"):
        predict_classwise(np.ones((2, 3)), np.ones(3), 0.1, 2)


@pytest.mark.parametrize(
    ("power", "ratio"), [(None, 0.1), (None, 0.6), (6.0, 0.4), (4.5, 2.0), (1.0, 0.5), (2.85, 0.999)]
)
@pytest.mark.parametrize(("gamma", "n", "k"), [(0.02, 5, 2), (0.1, 3, 3)])
def test_predictions_are_stationary_and_agree_with_themselves(
    gamma: float, n: int, k: int, power: float | None, ratio: float
) -> None:
    r = k + 1 if power is None else power
    s = r / (k + 1)
    lambda_ = ratio * (jump(gamma, n, s) if s < 1 else gamma**s)
    found = predict_from_margin(gamma, n, k, lambda_, power)
    assert (found.lambda_, found.power, found.margin) == (lambda_, float(r), gamma)
    assert found.mass == pytest.approx(found.scale / gamma, rel=1e-15)
    assert found.norm == pytest.approx(found.mass ** (1 / (k + 1)), rel=1e-14)
    assert found.cross_entropy == pytest.approx(math.log(1 + (n - 1) * math.exp(-found.scale)), rel=1e-13)
    assert found.loss == pytest.approx(found.cross_entropy + lambda_ * found.mass**s, rel=1e-13)
    slope = -gamma * (n - 1) / (math.exp(found.scale) + n - 1) + lambda_ * s * found.mass ** (s - 1)
    assert slope == pytest.approx(0, abs=1e-12 * gamma)
    assert found.threshold == pytest.approx(gamma * (n - 1) / n if s == 1 else jump(gamma, n, s) if s < 1 else math.inf)


@pytest.mark.parametrize(("power", "at_threshold"), [(None, None), (2.0, 0.02)])
def test_the_threshold_from_both_sides(power: float | None, at_threshold: float | None) -> None:
    gamma, n, k = 0.02, 5, 2
    threshold = gamma * 0.8 if power is None else jump(gamma, n, 2 / 3)
    above, at, below = (predict_from_margin(gamma, n, k, x * threshold, power) for x in (1.0001, 1.0, 0.9999))
    assert (above.mass, above.norm, above.scale, above.margin) == (0.0, 0.0, 0.0, None)
    assert above.loss == above.cross_entropy == pytest.approx(math.log(5), rel=1e-15)
    assert at.margin == at_threshold
    assert below.margin == gamma
    assert below.mass > 0


@pytest.mark.parametrize(("gamma", "n", "s"), [(0.02, 5, 0.5), (0.1, 3, 0.9), (0.3, 2, 0.1)])
def test_the_jump_is_the_largest_lambda_with_a_network_no_worse_than_zero(gamma: float, n: int, s: float) -> None:
    grid = np.exp(np.linspace(math.log(1e-3), math.log(100), 20001)) / gamma
    values = (math.log(n) - np.log(1 + (n - 1) * np.exp(-gamma * grid))) / grid**s
    assert jump(gamma, n, s) == pytest.approx(values.max(), rel=1e-6)
    assert jump(gamma, n, s) >= values.max() * (1 - 1e-12)
    for wrong in (0.0, 1.0):
        with pytest.raises(InputError, match="power"):
            jump(gamma, n, wrong)


def test_the_gap_of_convexity_is_the_difference_of_two_means() -> None:
    rng = np.random.default_rng(0)
    margins, tau = rng.normal(size=(6, 4)), np.array([0.1, 0.2, 0.3, 0.4])
    for weights, given in ((tau, tau), (np.full(4, 0.25), None)):
        losses = np.log(1 + 4 * np.exp(-margins) @ weights)
        bound = math.log(1 + 4 * math.exp(-float((margins @ weights).mean())))
        assert jensen_gap(margins, given) == pytest.approx(losses.mean() - bound)


@pytest.mark.parametrize(("k", "p", "ratio"), [(2, 6, 0.3), (3, 4, 0.5), (2, 9, 0.1), (2, 7, 1.0), (2, 4, 3.0)])
def test_a_prediction_by_classes_agrees_with_itself(k: int, p: int, ratio: float) -> None:
    half = np.arange(1, p // 2 + 1)
    worth = np.array([float(single_neuron_value(k, p, 2 if 2 * zeta == p else 3)) for zeta in half])
    lambda_ = ratio * worth.max()
    found = predict_cyclic(k, p, lambda_)
    assert (found.lambda_, found.power) == (lambda_, float(k + 1))
    assert found.threshold == pytest.approx(worth.max(), rel=1e-15)
    margins = (1 - np.cos(2 * np.pi * np.outer(np.arange(1, p), half) / p)) @ (worth * found.masses)
    assert found.margins == pytest.approx(margins)
    assert found.mass == pytest.approx(sum(found.masses))
    assert found.norm == pytest.approx(found.mass ** (1 / (k + 1)))
    assert found.scale == pytest.approx(margins.min())
    assert found.cross_entropy == pytest.approx(math.log(1 + np.exp(-margins).sum()))
    assert found.loss == pytest.approx(found.cross_entropy + lambda_ * found.mass)
    assert 0 <= abs(found.gap) < 1e-11
    if ratio >= 1:
        assert set(found.masses) == {0.0}
        assert found.margin is None
    else:
        assert found.margin == pytest.approx(margins.min() / found.mass)


def test_predictions_do_not_depend_on_the_unit() -> None:
    """All values and lambda times 1000: the same minimum with masses over 1000."""
    ratios = 1 - np.array([[0.5, 1.5, 2.0], [1.0, 0.5, 0.0], [1.5, 1.0, 2.0], [2.0, 0.25, 1.0]]).T
    small, large = (predict_classwise(ratios, unit * np.array([1, 2, 0.5]), 0.3 * unit, 2) for unit in (1.0, 1000.0))
    assert small.loss == pytest.approx(large.loss, rel=1e-13)
    assert large.margin == pytest.approx(1000 * (small.margin or 0))
    assert small.masses == pytest.approx(tuple(1000 * x for x in large.masses), abs=1e-9)


@pytest.mark.parametrize(("ratios", "values"), [((2, 3), np.ones(3)), ((2, 3), np.array([1, 0])), ((2,), np.ones(2))])
def test_arrays_that_do_not_fit(ratios: tuple[int, ...], values: np.ndarray) -> None:
    with pytest.raises(InputError, match="one positive value"):
        predict_classwise(np.ones(ratios), values, 0.1, 2)


def test_predict_takes_the_margin_of_the_formula() -> None:
    assert predict(2, 5, 0.01) == predict_from_margin(max_margin_float(2, 5), 5, 2, 0.01)
    assert predict(2, 4, 0.01, 2.0, weighted=True) == predict_from_margin(max_margin_float(2, 4), 4, 2, 0.01, 2.0)
