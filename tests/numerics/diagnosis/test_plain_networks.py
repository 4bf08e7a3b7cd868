"""Networks that plain PyTorch code trains, each read in every way it can be given, against Fourier analysis by hand."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from numerics.diagnosis.diagnose import diagnose
from numerics.diagnosis.diagnosis import Diagnosis
from numerics.diagnosis.open_model import exchanged
from tests.numerics.diagnosis.conftest import P
from tests.numerics.diagnosis.plain import EmbeddingMLP, by_hand, hot, pairs, strong
from theory.groups import load_group
from theory.task import Task

TASK = Task.cyclic(2, P)
CALLED = {
    "sequential": lambda model: model(hot(P)),
    "embedding_mlp": lambda model: model(*pairs(P).T),
    "transformer": lambda model: model(pairs(P)),
    "recurrent": lambda model: model(pairs(P)),
}


def logits_of(name: str, model: nn.Module) -> np.ndarray:
    with torch.no_grad():
        return CALLED[name](model).double().numpy().reshape(P, P, P)


def agrees(found: Diagnosis, logits: np.ndarray) -> None:
    shares, accuracy = by_hand(logits)
    assert found.logits.accuracy == pytest.approx(accuracy)
    assert found.wanted.shares == pytest.approx(shares, abs=1e-5)
    assert set(found.wanted.used) == strong(shares)


def as_function(name: str, model: nn.Module) -> Callable[..., torch.Tensor]:
    if name == "sequential":
        return lambda pair: model(nn.functional.one_hot(pair, P).float().flatten(1))
    return lambda *symbols: model(*symbols)


@pytest.mark.parametrize("name", CALLED)
def test_a_module_its_logits_and_a_function_give_what_is_found_by_hand(name, request):
    model = request.getfixturevalue(name)
    logits = logits_of(name, model)
    assert by_hand(logits)[1] == 1
    for given in (model, logits, torch.from_numpy(logits).reshape(P * P, P), as_function(name, model)):
        agrees(diagnose(given, TASK), logits)


@pytest.mark.parametrize("name", ["sequential", "embedding_mlp"])
def test_a_state_dict_of_linear_layers_is_the_module_it_came_from(name, request):
    model = request.getfixturevalue(name)
    activation = {"sequential": "relu", "embedding_mlp": "gelu"}[name]
    found = diagnose(model.state_dict(), TASK, activation=activation)
    agrees(found, logits_of(name, model))
    assert found.purity is not None
    assert found.purity.by_mass == pytest.approx(diagnose(model, TASK).purity.by_mass, abs=1e-5)
    assert activation in found.kind
    guessed = diagnose(model.state_dict(), TASK)
    assert activation in next(note for note in guessed.notes if "activation" in note)


@pytest.mark.parametrize("name", ["sequential", "embedding_mlp"])
def test_neurons_are_those_of_the_weights(name, request):
    model = request.getfixturevalue(name)
    found = diagnose(model, TASK)
    if name == "sequential":
        first, out = model[0].weight.detach().double(), model[2].weight.detach().double()
        u = torch.stack([first[:, :P], first[:, P:]], dim=1).numpy()
    else:
        weight, d = model.hidden.weight.detach().double(), model.left.embedding_dim
        left, right = model.left.weight.detach().double(), model.right.weight.detach().double()
        u = torch.stack([weight[:, :d] @ left.T, weight[:, d:] @ right.T], dim=1).numpy()
        out = model.out.weight.detach().double()
    vectors = np.concatenate([u - u.mean(axis=2, keepdims=True), out.T[:, None].numpy()], axis=1)
    power = np.abs(np.fft.rfft(vectors)[..., 1:]) ** 2
    dominant = 1 + power.sum(axis=1).argmax(axis=1)
    assert found.purity.live == len(u)
    counted = {str(f) for f in np.unique(dominant)}
    assert counted == set(found.purity.masses)
    assert found.phases is not None
    assert found.phases.median < 0.05
    assert not found.theorem.applies
    assert found.account is None
    assert "activation t^2" in found.theorem.reason


def test_a_transformer_under_the_names_of_transformer_lens(transformer):
    state = transformer.lens_state()
    found = diagnose(state, TASK, activation="relu")
    agrees(found, logits_of("transformer", transformer))
    assert found.kind == "transformer of 1 block"
    assert found.inside.heads is not None
    assert len(found.inside.heads) == 2
    assert {str(head.equals) for head in found.inside.heads} <= set(found.wanted.used)
    assert found.inside.activity.explained > 0.5
    assert 0 < found.inside.clock.distance_irrelevance <= 1.2
    assert -1 <= found.inside.clock.gradient_symmetricity <= 1


def test_the_layout_of_the_older_notebooks_is_the_same_network(transformer):
    state = transformer.lens_state()
    old = {
        name: value.T.contiguous() if name.endswith((".W_in", ".W_out", "W_E")) else value
        for name, value in state.items()
    }
    for part in "QKV":
        old[f"blocks.0.attn.W_{part}"] = state[f"blocks.0.attn.W_{part}"].mT.contiguous()
    old["blocks.0.attn.W_O"] = state["blocks.0.attn.W_O"].flatten(0, 1).T.contiguous()
    agrees(diagnose(old, TASK, activation="relu"), logits_of("transformer", transformer))


def test_a_recurrent_network_says_that_no_theorem_applies(recurrent):
    found = diagnose(recurrent, TASK)
    assert found.purity.vectors == "inputs of the first layer"
    assert "no theorem about its margin applies" in str(found)


def test_a_quadratic_network_on_a_group_has_an_account(composition):
    found = diagnose(composition, Task.of_group(2, "S3"))
    assert found.logits.accuracy == 1
    assert set(found.wanted.names) == {"1b", "2a"}
    assert found.theorem.applies
    assert 0 < found.account.margin < 1
    assert found.account.error < 1e-6
    assert found.account.margin + sum(found.account.losses().values()) == pytest.approx(1, abs=1e-6)
    assert "gamma*" in str(found)


def test_a_group_in_the_wrong_order_is_named(composition):
    with torch.no_grad():
        logits = composition(pairs(6)).reshape(6, 6, 6)
    found = diagnose(logits.transpose(0, 1).contiguous(), Task.of_group(2, "S3"))
    assert found.logits.accuracy == 0.5
    assert found.rule.text == "c = b a"
    assert "follow c = b a" in str(found)


def test_the_planted_fault_of_another_group_is_seen(composition):
    with torch.no_grad():
        logits = composition(pairs(6)).reshape(6, 6, 6)
    found = diagnose(logits, Task.cyclic(2, 6))
    assert found.logits.accuracy < 0.5
    assert "a group that is not Z_6" in found.rule.text


def test_noise_in_the_weights_lowers_what_is_said(sequential):
    noisy = nn.Sequential(nn.Linear(2 * P, 64), nn.ReLU(), nn.Linear(64, P))
    noisy.load_state_dict(sequential.state_dict())
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in noisy.parameters():
            weight += 0.5 * weight.std() * torch.randn(weight.shape, generator=generator)
    before, after = diagnose(sequential, TASK), diagnose(noisy, TASK)
    assert after.wanted.explained < before.wanted.explained
    assert after.purity.by_mass < before.purity.by_mass
    assert after.phases.median > before.phases.median


def test_diagnosis_leaves_the_module_as_it_was(sequential):
    model = nn.Sequential(nn.Linear(2 * P, 8), nn.Dropout(0.5), nn.ReLU(), nn.Linear(8, P))
    model.train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    first, second = str(diagnose(model, TASK)), str(diagnose(model, TASK))
    assert first == second  # dropout is off
    assert all(layer.training for layer in model.modules())
    assert all((value == before[name]).all() for name, value in model.state_dict().items())
    assert not any(layer._forward_hooks for layer in model.modules())
    assert all(weight.grad is None for weight in model.parameters())


def test_a_shared_embedding_is_left_as_it_was_too(sums):
    """The same layer under two names, which functional_call does not restore."""
    model = EmbeddingMLP(P, tied=True)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.no_grad():
        logits = model(*pairs(P).T).double().numpy().reshape(P, P, P)
    agrees(diagnose(model, TASK), logits)
    assert all((value == before[name]).all() for name, value in model.state_dict().items())
    with exchanged(model, {"left.weight": torch.zeros(P, 24)}):
        assert float(model.right.weight.detach().abs().max()) == 0
    assert (model.left.weight == before["left.weight"]).all()


def test_the_group_table_of_the_fixture_is_the_group_s(composition):
    with torch.no_grad():
        answers = composition(pairs(6)).argmax(dim=1).reshape(6, 6).numpy()
    assert (answers == load_group("S3").table).all()
