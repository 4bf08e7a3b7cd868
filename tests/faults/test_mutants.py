"""Small statements that only a mutant of the trusted core and of the formulas would break: boundaries and messages."""

import dataclasses
import math
import re
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest
import sympy

from theory import modulus
from theory.construction import construct, minimal_design
from theory.core import optimality
from theory.core.cyclotomic import prime_powers, reduce
from theory.core.dual_certificate import Certificate, CertificateRejected, Square, bound_of, orbit, orbit_sums
from theory.core.exact_network import Block, ExactNetwork, Neuron, common_denominator
from theory.core.exponents import walks
from theory.core.optimality import Violation, decide
from theory.core.surd import Surd
from theory.errors import InputError
from theory.margin import (
    frequency_masses,
    frequency_share,
    margin_formula,
    max_margin,
    max_margin_float,
    order_two_discount,
    printed_margin,
    single_neuron_value,
)
from theory.modulus import class_weights
from theory.narrow_designs import narrow, stored_designs
from verify.result import CheckResult, at_least, at_most, close, proved

# ---- cyclotomic --------------------------------------------------------------------------------------------------


def test_prime_powers_are_those_of_the_factorisation():
    for n in [*range(1, 400), 2**20, 3 * 2**10, 10**12 + 39]:  # the last one is prime: trial stops at its root
        expected = [(q, q**e) for q, e in sorted(sympy.factorint(n).items())]
        assert prime_powers(n) == expected
        assert prod(power for _, power in prime_powers(n)) == n


@pytest.mark.parametrize("order", [1, 2, 3, 4, 6, 8, 9, 12, 15, 30])
def test_reduction_is_a_projection_onto_a_basis(order):
    """Reduced sums stay as they are, keep their value, and use phi(order) roots of unity in all."""
    used = set()
    for residue in range(order):
        once = reduce({residue: 1, (residue + 1) % order: 2}, order)
        assert reduce(once, order) == once
        used |= set(reduce({residue: 1}, order))
        value = sum(c * np.exp(2j * np.pi * r / order) for r, c in once.items())
        wave = np.exp(2j * np.pi * residue / order)
        expected = wave + 2 * np.exp(2j * np.pi * (residue + 1) / order) if order > 1 else 2
        assert abs(value - expected) < 1e-12
    assert len(used) == sympy.totient(order)


def test_zero_prints_as_zero():
    assert str(Surd()) == "0"


# ---- what is not a network ---------------------------------------------------------------------------------------


def network(**changes) -> ExactNetwork:
    return replace(construct(2, 7), **changes)


