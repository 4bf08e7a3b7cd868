"""Losses and hand-written gradients against autograd on the enumerated inputs."""

import pytest
import torch

from numerics.evaluation import class_weight_table
from numerics.forms import PlainForm, SplitForm
from numerics.grid import Grid
from numerics.loss import CrossEntropy, SmoothMargin, cross_entropy, flat_parameters, penalty
from numerics.network import POWER, RELU, PowerNetwork
from tests.numerics.conftest import small_budget
from theory.construction import construct
from theory.errors import InputError
from theory.margin import max_margin_float
from theory.task import Task


def networks(task, place, activation=POWER):
    return PowerNetwork.random(task, 7, [1, 2], 0.5, place.dtype, place.device, activation)


def enumerated(network, task):
    """Logits by autograd, labels, and the class weight of every logit."""
    inputs = torch.tensor(list(task.inputs()), device=network.u.device)
    labels = torch.tensor(task.label(inputs.cpu().numpy()), dtype=torch.int64, device=network.u.device)
    return network(inputs), labels, class_weight_table(task, network.u.dtype, network.u.device)[labels]


def slopes(value, network):
    return torch.autograd.grad((value * torch.tensor([1.0, 2.0]).to(value)).sum(), [network.u, network.w])


def half(task, place):
    generator = torch.Generator().manual_seed(0)
    return (torch.rand((task.n,) * task.k, generator=generator) < 0.5).to(place.device, place.dtype)


@pytest.mark.parametrize("activation", [POWER, RELU], ids=["power", "relu"])
@pytest.mark.parametrize("tau_weighted", [False, True], ids=["plain", "tau"])
@pytest.mark.parametrize("tight", [False, True], ids=["one block", "smallest blocks"])
def test_cross_entropy_and_its_gradient(task, place, activation, tau_weighted, tight):
    network = networks(task, place, activation)
    weights = half(task, place) if tight else None
    budget = 2**16 * task.n if activation is RELU else small_budget(task, network.m, place.dtype)
    outputs, labels, tau = enumerated(network, task)
    if tau_weighted:
        right = torch.nn.functional.one_hot(labels, task.n).bool()
        outputs = outputs + (tau * (task.n - 1)).masked_fill(right, 1.0).log()
    losses = -outputs.log_softmax(dim=-1).gather(-1, labels[:, None].expand(2, -1, 1))[..., 0]
    expected = losses.mean(dim=1) if weights is None else (losses * weights.flatten()).sum(dim=1) / weights.sum()
    measured = cross_entropy(
        network, task, tau_weighted=tau_weighted, weights=weights, budget=budget if tight else 2**30
    )
    place.close(measured, expected)
    for mine, theirs in zip(slopes(measured, network), slopes(expected, network), strict=True):
        place.close(mine, theirs, "gradient")


@pytest.mark.parametrize("tight", [False, True], ids=["one block", "smallest blocks"])
def test_smoothed_margin_and_its_gradient(task, tight):
    network = PowerNetwork.random(task, 7, [1, 2], 0.5, torch.float64)
    weights = (torch.arange(task.n**task.k).view((task.n,) * task.k) % 3).double() if tight else None
    budget = small_budget(task, network.m, torch.float64) if tight else 2**30
    gamma, beta = 0.4, 1.5
    outputs, labels, tau = enumerated(network, task)
    right = outputs.gather(-1, labels[:, None].expand(2, -1, 1))
    relative = (right - outputs) / (network.norm() ** network.degree * gamma)[:, None, None]
    terms = (tau * torch.exp(-beta * (relative - 1))).sum(dim=-1)
    means = terms.mean(dim=1) if weights is None else (terms * weights.flatten()).sum(dim=1) / weights.sum()
    expected = means.log() / beta
    objective = SmoothMargin(network, task, gamma, beta, weights=weights, budget=budget)
    value, gradients = objective(*flat_parameters(network))
    torch.testing.assert_close(value, expected.detach(), rtol=1e-11, atol=1e-11)
    for mine, theirs in zip(gradients, torch.autograd.grad(expected.sum(), [network.u, network.w]), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize(("k", "p"), [(2, 5), (2, 6), (3, 5), (4, 3)])
def test_smoothed_margin_vanishes_exactly_at_the_maximum_margin(k, p):
    """Every input and wrong class ties, so the value is 0 and stationary for any beta; one turned neuron ends that."""
    task, gamma = Task.cyclic(k, p), max_margin_float(k, p)
    network = PowerNetwork.from_exact(construct(k, p, "minimal"))
    for beta in (0.3, 5.0):
        value, gradients = SmoothMargin(network, task, gamma, beta)(*flat_parameters(network))
        assert abs(float(value)) < 1e-12
        assert max(float(g.abs().max()) for g in gradients) < 1e-10
    with torch.no_grad():
        network.w[0] *= -1
    assert float(SmoothMargin(network, task, gamma, 0.3)(*flat_parameters(network))[0]) > 1e-4


def test_split_and_plain_form_agree(task, place):
    network = networks(task, place)
    u, w = flat_parameters(network)
    grid = Grid(task, network.m, 2, dtype=place.dtype, device=place.device)
    results = []
    for form in (SplitForm(u, w, grid), PlainForm(u, w, grid, POWER)):
        for block, logits in form:
            form.pull_back(block, logits.cos())
        results.append(form.gradient())
    for mine, theirs in zip(*results, strict=True):
        place.close(mine, theirs, "gradient")


def test_penalty_is_the_norm_to_the_power_of_the_degree(task, place):
    network = networks(task, place)
    expected = network.norm() ** network.degree
    value, *gradients = penalty(*flat_parameters(network), network.degree)
    place.close(value, expected)
    for mine, theirs in zip(gradients, torch.autograd.grad(expected.sum(), [network.u, network.w]), strict=True):
        place.close(mine, theirs, "gradient")


def test_uniform_tau_changes_nothing():
    task = Task.cyclic(2, 7)
    network = PowerNetwork.random(task, 5, 0, 1.0)
    assert CrossEntropy(network, task, tau_weighted=True).offsets is None
    assert (
        CrossEntropy(PowerNetwork.random(Task.cyclic(2, 6), 5, 0, 1.0), Task.cyclic(2, 6), tau_weighted=True).offsets
        is not None
    )


def test_a_network_of_another_task_is_refused():
    network = PowerNetwork.random(Task.cyclic(2, 7), 5, 0, 1.0)
    with pytest.raises(InputError, match="k=3, n=7"):
        cross_entropy(network, Task.cyclic(3, 7))
