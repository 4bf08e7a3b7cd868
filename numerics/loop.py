"""One training loop for every network that torch can differentiate: a run is a function of its settings alone.

A run is a list of stages, each with a model, what one update of it is, and when to measure.  Whoever draws minibatches
or noise draws them from a generator seeded by (seed, step), or keeps the generator's state in the model.  Then model,
optimiser state, history and step are everything a run is: stopping it anywhere and resuming gives the same weights on
the same device, bit for bit.  The batched ensembles of ``numerics.ensemble`` have the only other loop.
"""

import contextlib
import copy
import dataclasses
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from numerics import distributed
from numerics.checkpoint import RunFolder, State
from theory.errors import InputError, Interrupted, require_integer

logger = logging.getLogger(__name__)

STAGE = "training"
History = list[dict[str, Any]]


@dataclass(frozen=True)
class Stage:
    """A part of a run whose updates are of one kind.

    Attributes:
        model: any module; its parameters and buffers are the checkpoint.
        update: step (0, 1, ...) -> None; makes that update.  It may raise ``Interrupted`` before the model has changed.
        steps: updates to make.
        measure: number of updates made -> what to record, JSON values; called without gradients.
        at: whether to record after so many updates; the end is always recorded.
        stop: asked after each record with the history so far; a reason ends the stage.  It depends on nothing else.
        optimiser: whose state belongs to the checkpoint, if there is one.
    """

    model: nn.Module
    update: Callable[[int], None]
    steps: int
    measure: Callable[[int], dict[str, Any]]
    at: Callable[[int], bool]
    stop: Callable[[History], str | None] = lambda history: None
    optimiser: torch.optim.Optimizer | None = None


@dataclass(frozen=True)
class Fit:
    """What a run ended with; the model of the last stage holds the final weights.

    Attributes:
        history: records in the order of their steps, each with its ``step``.
        step: updates made in the last stage.
        stopped: the reason why the last stage stopped, or None where all steps were made.
        seconds: wall time, the parts before kills included.
    """

    history: History
    step: int
    stopped: str | None
    seconds: float


