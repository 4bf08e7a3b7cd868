"""``pytest benchmarks --benchmark-enable``: the same quantities for pytest-benchmark, and their coarse bounds."""

import pytest
import torch

from benchmarks.measure import CASES, peak_of_step
from numerics.evaluation import minimum_margin
from numerics.loss import CrossEntropy, flat_parameters
from numerics.network import PowerNetwork
from theory.task import Task


@pytest.fixture(params=CASES, ids=["-".join(map(str, case)) for case in CASES])
def network_and_task(request):
    torch.set_num_threads(1)
    k, p, m = request.param
    problem = Task.cyclic(k, p)
    return PowerNetwork.random(problem, m, 0, 0.1), problem


def test_margin(benchmark, network_and_task):
    benchmark(minimum_margin, *network_and_task)


def test_step(benchmark, network_and_task):
    network, task = network_and_task
    loss = CrossEntropy(network, task)
    benchmark(lambda: loss(*flat_parameters(network)))


def test_peak_memory_stays_below_the_budget():
    assert peak_of_step(4, 11, 1280, 2**28) < 2**28 / 1e6
