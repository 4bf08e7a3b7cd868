"""The exact mean margin against enumeration and autograd."""

import numpy as np
import pytest
import torch

from numerics.full_size.layout import masses, stack, unstack
from numerics.full_size.mean_margin import MeanMargin
from numerics.network import PowerNetwork
from theory.task import Task, class_weighted_margins, logits

CASES = [(1, 5), (2, 7), (3, 5), (4, 3), (2, 6), (3, 4), (2, 9), (2, "S3"), (3, "S3"), (2, "Q8")]


def _task(k: int, group: int | str) -> Task:
    return Task.cyclic(k, group) if isinstance(group, int) else Task.of_group(k, group)


@pytest.mark.parametrize(("k", "group"), CASES)
def test_the_mean_over_all_inputs(k, group):
    task = _task(k, group)
    theta = torch.randn(k + 1, task.n, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    u, w = unstack(theta).numpy()
    expected = class_weighted_margins(task, logits(u, w)).mean()
    value, _ = MeanMargin(task, torch.float64)(theta)
    assert value == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(("k", "group"), CASES)
def test_the_gradient(k, group):
    task = _task(k, group)
    mean = MeanMargin(task, torch.float64)
    generator = torch.Generator().manual_seed(1)
    theta, direction = torch.randn(2, k + 1, task.n, 3, dtype=torch.float64, generator=generator)
    _, gradient = mean(theta)
    step = 1e-5
    difference = (mean(theta + step * direction)[0] - mean(theta - step * direction)[0]) / (2 * step)
    assert difference == pytest.approx(float((gradient * direction).sum()), rel=1e-8, abs=1e-9)


def test_wrong_class_weights_are_seen():
    task = _task(2, 6)  # the weights of even p are not uniform
    theta = torch.randn(3, 6, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    value, _ = MeanMargin(task, torch.float64)(theta)
    task.tau[:] = np.where(np.arange(6) == 0, 0, 1 / 5)
    assert MeanMargin(task, torch.float64)(theta)[0] != pytest.approx(value, rel=1e-3)


def test_layout_and_back():
    network = PowerNetwork.random(Task.cyclic(3, 5), m=6, seed=0, scale=1.0)
    again = unstack(stack(network))
    assert torch.equal(again.u, network.u)
    assert torch.equal(again.w, network.w)
    assert float(masses(stack(network)).sum()) == pytest.approx(float(network.norm().detach()) ** 4, rel=1e-6)
