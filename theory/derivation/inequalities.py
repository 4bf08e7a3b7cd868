r"""Steps 5 to 7, the three places where margin is lost: phases, balance, concentration (Li24 F.8).

Each is proved in letters and measured twice: on random neurons the left side is smaller, and on the neuron
that the equality case describes it is equal.
"""

from math import factorial

import numpy as np
import sympy

from theory.derivation.single_neuron import (
    amplitudes,
    energies,
    multiplicities,
    paired_objective,
    random_neurons,
)
from theory.derivation.step import Result, exact
from theory.task import Task


def cosine_at_most_one() -> Result:
    r"""Proves :math:`1 - \cos x = 2 \sin^2(x/2)`."""
    x = sympy.Symbol("x", real=True)
    wrong = sympy.simplify(sympy.expand_trig((1 - sympy.cos(2 * x)) - 2 * sympy.sin(x) ** 2)) != 0
    return exact(int(wrong), 1, "1 - cos x is twice a square", "symbolic")


def balance(k: int, size: int | None = None) -> Result:
    r"""Proves AM-GM for k+1 squared amplitudes: :math:`\prod_i t_i^{1/2} \le (\sum_i t_i/(k+1))^{(k+1)/2}`.

    With the mean scaled to 1 it says :math:`\sum \log t_i \le 0`, and :math:`\log t \le t - 1` (the
    difference vanishes with its derivative at 1 and has second derivative 1/t^2 > 0) turns the sum into
    :math:`\sum (t_i - 1) = 0`.  Equality iff all are equal.

    Args:
        k: number of inputs.
        size: the number of terms that the mean divides by, k+1 by default (others must fail).
    """
    size = k + 1 if size is None else size
    t = sympy.Symbol("t", positive=True)
    gap = t - 1 - sympy.log(t)
    terms = sympy.symbols(f"t1:{k + 2}", positive=True)
    mean = sum(terms) / sympy.Integer(size)
    facts = [
        gap.subs(t, 1) == 0,
        sympy.diff(gap, t).subs(t, 1) == 0,
        bool(sympy.diff(gap, t, 2).is_positive),
        sympy.simplify(sum(term / mean - 1 for term in terms)) == 0,
    ]
    return exact(facts.count(False), len(facts), f"the tangent of log, summed over {k + 1} terms", "symbolic")


def concentration(k: int, weights: list[sympy.Expr | None] | None = None) -> Result:
    r"""Proves that one frequency is best: :math:`\sum_j y_j^{(k+1)/2} \le (\sum_j y_j)^{(k+1)/2}`.

    With :math:`y_j/\sum y = v^2`, v in [0, 1], it is
    :math:`v^2 - v^{k+1} = v^2 (1-v)(1 + v + \dots + v^{k-2}) \ge 0`: strict inside for k >= 2; for k = 1 the last
    factor is empty and nothing forces one frequency.

    Args:
        k: number of inputs.
        weights: the factors with which the frequencies enter the sum; they must be equal (at even p that is
            what the class weights are for).
    """
    v = sympy.Symbol("v")
    quotient, remainder = sympy.div(v**2 - v ** (k + 1), v**2 * (1 - v), v)
    coefficients = sympy.Poly(quotient, v).all_coeffs()
    facts = [
        remainder == 0,
        all(coefficient >= 0 for coefficient in coefficients),
        (quotient != 0) == (k >= 2),
        weights is None or len({weight and sympy.expand(weight) for weight in weights}) == 1,
    ]
    return exact(facts.count(False), len(facts), "a polynomial with non-negative coefficients", "symbolic")


def concentration_weights(k: int, p: int, gaps: dict[int, sympy.Expr | None]) -> list[sympy.Expr | None]:
    r"""The factor of :math:`y_j^{(k+1)/2}` for each frequency, with :math:`y_j = m_j z_j/2`, exact.

    :math:`m_j` = 2, or 1 at j = p/2; the factor is :math:`m_j (1-\hat\tau(j)) (2/m_j)^{(k+1)/2}`.
    """
    factors = []
    for j, gap in gaps.items():
        m = 1 if 2 * j == p else 2
        factors.append(None if gap is None else m * gap * sympy.sqrt(sympy.Rational(2, m) ** (k + 1)))
    return list(dict.fromkeys(factors))


