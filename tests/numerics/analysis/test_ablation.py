"""Ablation: the parts of a planted matrix come apart exactly; what is tried is what was promised."""

from math import comb

import numpy as np
import pytest

from numerics.analysis.ablation import ablate, choices, drop_frequencies, keep_frequencies
from theory.errors import InputError


def part(rows, k):
    """The part at one frequency from the definition, one sum per row."""
    p = len(rows)
    factor = 1 if k in (0, p / 2) else 2
    a = np.arange(p)
    return factor / p * np.cos(2 * np.pi * k * np.subtract.outer(a, a) / p) @ rows


@pytest.mark.parametrize("p", [7, 8])
def test_the_parts_are_those_of_the_definition(p):
    rows = np.random.default_rng(p).normal(size=(p, 3))
    for k in range(p // 2 + 1):
        np.testing.assert_allclose(keep_frequencies(rows, [k]), part(rows, k), atol=1e-12)
    np.testing.assert_allclose(sum(keep_frequencies(rows, [k]) for k in range(p // 2 + 1)), rows, atol=1e-12)


def test_projections_of_rank_two_orthogonal_to_each_other():
    rows = np.random.default_rng(0).normal(size=(11, 20))
    one, two = keep_frequencies(rows, [2]), keep_frequencies(rows, [9, 5])
    np.testing.assert_allclose(keep_frequencies(one, [9]), one, atol=1e-12)
    assert abs((one * drop_frequencies(rows, [2])).sum()) < 1e-10
    assert [np.linalg.matrix_rank(x) for x in (one, two)] == [2, 4]
    np.testing.assert_allclose(two + drop_frequencies(rows, [2, 5]), rows, atol=1e-12)


def test_dtype_and_shape_stay():
    rows = np.ones((5, 2, 3), dtype=np.float32)
    dropped = drop_frequencies(rows, [1])
    assert dropped.dtype == np.float32
    np.testing.assert_allclose(dropped, rows, atol=1e-6)


@pytest.mark.parametrize("k", [-1, 7])
def test_a_frequency_that_there_is_not(k):
    with pytest.raises(InputError, match=r"must be one of 0\.\.6"):
        keep_frequencies(np.ones((7, 1)), [k])


def test_choices_are_all_or_different_random_ones():
    assert choices([3, 5, 8], 2, 3) == [(3, 5), (3, 8), (5, 8)]
    assert choices([3, 5], 0, 1) == [()]
    some = choices(list(range(10, 20)), 4, 15, seed=1)
    assert len(set(some)) == 15 < comb(10, 4)
    assert all(list(ks) == sorted(set(ks)) and len(ks) == 4 for ks in some)
    assert some == choices(list(range(10, 20)), 4, 15, seed=1) != choices(list(range(10, 20)), 4, 15, seed=2)


def test_planted_need_is_found():
    """A score that needs two of three frequencies: one may go, two may not."""
    found = ablate(lambda ks: float(3 - len(ks) >= 2), [1, 4, 6])
    assert [(x.size, x.least, x.mean, x.largest, x.every) for x in found] == [
        (0, 1, 1, 1, True), (1, 1, 1, 1, True), (2, 0, 0, 0, True), (3, 0, 0, 0, True),
    ]  # fmt: skip
    one_matters = ablate(lambda ks: float(4 not in ks), [1, 4, 6], sizes=[1])[0]
    assert (one_matters.least, one_matters.mean, one_matters.largest) == (0, pytest.approx(2 / 3), 1)
    assert one_matters.scores[(4,)] == 0
    assert not ablate(lambda ks: 0.0, range(9), sizes=[3], most=5)[0].every
