"""The sampled objective against autograd over all inputs, and the variance that the control variate saves."""

import pytest
import torch

from benchmarks.variance import noises
from numerics.full_size.layout import stack, unstack
from numerics.full_size.objective import Objective
from numerics.full_size.road import FullSize
from numerics.loss import CrossEntropy, flat_parameters, penalty
from numerics.network import PowerNetwork
from theory.construction import construct
from theory.task import Task

CASES = [(2, 7), (3, 5), (4, 3), (5, 3), (2, 6), (2, "S3"), (1, 5)]


def _task(k, group):
    return Task.cyclic(k, group) if isinstance(group, int) else Task.of_group(k, group)


def _theta(k, n, m, size=0.4, seed=0):
    return size * torch.randn(k + 1, n, m, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def _all_inputs(k, n):
    return torch.cartesian_prod(*[torch.arange(n)] * k).view(-1, k)


@pytest.mark.parametrize(("k", "group"), CASES)
@pytest.mark.parametrize("q", [0.0, 0.37])
def test_over_all_inputs_it_is_the_papers_objective(k, group, q):
    """Whatever q: the sampled part's mean margin and the exact one cancel."""
    task = _task(k, group)
    task, weight = task, 0.3 * task.gamma
    theta = _theta(k, task.n, 5)
    value, gradient, found = Objective(task, 5, weight, torch.float64)(theta, _all_inputs(k, task.n), q)

    network = unstack(theta)
    loss, (du, dw) = CrossEntropy(network, task, tau_weighted=True)(*flat_parameters(network))
    norm, slope_u, slope_w = penalty(*flat_parameters(network), network.degree)
    assert value == pytest.approx(float(loss + weight * norm), rel=1e-12)
    assert found.cross_entropy == pytest.approx(float(loss), rel=1e-12)
    expected = torch.cat([du + weight * slope_u, (dw + weight * slope_w)[:, :, None]], dim=2)[0].permute(1, 2, 0)
    torch.testing.assert_close(gradient, expected, rtol=1e-10, atol=1e-13)


def test_the_sampled_gradient_is_unbiased_and_quieter_near_the_optimum():
    """At the optimum the rest vanishes at every input: this estimator has no variance there, the plain one has."""
    task = Task.cyclic(2, 7)
    weight = 0.2 * task.gamma
    beta = task.log_scale(weight)
    theta = stack(PowerNetwork.from_exact(construct(2, 7))).double() * (beta / task.gamma) ** (1 / 3)
    objective = Objective(task, theta.shape[-1], weight, torch.float64)
    generator = torch.Generator().manual_seed(0)
    wrong = objective(theta, _all_inputs(2, 7), 0.0)[2].wrong
    deviation = {}
    for q in (0.0, wrong):
        gradients = torch.stack([objective(theta, objective.sampled.draw(16, generator), q)[1] for _ in range(20)])
        deviation[q] = float(gradients.std(dim=0).norm())
    assert deviation[wrong] < 1e-12
    assert deviation[0.0] > 1e-3


def _autograd(task, network, weight):
    """The papers' objective over all inputs, from its definition, and its gradient."""
    inputs = _all_inputs(task.k, task.n)
    entropy = torch.nn.functional.cross_entropy(network(inputs), inputs.sum(dim=1) % task.n)
    loss = entropy + weight * network.norm() ** network.degree
    du, dw = torch.autograd.grad(loss, (network.u, network.w))
    return float(loss.detach()), torch.cat([du, dw[:, None]], dim=1).permute(1, 2, 0)


def _mean_of_single_inputs(task, theta, weight, q):
    """The estimate from every input by itself, averaged: what a uniform sample has as its mean."""
    objective = Objective(task, theta.shape[-1], weight, torch.float64)
    found = [objective(theta, each[None], q)[:2] for each in _all_inputs(task.k, task.n)]
    return sum(value for value, _ in found) / len(found), torch.stack([slope for _, slope in found]).mean(dim=0)


@pytest.mark.parametrize(("k", "p"), [(2, 7), (3, 5), (4, 3)])
@pytest.mark.parametrize("q", [0.0, 0.3, 0.9])
def test_the_estimate_is_unbiased_against_autograd(k, p, q, monkeypatch):
    """And an estimate that forgets the exact mean's gradient is not."""
    task = Task.cyclic(k, p)
    weight, theta = 0.3 * task.gamma, _theta(k, p, 5)
    value, gradient = _autograd(task, unstack(theta), weight)
    mean, slope = _mean_of_single_inputs(task, theta, weight, q)
    assert mean == pytest.approx(value, rel=1e-12)
    torch.testing.assert_close(slope, gradient, rtol=1e-10, atol=1e-13)
    monkeypatch.setattr("numerics.full_size.mean_margin.MeanMargin.__call__", lambda self, x: (0.0, 0 * x))
    forgetful = _mean_of_single_inputs(task, theta, weight, q)[1]
    assert torch.allclose(forgetful, gradient, rtol=1e-10, atol=1e-13) == (q == 0)


def test_at_small_weights_the_variance_falls_by_the_square_of_what_is_left():
    """There the wrong classes' probability is (n-1)/n at every input: the rest is 1 - q n/(n-1) of the whole."""
    noise = noises(2, 11, 20, sample=64, draws=4)[0]
    assert noise.place == "random weights"
    assert noise.ratio == pytest.approx(1 / (1 - FullSize().descent_ratio) ** 2, rel=1e-2)
