"""Harmonics: planted frequencies and coefficients are recovered; a table without structure has none."""

import numpy as np
import pytest

from numerics.analysis.harmonics import frequency_shares, harmonic_error, multiples, project, shared, significant
from theory.errors import InputError

P = 113
PLANTED = (6, 15, 20, 29, 47, 54)


def waves(p, ks, amplitudes, phases):
    return sum(
        x * np.cos(2 * np.pi * (k * np.arange(p) / p - t)) for k, x, t in zip(ks, amplitudes, phases, strict=True)
    )


def test_shares_are_squared_amplitudes_and_the_mean_is_left_out():
    shares = frequency_shares(7 + waves(31, (2, 9), (3, 1), (0.1, 0.4)))
    assert shares[[0, 2, 9]] == pytest.approx([0, 0.9, 0.1])
    assert shares.sum() == pytest.approx(1)
    assert not frequency_shares(np.ones((31, 4))).any()


def test_the_axis_is_the_one_that_was_asked_for():
    one, two = waves(13, (3,), (1,), (0,)), waves(13, (5,), (1,), (0.2,))
    table = np.multiply.outer(np.multiply.outer(one, two), [1.0, -2.0])
    assert significant(frequency_shares(table, 0)) == (3,)
    assert significant(frequency_shares(table, 1)) == (5,)


def test_the_planted_set_is_recovered_under_noise():
    generator = np.random.default_rng(0)
    columns = np.stack([waves(P, PLANTED, generator.uniform(0.5, 1, 6), generator.random(6)) for _ in range(64)], 1)
    noisy = columns + 0.2 * generator.normal(size=columns.shape)
    assert significant(frequency_shares(noisy)) == PLANTED
    assert shared([PLANTED, (15, 6, 47), range(40)]) == (6, 15)


@pytest.mark.parametrize("seed", range(5))
def test_a_structureless_table_needs_almost_all_frequencies(seed):
    found = significant(frequency_shares(np.random.default_rng(seed).normal(size=(P, 128))))
    assert len(found) >= 0.85 * (P // 2)


def test_the_fewest_are_taken_and_a_constant_has_none():
    shares = np.array([0, 0.05, 0.5, 0.08, 0.37])
    assert significant(shares, 0.5) == (2,)
    assert significant(shares, 0.51) == (2, 4)
    assert significant(shares, 0.9) == (2, 3, 4)
    assert significant(np.zeros(5)) == ()
    with pytest.raises(InputError, match="strictly between 0 and 1"):
        significant(shares, 1.0)


def test_a_rectified_wave_has_power_at_its_multiples_alone():
    shares = frequency_shares(np.maximum(waves(P, (9,), (1,), (0.2,)), 0))
    overtones = multiples([9], 8, P)
    assert overtones == (9, 18, 27, 36, 41, 45, 50, 54)
    assert shares[list(overtones)].sum() > 0.999
    assert multiples([9], 1, P) == multiples([P - 9], 1, P) == (9,)
    assert multiples([5], 3, 10) == (5,)
    assert multiples([], 3, 10) == ()


def test_a_planted_sum_leaves_what_is_not_fitted():
    sums = np.add.outer(np.arange(17), np.arange(17)).ravel()
    angles = 2 * np.pi * np.outer(sums, [2, 5]) / 17
    column = 3 + 1.5 * np.cos(angles[:, 0]) - 0.5 * np.sin(angles[:, 1])
    assert harmonic_error(column[:, None], sums, [2, 5], 17)[0] == pytest.approx(0, abs=1e-12)
    # without the frequency 5 a tenth of the power (0.25 of 2.5) is left
    assert harmonic_error(column[:, None], sums, [2], 17)[0] == pytest.approx(0.1**0.5)
    assert harmonic_error(column[:, None], sums, [], 17)[0] == pytest.approx(1)


def test_what_is_no_function_of_the_sum_does_not_fit():
    a, b = np.divmod(np.arange(17 * 17), 17)
    other = np.cos(2 * np.pi * 2 * (a - b) / 17)[:, None]
    assert harmonic_error(other, a + b, [2], 17)[0] == pytest.approx(1)
    assert harmonic_error(np.full((289, 1), 0.1), a + b, [2], 17)[0] == 0
    with pytest.raises(InputError, match="one argument for each row"):
        harmonic_error(np.ones((4, 1)), np.arange(3), [1], 17)


def test_the_projection_of_a_planted_output_layer():
    """Logits sum_k alpha_k cos(2 pi k (a+b-c)/p), factored through hidden states that are exact circles."""
    p, ks, alphas = 23, (4, 7), (1.0, 3.0)
    a, b = np.divmod(np.arange(p * p), p)
    angles = 2 * np.pi * np.outer(a + b, ks) / p
    hidden = np.hstack([np.cos(angles), np.sin(angles)])
    of_c = 2 * np.pi * np.outer(np.arange(p), ks) / p
    rows = np.hstack([alphas * np.cos(of_c), alphas * np.sin(of_c)])
    for k, alpha, angle in zip(ks, alphas, angles.T, strict=True):
        found = project(rows, hidden, k)
        np.testing.assert_allclose(found, p / 2 * alpha * np.stack([np.cos(angle), np.sin(angle)], 1), atol=1e-10)
        assert harmonic_error(found, a + b, [k], p).max() < 1e-12
