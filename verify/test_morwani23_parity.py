"""Morwani23 Theorem 8, sparse parity, and its uniqueness (ours)."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from theory import parity
from verify.attack import climb
from verify.result import at_least, at_most, close, proved

MAIN, UNIQUE = "Morwani23:Theorem 8", "Ours:sparse parity"


@pytest.mark.statement(MAIN)
@pytest.mark.parametrize(("n", "k"), [(5, 2), (5, 3), (6, 4), (7, 5), (30, 6), (30, 8)])
def test_the_network_attains_the_value(n, k, check, twin):
    network = parity.construct(n, k)
    check(proved(MAIN, "2^(k-1) neurons", len(network.neurons) == 2 ** (k - 1)))
    check(proved(MAIN, "norm 1, form of every neuron, equal masses", parity.failures(network) == []))
    check(proved(MAIN, "the margin is gamma* at every input", parity.margin_polynomial(network) == {(): 1}))
    fewer = replace(network, neurons=merged(network.neurons))
    twin(proved(MAIN, "2^(k-1) - 1 neurons: the margin is gamma* at every input",
                parity.margin_polynomial(fewer) == {(): 1}))  # fmt: skip
    if n <= 7:
        measured = parity.normalised_margin(*parity.weights(network), network.support)
        check(close(MAIN, "enumeration", measured, float(parity.max_margin(n, k)), 1e-12))


def merged(neurons):
    """One neuron fewer: the second takes over the mass of the first."""
    first, second, *rest = neurons
    return (replace(second, mass=first.mass + second.mass), *rest)


@pytest.mark.statement(MAIN)
def test_the_values(check, twin):
    for k, value in ((2, 0.5443310540), (3, 0.5303300859), (4, 0.6071573108), (5, 0.7856742013)):
        check(close(MAIN, f"gamma*, k={k}", float(parity.max_margin(10, k)), value, 1e-9))
        twin(close(MAIN, f"gamma*, k={k}, of a network with one output", float(parity.max_margin(10, k)),
                   value / 2**0.5, 1e-9))  # fmt: skip


@pytest.mark.statement(MAIN)
@pytest.mark.parametrize(("n", "k"), [(4, 2), (5, 3), (5, 4)])
def test_the_best_neuron_among_all(n, k, check, twin):
    """Ascent of the mean margin of one neuron over all u in R^n, w in R^2, the inputs enumerated: sign and support."""
    inputs = np.array(list(product((1, -1), repeat=n)))
    label, gamma = inputs[:, :k].prod(axis=1), float(parity.max_margin(n, k))

    def lost(x):
        u, w = x[:n], x[n:]
        return -float((label * (inputs @ u) ** k).mean() * (w[0] - w[1])) / np.linalg.norm(x) ** (k + 1) / gamma

    ends = [minimize(lost, np.random.default_rng(seed).normal(size=n + 2), tol=1e-14) for seed in range(8)]
    best = min(ends, key=lambda end: end.fun)
    check(close(MAIN, f"n={n}, k={k}: over gamma*", -float(best.fun), 1.0, 1e-9))
    twin(close(MAIN, f"n={n}, k={k}: over 0.999 gamma*", -float(best.fun) / 0.999, 1.0, 1e-9))
    for end in ends:
        if end.fun < -1 + 1e-9:
            u, w = end.x[:n] / np.linalg.norm(end.x[n:]), end.x[n:] / np.linalg.norm(end.x[n:])
            check(at_most(MAIN, "off the support, over ||w||", float(np.abs(u[k:]).max(initial=0.0)), 1e-3))
            check(at_most(MAIN, "amplitudes beside ||w||", float(np.abs(np.abs(u[:k]) - 1).max()), 1e-3))
            check(at_least(MAIN, "the sign of the product", float(u[:k].prod() * (w[0] - w[1])), 0.1))
            turned = np.append(u, -w)
            twin(close(MAIN, "with the other sign", -float(lost(turned)), 1.0, 1e-9))


@pytest.mark.statement(MAIN)
def test_conditions_on_float_weights(check, twin):
    network = parity.construct(8, 3, (1, 4, 6))
    found = parity.conditions(*parity.weights(network), network.support)
    worst = max(found.off_support, found.unbalanced, found.off_span, found.uneven)
    check(close(MAIN, "support, balance, span and masses", worst, 0.0, 1e-12))
    check(proved(MAIN, "signs", found.signs))
    u, w = parity.weights(network)
    u[0, 0] += 1e-3 * np.abs(u).max()
    off = parity.conditions(u, w, network.support)
    twin(close(MAIN, "one weight off the support", max(off.off_support, off.unbalanced), 0.0, 1e-12))


@pytest.mark.statement(MAIN)
def test_ascent_stays_below(check, twin):
    """Ascent of the margin of a whole network from an optimum that was moved by 5%."""
    network = parity.construct(5, 3)
    u, w = parity.weights(network)
    inputs = torch.tensor(list(product((1.0, -1.0), repeat=5)), dtype=torch.float64)
    label = inputs[:, list(network.support)].prod(dim=1)

    def gaps(flat):
        theta = flat.view(len(w), 7)
        outputs = (inputs @ theta[:, :5].T) ** 3 @ theta[:, 5:]
        return label * (outputs[:, 0] - outputs[:, 1]) / theta.square().sum(dim=1).pow(2).sum()

    reached = climb(gaps, np.concatenate([u, w], axis=1), float(parity.max_margin(5, 3)))
    check(at_most(MAIN, "over gamma*", reached, 1.0, 1e-12))
    twin(at_most(MAIN, "over 0.999 gamma*", reached, 0.999))


@pytest.mark.statement(UNIQUE)
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_every_sign_class_is_needed(k, check, twin):
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
        if not optimal:
            twin(proved(UNIQUE, f"{label}: the margin is gamma* at every input", constant))
