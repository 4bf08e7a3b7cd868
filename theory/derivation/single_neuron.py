r"""Steps 2 to 4: from the definition of the margin to a sum over frequencies (Li24 F.7, Morwani23 Theorem 7).

The class-weighted margin is linear in the neurons, so one neuron
:math:`\phi = (u_1(a_1)+\dots+u_k(a_k))^k w` is enough.  DFT: :math:`\hat f(j) = \sum_x f(x) e^{-2\pi ijx/p}`.
"""

from itertools import combinations, pairwise, product
from math import factorial, prod

import numpy as np
import sympy
from flint import Ordering, fmpz_mpoly_ctx

from theory.derivation.step import Result, equal, exact
from theory.task import Task, class_weighted_margins, logits


def full_monomials(k: int, degree: int | None = None) -> Result:
    """Proves, for every p, that u_1...u_k is the only monomial of the power that contains every u_i, k! times.

    Args:
        k: number of inputs.
        degree: degree of the activation, k by default (others must fail).
    """
    degree = k if degree is None else degree
    found = {}
    for cuts in combinations(range(1, degree), k - 1):
        exponents = tuple(b - a for a, b in pairwise((0, *cuts, degree)))
        found[exponents] = factorial(degree) // prod(map(factorial, exponents))
    wrong = found.keys() ^ {(1,) * k} or found[(1,) * k] != factorial(k)
    return exact(int(bool(wrong)), 1, f"monomials of degree {degree} with {k} positive exponents", "symbolic")


def spread_evenly(k: int, p: int, coefficient: int | None = None) -> Result:
    r"""Proves, with the weights as letters, that only :math:`k!\,u_1 \cdots u_k` tells the labels apart.

    .. math:: R_c = \sum_{a_1+\dots+a_k = c} \Bigl[\bigl(\sum_i u_i(a_i)\bigr)^k - k! \prod_i u_i(a_i)\Bigr]

    is the same polynomial for every label c: a monomial that misses some :math:`a_i` is summed over all
    :math:`a_i`, hence over all labels.  Nothing is assumed about the means of u and w.

    Args:
        k: number of inputs.
        p: modulus; the cost grows like p^k.
        coefficient: the multiple of :math:`u_1 \cdots u_k` to subtract, k! by default (others must fail).
    """
    coefficient = factorial(k) if coefficient is None else coefficient
    names = [f"u{i}_{a}" for i in range(k) for a in range(p)]
    letters = fmpz_mpoly_ctx.get(names, Ordering.lex).gens()
    rest = [0 * letters[0] for _ in range(p)]
    for a in product(range(p), repeat=k):
        u = [letters[i * p + a[i]] for i in range(k)]
        rest[sum(a) % p] += sum(u[1:], start=u[0]) ** k - coefficient * prod(u[1:], start=u[0])
    wrong = sum(polynomial != rest[0] for polynomial in rest)
    return exact(wrong, p, f"labels modulo {p} with the same polynomial in {k * p} letters", "symbolic")


def conjugate_pairing(k: int) -> Result:
    r"""Proves :math:`X + \bar X = 2 \prod_i r_i \cos(\sum_i \theta_i - \theta_w)`."""
    r = sympy.symbols(f"r1:{k + 2}", positive=True)
    theta = sympy.symbols(f"theta1:{k + 2}", real=True)
    phase = sum(theta[:k]) - theta[k]
    term = sympy.prod([r[i] * sympy.exp(sympy.I * theta[i]) for i in range(k)])
    term *= r[k] * sympy.exp(-sympy.I * theta[k])
    difference = term + sympy.conjugate(term) - 2 * sympy.prod(r) * sympy.cos(phase).rewrite(sympy.exp)
    wrong = sympy.powsimp(sympy.expand(difference)) != 0
    return exact(int(wrong), 1, "a term and its conjugate", "symbolic")


