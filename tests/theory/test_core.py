"""The trusted core against second, independent implementations, with planted faults."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import isqrt

import flint
import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.construction import construct, minimal_design
from theory.core import optimality
from theory.core.cyclotomic import prime_powers, reduce
from theory.core.exact_network import Block, ExactNetwork, Neuron, common_denominator
from theory.core.exponents import exponents, is_free, walks
from theory.core.optimality import decide, frequency_mass
from theory.core.surd import Surd
from theory.narrow_designs import narrow, stored_designs

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


def test_prime_powers_are_those_of_the_factorisation():
    for n in [*range(1, 400), 2**20, 3 * 2**10, 10**12 + 39]:  # the last one is prime: trial stops at its root
        assert prime_powers(n) == [(q, q**e) for q, e in sorted(sympy.factorint(n).items())]


@pytest.mark.parametrize("order", [1, 2, 3, 4, 6, 8, 9, 12, 15, 30])
def test_reduction_is_a_projection_onto_a_basis(order):
    used = set()
    for residue in range(order):
        once = reduce({residue: 1, (residue + 1) % order: 2} if order > 1 else {0: 3}, order)
        assert reduce(once, order) == once
        used |= set(reduce({residue: 1}, order))
        value = sum(c * np.exp(2j * np.pi * r / order) for r, c in once.items())
        assert abs(value - np.exp(2j * np.pi * residue / order) * (1 + 2 * np.exp(2j * np.pi / order))) < 1e-12
    assert len(used) == sympy.totient(order)


# ---- surds -------------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.fractions(max_denominator=50), st.integers(1, 60)), max_size=4))
def test_surd_sign_agrees_with_high_precision(terms):
    with mpmath.workdps(60):
        value = mpmath.fsum(mpmath.mpf(c.numerator) / c.denominator * mpmath.sqrt(n) for c, n in terms)
        expected = 0 if abs(value) < mpmath.mpf(10) ** -40 else int(mpmath.sign(value))
    assert Surd(terms).sign() == expected


def test_surds_add_scale_reduce_and_print():
    root = Surd([(1, 8), (Fraction(1, 3), 1)])
    assert root.terms == ((1, Fraction(1, 3)), (2, Fraction(2)))
    assert (root + Surd([(-2, 2), (1, 45)])).terms == ((1, Fraction(1, 3)), (5, Fraction(3)))
    assert root.scaled(Fraction(-3, 2)).terms == ((1, Fraction(-1, 2)), (2, Fraction(-3)))
    assert [str(x) for x in (Surd(), root, root.scaled(-1))] == ["0", "1/3 + 2*sqrt(2)", "-1/3 - 2*sqrt(2)"]
    assert all(Surd([(1, q * q)]) == Surd([(q, 1)]) for q in (2, 3, 5, 997, 1000))
    assert Surd([(1, 8), (Fraction(-1, 2), 32)]) == Surd()
    for radicand in (0, 10**6 + 1):
        with pytest.raises(ValueError, match=rf"1\.\.1000000; got {radicand}"):
            Surd([(1, radicand)])


@pytest.mark.parametrize(("n", "m"), [(2, 3), (999983, 2), (2, 999983), (5, 1), (1, 5), (999979, 999983)])
def test_signs_of_differences_that_almost_cancel(n, m):
    """sqrt(n) - c sqrt(m) with c next to sqrt(n/m) on ever finer grids; its sign is that of n - m c^2."""
    for bits in range(40, 140, 7):
        nearest = isqrt(n * 4**bits // m)
        for numerator in range(nearest - 2, nearest + 4):
            expected = (n * 4**bits > m * numerator**2) - (n * 4**bits < m * numerator**2)
            for sign in (1, -1):
                surd = Surd([(sign, n), (Fraction(-sign * numerator, 2**bits), m)])
                assert surd.sign() == sign * expected


@pytest.mark.parametrize("size", [Fraction(1, 10**30), Fraction(10**30), Fraction(3, 2**64), Fraction(1, 2**200)])
def test_signs_of_tiny_and_huge_numbers(size):
    assert Surd([(size, 1)]).sign() == Surd([(size, 7)]).sign() == 1
    assert Surd([(-size, 1)]).sign() == Surd([(-size, 7)]).sign() == -1


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


# ---- exponents that alias, and the symmetries of a design ----------------------------------------------------------


def on_one_frequency(design, k: int, p: int, zeta: int = 1) -> ExactNetwork:
    return ExactNetwork(k, p, (Block(tuple(design), (zeta,), frequency_mass(k, p, zeta)),))


def moments_cancel(network: ExactNetwork) -> bool:
    return not any(violation.condition == "moments" for violation in decide(network).violations)


def moments_cancel_in_floats(design, k: int, order: int) -> bool:
    """Every exponent, every neuron, no symmetry: the condition as it is stated."""
    sums: dict[tuple[int, ...], complex] = defaultdict(complex)
    ends, phases = list(exponents(k)), np.array([[float(t) for t in neuron.phases] for neuron in design])
    moments = np.exp(2j * np.pi * (np.array(ends) - 1) @ phases.T) @ [float(neuron.share) for neuron in design]
    for n, moment in zip(ends, moments, strict=True):
        sums[tuple(x % order for x in n)] += walks(n) * moment
    return all(abs(total) < 1e-9 for key, total in sums.items() if key != (1 % order,) * k)


def closed(points, turns, exchanges):
    """The points with all their images under half-turns of some phases and exchanges of some inputs."""
    for j in turns:
        points = [*points, *((*t[:j], t[j] + Fraction(1, 2), *t[j + 1 :]) for t in points)]
    for i, j in exchanges:
        swap = {i: j, j: i}
        points = [*points, *(tuple(t[swap.get(c, c)] for c in range(len(t))) for t in points)]
    return [Neuron(tuple(x % 1 for x in t), sum(t) % 1, Fraction(1, len(points))) for t in points]


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 4), st.sampled_from([3, 4, 5, 6, 8, 11]), st.data())
def test_symmetric_designs_are_judged_as_exponent_by_exponent(k, order, data):
    """Few points, closed under some symmetries: most cancel nothing, some cancel by classes only, some everything."""
    fraction = st.builds(Fraction, st.integers(0, 2 * k + 1), st.just(2 * (k + 1)))
    lines = [tuple(data.draw(fraction) for _ in range(k)) for _ in range(data.draw(st.integers(1, 2)))]
    if data.draw(st.booleans()):  # the line of the minimal construction through the first point
        lines = [tuple(x + Fraction(j, 2 * (k + 1)) for x in lines[0]) for j in range(k + 1)]
    turns = data.draw(st.sets(st.integers(0, k - 1)))
    exchanges = data.draw(st.lists(st.tuples(st.just(0), st.integers(1, k - 1)), max_size=1))
    design = closed(lines, turns, exchanges)
    assert moments_cancel(on_one_frequency(design, k, order)) == moments_cancel_in_floats(design, k, order)


@pytest.mark.parametrize(("k", "order"), sorted(stored_designs()))
def test_narrow_designs_cancel_by_classes_only(k, order):
    """Accepted at their order; refused where exponents are free, and at an order that only p // zeta would give."""
    design = stored_designs()[k, order]
    assert decide(narrow(k, order)).optimal
    assert not moments_cancel(on_one_frequency(design, k, 2 * k + 1))
    assert not moments_cancel(on_one_frequency(design, k, 2 * order + 1, 2))
    first, second, *rest = design
    part = first.share / 7
    tilted = (replace(first, share=first.share - part), replace(second, share=second.share + part), *rest)
    (violation,) = (v for v in decide(on_one_frequency(tilted, k, order)).violations if v.condition == "moments")
    assert violation.where.endswith(f"frequency 1 (order {order})")


