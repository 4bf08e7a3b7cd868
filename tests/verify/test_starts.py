"""The examination of stored starts accepts honest rows and refuses planted faults."""

import copy

import pytest

from numerics.studies.starved_frequencies import table
from verify.starts import fed_sequences, law_checks, said, table_checks, tails

NAME = "Ours:starved frequencies"


def entry():
    """An honest group: two starved seeds of which one has failed, three fed ones of which none has."""
    seeds = [
        {"seed": seed, "fewest_neurons": fewest, "starved": int(fewest < 6), "margin": margin}
        for seed, (fewest, margin) in enumerate([(5, 0.9), (7, 0.9995), (4, 0.9999), (6, 0.99999), (9, 1.0)])
    ]
    return {"k": 2, "p": 71, "m": 500, "needed": 6, "table": table(seeds), "seeds": seeds}


def refused(group):
    return [result.label for result in table_checks(NAME, group) if not result.holds]


def test_an_honest_group_is_accepted():
    assert not refused(entry())
    everything = copy.deepcopy(entry())
    everything["seeds"] = everything["seeds"][1:2]
    everything["seeds"][0]["seed"] = 0
    everything["table"] = table(everything["seeds"])  # no starved seed at all
    assert not refused(everything)


def plant_margin(group):
    group["seeds"][1]["margin"] = 0.998


def plant_nan(group):
    group["seeds"][1]["margin"] = float("nan")


def plant_flag(group):
    group["seeds"][3]["starved"] = 1


def plant_neurons(group):
    group["seeds"][0]["fewest_neurons"] = 6


def plant_needed(group):
    group["needed"] = 5


def plant_count(group):
    group["table"]["starved"]["count"] = 2


def plant_low(group):
    group["table"]["starved"]["interval"][0] *= 1.001


def plant_high(group):
    group["table"]["fed"]["interval"][1] *= 0.999


def plant_edge(group):
    group["table"]["fed"]["interval"][0] = 1e-6


def plant_seed(group):
    group["seeds"][4]["seed"] = 5


@pytest.mark.parametrize("plant", [plant_margin, plant_nan, plant_flag, plant_neurons, plant_needed, plant_count,
                                   plant_low, plant_high, plant_edge, plant_seed])  # fmt: skip
def test_a_planted_fault_is_refused(plant):
    group = copy.deepcopy(entry())
    plant(group)
    assert refused(group)


def test_a_claim_with_another_number_is_refused():
    assert [result.holds for result in said(NAME, "it fails in 3 of 4 seeds.", ["3 of 4", "2 of 4"])] == [True, False]


def test_tails_are_binomial():
    assert tails(0, 3, 0.2, 0.5) == pytest.approx((1, 0.125))
    assert tails(3, 3, 0.5, 0.2) == pytest.approx((0.125, 1))


def law():
    """An honest row of one hundred seeds."""
    fed_at = [30 + seed % 40 for seed in range(100)]
    return {"k": 2, "p": 7, "needed": 6, "m": 80, "neurons": [2700, 2650, 2650], "fed_at": fed_at, "predicted": 39,
            "measured": {"value": 69}, "fed_at_predicted": {"count": 30}}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [
    ("measured", {"value": 68}), ("fed_at_predicted", {"count": 29}), ("needed", 5), ("neurons", [2700, 2650, 2649]),
    ("neurons", [4000, 4000]), ("predicted", 45),
])  # fmt: skip
def test_a_planted_fault_in_a_law_is_refused(name, value):
    assert all(result.holds for result in law_checks(NAME, law()))
    assert not all(result.holds for result in law_checks(NAME, law() | {name: value}))


def test_sequences_are_counted_in_integers():
    assert fed_sequences(4, 2, 2) == 6
    assert fed_sequences(3, 2, 2) == 0
    assert fed_sequences(5, 1, 5) == 1
