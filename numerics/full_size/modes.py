r"""The output of single-frequency neurons, mode by mode, and how it moves with their amplitudes.

A neuron of frequency zeta with complex amplitudes c_1..c_k, c_w (:math:`u_j(a) = 2\,\mathrm{Re}\,c_j e^{2\pi i
\zeta a/p}`) contributes to the output, seen as a function of the angles of the k inputs at frequency zeta of the label,

.. math:: C_n = \overline{c_w}\,[e^{i n \cdot x}] \Bigl(\sum_j 2\,\mathrm{Re}\,c_j e^{i x_j}\Bigr)^k ,

non-zero only for exponents n with a k-step walk (``theory.core.exponents``).  All margins are equal exactly when
:math:`C_n = 0` for n other than (1,..,1): the moment conditions of ``theory.core.optimality``.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from theory.core.exponents import Exponent, exponents

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]


class Modes:
    """Exponents of the k-th power, level by level, with the index of every neighbour.

    Examples:
        >>> modes = Modes(2)
        >>> aligned = np.full((1, 3), 0.5)  # u_1 = u_2 = w = cos
        >>> dict(zip(modes.exponents, modes.output(aligned).real.tolist(), strict=True))[1, 1]
        0.25
    """

    def __init__(self, k: int) -> None:
        """All levels up to the k-th power."""
        self.k = k
        self._levels = [_reachable(k, steps) for steps in range(k + 1)]
        self._below = [np.empty((k, 0), dtype=np.intp)]
        self._above = [np.empty((k, 0), dtype=np.intp)]
        for shorter, longer in zip(self._levels, self._levels[1:], strict=False):
            self._below.append(_neighbours(longer, shorter, -1))
            self._above.append(_neighbours(longer, shorter, 1))

    @property
    def exponents(self) -> list[Exponent]:
        """Those of the k-th power, in the order of the modes."""
        return self._levels[-1]

    @cached_property
    def wanted(self) -> int:
        """Index of (1,..,1)."""
        return self.exponents.index((1,) * self.k)

    def output(self, c: Complex) -> Complex:
        """C_n of neurons with amplitudes c (N, k+1), summed over them: shape (modes,)."""
        power = np.ones((len(c), 1), dtype=np.complex128)
        for steps in range(1, self.k + 1):
            power = self._step(c, power, steps)
        return (c[:, -1, None].conj() * power).sum(axis=0)

    def jacobian(self, c: Complex) -> Real:
        """Derivatives of (Re C, Im C) by the real, then the imaginary parts of c: shape (N, 2(k+1), 2 modes)."""
        k, count = self.k, len(self.exponents)
        shorter = np.ones((len(c), 1), dtype=np.complex128)
        for steps in range(1, k):
            shorter = self._step(c, shorter, steps)
        power, weight = self._step(c, shorter, k), c[:, -1, None].conj()
        padded = _padded(k * weight * shorter)
        found = np.empty((len(c), 2 * (k + 1), 2 * count))
        for j in range(k):
            below, above = padded[:, self._below[k][j]], padded[:, self._above[k][j]]
            _put(found[:, j], below + above)
            _put(found[:, k + 1 + j], 1j * (below - above))
        _put(found[:, k], power)
        _put(found[:, 2 * k + 1], -1j * power)
        return found

    def _step(self, c: Complex, power: Complex, steps: int) -> Complex:
        """One more factor sum_j 2 Re c_j e^{i x_j}."""
        padded = _padded(power)
        found = np.zeros((len(c), len(self._levels[steps])), dtype=np.complex128)
        for j in range(self.k):
            found += c[:, j, None] * padded[:, self._below[steps][j]]
            found += c[:, j, None].conj() * padded[:, self._above[steps][j]]
        return found


def _reachable(k: int, steps: int) -> list[Exponent]:
    """Exponents of k coordinates with a walk of so many steps."""
    if steps == k:
        return list(exponents(k))
    # padding with steps along one more axis would give the same; k is small
    return sorted({n for n in _ball(k, steps) if (sum(n) - steps) % 2 == 0})


def _ball(k: int, radius: int) -> list[Exponent]:
    if k == 0:
        return [()]
    return [(x, *rest) for x in range(-radius, radius + 1) for rest in _ball(k - 1, radius - abs(x))]


def _neighbours(of: list[Exponent], among: list[Exponent], shift: int) -> NDArray[np.intp]:
    """Index of n + shift e_j for every j and n, shape (k, modes); -1, the padding, where it is not among them."""
    index = {n: i for i, n in enumerate(among)}
    k = len(of[0])
    return np.array([[index.get((*n[:j], n[j] + shift, *n[j + 1 :]), -1) for n in of] for j in range(k)])


def _padded(x: Complex) -> Complex:
    return np.concatenate([x, np.zeros((len(x), 1))], axis=1)


def _put(out: Real, x: Complex) -> None:
    count = x.shape[1]
    out[:, :count], out[:, count:] = x.real, x.imag
