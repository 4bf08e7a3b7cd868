r"""The polish: Levenberg-Marquardt in the network's own frequencies, one frequency at a time.

It presupposes what the descent has shown, that every neuron lives in one frequency, and drops the rest of each neuron;
it prescribes no phase, no mass and no frequency.  What it minimises (``surrogate``) is not the papers' objective but
has its minimisers, and a result says by which stage it was reached.
"""

from dataclasses import dataclass

import numpy as np

from numerics.full_size.model import Damped, Model, complex_
from numerics.full_size.modes import Complex, Modes
from numerics.full_size.surrogate import Surrogate

FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING = 0.3, 1e-9, 1e4
MOST_BENT = 0.75  # where the way is bent more, the step is refused
LEAST_GAIN = 1e-3


@dataclass(frozen=True)
class Polished:
    """Amplitudes (N, k+1) of a frequency's neurons, the surrogate, sum_n |C_n - [n wanted]|, and steps made."""

    amplitudes: Complex
    value: float
    residual: float
    steps: int


def polish_frequency(modes: Modes, c: Complex, most_steps: int, good_enough: float) -> Polished:
    """Minimise the surrogate from amplitudes c (N, k+1) of one frequency's neurons.

    Cost of a step: 4 N (k+1) (2 modes)^2 operations, in single precision for k >= 5.

    Args:
        modes: those of k.
        c: amplitudes, scaled so that t = 1.
        most_steps: at most so many accepted steps.
        good_enough: a value at which to stop.
    """
    surrogate = Surrogate(modes)
    damping, growth, steps = FIRST_DAMPING, 2.0, 0
    here = surrogate.at(c)
    while steps < most_steps and here.value > good_enough:
        model = Model(surrogate, here)
        gradient = model.misaligned() + surrogate.kappa * model.pulled_back(here.residual)
        while damping <= MOST_DAMPING:
            damped = Damped(model, damping)
            straight = damped.newton()
            move, bent = damped.accelerated(straight)
            there = surrogate.at(here.c + complex_(move))
            gain = (here.value - there.value) / model.predicted(gradient, straight)
            if there.value < here.value and gain > LEAST_GAIN and bent < MOST_BENT:
                break
            damping, growth = damping * growth, growth * 2
        else:
            break
        here, steps = there, steps + 1
        damping, growth = max(damping * max(0.2, 1 - (2 * gain - 1) ** 3), LEAST_DAMPING), 2.0  # Nielsen's rule
    return Polished(here.c, here.value, float(np.abs(here.residual).sum()), steps)
