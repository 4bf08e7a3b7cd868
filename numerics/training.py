r"""A run: descent on the papers' objective, then polishing, with checkpoints that lose nothing.

Descent is full-batch Adam in float32 on :math:`CE_\tau + \lambda\|\theta\|_{2,k+1}^{k+1}` with a half-cosine learning
rate.  A run is a function of its settings alone: randomness ends with the initial weights, so stopping it anywhere and
resuming gives the same final weights on the same device, bit for bit.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

from numerics import distributed
from numerics.checkpoint import RunFolder
from numerics.grid import DEFAULT_BUDGET
from numerics.history import Record, measure
from numerics.loop import History, Stage, descent, run
from numerics.loss import CrossEntropy, flat_parameters, penalty
from numerics.network import PowerNetwork
from numerics.polish import polish_round
from numerics.recipes import Recipe
from theory.errors import InputError, Interrupted
from theory.task import Task

logger = logging.getLogger(__name__)

Value = TypeVar("Value")

SMALLEST_DENOMINATOR = 1e-20  # gradients are far below Adam's usual 1e-8 in float32
RECORDS_PER_DESCENT = 20


@dataclass(frozen=True)
class Progress:
    """Where a run is: phase, units done and planned in it, the last record, and the network if there is one whole."""

    phase: str
    done: int
    planned: int
    record: Record | None
    network: PowerNetwork | None = None


@dataclass
class Result:
    """What a run ended with.

    Attributes:
        network: the final network, float64 if it was polished, else float32.
        margin: minimum margin over all inputs over gamma*, in float64.
        history: records over the run.
        seconds: wall time, the parts before kills included.
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
        target: margin over gamma* at which the run may end; None makes every step of the recipe.
        split: 0/1 grid of the training inputs; None trains on all.
        device: where to train.
        budget: bytes that a step may hold beside parameters and moments.
        folder: where to keep checkpoints, held open; None keeps nothing.
        checkpoint_seconds: at most so much time between two checkpoints of the descent.
        progress: called after every step with where the run is.
        should_stop: asked after every step; a true answer saves and raises :class:`Interrupted`.
    """

    problem: Task
    recipe: Recipe
    m: int
    seed: int
    penalty: float
    target: float | None = None
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
        self._beta = self.problem.log_scale(self.penalty)
        self._network: PowerNetwork | None = None
        stages = {"descent": self._descent} | ({"polish": self._polish} if self.recipe.polish_rounds else {})
        planned = {"descent": self.recipe.descent_steps, "polish": self.recipe.polish_rounds}

        def progress(stage: str, done: int, history: History) -> None:
            if self.progress:
                last = cast(Record, history[-1]) if history else None
                self.progress(Progress(stage, done, planned[stage], last, self._network))

        found = run(stages, self.folder, self.checkpoint_seconds, progress, self.should_stop)
        assert self._network is not None
        history = cast(list[Record], found.history)
        return Result(self._network, history[-1]["margin"], history, found.seconds)

    def _descent(self) -> Stage:
        """Full-batch Adam on the papers' objective, in float32."""
        recipe, entry = self.recipe, self.problem.entry_scale(self.m, self._beta)
        network = PowerNetwork.random(self.problem, self.m, self.seed, recipe.spread * entry, device=self.device)
        self._network = network
        adam = torch.optim.Adam(network.parameters(), recipe.rate * entry, eps=SMALLEST_DENOMINATOR)
        every = max(1, recipe.descent_steps // RECORDS_PER_DESCENT)

        @cache
        def loss(budget: int) -> CrossEntropy:
            return CrossEntropy(network, self.problem, tau_weighted=recipe.weighted, weights=self.split, budget=budget)

        def differentiate(step: int) -> None:
            u, w = flat_parameters(network)
            _, gradients = self._within_memory(lambda: loss(self.budget)(u, w))
            assert gradients is not None
            _, *slopes = penalty(u, w, network.degree)
            for gradient, slope in zip(gradients, slopes, strict=True):
                gradient.add_(slope, alpha=self.penalty)
            network.u.grad, network.w.grad = (gradient[0] for gradient in gradients)

        return Stage(
            network,
            descent(adam, differentiate, lambda step: 0.5 * (1 + math.cos(math.pi * step / recipe.descent_steps))),
            recipe.descent_steps,
            partial(self._measure, "descent", network),
            at=lambda step: step % every == 0,
            stop=self._reached,
            optimiser=adam,
        )

    def _polish(self) -> Stage:
        """Rounds of L-BFGS in float64, at least one; each leaves the predicted norm."""
        begun = self._network
        if begun is None:  # the checkpoint has the weights
            n, k = self.problem.n, self.problem.k
            u, w = (torch.zeros(shape, device=self.device) for shape in ((self.m, k, n), (self.m, n)))
            begun = PowerNetwork(u, w)
        network = PowerNetwork(begun.u.detach().double(), begun.w.detach().double())
        self._network = network

        def update(step: int) -> None:
            polished = self._within_memory(
                lambda: polish_round(
                    network,
                    self.problem,
                    self.recipe,
                    target=self.target,
                    log_scale=self._beta,
                    weights=self.split,
                    budget=self.budget,
                    stop=self._stop_inside_a_round,
                )
            )
            network.load_state_dict(polished.state_dict())

        measured = partial(self._measure, "polish", network)
        return Stage(network, update, self.recipe.polish_rounds, measured, at=lambda step: step > 0, stop=self._reached)

    def _stop_inside_a_round(self) -> None:
        if distributed.anywhere(self.should_stop()):
            raise Interrupted

    def _reached(self, history: History) -> str | None:
        return "target" if self.target is not None and history[-1]["margin"] >= self.target else None

    def _measure(self, stage: str, network: PowerNetwork, step: int) -> dict[str, Any]:
        distributed.require_agreement(network.u)
        record = self._within_memory(
            lambda: measure(network, self.problem, self.penalty, self.split, self.budget, self.recipe.weighted)
        )
        return {"phase": stage if step else "start", **record}

    def _within_memory(self, work: Callable[[], Value]) -> Value:
        """The result of ``work``; on a device that runs out of memory, once more with a quarter of the budget."""
        try:
            return work()
        except torch.OutOfMemoryError:
            if distributed.size() > 1:
                raise  # the other ranks wait inside a reduction; all start again from the checkpoint
        self.budget //= 4
        logger.warning("out of memory on %s: going on with blocks of %d MiB", self.device, self.budget >> 20)
        torch.cuda.empty_cache()
        try:
            return work()
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
