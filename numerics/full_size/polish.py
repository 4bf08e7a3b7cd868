r"""The polish: Levenberg-Marquardt in the network's own frequencies, one frequency at a time.

It presupposes what the descent has shown, that every neuron lives in one frequency, and drops the rest of each neuron;
it prescribes no phase, no mass and no frequency.  Variables are the k+1 complex amplitudes of each neuron at its
dominant frequency, and with the modes :math:`C_n` of ``modes`` and :math:`G = k!\,(k+1)^{-(k+1)/2}` it minimises

.. math:: \sum_i G \|c_i\|^{k+1} - \mathrm{Re}\,C_{(1,..,1)}
          + \frac{\kappa}{2 t} \sum_n \bigl|C_n - t\,[n = (1,..,1)]\bigr|^2 .

The first part is the norm minus the mean margin, never negative (AM-GM) and zero on aligned neurons; the second is how
far the margins are from one another, t being the mean over the network's own frequencies.  Both vanish exactly on
maximum-margin networks (free orders, X1 of the notes), so this surrogate has the minimisers of the papers' objective
and nothing else; it is not that objective, and a result says by which stage it was reached.
"""

from dataclasses import dataclass
from math import factorial

import numpy as np
from scipy.linalg import solve

from numerics.full_size.modes import Complex, Modes, Real

KAPPA = 3.0
FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING = 1e-2, 1e-7, 1e4
LIGHTEST = 1e-12  # of the mean mass: lighter neurons are damped as if they had it
MODES_IN_SINGLE = 500  # above, the normal matrix is multiplied in single precision, which the damping forgives


@dataclass(frozen=True)
class Polished:
    """Amplitudes (N, k+1) of a frequency's neurons, the surrogate, sum_n |C_n - t [n wanted]|, and steps made."""

    amplitudes: Complex
    value: float
    residual: float
    steps: int


def polish_frequency(modes: Modes, c: Complex, most_steps: int, good_enough: float) -> Polished:
    """Minimise the surrogate with t = 1 from amplitudes c (N, k+1) of one frequency's neurons.

    Args:
        modes: those of k.
        c: amplitudes, scaled so that t = 1.
        most_steps: at most so many accepted steps.
        good_enough: a value at which to stop.
    """
    problem = _Surrogate(modes)
    damping, growth = FIRST_DAMPING, 2.0
    value, steps = problem.value(c), 0
    while steps < most_steps and value > good_enough:
        model = _Model(problem, c)
        while damping <= MOST_DAMPING:
            move, predicted = model.step(damping)
            moved = c + move
            found = problem.value(moved)
            gain = (value - found) / predicted
            if found < value and gain > 1e-3:
                break
            damping, growth = damping * growth, growth * 2
        else:
            break
        c, value, steps = moved, found, steps + 1
        damping, growth = max(damping * max(0.2, 1 - (2 * gain - 1) ** 3), LEAST_DAMPING), 2.0  # Nielsen's rule
    return Polished(c, value, float(np.abs(problem.deviation(modes.output(c))).sum()), steps)


class _Surrogate:
    """The function above at t = 1."""

    def __init__(self, modes: Modes) -> None:
        self.modes, self.degree = modes, modes.k + 1
        self.scale = factorial(modes.k) * self.degree ** (-self.degree / 2)

    def deviation(self, output: Complex) -> Complex:
        found = output.copy()
        found[self.modes.wanted] -= 1
        return found

    def value(self, c: Complex) -> float:
        output = self.modes.output(c)
        norm = self.scale * ((np.abs(c) ** 2).sum(axis=1) ** (self.degree / 2)).sum()
        spread = (np.abs(self.deviation(output)) ** 2).sum()
        return float(norm - output[self.modes.wanted].real + KAPPA / 2 * spread)


