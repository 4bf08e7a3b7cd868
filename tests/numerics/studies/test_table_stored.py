"""What stands in the table of stored results: keys, rules, intervals within their range, costs, reasons."""

import re
from dataclasses import replace
from typing import Any

import pytest

from numerics.studies.table import Row, rows
from theory.vocabulary import GRADES

ROWS = rows()
SHARE = re.compile(r"\b(accuracy|share|energy|purity)\b")
COUNT = re.compile(r"\b(number|rank|circles)\b")
ENDS = re.compile(r"95% (?:interval of the share )?(-?\d*\.?\d+)\.\.(-?\d*\.?\d+)")
SLOPE = ("lost", " per ", "paired t")  # differences and slopes may have either sign
ROUNDING = 1e-4


def intervals(row: Row) -> list[tuple[float, float]]:
    """Every interval in a row: its own, and those inside its words."""
    found = [(row.interval[0], row.interval[1])] if row.interval and None not in row.interval else []
    text = row.ours if isinstance(row.ours, str) else row.ours.get("text", "") if isinstance(row.ours, dict) else ""
    return found + [(float(low), float(high)) for low, high in ENDS.findall(str(text))]


def estimate(ours: Any) -> float | None:
    if isinstance(ours, dict):
        ours = next((ours[name] for name in ("mean", "share", "value", "b") if name in ours), None)
    return float(ours) if isinstance(ours, int | float) else None


def complaints(row: Row) -> list[str]:
    """What is wrong with one row."""
    wrong = [] if row.rule.strip() else ["no rule"]
    if row.verdict not in GRADES:
        wrong.append(f"verdict {row.verdict!r}")
    said = f"{row.claim} {row.ours}"
    slope = any(word in said for word in SLOPE)
    for low, high in intervals(row):
        if low > high:
            wrong.append(f"interval {low}..{high} is empty")
        if SHARE.search(said) and not slope and not (low >= 0 and high <= 1):
            wrong.append(f"share {low}..{high} outside 0..1")
        if COUNT.search(said) and not slope and low < 0:
            wrong.append(f"count {low} below 0")
    value = estimate(row.ours)
    if row.interval and value is not None and None not in row.interval:
        low, high = row.interval
        if not low - ROUNDING <= value <= high + ROUNDING:
            wrong.append(f"{value} outside its own interval {low}..{high}")
    if not row.paper_size and row.core_hours is None:
        wrong.append("smaller than the paper's without a cost")
    if row.verdict in ("partly", "not") and not (row.tried and row.reason):
        wrong.append("nothing tried, or no reason")
    return wrong


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.study}-{row.key}") for row in ROWS])
def test_every_row_is_whole(row):
    assert complaints(row) == []


def test_keys_name_one_row():
    names = [(row.study, row.key) for row in ROWS]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9_]+", row.key) for row in ROWS)


GOOD = Row("X", "Figure 1", "x", "k", "mean accuracy", 1.0, {"mean": 0.9}, [0.8, 1.0], "cpu", False, "not", "a rule",
           3.0, "a cost", "tried", "reason")  # fmt: skip
FAULTS = {
    "no rule": {"rule": " "},
    "verdict": {"verdict": "perhaps"},
    "is empty": {"interval": [0.95, 0.85]},
    "outside 0..1": {"interval": [0.8, 1.002]},
    "outside its own": {"interval": [0.1, 0.2]},
    "below 0": {"claim": "rank that it needs", "interval": [-12.8, 44.5]},
    "without a cost": {"core_hours": None},
    "nothing tried": {"tried": ""},
    "no reason": {"reason": ""},
    "share -0.003": {"ours": "test accuracy 0.002 (95% -0.003..0.007)", "interval": None},
}


@pytest.mark.parametrize("name", FAULTS)
def test_planted_faults_are_seen(name):
    assert complaints(GOOD) == []
    assert any(name in complaint for complaint in complaints(replace(GOOD, **FAULTS[name])))
