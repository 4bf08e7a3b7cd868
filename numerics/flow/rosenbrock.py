r"""A stiff adaptive integrator for many initial values at once, each with its own step size: Rodas3.

Gradient flow that has learnt something runs along narrow valleys, where an explicit method creeps.  Rodas3 (Sandu et
al., *Atmospheric Environment* 31, 1997) is L-stable, of order 3 with an embedded method of order 2: with J the
Jacobian at y and :math:`\gamma = 1/2` its stages solve

.. math:: \Bigl(\frac{1}{\gamma h} - J\Bigr) U_i = f\Bigl(y + \sum_j a_{ij} U_j\Bigr) + \sum_j \frac{c_{ij}}{h} U_j,
          \qquad y' = y + 2 U_1 + U_3 + U_4, \qquad \text{error } U_4.

The error counts over ``atol + rtol max(|y|, |y'|)``, as a root mean square over the coordinates; a step with error at
most 1 is kept, and the next size is :math:`h \min(5, \max(1/5, 0.9\, e^{-1/3}))`.  Members never meet: each ends with
the values that it would have alone, up to the rounding of batched products.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theory.errors import InputError

Field = Callable[[np.ndarray], np.ndarray]
"""Values (M, n) -> slopes (M, n)."""
Jacobian = Callable[[np.ndarray], np.ndarray]
"""Values (M, n) -> derivatives of the slopes (M, n, n)."""
GAMMA = 0.5


@dataclass(frozen=True)
class Ended:
    """Where N members ended.

    Attributes:
        values: (N, n).
        time: (N,).
        steps: accepted steps, (N,).
        rejected: rejected steps, (N,).
        stopped: whether ``stop`` ended it, (N,); otherwise it reached ``until`` or ran out of steps.
    """

    values: np.ndarray
    time: np.ndarray
    steps: np.ndarray
    rejected: np.ndarray
    stopped: np.ndarray


def integrate(
    field: Field,
    jacobian: Jacobian,
    start: np.ndarray,
    until: float,
    *,
    rtol: float,
    atol: float,
    most_steps: int,
    stop: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None,
) -> Ended:
    """Follow y' = field(y) from every row of ``start``.

    Args:
        field: the slopes; autonomous.
        jacobian: their derivatives.
        start: (N, n), float64.
        until: the largest time.
        rtol: relative tolerance of a step.
        atol: absolute tolerance of a step.
        most_steps: attempts after which a member ends where it is.
        stop: (values, times) -> booleans, asked after every step: who has arrived.

    Raises:
        InputError: for another shape, or tolerances that are not positive.
    """
    if start.ndim != 2:
        raise InputError(f"the initial values must have shape (members, coordinates); got {start.shape}")
    if not (rtol > 0 and atol > 0 and until > 0):
        raise InputError(f"tolerances and the time must be positive; got {rtol!r}, {atol!r} and {until!r}")
    members = len(start)
    counts = np.zeros((2, members), dtype=np.int64)
    values, time, stopped = start.copy(), np.zeros(members), np.zeros(members, dtype=bool)
    who, y, t, h = np.arange(members), start.copy(), np.zeros(members), np.full(members, 1e-4)
    for _ in range(most_steps):
        new, error = _step(field, jacobian, y, h, rtol, atol)
        good = error <= 1
        y[good], t[good] = new[good], t[good] + h[good]
        counts[0, who] += good
        counts[1, who] += ~good
        h = np.minimum(h * np.clip(0.9 * error ** (-1 / 3), 0.2, np.where(good, 5.0, 1.0)), until - t)
        arrived = (stop(y, t) & good) if stop else np.zeros(len(who), dtype=bool)
        gone = arrived | (h <= 0)
        if gone.any():
            values[who[gone]], time[who[gone]], stopped[who[gone]] = y[gone], t[gone], arrived[gone]
            who, y, t, h = (x[~gone] for x in (who, y, t, h))
            if not len(who):
                break
    values[who], time[who] = y, t
    return Ended(values, time, counts[0], counts[1], stopped)


def _step(
    field: Field, jacobian: Jacobian, y: np.ndarray, h: np.ndarray, rtol: float, atol: float
) -> tuple[np.ndarray, np.ndarray]:
    """One attempt: new values, and the error in units of the tolerance (huge where not finite)."""
    size = h[:, None]
    matrix = -jacobian(y)
    diagonal = np.arange(y.shape[1])
    matrix[:, diagonal, diagonal] += (1 / (GAMMA * h))[:, None]
    inverse = np.linalg.inv(matrix)

    def solved(right: np.ndarray) -> np.ndarray:
        return np.matmul(inverse, right[:, :, None])[:, :, 0]

    slope = field(y)
    u1 = solved(slope)
    u2 = solved(slope + 4 * u1 / size)
    u3 = solved(field(y + 2 * u1) + (u1 - u2) / size)
    middle = y + 2 * u1 + u3
    u4 = solved(field(middle) + (u1 - u2 - 8 / 3 * u3) / size)
    new = middle + u4
    error = np.sqrt(np.mean((u4 / (atol + rtol * np.maximum(np.abs(y), np.abs(new)))) ** 2, axis=1))
    return new, np.where(np.isfinite(error), np.maximum(error, 1e-9), 1e9)
