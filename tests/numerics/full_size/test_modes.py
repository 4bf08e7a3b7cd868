"""The modes of single-frequency neurons against their definition, and the Jacobian against differences."""

import numpy as np
import pytest

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


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_jacobian(k):
    modes, c, step = Modes(k), _amplitudes(k, 2), 1e-6
    jacobian = modes.jacobian(c)
    for column in range(2 * (k + 1)):
        moved = np.zeros((2, k + 1), dtype=complex)
        moved[1, column % (k + 1)] = step * (1 if column <= k else 1j)
        slope = (modes.output(c + moved) - modes.output(c - moved)) / (2 * step)
        np.testing.assert_allclose(jacobian[1, column], np.concatenate([slope.real, slope.imag]), rtol=1e-6, atol=1e-6)