class _Model:
    """Quadratic model at c: a block for each neuron, positive semidefinite, plus kappa J J^T of the modes."""

    def __init__(self, problem: _Surrogate, c: Complex) -> None:
        modes, degree = problem.modes, problem.degree
        x = np.concatenate([c.real, c.imag], axis=1)
        squares = (x**2).sum(axis=1)
        slope = problem.scale * degree * squares ** ((degree - 2) / 2)
        self.jacobian = modes.jacobian(c)
        deviation = problem.deviation(modes.output(c))
        residual = np.concatenate([deviation.real, deviation.imag])
        self.gradient = slope[:, None] * x - self.jacobian[:, :, modes.wanted] + KAPPA * self.jacobian @ residual
        outer = x[:, :, None] * x[:, None, :] / squares[:, None, None]
        blocks = slope[:, None, None] * (np.eye(2 * degree) + (degree - 2) * outer) - _aligned_hessian(c)
        curvature, self.basis = np.linalg.eigh(blocks)
        self.curvature = np.maximum(curvature, 0)
        mass = slope * squares
        # a light neuron moves far for little: damp it by the square root of how light it is
        self.unit = slope * (mass.mean() / np.maximum(mass, LIGHTEST * mass.mean())) ** 0.5

    def step(self, damping: float) -> tuple[Complex, float]:
        """The damped step as a change of c, and the decrease that the undamped model predicts for it."""
        root = np.sqrt(self.curvature + damping * self.unit[:, None])
        rows = (np.matmul(self.basis.transpose(0, 2, 1), self.jacobian) / root[:, :, None]).reshape(root.size, -1)
        target = (np.einsum("ni,nij->nj", self.gradient, self.basis) / root).ravel()
        move = -np.einsum("nij,nj->ni", self.basis, _solve(rows, target).reshape(root.shape) / root)
        along = np.einsum("nij,ni->nj", self.basis, move)
        bend = (along**2 * self.curvature).sum() + KAPPA * (np.tensordot(move, self.jacobian, 2) ** 2).sum()
        half = move.shape[1] // 2
        return move[:, :half] + 1j * move[:, half:], float(-(self.gradient * move).sum() - bend / 2)


def _solve(rows: Real, target: Real) -> Real:
    """(1 + kappa R R^T)^{-1} target, through the smaller of R R^T and R^T R."""
    if rows.shape[1] >= rows.shape[0]:
        matrix = KAPPA * (rows @ rows.T)
        matrix[np.diag_indices(len(matrix))] += 1
        return solve(matrix, target, assume_a="pos", overwrite_a=True, check_finite=False)
    fast = rows.astype(np.float32) if rows.shape[1] > 2 * MODES_IN_SINGLE else rows
    matrix = (fast.T @ fast).astype(np.float64)
    matrix[np.diag_indices(len(matrix))] += 1 / KAPPA
    inner = solve(matrix, fast.T @ target.astype(fast.dtype), assume_a="pos", overwrite_a=True, check_finite=False)
    return target - (fast @ inner.astype(fast.dtype)).astype(np.float64)


def _aligned_hessian(c: Complex) -> Real:
    """The Hessian of k! Re(conj(c_w) c_1 .. c_k) of each neuron by (Re c, Im c): (N, 2(k+1), 2(k+1))."""
    count, degree = c.shape
    factors = np.concatenate([c[:, :-1], c[:, -1:].conj()], axis=1)
    sign = np.array([1] * (degree - 1) + [-1])  # the last factor is a conjugate
    found = np.zeros((count, 2 * degree, 2 * degree))
    for a in range(degree):
        for b in range(a):
            others = [j for j in range(degree) if j not in (a, b)]
            rest = factorial(degree - 1) * factors[:, others].prod(axis=1)
            for row, column, entry in (
                (a, b, rest.real),
                (a, degree + b, -sign[b] * rest.imag),
                (degree + a, b, -sign[a] * rest.imag),
                (degree + a, degree + b, -sign[a] * sign[b] * rest.real),
            ):
                found[:, row, column] = found[:, column, row] = entry
    return found
