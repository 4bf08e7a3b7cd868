"""Margins on a part of the inputs: the game, the bounds, and the gaps, each against another way."""

import numpy as np
import pytest
from scipy.optimize import linprog

from theory import subset_bound
from theory.errors import InputError
from theory.matrix_game import solve_game
from theory.subset_bound import margin_bound
from theory.subset_margin import Subset, best_neurons, split, subset_margin, waves
from theory.task import Task, logits, margins


@pytest.mark.parametrize("shape", [(7, 5), (5, 12), (40, 30), (1, 3), (3, 1)])
def test_the_value_of_a_game(shape):
    payoff = np.random.default_rng(sum(shape)).normal(size=shape)
    q, mu = solve_game(payoff, 1e-9)
    rows, columns = shape
    bounds = [(0, None)] * rows + [(None, None)]
    above, whole = np.c_[-payoff.T, np.ones(columns)], np.r_[np.ones(rows), 0][None]
    exact = linprog(np.r_[np.zeros(rows), -1], above, np.zeros(columns), whole, [1], bounds)
    for mixture in (q, mu):
        assert mixture.min() > 0
        assert mixture.sum() == pytest.approx(1)
    low, high = (q @ payoff).min(), (payoff @ mu).max()
    assert low <= -exact.fun + 1e-12 <= high + 2e-12
    assert high - low < 1e-7


def test_gaps_are_those_of_the_task():
    generator = np.random.default_rng(0)
    whole = Subset(5, np.array(list(Task.cyclic(2, 5).inputs())))
    u, w = generator.normal(size=(6, 2, 5)), generator.normal(size=(6, 5))
    found = whole.gaps(u.reshape(6, 10), w).sum(axis=0).reshape(25, 4).min(axis=1)
    assert np.allclose(found, margins(Task.cyclic(2, 5), logits(u, w)).ravel())
    assert whole.accuracy(u.reshape(6, 10), w) == (found > 0).mean()
    mu = generator.dirichlet(np.ones(100))
    hidden = (u.reshape(6, 10) @ whole.one_hot.T) ** 2
    assert np.allclose(whole.gaps(u.reshape(6, 10), w) @ mu, ((hidden @ whole.pull(mu)) * w).sum(axis=1))


def test_a_split_is_one_and_needs_inputs_on_both_sides():
    chosen, rest = split(2, 5, 0.4, seed=3)
    both = {tuple(a) for part in (chosen, rest) for a in part.inputs}
    assert (len(chosen.inputs), len(rest.inputs), len(both)) == (10, 15, 25)
    assert (chosen.inputs == split(2, 5, 0.4, seed=3)[0].inputs).all()
    assert (chosen.inputs != split(2, 5, 0.4, seed=4)[0].inputs).any()
    for share in (0.0, 1.0):
        with pytest.raises(InputError, match="on both sides"):
            split(2, 5, share, seed=0)


def test_fourier_neurons_have_one_frequency_and_unit_norm():
    chosen, _ = split(2, 7, 0.5, seed=0)
    size = len(chosen.inputs) * 6
    u, w = best_neurons(chosen, np.full(size, 1 / size), np.random.default_rng(0), np.zeros((0, 14)), True)
    assert np.allclose((u**2).sum(axis=1) + (w**2).sum(axis=1), 1)
    for neuron in np.concatenate([u.reshape(-1, 2, 7), w[:, None]], axis=1):
        shares = [((neuron @ waves(7, zeta).T) ** 2).sum() for zeta in (1, 2, 3)]
        assert max(shares) == pytest.approx(1)


@pytest.mark.parametrize("fourier", [False, True])
def test_no_neuron_exceeds_the_bound_and_one_comes_near(fourier):
    chosen, _ = split(2, 5, 0.5, seed=2)
    for seed in range(3):
        mu = np.random.default_rng(seed).dirichlet(np.ones(len(chosen.inputs) * 4))
        bound = margin_bound(chosen, mu, fourier=fourier, tolerance=1e-3)
        u, w = best_neurons(chosen, mu, np.random.default_rng(seed), np.zeros((0, 10)), fourier)
        assert 0.998 < (chosen.gaps(u, w) @ mu).max() / bound <= 1


def test_a_bound_that_ran_out_of_cones_is_larger(monkeypatch):
    chosen, _ = split(2, 5, 0.5, seed=2)
    mu = np.random.default_rng(0).dirichlet(np.ones(len(chosen.inputs) * 4))
    whole = margin_bound(chosen, mu)
    monkeypatch.setattr(subset_bound, "MOST_CONES", 40)
    assert margin_bound(chosen, mu) > whole
    with pytest.raises(InputError, match="two inputs"):
        margin_bound(split(3, 3, 0.5, 0)[0], mu)


def test_memory_beats_one_frequency_on_half_of_a_table():
    chosen, rest = split(2, 3, 0.5, seed=0)
    free, fourier = (subset_margin(chosen, fourier=each, tolerance=0.02) for each in (False, True))
    assert free.value > margin_bound(chosen, fourier.mu, fourier=True)
    assert chosen.accuracy(free.u, free.w) == 1
    assert rest.accuracy(free.u, free.w) == 0
