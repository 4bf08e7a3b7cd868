r"""**Tight.** No limit is needed: the global minimisers at a finite regularisation lambda (ours).

Uniform class weights :math:`\tau` (odd p, p = 2, or k = 1), width at least that of the minimal construction.
For :math:`0 < \lambda < \gamma^*(p-1)/p` the global minimisers of

.. math:: L(\theta) = \mathrm{CE}(\theta) + \lambda \|\theta\|_{2,k+1}^{k+1}

are exactly the maximum-margin networks with :math:`\gamma^* \|\theta\|^{k+1} = \log((p-1)(\gamma^*/\lambda-1))`;
from :math:`\gamma^*(p-1)/p` on, the only one is 0.  The papers (Li24 Lemma 3.7, Morwani23 Theorem 1) have the
limit lambda -> 0.

Proof.  With margins :math:`m_\delta` over the n-1 wrong labels and their mean g', convexity of exp gives
:math:`\log(1+\sum_\delta e^{-m_\delta}) \ge \varphi(g')`, :math:`\varphi(s) = \log(1+(n-1)e^{-s})`, and convexity
of phi over the data :math:`\mathrm{CE} \ge \varphi(\mathbb{E} g')`.  phi decreases and
:math:`\mathbb{E} g' \le \gamma^* \|\theta\|^{k+1}`, so
:math:`L \ge \varphi(\gamma^* M) + \lambda M` with :math:`M = \|\theta\|^{k+1}`; equality holds iff all margins are
equal and the network is maximum-margin.  The right side is strictly convex in M: its minimum is above, and
it is at 0 iff :math:`-\gamma^*\varphi'(0) = \gamma^*(p-1)/p \le \lambda`.  :func:`convexity_facts` checks each claim.

Not uniform.  The loss with :math:`\log((n-1)\tau_\delta)` added to each wrong logit has the mean over
:math:`\tau` in place of the plain mean, and the statement holds verbatim if every :math:`\tau_\delta > 0`
(``weighted=True``).  The plain loss has another minimiser, found by a convex programme over the masses of
representations (:func:`predict_classwise`); it is in general not maximum-margin.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy
from scipy.optimize import brentq
from scipy.special import expit, log_expit

from theory.errors import InputError, require_integer
from theory.margin import max_margin_float, single_neuron_value
from theory.modulus import class_weights


@dataclass(frozen=True)
class Prediction:
    r"""A global minimiser at lambda.

    Attributes:
        lambda_: the regularisation strength.
        power: r of the penalty lambda ||theta||^r.
        loss: cross-entropy plus penalty.
        cross_entropy: the first part.
        mass: :math:`\|\theta\|_{2,k+1}^{k+1}`.
        norm: :math:`\|\theta\|_{2,k+1}`.
        margin: normalised margin, ``None`` for the zero network.
        scale: margin before normalisation, margin times mass; 0 for the zero network.
        threshold: the lambda from which the zero network is a global minimiser; ``inf`` if there is none.
    """

    lambda_: float
    power: float
    loss: float
    cross_entropy: float
    mass: float
    norm: float
    margin: float | None
    scale: float
    threshold: float


def predict(k: int, p: int, lambda_: float, power: float | None = None, weighted: bool = False) -> Prediction:
    r"""The global minimum of cross-entropy + lambda ||theta||^r on k-input addition modulo p.

    Every power r has the same minimising directions; with s = r/(k+1) the mass M minimises
    :math:`\varphi(\gamma^* M) + \lambda M^s`.  s = 1: closed form.  s > 1: one minimiser, positive for every
    lambda.  s < 1 (Li24 prints r = 1): 0 is always a strict local minimum, and the global one jumps from it to
    a positive mass as lambda falls below :func:`jump`; at the jump both are minimal and the positive one is
    returned.

    Args:
        k: number of inputs, at least 1.
        p: modulus, at least 2.
        lambda_: regularisation strength, positive and finite.
        power: r, positive; k+1 by default.
        weighted: predict for the tau-weighted loss, which every modulus allows.

    Raises:
        InputError: for other arguments; for the plain loss where the class weights are not uniform (even p
            above 2 at k >= 2): use :func:`predict_cyclic` there.
    """
    gamma = max_margin_float(k, p)
    weights = class_weights(k, p)
    if not weighted and len(set(weights[1:])) > 1:
        raise InputError(f"p must be odd (or 2) unless the loss is weighted by tau; got {p}")
    lambda_ = _positive("lambda", lambda_)
    power = float(k + 1) if power is None else _positive("power", power)
    s = power / (k + 1)
    if s == 1:
        threshold = gamma * (p - 1) / p
        scale = float(np.log1p(max(p * (threshold - lambda_) / lambda_, 0.0)))
    elif s > 1:
        threshold = float("inf")
        scale = _stationary(p, lambda_ / gamma**s, s)
    else:
        threshold = jump(k, p, power)
        scale = _stationary(p, lambda_ / gamma**s, s) if lambda_ <= threshold else 0.0
    mass = scale / gamma
    cross_entropy = _phi(p, scale)
    return Prediction(
        lambda_=lambda_,
        power=power,
        loss=cross_entropy + lambda_ * mass**s,
        cross_entropy=cross_entropy,
        mass=mass,
        norm=mass ** (1 / (k + 1)),
        margin=gamma if mass > 0 else None,
        scale=scale,
        threshold=threshold,
    )


def jump(k: int, p: int, power: float) -> float:
    r"""The lambda at which the global minimum leaves 0, for a power r below k+1.

    .. math:: \lambda_c = \max_M \frac{\log p - \varphi(\gamma^* M)}{M^s}, \qquad s = \frac{r}{k+1} < 1.

    The maximum is the only stationary point: there both :math:`F = \varphi(\gamma^* M) + \lambda M^s` and its
    derivative agree with the zero network, F has at most one local minimum besides 0, and its height above
    log p increases with lambda.

    Raises:
        InputError: unless 0 < power < k+1.
    """
    gamma = max_margin_float(k, p)
    if not 0 < power < k + 1:
        raise InputError(f"power must lie between 0 and k+1 = {k + 1} for a jump; got {power}")
    s = power / (k + 1)
    x = _root(lambda x: x * _slope(p, x) - s * _drop(p, x))
    return _drop(p, x) * (gamma / x) ** s


def _positive(name: str, value: float) -> float:
    if not (isinstance(value, int | float) and 0 < value < np.inf):
        raise InputError(f"{name} must be a positive finite number; got {value!r}")
    return float(value)


def _phi(p: int, x: float) -> float:
    """log(1 + (p-1) e^-x)."""
    return float(np.logaddexp(0.0, np.log(p - 1) - x))


def _drop(p: int, x: float) -> float:
    """phi(0) - phi(x), without cancellation near 0."""
    return float(-np.log1p((p - 1) / p * np.expm1(-x)))


def _slope(p: int, x: float) -> float:
    """-phi'(x)."""
    return float(expit(np.log(p - 1) - x))