BLOCK = construct(2, 7).blocks[0]
FIRST, SECOND, *REST = BLOCK.neurons
ZERO_SHARE = (replace(FIRST, share=Fraction(0)), replace(SECOND, share=2 * SECOND.share), *REST)
ODD_SHARE = (replace(FIRST, share=FIRST.share + Fraction(1, 10**101)), *REST)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (network(k=0), "k must lie in 1..12; got 0"),
        (network(k=13), "k must lie in 1..12; got 13"),
        (network(p=1), "p must lie in 2..2147483648; got 1"),
        (network(p=2**31 + 1), "p must lie in 2..2147483648; got 2147483649"),
        (network(blocks=(replace(BLOCK, neurons=()),)), "block 0 must have neurons and frequencies"),
        (network(blocks=(replace(BLOCK, frequencies=()),)), "block 0 must have neurons and frequencies"),
        (network(blocks=(replace(BLOCK, frequencies=(0,)),)), "block 0: a frequency must lie in 1..3; got 0"),
        (network(blocks=(BLOCK, BLOCK)), "block 1: frequency 1 must occur once; it is repeated"),
        (network(blocks=(replace(BLOCK, mass=Surd()),)), "block 0: the mass must be positive; got 0"),
        (network(blocks=(replace(BLOCK, neurons=ZERO_SHARE),)), "block 0: a share must be positive; got 0"),
        (
            network(blocks=(replace(BLOCK, neurons=ODD_SHARE),)),
            "block 0: the shares' common denominator must be at most 1e+100",
        ),
        (network(blocks=(replace(BLOCK, neurons=(FIRST,)),)), "block 0: the shares must add up to 1"),
        (
            network(blocks=(replace(BLOCK, neurons=(Neuron((Fraction(0),), Fraction(0), Fraction(1)),)),)),
            "block 0: a neuron must have 2 phases; got 1",
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_refusals_say_where_and_what(bad, message):
    with pytest.raises(ValueError, match="must") as error:
        decide(bad)
    assert str(error.value) == message


def test_common_denominators_at_their_limit():
    thirds = [Fraction(1, 2), Fraction(5, 3)]
    assert common_denominator(thirds, 6) == 6
    assert common_denominator(thirds, 5) is None
    assert common_denominator([], 1) == 1


# ---- violations, word for word -----------------------------------------------------------------------------------


def test_every_violation_says_where_and_what():
    moved = Neuron((FIRST.phases[0] + Fraction(1, 5), FIRST.phases[1]), FIRST.output, FIRST.share)
    heavy = replace(BLOCK, neurons=(FIRST, moved, *REST), frequencies=(2,), mass=Surd([(Fraction(1, 2), 1)]))
    assert decide(network(blocks=(heavy,))).violations == (
        Violation("phases", "block 0, neuron 1", "output phase minus the sum of input phases is 4/5 turn, not 0"),
        Violation("masses", "frequency 2", "carries mass 1/2, not 1/3"),
        Violation("masses", "frequency 1", "carries no mass (2 frequencies carry none)"),
        Violation(
            "moments", "block 0, frequency 2 (every free order)", "the unwanted exponent (-2, 0) does not cancel"
        ),
    )


def test_a_moment_that_fails_only_at_one_order_names_it():
    """Order 4's narrow design at p = 12: frequency 3 may use it; at frequency 2, of order 6, it must be refused."""
    design = stored_designs()[2, 4]
    base = narrow(2, 12)
    (used,) = (block for block in base.blocks if block.neurons == design)
    assert used.frequencies == (3,)
    swapped = tuple(
        replace(block, frequencies=tuple({3: 2, 2: 3}.get(zeta, zeta) for zeta in block.frequencies))
        for block in base.blocks
    )
    (violation,) = decide(replace(base, blocks=swapped)).violations
    number = swapped.index(next(block for block in swapped if block.neurons == design))
    assert (violation.condition, violation.where) == ("moments", f"block {number}, frequency 2 (every free order)")
    # The same frequency 3, one share moved: order 4 itself refuses, by name.
    first, second, *rest = design
    part = first.share / 7
    tilted = (replace(first, share=first.share - part), replace(second, share=second.share + part), *rest)
    wrong = tuple(replace(b, neurons=tilted) if b.neurons == design else b for b in base.blocks)
    (violation,) = decide(replace(base, blocks=wrong)).violations
    assert violation.where.endswith("frequency 3 (order 4)")


def test_classes_cancel_with_their_numbers_of_walks():
    """(1, 0, 0) and (-3, 0, 0) agree modulo 4; 15 walks to one and 1 to the other weigh the moments."""
    near, far = (1, 0, 0), (-3, 0, 0)
    assert (walks(near), walks(far)) == (15, 1)
    cancel = {near: {0: 1}, far: {0: -15}}
    assert optimality._first_unwanted(cancel, 3, 4) is None
    assert optimality._first_unwanted({near: {0: 1}, far: {0: -1}}, 3, 4) == near
    assert optimality._first_unwanted(cancel, 3, None) == near


def test_the_order_of_a_frequency_is_p_over_the_gcd():
    """Frequency 2 modulo 9 has order 9, though 9 // 2 = 4: order 4's narrow design is refused there."""
    minimal, mass = construct(2, 9).blocks[0].neurons, construct(2, 9).blocks[0].mass
    blocks = Block(minimal, (1, 3, 4), mass), Block(stored_designs()[2, 4], (2,), mass)
    (violation,) = decide(ExactNetwork(2, 9, blocks)).violations
    assert violation.where == "block 1, frequency 2 (every free order)"


def test_at_order_two_phases_are_signs():
    base = construct(2, 4)
    wrong = (base.blocks[0], replace(base.blocks[1], neurons=minimal_design(2)))
    with pytest.raises(ValueError, match="block 1: at frequency p/2 phases must be 0 or 1/2 turn; got "):
        decide(replace(base, blocks=wrong))


@pytest.mark.parametrize(("k", "order"), sorted(stored_designs()))
def test_narrow_designs_cancel_by_classes_only(k, order):
    """Accepted at their order; refused at one of the same parity where exponents are free."""
    design = stored_designs()[k, order]
    assert decide(narrow(k, order)).optimal
    free = 2 * k + 1
    mass = optimality.frequency_mass(k, free, 1)
    assert not decide(ExactNetwork(k, free, (Block(design, tuple(range(1, k + 1)), mass),))).optimal


# ---- the work that a decision may take ---------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_steps_count_exponents_neurons_and_the_longest_relation(k):
    ball = sum(sum(map(abs, n)) <= k for n in product(range(-k, k + 1), repeat=k))
    origin = (Neuron((Fraction(0),) * k, Fraction(0), Fraction(1)),)
    assert optimality._steps(origin, k) == ball
    design = minimal_design(k)
    longest = max((q for q, _ in prime_powers(2 * (k + 1))), default=1)
    assert optimality._steps(design, k) == ball * len(design) * longest


def test_work_and_memory_at_their_limits(monkeypatch):
    base = construct(2, 9)
    steps = sum(optimality._steps(block.neurons, 2) for block in base.blocks)
    monkeypatch.setattr(optimality, "LARGEST_WORK", steps)
    assert decide(base).optimal
    monkeypatch.setattr(optimality, "LARGEST_WORK", steps - 1)
    with pytest.raises(ValueError, match=f"must take at most {steps - 1} steps to decide; they take {steps}"):
        decide(base)
    design = (Neuron((Fraction(0), Fraction(0)), Fraction(0), Fraction(1)),)  # all 9 moments are 1
    monkeypatch.setattr(optimality, "LARGEST_MEMORY", 9)
    assert len(optimality.nonzero_moments.__wrapped__(design, 2)) == 9
    monkeypatch.setattr(optimality, "LARGEST_MEMORY", 8)
    with pytest.raises(ValueError, match="must have at most 8 terms in its moments"):
        optimality.nonzero_moments.__wrapped__(design, 2)


# ---- verdicts, field by field ------------------------------------------------------------------------------------

NAN = float("nan")


def as_tuple(result: CheckResult) -> tuple:
    return dataclasses.astuple(result)


@pytest.mark.parametrize(
    ("judge", "measured", "bound", "tolerance", "status", "error"),
    [
        (close, 3.0, 2.0, 0.5, "passed", 0.5),
        (close, 3.0, 2.0, 0.49, "failed", 0.5),
        (close, 0.25, 0.0, 0.25, "passed", 0.25),
        (close, 0.25, 0.0, 0.2, "failed", 0.25),
        (close, -3.0, -2.0, 0.5, "passed", 0.5),
        (at_most, 3.0, 2.0, 0.5, "passed", 0.5),
        (at_most, 3.0, 2.0, 0.4, "failed", 0.5),
        (at_most, 1.0, 2.0, 0.0, "passed", 0.0),
        (at_most, 0.25, 0.0, 0.25, "passed", 0.25),
        (at_most, 0.25, 0.0, 0.2, "failed", 0.25),
        (at_least, 1.0, 2.0, 0.5, "passed", 0.5),
        (at_least, 1.0, 2.0, 0.4, "failed", 0.5),
        (at_least, 3.0, 2.0, 0.0, "passed", 0.0),
        (at_least, -0.25, 0.0, 0.25, "passed", 0.25),
        (at_least, -0.25, 0.0, 0.2, "failed", 0.25),
    ],
)
def test_a_verdict_keeps_every_number(judge, measured, bound, tolerance, status, error):
    found = judge("S", "label", measured, bound, tolerance, "because")
    assert as_tuple(found) == ("S", "label", status, measured, bound, error, tolerance, "because")
    assert found.holds == (status == "passed")
    assert judge("S", "label", measured, bound, tolerance).detail == ""
    missing = judge("S", "label", NAN, bound, tolerance)
    assert missing.status == "failed"
    assert math.isnan(missing.error)


def test_one_sided_verdicts_forgive_nothing_by_default():
    assert at_most("S", "l", 1.0 + 1e-15, 1.0).status == at_least("S", "l", 1.0 - 1e-15, 1.0).status == "failed"


def test_exact_verdicts():
    assert as_tuple(proved("S", "label", True)) == ("S", "label", "proved", None, None, None, None, "")
    assert as_tuple(proved("S", "label", False, "x")) == ("S", "label", "failed", None, None, None, None, "x")
    assert [CheckResult("S", "l", status).holds for status in ("proved", "passed", "undecided", "skipped")] == [
        True, True, False, False]  # fmt: skip


def test_json_has_no_infinities():
    content = CheckResult("S", "l", "failed", math.inf, 1.0, NAN, -math.inf, "d").to_json()
    assert content == {"statement": "S", "label": "l", "status": "failed", "measured": None, "predicted": 1.0,
                       "error": None, "tolerance": None, "detail": "d"}  # fmt: skip


# ---- formulas: values and limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: single_neuron_value(0, 5), "k must be at least 1; got 0"),
        (lambda: single_neuron_value(1, 1), "p must be at least 2; got 1"),
        (lambda: single_neuron_value(1, 2, 1), "order must be at least 2; got 1"),
        (lambda: frequency_share(0, 5), "k must be at least 1; got 0"),
        (lambda: frequency_share(1, 1), "p must be at least 2; got 1"),
        (lambda: printed_margin(0, 5), "k must be at least 1; got 0"),
        (lambda: printed_margin(1, 1), "p must be at least 2; got 1"),
        (lambda: max_margin(0, 5), "k must be at least 1; got 0"),
        (lambda: max_margin(501, 5), "k must be at most 500; got 501"),
        (lambda: max_margin(2, 1), "p must be at least 2; got 1"),
        (lambda: max_margin(2, 10**9 + 1), "p must be at most 1000000000; got 1000000001"),
        (lambda: class_weights(0, 5), "k must be at least 1; got 0"),
        (lambda: class_weights(1, 1), "p must be at least 2; got 1"),
        (lambda: construct(0, 5), "k must be at least 1; got 0"),
        (lambda: construct(13, 5), "k must be at most 12; got 13"),
        (lambda: construct(2, 1), "p must be at least 2; got 1"),
        (lambda: construct(2, 10**6 + 1), "p must be at most 1000000; got 1000001"),
        (lambda: construct(2, 5, "wide"), "method must be one of minimal, li24; got 'wide'"),
    ],
)
def test_limits_say_what_was_needed(call, message):
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == message


