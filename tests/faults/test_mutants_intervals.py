"""Enclosures and the account of the margin against exact arithmetic and loops, at every edge that a constant has."""

import cmath
import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import flint
import numpy as np
import pytest

from tests.faults.test_mutants_checks import spoilt, spoilt_group, wave
from tests.verify.networks import constructed
from theory.margin import max_margin_float
from theory.network_file import NetworkFile
from theory.task import Task, class_weighted_margins, logits, margins
from verify.account import FACTORS, Account, _ratio, account, masses, neuron_factors
from verify.intervals import Enclosure, ball_margin, component, fourier_error, margin_ratio
from verify.subject import PRECISION, Subject
from verify.sweep import Sweep, sweep

UNIT = 2.0**-53
INF = math.inf


# ---- intervals ---------------------------------------------------------------------------------------------------


def test_ends_are_moved_outwards_by_one_float() -> None:
    quarter, half = flint.arb(1, 0.25), flint.arb(3, 0.5)
    found = Enclosure.of_balls(quarter, half)
    assert Fraction(found.low) < Fraction(3, 4) < Fraction(found.low) + Fraction(1, 10**8)
    assert Fraction(found.high) > Fraction(7, 2) > Fraction(found.high) - Fraction(1, 10**8)
    exact = Enclosure.of_balls(flint.arb(1), flint.arb(3))
    assert (exact.low, exact.high) == (math.nextafter(1, -INF), math.nextafter(3, INF))
    assert Enclosure.around(1.0, 0.25) == Enclosure(math.nextafter(0.75, -INF), math.nextafter(1.25, INF))


def test_middle_width_and_text() -> None:
    found = Enclosure(0.5, 0.8125)
    assert (found.middle, found.width, str(found)) == (0.65625, 0.3125, "[0.5, 0.8125]")
    assert str(Enclosure(0.1, 1 / 3)) == "[0.10000000000000001, 0.33333333333333331]"
    assert Enclosure(-1.0, -1.0).middle == -1.0


def test_an_end_on_the_bound_decides() -> None:
    found = Enclosure(0.5, 0.75)
    assert (found.at_least(0.5), found.at_least(0.75), found.at_least(0.8)) == ("passed", "undecided", "failed")
    assert (found.at_most(0.75), found.at_most(0.5), found.at_most(0.4)) == ("passed", "undecided", "failed")


def whole(k: int, p: int, m: int = 3, seed: int = 0) -> Subject:
    """Integer weights, up to the power of two that every subject is scaled by."""
    rng = np.random.default_rng(seed)
    u, w = (rng.integers(-4, 5, size=size).astype(float) for size in ((m, k, p), (m, p)))
    return Subject.of(NetworkFile(u, w, k, p))


@pytest.mark.parametrize(("k", "p"), [(1, 2), (1, 5), (2, 4), (3, 3), (2, 2)])
def test_ball_margins_of_whole_numbers_are_exact(k: int, p: int) -> None:
    subject = whole(k, p)
    with flint.ctx.workprec(PRECISION):
        output = flint.arb_mat(subject.m, p, subject.w.ravel().tolist())
        for inputs in product(range(p), repeat=k):
            f = [sum(sum(Fraction(float(subject.u[i, j, a])) for j, a in enumerate(inputs)) ** k
                     * Fraction(float(subject.w[i, c])) for i in range(subject.m)) for c in range(p)]  # fmt: skip
            label = sum(inputs) % p
            expected = f[label] - max(x for c, x in enumerate(f) if c != label)
            ball = ball_margin(subject, output, np.array(inputs))
            assert ball.rad() == 0
            assert Fraction(float(ball.mid())) == expected


@pytest.mark.parametrize(("k", "p"), [(1, 5), (2, 4), (3, 3)])
def test_margin_ratio_takes_the_least_of_what_was_looked_at_and_of_the_rest(k: int, p: int) -> None:
    subject = whole(k, p)
    every = margins(subject.task, logits(subject.u, subject.w))
    scale = max_margin_float(k, p) * sum(
        float((v**2).sum()) ** ((k + 1) / 2) for v in np.concatenate([subject.u, subject.w[:, None]], axis=1)
    )
    inputs = [(0,) * k, (1,) * k, (1,) + (0,) * (k - 1), (p - 1,) * k]
    values = [float(every[a]) for a in inputs]

    def ratio(chosen: list[int], following: float, error: float) -> Enclosure:
        worst = np.array([inputs[i] for i in chosen])
        return margin_ratio(subject, Sweep(0.0, error, worst, following, 0.0, 0.0))

    for chosen in ([0], [0, 1, 2, 3], [3, 2, 1], [2, 0], [1, 3, 0]):
        least = min(values[i] for i in chosen)
        found = ratio(chosen, INF, 7.0)
        assert found.low == pytest.approx(least / scale, rel=1e-12, abs=1e-300)
        assert found.high == pytest.approx(least / scale, rel=1e-12, abs=1e-300)
        assert found.low <= found.high
        assert found.width <= 2.0**-47 * abs(least / scale)
        below = ratio(chosen, least - 0.25, 2.0**-4)
        assert below.low == pytest.approx((least - 0.3125) / scale, rel=1e-12)
        assert below.high == found.high
        assert ratio(chosen, least + 1.0, 0.5) == found


