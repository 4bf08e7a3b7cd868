"""What a half gives away: the formula against enumeration and against draws."""

import numpy as np
import pytest

from numerics.analysis.permuted_inputs import all_inputs, expected_given_away, given_away, halves, multiset_of
from theory.errors import InputError


@pytest.mark.parametrize(("k", "p"), [(2, 31), (3, 7), (5, 5)])
def test_draws_agree_and_multisets_give_nothing_away(k, p):
    inputs, labels = all_inputs(k, p)
    shares = []
    for seed in range(8):
        train, test = halves(k, p, "inputs", seed)
        shares.append(given_away(inputs[train], inputs[test], p).mean())
        assert len(train) == p**k // 2
        assert np.array_equal(np.sort(np.concatenate([train, test])), np.arange(p**k))
        train, test = halves(k, p, "multisets", seed)
        assert not given_away(inputs[train], inputs[test], p).any()
        assert abs(len(train) - p**k / 2) < 0.2 * p**k
    assert np.mean(shares) == pytest.approx(float(expected_given_away(k, p)), abs=5 * np.std(shares) / 8**0.5)
    assert np.array_equal(labels, inputs.sum(axis=1) % p)


def test_a_multiset_has_one_number():
    inputs, _ = all_inputs(3, 4)
    numbers = multiset_of(inputs, 4)
    assert len(np.unique(numbers)) == 20  # C(6, 3)
    assert np.array_equal(numbers, multiset_of(inputs[:, [2, 0, 1]], 4))


def test_a_memoriser_that_keeps_the_order_is_given_nothing():
    """The fault: comparing inputs as they are, no half gives anything away."""
    inputs, _ = all_inputs(2, 7)
    train, test = halves(2, 7, "inputs", 0)
    ordered = np.isin(inputs[test] @ [7, 1], inputs[train] @ [7, 1])
    assert not ordered.any()
    assert given_away(inputs[train], inputs[test], 7).mean() > 0.2


def test_unusable_input():
    with pytest.raises(InputError, match="'inputs' or 'multisets'; got 'orbits'"):
        halves(2, 5, "orbits", 0)
    with pytest.raises(InputError, match="p must"):
        expected_given_away(2, 1)
