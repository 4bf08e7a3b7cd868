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
    for first in range(0, total, 16 * ROWS):
        index = torch.arange(first, min(total, first + 16 * ROWS), device=sampled.device)
        least = min(least, float(margins(sampled, theta, index[:, None] // powers % n).min()))
        progress(min(total, first + 16 * ROWS), total)
    return least / float(masses(theta).sum(dtype=torch.float64))


def margins(sampled: SampledLoss, theta: Tensor, inputs: Tensor) -> Tensor:
    """Margins of inputs (count, k), shape (count,)."""
    found = []
    for chunk in inputs.split(ROWS):
        labels, logits = sampled.labels(chunk)[:, None], sampled.logits(theta, chunk)
        right = logits.gather(1, labels)
        found.append((right - logits.scatter_(1, labels, -torch.inf).amax(dim=1, keepdim=True))[:, 0])
    return torch.cat(found)
