"""Margins in split form against the enumeration that defines them."""

import numpy as np
import pytest
import torch

from numerics.evaluation import class_weight_table, margin_blocks, margin_summary, minimum_margin, normalised_margin
from numerics.grid import Grid
from numerics.network import RELU, PowerNetwork
from tests.numerics.conftest import small_budget
from theory import task as reference
from theory.construction import construct
from theory.errors import InputError
from theory.margin import max_margin_float
from theory.task import Task


def networks(task, place, activation=None):
    arguments = {} if activation is None else {"activation": activation}
    return PowerNetwork.random(task, 9, [3, 4], 0.5, place.dtype, place.device, **arguments)


def logits_of(network, member):
    u, w = network.numpy()
    return reference.logits(u[member], w[member])


def some_inputs(task):
    return torch.rand((task.n,) * task.k, generator=torch.Generator().manual_seed(1)) < 0.6


@pytest.mark.parametrize("tight", [False, True], ids=["one block", "smallest blocks"])
@pytest.mark.parametrize("part", [False, True], ids=["all", "part"])
def test_summary_is_what_enumeration_finds(task, place, tight, part):
    network = networks(task, place)
    chosen = some_inputs(task)
    arguments = {"weights": chosen} if part else {}
    if tight:
        arguments["budget"] = small_budget(task, network.m, place.dtype)
    summary = margin_summary(network, task, **arguments)
    place.close(minimum_margin(network, task, **arguments), summary.minimum)
    index = chosen.numpy() if part else slice(None)
    for member in range(2):
        outputs = logits_of(network, member)
        margins = reference.margins(task, outputs)[index]
        weighted = reference.class_weighted_margins(task, outputs)[index]
        expected = [margins.min(), margins.mean(), weighted.min(), weighted.mean()]
        measured = [summary.minimum, summary.mean, summary.weighted_minimum, summary.weighted_mean]
        scale = np.abs(outputs).max()
        place.close([float(value[member]) / scale for value in measured] + [1], [e / scale for e in expected] + [1])
        assert float(summary.accuracy[member]) == pytest.approx((margins > 0).mean(), abs=1e-6)


def test_blocks_cover_every_input_once(task, place):
    network = networks(task, place)
    count, least = 0, np.inf
    for block, differences in margin_blocks(network, task, budget=small_budget(task, network.m, place.dtype)):
        count += block.inputs
        right = differences.gather(-1, block.labels[..., None].expand(*differences.shape[:-1], 1))
        assert not right.any()
        least = min(least, float(differences[0].scatter(-1, block.labels[..., None], np.inf).min()))
    assert count == task.n**task.k
    place.close(least, minimum_margin(network, task)[0])


def test_other_activations_use_the_plain_form(task, place):
    network = networks(task, place, RELU)
    inputs = torch.tensor(list(task.inputs()), device=place.device)
    outputs = network(inputs)[0].detach().cpu().numpy().reshape((task.n,) * (task.k + 1))
    place.close(minimum_margin(network, task)[0], reference.margins(task, outputs).min())


@pytest.mark.parametrize(("k", "p"), [(1, 7), (2, 9), (2, 8), (3, 5), (3, 6), (4, 3), (5, 3)])
@pytest.mark.parametrize("method", ["minimal", "li24"])
def test_constructed_networks_attain_the_maximum_margin(k, p, method, place):
    network = PowerNetwork.from_exact(construct(k, p, method), place.dtype, place.device)
    margin = normalised_margin(network, Task.cyclic(k, p))
    assert float(margin) / max_margin_float(k, p) == pytest.approx(1, abs=10 * place.tolerance.value)


def test_a_moved_phase_lowers_the_margin():
    network = PowerNetwork.from_exact(construct(3, 5, "minimal"))
    task, gamma = Task.cyclic(3, 5), max_margin_float(3, 5)
    with torch.no_grad():
        network.w[0] = network.w[0].roll(1)
    assert float(normalised_margin(network, task)) < 0.99 * gamma


def test_class_weight_table_is_tau_of_the_quotient(task):
    table = class_weight_table(task, torch.float64).numpy()
    for label in range(task.n):
        for delta in range(task.n):
            assert table[label, task.multiply(np.array(label), np.array(delta))] == task.tau[delta]


def test_a_size_beyond_the_budget_is_refused_with_both_numbers():
    task = Task(3, 97, None, np.full(97, 1 / 97), "Z_97")
    with pytest.raises(InputError, match=r"at least [\d.]+ MiB for 97\^3 inputs; got 1 MiB"):
        Grid(task, 1536, budget=2**20)


def test_swapped_k_and_p_are_refused_before_anything_is_allocated():
    task = Task(97, 3, None, np.array([0, 0.5, 0.5]), "Z_3")
    network = PowerNetwork(torch.zeros(8, 97, 3), torch.zeros(8, 3))
    with pytest.raises(InputError, match=r"budget must be at least .* for 3\^97 inputs"):
        minimum_margin(network, task)


def test_blocks_respect_the_budget():
    """Peak of live tensor bytes, counted by hand from the block that the grid chose."""
    task = Task.cyclic(4, 7)
    for budget in (2**21, 2**23, 2**26):
        grid = Grid(task, 768, budget=budget)
        left, right = grid._step
        columns, rows, logits = left * 7 * 3 * 768, right * 3 * 768, left * right * 7
        assert 4 * (2 * columns + 2 * rows + 2 * logits) <= budget


def test_unusable_arguments_are_refused(task):
    network = PowerNetwork.random(task, 3, 0, 1.0)
    with pytest.raises(InputError, match="k="):
        minimum_margin(network, Task.cyclic(task.k, task.n + 1))
    with pytest.raises(InputError, match="shape"):
        minimum_margin(network, task, weights=torch.ones(3))
    with pytest.raises(InputError, match="positive sum"):
        minimum_margin(network, task, weights=torch.zeros((task.n,) * task.k))
