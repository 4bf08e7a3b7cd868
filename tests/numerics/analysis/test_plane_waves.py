"""Plane waves: planted ones are found, structureless matrices and products are not."""

import numpy as np
import pytest

from numerics.analysis.plane_waves import (
    ONE_PEAKED,
    plane_wave,
    strongest_wave,
    unstructured_probability,
    unstructured_share,
    wave_powers,
)
from theory.errors import InputError


@pytest.mark.parametrize("p", [5, 6, 13])
def test_every_planted_wave_is_found(p):
    for zeta in range(1, p // 2 + 1):
        for eta in range(-((p - 1) // 2), p // 2 + 1):
            alone = (2 * zeta % p, 2 * eta % p) == (0, 0)
            twice = 2 * zeta == p and eta < 0  # its other name, -eta, comes first
            phase = 0.0 if alone else 0.3
            found = strongest_wave(2.5 * plane_wave(p, zeta, eta, phase))
            assert found.share == pytest.approx(1, abs=1e-12)
            assert found.mirrored == pytest.approx(0, abs=1e-12)
            assert found.frequency.tolist() == [zeta, -eta if twice else eta]
            assert found.amplitude == pytest.approx(2.5, abs=1e-12)
            assert found.phase == pytest.approx(-phase if twice else phase, abs=1e-12)
            assert found.one_peaked


@pytest.mark.parametrize("p", [5, 6, 13])
def test_powers_sum_to_the_centred_norm(p):
    matrices = np.random.default_rng(0).normal(size=(3, p, p))
    centred = matrices - matrices.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(wave_powers(matrices).sum(axis=(1, 2)), (centred**2).sum(axis=(1, 2)), rtol=1e-12)


def test_power_is_that_of_the_projection_on_cosine_and_sine():
    """A second route to one number: least squares instead of a transform."""
    p, zeta, eta = 7, 2, -3
    matrix = np.random.default_rng(1).normal(size=(p, p))
    basis = np.stack([plane_wave(p, zeta, eta, t).ravel() for t in (0, 0.25)], axis=1)
    fitted = basis @ np.linalg.lstsq(basis, matrix.ravel(), rcond=None)[0]
    assert wave_powers(matrix)[zeta, eta % p] == pytest.approx((fitted**2).sum(), rel=1e-12)


def test_a_product_of_cosines_is_two_waves_and_not_one_peaked():
    a = np.arange(11)
    product = np.outer(np.cos(2 * np.pi * 3 * a / 11), np.cos(2 * np.pi * 4 * a / 11 + 1))
    found = strongest_wave(product)
    assert found.share == pytest.approx(ONE_PEAKED, abs=1e-12)
    assert found.mirrored == pytest.approx(0.5, abs=1e-12)
    assert not strongest_wave(product + 0.05 * plane_wave(11, 1, 1)).one_peaked


@pytest.mark.parametrize("p", [6, 9, 12])
def test_the_mirrored_wave_at_composite_p(p):
    for zeta in range(1, p // 2 + 1):
        for eta in range(1, (p + 1) // 2):
            found = strongest_wave(2 * plane_wave(p, zeta, eta, 0.1) + plane_wave(p, zeta, -eta, 0.2))
            assert found.mirrored == pytest.approx(0 if 2 * zeta == p else 0.2, abs=1e-12)


def test_noise_hides_a_wave_only_when_it_holds_most_of_the_power():
    p, generator = 13, np.random.default_rng(2)
    noise = generator.normal(size=(50, p, p))
    wave = plane_wave(p, 4, 5, 0.1)
    for amplitude, most in ((2.5, True), (0.5, False)):
        found = strongest_wave(amplitude * wave + noise)
        assert found.one_peaked.mean() == (1.0 if most else 0.0)
    assert (strongest_wave(2.5 * wave + noise).frequency == [4, 5]).all()


def test_what_softmax_does_not_see_does_not_count():
    matrix = plane_wave(7, 2, 1)
    of_query, of_key = np.arange(7.0)[None, :], np.arange(7.0)[:, None]
    assert strongest_wave(matrix + of_query).share == pytest.approx(1, abs=1e-12)
    assert strongest_wave(matrix + of_key).frequency.tolist() == [1, 0]
    blind = strongest_wave(np.broadcast_to(of_query, (7, 7)))
    assert blind.share == 0
    assert blind.frequency[0] >= 1


def test_without_pooling_a_cosine_would_look_like_half():
    """The fault that the pooling is there for: a two-sided transform of a real matrix caps at 1/2."""
    power = np.abs(np.fft.fft2(plane_wave(7, 2, 3, 0.2))) ** 2
    assert power.max() / power.sum() == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("call", "need"),
    [
        (lambda: strongest_wave(np.zeros((3, 4))), "shape"),
        (lambda: strongest_wave(np.zeros(4)), "shape"),
        (lambda: wave_powers(np.full((3, 3), np.nan)), "finite"),
        (lambda: unstructured_share(4), "odd"),
        (lambda: unstructured_probability(5, 0.4), r"\[1/2, 1\]; got 0.4"),
    ],
)
def test_unusable_input(call, need):
    with pytest.raises(InputError, match=need):
        call()
