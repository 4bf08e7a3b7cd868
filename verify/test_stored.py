"""Rows that rest on stored results: the grades follow from the stored numbers, and the rows say these grades."""

import copy
import json
import re
from itertools import zip_longest
from typing import Any

import pytest

from numerics.studies.reproduce import load_study
from numerics.studies.study import Found
from verify.result import CheckResult, at_most
from verify.statements import BY_ID
from verify.statements.figures import FIGURES
from verify.stored import largest, scale_of

NAMED = re.compile(r"(\w+): (reproduced|partly|not)\b([^;.:]*)")
GRADE = re.compile(r"\b(reproduced|partly|not)\b")


def follows(row: str, study: str, content: dict[str, Any]) -> CheckResult:
    """How many of a study's verdicts, as stored, are not what its rules make of these numbers."""
    judged = load_study(study)
    claims = [claim.entry for claim in judged.claims(judged.sizes[scale_of(study)], Found(content))]
    verdicts = json.loads(json.dumps(claims))
    wrong = sum(a != b for a, b in zip_longest(verdicts, largest(study)["verdict"]))
    return at_most(row, f"{study}: verdicts that do not follow from the stored numbers", wrong, 0)


def halved(value: Any) -> Any:
    """The same numbers, every measured one a half of itself."""
    if isinstance(value, float):
        return value / 2
    if isinstance(value, dict):
        return {key: halved(each) for key, each in value.items()}
    return [halved(each) for each in value] if isinstance(value, list) else value


def said(row: str, text: str) -> CheckResult:
    """How many keys the row grades otherwise than the stored verdicts do, all studies of the row together."""
    verdicts = {entry["key"]: set() for study in BY_ID[row].stored for entry in largest(study)["verdict"]}
    for study in BY_ID[row].stored:
        for entry in largest(study)["verdict"]:
            verdicts[entry["key"]].add(entry["verdict"])
    wrong = [key for key, *grades in NAMED.findall(text) if set(GRADE.findall(" ".join(grades))) != verdicts.get(key)]
    return at_most(row, "grades in the row that are not the stored ones", len(wrong), 0, detail=", ".join(wrong))


@pytest.mark.parametrize("row", [pytest.param(x.id, marks=pytest.mark.statement(x.id), id=x.key) for x in FIGURES])
def test_grades_follow_from_the_stored_numbers(row, check, twin):
    for study in BY_ID[row].stored:
        content = largest(study)
        check(follows(row, study, content))
        changed = {key: copy.deepcopy(each) if key == "verdict" else halved(each) for key, each in content.items()}
        twin(follows(row, study, changed))
    text = BY_ID[row].claim
    assert NAMED.search(text), "the row states a grade"
    check(said(row, text))
    flipped = {"reproduced": "not", "partly": "reproduced", "not": "reproduced"}
    twin(said(row, NAMED.sub(lambda found: f"{found[1]}: {flipped[found[2]]}{found[3]}", text)))
