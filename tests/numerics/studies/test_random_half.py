"""The study of random halves: what it counts as a win, on planted numbers."""

from numerics.studies.random_half import SIZES, STUDY, summary
from numerics.studies.study import Found


def row(free, fourier, bound, k=2):
    def found(value, bound):
        return {"value": value, "reached": value + 0.01, "bound": bound, "rest": 0.25}

    pairs = zip(free, fourier, strict=True)
    seeds = [
        {"seed": i, "inputs": 4, "free": found(a, None), "fourier": found(b, bound)} for i, (a, b) in enumerate(pairs)
    ]
    return {"k": k, "p": 3, "share": 0.5, "seeds": seeds}


def test_a_win_is_above_the_bound_on_every_fourier_network():
    each = summary(row([2.0, 1.2], [1.0, 1.0], bound=1.3))
    assert each["wins"]["count"] == 1
    assert each["ratio"]["mean"] == 1.6
    assert each["bounded"]


def test_without_a_bound_the_ascents_stand_in_and_it_is_said():
    each = summary(row([2.0, 1.005], [1.0, 1.0], bound=None))
    assert each["wins"]["count"] == 1
    assert not each["bounded"]


def test_one_subset_has_no_interval_and_every_cell_a_claim():
    rows = [row([2.0], [1.0], bound=None, k=3), row([2.0, 2.1], [1.0, 1.0], bound=1.1)]
    claims = STUDY.claims(SIZES["smoke"], Found({"rows": rows}))
    assert [claim.key for claim in claims] == ["ratio_k3_p3_50", "rest_k3_p3_50", "ratio_k2_p3_50", "rest_k2_p3_50"]
    assert claims[0].ours == {"mean": 2.0, "interval": None}
    assert {claim.grade for claim in claims} == {"measured"}
    assert len(STUDY.lines(SIZES["smoke"], Found({"rows": rows}))) == 2
