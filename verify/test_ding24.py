"""Ding24's circles: which embeddings can hold them, which survive, how many are needed, and their linear law."""

from itertools import combinations

import numpy as np
import pytest
from scipy.linalg import expm

from numerics.analysis.ablation import keep_frequencies
from numerics.analysis.circles import axis_ratio, circularity, survivors
from numerics.analysis.dynamics import LinearLaw, fit_linear
from numerics.models.embedding_mlp import EmbeddingMLP, snapshot
from numerics.studies.ding24 import Settings, SplitPairs, strengths, train
from theory.circles import carries_circle
from verify.result import at_least, at_most, close, proved

FOOTNOTE = "Ding24:Section 3.1, footnote"
EQUATION = "Ding24:Eq. 5"
SURVIVORS = "Ding24:Section 2, survivors"
NEEDED = "Ding24:Section 4.1, circles needed"
CLOSED = "Ding24:Section 4.2, closed form"
LAW = "Ding24:Section 4.2, linear law"

SMALL = Settings(p=23, d=64, steps=1000, precision="float32")


@pytest.mark.statement(FOOTNOTE)
@pytest.mark.parametrize("p", [7, 12, 23])
def test_which_random_embeddings_carry_circles(p, check, twin):
    generator = np.random.default_rng(p)
    for bias in (False, True):
        for d in range(p - 3, p + 2):
            embedding = generator.normal(size=(p, d))
            found = [carries_circle(embedding, k, bias=bias) for k in range(1, (p + 1) // 2)]
            label = f"p = {p}, d = {d}{', bias' * bias}: every circle, or none"
            check(proved(FOOTNOTE, label, found == [d >= p - bias] * len(found)))
            if d in (p - 1 - bias, p - bias):  # on either side of the border, as if it were one place further
                shifted = d >= p - bias + (1 if d == p - bias else -1)
                twin(proved(FOOTNOTE, label, found == [shifted] * len(found)))


@pytest.mark.statement(FOOTNOTE)
def test_probability_one_is_not_always_and_zero_is_not_never(check):
    twice = np.random.default_rng(0).normal(size=(7, 7))
    twice[6] = twice[0]
    check(proved(FOOTNOTE, "two equal symbols at d = p: no circle", not carries_circle(twice, 1)))
    three = [(1, 0), (0, 1), (-1, -1)] * 3
    check(
        proved(FOOTNOTE, "three points, repeated, at p = 9, d = 2: the circle of order three", carries_circle(three, 3))
    )
    check(proved(FOOTNOTE, "and no other", not any(carries_circle(three, k) for k in (1, 2, 4))))


@pytest.mark.statement(EQUATION)
def test_circularity(check, twin):
    generator = np.random.default_rng(1)
    p, d = 59, 128
    embeddings = generator.normal(size=(4, p, d))
    found = [circularity(embedding, k) for embedding in embeddings for k in range(1, 30)]
    check(at_most(EQUATION, "random embeddings: largest", max(found), 1.0))
    check(at_least(EQUATION, "random embeddings: least", min(found), 0.0))
    pure = keep_frequencies(embeddings[0], [5])
    check(close(EQUATION, "one frequency alone", circularity(pure, 5), 1.0, 1e-12))
    check(at_most(EQUATION, "with another beside it", circularity(keep_frequencies(embeddings[0], [5, 6]), 5), 0.999))
    line = np.cos(2 * np.pi * 5 * np.arange(p) / p)[:, None] * embeddings[0, 0]
    check(close(EQUATION, "a cosine along one line", circularity(line, 5), 1.0, 1e-12))
    check(at_most(EQUATION, "which is not round: short over long axis", axis_ratio(line, 5), 1e-12))
    little = keep_frequencies(embeddings[0], [5]) + 1e-3 * keep_frequencies(embeddings[0], [6])
    twin(close(EQUATION, "with a thousandth of another", circularity(little, 5), 1.0, 1e-12))


@pytest.mark.statement(EQUATION)
@pytest.mark.parametrize(("p", "d"), [(13, 3), (59, 16)])
def test_the_mean_circularity_of_a_random_embedding(p, d, check, twin):
    """The first guess, d/(d+p-2), is outside."""
    generator, count = np.random.default_rng(p), 2000
    found = np.mean([circularity(generator.normal(size=(p, d)), 1) for _ in range(count)])
    mean = (d + 1) / (d + p - 1)
    spread = (mean * (1 - mean) / ((d + p + 1) / 2 * count)) ** 0.5  # of Beta((d+1)/2, (p-2)/2)
    check(close(EQUATION, f"p = {p}, d = {d}", float(found), mean, 5 * spread / mean, "5 standard errors"))
    guess = d / (d + p - 2)
    twin(close(EQUATION, f"p = {p}, d = {d}: d/(d+p-2)", float(found), guess, 5 * spread / guess, "5 standard errors"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two trained networks with the signals after every step."""
    folder = tmp_path_factory.mktemp("ding24")
    return [
        train(SMALL, seed, folder / str(seed), measure=strengths, at=lambda step: True, scored=lambda step: False)
        for seed in range(2)
    ]


@pytest.mark.statement(SURVIVORS)
def test_a_few_circles_survive(runs, check, twin):
    for seed, (model, history) in enumerate(runs):
        embedding = snapshot(model)
        alive = survivors(embedding)
        check(close(SURVIVORS, f"seed {seed}: test accuracy", history[-1]["test_accuracy"], 1.0, 0.01))
        check(at_least(SURVIVORS, f"seed {seed}: circles that survive", len(alive), 2))
        check(at_most(SURVIVORS, f"seed {seed}: of 11", len(alive), 5))
        check(
            at_least(SURVIVORS, f"seed {seed}: least circularity", min(circularity(embedding, k) for k in alive), 0.97)
        )
        check(at_least(SURVIVORS, f"seed {seed}: least axis ratio", min(axis_ratio(embedding, k) for k in alive), 0.85))
    untrained = snapshot(EmbeddingMLP(SMALL.p, SMALL.d))
    twin(at_least(SURVIVORS, "circles that survive in an untrained network", len(survivors(untrained)), 2))
    least = min(circularity(untrained, k) for k in range(1, 12))
    twin(at_least(SURVIVORS, "least circularity of an untrained network", least, 0.97))


@pytest.mark.statement(NEEDED)
def test_one_circle_fails_and_all_suffice(runs, check, twin):
    for seed, (model, _) in enumerate(runs):
        embedding, pairs = snapshot(model), SplitPairs(SMALL.p, SMALL.fraction, seed)
        alive = survivors(embedding)
        best = []
        for count in range(1, len(alive) + 1):
            kept = [keep_frequencies(embedding, [0, *chosen]) for chosen in combinations(alive, count)]
            best.append(max(pairs.score(model, embedding=each)[1] for each in kept))
        check(at_most(NEEDED, f"seed {seed}: accuracy with the best circle", best[0], 0.5))
        check(at_least(NEEDED, f"seed {seed}: more circles, more accuracy", min(np.diff(best)), 0.0))
        check(at_least(NEEDED, f"seed {seed}: accuracy with all survivors", best[-1], 0.97))
        dead = [k for k in range(1, 12) if k not in alive]
        without = pairs.score(model, embedding=keep_frequencies(embedding, [0, *dead]))[1]
        twin(at_least(NEEDED, f"seed {seed}: accuracy with all others instead", without, 0.97))
        twin(at_most(NEEDED, f"seed {seed}: accuracy with all survivors, as with the best circle", best[-1], 0.5))


@pytest.mark.statement(CLOSED)
def test_the_solution_of_the_law(check, twin):
    generator = np.random.default_rng(2)
    A, b, start = generator.normal(size=(5, 5)) / 10, generator.normal(size=5), generator.normal(size=5)
    law = LinearLaw(A, b, np.ones(5))
    path = law.solution(start, 20)
    power = expm(20 * A)
    printed = power @ start + (power - np.eye(5)) @ np.linalg.inv(A) @ b
    check(at_most(CLOSED, "printed formula", float(np.abs(path[20] / printed - 1).max()), 1e-10))
    without = power @ start + np.linalg.inv(A) @ (power @ b)
    twin(at_most(CLOSED, "without -I", float(np.abs(path[20] / without - 1).max()), 1e-10))
    check(at_most(CLOSED, "at 0: x_0", float(np.abs(path[0] - start).max()), 0.0))
    fine = LinearLaw(A / 2**14, b / 2**14, np.ones(5)).recursion(start, 2**14)[-1]
    check(at_most(CLOSED, "Euler's method with 2^14 steps", float(np.abs(fine / path[1] - 1).max()), 1e-3))
    singular = A - np.outer(A @ np.ones(5), np.ones(5)) / 5
    still = LinearLaw(singular, singular @ b, np.ones(5)).solution(-b, 20)
    check(at_most(CLOSED, "no inverse: an equilibrium stays", float(np.abs(still[20] + b).max()), 1e-12))
    # Along a left null vector nothing but b acts: it moves evenly, which a pseudo-inverse in the formula misses.
    left = np.linalg.svd(singular.T)[2][-1]
    drifting, power = LinearLaw(singular, b, np.ones(5)).solution(start, 20)[20], expm(20 * singular)
    pseudo = power @ start + (power - np.eye(5)) @ np.linalg.pinv(singular) @ b
    moved = float(left @ (start + 20 * b))
    check(close(CLOSED, "no inverse: the drift along a left null vector", float(left @ drifting), moved, 1e-9))
    twin(close(CLOSED, "the same, with a pseudo-inverse", float(left @ pseudo), moved, 1e-9))


@pytest.mark.statement(LAW)
def test_signals_obey_a_linear_law_whether_or_not_they_can_interact(runs, check, twin):
    paths = np.array([[record["signals"] for record in history[:601]] for _, history in runs])
    for seed, path in enumerate(paths):
        check(at_least(LAW, f"seed {seed}: R^2", fit_linear(path).score, 0.85))
        other = fit_linear(path, drivers=paths[1 - seed])
        check(at_least(LAW, f"ours: seed {seed} driven by the other run: R^2", other.score, 0.85))
    shuffled = np.random.default_rng(3).permutation(np.diff(paths[0], axis=0)).cumsum(axis=0)
    twin(at_least(LAW, "the same increments in random order: R^2", fit_linear(shuffled).score, 0.85))
