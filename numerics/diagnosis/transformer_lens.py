r"""A transformer rebuilt from a state dict with TransformerLens's names.

.. math:: x_0 = W_E[t] + W_{pos},\quad
    x \mathrel{+}= \sum_h \mathrm{softmax}\big(q_h k_h^\top/\sqrt{d_h}\big) v_h W_O^h,\quad
    x \mathrel{+}= \sigma(x W_{in} + b_{in}) W_{out} + b_{out},\quad \text{logits} = x W_U + b_U,

causal attention, any number of blocks.  Norms are applied where the state dict has their weights (``ln1.w``, with a
bias a layer norm, without one a root-mean-square norm); one without weights leaves no trace in a state dict.

Layouts: TransformerLens's (W_E (vocabulary, d), W_Q (heads, d, d_h)) and that of the grokking notebooks before it (W_E
(d, vocabulary), W_K (heads, d_h, d), W_O (d, heads d_h), W_in (m, d)).
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from numerics.diagnosis.hidden import activations, at_end, trace
from numerics.diagnosis.opened import Hidden
from numerics.diagnosis.readings import MOST_EXTRA, Arguments
from theory.errors import InputError
from theory.task import Task

EPSILON = 1e-5


def is_transformer(state: Mapping[str, Tensor]) -> bool:
    """Whether the names are those of a transformer of TransformerLens."""
    return {"embed.W_E", "unembed.W_U", "blocks.0.attn.W_K"} <= set(state)


class LensTransformer(nn.Module):
    """The network; logits (N, T, vocabulary) of tokens (N, T)."""

    def __init__(self, state: Mapping[str, Tensor], task: Task) -> None:
        """Take the tensors over.

        Raises:
            InputError: when one is missing or does not fit.
        """
        super().__init__()
        self.activation, self.known = "relu", activations(task.k)
        if state["embed.W_E"].dim() != 2:
            raise InputError(f"embed.W_E must be a matrix; got shape {tuple(state['embed.W_E'].shape)}")
        try:
            self._build(_in_new_layout(state, task.n))
        except KeyError as error:
            raise InputError(f"the state dict must hold {error.args[0]!r}; it does not") from None
        if not task.n <= self.embed.num_embeddings <= task.n + MOST_EXTRA:
            raise InputError(f"embed.W_E must have {task.n} rows or a few more; got {self.embed.num_embeddings}")

    def _build(self, state: Mapping[str, Tensor]) -> None:
        self.embed = nn.Embedding.from_pretrained(state["embed.W_E"], freeze=False)
        self.unembed = _linear(state["unembed.W_U"], state.get("unembed.b_U"))
        self.positions = _parameter(state.get("pos_embed.W_pos"))
        self.rest = nn.ParameterDict()
        self.into, self.out = nn.ModuleList(), nn.ModuleList()
        self.blocks = 0
        while f"blocks.{self.blocks}.attn.W_K" in state:
            here = f"blocks.{self.blocks}."
            for part in ("Q", "K", "V", "O"):
                self.rest[f"W_{part}{self.blocks}"] = _parameter(state[f"{here}attn.W_{part}"])
                bias = state.get(f"{here}attn.b_{part}")
                if bias is not None:
                    self.rest[f"b_{part}{self.blocks}"] = _parameter(bias)
            if f"{here}mlp.W_in" in state:
                self.into.append(_linear(state[f"{here}mlp.W_in"], state.get(f"{here}mlp.b_in")))
                self.out.append(_linear(state[f"{here}mlp.W_out"], state.get(f"{here}mlp.b_out")))
            self._keep_norms(state, here, str(self.blocks))
            self.blocks += 1
        self._keep_norms(state, "", "")

    def _keep_norms(self, state: Mapping[str, Tensor], prefix: str, block: str) -> None:
        for norm in ("ln1", "ln2", "ln_final"):
            for part in ("w", "b"):
                if f"{prefix}{norm}.{part}" in state:
                    self.rest[f"{norm}{block}{part}"] = _parameter(state[f"{prefix}{norm}.{part}"])

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits at every position."""
        x = self.embed(tokens)
        if self.positions is not None:
            x = x + self.positions[: tokens.shape[1]]
        for block in range(self.blocks):
            x = x + self._attention(self._norm(x, f"ln1{block}"), block)
            if len(self.into):
                hidden = self.known[self.activation](self.into[block](self._norm(x, f"ln2{block}")))
                x = x + self.out[block](hidden)
        return self.unembed(self._norm(x, "ln_final"))

    def _maps(self, x: Tensor, part: str, block: int) -> Tensor:
        """x through W_part, shape (N, heads, T, d_h)."""
        mapped = torch.einsum("ntd,hde->nhte", x, self.rest[f"W_{part}{block}"])
        name = f"b_{part}{block}"
        return mapped + self.rest[name][:, None] if name in self.rest else mapped

    def _attention(self, x: Tensor, block: int) -> Tensor:
        query, key, value = (self._maps(x, part, block) for part in "QKV")
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        added = torch.einsum("nhte,hed->ntd", mixed, self.rest[f"W_O{block}"])
        return added + self.rest[f"b_O{block}"] if f"b_O{block}" in self.rest else added

    def _norm(self, x: Tensor, name: str) -> Tensor:
        if f"{name}w" not in self.rest:
            return x
        centred = x - x.mean(dim=-1, keepdim=True) if f"{name}b" in self.rest else x
        scaled = centred / (centred.square().mean(dim=-1, keepdim=True) + EPSILON).sqrt() * self.rest[f"{name}w"]
        return scaled + self.rest[f"{name}b"] if f"{name}b" in self.rest else scaled

    def attention_matrices(self) -> Tensor:
        """Scores of the first block between all tokens, [head, key, query], before positions and norms."""
        key, query = (self.embed.weight @ self.rest[f"W_{part}0"] for part in "KQ")
        return key @ query.mT / key.shape[-1] ** 0.5


