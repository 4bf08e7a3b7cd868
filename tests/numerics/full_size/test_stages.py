"""Start, descent and polish, each by what it promises; faults planted in each are seen."""

import numpy as np
import pytest
import torch

from numerics.full_size import descent
from numerics.full_size.descent import descend, solve
from numerics.full_size.every_input import margin_over_every_input
from numerics.full_size.frequencies import OwnFrequencies
from numerics.full_size.layout import masses, stack
from numerics.full_size.mean_margin import MeanMargin
from numerics.full_size.model import Damped, Model, real
from numerics.full_size.modes import Modes
from numerics.full_size.newton_model import Metric, NewtonModel
from numerics.full_size.objective import Objective
from numerics.full_size.polish import polish_frequency
from numerics.full_size.start import climb, initial, steps
from numerics.full_size.starved import starved
from numerics.full_size.surrogate import KAPPA, Surrogate, aligned_hessian
from numerics.network import PowerNetwork
from theory.construction import construct
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


def _descent(k, p, m):
    """A started network at the norm of the descent, its objective and the model."""
    task, theta = _started(k, p, m)
    q = 0.9 * (p - 1) / p
    beta = task.log_scale(q * task.gamma)
    theta = theta.double() * (beta / task.gamma / float(masses(theta).sum())) ** (1 / (k + 1))
    return theta, Objective(task, m, q * task.gamma, torch.float64), q, Metric(k, p, q, beta)


@pytest.mark.parametrize(("k", "p"), [(2, 7), (3, 5)])
def test_the_metric_is_the_second_derivative_at_the_optimum(k, p):
    """Along amplitudes of one frequency, over all inputs: by differences of the objective's gradient."""
    _, objective, q, metric = _descent(k, p, 4)
    task, inputs = objective.sampled.task, objective.sampled.every_input()
    optimum = stack(PowerNetwork.from_exact(construct(k, p))).double()
    optimum *= (metric.scale * (p - 1) / (2 * q) / task.gamma / float(masses(optimum).sum())) ** (1 / (k + 1))
    objective = Objective(task, optimum.shape[2], q * task.gamma, torch.float64)
    own = OwnFrequencies.of(optimum)
    here = own.frequency == 1
    model = Model(metric.surrogate, metric.surrogate.at(own.amplitudes[here] / metric.unit))
    rng, step = np.random.default_rng(0), 1e-5
    moves = np.zeros((2, *own.amplitudes.shape), dtype=complex)
    moves[:, here] = rng.normal(size=(2, here.sum(), k + 1)) + 1j * rng.normal(size=(2, here.sum(), k + 1))
    first, second = (OwnFrequencies(own.frequency, metric.unit * move, 0.0).theta(p) for move in moves)
    ahead, behind = (objective(optimum + sign * step * first, inputs, q)[1] for sign in (1, -1))
    measured = float(((ahead - behind) / (2 * step) * second).sum()) / metric.scale
    a, b = (real(move[here]) for move in moves)
    blocks = np.einsum("nij,nj->ni", model.basis, np.einsum("nij,ni->nj", model.basis, a) * model.curvature)
    along = (model.pushed(a).conj() * model.pushed(b)).sum().real
    assert measured == pytest.approx((blocks * b).sum() + metric.surrogate.kappa * along, rel=0.05)


@pytest.mark.parametrize(("k", "p", "m"), [(2, 11, 80), (3, 11, 320)])
def test_steps_of_the_descent_raise_the_margin_on_inputs_they_have_not_seen(k, p, m):
    theta, objective, q, metric = _descent(k, p, m)
    fresh = objective.sampled.every_input()
    generator, damping, margins = torch.Generator().manual_seed(1), metric.first_damping, []
    for _ in range(8):
        inputs = objective.sampled.draw(500, generator)
        found = descend(theta, objective, inputs, q, metric, damping)
        assert found.fell
        assert descend(theta, objective, inputs, q, metric, damping).theta.equal(found.theta)
        theta, damping = found.theta, found.damping
        least = objective.sampled(theta, fresh, q).margin
        margins.append(least / (objective.sampled.task.gamma * float(masses(theta).sum())))
    assert margins[-1] > max(0.8, margins[0] + 0.2)


@pytest.mark.parametrize("damping", [1.0, 1e-4])
def test_a_step_that_only_rises_is_not_taken(damping, monkeypatch):
    """Planted fault: with every move turned round each step climbs; the weights stay, and it says so."""
    theta, objective, q, metric = _descent(2, 7, 40)
    inverse = NewtonModel.inverse_along
    monkeypatch.setattr(descent, "solve", lambda *given: (-solve(*given)[0], True))
    monkeypatch.setattr(descent, "_aside", lambda beside, *given: torch.zeros_like(beside))
    monkeypatch.setattr(NewtonModel, "inverse_along", lambda self, gradient: -inverse(self, gradient))
    monkeypatch.setattr(NewtonModel, "acceleration", lambda self, move: (torch.zeros_like(move), 0.0))
    found = descend(theta, objective, objective.sampled.every_input(), q, metric, damping)
    assert not found.fell
    assert found.theta.equal(theta)


def test_the_descent_alone_ends_at_the_maximum_margin():
    """Quadratically, at even k too, where amplitudes and what lies beside them share a stiff direction."""
    theta, objective, q, metric = _descent(2, 11, 80)
    inputs, damping = objective.sampled.every_input(), metric.first_damping
    for _ in range(25):
        found = descend(theta, objective, inputs, q, metric, damping)
        theta, damping = found.theta, found.damping
    least = objective.sampled(theta, inputs, q).margin
    assert least > 0.9999 * objective.sampled.task.gamma * float(masses(theta).sum())
    assert OwnFrequencies.of(theta).impure < 1e-7


