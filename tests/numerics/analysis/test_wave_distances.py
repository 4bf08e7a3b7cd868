"""Distances from square waves and cosines: closed cases, a brute-force twin, and planted faults."""

import numpy as np
import pytest

from numerics.analysis.wave_distances import PLANES, POINTWISE, wave_distances

P = 97
TURN = (5 * np.arange(P) / P + 0.1 + 0.5) % 1 - 0.5
COSINE, SQUARE = 0.2 + 0.45 * np.cos(2 * np.pi * TURN), 0.2 + 0.45 * np.sign(np.cos(2 * np.pi * TURN))


@pytest.mark.parametrize("name", [*POINTWISE, *PLANES])
def test_a_square_wave_is_nearer_to_a_square_and_a_cosine_to_a_cosine(name):
    square, cosine = ({k: x[0] for k, x in wave_distances(w[None])[name].items()} for w in (SQUARE, COSINE))
    assert square["square"] == pytest.approx(0, abs=1e-9)
    assert min(square["paper"], square["fair"]) > 0.01
    assert cosine["fair"] < 1e-3 < 0.01 < cosine["square"]


def brute(x, y, curve):
    """Least distance of a point from a finely drawn curve."""
    return np.hypot(curve[:, 0] - x, curve[:, 1] - y).min()


@pytest.mark.parametrize("name", PLANES)
def test_planar_distances_are_those_from_finely_drawn_curves(name):
    period, scaled = PLANES[name]
    w = COSINE + 0.05 * np.random.default_rng(0).normal(size=P)
    found = wave_distances(w[None])[name]
    coefficient = np.fft.rfft(w)[5]
    turn = (5 * np.arange(P) / P + np.angle(coefficient) / (2 * np.pi) + 0.5) % 1 - 0.5
    high, low = np.median(w[abs(turn) < 0.25]), np.median(w[abs(turn) >= 0.25])
    unit = (high - low) / 2 if scaled else 1.0
    fine = np.linspace(-1.5, 1.5, 60_001)
    cosine = w.mean() + 2 * abs(coefficient) / P * np.cos(2 * np.pi * fine)
    square = np.where(np.cos(2 * np.pi * fine) > 0, high, low)
    edges = [np.stack([np.full(4001, x), np.linspace(low, high, 4001)], axis=1) for x in (-0.75, -0.25, 0.25, 0.75)]
    curves = {
        "fair": np.stack([fine * period, cosine / unit], axis=1),
        "square": np.concatenate([np.stack([fine, square], axis=1), *edges]) * [period, 1 / unit],
    }
    for kind, curve in curves.items():
        expected = np.mean([brute(x * period, y / unit, curve) for x, y in zip(turn, w, strict=True)])
        assert found[kind][0] == pytest.approx(expected, abs=2e-3)


def test_without_its_edges_a_square_would_be_farther():
    """The planted fault: levels alone."""
    w = COSINE[None]
    levels = wave_distances(w)["mean"]["square"][0]
    assert wave_distances(w)["plane_turns"]["square"][0] < 0.7 * levels
