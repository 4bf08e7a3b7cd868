"""Orientation, order and numbering: every planted rule is named, and none where there is none."""

import numpy as np
import pytest
import torch

from numerics.diagnosis.open_model import open_model
from numerics.diagnosis.order import Rule, rule_of
from theory.groups import load_group
from theory.task import Task


def following(task: Task, answers: np.ndarray) -> Rule | None:
    """The rule that is found for logits whose largest is at these answers, shape (n,) * k."""
    return rule_of(open_model(np.eye(task.n)[answers], task))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (lambda a, b: a + b, "c = a + b"),
        (lambda a, b: a - b, "c = a - b"),
        (lambda a, b: b - a, "c = -a + b"),
        (lambda a, b: a + b + 4, "c = a + b + 4"),
        (lambda a, b: 3 * (a + b), "c = 3a + 3b"),
        (lambda a, b: 2 * a + 0 * b, "c = 2a"),
        (lambda a, b: 0 * a + 5 + 0 * b, "c = 0 + 5"),
    ],
)
@pytest.mark.parametrize("n", [11, 12])
def test_affine_rules(n, rule, text):
    a, b = np.ogrid[:n, :n]
    found = following(Task.cyclic(2, n), rule(a, b + 0 * a) % n)
    assert found is not None
    assert found.text == text
    assert found.agreement == 1
    assert found.wanted == (text == "c = a + b")


def test_a_rule_of_three_inputs_half_of_whose_answers_are_noise():
    task, rng = Task.cyclic(3, 7), np.random.default_rng(0)
    a, b, c = np.ogrid[:7, :7, :7]
    answers = (a + b - c) % 7
    noise = rng.random(answers.shape) < 0.3
    found = following(task, np.where(noise, rng.integers(0, 7, answers.shape), answers))
    assert found.text == "c = a + b - d"
    assert 0.65 < found.agreement < 0.85


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (lambda g, a, b: g.table[a, b], "c = a b"),
        (lambda g, a, b: g.table[b, a], "c = b a"),
        (lambda g, a, b: g.table[a, g.inverse[b]], "c = a b^-1"),
        (lambda g, a, b: g.inverse[g.table[a, b]], "c = b^-1 a^-1"),
        (lambda g, a, b: g.table[g.table[a, b], 4], "c = a b s, s element 4"),
        (lambda g, a, b: g.table[4, g.table[a, b]], "c = s a b, s element 4"),
    ],
)
def test_words_of_a_group(rule, text):
    group = load_group("S4")
    a, b = np.meshgrid(np.arange(24), np.arange(24), indexing="ij")
    found = following(Task.of_group(2, group), rule(group, a, b))
    assert (found.text, found.agreement, found.wanted) == (text, 1.0, text == "c = a b")


@pytest.mark.parametrize("name", [None, "S4"])
def test_classes_in_another_order(name):
    task = Task.cyclic(2, 24) if name is None else Task.of_group(2, name)
    other = np.random.default_rng(2).permutation(24)
    found = following(task, other[task.label(np.indices((24, 24)).transpose(1, 2, 0))])
    assert "classes in another order" in found.text
    assert f"(0->{other[0]}, 1->{other[1]}" in found.text
    assert found.agreement == 1


@pytest.mark.parametrize(("name", "other"), [("D6", "Dic3"), ("S4", "C24")])
def test_another_numbering_and_another_group(name, other):
    group = load_group(name)
    renamed = group.relabelled(np.random.default_rng(3).permutation(group.order))
    task = Task.of_group(2, group)
    assert following(task, renamed.table).text == f"the table of {name} with its elements in another order"
    assert following(task, load_group(other).table).text == f"the table of a group that is not {name}"


@pytest.mark.parametrize("task", [Task.cyclic(2, 13), Task.of_group(2, "S4"), Task.cyclic(4, 5)])
def test_no_rule_in_random_answers(task):
    answers = np.random.default_rng(4).integers(0, task.n, (task.n,) * task.k)
    assert following(task, answers) is None


def test_many_inputs_cost_a_sample_only():
    task = Task.cyclic(10, 31)
    looked_at = []

    def network(inputs: torch.Tensor) -> torch.Tensor:
        if inputs.dim() != 2 or inputs.shape[1] != 10:
            raise ValueError
        looked_at.append(len(inputs))
        return torch.nn.functional.one_hot((inputs[:, :-1].sum(dim=1) - inputs[:, -1]) % 31, 31).float()

    found = rule_of(open_model(network, task))
    assert found.agreement == 1
    assert found.text.endswith("a_9 - a_10")
    assert sum(looked_at) < 60_000
