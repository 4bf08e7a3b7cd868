"""Ours: the set of maximum-margin networks, and the minimal construction."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from theory.construction import construct, li24_design, minimal_design
from theory.core.exact_network import Block, ExactNetwork
from theory.core.optimality import decide, frequency_mass, nonzero_moments
from theory.derivation.sum_to_product import minimal_construction, minimal_construction_numerical
from theory.floats import weights
from theory.margin import max_margin, max_margin_float
from theory.one_input import random_network, rational_margin, rational_network
from theory.phase_designs import random_design, reflected, shifted, sign_shifted
from theory.task import Task, logits, margins, network_norm, normalised_margin
from verify.evidence import from_step
from verify.result import at_most, close, proved

SET = "Ours:maximum-margin set"


def with_design(k, p, design):
    """One design at every frequency (odd p)."""
    return ExactNetwork(k, p, (Block(design, tuple(range(1, p // 2 + 1)), frequency_mass(k, p, 1)),))


def ratio(network):
    """Normalised margin over gamma*, by enumeration."""
    task = Task.cyclic(network.k, network.p)
    return normalised_margin(task, *weights(network)) / max_margin_float(network.k, network.p)


@pytest.mark.statement(SET)
@pytest.mark.parametrize(("k", "p", "seed"), [(2, 5, 0), (2, 9, 1), (2, 7, 2), (3, 5, 3), (3, 9, 4), (4, 5, 5)])
def test_random_designs_that_meet_the_conditions_are_optimal(k, p, seed, check, twin):
    shifts = [Fraction(int(x), 60) for x in np.random.default_rng(seed).integers(60, size=2 ** (k - 1))]
    designs = {
        "random mixture": random_design(k, seed),
        "each sign class shifted by itself": sign_shifted(k, shifts),
        "li24, moved and reflected": reflected(shifted(li24_design(k), shifts[:1] * k)),
    }
    for label, design in designs.items():
        network = with_design(k, p, design)
        check(proved(SET, f"{label}: conditions hold", decide(network).optimal))
        if len(design) * p**k < 10**5:
            check(close(SET, f"{label}: enumerated margin", ratio(network), 1.0, 1e-11))
            turned = replace(design[0], output=design[0].output + Fraction(1, 40))
            off = with_design(k, p, (turned, *design[1:]))
            twin(close(SET, f"{label}, an output phase moved: enumerated margin", ratio(off), 1.0, 1e-11))


def spoil(network, what):
    """The network with one condition violated, and the name of that condition."""
    (block,) = network.blocks
    first, second, *rest = block.neurons
    step = Fraction(1, 40)
    if what == "one frequency heavier":
        high = replace(block, frequencies=block.frequencies[1:], mass=block.mass.scaled(Fraction(9, 10)))
        gained = block.mass + block.mass.scaled(Fraction(len(high.frequencies), 10))
        low = replace(block, frequencies=block.frequencies[:1], mass=gained)
        return replace(network, blocks=(low, high)), "masses"
    turned = replace(first, output=first.output + step)
    neurons, condition = {
        "an output phase moved": ((turned, second, *rest), "phases"),
        "an input phase moved, and the output with it": (
            (replace(turned, phases=(first.phases[0] + step, *first.phases[1:])), second, *rest),
            "moments",
        ),
        "a neuron left out": ((replace(first, share=first.share + second.share), *rest), "moments"),
    }[what]
    return replace(network, blocks=(replace(block, neurons=neurons),)), condition


SPOILED = [
    "an output phase moved",
    "an input phase moved, and the output with it",
    "a neuron left out",
    "one frequency heavier",
]


@pytest.mark.statement(SET)
@pytest.mark.parametrize("what", SPOILED)
@pytest.mark.parametrize(("k", "p"), [(2, 7), (3, 5)])
def test_each_violated_condition_costs_margin(k, p, what, check, twin):
    network, condition = spoil(construct(k, p), what)
    found = {violation.condition for violation in decide(network).violations}
    check(proved(SET, f"{what}: not optimal, and the condition is named", found == {condition}))
    check(at_most(SET, f"{what}: enumerated margin over gamma*", ratio(network), 1 - 1e-5))
    twin(proved(SET, f"{what}: optimal", decide(network).optimal))


@pytest.mark.statement(SET)
@pytest.mark.parametrize(("k", "p"), [(2, 4), (3, 4)])
def test_at_even_moduli_the_masses_differ(k, p, check, twin):
    network = construct(k, p)
    check(proved(SET, "construction: conditions hold", decide(network).optimal))
    one, two = network.blocks
    exchanged = replace(network, blocks=(replace(one, mass=two.mass), replace(two, mass=one.mass)))
    found = {violation.condition for violation in decide(exchanged).violations}
    check(proved(SET, "masses exchanged: not optimal, and the condition is named", found == {"masses"}))
    check(close(SET, "norm", float(network_norm(*weights(exchanged))), 1.0, 1e-12))
    check(at_most(SET, "masses exchanged: enumerated margin over gamma*", ratio(exchanged), 1 - 1e-3))
    twin(proved(SET, "masses exchanged: optimal", decide(exchanged).optimal))


ONE = "Ours:maximum-margin set, k = 1"


@pytest.mark.statement(ONE)
@pytest.mark.parametrize("p", [2, 3, 5, 6, 11])
def test_one_input(p, check, twin):
    measured = rational_margin(rational_network(p))
    same = max_margin(1, p) == Fraction(1, 2 * (p - 1)) and measured == Fraction(1, 2 * (p - 1))
    check(proved(ONE, "I - J/p from p rational neurons has the margin 1/(2(p-1))", same))
    task, gamma = Task.cyclic(1, p), max_margin_float(1, p)
    u, w = random_network(p, seed=p)
    check(close(ONE, "p-1 neurons of mixed frequencies", normalised_margin(task, u, w), gamma, 1e-12))
    spoiled = normalised_margin(task, u * 1.05, w / 1.05)
    check(at_most(ONE, "w no longer u: over gamma*", spoiled / gamma, 1 - 1e-4))
    twin(close(ONE, "w no longer u", spoiled, gamma, 1e-12))
    if p > 2:
        fewer = normalised_margin(task, u[1:], w[1:])
        check(at_most(ONE, "p-2 neurons: over gamma*", fewer / gamma, 1 - 1e-4))


@pytest.mark.statement(ONE)
@pytest.mark.parametrize(("p", "seed"), [(3, 0), (4, 1), (5, 2), (6, 3)])
def test_one_input_exactly(p, seed, check, twin):
    """Rational networks: rotations of the optimum have the same outputs, and each condition broken costs margin."""
    generator = np.random.default_rng(seed)
    u = rotated(rational_network(p), generator)

    def optimal(u, w):
        return proved(ONE, "the margin is 1/(2(p-1))", exact_margin(u, w) == Fraction(1, 2 * (p - 1)))

    check(optimal(u, u))
    step = Fraction(1, 1000)
    larger = [[x * (1 + step) for x in row] for row in u]
    twin(optimal(larger, u))  # w is no longer u
    shifted = [[x + step for x in row] for row in u]
    twin(optimal(shifted, shifted))  # means that are not zero
    uneven = [larger[0], *u[1:]]
    twin(optimal(uneven, uneven))  # outer products that do not add up to the centring matrix
    twin(optimal(rational_network(p)[1:], rational_network(p)[1:]))  # rank p - 1, but uneven


def rotated(neurons, generator):
    """The neurons mixed by a rational orthogonal matrix: reflections I - 2 x x^T / x.x in turn."""
    for _ in range(3):
        x = [Fraction(int(entry)) for entry in generator.integers(1, 6, len(neurons))]
        size = sum(entry * entry for entry in x)
        along = [sum(a * row[c] for a, row in zip(x, neurons, strict=True)) for c in range(len(neurons[0]))]
        neurons = [
            [row[c] - 2 * a * along[c] / size for c in range(len(row))] for a, row in zip(x, neurons, strict=True)
        ]
    return neurons


def exact_margin(u, w):
    """The normalised margin at k = 1 of rational u, w, both (m, p)."""
    p = len(u[0])
    f = [[sum(x[a] * y[c] for x, y in zip(u, w, strict=True)) for c in range(p)] for a in range(p)]
    least = min(f[a][a] - f[a][c] for a in range(p) for c in range(p) if c != a)
    return least / sum(x * x for row in (*u, *w) for x in row)


NARROWER = "Ours:minimal construction"


@pytest.mark.statement(NARROWER)
@pytest.mark.parametrize("k", range(1, 9))
def test_the_minimal_construction_in_letters(k, check, twin):
    check(from_step(NARROWER, "the identity", minimal_construction(k)))
    check(from_step(NARROWER, "the identity in numbers", minimal_construction_numerical(k)))
    for p in (3, 7, 9):
        neurons = (k + 1) * 2 ** (k - 1) * (p - 1) // 2
        check(proved(NARROWER, f"(k+1) 2^(k-2) (p-1) neurons, p={p}", construct(k, p).width == neurons))
    if k <= 5:
        check(
            proved(NARROWER, "only the wanted wave is left", set(nonzero_moments(minimal_design(k), k)) == {(1,) * k})
        )
        if k > 1:
            less = set(nonzero_moments(minimal_design(k)[1:], k)) == {(1,) * k}
            twin(proved(NARROWER, "with one neuron less: only the wanted wave is left", less))
        for p in (3, 7, 9, 97):
            check(proved(NARROWER, f"phases, masses and moments, p={p}", decide(construct(k, p)).optimal))


@pytest.mark.statement(NARROWER)
@pytest.mark.parametrize(("k", "p"), [(2, 13), (3, 7), (4, 5), (5, 3), (6, 3), (2, 8), (3, 4)])
def test_the_minimal_construction_by_enumeration(k, p, check, twin):
    found = margins(Task.cyclic(k, p), logits(*weights(construct(k, p)))) / max_margin_float(k, p)
    check(close(NARROWER, "norm", float(network_norm(*weights(construct(k, p)))), 1.0, 1e-13))
    check(close(NARROWER, "margin of every input", float(np.abs(found - 1).max()), 0.0, 1e-11))
    u, w = weights(construct(k, p))
    less = margins(Task.cyclic(k, p), logits(u[1:], w[1:])) / max_margin_float(k, p)
    twin(close(NARROWER, "without one neuron: every input", float(np.abs(less - 1).max()), 0.0, 1e-11))
