"""The study of Rangamani25's network: what it writes, how it goes on, what it says of a network without structure."""

import json
from dataclasses import replace

import numpy as np
import pytest

from numerics.models.rnn import RecurrentNetwork, accuracy
from numerics.studies import rangamani25
from numerics.studies.rangamani25 import PAPER, SMALL, Settings, Size, dissect, reproduce, tables, train

QUICK = replace(SMALL, p=7, d=8, h=8, batch=16, steps=20)


def silent(label, done, planned):
    pass


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setitem(rangamani25.SIZES, "smoke", Size(QUICK, 2))


def test_the_outcome(quick, tmp_path):
    found = reproduce("smoke", tmp_path / "runs", device="cpu", budget=0, progress=silent)
    numbers = json.loads(json.dumps(found.numbers, allow_nan=False))
    assert numbers["preset"] == "rangamani25"
    assert [row["seed"] for row in numbers["runs"]] == [0, 1]
    assert {row["verdict"] for row in numbers["verdict"]} <= {"reproduced", "partly", "not"}
    assert all({"claim", "paper", "ours"} <= set(row) for row in numbers["verdict"])
    assert len(found.lines) == 1 + 2 + len(numbers["verdict"]) + len(numbers["observations"])
    assert [row["name"] for row in numbers["settings"] if row["stated"]] == []
    assert [row["name"] for row in Settings().listed() if row["stated"]] == ["p"]
    found.draw().canvas.draw()


def test_finished_seeds_are_not_trained_again(quick, tmp_path):
    updates = []
    runs = []
    for _ in range(2):
        found = reproduce("smoke", tmp_path, device="cpu", budget=0, progress=lambda *update: updates.append(update))
        runs.append(found.numbers["runs"])
    assert len(updates) == 2 * QUICK.steps
    assert runs[0] == runs[1]


def test_a_seed_is_a_run():
    one, two, other = (train(QUICK, seed)[0].output.weight for seed in (0, 0, 1))
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
    held = {claim["claim"]: claim["verdict"] for claim in rangamani25._verdicts([row, row])}
    assert held["accuracy on all inputs [100%]"] == "not"
    assert {verdict for claim, verdict in held.items() if "[equal]" in claim or "pairs" in claim} == {"not"}


def test_the_target_of_the_ranks_is_the_accuracy_of_the_network():
    model = RecurrentNetwork(7, 6, 6, seed=0)
    assert dissect(model)["accuracy"] == accuracy(model)


def test_the_papers_numbers():
    assert PAPER["frequencies"] == [6, 15, 20, 29, 47, 54]
    assert PAPER["ranks"] == {"W_E": 12, "W_ih": 12, "W_hh": 32, "W_fc": 12}
    assert PAPER["energy"] == {"W_E": 0.854, "W_ih": 0.914, "W_hh": 0.894, "W_fc": 0.955}