def test_limits_are_within_reach():
    assert single_neuron_value(1, 2, 2) == sympy.Rational(1, 4)
    assert frequency_share(1, 2) == printed_margin(1, 2) * 2 == 1
    assert max_margin(1, 10**9) == sympy.Rational(1, 2 * (10**9 - 1))
    assert max_margin(500, 3) > 0
    assert class_weights(1, 2) == [0, 1]
    assert construct(1, 2).width == 1


def test_formulas_by_hand():
    """Small cases from the closed forms, written out."""
    root2 = sympy.sqrt(2)
    assert max_margin(2, 3) == sympy.sqrt(sympy.Rational(2, 27)) / (2 * sympy.sqrt(3))
    assert max_margin(3, 5) == sympy.Rational(3, 16) / 20
    assert sympy.radsimp(max_margin(2, 4) - sympy.sqrt(sympy.Rational(2, 27)) / (2 * (2 + root2 / 2))) == 0
    assert max_margin_float(3, 31) == pytest.approx(2.01612903e-4, rel=1e-8)
    assert single_neuron_value(2, 5) == single_neuron_value(2, 5, 7) == sympy.sqrt(sympy.Rational(2, 15) ** 3) / 2
    assert single_neuron_value(2, 4, 2) / single_neuron_value(2, 4, 4) == root2
    assert frequency_share(2, 7) == sympy.Rational(1, 6)
    assert sympy.radsimp(frequency_share(2, 4) - 1 / (2 + root2 / 2)) == 0
    assert sympy.radsimp(frequency_share(3, 4) - sympy.Rational(2, 5)) == 0
    assert [order_two_discount(k) for k in (1, 2, 3)] == [1, root2 / 2, sympy.Rational(1, 2)]
    assert frequency_masses(3, 4) == {1: sympy.Rational(4, 5), 2: sympy.Rational(1, 5)}
    assert frequency_masses(2, 5) == {1: sympy.Rational(1, 2), 2: sympy.Rational(1, 2)}
    assert frequency_masses(1, 2) == {1: 1}
    k, p = sympy.symbols("k p", positive=True)
    for odd, number in ((True, 7), (False, 8)):
        assert sympy.simplify(margin_formula(k, p, odd).subs({k: 3, p: number}) - max_margin(3, number)) == 0
    assert margin_formula(k, p) == margin_formula(k, p, True)


