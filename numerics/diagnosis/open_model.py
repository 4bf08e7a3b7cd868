"""Anything that is a network, opened: modules, state dicts, arrays, plain functions, tables of logits."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from numerics.accuracy import accuracy
from numerics.diagnosis import chain, transformer_lens
from numerics.diagnosis.arrays import as_network
from numerics.diagnosis.hidden import find_hidden
from numerics.diagnosis.opened import Hidden, Opened
from numerics.diagnosis.readings import Arguments, answer, find_reading, probe_of
from numerics.diagnosis.tables import find_tables
from numerics.diagnosis.transformer_lens import LensTransformer
from numerics.network import PowerNetwork
from theory.errors import InputError
from theory.network_file import NetworkFile
from theory.task import Task

GUESSED = ("relu", "gelu", "silu", "tanh", "power", "square")  # a theorem is not applied to a guess among several
EQUALLY_GOOD = 0.01
NETWORKS = "a network must be a module, a state dict, arrays u and w, a function, or a table of logits"


def open_model(model: Any, task: Task, activation: str | None = None) -> Opened:
    """Read a network.

    Args:
        model: an ``nn.Module``; a state dict; a network file; a pair of arrays (u, w); a function of a tensor of
            symbols; or the logits of all inputs, shape (n, ..., n, n) or (n^k, n), the last input fastest.
        task: what it should compute.
        activation: that of a state dict, which does not hold it (by default what fits), or of arrays (``power``).

    Raises:
        InputError: when it is none of these, or does not fit the task; the line names what was needed and given.
    """
    if isinstance(model, nn.Module):
        return open_module(model, task)
    if isinstance(model, Mapping):
        return _open_state(model, task, activation)
    if isinstance(model, NetworkFile):
        return _open_file(model, task)
    if isinstance(model, tuple | list) and len(model) == 2:
        network, notes = as_network(model[0], model[1], task, activation or "power")
        return open_module(network, task, notes=notes)
    if isinstance(model, np.ndarray | Tensor):
        return _open_table(torch.as_tensor(model), task)
    if callable(model):
        return _open_function(model, task)
    raise InputError(f"{NETWORKS}; got {type(model).__name__}")


def open_module(module: nn.Module, task: Task, notes: tuple[str, ...] = ()) -> Opened:
    """A module, watched while it computes; it and its mode are left as they were."""
    with at_rest(module):
        reading, arguments = find_reading(module, task, probe_of(task))
        hidden, first = _neurons(module, arguments, task)

        def with_others(others: Mapping[str, Tensor], values: Tensor) -> Tensor:
            with at_rest(module), exchanged(module, others):
                output = module(*arguments(values))
            return answer(output, len(values), task.n).cpu()

    return Opened(
        task,
        partial(with_others, {}),
        _kind(module, hidden),
        (*notes, f"called with {reading}"),
        hidden,
        first,
        find_tables(module, task),
        lambda others: partial(with_others, others),
        module,
        arguments,
    )


@contextlib.contextmanager
def at_rest(module: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients, for a while."""
    modes = {each: each.training for each in module.modules()}
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for each, mode in modes.items():
            each.training = mode


@contextlib.contextmanager
def exchanged(module: nn.Module, others: Mapping[str, Tensor]) -> Iterator[None]:
    """Other values in some parameters, for a while.

    In place, so that layers which share a parameter share its new value too: ``torch.func.functional_call`` leaves an
    embedding that a module holds under two names with the new value for good.
    """
    parameters = dict(module.named_parameters())
    kept = {name: parameters[name].detach().clone() for name in others}
    try:
        for name, value in others.items():
            parameters[name].data.copy_(value)
        yield
    finally:
        for name, value in kept.items():
            parameters[name].data.copy_(value)


