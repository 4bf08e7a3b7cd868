"""Morwani23 Theorem 8, sparse parity, and its uniqueness (ours)."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy.optimize import minimize

from theory import parity
from verify.result import at_most, close, proved

MAIN, UNIQUE = "Morwani23:Theorem 8", "Ours:sparse parity"


@pytest.mark.statement(MAIN)
@pytest.mark.parametrize(("n", "k"), [(5, 2), (5, 3), (6, 4), (7, 5), (30, 6), (30, 8)])
def test_the_network_attains_the_value(n, k, check):
    network = parity.construct(n, k)
    check(proved(MAIN, "2^(k-1) neurons", len(network.neurons) == 2 ** (k - 1)))
    check(proved(MAIN, "norm 1, form of every neuron, equal masses", parity.failures(network) == []))
    check(proved(MAIN, "the margin is gamma* at every input", parity.margin_polynomial(network) == {(): 1}))
    if n <= 7:
        measured = parity.normalised_margin(*parity.weights(network), network.support)
        check(close(MAIN, "enumeration", measured, float(parity.max_margin(n, k)), 1e-12))


@pytest.mark.statement(MAIN)
def test_the_values_and_the_value_of_one_neuron(check):
    for k, value in ((2, 0.5443310540), (3, 0.5303300859), (4, 0.6071573108), (5, 0.7856742013)):
        check(close(MAIN, f"gamma*, k={k}", float(parity.max_margin(10, k)), value, 1e-9))
    # One neuron, by search: maximise k! prod u_j (w.b) over the unit ball, w = v b / sqrt(2).
    for k in (2, 3, 4):
        scale = float(sympy.factorial(k)) * np.sqrt(2)

        def worth(x, scale=scale):
            return -scale * abs(x.prod()) / np.linalg.norm(x) ** len(x)

        best = min(minimize(worth, np.random.default_rng(s).normal(size=k + 1), tol=1e-14).fun for s in range(5))
        check(close(MAIN, f"best neuron by search, k={k}", -best, float(parity.max_margin(k, k)), 1e-9))


@pytest.mark.statement(MAIN)
def test_conditions_on_float_weights(check):
    network = parity.construct(8, 3, (1, 4, 6))
    found = parity.conditions(*parity.weights(network), network.support)
    worst = max(found.off_support, found.unbalanced, found.off_span, found.uneven)
    check(close(MAIN, "support, balance, span and masses", worst, 0.0, 1e-12))
    check(proved(MAIN, "signs", found.signs))
    u, w = np.random.default_rng(0).normal(size=(12, 8)), np.random.default_rng(1).normal(size=(12, 2))
    measured = parity.normalised_margin(u, w, network.support)
    check(at_most(MAIN, "a random network is below gamma*", measured, float(parity.max_margin(8, 3))))


@pytest.mark.statement(UNIQUE)
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_every_sign_class_is_needed(k, check):
    network = parity.construct(k + 2, k)
    check(proved(UNIQUE, "all equal: maximum-margin", parity.failures(network) == []))
    first, second, *rest = network.neurons
    step = Fraction(1, 1000)
    uneven = (replace(first, mass=first.mass + step), replace(second, mass=second.mass - step), *rest)
    merged = (replace(first, mass=first.mass + second.mass), *rest)
    halves = (replace(first, mass=first.mass / 2), replace(first, mass=first.mass / 2), second, *rest)
    cases = (("moved mass", uneven, False), ("a class left out", merged, False), ("a neuron split", halves, True))
    for label, neurons, optimal in cases:
        other = replace(network, neurons=neurons)
        constant = parity.margin_polynomial(other) == {(): 1}
        check(proved(UNIQUE, f"{label}: decided", (parity.failures(other) == []) is optimal))
        check(proved(UNIQUE, f"{label}: the margin polynomial agrees", constant is optimal))
