r"""The plain loss where the class weights are not uniform: even p, and most groups (ours).

For wide enough networks the global minimum over all weights is a small convex programme over the non-trivial real
irreducible representations V of the group,

.. math:: \min_{x \ge 0}\ \log\Bigl(1 + \sum_{\delta \ne e}
   e^{-\sum_V x_V (1 - \chi_V(\delta)/D_V)}\Bigr) + \lambda \sum_V \frac{x_V}{c_V}.

Proof.  The loss is a convex function of the margins over the n-1 wrong labels.  Averaging them over the data, and
over the conjugates and the inverse of each :math:`\delta`, only lowers it.  A neuron then contributes
:math:`\sum_V t_V (1 - \chi_V(\delta)/D_V)` with :math:`\sum_V t_V/c_V \le \|\theta_i\|^{k+1}` (the bound of
``theory.groups.margin``, each representation apart), and the exact networks attain every :math:`x \ge 0` with equal
margins at all inputs.  The mass on V is :math:`x_V/c_V`.

0 is optimal iff :math:`\lambda \ge \max_V c_V`: at x = 0 each :math:`x_V` gains exactly 1, because
:math:`\sum_\delta \chi_V(\delta) = 0`.  So the smallest representations switch on first.

Where the class weights of gamma* are positive but not uniform (even p > 2, S3, Q8, ...; k >= 2) the minimiser is not
maximum-margin at any lambda below that: all its margins would be equal, hence the probabilities of the wrong labels,
hence all :math:`c_V`, hence all :math:`D_V` (each V carries mass), and then the class weights are uniform.  Where some
class weights are zero it may be: on A5 with k = 4 both live on the two representations of dimension 3.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from theory.errors import InputError, require_integer
from theory.margin import single_neuron_value
from theory.regularisation.closed_form import Prediction, positive


@dataclass(frozen=True)
class ClasswisePrediction(Prediction):
    """A minimiser described by the mass of every representation.

    Attributes:
        masses: {label: mass}, in the order given; they add up to ``mass``.
        gap: upper bound on loss minus the true minimum, from convexity.
        margins: margin before normalisation over each wrong label, in the order given.
    """

    masses: tuple[float, ...]
    gap: float
    margins: tuple[float, ...]


def predict_classwise(ratios: np.ndarray, values: np.ndarray, lambda_: float, k: int) -> ClasswisePrediction:
    r"""The global minimum of plain cross-entropy + lambda ||theta||^{k+1}, any group, wide enough network.

    The solver's point is polished by Newton's method and comes with its own duality gap.

    Args:
        ratios: :math:`\chi_V(\delta)/D_V`, shape (V, n - 1): one column for each wrong label.
        values: :math:`c_V`, shape (V,), positive.
        lambda_: regularisation strength.
        k: number of inputs (for the norm).

    Raises:
        InputError: for lambda or k out of range, or arrays that do not fit.
    """
    import cvxpy

    require_integer("k", k, 1)
    lambda_ = positive("lambda", lambda_)
    ratios, values = np.asarray(ratios, float), np.asarray(values, float)
    if ratios.ndim != 2 or values.shape != ratios.shape[:1] or not (values > 0).all():
        raise InputError(f"ratios (V, n - 1) need one positive value for each V; got {ratios.shape}, {values.shape}")
    threshold = float(values.max())
    # In units of the largest value all numbers are of order one, whatever the group and k.
    gain = (1 - ratios).T * (values / threshold)
    strength = lambda_ / threshold
    mass = np.zeros(len(values))
    if strength < 1:
        x = cvxpy.Variable(len(values), nonneg=True)
        exponents = cvxpy.hstack([0.0, -gain @ x])
        problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.log_sum_exp(exponents) + strength * cvxpy.sum(x)))
        with warnings.catch_warnings():
            # The solver warns of an inaccurate solution; ``_polish`` mends it and ``gap`` judges it.
            warnings.simplefilter("ignore", UserWarning)
            problem.solve(solver=cvxpy.CLARABEL, tol_gap_abs=1e-11, tol_gap_rel=1e-11, tol_feas=1e-11)
        mass = _polish(np.maximum(x.value, 0.0), gain, strength)
    loss, gap = _loss_and_gap(mass, gain, strength)
    margins = gain @ mass
    total = mass.sum() / threshold
    return ClasswisePrediction(
        lambda_=lambda_,
        power=float(k + 1),
        loss=loss,
        cross_entropy=float(loss - strength * mass.sum()),
        mass=float(total),
        norm=float(total ** (1 / (k + 1))),
        margin=float(margins.min() / total) if total > 0 else None,
        scale=float(margins.min()),
        threshold=threshold,
        masses=tuple((mass / threshold).tolist()),
        gap=gap,
        margins=tuple(margins.tolist()),
    )


def _gradient(mass: np.ndarray, gain: np.ndarray, strength: float) -> tuple[float, np.ndarray, np.ndarray]:
    """(loss, gradient, probabilities of the wrong labels) of the programme at ``mass``."""
    exponents = -(gain @ mass)
    top = max(0.0, float(exponents.max()))
    total = np.exp(-top) + np.exp(exponents - top).sum()
    probabilities = np.exp(exponents - top) / total
    return top + float(np.log(total)) + strength * float(mass.sum()), strength - gain.T @ probabilities, probabilities


def _loss_and_gap(mass: np.ndarray, gain: np.ndarray, strength: float) -> tuple[float, float]:
    """The loss and how far it can be above the minimum.

    By convexity the minimum is at least loss + gradient . (y - x), and a minimiser y has
    sum(y) <= log(n) / strength because the zero network costs log(n).
    """
    loss, gradient, _ = _gradient(mass, gain, strength)
    reach = np.log(len(gain) + 1) / strength
    return loss, float(gradient @ mass - min(0.0, gradient.min()) * reach)


def _polish(mass: np.ndarray, gain: np.ndarray, strength: float) -> np.ndarray:
    """Newton's method on the representations that carry mass; keeps the better of start and end."""
    best, best_gap = mass, _loss_and_gap(mass, gain, strength)[1]
    carrying = mass > 1e-6 * mass.max()
    point = np.where(carrying, mass, 0.0)
    for _ in range(20):
        _, gradient, probabilities = _gradient(point, gain, strength)
        used = gain[:, carrying]
        centred = used * np.sqrt(probabilities)[:, None]
        mean = used.T @ probabilities
        hessian = centred.T @ centred - np.outer(mean, mean)
        step = np.linalg.lstsq(hessian, gradient[carrying], rcond=1e-13)[0]
        point = point.copy()
        point[carrying] = np.maximum(point[carrying] - step, 0.0)
        gap = _loss_and_gap(point, gain, strength)[1]
        if gap < best_gap:
            best, best_gap = point, gap
    return best


def predict_cyclic(k: int, p: int, lambda_: float) -> ClasswisePrediction:
    r"""The plain loss on Z_p for every modulus: :func:`predict_classwise` with the cosines as characters.

    ``masses`` are those of the frequencies 1..floor(p/2).

    Raises:
        InputError: for k < 1, p < 2 or lambda out of range.

    Examples:
        >>> round(predict_cyclic(2, 4, 0.01).margin, 4)  # gamma* is 0.0503; the loss has no class weights
        0.0438
    """
    require_integer("k", k, 1)
    require_integer("p", p, 2)
    frequencies = np.arange(1, p // 2 + 1)
    ratios = np.cos(2 * np.pi / p * (np.outer(frequencies, np.arange(1, p)) % p))
    orders = np.where(2 * frequencies == p, 2, 3)
    worth = {order: float(single_neuron_value(k, p, order).evalf(30)) for order in (2, 3)}
    return predict_classwise(ratios, np.array([worth[int(order)] for order in orders]), lambda_, k)
