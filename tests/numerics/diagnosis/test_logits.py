"""The pass over the logits, the wanted characters and the directions, against slow or independent computations."""

import numpy as np
import pytest
import torch

from numerics.diagnosis.directions import direction_shares, directions_of
from numerics.diagnosis.inputs import choose_inputs
from numerics.diagnosis.logits import pass_over
from numerics.diagnosis.open_model import open_model
from numerics.diagnosis.wanted import component_names, component_part, component_powers, wanted
from numerics.selection.observables import explained, irrep_fractions
from theory.errors import InputError
from theory.groups import load_group
from theory.task import Task, margins

TASKS = [Task.cyclic(1, 6), Task.cyclic(2, 7), Task.cyclic(3, 4), Task.of_group(2, "S3"), Task.of_group(3, "Q8")]


def passed(task: Task, logits: np.ndarray, **options: int):
    opened = open_model(logits, task)
    return opened, pass_over(opened, choose_inputs(task, **options))


def noisy(task: Task, seed: int = 0) -> np.ndarray:
    """Random logits with a part at the label."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(task.n,) * (task.k + 1))
    grid = np.stack(np.meshgrid(*[np.arange(task.n)] * task.k, indexing="ij"), axis=-1)
    np.put_along_axis(logits, task.label(grid)[..., None], 1.5, axis=-1)
    return logits


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.name}-k{task.k}")
def test_one_pass_is_the_definition(task):
    logits = noisy(task)
    opened, found = passed(task, logits)
    expected = margins(task, logits)
    assert found.every
    assert found.margin == pytest.approx(expected.min())
    assert found.accuracy == pytest.approx((expected > 0).mean())
    assert found.interval == (found.accuracy, found.accuracy)
    group = load_group(f"C{task.n}") if task.table is None else task.group
    fractions = irrep_fractions(logits, group, task.k)
    seen = wanted(found, opened.group)
    assert seen.shares == pytest.approx(fractions**2, abs=1e-12)
    assert seen.explained == pytest.approx(explained(fractions))


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.name}-k{task.k}")
def test_parts_are_projections_of_which_each_is_one_component(task):
    group = None if task.table is None else task.group
    profile = np.random.default_rng(1).normal(size=task.n)
    names, powers = component_names(task.n, group), component_powers(profile, group)
    parts = np.stack([component_part(profile, group, [name]) for name in names])
    np.testing.assert_allclose(parts.sum(axis=0), component_part(profile, group, names), atol=1e-12)
    np.testing.assert_allclose((parts**2).sum(axis=1), powers, atol=1e-12)
    for i, part in enumerate(parts):
        np.testing.assert_allclose(
            component_powers(part, group), np.where(np.arange(len(names)) == i, powers, 0), atol=1e-12
        )
    if group is None:
        np.testing.assert_allclose(parts.sum(axis=0), profile - profile.mean(), atol=1e-12)


def test_equal_logits_use_nothing_and_win_nothing():
    opened, found = passed(Task.cyclic(2, 5), np.ones((5, 5, 5)))
    assert (found.right, found.margin) == (0, 0.0)
    assert wanted(found, opened.group).used == ()
    assert wanted(found, opened.group).explained == 0


def test_a_sample_gives_an_interval_that_holds_the_truth_and_repeats():
    task = Task.cyclic(2, 31)
    logits = noisy(task, 3)
    _, whole = passed(task, logits)
    _, part = passed(task, logits, most=400)
    assert not part.every
    low, high = part.interval
    assert low < whole.accuracy < high
    assert part.margin >= whole.margin  # an upper bound
    assert passed(task, logits, most=400)[1].right == part.right
    assert passed(task, logits, most=400, seed=1)[1].right != part.right


def test_huge_tasks_are_sampled_within_a_bound_of_numbers():
    chosen = choose_inputs(Task.cyclic(6, 1009))
    assert not chosen.every
    assert len(chosen) * 1009 <= 2**26
    with pytest.raises(InputError, match="the number of inputs must be at least 1; got 0"):
        choose_inputs(Task.cyclic(2, 5), 0)


def test_logits_that_are_not_finite_are_refused():
    logits = noisy(Task.cyclic(2, 5))
    logits[1, 2, 3] = np.inf
    with pytest.raises(InputError, match="must be finite"):
        passed(Task.cyclic(2, 5), logits)


@pytest.mark.parametrize(("k", "p"), [(1, 7), (2, 5), (3, 3), (2, 2)])
def test_directions_add_up_and_the_wanted_one_is_what_the_characters_hold(k, p):
    logits = noisy(Task.cyclic(k, p), 5)
    shares = direction_shares(logits)
    assert shares.sum() == pytest.approx(1)
    fractions = irrep_fractions(logits, load_group(f"C{p}"), k)
    assert shares[(1 % p,) * k] == pytest.approx(explained(fractions))


def test_directions_name_the_sum_that_is_read():
    task = Task.cyclic(2, 11)
    a, b, c = np.ogrid[:11, :11, :11]
    mixed = np.cos(2 * np.pi * 3 * (a - 2 * b - c) / 11) + 0.5 * np.cos(2 * np.pi * (a - c) / 11) + 0.0 * b
    found = directions_of(open_model(mixed, task))
    assert [each.text for each in found] == ["a + 9b", "a"]
    assert [each.share for each in found] == pytest.approx([0.8, 0.2])
    only = directions_of(open_model(np.broadcast_to(np.arange(11.0), (11, 11, 11)).copy(), task))
    assert [each.text for each in only] == ["no input"]


@pytest.mark.parametrize("task", [Task.cyclic(2, 9), Task.of_group(2, "S3"), Task.cyclic(3, 101)])
def test_no_directions_without_a_prime_or_with_too_many_logits(task):
    opened = open_model(lambda inputs: torch.zeros(len(inputs), task.n), task)
    assert directions_of(opened) is None


def test_a_large_modulus_costs_no_square_of_it():
    """A matrix of n x n numbers would take 80 GB here."""
    n = 100_003

    def network(inputs: torch.Tensor) -> torch.Tensor:
        if inputs.dim() != 2 or inputs.shape[1] != 2:
            raise ValueError
        found = torch.zeros(len(inputs), n)
        return found.scatter_(1, (inputs.sum(dim=1) % n)[:, None], 1.0)

    task = Task.cyclic(2, n)
    opened = open_model(network, task)
    found = pass_over(opened, choose_inputs(task, 40))
    assert (found.accuracy, found.every) == (1, False)
    assert wanted(found, None).explained == pytest.approx(1)
