"""The account adds up for every network, its factors are at most 1, and a wrong factor is noticed."""

import cmath
import math
from dataclasses import replace
from itertools import pairwise
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.networks import SMALL, constructed, on_group, spoilt
from theory.account import FACTORS, Account, account
from theory.account import neuron_factors as factors_of
from theory.groups import load_group
from theory.margin import max_margin_float
from theory.network_file import NetworkFile
from theory.task import Task, class_weighted_margins, logits, margins, neuron_masses
from verify.checks.margin import account_check
from verify.subject import Subject
from verify.sweep import sweep

CYCLIC = st.sampled_from(
    [(1, 2), (1, 5), (1, 6), (2, 2), (2, 3), (2, 6), (2, 9), (3, 3), (3, 4), (4, 2), (4, 5), (5, 3)]
)


def random_network(seed: int, k: int, p: int, spread: float = 1.0) -> NetworkFile:
    rng = np.random.default_rng(seed)
    m = int(rng.integers(1, 8))
    scale = np.exp(spread * rng.normal(size=(m, 1)))
    return NetworkFile(rng.normal(size=(m, k, p)) * scale[..., None], rng.normal(size=(m, p)) * scale, k, p)


def neuron_factors(subject: Subject) -> np.ndarray:
    return factors_of(subject.vectors, subject.group)


def account_of(network: NetworkFile) -> tuple[Subject, Account]:
    subject = Subject.of(network)
    return subject, account(subject.vectors, subject.group, subject.scale, sweep(subject))


@given(st.integers(0, 10**9), CYCLIC, st.floats(0, 5))
@settings(max_examples=100, deadline=None)
def test_adds_up(seed: int, size: tuple[int, int], spread: float) -> None:
    _, found = account_of(random_network(seed, *size, spread))
    assert found.error <= 1e-11 * (1 + found.spread + found.ties)
    assert sum(found.losses().values()) + found.margin == pytest.approx(1, abs=1e-11 * (1 + found.spread + found.ties))
    assert min(found.spread, found.ties) >= -1e-11
    assert found.factors[1:].min() >= 0
    assert np.abs(found.factors).max() <= 1 + 1e-12
    assert found.mass.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["S3", "D4", "Q8", "A4", "C6", "Dic3"])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_adds_up_on_groups(name: str, k: int) -> None:
    group = load_group(name)
    network = random_network(k, k, group.order)
    _, found = account_of(replace(network, table=np.array(group.table)))
    assert found.error <= 1e-11 * (1 + found.spread + found.ties)
    assert np.abs(found.factors).max() <= 1 + 1e-9


def test_two_routes_to_a_cyclic_group() -> None:
    """Z_6 as a group of its own and as a modulus: same account, factor by factor but for the grouping of steps."""
    network = random_network(5, 2, 6)
    elements = np.arange(6)
    table = (elements[:, None] + elements) % 6
    first, second = account_of(network)[1], account_of(replace(network, table=table))[1]
    assert first.factors == pytest.approx(second.factors, abs=1e-10)
    assert first.margin == pytest.approx(second.margin)


@pytest.mark.parametrize(("k", "p"), SMALL)
def test_constructions_lose_nothing(k: int, p: int) -> None:
    _, found = account_of(constructed(k, p))
    assert found.factors == pytest.approx(np.ones_like(found.factors), abs=1e-12)
    assert max(abs(loss) for loss in found.losses().values()) < 1e-11


@pytest.mark.parametrize("p", [2, 3, 4, 5, 6, 9, 10])
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6])
def test_value_of_the_chain(k: int, p: int) -> None:
    """Step 4 of the proof."""
    r = 2 ** ((k - 1) / 2)
    b = p / (p - 1) if p % 2 else p / (p - 2 + 1 / r)
    value = factorial(k) * b / r * p ** -((k + 1) / 2) * (k + 1) ** -((k + 1) / 2)
    assert value == pytest.approx(max_margin_float(k, p), rel=1e-13)


