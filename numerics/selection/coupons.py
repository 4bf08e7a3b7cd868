r"""Coupons: how many uniform draws until each of n kinds has been drawn c times?

Of m draws every kind has at least c with probability :math:`P(m) = P(\min_j N_j \ge c)`, N multinomial.

*Proof* of the formula.  Given their sum, independent Poisson counts are multinomial, so P(m) is the m-th entry of an
n-fold convolution of truncated Poisson probabilities over :math:`P(\mathrm{Poisson}(m) = m)`: sums of positive numbers,
right to rounding.
"""

import numpy as np

from theory.errors import InputError, require_integer


def all_drawn(m: int, kinds: int, times: int) -> float:
    """The probability that m uniform draws contain each of ``kinds`` at least ``times``.

    Raises:
        InputError: for a negative m, or kinds or times below 1.

    Examples:
        >>> round(all_drawn(3, kinds=2, times=1), 12)  # all but the two constant sequences of 8
        0.75
    """
    require_integer("m", m, 0)
    require_integer("kinds", kinds, 1)
    require_integer("times", times, 1)
    from scipy.stats import poisson

    if m < kinds * times:
        return 0.0
    counts = np.arange(m + 1)
    power = np.where(counts >= times, poisson.pmf(counts, m / kinds), 0.0)
    found, left = None, kinds
    while left:
        if left % 2:
            found = power if found is None else np.convolve(found, power)[: m + 1]
        left //= 2
        power = np.convolve(power, power)[: m + 1] if left else power
    assert found is not None
    return min(1.0, float(found[m] / poisson.pmf(m, m)))


def draws_needed(probability: float, kinds: int, times: int) -> int:
    """The least m with :func:`all_drawn` at least ``probability``.

    Raises:
        InputError: unless 0 < probability < 1; for kinds or times below 1.

    Examples:
        >>> draws_needed(0.99, kinds=2, times=1)
        8
    """
    if not 0 < probability < 1:
        raise InputError(f"the probability must lie strictly between 0 and 1; got {probability!r}")
    low, high = 0, kinds * times
    while all_drawn(high, kinds, times) < probability:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if all_drawn(middle, kinds, times) >= probability else (middle, high)
    return high


def enough_at(draws: np.ndarray, kinds: int, times: int) -> int | None:
    """After how many of the draws (0 .. kinds-1 each) every kind has come ``times`` times; None if it never has.

    Examples:
        >>> enough_at(np.array([0, 0, 1, 0, 1]), kinds=2, times=2)
        5
    """
    last = 0
    for kind in range(kinds):
        places = np.flatnonzero(draws == kind)
        if len(places) < times:
            return None
        last = max(last, int(places[times - 1]) + 1)
    return last
