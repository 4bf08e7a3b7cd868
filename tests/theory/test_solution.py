"""One question and one answer for addition modulo p, groups and parity: against the definitions, by enumeration."""

import numpy as np
import pytest
import sympy

from theory import parity
from theory.errors import InputError
from theory.groups import load_group
from theory.solution import construct, max_margin
from theory.task import Task, network_norm, normalised_margin

TASKS = [Task.cyclic(1, 4), Task.cyclic(3, 5), Task.cyclic(2, 6), Task.of_group(2, "S3"), Task.of_group(3, "Q8"),
         Task.parity(5, 3), Task.parity(4, 4)]  # fmt: skip
METHODS = {"Z_5": ("li24", "narrow"), "Z_6": ("li24", "narrow"), "S3": ("attaining", "morwani23")}


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.name}-{task.k}")
def test_the_network_attains_the_margin(task: Task) -> None:
    found = max_margin(task)
    for method in ("minimal", *METHODS.get(task.name, ())):
        network = construct(task, method)
        u, w = network.weights
        assert network.width == len(u) == len(w)
        if task.bits is None:
            assert network_norm(u, w) == pytest.approx(1, abs=1e-12)
            measured = normalised_margin(task, u, w)
        else:
            measured = parity.normalised_margin(u, w, range(task.k))
        assert measured == pytest.approx(found.value, rel=1e-11)
    assert float(found.exact) == pytest.approx(found.value, rel=1e-14)
    assert task.gamma == found.value
    assert sympy.radsimp(sum(found.masses.values())) == 1
    assert task.tau.sum() == pytest.approx(1)


def test_groups_by_name_by_table_and_by_themselves() -> None:
    group = load_group("S3")
    tasks = Task.of_group(2, "S3"), Task.of_group(2, group), Task(2, 6, group.table, None, "S3")
    assert len({task.gamma for task in tasks}) == 1
    assert [task.group_name for task in (*tasks, Task.cyclic(2, 6))] == ["S3", "S3", "S3", None]
    given = np.array([0, 1, 0, 0, 0, 0.0])
    assert (Task(2, 6, group.table, given, "S3").tau == given).all()


def test_a_task_costs_nothing_before_it_is_asked() -> None:
    """A modulus of 10^9: class weights would take 8 GB."""
    assert f"{max_margin(Task.cyclic(2, 10**9)).value:.6e}" == "8.606630e-15"


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.name}-{task.k}")
def test_unknown_methods_are_refused(task: Task) -> None:
    with pytest.raises(InputError, match="method must be"):
        construct(task, "wide")


@pytest.mark.parametrize("call", [lambda: Task.parity(3, 4), lambda: Task.parity(0, 0), lambda: Task.cyclic(0, 5),
                                  lambda: Task.of_group(0, "S3"), lambda: Task.cyclic(2, 1)])  # fmt: skip
def test_tasks_that_do_not_exist(call) -> None:
    with pytest.raises(InputError):
        call()
