"""The modes of single-frequency neurons against their definition, and their derivatives against differences."""

import numpy as np
import pytest

from numerics.full_size import modes as module
from numerics.full_size.modes import Modes
from theory.core.exponents import walks


def _amplitudes(k, count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, k + 1)) + 1j * rng.normal(size=(count, k + 1))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_output_at_random_angles(k):
    c, angles = _amplitudes(k, 3), np.random.default_rng(1).uniform(0, 2 * np.pi, k)
    modes = Modes(k)
    from_modes = modes.output(c) @ np.exp(1j * np.array(modes.exponents) @ angles)
    direct = (c[:, -1].conj() * (2 * (c[:, :-1] * np.exp(1j * angles)).real.sum(axis=1)) ** k).sum()
    assert from_modes == pytest.approx(direct, rel=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_equal_cosines_count_walks(k):
    modes = Modes(k)
    assert modes.output(np.ones((1, k + 1))).real.tolist() == [walks(n) for n in modes.exponents]


def _moves(k, count):
    """Every real direction in turn, complex amplitudes, shape (2 N (k+1), N, k+1)."""
    unit = np.eye(count * (k + 1), dtype=complex).reshape(-1, count, k + 1)
    return np.concatenate([unit, 1j * unit])


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_derivative(k):
    modes, c, step = Modes(k), _amplitudes(k, 2), 1e-6
    for move in _moves(k, 2):
        slope = (modes.output(c + step * move) - modes.output(c - step * move)) / (2 * step)
        np.testing.assert_allclose(modes.derivative(c, modes.power(c), move), slope, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_gradient_is_the_adjoint_of_the_derivative(k):
    modes, c = Modes(k), _amplitudes(k, 3)
    rng = np.random.default_rng(2)
    y = rng.normal(size=len(modes.exponents)) + 1j * rng.normal(size=len(modes.exponents))
    gradient = modes.gradient(c, modes.power(c), y)
    for move in _moves(k, 3):
        along = (y.conj() * modes.derivative(c, modes.power(c), move)).sum().real
        assert (gradient.conj() * move).sum().real == pytest.approx(along, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("single", "digits"), [(False, 1e-12), (True, 1e-5)])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_normal_matrix(k, single, digits, monkeypatch):
    """Also over several chunks of neurons: sums of outer products of derivatives."""
    monkeypatch.setattr(module, "CHUNK", 2)
    modes, c = Modes(k), _amplitudes(k, 5)
    directions = np.random.default_rng(3).normal(size=(5, 2 * (k + 1), 4))
    expected = 0
    for i in range(5):
        for r in range(4):
            move = np.zeros_like(c)
            move[i] = directions[i, : k + 1, r] + 1j * directions[i, k + 1 :, r]
            row = modes.derivative(c, modes.power(c), move).view(float)
            expected = expected + np.outer(row, row)
    found = modes.normal_matrix(c, modes.power(c), directions, single)
    np.testing.assert_allclose(found, expected, rtol=digits, atol=digits * np.abs(expected).max())