# ---- one frequency, with its error -------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [2, 3, 8, 9])
def test_component_of_noise(p: int) -> None:
    """Phase and remainder by projection; the stated bounds: (p+4) u sqrt(2p), (3p+40) u on the norm."""
    rng = np.random.default_rng(p)
    vectors = rng.normal(size=(5, p))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    frequency = np.array([1 + i % (p // 2) for i in range(5)])
    found = component(vectors, frequency)
    assert found.error == fourier_error(p) == (3 * p + 40) * UNIT
    slack = (p + 4) * UNIT * math.sqrt(2 * p)
    for i, (v, zeta) in enumerate(zip(vectors, frequency.tolist(), strict=True)):
        phase, residual = wave(v, zeta)
        turns = found.phase[i] - phase
        assert abs(turns - round(turns)) < 1e-14
        assert abs(found.phase[i]) <= 0.5
        assert found.residual[i] == pytest.approx(residual, abs=1e-14)
        size = abs(sum(x * cmath.exp(-2j * math.pi * zeta * a / p) for a, x in enumerate(v)))
        assert found.phase_error[i] == pytest.approx(slack / size / (2 * math.pi) + 4 * UNIT, rel=1e-6, abs=0)


@pytest.mark.parametrize(("factor", "known"), [(1.01, True), (0.99, False)])
def test_the_phase_of_a_coefficient_below_its_error_is_unknown(factor: float, known: bool) -> None:
    """The coefficient of e_0 is 1 at every frequency."""
    p = 7
    slack = (p + 4) * UNIT * math.sqrt(2 * p)
    vector = np.zeros((1, p))
    vector[0, 0] = factor * slack
    found = component(vector, np.array([2]))
    expected = math.asin(1 / factor) / (2 * math.pi) + 4 * UNIT if known else 0.5
    assert found.phase_error[0] == pytest.approx(expected, rel=1e-9, abs=0)


def test_a_coefficient_equal_to_its_error_is_unknown() -> None:
    p = 8  # (p+4) u sqrt(16) is a float, and so is the coefficient
    vector = np.zeros((1, p))
    vector[0, 0] = 12 * UNIT * 4
    assert component(vector, np.array([3])).phase_error[0] == 0.5


# ---- the account -------------------------------------------------------------------------------------------------


def plain_factors(vectors: np.ndarray) -> list[float]:
    """phase, balance, concentration and DC of one neuron, from the definition of the chain."""
    count, p = vectors.shape
    power, phases = [], []
    for zeta in range(1, p // 2 + 1):
        pooled = 1.0 if 2 * zeta == p else 2.0
        coefficients = [sum(x * cmath.exp(-2j * math.pi * zeta * a / p) for a, x in enumerate(v)) for v in vectors]
        power.append([pooled * abs(c) ** 2 for c in coefficients])
        angles = [cmath.phase(c) for c in coefficients]
        phases.append(sum(angles[:-1]) - angles[-1])
    s = count / 2
    products = [math.prod(math.sqrt(y) for y in row) for row in power]
    chain = [
        sum(x * math.cos(t) for x, t in zip(products, phases, strict=True)),
        sum(products),
        sum((sum(row) / count) ** s for row in power),
        sum(sum(row) / count for row in power) ** s,
        (p * float((vectors**2).sum()) / count) ** s,
    ]
    return [a / b for a, b in pairwise(chain)]


@pytest.mark.parametrize(("k", "p"), [(1, 5), (1, 6), (2, 2), (2, 7), (3, 6), (2, 3), (4, 4)])
def test_factors_are_those_of_the_chain(k: int, p: int) -> None:
    rng = np.random.default_rng(k + p)
    subject = Subject.of(NetworkFile(rng.normal(size=(4, k, p)) + 0.3, rng.normal(size=(4, p)), k, p))
    factors = neuron_factors(subject)
    assert factors.shape == (5, 4)
    assert FACTORS == ("phase", "representation", "balance", "concentration", "DC")
    for i in range(4):
        phase, *others = plain_factors(subject.vectors[i])
        assert factors[:, i] == pytest.approx([phase, 1.0, *others], rel=1e-9)


def test_masses_are_shares_of_powers() -> None:
    for k in (1, 2, 3):
        rng = np.random.default_rng(k)
        subject = Subject.of(NetworkFile(rng.normal(size=(4, k, 5)), rng.normal(size=(4, 5)), k, 5))
        powers = [sum(float(x) ** 2 for x in v.ravel()) ** ((k + 1) / 2) for v in subject.vectors]
        assert masses(subject) == pytest.approx([x / sum(powers) for x in powers])


def test_masses_of_tiny_neurons_do_not_underflow() -> None:
    """Weights near the smallest float beside others near one: their norm's 41st power is zero, not an error."""
    u = np.ones((2, 40, 2))
    u[1] *= 1e-200
    assert masses(Subject.of(NetworkFile(u, np.array([[1.0, -1], [1e-200, 0]]), 40, 2))).tolist() == [1, 0]


def test_masses_of_many_inputs_do_not_overflow() -> None:
    u = np.ones((2, 200, 2))
    assert masses(Subject.of(NetworkFile(u, u[:, 0], 200, 2))).tolist() == [0.5, 0.5]


def test_zero_vectors_and_neurons_lose_everything_at_once() -> None:
    """0/0 counts as 0: without one input vector there is nothing left of phase and balance."""
    network = constructed(2, 5)
    u, w = network.u[:2].copy(), network.w[:2].copy()
    u[0, 1] = 0
    u[1], w[1] = 0, 0
    factors = neuron_factors(Subject.of(NetworkFile(u, w, 2, 5)))
    assert factors[:, 0] == pytest.approx([0, 1, 0, 1, 1])
    assert factors[:, 1].tolist() == [0, 1, 0, 0, 0]


def test_nothing_over_nothing_is_zero_whatever_the_memory_held() -> None:
    np.full(8, 7.0)  # freed at once: the next array of this size may lie there
    assert _ratio(np.array([0.0, 1, 2, 0, 5, 0, 0, 0]), np.array([0.0, 2, 1, 0, 0, 0, 3, 0])).tolist() == [
        0, 0.5, 2, 0, 0, 0, 0, 0]  # fmt: skip


@pytest.mark.parametrize("name", [None, "S3"])
def test_account_of_a_network(name: str | None) -> None:
    """Every part by enumeration, and the parts add up."""
    network = spoilt_group(name, 2) if name else spoilt(2, 6)
    subject = Subject.of(network)
    found = account(subject, sweep(subject))
    outputs = logits(subject.u, subject.w)
    weighted, plain = class_weighted_margins(subject.task, outputs), margins(subject.task, outputs)
    scale = float(subject.gamma) * float((np.linalg.norm(subject.vectors.reshape(subject.m, -1), axis=1) ** 3).sum())
    assert found.spread == pytest.approx((weighted.mean() - weighted.min()) / scale)
    assert found.ties == pytest.approx((weighted.min() - plain.min()) / scale)
    assert found.margin == pytest.approx(plain.min() / scale)
    assert found.mass == pytest.approx(masses(subject))
    assert found.factors == pytest.approx(neuron_factors(subject))
    assert found.efficiency == pytest.approx(np.prod(found.factors, axis=0))
    for i in range(subject.m):
        alone = class_weighted_margins(subject.task, logits(subject.u[i : i + 1], subject.w[i : i + 1])).mean()
        norm = float(np.linalg.norm(subject.vectors[i]))
        assert found.efficiency[i] == pytest.approx(alone / (float(subject.gamma) * norm**3), abs=1e-9)
    total = sum(q * e for q, e in zip(found.mass, found.efficiency, strict=True)) - found.spread - found.ties
    assert found.total == pytest.approx(total)
    assert found.error < 1e-9
    assert replace(found, margin=found.total + 0.25).error == pytest.approx(0.25)
    assert replace(found, margin=found.total - 0.25).error == pytest.approx(0.25)


def test_losses_are_booked_from_the_last_inequality_to_the_first() -> None:
    mass = np.array([0.25, 0.75])
    factors = np.array([[0.5, 1], [1, 1], [0.5, 0.25], [1, 0.5], [0.5, 0.5]])
    found = Account(mass, factors, 0.03125, 0.0625, 0.0)
    losses = found.losses()
    assert list(losses) == ["DC", "concentration", "balance", "phase", "spread over the inputs", "ties of wrong labels"]
    assert list(losses.values()) == [0.5, 0.1875, 0.1875 - 0.046875 + 0.0625, 0.03125, 0.03125, 0.0625]
    by_hand = 1 - sum(list(losses.values())[:4])
    assert by_hand == pytest.approx(float(mass @ factors.prod(axis=0)))
    used = replace(found, factors=np.array([[1, 1], [1, 0.5], [1, 1], [1, 1], [1, 1.0]]))
    assert used.losses() == {"DC": 0, "concentration": 0, "balance": 0, "representation": 0.375, "phase": 0,
                             "spread over the inputs": 0.03125, "ties of wrong labels": 0.0625}  # fmt: skip


def test_the_task_of_an_account_is_that_of_the_network() -> None:
    """The same vectors as a group of order 6 that is not cyclic lose something else."""
    network = spoilt_group("S3", 2)
    subject = Subject.of(network)
    cyclic = Subject.of(NetworkFile(network.u, network.w, 2, 6))
    assert np.abs(neuron_factors(subject) - neuron_factors(cyclic)).max() > 0.1
    assert Task.cyclic(2, 6).tau[3] != subject.task.tau[3]
