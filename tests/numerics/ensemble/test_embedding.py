"""Embedding MLPs side by side: gradients as autograd's, members as torch trains them alone, any grouping the same."""

import numpy as np
import pytest
import torch

from numerics.ensemble import embedding as module
from numerics.ensemble.embedding import EmbeddingGradient, accuracies, labels, logits, losses, networks, splits
from numerics.ensemble.engine import Adam, autograd, train
from numerics.models.embedding_mlp import EmbeddingMLP, pairs, train_split
from theory.errors import InputError

P, D, WIDTH, SEEDS = 7, 5, 12, (3, 0, 8, 1, 5)


def ensemble(dtype=torch.float64, device="cpu", seeds=SEEDS, **settings):
    parameters = networks(P, D, seeds, width=WIDTH, dtype=dtype, device=device, **settings)
    return parameters, splits(P, 0.8, seeds, device)


def largest_error(found, expected):
    """Largest difference over the largest entry, the worst of all parameters."""
    return max(float((found[name] - x).abs().max() / x.abs().max()) for name, x in expected.items())


@pytest.mark.parametrize("initial", ["code", "paper"])
@pytest.mark.parametrize("workspace", [None, 1, 40_000])
def test_the_gradient_is_that_of_autograd(place, workspace, initial):
    parameters, data = ensemble(place.dtype, place.device, initial=initial)
    loss, slopes = EmbeddingGradient(workspace)(parameters, data)
    expected, expected_slopes = autograd(losses)(parameters, data)
    place.close(loss, expected)
    for name, x in expected_slopes.items():
        place.close(slopes[name], x, "gradient")


def test_huge_logits_do_not_overflow():
    parameters, data = ensemble(torch.float32)
    parameters["output.weight"] *= 1e4
    loss, slopes = EmbeddingGradient()(parameters, data)
    expected, expected_slopes = autograd(losses)(parameters, data)
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=0)
    assert largest_error(slopes, expected_slopes) < 1e-4


def test_logits_are_those_of_the_model():
    parameters, data = ensemble()
    a, b, label = pairs(P)
    for i, seed in enumerate(SEEDS):
        train_pairs, test_pairs = train_split(P, 0.8, seed)
        assert torch.equal(data["train"][i], train_pairs)
        assert torch.equal(data["test"][i], test_pairs)
        model = EmbeddingMLP(P, D, WIDTH, seed=seed)
        expected = model(a[train_pairs], b[train_pairs])
        torch.testing.assert_close(logits(parameters, data["train"])[i], expected, rtol=1e-13, atol=1e-13)
        assert torch.equal(labels(train_pairs, P), label[train_pairs])
        right = float((expected.argmax(1) == label[train_pairs]).double().mean())
        assert float(accuracies(parameters, data["train"])[i]) == pytest.approx(right)


def alone(seed, steps, decay, dtype=torch.float64):
    """The plain loop that one would write first."""
    model = EmbeddingMLP(P, D, WIDTH, seed=seed, dtype=dtype)
    adam = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=decay)
    a, b, label = (x[train_split(P, 0.8, seed)[0]] for x in pairs(P))
    for _ in range(steps):
        adam.zero_grad()
        torch.nn.functional.cross_entropy(model(a, b), label).backward()
        adam.step()
    return dict(model.named_parameters())


def test_a_member_trains_as_the_same_seed_alone():
    """Within 1e-9 of the largest weight after 100 steps in float64, each with its own decay."""
    parameters, data = ensemble()
    decays = torch.tensor([0.5, 0.0, 0.1, 1.0, 0.5], dtype=torch.float64)
    found = train(EmbeddingGradient(), parameters, data, optimiser=Adam(0.01, decays), updates=100).parameters
    for i, seed in enumerate(SEEDS):
        expected = {name: x.detach() for name, x in alone(seed, 100, float(decays[i])).items()}
        assert largest_error({name: x[i] for name, x in found.items()}, expected) < 1e-9


def test_neither_the_company_nor_the_grouping_matters():
    """A member with others, in groups of any size, and alone: within 1e-9 after 100 steps in float64."""
    parameters, data = ensemble()
    found = [
        train(EmbeddingGradient(workspace), parameters, data, optimiser=Adam(0.01, 0.5), updates=100, batch=batch)
        for workspace, batch in ((None, None), (1, None), (40_000, 3))
    ]
    single = ensemble(seeds=SEEDS[2:3])
    lonely = train(EmbeddingGradient(), *single, optimiser=Adam(0.01, 0.5), updates=100)
    for other in found[1:]:
        assert largest_error(other.parameters, found[0].parameters) < 1e-9
    assert largest_error(lonely.parameters, {name: x[2:3] for name, x in found[0].parameters.items()}) < 1e-9


def test_members_do_not_meet():
    parameters, data = ensemble()
    before = EmbeddingGradient()(parameters, data)[1]
    for x in parameters.values():
        x[1] *= 3
    after = EmbeddingGradient()(parameters, data)[1]
    for name in parameters:
        assert torch.equal(before[name][[0, 2, 3, 4]], after[name][[0, 2, 3, 4]])
        assert not torch.equal(before[name][1], after[name][1])


@pytest.mark.parametrize(
    "fault", ["targets off by one", "no slope of the wrong classes", "mean over one pair too many"]
)
def test_a_broken_gradient_is_caught(monkeypatch, fault):
    honest = module._cross_entropy

    def broken(z, target, loss):
        honest(z, (target + 1) % P if fault == "targets off by one" else target, loss)
        if fault == "no slope of the wrong classes":
            z.clamp_(max=0)
        if fault == "mean over one pair too many":
            z *= z.shape[2] / (z.shape[2] + 1)

    monkeypatch.setattr(module, "_cross_entropy", broken)
    parameters, data = ensemble()
    slopes = EmbeddingGradient()(parameters, data)[1]
    assert largest_error(slopes, autograd(losses)(parameters, data)[1]) > 1e-3


def test_given_embeddings_are_used():
    chosen = [np.full((P, D), float(i)) for i in range(2)]
    parameters = networks(P, D, [4, 9], width=WIDTH, embeddings=chosen, dtype=torch.float64)
    drawn = networks(P, D, [4, 9], width=WIDTH, dtype=torch.float64)
    assert torch.equal(parameters["embedding"], torch.tensor(np.array(chosen)))
    assert torch.equal(parameters["first.weight"], drawn["first.weight"])


@pytest.mark.parametrize(("seeds", "embeddings"), [([], None), ([1, 2], [np.zeros((P, D))])])
def test_refusals(seeds, embeddings):
    with pytest.raises(InputError, match="one embedding per seed"):
        networks(P, D, seeds, embeddings=embeddings)
