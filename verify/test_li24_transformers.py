"""Li24's attention networks: trained for seconds, and the exact statements about halves, columns and waves."""

from fractions import Fraction
from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest
import torch

from numerics.analysis.permuted_inputs import all_inputs, expected_given_away, given_away, halves
from numerics.analysis.plane_waves import (
    plane_wave,
    strongest_wave,
    unstructured_probability,
    unstructured_share,
)
from numerics.models.transformer import AttentionLayer
from numerics.selection.intervals import wilson
from numerics.studies.li24_grokking import gap
from numerics.studies.li24_training import Data, Recipe, train
from verify.result import at_least, at_most, close, proved


@lru_cache
def trained(k, p, recipe, split="inputs", seed=0, heads=16, every=20):
    """A layer of heads of width 8 after training, its history, and the share of the other half given away."""
    data = Data(k, p, split, seed, 4096, "cpu")
    layer = AttentionLayer(p, heads, 8, seed=seed)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    found = train(layer, layer.tabulated, data, recipe, seed=seed, every=every)
    torch.set_num_threads(threads)
    return layer, found.history, data.given_away


def matrices(layer):
    return layer.attention_matrices().detach().double().numpy()


HEADS = "Li24:Figures 3, 9, 10"


@pytest.mark.statement(HEADS)
def test_trained_heads_are_two_dimensional_cosines(check, twin):
    layer, history, _ = trained(3, 11, Recipe(400, 1e-2, 1.0, 128))
    check(at_least(HEADS, "k=3, p=11: accuracy on the training half", history[-1]["train_accuracy"], 0.99))
    after = int(strongest_wave(matrices(layer)).one_peaked.sum())
    check(at_least(HEADS, "one-peaked of 16 trained heads, lower end of Wilson's interval", wilson(after, 16).low, 0.5))
    before = int(strongest_wave(matrices(AttentionLayer(11, 200, 8))).one_peaked.sum())
    check(at_most(HEADS, "of 200 untrained heads, upper end", wilson(before, 200).high, 0.05))
    twin(at_least(HEADS, "of 200 untrained heads, lower end", wilson(before, 200).low, 0.5))


@pytest.mark.slow
@pytest.mark.statement(HEADS)
@pytest.mark.parametrize(("k", "p", "recipe", "seed"), [
    (3, 11, Recipe(500, 1e-2, 1.0, 128), 1),
    (3, 11, Recipe(500, 1e-2, 1.0, 128), 2),
    (2, 31, Recipe(1500, 1e-2, 2.0, 480), 0),
])  # fmt: skip
def test_other_seeds_and_two_inputs(k, p, recipe, seed, check):
    layer, _, _ = trained(k, p, recipe, seed=seed, every=500)
    after = int(strongest_wave(matrices(layer)).one_peaked.sum())
    check(at_least(HEADS, f"k={k}, p={p}, seed {seed}: lower end of Wilson's interval", wilson(after, 16).low, 0.5))


@pytest.mark.statement(HEADS)
def test_a_planted_head_is_found_with_its_frequencies(check):
    layer = AttentionLayer(11, 1, 2, dtype=torch.float64)
    angle = 2 * np.pi * np.arange(11) / 11
    layer.key.data[0] = torch.tensor(3 * np.stack([np.cos(4 * angle), -np.sin(4 * angle)], axis=1))
    layer.query.data[0] = torch.tensor(np.stack([np.cos(5 * angle), np.sin(5 * angle)], axis=1))
    found = strongest_wave(matrices(layer)[0])
    check(close(HEADS, "zeta", float(found.frequency[0]), 4.0, 0.0))
    check(close(HEADS, "eta", float(found.frequency[1]), 5.0, 0.0))
    check(close(HEADS, "share", float(found.share), 1.0, 1e-12))
    check(close(HEADS, "amplitude", float(found.amplitude), 3.0, 1e-12))
    product = np.outer(np.cos(4 * angle), np.cos(5 * angle))
    check(close(HEADS, "a product of cosines is not one-peaked", float(strongest_wave(product).share), 0.5, 1e-12))


GROKKING = "Li24:Figure 4"


@pytest.mark.statement(GROKKING)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_delay_is_shorter_for_more_inputs(seed, check, twin):
    """Both tasks have nearly the same number of inputs, 37^2 = 1369 and 11^3 = 1331."""
    recipe = Recipe(400, 1e-2, 1.0, 512)
    two, three = (gap(trained(k, p, recipe, seed=seed)[1], 0.95) for k, p in ((2, 37), (3, 11)))
    for name, found in (("k=2, p=37", two), ("k=3, p=11", three)):
        fitted = float("nan") if found["train"] is None else found["train"]
        check(at_most(GROKKING, f"{name}: updates to 95% of the training half", fitted, 400))
    both = float("nan") if three["test"] is None else three["test"]
    check(at_most(GROKKING, "k=3, p=11: updates to 95% of the other half", both, 400))
    at_least_two = two["updates"] - two["train"] if two["gap"] is None else two["gap"]
    check(at_least(GROKKING, "delay at k=2 over that at k=3", at_least_two / max(three["gap"], 1), 2.0))
    twin(at_least(GROKKING, "delay at k=3 over that at k=2", three["gap"] / max(at_least_two, 1), 2.0))


AWAY = "Ours:what a half gives away"


