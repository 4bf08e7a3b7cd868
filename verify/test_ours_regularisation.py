"""Ours: what a finite regularisation does, predicted exactly and compared with direct minimisation."""

import numpy as np
import pytest

from theory.construction import construct
from theory.floats import weights
from theory.groups import load_group
from theory.groups.margin import group_task, single_neuron_values
from theory.groups.margin import max_margin as group_margin
from theory.groups.regularisation import predict_group
from theory.margin import max_margin_float
from theory.regularisation import (
    convexity_facts,
    jensen_gap,
    predict,
    predict_cyclic,
    predict_from_margin,
)
from theory.task import Task, logits, network_norm
from verify.result import at_least, at_most, close, proved
from verify.trained import minimiser

UNIFORM = "Ours:finite regularisation"


@pytest.mark.statement(UNIFORM)
def test_the_convexity_argument(check, twin):
    for fact, holds in convexity_facts().items():
        check(proved(UNIFORM, fact, holds))
    generator = np.random.default_rng(0)
    gaps = [jensen_gap(generator.normal(size=(50, 6)) * size) for size in (0.01, 1.0, 30.0)]
    check(at_least(UNIFORM, "the loss is above its bound on random margins", min(gaps), 0.0))
    check(close(UNIFORM, "and equal when all margins are", jensen_gap(np.full((50, 6), 1.7)), 0.0, 1e-12))
    uneven = np.full((50, 6), 1.7) + 0.01 * np.arange(6)
    twin(close(UNIFORM, "equal where margins differ by a hundredth", jensen_gap(uneven), 0.0, 1e-12))


@pytest.mark.statement(UNIFORM)
@pytest.mark.parametrize(("p", "m"), [(3, 12), (5, 24)])
@pytest.mark.parametrize("ratio", [0.02, 0.1, 0.3, 0.6, 0.95])
def test_minimisers_on_both_sides_of_the_threshold(p, m, ratio, check, twin):
    task, gamma = Task.cyclic(2, p), max_margin_float(2, p)
    found, prediction = minimiser(task, m, ratio * gamma), predict(2, p, ratio * gamma)
    check(close(UNIFORM, f"loss at {ratio} gamma*", found.loss, prediction.loss, 1e-9))
    above = ratio >= (p - 1) / p
    other = predict(2, p, 1.01 * ratio * gamma).loss
    if not above:
        twin(close(UNIFORM, f"loss at {ratio} gamma*, as for lambda larger by 1%", found.loss, other, 1e-9))
    if above:
        check(at_most(UNIFORM, "collapse: mass", found.mass, 1e-6))
    else:
        check(close(UNIFORM, "mass", found.mass, prediction.mass, 1e-5))
        twin(at_most(UNIFORM, "collapse below the threshold: mass", found.mass, 1e-6))
        check(close(UNIFORM, "margin", found.margin, gamma, 1e-5))


@pytest.mark.statement(UNIFORM)
@pytest.mark.slow
@pytest.mark.parametrize("ratio", [0.05, 0.2, 0.5, 0.7, 0.95])
def test_minimisers_for_three_inputs(ratio, check):
    task, gamma = Task.cyclic(3, 3), max_margin_float(3, 3)
    found, prediction = minimiser(task, 32, ratio * gamma), predict(3, 3, ratio * gamma)
    check(close(UNIFORM, f"loss at {ratio} gamma*", found.loss, prediction.loss, 1e-9))


POWERS = "Ours:finite regularisation, other powers"


