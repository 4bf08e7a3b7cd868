r"""A run: descent on the papers' objective, then polishing, with checkpoints that lose nothing.

Descent is full-batch Adam in float32 on :math:`CE_\tau + \lambda\|\theta\|_{2,k+1}^{k+1}` with a half-cosine learning
rate.  A run is a function of its settings alone: randomness ends with the initial weights, so stopping it anywhere and
resuming gives the same final weights on the same device, bit for bit.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from numerics import distributed
from numerics.checkpoint import Layout, RunFolder, State
from numerics.grid import DEFAULT_BUDGET
from numerics.history import Record, measure
from numerics.interruption import Interrupted
from numerics.loss import CrossEntropy, flat_parameters, penalty
from numerics.network import PowerNetwork
from numerics.polish import polish_round
from numerics.recipes import Recipe
from theory.errors import InputError
from theory.task import Task

logger = logging.getLogger(__name__)

MOMENT_DECAY = 0.9, 0.999
SMALLEST_DENOMINATOR = 1e-20  # gradients are far below Adam's usual 1e-8 in float32
RECORDS_PER_DESCENT = 20


@dataclass(frozen=True)
class Progress:
    """Where a run is: phase, units done and planned in it, the last record."""

    phase: str
    done: int
    planned: int
    record: Record | None


@dataclass
class Result:
    """What a run ended with.

    Attributes:
        network: the final network, float64 if it was polished, else float32.
        margin: minimum margin over all inputs over gamma*, in float64.
        history: records over the run.
        seconds: wall time of this process's part.
    """

    network: PowerNetwork
    margin: float
    history: list[Record]
    seconds: float


@dataclass
class Run:
    """One seed of one recipe on one problem.

    Attributes:
        problem: task, gamma*, scales.
        recipe: every number of the training.
        m: neurons.
        seed: seed of the initial weights and of the split.
        penalty: lambda.
        target: margin over gamma* at which the run may end.
        split: 0/1 grid of the training inputs; None trains on all.
        device: where to train.
        budget: bytes that a step may hold beside parameters and moments.
        folder: where to keep checkpoints; None keeps nothing.
        checkpoint_seconds: at most so much time between two checkpoints of the descent.
        progress: called after every step with where the run is.
        should_stop: asked after every step; a true answer saves and raises :class:`Interrupted`.
    """

    problem: Task
    recipe: Recipe
    m: int
    seed: int
    penalty: float
    target: float
    split: Tensor | None = None
    device: str = "cpu"
    budget: int = DEFAULT_BUDGET
    folder: RunFolder | None = None
    checkpoint_seconds: float = 5.0
    progress: Callable[[Progress], None] | None = None
    should_stop: Callable[[], bool] = field(default=lambda: False)

    def __call__(self) -> Result:
        """Train, from the folder's checkpoint if there is one.

        Raises:
            InputError: when lambda is out of range, the size does not fit, or the result cannot be written.
            Interrupted: after saving, when ``should_stop`` said so.
        """
        started = time.monotonic()
        self._saved = started
        self._beta = self.problem.log_scale(self.penalty)
        state = self.folder.load(self.device, self._layout()) if self.folder else None
        state = state or self._initial_state()
        if state.phase == "descent":
            self._with_smaller_blocks(self._descend, state)
        if state.phase == "polish":
            self._with_smaller_blocks(self._polish, state)
        network = PowerNetwork(state.tensors["u"], state.tensors["w"])
        return Result(network, state.history[-1]["margin"], state.history, time.monotonic() - started)

    def _layout(self) -> Layout:
        """What a checkpoint of this run holds."""
        n, k = self.problem.n, self.problem.k
        u, w = (torch.empty(shape, device="meta") for shape in ((self.m, k, n), (self.m, n)))
        moments = {"mu": u, "mw": w, "vu": u, "vw": w}
        return {"descent": {"u": u, "w": w} | moments, "polish": {"u": u.double(), "w": w.double()}}

    def _initial_state(self) -> State:
        self._unit = self.problem.entry_scale(self.m, self._beta)
        network = PowerNetwork.random(
            self.problem, self.m, self.seed, self.recipe.spread * self._unit, device=self.device
        )
        u, w = network.u.detach(), network.w.detach()
        zeros = {name: torch.zeros_like(x) for name, x in (("mu", u), ("mw", w), ("vu", u), ("vw", w))}
        return State("descent", 0, {"u": u, "w": w} | zeros)

    def _descend(self, state: State) -> None:
        """Adam from ``state.step`` to the recipe's last step, or to the target."""
        tensors, recipe = state.tensors, self.recipe
        network = PowerNetwork(tensors["u"], tensors["w"])
        u, w = flat_parameters(network)
        loss = CrossEntropy(network, self.problem, tau_weighted=recipe.weighted, weights=self.split, budget=self.budget)
        rate = recipe.rate * self.problem.entry_scale(self.m, self._beta)
        moments = (u, tensors["mu"][None], tensors["vu"][None]), (w, tensors["mw"][None], tensors["vw"][None])
        every = max(1, recipe.descent_steps // RECORDS_PER_DESCENT)
        while state.step < recipe.descent_steps:
            _, gradients = loss(u, w)
            assert gradients is not None
            _, *slopes = penalty(u, w, network.degree)
            cosine = 0.5 * (1 + math.cos(math.pi * state.step / recipe.descent_steps))
            state.step += 1
            for (x, first, second), gradient, slope in zip(moments, gradients, slopes, strict=True):
                _adam(x, gradient.add_(slope, alpha=self.penalty), first, second, state.step, rate * cosine)
            if state.step % every == 0 and self._record(state, network):
                break
            self._after_step(state, recipe.descent_steps)
        if not recipe.polish_rounds:
            state.step = recipe.descent_steps
            self._save(state)
            return
        state.phase, state.step = "polish", 0
        state.tensors = {"u": tensors["u"].double(), "w": tensors["w"].double()}
        self._save(state)

    def _polish(self, state: State) -> None:
        """Rounds of L-BFGS until the target or the recipe's end; each leaves the predicted norm."""
        while state.step < self.recipe.polish_rounds and not self._reached(state):
            network = PowerNetwork(state.tensors["u"], state.tensors["w"])
            polished = polish_round(
                network,
                self.problem,
                self.recipe,
                target=self.target,
                log_scale=self._beta,
                weights=self.split,
                budget=self.budget,
                stop=self._stop_inside_round(state),
            )
            state.tensors = {"u": polished.u.detach(), "w": polished.w.detach()}
            state.step += 1
            self._record(state, polished)
            self._save(state)
            self._after_step(state, self.recipe.polish_rounds)

    def _stop_inside_round(self, state: State) -> Callable[[], None]:
        def stop() -> None:
            if distributed.anywhere(self.should_stop()):
                self._save(state)
                raise Interrupted

        return stop

    def _reached(self, state: State) -> bool:
        last = state.history[-1] if state.history else None
        return bool(last and last["phase"] == state.phase and last["margin"] >= self.target)

    def _record(self, state: State, network: PowerNetwork) -> bool:
        """Append a record; whether the target is reached."""
        distributed.require_agreement(network.u)
        record = measure(network, self.problem, self.penalty, self.split, self.budget, self.recipe.weighted)
        state.history.append({"phase": state.phase, "step": state.step, **record})
        return record["margin"] >= self.target

    def _after_step(self, state: State, planned: int) -> None:
        if self.progress:
            self.progress(Progress(state.phase, state.step, planned, state.history[-1] if state.history else None))
        if distributed.anywhere(self.should_stop()):
            self._save(state)
            raise Interrupted
        if time.monotonic() - self._saved > self.checkpoint_seconds:
            try:
                self._save(state)
            except InputError as error:
                # The run goes on in memory; the last good checkpoint is still there.
                self._saved = time.monotonic()
                logger.warning("no checkpoint written: %s", error)

    def _save(self, state: State) -> None:
        if self.folder:
            self.folder.save(state)
        self._saved = time.monotonic()

    def _with_smaller_blocks(self, phase: Callable[[State], None], state: State) -> None:
        """Run ``phase``; on a device that runs out of memory, once more with a quarter of the budget."""
        try:
            phase(state)
        except torch.OutOfMemoryError:
            if distributed.size() > 1:
                raise  # the other ranks wait inside a reduction; all start again from the checkpoint
            self.budget //= 4
            logger.warning("out of memory on %s: going on with blocks of %d MiB", self.device, self.budget >> 20)
            torch.cuda.empty_cache()
            try:
                phase(state)
            except torch.OutOfMemoryError:
                raise InputError(f"{self.device} must hold blocks of {self.budget >> 20} MiB; it cannot") from None


def random_half(problem: Task, seed: int) -> Tensor:
    """A uniformly random half of the inputs (rounded up) as a 0/1 grid of shape (n,) * k.

    Examples:
        >>> half = random_half(Task.cyclic(2, 5), seed=0)
        >>> tuple(half.shape), int(half.sum())  # of 25 inputs
        ((5, 5), 13)
    """
    task = problem
    count = task.n**task.k
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    grid = torch.zeros(count, dtype=torch.float64)
    grid[order[: (count + 1) // 2]] = 1
    return grid.view((task.n,) * task.k)


def _adam(x: Tensor, gradient: Tensor, first: Tensor, second: Tensor, step: int, rate: float) -> None:
    """One update of Adam (Kingma and Ba 2015), in place."""
    b1, b2 = MOMENT_DECAY
    first.lerp_(gradient, 1 - b1)
    second.mul_(b2).addcmul_(gradient, gradient, value=1 - b2)
    size = (second / (1 - b2**step)).sqrt_().add_(SMALLEST_DENOMINATOR)
    x.addcdiv_(first, size, value=-rate / (1 - b1**step))