@pytest.mark.statement(AWAY)
@pytest.mark.parametrize(("k", "p"), [(2, 3), (3, 2), (1, 5)])
def test_the_expectation_over_all_halves(k, p, check, twin):
    inputs, _ = all_inputs(k, p)
    shares = []
    for chosen in combinations(range(len(inputs)), len(inputs) // 2):
        rest = np.setdiff1d(range(len(inputs)), chosen)
        shares.append(Fraction(int(given_away(inputs[list(chosen)], inputs[rest], p).sum()), len(rest)))
    mean = sum(shares) / len(shares)
    check(proved(AWAY, f"k={k}, p={p}: every half", mean == expected_given_away(k, p)))
    if k > 1:
        twin(proved(AWAY, f"k={k}, p={p}: a half of them", mean == Fraction(1, 2)))


@pytest.mark.statement(AWAY)
def test_at_the_moduli_of_the_figure(check):
    check(close(AWAY, "k=2, p=97", float(expected_given_away(2, 97)), 0.4948453608, 1e-9))
    for k, p in ((3, 31), (4, 11), (5, 5)):
        check(proved(AWAY, f"k={k}, p={p}: more than 94%", expected_given_away(k, p) > Fraction(94, 100)))
        inputs, _ = all_inputs(k, p)
        train_half, test_half = halves(k, p, "multisets", 0)
        check(proved(AWAY, "multisets: nothing", not given_away(inputs[train_half], inputs[test_half], p).any()))


MEMORY = "Ours:memory passes for addition"


@pytest.mark.statement(MEMORY)
def test_the_other_half_from_memory(check, twin):
    _, history, share = trained(2, 13, Recipe(400, 1e-2, 1.0, 128))
    last = history[-1]
    check(close(MEMORY, "k=2, p=13: accuracy on the training half", last["train_accuracy"], 1.0, 0.0))
    check(at_least(MEMORY, "the other half: what is given away", last["test_accuracy"], share, 1e-12))
    check(at_most(MEMORY, "and no more than 0.15 of the rest", last["fresh_accuracy"], 0.15))
    _, honest, _ = trained(2, 13, Recipe(400, 1e-2, 1.0, 128), "multisets")
    check(at_most(MEMORY, "half of the multisets: accuracy on the others", honest[-1]["test_accuracy"], 0.15))
    twin(at_least(MEMORY, "half of the multisets: as much as was given away", honest[-1]["test_accuracy"], share))


COLUMNS = "Ours:columns of the attention matrix"


@pytest.mark.statement(COLUMNS)
def test_a_function_of_the_query_is_not_seen(check, twin):
    """Keys gain the direction 1 and queries c(y), or the other way round; values and W^P do not see it."""
    generator = np.random.default_rng(0)
    inputs = torch.from_numpy(all_inputs(3, 5)[0])
    layer = AttentionLayer(5, 2, 3, dtype=torch.float64)
    before = layer(inputs)
    ones, c = np.ones((2, 5, 1)), generator.normal(size=(2, 5, 1))
    for key, query, unchanged in ((ones, c, True), (c, ones, False)):
        wide = AttentionLayer(5, 2, 4, dtype=torch.float64)
        wide.key.data = torch.cat([layer.key.data, torch.from_numpy(key)], dim=2)
        wide.query.data = torch.cat([layer.query.data, torch.from_numpy(query)], dim=2)
        wide.value.data = torch.cat([layer.value.data, torch.zeros(2, 5, 1)], dim=2)
        wide.projection.data = torch.cat(
            [layer.projection.data.view(2, 3, 5), torch.zeros(2, 1, 5)], dim=1
        ).flatten(0, 1)  # fmt: skip
        moved = float((wide(inputs) - before).detach().abs().max())
        if unchanged:
            check(at_most(COLUMNS, "a function of the query", moved, 1e-12))
            same = np.abs(strongest_wave(matrices(wide)).share - strongest_wave(matrices(layer)).share)
            check(at_most(COLUMNS, "shares stay", float(same.max()), 1e-12))
        else:
            twin(at_most(COLUMNS, "a function of the key", moved, 1e-12))


CHANCE = "Ours:strongest wave without structure"


@pytest.mark.statement(CHANCE)
@pytest.mark.parametrize("p", [3, 5, 11])
def test_shares_of_random_matrices(p, check, twin):
    shares = strongest_wave(np.random.default_rng(p).normal(size=(20_000, p, p))).share
    error = 4 * shares.std() / len(shares) ** 0.5
    expected = unstructured_share(p)
    check(close(CHANCE, f"p={p}: mean share", float(shares.mean()), expected, error / expected, "4 standard errors"))
    for x in (0.5, 0.7):
        predicted = unstructured_probability(p, x)
        spread = 4 * (predicted * (1 - predicted) / len(shares)) ** 0.5
        found = float((shares > x).mean())
        check(at_most(CHANCE, f"p={p}: share above {x}, error", abs(found - predicted), spread + 1e-12))
    planted = strongest_wave(np.random.default_rng(p).normal(size=(200, p, p)) + 4 * plane_wave(p, 1, 1)).share
    error = 4 * planted.std() / len(planted) ** 0.5
    twin(close(CHANCE, f"p={p}: with a planted wave", float(planted.mean()), expected, float(error) / expected))
