"""Random batches of a paper's run: how they are drawn, and the gradient of the cross-entropy over one."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from numerics.full_size.layout import stack
from numerics.full_size.objective import SampledLoss
from numerics.full_size.probe import margins, probe
from numerics.history import Record
from numerics.network import PowerNetwork
from theory.task import Task

LOOKED_AT = 8192
LOOK = "a look at some inputs"


class Batches:
    """Random training inputs with replacement, for ever, and the plain cross-entropy over them."""

    def __init__(self, problem: Task, m: int, split: Tensor | None, size: int, seed: int, device: str) -> None:
        """From all inputs, or from those of ``split``."""
        # the sampled loss adds, and weights the classes; where these weights differ, it is not the plain cross-entropy
        plain = problem.table is None and np.ptp(problem.tau[1:]) <= 1e-12
        self.loss = SampledLoss(problem, m, torch.float32, device) if plain else None
        self.task = problem
        self.draw = Draw(problem, split, seed + 1, device)
        self.size = size

    def differentiate(self, network: PowerNetwork) -> None:
        """Leave the gradient of the mean cross-entropy over the next batch in the network's parameters."""
        if self.loss is None:
            inputs = self.draw(self.size)
            labels = torch.from_numpy(self.task.label(inputs.cpu().numpy())).long().to(inputs.device)
            with torch.enable_grad():
                cross_entropy(network(inputs), labels).backward()
            return
        theta = stack(network)
        gradient = torch.zeros_like(theta)
        self.loss(theta, self.draw(self.size), 0.0, gradient)
        by_neuron = gradient.permute(2, 0, 1)
        network.u.grad, network.w.grad = by_neuron[:, :-1].contiguous(), by_neuron[:, -1].contiguous()


class Draw:
    """Uniform inputs of one part of the table, with replacement; None is all of it."""

    def __init__(self, problem: Task, part: Tensor | None, seed: int, device: str) -> None:
        """``part`` is a 0/1 grid of shape (n,) * k."""
        self.task, self.device = problem, device
        self.generator = torch.Generator().manual_seed(seed)
        self.chosen = None if part is None else part.flatten().nonzero()[:, 0].cpu()

    def __call__(self, size: int) -> Tensor:
        """The next inputs, shape (size, k)."""
        n, k = self.task.n, self.task.k
        count = n**k if self.chosen is None else len(self.chosen)
        index = torch.randint(count, (size,), generator=self.generator)
        index = index if self.chosen is None else self.chosen[index]
        return torch.stack([index // n ** (k - 1 - j) % n for j in range(k)], dim=1).to(self.device)


def look(network: PowerNetwork, problem: Task, split: Tensor | None) -> Record:
    """Accuracies on 8,192 random inputs of each part, and a margin that may be too large.

    It is the least over random inputs and those next to the worst of them; the same inputs at every call.
    """
    theta, device = stack(network), str(network.u.device)
    sampled = SampledLoss(problem, network.m, theta.dtype, device)

    def accuracy(part: Tensor | None) -> float:
        inputs = Draw(problem, part, 0, device)(LOOKED_AT)
        return float((margins(sampled, theta, inputs) > 0).double().mean())

    record: Record = {"margin": probe(sampled, theta, 0) / problem.gamma, "margin_over": LOOK}
    record["accuracy"] = accuracy(None)
    if split is not None:
        record["train_accuracy"], record["test_accuracy"] = accuracy(split), accuracy(1 - split)
    return record
