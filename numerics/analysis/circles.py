r"""Circles of an embedding of :math:`\mathbb{Z}_p`: how strong they are, which survive, how round they are.

.. math:: F_k = \sum_n e^{-2\pi i k n/p} E_n \in \mathbb{C}^d, \qquad
          E_n = \frac1p \sum_k F_k\, e^{2\pi i k n/p}.

The part of E at the frequency k (that is, k and p - k) lies in the plane of Re F_k and Im F_k, where the p symbols lie
on an ellipse: a circle when the two are orthogonal and equally long.

Source: Ding24 Sec. 2; where the paper and its code (carlguo866/circle-survival) differ, both are here.
"""

import numpy as np

from theory.errors import InputError


def two_sided_signals(embedding: np.ndarray) -> np.ndarray:
    r"""Lengths :math:`\|F_k\|`, k = 0..p-1, shape (..., p), of embeddings (..., p, d)."""
    return np.linalg.norm(np.fft.fft(np.asarray(embedding, dtype=float), axis=-2), axis=-1)


def signals(embedding: np.ndarray) -> np.ndarray:
    r"""Signals :math:`\|F_k\|` of the frequencies k = 1..floor(p/2) of embeddings (..., p, d), shape (..., p // 2).

    The paper prints :math:`\|F_k\|^2`; its code and every number in it use :math:`\|F_k\|`.

    Examples:
        >>> import numpy as np
        >>> signals(np.cos(2 * np.pi * 2 * np.arange(8) / 8)[:, None]).round(9).tolist()
        [0.0, 4.0, 0.0, 0.0]
    """
    both = two_sided_signals(embedding)
    return both[..., 1 : both.shape[-1] // 2 + 1]


def survival(embedding: np.ndarray) -> np.ndarray:
    """Whether each frequency 1..floor(p/2) survives: bool, shape (..., p // 2).

    The rule is the code's: a signal above twice the mean of all p two-sided signals, k = 0 included.  It counts pairs
    of the sorted signals, which goes wrong where k = 0 itself is above (then pairs are cut in two); here k = 0 counts
    in the mean only.

    So fewer than p/4 frequencies survive.  *Proof.*  Each survivor has two equal signals, k and p - k, both above twice
    the mean of p signals; n of them alone add up to more than 4 n times the mean, and all to p times the mean.
    """
    both = two_sided_signals(embedding)
    found = both[..., 1 : both.shape[-1] // 2 + 1]
    return found > 2 * both.mean(axis=-1, keepdims=True)


def survivors(embedding: np.ndarray) -> list[int]:
    """The surviving frequencies of one embedding (p, d), strongest first."""
    strength = signals(embedding)
    alive = np.flatnonzero(survival(embedding))
    return [int(k) + 1 for k in alive[np.argsort(-strength[alive], kind="stable")]]


def plane(embedding: np.ndarray, k: int) -> np.ndarray:
    """Coordinates (p, 2) of the symbols along Re F_k and Im F_k, each direction of length 1 (0 where it vanishes)."""
    embedding = np.asarray(embedding, dtype=float)
    _require_frequency(len(embedding), k)
    spectrum = np.fft.fft(embedding, axis=0)[k]
    directions = np.stack([spectrum.real, spectrum.imag])
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    # Rounding leaves about 1e-16 of the whole of a direction that is zero: its coordinates would be noise of length 1.
    real = lengths > 1e-12 * np.linalg.norm(spectrum)
    return embedding @ np.divide(directions, lengths, out=np.zeros_like(directions), where=real).T


def circularity(embedding: np.ndarray, k: int) -> float:
    r"""Share of frequency k in the plane of frequency k, 1 for a circle that nothing else enters.

    .. math:: c_k = \frac{2}{p \sum_j X_j^2} \Bigl|\sum_j X_j e^{2\pi i jk/p}\Bigr|^2, \quad \text{mean over }
              X_j = \langle E_j, \mathrm{Re} F_k\rangle \text{ and } \langle E_j, \mathrm{Im} F_k\rangle.

    It measures purity, not roundness: a cosine along one line has 1 too (see :func:`axis_ratio`).  An embedding drawn
    from N(0, 1) has (d + 1) / (d + p - 1) on average, 0.69 at p = 59, d = 128, because its directions were chosen by
    looking at it.

    *Proof.*  The power of X at k and -k is at most all of it (Plancherel): c_k is from 0 to 1, and 1 iff X has no other
    frequency.  For a random embedding, with r = |Re F_k| over its expected size, X has the coordinates r^2, r z_1, ...,
    r z_{p-1} for independent normal z, the first two of them at frequency k, so its share is Beta((d+1)/2, (p-2)/2).

    Args:
        embedding: (p, d).
        k: from 1 to (p-1)/2.

    Raises:
        InputError: for another k.

    Source: Ding24 Eq. (5); the mean over the two directions is its code's.

    Examples:
        >>> import numpy as np
        >>> angle = 2 * np.pi * np.arange(7) / 7
        >>> alone, mixed = np.cos(2 * angle), np.cos(2 * angle) + np.cos(3 * angle)
        >>> [round(circularity(line[:, None], 2), 9) for line in (alone, mixed)]
        [1.0, 0.5]
    """
    coordinates = plane(embedding, k)
    power = (coordinates**2).sum(axis=0)
    peak = np.abs(np.fft.fft(coordinates, axis=0)[k]) ** 2
    return float(np.mean([2 * y / (len(coordinates) * x) for x, y in zip(power, peak, strict=True) if x > 0] or [0.0]))


def axis_ratio(embedding: np.ndarray, k: int) -> float:
    """Short over long axis of the ellipse that frequency k draws: 1 for a circle, 0 for a line.  Ours."""
    embedding = np.asarray(embedding, dtype=float)
    _require_frequency(len(embedding), k)
    spectrum = np.fft.fft(embedding, axis=0)[k]
    long, *short = np.linalg.svd(np.stack([spectrum.real, spectrum.imag]), compute_uv=False)
    return float(short[0] / long) if short and long > 0 else 0.0


def _require_frequency(p: int, k: int) -> None:
    if not 1 <= k <= (p - 1) // 2:
        raise InputError(f"the frequency must be from 1 to (p-1)/2 = {(p - 1) // 2}; got {k!r}")
