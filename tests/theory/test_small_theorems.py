"""The small exact files behind single statements: each check fails when a fault is planted."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from theory import fourier_support
from theory.construction import minimal_design
from theory.core.exact_network import Block, ExactNetwork
from theory.core.optimality import decide, frequency_mass, nonzero_moments
from theory.errors import InputError
from theory.floats import weights
from theory.margin import max_margin, max_margin_float
from theory.narrow_designs import stored_designs
from theory.neuron_search import search
from theory.one_hot_network import one_hot_margin, one_hot_network, squared_ratio
from theory.one_input import random_network, rational_margin, rational_network
from theory.phase_designs import random_design, shifted, sign_shifted
from theory.saddle_point import is_max_min, is_pair
from theory.task import Task, logits, network_norm, normalised_margin

HALF = Fraction(1, 2)


def whole(k, p, design):
    return ExactNetwork(k, p, (Block(design, tuple(range(1, p // 2 + 1)), frequency_mass(k, p, 1)),))


@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 6), (3, 4)])
def test_spectrum_of_the_indicator_and_of_a_neuron(k, p):
    assert fourier_support.indicator(k, p).ok
    assert fourier_support.neuron_product(k, p, seed=1).ok
    assert not fourier_support.neuron_product(k, p, seed=1, everywhere=True).ok


def test_a_missing_frequency_is_a_zero_of_the_diagonal():
    u, w = weights(whole(2, 7, minimal_design(2)))
    kept = np.abs(np.fft.fft(w))[:, 2] < 1e-9
    diagonal = fourier_support.diagonal(u[kept], w[kept]) / max_margin_float(2, 7)
    assert np.allclose(diagonal, [1, 0, 1, 1, 0, 1], atol=1e-12)


def test_an_unbalanced_sign_shows_off_the_diagonal():
    u, w = weights(whole(2, 5, minimal_design(2)))
    assert fourier_support.off_diagonal(u, w) < 1e-15
    assert fourier_support.off_diagonal(u[1:], w[1:]) > 1e-4


def test_search_gradient_and_refusals():
    from theory.neuron_search import _negative_objective

    x = np.random.default_rng(0).normal(size=15)
    gap = np.array([0, 1.2, 0.9, 0.9, 1.2])
    value, gradient = _negative_objective(x, 2, gap)
    step = 1e-6
    numerical = [(_negative_objective(x + step * e, 2, gap)[0] - value) / step for e in np.eye(15)]
    assert np.allclose(gradient, numerical, atol=1e-4)
    with pytest.raises(InputError, match="k must be at least 1"):
        search(0, np.ones(3) / 3)


def test_search_sees_that_uniform_class_weights_fail_at_even_moduli():
    uniform = np.array([0, 1, 1, 1]) / 3
    assert search(2, uniform, starts=8).best > 1.2 * max_margin_float(2, 4)


def test_saddle_points():
    pennies = [[1, -1], [-1, 1]]
    fair = (HALF, HALF)
    assert not is_pair(pennies, 0, fair)
    assert is_max_min(pennies, 0)
    assert is_pair([[1, 1], [0, 2]], 0, (Fraction(1), Fraction(0)))
    assert not is_max_min([[0, 0], [1, 1]], 0)


@pytest.mark.parametrize("p", [3, 5, 7])
def test_one_hot_networks_compute_any_table(p):
    labels = np.random.default_rng(p).integers(p, size=(p, p))
    u, w = one_hot_network(labels)
    outputs = logits(u, w)
    assert np.allclose(outputs / outputs.max(), np.eye(p)[labels], atol=1e-14)
    assert np.isclose(network_norm(u, w), 1)
    assert (one_hot_margin(p) / max_margin(2, p)) ** 2 == squared_ratio(p) < 1
    with pytest.raises(InputError, match="labels"):
        one_hot_network(labels + 1)


def test_one_input():
    assert rational_margin(rational_network(7)) == Fraction(1, 12)
    spoiled = rational_network(7)
    spoiled[0][0] += Fraction(1, 100)
    assert rational_margin(spoiled) < Fraction(1, 12)
    u, w = random_network(7, 3)
    assert np.isclose(normalised_margin(Task.cyclic(1, 7), u, w), 1 / 12)
    assert normalised_margin(Task.cyclic(1, 7), u[1:], w[1:]) < 0.9 / 12


@pytest.mark.parametrize("k", [2, 3])
def test_random_designs_are_optimal_until_a_phase_moves(k):
    design = random_design(k, seed=5)
    assert decide(whole(k, 7, design)).optimal
    first = design[0]
    moved = replace(first, phases=((first.phases[0] + Fraction(1, 1000)) % 1, *first.phases[1:]))
    moved = replace(moved, output=sum(moved.phases, Fraction(0)) % 1)
    verdict = decide(whole(k, 7, (moved, *design[1:])))
    assert {violation.condition for violation in verdict.violations} == {"moments"}
    assert decide(whole(k, 7, sign_shifted(k, [Fraction(i, 10) for i in range(2 ** (k - 1))]))).optimal


def test_designs_that_rely_on_aliasing_must_not_be_moved():
    design = stored_designs()[3, 3]
    assert decide(whole(3, 3, design)).optimal
    assert len(nonzero_moments(design, 3)) > 1
    assert not decide(whole(3, 7, design)).optimal
    assert not decide(whole(3, 3, shifted(design, [Fraction(1, 12), Fraction(0), Fraction(0)]))).optimal
