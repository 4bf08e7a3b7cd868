"""Acceptance at the sizes of the literature: plain networks that grok, and the frequencies that an FFT here names.

Seconds are CPU seconds on one core of a 2.5 GHz Xeon; the tests themselves look at no clock.
"""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from numerics.diagnosis.diagnose import diagnose
from numerics.diagnosis.diagnosis import Diagnosis
from tests.numerics.diagnosis.plain import EmbeddingMLP, OneLayerTransformer, by_hand, pairs, strong
from theory.task import Task


def grok(model: nn.Module, as_called, p: int, steps: int, lr: float, seed: int = 0, batch: int = 2048) -> float:
    """AdamW with weight decay 1 on half of the pairs; returns the accuracy on the other half."""
    inputs = pairs(p)
    labels = inputs.sum(dim=1) % p
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(p * p, generator=generator)
    train, test = order[: p * p // 2], order[p * p // 2 :]
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=1.0, betas=(0.9, 0.98))
    for step in range(steps):
        for options in optimiser.param_groups:
            options["lr"] = lr * min(1, (step + 1) / 10)
        chosen = train[torch.randint(len(train), (min(batch, len(train)),), generator=generator)]
        loss = nn.functional.cross_entropy(model(*as_called(inputs[chosen])), labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        return float((model(*as_called(inputs[test])).argmax(dim=1) == labels[test]).double().mean())


def fft_names(rows: Tensor, count: int) -> set[str]:
    """The strongest frequencies of an embedding, by one FFT."""
    power = (np.abs(np.fft.rfft(rows.detach().double().numpy(), axis=0)) ** 2).sum(axis=1)[1:]
    return {str(1 + f) for f in np.argsort(-power)[:count]}


def checked(found: Diagnosis, model: nn.Module, as_called, p: int, rows: Tensor) -> None:
    """Against the FFT of the logits, and of the embedding."""
    with torch.no_grad():
        logits = model(*as_called(pairs(p))).double().numpy().reshape(p, p, p)
    shares, accuracy = by_hand(logits)
    assert found.logits.accuracy == pytest.approx(accuracy)
    assert found.logits.every
    np.testing.assert_allclose(found.wanted.shares, shares, atol=1e-5)
    assert set(found.wanted.used) == strong(shares)
    assert set(found.wanted.used[:3]) <= fft_names(rows, 5)
    by_place = {each.place: each for each in found.inside.ablations}
    assert by_place["logits"].without_all < 0.5
    assert by_place["logits"].all_alone == 1


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_relu_embedding_mlp_at_59():
    p = 59
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = EmbeddingMLP(p, d=64, m=256)

    def as_called(pair: Tensor) -> tuple[Tensor, ...]:
        return tuple(pair.T)

    assert grok(model, as_called, p, steps=1500, lr=5e-3) > 0.99
    found = diagnose(model, Task.cyclic(2, p))
    checked(found, model, as_called, p, model.left.weight)
    assert "activation relu" in found.kind
    assert found.purity.by_mass > 0.8
    assert found.phases.median < 0.06
    assert not found.theorem.applies
    state = diagnose(model.state_dict(), Task.cyclic(2, p))
    assert state.wanted.used == found.wanted.used
    print(f"\n{found}")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_one_layer_transformer_at_113():
    p = 113
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = OneLayerTransformer(p, d=64, heads=4, m=256)

    def as_called(pair: Tensor) -> tuple[Tensor, ...]:
        return (pair,)

    assert grok(model, as_called, p, steps=800, lr=3e-3) > 0.99
    found = diagnose(model.lens_state(), Task.cyclic(2, p), activation="relu")
    checked(found, model, as_called, p, model.E[:p])
    assert found.kind == "transformer of 1 block"
    assert {str(head.equals) for head in found.inside.heads} <= fft_names(model.E[:p], 5)
    assert found.inside.activity.explained > 0.5
    print(f"\n{found}")
