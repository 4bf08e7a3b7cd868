"""The ReLU network and its data."""

import numpy as np
import pytest
import torch

from numerics.models.relu import ReLUNetwork, ReLUWeights, leave_gradients, noisy_pairs
from theory.errors import InputError

P, M = 11, 7


def test_two_hot_inputs_give_the_same_logits_by_three_routes():
    model = ReLUNetwork(P, M, seed=3, dtype=torch.float64)
    a, b = np.divmod(np.arange(P * P), P)
    two_hot = np.zeros((P * P, 2 * P))
    two_hot[np.arange(P * P), a] = two_hot[np.arange(P * P), P + b] = 1
    plain = torch.nn.Sequential(model.first, torch.nn.ReLU(), model.output)(torch.from_numpy(two_hot))
    gathered = model(torch.from_numpy(a), torch.from_numpy(b))
    torch.testing.assert_close(gathered, plain)
    np.testing.assert_allclose(ReLUWeights.of(model).logits(a, b), plain.detach().numpy(), atol=1e-12)


def test_a_seed_is_the_same_network_in_both_precisions_and_leaves_the_global_generator():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    double, single = ReLUNetwork(P, M, seed=1, dtype=torch.float64), ReLUNetwork(P, M, seed=1)
    assert torch.equal(torch.get_rng_state(), before)
    for name, x in single.state_dict().items():
        assert torch.equal(x, double.state_dict()[name].float())


def test_weights_are_copies():
    model = ReLUNetwork(P, M, dtype=torch.float64)
    weights = ReLUWeights.of(model)
    before = weights.a.copy()
    with torch.no_grad():
        model.first.weight.zero_()
    np.testing.assert_array_equal(weights.a, before)


def test_neurons_without_output_do_not_count():
    weights = ReLUWeights.of(ReLUNetwork(P, M, dtype=torch.float64))
    a, b = np.divmod(np.arange(P * P), P)
    dead = weights.without(np.ones(M, dtype=bool))
    np.testing.assert_allclose(dead.logits(a, b), np.broadcast_to(weights.out_bias, (P * P, P)))
    np.testing.assert_array_equal(weights.without(np.zeros(M, dtype=bool)).logits(a, b), weights.logits(a, b))


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.3, 1.0])
def test_the_split_is_stratified_and_the_noise_is_exact(noise):
    data = noisy_pairs(97, 0.3, noise, 0)
    true = (data.a + data.b) % 97
    np.testing.assert_array_equal(np.bincount(true, minlength=97), 29)
    np.testing.assert_array_equal(np.bincount((data.validation_a + data.validation_b) % 97), 68)
    pairs = {*zip(data.a, data.b, strict=True), *zip(data.validation_a, data.validation_b, strict=True)}
    assert len(pairs) == 97**2
    assert (data.label != true).sum() == round(noise * len(true))
    assert data.label.min() >= 0
    assert data.label.max() < 97


def test_wrong_labels_are_spread_over_all_other_classes():
    data = noisy_pairs(97, 0.3, 1.0, 0)
    shift = (data.label - data.a - data.b) % 97
    counts = np.bincount(shift, minlength=97)
    assert counts[0] == 0
    assert counts[1:].min() > 0


def test_noise_levels_share_the_split_and_seeds_do_not():
    clean, noisy, other = noisy_pairs(97, 0.3, 0, 0), noisy_pairs(97, 0.3, 0.3, 0), noisy_pairs(97, 0.3, 0, 1)
    np.testing.assert_array_equal(clean.a, noisy.a)
    assert (clean.a != other.a).any()


@pytest.mark.parametrize(("fraction", "noise"), [(0.0, 0), (1.0, 0), (0.3, -0.1), (0.3, 1.1), (float("inf"), 0)])
def test_unusable_settings_are_refused(fraction, noise):
    with pytest.raises(InputError, match="must"):
        noisy_pairs(11, fraction, noise, 0)


def test_the_gradient_by_hand_is_autograd_s():
    data = noisy_pairs(13, 0.5, 0.2, 0)
    a, b, label = (torch.from_numpy(x) for x in (data.a, data.b, data.label))
    model = ReLUNetwork(13, 24, seed=3, dtype=torch.float64)
    expected = torch.autograd.grad(torch.nn.functional.cross_entropy(model(a, b), label), list(model.parameters()))
    leave_gradients(model, a, b, label)
    for parameter, gradient in zip(model.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-10, atol=1e-14)
    leave_gradients(model, a, b, (label + 1) % 13)
    assert not torch.allclose(model.output.weight.grad, expected[2], rtol=1e-2), "the planted fault: other labels"