@pytest.mark.parametrize(("k", "p"), [(2, 7), (4, 5)])
def test_what_all_neurons_share_is_the_second_derivative_beside_the_frequencies(k, p):
    """Along a bias of every output vector at one foreign frequency, by differences of the objective's gradient."""
    _, objective, q, metric = _descent(k, p, 4)
    optimum = stack(PowerNetwork.from_exact(construct(k, p))).double()
    task = objective.sampled.task
    optimum *= (metric.scale * (p - 1) / (2 * q) / task.gamma / float(masses(optimum).sum())) ** (1 / (k + 1))
    objective = Objective(task, optimum.shape[2], q * task.gamma, torch.float64)
    inputs, step = objective.sampled.every_input(), 1e-5
    model = NewtonModel(optimum, metric, objective.penalty)
    hidden = model._mean
    plain = (sum(optimum[j][inputs[:, j]] for j in range(k)) ** k).mean(dim=0)
    assert torch.allclose(hidden, plain, rtol=1e-9, atol=1e-12)
    move = torch.zeros_like(optimum)
    own, wave = OwnFrequencies.of(optimum), torch.cos(2 * torch.pi * torch.arange(p) / p)
    move[-1] = wave.double()[:, None] * hidden * torch.from_numpy(own.frequency != 1)
    ahead, behind = (objective(optimum + sign * step * move, inputs, q)[1] for sign in (1, -1))
    measured = float(((ahead - behind) / (2 * step) * move).sum())
    together = float((move[-1] @ hidden).square().sum())
    assert measured == pytest.approx(metric.shared * together + float((model.norm * move**2).sum()), rel=0.05)


@pytest.mark.parametrize("directions", [1, 3])
def test_a_direction_that_is_curved_downwards_ends_the_solution(directions):
    matrix = torch.diag(torch.tensor([1.0, 2.0, 3.0, -5.0]))
    gradient = torch.tensor([1.0, 1.0, 1.0, 10.0 if directions == 1 else 0.3])
    move, convex = solve(gradient, lambda x: matrix @ x, lambda x: x)
    assert not convex
    assert float((move * gradient).sum()) < 0
    assert move.equal(-gradient) == (directions == 1)


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


@pytest.mark.parametrize(("k", "digits"), [(2, 1e-8), (3, 1e-8), (5, 1e-2)])
def test_a_step_solves_the_damped_model(k, digits):
    """At k = 5 the normal matrix, of condition 1e5 here, is factored in single precision."""
    modes, rng = Modes(k), np.random.default_rng(k)
    c = 0.3 * (rng.normal(size=(7, k + 1)) + 1j * rng.normal(size=(7, k + 1)))
    problem, damping = Surrogate(modes), 0.1
    point = problem.at(c)
    model = Model(problem, point)
    rows = []
    for unit in np.eye(c.size).reshape(-1, *c.shape):
        rows += [modes.derivative(c, point.power, direction).view(float) for direction in (unit, 1j * unit)]
    jacobian = np.array(rows).reshape(7, k + 1, 2, -1).transpose(0, 2, 1, 3).reshape(7 * 2 * (k + 1), -1)
    hessian = KAPPA * jacobian @ jacobian.T
    for i in range(7):
        block = model.basis[i] * model.curvature[i] @ model.basis[i].T + damping * model.unit[i] * np.eye(2 * (k + 1))
        here = slice(2 * (k + 1) * i, 2 * (k + 1) * (i + 1))
        hessian[here, here] += block
    other = rng.normal(size=(7, 2 * (k + 1)))
    own, damped = model.misaligned() + KAPPA * model.pulled_back(point.residual), Damped(model, damping)
    for found, gradient in ((damped.newton(), own), (damped.downhill(other), other)):
        expected = np.linalg.solve(hessian, -gradient.ravel())
        assert np.linalg.norm(found.ravel() - expected) < digits * np.linalg.norm(expected)


def test_the_gradient_of_the_surrogate():
    rng = np.random.default_rng(4)
    c, step = rng.normal(size=(3, 4)) + 1j * rng.normal(size=(3, 4)), 1e-6
    problem = Surrogate(Modes(3))
    model = Model(problem, problem.at(c))
    gradient = model.misaligned() + KAPPA * model.pulled_back(model.point.residual)
    for i, j in np.ndindex(3, 8):
        move = np.zeros((3, 4), dtype=complex)
        move[i, j % 4] = step * (1 if j < 4 else 1j)
        slope = (problem.at(c + move).value - problem.at(c - move).value) / (2 * step)
        assert gradient[i, j] == pytest.approx(slope, rel=1e-5, abs=1e-4)


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
            assert aligned_hessian(c)[0, i, j] == pytest.approx(second / (4 * step**2), rel=1e-5, abs=1e-5)


def test_starved_frequencies_by_the_width_theorem():
    found = starved(np.array([6, 0, 5, 7]), k=2, p=9)  # frequency 3 has order 3
    assert found.frequencies == (2, 3)
    assert not starved(np.array([16, 16, 16]), k=3, p=7).frequencies
    assert starved(np.array([15, 16, 16]), k=3, p=7).needed == (16,)
