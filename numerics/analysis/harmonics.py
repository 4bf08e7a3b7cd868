r"""Functions on Z_p as sums of few cosines: which frequencies are significant, and how well few of them fit.

A table X with one axis indexed by Z_p has at each frequency k = 1..floor(p/2) the share
:math:`s_k = P_k / \sum_{j \ge 1} P_j` of its power, +-k pooled, summed over the other axes, the mean left out.
Our rule: **the significant
frequencies are the fewest that together hold 90% of the power.**  A few strong cosines are found whatever their number;
a table without structure, whose shares are nearly equal, needs almost all frequencies.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from numerics.components import pooled_power
from theory.errors import InputError

MOST_OF_THE_POWER = 0.9
ROUNDING = 1e-12  # what varies less than this, relative to its norm, is constant


def frequency_shares(table: np.ndarray, axis: int = 0) -> np.ndarray:
    """Share of the power at each frequency along one axis, shape (floor(p/2)+1,); entry 0, the mean's, is 0.

    All zeros for a table that is constant along the axis.

    Examples:
        >>> import numpy as np
        >>> angle = 2 * np.pi * np.arange(7) / 7
        >>> frequency_shares(5 + 2 * np.cos(2 * angle) + np.sin(3 * angle)).round(9).tolist()
        [0.0, 0.0, 0.8, 0.2]
    """
    power = pooled_power(np.moveaxis(table.astype(np.float64), axis, -1))
    pooled = power.reshape(-1, power.shape[-1]).sum(axis=0)
    whole = pooled.sum()
    pooled[0] = 0
    total = pooled.sum()
    return pooled / total if total > ROUNDING**2 * whole else np.zeros_like(pooled)


def significant(shares: np.ndarray, power: float = MOST_OF_THE_POWER) -> tuple[int, ...]:
    """The fewest frequencies that together hold this share of the power, in increasing order; none of a constant.

    Args:
        shares: as :func:`frequency_shares` gives them.
        power: the share, in (0, 1).

    Raises:
        InputError: for another share.
    """
    if not 0 < power < 1:
        raise InputError(f"the share of the power must lie strictly between 0 and 1; got {power!r}")
    if not shares.any():
        return ()
    order = np.argsort(-shares, kind="stable")
    count = 1 + int(np.searchsorted(np.cumsum(shares[order]), power))
    return tuple(sorted(int(k) for k in order[:count]))


def shared(sets: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """The frequencies that are in every set, in increasing order."""
    return tuple(sorted(set.intersection(*map(set, sets))))


def multiples(frequencies: Iterable[int], most: int, p: int) -> tuple[int, ...]:
    """The frequencies m k mod p with k among these and m = 1..most, +-k one frequency, in increasing order; never 0.

    What a nonlinearity makes of a wave is its overtones, at these frequencies.

    Examples:
        >>> multiples([46], 4, 113)
        (21, 25, 42, 46)
    """
    found = {m * k % p for k in frequencies for m in range(1, most + 1)}
    return tuple(sorted({min(k, p - k) for k in found} - {0}))


def harmonic_error(columns: np.ndarray, sums: np.ndarray, frequencies: Sequence[int], p: int) -> np.ndarray:
    r"""Relative error of a least-squares fit to :math:`1, \cos(2\pi k s/p), \sin(2\pi k s/p)` for k in ``frequencies``.

    Args:
        columns: shape (inputs, columns).
        sums: the argument s of every input, such as a + b, shape (inputs,).
        frequencies: k; none leaves the constant alone.
        p: the modulus.

    Returns:
        By column, norm of the residual over the norm of the column about its mean; 0 for a constant column.

    Raises:
        InputError: where the inputs do not agree.
    """
    if columns.ndim != 2 or sums.shape != columns.shape[:1]:
        raise InputError(f"need one argument for each row; got {sums.shape} for {columns.shape}")
    angles = 2 * np.pi * np.outer(sums % p, frequencies) / p
    design = np.hstack([np.ones((len(sums), 1)), np.cos(angles), np.sin(angles)])
    values = columns.astype(np.float64)
    coefficients = np.linalg.lstsq(design, values, rcond=None)[0]
    residual = np.linalg.norm(values - design @ coefficients, axis=0)
    spread = np.linalg.norm(values - values.mean(axis=0), axis=0)
    varies = spread > ROUNDING * np.linalg.norm(values, axis=0)
    return np.divide(residual, spread, out=np.zeros_like(residual), where=varies)


def project(rows: np.ndarray, hidden: np.ndarray, frequency: int) -> np.ndarray:
    r"""Hidden states seen by one frequency of the output layer: :math:`\sum_c e^{2\pi i kc/p} W_c \cdot h`.

    Were the logits :math:`\sum_k \alpha_k \cos(2\pi k(a+b-c)/p)`, the two columns would be
    :math:`\tfrac p2 \alpha_k \cos` and :math:`\tfrac p2 \alpha_k \sin` of :math:`2\pi k(a+b)/p`.

    Args:
        rows: the output layer's matrix, rows indexed by Z_p, shape (p, h).
        hidden: shape (inputs, h).
        frequency: k.

    Returns:
        Shape (inputs, 2).
    """
    angles = 2 * np.pi * frequency * np.arange(len(rows)) / len(rows)
    directions = np.stack([np.cos(angles), np.sin(angles)]) @ rows.astype(np.float64)
    return hidden.astype(np.float64) @ directions.T
