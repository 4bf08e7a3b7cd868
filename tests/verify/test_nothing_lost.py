"""Every name that the first release had is still there, or was renamed to one that is: ``kept.json`` lists them.

Statements, studies, commands with their options, planted faults; and the checks of a file by the key that they got
later.
"""

import json
from pathlib import Path

import pytest
import typer

from numerics.studies.reproduce import registry
from tests.faults.catalogue import CATALOGUE
from tests.verify.networks import constructed, on_group
from theory.construction import construct
from verify.checks.exact import exact_checks
from verify.cli import build
from verify.network_checks import check_network
from verify.statements import BY_ID
from verify.tolerance import Thresholds

KEPT = json.loads((Path(__file__).parent / "kept.json").read_text())


def lost(kind: str, present: set[str]) -> set[str]:
    return {KEPT["renamed"].get(name, name) for name in KEPT[kind]} - present


def test_no_statement_study_or_planted_fault_is_lost():
    assert not lost("statements", set(BY_ID))
    assert not lost("studies", set(registry()))
    assert not lost("faults", {fault.name for fault in CATALOGUE})
    old = {name for kind in ("statements", "studies", "faults") for name in KEPT[kind]}
    assert set(KEPT["renamed"]) <= old, "renamed from something that never was"


def test_no_command_and_no_option_is_lost():
    program = typer.main.get_command(build())
    context = typer.Context(program)
    for name, options in KEPT["commands"].items():
        command = program.get_command(context, name)
        assert command is not None, name
        assert not set(options) - {option for parameter in command.params for option in parameter.opts}, name


def test_no_check_of_a_file_is_lost():
    found = {
        "cyclic": check_network(constructed(2, 7)),
        "exact": exact_checks(construct(2, 7)),
        "group": check_network(on_group("S3")),
        "trained": check_network(constructed(2, 5), True, thresholds=Thresholds(0.99, 0.99, 0.01, 0.01), lambda_=1e-3),
    }
    assert set(found) == set(KEPT["checks"])
    for kind, keys in KEPT["checks"].items():
        assert not set(keys) - {result.key for result in found[kind]}, kind


@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize("network", [constructed(1, 5), constructed(2, 5), constructed(2, 6), on_group("S3")])
def test_every_check_has_a_key_of_its_own_and_a_statement_that_it_supports(network, trained):
    asked = {"thresholds": Thresholds(0.99, 0.99, 0.01, 0.01), "lambda_": 1e-3} if trained else {}
    found = check_network(network, trained, **asked)
    assert len({result.key for result in found} - {""}) == len(found) > 3
    assert {result.statement for result in found} <= set(BY_ID)
