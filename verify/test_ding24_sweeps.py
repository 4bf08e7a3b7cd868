"""Ding24's sweeps in seconds: p = 23, d = 16, weight decay 1, 400 steps, at which most networks have settled.

The sweeps themselves, with the paper's decay and larger networks, are `fourier-margin reproduce ding24-sweep-...`.
"""

from fractions import Fraction

import numpy as np
import pytest

from numerics.studies.ding24_sweeps.cells import EmbeddingCell, Training, drawn_embeddings
from numerics.studies.ding24_sweeps.pairs import two_frequencies
from numerics.studies.ding24_sweeps.perturb import scaled
from verify.result import at_least, at_most, proved

P, D, DECAY = 23, 16, 1.0
SEEDS = range(4)


def members(seeds=SEEDS, *, p=P, decay=DECAY, steps=400, embeddings=None):
    """Train one cell: a row per seed."""
    seeds, how = list(seeds), Training(steps, weight_decay=decay)
    return EmbeddingCell("cell", p, D, seeds, seeds, how, embeddings=embeddings and (lambda: embeddings)).run().rows


SIGNAL = "Ding24:Section 3.2.1, initial signal"


@pytest.mark.statement(SIGNAL)
def test_survivors_began_stronger(check, twin):
    """A permutation test: inside each network the survivors' places among the initial signals are drawn anew."""
    found = members(range(10))
    signal = np.array([member["initial"] for member in found])
    signal = (signal - signal.mean(axis=1, keepdims=True)) / signal.std(axis=1, keepdims=True)
    alive = np.array([[k in member["alive"] for k in range(1, P // 2 + 1)] for member in found])
    check(at_least(SIGNAL, "survivors in ten networks", float(alive.sum()), 10))
    excess = signal[alive].mean()
    generator = np.random.default_rng(0)
    chance = [generator.permuted(signal, axis=1)[alive].mean() for _ in range(2000)]
    p_value = (1 + sum(x >= excess for x in chance)) / 2001
    check(at_least(SIGNAL, "their initial signal, in standard deviations of all", float(excess), 0.5))
    check(at_most(SIGNAL, "p-value of the permutation test", p_value, 1e-3))
    others = generator.permuted(alive, axis=1)
    planted = (1 + sum(x >= signal[others].mean() for x in chance)) / 2001
    twin(at_most(SIGNAL, "p-value for survivors drawn at random", planted, 1e-3))


SCALED = "Ding24:Section 3.2.1, one frequency scaled"


@pytest.mark.statement(SCALED)
def test_a_weakened_frequency_dies_and_a_strengthened_one_survives(check, twin):
    drawn = drawn_embeddings(P, D, SEEDS)
    rates = [
        np.mean([5 in member["alive"] for member in members(embeddings=[scaled(x, 5, scale) for x in drawn])])
        for scale in (0.5, 1.7)
    ]
    check(at_most(SCALED, "survival rate of half its signal", float(rates[0]), 0.2))
    check(at_least(SCALED, "survival rate of 1.7 times its signal", float(rates[1]), 0.8))
    elsewhere = members(embeddings=[scaled(x, 7, 1.7) for x in drawn])
    rate = float(np.mean([5 in member["alive"] for member in elsewhere]))
    twin(at_least(SCALED, "survival rate where another frequency was strengthened", rate, 0.8))


PAIRS = "Ding24:Section 3.2.1, two frequencies"


@pytest.mark.statement(PAIRS)
def test_the_stronger_of_two_frequencies_survives(check, twin):
    found = [members(embeddings=[two_frequencies(P, D, ratio, seed) for seed in SEEDS]) for ratio in (0.05, 0.8)]
    for ratio, networks in zip((0.05, 0.8), found, strict=True):
        rate = float(np.mean([1 in member["alive"] for member in networks]))
        check(at_least(PAIRS, f"survival rate of the stronger, r = {ratio}", rate, 1.0))
    weak, strong = (float(np.mean([2 in member["alive"] for member in networks])) for networks in found)
    check(at_least(PAIRS, "the weaker survives more often at r = 0.8 than at r = 0.05", strong - weak, 0.5))
    twin(at_least(PAIRS, "survival rate of the weaker, r = 0.05", weak, 1.0))
    twin(at_least(PAIRS, "it survives more often at r = 0.05 than at r = 0.8", weak - strong, 0.5))


WITHOUT = "Ding24:Appendix A, weight decay"


@pytest.mark.statement(WITHOUT)
def test_without_decay_nothing_dies_and_nothing_is_learnt(check, twin):
    without, decayed = members(decay=0.0), members()
    kept = [np.mean(np.array(x["final"]) > 0.9 * np.array(x["initial"])) for x in without]
    check(at_least(WITHOUT, "share of frequencies with 0.9 of their signal, without decay", float(min(kept)), 1.0))
    check(at_least(WITHOUT, "its training accuracy", min(x["train_accuracy"] for x in without), 1.0))
    check(at_most(WITHOUT, "its test accuracy", max(x["test_accuracy"] for x in without), 0.1))
    check(at_least(WITHOUT, "test accuracy with decay 1", min(x["test_accuracy"] for x in decayed), 0.8))
    twin(at_most(WITHOUT, "test accuracy with decay 1, as without", max(x["test_accuracy"] for x in decayed), 0.1))
    left = max(np.mean(np.array(x["final"]) > 0.5 * np.array(x["initial"])) for x in decayed)
    check(at_most(WITHOUT, "share of frequencies with half their signal, with decay 1", float(left), 0.5))
    lost = [np.mean(np.array(x["final"]) > 0.9 * np.array(x["initial"])) for x in decayed]
    twin(at_least(WITHOUT, "share with 0.9 of their signal, with decay 1", float(min(lost)), 1.0))


MODULI = "Ding24:Section 3.1, larger moduli"


@pytest.mark.statement(MODULI)
def test_more_circles_at_a_larger_modulus(check, twin):
    means = [float(np.mean([len(member["alive"]) for member in members(p=p)])) for p in (17, 31)]
    check(at_least(MODULI, "mean number of survivors at p = 31 minus that at p = 17", means[1] - means[0], 1.0))
    again = float(np.mean([len(member["alive"]) for member in members(range(4, 8), p=17)]))
    twin(at_least(MODULI, "of other seeds at p = 17 minus that at p = 17", again - means[0], 1.0))


QUARTER = "Ours:fewer than p/4 survive"


def counted(signals: list[Fraction], zero: Fraction) -> int:
    """Survivors among exact signals of the frequencies 1..(p-1)/2, with the signal of k = 0."""
    mean = (zero + 2 * sum(signals)) / (1 + 2 * len(signals))
    return sum(x > 2 * mean for x in signals)


@pytest.mark.statement(QUARTER)
def test_the_rule_counts_fewer_than_a_quarter_of_p(check, twin):
    generator = np.random.default_rng(0)
    for p in (3, 5, 7, 13, 17, 59):
        half = (p - 1) // 2
        most = (p - 1) // 4  # the largest integer below p/4, for odd p
        for equal in range(half + 1):
            reached = counted([Fraction(1)] * equal + [Fraction(0)] * (half - equal), Fraction(0))
            right = reached == (equal if 0 < equal <= most else 0)
            check(proved(QUARTER, f"p = {p}: {equal} equal signals, none else", right))
        worst = max(
            counted([Fraction(int(x)) for x in generator.integers(0, 10, half) ** 4], Fraction(0)) for _ in range(200)
        )
        check(proved(QUARTER, f"p = {p}: random signals", 4 * worst < p, f"at most {worst} counted"))
        if most:
            half_of_them = counted([Fraction(1)] * most + [Fraction(0)] * (half - most), Fraction(0))
            twin(proved(QUARTER, f"p = {p}: fewer than p/8", 8 * half_of_them < p))
