"""Intervals of probabilities: coverage by enumeration; of correlations: by simulation."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import binom, binomtest

from numerics.selection.intervals import exact, pearson, share, wilson
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


def test_wilson_covers_95_percent_on_average_and_not_everywhere():
    covered = coverage(wilson, 50, np.linspace(0.01, 0.99, 981))
    assert 0.945 < covered.mean() < 0.96
    assert covered.min() < 0.95


@pytest.mark.parametrize(("x", "n"), [(0, 10), (3, 10), (10, 10), (50, 100), (1, 2000)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_both_intervals_by_another_library(x, n, level):
    for interval, method in ((wilson, "wilson"), (exact, "exact")):
        found, other = interval(x, n, level), binomtest(x, n).proportion_ci(level, method)
        assert found.low == pytest.approx(other.low, abs=1e-9)
        assert found.high == pytest.approx(other.high, abs=1e-9)


@pytest.mark.parametrize(("x", "n", "level"), [(0, 10, 0.95), (3, 10, 0.95), (10, 10, 0.9), (7, 100, 0.99)])
def test_exact_by_its_definition(x, n, level):
    """Both ends solve a binomial tail of (1 - level)/2."""
    tail = (1 - level) / 2
    low = 0.0 if x == 0 else brentq(lambda q: binom.sf(x - 1, n, q) - tail, 1e-12, 1 - 1e-12, xtol=1e-14)
    high = 1.0 if x == n else brentq(lambda q: binom.cdf(x, n, q) - tail, 1e-12, 1 - 1e-12, xtol=1e-14)
    found = exact(x, n, level)
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)


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
    assert found.interval.low < found.r < found.interval.high
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
