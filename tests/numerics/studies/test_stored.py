"""Stored results end with the verdicts that the studies give to the numbers stored beside them."""

import json
from pathlib import Path

import pytest

from numerics.studies.registry import load_study
from numerics.studies.study import Found

RESULTS = Path(__file__).parents[3] / "paper_notes" / "results"


@pytest.mark.parametrize("name", [
    "ding24-circles", "ding24-frozen", "ding24-ode", "ding24-reinit", "rangamani25", "swaroop26-table1",
    "swaroop26-trained",
])  # fmt: skip
def test_stored_verdicts_follow_from_stored_numbers(name):
    stored, study = json.loads((RESULTS / f"{name}-cpu.json").read_text()), load_study(name)
    claims = study.claims(study.sizes["cpu"], Found(stored))
    assert json.loads(json.dumps([claim.entry for claim in claims])) == stored["verdict"]
    assert stored["title"] == study.title
    assert len({claim.key for claim in claims}) == len(claims)
