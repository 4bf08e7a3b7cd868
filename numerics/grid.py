r"""The n^k inputs as a grid of two halves, cut into blocks that fit a memory budget.

The label of an input is :math:`g h`: :math:`g` the product of its first :math:`\lfloor k/2 \rfloor` values
(the left half), :math:`h` the product of the others (the right half).  A pre-activation is a sum
:math:`x(\text{left}) + y(\text{right})`, so nothing of size n^k is needed beyond one block of logits.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics import distributed
from numerics.recipes import describe_bytes
from theory.errors import InputError
from theory.task import Task

DEFAULT_BUDGET = 2**30
CACHE_BYTES = 2**22  # CPU blocks of this size stay near the processor between two uses (measured)


@dataclass(frozen=True)
class Half:
    """All value combinations of some consecutive inputs, last one fastest.

    Attributes:
        inputs: which inputs.
        products: the group element that each combination multiplies to, shape (P,).
        incidence: ``incidence[q, j n + v] = 1`` if input j has value v in combination q, shape (P, r n):
            sums of input vectors over a half, and their gradients, are matrix products with it.
    """

    inputs: slice
    products: Tensor
    incidence: Tensor

    def __len__(self) -> int:
        """Number of combinations P."""
        return self.products.shape[0]

    def sums(self, u: Tensor, part: slice = slice(None)) -> Tensor:
        """sum_j u_j(a_j) for the combinations in ``part``: (E, k, n, m) to (E, P, m)."""
        return self.incidence[part] @ u[:, self.inputs].flatten(1, 2)

    def pull_back(self, gradient: Tensor, du: Tensor, part: slice = slice(None)) -> None:
        """Add to ``du`` the gradient through :meth:`sums`."""
        du[:, self.inputs] += (self.incidence[part].T @ gradient).view_as(du[:, self.inputs])


@dataclass(frozen=True)
class Block:
    """A rectangle of the grid: rows are right combinations, columns left ones."""

    left: slice
    right: slice
    labels: Tensor
    weights: Tensor | None

    @property
    def inputs(self) -> int:
        """Number of inputs in the block."""
        return self.labels.numel()


class Grid:
    """The task's inputs for networks of m neurons, in blocks under a memory budget.

    Args:
        task: the task.
        m: neurons per network.
        members: networks in the ensemble.
        split: blocks hold (k-1) m values per left point and class (split form), else m per input.
        dtype: dtype of the network.
        device: device of the network.
        weights: weight of every input, shape (n,) * k: a train/test split is a 0/1 weight; None is uniform.
        budget: bytes that one evaluation or one training step may hold beside the parameters.

    Raises:
        InputError: when even the smallest block does not fit the budget; names both.
    """

    def __init__(
        self,
        task: Task,
        m: int,
        members: int = 1,
        *,
        split: bool = True,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        weights: Tensor | None = None,
        budget: int = DEFAULT_BUDGET,
    ) -> None:
        """Choose the blocks, then enumerate the halves."""
        self.task = task
        self.dtype = dtype
        self._scratch: dict[str, Tensor] = {}
        k, n = task.k, task.n
        right = (k + 1) // 2
        left = k - right
        self._size = n**left, n**right
        self._bytes_of = _block_bytes(k, n, m, members, split, dtype.itemsize, *self._size)
        self._step = self._choose_steps(budget, torch.device(device).type == "cpu")
        self.table = _table(task, device)
        self.left = _half(slice(0, left), self.table, dtype)
        self.right = _half(slice(left, k), self.table, dtype)
        self._weights = None
        self.total_weight = float(n**k)
        if weights is not None:
            if tuple(weights.shape) != (n,) * k:
                raise InputError(f"weights must have shape {(n,) * k}; got {tuple(weights.shape)}")
            self._weights = weights.to(device=device, dtype=dtype).reshape(self._size)
            self.total_weight = float(weights.double().sum())
            if not self.total_weight > 0:
                raise InputError("weights must have a positive sum; got 0")

    def _choose_steps(self, budget: int, cpu: bool) -> tuple[int, int]:
        """Block sizes (left, right): the largest that fit, and small enough for the cache on a CPU."""
        left, right = self._size
        smallest = self._bytes_of(1, 1)
        if smallest > budget:
            size = f"{self.task.n}^{self.task.k} inputs"
            raise InputError(
                f"the memory budget must be at least {describe_bytes(smallest)} for {size}; "
                f"got {describe_bytes(budget)}"
            )
        narrow = max(1, math.ceil(96 / self.task.n))
        while self._bytes_of(left, right) > budget or (
            cpu and left > narrow and self._bytes_of(left, right) > 8 * CACHE_BYTES
        ):
            if left > narrow or right == 1:
                left = (left + 1) // 2
            else:
                right = (right + 1) // 2
        return left, right

    def scratch(self, name: str, *shape: int) -> Tensor:
        """Uninitialised memory that keeps its place from block to block: fresh pages cost more than arithmetic."""
        count = math.prod(shape)
        buffer = self._scratch.get(name)
        if buffer is None or buffer.numel() < count:
            buffer = self._scratch[name] = torch.empty(count, dtype=self.dtype, device=self.table.device)
        return buffer[:count].view(shape)

    def right_slices(self) -> Iterator[slice]:
        """Row blocks of this rank."""
        step, part = self._step[1], distributed.share(len(self.right))
        return (slice(i, min(i + step, part.stop)) for i in range(part.start, part.stop, step))

    def left_slices(self) -> Iterator[slice]:
        """Column blocks."""
        step = self._step[0]
        return (slice(i, min(i + step, len(self.left))) for i in range(0, len(self.left), step))

    def block(self, left: slice, right: slice) -> Block:
        """Labels and weights of a rectangle, both of shape (rows, columns)."""
        labels = self.table[self.left.products[left], self.right.products[right, None]]
        weights = None if self._weights is None else self._weights[left, right].T
        return Block(left, right, labels, weights)


def _table(task: Task, device: torch.device | str) -> Tensor:
    """The multiplication table, shape (n, n)."""
    if task.table is not None:
        return torch.tensor(task.table, dtype=torch.int64, device=device)
    elements = torch.arange(task.n, device=device)
    return (elements[:, None] + elements) % task.n


def _half(inputs: slice, table: Tensor, dtype: torch.dtype) -> Half:
    """Enumerate the combinations of ``inputs``."""
    n = table.shape[0]
    count = inputs.stop - inputs.start
    index = torch.arange(n**count, device=table.device)
    digits = [index // n ** (count - 1 - j) % n for j in range(count)]
    identity = torch.nonzero((table == torch.arange(n, device=table.device)).all(dim=1))[0, 0]
    products = identity.expand(n**count)
    incidence = torch.zeros(n**count, count * n, dtype=dtype, device=table.device)
    for j, digit in enumerate(digits):
        products = table[products, digit]
        incidence[index, j * n + digit] = 1
    return Half(inputs, products, incidence)


def _block_bytes(
    k: int, n: int, m: int, members: int, split: bool, itemsize: int, lefts: int, rights: int
) -> Callable[[int, int], int]:
    """Bytes that a step holds beside the parameters, as a function of the block's sides."""
    fixed = lefts * max(k // 2, 1) * n + rights * ((k + 1) // 2) * n + members * 2 * lefts * (m + n)

    def count(left: int, right: int) -> int:
        logits = 4 * left * right * n
        per_neuron = 2 * (k - 1) * (left * n + right) + 4 * right if split else 4 * left * right
        return itemsize * (fixed + members * (logits + m * per_neuron))

    return count
