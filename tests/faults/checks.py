"""The checks that must tell a fault from its honest twin: each returns its reasons to refuse, none to accept.

Every check takes another route than what it judges: enumeration judges formulas, algebra judges networks, a direct
minimum judges a predicted one.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import comb, exp, log
from typing import Any

import numpy as np
import sympy

from theory import parity
from theory.construction import construct
from theory.core.dual_certificate import Certificate, CertificateRejected
from theory.core.dual_certificate import check as check_certificate
from theory.core.exact_network import ExactNetwork
from theory.core.optimality import decide
from theory.derivation.single_neuron import enumerated_objective, random_neurons
from theory.derivation.step import Result
from theory.errors import InputError
from theory.floats import weights
from theory.groups import load_group
from theory.groups.construction import construct as construct_group
from theory.groups.group import Group
from theory.groups.margin import GroupMargin, group_task
from theory.margin import max_margin_float
from theory.misprints import Misprint
from theory.modulus import certify_modulus
from theory.task import Task, logits, margins, network_norm, normalised_margin

Reasons = list[str]
Formula = Callable[[int, int], Any]
Weights = tuple[np.ndarray, np.ndarray]

MODULI = [(1, 4), (1, 5), (2, 3), (2, 4), (2, 5), (2, 7), (3, 3), (3, 4), (3, 5), (4, 3), (4, 4)]
GROUPS = [("S3", 2), ("Q8", 2), ("C4", 3), ("A4", 2), ("S3", 3)]


def differs(found: Any, expected: float, tolerance: float = 1e-11) -> bool:
    """Whether two numbers differ by more than rounding; NaN differs from everything."""
    return not abs(float(found) - expected) <= tolerance * abs(expected)


# ---- formulas, judged by what networks attain --------------------------------------------------------------------


@cache
def attained(k: int, p: int) -> float:
    """The margin of the minimal construction, over all inputs."""
    return normalised_margin(Task.cyclic(k, p), *weights(construct(k, p)))


def attained_margin(formula: Formula) -> Reasons:
    """gamma*(k, p) against the margin that a network of norm 1 has on every input."""
    found = [(k, p, float(formula(k, p)), attained(k, p)) for k, p in MODULI]
    return [f"({k}, {p}): {claim:.9g}, attained {truth:.9g}" for k, p, claim, truth in found if differs(claim, truth)]


def attained_group_margin(formula: Callable[[Group, int], Any]) -> Reasons:
    """gamma*(G, k) against the margin of a network on every input."""
    reasons = []
    for name, k in GROUPS:
        group = load_group(name)
        network = construct_group(group, k)
        truth = normalised_margin(group_task(group, k), network.u, network.w)
        if differs(formula(group, k), truth):
            reasons.append(f"{name}, k={k}: {float(formula(group, k)):.9g}, attained {truth:.9g}")
    return reasons


def counted_width(formula: Callable[[str, int, int], int]) -> Reasons:
    """A width against the number of neurons that are built."""
    return [
        f"{method}, ({k}, {p}): {formula(method, k, p)}, built {construct(k, p, method).width}"
        for method in ("minimal", "li24")
        for k, p in [(1, 7), (2, 5), (2, 8), (3, 7), (4, 9), (5, 12)]
        if formula(method, k, p) != construct(k, p, method).width
    ]


def linear_programme(claim: dict[str, Any]) -> Reasons:
    """Masses, class weights and gamma as an exact primal and dual pair."""
    found = certify_modulus(**claim)
    return [
        *(["not a distribution of masses"] * (not found.primal_feasible)),
        *(["not class weights"] * (not found.dual_feasible)),
        *([f"a frequency is not worth gamma: {found.neuron_values}"[:120]] * (not found.upper_holds)),
        *([f"a wrong label is not gamma away: {found.label_margins}"[:120]] * (not found.lower_holds)),
    ]


def enumerated_neuron(formula: Callable[..., np.ndarray]) -> Reasons:
    """The value of a neuron in Fourier space against its mean class-weighted margin over all inputs."""
    reasons = []
    for k, p in [(1, 5), (2, 5), (2, 6), (3, 4), (3, 3)]:
        task = Task.cyclic(k, p)
        u, w = random_neurons(k, p, 3, seed=k + p)
        truth, claim = enumerated_objective(task, u, w), formula(u, w, task.tau)
        if not np.allclose(claim, truth, rtol=1e-10, atol=1e-12):
            reasons.append(f"({k}, {p}): {claim[0]:.6g}, enumerated {truth[0]:.6g}")
    return reasons


def third_route(claim: tuple[Misprint, bool]) -> Reasons:
    """A printed or corrected formula against an independent computation of the same number."""
    misprint, printed = claim
    found = misprint.check()
    value, wrong = (found.printed, found.printed_fails) if printed else (found.corrected, not found.corrected_holds)
    return [f"{found.where}: {value:.6g}, but {found.truth:.6g}"] * wrong


def derivation_step(check: Callable[[], Result]) -> Reasons:
    """A step of the derivation, in exact algebra."""
    result = check()
    return [] if result.ok else [f"{result.detail}: {result.measured:.6g}, not {result.predicted:.6g}"]


def direct_minimum(scale: Callable[[int, float, float], float]) -> Reasons:
    """The predicted margin before normalisation against a search for the minimum of the loss over the norm."""
    reasons = []
    for p, gamma, ratio in [(3, 0.1, 0.2), (7, 0.01, 0.5), (5, 0.03, 0.79), (5, 0.03, 0.81), (11, 0.2, 0.01)]:
        lambda_ = ratio * gamma

        def loss(s: float, p: int = p, price: float = lambda_ / gamma) -> float:
            return log(1 + (p - 1) * exp(-s)) + price * s

        low, high = 0.0, 60.0
        for _ in range(200):  # ternary search on a convex function
            a, b = low + (high - low) / 3, high - (high - low) / 3
            low, high = (low, b) if loss(a) < loss(b) else (a, high)
        try:
            claim = scale(p, gamma, lambda_)
        except ValueError:
            claim = float("nan")
        if not abs(claim - low) < 1e-6:
            reasons.append(f"p={p}, lambda={ratio} gamma*: {claim:.6g}, minimum at {low:.6g}")
    return reasons


# ---- networks ----------------------------------------------------------------------------------------------------


def exact_decision(network: ExactNetwork) -> Reasons:
    """The exact maximum-margin decision of the trusted core."""
    try:
        return [f"{violation.condition}: {violation.detail}" for violation in decide(network).violations]
    except ValueError as error:
        return [f"refused: {error}"]


def enumerated_margin(network: tuple[Task, float, np.ndarray, np.ndarray]) -> Reasons:
    """Norm 1, and the margin gamma* at every input and over every wrong label's maximum, to 1e-9."""
    task, gamma, u, w = network
    norm, found = float(network_norm(u, w)), margins(task, logits(u, w))
    return [
        *([f"norm {norm:.12g}, not 1"] * differs(norm, 1, 1e-9)),
        *([f"margin {found.min() / gamma:.9g} gamma*"] * differs(found.min(), gamma, 1e-9)),
        *([f"margins spread up to {found.max() / gamma:.9g} gamma*"] * differs(found.max(), gamma, 1e-9)),
    ]


