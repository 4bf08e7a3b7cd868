"""Neurons, tables, ablations, attention, clock and activity: planted structure is found, noise is told apart."""

import numpy as np
import pytest
import torch
from torch import nn

from numerics.diagnosis import ablation, neurons
from numerics.diagnosis.activity import activity_of, frequency_shares_of
from numerics.diagnosis.attention import heads_of
from numerics.diagnosis.clock import distance_irrelevance, gradient_symmetricity
from numerics.diagnosis.diagnose import diagnose
from numerics.diagnosis.embeddings import component_shares, report
from numerics.diagnosis.inputs import choose_inputs
from numerics.diagnosis.open_model import open_model
from numerics.diagnosis.tables import find_tables
from numerics.models.transformer import AttentionLayer
from tests.numerics.diagnosis.conftest import P
from tests.numerics.diagnosis.plain import EmbeddingMLP, pairs
from theory.construction import construct
from theory.floats import weights
from theory.groups import load_group
from theory.task import Task

TASK = Task.cyclic(2, P)
TURNS = 2 * np.pi * np.arange(P) / P
U, W = weights(construct(2, P))


def test_purity_of_an_exact_network_and_of_one_with_a_mixed_neuron():
    whole = neurons.purity_of(neurons.components(U, W, None), "all")
    assert (whole.worst, whole.median, whole.by_mass, whole.pure) == pytest.approx((1, 1, 1, 1))
    assert sum(whole.masses.values()) == pytest.approx(1)
    mixed = U.copy()
    mixed[0, 0] += (
        np.linalg.norm(U[0, 0]) * np.sqrt(2 / P) * np.cos(TURNS * (1 if U[0, 0] @ np.cos(TURNS) < 1e-9 else 2))
    )
    spoiled = neurons.purity_of(neurons.components(mixed, W, None), "all")
    assert spoiled.worst == pytest.approx(0.5, abs=0.01)
    assert spoiled.median == pytest.approx(1)
    assert spoiled.by_mass < 1
    assert spoiled.pure < 1


def test_phases_add_up_until_one_is_turned():
    exact = neurons.phases_of(neurons.components(U, W, None))
    assert exact.largest < 1e-12
    turned = neurons.phases_of(neurons.components(U, -W, None))
    assert (turned.median, turned.largest) == pytest.approx((0.5, 0.5))
    group = load_group("S3")
    assert neurons.phases_of(neurons.components(np.ones((1, 2, 6)), np.ones((1, 6)), group)) is None


def test_square_waves_are_told_from_cosines():
    p = 101
    turns = 2 * np.pi * (np.arange(p) + 0.25) / p
    square, cosine = neurons.shape_of(np.sign(np.cos(3 * turns))[None]), neurons.shape_of(np.cos(3 * turns)[None])
    assert square.harmonics == pytest.approx((0.811, 0, 0.090, 0.032), abs=0.01)
    assert square.square < 0.01 < square.cosine
    assert cosine.cosine < 1e-9 < cosine.square
    assert neurons.shape_of(np.ones((3, p))) is None
    assert neurons.shape_of(np.ones((0, p))) is None


@pytest.mark.parametrize("name", [None, "S3", "Q8"])
def test_what_is_kept_and_what_is_dropped_add_up(name):
    group = None if name is None else load_group(name)
    n = 7 if group is None else group.order
    rows = np.random.default_rng(0).normal(size=(n, 4))
    names, shares = component_shares(rows, group)
    assert shares.sum() == pytest.approx(1)
    parts = [ablation.keep(rows, [each], group) for each in names]
    np.testing.assert_allclose(sum(parts) + rows.mean(axis=0), rows, atol=1e-12)
    powers = np.array([(part**2).sum() for part in parts])
    np.testing.assert_allclose(powers / powers.sum(), shares, atol=1e-12)


def test_tables_are_found_where_symbols_are():
    model = EmbeddingMLP(P, d=8, m=16)
    found = {table.name: table.rows.shape for table in find_tables(model, TASK)}
    assert found == {"left.weight": (P, 8), "out.weight": (P, 16)}
    one_hot = nn.Sequential(nn.Linear(2 * P, 16), nn.ReLU(), nn.Linear(16, P))
    tables = find_tables(one_hot, TASK)
    assert [table.name for table in tables] == ["0.weight[0]", "0.weight[1]", "2.weight"]
    np.testing.assert_array_equal(tables[1].rows, one_hot[0].weight.detach().numpy()[:, P:].T)
    equals = nn.ModuleDict({"embed": nn.Embedding(P + 1, 6)})
    assert find_tables(equals, TASK)[0].rows.shape == (P, 6)
    assert find_tables(nn.ModuleDict({"other": nn.Embedding(P + 5, 6)}), TASK) == ()


