r"""The model of the descent at one point: what its second derivative is taken for, and the inverse of that.

A neuron's weights are its k+1 amplitudes at its dominant frequency and everything beside them.  Near an optimum,
where every wrong class has probability s = q/(n-1) and the right one 1-q, the objective is to second order

.. math:: A \sum_\zeta \Bigl( G \sum_i \|c_i\|^{k+1} - \mathrm{Re}\,C_{(1,..,1)}
          + \frac{\kappa}{2} \sum_n \bigl|C_n - [n = (1,..,1)]\bigr|^2 \Bigr) ,
          \qquad A = \frac{2 q \beta}{n-1} ,
          \quad \kappa = \frac{\beta (n-1)}{q n^2} (1 - r^2) ,
          \quad r = 1 - q - s

in amplitudes scaled so that C = 1 (the frequencies' modes are orthogonal functions of the inputs; ours): the polish's
surrogate with another kappa.  Beside the dominant frequency it is the curvature of the norm, and in the output vectors
that of the one function which neurons of all frequencies share: at even k each has a mean
:math:`v_i = \mathbb{E}_a (\sum_j u_{ij}(a_j))^k`, so that together they add :math:`\sum_i v_i w_i(c)` to every output
c, with the second derivative :math:`\frac{1 - r^2}{n} v v^\top` for every non-constant function of c (ours).  It is
by far the largest; without it steps beside the frequencies are as short as it allows.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from numerics.full_size.ahead import in_parallel
from numerics.full_size.frequencies import OwnFrequencies
from numerics.full_size.layout import squared_norms
from numerics.full_size.model import Damped, Model, complex_, real
from numerics.full_size.modes import Complex, Modes
from numerics.full_size.surrogate import Surrogate

Found = TypeVar("Found")
SMALLEST = 1e-300


class Metric:
    """Constants of the model for networks of one size near the norm of the minimisers at q gamma*."""

    def __init__(self, k: int, n: int, q: float, beta: float) -> None:
        """Constants of the second-order expansion."""
        r = 1 - q - q / (n - 1)
        self.modes, self.n = Modes(k), n
        self.scale = 2 * q * beta / (n - 1)
        self.shared = (1 - r**2) / n
        self.surrogate = Surrogate(self.modes, beta * (n - 1) / (q * n**2) * (1 - r**2))
        self.unit = (beta / n) ** (1 / (k + 1))
        self.first_damping = self.surrogate.kappa / 10


class Split:
    """Weights (k+1, n, m) as amplitudes at each neuron's dominant frequency, and what lies beside."""

    def __init__(self, theta: Tensor) -> None:
        """The dominant frequencies of ``theta``."""
        own, self.n = OwnFrequencies.of(theta), theta.shape[1]
        self.members = [np.flatnonzero(own.frequency == zeta) for zeta in np.unique(own.frequency)]
        self._wave = np.exp(2j * np.pi * np.outer(np.arange(self.n), own.frequency) / self.n)

    def amplitudes(self, x: Tensor) -> Complex:
        """Amplitudes c (m, k+1) of x: its part at the frequencies is 2 Re c e^{2 pi i zeta a/n}."""
        return np.stack([(one.numpy() * self._wave.conj()).mean(axis=0) for one in x], axis=1)

    def waves(self, c: Complex) -> Tensor:
        """Weights of amplitudes c (m, k+1): shape (k+1, n, m)."""
        return torch.from_numpy(np.stack([2 * (one[None] * self._wave).real for one in c.T]))


class NewtonModel:
    """The model at a point, with damping; its inverse preconditions the true second derivative."""

    def __init__(self, theta: Tensor, metric: Metric, penalty: float, threads: int = 1) -> None:
        """The undamped model at ``theta`` (k+1, n, m), float64."""
        self.split, self.metric, self._threads = Split(theta), metric, threads
        c = self.split.amplitudes(theta) / metric.unit
        self._models = [Model(metric.surrogate, metric.surrogate.at(c[here])) for here in self.split.members]
        mean, self._neuron_unit = np.empty(len(c)), np.empty(len(c))
        for here, model in zip(self.split.members, self._models, strict=True):
            mean[here] = metric.modes.mean(c[here], model.point.power)
            self._neuron_unit[here] = model.unit
        self._mean = torch.from_numpy(mean * metric.unit**metric.modes.k)
        degree = theta.shape[0]
        # the norm's curvature, shape (m,)
        self.norm = (penalty * degree * squared_norms(theta).pow((degree - 2) / 2)).clamp_min(SMALLEST)

    def damp(self, damping: float) -> None:
        """Add the damping: each neuron's own to its amplitudes, the same share of the norm's curvature beside."""
        self._damping = damping
        self._aside = self.norm * (1 + damping / self.metric.surrogate.kappa)
        self._damped: dict[int, Damped] = {}

    def beside(self, x: Tensor) -> Tensor:
        """What of x lies beside the dominant frequencies."""
        return x - self.split.waves(self.split.amplitudes(x))

    def inverse(self, gradient: Tensor) -> Tensor:
        """The inverse of the damped model, times a gradient."""
        return self.inverse_along(gradient) + self._inverse_beside(self.beside(gradient))

    def inverse_along(self, gradient: Tensor) -> Tensor:
        """Its part at the dominant frequencies."""
        c = self.split.amplitudes(gradient)
        downhill = real(c * (2 * self.split.n * self.metric.unit / self.metric.scale))
        moves = self._by_frequency(lambda damped, here: damped.downhill(downhill[here]))
        for here, move in zip(self.split.members, moves, strict=True):
            c[here] = -complex_(move)
        return self.split.waves(self.metric.unit * c)

    def _inverse_beside(self, x: Tensor) -> Tensor:
        """Beside the frequencies: a diagonal, and in the output vectors one direction more."""
        found, lighter = x / self._aside, self._mean / self._aside
        along = (x[-1] - x[-1].mean(dim=0)) @ lighter
        shared = self.metric.shared
        found[-1] -= shared / (1 + shared * float(self._mean @ lighter)) * torch.outer(along, lighter)
        return self.beside(found)

    def added(self, move: Tensor) -> Tensor:
        """What the damping adds to the second derivative, times a move."""
        c = self.split.amplitudes(move)
        along = self.metric.scale * self._damping / (2 * self.split.n * self.metric.unit**2)
        beside = self.beside(move) * (self._aside - self.norm)
        return self.split.waves(along * self._neuron_unit[:, None] * c) + beside

    def acceleration(self, move: Tensor) -> tuple[Tensor, float]:
        """Half the acceleration of the amplitudes along the move, and its largest size relative to the move's."""
        c = self.split.amplitudes(move) / self.metric.unit
        found = self._by_frequency(lambda damped, here: damped.accelerated(real(c[here])))
        for here, (moved, _) in zip(self.split.members, found, strict=True):
            c[here] = complex_(moved) - c[here]
        return self.split.waves(self.metric.unit * c), max(size for _, size in found)

    def _by_frequency(self, work: Callable[[Damped, np.ndarray], Found]) -> list[Found]:
        """``work`` of each frequency's damped model and neurons; models are factored where they are first used."""

        def one(index: int) -> Found:
            if index not in self._damped:
                self._damped[index] = Damped(self._models[index], self._damping)
            return work(self._damped[index], self.split.members[index])

        return in_parallel(one, range(len(self._models)), self._threads)
