"""What narrow networks of aligned neurons lose: refusals, and growth with what is missing."""

import pytest

from theory.certificates.store import stored
from theory.errors import InputError
from theory.narrow_gap import least_loss, squared_rate


def test_fewer_neurons_lose_more():
    losses = [least_loss(stored(2), 7, m) for m in range(1, 19)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-2] > 0 == losses[-1]
    assert losses[0] == losses[1] == 1 / 7 > losses[2]  # fewer neurons than frequencies


def test_neurons_are_counted_by_frequency():
    assert least_loss(stored(3), 5, 31) == least_loss(stored(3), 5, 30) > 0
    rate = float(squared_rate(stored(3), 15)) ** 0.5
    loss = least_loss(stored(3), 5, 31)
    assert loss == pytest.approx(rate * (1 - 5 * loss) / 4)


@pytest.mark.parametrize(
    ("k", "p", "m", "words"), [(2, 6, 4, "odd"), (3, 9, 4, "prime factors above 3"), (2, 5, 0, "m")]
)
def test_refusals(k, p, m, words):
    with pytest.raises(InputError, match=words):
        least_loss(stored(k), p, m)
