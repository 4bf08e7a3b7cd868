"""Frequencies, phases and masses that were put in come out."""

import numpy as np
import pytest

from numerics.components import Spectrum, pooled_power, wrap_turns
from numerics.network import PowerNetwork
from theory.construction import construct
from theory.errors import InputError


def cosine_network(p, frequencies, phases, amplitudes):
    turns = phases[..., None] + frequencies[:, None, None] * np.arange(p) / p
    vectors = amplitudes[:, None, None] * np.cos(2 * np.pi * turns)
    return vectors[:, :-1], vectors[:, -1]


@pytest.mark.parametrize("p", [2, 3, 7, 8, 9])
@pytest.mark.parametrize("k", [1, 2, 4])
def test_parameters_of_cosines_are_recovered(p, k):
    rng = np.random.default_rng(0)
    frequencies = rng.integers(1, p // 2 + 1, 20)
    order_two = 2 * frequencies == p
    phases = rng.random((20, k + 1)) - 0.5
    phases[order_two] = rng.integers(0, 2, (order_two.sum(), k + 1)) / 2
    spectrum = Spectrum(*cosine_network(p, frequencies, phases, rng.random(20) + 0.5))
    np.testing.assert_array_equal(spectrum.frequency, frequencies)
    np.testing.assert_array_equal(spectrum.dominant, np.repeat(frequencies[:, None], k + 1, axis=1))
    np.testing.assert_allclose(spectrum.purity, 1, atol=1e-12)
    np.testing.assert_allclose(wrap_turns(spectrum.phases - phases), 0, atol=1e-12)
    expected = wrap_turns(phases[:, :-1].sum(axis=1) - phases[:, -1])
    np.testing.assert_allclose(wrap_turns(spectrum.phase_error - expected), 0, atol=1e-12)
    assert np.abs(spectrum.phase_error).max() <= 0.5
    np.testing.assert_allclose(spectrum.masses.sum(), 1)
    for zeta in range(p // 2 + 1):
        np.testing.assert_allclose(spectrum.masses[zeta], spectrum.mass[frequencies == zeta].sum(), atol=1e-12)


@pytest.mark.parametrize("p", [2, 5, 6])
def test_pooling_keeps_the_norm_and_a_cosine_s_share_is_one(p):
    """The two-sided spectrum of the same cosine caps at one half."""
    v = np.random.default_rng(1).normal(size=(4, p))
    np.testing.assert_allclose(pooled_power(v).sum(axis=-1), (v**2).sum(axis=-1))
    cosine = np.cos(2 * np.pi * (0.1 + np.arange(p) / p))
    power = pooled_power(cosine)
    assert power.max() / power.sum() == pytest.approx(1)
    two_sided = np.abs(np.fft.fft(cosine)) ** 2
    assert two_sided.max() / two_sided.sum() == pytest.approx(1 if p == 2 else 0.5)


def test_constructed_networks_have_equal_masses_and_exact_phases():
    network = PowerNetwork.from_exact(construct(3, 7))
    spectrum = Spectrum(*network.numpy())
    np.testing.assert_allclose(spectrum.masses[1:], 2 / 6, rtol=1e-12)
    np.testing.assert_allclose(spectrum.phase_error, 0, atol=1e-12)
    assert spectrum.live.all()


def test_dead_mixed_and_tilted_neurons_are_seen():
    u, w = PowerNetwork.from_exact(construct(2, 7)).numpy()
    u[0], w[0] = 0, 0
    u[1] *= 1e-3
    w[1] *= 1e-3
    u[2, 0] += 0.5 * np.roll(u[2, 0], 1) ** 2
    w[3] = np.roll(w[3], 1)
    spectrum = Spectrum(u, w)
    assert list(np.flatnonzero(~spectrum.live)) == [0, 1]
    assert list(np.flatnonzero(spectrum.live & (spectrum.purity < 0.999))) == [2]
    assert list(np.flatnonzero(np.abs(spectrum.phase_error[2:]) > 1e-6) + 2)[-1] == 3
    assert abs(spectrum.phase_error[3]) == pytest.approx(1 / 7, abs=1e-9) or spectrum.frequency[3] > 1


def test_leading_axes_are_an_ensemble():
    u, w = PowerNetwork.from_exact(construct(2, 5)).numpy()
    both = Spectrum(np.stack([u, u[::-1]]), np.stack([w, w[::-1]]))
    np.testing.assert_allclose(both.purity[1], Spectrum(u, w).purity[::-1])
    np.testing.assert_allclose(both.masses[0], both.masses[1])


def test_shapes_are_checked():
    with pytest.raises(InputError, match="shape"):
        Spectrum(np.zeros((3, 2, 5)), np.zeros((3, 4)))
