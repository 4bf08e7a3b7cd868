"""The studies of the selection law: the protocol, observables on networks made by hand, kills, what is committed."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from numerics.ensemble.engine import Adam, Trained, train
from numerics.interruption import Interrupted
from numerics.selection.exchangeability import uniformity, unit_symmetry
from numerics.studies import frequency_law, multiplicities, pilot, spectral_counts
from numerics.studies.many_seeds import Cell
from numerics.studies.multiplicities import exponent, exponent_interval
from verify.test_selection import commutator, relabelled

RESULTS = Path(__file__).parents[3] / "paper_notes" / "results"
SMALL = Cell("C5", "power", 2, (0.0, 1e-2), 5, updates=120)


def trained(theta):
    count = len(theta)
    zeros = torch.zeros(count)
    return Trained({"theta": torch.as_tensor(theta)}, zeros, zeros.int(), zeros.bool(), {}, 0.0)


def reproduce(study, folder):
    return study.reproduce("smoke", folder, device="cpu", budget=2**30, progress=lambda *seen: None)


def test_the_protocol_is_the_problems():
    assert len(pilot.CELLS) == 8
    assert {(c.group, c.activation, c.m) for c in pilot.CELLS} == {
        (group, activation, m) for group in ("C5", "S3") for activation in ("power", "relu") for m in (2, 8)
    }
    for cell in pilot.CELLS:
        assert cell.penalties == (0.0, 1e-4, 1e-2)
        assert (cell.seeds, cell.updates, cell.rate, cell.dtype, cell.calm) == (100, 20_000, 1e-3, "float64", 1e-7)
        ensemble = cell.ensemble()
        assert ensemble.power == 2
        theta = ensemble.random(cell.m, list(range(100)))["theta"]
        n = theta.shape[-1]
        assert float(theta.std()) == pytest.approx(n**-0.5, rel=0.02)


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
    cell = replace(SMALL, penalties=(0.0,), seeds=4)
    found = cell.observe(trained(theta))
    assert found.key_sets == [("1",), ("2",), ("1", "2"), ("1", "2")]
    assert found.counts.tolist()[:3] == [1, 1, 2]
    assert found.held_sets[:3] == [("1",), ("2",), ("1", "2")]
    row = pilot.configuration(cell, found, 0.0)
    assert row["pure_neurons"] == {"0": 0, "1": 1, "2": 3}
    assert row["same_component"]["count"] == 2
    assert {tuple(each["set"]): each["count"] for each in row["key_sets"]} == {("1",): 1, ("2",): 1, ("1", "2"): 2}
    assert row["key_sets_of_converged"] == []
    # One network more of frequency 2 is seen: the counts are not those of the architecture.
    other = cell.observe(trained(np.stack([network([2, 2])] * 4)))
    assert pilot.configuration(cell, other, 0.0)["key_sets"][0]["count"] == 4


def test_lambda_picks_its_own_networks():
    found = SMALL.observe(SMALL.train(None))
    for penalty in SMALL.penalties:
        part = found.at(penalty)
        assert part.seed.tolist() == list(range(5))
        assert (part.penalty == penalty).all()
    assert found.at(0.0).loss.mean() < found.at(1e-2).loss.mean()
    assert len(found.at(1e-2).neurons.purity) == len(found.at(1e-2).key_sets) == 5


def test_a_killed_pilot_gives_the_same_table(tmp_path, monkeypatch):
    monkeypatch.setattr(pilot, "SMOKE", tuple(replace(cell, seeds=2, updates=60) for cell in pilot.SMOKE[:2]))
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    whole = reproduce(pilot, tmp_path / "one").numbers
    runs = tmp_path / "two" / "mais-pilot-smoke"
    runs.mkdir()
    asked = iter(range(100))
    with pytest.raises(Interrupted):
        pilot.SMOKE[0].train(runs / pilot.SMOKE[0].name, should_stop=lambda: next(asked) == 17)
    again = reproduce(pilot, tmp_path / "two").numbers
    assert again["rows"] == whole["rows"]
    assert len(whole["rows"]) == 6
    # A finished pilot is read, not trained: its processor seconds stay.
    assert reproduce(pilot, tmp_path / "two").numbers["processor_seconds"] == again["processor_seconds"]
    json.dumps(whole, allow_nan=False)
    one, two = (load_file(tmp_path / name / "mais-pilot-smoke.safetensors") for name in ("one", "two"))
    assert all(torch.equal(x, two[name]) for name, x in one.items())


@pytest.mark.parametrize("study", [frequency_law, spectral_counts, multiplicities])
def test_the_other_studies_at_smoke_scale(study, tmp_path):
    found = reproduce(study, tmp_path)
    json.dumps(found.numbers, allow_nan=False)
    assert found.lines
    assert found.draw().axes
    assert all({"claim", "paper", "ours", "verdict"} <= set(claim) for claim in found.numbers["verdict"])


def law_row(first, bias):
    """2000 seeds of C11 that hold two frequencies, pairs {f, 3f} being ``bias`` times as likely as pairs {f, 2f}."""
    rng = np.random.default_rng(first)
    pairs = [(a, b) for a in range(1, 6) for b in range(a + 1, 6)]
    weight = np.array([bias if pair in {(1, 3), (2, 5), (2, 3), (1, 4), (4, 5)} else 1.0 for pair in pairs])
    sets = [tuple(map(str, pairs[i])) for i in rng.choice(10, size=2000, p=weight / weight.sum())]
    tests = [each.to_json() for each in uniformity(sets, list("12345"), unit_symmetry(11), 300)]
    return {"group": "C11", "first": first, "last": first + 1999, "key": {"tests": []}, "held": {"tests": tests}}


def test_two_sets_of_seeds_decide_between_orbits():
    for bias, expected in ((1.0, "not rejected"), (1.4, "rejected")):
        inside, one, two, both = frequency_law.verdict([law_row(0, bias), law_row(2000, bias)])
        assert inside["verdict"] == "not rejected"
        assert (one["verdict"], two["verdict"], both["verdict"]) == (expected,) * 3
        (test,) = both["ours"]["tests"]
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


@pytest.mark.parametrize("cell", pilot.CELLS, ids=lambda cell: cell.name)
def test_the_committed_weights_give_the_committed_table(cell):
    """Rounding to float32 may move a network across a threshold: at most two of a hundred."""
    rows = json.loads((RESULTS / "mais-pilot-cpu.json").read_text())["rows"]
    stored = load_file(RESULTS / "mais-pilot-cpu.safetensors")
    for penalty in cell.penalties:
        one = replace(cell, penalties=(penalty,))
        fresh = pilot.configuration(one, one.observe(trained(stored[f"{cell.name}-{penalty:g}/theta"])), penalty)
        mine = {"group": cell.group, "activation": cell.activation, "m": cell.m, "lambda": penalty}
        (row,) = (row for row in rows if mine.items() <= row.items())
        ours, theirs = ({tuple(each["set"]): each["count"] for each in table["key_sets"]} for table in (fresh, row))
        assert sum(abs(ours.get(key, 0) - theirs.get(key, 0)) for key in ours | theirs) <= 4
        assert abs(fresh["same_component"]["count"] - row["same_component"]["count"]) <= 2
        assert int(stored[f"{cell.name}-{penalty:g}/converged"].sum()) == row["converged"]["count"]


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