def fit(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    loss: Callable[[int], Tensor | None],
    *,
    steps: int,
    measure: Callable[[int], dict[str, Any]],
    at: Callable[[int], bool],
    stop: Callable[[History], str | None] = lambda history: None,
    schedule: Callable[[int], float] | None = None,
    folder: Path | None = None,
    config: dict[str, Any] | None = None,
    checkpoint_seconds: float = 5.0,
    progress: Callable[[int, int], None] = lambda done, planned: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Fit:
    """Train ``model`` in place by one optimiser, from the folder's checkpoint if there is one.

    Args:
        model: any module; its parameters and buffers are the checkpoint.
        optimiser: over parameters of the model, with tensors as its state (SGD, Adam, AdamW, ...).
        loss: step (0, 1, ...) -> training loss before that update, differentiable; or None where it has left the
            gradients itself.
        steps: updates to make.
        measure: number of updates made -> what to record, JSON values; called without gradients.
        at: whether to record after so many updates; the end is always recorded.
        stop: asked after each record with the history so far; a reason ends the run.  It must depend on nothing else.
        schedule: step -> factor on every learning rate of the optimiser.
        folder: where to keep the run; its parent must exist.
        config: what makes this run this run, as JSON values; a folder with another configuration is refused.
        checkpoint_seconds: a kill loses at most so much time.
        progress: called after every update with updates made and planned; it may raise ``Interrupted``.
        should_stop: asked after every update; a true answer saves and raises ``Interrupted``.

    Raises:
        InputError: for a checkpoint of another run or another size, a folder in use, or a record that JSON cannot hold.
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
    rates = [group["lr"] for group in optimiser.param_groups]
    stage = Stage(model, descent(optimiser, loss, schedule), steps, measure, at, stop, optimiser)
    with RunFolder(folder).open(config or {}, resume=True) if folder else contextlib.nullcontext() as store:
        found = run(
            {STAGE: lambda: stage},
            store,
            checkpoint_seconds,
            lambda name, done, history: progress(done, steps),
            should_stop,
        )
    for group, rate in zip(optimiser.param_groups, rates, strict=True):
        group["lr"] = rate
    return found


def descent(
    optimiser: torch.optim.Optimizer,
    loss: Callable[[int], Tensor | None],
    schedule: Callable[[int], float] | None = None,
) -> Callable[[int], None]:
    """The update of an optimiser; see :func:`fit` for the arguments."""
    rates = [group["lr"] for group in optimiser.param_groups]

    def update(step: int) -> None:
        if schedule:
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * schedule(step)
        optimiser.zero_grad(set_to_none=True)
        value = loss(step)
        if value is not None:
            value.backward()
        optimiser.step()

    return update


def run(
    stages: Mapping[str, Callable[[], Stage]],
    store: RunFolder | None = None,
    checkpoint_seconds: float = 5.0,
    progress: Callable[[str, int, History], None] = lambda stage, done, history: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Fit:
    """Make the stages one after the other, from the store's checkpoint if there is one.

    Args:
        stages: by name, in order; each is built when it begins, from the weights that the one before it has left.
        store: where the state is kept, held open by the caller; None keeps nothing.
        checkpoint_seconds: a kill loses at most so much time, or one update.
        progress: called after every update with the stage, updates made in it, and the history so far.
        should_stop: asked after every update; a true answer saves and raises ``Interrupted``.

    Raises:
        InputError: for a checkpoint of another run or another size, or a record that JSON cannot hold.
        Interrupted: after saving, when ``should_stop`` said so.
    """
    state = store.load() if store else None
    if store and state:
        store.require_stage(state, *stages)
    position = _Position(store, state.history if state else [], state.seconds if state else 0.0)
    names = list(stages)
    stopped = None
    for name in names[names.index(state.stage) if state else 0 :]:
        position.enter(name, stages[name](), state)
        state = None
        stopped = _make(position, checkpoint_seconds, progress, should_stop)
        distributed.on_first(position.save)
    return Fit(position.history, position.step, stopped, position.seconds)


def _make(
    position: "_Position",
    checkpoint_seconds: float,
    progress: Callable[[str, int, History], None],
    should_stop: Callable[[], bool],
) -> str | None:
    """The rest of the stage; the reason why it stopped before its last step, if it did."""
    stage, saved = position.stage, time.monotonic()
    while True:
        if stage.at(position.step) or position.step == stage.steps:
            position.record()
            stopped = stage.stop(position.history)
            if stopped is not None:
                return stopped
        if position.step >= stage.steps:
            return None
        try:
            stage.update(position.step)
            position.advance()
            progress(position.name, position.step, position.history)
            if distributed.anywhere(should_stop()):
                raise Interrupted
        except Interrupted:
            distributed.on_first(position.save)
            raise
        if time.monotonic() - saved > checkpoint_seconds:
            try:
                position.save()
            except InputError as error:
                # The run goes on in memory; the last good checkpoint is still there.
                logger.warning("no checkpoint written: %s", error)
            saved = time.monotonic()


class _Position:
    """Where a run is, and how that goes to the folder and comes back; ``seconds`` are those until the last save."""

    name: str
    stage: Stage
    step: int
    recorded: bool

    def __init__(self, store: RunFolder | None, history: History, seconds: float) -> None:
        self.store, self.history = store, history
        self.seconds = seconds
        self._before, self._started = seconds, time.monotonic()
        self._changed = False

    def enter(self, name: str, stage: Stage, state: State | None) -> None:
        """Begin a stage, or take it up where ``state`` was saved."""
        require_integer("steps", stage.steps, 0)
        self.name, self.stage, self.step, self.recorded = name, stage, 0, False
        self._changed = state is None
        if self.store and state:
            self._restore(self.store, state)

    def advance(self) -> None:
        """An update has been made."""
        self.step, self.recorded, self._changed = self.step + 1, False, True

    def record(self) -> None:
        """Append a record, unless the checkpoint had it already."""
        if self.recorded:
            return
        with torch.no_grad():
            record = {"step": self.step, **self.stage.measure(self.step)}
        try:
            json.dumps(record, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise InputError(f"the record of step {self.step} must be finite JSON values; {error}") from None
        self.history.append(record)
        self.recorded = self._changed = True

    def save(self) -> None:
        """Replace the checkpoint, if there is anything new."""
        if not self._changed:
            return
        self.seconds = self._before + time.monotonic() - self._started
        if self.store:
            tensors = _tensors(self.stage)
            # safetensors refuses tensors that share memory, such as tied weights.
            tensors = {name: x.detach().clone() for name, x in tensors.items()}
            self.store.save(State(self.name, self.step, tensors, self.history, self.recorded, self.seconds))

    def _restore(self, store: RunFolder, state: State) -> None:
        stage = self.stage
        if state.step > stage.steps:
            raise InputError(
                f"the run in {str(store.path)!r} must not be past its end, {stage.steps}; it is at {state.step}"
            )
        begun = {name.rsplit("/", 1)[0] for name in state.tensors if name.startswith("optimiser/")}
        needed = {
            name: x
            for name, x in _after_a_step(stage).items()
            if name.startswith("model/") or name.rsplit("/", 1)[0] in begun  # a parameter without gradient has no state
        }
        store.require_tensors(state, needed)
        stage.model.load_state_dict(_under("model/", state.tensors))
        if stage.optimiser:
            kept: dict[int, dict[str, Tensor]] = {}
            for name, x in _under("optimiser/", state.tensors).items():
                index, key = name.split("/", 1)
                kept.setdefault(int(index), {})[key] = x
            stage.optimiser.load_state_dict(stage.optimiser.state_dict() | {"state": kept})
        self.step, self.recorded = state.step, state.recorded


def _tensors(stage: Stage) -> dict[str, Tensor]:
    """Everything that an update changes: ``model/NAME`` and ``optimiser/INDEX/NAME``."""
    tensors = {f"model/{name}": x for name, x in stage.model.state_dict().items()}
    for index, state in stage.optimiser.state_dict()["state"].items() if stage.optimiser else ():
        tensors |= {f"optimiser/{index}/{name}": x for name, x in state.items() if isinstance(x, Tensor)}
    return tensors


def _after_a_step(stage: Stage) -> dict[str, Tensor]:
    """The tensors that a checkpoint holds, asked of a copy that has made one step."""
    if stage.optimiser is None:
        return _tensors(stage)
    model, optimiser = copy.deepcopy((stage.model, stage.optimiser))
    for group in optimiser.param_groups:
        for x in group["params"]:
            x.grad = torch.zeros_like(x) if x.requires_grad else None
    optimiser.step()
    return _tensors(dataclasses.replace(stage, model=model, optimiser=optimiser))


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): x for name, x in tensors.items() if name.startswith(prefix)}