@pytest.mark.parametrize(("k", "p"), [(8, 3), (10, 2), (9, 4), (10, 3), (12, 2)])
def test_whatever_is_constructed_is_decided(k, p):
    assert decide(construct(k, p)).optimal


def test_every_violation_says_where():
    block = construct(2, 7).blocks[0]
    first, _, *rest = block.neurons
    moved = Neuron((first.phases[0] + Fraction(1, 5), first.phases[1]), first.output, first.share)
    heavy = replace(block, neurons=(first, moved, *rest), frequencies=(2,), mass=Surd([(Fraction(1, 2), 1)]))
    assert [(v.condition, v.where) for v in decide(ExactNetwork(2, 7, (heavy,))).violations] == [
        ("phases", "block 0, neuron 1"), ("masses", "frequency 2"), ("masses", "frequency 1"),
        ("moments", "block 0, frequency 2 (every free order)")]  # fmt: skip


# ---- what is not a network, and what is too much ---------------------------------------------------------------------


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
        "k must lie in 1..12; got 13": replace(network, k=13),
        "p must lie in .*; got 1": replace(network, p=1),
        "p must lie in .*; got 2147483649": replace(network, p=2**31 + 1),
        "block 0 must have neurons": replace(network, blocks=(replace(block, neurons=()),)),
        "block 0 must have .*frequencies": replace(network, blocks=(replace(block, frequencies=()),)),
        "frequency must lie in 1..3; got 0": replace(network, blocks=(replace(block, frequencies=(0,)),)),
        "block 1: frequency 1 must occur once": replace(network, blocks=(block, block)),
        "mass must be positive; got 0": replace(network, blocks=(replace(block, mass=Surd()),)),
        "share must be positive; got 0": replace(
            network, blocks=(replace(block, neurons=(*block.neurons, replace(block.neurons[0], share=Fraction(0)))),)
        ),
        "shares' common denominator": with_neuron(
            network, 0, replace(block.neurons[0], share=block.neurons[0].share + Fraction(1, 10**101))
        ),
        "must have 2 phases; got 1": replace(
            network, blocks=(replace(block, neurons=(Neuron((Fraction(0),), Fraction(0), Fraction(1)),)),)
        ),
        "phases must be 0 or 1/2 turn": on_one_frequency(minimal_design(2), 2, 4, 2),
    }
    for message, bad in wrong.items():
        with pytest.raises(ValueError, match=message):
            decide(bad)