@pytest.mark.statement(POWERS)
@pytest.mark.parametrize("power", [1.0, 2.0])
def test_the_jump_below_the_degree(power, check, twin):
    task, gamma = Task.cyclic(2, 3), max_margin_float(2, 3)
    jump = predict(2, 3, gamma, power).threshold
    for factor in (0.5, 0.99):
        found, prediction = minimiser(task, 12, factor * jump, power), predict(2, 3, factor * jump, power)
        check(close(POWERS, f"loss at {factor} of the jump", found.loss, prediction.loss, 1e-9))
        check(close(POWERS, f"mass at {factor} of the jump", found.mass, prediction.mass, 1e-5))
        check(close(POWERS, f"margin at {factor} of the jump", found.margin, gamma, 1e-5))
    # The objective itself along an optimal network of every size: log 3 is what the zero network has.
    u, w = weights(construct(2, 3))
    sizes = np.linspace(0.02, 6, 300)

    def least(penalty):
        return min(objective(task, size * u, size * w, penalty, power) for size in sizes) - float(np.log(3))

    check(at_least(POWERS, "above the jump every size is worse than zero", least(1.02 * jump), 1e-6))
    check(at_most(POWERS, "below it some size is better", least(0.98 * jump), -1e-6))
    twin(at_least(POWERS, "below it every size is worse than zero", least(0.98 * jump), 1e-6))
    found = minimiser(task, 12, 1.02 * jump, power)
    check(at_least(POWERS, "above it descent from random weights ends higher", found.loss, float(np.log(3)) + 1e-4))
    generator = np.random.default_rng(0)
    near = [(u, w)] + [(generator.normal(size=u.shape), generator.normal(size=w.shape)) for _ in range(20)]
    rises = []
    for a, b in near:
        size = 1e-4 / float(network_norm(a, b))
        rises.append(objective(task, size * a, size * b, 0.01 * jump, power) - float(np.log(3)))
    check(
        at_least(POWERS, "near zero the objective is larger than at zero, also far below the jump", min(rises), 1e-12)
    )
    size = 0.3 / float(network_norm(u, w))
    cubic = objective(task, size * u, size * w, 0.01 * gamma, 3.0) - float(np.log(3))
    twin(at_least(POWERS, "as it is with the third power", cubic, 1e-12))


def objective(task, u, w, penalty, power):
    """Cross-entropy + penalty ||theta||^power, by enumeration."""
    found = logits(u, w)
    labels = task.label(np.stack(np.indices((task.n,) * task.k), axis=-1))
    right = np.take_along_axis(found, labels[..., None], axis=-1)
    loss = float(np.log(np.exp(found - right).sum(axis=-1)).mean())
    return loss + penalty * float(network_norm(u, w)) ** power


@pytest.mark.statement(POWERS)
def test_above_the_degree_nothing_jumps(check, twin):
    task, gamma = Task.cyclic(2, 3), max_margin_float(2, 3)
    for ratio in (0.5, 5.0):
        found, prediction = minimiser(task, 12, ratio * gamma, 4.5), predict(2, 3, ratio * gamma, 4.5)
        check(at_least(POWERS, f"the mass is positive at {ratio} gamma*", found.mass, 1e-6))
        check(close(POWERS, f"loss at {ratio} gamma*", found.loss, prediction.loss, 1e-9))
    third = minimiser(task, 12, 5.0 * gamma, seeds=1)
    twin(at_least(POWERS, "the mass is positive at 5 gamma* with the third power", third.mass, 1e-6))


PLAIN, WEIGHTED = "Ours:finite regularisation, plain loss", "Ours:finite regularisation, class-weighted loss"


@pytest.mark.statement(PLAIN)
@pytest.mark.parametrize("ratio", [0.03, 0.3])
def test_the_plain_loss_at_an_even_modulus(ratio, check, twin):
    task, gamma = Task.cyclic(2, 4), max_margin_float(2, 4)
    found, prediction = minimiser(task, 16, ratio * gamma), predict_cyclic(2, 4, ratio * gamma)
    check(close(PLAIN, f"loss at {ratio} gamma*", found.loss, prediction.loss, 1e-9))
    check(close(PLAIN, f"margin at {ratio} gamma*", found.margin, prediction.margin, 1e-6))
    check(at_most(PLAIN, "which is not maximum-margin", found.margin / gamma, 0.95))
    uniform = predict(2, 4, ratio * gamma, weighted=True)
    twin(close(PLAIN, f"loss at {ratio} gamma*, as if class weights were uniform", found.loss, uniform.loss, 1e-9))
    odd = minimiser(Task.cyclic(2, 3), 12, ratio * max_margin_float(2, 3), seeds=1)
    twin(at_most(PLAIN, "at p = 3, where class weights are uniform", odd.margin / max_margin_float(2, 3), 0.95))
    check(at_most(PLAIN, "the programme's own duality gap", prediction.gap, 1e-9))


