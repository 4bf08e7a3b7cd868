"""Everything in a module that has one row for each symbol: embeddings, output rows, one-hot columns, raw parameters."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from numerics.diagnosis.opened import Table
from numerics.diagnosis.readings import MOST_EXTRA
from theory.task import Task


def find_tables(module: nn.Module, task: Task) -> tuple[Table, ...]:
    """All tables; a parameter with two axes of n entries is left out unless its layer says which one is meant."""
    owners = {
        f"{name}.weight": layer for name, layer in module.named_modules() if isinstance(layer, nn.Linear | nn.Embedding)
    }
    found: list[Table] = []
    for name, parameter in module.named_parameters():
        if parameter.is_floating_point() and parameter.dim() >= 2:
            found += _of_parameter(name, parameter.detach(), owners.get(name), task)
    return tuple(found)


def _of_parameter(name: str, value: Tensor, owner: nn.Module | None, task: Task) -> Iterator[Table]:
    n, k, shape = task.n, task.k, tuple(value.shape)
    if isinstance(owner, nn.Embedding):
        if n <= shape[0] <= n + MOST_EXTRA:
            yield _table(name, name, value, 0, 0, n)
    elif isinstance(owner, nn.Linear):
        if shape[1] == k * n and k > 1:
            for j in range(k):
                yield _table(f"{name}[{j}]", name, value, 1, j * n, n)
        elif n in shape and shape[0] != shape[1]:
            yield _table(name, name, value, shape.index(n), 0, n)
        elif n < shape[0] <= n + MOST_EXTRA and shape[1] > shape[0]:
            yield _table(name, name, value, 0, 0, n)
    elif (axes := [axis for axis, size in enumerate(shape) if size == n]) and len(axes) == 1:
        yield _table(name, name, value, axes[0], 0, n)
    elif not axes and len(shape) == 2 and n < shape[0] <= n + MOST_EXTRA:
        yield _table(name, name, value, 0, 0, n)


def _table(name: str, parameter: str, value: Tensor, axis: int, start: int, n: int) -> Table:
    rows = value.movedim(axis, 0)[start : start + n].reshape(n, -1).to("cpu", torch.float64, copy=True).numpy()

    def put(whole: Tensor, changed: np.ndarray) -> Tensor:
        moved = whole.movedim(axis, 0).clone()
        part = torch.as_tensor(changed, dtype=whole.dtype, device=whole.device)
        moved[start : start + n] = part.reshape(n, *moved.shape[1:])
        return moved.movedim(0, axis)

    return Table(name, parameter, rows, put)
