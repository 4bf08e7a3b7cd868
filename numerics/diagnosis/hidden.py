r"""The hidden layer of a module, found by watching it work: no names of attributes, no assumptions on its class.

The output layer is the ``nn.Linear`` whose output is the logits; its input is the hidden layer h.  A layer z **is a sum
over the inputs** when :math:`z(a) = \sum_j u_j(a_j)` on random inputs, u_j being read off by changing one symbol at a
time; then :math:`h = \sigma(z)` is compared with the activations that we know.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from numerics.diagnosis.opened import Hidden
from numerics.diagnosis.readings import Arguments, answer
from theory.task import Task

PROBED = 256
SAME = 1e-4  # of the largest entry: float32 sums of some hundred terms


def activations(k: int) -> dict[str, Callable[[Tensor], Tensor]]:
    """Activations that are recognised, by name; ``power`` is t^k."""
    return {
        "power": lambda z: z**k,
        "relu": functional.relu,
        "gelu": functional.gelu,
        "silu": functional.silu,
        "tanh": torch.tanh,
        "square": torch.square,
        "cube": lambda z: z**3,
        "identity": lambda z: z,
        "sigmoid": torch.sigmoid,
        "abs": torch.abs,
        "leaky_relu": functional.leaky_relu,
        "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
    }


@dataclass(frozen=True, eq=False)
class Trace:
    """What a call returned, and the linear maps on its way, in order: the module, its input, its output."""

    layers: list[tuple[nn.Module, Tensor, Tensor]]
    output: Any


def trace(module: nn.Module, arguments: Arguments, inputs: Tensor) -> Trace:
    """Call the module and keep what its linear and embedding layers saw."""
    seen: list[tuple[nn.Module, Tensor, Tensor]] = []

    def keep(layer: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
        seen.append((layer, given[0], output))

    watched = [each for each in module.modules() if isinstance(each, nn.Linear | nn.Embedding)]
    handles = [layer.register_forward_hook(keep) for layer in watched]
    try:
        with torch.no_grad():
            output = module(*arguments(inputs))
    finally:
        for handle in handles:
            handle.remove()
    return Trace(seen, output)


def at_end(values: Tensor) -> Tensor:
    """The last position of (N, T, m), or (N, m) as it is."""
    return values[:, -1] if values.dim() == 3 else values


def find_hidden(module: nn.Module, arguments: Arguments, task: Task) -> tuple[Hidden | None, np.ndarray | None]:
    """The hidden layer, and the input vectors (m, k, n) of the earliest layer that is a sum over the inputs.

    The second is None where the hidden layer itself is such a sum, or no layer is.
    """
    generator = torch.Generator().manual_seed(0)
    random = torch.randint(task.n, (PROBED, task.k), generator=generator)
    found = trace(module, arguments, random)
    final = answer(found.output, PROBED, task.n)
    place = next((i for i in reversed(range(len(found.layers))) if _gives(found.layers[i], final)), None)
    if place is None:
        return None, None
    output, given, _ = found.layers[place]
    assert isinstance(output, nn.Linear)
    h = at_end(given).cpu().double()
    bias = np.zeros(task.n) if output.bias is None else _numpy(output.bias)[: task.n]

    def hidden_of(inputs: Tensor) -> Tensor:
        return at_end(trace(module, arguments, inputs).layers[place][1]).cpu()

    base = Hidden(hidden_of, _numpy(output.weight)[: task.n].T, bias)
    best = None
    for layers in _candidates(found, place):
        u = _sum_over_inputs(module, arguments, task, random, layers)
        if u is None:
            continue
        name = _activation(_evaluate(u, random), h, task.k) if u.shape[0] == h.shape[1] else None
        if name is not None:
            return Hidden(hidden_of, base.w, base.output_bias, u, name), None
        best = u if best is None else best
    return base, best


def _gives(layer: tuple[nn.Module, Tensor, Tensor], final: Tensor) -> bool:
    """Whether the output of a linear layer is the logits, beyond them perhaps other positions and classes."""
    found = at_end(layer[2])
    n = final.shape[1]
    return isinstance(layer[0], nn.Linear) and found.shape[-1] >= n and torch.equal(found[:, :n], final)


def _candidates(found: Trace, place: int) -> list[tuple[int, ...]]:
    """Places of linear layers, then sums of all embeddings, then of all linear layers of one width."""
    linear = [i for i in range(place) if isinstance(found.layers[i][0], nn.Linear)]
    embeddings = [i for i in range(place) if isinstance(found.layers[i][0], nn.Embedding)]
    chosen: list[tuple[int, ...]] = [(i,) for i in linear]
    for group in (linear, embeddings):
        if group and len({found.layers[i][2].shape[-1] for i in group}) == 1:
            chosen.append(tuple(group))
    return list(dict.fromkeys(chosen))


def _read(found: Trace, layers: tuple[int, ...]) -> Tensor:
    """The sum of the outputs of these layers, and over positions for embeddings: shape (N, m)."""
    total: Tensor | None = None
    for i in layers:
        layer, _, output = found.layers[i]
        if output.dim() == 3:
            output = output.sum(dim=1) if isinstance(layer, nn.Embedding) else output[:, -1]
        output = output.cpu().double()
        total = output if total is None else total + output
    assert total is not None
    return total


def _sum_over_inputs(
    module: nn.Module, arguments: Arguments, task: Task, random: Tensor, layers: tuple[int, ...]
) -> np.ndarray | None:
    """u, shape (m, k, n), where these layers compute sum_j u_j(a_j), else None."""
    n, k = task.n, task.k
    changed = torch.zeros(k, n, k, dtype=torch.long)
    for j in range(k):
        changed[j, :, j] = torch.arange(n)
    values = _read(trace(module, arguments, changed.reshape(-1, k)), layers).reshape(k, n, -1)
    origin = values[0, 0]
    moved = values - origin
    means = moved.mean(dim=1, keepdim=True)
    constant = origin + means.sum(dim=0)[0]
    u = (moved - means + constant / k).permute(2, 0, 1).numpy()
    measured = _read(trace(module, arguments, random), layers)
    error = (_evaluate(u, random) - measured).abs().max()
    return u if float(error) <= SAME * float(measured.abs().max()) else None


def _evaluate(u: np.ndarray, inputs: Tensor) -> Tensor:
    """sum_j u_j(a_j), shape (N, m)."""
    vectors = torch.from_numpy(u)
    return sum((vectors[:, j, inputs[:, j]] for j in range(u.shape[1])), torch.zeros(1, dtype=torch.float64)).T


def _activation(z: Tensor, h: Tensor, k: int) -> str | None:
    """The activation with h = sigma(z), if it is one that we know."""
    for name, function in activations(k).items():
        if float((function(z) - h).abs().max()) <= SAME * max(float(h.abs().max()), 1e-300):
            return name
    return None


def _numpy(values: Tensor) -> np.ndarray:
    return values.detach().to("cpu", torch.float64, copy=True).numpy()
