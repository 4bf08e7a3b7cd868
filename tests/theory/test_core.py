"""The trusted core against second, independent implementations, with planted faults."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import flint
import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.construction import construct, minimal_design
from theory.core.cyclotomic import reduce
from theory.core.exact_network import Block, ExactNetwork, Neuron
from theory.core.exponents import exponents, is_free, walks
from theory.core.optimality import decide, frequency_mass
from theory.core.surd import Surd

SMALL = [(1, 2), (1, 5), (1, 6), (2, 2), (2, 3), (2, 4), (2, 5), (2, 6), (2, 9), (3, 2), (3, 3), (3, 4), (3, 5), (4, 3)]


# ---- roots of unity ----------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 60), st.data())
def test_zero_test_agrees_with_the_cyclotomic_polynomial(order, data):
    terms = data.draw(st.dictionaries(st.integers(0, order - 1), st.integers(-2, 2), max_size=8))
    if data.draw(st.booleans()):  # plant a sum that vanishes: a coset of a subgroup of prime order
        prime = next((q for q in (2, 3, 5, 7) if order % q == 0), 1)
        if prime > 1:
            terms = {r * order // prime: 1 for r in range(prime)}
    poly = flint.fmpz_poly([terms.get(r, 0) for r in range(order)])
    assert (not reduce(terms, order)) == (poly % flint.fmpz_poly.cyclotomic(order) == 0)


def test_zero_test_refuses_a_sum_that_only_nearly_vanishes():
    # |sum| is about 1e-16 of the coefficients: floats would call it zero.
    terms = {0: 10**20, 1: 10**20, 2: 10**20}
    assert not reduce(terms, 3)
    assert reduce({**terms, 1: 10**20 + 1}, 3)


# ---- surds -------------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.fractions(max_denominator=50), st.integers(1, 60)), max_size=4))
def test_surd_sign_agrees_with_high_precision(terms):
    with mpmath.workdps(60):
        value = mpmath.fsum(mpmath.mpf(c.numerator) / c.denominator * mpmath.sqrt(n) for c, n in terms)
        expected = 0 if abs(value) < mpmath.mpf(10) ** -40 else int(mpmath.sign(value))
    assert Surd(terms).sign() == expected


def test_surd_reduces_squares_and_prints():
    assert Surd([(1, 8), (Fraction(-1, 2), 32)]) == Surd()
    assert str(Surd([(Fraction(2, 3), 1), (Fraction(-1, 2), 2)])) == "2/3 - 1/2*sqrt(2)"
    with pytest.raises(ValueError, match=r"1\.\.1000000; got 0"):
        Surd([(1, 0)])


# ---- exponents ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_walks_count_walks(k):
    steps = [tuple(s if i == j else 0 for i in range(k)) for j in range(k) for s in (1, -1)]
    counted: dict[tuple[int, ...], int] = {}
    for walk in product(steps, repeat=k):
        end = tuple(map(sum, zip(*walk, strict=True)))
        counted[end] = counted.get(end, 0) + 1
    assert {n: walks(n) for n in exponents(k)} == counted
    assert walks((k + 1,) + (0,) * (k - 1)) == 0


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("order", range(2, 12))
def test_free_orders_are_those_without_aliasing(k, order):
    points = list(exponents(k))
    residues = {tuple(x % order for x in n) for n in points}
    assert is_free(k, order) == (len(residues) == len(points))


# ---- the decision: an independent route enumerates all inputs in 50 digits ---------------------------------------


def margin_over_optimum(network: ExactNetwork) -> mpmath.mpf:
    """min margin / ||theta||^(k+1) / gamma*, by enumeration; the optimum from its closed form, written out again."""
    k, p = network.k, network.p
    with mpmath.workdps(50):
        f: dict[tuple[int, ...], list] = {a: [mpmath.mpf(0)] * p for a in product(range(p), repeat=k)}
        total = mpmath.mpf(0)
        for block in network.blocks:
            mass = mpmath.fsum(mpmath.mpf(c.numerator) / c.denominator * mpmath.sqrt(n) for n, c in block.mass.terms)
            for zeta, neuron in product(block.frequencies, block.neurons):
                q = mass * neuron.share.numerator / neuron.share.denominator
                total += q
                beta_power = q * mpmath.power(
                    mpmath.mpf(1 if 2 * zeta == p else 2) / ((k + 1) * p), mpmath.mpf(k + 1) / 2
                )
                wave = {
                    t: [mpmath.cos(2 * mpmath.pi * (t + Fraction(zeta * a, p))) for a in range(p)]
                    for t in (*neuron.phases, neuron.output)
                }
                out = [beta_power * x for x in wave[neuron.output]]
                for a, values in f.items():
                    hidden = sum(wave[t][x] for t, x in zip(neuron.phases, a, strict=True)) ** k
                    f[a] = [value + hidden * x for value, x in zip(values, out, strict=True)]
        margin = min(
            values[sum(a) % p] - max(v for c, v in enumerate(values) if c != sum(a) % p) for a, values in f.items()
        )
        d = p - 1 if p % 2 else p - 2 + mpmath.power(2, -mpmath.mpf(k - 1) / 2)
        optimum = 2 * mpmath.factorial(k) / (mpmath.power(2 * k + 2, mpmath.mpf(k + 1) / 2) * d)
        return margin / total / (optimum * mpmath.power(p, -mpmath.mpf(k - 1) / 2))


def is_optimal_by_enumeration(network: ExactNetwork) -> bool:
    ratio = margin_over_optimum(network)
    assert ratio - 1 < mpmath.mpf(10) ** -40, "no network may exceed gamma*"
    return bool(abs(ratio - 1) < mpmath.mpf(10) ** -40)


@pytest.mark.parametrize(("k", "p"), SMALL)
@pytest.mark.parametrize("method", ["minimal", "li24"])
def test_both_constructions_are_optimal_both_ways(k, p, method):
    network = construct(k, p, method)
    assert decide(network).optimal
    assert is_optimal_by_enumeration(network)


@pytest.mark.parametrize("method", ["minimal", "li24"])
@pytest.mark.parametrize("k", range(1, 7))
def test_decision_at_large_and_small_moduli(k, method):
    for p in (2, 3, 4, 5, 12, 1008, 1009):
        assert decide(construct(k, p, method)).optimal


def with_neuron(network: ExactNetwork, index: int, neuron: Neuron) -> ExactNetwork:
    block = network.blocks[0]
    neurons = (*block.neurons[:index], neuron, *block.neurons[index + 1 :])
    return replace(network, blocks=(replace(block, neurons=neurons), *network.blocks[1:]))


def faults(network: ExactNetwork) -> dict[str, tuple[str, ExactNetwork]]:
    """Name of the planted fault -> (condition that must be named, faulty network)."""
    block = network.blocks[0]
    first, second = block.neurons[0], block.neurons[1]
    moved = (first.phases[0] + Fraction(1, 1000), *first.phases[1:])
    swapped = with_neuron(network, 0, replace(first, phases=second.phases, output=second.output))
    uneven = with_neuron(network, 0, replace(first, share=first.share / 2))
    uneven = with_neuron(uneven, 1, replace(second, share=second.share + first.share / 2))
    rest = tuple(replace(n, share=n.share / (1 - first.share)) for n in block.neurons[1:])
    tilt = block.mass.scaled(Fraction(1, 100))
    uneven_masses = (
        replace(block, frequencies=(1,), mass=block.mass + tilt),
        replace(block, frequencies=(2,), mass=block.mass + tilt.scaled(-1)),
        *((replace(block, frequencies=block.frequencies[2:]),) if len(block.frequencies) > 2 else ()),
    )
    return {
        "output phase": ("phases", with_neuron(network, 0, replace(first, output=first.output + Fraction(1, 1000)))),
        "sign of a phase": ("phases", with_neuron(network, 1, replace(second, output=-second.output - Fraction(1, 7)))),
        "input phase, sum kept": ("moments", with_neuron(network, 0, Neuron(moved, sum(moved), first.share))),
        "a neuron twice, one missing": ("moments", swapped),
        "uneven shares": ("moments", uneven),
        "a neuron deleted": ("moments", replace(network, blocks=(replace(block, neurons=rest), *network.blocks[1:]))),
        "uneven masses": ("masses", replace(network, blocks=uneven_masses)),
        "a frequency missing": (
            "masses",
            replace(network, blocks=(replace(block, frequencies=block.frequencies[1:]),)),
        ),
    }


@pytest.mark.parametrize("fault", faults(construct(2, 7)))
@pytest.mark.parametrize(("k", "p"), [(2, 5), (2, 7), (3, 5)])
def test_every_planted_fault_is_named_and_costs_margin(k, p, fault):
    condition, network = faults(construct(k, p))[fault]
    verdict = decide(network)
    assert not verdict.optimal
    assert condition in {violation.condition for violation in verdict.violations}
    assert not is_optimal_by_enumeration(network)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([(1, 3), (1, 4), (2, 3), (2, 4), (2, 5), (3, 3)]), st.data())
def test_random_designs_are_judged_as_by_enumeration(case, data):
    """Random phases with few denominators: aliased orders accept some that free orders refuse."""
    k, p = case
    fraction = st.builds(Fraction, st.integers(0, 11), st.just(12))
    count = data.draw(st.integers(1, 6))
    phases = [tuple(data.draw(fraction) for _ in range(k)) for _ in range(count)]
    design = tuple(Neuron(t, sum(t) % 1, Fraction(1, count)) for t in phases)
    base = construct(k, p)
    network = replace(base, blocks=(replace(base.blocks[0], neurons=design), *base.blocks[1:]))
    if p % 2 == 0 and p // 2 in base.blocks[0].frequencies:
        return
    assert decide(network).optimal == is_optimal_by_enumeration(network)


def test_a_design_shifted_on_the_torus_stays_optimal():
    shift = (Fraction(1, 7), Fraction(2, 9), Fraction(1, 5))
    shifted = tuple(
        Neuron(t := tuple(a + b for a, b in zip(n.phases, shift, strict=True)), sum(t) % 1, n.share)
        for n in minimal_design(3)
    )
    network = ExactNetwork(3, 11, (Block(shifted, (1, 2, 3, 4, 5), frequency_mass(3, 11, 1)),))
    assert decide(network).optimal


@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 8), (3, 10), (4, 6), (5, 7)])
def test_frequency_masses_add_up_to_one(k, p):
    total = Surd()
    for zeta in range(1, p // 2 + 1):
        total = total + frequency_mass(k, p, zeta)
    assert total == Surd([(1, 1)])


def test_malformed_networks_are_refused():
    network = construct(2, 7)
    block = network.blocks[0]
    wrong = {
        r"k must lie in 1\.\.12; got 0": replace(network, k=0),
        "a frequency must lie in 1..3; got 4": replace(network, blocks=(replace(block, frequencies=(4,)),)),
        "is repeated": replace(network, blocks=(replace(block, frequencies=(1, 1)),)),
        "the mass must be positive": replace(network, blocks=(replace(block, mass=Surd([(-1, 2)])),)),
        "shares must add up to 1": replace(network, blocks=(replace(block, neurons=block.neurons[1:]),)),
        "common denominator": with_neuron(network, 0, replace(block.neurons[0], output=Fraction(1, 10**7))),
    }
    for message, bad in wrong.items():
        with pytest.raises(ValueError, match=message):
            decide(bad)


def test_a_design_too_large_is_refused_before_the_work():
    phases = [(Fraction(x, 10**6 - 17), *(Fraction(0),) * 11) for x in range(2)]
    design = tuple(Neuron(t, sum(t), Fraction(1, 2)) for t in phases)
    with pytest.raises(ValueError, match="must take at most"):
        decide(ExactNetwork(12, 3, (Block(design, (1,), Surd([(1, 1)])),)))
