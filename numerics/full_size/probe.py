"""The least margin: an upper bound from a look at some inputs, and over every input by brute force."""

from collections.abc import Callable

import torch
from torch import Tensor

from numerics.full_size.layout import masses
from numerics.full_size.objective import ROWS, SampledLoss

LOOKED_AT = 4096
WORST = 8
TURNS = 2


def probe(sampled: SampledLoss, theta: Tensor, seed: int) -> float:
    """The least normalised margin over random inputs and over those next to the worst of them.

    From the worst inputs each coordinate in turn is moved to the value with the least margin.  Never below the true
    least margin; equal to it wherever all n^k inputs are fewer than 4,096.
    """
    n, k = sampled.task.n, sampled.task.k
    if n**k <= LOOKED_AT:
        return over_every_input(sampled, theta)
    inputs = sampled.draw(LOOKED_AT, torch.Generator().manual_seed(seed))
    worst = inputs[margins(sampled, theta, inputs).topk(WORST, largest=False).indices]
    least = torch.inf
    for j in list(range(k)) * TURNS:
        moved = worst.repeat_interleave(n, dim=0)
        moved[:, j] = torch.arange(n, device=moved.device).repeat(len(worst))
        nearby = margins(sampled, theta, moved).view(-1, n)
        best = nearby.min(dim=1)
        worst = moved.view(-1, n, k)[torch.arange(len(worst)), best.indices]
        least = float(best.values.min())
    return least / float(masses(theta).sum(dtype=torch.float64))


def over_every_input(
    sampled: SampledLoss, theta: Tensor, progress: Callable[[int, int], None] = lambda done, planned: None
) -> float:
    """The least normalised margin over all n^k inputs, in the precision of theta: 2 m n^(k+1) operations."""
    n, k = sampled.task.n, sampled.task.k
    total, least = n**k, torch.inf
    powers = torch.tensor([n ** (k - 1 - j) for j in range(k)], device=sampled.device)
    whole = n <= ROWS  # then a chunk is made of whole runs of the last value
    step = ROWS // n * n if whole else ROWS
    for first in range(0, total, step):
        index = torch.arange(first, min(total, first + step), device=sampled.device)
        inputs = index[:, None] // powers % n
        logits = sampled.logits_of_last(theta, inputs) if whole else sampled.logits(theta, inputs)
        least = min(least, float(_of_logits(logits, sampled.labels(inputs)[:, None]).min()))
        progress(min(total, first + step), total)
    return least / float(masses(theta).sum(dtype=torch.float64))


def margins(sampled: SampledLoss, theta: Tensor, inputs: Tensor) -> Tensor:
    """Margins of inputs (count, k), shape (count,)."""
    chunks = inputs.split(ROWS)
    return torch.cat([_of_logits(sampled.logits(theta, chunk), sampled.labels(chunk)[:, None]) for chunk in chunks])


def _of_logits(logits: Tensor, labels: Tensor) -> Tensor:
    """Margins of logits (rows, n) with labels (rows, 1), shape (rows,); overwrites the right logits."""
    right = logits.gather(1, labels)
    return (right - logits.scatter_(1, labels, -torch.inf).amax(dim=1, keepdim=True))[:, 0]
