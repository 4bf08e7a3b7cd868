"""Rangamani25's claims on networks that are trained here, and the same rules on networks that have learned nothing."""

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from numerics.analysis.recurrent_structure import ablations, dissect
from numerics.models.rnn import RecurrentNetwork
from numerics.studies.rangamani25 import SMALL, train
from verify.result import CheckResult, at_least, at_most

SHARED = "Rangamani25:shared frequencies"
RANKS = "Rangamani25:ranks"
VECTORS = "Rangamani25:singular vectors"
FIT = "Rangamani25:fit"
ABLATION = "Rangamani25:ablation"


@lru_cache
def network(seed: int) -> RecurrentNetwork:
    return train(SMALL, seed).model


@lru_cache
def learned(seed: int) -> dict[str, Any]:
    """A trained network, taken apart."""
    return dissect(network(seed))


@lru_cache
def untrained() -> dict[str, Any]:
    return dissect(RecurrentNetwork(SMALL.p, SMALL.d, SMALL.h, seed=0))


def shared_frequencies(row: dict[str, Any]) -> list[CheckResult]:
    p = 2 * len(row["shares"]["W_E"]) - 1
    held = [share for name, share in row["held"].items() if name != "W_fc"]
    return [
        at_least(SHARED, "accuracy", row["accuracy"], 1.0),
        at_least(SHARED, "shared frequencies: at least one", len(row["shared"]), 1),
        at_most(SHARED, "shared frequencies: few of (p-1)/2", len(row["shared"]), p / 5),
        at_least(SHARED, "least share of power that they hold in W_E, h1, h2 or h3", min(held), 0.8),
        at_least(SHARED, "accuracy with these alone in W_E", row["kept_alone"]["W_E"], 1.0),
    ]


def ranks(row: dict[str, Any]) -> list[CheckResult]:
    twice, found = 2 * len(row["shared"]), {name: x["rank"] for name, x in row["ranks"].items()}
    return [
        *(at_most(RANKS, f"rank of {name}: at most", found[name], 1.25 * twice) for name in ("W_E", "W_ih")),
        *(at_least(RANKS, f"rank of {name}: at least", found[name], 0.75 * twice) for name in ("W_E", "W_ih")),
        at_least(RANKS, "rank of W_hh above those", found["W_hh"], max(found["W_E"], found["W_ih"]) + 1),
        at_most(RANKS, "rank of W_hh below all", found["W_hh"], row["ranks"]["W_hh"]["of"] - 1),
    ]


def vectors(row: dict[str, Any]) -> list[CheckResult]:
    return [at_least(VECTORS, "power of the first singular vectors at these frequencies", row["span"], 0.8)]


def fits(row: dict[str, Any]) -> list[CheckResult]:
    errors = [x for entry in row["fits"] for x in entry["error"]]
    return [at_most(FIT, "median relative error", float(np.median(errors or [1.0])), 0.3)]


def ablation(row: dict[str, Any]) -> list[CheckResult]:
    means = {name: np.array([x["mean"] for x in row["ablations"][name]]) for name in ("W_E", "W_fc")}
    rises = [float(np.diff(x).max(initial=-1.0)) for x in means.values()]
    return [
        *(at_most(ABLATION, f"{name} without any of them", x[-1], 0.25) for name, x in means.items()),
        at_most(ABLATION, "rise of the mean accuracy when one more is removed", max(rises), 0.0),
        at_most(ABLATION, "W_E without one of them", means["W_E"][:2][-1], 0.9),
    ]


RULES = {SHARED: shared_frequencies, RANKS: ranks, VECTORS: vectors, FIT: fits, ABLATION: ablation}


EVERY = pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.statement(name)) for name in RULES])


@EVERY
def test_a_small_network(name, check):
    for result in RULES[name](learned(0)):
        check(result)


@EVERY
@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_more_seeds(name, seed, check):
    for result in RULES[name](learned(seed)):
        check(result)


def ranks_of(row: dict[str, Any], **needed: int) -> dict[str, Any]:
    return row["ranks"] | {name: row["ranks"][name] | {"rank": rank} for name, rank in needed.items()}


@EVERY
def test_every_rule_refuses_a_planted_fault(name, twin):
    """Each rule by itself: an untrained network, and the trained one with what the rule looks at made worse."""
    row = learned(0)
    others = tuple(k for k in range(1, SMALL.p // 2 + 1) if k not in row["shared"])[: len(row["shared"])]
    harmless = {matrix: ablations(network(0), matrix, others) for matrix in ("W_E", "W_fc")}
    rising = {matrix: entries[::-1] for matrix, entries in row["ablations"].items()}
    faults = {
        SHARED: [{"shared": []}, {"held": dict.fromkeys(row["held"], 0.5)}],
        RANKS: [{"ranks": ranks_of(row, W_E=20, W_ih=20)}, {"ranks": ranks_of(row, W_hh=SMALL.h)}],
        ABLATION: [{"ablations": harmless}, {"ablations": rising}],
    }
    planted = [untrained(), *(row | fault for fault in faults.get(name, []))]
    for results in zip(*(RULES[name](each) for each in planted), strict=True):
        refused = [result for result in results if not result.holds]
        assert refused, f"no plant is refused by the rule: {results[0].label}"
        for result in refused:
            twin(result)
