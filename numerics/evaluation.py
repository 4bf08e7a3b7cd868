r"""Exact margins over all n^k inputs, in blocks, under a memory budget.

Every quantity is that of ``theory.task``, which enumerates; here no n^k x m array exists (see
:mod:`numerics.forms`).  With ``weights``, a grid of shape (n,) * k, minima run over the inputs of positive
weight and means are weighted: a train/test split is a 0/1 weight.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics import distributed
from numerics.forms import open_form
from numerics.grid import DEFAULT_BUDGET, Block, Grid
from numerics.network import PowerNetwork
from theory.errors import InputError
from theory.task import Task


@dataclass(frozen=True)
class MarginSummary:
    """What the inputs say about a network; every tensor has the shape of its ensemble axes, unnormalised.

    Attributes:
        minimum: the margin, min over inputs of f[label] - max of the wrong logits.
        mean: mean over inputs of that difference.
        weighted_minimum: min of the class-weighted margin g' = f[label] - sum_d tau[d] f[label d].
        weighted_mean: mean of g', which never exceeds gamma* ||theta||^{k+1}.
        accuracy: share of inputs whose label is the strict winner.
    """

    minimum: Tensor
    mean: Tensor
    weighted_minimum: Tensor
    weighted_mean: Tensor
    accuracy: Tensor


def class_weight_table(task: Task, dtype: torch.dtype, device: torch.device | str = "cpu") -> Tensor:
    """``T[label, c] = tau[label^-1 c]``, shape (n, n): the weight of logit c when the label is ``label``.

    Examples:
        >>> class_weight_table(Task.cyclic(2, 3), torch.float64).tolist()  # the right label has weight 0
        [[0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]]
    """
    tau = torch.as_tensor(task.tau, dtype=dtype, device=device)
    elements = torch.arange(task.n, device=device)
    if task.table is None:
        return tau[(elements - elements[:, None]) % task.n]
    table = torch.tensor(task.table, dtype=torch.int64, device=device)
    weights = torch.empty(task.n, task.n, dtype=dtype, device=device)
    return weights.scatter_(1, table, tau.expand(task.n, task.n).contiguous())


def check_task(network: PowerNetwork, task: Task) -> None:
    """Raise InputError unless the network has the task's k and n."""
    if (network.k, network.n) != (task.k, task.n):
        raise InputError(f"the network must have k={task.k}, n={task.n}; got k={network.k}, n={network.n}")


def _blocks(
    network: PowerNetwork, task: Task, weights: Tensor | None, budget: int
) -> Iterator[tuple[Grid, Block, Tensor]]:
    check_task(network, task)
    u = network.u.detach().reshape(-1, *network.u.shape[-3:])
    w = network.w.detach().reshape(-1, *network.w.shape[-2:])
    grid = Grid(
        task,
        network.m,
        u.shape[0],
        split=network.activation.name == "power",
        dtype=u.dtype,
        device=u.device,
        weights=weights,
        budget=budget,
    )
    for block, logits in open_form(u, w, grid, network.activation):
        yield grid, block, logits


def minimum_margin(
    network: PowerNetwork, task: Task, *, weights: Tensor | None = None, budget: int = DEFAULT_BUDGET
) -> Tensor:
    """min over inputs of f[label] - max of the wrong logits, unnormalised; shape of the ensemble axes.

    Raises:
        InputError: when the network does not fit the task, or the smallest block the budget.
    """
    least = None
    for _, block, logits in _blocks(network, task, weights, budget):
        margins = _margins(logits, block)
        if block.weights is not None:
            margins = margins.masked_fill(block.weights <= 0, torch.inf)
        margins = margins.flatten(1).amin(dim=1)
        least = margins if least is None else torch.minimum(least, margins)
    assert least is not None
    return distributed.min_(least).view(network.u.shape[:-3])


def normalised_margin(
    network: PowerNetwork, task: Task, *, weights: Tensor | None = None, budget: int = DEFAULT_BUDGET
) -> Tensor:
    """The minimum margin over ||theta||^{k+1} (the norm to the degree of homogeneity).

    Examples:
        >>> from theory.construction import construct
        >>> from theory.margin import max_margin_float
        >>> network = PowerNetwork.from_exact(construct(3, 5))
        >>> round(float(normalised_margin(network, Task.cyclic(3, 5))) / max_margin_float(3, 5), 12)
        1.0
    """
    margin = minimum_margin(network, task, weights=weights, budget=budget)
    return margin / network.norm().detach() ** network.degree


def margin_blocks(
    network: PowerNetwork, task: Task, *, weights: Tensor | None = None, budget: int = DEFAULT_BUDGET
) -> Iterator[tuple[Block, Tensor]]:
    """Every input's ``f[label] - f[c]`` for all classes c (0 at the label), block by block.

    Yields:
        the block and its differences, shape (E, rows, columns, n); the last axis is indexed by the class c.
        Among several ranks, this rank's blocks.
    """
    for _, block, logits in _blocks(network, task, weights, budget):
        yield block, _right(logits, block) - logits


def margin_summary(
    network: PowerNetwork, task: Task, *, weights: Tensor | None = None, budget: int = DEFAULT_BUDGET
) -> MarginSummary:
    """Minimum, means and accuracy in one pass.

    Raises:
        InputError: when the network does not fit the task, or the smallest block the budget.
    """
    tau = class_weight_table(task, network.u.dtype, network.u.device)
    minima, sums, total = [], [], 1.0
    for grid, block, logits in _blocks(network, task, weights, budget):
        total = grid.total_weight
        right = _right(logits, block).squeeze(-1)
        weighted = right - (tau[block.labels] * logits).sum(dim=-1)
        margins = _margins(logits, block)
        values = torch.stack([margins, weighted, (margins > 0).to(margins.dtype)])
        if block.weights is None:
            minima.append(values[:2].flatten(2).amin(dim=2))
        else:
            minima.append(values[:2].masked_fill(block.weights <= 0, torch.inf).flatten(2).amin(dim=2))
            values = values * block.weights
        sums.append(values.flatten(2).sum(dim=2, dtype=torch.float64))
    shape = network.u.shape[:-3]
    least = distributed.min_(torch.stack(minima).amin(dim=0)).view(2, *shape)
    sum_ = torch.stack(sums).sum(dim=0)
    distributed.sum_(sum_)
    means = (sum_ / total).view(3, *shape)
    return MarginSummary(least[0], means[0], least[1], means[1], means[2])


def _right(logits: Tensor, block: Block) -> Tensor:
    """f[label], shape (E, rows, columns, 1)."""
    index = block.labels[..., None].expand(*logits.shape[:-1], 1)
    return logits.gather(-1, index)


def _margins(logits: Tensor, block: Block) -> Tensor:
    """f[label] - max of the wrong logits, shape (E, rows, columns); overwrites the right logits."""
    index = block.labels[..., None].expand(*logits.shape[:-1], 1)
    right = logits.gather(-1, index).squeeze(-1)
    logits.scatter_(-1, index, -torch.inf)
    return right - logits.amax(dim=-1)
