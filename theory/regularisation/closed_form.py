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
it is at 0 iff :math:`-\gamma^*\varphi'(0) = \gamma^*(p-1)/p \le \lambda`.  ``theory.regularisation.convexity`` checks
each claim.

Other powers, :math:`\lambda \|\theta\|^r`, s = r/(k+1). Proof. The same steps give
:math:`L \ge F(M) = \varphi(\gamma^* M) + \lambda M^s`, for M > 0 with equality iff the network is maximum-margin: the
minimisers are the maximum-margin networks whose M minimises F, and 0 where F is least at 0. s > 1: :math:`F'(0) < 0`,
so 0 is never one, and F is strictly convex: one M. s < 1:
:math:`\varphi(\gamma^* M) \ge \log n - \gamma^* M (n-1)/n`, the tangent at 0, so :math:`F(M) > F(0)` for small M > 0,
and 0 is a strict local minimum at every :math:`\lambda`. It is the global one iff :math:`\lambda \ge \lambda_c`, the
supremum of :math:`(\log n - \varphi(\gamma^* M))/M^s`. By the tangent this quotient goes to 0 at 0, and its numerator
is below log n, so it goes to 0 at infinity: :math:`\lambda_c` is finite and attained at some M > 0, to which the
minimum jumps. Below it F, which grows without bound, is least at some M > 0.

Not uniform.  The loss with :math:`\log((n-1)\tau_\delta)` added to each wrong logit has the mean over
:math:`\tau` in place of the plain mean, and the statement holds verbatim if every :math:`\tau_\delta > 0`
(``weighted=True``).  Where some :math:`\tau_\delta = 0` (never on Z_p) the loss does not see the wrong label: the
predicted loss and norm stay right and every maximum-margin network is a minimiser, but minimisers with a smaller
margin over that label may exist.  The plain loss has other minimisers: ``theory.regularisation.classwise``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_expit

from theory.errors import InputError
from theory.margin import max_margin_float
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
    """The global minimum of cross-entropy + lambda ||theta||^r on k-input addition modulo p.

    Args:
        k: number of inputs, at least 1.
        p: modulus, at least 2.
        lambda_: regularisation strength, positive and finite.
        power: r, positive; k+1 by default.
        weighted: predict for the tau-weighted loss, which every modulus allows.

    Raises:
        InputError: for other arguments; for the plain loss where the class weights are not uniform (even p
            above 2 at k >= 2): use ``predict_cyclic`` there.

    Examples:
        >>> found = predict(2, 5, 0.01)
        >>> round(found.loss, 6), round(found.norm, 6)
        (1.08879, 4.102258)
        >>> predict(2, 5, 0.03).norm  # above gamma* (p-1)/p = 0.0243: the zero network
        0.0
    """
    gamma = max_margin_float(k, p)
    if not weighted and len(set(class_weights(k, p)[1:])) > 1:
        raise InputError(f"p must be odd (or 2) unless the loss is weighted by tau; got {p}")
    return predict_from_margin(gamma, p, k, lambda_, power)


def predict_from_margin(gamma: float, n: int, k: int, lambda_: float, power: float | None = None) -> Prediction:
    r"""The same for any task with n labels and maximum margin gamma, its loss weighted by its class weights.

    Every power r has the same minimising directions; with s = r/(k+1) the mass M minimises
    :math:`\varphi(\gamma^* M) + \lambda M^s`.  s = 1: closed form.  s > 1: one minimiser, positive for every
    lambda.  s < 1 (Li24 prints r = 1): 0 is always a strict local minimum, and the global one jumps from it to
    a positive mass as lambda falls below :func:`jump`; at the jump both are minimal and the positive one is
    returned.

    Raises:
        InputError: for lambda or power out of range.
    """
    lambda_ = positive("lambda", lambda_)
    power = float(k + 1) if power is None else positive("power", power)
    s = power / (k + 1)
    if s == 1:
        threshold = gamma * (n - 1) / n
        scale = float(np.log1p(max(n * (threshold - lambda_) / lambda_, 0.0)))
    elif s > 1:
        threshold = float("inf")
        scale = _stationary(n, log(lambda_) - s * log(gamma), s)
    else:
        threshold = jump(gamma, n, s)
        scale = _stationary(n, log(lambda_) - s * log(gamma), s) if lambda_ <= threshold else 0.0
    mass = scale / gamma
    cross_entropy = phi(n, scale)
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


def jump(gamma: float, n: int, s: float) -> float:
    r"""The lambda at which the global minimum leaves 0, for a penalty lambda M^s, s = r/(k+1) < 1.

    .. math:: \lambda_c = \max_M \frac{\log n - \varphi(\gamma^* M)}{M^s}

    The maximum is the only stationary point: there both :math:`F = \varphi(\gamma^* M) + \lambda M^s` and its
    derivative agree with the zero network, F has at most one local minimum besides 0, and its height above
    log n increases with lambda.

    Raises:
        InputError: unless 0 < s < 1.

    Examples:
        >>> round(jump(max_margin_float(2, 5), 5, 1 / 3), 6)  # the penalty lambda ||theta||: from here on 0 wins
        0.309134
    """
    if not 0 < s < 1:
        raise InputError(f"a jump needs a power between 0 and k+1; got {s} times k+1")
    x = _root(lambda x: x * _slope(n, x) - s * _drop(n, x))
    return _drop(n, x) * (gamma / x) ** s


def positive(name: str, value: float) -> float:
    """``value`` if it is a positive finite number.

    Raises:
        InputError: naming the requirement and the value.
    """
    if not (isinstance(value, int | float) and 0 < value < np.inf):
        raise InputError(f"{name} must be a positive finite number; got {value!r}")
    return float(value)


def phi(n: int, x: float) -> float:
    """log(1 + (n-1) e^-x)."""
    return float(np.logaddexp(0.0, log(n - 1) - x))


def _drop(n: int, x: float) -> float:
    """phi(0) - phi(x), without cancellation near 0."""
    return float(-np.log1p((n - 1) / n * np.expm1(-x)))


def _slope(n: int, x: float) -> float:
    """-phi'(x)."""
    return float(expit(log(n - 1) - x))


def _stationary(n: int, log_lambda: float, s: float) -> float:
    r"""The largest x with :math:`\varphi'(x) + \lambda s x^{s-1} = 0` (in units where gamma* is 1).

    It is a root of :math:`x^{1-s} (-\varphi'(x)) = \lambda s`.  For s > 1 the left side decreases, so there is
    one root; for s < 1 it rises until :math:`x (1 + \varphi'(x)) = 1 - s` and falls afterwards: the root sought
    is right of that peak (which for s > 1 is nowhere: the search then starts at the smallest number).
    """

    def excess(x: float) -> float:
        return (1 - s) * log(x) + log_expit(log(n - 1) - x) - log_lambda - log(s)

    peak = _root(lambda x: 1 - s - x * (1 - _slope(n, x)))
    return _root(excess, peak)


def _root(function: Callable[[float], float], left: float = 1e-300) -> float:
    """The root of a function that is positive below it and negative above; ``left`` if no float is below it."""
    if function(left) <= 0:
        return left
    right = max(2 * left, 1.0)
    while function(right) > 0:
        left, right = right, 2 * right
    return float(brentq(function, left, right, xtol=1e-300, rtol=8.9e-16, maxiter=500))
