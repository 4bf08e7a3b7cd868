r"""How periodic a vector over Z_p is: its dominant wave, its harmonics, and the sharpness of its spectrum.

.. math:: \mathrm{per}(w) = \frac{\max_{k\neq0}|\hat w_k|}{\mathrm{mean}_{k\neq0}\,|\hat w_k|}, \qquad
          \hat w_k = \sum_j w_j e^{-2\pi i jk/p},

over all p - 1 two-sided non-zero frequencies: **(p-1)/2 for a pure cosine of odd p, and no more than that**, about 2
for noise.  *Proof.*  The two signs of the largest have the same modulus, so the mean is at least 2/(p-1) of it, with
equality where all others vanish.

Source: Swaroop26 Sec. 3; phases in turns with the sign of ``numerics.components``, opposite to the paper's, which
leaves the phase-sum relation as it is.
"""

from dataclasses import dataclass

import numpy as np

from numerics.components import pooled_power

STRUCTURED = 12.0  # per(w) above it: one frequency
UNSTRUCTURED = 5.0  # per(w) below it: none


@dataclass(frozen=True, eq=False)
class Waves:
    r"""Dominant cosines, :math:`A\cos(2\pi(t + \nu j/p))`; every field has the leading axes of the vectors.

    Attributes:
        frequency: nu, in 1..floor(p/2).
        phase: t in turns, in [-1/2, 1/2].
        amplitude: A >= 0.
    """

    frequency: np.ndarray
    phase: np.ndarray
    amplitude: np.ndarray


def periodicity(w: np.ndarray) -> np.ndarray:
    """per(w) of vectors (..., p), shape (...); 0 for a constant vector.

    Examples:
        >>> import numpy as np
        >>> round(float(periodicity(np.cos(2 * np.pi * 5 * np.arange(97) / 97))), 6)
        48.0
    """
    size = np.abs(np.fft.fft(w, axis=-1))[..., 1:]
    mean = size.mean(axis=-1)
    return np.divide(size.max(axis=-1), mean, out=np.zeros_like(mean), where=~_constant(w))


def dominant(w: np.ndarray) -> Waves:
    """The strongest non-zero frequency of vectors (..., p).

    Examples:
        >>> import numpy as np
        >>> wave = dominant(3 * np.cos(2 * np.pi * (0.125 + 5 * np.arange(31) / 31)))
        >>> int(wave.frequency), round(float(wave.phase), 9), round(float(wave.amplitude), 9)
        (5, 0.125, 3.0)
    """
    return wave_at(w, 1 + pooled_power(w)[..., 1:].argmax(axis=-1))


def wave_at(w: np.ndarray, frequency: np.ndarray) -> Waves:
    """The wave of a given frequency, 0 < nu < p/2, in vectors (..., p); ``frequency`` has shape (...)."""
    p = w.shape[-1]
    coefficient = np.take_along_axis(np.fft.rfft(w, axis=-1), frequency[..., None], axis=-1)[..., 0]
    pooled = np.where(2 * frequency == p, 1, 2)
    return Waves(frequency, np.angle(coefficient) / (2 * np.pi), pooled * np.abs(coefficient) / p)


def harmonic_shares(w: np.ndarray, frequency: np.ndarray, orders: tuple[int, ...] = (1, 2, 3, 5)) -> np.ndarray:
    r"""Share of the power outside the mean at the multiples h nu mod p, +- pooled, shape (..., len(orders)).

    A square wave has :math:`8/(\pi h)^2` at odd h in the limit of large p: .811, .090, .032 for h = 1, 3, 5; 0 at even.

    Args:
        w: shape (..., p).
        frequency: nu, shape (...).
        orders: h.
    """
    p = w.shape[-1]
    power = pooled_power(w)
    power[..., 0] = 0
    multiple = frequency[..., None] * np.asarray(orders) % p
    found = np.take_along_axis(power, np.minimum(multiple, p - multiple), axis=-1)
    total = power.sum(axis=-1, keepdims=True)
    return np.divide(found, total, out=np.zeros_like(found), where=~_constant(w)[..., None])


def _constant(w: np.ndarray) -> np.ndarray:
    """Whether vectors are constant up to rounding, whose coefficients would pass for structure."""
    return np.ptp(w, axis=-1) <= 1e-14 * np.abs(w).max(axis=-1)
