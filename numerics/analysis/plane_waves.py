r"""How close a p x p matrix, such as the attention scores between all symbols, is to one two-dimensional cosine.

A plane wave on :math:`\mathbb{Z}_p^2` is

.. math:: S(x, y) = A \cos\big(2\pi(t + (\zeta x + \eta y)/p)\big), \qquad (\zeta, \eta) \sim (-\zeta, -\eta).

A real matrix has equal power at a frequency and at its negative, so **the two are pooled**: a plane wave has share 1.
A product :math:`\cos(2\pi\zeta x/p)\cos(2\pi\eta y/p)` is a sum of the two waves :math:`(\zeta, \pm\eta)`, each with
share 1/2.  A matrix is **one-peaked** when one wave holds more than half of its power: at most one can, and no product
does.

Rows are keys.  Softmax over the keys does not see what is added to a whole column, so shares are those of the matrix
less its column means: only waves with :math:`\zeta \ne 0` count.

**Matrices without structure.**  *Proof.* With independent normal entries and p odd, the :math:`N = p(p-1)/2` waves hold
independent exponential powers, so (Fisher's test of periodicity)

.. math:: E[\text{largest share}] = \frac{1}{N}\sum_{j=1}^N \frac{1}{j}, \qquad
          P[\text{largest share} > x] = N (1-x)^{N-1} \quad (x \ge \tfrac12).
"""

from dataclasses import dataclass

import numpy as np

from theory.errors import InputError, require_integer

ONE_PEAKED = 0.5


@dataclass(frozen=True, eq=False)
class PlaneWaves:
    """The strongest plane wave of every matrix; leading axes are those of the matrices.

    Attributes:
        share: its share of the power, in [0, 1]; 0 for a matrix with equal rows.
        mirrored: share of the wave (zeta, -eta): as large for a product of cosines, 0 for a plane wave.
        frequency: (zeta, eta), shape (..., 2), with 1 <= zeta <= p/2 and -p/2 < eta <= p/2.
        amplitude: A, at least 0.
        phase: t in turns, in [-1/2, 1/2].
    """

    share: np.ndarray
    mirrored: np.ndarray
    frequency: np.ndarray
    amplitude: np.ndarray
    phase: np.ndarray

    @property
    def one_peaked(self) -> np.ndarray:
        """Whether the wave holds more than half of the power."""
        return self.share > ONE_PEAKED


def plane_wave(p: int, zeta: int, eta: int, phase: float = 0.0) -> np.ndarray:
    """The plane wave of amplitude 1, shape (p, p)."""
    x, y = np.ogrid[:p, :p]
    return np.cos(2 * np.pi * (phase + (zeta * x + eta * y) / p))


def wave_powers(matrices: np.ndarray) -> np.ndarray:
    r"""Power of every plane wave, shape (..., floor(p/2) + 1, p), indexed by zeta and by eta modulo p.

    The sum is :math:`\|S\|_2^2` of the matrix less its column means.  Row 0 is zero; of the two names of a wave with
    zeta = p/2 only the one with the smaller eta holds its power.

    Raises:
        InputError: unless the matrices are square, at least 2 x 2, and finite.
    """
    p, transform = _transform(matrices)
    power = np.abs(transform) ** 2 / p**2
    zeta, eta = np.ogrid[: p // 2 + 1, :p]
    name, other = zeta * p + eta, (-zeta % p) * p + (-eta % p)
    return power * np.where(name < other, 2.0, np.where(name == other, 1.0, 0.0))


def strongest_wave(matrices: np.ndarray) -> PlaneWaves:
    """The plane wave with the most power in every matrix of shape (..., p, p), keys first.

    Raises:
        InputError: unless the matrices are square, at least 2 x 2, and finite.

    Examples:
        >>> found = strongest_wave(plane_wave(7, 2, 3) + plane_wave(7, 2, -3) + 2 * plane_wave(7, 1, 0))
        >>> found.frequency.tolist(), round(float(found.share), 9)
        ([1, 0], 0.666666667)
    """
    p, transform = _transform(matrices)
    power = wave_powers(matrices)
    flat = power.reshape(*power.shape[:-2], -1)
    # row 0 is zero up to rounding: the wave of a matrix with equal rows must still have zeta >= 1
    index = flat[..., p:].argmax(axis=-1) + p
    largest = np.take_along_axis(flat, index[..., None], axis=-1)[..., 0]
    coefficient = np.take_along_axis(transform.reshape(flat.shape), index[..., None], axis=-1)[..., 0]
    zeta, eta = index // p, index % p
    total, scale = flat.sum(axis=-1), np.square(matrices, dtype=np.float64).sum(axis=(-2, -1))
    mirror = np.take_along_axis(flat, (zeta * p + -eta % p)[..., None], axis=-1)[..., 0]
    own_mirror = (2 * zeta % p == 0) | (2 * eta % p == 0)
    share, mirrored = (
        np.divide(x, total, out=np.zeros_like(x), where=total > 1e-24 * scale)
        for x in (largest, np.where(own_mirror, 0.0, mirror))
    )
    own_negative = (2 * zeta % p == 0) & (2 * eta % p == 0)
    amplitude = np.abs(coefficient) * np.where(own_negative, 1, 2) / p**2
    frequency = np.stack([zeta, np.where(2 * eta > p, eta - p, eta)], axis=-1)
    return PlaneWaves(share, mirrored, frequency, amplitude, np.angle(coefficient) / (2 * np.pi))


def unstructured_share(p: int) -> float:
    """Expected largest share of a matrix with independent normal entries, p odd: (1 + 1/2 + ... + 1/N) / N."""
    count = _waves(p)
    return float((1 / np.arange(1, count + 1)).sum() / count)


def unstructured_probability(p: int, share: float = ONE_PEAKED) -> float:
    """Probability that such a matrix has a larger share than ``share``, at least 1/2; p odd.

    Raises:
        InputError: for an even p or another share: the formula is the first term of an alternating sum.
    """
    if not 0.5 <= share <= 1:
        raise InputError(f"the share must be in [1/2, 1]; got {share!r}")
    count = _waves(p)
    return float(count * (1 - share) ** (count - 1))


def _waves(p: int) -> int:
    require_integer("p", p, 3)
    if p % 2 == 0:
        raise InputError(f"p must be odd: at an even one some waves are their own negatives; got {p}")
    return p * (p - 1) // 2


def _transform(matrices: np.ndarray) -> tuple[int, np.ndarray]:
    """p and the transform at zeta = 0..floor(p/2), of the matrices less their column means."""
    matrices = np.asarray(matrices, dtype=np.float64)
    if matrices.ndim < 2 or matrices.shape[-1] != matrices.shape[-2] or matrices.shape[-1] < 2:
        raise InputError(f"matrices must have the shape (..., p, p) with p at least 2; got {matrices.shape}")
    if not np.isfinite(matrices).all():
        raise InputError("matrices must be finite; one entry is NaN or infinite")
    p = matrices.shape[-1]
    centred = matrices - matrices.mean(axis=-2, keepdims=True)
    return p, np.fft.fft2(centred)[..., : p // 2 + 1, :]
