"""Which inputs a diagnosis looks at: every one where they are few, else a random sample, and it says which."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2

import torch
from torch import Tensor

from theory.errors import require_integer
from theory.task import Task

MOST_INPUTS = 100_000
MOST_LOGITS = 2**26  # numbers that all logits of the inputs may be
BATCH_LOGITS = 2**20


@dataclass(frozen=True, eq=False)
class Inputs:
    """Inputs of a task.

    Attributes:
        values: integers, shape (N, k).
        labels: their labels, shape (N,).
        every: whether they are all n^k inputs, the last one fastest; else a sample, independent and uniform.
    """

    values: Tensor
    labels: Tensor
    every: bool

    def __len__(self) -> int:
        """Number of inputs."""
        return len(self.values)

    def batches(self, n: int) -> Iterator[slice]:
        """Parts of bounded size."""
        step = max(1, min(8192, BATCH_LOGITS // n))
        return (slice(i, i + step) for i in range(0, len(self), step))


def choose_inputs(task: Task, most: int = MOST_INPUTS, seed: int = 0) -> Inputs:
    """All inputs where there are at most ``most``, else a sample of that many; fewer where n is very large.

    Raises:
        InputError: when ``most`` is below 1.

    Examples:
        >>> chosen = choose_inputs(Task.cyclic(2, 3))
        >>> chosen.every, chosen.labels.tolist()
        (True, [0, 1, 2, 1, 2, 0, 2, 0, 1])
        >>> chosen = choose_inputs(Task.cyclic(9, 97), most=50)
        >>> chosen.every, tuple(chosen.values.shape)
        (False, (50, 9))
    """
    require_integer("the number of inputs", most, 1)
    most = min(most, max(1, MOST_LOGITS // task.n))
    if task.k * log2(task.n) <= log2(most) + 1e-9:
        index = torch.arange(task.n**task.k)
        values = torch.stack([index // task.n**j % task.n for j in reversed(range(task.k))], dim=1)
        return Inputs(values, labels(task, values), True)
    generator = torch.Generator().manual_seed(seed)
    return sample(task, most, generator)


def sample(task: Task, count: int, generator: torch.Generator) -> Inputs:
    """So many inputs, independent and uniform."""
    values = torch.randint(task.n, (count, task.k), generator=generator)
    return Inputs(values, labels(task, values), False)


def labels(task: Task, values: Tensor) -> Tensor:
    """Labels of inputs (..., k), shape (...)."""
    return torch.from_numpy(task.label(values.numpy())).long()