def test_other_rows_go_where_they_came_from():
    model = nn.Sequential(nn.Linear(2 * P, 16), nn.ReLU(), nn.Linear(16, P))
    for table in find_tables(model, TASK):
        whole = dict(model.named_parameters())[table.parameter].detach()
        assert (table.put(whole, table.rows) == whole).all()
        changed = table.put(whole, table.rows + 1)
        assert int((changed != whole).sum()) == table.rows.size
        assert (whole == dict(model.named_parameters())[table.parameter]).all()


def test_an_embedding_with_two_circles_needs_four_dimensions():
    circles = np.stack([np.cos(2 * TURNS), np.sin(2 * TURNS), np.cos(4 * TURNS), 0.5 * np.sin(4 * TURNS)], axis=1)
    rows = circles @ np.linalg.qr(np.random.default_rng(0).normal(size=(6, 6)))[0][:4] + 0.1
    found = report(table_of(rows), None, ("2", "4"), None)
    assert (found.components, found.rank, found.needed) == (("2", "4"), 4, None)
    assert found.held == pytest.approx(1)
    assert {(c.frequency, round(c.axis_ratio, 6)) for c in found.circles} == {(2, 1.0), (4, 0.5)}
    assert all(c.circularity > 0.9 for c in found.circles)
    assert report(table_of(rows), None, ("1",), None).held == pytest.approx(0)
    assert report(table_of(np.ones((P, 3))), None, ("1",), None).rank == 0


def table_of(rows: np.ndarray):
    layer = nn.Embedding.from_pretrained(torch.from_numpy(rows), freeze=False)
    return find_tables(nn.ModuleDict({"embed": layer}), TASK)[0]


def test_a_network_of_two_frequencies_dies_with_them_alone():
    """Logits of frequencies 2 and 5, the second one weak."""
    a, b, c = np.ogrid[:P, :P, :P]
    logits = 3 * np.cos(2 * (a + b - c) * 2 * np.pi / P) + np.cos(5 * (a + b - c) * 2 * np.pi / P)
    found = diagnose(logits, TASK).inside.ablations[0]
    assert set(found.without) == {"2", "5"}
    assert found.without == {"2": 1, "5": 1}  # each frequency alone still has its largest logit at the label
    assert (found.without_all, found.all_alone) == (0, 1)
    wrong = np.cos(2 * (a + b - c) * 2 * np.pi / P + 2.5) + 0.9 * np.cos(5 * (a + b - c) * 2 * np.pi / P)
    assert diagnose(wrong, TASK).inside.ablations[0].without == {"2": 1, "5": 0}


def test_tables_without_what_the_logits_use_lose_the_answer(embedding_mlp):
    found = diagnose(embedding_mlp, TASK)
    by_place = {each.place: each for each in found.inside.ablations}
    assert {"logits", "left.weight", "right.weight", "out.weight"} == set(by_place)
    for place in ("left.weight", "right.weight", "out.weight"):
        assert by_place[place].without_all < 0.3
        assert by_place[place].all_alone > 0.9
    with torch.no_grad():
        rows = embedding_mlp.left.weight.detach().clone()
        kept = ablation.keep(rows.double().numpy(), list(found.wanted.used[:1]), None)
        old = embedding_mlp.left.weight.clone()
        embedding_mlp.left.weight.copy_(torch.from_numpy(rows.double().numpy() - kept))
        right = embedding_mlp(*pairs(P).T).argmax(dim=1) == pairs(P).sum(dim=1) % P
        embedding_mlp.left.weight.copy_(old)
    assert by_place["left.weight"].without[found.wanted.used[0]] == pytest.approx(float(right.double().mean()))


def test_distance_irrelevance_of_a_clock_a_pizza_and_nothing():
    i, j = np.ogrid[:P, :P]
    assert distance_irrelevance(np.cos(2 * np.pi * (i + j) / P)) == pytest.approx(1)
    assert distance_irrelevance(np.abs(np.cos(np.pi * (i - j) / P))) == pytest.approx(0, abs=1e-12)
    assert distance_irrelevance(np.ones((P, P))) is None


