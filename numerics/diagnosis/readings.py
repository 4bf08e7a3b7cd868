"""Ways in which people call a network on k symbols; which one a given network understands is found by trying."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from numerics.accuracy import accuracy
from numerics.diagnosis.inputs import Inputs, choose_inputs
from theory.errors import InputError
from theory.task import Task

MOST_EXTRA = 3  # classes beyond the n symbols, such as an equals sign
PROBED = 1024
MOST_PROBED = 2**24  # numbers in the one-hot rows of a probe
CLEARLY = 0.2
EQUALS = "the symbols and an equals sign, shape (N, k+1)"

Arguments = Callable[[Tensor], tuple[Tensor, ...]]


def conventions(task: Task, dtype: torch.dtype, device: torch.device) -> dict[str, Arguments]:
    """Every convention, by what to call it: from inputs (N, k) to the arguments of a call."""
    n, k = task.n, task.k

    def hot(values: Tensor) -> Tensor:
        return one_hot(values, n).to(device, dtype)

    return {
        "the symbols, shape (N, k)": lambda values: (values.to(device),),
        EQUALS: lambda values: (torch.cat([values, values.new_full((len(values), 1), n)], dim=1).to(device),),
        "one argument for each symbol": lambda values: tuple(values[:, j].to(device) for j in range(k)),
        "one-hot rows side by side, shape (N, k n)": lambda values: (hot(values).flatten(1),),
        "one-hot rows, shape (N, k, n)": lambda values: (hot(values),),
        "one-hot rows added up, shape (N, n)": lambda values: (hot(values).sum(dim=1),),
        "one one-hot row for each symbol": lambda values: tuple(hot(values)[:, j] for j in range(k)),
    }


def answer(output: Any, count: int, n: int) -> Tensor:
    """Logits (N, n) in what a call returned: at the last position, and of the first n classes, where there are more.

    Raises:
        InputError: when there are none.
    """
    logits = getattr(output, "logits", output)
    logits = logits[0] if isinstance(logits, tuple | list) and len(logits) else logits
    try:
        found = torch.as_tensor(logits)
    except (TypeError, ValueError, RuntimeError):
        raise InputError(f"logits must be a tensor; got {type(logits).__name__}") from None
    if found.dim() == 3:
        found = found[:, -1]
    shape = tuple(found.shape)
    if len(shape) != 2 or shape[0] != count or not n <= shape[1] <= n + MOST_EXTRA:
        raise InputError(f"logits must have shape ({count}, {n}); got {shape}")
    if not found.is_floating_point():
        raise InputError(f"logits must be floating-point numbers; got {found.dtype}")
    return found[:, :n]


def probe_of(task: Task) -> Inputs:
    """Inputs to try a network on: a thousand, fewer where one-hot rows would be large."""
    return choose_inputs(task, max(8, min(PROBED, MOST_PROBED // (task.k * task.n))))


def find_reading(model: Callable[..., Any], task: Task, probe: Inputs) -> tuple[str, Arguments]:
    """The convention that the model understands; of several the likeliest, unless another is clearly more accurate.

    An equals sign is likely where an embedding has a row for it.

    Raises:
        InputError: when there is none; the line says what each attempt met.
    """
    dtype, device = place(model)
    tried: dict[str, tuple[float, Arguments]] = {}
    met = []
    for name, arguments in conventions(task, dtype, device).items():
        try:
            # What a user's code raises when it is called in a way that it does not know can be anything.
            logits = answer(model(*arguments(probe.values)), len(probe), task.n)
        except Exception as error:
            met.append(f"{name}: {str(error).strip().splitlines()[0][:90] if str(error) else type(error).__name__}")
            continue
        tried[name] = float(accuracy(logits.cpu(), probe.labels)), arguments
    if not tried:
        need = f"the model must give logits of shape (N, {task.n}) for {task.k} symbols in one of the known ways"
        raise InputError(f"{need}; {'; '.join(met)}")
    best = max(tried, key=lambda name: tried[name][0])
    likely = EQUALS if EQUALS in tried and _has_equals(model, task.n) else next(iter(tried))
    chosen = best if tried[best][0] > tried[likely][0] + CLEARLY else likely
    return chosen, tried[chosen][1]


def _has_equals(model: object, n: int) -> bool:
    layers = model.modules() if isinstance(model, nn.Module) else iter(())
    rows = [layer.num_embeddings for layer in layers if isinstance(layer, nn.Embedding)]
    return bool(rows) and max(rows) > n


def place(model: object) -> tuple[torch.dtype, torch.device]:
    """Precision and device of a module's parameters; float32 on the CPU for anything else."""
    parameters = model.parameters() if isinstance(model, nn.Module) else iter(())
    first = next((each for each in parameters if each.is_floating_point()), None)
    return (torch.float32, torch.device("cpu")) if first is None else (first.dtype, first.device)
