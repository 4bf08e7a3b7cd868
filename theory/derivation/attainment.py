r"""Steps 8 and 9: the value of the bound, and a network that attains it (Li24 G.3; ours at even p).

The network here is the minimal construction (``theory.derivation.sum_to_product``) written down in floats, on
its own, so that ``theory.construction`` has a twin.
"""

from itertools import product
from math import prod

import numpy as np
import sympy

from theory.derivation.single_neuron import objective
from theory.derivation.step import Result, equal, exact
from theory.derivation.sum_to_product import minimal_construction, output_values
from theory.margin import (
    frequency_masses,
    margin_formula,
    max_margin_float,
    order_two_discount,
    single_neuron_value,
)
from theory.task import Task, normalised_margin


def bound_value(k: int, p: int, b: sympy.Expr) -> sympy.Expr:
    r"""What steps 1 to 7 leave, exact: :math:`\frac{k!}{p^{k+1}}\, 2b (\frac{p}{2(k+1)})^{(k+1)/2}`."""
    square = sympy.Rational(p, 2 * (k + 1)) ** (k + 1)
    return sympy.expand(sympy.factorial(k) * 2 * b / sympy.Integer(p) ** (k + 1) * sympy.sqrt(square))


def value(k: int, p: int, gaps: dict[int, sympy.Expr | None], gamma: sympy.Expr) -> Result:
    """Proves that the bound is gamma*: for symbolic k and p of both parities, and at this (k, p)."""
    facts = [symbolic_value(odd=True), symbolic_value(odd=False)]
    b = gaps[1] if p > 2 or gaps[1] is None else gaps[1] / order_two_discount(k)
    facts.append(b is not None and sympy.expand(sympy.radsimp(bound_value(k, p, b) - gamma)) == 0)
    return exact(facts.count(False), len(facts), "odd p, even p, and this p", "symbolic")


def symbolic_value(odd: bool) -> bool:
    r"""Whether :math:`\frac{k!}{p^{k+1}}\, 2b (\frac{p}{2(k+1)})^{(k+1)/2}` is gamma* in letters."""
    k, p = sympy.symbols("k p", positive=True)
    count = p - 1 if odd else p - 2 + 2 ** ((1 - k) / 2)
    bound = 2 * sympy.factorial(k) * p / count / p ** (k + 1) * (p / (2 * (k + 1))) ** ((k + 1) / 2)
    ratio = bound / margin_formula(k, p, odd)
    return sympy.simplify(sympy.expand_power_base(sympy.powsimp(ratio), force=True)) == 1


def attained(k: int, p: int, gamma: sympy.Expr, masses: dict[int, sympy.Expr] | None = None) -> Result:
    r"""Proves that the minimal construction has margin gamma* at every input and against every wrong label.

    Frequency zeta contributes :math:`\lambda_\zeta c_\zeta \cos(2\pi\zeta x/p)` at label distance x (the
    minimal construction's identity; at p/2 polarisation alone), these factors are
    :math:`2\gamma^*/p`, half of it at p/2, and the cosines add up to (p 1[x = 0] - 1)/2.

    Args:
        k: 1 to 8.
        p: modulus.
        gamma: the margin to attain.
        masses: {zeta: lambda}, by default those of ``theory.margin.frequency_masses``.
    """
    masses = frequency_masses(k, p) if masses is None else masses
    facts = [minimal_construction(k).ok]
    values = output_values(p)
    facts.append(all(values[0] - other == p for other in values[1:]))
    facts.append(sympy.expand(sum(masses.values())) == 1)
    for zeta, mass in masses.items():
        order, count = (2, 1) if 2 * zeta == p else (3, 2)
        factor = mass * single_neuron_value(k, p, order)
        facts.append(sympy.expand(sympy.radsimp(factor - count * gamma / p)) == 0)
    return exact(facts.count(False), len(facts), "the construction, the outputs and each frequency's mass")


def minimal_network(k: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    """The minimal construction in floats, norm 1: u of shape (m, k, p) and w of shape (m, p).

    m = (k+1) 2^{k-1} for each frequency below p/2, and 2^{k-1} for p/2.
    """
    signs = [np.array((1, *rest)) for rest in product((1, -1), repeat=k - 1)]
    x = np.arange(p)
    neurons = []
    for zeta, mass in frequency_masses(k, p).items():
        nodes = [0.0] if 2 * zeta == p else [np.pi * j / (k + 1) for j in range(k + 1)]
        size = (float(mass) / (len(nodes) * len(signs))) ** (1 / (k + 1))
        for t, s in product(nodes, signs):
            wave = np.cos(t + 2 * np.pi * zeta * x / p)
            neuron = np.vstack([s[:, None] * wave, prod(s) * np.cos(k * t + 2 * np.pi * zeta * x / p)])
            neurons.append(size * neuron / np.linalg.norm(neuron))
    stack = np.array(neurons)
    return stack[:, :k], stack[:, k]


def value_numerical(task: Task, seed: int) -> Result:
    """Step 8 by ascent: the best class-weighted margin of one neuron over the unit sphere is gamma*.

    The objective is linear in each of the k+1 vectors, so each in turn is replaced by its best (the power
    method for tensors), from several random starts.
    """
    k, p = task.k, task.n
    gap = 1 - np.fft.fft(task.tau).real
    generator = np.random.default_rng(seed)
    best = -np.inf
    for _ in range(20):
        neuron = generator.normal(size=(k + 1, p))
        for _ in range(60):
            for i in range(k + 1):
                neuron[i] = _best_vector(neuron, i, gap)
        best = max(best, float(objective(neuron[None, :k], neuron[None, k], task.tau)[0]))
    return equal(best / max_margin_float(k, p), 1.0, 1e-9, f"best of 20 ascents, {task.name}")


def _best_vector(neuron: np.ndarray, i: int, gap: np.ndarray) -> np.ndarray:
    """The vector of squared norm 1/(k+1) that maximises the objective when the others are kept."""
    k = len(neuron) - 1
    hats = np.fft.fft(neuron)
    hats[k] = hats[k].conj()
    others = np.delete(hats, i, axis=0).prod(axis=0) * gap
    others[0] = 0.0
    vector = np.fft.ifft(others if i == k else others.conj()).real
    return vector / np.linalg.norm(vector) / np.sqrt(k + 1)


def attained_numerical(task: Task) -> Result:
    """Step 9 by enumeration: the normalised margin of the network in floats over gamma*."""
    u, w = minimal_network(task.k, task.n)
    ratio = normalised_margin(task, u, w) / max_margin_float(task.k, task.n)
    return equal(ratio, 1.0, 1e-10, f"{len(w)} neurons on all inputs, {task.name}")
