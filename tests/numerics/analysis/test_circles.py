"""Planted circles are found with their strength and shape; an embedding without structure has none."""

import numpy as np
import pytest

from numerics.analysis.circles import (
    axis_ratio,
    circularity,
    plane,
    signals,
    survival,
    survivors,
    two_sided_signals,
)
from theory.errors import InputError


def planted(p: int, d: int, radii: dict[int, float], noise: float = 0.0, flat: bool = False) -> np.ndarray:
    """Circles of given frequencies and radii in random orthogonal planes; ``flat``: cosines along one line each."""
    generator = np.random.default_rng(0)
    axes = np.linalg.qr(generator.normal(size=(d, 2 * len(radii))))[0].T
    embedding = noise * generator.normal(size=(p, d))
    for (k, radius), (x, y) in zip(radii.items(), axes.reshape(-1, 2, d), strict=True):
        angle = 2 * np.pi * k * np.arange(p)[:, None] / p
        embedding += radius * (np.cos(angle) * x + (0 if flat else 1) * np.sin(angle) * y)
    return embedding


def test_signals_of_planted_circles_are_exact():
    r"""A circle of radius r has :math:`F_k = (p/2) r (x - iy)`, of length :math:`p r/\sqrt2`."""
    found = signals(planted(13, 20, {2: 3.0, 5: 1.0}))
    expected = np.zeros(6)
    expected[[1, 4]] = 13 / 2**0.5 * np.array([3.0, 1.0])
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("p", [8, 13])
def test_signals_keep_the_whole_power(p):
    embedding = np.random.default_rng(1).normal(size=(3, p, 4))
    both = two_sided_signals(embedding)
    assert (both**2).sum(axis=-1) == pytest.approx(p * (embedding**2).sum(axis=(-1, -2)))
    assert signals(embedding).shape == (3, p // 2)
    assert both[:, -1] == pytest.approx(both[:, 1])
    naive = [abs(np.exp(-2j * np.pi * np.arange(p) / p) @ embedding[0])]
    assert signals(embedding)[0, 0] == pytest.approx(np.linalg.norm(naive))


def test_survivors_are_the_planted_circles_strongest_first():
    embedding = planted(31, 64, {3: 2.0, 12: 3.0, 7: 2.5}, noise=0.05)
    assert survivors(embedding) == [12, 7, 3]
    assert np.flatnonzero(survival(embedding)).tolist() == [2, 6, 11]
    assert survival(np.stack([embedding, 2 * embedding])).tolist() == [survival(embedding).tolist()] * 2


def test_the_mean_counts_but_never_survives():
    """The published rule would report the frequency 0 here, and cut the pairs after it in two."""
    embedding = planted(31, 64, {3: 2.0, 12: 3.0}) + 10.0
    assert survivors(embedding) == []
    assert survivors(planted(31, 64, {3: 2.0, 12: 3.0}) + 0.2) == [12, 3]


def test_a_random_embedding_has_no_survivor_and_no_circle():
    p, d = 59, 128
    mean = (d + 1) / (d + p - 1)  # of Beta((d+1)/2, (p-2)/2), the law of each
    spread = (mean * (1 - mean) / ((d + p + 1) / 2 * 5 * 29)) ** 0.5
    embeddings = np.random.default_rng(2).normal(size=(5, p, d))
    assert not survival(embeddings).any()
    found = [circularity(embedding, k) for embedding in embeddings for k in range(1, 30)]
    assert np.mean(found) == pytest.approx(mean, abs=5 * spread)
    assert max(found) < 0.9


def test_circularity_is_one_for_a_circle_and_for_a_line_and_the_axis_ratio_tells_them_apart():
    circle, line = planted(13, 20, {2: 3.0}), planted(13, 20, {2: 3.0}, flat=True)
    assert circularity(circle, 2) == pytest.approx(1, abs=1e-12)
    assert circularity(line, 2) == pytest.approx(1, abs=1e-12)
    assert axis_ratio(circle, 2) == pytest.approx(1, abs=1e-12)
    assert axis_ratio(line, 2) == pytest.approx(0, abs=1e-12)


def test_what_shares_the_plane_lowers_circularity():
    circle = planted(13, 20, {2: 3.0})
    other = planted(13, 20, {5: 1.0})  # the same plane: the same generator
    assert circularity(circle + other, 2) == pytest.approx(0.9, abs=1e-12)


def test_the_plane_shows_the_circle():
    coordinates = plane(planted(13, 20, {2: 3.0}), 2)
    assert np.linalg.norm(coordinates, axis=1) == pytest.approx(np.full(13, 3.0))
    turns = np.unwrap(np.arctan2(coordinates[:, 1], coordinates[:, 0]))
    assert np.abs(np.diff(turns)) == pytest.approx(np.full(12, 4 * np.pi / 13))


@pytest.mark.parametrize("k", [0, 7])
def test_a_frequency_that_is_none_is_refused(k):
    with pytest.raises(InputError, match="from 1 to"):
        circularity(np.ones((13, 3)), k)
    with pytest.raises(InputError, match="from 1 to"):
        axis_ratio(np.ones((13, 3)), k)