def parity_theorem(network: parity.ParityNetwork) -> Reasons:
    """The exact conditions of sparse parity."""
    return parity.failures(network)


def rebuilt_wave(spectrum: Callable[[np.ndarray, int], tuple[float, float]]) -> Reasons:
    """(amplitude, phase in turns) at a frequency must rebuild the vector that they were read from."""
    reasons = []
    for p, zeta in [(7, 2), (8, 3), (8, 4), (9, 3)]:
        x = np.arange(p)
        turns = 0.0 if 2 * zeta == p else 0.13
        vector = 0.7 * np.cos(2 * np.pi * (turns + zeta * x / p))
        amplitude, phase = spectrum(vector, zeta)
        rebuilt = amplitude * np.cos(2 * np.pi * (phase + zeta * x / p))
        if not np.allclose(rebuilt, vector, atol=1e-12):
            reasons.append(f"p={p}, zeta={zeta}: off by {np.abs(rebuilt - vector).max():.3g}")
    return reasons


def plancherel(power: Callable[[np.ndarray], np.ndarray]) -> Reasons:
    """Pooled powers add up to the squared norm, and a pure cosine has all of it at one frequency."""
    reasons = []
    for p in (7, 8):
        vector = np.random.default_rng(p).normal(size=p)
        if differs(power(vector).sum(), float(vector @ vector)):
            reasons.append(f"p={p}: powers add up to {power(vector).sum():.6g}, squared norm {vector @ vector:.6g}")
        wave = power(np.cos(2 * np.pi * np.arange(p) / p))
        if differs(wave.max(), float(p / 2)):
            reasons.append(f"p={p}: a cosine has {wave.max() / (p / 2):.6g} of its power at its frequency")
    return reasons


# ---- certificates and groups -------------------------------------------------------------------------------------


def dual_certificate(certificate: Certificate) -> Reasons:
    """The exact checker of lower bounds on the width."""
    try:
        check_certificate(certificate)
    except CertificateRejected as error:
        return [str(error)]
    return []


def moments_of_design(forced: Callable[[int, int | None], Any]) -> Reasons:
    """Moments that are said to vanish in every design, evaluated on designs that are known to be optimal."""
    from theory.narrow_designs import stored_designs
    from theory.phase_designs import random_design

    designs: list[tuple[int, int | None, Any]] = [(k, None, random_design(k, seed=5)) for k in (2, 3)]
    designs += [(k, order, design) for (k, order), design in stored_designs().items() if k <= 3]
    reasons = []
    for k, order, design in designs:
        t = np.array([[float(x) for x in neuron.phases] for neuron in design])
        q = np.array([float(neuron.share) for neuron in design])
        for m in forced(k, order):
            size = abs(q @ np.exp(2j * np.pi * t @ np.array(m)))
            if size > 1e-9:
                reasons.append(f"k={k}, order {order}: the moment {m} is {size:.3g} in an optimal design")
    return reasons


