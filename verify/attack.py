"""Attacks on an upper bound: ascent of the normalised margin from optima that were moved a little.

A bound that only random networks are compared with could be too small by a factor and pass.  Here the climb starts a
few per cent beside an optimum, so it ends at the largest margin near it: a bound that is too small by 1e-3 is exceeded.
"""

from collections.abc import Callable

import numpy as np
import torch
from scipy.optimize import minimize

from theory.task import Task

SHARPNESS = (30.0, 300.0, 3e3, 3e4, 3e5)
Gaps = Callable[[torch.Tensor], torch.Tensor]


def gaps_of(task: Task, m: int) -> Gaps:
    """Normalised margins over every wrong label at every input, as a function of the flat weights of m neurons."""
    k, n = task.k, task.n
    inputs = np.array(list(task.inputs()))
    label = torch.from_numpy(task.label(inputs))
    chosen = torch.from_numpy(inputs)

    def gaps(flat: torch.Tensor) -> torch.Tensor:
        theta = flat.view(m, k + 1, n)
        hidden = torch.stack([theta[:, j, chosen[:, j]] for j in range(k)]).sum(dim=0)
        outputs = (hidden**k).T @ theta[:, k]
        right = outputs.gather(1, label[:, None])
        wrong = torch.ones_like(outputs, dtype=torch.bool).scatter_(1, label[:, None], False)
        return (right - outputs)[wrong] / theta.square().sum(dim=(1, 2)).pow((k + 1) / 2).sum()

    return gaps


def climb(gaps: Gaps, start: np.ndarray, scale: float, noise: float = 0.05, seed: int = 0) -> float:
    """The largest least gap met on the way up from ``start`` with noise, over ``scale``.

    Args:
        gaps: the gaps of flat weights; the least of them is what climbs, through soft minima of growing sharpness.
        start: flat weights near which to search.
        scale: the bound under attack.
        noise: size of the noise beside the root mean square of the weights.
        seed: seed of the noise.
    """
    size = noise * float(np.sqrt((start**2).mean()))
    x = start.ravel() + size * np.random.default_rng(seed).normal(size=start.size)
    best = -np.inf

    def objective(flat: np.ndarray, beta: float) -> tuple[float, np.ndarray]:
        nonlocal best
        theta = torch.from_numpy(np.array(flat)).requires_grad_()
        found = gaps(theta) / scale
        best = max(best, float(found.detach().min()))
        value = torch.logsumexp(-beta * found, dim=0) / beta
        (slope,) = torch.autograd.grad(value, theta)
        return float(value.detach()), slope.numpy()

    for beta in SHARPNESS:
        x = minimize(objective, x, args=(beta,), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return best


def attack(task: Task, u: np.ndarray, w: np.ndarray, bound: float, seed: int = 0) -> float:
    """:func:`climb` for a network u (m, k, n), w (m, n): the normalised margin reached, over ``bound``."""
    start = np.concatenate([u, w[:, None]], axis=1)
    return climb(gaps_of(task, len(w)), start, bound, seed=seed)