def last_neurons(module: LensTransformer, arguments: Arguments, task: Task) -> Hidden:
    """The last block's neurons at the last position; their output vectors are W_out W_U, before a final norm."""
    out, unembed = module.out[-1], module.unembed
    assert isinstance(out, nn.Linear)

    def activations(values: Tensor) -> Tensor:
        layers = trace(module, arguments, values).layers
        return at_end(next(given for layer, given, _ in reversed(layers) if layer is out)).cpu()

    w = (unembed.weight @ out.weight)[: task.n].T.detach().to("cpu", torch.float64).numpy()
    return Hidden(activations, w, np.zeros(task.n))


def _in_new_layout(state: Mapping[str, Tensor], n: int) -> dict[str, Tensor]:
    """The state dict in TransformerLens's layout."""
    found = dict(state)
    rows, columns = found["embed.W_E"].shape
    if n <= rows <= n + MOST_EXTRA or not n <= columns <= n + MOST_EXTRA:
        return found
    found["embed.W_E"] = found["embed.W_E"].T.contiguous()
    for name, value in state.items():
        if name.endswith((".W_Q", ".W_K", ".W_V")):
            found[name] = value.mT.contiguous()
        elif name.endswith(".W_O"):
            heads = state[name[:-1] + "K"].shape[0]
            found[name] = value.T.reshape(heads, -1, value.shape[0]).contiguous()
        elif name.endswith((".W_in", ".W_out")):
            found[name] = value.T.contiguous()
    return found


def _linear(weight: Tensor, bias: Tensor | None) -> nn.Linear:
    """A layer from a matrix (inputs, outputs)."""
    layer = nn.Linear(weight.shape[0], weight.shape[1], bias=bias is not None, dtype=weight.dtype)
    layer.weight.data.copy_(weight.T)
    if bias is not None:
        layer.bias.data.copy_(bias)
    return layer


def _parameter(value: Tensor | None) -> nn.Parameter | None:
    return None if value is None else nn.Parameter(value.detach().clone())
