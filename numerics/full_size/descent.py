r"""The descent: L-BFGS on the papers' objective with every weight free, in rounds over fresh samples.

A round minimises the objective over one sample of inputs, in mass coordinates; its memory is dropped at the end, so a
round is a function of the weights it starts from and of (seed, round).  The first rounds run in float32; when a line
search can no longer tell values apart there, rounds go on in float64.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor

from numerics.full_size.layout import (
    from_mass_coordinates,
    gradient_in_mass_coordinates,
    to_mass_coordinates,
)
from numerics.full_size.objective import Objective

MEMORY = 10


@dataclass(frozen=True)
class Round:
    """What a round ended with.

    Attributes:
        theta: the weights, in the precision of the round.
        iterations: L-BFGS steps made.
        stalled: whether the line search gave up.
    """

    theta: Tensor
    iterations: int
    stalled: bool


def descend(
    theta: Tensor,
    objective: Objective,
    inputs: Tensor,
    q: float,
    iterations: int,
) -> Round:
    """One round from ``theta`` (k+1, n, m).

    Args:
        theta: where to start; its dtype and device are those of the objective.
        objective: the objective.
        inputs: the sample, shape (count, k).
        q: the control variate's constant.
        iterations: at most so many steps.
    """
    shape = theta.shape

    def weights(x: np.ndarray) -> tuple[Tensor, Tensor]:
        z = torch.as_tensor(x).to(theta.device, theta.dtype).view(shape)
        return z, from_mass_coordinates(z)

    def evaluate(x: np.ndarray) -> tuple[float, np.ndarray]:
        z, now = weights(x)
        value, gradient, _ = objective(now, inputs, q)
        return value, gradient_in_mass_coordinates(z, gradient).double().flatten().cpu().numpy()

    start = to_mass_coordinates(theta).double().flatten().cpu().numpy()
    options = {"maxcor": MEMORY, "maxiter": iterations, "maxfun": 4 * iterations, "ftol": 0.0, "gtol": 0.0}
    found = minimize(evaluate, start, jac=True, method="L-BFGS-B", options=options)
    stalled = found.status == 2 or (found.status == 0 and found.nit < iterations)
    return Round(weights(found.x)[1].clone(), found.nit, stalled)
