"""Angles of neurons to optimal ones: known ones are found, and the bound of the efficiencies holds."""

import numpy as np
import pytest

from numerics.diagnosis.angles import angles
from numerics.diagnosis.diagnose import diagnose
from theory.construction import construct
from theory.floats import weights
from theory.task import Task


def optimal(k: int, p: int) -> np.ndarray:
    u, w = weights(construct(k, p))
    return np.concatenate([u, w[:, None]], axis=1)


@pytest.mark.parametrize("degrees", [5.0, 19.0, 21.0, 40.0])
def test_two_frequencies_in_known_shares(degrees):
    """Neurons cos(angle) of one frequency and sin(angle) of another, in phase: the extremal ones of the bound."""
    turns, near, p = np.arange(7) / 7, np.radians(degrees), 7
    wave = np.cos(near) * np.cos(2 * np.pi * turns) + np.sin(near) * np.cos(4 * np.pi * turns)
    found = angles(np.broadcast_to(wave, (3, 3, p)))
    assert found.typical == pytest.approx(degrees, abs=1e-6)
    assert found.lost == pytest.approx(1 - np.cos(near) ** 3 - np.sin(near) ** 3, abs=1e-12)
    assert found.far == pytest.approx(float(degrees > 20), abs=1e-12)
    assert found.typical <= found.typical_allowed


@pytest.mark.parametrize(("k", "p"), [(2, 2), (2, 3), (2, 8), (3, 5), (4, 7)])
def test_moved_optima_stay_within_the_bound(k, p):
    vectors = optimal(k, p)
    assert angles(vectors).typical < 1e-5
    moved = vectors + 0.1 * np.abs(vectors).max() * np.random.default_rng(0).normal(size=vectors.shape)
    found = angles(moved)
    assert 0.5 < found.typical <= found.typical_allowed
    assert found.far <= found.far_allowed


def test_a_diagnosis_has_them_where_they_are_defined():
    u, w = weights(construct(2, 5))
    turned = w.copy()
    turned[0] = -turned[0]
    found = diagnose((u, turned), Task.cyclic(2, 5))
    assert found.theorem.angles.far == pytest.approx(1 / len(w))
    assert found.to_json()["theorem"]["angles"]["lost"] > 0.1
    assert diagnose((u, turned), Task.cyclic(2, 5), activation="relu").theorem.angles is None