def test_factors_see_what_they_are_named_after() -> None:
    """One defect at a time in one neuron; all other factors stay 1."""
    network = constructed(3, 7)
    shift = np.fft.irfft(np.fft.rfft(network.u[0, 0]) * np.exp(0.3j), 7)
    defects = {
        "phase": np.stack([shift, *network.u[0, 1:]]),
        "balance": np.stack([1.2 * network.u[0, 0], *network.u[0, 1:]]),
        "DC": network.u[0] + 0.1,
    }
    for name, neuron in defects.items():
        factors = neuron_factors(Subject.of(NetworkFile(neuron[None], network.w[:1], 3, 7)))[:, 0]
        lost = {f for f, value in zip(FACTORS, factors, strict=True) if value < 1 - 1e-6}
        assert lost == {name}
    double = 2 * np.arange(7) % 7
    both = NetworkFile((network.u[:1] + network.u[:1][..., double]), network.w[:1] + network.w[:1][:, double], 3, 7)
    factors = neuron_factors(Subject.of(both))[:, 0]
    assert {f for f, value in zip(FACTORS, factors, strict=True) if value < 1 - 1e-6} == {"concentration"}


def test_a_wrong_account_is_noticed() -> None:
    """The check fails when one factor of one neuron, or a gap, is off."""
    network = random_network(3, 2, 5)
    subject = Subject.of(network)
    found, passed = account_of(network)[1], sweep(subject)
    scale = subject.scale
    assert account_check(found, passed, scale).status == "passed"
    factors = found.factors.copy()
    factors[2, 0] *= 1.001
    for broken in (replace(found, factors=factors), replace(found, spread=found.spread * 1.001)):
        assert account_check(broken, passed, scale).status == "failed"


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
        assert neuron_masses(subject.vectors) == pytest.approx([x / sum(powers) for x in powers])


def test_masses_of_tiny_neurons_do_not_underflow() -> None:
    """Weights near the smallest float beside others near one: their norm's 41st power is zero, not an error."""
    u = np.ones((2, 40, 2))
    u[1] *= 1e-200
    assert neuron_masses(Subject.of(NetworkFile(u, np.array([[1.0, -1], [1e-200, 0]]), 40, 2)).vectors).tolist() == [
        1,
        0,
    ]


def test_masses_of_many_inputs_do_not_overflow() -> None:
    u = np.ones((2, 200, 2))
    assert neuron_masses(Subject.of(NetworkFile(u, u[:, 0], 200, 2)).vectors).tolist() == [0.5, 0.5]


def test_zero_vectors_and_neurons_lose_everything_at_once() -> None:
    """0/0 counts as 0: without one input vector there is nothing left of phase and balance."""
    network = constructed(2, 5)
    u, w = network.u[:2].copy(), network.w[:2].copy()
    u[0, 1] = 0
    u[1], w[1] = 0, 0
    factors = neuron_factors(Subject.of(NetworkFile(u, w, 2, 5)))
    assert factors[:, 0] == pytest.approx([0, 1, 0, 1, 1])
    assert factors[:, 1].tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("name", [None, "S3"])
def test_account_of_a_network(name: str | None) -> None:
    """Every part by enumeration, and the parts add up."""
    network = spoilt(on_group(name)) if name else spoilt(constructed(2, 6))
    subject = Subject.of(network)
    found = account(subject.vectors, subject.group, subject.scale, sweep(subject))
    outputs = logits(subject.u, subject.w)
    weighted, plain = class_weighted_margins(subject.task, outputs), margins(subject.task, outputs)
    scale = float(subject.gamma) * float((np.linalg.norm(subject.vectors.reshape(subject.m, -1), axis=1) ** 3).sum())
    assert found.spread == pytest.approx((weighted.mean() - weighted.min()) / scale)
    assert found.ties == pytest.approx((weighted.min() - plain.min()) / scale)
    assert found.margin == pytest.approx(plain.min() / scale)
    assert found.mass == pytest.approx(neuron_masses(subject.vectors))
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
    network = spoilt(on_group("S3"))
    subject = Subject.of(network)
    cyclic = Subject.of(NetworkFile(network.u, network.w, 2, 6))
    assert np.abs(neuron_factors(subject) - neuron_factors(cyclic)).max() > 0.1
    assert Task.cyclic(2, 6).tau[3] != subject.task.tau[3]


def test_masses_of_an_ensemble_are_those_of_its_members() -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 4, 3, 5))
    assert neuron_masses(vectors) == pytest.approx(np.array([neuron_masses(each) for each in vectors]), rel=1e-15)
