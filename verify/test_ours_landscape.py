"""Ours: no spurious neurons, by ascents from everywhere and by a way up from every saddle."""

import numpy as np
import pytest
from scipy.optimize import minimize

from theory.margin import max_margin_float
from theory.neuron_search import search
from theory.no_spurious import better_neighbour, efficiency
from theory.task import Task
from verify.result import at_least, at_most, close

SPURIOUS = "Ours:no spurious neurons"


@pytest.mark.statement(SPURIOUS)
@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 5), (2, 6), (2, 7), (2, 11), (3, 4), (3, 5), (3, 7), (4, 5)])
def test_every_ascent_ends_at_the_best_neuron(k, p, check):
    found = search(k, Task.cyclic(k, p).tau, starts=8, seed=p)
    check(
        close(SPURIOUS, "the worst end of eight, over gamma*", found.values.min() / max_margin_float(k, p), 1.0, 1e-6)
    )
    check(at_least(SPURIOUS, "one frequency in each", float(found.concentration.min()), 1.0, 1e-3))


@pytest.mark.statement(SPURIOUS)
@pytest.mark.parametrize(("k", "size"), [(2, 2), (2, 3), (3, 2)])
@pytest.mark.parametrize("number", [float, complex])
def test_every_ascent_of_a_matrix_chain_ends_at_one_chain(k, size, number, check, twin):
    # Re tr(A_0 ... A_k) over the norm to the power k+1 is at most (k+1)^(-(k+1)/2); its local maxima have rank one.
    generator, shape = np.random.default_rng(size), (k + 1, size, size)
    half = (k + 1) * size**2

    def matrices(x):
        return (x[:half] + 1j * x[half:] if number is complex else x).reshape(shape)

    def value(x):
        product = np.eye(size)
        for a in matrices(x):
            product = product @ a
        return -float(np.trace(product).real) * ((k + 1) / (x @ x)) ** ((k + 1) / 2)

    worst, rank = 1.0, 0.0
    for _ in range(6):
        start = generator.normal(size=half * (1 + (number is complex)))
        end = minimize(value, start, method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-9}).x
        singular = np.linalg.svd(matrices(end), compute_uv=False)
        worst, rank = min(worst, -value(end)), max(rank, float((singular[:, 1] / singular[:, 0]).max()))
    check(close(SPURIOUS, "the worst end over the best chain", worst, 1.0, 1e-6))
    check(at_most(SPURIOUS, "second singular value over the first", rank, 0.0, 1e-2))
    both = value(np.concatenate([np.tile(np.eye(size).ravel(), k + 1), np.zeros(half)])[: len(end)])
    twin(close(SPURIOUS, "two equal chains are critical and not best", -both, 1.0, 1e-6))


@pytest.mark.statement(SPURIOUS)
def test_the_weights_matter(check, twin):
    # Weights that make one frequency worth less: its neurons are local maxima, and ascents do stop there.
    tau = np.array([0, 0.2, 0.3, 0.3, 0.2])
    found = search(2, tau, starts=12, seed=0).values
    check(at_most(SPURIOUS, "other weights: the worst end over the best", found.min() / found.max(), 0.99))
    twin(close(SPURIOUS, "so they are not all global", found.min() / found.max(), 1.0, 1e-6))


def saddles(k, p):
    """Critical points that are no maxima: equal frequencies, all signs wrong, vectors that vanish."""
    a = np.arange(p)
    waves = [np.cos(2 * np.pi * zeta * a / p) for zeta in range(1, p // 2 + 1)]
    waves = [wave / np.linalg.norm(wave) for wave in waves]
    if len(waves) > 1:
        yield np.tile(waves[0] + waves[1], (k + 1, 1))
        yield np.tile(np.sum(waves, axis=0), (k + 1, 1))
        # Products vanish at every frequency, and nothing is zero.
        yield np.array([waves[i % 2] for i in range(k + 1)]) if k > 2 else np.array([waves[0], waves[1], np.ones(p)])
    yield np.vstack([np.tile(waves[0], (k, 1)), -waves[0]])
    yield np.vstack([np.tile(waves[0], (k - 1, 1)), np.zeros((2, p))])
    yield np.ones((k + 1, p))


@pytest.mark.statement(SPURIOUS)
@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 5), (2, 6), (2, 9), (3, 4), (3, 5), (4, 7)])
def test_there_is_a_way_up_from_every_saddle(k, p, check, twin):
    generator = np.random.default_rng(k * p)
    for start in [*saddles(k, p), *generator.normal(size=(4, k + 1, p))]:
        before = float(efficiency(start[None])[0])
        near = better_neighbour(start)
        check(at_least(SPURIOUS, "what a neighbour gains", float(efficiency(near[None])[0]) - before, 1e-12))
        moved = float(np.linalg.norm(near - start) / np.linalg.norm(start))
        check(at_most(SPURIOUS, "and how far it is", moved, 0.03 * (k + 1)))
    best = np.tile(np.cos(2 * np.pi * np.arange(p) / p), (k + 1, 1))
    gained = float(efficiency(better_neighbour(best)[None])[0]) - 1
    check(at_most(SPURIOUS, "nothing is above a global maximum", gained, 0.0, 1e-12))
    twin(at_least(SPURIOUS, "from a maximum there is no way up", gained, 1e-12))
