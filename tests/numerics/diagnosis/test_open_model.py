"""What can be given, and what is refused in one line."""

import numpy as np
import pytest
import torch
from torch import nn

from numerics.diagnosis.diagnose import diagnose
from numerics.diagnosis.open_model import open_model
from numerics.models.transformer import Transformer
from theory.construction import construct
from theory.errors import InputError
from theory.floats import weights
from theory.network_file import NetworkFile
from theory.task import Task

TASK = Task.cyclic(2, 5)
U, W = weights(construct(2, 5))


@pytest.mark.parametrize(
    ("model", "need"),
    [
        (3, "a network must be"),
        (np.zeros((5, 5, 4)), r"a table of logits must have shape \(5, 5, 5\)"),
        (np.zeros((5, 5, 5), dtype=int), "hold floats"),
        (np.full((5, 5, 5), np.nan), "the logits must be finite"),
        ((U[:, :1], W), r"u must have shape \(m, 2, 5\)"),
        ((U, W[:3]), r"got \(12, 2, 5\) and \(3, 5\)"),
        ((U * np.nan, W), "every weight must be finite; u"),
        ((U.astype(complex), W), "must hold real numbers"),
        ((U, [[1, 2], [3]]), "w must be an array of numbers"),
        ({"a": torch.zeros(3, 4), "b": torch.zeros(7, 5)}, "must make a chain from 2 symbols to 5 classes"),
        ({}, "got none"),
        (nn.Linear(3, 3), r"the model must give logits of shape \(N, 5\)"),
        (lambda x: "logits", "logits must be a tensor; got str"),
        (lambda x: x.reshape(-1)[:7], r"logits must have shape \(25, 5\); got \(7,\)"),
        (NetworkFile(U, W, 2, 7), "must be of the task k=2, p=5; it says k = 2, p = 7"),
        (NetworkFile(U, W, 2, 5, metadata={"activation": "sin"}), "the activation must be power or relu"),
    ],
)
def test_what_is_refused(model, need):
    with pytest.raises(InputError, match=need):
        diagnose(model, TASK)


def test_a_function_that_fails_is_told_how_it_was_called():
    def broken(x):
        raise RuntimeError("no such thing\nsecond line")

    with pytest.raises(InputError, match=r"shape \(N, k\): no such thing;") as error:
        diagnose(broken, TASK)
    assert "\n" not in str(error.value)
    assert "second line" not in str(error.value)


def test_an_unknown_activation_of_a_state_dict():
    state = nn.Sequential(nn.Linear(10, 4), nn.ReLU(), nn.Linear(4, 5)).state_dict()
    with pytest.raises(InputError, match="the activation must be power, relu, gelu"):
        diagnose(state, TASK, activation="swish9")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_in_any_order_of_axes_are_read_right(dtype):
    """Also what safetensors alone writes of a transposed array: the right shape, the entries elsewhere."""
    u, w = U.astype(dtype), W.astype(dtype)
    scrambled = np.ascontiguousarray(w.T).reshape(w.shape)
    assert (scrambled != w).any()
    for given in (
        (u, w),
        (u, w.T),
        (np.moveaxis(u, 0, 2), w),
        (torch.from_numpy(u), torch.from_numpy(w).T),
        (u, scrambled),
        (np.ascontiguousarray(np.moveaxis(u, 0, 2)).reshape(u.shape), w),
    ):
        found = diagnose(given, TASK)
        assert found.logits.accuracy == 1
        assert found.account.margin == pytest.approx(1, abs=1e-5)
    notes = " ".join(diagnose((u, scrambled), TASK).notes)
    assert "as stored it is" in notes
    assert "w entries stored in the order of the axes (1, 0)" in notes


def test_a_network_that_is_merely_bad_is_not_rearranged():
    rng = np.random.default_rng(0)
    found = open_model((rng.normal(size=U.shape), rng.normal(size=W.shape)), TASK)
    assert not any("stored" in note for note in found.notes)


def test_a_square_w_is_read_in_the_order_that_works():
    """One input, neuron i hears and names the value pi(i); five neurons and five values."""
    rows = np.eye(5)[[1, 2, 3, 4, 0]]
    for w in (rows, rows.T):
        assert diagnose((rows[:, None], w), Task.cyclic(1, 5)).logits.accuracy == 1


def test_a_relu_network_taken_for_a_power_network_is_told_so():
    """One neuron per pair: 1/2 at its own pair, below 0 elsewhere; and a neuron that a ReLU silences, but no square."""
    pair = np.indices((5, 5)).reshape(2, -1).T
    u = np.concatenate([np.eye(5)[pair] - 0.75, np.full((1, 2, 5), -10.0)])
    w = np.concatenate([np.eye(5)[pair.sum(axis=1) % 5], np.eye(5)[:1]])
    found = diagnose((u, w), TASK)
    assert found.logits.accuracy < 0.5
    assert found.theorem.applies
    assert "with the activation relu it would be 100% accurate" in found.notes
    right = diagnose((u, w), TASK, activation="relu")
    assert right.logits.accuracy == 1
    assert not right.theorem.applies
    assert not any("activation" in note for note in right.notes)