def test_values_too_small_are_refused():
    with pytest.raises(InputError) as error:
        max_margin_float(400, 10**9)
    assert re.fullmatch(r"k and p must leave gamma\* above 2\.2e-308; got \d\.\dE-\d+", str(error.value))


@pytest.mark.parametrize(("k", "p"), [(1, 2), (1, 6), (2, 4), (2, 9), (3, 8), (4, 6), (5, 10), (6, 4), (7, 2)])
def test_masses_of_the_core_are_those_of_the_formula(k, p):
    """Two independent derivations, in rationals and in sympy."""
    masses = frequency_masses(k, p)
    assert [type(zeta) for zeta in masses] == [int] * (p // 2)
    for zeta, mass in masses.items():
        terms = optimality.frequency_mass(k, p, zeta).terms
        core = sympy.Add(*[sympy.Rational(v.numerator, v.denominator) * sympy.sqrt(n) for n, v in terms])
        assert sympy.radsimp(core - mass) == 0


@pytest.mark.parametrize("method", ["minimal", "li24"])
def test_the_smallest_networks_are_decided_and_their_phases_reduced(method):
    for k, p in [(1, 2), (1, 3), (2, 2), (3, 4)]:
        network = construct(k, p, method)
        assert decide(network).optimal
        for neuron in (neuron for block in network.blocks for neuron in block.neurons):
            assert all(0 <= t < 1 for t in (*neuron.phases, neuron.output))


def test_values_are_rounded_once():
    """The nearest float of 60 correct digits, at many arguments."""
    for k in range(1, 12):
        for p in range(2, 30):
            exact = Fraction(str(max_margin(k, p).evalf(60)))
            found = max_margin_float(k, p)
            assert abs(Fraction(found) - exact) <= Fraction(math.ulp(found)) / 2


# ---- signs near zero ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "m"), [(2, 3), (999983, 2), (2, 999983), (5, 1), (1, 5), (999979, 999983)])
def test_signs_of_differences_that_almost_cancel(n, m):
    """sqrt(n) - c sqrt(m) with c next to sqrt(n/m) on ever finer grids; its sign is that of n - m c^2."""
    for bits in range(40, 140, 7):
        nearest = math.isqrt(n * 4**bits // m)
        for numerator in range(nearest - 2, nearest + 4):
            expected = (n * 4**bits > m * numerator**2) - (n * 4**bits < m * numerator**2)
            for sign in (1, -1):
                surd = Surd([(sign, n), (Fraction(-sign * numerator, 2**bits), m)])
                assert surd.sign() == sign * expected


@pytest.mark.parametrize("size", [Fraction(1, 10**30), Fraction(10**30), Fraction(3, 2**64), Fraction(1, 2**200)])
def test_signs_of_tiny_and_huge_numbers(size):
    assert Surd([(size, 1)]).sign() == Surd([(size, 7)]).sign() == 1
    assert Surd([(-size, 1)]).sign() == Surd([(-size, 7)]).sign() == -1


# ---- the programme of every modulus ------------------------------------------------------------------------------


def test_non_negative_numbers_of_the_real_quadratic_field():
    for a in range(-12, 13):
        for b in range(-12, 13):
            exact = sympy.Rational(a, 5) + sympy.Rational(b, 7) * sympy.sqrt(2)
            assert modulus._non_negative(exact) == (a / 5 + b / 7 * math.sqrt(2) >= -1e-12)
    assert not modulus._non_negative(7 - 5 * sympy.sqrt(2))
    assert modulus._non_negative(-7 + 5 * sympy.sqrt(2))
    assert not modulus._non_negative(sympy.Rational(-3, 2) + sympy.sqrt(2))


def test_a_certificate_carries_what_it_certifies():
    found = modulus.certify_modulus(2, 6)
    assert (found.k, found.p, found.gamma) == (2, 6, max_margin(2, 6))
    assert found.masses == frequency_masses(2, 6)
    assert found.tau == class_weights(2, 6)
    assert list(found.label_margins) == [1, 2, 3, 4, 5]
    assert list(found.neuron_values) == [1, 2, 3]
    assert set(found.label_margins.values()) == set(found.neuron_values.values()) == {1}


def test_sums_outside_the_field_are_not_called_rational():
    """1 - exp(2 pi i/3) and 1 - i have degree 1 over the rationals."""
    zero, one = sympy.Integer(0), sympy.Integer(1)
    assert modulus.transform_gaps([zero, one, zero]) == {1: None}
    assert modulus.transform_gaps([zero, one, zero, zero]) == {1: None, 2: 2}


# ---- surds and certificates at their edges -----------------------------------------------------------------------


def test_surds_add_scale_reduce_and_print():
    root = Surd([(1, 8), (Fraction(1, 3), 1)])
    assert root.terms == ((1, Fraction(1, 3)), (2, Fraction(2)))
    assert (root + Surd([(-2, 2), (1, 45)])).terms == ((1, Fraction(1, 3)), (5, Fraction(3)))
    assert root.scaled(Fraction(-3, 2)).terms == ((1, Fraction(-1, 2)), (2, Fraction(-3)))
    assert str(root.scaled(-1)) == "-1/3 - 2*sqrt(2)"
    assert str(root) == "1/3 + 2*sqrt(2)"
    assert Surd([(1, 2), (1, 2)]) == Surd([(2, 2)])
    assert Surd([(1, 10**6)]) == Surd([(1000, 1)])
    assert all(Surd([(1, q * q)]) == Surd([(q, 1)]) for q in (2, 3, 5, 997))
    for radicand in (0, 10**6 + 1):
        with pytest.raises(ValueError, match="radicand") as error:
            Surd([(1, radicand)])
        assert str(error.value) == f"a radicand must lie in 1..1000000; got {radicand}"


@pytest.mark.parametrize(
    ("weight", "coefficient", "outcome"),
    [
        (1, 1, Fraction(1)),
        (0, 1, "a weight is not positive, so B need not be non-negative"),
        (-1, 1, "a weight is not positive, so B need not be non-negative"),
        (1, 0, "B has no positive mean: it is identically zero"),
    ],
)
def test_the_smallest_certificates(weight, coefficient, outcome):
    single = Certificate(2, (Square(weight, (((0, 0), coefficient),)),), Fraction(1))
    if isinstance(outcome, Fraction):
        assert bound_of(single) == outcome
        return
    with pytest.raises(CertificateRejected) as error:
        bound_of(single)
    assert str(error.value) == outcome


def test_exponents_of_many_inputs_are_decoded_exactly():
    """Beyond 2^53, where a float would have lost the last digits."""
    far = (64, -61, 62, -63, 0, 1, -1, 64)
    near = (-64, 64, -64, 64, -64, 64, -64, -64)
    sums = orbit_sums(Certificate(8, (Square(1, ((far, 1), (near, 3))),), Fraction(1)))
    difference = tuple(a - b for a, b in zip(far, near, strict=True))
    assert sums == {(0,) * 8: 10, orbit(difference): 6}
