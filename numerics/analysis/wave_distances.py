r"""How far a vector over Z_p is from its square wave and from its cosine, under the distances that may be meant.

Frequency and phase come from the dominant Fourier coefficient, the square's levels are medians, and the rivals are the
cosine with the square's centre and amplitude and the cosine with its own (see ``fits``).  Swaroop26 compares by a
"nearest-point distance" that it does not define.  **Pointwise** readings take the differences
:math:`|w_j - f(x_j)|` at the inputs: their mean square, mean, median, largest.  **In the plane**, the distance of the
point :math:`(x_j, w_j)` from the curve, averaged over the inputs; it needs a unit of each axis: x in turns or radians
of the wave, w as it is or in units of the square's amplitude.  A square wave's curve has its vertical edges, which a
steep flank is near to; so the planar distances favour it most.
"""

from collections.abc import Callable

import numpy as np

from numerics.analysis.fits import fit_waves

POINTS = 240  # of a period of a cosine's curve
POINTWISE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean_square": lambda x: (x**2).mean(axis=-1),
    "mean": lambda x: x.mean(axis=-1),
    "median": lambda x: np.median(x, axis=-1),
    "largest": lambda x: x.max(axis=-1),
}
PLANES = {  # name: length of a period, whether weights are in units of the square's amplitude
    "plane_turns": (1.0, False),
    "plane_radians": (2 * np.pi, False),
    "plane_turns_scaled": (1.0, True),
    "plane_radians_scaled": (2 * np.pi, True),
}


def wave_distances(w: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """By distance: those of the square and of the two cosines, ``paper`` and ``fair``, each of shape (n,).

    Args:
        w: vectors that are not constant, shape (n, p).

    Examples:
        >>> import numpy as np
        >>> w = np.sign(np.cos(2 * np.pi * (np.arange(41) + 0.25) / 41))[None]
        >>> found = wave_distances(w)
        >>> all(x["square"][0] < 1e-12 and x["fair"][0] > 0.03 for x in found.values())
        True
    """
    p = w.shape[-1]
    wave = fit_waves(w).waves
    turn = (wave.phase[..., None] + wave.frequency[..., None] * np.arange(p) / p + 0.5) % 1 - 0.5
    high = np.abs(turn) < 0.25
    upper, lower = (np.nanmedian(np.where(chosen, w, np.nan), axis=-1) for chosen in (high, ~high))
    cosines = {"paper": ((upper + lower) / 2, (upper - lower) / 2), "fair": (w.mean(axis=-1), wave.amplitude)}
    levels = np.where(high, upper[:, None], lower[:, None])
    found: dict[str, dict[str, np.ndarray]] = {}
    for name, taken in POINTWISE.items():
        found[name] = {"square": taken(np.abs(w - levels))} | {
            rival: taken(np.abs(w - centre[:, None] - size[:, None] * np.cos(2 * np.pi * turn)))
            for rival, (centre, size) in cosines.items()
        }
    amplitude = (upper - lower) / 2
    for name, (period, scaled) in PLANES.items():
        unit = amplitude if scaled else np.ones_like(amplitude)
        found[name] = {"square": _to_square(turn * period, w / unit[:, None], upper / unit, lower / unit, period)} | {
            rival: _to_cosine(turn * period, w / unit[:, None], centre / unit, size / unit, period)
            for rival, (centre, size) in cosines.items()
        }
    return found


def _to_square(x: np.ndarray, y: np.ndarray, upper: np.ndarray, lower: np.ndarray, period: float) -> np.ndarray:
    """Mean distance from the levels and from the vertical edges between them, a quarter of a period from the crest."""
    top, bottom = upper[:, None], lower[:, None]
    level = np.abs(y - np.where(np.abs(x) < period / 4, top, bottom))
    beyond = np.maximum(0, np.maximum(y - np.maximum(top, bottom), np.minimum(top, bottom) - y))
    edge = np.hypot(np.abs(np.abs(x) - period / 4), beyond)
    return np.minimum(level, edge).mean(axis=-1)


def _to_cosine(x: np.ndarray, y: np.ndarray, centre: np.ndarray, size: np.ndarray, period: float) -> np.ndarray:
    """Mean distance from the curve of a cosine, by its points and the straight lines between them."""
    grid = np.linspace(-0.75, 0.75, 3 * POINTS // 2 + 1) * period  # the nearest point may lie beyond a period's end
    found = np.empty(len(y))
    for i in range(len(y)):
        curve = np.stack([grid, centre[i] + size[i] * np.cos(2 * np.pi * grid / period)], axis=1)
        found[i] = _to_polyline(np.stack([x[i], y[i]], axis=1), curve).mean()
    return found


def _to_polyline(points: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """Distance of each point (n, 2) from a polyline (m, 2)."""
    start, along = curve[:-1], np.diff(curve, axis=0)
    x, y = points[:, :1] - start[:, 0], points[:, 1:] - start[:, 1]
    share = ((x * along[:, 0] + y * along[:, 1]) / (along**2).sum(axis=-1)).clip(0, 1)
    return np.sqrt(((x - share * along[:, 0]) ** 2 + (y - share * along[:, 1]) ** 2).min(axis=1))