def _stationary(p: int, lambda_: float, s: float) -> float:
    r"""The largest x with :math:`\varphi'(x) + \lambda s x^{s-1} = 0` (in units where gamma* is 1).

    It is a root of :math:`x^{1-s} (-\varphi'(x)) = \lambda s`.  For s > 1 the left side decreases, so there is
    one root; for s < 1 it rises until :math:`x (1 + \varphi'(x)) = 1 - s` and falls afterwards: the root sought
    is right of that peak.
    """

    def excess(x: float) -> float:
        return (1 - s) * np.log(x) + log_expit(np.log(p - 1) - x) - np.log(lambda_ * s)

    if s > 1:
        return _root(excess)
    peak = _root(lambda x: 1 - s - x * (1 - _slope(p, x)))
    return _root(excess, peak)


def _root(function: Callable[[float], float], left: float = 1e-300) -> float:
    """The root of a function that is positive at ``left`` and negative from some point on."""
    right = max(2 * left, 1.0)
    while function(right) > 0:
        left, right = right, 2 * right
        if right > 1e6:
            raise InputError("lambda is too small to resolve in floating point")
    assert function(left) >= 0
    return float(brentq(function, left, right, xtol=1e-300, rtol=8.9e-16, maxiter=500))


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

    .. math:: \min_{x \ge 0}\ \log\Bigl(1 + \sum_{\delta \ne e}
       e^{-\sum_V x_V (1 - \chi_V(\delta)/D_V)}\Bigr) + \lambda \sum_V \frac{x_V}{c_V}

    where V runs over the non-trivial real irreducible representations.  0 is optimal iff
    :math:`\lambda \ge \max_V c_V`.  The solver's point is accepted by its own duality gap.

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
    lambda_ = _positive("lambda", lambda_)
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
    """
    require_integer("k", k, 1)
    require_integer("p", p, 2)
    frequencies = np.arange(1, p // 2 + 1)
    ratios = np.cos(2 * np.pi / p * (np.outer(frequencies, np.arange(1, p)) % p))
    orders = np.where(2 * frequencies == p, 2, 3)
    worth = {order: float(single_neuron_value(k, p, order).evalf(30)) for order in (2, 3)}
    return predict_classwise(ratios, np.array([worth[int(order)] for order in orders]), lambda_, k)


def convexity_facts(p: int | None = None) -> dict[str, bool]:
    r"""The exact statements of the proof, in letters (n = p as a symbol unless given).

    * exp lies above its tangents: :math:`e^{-m} - e^{-c}(1-(m-c)) \ge 0`, with value and slope zero at m = c and
      second derivative :math:`e^{-m} > 0`; summed with mean c it is Jensen's inequality.
    * :math:`\varphi'' = (n-1)e^{-s}/(1+(n-1)e^{-s})^2 > 0`, and :math:`\varphi' < 0`.
    * the derivative of :math:`\varphi(\gamma M) + \lambda M` vanishes at
      :math:`M = \log((n-1)(\gamma/\lambda-1))/\gamma`, which is zero at :math:`\lambda = \gamma(n-1)/n`.
    """
    q = sympy.Symbol("q", positive=True) if p is None else sympy.Integer(p - 1)
    m, c, s = sympy.symbols("m c s", real=True)
    gamma, rate, excess = sympy.symbols("gamma lambda epsilon", positive=True)
    tangent = sympy.exp(-m) - sympy.exp(-c) * (1 - (m - c))
    phi = sympy.log(1 + q * sympy.exp(-s))
    curvature = q * sympy.exp(-s) / (1 + q * sympy.exp(-s)) ** 2
    slope = -q * sympy.exp(-s) / (1 + q * sympy.exp(-s))
    # gamma = lambda + epsilon keeps the logarithm's argument positive.
    scale = sympy.log(q * ((rate + excess) / rate - 1))
    derivative = (rate + excess) * slope.subs(s, scale) + rate
    return {
        "exp touches its tangent": tangent.subs(m, c) == 0 and sympy.diff(tangent, m).subs(m, c) == 0,
        "exp is convex": bool(sympy.diff(tangent, m, 2).is_positive),
        "phi decreases": sympy.simplify(sympy.diff(phi, s) - slope) == 0 and bool((-slope).is_positive),
        "phi is convex": sympy.simplify(sympy.diff(phi, s, 2) - curvature) == 0 and bool(curvature.is_positive),
        "the scale is stationary": sympy.simplify(derivative) == 0,
        "the threshold": sympy.simplify(q * (gamma / (gamma * q / (q + 1)) - 1) - 1) == 0
        and sympy.simplify(-gamma * slope.subs(s, 0) - gamma * q / (q + 1)) == 0,
    }


def jensen_gap(outputs_margins: np.ndarray, tau: np.ndarray | None = None) -> float:
    r"""CE minus its lower bound phi(mean margin), at least 0: the numerical twin of the two convexity steps.

    Args:
        outputs_margins: margins over each wrong label, shape (inputs, n - 1).
        tau: class weights of the wrong labels, shape (n - 1,), uniform by default; the loss is weighted by it.
    """
    wrong = outputs_margins.shape[-1]
    tau = np.full(wrong, 1 / wrong) if tau is None else tau
    loss = np.log1p(wrong * (tau * np.exp(-outputs_margins)).sum(axis=-1)).mean()
    return float(loss - _phi(wrong + 1, float((outputs_margins @ tau).mean())))
