"""Planted squares and cosines are told apart; the paired test is scipy's and is checked by hand."""

import numpy as np
import pytest

from numerics.analysis.fits import fit_waves, paired_t
from theory.errors import InputError

P = 1009
GENERATOR = np.random.default_rng(0)
FREQUENCY = GENERATOR.integers(1, P // 2, 30)[:, None]
PHASE = GENERATOR.uniform(-0.5, 0.5, 30)[:, None]
COSINES = np.cos(2 * np.pi * (PHASE + FREQUENCY * np.arange(P) / P))


def test_a_square_wave_is_a_square_wave():
    fits = fit_waves(0.3 + 2 * np.sign(COSINES))
    np.testing.assert_allclose(fits.square, 0, atol=0.01)  # a phase read from samples may miss an edge
    np.testing.assert_allclose(fits.cosine, 1 - 8 / np.pi**2, atol=0.01)
    np.testing.assert_allclose(fits.cosine_of_square, 3 / 2 - 4 / np.pi, atol=0.01)
    assert (fits.square < fits.cosine).all()


def test_a_cosine_is_a_cosine():
    fits = fit_waves(0.3 + 2 * COSINES)
    np.testing.assert_allclose(fits.cosine, 0, atol=1e-12)
    np.testing.assert_allclose(fits.square_means, 1 - 8 / np.pi**2, atol=0.01)
    # medians of a cosine's half periods are its value at an eighth of a period
    amplitude = np.sqrt(0.5)
    np.testing.assert_allclose(fits.square, 1 - 8 / np.pi * amplitude + 2 * amplitude**2, atol=0.01)
    np.testing.assert_allclose(fits.cosine_of_square, (1 - amplitude) ** 2, atol=0.01)
    assert (fits.square > fits.cosine).all()


def test_the_handicap_decides_between_the_two():
    """A wave between the two: its own cosine is the better fit, the rival with the square's amplitude the worse."""
    fits = fit_waves(COSINES * 0.6 + 0.5 * np.sign(COSINES) * (1 - 0.6))
    assert (fits.cosine < fits.square_means).all()
    mixed = fit_waves(0.35 * COSINES + np.sign(COSINES))
    assert (mixed.cosine_of_square > mixed.cosine).all()


def test_no_fit_beats_its_least_squares_version_and_noise_fits_nothing():
    w = GENERATOR.normal(size=(50, P))
    fits = fit_waves(w)
    assert (fits.square_means <= fits.square + 1e-12).all()
    assert (fits.cosine <= fits.cosine_of_square + 1e-12).all()
    assert fits.cosine.min() > 0.95
    assert fits.square.min() > 0.95


def test_least_squares_by_a_general_solver():
    w = GENERATOR.normal(size=31)
    fits = fit_waves(w)
    angle = 2 * np.pi * int(fits.waves.frequency) * np.arange(31) / 31
    design = np.stack([np.ones(31), np.cos(angle), np.sin(angle)], axis=1)
    residual = np.linalg.lstsq(design, w, rcond=None)[1][0]
    assert fits.cosine == pytest.approx(residual / ((w - w.mean()) ** 2).sum())


def test_the_paired_statistic_by_hand():
    x, y = GENERATOR.normal(size=(2, 20))
    found = paired_t(x, y + 0.5)
    difference = x - y - 0.5
    assert found.t == pytest.approx(difference.mean() / difference.std(ddof=1) * np.sqrt(20))
    assert found.freedom == 19
    assert found.mean == pytest.approx(difference.mean())
    assert found.interval[0] < found.mean < found.interval[1]


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.ones(3), np.ones(4)),
        (np.ones(1), np.ones(1)),
        (np.arange(3.0), np.arange(3.0) + 1),
        (np.ones(3) * np.nan, np.ones(3)),
    ],
)
def test_what_cannot_be_tested_is_refused(x, y):
    with pytest.raises(InputError, match="paired test needs"):
        paired_t(x, y)
