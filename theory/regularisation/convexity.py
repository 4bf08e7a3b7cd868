r"""The convexity behind the closed form, as exact statements, and its numerical twin."""

import numpy as np
import sympy

from theory.regularisation.closed_form import phi


def convexity_facts(multiplier: int = 1) -> dict[str, bool]:
    r"""The exact statements of the proof, in letters, for every number n of labels.

    * exp lies above its tangents: :math:`e^{-m} - e^{-c}(1-(m-c)) \ge 0`, with value and slope zero at m = c and
      second derivative :math:`e^{-m} > 0`; summed with mean c it is Jensen's inequality.
    * :math:`\varphi'' = (n-1)e^{-s}/(1+(n-1)e^{-s})^2 > 0`, and :math:`\varphi' < 0`.
    * the derivative of :math:`\varphi(\gamma M) + \lambda M` vanishes at
      :math:`M = \log((n-1)(\gamma/\lambda-1))/\gamma`, which is zero at :math:`\lambda = \gamma(n-1)/n`.

    Args:
        multiplier: factor on the argument of that logarithm (another than 1 must fail).
    """
    q = sympy.Symbol("q", positive=True)
    m, c, s = sympy.symbols("m c s", real=True)
    gamma, rate, excess = sympy.symbols("gamma lambda epsilon")
    tangent = sympy.exp(-m) - sympy.exp(-c) * (1 - (m - c))
    phi = sympy.log(1 + q * sympy.exp(-s))
    curvature = q * sympy.exp(-s) / (1 + q * sympy.exp(-s)) ** 2
    slope = -q * sympy.exp(-s) / (1 + q * sympy.exp(-s))
    # gamma = lambda + epsilon: the logarithm's argument is a multiple of epsilon.
    scale = sympy.log(multiplier * q * ((rate + excess) / rate - 1))
    derivative = (rate + excess) * slope.subs(s, scale) + rate
    return {
        "exp meets its tangent": tangent.subs(m, c) == 0,
        "with the tangent's slope": sympy.diff(tangent, m).subs(m, c) == 0,
        "exp is convex": bool(sympy.diff(tangent, m, 2).is_positive),
        "the slope of phi": sympy.simplify(sympy.diff(phi, s) - slope) == 0,
        "phi decreases": bool((-slope).is_positive),
        "the curvature of phi": sympy.simplify(sympy.diff(phi, s, 2) - curvature) == 0,
        "phi is convex": bool(curvature.is_positive),
        "the scale is stationary": sympy.simplify(derivative) == 0,
        "the scale is zero at the threshold": sympy.simplify(q * (gamma / (gamma * q / (q + 1)) - 1) - 1) == 0,
        "the threshold is the slope at zero": sympy.simplify(-gamma * slope.subs(s, 0) - gamma * q / (q + 1)) == 0,
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
    return float(loss - phi(wrong + 1, float((outputs_margins @ tau).mean())))
