"""The sampled objective against autograd over all inputs, and the variance that the control variate saves."""

import pytest
import torch

from numerics.full_size.layout import stack, unstack
from numerics.full_size.objective import Objective
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
