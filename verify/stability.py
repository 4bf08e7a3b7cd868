"""What margin and loss guarantee about one network, beside what its neurons are (``theory.stability``).

Networks on Z_p with k >= 2.  Everything but the margin comes from the weights alone, without looking at inputs.
"""

from dataclasses import dataclass
from functools import cached_property
from math import exp, inf, log

import numpy as np

from theory.nearest_neuron import Neurons, amounts, eps1, mass_beyond, mean_square
from theory.stability import amount_slopes, efficiency_loss, frequencies_needed, loss_bound
from theory.task import neuron_masses
from verify.loss import Loss
from verify.subject import Subject

# Rounding of sums of shares and efficiencies, all of order one; what it can do is far below what is printed.
ROUNDING = 1e-12
LARGEST_LOG = 600.0


def log_scale(subject: Subject) -> float:
    """log of gamma* ||theta||_{2,k+1}^{k+1}, of the file's own weights."""
    power = (subject.task.k + 1) * subject.exponent * log(2)
    return float((subject.norm_power * subject.gamma).log()) + power


@dataclass(frozen=True, eq=False)
class Stability:
    """One network on Z_p, k >= 2.

    Attributes:
        subject: the network.
        least: a lower bound on its margin over gamma*; None where none is known.
        loss: the cross-entropy of the file's weights, class-weighted; None where nothing bounds it.
    """

    subject: Subject
    least: float | None = None
    loss: Loss | None = None

    @cached_property
    def mass(self) -> np.ndarray:
        """q_i, shape (m,)."""
        return neuron_masses(self.subject.vectors)

    @cached_property
    def neurons(self) -> Neurons:
        """Frequencies and angles."""
        return Neurons(self.subject.vectors)

    @cached_property
    def least_losses(self) -> np.ndarray:
        """1 - h(alpha_i): the least that a neuron at its angle loses, shape (m,)."""
        return efficiency_loss(self.neurons.sine_squared, self.subject.task.k, self.subject.task.n)

    @property
    def eps(self) -> float | None:
        """An upper bound on 1 - margin/gamma*."""
        return None if self.least is None else 1 - self.least

    @cached_property
    def eps1(self) -> float:
        """What the neurons lose; rounding may make it slightly negative."""
        return eps1(self.neurons, self.mass)

    @property
    def eps2(self) -> float | None:
        """An upper bound on what is spread over inputs and labels."""
        return None if self.eps is None else max(0.0, self.eps - self.eps1)

    def mass_beyond(self, degrees: float) -> tuple[float, float]:
        """(found, allowed) mass of neurons at a larger angle than this to every optimal neuron."""
        return mass_beyond(self.neurons, self.mass, degrees)

    @property
    def mean_square(self) -> tuple[float, float]:
        """(found, allowed) mass-weighted mean of the squared sine of the angle."""
        return mean_square(self.neurons, self.mass)

    @cached_property
    def amounts(self) -> np.ndarray:
        """A_zeta, shape (F,): 1 at a maximum-margin network, positive where a frequency is in use."""
        return amounts(self.neurons, self.mass)

    @cached_property
    def allowed_amounts(self) -> tuple[np.ndarray, np.ndarray] | None:
        """What the margin allows A_zeta to be, from and to, each of shape (F,)."""
        if self.eps is None or self.eps2 is None:
            return None
        largest, least = amount_slopes(self.subject.task.k, self.subject.task.n)
        return 1 - self.eps - self.eps2 * largest, 1 - self.eps - self.eps2 * least

    @property
    def guaranteed(self) -> int | None:
        """How many frequencies the margin alone guarantees: one by one, or by their least number (odd p)."""
        if self.allowed_amounts is None or self.eps is None:
            return None
        needed = frequencies_needed(self.subject.task.n, self.eps) if self.subject.task.n % 2 else 0
        return max(needed, int((self.allowed_amounts[0] > 0).sum()))

    @cached_property
    def from_loss(self) -> float | None:
        """The largest eps1 that the loss allows; None where nothing bounds it or the scale is out of range."""
        if self.loss is None or self.loss.high == inf or abs(log_scale(self.subject)) > LARGEST_LOG:
            return None
        scale = exp(log_scale(self.subject))
        # A loss is a difference of numbers of this size: upwards, by more than rounding can do.
        return loss_bound(self.loss.high + ROUNDING * (1 + scale), scale, self.subject.task.n)
