"""Planted waves are read back; noise is not mistaken for one."""

import numpy as np
import pytest

from numerics.analysis.spectra import STRUCTURED, UNSTRUCTURED, dominant, harmonic_shares, periodicity, wave_at

P = 97
J = np.arange(P)


def wave(frequency, phase, p=P):
    return np.cos(2 * np.pi * (phase + frequency * np.arange(p) / p))


@pytest.mark.parametrize(("p", "sharpest"), [(7, 3), (97, 48), (113, 56)])
def test_a_cosine_is_as_periodic_as_can_be(p, sharpest):
    assert periodicity(3 * wave(2, 0.1, p) + 5) == pytest.approx(sharpest, rel=1e-9)
    random = np.random.default_rng(0).normal(size=(200, p))
    assert (periodicity(random) < sharpest).all()


def test_noise_is_unstructured_and_a_square_wave_is_structured():
    random = np.random.default_rng(0).normal(size=(200, P))
    assert (periodicity(random) < UNSTRUCTURED).mean() > 0.99
    assert (periodicity(np.sign(wave(11, 0.03))) > STRUCTURED).all()


def test_a_constant_has_no_period():
    np.testing.assert_array_equal(periodicity(np.full((2, P), 3.7)), 0)


def test_the_definition_by_hand():
    w = np.random.default_rng(1).normal(size=P)
    sizes = [abs(sum(w[j] * np.exp(-2j * np.pi * j * k / P) for j in range(P))) for k in range(1, P)]
    assert periodicity(w) == pytest.approx(max(sizes) / np.mean(sizes))


@pytest.mark.parametrize("p", [8, 31, 97])
def test_the_dominant_wave_is_read_back(p):
    frequency, phase, amplitude = np.array([1, 2, 3]), np.array([0.1, -0.3, 0.45]), np.array([0.5, 2.0, 3.0])
    w = amplitude[:, None] * wave(frequency[:, None], phase[:, None], p) + 7 + 0.1 * wave(frequency[:, None] % 3, 0, p)
    found = dominant(w)
    np.testing.assert_array_equal(found.frequency, frequency)
    pure = wave_at(amplitude[:, None] * wave(frequency[:, None], phase[:, None], p), frequency)
    np.testing.assert_allclose(pure.phase, phase, atol=1e-12)
    np.testing.assert_allclose(pure.amplitude, amplitude, rtol=1e-12)


def test_the_frequency_of_order_two():
    found = dominant(-4.0 * (-1.0) ** np.arange(8))
    assert (found.frequency, found.amplitude) == (4, pytest.approx(4.0))
    assert abs(found.phase) == pytest.approx(0.5)


def test_harmonics_of_a_square_wave_and_of_a_cosine():
    square = harmonic_shares(np.sign(wave(7, 0.011)), np.array(7))
    np.testing.assert_allclose(square, [8 / np.pi**2, 0, 8 / (9 * np.pi**2), 8 / (25 * np.pi**2)], atol=6e-3)
    np.testing.assert_allclose(harmonic_shares(wave(7, 0.011), np.array(7)), [1, 0, 0, 0], atol=1e-12)
    np.testing.assert_allclose(harmonic_shares(np.ones(P), np.array(7)), 0, atol=1e-12)
