"""Intervals of probabilities and of quantiles: coverage by enumeration; of correlations: by simulation."""

import numpy as np
import pytest
from scipy.special import betaincinv, ndtri
from scipy.stats import binom

from numerics.selection.intervals import exact, pearson, quantile, share, wilson
from theory.errors import InputError


def coverage(interval, n: int, probabilities: np.ndarray) -> np.ndarray:
    """Probability that the interval of a binomial count contains the truth, summed over all counts."""
    found = [interval(x, n) for x in range(n + 1)]
    low, high = np.array([(each.low, each.high) for each in found]).T
    inside = (low <= probabilities[:, None]) & (probabilities[:, None] <= high)
    return (binom.pmf(np.arange(n + 1), n, probabilities[:, None]) * inside).sum(axis=1)


@pytest.mark.parametrize("n", [1, 2, 5, 20, 100])
def test_the_exact_interval_covers_every_probability(n):
    assert coverage(exact, n, np.linspace(0.001, 0.999, 997)).min() >= 0.95 - 1e-12


def test_an_interval_that_is_too_short_is_caught():
    """The twin: 90% intervals do not cover 95%."""
    assert coverage(lambda x, n: exact(x, n, 0.9), 100, np.linspace(0.001, 0.999, 997)).min() < 0.95


def quantile_coverage(n: int, of: float, level: float) -> float:
    """Of the order statistics 1 .. n of a continuous law: x_j is above the quantile if fewer than j lie below it."""
    low, high = quantile(range(1, n + 1), of, level)["interval"]
    below = binom.cdf(low - 1, n, of) if low is not None else 0.0
    above = 1 - binom.cdf(high - 1, n, of) if high is not None else 0.0
    return 1 - below - above


@pytest.mark.parametrize(("n", "of"), [(10, 0.5), (100, 0.5), (100, 0.99), (400, 0.99), (1000, 0.99), (1, 0.5)])
def test_the_interval_of_a_quantile_covers_it_and_is_no_wider_than_needed(n, of):
    assert quantile_coverage(n, of, 0.95) >= 0.95
    assert quantile_coverage(n, of, 0.90) < quantile_coverage(n, of, 0.95) + 1e-12
    low, high = quantile(range(1, n + 1), of)["interval"]
    assert low is None or binom.cdf(low, n, of) > 0.025
    assert high is None or binom.cdf(high - 2, n, of) < 0.975


def test_a_quantile_needs_values_and_a_share():
    for bad in (([], 0.5), ([1], 1.0)):
        with pytest.raises(InputError):
            quantile(*bad)


def test_wilson_covers_95_percent_on_average_and_not_everywhere():
    covered = coverage(wilson, 50, np.linspace(0.01, 0.99, 981))
    assert 0.945 < covered.mean() < 0.96
    assert covered.min() < 0.95


@pytest.mark.parametrize(("x", "n"), [(0, 10), (3, 10), (10, 10), (50, 100), (1, 2000)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_both_intervals_by_their_closed_forms(x, n, level):
    z = ndtri((1 + level) / 2)
    middle, spread = x + z**2 / 2, z * np.sqrt(x * (n - x) / n + z**2 / 4)
    found = wilson(x, n, level)
    assert (found.low, found.high) == pytest.approx(
        ((middle - spread) / (n + z**2), (middle + spread) / (n + z**2)), rel=0, abs=1e-13
    )
    found, tail = exact(x, n, level), (1 - level) / 2
    low = betaincinv(x, n - x + 1, tail) if x else 0.0
    high = betaincinv(x + 1, n - x, 1 - tail) if x < n else 1.0
    assert (found.low, found.high) == pytest.approx((low, high), rel=0, abs=1e-12)


def test_a_share_is_json():
    assert share(3, 10) == {
        "count": 3, "seeds": 10, "share": 0.3, "interval": [exact(3, 10).low, exact(3, 10).high],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("x", "n", "level"),
    [(-1, 5, 0.95), (6, 5, 0.95), (0, 0, 0.95), (1.0, 5, 0.95), (1, 5, 0), (1, 5, 1), (1, 5, np.nan)],
)
@pytest.mark.parametrize("interval", [wilson, exact])
def test_impossible_counts_are_refused(interval, x, n, level):
    with pytest.raises(InputError):
        interval(x, n, level)


def test_fisher_covers_95_percent_of_normal_pairs():
    rng = np.random.default_rng(0)
    truth, covered = 0.6, 0
    for _ in range(1000):
        x, noise = rng.normal(size=(2, 30))
        found = pearson(x, truth * x + np.sqrt(1 - truth**2) * noise)
        covered += found.interval.low <= truth <= found.interval.high
    assert 930 <= covered <= 970  # binomial(1000, .95) leaves this with probability .004


def test_pearson_by_its_definition_and_at_its_ends():
    x = np.random.default_rng(1).normal(size=20)
    y = x**2 + x
    found = pearson(x, y)
    assert found.r == pytest.approx(np.corrcoef(x, y)[0, 1])
    ends = np.tanh(np.arctanh(found.r) + np.array([-1, 1]) * ndtri(0.975) / np.sqrt(17))
    assert (found.interval.low, found.interval.high) == pytest.approx(tuple(ends), rel=0, abs=1e-13)
    assert found.pairs == 20
    assert pearson(x, -x).r == pytest.approx(-1)
    assert pearson(x, -x).interval.high < -0.999


@pytest.mark.parametrize(
    ("x", "y", "say"),
    [
        ([1, 2, 3], [1, 2, 3], "at least 4"),
        ([1, 2, 3, 4], [1, 2, 3], "same length"),
        ([1, 2, 3, np.nan], [1, 2, 3, 4], "finite"),
        ([1, 1, 1, 1], [1, 2, 3, 4], "vary"),
    ],
)
def test_impossible_pairs_are_refused(x, y, say):
    with pytest.raises(InputError, match=say):
        pearson(np.array(x), np.array(y))
