"""Ours, on Ding24's networks: what initial circularity adds to the initial signal, and composite moduli."""

from math import gcd

import numpy as np
import pytest

from numerics.analysis.circles import circularity
from numerics.studies.ding24_sweeps.cells import EmbeddingCell, Training, drawn_embeddings
from verify.result import at_least, at_most

CIRCULARITY = "Ours:initial circularity"
P, D, SEEDS = 23, 16, range(10)


def standardised(x):
    """Every network's values with mean 0 and deviation 1."""
    return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)


def permuted_p(x, alive, draws=2000):
    """The survivors' mean, and how often permuting a network's values gives one as far from 0."""
    generator = np.random.default_rng(0)
    found = x[alive].mean()
    chance = [abs(generator.permuted(x, axis=1)[alive].mean()) for _ in range(draws)]
    return float(found), (1 + sum(each >= abs(found) for each in chance)) / (draws + 1)


@pytest.mark.statement(CIRCULARITY)
def test_initial_circularity_says_what_the_signal_says(check, twin):
    rows = EmbeddingCell("cell", P, D, [*SEEDS], [*SEEDS], Training(400, weight_decay=1.0)).run().rows
    alive = np.array([[k in row["alive"] for k in range(1, P // 2 + 1)] for row in rows])
    signal = standardised(np.array([row["initial"] for row in rows]))
    drawn = drawn_embeddings(P, D, SEEDS)
    round_ = standardised(np.array([[circularity(np.asarray(x), k) for k in range(1, P // 2 + 1)] for x in drawn]))
    shared = float((signal * round_).mean())
    check(at_least(CIRCULARITY, "survivors in ten networks", float(alive.sum()), 10))
    check(at_least(CIRCULARITY, "correlation of circularity and signal at the start", shared, 0.6))
    mean, p_value = permuted_p(round_, alive)
    check(at_least(CIRCULARITY, "survivors' circularity, in deviations", mean, 0.5))
    check(at_most(CIRCULARITY, "its p-value", p_value, 1e-3))
    left, p_left = permuted_p(round_ - shared * signal, alive)
    check(at_most(CIRCULARITY, "what the signal leaves of it, in deviations", abs(left), 0.25))
    check(at_least(CIRCULARITY, "its p-value", p_left, 0.05))
    twin(at_most(CIRCULARITY, "survivors' circularity, as what is left", mean, 0.25))
    twin(at_most(CIRCULARITY, "what is left, as the circularity itself", p_left, 1e-3))


COMPOSITE = "Ours:circles at composite moduli"


@pytest.mark.statement(COMPOSITE)
@pytest.mark.parametrize("p", [21, 25])
def test_circles_at_composite_moduli(p, check, twin):
    rows = EmbeddingCell("cell", p, D, [0, 1], [0, 1], Training(800, weight_decay=1.0)).run().rows
    for seed, row in enumerate(rows):
        where = f"p = {p}, seed {seed}"
        check(at_least(COMPOSITE, f"{where}: test accuracy", row["test_accuracy"], 0.95))
        check(at_least(COMPOSITE, f"{where}: circles that survive", len(row["alive"]), 2))
        check(at_most(COMPOSITE, f"{where}: circles that survive", len(row["alive"]), 4))
        units = sum(gcd(k, p) == 1 for k in row["alive"])
        check(at_least(COMPOSITE, f"{where}: of them, without a common factor with p", units, 1))
        twin(at_least(COMPOSITE, f"{where}: half of all", len(row["alive"]), (p - 1) / 4))
