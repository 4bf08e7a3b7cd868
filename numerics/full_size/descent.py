r"""The descent: Newton steps on the papers' objective with every weight free, each over a fresh sample.

A neuron's weights are its k+1 amplitudes at its dominant frequency and everything else.  Beside an optimum, where every
wrong class has probability s = q/(n-1) and the right one 1-q, the objective is to second order

.. math:: A \sum_\zeta \Bigl( G \sum_i \|c_i\|^{k+1} - \mathrm{Re}\,C_{(1,..,1)}
          + \frac{\kappa}{2} \sum_n \bigl|C_n - [n = (1,..,1)]\bigr|^2 \Bigr) ,
          \qquad A = \frac{2 q \beta}{n-1} ,
          \quad \kappa = \frac{\beta (n-1)}{q n^2} \bigl( n s + r (1 - r) \bigr) ,
          \quad r = 1 - q - s

in amplitudes scaled so that C = 1 (the frequencies' modes are orthogonal functions of the inputs; ours): the polish's
surrogate with another kappa.  Its damped model is the metric of a step whose gradient is that of the objective itself,
by all weights, over the sample; what lies beside the dominant frequency moves by the curvature of the norm, as far
as is best along that direction.  Without this metric exponents with few walks are slow: the curvature along them is
:math:`(k!)^2` times smaller.

A step is shortened, then tried at growing damping, until the sampled objective falls as predicted; it is a function of
weights, damping, seed and number of the step.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from numerics.full_size.ahead import in_parallel
from numerics.full_size.frequencies import OwnFrequencies
from numerics.full_size.layout import squared_norms
from numerics.full_size.model import Damped, Model, complex_, real
from numerics.full_size.modes import Complex, Modes
from numerics.full_size.objective import Objective
from numerics.full_size.surrogate import Surrogate

MOST_DAMPING, LEAST_DAMPING = 1e4, 1e-9
MOST_BENT, BENT, STRAIGHT = 0.75, 0.5, 0.3
LEAST_GAIN, GOOD_GAIN = 1e-3, 0.5
SHORTEST = 0.1
SMALLEST = 1e-300
AHEAD = 1e-3  # of a move, at which the gradient is looked at


@dataclass(frozen=True)
class Step:
    """Weights after a step, the damping for the next one, and whether any damping made the objective fall."""

    theta: Tensor
    damping: float
    fell: bool


class Metric:
    """The model above for networks of one size near the norm of the minimisers at q gamma*."""

    def __init__(self, k: int, n: int, q: float, beta: float) -> None:
        """Constants of the second-order expansion."""
        s = q / (n - 1)
        r = 1 - q - s
        self.modes, self.n = Modes(k), n
        self.scale = 2 * q * beta / (n - 1)
        kappa = beta * (n - 1) / (q * n**2) * (n * s + r * (1 - r))
        self.surrogate = Surrogate(self.modes, kappa)
        self.unit = (beta / n) ** (1 / (k + 1))
        self.first_damping = kappa / 10


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
        metric: the model.
        damping: where to begin.
        threads: frequencies that are solved at a time.
    """

    def evaluate(weights: Tensor) -> tuple[float, Tensor]:
        found, slopes, _ = objective(weights.to(objective.sampled.device), inputs, q)
        return found, slopes.cpu()

    value, gradient = evaluate(theta)
    own = OwnFrequencies.of(theta)
    c, wave = own.amplitudes / metric.unit, _wave(own, metric.n)
    of_amplitudes = _by_amplitudes(gradient, wave)
    # what is left of the gradient: 2 p times the mean of a wave's square is in the amplitudes
    beside = gradient - _waves(of_amplitudes / (2 * metric.n), wave)
    aside = _aside(theta, gradient, beside, objective.penalty, lambda x: evaluate(x)[1])
    downhill = real(of_amplitudes * (metric.unit / metric.scale))
    members = [np.flatnonzero(own.frequency == zeta) for zeta in np.unique(own.frequency)]
    models = [Model(metric.surrogate, metric.surrogate.at(c[here])) for here in members]
    growth = 2.0
    while damping <= MOST_DAMPING:

        def solved(index: int, damping: float = damping) -> tuple[np.ndarray, float]:
            damped = Damped(models[index], damping)
            return damped.accelerated(damped.downhill(downhill[members[index]]))

        found = in_parallel(solved, range(len(members)), threads)
        bent = max(size for _, size in found)
        if bent < MOST_BENT:
            move = np.zeros_like(c)
            for here, (step, _) in zip(members, found, strict=True):
                move[here] = complex_(step)
            moved = theta + _waves(metric.unit * move, wave) + aside
            length, gain = _along(theta, moved - theta, value, gradient, lambda x: evaluate(x)[0])
            if length:
                shrink = 0.2 if gain > GOOD_GAIN and bent < STRAIGHT else 0.5 if bent < BENT else 1.0
                theta = theta + length * (moved - theta)
                return Step(theta, max(damping * shrink, LEAST_DAMPING), True)
        damping, growth = damping * growth, growth * 2
    return Step(theta, damping, False)


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


def _aside(
    theta: Tensor, gradient: Tensor, beside: Tensor, penalty: float, slopes: Callable[[Tensor], Tensor]
) -> Tensor:
    """The move of what lies beside the dominant frequencies: downhill by the norm's curvature, as far as is best.

    The loss adds curvature of its own there, along many neurons together, so the length is measured: by the change of
    the gradient along the move.
    """
    degree = theta.shape[0]
    curvature = penalty * degree * squared_norms(theta).pow((degree - 2) / 2)
    move = -beside / curvature.clamp_min(SMALLEST)
    bend = float(((slopes(theta + AHEAD * move) - gradient) * move).sum()) / AHEAD
    fall = -float((gradient * move).sum())
    return move * (fall / bend if bend > fall > 0 else 1.0)


def _wave(own: OwnFrequencies, n: int) -> Complex:
    """e^{2 pi i zeta a/n} of each neuron: shape (n, m)."""
    return np.exp(2j * np.pi * np.outer(np.arange(n), own.frequency) / n)


def _waves(c: Complex, wave: Complex) -> Tensor:
    """Weights of amplitudes c (m, k+1): shape (k+1, n, m)."""
    return torch.from_numpy(np.stack([2 * (one[None] * wave).real for one in c.T]))


def _by_amplitudes(gradient: Tensor, wave: Complex) -> Complex:
    """The gradient by (Re c, Im c), as complex numbers (m, k+1), from that by the weights."""
    return np.stack([2 * (one.cpu().numpy() * wave.conj()).sum(axis=0) for one in gradient], axis=1)