def aligned(u: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The neurons with the output phases replaced by the sums of the input phases."""
    u_hat, w_hat = np.fft.fft(u), np.fft.fft(w)
    product = u_hat.prod(axis=-2)
    return u, np.fft.ifft(np.abs(w_hat) * product / np.abs(product)).real


def balanced(u: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The neurons with every input's amplitudes replaced by the output's, without mean."""
    u_hat, w_hat = np.fft.fft(u), np.fft.fft(w)
    magnitude = np.abs(w_hat)
    magnitude[..., 0] = 0.0
    u = np.fft.ifft(u_hat / np.abs(u_hat) * magnitude[..., None, :]).real
    return u, np.fft.ifft(w_hat / np.abs(w_hat) * magnitude).real


def concentrated(u: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The neurons with all frequencies but one removed; neuron i keeps frequency 1 + i mod floor(p/2)."""
    p = w.shape[-1]
    kept = 1 + np.arange(len(w)) % (p // 2)
    j = np.arange(p)
    mask = (j == kept[:, None]) | (j == p - kept[:, None])
    return np.fft.ifft(np.fft.fft(u) * mask[:, None]).real, np.fft.ifft(np.fft.fft(w) * mask).real


def phases_numerical(task: Task, tau: np.ndarray, seed: int) -> Result:
    """Step 5: the objective over the sum of its amplitudes."""
    k, p = task.k, task.n

    def ratio(u: np.ndarray, w: np.ndarray) -> np.ndarray:
        total = (multiplicities(p) * amplitudes(u, w, tau)).sum(axis=-1)
        return paired_objective(u, w, tau) / (factorial(k) / p ** (k + 1) * total)

    neurons = random_neurons(k, p, 32, seed)
    return _bound(ratio(*neurons), ratio(*aligned(*neurons)), f"aligned phases, {task.name}")


def balance_numerical(task: Task, tau: np.ndarray, seed: int) -> Result:
    """Step 6: the sum of the amplitudes over the sum of the powers of the energies."""
    k, p = task.k, task.n

    def ratio(u: np.ndarray, w: np.ndarray) -> np.ndarray:
        total = (multiplicities(p) * amplitudes(u, w, tau)).sum(axis=-1)
        return total / _powers(u, w, tau).sum(axis=-1)

    neurons = random_neurons(k, p, 32, seed)
    return _bound(ratio(*neurons), ratio(*balanced(*neurons)), f"equal amplitudes, {task.name}")


def concentration_numerical(task: Task, tau: np.ndarray, seed: int) -> Result:
    r"""Step 7: the sum of the powers over :math:`2b (p\|\omega\|^2/(2(k+1)))^{(k+1)/2}`."""
    k, p = task.k, task.n
    gap = 1 - np.fft.fft(tau).real[1]
    b = gap if p > 2 else gap * 2 ** ((k - 1) / 2)

    def ratio(u: np.ndarray, w: np.ndarray) -> np.ndarray:
        squared = (u**2).sum(axis=(-2, -1)) + (w**2).sum(axis=-1)
        return _powers(u, w, tau).sum(axis=-1) / (2 * b * (p * squared / (2 * (k + 1))) ** ((k + 1) / 2))

    neurons = random_neurons(k, p, 32, seed)
    return _bound(ratio(*neurons), ratio(*concentrated(*neurons)), f"one frequency, {task.name}")


def _powers(u: np.ndarray, w: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """m_j (1 - tau^(j)) (z_j/(k+1))^{(k+1)/2}, j = 1..floor(p/2): shape (count, p // 2)."""
    k, p = u.shape[-2:]
    half = slice(1, p // 2 + 1)
    gap = (1 - np.fft.fft(tau).real)[half]
    return multiplicities(p) * gap * (energies(u, w)[..., half] / (k + 1)) ** ((k + 1) / 2)


def _bound(ratios: np.ndarray, tight: np.ndarray, detail: str) -> Result:
    """At most 1 on every random neuron, 1 on every neuron of the equality case."""
    worst = float(tight[np.argmax(np.abs(tight - 1))])
    error = max(float(ratios.max()) - 1, abs(worst - 1))
    detail = f"{detail}: 1 where tight; at most {ratios.max():.3f} on random neurons"
    return Result(worst, 1.0, error, 1e-9, error <= 1e-9, "measured", detail)
