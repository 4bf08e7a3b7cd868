"""Studies of starts: verdicts on planted numbers, frequencies by symmetry, and a run that is read again."""

import pytest

from numerics.studies.starved_frequencies import SIZES, claims, table
from numerics.studies.study import Found, Session
from numerics.studies.width_law import Law, fit
from numerics.studies.width_law import claims as law_claims


def seeds(*pairs):
    """Rows of (neurons at the poorest frequency, margin), for six needed."""
    return [{"seed": i, "fewest_neurons": n, "starved": int(n < 6), "margin": x} for i, (n, x) in enumerate(pairs)]


@pytest.mark.parametrize(("rows", "grades"), [
    (seeds((5, 0.9), (4, 0.8), (6, 0.9999), (9, 0.9995)), ["reproduced", "reproduced"]),
    (seeds((5, 0.9), (4, 0.9999), (6, 0.9999)), ["partly", "reproduced"]),
    (seeds((5, 0.9995), (6, 0.9), (9, 1.0)), ["not", "not"]),
    (seeds((6, float("nan"))), ["measured", "not"]),
])  # fmt: skip
def test_verdicts_on_planted_seeds(rows, grades):
    [group] = SIZES["smoke"]
    found = Found({"groups": [{"table": table(rows)}]})
    assert [claim.grade for claim in claims((group,), found)] == grades


def planted(neurons, fed):
    """A law's row at p = 7: neurons by frequency, and how many of 1000 seeds are fed at the collector's width."""
    return {"k": 2, "p": 7, "neurons": neurons, "fed_at": [0] * 1000, "predicted": 39, "probability_at_predicted": 0.99,
            "fed_at_predicted": {"count": fed}, "measured": {"value": 39}}  # fmt: skip


@pytest.mark.parametrize(("neurons", "fed", "grades"), [
    ([1000, 1010, 990], 990, ["reproduced", "reproduced"]), ([1200, 900, 900], 990, ["not", "reproduced"]),
    ([1000, 1010, 990], 960, ["reproduced", "not"]), ([1000, 1010, 990], 1000, ["reproduced", "not"]),
])  # fmt: skip
def test_a_law_that_is_not_the_collectors_is_refused(neurons, fed, grades):
    rows = [planted(neurons, fed)]
    judged = law_claims((Law(2, 7, 1000),), Found({"rows": rows, "fits": [fit(2, rows)]}))
    assert [claim.grade for claim in judged] == [*grades, "measured"]


def test_a_law_is_measured_once(tmp_path, monkeypatch):
    session = Session(tmp_path, "smoke", "cpu", 2**30, lambda label, done, planned: None)
    law = Law(2, 7, 5)
    first = law.row(session)
    assert sum(first["neurons"]) == 5 * law.m
    monkeypatch.setattr("numerics.studies.width_law.climb", lambda *a: pytest.fail("measured again"))
    assert law.row(session) == first
