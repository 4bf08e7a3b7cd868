"""The limit of a pass over all inputs bounds its time for narrow networks too."""

from types import SimpleNamespace

import pytest

from theory.task import Task
from verify.sweep import MOST_WORK, work


@pytest.mark.parametrize(
    ("k", "p", "m", "possible"),
    [(1, 10**5, 1, True), (1, 10**6, 1, False), (34, 2, 1, False), (2, 1181, 1180, True), (2, 1181, 1300, False)],
)
def test_outputs_count_even_where_there_are_few_neurons(k, p, m, possible):
    assert (work(SimpleNamespace(task=Task.cyclic(k, p), m=m)) <= MOST_WORK) == possible
