r"""Polishing: L-BFGS on the scale-free smoothed margin, in rounds whose memory is dropped.

The coordinates are :math:`z_i = \theta_i \|\theta_i\|^{(\nu-2)/2}`, so that :math:`\|z_i\|^2 = \|\theta_i\|^\nu` is
neuron i's mass and the network is quadratic in z: turning a neuron by a small angle then costs as much per unit of
z for a light neuron as for a heavy one.  In :math:`\theta` the light ones would be the slow directions.

A round is a deterministic function of the weights that it starts from, which makes a checkpoint between rounds exact.
The objective does not see the norm of the network; afterwards the norm is set to that of the minimisers of
:math:`CE_\tau + \lambda\|\theta\|_{2,k+1}^{k+1}`.
"""

from collections.abc import Callable

import numpy as np
import torch
from scipy.optimize import OptimizeResult, minimize
from torch import Tensor

from numerics.evaluation import normalised_margin
from numerics.grid import DEFAULT_BUDGET
from numerics.loss import SmoothMargin
from numerics.network import PowerNetwork
from numerics.recipes import Recipe
from theory.errors import InputError
from theory.task import Task

ITERATIONS_PER_LOOK = 10


def polish_round(
    network: PowerNetwork,
    problem: Task,
    recipe: Recipe,
    *,
    target: float | None,
    log_scale: float,
    weights: Tensor | None = None,
    budget: int = DEFAULT_BUDGET,
    stop: Callable[[], None] = lambda: None,
) -> PowerNetwork:
    """One round of L-BFGS from ``network`` (float64), rescaled so that gamma* ||theta||^{k+1} = ``log_scale``.

    Args:
        network: where to start.
        problem: task and gamma*.
        recipe: iterations, memory and sharpness of a round.
        target: margin over gamma* at which the round may end early; None makes all iterations.
        log_scale: beta of the rescaled network.
        weights: grid of input weights.
        budget: bytes that an evaluation may hold.
        stop: called at every evaluation; may raise to abandon the round.

    Raises:
        InputError: when the network is so far from any margin that the exponentials overflow.

    Examples:
        >>> from numerics.recipes import load_recipe
        >>> problem = Task.cyclic(2, 5)
        >>> network = PowerNetwork.random(problem, m=32, seed=0, scale=1.0, dtype=torch.float64)
        >>> polished = polish_round(network, problem, load_recipe("hybrid"), target=0.999, log_scale=2.0)
        >>> float(normalised_margin(polished, problem)) > 0.99 * problem.gamma
        True
    """
    device = network.u.device
    objective = SmoothMargin(network, problem, problem.gamma, recipe.beta(problem.k), weights=weights, budget=budget)
    coordinates = _MassCoordinates(network)

    def evaluate(x: np.ndarray) -> tuple[float, np.ndarray]:
        stop()
        z = torch.as_tensor(x, device=device)
        value, gradients = objective(*coordinates.parameters(z))
        if not torch.isfinite(value).all():
            raise InputError("polishing needs a network near a positive margin; this one overflows float64")
        return float(value), coordinates.gradient(z, *gradients).cpu().numpy()

    iterations = 0

    def look(intermediate_result: OptimizeResult) -> None:
        nonlocal iterations
        iterations += 1
        if target is not None and iterations % ITERATIONS_PER_LOOK == 0:
            u, w = coordinates.parameters(torch.as_tensor(intermediate_result.x, device=device))
            margin = normalised_margin(PowerNetwork(u[0], w[0]), problem, budget=budget)
            if float(margin) >= target * problem.gamma:
                raise StopIteration

    start = coordinates.start().cpu().numpy()
    options = {
        "maxcor": recipe.polish_memory,
        "maxiter": recipe.polish_iterations,
        "maxfun": 4 * recipe.polish_iterations,
        "ftol": 0.0,
        "gtol": 0.0,
    }
    found = minimize(evaluate, start, jac=True, method="L-BFGS-B", callback=look, options=options)
    u, w = coordinates.parameters(torch.as_tensor(found.x, device=device))
    polished = PowerNetwork(u[0].clone(), w[0].clone())
    factor = (log_scale / problem.gamma) ** (1 / polished.degree) / float(polished.norm().detach())
    with torch.no_grad():
        polished.u.mul_(factor)
        polished.w.mul_(factor)
    return polished


class _MassCoordinates:
    """z and back for networks of one shape; a flat vector holds all (m, k+1, n) entries of z."""

    def __init__(self, network: PowerNetwork) -> None:
        theta = torch.cat([network.u.detach(), network.w.detach()[:, None]], dim=1)
        self.shape = theta.shape
        self.degree = network.degree
        norms = theta.norm(dim=(1, 2), keepdim=True)
        self._start = theta * norms ** ((self.degree - 2) / 2)

    def start(self) -> Tensor:
        """z of the network, with neurons of mean mass 1."""
        return (self._start / self._start.square().sum().div(self.shape[0]).sqrt()).flatten()

    def _split(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """z by neuron, its norms, and the factor theta / z; a dead neuron stays dead."""
        z = z.view(self.shape)
        norms = z.norm(dim=(1, 2), keepdim=True)
        factor = norms.pow(2 / self.degree - 1).masked_fill(norms == 0, 0.0)
        return z, norms, factor

    def parameters(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """u (1, m, k, n) and w (1, m, n)."""
        z, _, factor = self._split(z)
        theta = z * factor
        return theta[None, :, :-1].contiguous(), theta[None, :, -1].contiguous()

    def gradient(self, z: Tensor, du: Tensor, dw: Tensor) -> Tensor:
        """The gradient by z, flat, from those by u and w."""
        z, norms, factor = self._split(z)
        gradient = torch.cat([du[0], dw[0][:, None]], dim=1)
        radial = (gradient * z).sum(dim=(1, 2), keepdim=True) / norms.square().clamp(min=1e-300)
        return (factor * (gradient - (1 - 2 / self.degree) * radial * z)).flatten()
