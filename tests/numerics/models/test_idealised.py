"""The networks that are written down: shapes, wasted neurons, two routes to the accuracy, extraction."""

import numpy as np
import pytest

from numerics.analysis.relu_structure import extracted
from numerics.models.idealised import KINDS, accuracies, from_scratch, idealised, waves
from numerics.models.relu import ReLUWeights
from theory.errors import InputError

P = 13
PAIRS = np.divmod(np.arange(P * P), P)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("m", [5, 40])
def test_the_batched_accuracy_is_the_network_s_own(kind, m):
    networks = [from_scratch(P, m, seed, kind) for seed in range(6)]
    first, shared = accuracies(networks)
    alone = [network.accuracy(*PAIRS) for network in networks]
    np.testing.assert_allclose(first, alone, atol=1e-12)
    expected = []
    for network in networks:
        logits = network.logits(*PAIRS)
        best = np.isclose(logits, logits.max(axis=1, keepdims=True), rtol=0, atol=1e-9)
        label = (PAIRS[0] + PAIRS[1]) % P
        expected.append((best[np.arange(P * P), label] / best.sum(axis=1)).mean())
    np.testing.assert_allclose(shared, expected, atol=1e-12)


def test_squares_tie_and_the_first_decides():
    networks = [from_scratch(P, 3, seed, "Sq->Sq") for seed in range(10)]
    first, shared = accuracies(networks)
    assert (first != shared).any()


def test_logits_by_the_formula():
    network = from_scratch(P, 20, 3, "Sq->Cos")
    t_a, t_b = np.random.default_rng([3, P, 20]).uniform(-0.5, 0.5, (2, 20))
    a, b, c = 4, 9, 2
    expected = sum(
        max(
            np.sign(np.cos(2 * np.pi * (t_a[i] + i * a / P))) + np.sign(np.cos(2 * np.pi * (t_b[i] + i * b / P))), 0
        ) * np.cos(2 * np.pi * (t_a[i] + t_b[i] + i * c / P))
        for i in range(20)
    )  # fmt: skip
    assert network.logits(np.array([a]), np.array([b]))[0, c] == pytest.approx(expected)


def test_neurons_of_frequency_zero_vote_for_no_class():
    network = from_scratch(P, 2 * P + 1, 0, "Sq->Sq")
    for i in (0, P, 2 * P):
        assert len(np.unique(network.out[i].round(12))) == 1


def test_wide_networks_solve_the_task_and_a_wrong_phase_does_not():
    generator = np.random.default_rng(0)
    t_a, t_b = generator.uniform(-0.5, 0.5, (2, 400))
    frequency = np.arange(400)
    good = idealised(P, frequency, (t_a, t_b, t_a + t_b), "Sq->Cos")
    assert good.accuracy(*PAIRS) == 1
    wrong = idealised(P, frequency, (t_a, t_b, t_a - t_b), "Sq->Cos")
    assert wrong.accuracy(*PAIRS) < 0.3


def test_extraction_sees_through_amplitudes_biases_and_noise():
    """The plant: a network with random amplitudes, biases and noise; its idealisation is the noiseless one.

    Noise s on a cosine of amplitude A moves its phase by s / (A sqrt(p/2)), one standard deviation.
    """
    generator = np.random.default_rng(1)
    frequency = generator.integers(1, 48, 50)
    t_a, t_b = generator.uniform(-0.5, 0.5, (2, 50))
    plain = idealised(97, frequency, (t_a, t_b, t_a + t_b), "Cos->Cos")
    size = generator.uniform(0.1, 4, (50, 1))
    noisy = ReLUWeights(
        *(size * w + 0.05 * generator.normal(size=w.shape) for w in (plain.a, plain.b, plain.out)),
        generator.normal(size=50),
        generator.normal(size=97),
    )
    found = extracted(noisy, "Cos->Cos")
    for name in ("a", "b", "out"):
        error = np.abs(getattr(found, name) - getattr(plain, name)).max(axis=1)
        assert (error < 4 * 0.05 / (size[:, 0] * np.sqrt(97 / 2))).all()
    assert not found.bias.any()
    assert not found.out_bias.any()


def test_a_structureless_network_has_a_worthless_idealisation():
    generator = np.random.default_rng(2)
    shapes = [(100, 31)] * 3
    random = ReLUWeights(*(generator.normal(size=shape) for shape in shapes), np.zeros(100), np.zeros(31))
    pairs = np.divmod(np.arange(31 * 31), 31)
    assert extracted(random, "Sq->Cos").accuracy(*pairs) < 0.15


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="one of Cos->Cos, Sq->Cos, Sq->Sq; got 'Sq'"):
        from_scratch(5, 4, 0, "Sq")
    with pytest.raises(InputError, match="must be cosine or square"):
        waves(5, np.array([1]), np.array([0.0]), "triangle")