def test_a_design_too_large_is_refused_before_the_work():
    phases = [tuple(Fraction(x * y, 999_983) for y in range(12)) for x in range(2)]
    design = tuple(Neuron(t, sum(t), Fraction(1, 2)) for t in phases)
    with pytest.raises(ValueError, match="must take at most"):
        decide(ExactNetwork(12, 3, (Block(design, (1,), Surd([(1, 1)])),)))


def test_common_denominators_work_and_memory_at_their_limits(monkeypatch):
    thirds = [Fraction(1, 2), Fraction(5, 3)]
    assert [common_denominator(thirds, limit) for limit in (6, 5)] == [6, None]
    assert common_denominator([], 1) == 1
    base = construct(2, 9)  # 3 points, 2 exponents (of the 4 odd ones, up to exchange: 3), relations of length 3
    monkeypatch.setattr(optimality, "LARGEST_WORK", 3 * 3 * 3)
    assert decide(base).optimal
    monkeypatch.setattr(optimality, "LARGEST_WORK", 3 * 3 * 3 - 1)
    with pytest.raises(ValueError, match="must take at most 26 steps"):
        decide(base)
    single = (Neuron((Fraction(0), Fraction(1, 7)), Fraction(1, 7), Fraction(1)),)  # no moment is zero
    monkeypatch.setattr(optimality, "LARGEST_MEMORY", 9 * 6)
    assert len(optimality.nonzero_moments.__wrapped__(single, 2)) == 9
    monkeypatch.setattr(optimality, "LARGEST_MEMORY", 1)
    with pytest.raises(ValueError, match="must have at most 1 terms"):
        optimality.nonzero_moments.__wrapped__(single, 2)
