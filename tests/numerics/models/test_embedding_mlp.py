"""The embedding MLP: layout, published draws, split; the history of an embedding is made of copies."""

import numpy as np
import pytest
import torch

from numerics.models.embedding_mlp import EmbeddingMLP, pairs, snapshot, train_split
from theory.errors import InputError

LAYOUT = {
    "embedding": (7, 5),
    "first.weight": (11, 10),
    "first.bias": (11,),
    "second.weight": (11, 11),
    "second.bias": (11,),
    "output.weight": (7, 11),
    "output.bias": (7,),
}


def test_parameters_are_laid_out_as_documented():
    model = EmbeddingMLP(7, 5, 11)
    assert [(name, tuple(x.shape)) for name, x in model.named_parameters()] == list(LAYOUT.items())
    assert set(model.state_dict()) == set(LAYOUT)


@pytest.mark.parametrize("initial", ["code", "paper"])
def test_logits_are_those_of_the_formula(initial, place):
    model = EmbeddingMLP(7, 5, 11, seed=3, initial=initial, dtype=place.dtype).to(place.device)
    a, b, _ = (x.to(place.device) for x in pairs(7))
    x = torch.cat([model.embedding[a], model.embedding[b]], dim=1)
    for layer in (model.first, model.second):
        x = layer(x)
        x = x * torch.sigmoid(x)
    place.close(model(a, b), model.output(x))


def test_draws_are_those_of_the_published_code():
    """Its order: three nn.Linear in float64, then the embedding, all from torch.manual_seed(seed)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        layers = [torch.nn.Linear(*shape, dtype=torch.float64) for shape in ((10, 11), (11, 11), (11, 7))]
        embedding = torch.normal(0, 1, size=(7, 5), dtype=torch.float64)
    model = EmbeddingMLP(7, 5, 11, seed=4)
    assert torch.equal(model.embedding, embedding)
    for ours, theirs in zip((model.first, model.second, model.output), layers, strict=True):
        assert torch.equal(ours.weight, theirs.weight)
        assert torch.equal(ours.bias, theirs.bias)


def test_both_initialisations_have_their_sizes():
    code, paper = (EmbeddingMLP(59, 128, seed=1, initial=initial) for initial in ("code", "paper"))
    assert torch.equal(code.embedding, paper.embedding)
    assert code.embedding.std().item() == pytest.approx(1, abs=0.02)
    for name, x in paper.named_parameters():
        assert x.std().item() == pytest.approx(1, abs=6 / (2 * x.numel()) ** 0.5), name
    for layer in (code.first, code.second, code.output):
        bound = layer.in_features**-0.5
        for x in (layer.weight, layer.bias):
            assert x.abs().max() <= bound
            assert x.std().item() == pytest.approx(bound / 3**0.5, abs=3 * bound / x.numel() ** 0.5)


def test_precisions_share_a_network_and_the_global_generator_is_left_alone():
    before = torch.random.get_rng_state()
    double, single = (EmbeddingMLP(7, 5, seed=2, dtype=dtype) for dtype in (torch.float64, torch.float32))
    assert torch.equal(torch.random.get_rng_state(), before)
    for x, y in zip(double.parameters(), single.parameters(), strict=True):
        assert y.dtype is torch.float32
        assert torch.equal(x.to(torch.float32), y)


def test_a_given_embedding_keeps_the_mlp_of_the_seed():
    given = np.arange(35.0).reshape(7, 5)
    model, drawn = EmbeddingMLP(7, 5, seed=2, embedding=given), EmbeddingMLP(7, 5, seed=2)
    assert np.array_equal(snapshot(model), given)
    assert torch.equal(model.first.weight, drawn.first.weight)
    model.embedding.data += 1
    assert given[0, 0] == 0, "the caller's array must not be trained"


def test_pairs_are_all_pairs_with_their_sum():
    a, b, label = pairs(6)
    assert len(set(zip(a.tolist(), b.tolist(), strict=True))) == 36
    assert torch.equal(label, (a + b) % 6)
    assert (a[8], b[8]) == (2, 1)


def test_the_split_is_that_of_the_published_code():
    train, test = train_split(59, 0.8, 5)
    np.random.seed(5)
    theirs = np.random.choice(59**2, int(59**2 * 0.8), replace=False)
    assert np.array_equal(train, np.sort(theirs))
    assert len(train) == 2784
    assert np.array_equal(np.union1d(train, test), np.arange(59**2))
    assert not np.intersect1d(train, test).size


def test_a_snapshot_does_not_follow_the_training():
    model = EmbeddingMLP(7, 5, dtype=torch.float64)
    kept, view = snapshot(model), model.embedding.cpu().detach().numpy()
    with torch.no_grad():
        model.embedding += 1
    assert np.allclose(view - kept, 1), "the published snapshot is a view on the CPU, so it has moved"
    assert np.array_equal(kept, snapshot(EmbeddingMLP(7, 5)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: EmbeddingMLP(1, 5),
        lambda: EmbeddingMLP(7, 0),
        lambda: EmbeddingMLP(7, 5, initial="xavier"),
        lambda: EmbeddingMLP(7, 5, embedding=np.zeros((5, 7))),
        lambda: train_split(7, 0.0, 1),
        lambda: train_split(7, float("nan"), 1),
    ],
)
def test_unusable_settings_are_refused(call):
    with pytest.raises(InputError):
        call()
