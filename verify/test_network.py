"""``pytest verify/ --network FILE``: the checks of a trained network on a user's file."""

import pytest

from theory.network_file import load_network
from verify.network_checks import check_network

CHECKED = (
    "Li24:Theorem 4.1.1",
    "Li24:Theorem 4.1.2",
    "Li24:Theorem 4.1.3",
    "Ours:maximum-margin set",
    "Ours:maximum-margin set, k = 1",
    "Ours:every finite group",
    "Ours:margin account",
    "Ours:finite regularisation",
    "Ours:stability of neurons",
    "Ours:stability of frequencies",
    "Ours:loss bounds the neurons",
)


@pytest.fixture(scope="session")
def results(request):
    """All results, computed once."""
    found = check_network(load_network(request.config.getoption("--network")), trained=True)
    assert {result.statement for result in found} <= set(CHECKED)
    return found


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.statement(name)) for name in CHECKED])
def test_network(name, results, check):
    mine = [result for result in results if result.statement == name and result.status != "skipped"]
    if not mine:
        pytest.skip("says nothing about this network")
    for result in mine:
        check(result)
