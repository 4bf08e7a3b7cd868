"""The recurrent network: what torch's modules compute is what the formula says, and matrices can be exchanged."""

import numpy as np
import pytest
import torch

from numerics.models.rnn import MATRICES, RecurrentNetwork, accuracy, hidden_states, matrices
from theory.errors import InputError

SIGMA = {"relu": lambda x: np.maximum(x, 0), "tanh": np.tanh}


def by_formula(model, sigma):
    """h_1, h_2, h_3 and the logits on the grid, from the formula alone, in float64."""
    weights = {name: x.double().numpy() for name, x in model.state_dict().items()}
    bias = weights["recurrent.bias_ih_l0"] + weights["recurrent.bias_hh_l0"]
    inputs = weights["embedding.weight"] @ weights["recurrent.weight_ih_l0"].T + bias
    back = weights["recurrent.weight_hh_l0"].T
    first = sigma(inputs[:-1])
    second = sigma(inputs[None, :-1] + (first @ back)[:, None])
    third = sigma(inputs[-1] + second @ back)
    return {"h1": first, "h2": second, "h3": third}, third @ weights["output.weight"].T


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_formula(activation):
    model = RecurrentNetwork(7, 5, 6, activation=activation, seed=3)
    states, logits = by_formula(model, SIGMA[activation])
    for name, state in hidden_states(model).items():
        assert state.shape == states[name].shape
        np.testing.assert_allclose(state, states[name], atol=1e-5)
    a, b = torch.tensor([2, 6, 0]), torch.tensor([5, 6, 1])
    np.testing.assert_allclose(model(a, b).detach(), logits[a, b], atol=1e-5)
    right = logits.argmax(axis=2) == np.add.outer(np.arange(7), np.arange(7)) % 7
    assert accuracy(model) == pytest.approx(right.mean())


def test_the_gradient_reaches_every_parameter_and_is_that_of_the_whole_sequence():
    model = RecurrentNetwork(5, 4, 6, activation="tanh", seed=1)
    a, b = torch.tensor([0, 3, 3, 4]), torch.tensor([1, 1, 2, 4])
    gradients = torch.autograd.grad(model(a, b).square().sum(), list(model.parameters()))
    sequence = torch.stack([a, b, torch.full_like(a, 5)], dim=1)
    plain = model.output(model.recurrent(model.embedding(sequence))[1][0]).square().sum()
    for found, expected in zip(gradients, torch.autograd.grad(plain, list(model.parameters())), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
        assert expected.abs().max() > 0


def test_replaced_matrices_count_and_the_model_stays():
    model = RecurrentNetwork(5, 4, 6, seed=2)
    before = matrices(model)
    assert set(before) == set(MATRICES)
    other = RecurrentNetwork(5, 4, 6, seed=9)
    other.load_state_dict(model.state_dict() | {"output.weight": other.output.weight})
    assert accuracy(model, {"W_fc": matrices(other)["W_fc"]}) == accuracy(other)
    constant = np.zeros((5, 6), dtype=np.float32)
    assert accuracy(model, {"W_fc": constant}) == 0, "equal logits are no answer"
    for name, matrix in matrices(model).items():
        np.testing.assert_array_equal(matrix, before[name])


def test_a_seed_is_a_network_and_the_global_generator_is_left_alone():
    state = torch.random.get_rng_state()
    one, two, three = (RecurrentNetwork(5, 4, 6, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(state, torch.random.get_rng_state())
    assert all(torch.equal(x, y) for x, y in zip(one.parameters(), two.parameters(), strict=True))
    assert not torch.equal(one.output.weight, three.output.weight)


@pytest.mark.parametrize("wrong", [{"p": 1}, {"d": 0}, {"h": 0}, {"activation": "gelu"}])
def test_unusable_settings(wrong):
    with pytest.raises(InputError, match="must be"):
        RecurrentNetwork(**{"p": 5, "d": 4, "h": 4} | wrong)
