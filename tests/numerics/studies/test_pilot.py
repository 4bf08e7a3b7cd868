"""The studies of the selection law: the protocol, observables on networks made by hand, kills, what is committed."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from numerics.ensemble.engine import Adam, train
from numerics.selection.exchangeability import uniformity, unit_symmetry
from numerics.studies import frequency_law, pilot
from numerics.studies.multiplicities import exponent, exponent_interval
from numerics.studies.reproduce import reproduce
from numerics.studies.study import Found
from theory.errors import Interrupted
from verify.test_selection import cell, commutator, relabelled

RESULTS = Path(__file__).parents[3] / "paper_notes" / "results"
SMALL = cell("C5", "power", 2, 5, updates=120)


def smoke(study, folder):
    return reproduce(study, "smoke", folder, device="cpu", budget=2**30, progress=lambda *seen: None)


def test_the_protocol_is_the_problems():
    assert {(c.group, c.activation, c.width, c.penalty) for c in pilot.CELLS} == {
        (group, activation, m, penalty)
        for group in ("C5", "S3") for activation in ("power", "relu") for m in (2, 8) for penalty in (0, 1e-4, 1e-2)
    }  # fmt: skip
    for each in pilot.CELLS:
        assert (each.seeds, each.updates, each.rate, each.precision) == (100, 20_000, 1e-3, "float64")
        assert (each.tolerance, each.calm, each.penalty_power, each.decay) == (1e-7, 500, 2, 0)
        theta = each.members("cpu", 2**30).parameters["theta"]
        assert float(theta.std()) == pytest.approx(each.order**-0.5, rel=0.02)


def cosine(p, frequency, phase):
    return np.cos(2 * np.pi * frequency * np.arange(p) / p - phase)


def network(frequencies, p=5):
    """One neuron per frequency with u, v, w of that frequency and phases that add up."""
    return np.stack([np.stack([cosine(p, f, t) for t in (0.3, 0.5, 0.8)]) for f in frequencies])


def test_observables_of_networks_made_by_hand():
    rng = np.random.default_rng(0)
    mixed = network([1, 2])
    mixed[1] += 0.5 * rng.normal(size=(3, 5))
    theta = np.stack([network([1, 1]), network([2, 2]), network([1, 2]), mixed])
    four = replace(SMALL, seeds=4)
    rows = [row | {"converged": False, "updates_made": 0, "loss": 0.0} for row in four.selected(torch.tensor(theta))]
    assert [row["key_set"] for row in rows] == [("1",), ("2",), ("1", "2"), ("1", "2")]
    assert [row["spectral_count"] for row in rows[:3]] == [1, 1, 2]
    assert [row["held_set"] for row in rows[:3]] == [("1",), ("2",), ("1", "2")]
    row = pilot.configuration(four, rows)
    assert row["pure_neurons"] == {"0": 0, "1": 1, "2": 3}
    assert row["same_component"]["count"] == 2
    assert {tuple(each["set"]): each["count"] for each in row["key_sets"]} == {("1",): 1, ("2",): 1, ("1", "2"): 2}
    assert row["key_sets_of_converged"] == []
    assert pilot.configuration(four, [rows[1]] * 4)["key_sets"][0]["count"] == 4, "other networks, other counts"


def test_a_killed_pilot_gives_the_same_table(tmp_path):
    cells = tuple(replace(each, seeds=2, updates=60) for each in pilot.CELLS[::8])
    study = replace(pilot.STUDY, sizes={"smoke": cells})
    whole = smoke(study, tmp_path / "one").numbers
    runs = tmp_path / "two" / "mais-pilot-smoke"
    runs.mkdir(parents=True)
    asked = iter(range(100))
    with pytest.raises(Interrupted):
        cells[0].run(runs / cells[0].name, should_stop=lambda: next(asked) == 17)
    again = smoke(study, tmp_path / "two").numbers
    assert again["rows"] == whole["rows"]
    assert [row["group"] for row in whole["rows"]] == ["C5", "S3", "C5"]
    # A finished pilot is read, not trained: its processor seconds stay.
    assert smoke(study, tmp_path / "two").numbers["processor_seconds"] == again["processor_seconds"]
    one, two = (load_file(tmp_path / name / "mais-pilot-smoke.safetensors") for name in ("one", "two"))
    assert all(torch.equal(x, two[name]) for name, x in one.items())


def law_row(first, bias):
    """2000 seeds of C11 that hold two frequencies, pairs {f, 3f} being ``bias`` times as likely as pairs {f, 2f}."""
    rng = np.random.default_rng(first)
    pairs = [(a, b) for a in range(1, 6) for b in range(a + 1, 6)]
    weight = np.array([bias if pair in {(1, 3), (2, 5), (2, 3), (1, 4), (4, 5)} else 1.0 for pair in pairs])
    sets = [tuple(map(str, pairs[i])) for i in rng.choice(10, size=2000, p=weight / weight.sum())]
    tests = [each.to_json() for each in uniformity(sets, list("12345"), unit_symmetry(11), 300)]
    return {"group": "C11", "first": first, "last": first + 1999, "key": {"tests": []}, "held": {"tests": tests}}


def test_two_sets_of_seeds_decide_between_orbits():
    for bias, expected in ((1.0, False), (1.4, True)):
        rows = [law_row(0, bias), law_row(2000, bias)]
        inside, *others = [claim.ours for claim in frequency_law.claims((), Found({"rows": rows}))]
        assert not inside["rejected"]
        assert [each["rejected"] for each in others] == [expected] * 3
        (test,) = others[2]["tests"]
        assert test["networks"] == sum(test["orbits"].values()) == 4000


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0, 3.5])
def test_the_exponent_of_an_exact_power_law(power):
    dimension = np.array([1, 2, 3, 3])
    assert exponent(1000 * dimension**power, dimension) == pytest.approx(power, abs=1e-9)
    assert exponent(np.array([0, 0, 5, 6]), dimension) == math.inf
    assert exponent(np.array([7, 0, 0, 0]), dimension) == -math.inf
    assert exponent_interval(np.zeros((3, 4)), dimension) is None


def test_the_exponents_interval_covers_the_law():
    dimension = np.array([1, 2, 3, 3])
    law = dimension**2 / (dimension**2).sum()
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(40):
        low, high = exponent_interval(rng.multinomial(100, law, size=30), dimension)["interval"]
        inside += low <= 2 <= high
    assert inside >= 34


@pytest.mark.parametrize("one", pilot.CELLS, ids=lambda one: one.name)
def test_the_committed_weights_give_the_committed_table(one):
    """Rounding to float32 may move a network across a threshold: at most two of a hundred."""
    rows = json.loads((RESULTS / "mais-pilot-cpu.json").read_text())["rows"]
    stored = load_file(RESULTS / "mais-pilot-cpu.safetensors")
    ends = {"converged": False, "updates_made": 0, "loss": 0.0}
    fresh = pilot.configuration(one, [row | ends for row in one.selected(stored[f"{one.name}/theta"])])
    mine = {"group": one.group, "activation": one.activation, "m": one.width, "lambda": one.penalty}
    (row,) = (row for row in rows if mine.items() <= row.items())
    ours, theirs = ({tuple(each["set"]): each["count"] for each in table["key_sets"]} for table in (fresh, row))
    assert sum(abs(ours.get(key, 0) - theirs.get(key, 0)) for key in ours | theirs) <= 4
    assert abs(fresh["same_component"]["count"] - row["same_component"]["count"]) <= 2
    assert int(stored[f"{one.name}/converged"].sum()) == row["converged"]["count"]


def test_a_map_that_is_no_automorphism_does_not_commute_with_training():
    """The twin of the check that units do."""
    assert commutator("C5", "power", lambda theta: relabelled(theta, 2)) < 1e-9
    assert commutator("C5", "power", lambda theta: theta[..., [1, 0, 2, 3, 4]]) > 1e-2


def test_a_gradient_that_lets_members_meet_is_seen():
    """The twin of the check of members: a penalty that is averaged over the batch."""
    ensemble = SMALL.ensemble()

    def leaky(parameters, data):
        return ensemble(parameters, {"penalty": data["penalty"].mean().expand(len(data["penalty"]))})

    def run(seeds):
        penalty = torch.tensor([0.01 * seed for seed in seeds], dtype=torch.float64)
        start = ensemble.random(2, seeds)
        return train(leaky, start, {"penalty": penalty}, optimiser=Adam(1e-2), updates=20).parameters["theta"]

    assert not torch.equal(run([0, 1, 2])[2], run([2])[0])
