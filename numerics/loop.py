"""One training loop for every network that torch can differentiate: a run is a function of its settings alone.

``loss(step)`` is the training loss of that step; whoever draws minibatches or noise draws them from a generator seeded
by (seed, step).  Then model, optimiser state, history and step number are everything a run is: stopping it anywhere and
resuming gives the same weights on the same device, bit for bit.  A checkpoint is a safetensors file; nothing is
unpickled.
"""

import contextlib
import copy
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from numerics.checkpoint import RunFolder, State, locked
from numerics.interruption import Interrupted
from theory.errors import InputError, require_integer

logger = logging.getLogger(__name__)

PHASE = "training"


@dataclass(frozen=True)
class Fit:
    """What a run ended with; the model holds the final weights.

    Attributes:
        history: records in the order of their steps, each with its ``step``.
        step: updates made.
        stopped: the reason that ``stop`` gave, or None where all steps were made.
        seconds: wall time of this process's part.
    """

    history: list[dict[str, Any]]
    step: int
    stopped: str | None
    seconds: float


def fit(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    loss: Callable[[int], Tensor],
    *,
    steps: int,
    measure: Callable[[int], dict[str, Any]],
    at: Callable[[int], bool],
    stop: Callable[[list[dict[str, Any]]], str | None] = lambda history: None,
    schedule: Callable[[int], float] | None = None,
    folder: Path | None = None,
    config: dict[str, Any] | None = None,
    checkpoint_seconds: float = 5.0,
    progress: Callable[[int, int], None] = lambda done, planned: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Fit:
    """Train ``model`` in place, from the folder's checkpoint if there is one.

    Args:
        model: any module; its parameters and buffers are the checkpoint.
        optimiser: over parameters of the model, with tensors as its state (SGD, Adam, AdamW, ...).
        loss: step (0, 1, ...) -> training loss before that update, differentiable.
        steps: updates to make.
        measure: number of updates made -> what to record, JSON values; called without gradients.
        at: whether to record after so many updates; the end is always recorded.
        stop: asked after each record with the history so far; a reason ends the run.  It must depend on nothing else.
        schedule: step -> factor on every learning rate of the optimiser.
        folder: where to keep the run; its parent must exist.
        config: what makes this run this run, as JSON values; a folder with another configuration is refused.
        checkpoint_seconds: a kill loses at most so much time.
        progress: called after every update with updates made and planned.
        should_stop: asked after every update; a true answer saves and raises ``Interrupted``.

    Raises:
        InputError: for a checkpoint of another run or another size, or a record that JSON cannot hold.
        Interrupted: after saving, when ``should_stop`` said so.

    Examples:
        >>> import torch
        >>> from torch import nn
        >>> model = nn.ParameterList([torch.zeros(())])
        >>> sgd, loss = torch.optim.SGD(model.parameters(), lr=0.5), lambda step: (model[0] - 8) ** 2 / 2
        >>> found = fit(model, sgd, loss, steps=3, measure=lambda step: {"x": model[0].item()}, at=lambda step: True)
        >>> [record["x"] for record in found.history]
        [0.0, 4.0, 6.0, 7.0]
    """
    require_integer("steps", steps, 0)
    started = time.monotonic()
    rates = [group["lr"] for group in optimiser.param_groups]
    with contextlib.ExitStack() as held:
        store = None
        if folder is not None:
            held.enter_context(locked(folder))
            store = RunFolder(folder)
            store.open(config or {}, resume=True)
        run = _Run(model, optimiser, store)
        if run.step > steps:
            raise InputError(f"the run in {str(folder)!r} must not be past its end, {steps}; it is at {run.step}")
        saved, stopped = time.monotonic(), None
        while True:
            if at(run.step) or run.step == steps:
                run.record(measure)
                stopped = stop(run.history)
            if stopped is not None or run.step >= steps:
                break
            if schedule:
                for group, rate in zip(optimiser.param_groups, rates, strict=True):
                    group["lr"] = rate * schedule(run.step)
            optimiser.zero_grad(set_to_none=True)
            loss(run.step).backward()
            optimiser.step()
            run.step += 1
            progress(run.step, steps)
            if should_stop():
                run.save()
                raise Interrupted
            if time.monotonic() - saved > checkpoint_seconds:
                try:
                    run.save()
                except InputError as error:
                    # The run goes on in memory; the last good checkpoint is still there.
                    logger.warning("no checkpoint written: %s", error)
                saved = time.monotonic()
        run.save()
    for group, rate in zip(optimiser.param_groups, rates, strict=True):
        group["lr"] = rate
    return Fit(run.history, run.step, stopped, time.monotonic() - started)


class _Run:
    """Model, optimiser, step and history, and how they go to the folder and come back."""

    def __init__(self, model: nn.Module, optimiser: torch.optim.Optimizer, store: RunFolder | None) -> None:
        self.model, self.optimiser, self.store = model, optimiser, store
        self.step: int = 0
        self.history: list[dict[str, Any]] = []
        state = store.load("cpu") if store else None
        if store and state:
            self._restore(store, state)

    def record(self, measure: Callable[[int], dict[str, Any]]) -> None:
        """Append a record, unless the checkpoint had it already."""
        if self.history and self.history[-1].get("step") == self.step:
            return
        with torch.no_grad():
            record = {"step": self.step, **measure(self.step)}
        try:
            json.dumps(record, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise InputError(f"the record of step {self.step} must be finite JSON values; {error}") from None
        self.history.append(record)

    def save(self) -> None:
        if self.store:
            tensors = _tensors(self.model, self.optimiser)
            # safetensors refuses tensors that share memory, such as tied weights.
            self.store.save(
                State(PHASE, self.step, {name: x.detach().clone() for name, x in tensors.items()}, self.history)
            )

    def _restore(self, store: RunFolder, state: State) -> None:
        store.require_phase(state, PHASE)
        begun = {name.rsplit("/", 1)[0] for name in state.tensors if name.startswith("optimiser/")}
        needed = {
            name: x
            for name, x in _after_a_step(self.model, self.optimiser).items()
            if name.startswith("model/") or name.rsplit("/", 1)[0] in begun  # a parameter without gradient has no state
        }
        store.require_tensors(state, needed)
        self.model.load_state_dict(_under("model/", state.tensors))
        kept: dict[int, dict[str, Tensor]] = {}
        for name, x in _under("optimiser/", state.tensors).items():
            index, key = name.split("/", 1)
            kept.setdefault(int(index), {})[key] = x
        self.optimiser.load_state_dict(self.optimiser.state_dict() | {"state": kept})
        self.step, self.history = state.step, state.history


def _tensors(model: nn.Module, optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Everything that an update changes: ``model/NAME`` and ``optimiser/INDEX/NAME``."""
    tensors = {f"model/{name}": x for name, x in model.state_dict().items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser/{index}/{name}": x for name, x in state.items() if isinstance(x, Tensor)}
    return tensors


def _after_a_step(model: nn.Module, optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The tensors that a checkpoint holds, asked of a copy that has made one step."""
    model, optimiser = copy.deepcopy((model, optimiser))
    for group in optimiser.param_groups:
        for x in group["params"]:
            x.grad = torch.zeros_like(x) if x.requires_grad else None
    optimiser.step()
    return _tensors(model, optimiser)


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): x for name, x in tensors.items() if name.startswith(prefix)}
