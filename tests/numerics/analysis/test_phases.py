"""A planted phase relation is found; unrelated phases fail."""

import numpy as np
import pytest
from scipy.stats import vonmises

from numerics.analysis.phases import circular_correlation, circular_mean, phase_sum
from numerics.components import wrap_turns
from theory.errors import InputError

GENERATOR = np.random.default_rng(0)
ANGLES = GENERATOR.uniform(-0.5, 0.5, 400)
OTHERS = GENERATOR.uniform(-0.5, 0.5, 400)


def test_the_mean_goes_round_the_circle():
    assert abs(circular_mean(np.array([0.45, -0.45]))) == pytest.approx(0.5)


@pytest.mark.parametrize("turn", [0.0, 0.2, 0.7])
def test_equal_up_to_a_rotation_is_one_and_mirrored_is_minus_one(turn):
    assert circular_correlation(ANGLES, ANGLES + turn) == pytest.approx(1)
    assert circular_correlation(ANGLES, -ANGLES) == pytest.approx(-1)


def test_unrelated_angles_are_near_zero():
    assert abs(circular_correlation(ANGLES, OTHERS)) < 4 / np.sqrt(len(ANGLES))


def test_small_angles_reduce_to_pearson():
    x, y = 1e-4 * ANGLES, 1e-4 * (ANGLES + OTHERS)
    assert circular_correlation(x, y) == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-6)


def test_the_phase_sum_with_planted_noise():
    noise = vonmises(200).rvs(400, random_state=1) / (2 * np.pi)
    found = phase_sum(ANGLES, OTHERS, wrap_turns(ANGLES + OTHERS + noise))
    # rho of uniform angles with von Mises noise is I1/I0 = 1 - 1/(2 kappa)
    assert found.correlation == pytest.approx(1 - 1 / 400, abs=1e-3)
    assert found.median == pytest.approx(np.median(np.abs(noise)))
    assert found.largest == pytest.approx(np.abs(noise).max())
    assert found.neurons == 400


def test_a_network_without_the_relation_fails():
    found = phase_sum(ANGLES, OTHERS, GENERATOR.uniform(-0.5, 0.5, 400))
    assert abs(found.correlation) < 0.2
    assert found.median == pytest.approx(0.25, abs=0.03)
    difference = phase_sum(ANGLES, OTHERS, ANGLES - OTHERS)  # the wrong relation
    assert abs(difference.correlation) < 0.2


@pytest.mark.parametrize(("x", "y"), [(ANGLES, OTHERS[:3]), (ANGLES[:1], OTHERS[:1]), (np.zeros(5), ANGLES[:5])])
def test_what_has_no_correlation_is_refused(x, y):
    with pytest.raises(InputError, match="circular correlation needs"):
        circular_correlation(x, y)
