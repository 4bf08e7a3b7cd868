"""Rows that rest on stored results: the grades follow from the stored numbers, and the rows say these grades."""

import copy
import json
import re
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from numerics.studies.reproduce import load_study
from numerics.studies.study import Found
from verify.result import CheckResult, at_most
from verify.statements import BY_ID
from verify.statements.figures import FIGURES

RESULTS = Path(__file__).parents[1] / "paper_notes" / "results"
NAMED = re.compile(r"(\w+): (reproduced|partly|not)\b")


@cache
def stored(study: str) -> dict[str, Any]:
    return json.loads((RESULTS / f"{study}-cpu.json").read_text(encoding="utf-8"))


def follows(row: str, study: str, content: dict[str, Any]) -> CheckResult:
    """How many of a study's verdicts, as stored, are not what its rules make of these numbers."""
    judged = load_study(study)
    claims = [claim.entry for claim in judged.claims(judged.sizes["cpu"], Found(content))]
    verdicts = json.loads(json.dumps(claims))
    wrong = sum(a != b for a, b in zip_longest(verdicts, stored(study)["verdict"]))
    return at_most(row, f"{study}: verdicts that do not follow from the stored numbers", wrong, 0)


def halved(value: Any) -> Any:
    """The same numbers, every measured one a half of itself."""
    if isinstance(value, float):
        return value / 2
    if isinstance(value, dict):
        return {key: halved(each) for key, each in value.items()}
    return [halved(each) for each in value] if isinstance(value, list) else value


def said(row: str, text: str) -> CheckResult:
    """How many grades that the row states are not those of the stored verdicts, or are of no verdict."""
    verdicts = {entry["key"]: set() for study in BY_ID[row].stored for entry in stored(study)["verdict"]}
    for study in BY_ID[row].stored:
        for entry in stored(study)["verdict"]:
            verdicts[entry["key"]].add(entry["verdict"])
    wrong = [key for key, grade in NAMED.findall(text) if grade not in verdicts.get(key, ())]
    return at_most(row, "grades in the row that are not the stored ones", len(wrong), 0, detail=", ".join(wrong))


@pytest.mark.parametrize("row", [pytest.param(x.id, marks=pytest.mark.statement(x.id), id=x.key) for x in FIGURES])
def test_grades_follow_from_the_stored_numbers(row, check, twin):
    for study in BY_ID[row].stored:
        content = stored(study)
        check(follows(row, study, content))
        changed = {key: copy.deepcopy(each) if key == "verdict" else halved(each) for key, each in content.items()}
        twin(follows(row, study, changed))
    text = BY_ID[row].claim
    assert NAMED.search(text), "the row states a grade"
    check(said(row, text))
    flipped = {"reproduced": "not", "partly": "reproduced", "not": "reproduced"}
    twin(said(row, NAMED.sub(lambda found: f"{found[1]}: {flipped[found[2]]}", text)))
