"""Start, descent and polish, each by what it promises; faults planted in each are seen."""

import numpy as np
import pytest
import torch

from numerics.full_size.descent import descend
from numerics.full_size.every_input import margin_over_every_input
from numerics.full_size.frequencies import OwnFrequencies
from numerics.full_size.layout import from_mass_coordinates, masses, to_mass_coordinates
from numerics.full_size.mean_margin import MeanMargin
from numerics.full_size.modes import Modes
from numerics.full_size.objective import Objective
from numerics.full_size.polish import _aligned_hessian, polish_frequency
from numerics.full_size.start import climb, initial, steps
from numerics.full_size.starved import starved
from theory.task import Task


def _started(k, p, m, seed=0):
    task = Task.cyclic(k, p)
    theta, mean_margin = initial(task, m, seed, 0.2 * task.gamma), MeanMargin(task)
    for _ in range(steps(k)):
        climb(theta, task, 0.2 * task.gamma, mean_margin)
    return task, theta


@pytest.mark.parametrize(("k", "p", "m"), [(2, 11, 80), (3, 7, 192)])
def test_the_start_leaves_pure_and_aligned_neurons(k, p, m):
    task, theta = _started(k, p, m)
    assert OwnFrequencies.of(theta).impure < 0.02
    # aligned: the mean margin is that of the best neurons
    assert MeanMargin(task)(theta)[0] > 0.98 * task.gamma * float(masses(theta).sum())


def test_mass_coordinates_and_back():
    theta = torch.randn(4, 5, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    z = to_mass_coordinates(theta)
    torch.testing.assert_close(z.square().sum(dim=(0, 1)), masses(theta))
    torch.testing.assert_close(from_mass_coordinates(z), theta)


def test_a_round_of_descent_raises_the_margin_on_inputs_it_has_not_seen():
    task, theta = _started(3, 11, 320)
    penalty = 0.9 * task.gamma
    theta = theta * (task.log_scale(penalty) / task.gamma / float(masses(theta).sum())) ** 0.25
    objective = Objective(task, 320, penalty)
    seen, fresh = objective.sampled.draw(2000, torch.Generator().manual_seed(1)).split(1000)
    found = descend(theta, objective, seen, 0.9, iterations=20)

    def margin(weights):
        return objective.sampled(weights, fresh, 0.9).margin / (task.gamma * float(masses(weights).sum()))

    assert found.iterations == 20
    assert margin(found.theta) > margin(theta) + 0.05
    assert descend(theta, objective, seen, 0.9, iterations=20).theta.equal(found.theta)  # a function of its arguments


@pytest.mark.parametrize(("k", "p", "m"), [(2, 11, 80), (3, 7, 192)])
def test_the_polish_ends_at_the_maximum_margin(k, p, m):
    task, theta = _started(k, p, m)
    own = OwnFrequencies.of(theta)
    scale = task.gamma * float(masses(own.theta(p)).sum()) / p  # of C at (1,..,1), were all aligned and equal
    amplitudes = own.amplitudes / scale ** (1 / (k + 1))
    for zeta in range(1, (p + 1) // 2):
        mine = own.frequency == zeta
        polished = polish_frequency(Modes(k), amplitudes[mine], most_steps=100, good_enough=1e-13)
        assert polished.value < 1e-13
        amplitudes[mine] = polished.amplitudes
    own = OwnFrequencies(own.frequency, amplitudes, 0.0)
    norm = float(masses(own.theta(p)).sum())
    margin, accuracy = margin_over_every_input(own, p)
    assert 0.99999 * task.gamma < margin / norm < task.gamma * (1 + 1e-12)
    assert accuracy == 1


def test_five_neurons_of_a_frequency_cannot_be_polished_to_the_end():
    """k = 2 needs six: the value stays up, whatever the steps."""
    rng = np.random.default_rng(0)
    amplitudes = rng.normal(size=(5, 3)) + 1j * rng.normal(size=(5, 3))
    assert polish_frequency(Modes(2), amplitudes, most_steps=200, good_enough=1e-13).value > 1e-3


def test_the_hessian_of_the_wanted_mode():
    rng = np.random.default_rng(1)
    c, step = rng.normal(size=(1, 4)) + 1j * rng.normal(size=(1, 4)), 1e-4
    modes = Modes(3)

    def wanted(x):
        return modes.output(x[:, :4] + 1j * x[:, 4:])[modes.wanted].real

    x, unit = np.concatenate([c.real, c.imag], axis=1), np.eye(8)
    for i in range(8):
        for j in range(8):
            a, b = step * unit[None, i], step * unit[None, j]
            second = wanted(x + a + b) - wanted(x + a - b) - wanted(x - a + b) + wanted(x - a - b)
            assert _aligned_hessian(c)[0, i, j] == pytest.approx(second / (4 * step**2), rel=1e-5, abs=1e-5)


def test_starved_frequencies_by_the_width_theorem():
    found = starved(np.array([6, 0, 5, 7]), k=2, p=9)  # frequency 3 has order 3
    assert found.frequencies == (2, 3)
    assert not starved(np.array([16, 16, 16]), k=3, p=7).frequencies
    assert starved(np.array([15, 16, 16]), k=3, p=7).needed == (16,)