def test_a_file_names_its_activation():
    found = diagnose(NetworkFile(U, W, 2, 5, metadata={"activation": "relu"}), TASK)
    assert "relu" in found.kind
    assert not found.theorem.applies


def test_an_output_bias_ends_the_theorem_and_a_hidden_one_does_not():
    class Quadratic(nn.Module):
        def __init__(self, bias: bool) -> None:
            super().__init__()
            self.first, self.out = nn.Linear(10, 12).double(), nn.Linear(12, 5, bias=bias).double()

        def forward(self, x):
            return self.out(self.first(x) ** 2)

    for bias in (False, True):
        model = Quadratic(bias)
        with torch.no_grad():
            model.first.weight.copy_(torch.from_numpy(U.reshape(12, 10)))
            model.first.bias.zero_()
            model.out.weight.copy_(torch.from_numpy(W.T))
            if bias:
                model.out.bias.copy_(torch.arange(5.0) * 1e-4)
        found = diagnose(model, TASK)
        assert found.theorem.applies == (not bias)
        if bias:
            assert "output biases" in found.theorem.reason
            continue
        assert found.account.margin == pytest.approx(1, abs=1e-9)
        with torch.no_grad():
            model.first.bias.fill_(0.1)
        assert diagnose(model, TASK).account.losses()["DC"] > 0.01


def lens_by_hand(state: dict[str, torch.Tensor], tokens: list[int], blocks: int) -> np.ndarray:
    """TransformerLens's computation, one token and one head after the other."""
    s = {name: value.double().numpy() for name, value in state.items()}

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5) * s[f"{name}.w"] + s[f"{name}.b"]

    x = s["embed.W_E"][tokens] + s["pos_embed.W_pos"][: len(tokens)]
    for block in range(blocks):
        at = f"blocks.{block}."
        seen, added = norm(x, at + "ln1"), np.zeros_like(x)
        for head in range(2):
            query, key, value = (seen @ s[f"{at}attn.W_{c}"][head] + s[f"{at}attn.b_{c}"][head] for c in "QKV")
            for here in range(len(tokens)):
                score = np.exp(query[here] @ key[: here + 1].T / np.sqrt(query.shape[1]))
                added[here] += (score / score.sum()) @ value[: here + 1] @ s[f"{at}attn.W_O"][head]
        x = x + added + s[f"{at}attn.b_O"]
        hidden = np.maximum(norm(x, at + "ln2") @ s[f"{at}mlp.W_in"] + s[f"{at}mlp.b_in"], 0)
        x = x + hidden @ s[f"{at}mlp.W_out"] + s[f"{at}mlp.b_out"]
    return (norm(x, "ln_final") @ s["unembed.W_U"] + s["unembed.b_U"])[-1, :5]


def test_two_blocks_with_norms_and_biases_are_what_transformer_lens_computes():
    generator, d, m = torch.Generator().manual_seed(0), 8, 12
    shapes = {"embed.W_E": (6, d), "pos_embed.W_pos": (3, d), "ln_final.w": (d,), "ln_final.b": (d,)}
    shapes |= {"unembed.W_U": (d, 6), "unembed.b_U": (6,)}
    for block in range(2):
        at = f"blocks.{block}."
        shapes |= {f"{at}attn.W_{c}": (2, d, 4) for c in "QKV"} | {f"{at}attn.b_{c}": (2, 4) for c in "QKV"}
        shapes |= {f"{at}attn.W_O": (2, 4, d), f"{at}attn.b_O": (d,), f"{at}mlp.W_in": (d, m), f"{at}mlp.b_in": (m,)}
        shapes |= {f"{at}mlp.W_out": (m, d), f"{at}mlp.b_out": (d,)}
        shapes |= {f"{at}{norm}.{part}": (d,) for norm in ("ln1", "ln2") for part in "wb"}
    state = {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
    opened = open_model(state | {"blocks.0.attn.mask": torch.ones(3, 3)}, TASK, "relu")
    inputs = torch.cartesian_prod(torch.arange(5), torch.arange(5))
    by_hand = np.stack([lens_by_hand(state, [int(a), int(b), 5], 2) for a, b in inputs])
    np.testing.assert_allclose(opened.logits(inputs).numpy(), by_hand, rtol=1e-4, atol=1e-4)
    assert opened.kind == "transformer of 2 blocks"
    del state["blocks.1.attn.W_V"]
    with pytest.raises(InputError, match=r"the state dict must hold 'blocks\.1\.attn\.W_V'"):
        open_model(state, TASK, "relu")


def test_torch_s_own_encoder_of_two_layers():
    found = diagnose(Transformer(2, 5, layers=2, width=16, heads=2, mlp=32), TASK)
    assert "the symbols, shape (N, k)" in found.notes[-1]
    assert {"symbols.weight", "output.weight"} <= {table.name for table in found.inside.tables}
    assert not found.theorem.applies


def test_logits_of_any_scale_are_read_alike():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(5, 5, 5))
    first, second = diagnose(logits, TASK), diagnose(logits * 1e-30, TASK)
    assert first.wanted.used == second.wanted.used
    assert first.wanted.shares == pytest.approx(second.wanted.shares)