def random_neurons(k: int, p: int, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Gaussian neurons with non-zero means: u of shape (count, k, p), w of shape (count, p)."""
    generator = np.random.default_rng(seed)
    return generator.normal(0.3, 1.0, (count, k, p)), generator.normal(-0.2, 1.0, (count, p))


def spectra(u: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """DFTs along the last axis, same shapes."""
    return np.fft.fft(u), np.fft.fft(w)


def objective(u: np.ndarray, w: np.ndarray, tau: np.ndarray) -> np.ndarray:
    r"""The mean class-weighted margin of each neuron by the formula of step 2: shape (count,).

    .. math:: \frac{k!}{p^{k+1}} \sum_{j \ne 0} (1 - \hat\tau(j))\, \hat w(-j) \prod_i \hat u_i(j)
    """
    k, p = u.shape[-2:]
    u_hat, w_hat = spectra(u, w)
    gap = 1 - np.fft.fft(tau).real
    terms = gap * w_hat.conj() * u_hat.prod(axis=-2)
    return factorial(k) / p ** (k + 1) * terms[..., 1:].sum(axis=-1).real


def paired_objective(u: np.ndarray, w: np.ndarray, tau: np.ndarray) -> np.ndarray:
    r"""The same over 0 < j <= p/2, in amplitudes and phases, the order-two frequency once: shape (count,)."""
    k, p = u.shape[-2:]
    terms = multiplicities(p) * amplitudes(u, w, tau) * np.cos(phase_defects(u, w))
    return factorial(k) / p ** (k + 1) * terms.sum(axis=-1)


def multiplicities(p: int) -> np.ndarray:
    """How many of +-j differ, j = 1..floor(p/2): 2, and 1 at j = p/2.

    Examples:
        >>> multiplicities(6)
        array([2., 2., 1.])
    """
    j = np.arange(1, p // 2 + 1)
    return np.where(2 * j == p, 1.0, 2.0)


def amplitudes(u: np.ndarray, w: np.ndarray, tau: np.ndarray) -> np.ndarray:
    r""":math:`(1-\hat\tau(j)) |\hat w(j)| \prod_i |\hat u_i(j)|`, 0 < j <= p/2: shape (count, p // 2)."""
    u_hat, w_hat = spectra(u, w)
    half = slice(1, u.shape[-1] // 2 + 1)
    gap = 1 - np.fft.fft(tau).real
    return (gap * np.abs(w_hat) * np.abs(u_hat).prod(axis=-2))[..., half]


def phase_defects(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    r""":math:`\sum_i \arg\hat u_i(j) - \arg\hat w(j)`, j = 1..floor(p/2): shape (count, p // 2)."""
    u_hat, w_hat = spectra(u, w)
    defects = np.angle(u_hat).sum(axis=-2) - np.angle(w_hat)
    return defects[..., 1 : u.shape[-1] // 2 + 1]


def energies(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    r""":math:`z(j) = \sum_i |\hat u_i(j)|^2 + |\hat w(j)|^2`, j = 0..p-1: shape (count, p)."""
    u_hat, w_hat = spectra(u, w)
    return (np.abs(u_hat) ** 2).sum(axis=-2) + np.abs(w_hat) ** 2


def enumerated_objective(task: Task, u: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The mean class-weighted margin of each neuron by the definition, over all inputs: shape (count,)."""
    means = [class_weighted_margins(task, logits(u[i : i + 1], w[i : i + 1])).mean() for i in range(len(u))]
    return np.array(means)


def identity_numerical(task: Task, tau: np.ndarray, seed: int) -> Result:
    """Step 2 by enumeration on random neurons; ``tau`` enters the formula, ``task.tau`` the definition."""
    u, w = random_neurons(task.k, task.n, 4, seed)
    return _worst(enumerated_objective(task, u, w), objective(u, w, tau), f"enumeration, {task.name}")


def pairing_numerical(task: Task, tau: np.ndarray, seed: int) -> Result:
    """Step 3 on random neurons: two ways to add up the same frequencies."""
    u, w = random_neurons(task.k, task.n, 16, seed)
    return _worst(objective(u, w, tau), paired_objective(u, w, tau), f"random neurons, {task.name}")


def plancherel_numerical(task: Task, seed: int) -> Result:
    """Step 4 on random neurons: the energies add up to p times the squared norm."""
    u, w = random_neurons(task.k, task.n, 16, seed)
    squared = (u**2).sum(axis=(-2, -1)) + (w**2).sum(axis=-1)
    return _worst(energies(u, w).sum(axis=-1) / task.n, squared, f"random neurons, {task.name}")


def _worst(measured: np.ndarray, predicted: np.ndarray, detail: str) -> Result:
    worst = int(np.argmax(np.abs(measured - predicted) / np.maximum(np.abs(predicted), 1.0)))
    return equal(float(measured[worst]), float(predicted[worst]), 1e-10, detail)