@pytest.mark.statement(PLAIN)
def test_the_plain_loss_on_a_group(check, twin):
    group = load_group("S3")
    gamma = group_margin(group, 2).value
    found = minimiser(group_task(group, 2), 30, 0.2 * gamma, seeds=1)
    prediction = predict_group(group, 2, 0.2 * gamma)
    check(close(PLAIN, "S3: loss", found.loss, prediction.loss, 1e-7))
    check(close(PLAIN, "S3: margin", found.margin, prediction.margin, 1e-4))
    threshold = float(single_neuron_values(group, 2)[1:].max())
    zero = minimiser(group_task(group, 2), 30, 1.05 * threshold, seeds=1)
    check(at_most(PLAIN, "S3: above max c_V descent ends at zero", zero.mass, 1e-6))
    some = minimiser(group_task(group, 2), 30, 0.9 * threshold, seeds=1)
    twin(at_most(PLAIN, "S3: below max c_V descent ends at zero", some.mass, 1e-6))


@pytest.mark.statement(PLAIN)
@pytest.mark.parametrize("k", [2, 3])
def test_the_plain_minimiser_is_below_the_maximum_margin(k, check):
    for name in ("C4", "C10", "S3", "D4", "Q8"):
        group = load_group(name)
        margin = group_margin(group, k)
        tau = margin.s[1:]
        hypothesis = all(w.sign() > 0 for w in tau) and any(w != tau[0] for w in tau)
        check(proved(PLAIN, f"{name}: class weights are positive and not uniform", hypothesis))
        threshold = predict_group(group, k, 1.0).threshold
        ratios = [predict_group(group, k, x * threshold).margin / margin.value for x in (0.99, 0.5, 0.1, 1e-2, 1e-4)]
        check(at_most(PLAIN, f"{name}: largest margin over gamma*", max(ratios), 1 - 1e-3))


@pytest.mark.statement(WEIGHTED)
@pytest.mark.parametrize("ratio", [0.05, 0.3, 0.8])
def test_the_weighted_loss_restores_the_theorem(ratio, check, twin):
    task, gamma = Task.cyclic(2, 4), max_margin_float(2, 4)
    found, prediction = minimiser(task, 16, ratio * gamma, weighted=True), predict(2, 4, ratio * gamma, weighted=True)
    check(close(WEIGHTED, f"loss at {ratio} gamma*", found.loss, prediction.loss, 1e-9))
    if ratio < 0.75:
        check(close(WEIGHTED, f"margin at {ratio} gamma*", found.margin, gamma, 1e-5))
        plain = minimiser(task, 16, ratio * gamma, seeds=1)
        twin(close(WEIGHTED, f"margin of the plain loss at {ratio} gamma*", plain.margin, gamma, 1e-5))
    else:
        check(at_most(WEIGHTED, "collapse above gamma*(p-1)/p", found.mass, 1e-6))


@pytest.mark.statement(WEIGHTED)
def test_the_weighted_loss_on_a_group(check):
    group = load_group("S3")
    task, gamma = group_task(group, 2), group_margin(group, 2).value
    check(
        proved(WEIGHTED, "S3: every class weight is positive", all(w.sign() > 0 for w in group_margin(group, 2).s[1:]))
    )
    prediction = predict_from_margin(gamma, 6, 2, 0.2 * gamma)
    found = minimiser(task, 30, 0.2 * gamma, weighted=True, seeds=1)
    check(close(WEIGHTED, "S3: loss", found.loss, prediction.loss, 1e-6))
    check(close(WEIGHTED, "S3: margin", found.margin, gamma, 1e-3))


@pytest.mark.statement(WEIGHTED)
def test_the_weighted_bound_on_random_networks(check):
    group = load_group("Q8")
    task = group_task(group, 2)
    tau = np.delete(task.tau, task.identity)
    generator = np.random.default_rng(3)
    u, w = generator.normal(size=(6, 2, 8)), generator.normal(size=(6, 8))
    outputs = logits(u, w)
    labels = group.table
    shifted = np.take_along_axis(outputs, group.table[labels][..., np.delete(np.arange(8), task.identity)], axis=-1)
    found = np.take_along_axis(outputs, labels[..., None], axis=-1) - shifted
    check(at_least(WEIGHTED, "Jensen's gap on a random network", jensen_gap(found.reshape(-1, 7), tau), 0.0))
