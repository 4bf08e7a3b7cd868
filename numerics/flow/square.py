r"""Gradient flow of quadratic networks on addition modulo p: slopes and their derivatives, many networks at once.

:math:`f(a, b)[c] = \sum_i (u_i(a) + v_i(b))^2 w_i(c)`, mean cross-entropy over the table, no penalty.  A network is a
row of :math:`3 m p` numbers: u_1, v_1, w_1, u_2, ...
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class SquareFlow:
    """The flow of m neurons on Z_p."""

    p: int
    m: int

    def field(self, theta: np.ndarray) -> np.ndarray:
        """Minus the gradient, (M, 3 m p)."""
        return -np.matmul(self._slope(*self._wrong(theta))[:, None], self._jacobian_of_logits(theta))[:, 0]

    def loss(self, theta: np.ndarray) -> np.ndarray:
        """Mean cross-entropy, (M,), with the digits of small ones."""
        wrong, shift = self._wrong(theta)
        right = np.exp(-shift)
        return np.where(shift == 0, np.log1p(wrong.sum(2)), np.log(right + wrong.sum(2)) + shift).mean(1)

    def margins(self, theta: np.ndarray) -> np.ndarray:
        """Least difference of the right logit and another one over the table, (M,)."""
        return -self._differences(theta).max(2).max(1)

    def jacobian(self, theta: np.ndarray) -> np.ndarray:
        """Minus the Hessian, (M, 3 m p, 3 m p)."""
        p, m, cells = self.p, self.m, self.p**2
        wrong, shift = self._wrong(theta)
        share = self._shares(wrong, shift)
        inner = self._jacobian_of_logits(theta).reshape(len(theta), cells, p, -1)
        weighted = inner * share[..., None]
        weighted -= share[..., None] * weighted.sum(2, keepdims=True)
        flat = (len(theta), cells * p, inner.shape[-1])
        hessian = np.matmul(inner.reshape(flat).transpose(0, 2, 1), weighted.reshape(flat)) / cells
        slope = self._slope(wrong, shift).reshape(len(theta), cells, p)
        u, v, w = np.moveaxis(theta.reshape(len(theta), m, 3, p), 2, 0)
        z = u[:, :, self._a] + v[:, :, self._b]
        for i in range(m):
            own, out = self._sums, slice((3 * i + 2) * p, (3 * i + 3) * p)
            both = slice(3 * i * p, (3 * i + 2) * p)
            bent = 2 * np.matmul(slope, w[:, i, :, None])[..., 0]
            hessian[:, both, both] += np.matmul(own.T * bent[:, None], own)
            cross = np.matmul(own.T * (2 * z[:, i])[:, None], slope)
            hessian[:, both, out] += cross
            hessian[:, out, both] += cross.transpose(0, 2, 1)
        return -hessian

    @cached_property
    def _a(self) -> np.ndarray:
        return np.arange(self.p**2) // self.p

    @cached_property
    def _b(self) -> np.ndarray:
        return np.arange(self.p**2) % self.p

    @cached_property
    def _sums(self) -> np.ndarray:
        """(p^2, 2p): which entries of u and v an input adds."""
        return np.hstack([np.eye(self.p)[self._a], np.eye(self.p)[self._b]])

    def _differences(self, theta: np.ndarray) -> np.ndarray:
        """Logits less the right one, (M, p^2, p); minus infinity at the right one."""
        u, v, w = np.moveaxis(theta.reshape(len(theta), self.m, 3, self.p), 2, 0)
        logits = np.matmul(((u[:, :, self._a] + v[:, :, self._b]) ** 2).transpose(0, 2, 1), w)
        cells = np.arange(self.p**2)
        right = (self._a + self._b) % self.p
        logits -= logits[:, cells, right][..., None]
        logits[:, cells, right] = -np.inf
        return logits

    def _wrong(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Exponentials of the differences less a shift that keeps them finite, and the shift (M, p^2)."""
        found = self._differences(theta)
        shift = np.maximum(found.max(2), 0)
        return np.exp(found - shift[..., None]), shift

    def _shares(self, wrong: np.ndarray, shift: np.ndarray) -> np.ndarray:
        """Softmax, (M, p^2, p)."""
        right = np.exp(-shift)
        share = wrong / (right + wrong.sum(2))[..., None]
        share[:, np.arange(self.p**2), (self._a + self._b) % self.p] = right / (right + wrong.sum(2))
        return share

    def _slope(self, wrong: np.ndarray, shift: np.ndarray) -> np.ndarray:
        """Derivative of the loss by the logits, (M, p^2 p); its small entries keep their digits."""
        share = wrong / (np.exp(-shift) + wrong.sum(2))[..., None]
        share[:, np.arange(self.p**2), (self._a + self._b) % self.p] = -share.sum(2)
        return share.reshape(len(wrong), -1) / self.p**2

    def _jacobian_of_logits(self, theta: np.ndarray) -> np.ndarray:
        """(M, p^2 p, 3 m p)."""
        p, m = self.p, self.m
        u, v, w = np.moveaxis(theta.reshape(len(theta), m, 3, p), 2, 0)
        z = u[:, :, self._a] + v[:, :, self._b]
        found = np.zeros((len(theta), p**2, p, m, 3, p))
        cells = np.arange(p**2)
        for i in range(m):
            by_z = 2 * z[:, i, :, None] * w[:, i, None, :]
            found[:, cells, :, i, 0, self._a] = by_z.transpose(1, 0, 2)
            found[:, cells, :, i, 1, self._b] = by_z.transpose(1, 0, 2)
            for c in range(p):
                found[:, :, c, i, 2, c] = z[:, i] ** 2
        return found.reshape(len(theta), p**3, 3 * m * p)
