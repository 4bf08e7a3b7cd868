"""The plain PyTorch way, as one would write it first: n^k x m activations and autograd."""

from collections.abc import Callable

import torch
from torch import Tensor

from numerics.network import PowerNetwork
from theory.task import Task

Pass = Callable[[], object]


def all_inputs(task: Task, device: torch.device) -> tuple[Tensor, Tensor]:
    """Inputs, shape (n^k, k), and labels."""
    grid = torch.cartesian_prod(*[torch.arange(task.n)] * task.k).view(-1, task.k)
    labels = torch.as_tensor(task.label(grid.numpy()), dtype=torch.int64)
    return grid.to(device), labels.to(device)


def gathered(network: PowerNetwork, inputs: Tensor) -> Tensor:
    """Logits by looking up every input vector."""
    hidden = sum(network.u[:, j].T[inputs[:, j]] for j in range(network.k))
    return hidden**network.k @ network.w


def one_hot(network: PowerNetwork, rows: Tensor) -> Tensor:
    """Logits from one-hot rows, shape (n^k, k n): one matrix product per layer."""
    return (rows @ network.u.flatten(1).T) ** network.k @ network.w


def one_hot_rows(network: PowerNetwork, inputs: Tensor) -> Tensor:
    """The rows of :func:`one_hot`."""
    return torch.nn.functional.one_hot(inputs, network.n).flatten(1).to(network.u.dtype)


def margin(logits: Tensor, labels: Tensor) -> Tensor:
    """The minimum margin."""
    right = logits.gather(1, labels[:, None])[:, 0]
    return (right - logits.scatter(1, labels[:, None], -torch.inf).amax(dim=1)).min()


def step(network: PowerNetwork, logits: Callable[[], Tensor], labels: Tensor, penalty: float) -> None:
    """Loss and gradient."""
    network.zero_grad()
    loss = torch.nn.functional.cross_entropy(logits(), labels)
    (loss + penalty * network.norm() ** network.degree).backward()
