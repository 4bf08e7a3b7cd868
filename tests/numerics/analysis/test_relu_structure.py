"""A planted algorithm is described as such; a network without one is not."""

import json

import numpy as np
import pytest

from numerics.analysis.relu_structure import describe
from numerics.models.idealised import idealised
from numerics.models.relu import ReLUWeights

P, M = 97, 60


def planted(kind, *, noise=0.0, relation=1):
    """Single-frequency neurons with random amplitudes, biases, and one phase relation."""
    generator = np.random.default_rng(0)
    frequency = generator.integers(1, 49, M)
    t_a, t_b = generator.uniform(-0.5, 0.5, (2, M))
    plain = idealised(P, frequency, (t_a, t_b, t_a + relation * t_b), kind)
    size = generator.uniform(0.5, 1.5, (M, 1))
    vectors = [size * w + noise * generator.normal(size=w.shape) for w in (plain.a, plain.b, plain.out)]
    return ReLUWeights(*vectors, generator.normal(size=M), np.zeros(P))


@pytest.mark.parametrize(("kind", "sign"), [("Cos->Cos", 1), ("Sq->Cos", -1), ("Sq->Sq", -1)])
def test_a_planted_algorithm_is_found(kind, sign):
    found = describe(planted(kind, noise=0.05))
    assert (found["structured"], found["low"]) == (M, 0)
    assert found["same_frequency"] == {"all": 1.0, "structured": 1.0}
    assert found["phase_sum"]["structured"]["correlation"] > 0.99
    for name in ("paper", "fair"):
        assert sign * found["fits"]["structured"][name]["t"] > 10, name
    third = found["harmonics"]["W_a"][2]
    assert third == pytest.approx(0.0 if kind == "Cos->Cos" else 0.09, abs=0.015)
    json.dumps(found, allow_nan=False)


def test_another_relation_of_phases_is_not_the_sum():
    found = describe(planted("Sq->Cos", noise=0.02, relation=-1))["phase_sum"]
    assert abs(found["structured"]["correlation"]) < 0.4
    assert found["all"]["median"] > 0.1


def test_a_network_without_structure_has_none():
    generator = np.random.default_rng(1)
    found = describe(ReLUWeights(*generator.normal(size=(3, 200, P)), np.zeros(200), np.zeros(P)))
    assert found["structured"] == 0
    assert found["low"] > 190
    assert found["same_frequency"]["all"] < 0.05
    assert found["fits"]["structured"] is None
    assert found["phase_sum"]["structured"] is None
    assert abs(found["phase_sum"]["all"]["correlation"]) < 0.3
    json.dumps(found, allow_nan=False)


def test_the_effective_bias_counts_the_means():
    weights = planted("Cos->Cos")
    shifted = ReLUWeights(weights.a + 0.25, weights.b - 0.125, weights.out, weights.bias, weights.out_bias)
    before, after = (describe(x)["effective_bias"] for x in (weights, shifted))
    assert after[0] - before[0] == pytest.approx(0.125)
    assert after[1] == pytest.approx(before[1])
