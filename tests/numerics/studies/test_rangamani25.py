"""The study of Rangamani25's network: what it writes, how it goes on, what it says of a network without structure."""

from dataclasses import replace

import numpy as np
import pytest

from numerics.analysis.recurrent_structure import dissect, tables
from numerics.models.rnn import MATRICES, RecurrentNetwork, accuracy, matrices
from numerics.studies import rangamani25
from numerics.studies import rangamani25_settings as settings
from numerics.studies.rangamani25 import SMALL, Settings, Size, claims, train
from numerics.studies.rangamani25_claims import over_seeds, signature
from numerics.studies.reproduce import reproduce
from numerics.studies.study import Found

QUICK = replace(SMALL, p=7, d=8, h=8, batch=16, steps=20)


def test_finished_seeds_are_not_trained_again(tmp_path):
    study = replace(rangamani25.STUDY, sizes={"smoke": Size(QUICK, 2)})
    updates, runs = [], []
    for _ in range(2):
        found = reproduce(study, "smoke", tmp_path, device="cpu", budget=0, progress=lambda *now: updates.append(now))
        runs.append(found.numbers["runs"])
    assert len(updates) == 2 * QUICK.steps
    assert runs[0] == runs[1]
    assert [row["name"] for row in found.numbers["settings"] if row["stated"]] == []
    assert [row["name"] for row in Settings().listed() if row["stated"]] == ["p"]


def test_a_seed_is_a_run():
    one, two, other = (train(QUICK, seed).model.output.weight for seed in (0, 0, 1))
    assert one.equal(two)
    assert not one.equal(other)


def test_the_rate_warms_up_and_falls_to_zero():
    factors = [SMALL.factor(step) for step in range(SMALL.steps + 1)]
    assert factors[0] == 0.1
    assert factors[9] == factors[SMALL.steps // 2] == 1
    assert factors[-1] == 0
    assert min(np.diff(factors[SMALL.steps // 2 :])) < 0 <= min(np.diff(factors[: SMALL.steps // 2]))


def test_tables_have_the_axis_of_their_name_first():
    model = RecurrentNetwork(5, 3, 4, activation="tanh", seed=1)
    found = tables(model)
    assert {name: table.shape for name, table in found.items()} == {
        "W_E": (5, 3), "W_fc": (5, 4), "h1": (5, 4),
        "h2(a)": (5, 5, 4), "h2(b)": (5, 5, 4), "h3(a)": (5, 5, 4), "h3(b)": (5, 5, 4),
    }  # fmt: skip
    np.testing.assert_array_equal(found["h2(a)"][1, 3], found["h2(b)"][3, 1])
    assert not np.allclose(found["h2(a)"], found["h2(b)"])


def test_a_network_without_structure():
    """It shares most frequencies, needs all ranks, and its pairs and projections fit nothing."""
    row = dissect(RecurrentNetwork(SMALL.p, SMALL.d, SMALL.h, seed=5))
    assert row["accuracy"] < 0.2
    assert len(row["shared"]) > SMALL.p / 4
    assert max(pair["share"] for pair in row["pairs"]) < 0.6
    assert min(x for entry in row["fits"] for x in entry["error"]) > 0.5
    grades = {claim.key: claim.grade for claim in claims(rangamani25.SIZES["smoke"], Found({"runs": [row, row]}))}
    assert {grades[key] for key in ("accuracy", "rank_w_e", "rank_w_ih", "rank_w_fc", "pairs", "fit")} == {"not"}


@pytest.mark.parametrize("name", MATRICES)
def test_the_rank_is_where_the_network_loses_accuracy(name):
    """One singular value fewer costs accuracy, also of a network that has learned a part of the task."""
    model = train(replace(QUICK, d=16, h=16, steps=100), 0).model
    found = dissect(model)
    left, values, right = np.linalg.svd(matrices(model)[name].astype(float), full_matrices=False)
    rank = found["ranks"][name]["rank"]

    def reached(r):
        return accuracy(model, {name: ((left[:, :r] * values[:r]) @ right[:r]).astype(np.float32)})

    assert 1 / 7 < found["accuracy"] < 1
    assert rank > 0
    assert reached(rank) >= found["accuracy"] > reached(rank - 1)


def test_intervals_stay_where_values_can_be():
    assert over_seeds([1.0, 1.0, 0.9])["interval"][1] == 1
    assert over_seeds([0.0, 0.0, 0.1])["interval"][0] == 0
    assert over_seeds([1.0, 1.0, 4.0], np.inf)["interval"][1] > 4


def test_a_candidate_that_misses_an_input_meets_no_claim():
    """The best of the candidates is chosen among networks that have learned the task: the planted fault."""
    row = dissect(RecurrentNetwork(SMALL.p, SMALL.d, SMALL.h, seed=5)) | {"name": "untrained"}
    assert any(signature(row).values())
    assert not any(settings.met(row).values())
    solved = row | {"name": "solved", "accuracy": 1.0}
    size = settings.SIZES["smoke"]
    grades = {claim.key: claim for claim in settings.claims(size, Found({"runs": [row, solved]}))}
    assert "by solved" in grades["best"].ours["text"]
    assert (grades["best"].grade, grades["any_accuracy"].grade, grades["any_fit"].grade) == ("not", "reproduced", "not")
    nothing = settings.claims(size, Found({"runs": [row]}))
    assert {claim.grade for claim in nothing} == {"not"}


def test_candidates_have_names_of_their_own():
    for size in settings.SIZES.values():
        assert len({settings.name(each) for each in size.candidates}) == len(size.candidates)


def test_a_constant_rate_makes_a_short_run_the_beginning_of_a_long_one():
    """What lets a candidate be judged before its last step; where the rate falls at the end it does not hold."""
    for how, same in ((replace(QUICK, cool=0.0), True), (QUICK, False)):
        short, long = (replace(how, steps=steps) for steps in (20, 40))
        factors = [[each.factor(step) for step in range(20)] for each in (short, long)]
        assert (factors[0] == factors[1]) == same
    short, long = (train(replace(QUICK, cool=0.0, steps=steps), 0).history for steps in (20, 40))
    assert short[-1] == next(record for record in long if record["step"] == 20)
