"""Ranks and singular pairs: planted ones are found, and a matrix without structure has none."""

import numpy as np
import pytest

from numerics.analysis.ranks import energy, power_at, rank_needed, singular_pairs
from theory.errors import InputError

P = 113
PLANTED = (6, 15, 20, 29, 47, 54)


def cosines(p, ks, d, seed=0, strengths=None):
    """Rows on circles of these frequencies, in orthonormal random planes of R^d."""
    planes = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, 2 * len(ks))))[0].T
    angles = 2 * np.pi * np.outer(np.arange(p), ks) / p
    strengths = np.arange(len(ks), 0, -1) if strengths is None else np.array(strengths)
    return np.stack([strengths * np.cos(angles), strengths * np.sin(angles)], axis=2).reshape(p, -1) @ planes


def decodes(matrix, right):
    """How often the nearest row of the planted matrix is the right one."""
    distance = ((matrix[:, None] - right[None]) ** 2).sum(axis=2)
    return float((distance.argmin(axis=1) == np.arange(len(right))).mean())


def test_a_matrix_of_rank_twelve():
    matrix = cosines(P, PLANTED, 128)
    assert energy(matrix, 12) == pytest.approx(1, abs=1e-14)
    assert energy(matrix, 11) < 0.999

    def intact(shortened):
        return 1 - float(np.linalg.norm(shortened - matrix) / np.linalg.norm(matrix))

    assert rank_needed(matrix, intact, 1 - 1e-9) == 12
    noise = matrix + 0.01 * np.random.default_rng(1).normal(size=matrix.shape)
    assert rank_needed(noise, intact, 0.97) == 12


@pytest.mark.parametrize("rank", range(7))
def test_the_score_sees_the_best_approximations(rank):
    """Eckart and Young: what a rank misses is what the energy says, and the least rank that holds it is found."""
    matrix = np.random.default_rng(rank).normal(size=(6, 8)).astype(np.float32)
    target = energy(matrix, rank) - 1e-6

    def held(x):
        assert x.dtype == np.float32
        assert np.linalg.norm(matrix - x) ** 2 + np.linalg.norm(x) ** 2 == pytest.approx(np.linalg.norm(matrix) ** 2)
        return np.linalg.norm(x) ** 2 / np.linalg.norm(matrix) ** 2

    assert rank_needed(matrix, held, target) == rank


def test_fewer_directions_can_be_enough_to_decode():
    matrix = cosines(31, (3, 7), 12, strengths=(5, 1))
    assert rank_needed(matrix, lambda x: decodes(x, matrix)) <= 4
    assert rank_needed(np.eye(31), lambda x: decodes(x, np.eye(31))) > 4


def test_a_target_out_of_reach():
    with pytest.raises(InputError, match=r"must reach the target 1; got 0\.5"):
        rank_needed(np.eye(3), lambda matrix: 0.5)


@pytest.mark.parametrize("rank", [-1, 4])
def test_a_rank_that_there_is_not(rank):
    with pytest.raises(InputError, match="rank must be"):
        energy(np.ones((3, 5)), rank)


def test_pairs_of_planted_circles_are_their_frequencies():
    pairs = singular_pairs(cosines(P, PLANTED, 128), 6)
    assert [pair.frequency for pair in pairs] == list(PLANTED)
    assert min(pair.share for pair in pairs) == pytest.approx(1, abs=1e-12)


def test_structureless_and_interlaced_pairs_are_no_frequency():
    noise = np.random.default_rng(0).normal(size=(P, 128))
    assert max(pair.share for pair in singular_pairs(noise, 6)) < 0.25
    angles = 2 * np.pi * np.outer(np.arange(P), [4, 9]) / P
    # cos 4, cos 9, sin 4, sin 9 in this order of size: consecutive vectors are of different frequencies
    interlaced = np.hstack([np.cos(angles), np.sin(angles)]) @ np.diag([4, 3, 2, 1])
    assert max(pair.share for pair in singular_pairs(interlaced, 2)) == pytest.approx(0.5)
    assert power_at(interlaced, 4, [4, 9]) == pytest.approx(1)
    assert power_at(interlaced, 1, [4, 9]) == pytest.approx(1)
    assert power_at(interlaced, 4, [4]) == pytest.approx(0.5)
    assert power_at(noise, 12, PLANTED) < 0.25
    with pytest.raises(InputError, match="rank must be"):
        power_at(noise, 0, PLANTED)
