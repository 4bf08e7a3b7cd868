"""A stack of linear layers rebuilt from the tensors of a state dict, with or without embeddings in front."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from numerics.diagnosis.hidden import activations
from numerics.diagnosis.readings import MOST_EXTRA
from theory.errors import InputError
from theory.task import Task


class Chain(nn.Module):
    """Embeddings (or one-hot rows), linear layers with an activation between them, logits.

    Attributes:
        embeddings: one, shared by all inputs, or k; none for one-hot rows.
        layers: the linear layers.
        joined: whether the embedded symbols stand side by side; else they are added up.
    """

    def __init__(
        self, task: Task, embeddings: list[Tensor], layers: list[tuple[Tensor, Tensor | None]], joined: bool
    ) -> None:
        """Take the tensors over."""
        super().__init__()
        self.joined, self.n = joined, task.n
        self.activation, self.known = "relu", activations(task.k)
        self.embeddings = nn.ModuleList(nn.Embedding.from_pretrained(e, freeze=False) for e in embeddings)
        self.layers = nn.ModuleList()
        for weight, bias in layers:
            layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
            layer.weight.data.copy_(weight)
            if bias is not None:
                layer.bias.data.copy_(bias)
            self.layers.append(layer)

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits of inputs (N, k)."""
        k = inputs.shape[1]
        if len(self.embeddings):
            tables = [self.embeddings[j if len(self.embeddings) > 1 else 0] for j in range(k)]
            rows = torch.stack([table(inputs[:, j]) for j, table in enumerate(tables)], dim=1)
        else:
            rows = nn.functional.one_hot(inputs, self.n).to(next(self.parameters()).dtype)
        hidden = rows.flatten(1) if self.joined else rows.sum(dim=1)
        if len(self.embeddings) and not self.joined and len(self.layers) == 1:
            hidden = self.known[self.activation](hidden)
        for layer in self.layers[:-1]:
            hidden = self.known[self.activation](layer(hidden))
        return self.layers[-1](hidden)


def from_state(state: Mapping[str, Tensor], task: Task) -> Chain:
    """The stack whose weights these are, in their order.

    A square raw matrix is read as ``nn.Linear`` has it: outputs first.

    Raises:
        InputError: when the shapes do not make a chain from k symbols to n classes.
    """
    n, k = task.n, task.k
    matrices = [(name, value) for name, value in state.items() if value.is_floating_point() and value.dim() == 2]
    rest = [value for _, value in matrices]
    embeddings: list[Tensor] = []
    for count in (k, 1):
        first = rest[:count]
        alike = len(first) == count < len(rest) and len({tuple(e.shape) for e in first}) == 1
        if alike and n <= first[0].shape[0] <= n + MOST_EXTRA:
            d = first[0].shape[1]
            if {k * d, d} & set(rest[count].shape):
                embeddings, rest = first, rest[count:]
                break
    names = [name for name, _ in matrices[len(embeddings) :]]
    d = embeddings[0].shape[1] if embeddings else n
    for joined in (True, False):
        oriented = _oriented(rest, k * d if joined else d)
        if oriented and n <= oriented[-1].shape[0] <= n + MOST_EXTRA:
            layers = [(weight, _bias(state, name, weight)) for name, weight in zip(names, oriented, strict=True)]
            return Chain(task, embeddings, layers, joined)
    listed = ", ".join(f"{name} {tuple(value.shape)}" for name, value in list(state.items())[:8])
    need = f"the weights must make a chain from {k} symbols to {n} classes, or be given with the module they belong to"
    raise InputError(f"{need} (--module); got {listed or 'none'}")


def _oriented(matrices: list[Tensor], width: int) -> list[Tensor] | None:
    """The matrices as (outputs, inputs), each fed by the one before; None where they do not fit."""
    found = []
    for matrix in matrices:
        if matrix.shape[1] != width:
            matrix = matrix.T
        if matrix.shape[1] != width:
            return None
        found.append(matrix)
        width = matrix.shape[0]
    return found or None


def _bias(state: Mapping[str, Tensor], name: str, weight: Tensor) -> Tensor | None:
    """The bias beside a weight: of the same layer, or the vector that comes next."""
    if name.endswith("weight"):
        return state.get(name[: -len("weight")] + "bias")
    names = list(state)
    after = names[names.index(name) + 1 : names.index(name) + 2]
    fits = bool(after) and state[after[0]].dim() == 1 and len(state[after[0]]) == len(weight)
    return state[after[0]] if fits else None
