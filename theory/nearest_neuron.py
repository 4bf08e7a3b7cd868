"""Every neuron against the nearest optimal one: frequency, angle, and what each frequency contributes.

The formulas and their proofs are in ``theory.stability``.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from theory.margin import frequency_masses
from theory.stability import angle_constant, efficiency_loss


@dataclass(frozen=True, eq=False)
class Neurons:
    """Every neuron on Z_p against the optimal neuron that is nearest by the formula of the first paragraph.

    Attributes:
        vectors: u_1..u_k and w of every neuron, shape (m, k+1, p).
    """

    vectors: np.ndarray

    @cached_property
    def _waves(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Amplitudes (m, k+1, F), phase defects (m, F) and energy of the means (m,) of the neurons at norm 1."""
        p = self.vectors.shape[2]
        norms = np.sqrt((self.vectors**2).sum(axis=(1, 2)))
        transform = np.fft.rfft(self.vectors / np.where(norms > 0, norms, 1)[:, None, None]) / np.sqrt(p)
        means = (np.abs(transform[..., 0]) ** 2).sum(axis=1)
        transform = transform[..., 1:] * np.where(2 * np.arange(1, p // 2 + 1) < p, np.sqrt(2), 1.0)
        # Unit complex numbers, multiplied: a product of amplitudes could underflow.
        sizes = np.abs(transform)
        turns = np.divide(transform, sizes, out=np.ones_like(transform), where=sizes > 0)
        return sizes, np.angle(turns[:, :-1].prod(axis=1) * turns[:, -1].conj()), means

    @cached_property
    def terms(self) -> np.ndarray:
        """What each frequency contributes to the efficiency, shape (m, F); summed: the efficiency."""
        sizes, defects, _ = self._waves
        count = sizes.shape[1]
        return count ** (count / 2) * sizes.prod(axis=1) * np.cos(defects)

    @cached_property
    def losses(self) -> np.ndarray:
        """1 - e_i, shape (m,)."""
        return 1 - self.terms.sum(axis=1)

    @cached_property
    def _signed(self) -> tuple[np.ndarray, np.ndarray]:
        """Amplitudes and phase defects with the sign of a defect at p/2 in the smallest amplitude."""
        sizes, defects, _ = self._waves
        if self.vectors.shape[2] % 2 == 0:
            sizes, defects = sizes.copy(), defects.copy()
            wrong = np.flatnonzero(np.cos(defects[:, -1]) < 0)
            sizes[wrong, sizes[wrong, :, -1].argmin(axis=1), -1] *= -1
            defects[:, -1] = 0.0
        return sizes, defects

    @cached_property
    def frequency(self) -> np.ndarray:
        """The frequency of the nearest optimal neuron, 1..F, shape (m,)."""
        sizes, defects = self._signed
        return 1 + (sizes.sum(axis=1) * np.cos(defects / sizes.shape[1])).argmax(axis=1)

    @cached_property
    def sine_squared(self) -> np.ndarray:
        """Squared sine of the angle to that neuron, shape (m,): a sum of what is lost, so exact near 0."""
        (sizes, defects), (_, _, means) = self._signed, self._waves
        count, place = sizes.shape[1], (self.frequency - 1)[:, None]
        energy = (sizes**2).sum(axis=1)
        own = np.take_along_axis(energy, place, axis=1)[:, 0]
        beside = np.where(np.arange(energy.shape[1]) == place, 0.0, energy).sum(axis=1) + means
        r = np.take_along_axis(sizes, place[:, None], axis=2)[..., 0]
        uneven = r.var(axis=1) * count
        turned = np.sin(np.take_along_axis(defects, place, axis=1)[:, 0] / count) ** 2
        # own = uneven + (what equal amplitudes keep); a zero neuron is at a right angle to every optimal one.
        return np.where(own > 0, np.minimum(beside + uneven + (own - uneven) * turned, 1.0), 1.0)

    @property
    def angle(self) -> np.ndarray:
        """The angle in radians, shape (m,)."""
        return np.arcsin(np.sqrt(self.sine_squared))


def eps1(neurons: Neurons, mass: np.ndarray) -> float:
    """What the neurons lose, in units of gamma*; rounding may make it slightly negative.  ``mass``: the shares q_i."""
    return float(mass @ neurons.losses)


def mass_beyond(neurons: Neurons, mass: np.ndarray, degrees: float) -> tuple[float, float]:
    """(found, allowed) mass of neurons at a larger angle than this to every optimal neuron."""
    count, p = neurons.vectors.shape[1:]
    sine_squared = np.sin(np.radians(degrees)) ** 2
    found = float(mass[neurons.sine_squared > sine_squared].sum())
    least = float(efficiency_loss(np.array(sine_squared), count - 1, p))
    return found, min(1.0, max(eps1(neurons, mass), 0.0) / least) if least > 0 else 1.0


def mean_square(neurons: Neurons, mass: np.ndarray) -> tuple[float, float]:
    """(found, allowed) mass-weighted mean of the squared sine of the angle."""
    constant = angle_constant(neurons.vectors.shape[1] - 1)
    return float(mass @ neurons.sine_squared), min(1.0, constant * max(eps1(neurons, mass), 0.0))


def amounts(neurons: Neurons, mass: np.ndarray) -> np.ndarray:
    """A_zeta, shape (F,): 1 at every maximum-margin network; ``mass`` are the shares q_i."""
    count, p = neurons.vectors.shape[1:]
    needed = [float(x.evalf(30)) for x in frequency_masses(count - 1, p).values()]
    return mass @ neurons.terms / np.array(needed)
