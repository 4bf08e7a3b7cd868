"""Margins from the modes against the definition."""

import numpy as np
import pytest
import torch

from numerics.full_size import every_input
from numerics.full_size.every_input import margin_over_every_input
from numerics.full_size.frequencies import OwnFrequencies
from numerics.full_size.layout import unstack
from theory.task import Task, logits, margins


@pytest.mark.parametrize("most", [10, 10**6])
@pytest.mark.parametrize(("k", "p"), [(1, 7), (2, 7), (3, 5), (2, 9), (3, 3), (4, 3)])
def test_least_margin_and_accuracy(k, p, most, monkeypatch):
    """Also where exponents alias (p <= k), and however the inputs are cut."""
    monkeypatch.setattr(every_input, "MOST_ENTRIES", most)
    rng = np.random.default_rng(0)
    amplitudes = rng.normal(size=(12, k + 1)) + 1j * rng.normal(size=(12, k + 1))
    own = OwnFrequencies(1 + np.arange(12) % (p // 2), amplitudes, impure=0.0)
    expected = margins(Task.cyclic(k, p), logits(*unstack(own.theta(p)).numpy()))
    least, accuracy = margin_over_every_input(own, p)
    assert least == pytest.approx(expected.min(), rel=1e-11)
    assert accuracy == (expected > 0).mean()


def test_own_frequencies_and_back():
    theta = OwnFrequencies(np.array([1, 3, 2]), np.ones((3, 3)) * (1 + 2j), 0.0).theta(7)
    own = OwnFrequencies.of(theta)
    assert own.frequency.tolist() == [1, 3, 2]
    assert own.neurons(7).tolist() == [1, 1, 1]
    assert own.impure == pytest.approx(0, abs=1e-12)
    torch.testing.assert_close(own.theta(7), theta)
    theta[0, 0, 0] += 1
    assert OwnFrequencies.of(theta).impure > 1e-3
