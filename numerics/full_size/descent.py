r"""The descent: Newton steps on the papers' objective with every weight free, each over a fresh sample.

*Apart.*  The amplitudes move by the damped model of ``newton_model``, accelerated (``Damped.accelerated``); what lies
beside them moves by the curvature of the norm, as far as is best along that direction.

*Together.*  At even k both add to one function that all neurons share, so steps that correct it twice overshoot
(measured: (2, 71, 500) stalled so at .993 of gamma*).  Near the optimum the step therefore solves
for the objective's own second derivative over the sample, by a few conjugate gradients with the model as
preconditioner; products with it are differences of gradients.  Where the curvature along a direction is negative the
solution so far is taken, and the way is shortened so far that its acceleration stays small.

Either way the objective over the sample must fall as predicted, or the damping grows.  A step is a function of weights,
damping, seed and number of the step.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.full_size.newton_model import Metric, NewtonModel
from numerics.full_size.objective import Objective

MOST_DAMPING, LEAST_DAMPING = 1e4, 1e-9
MOST_BENT, BENT, STRAIGHT = 0.75, 0.5, 0.3  # sizes of a way's acceleration over the way
TOGETHER = 0.01  # of kappa: from so little damping on, amplitudes and the rest are solved for together
LEAST_GAIN, GOOD_GAIN = 1e-3, 0.5
SHORTEST = 0.1
ITERATIONS, ENOUGH = 4, 1e-2  # conjugate gradients, and the fall of the squared residual at which they end
AHEAD = 1e-4  # of the weights' norm, at which the gradient is looked at


@dataclass(frozen=True)
class Step:
    """Weights after a step, the damping for the next one, and whether any damping made the objective fall."""

    theta: Tensor
    damping: float
    fell: bool


def descend(
    theta: Tensor,
    objective: Objective,
    inputs: Tensor,
    q: float,
    metric: Metric,
    damping: float,
    threads: int = 1,
) -> Step:
    """One step from ``theta`` (k+1, n, m), float64.

    Args:
        theta: where to start, on the CPU.
        objective: the objective, in float64, on any device.
        inputs: the sample, shape (count, k).
        q: the control variate's constant, lambda over gamma*.
        metric: constants of the model.
        damping: where to begin.
        threads: frequencies that are solved at a time.
    """

    def evaluate(weights: Tensor) -> tuple[float, Tensor]:
        found, slopes, _ = objective(weights.to(objective.sampled.device), inputs, q)
        return found, slopes.cpu()

    value, gradient = evaluate(theta)
    model = NewtonModel(theta, metric, objective.penalty, threads)

    def curved(move: Tensor) -> Tensor:
        ahead = AHEAD * float(theta.norm() / move.norm())
        return (evaluate(theta + ahead * move)[1] - gradient) / ahead

    together = metric.modes.k % 2 == 0 and damping <= TOGETHER * metric.surrogate.kappa
    aside = torch.zeros_like(theta) if together else _aside(model.beside(gradient), gradient, model.norm, curved)
    growth = 2.0
    while damping <= MOST_DAMPING:
        model.damp(damping)
        if together:
            move, convex = solve(gradient, lambda move: curved(move) + model.added(move), model.inverse)
        else:
            move, convex = -model.inverse_along(gradient), True
        acceleration, bent = model.acceleration(move)
        short = BENT / bent if together and bent > BENT else 1.0
        if together or bent < MOST_BENT:
            move = short * move + short**2 * acceleration + aside
            length, gain = _along(theta, move, value, gradient, lambda weights: evaluate(weights)[0])
            if length:
                factor = _calmer(gain, short, convex, bent) if together else _bolder(gain, bent)
                return Step(theta + length * move, max(damping * factor, LEAST_DAMPING), True)
        damping, growth = damping * growth, growth * 2
    return Step(theta, damping, False)


def _bolder(gain: float, bent: float) -> float:
    """By what the damping changes after a step apart."""
    return 0.2 if gain > GOOD_GAIN and bent < STRAIGHT else 0.5 if bent < BENT else 1.0


def _calmer(gain: float, short: float, convex: bool, bent: float) -> float:
    """By what the damping changes after a step together, which costs more where it goes wrong."""
    if gain <= GOOD_GAIN:
        return 4.0
    if short < 1:
        return min(4.0, 1 / short)
    if not convex:
        return 1.0
    return 0.2 if bent < STRAIGHT else 0.5


def _aside(beside: Tensor, gradient: Tensor, norm: Tensor, curved: Callable[[Tensor], Tensor]) -> Tensor:
    """The move of what lies beside the dominant frequencies: downhill by the norm's curvature, as far as is best.

    The loss adds curvature of its own there, along many neurons together, so the length is measured: by the change of
    the gradient along the move.
    """
    move = -beside / norm
    bend, fall = float((curved(move) * move).sum()), -float((gradient * move).sum())
    return move * (fall / bend if bend > fall > 0 else 1.0)


def solve(
    gradient: Tensor, curved: Callable[[Tensor], Tensor], inverse: Callable[[Tensor], Tensor]
) -> tuple[Tensor, bool]:
    """Minus the second derivative's inverse times the gradient, by a few conjugate gradients from 0.

    Args:
        gradient: any shape.
        curved: the second derivative, times a move.
        inverse: the preconditioner, symmetric and positive definite.

    Returns:
        the move, and whether every direction was curved upwards; where one is not, the solution before it, or, if
        there is none, the preconditioned gradient.

    Examples:
        >>> matrix, gradient = torch.tensor([[4.0, 1.0], [1.0, 3.0]]), torch.tensor([1.0, 2.0])
        >>> move, convex = solve(gradient, lambda move: matrix @ move, lambda x: x)
        >>> (matrix @ move + gradient).abs().max().item() < 1e-5, convex
        (True, True)
    """
    solution, residual = torch.zeros_like(gradient), -gradient
    direction = inverse(residual)
    size = first = float((residual * direction).sum())
    for iteration in range(ITERATIONS):
        product = curved(direction)
        bend = float((direction * product).sum())
        if bend <= 0:
            return (solution if iteration else direction), False
        solution = solution + size / bend * direction
        residual = residual - size / bend * product
        towards = inverse(residual)
        size, before = float((residual * towards).sum()), size
        if size <= ENOUGH * first:
            break
        direction = towards + size / before * direction
    return solution, True


def _along(
    theta: Tensor, move: Tensor, value: float, gradient: Tensor, evaluate: Callable[[Tensor], float]
) -> tuple[float, float]:
    """How far to go along a move, at most 1, and the fall of the whole move over that predicted; 0 where it climbs.

    Where the whole move does not fall by half of what the slope says, the least of the parabola is tried instead: far
    from the optimum the loss is bent more than the model, by about one factor everywhere.
    """
    fall = -float((gradient * move).sum())
    if fall <= 0:
        return 0.0, 0.0
    gain = 2 * (value - evaluate(theta + move)) / fall
    if gain > GOOD_GAIN:
        return 1.0, gain
    shorter = max(1 / (2 - gain), SHORTEST)
    return (shorter if value - evaluate(theta + shorter * move) > LEAST_GAIN * shorter * fall else 0.0), gain
