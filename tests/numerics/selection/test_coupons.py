"""The coupon collector with several copies, against enumeration and against draws."""

from itertools import product

import numpy as np
import pytest

from numerics.selection.coupons import all_drawn, draws_needed, enough_at
from theory.errors import InputError


@pytest.mark.parametrize(("m", "kinds", "times"), [(4, 2, 1), (5, 2, 2), (7, 3, 2), (6, 1, 4), (3, 2, 2), (0, 1, 1)])
def test_the_probability_by_enumeration(m, kinds, times):
    hits = sum(all(each.count(kind) >= times for kind in range(kinds)) for each in product(range(kinds), repeat=m))
    assert all_drawn(m, kinds, times) == pytest.approx(hits / kinds**m, abs=1e-14)


def test_the_draws_needed_are_the_least():
    for kinds, times in ((3, 6), (11, 6), (35, 6), (48, 16)):
        m = draws_needed(0.99, kinds, times)
        assert all_drawn(m - 1, kinds, times) < 0.99 <= all_drawn(m, kinds, times)


def test_the_probability_is_that_of_draws():
    generator, m = np.random.default_rng(0), 177
    fed = np.mean([np.bincount(generator.integers(0, 11, m), minlength=11).min() >= 6 for _ in range(4000)])
    assert fed == pytest.approx(all_drawn(m, 11, 6), abs=5 * (0.01 / 4000) ** 0.5)


def test_when_it_is_enough():
    assert enough_at(np.array([0, 1, 1, 0, 0]), 2, 2) == 4
    assert enough_at(np.array([0, 1, 0]), 2, 2) is None
    assert enough_at(np.array([], dtype=int), 1, 1) is None


@pytest.mark.parametrize("bad", [(-1, 2, 1), (3, 0, 1), (3, 2, 0)])
def test_bad_numbers_are_refused(bad):
    with pytest.raises(InputError):
        all_drawn(*bad)
    with pytest.raises(InputError, match="strictly between"):
        draws_needed(1.0, 2, 1)
