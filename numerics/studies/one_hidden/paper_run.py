"""A paper's optimiser run as it was described (see :class:`numerics.studies.one_hidden.published.Published`)."""

import logging
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from numerics.grid import DEFAULT_BUDGET
from numerics.history import Record, describe_neurons, measure
from numerics.loop import fit
from numerics.loss import CrossEntropy, flat_parameters, penalty
from numerics.network import PowerNetwork
from numerics.studies.one_hidden.batches import Batches, look
from numerics.studies.one_hidden.published import Published
from numerics.training import random_half
from theory.task import Task

logger = logging.getLogger(__name__)

RECORDS = 24
MOST_OPERATIONS = 1e11  # of a step over all inputs; above, a record looks at some inputs only


@dataclass
class PaperResult:
    """What such a run ended with: its last network with a margin; ``stopped`` says why it ended early."""

    network: PowerNetwork
    history: list[Record] = field(default_factory=list)
    stopped: str | None = None
    seconds: float = 0.0


def initial_deviation(problem: Task, published: Published, m: int) -> float:
    """Standard deviation of the initial entries; weight decay predicts no scale, so our lambda = gamma*/5 stands in."""
    penalty = published.penalty if published.penalty_kind == "norm" else problem.gamma / 5
    return published.deviation * problem.entry_scale(m, problem.log_scale(penalty))


def train_as_published(
    problem: Task,
    published: Published,
    m: int,
    seed: int,
    *,
    device: str = "cpu",
    budget: int = DEFAULT_BUDGET,
    folder: Path | None = None,
    checkpoint_seconds: float = 5.0,
    progress: Callable[[int, int], None] = lambda done, planned: None,
) -> PaperResult:
    """Train with the paper's optimiser in float32; the history measures the margin on all inputs, or looks.

    Args:
        problem: the task.
        published: the settings.
        m: neurons.
        seed: seed of initial weights, split and batches.
        device: where to train.
        budget: bytes that a step may hold beside the parameters.
        folder: where to keep the run, and to take it up; its parent must exist.
        checkpoint_seconds: a kill loses at most so much time.
        progress: called after every step with steps done and planned.
    """
    network = PowerNetwork.random(problem, m, seed, initial_deviation(problem, published, m), device=device)
    split = random_half(problem, seed).to(device) if published.half else None
    norm_penalty = published.penalty if published.penalty_kind == "norm" else 0.0
    batches = Batches(problem, m, split, published.batch, seed, device) if published.batch else None
    model = _Published(network, batches)
    entropy = None if published.batch else CrossEntropy(network, problem, weights=split, budget=budget)

    def differentiate(step: int) -> None:
        if batches:
            batches.differentiate(network)
        else:
            assert entropy
            _, gradients = entropy(*flat_parameters(network))
            assert gradients is not None
            network.u.grad, network.w.grad = (gradient[0] for gradient in gradients)
        if norm_penalty:
            _, *slopes = penalty(*flat_parameters(network), network.degree)
            for weight, slope in zip((network.u, network.w), slopes, strict=True):
                assert weight.grad is not None
                weight.grad += norm_penalty * slope[0]

    def measured(step: int) -> dict[str, Any]:
        lost = _lost(network)
        if lost:
            return {"lost": f"{lost} at step {step}"}
        model.keep()
        if problem.step_operations(m) > MOST_OPERATIONS:
            return {"phase": "published", **look(network, problem, split), **describe_neurons(network, problem)}
        return {"phase": "published", **measure(network, problem, norm_penalty, split, budget)}

    recorded = {round(published.steps * (i / RECORDS) ** 2) for i in range(1, RECORDS + 1)} - {0}
    found = fit(
        model,
        _optimiser(network, published),
        differentiate,
        steps=published.steps,
        measure=measured,
        at=recorded.__contains__,
        stop=lambda history: history[-1].get("lost"),
        schedule=published.rate_at,
        folder=folder,
        config={"format": "fourier-margin/published-run", "version": 1, "k": problem.k, "n": problem.n,
                "group": problem.group_name, "m": m, "seed": seed, "device": device}
        | {name: value for name, value in asdict(published).items() if name not in ("not_stated",)}
        | {"betas": list(published.betas), "doublings": list(published.doublings)},
        checkpoint_seconds=checkpoint_seconds,
        progress=progress,
    )  # fmt: skip
    if found.stopped:
        logger.warning("%s", found.stopped)
    history = [cast(Record, record) for record in found.history if "lost" not in record]
    return PaperResult(PowerNetwork(model.u.clone(), model.w.clone()), history, found.stopped, found.seconds)


class _Published(nn.Module):
    """Everything that such a run changes: the network, its last copy with a margin, the state of its batches."""

    u: Tensor
    w: Tensor

    def __init__(self, network: PowerNetwork, batches: Batches | None) -> None:
        super().__init__()
        self.network, self.batches = network, batches
        self.register_buffer("u", network.u.detach().clone())
        self.register_buffer("w", network.w.detach().clone())

    def keep(self) -> None:
        """The network has a margin now."""
        self.u.copy_(self.network.u)
        self.w.copy_(self.network.w)

    def get_extra_state(self) -> Tensor:
        return self.batches.draw.generator.get_state() if self.batches else torch.zeros(0, dtype=torch.uint8)

    def set_extra_state(self, state: Tensor) -> None:
        if self.batches:
            self.batches.draw.generator.set_state(state)


def _optimiser(network: PowerNetwork, published: Published) -> torch.optim.Optimizer:
    """The paper's optimiser at rate 1: the schedule has the rates."""
    if published.method == "AdamW":
        decay = published.penalty if published.penalty_kind == "decay" else 0.0
        return torch.optim.AdamW(network.parameters(), 1.0, published.betas, weight_decay=decay)
    return torch.optim.SGD(network.parameters(), 1.0)


def _lost(network: PowerNetwork) -> str | None:
    """Why a network has no margin, if it has none."""
    norm = float(network.norm().detach())
    if not math.isfinite(norm):
        return "the run diverged"
    return "the weights collapsed to 0" if norm < 1e-6 else None
