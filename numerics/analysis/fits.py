r"""Square waves and cosines fitted to vectors over Z_p, and a paired test over many vectors.

Frequency and phase come from the dominant Fourier coefficient; what remains is
:math:`w_j \approx c + A\,s_j` with :math:`s = \cos` or :math:`s = \mathrm{sign}\cos` of :math:`2\pi(t + \nu j/p)`.

* ``square``: levels are the medians over the two half periods (Swaroop26 Sec. 4);
* ``square_means``: levels are the means, the least-squares choice;
* ``cosine_of_square``: the cosine with the square's centre and amplitude, the rival in Swaroop26.  It is handicapped:
  a square wave of amplitude A holds a cosine of amplitude :math:`4A/\pi`, so even the best cosine in it is refused;
* ``cosine``: its own centre and amplitude, the least-squares choice.

Errors are shares of the variance that a fit leaves: 0 is exact, 1 is what the mean leaves; a fit that does not
minimise may exceed 1.  For large p the best cosine leaves :math:`1 - 8/\pi^2 = .189` of a square wave and the
handicapped one :math:`3/2 - 4/\pi = .227`; the best square wave leaves .189 of a cosine.  *Proof.*  For
:math:`s = \mathrm{sign}\cos`, :math:`\langle s, \cos\rangle = 2/\pi` and :math:`\|\cos\|^2 = 1/2` on average, so the
best amplitude is :math:`4/\pi`, and :math:`\|s - A\cos\|^2 = 1 - 4A/\pi + A^2/2`.
"""

from dataclasses import dataclass

import numpy as np

from numerics.analysis.spectra import Waves, dominant
from theory.errors import InputError


@dataclass(frozen=True, eq=False)
class WaveFits:
    """The dominant waves of vectors (..., p) and the share of the variance that each fit leaves, shape (...)."""

    waves: Waves
    square: np.ndarray
    square_means: np.ndarray
    cosine_of_square: np.ndarray
    cosine: np.ndarray


@dataclass(frozen=True)
class PairedT:
    """Student's paired test of x - y over n pairs.

    Attributes:
        t, freedom, p_value: the statistic, n - 1, and its two-sided p-value.
        mean: mean of x - y.
        interval: its 95% confidence interval.
    """

    t: float
    freedom: int
    p_value: float
    mean: float
    interval: tuple[float, float]


def fit_waves(w: np.ndarray) -> WaveFits:
    """All four fits to vectors (..., p) that are not constant.

    Examples:
        >>> import numpy as np
        >>> found = fit_waves(np.sign(np.cos(2 * np.pi * (np.arange(401) + 0.25) / 401)))
        >>> [round(float(x), 3) for x in (found.square, found.cosine, found.cosine_of_square)]
        [0.0, 0.189, 0.227]
    """
    p = w.shape[-1]
    waves = dominant(w)
    angle = 2 * np.pi * (waves.phase[..., None] + waves.frequency[..., None] * np.arange(p) / p)
    cosine = np.cos(angle)
    high = cosine > 0
    variance = ((w - w.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)

    def left(fit: np.ndarray) -> np.ndarray:
        return ((w - fit) ** 2).sum(axis=-1) / variance

    upper, lower = _medians(w, high), _medians(w, ~high)
    means = np.where(high, _means(w, high), _means(w, ~high))
    own = w.mean(axis=-1, keepdims=True) + waves.amplitude[..., None] * cosine
    return WaveFits(
        waves,
        square=left(np.where(high, upper, lower)),
        square_means=left(means),
        cosine_of_square=left((upper + lower) / 2 + (upper - lower) / 2 * cosine),
        cosine=left(own),
    )


def paired_t(x: np.ndarray, y: np.ndarray) -> PairedT:
    """Student's paired test of two arrays (n,), n >= 2, that do not differ by a constant.

    Raises:
        InputError: otherwise.
    """
    from scipy.stats import ttest_rel

    if x.ndim != 1 or x.shape != y.shape or len(x) < 2:
        raise InputError(f"a paired test needs two arrays of one length, at least 2; got {x.shape} and {y.shape}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InputError("a paired test needs finite numbers; one is NaN or infinite")
    if np.ptp(x - y) <= 1e-12 * max(np.abs(x).max(), np.abs(y).max()):
        raise InputError("a paired test needs differences that vary; all are equal")
    found = ttest_rel(x, y)
    low, high = found.confidence_interval(0.95)
    return PairedT(
        float(found.statistic), len(x) - 1, float(found.pvalue), float((x - y).mean()), (float(low), float(high))
    )


def _medians(w: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return np.nanmedian(np.where(chosen, w, np.nan), axis=-1, keepdims=True)


def _means(w: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return np.nanmean(np.where(chosen, w, np.nan), axis=-1, keepdims=True)