class Symmetric(nn.Module):
    """Logits of the sum of the embeddings; ``sign`` -1 makes their gradients opposite."""

    def __init__(self, sign: float) -> None:
        super().__init__()
        self.embed, self.out, self.sign = nn.Embedding(P, 6), nn.Linear(6, P), sign

    def forward(self, pair: torch.Tensor) -> torch.Tensor:
        rows = self.embed(pair)
        return self.out((rows[:, 0] + self.sign * rows[:, 1]).tanh())


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_gradient_symmetricity_of_sums_and_differences(sign):
    opened = open_model(Symmetric(sign), TASK)
    assert gradient_symmetricity(opened) == pytest.approx(sign, abs=1e-6)


def test_gradient_symmetricity_by_differences(embedding_mlp):
    """Two embeddings called one after the other, against gradients written out by hand."""
    found = gradient_symmetricity(open_model(embedding_mlp, TASK), triples=40, seed=3)
    generator = torch.Generator().manual_seed(3)
    values = torch.randint(P, (40, 2), generator=generator)
    classes = torch.randint(P, (40,), generator=generator)
    cosines = []
    for (a, b), c in zip(values, classes, strict=True):
        left = embedding_mlp.left.weight[a].detach().requires_grad_()
        right = embedding_mlp.right.weight[b].detach().requires_grad_()
        hidden = embedding_mlp.activation(embedding_mlp.hidden(torch.cat([left, right])))
        gradients = torch.autograd.grad(embedding_mlp.out(hidden)[c], (left, right))
        cosines.append(float(nn.functional.cosine_similarity(*gradients, dim=0)))
    assert found == pytest.approx(np.mean(cosines), abs=1e-5)


def test_no_gradient_symmetricity_without_embeddings(sequential):
    assert gradient_symmetricity(open_model(sequential, TASK)) is None
    assert gradient_symmetricity(open_model(lambda x: torch.zeros(len(x), P), TASK)) is None


def test_activity_is_the_variance_that_a_regression_explains():
    """Against least squares on 1, cos, sin of each input and their products, as Nanda et al. describe it."""
    functions = np.random.default_rng(0).normal(size=(3, 7, 7)) + 5
    found = frequency_shares_of(functions)
    for f in range(1, 4):
        wave = 2 * np.pi * f * np.arange(7) / 7
        one = np.stack([np.ones(7), np.cos(wave), np.sin(wave)])
        design = np.einsum("ia,jb->ijab", one, one).reshape(9, 49).T
        for function, share in zip(functions.reshape(3, 49), found[:, f - 1], strict=True):
            left = function - design @ np.linalg.lstsq(design, function, rcond=None)[0]
            assert 1 - (left**2).sum() / ((function - function.mean()) ** 2).sum() == pytest.approx(share)
    assert (frequency_shares_of(np.ones((1, 7, 7))) == 0).all()


def test_a_dead_network_has_no_active_neurons():
    model = nn.Sequential(nn.Linear(2 * P, 8), nn.ReLU(), nn.Linear(8, P))
    with torch.no_grad():
        model[0].bias.fill_(-100)
    found = activity_of(open_model(model, TASK))
    assert (found.neurons, found.active, found.frequencies) == (8, 0, {})
    assert diagnose(model, TASK).logits.accuracy <= 1 / P


def test_heads_are_plane_waves_where_they_are_planted():
    layer = AttentionLayer(P, heads=2, width=2)
    with torch.no_grad():
        for row, (key, query) in enumerate(((3, 4), (1, 1))):
            layer.key[row] = torch.tensor(np.stack([np.cos(key * TURNS), np.sin(key * TURNS)], axis=1))
            layer.query[row] = torch.tensor(np.stack([np.cos(query * TURNS), np.sin(query * TURNS)], axis=1))
    found = heads_of(open_model(layer, TASK))
    assert [head.frequency for head in found] == [(3, -4), (1, -1)]
    assert all(head.share == pytest.approx(1, abs=1e-5) and head.equals is None for head in found)
    assert heads_of(open_model(nn.Sequential(nn.Linear(2 * P, P)), TASK)) is None


def test_ablations_on_a_sample_are_near_those_of_all(sequential):
    opened = open_model(sequential, TASK)
    few = ablation.of_tables(opened, choose_inputs(TASK, 60, seed=2), ["1", "2"])
    every = ablation.of_tables(opened, choose_inputs(TASK), ["1", "2"])
    for one, other in zip(few, every, strict=True):
        assert abs(one.without_all - other.without_all) < 0.35
