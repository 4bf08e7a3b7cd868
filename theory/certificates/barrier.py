r"""A path-following solver for one family of semidefinite programmes (numerical; nothing exact relies on it).

Maximise :math:`\sum_o \langle A_o, G\rangle` over block matrices :math:`G \succeq 0` with
:math:`\langle A_0, G\rangle = 1`, :math:`A_0 = I`, and :math:`\langle A_o, G\rangle \le 0` for o in a set of
*restricted* indices.  Its dual,

.. math:: \min y_0 \quad\text{with}\quad F(y) = y_0 I + \sum_{o \text{ restricted}} y_o A_o - J \succeq 0,\quad
   y_o \ge 0,\quad J = \sum_o A_o,

has few variables, so Newton steps on :math:`t y_0 - \log\det F - \sum \log y_o` are cheap where general solvers,
which hold all of G, are not.  On the central path :math:`G = F^{-1} / t` is feasible, with a gap of
(block sizes + restrictions) / t.  The cost of a step is one matrix product per block.
"""

from collections.abc import Callable

import numpy as np
import scipy.linalg

Progress = Callable[[float, float], None]
NEWTON_STEPS = 5000


class _Barrier:
    def __init__(self, matrices: list[np.ndarray], restricted: list[int], zero: int) -> None:
        # Row 0 of every stack is A_0 = I; the objective J is the sum over all orbits.
        self.stacks = [np.ascontiguousarray(a[[zero, *restricted]]) for a in matrices]
        self.objectives = [a.sum(axis=0) for a in matrices]
        self.size = 1 + len(restricted)
        self.parameter = sum(len(j) for j in self.objectives) + len(restricted)

    def slacks(self, y: np.ndarray) -> list[np.ndarray]:
        pairs = zip(self.stacks, self.objectives, strict=True)
        return [np.tensordot(y, stack, 1) - objective for stack, objective in pairs]

    def value(self, y: np.ndarray, t: float) -> float:
        """The barrier function; infinite outside its domain."""
        if (y[1:] <= 0).any():
            return np.inf
        total = t * y[0] - np.log(y[1:]).sum()
        for slack in self.slacks(y):
            try:
                total -= 2 * np.log(np.diag(np.linalg.cholesky(slack))).sum()
            except np.linalg.LinAlgError:
                return np.inf
        return float(total)

    def newton(self, y: np.ndarray, t: float) -> tuple[np.ndarray, float, np.ndarray]:
        """The Newton step, its squared decrement, and the tangent of the central path towards t = infinity."""
        gradient = np.concatenate([[t], -1 / y[1:]])
        hessian = np.diag(np.concatenate([[0.0], y[1:] ** -2]))
        for stack, slack in zip(self.stacks, self.slacks(y), strict=True):
            n = len(slack)
            inverse = scipy.linalg.solve_triangular(np.linalg.cholesky(slack), np.eye(n), lower=True)
            scaled = (inverse @ stack @ inverse.T).reshape(self.size, n * n)
            gradient -= scaled[:, :: n + 1].sum(axis=1)
            hessian += scaled @ scaled.T
        unit = 1 / np.sqrt(np.diag(hessian))
        factor = scipy.linalg.cho_factor(hessian * unit[:, None] * unit + 1e-14 * np.eye(self.size))
        step = -unit * scipy.linalg.cho_solve(factor, unit * gradient)
        tangent = -unit * scipy.linalg.cho_solve(factor, unit * np.eye(self.size)[0] * t)
        return step, max(0.0, float(-gradient @ step)), tangent


def maximise(
    matrices: list[np.ndarray],
    restricted: list[int],
    zero: int,
    gap: float,
    progress: Progress | None = None,
) -> list[np.ndarray]:
    """Gram blocks within ``gap`` of the optimum, strictly inside every restriction.

    Args:
        matrices: per block the A_o, shape (orbits, size, size), symmetric.
        restricted: the o whose coefficient must not be positive.
        zero: the index of A_0, the identity.
        gap: stop at this duality gap, in units of the objective.
        progress: called with (upper bound, gap) at every point of the path.

    Raises:
        ArithmeticError: when the Newton steps stall before the gap is reached.
    """
    problem = _Barrier(matrices, restricted, zero)
    y = np.ones(problem.size)
    y[0] = 0.0
    y[0] = 1.0 + max(-np.linalg.eigvalsh(slack)[0] for slack in problem.slacks(y))
    t = problem.parameter / y[0]
    for _ in range(NEWTON_STEPS):
        step, decrement, tangent = problem.newton(y, t)
        last = problem.parameter / t < gap
        if decrement > (1e-8 if last else 0.05):
            y = y + _damping(problem, y, step, decrement, t) * step
            continue
        if progress is not None:
            progress(float(y[0]), problem.parameter / t)
        if last:
            return [np.linalg.inv(slack) / t for slack in problem.slacks(y)]
        fraction = 1.0
        while problem.value(y + fraction / 0.8 * tangent, t) == np.inf:
            fraction *= 0.8
        fraction = min(fraction, 0.9)
        y, t = y + fraction * tangent, t / (1 - fraction)
    raise ArithmeticError(f"no convergence in {NEWTON_STEPS} Newton steps")


def _damping(problem: _Barrier, y: np.ndarray, step: np.ndarray, decrement: float, t: float) -> float:
    """A step length: the one that self-concordance guarantees, grown while the barrier still falls."""
    if decrement < 0.3:
        return 1.0
    length = 1 / (1 + np.sqrt(decrement))
    best = problem.value(y + length * step, t)
    while (longer := problem.value(y + 1.4 * length * step, t)) < best:
        length, best = 1.4 * length, longer
    return float(length)
