"""Ours: what training selects over many seeds: replications, a few of the registered seeds trained again.

The registered numbers themselves are computed from the stored counts in ``test_selection_stored.py``.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics.ensemble.cell import Finished
from numerics.ensemble.engine import Adam, Calm, train
from numerics.studies.frequency_law import SIZES as LAW
from numerics.studies.multiplicities import SIZES as MULTIPLICITIES
from numerics.studies.pilot import CELLS
from numerics.studies.spectral_counts import SIZES as COUNTS
from numerics.sweeps.cell import GroupCell, one_thread
from numerics.sweeps.plan import plan_of
from verify.result import at_least, at_most, close

SMALL = [(group, activation, m) for group in ("C5", "S3") for activation in ("power", "relu") for m in (2, 8)]
OTHER_PROCESSORS = "another processor may round otherwise, and a seed near a boundary may fall on its other side"


def cell(group: str, activation: str, m: int, seeds: int, **settings) -> GroupCell:
    """One cell, with the usual settings."""
    given = {"group": group, "activation": activation, "width": m, "seeds": seeds}
    return plan_of(given | settings).cells[0]


def observed(one: GroupCell, seeds: int) -> Finished[GroupCell]:
    """The first seeds of a cell, trained now."""
    with one_thread():
        return replace(one, seeds=seeds).run()


MEMBERS = "Ours:members of an ensemble"


@pytest.mark.statement(MEMBERS)
@pytest.mark.parametrize(("group", "activation", "m"), SMALL)
def test_a_member_equals_its_seed_alone(group, activation, m, check, twin):
    ensemble = cell(group, activation, m, 1).ensemble()

    def run(seeds):
        penalty = torch.tensor([(0.0, 1e-4, 1e-2)[seed % 3] for seed in seeds], dtype=torch.float64)
        rule = Calm(1e-2, 5)
        found = train(ensemble, ensemble.random(m, seeds), {"penalty": penalty}, optimiser=Adam(1e-2), updates=80,
                      rule=rule)  # fmt: skip
        return found.parameters["theta"].numpy(), found.updates.numpy()

    weights, updates = run(list(range(9)))
    for seed in (0, 5):
        alone, count = run([seed])
        name = f"{group}, {activation}, m={m}, seed {seed}"
        check(close(MEMBERS, f"{name}: updates", float(count[0]), float(updates[seed]), 0.0))
        check(at_most(MEMBERS, f"{name}: largest difference", float(np.abs(alone[0] - weights[seed]).max()), 0.0))
        other = float(np.abs(alone[0] - weights[seed + 1]).max())
        twin(at_most(MEMBERS, f"{name}: largest difference from the next member", other, 0.0))


RELABELLED = "Ours:relabelled seeds"


def relabelled(theta: torch.Tensor, t: int) -> torch.Tensor:
    """The network on inputs and outputs multiplied by t: entry x moves to t x."""
    n = theta.shape[-1]
    moved = torch.empty_like(theta)
    moved[..., torch.arange(n) * t % n] = theta
    return moved


def exchanged(theta: torch.Tensor) -> torch.Tensor:
    """Entries 1 and 2 of every vector exchanged: no automorphism from order five on."""
    order = [0, 2, 1, *range(3, theta.shape[-1])]
    return theta[..., order]


def commutator(group: str, activation: str, move) -> float:
    """Largest difference between training the moved networks and moving the trained ones, 100 updates of Adam."""
    ensemble = cell(group, activation, 4, 3).ensemble()
    theta = ensemble.random(4, [0, 1, 2])["theta"]
    data = {"penalty": torch.full((3,), 1e-3, dtype=torch.float64)}
    ends = [
        train(ensemble, {"theta": start}, data, optimiser=Adam(1e-2), updates=100).parameters["theta"]
        for start in (theta, move(theta))
    ]
    return float((move(ends[0]) - ends[1]).abs().max())


@pytest.mark.statement(RELABELLED)
@pytest.mark.parametrize("activation", ["power", "relu"])
@pytest.mark.parametrize(("group", "unit"), [("C5", 2), ("C7", 3), ("C9", 2), ("C11", 2)])
def test_training_commutes_with_multiplication_by_a_unit(group, unit, activation, check, twin):
    difference = commutator(group, activation, lambda theta: relabelled(theta, unit))
    detail = "sums in another order; 100 updates of size 0.01"
    check(at_most(RELABELLED, f"{group}, {activation}, times {unit}", difference, 0.0, 1e-9, detail))
    swapped = commutator(group, activation, exchanged)
    twin(at_most(RELABELLED, f"{group}, {activation}, entries 1 and 2 exchanged", swapped, 0.0, 1e-9, detail))


def rotated(registered):
    """What is registered, each of the next seed."""
    return (*registered[1:], registered[0])


PILOT = "Ours:pilot, C5 at width 2"
KEY_SETS = ("12", "12", "1", "12", "12", "2", "1", "12", "1", "1", "2", "1")
SAME_FREQUENCY = (0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 1)


@pytest.mark.statement(PILOT)
def test_the_pilots_first_seeds(check, twin):
    (chosen,) = (each for each in CELLS if each.name == "C5-power-2-0.01")
    found = observed(chosen, len(KEY_SETS))
    check(
        at_least(PILOT, "the first seeds converge within 20,000 updates", float(found.column("converged").mean()), 1.0)
    )
    same = [float("".join(row["key_set"]) == before) for row, before in zip(found.rows, KEY_SETS, strict=True)]
    check(at_least(PILOT, "key sets as registered", float(np.mean(same)), 11 / 12, detail=OTHER_PROCESSORS))
    pure = found.column("same_frequency") == np.array(SAME_FREQUENCY, dtype=bool)
    check(at_least(PILOT, "same frequency as registered", float(pure.mean()), 11 / 12, detail=OTHER_PROCESSORS))
    moved = [
        float("".join(row["key_set"]) == before) for row, before in zip(found.rows, rotated(KEY_SETS), strict=True)
    ]
    twin(at_least(PILOT, "key sets of the next seeds", float(np.mean(moved)), 11 / 12))


FREQUENCIES = "Ours:law of the frequencies"
HELD = ("125", "1245", "24", "135", "25", "2345", "345", "1345", "34", "235", "15", "25", "14", "14", "234", "1235")


@pytest.mark.statement(FREQUENCIES)
def test_the_laws_first_seeds(check, twin):
    found = observed(LAW["cpu"][1], len(HELD))
    same = [float("".join(row["held_set"]) == before) for row, before in zip(found.rows, HELD, strict=True)]
    check(at_least(FREQUENCIES, "C11: held sets as registered", float(np.mean(same)), 0.8, detail=OTHER_PROCESSORS))
    moved = [float("".join(row["held_set"]) == before) for row, before in zip(found.rows, rotated(HELD), strict=True)]
    twin(at_least(FREQUENCIES, "C11: held sets of the next seeds", float(np.mean(moved)), 0.8))


SPECTRAL = "Ours:spectral count"
COUNTS_AT_11 = (5, 5, 5, 4, 5, 4, 5, 5, 5, 5)


@pytest.mark.statement(SPECTRAL)
def test_the_counts_of_the_first_seeds(check, twin):
    found = observed(COUNTS["cpu"][1], len(COUNTS_AT_11))
    check(at_least(SPECTRAL, "p = 11: seeds that solve the table", float((found.column("accuracy") == 1).mean()), 1.0))
    same = (found.column("spectral_count") == np.array(COUNTS_AT_11)).mean()
    check(at_least(SPECTRAL, "p = 11: counts as registered", float(same), 0.8, detail=OTHER_PROCESSORS))
    fewer = (found.column("spectral_count") == np.array(COUNTS_AT_11) - 1).mean()
    twin(at_least(SPECTRAL, "p = 11: one frequency fewer", float(fewer), 0.8))


NEURONS = "Ours:neurons per representation"
SIGN_NEURONS = (16, 14, 16, 14, 10, 15)


@pytest.mark.statement(NEURONS)
def test_the_neurons_of_the_first_seeds(check, twin):
    found = observed(MULTIPLICITIES["cpu"][0], len(SIGN_NEURONS))
    sign = found.column("strongest")[:, 0]
    worst = float(np.abs(sign - np.array(SIGN_NEURONS)).max())
    check(at_most(NEURONS, "S3, x^2: neurons of the sign representation, off by", worst, 2.0, detail=OTHER_PROCESSORS))
    moved = float(np.abs(sign - np.array(rotated(SIGN_NEURONS))).max())
    twin(at_most(NEURONS, "S3, x^2: neurons of the next seeds, off by", moved, 2.0))
    share = float(sign.mean() / found.cell.width)
    check(at_most(NEURONS, "S3, x^2: fewer than d^2 gives", share, 1 / 5))
