"""The attention networks: one function by two routes, the symmetries that the formula has, and a planted head."""

import numpy as np
import pytest
import torch

from numerics.models.transformer import AttentionLayer, Transformer
from theory.errors import InputError


def by_hand(layer, inputs):
    """The formula of the paper with matrices, input by input and head by head."""
    e_all = np.eye(layer.p) if layer.embedding is None else layer.embedding.detach().numpy().T
    key, query, value = (w.detach().numpy() for w in (layer.key, layer.query, layer.value))
    outputs = []
    for a in inputs.numpy():
        e = e_all[:, a]
        heads = []
        for h in range(layer.heads):
            scores = e.T @ key[h] @ query[h].T @ e
            attention = np.exp(scores) / np.exp(scores).sum(axis=0)
            heads.append(value[h].T @ e @ attention)
        outputs.append(layer.projection.detach().numpy().T @ np.concatenate(heads).mean(axis=1))
    return np.array(outputs)


def example(k=3, p=7, **options):
    inputs = torch.randint(p, (20, k), generator=torch.Generator().manual_seed(0))
    inputs[0] = 2  # a repeated symbol
    return AttentionLayer(p, 4, 5, **options), inputs


@pytest.mark.parametrize("embedding", [None, 6])
@pytest.mark.parametrize("k", [1, 2, 4])
def test_both_routes_are_the_formula(place, k, embedding):
    layer, inputs = example(k, embedding=embedding, seed=1, dtype=place.dtype)
    expected = by_hand(layer, inputs)
    layer, inputs = layer.to(place.device), inputs.to(place.device)
    place.close(layer(inputs), expected)
    place.close(layer.tabulated(inputs), expected)


def test_both_routes_have_the_same_gradients():
    layer, inputs = example(embedding=6, dtype=torch.float64)
    gradients = []
    for route in (layer, layer.tabulated):
        layer.zero_grad()
        route(inputs).square().sum().backward()
        gradients.append([x.grad.clone() for x in layer.parameters()])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-11, atol=1e-11)


def test_order_does_not_matter_without_positions():
    layer, inputs = example(dtype=torch.float64)
    torch.testing.assert_close(layer(inputs), layer(inputs[:, [2, 0, 1]]))
    ordered = Transformer(3, 7, width=8, heads=2, mlp=16, dtype=torch.float64)
    assert (ordered(inputs) - ordered(inputs[:, [2, 0, 1]])).abs().max() > 1e-3


def test_the_initial_scale():
    layer = AttentionLayer(31, 64, 16)
    assert float(layer.attention_matrices().detach().std()) == pytest.approx(1, rel=0.05)
    embedded = AttentionLayer(31, 64, 16, embedding=48)
    assert float(embedded.attention_matrices().detach().std()) == pytest.approx(1, rel=0.15)


@pytest.mark.parametrize(
    "make", [lambda s: AttentionLayer(5, 2, 3, seed=s), lambda s: Transformer(2, 5, width=8, seed=s)]
)
def test_the_seed_decides_and_the_global_generator_stays(make):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one, other, third = (torch.cat([x.detach().flatten() for x in make(s).parameters()]) for s in (0, 0, 1))
    assert torch.equal(one, other)
    assert not torch.equal(one, third)
    assert torch.equal(before, torch.get_rng_state())


def test_the_transformer_reads_every_symbol(dtype):
    model = Transformer(3, 5, width=16, heads=2, mlp=32, dtype=dtype)
    inputs = torch.tensor([[0, 1, 2]])
    logits = model(inputs)
    assert logits.shape == (1, 5)
    assert logits.dtype == dtype
    for position in range(3):
        changed = inputs.clone()
        changed[0, position] += 1
        assert (model(changed) - logits).abs().max() > 1e-4


@pytest.mark.parametrize(
    ("call", "need"),
    [
        (lambda: AttentionLayer(1, 2, 3), "p must"),
        (lambda: AttentionLayer(5, 0, 3), "heads must"),
        (lambda: AttentionLayer(5, 2, 3, embedding=0), "embedding must"),
        (lambda: Transformer(2, 5, width=10, heads=4), "multiple of the number of heads; got 10 and 4"),
        (lambda: Transformer(2, 5, layers=0), "layers must"),
    ],
)
def test_unusable_sizes(call, need):
    with pytest.raises(InputError, match=need):
        call()