def group_axioms(table: list[list[int]]) -> Reasons:
    """A multiplication table as a group."""
    try:
        Group("candidate", np.array(table))
    except InputError as error:
        return [str(error)]
    return []


def weak_duality(margin: GroupMargin) -> Reasons:
    """gamma*(G, k) as an exact primal and dual pair over the characters."""
    return margin.failures()


def orthogonality(product: Callable[[Group, np.ndarray, np.ndarray], complex]) -> Reasons:
    """Inner products of irreducible characters are 0 and 1."""
    from theory.groups.characters import character_table

    reasons = []
    for name in ("C3", "S3", "Q8", "A4"):
        group = load_group(name)
        rows = character_table(group).values
        found = np.array([[product(group, a, b) for b in rows] for a in rows])
        if not np.allclose(found, np.eye(len(rows)), atol=1e-10):
            reasons.append(f"{name}: off by {np.abs(found - np.eye(len(rows))).max():.3g}")
    return reasons


def walk_counts(count: Callable[[tuple[int, ...]], int]) -> Reasons:
    """Numbers of walks: all of them together are (2k)^k, and one coordinate at a time they are binomial."""
    from theory.core.exponents import exponents

    reasons = []
    for k in (1, 2, 3, 4):
        total = sum(count(n) for n in exponents(k))
        if total != (2 * k) ** k:
            reasons.append(f"k={k}: {total} walks, not {(2 * k) ** k}")
    square = {(a, b): comb(2, (2 + a + b) // 2) * comb(2, (2 + a - b) // 2) for a, b in exponents(2)}
    wrong = [n for n, truth in square.items() if count(n) != truth]
    return reasons + [f"walks to {n}: {count(n)}, not {square[n]}" for n in wrong[:1]]


def vanishing_sums(reduce: Callable[[dict[int, int], int], Any]) -> Reasons:
    """Sums of roots of unity whose value is known: which of them are zero."""
    zero = [({0: 1, 2: 1, 4: 1}, 6), ({0: 1, 3: 1}, 6), ({0: 1, 1: 1, 2: 1}, 3), ({1: 2, 5: 2}, 8), ({}, 5)]
    zero += [({0: -1, 1: 1, 5: 1}, 6), ({j: 1 for j in range(0, 30, 6)}, 30)]
    other = [({0: 1, 1: 1}, 3), ({0: 1, 2: 1}, 6), ({0: 10**20, 1: 10**20 + 1, 2: 10**20}, 3), ({1: 1}, 1)]
    other += [({0: 1, 1: 1, 2: 1, 3: 1}, 5), ({0: 1, 2: 1, 4: 1}, 8)]
    return [f"{terms} in order {n} is zero" for terms, n in zero if reduce({r % n: c for r, c in terms.items()}, n)] + [
        f"{terms} in order {n} is not zero" for terms, n in other if not reduce(dict(terms), n)
    ]


def verdicts(judge: Callable[..., Any]) -> Reasons:
    """(measured, bound, tolerance) that must hold and must not; a NaN never holds."""
    hold = [(1.0, 1.0, 0.0), (1.0 - 1e-12, 1.0, 1e-9), (-2.0, -2.0, 0.0), (0.0, 0.0, 0.0)]
    fail = [(1.1, 1.0, 1e-3), (float("nan"), 1.0, 1.0), (float("inf"), 1.0, 1.0), (1e-3, 0.0, 1e-4)]
    fail += [(-1.0, -2.0, 1e-3), (1.1e-6, 1e-6, 1e-3)]
    return [f"{case} must hold" for case in hold if not judge("S", "l", *case).holds] + [
        f"{case} must not hold" for case in fail if judge("S", "l", *case).holds
    ]


def exact_mass(mass: Callable[[int, int, int], Any]) -> Reasons:
    """Masses add up to 1, and mass times worth is equal over frequencies, half of it at p/2: in 40 digits."""
    reasons = []
    for k, p in [(1, 4), (2, 3), (2, 4), (2, 6), (3, 4), (3, 5), (4, 8), (5, 2)]:
        values = [
            sum(sympy.Rational(v.numerator, v.denominator) * sympy.sqrt(n) for n, v in mass(k, p, zeta).terms)
            for zeta in range(1, p // 2 + 1)
        ]
        if differs(sympy.Add(*values).evalf(40), 1.0, 1e-15):
            reasons.append(f"({k}, {p}): the masses add up to {sympy.Add(*values).evalf(6)}")
        if p % 2 == 0 and p > 2:
            needed = Fraction(1, 2) / 2 ** ((k - 1) / 2)
            if differs((values[-1] / values[0]).evalf(40), float(needed), 1e-14):
                reasons.append(f"({k}, {p}): frequency p/2 has {(values[-1] / values[0]).evalf(6)} of another's mass")
    return reasons


def gamma_of(k: int, p: int) -> float:
    """gamma*(k, p), for networks that claim to attain it."""
    return max_margin_float(k, p)
