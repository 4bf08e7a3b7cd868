r"""How far a count of seeds reaches: 95% intervals of probabilities, of quantiles and of correlations.

A share of x seeds in n has two intervals.  **Exact** (Clopper-Pearson): every probability that gives x, or something
further out, on neither side less often than :math:`(1-level)/2`; it covers the truth with at least ``level``, whatever
the truth is.  **Wilson**: where the score test :math:`|x/n - \pi| \le z \sqrt{\pi(1-\pi)/n}` accepts
:math:`\pi`; shorter, and ``level`` on average only.

The **quantile** of share s of a law that n seeds were drawn from lies between two order statistics: below the j-th
smallest with probability at least that of fewer than j of n seeds under it, a binomial probability, whatever the law.

A correlation r of n pairs has Fisher's interval :math:`\tanh(\mathrm{artanh}\, r \pm z/\sqrt{n-3})`: for pairs that are
independent of each other and normal, in the limit of many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Any, Literal

import numpy as np

from theory.errors import InputError, require_integer


@dataclass(frozen=True)
class Interval:
    """A closed interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Correlation:
    """Pearson's r of n pairs, Fisher's interval, and the two-sided p-value of r = 0."""

    r: float
    interval: Interval
    p_value: float
    pairs: int


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """Wilson's score interval of a probability.

    Raises:
        InputError: unless 0 <= successes <= n, n >= 1, and 0 < level < 1.
    """
    return _of_share("wilson", successes, n, level)


def exact(successes: int, n: int, level: float = 0.95) -> Interval:
    """Clopper and Pearson's interval of a probability: it covers the truth with at least ``level``.

    Raises:
        InputError: unless 0 <= successes <= n, n >= 1, and 0 < level < 1.
    """
    return _of_share("exact", successes, n, level)


def _of_share(method: Literal["wilson", "exact"], successes: int, n: int, level: float) -> Interval:
    from scipy.stats import binomtest

    require_integer("the number of seeds", n, 1)
    require_integer("successes", successes, 0, n)
    _require_level(level)
    found = binomtest(successes, n).proportion_ci(level, method)
    return Interval(float(found.low), float(found.high))


def share(successes: int, n: int) -> dict[str, Any]:
    """A share of n seeds with its exact 95% interval, as JSON."""
    found = exact(successes, n)
    return {"count": successes, "seeds": n, "share": successes / n, "interval": [found.low, found.high]}


def quantile(values: Sequence[float], of: float, level: float = 0.95) -> dict[str, Any]:
    """The quantile of share ``of`` of n seeds, with an interval of order statistics, as JSON.

    An end is None where n seeds are too few to bound it.

    Raises:
        InputError: without values, or unless 0 < of < 1 and 0 < level < 1.

    Examples:
        >>> quantile(range(1, 101), 0.5)
        {'value': 50, 'interval': [40, 61], 'seeds': 100}
        >>> quantile(range(1, 101), 0.99)["interval"]
        [97, None]
    """
    from scipy.stats import binom

    n, ordered = len(values), sorted(values)
    require_integer("the number of seeds", n, 1)
    for share_ in (of, level):
        _require_level(share_)
    # P(x_(j) > quantile) = P(fewer than j of n at or below it)
    below = binom.cdf(np.arange(n), n, of)  # of j-1 for j = 1 .. n
    first = int((below <= (1 - level) / 2).sum())
    last = int((below < (1 + level) / 2).sum()) + 1
    ends = [ordered[first - 1] if first else None, ordered[last - 1] if last <= n else None]
    return {"value": ordered[min(n, ceil(of * n)) - 1], "interval": ends, "seeds": n}


def pearson(x: np.ndarray, y: np.ndarray, level: float = 0.95) -> Correlation:
    """Pearson's correlation of two arrays of shape (n,), n >= 4.

    Raises:
        InputError: for other shapes, fewer pairs, numbers that are not finite, or an array of one value only.
    """
    from scipy.stats import pearsonr

    _require_level(level)
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 4:
        raise InputError(f"a correlation needs two arrays of the same length, at least 4; got {x.shape} and {y.shape}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InputError("a correlation needs finite numbers; one is NaN or infinite")
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        raise InputError("a correlation needs arrays that vary; one holds a single value")
    found = pearsonr(x, y)
    ends = found.confidence_interval(level)
    interval = Interval(float(ends.low), float(ends.high))
    return Correlation(float(found.statistic), interval, float(found.pvalue), len(x))


def _require_level(level: float) -> None:
    if not (isfinite(level) and 0 < level < 1):
        raise InputError(f"the level must lie strictly between 0 and 1; got {level!r}")
