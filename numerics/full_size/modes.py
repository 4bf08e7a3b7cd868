r"""The output of single-frequency neurons, mode by mode, and how it moves with their amplitudes.

A neuron of frequency zeta with complex amplitudes c_1..c_k, c_w (:math:`u_j(a) = 2\,\mathrm{Re}\,c_j e^{2\pi i
\zeta a/p}`) contributes to the output, seen as a function of the angles of the k inputs at frequency zeta of the label,

.. math:: C_n = \overline{c_w}\,[e^{i n \cdot x}] \Bigl(\sum_j 2\,\mathrm{Re}\,c_j e^{i x_j}\Bigr)^k ,

non-zero only for exponents n with a k-step walk (``theory.core.exponents``).  All margins are equal exactly when
:math:`C_n = 0` for n other than (1,..,1): the moment conditions of ``theory.core.optimality``.

Every n is one step from an exponent l of the (k-1)-st power :math:`P_l` (``power``, shape (neurons, levels)), and so
is every derivative of :math:`C_n`: sums over neurons are matrix products with P.
"""

from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from theory.core.exponents import Exponent, exponents

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]
Single = NDArray[np.float32]

CHUNK = 128  # neurons whose derivatives are held at a time


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
        levels = [_reachable(k, steps) for steps in range(k + 1)]
        self.exponents: list[Exponent] = levels[-1]  # those of the k-th power, in the order of the modes
        self._sizes = [len(level) for level in levels]
        self._below = [np.empty((k, 0), dtype=np.intp)]
        self._above = [np.empty((k, 0), dtype=np.intp)]
        for shorter, longer in pairwise(levels):
            self._below.append(_neighbours(longer, shorter, -1))
            self._above.append(_neighbours(longer, shorter, 1))
        self._up, self._down = (_neighbours(levels[-2], levels[-1], shift) for shift in (1, -1))

    @cached_property
    def wanted(self) -> int:
        """Index of (1,..,1)."""
        return self.exponents.index((1,) * self.k)

    def power(self, c: Complex) -> Complex:
        """P, the coefficients of the (k-1)-st power of neurons with amplitudes c (N, k+1): shape (N, levels)."""
        found = np.ones((len(c), 1), dtype=np.complex128)
        for steps in range(1, self.k):
            shorter, found = _padded(found), np.zeros((len(c), self._sizes[steps]), dtype=np.complex128)
            for j in range(self.k):
                found += c[:, j, None] * shorter[:, self._below[steps][j]]
                found += c[:, j, None].conj() * shorter[:, self._above[steps][j]]
        return found

    def output(self, c: Complex, power: Complex | None = None) -> Complex:
        """C_n of neurons with amplitudes c (N, k+1), summed over them: shape (modes,)."""
        power = self.power(c) if power is None else power
        x, w = c[:, :-1], c[:, -1:].conj()
        return self._spread((w * x).T @ power, (w * x.conj()).T @ power)

    def mean(self, c: Complex, power: Complex) -> Real:
        """The mean over all angles of each neuron's k-th power (before its output vector): shape (N,), 0 at odd k."""
        if self.k % 2:
            return np.zeros(len(c))
        zero = self.exponents.index((0,) * self.k)
        before = power[:, [self._below[self.k][j][zero] for j in range(self.k)]]  # the exponents -e_j
        return 2 * (c[:, :-1] * before).real.sum(axis=1)

    def derivative(self, c: Complex, power: Complex, move: Complex) -> Complex:
        """How C_n changes along ``move`` (N, k+1), to first order: shape (modes,)."""
        up, down = self._weights(c, move)
        return self._spread(up.T @ power, down.T @ power)

    def gradient(self, c: Complex, power: Complex, y: Complex) -> Complex:
        """The g (N, k+1) with Re sum conj(g) move = Re sum conj(y) derivative(move), for every move."""
        x, w, y = c[:, :-1], c[:, -1:].conj(), y.conj()
        up, down = power @ y[self._up].T, power @ y[self._down].T
        of_inputs = self.k * (w.conj() * up.conj() + w * down)
        return np.concatenate([of_inputs, (x * up + x.conj() * down).sum(axis=1)[:, None]], axis=1)

    def normal_matrix(self, c: Complex, power: Complex, directions: Real, single: bool) -> Real | Single:
        """The sum of D D^T, D the derivative of (Re C_1, Im C_1, Re C_2, ..) along each direction.

        Args:
            c: amplitudes, shape (N, k+1).
            power: P.
            directions: R moves of (Re c, Im c) for each neuron, shape (N, 2(k+1), R).
            single: in single precision.

        Returns:
            shape (2 modes, 2 modes).
        """
        count, half, number = len(self.exponents), self.k + 1, directions.shape[2]
        moves = directions[:, :half] + 1j * directions[:, half:]
        index = np.concatenate([self._below[self.k], self._above[self.k]])
        dtype = np.complex64 if single else np.complex128
        total = np.zeros((2 * count, 2 * count), dtype=np.float32 if single else np.float64)
        for first in range(0, len(c), CHUNK):
            chunk = slice(first, first + CHUNK)
            padded, here = _padded(power[chunk]).astype(dtype), c[chunk]
            pairs = [np.concatenate(self._weights(here, moves[chunk, :, r]), axis=1) for r in range(number)]
            weights = np.stack(pairs, axis=1).astype(dtype)  # (neurons, directions, 2k)
            derivatives = np.empty((len(here), number, count), dtype=dtype)
            for weight, one, out in zip(weights, padded, derivatives, strict=True):
                np.matmul(weight, one[index], out=out)
            rows = derivatives.view(total.dtype).reshape(-1, 2 * count)
            total += rows.T @ rows
        return total

    def _weights(self, c: Complex, move: Complex) -> tuple[Complex, Complex]:
        """What P_l is multiplied by in the derivative of C at l + e_j and l - e_j: shapes (N, k)."""
        x, w, dx, dw = c[:, :-1], c[:, -1:].conj(), move[:, :-1], move[:, -1:].conj()
        return dw * x + self.k * w * dx, dw * x.conj() + self.k * w * dx.conj()

    def _spread(self, up: Complex, down: Complex) -> Complex:
        """Sum over j of up[j, l] at n = l + e_j and down[j, l] at l - e_j."""
        found = np.zeros(len(self.exponents), dtype=np.complex128)
        for j in range(self.k):
            found[self._up[j]] += up[j]
            found[self._down[j]] += down[j]
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
