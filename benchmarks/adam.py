"""Plain Adam until a share of gamma*: look-ups and autograd on all inputs, part by part, or on mini-batches."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import cos, pi

import torch

from benchmarks import plain
from numerics.full_size.layout import stack
from numerics.full_size.objective import SampledLoss
from numerics.full_size.probe import over_every_input, probe
from numerics.network import PowerNetwork
from theory.task import Task

TARGETS = (0.99, 0.999)
BATCH = 1024
MOST_STEPS = {"full batch": 800, "mini-batch": 20_000}
ROWS = 2**15  # inputs of a plain pass; a full batch adds up gradients over its parts
LOOKS = 40
Part = tuple[torch.Tensor, torch.Tensor, float]  # inputs, labels, share of the mean


@dataclass
class Reached:
    """Process seconds at which each target was reached, and where the way ended."""

    seconds: dict[float, float] = field(default_factory=dict)
    margin: float = -1.0
    at: float = 0.0
    one_step: float = 0.0  # estimated, where it alone is longer than the limit: then nothing is run

    def see(self, margin: float, seconds: float) -> None:
        """A margin over every input, or one below all targets by a look."""
        self.margin, self.at = margin, seconds
        for target in TARGETS:
            if margin >= target:
                self.seconds.setdefault(target, seconds)


def adam(k: int, p: int, m: int, way: str, limit: float) -> Reached:
    """Plain PyTorch: look-ups, autograd, torch.optim.Adam."""
    task = Task.cyclic(k, p)
    penalty = 0.2 * task.gamma
    entry = task.entry_scale(m, task.log_scale(penalty))
    network = PowerNetwork.random(task, m, 0, 0.2 * entry)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.1 * entry, eps=1e-20)  # gradients are far below 1e-8
    batches = _batches(task, way)
    found, spent, planned, step = Reached(one_step=_step_seconds(network, next(batches))), 0.0, 0, 0
    if found.one_step > limit:
        return found
    while not step or step < planned:
        began = time.process_time()
        optimiser.zero_grad()
        for part in next(batches):
            _pull_back(network, *part)
        (penalty * network.norm() ** network.degree).backward()
        optimiser.step()
        step, spent = step + 1, spent + time.process_time() - began
        planned = min(MOST_STEPS[way], int(step * limit / spent)) if step <= 5 else planned
        optimiser.param_groups[0]["lr"] = 0.05 * entry * (1 + cos(pi * min(1.0, step / max(planned, 1))))
        if step * LOOKS // max(planned, 1) > (step - 1) * LOOKS // max(planned, 1) or step >= planned:
            found.see(_margin(network, task), spent)
            if TARGETS[-1] in found.seconds:
                break
    return found


def _pull_back(network: PowerNetwork, inputs: torch.Tensor, labels: torch.Tensor, share: float) -> None:
    """Add the gradient of a part of the mean."""
    (torch.nn.functional.cross_entropy(plain.gathered(network, inputs), labels) * share).backward()


def _step_seconds(network: PowerNetwork, parts: Sequence[Part]) -> float:
    """A step by its first part."""
    began = time.process_time()
    _pull_back(network, *parts[0])
    return (time.process_time() - began) * len(parts)


def _batches(task: Task, way: str) -> Iterator[Sequence[Part]]:
    """Inputs, labels and share of the mean, part by part, for one step after the other."""
    k, n = task.k, task.n
    if way == "full batch":
        index = torch.arange(n**k).split(ROWS)
        while True:
            yield Parts(task, index)
    generator = torch.Generator().manual_seed(0)
    while True:
        yield Parts(task, (torch.randint(n**k, (BATCH,), generator=generator),))


class Parts(Sequence[Part]):
    """Parts of a batch, made when they are asked for: all inputs at once would fill the memory."""

    def __init__(self, task: Task, index: Sequence[torch.Tensor]) -> None:
        self.task, self.index = task, index
        self.powers = torch.tensor([task.n ** (task.k - 1 - j) for j in range(task.k)])

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, number: int) -> Part:  # type: ignore[override]
        inputs = self.index[number][:, None] // self.powers % self.task.n
        return inputs, inputs.sum(dim=1) % self.task.n, len(inputs) / sum(map(len, self.index))


def _margin(network: PowerNetwork, task: Task) -> float:
    """Over gamma*: by a look where that is below the first target, else over every input."""
    theta = stack(network)
    sampled = SampledLoss(task, network.m)
    looked = probe(sampled, theta, 0) / task.gamma
    return looked if looked < TARGETS[0] else over_every_input(sampled, theta) / task.gamma
