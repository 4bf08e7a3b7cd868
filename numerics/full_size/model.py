r"""The quadratic model of the surrogate at a point, and damped steps of it.

The model's second derivative is D + kappa J J^T: D has a block for each neuron, the curvature of norm minus aligned
part (its negative directions cut off), J the derivatives of the modes.  Damping is added to D, and systems are solved
through the modes, (1/kappa + J^T D^{-1} J), whose number does not grow with the neurons.  Only the factor of that
matrix is in single precision, and only where there are many modes.
"""

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from numerics.full_size.modes import Complex, Real
from numerics.full_size.surrogate import Point, Surrogate, aligned_hessian

LIGHTEST = 1e-12  # of the mean mass: lighter neurons are damped as if they had it
MODES_IN_DOUBLE = 500  # so few are factored in double precision, which costs little there
PROBE = 0.1  # of a step, at which its curvature is looked at
SMALLEST = 1e-300


class Model:
    """The quadratic model at a point."""

    def __init__(self, surrogate: Surrogate, point: Point) -> None:
        """Blocks; cost: small beside a step's."""
        self.surrogate, self.modes, self.point = surrogate, surrogate.modes, point
        c, degree = point.c, surrogate.degree
        self.slope, x = surrogate.slope(c), real(c)
        squares = (x**2).sum(axis=1)
        outer = x[:, :, None] * x[:, None, :] / squares[:, None, None]
        blocks = self.slope[:, None, None] * (np.eye(2 * degree) + (degree - 2) * outer) - aligned_hessian(c)
        curvature, self.basis = np.linalg.eigh(blocks)
        self.curvature = np.maximum(curvature, 0)
        mass = self.slope * squares
        # a light neuron moves far for little: damp it by the square root of how light it is
        self.unit = self.slope * (mass.mean() / np.maximum(mass, LIGHTEST * mass.mean())) ** 0.5

    def misaligned(self) -> Real:
        """The gradient of norm minus aligned part, by (Re c, Im c): shape (N, 2(k+1))."""
        wanted = np.zeros(len(self.point.residual), dtype=np.complex128)
        wanted[self.modes.wanted] = 1
        return self.slope[:, None] * real(self.point.c) - self.pulled_back(wanted)

    def pulled_back(self, y: Complex) -> Real:
        """J y: shape (N, 2(k+1))."""
        return real(self.modes.gradient(self.point.c, self.point.power, y))

    def pushed(self, move: Real) -> Complex:
        """J^T move: how the modes change along it, to first order."""
        return self.modes.derivative(self.point.c, self.point.power, complex_(move))

    def predicted(self, gradient: Real, move: Real) -> float:
        """The decrease of the undamped model along ``move``."""
        curved = (np.einsum("nij,ni->nj", self.basis, move) ** 2 * self.curvature).sum()
        bend = curved + self.surrogate.kappa * (np.abs(self.pushed(move)) ** 2).sum()
        return float(-(gradient * move).sum() - bend / 2)


class Damped:
    """The model with damping: systems with its second derivative, factored once."""

    def __init__(self, model: Model, damping: float) -> None:
        """Cost: 4 N (k+1) (2 modes)^2 operations."""
        self.model, self.kappa = model, model.surrogate.kappa
        self.diagonal = model.curvature + damping * model.unit[:, None]
        self._directions = model.basis / np.sqrt(self.diagonal)[:, None, :]
        self._factor = self._factored()

    def newton(self) -> Real:
        """The step of the surrogate itself, written so that nothing cancels: shape (N, 2(k+1))."""
        first = self._alone(self.model.misaligned())
        y = self._solve(self.model.point.residual - self.model.pushed(first))
        return -first - self._alone(self.model.pulled_back(y))

    def downhill(self, gradient: Real) -> Real:
        """The step for another function's ``gradient``, refined once: what cancels in single precision is put right."""
        first = self._downhill(gradient)
        left = self._second_derivative(first) + gradient
        return first + self._downhill(left)

    def accelerated(self, move: Real) -> tuple[Real, float]:
        """The move and half the acceleration along it, and the size of the acceleration relative to the move's.

        The modes are products of k+1 amplitudes, far from linear; the acceleration is what the model answers to their
        second derivative along the move (Transtrum and Sethna 2012).
        """
        model = self.model
        ahead = model.modes.output(model.point.c + PROBE * complex_(move))
        ahead[model.modes.wanted] -= 1
        second = 2 / PROBE * ((ahead - model.point.residual) / PROBE - model.pushed(move))
        acceleration = -self._alone(model.pulled_back(self._solve(second)))
        size, length = (float((x**2 * model.unit[:, None]).sum()) for x in (acceleration, move))
        return move + acceleration / 2, (size / max(length, SMALLEST)) ** 0.5

    def _alone(self, x: Real) -> Real:
        """D^{-1} x."""
        return np.einsum("nij,nj->ni", self._directions, np.einsum("nij,ni->nj", self._directions, x))

    def _downhill(self, gradient: Real) -> Real:
        first = self._alone(gradient)
        return self._alone(self.model.pulled_back(self._solve(self.model.pushed(first)))) - first

    def _second_derivative(self, x: Real) -> Real:
        """(D + kappa J J^T) x."""
        basis = self.model.basis
        blocks = np.einsum("nij,nj->ni", basis, np.einsum("nij,ni->nj", basis, x) * self.diagonal)
        return blocks + self.kappa * self.model.pulled_back(self.model.pushed(x))

    def _factored(self) -> tuple[Real, bool]:
        """The Cholesky factor of 1/kappa + J^T D^{-1} J; in double precision where single is not enough."""
        model = self.model
        for single in (True, False) if len(model.point.residual) > MODES_IN_DOUBLE else (False,):
            matrix = model.modes.normal_matrix(model.point.c, model.point.power, self._directions, single)
            matrix[np.diag_indices(len(matrix))] += 1 / self.kappa
            try:
                return cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
            except LinAlgError:
                continue
        raise FloatingPointError("the normal matrix of the modes is not finite")

    def _solve(self, x: Complex) -> Complex:
        right = x.view(np.float64).astype(self._factor[0].dtype)
        found = cho_solve(self._factor, right, overwrite_b=True, check_finite=False)
        return found.astype(np.float64).view(np.complex128)


def real(x: Complex) -> Real:
    """(Re x, Im x) side by side."""
    return np.concatenate([x.real, x.imag], axis=-1)


def complex_(x: Real) -> Complex:
    """The complex array whose parts lie side by side in ``x``."""
    half = x.shape[-1] // 2
    return x[..., :half] + 1j * x[..., half:]
