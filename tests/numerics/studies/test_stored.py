"""Stored results end with the verdicts that the studies give to the numbers stored beside them."""

import json
from pathlib import Path

import pytest

from numerics.studies.reproduce import load_study, registry
from numerics.studies.study import SCALES, Found

RESULTS = Path(__file__).parents[3] / "paper_notes" / "results"
STORED = [(name, scale) for name in registry() for scale in SCALES if (RESULTS / f"{name}-{scale}.json").is_file()]
FULL = sorted(name for name, scale in STORED if scale == "full")


@pytest.mark.parametrize(("name", "scale"), STORED)
def test_stored_verdicts_follow_from_stored_numbers(name, scale):
    stored, study = json.loads((RESULTS / f"{name}-{scale}.json").read_text()), load_study(name)
    claims = study.claims(study.sizes[scale], Found(stored))
    assert json.loads(json.dumps([claim.entry for claim in claims])) == stored["verdict"]
    assert stored["title"] == study.title
    assert len({claim.key for claim in claims}) == len(claims)


def test_every_study_is_stored():
    assert {name for name, _ in STORED} == set(registry())


def test_the_papers_sizes_are_stored():
    assert {f"li24-fig{number}" for number in (1, 2, 5, 6, 7, 8)} <= {*FULL}
