"""When a circle is a linear projection of an embedding: the exact decision against floats, and its edges."""

from fractions import Fraction

import numpy as np
import pytest

from theory.circles import carries_circle
from theory.errors import InputError


def residual(embedding: np.ndarray, k: int, bias: bool) -> float:
    """How far the best projection is from the circle."""
    p = len(embedding)
    angle = 2 * np.pi * k * np.arange(p) / p
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    columns = np.hstack([embedding, np.ones((p, int(bias)))])
    return float(np.linalg.norm(columns @ np.linalg.lstsq(columns, circle, rcond=None)[0] - circle))


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("p", [5, 6, 7, 9, 12])
def test_random_embeddings_carry_circles_from_the_threshold_on(p, bias):
    generator = np.random.default_rng(p)
    for d in range(p - 3, p + 2):
        embedding = generator.normal(size=(p, d))
        for k in (1, (p - 1) // 2):
            found = carries_circle(embedding, k, bias=bias)
            assert found is (d >= p - bias)
            assert (residual(embedding, k, bias) < 1e-9) is found


def test_a_rank_that_is_missing_is_seen_where_floats_see_nothing():
    embedding = np.random.default_rng(0).integers(-5, 6, size=(5, 5)).astype(float)
    embedding[4] = embedding[0]
    assert not carries_circle(embedding, 1)
    rows = [[Fraction(x) for x in row] for row in embedding]
    rows[4][0] += Fraction(1, 10**30)
    assert carries_circle(rows, 1)
    assert not carries_circle([[float(x) for x in row] for row in rows], 1)


def test_below_the_threshold_is_probability_zero_not_impossible():
    three = [(1, 0), (0, 1), (-1, -1)]
    assert carries_circle(three, 1)
    assert carries_circle(three * 3, 3), "composite p: the circle of order three, at d = 2"
    assert not carries_circle(three * 3, 1)
    assert carries_circle([(x + 5, y - 2) for x, y in three], 1, bias=True)
    assert not carries_circle([(x + 5, y - 2) for x, y in three], 1)


@pytest.mark.parametrize("p", [5, 7])
def test_prime_moduli_need_columns_that_sum_to_zero_at_d_one_less(p):
    embedding = np.random.default_rng(1).integers(-9, 10, size=(p, p - 1))
    assert not carries_circle(embedding, 1)
    embedding[-1] -= embedding.sum(axis=0)
    assert carries_circle(embedding, 1)
    assert carries_circle(embedding, 2)
    assert not carries_circle(embedding[:, :-1], 1)


@pytest.mark.parametrize(
    ("embedding", "k"),
    [([[float("nan")]] * 5, 1), ([[1, 2], [1]], 1), ([], 1), (np.eye(5), 0), (np.eye(5), 3), (np.eye(6), 3)],
)
def test_unusable_input_is_refused(embedding, k):
    with pytest.raises(InputError):
        carries_circle(embedding, k)
