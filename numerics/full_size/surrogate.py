r"""What the polish minimises for one frequency.

Variables are the k+1 complex amplitudes of each neuron at its dominant frequency, and with the modes :math:`C_n` of
``modes``, :math:`G = k!\,(k+1)^{-(k+1)/2}` and amplitudes scaled so that t = 1 is the mean over the network's own
frequencies, the surrogate is

.. math:: \sum_i G \|c_i\|^{k+1} - \mathrm{Re}\,C_{(1,..,1)}
          + \frac{\kappa}{2} \sum_n \bigl|C_n - [n = (1,..,1)]\bigr|^2 .

The first part is the norm minus the mean margin, never negative (AM-GM) and zero on aligned neurons; the second is how
far the margins are from one another.  Both vanish exactly on maximum-margin networks (free orders, X1 of the notes), so
this surrogate has the minimisers of the papers' objective and nothing else; near them it is that objective to second
order, with another kappa (``descent``).
"""

from dataclasses import dataclass
from math import factorial

import numpy as np

from numerics.full_size.modes import Complex, Modes, Real

KAPPA = 3.0


@dataclass(frozen=True)
class Point:
    """Amplitudes c (N, k+1) with the powers of ``Modes.power``, C_n - [n = (1,..,1)], and the surrogate."""

    c: Complex
    power: Complex
    residual: Complex
    value: float


class Surrogate:
    """The function above."""

    def __init__(self, modes: Modes, kappa: float = KAPPA) -> None:
        """For the modes of k."""
        self.modes, self.degree, self.kappa = modes, modes.k + 1, kappa
        self.scale = factorial(modes.k) * self.degree ** (-self.degree / 2)

    def at(self, c: Complex) -> Point:
        """The point of amplitudes c."""
        power = self.modes.power(c)
        residual = self.modes.output(c, power)
        norm = self.scale * ((np.abs(c) ** 2).sum(axis=1) ** (self.degree / 2)).sum()
        aligned = norm - residual[self.modes.wanted].real
        residual[self.modes.wanted] -= 1
        return Point(c, power, residual, float(aligned + self.kappa / 2 * (np.abs(residual) ** 2).sum()))

    def slope(self, c: Complex) -> Real:
        """The derivative of a neuron's norm part by its squared norm, twice: shape (N,)."""
        return self.scale * self.degree * (np.abs(c) ** 2).sum(axis=1) ** ((self.degree - 2) / 2)


def aligned_hessian(c: Complex) -> Real:
    """The Hessian of k! Re(conj(c_w) c_1 .. c_k) of each neuron by (Re c, Im c): (N, 2(k+1), 2(k+1))."""
    count, degree = c.shape
    factors = np.concatenate([c[:, :-1], c[:, -1:].conj()], axis=1)
    sign = np.array([1] * (degree - 1) + [-1])  # the last factor is a conjugate
    found = np.zeros((count, 2 * degree, 2 * degree))
    for a in range(degree):
        for b in range(a):
            others = [j for j in range(degree) if j not in (a, b)]
            rest = factorial(degree - 1) * factors[:, others].prod(axis=1)
            for row, column, entry in (
                (a, b, rest.real),
                (a, degree + b, -sign[b] * rest.imag),
                (degree + a, b, -sign[a] * rest.imag),
                (degree + a, degree + b, -sign[a] * sign[b] * rest.real),
            ):
                found[:, row, column] = found[:, column, row] = entry
    return found
