"""A paper's optimiser run as it was described (see :class:`numerics.studies.one_hidden.published.Published`)."""

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from numerics.grid import DEFAULT_BUDGET
from numerics.history import Record, measure
from numerics.loss import CrossEntropy, flat_parameters, penalty
from numerics.network import PowerNetwork
from numerics.studies.one_hidden.published import Published
from numerics.training import random_half
from theory.task import Task

logger = logging.getLogger(__name__)

RECORDS = 24


@dataclass
class PaperResult:
    """What such a run ended with: its last network with a margin; ``stopped`` says why it ended early, if it did."""

    network: PowerNetwork
    history: list[Record] = field(default_factory=list)
    stopped: str | None = None


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
    progress: Callable[[int, int], None] = lambda done, planned: None,
) -> PaperResult:
    """Train with the paper's optimiser in float32; the history measures the margin on all inputs.

    Args:
        problem: the task.
        published: the settings.
        m: neurons.
        seed: seed of initial weights, split and batches.
        device: where to train.
        budget: bytes that a step may hold beside the parameters.
        progress: called after every step with steps done and planned.
    """
    network = PowerNetwork.random(problem, m, seed, initial_deviation(problem, published, m), device=device)
    split = random_half(problem, seed).to(device) if published.half else None
    norm_penalty = published.penalty if published.penalty_kind == "norm" else 0.0
    optimiser = _optimiser(network, published)
    if published.batch:
        differentiate = _on_batches(network, _batches(problem, split, published.batch, seed, device))
    else:
        differentiate = _on_everything(network, CrossEntropy(network, problem, weights=split, budget=budget))
    initial = PowerNetwork(network.u.detach().clone(), network.w.detach().clone())
    result = PaperResult(initial)
    recorded = {round(published.steps * (i / RECORDS) ** 2) for i in range(1, RECORDS + 1)}
    for step in range(published.steps):
        for group in optimiser.param_groups:
            group["lr"] = published.rate_at(step)
        differentiate()
        if norm_penalty:
            _, *slopes = penalty(*flat_parameters(network), network.degree)
            for weight, slope in zip((network.u, network.w), slopes, strict=True):
                assert weight.grad is not None
                weight.grad += norm_penalty * slope[0]
        optimiser.step()
        progress(step + 1, published.steps)
        if step + 1 in recorded:
            result.stopped = _lost(network)
            if result.stopped:
                result.stopped += f" at step {step + 1}"
                logger.warning("%s", result.stopped)
                break
            result.network = PowerNetwork(network.u.detach().clone(), network.w.detach().clone())
            record = measure(network, problem, norm_penalty, split, budget)
            result.history.append({"phase": "published", "step": step + 1} | record)
    return result


def _on_everything(network: PowerNetwork, loss: CrossEntropy) -> Callable[[], None]:
    """A function that leaves the gradient of the mean cross-entropy over all (training) inputs."""

    def differentiate() -> None:
        _, gradients = loss(*flat_parameters(network))
        assert gradients is not None
        network.u.grad, network.w.grad = (gradient[0] for gradient in gradients)

    return differentiate


def _on_batches(network: PowerNetwork, batches: Iterator[tuple[Tensor, Tensor]]) -> Callable[[], None]:
    """The same for the next random batch."""

    def differentiate() -> None:
        inputs, labels = next(batches)
        network.zero_grad()
        torch.nn.functional.cross_entropy(_logits(network, inputs), labels).backward()

    return differentiate


def _logits(network: PowerNetwork, inputs: Tensor) -> Tensor:
    """The network's outputs on a batch: as ``network(inputs)``, with the cheaper gradient of an embedding."""
    sums = [torch.nn.functional.embedding(inputs[:, j], network.u[:, j].T) for j in range(network.k)]
    return torch.stack(sums).sum(dim=0) ** network.k @ network.w


def _optimiser(network: PowerNetwork, published: Published) -> torch.optim.Optimizer:
    if published.method == "AdamW":
        decay = published.penalty if published.penalty_kind == "decay" else 0.0
        return torch.optim.AdamW(network.parameters(), published.rate, published.betas, weight_decay=decay)
    return torch.optim.SGD(network.parameters(), published.rate)


def _batches(problem: Task, split: Tensor | None, size: int, seed: int, device: str) -> Iterator[tuple[Tensor, Tensor]]:
    """Random training inputs (size, k) and their labels, with replacement, for ever."""
    task = problem
    generator = torch.Generator().manual_seed(seed + 1)
    chosen = None if split is None else split.flatten().nonzero()[:, 0].cpu()
    count = task.n**task.k if chosen is None else len(chosen)
    while True:
        index = torch.randint(count, (size,), generator=generator)
        index = index if chosen is None else chosen[index]
        inputs = torch.stack([index // task.n ** (task.k - 1 - j) % task.n for j in range(task.k)], dim=1)
        labels = torch.as_tensor(task.label(inputs.numpy()), dtype=torch.int64)
        yield inputs.to(device), labels.to(device)


def _lost(network: PowerNetwork) -> str | None:
    """Why a network has no margin, if it has none."""
    norm = float(network.norm().detach())
    if not math.isfinite(norm):
        return "the run diverged"
    return "the weights collapsed to 0" if norm < 1e-6 else None
