r"""Which sums of inputs the logits read, whatever the labels: their energy by the combination they compare c with.

The centred logits on :math:`\mathbb{Z}_p^{k+1}` are a sum of characters :math:`e^{2\pi i j(t_1 a_1 + \dots + t_k a_k
- c)/p}`, :math:`j \ne 0`.  For a prime p every character has one direction :math:`t \in \mathbb{Z}_p^k`: the sum of
inputs that it compares the class with.  (1, ..., 1) holds the wanted characters; (0, ..., 0) a preference for classes.
"""

from dataclasses import dataclass

import numpy as np
import torch

from numerics.diagnosis.opened import Opened
from numerics.diagnosis.order import letters, sum_text

MOST_LOGITS = 2**22
SHOWN = 5
LEAST = 0.01


@dataclass(frozen=True)
class Direction:
    """A sum of inputs and the share of the logits' energy that compares the class with it."""

    text: str
    share: float


def directions_of(opened: Opened) -> tuple[Direction, ...] | None:
    """The strongest directions, of at least 1% each; None on groups, for p not prime, or more than 4 million logits."""
    task = opened.task
    n, k = task.n, task.k
    if task.table is not None or not _is_prime(n) or (k + 1) * np.log2(n) > np.log2(MOST_LOGITS):
        return None
    index = torch.arange(n**k)
    values = torch.stack([index // n**j % n for j in reversed(range(k))], dim=1)
    logits = np.concatenate([opened.logits(part).double().numpy() for part in values.split(8192)])
    shares = direction_shares(logits.reshape((n,) * (k + 1)))
    order = np.argsort(-shares.ravel(), kind="stable")[:SHOWN]
    found = []
    for place in order:
        t = np.unravel_index(place, shares.shape)
        if (share := float(shares[t])) >= LEAST:
            found.append(Direction(sum_text([int(x) for x in t], letters(k), n) or "no input", share))
    return tuple(found)


def direction_shares(logits: np.ndarray) -> np.ndarray:
    """Share of the energy of the centred logits in every direction t, shape (p,) * k, for a prime p.

    Args:
        logits: shape (p,) * (k + 1), the class last.

    Examples:
        >>> a, b, c = np.ogrid[:5, :5, :5]
        >>> shares = direction_shares(np.cos(2 * np.pi * 2 * (a - b - c) / 5) + 0.0 * a)
        >>> np.argwhere(shares > 1e-9).tolist(), round(float(shares.max()), 9)
        ([[1, 4]], 1.0)
    """
    p, k = logits.shape[-1], logits.ndim - 1
    power = np.abs(np.fft.fftn(logits - logits.mean(axis=-1, keepdims=True))) ** 2
    shares = np.zeros((p,) * k)
    for j in range(1, p):
        # the character with the indices j t and -j has the direction t
        places = np.ix_(*[j * np.arange(p) % p] * k)
        shares += power[..., -j % p][places]
    total = shares.sum()
    return shares / total if total > 0 else shares


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))
