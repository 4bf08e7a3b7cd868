"""Verdicts: the error, the side of the bound, and what NaN and infinities become."""

import json
from dataclasses import astuple
from math import inf, isnan, nan

import pytest

from verify.result import CheckResult, at_least, at_most, close, proved


@pytest.mark.parametrize(
    ("judge", "measured", "bound", "enough", "error"),
    [
        (close, 3.0, 2.0, 0.5, 0.5),
        (close, 0.25, 0.0, 0.25, 0.25),
        (close, -3.0, -2.0, 0.5, 0.5),
        (at_most, 3.0, 2.0, 0.5, 0.5),
        (at_most, 1.0, 2.0, 0.0, 0.0),
        (at_most, 0.25, 0.0, 0.25, 0.25),
        (at_least, 1.0, 2.0, 0.5, 0.5),
        (at_least, 3.0, 2.0, 0.0, 0.0),
        (at_least, -0.25, 0.0, 0.25, 0.25),
    ],
)
def test_a_verdict_keeps_every_number_and_turns_at_the_tolerance(judge, measured, bound, enough, error):
    found = judge("S", "label", measured, bound, enough, "because", "key")
    assert astuple(found) == ("S", "label", "passed", measured, bound, error, enough, "because", "key")
    assert judge("S", "label", measured, bound, enough - 1e-9).status == ("failed" if error >= enough else "passed")
    missing = judge("S", "label", nan, bound, enough)
    assert missing.status == "failed"
    assert isnan(missing.error)


def test_one_sided_verdicts_forgive_nothing_by_default():
    assert at_most("S", "l", 1.0 + 1e-15, 1.0).status == at_least("S", "l", 1.0 - 1e-15, 1.0).status == "failed"


def test_exact_verdicts_and_what_holds():
    assert astuple(proved("S", "l", True, key="k")) == ("S", "l", "proved", None, None, None, None, "", "k")
    assert astuple(proved("S", "l", False, "x"))[2:] == ("failed", None, None, None, None, "x", "")
    holds = {"proved": True, "passed": True, "failed": False, "undecided": False, "skipped": False}
    assert {status: CheckResult("S", "l", status).holds for status in holds} == holds


def test_json_has_no_infinities():
    content = CheckResult("S", "l", "failed", inf, 1.0, nan, -inf, "d", "k").to_json()
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert [content[name] for name in ("measured", "predicted", "error", "tolerance")] == [None, 1.0, None, None]