def _neurons(module: nn.Module, arguments: Arguments, task: Task) -> tuple[Hidden | None, np.ndarray | None]:
    if isinstance(module, PowerNetwork):
        u, w = module.numpy()

        def activations(values: Tensor) -> Tensor:
            sums = sum(module.u.detach()[:, j, values[:, j]] for j in range(task.k))
            return module.activation.function(torch.as_tensor(sums), task.k).T.cpu()

        return Hidden(activations, w, np.zeros(task.n), u, module.activation.name), None
    if isinstance(module, LensTransformer) and len(module.into):
        return transformer_lens.last_neurons(module, arguments, task), None
    return find_hidden(module, arguments, task)


def _kind(module: nn.Module, hidden: Hidden | None) -> str:
    if isinstance(module, LensTransformer):
        return f"transformer of {module.blocks} block{'s' * (module.blocks != 1)}"
    if hidden is not None and hidden.activation is not None:
        return f"one hidden layer of {len(hidden.w)} neurons, activation {hidden.activation}"
    return f"module {type(module).__name__}"


def _open_file(file: NetworkFile, task: Task) -> Opened:
    same = (file.table is None) == (task.table is None)
    if file.table is not None and task.table is not None:
        same = np.array_equal(file.table, task.table)
    if (file.k, file.p) != (task.k, task.n) or not same:
        given = f"k = {file.k}, p = {file.p}" + (
            "" if file.table is None else f", {file.metadata.get('group', 'table')}"
        )
        raise InputError(f"the network file must be of the task {task.arguments}; it says {given}")
    network, notes = as_network(file.u, file.w, task, file.activation)
    return open_module(network, task, notes=notes)


def _open_state(state: Mapping[str, Any], task: Task, activation: str | None) -> Opened:
    tensors = {str(name): value for name, value in state.items() if isinstance(value, Tensor)}
    if {"u", "w"} <= set(tensors) and tensors["u"].dim() == 3:
        network, notes = as_network(tensors["u"], tensors["w"], task, activation or "power")
        return open_module(network, task, notes=notes)
    built: chain.Chain | LensTransformer
    if transformer_lens.is_transformer(tensors):
        built = LensTransformer(tensors, task)
    else:
        built = chain.from_state(tensors, task)
    if activation is None:
        return open_module(built, task, notes=(_guess(built, task),))
    if activation not in built.known:
        raise InputError(f"the activation must be {', '.join(built.known)}; got {activation!r:.60}")
    built.activation = activation
    return open_module(built, task)


def _guess(built: "chain.Chain | LensTransformer", task: Task) -> str:
    """Choose the activation by accuracy, since a state dict does not hold it; of equally good ones the first."""
    probe, scores = probe_of(task), {}
    for name in GUESSED:
        built.activation = name
        with at_rest(built):
            _, arguments = find_reading(built, task, probe)
            logits = answer(built(*arguments(probe.values)), len(probe), task.n)
        scores[name] = float(accuracy(logits, probe.labels))
    fitting = [name for name in GUESSED if scores[name] >= max(scores.values()) - EQUALLY_GOOD]
    built.activation = fitting[0]
    others = f", and so would {', '.join(fitting[1:])}" if fitting[1:] else ""
    return f"a state dict does not hold the activation; {fitting[0]} fits{others} (--activation says it)"


def _open_table(table: Tensor, task: Task) -> Opened:
    n, k = task.n, task.k
    shapes = (n,) * (k + 1), (n**k, n)
    if tuple(table.shape) not in shapes or not table.is_floating_point():
        given = f"{tuple(table.shape)}, {table.dtype}"
        raise InputError(f"a table of logits must have shape {shapes[0]} or {shapes[1]} and hold floats; got {given}")
    flat = table.detach().cpu().reshape(-1, n)
    places = torch.tensor([n**j for j in reversed(range(k))])
    return Opened(task, lambda values: flat[(values * places).sum(dim=1)], "table of logits")


def _open_function(function: Callable[..., Any], task: Task) -> Opened:
    with torch.no_grad():
        reading, arguments = find_reading(function, task, probe_of(task))

    def logits(values: Tensor) -> Tensor:
        with torch.no_grad():
            return answer(function(*arguments(values)), len(values), task.n).cpu()

    return Opened(task, logits, "function", (f"called with {reading}",))
