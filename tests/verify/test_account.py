"""The account adds up for every network, its factors are at most 1, and a wrong factor is noticed."""

from dataclasses import replace
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.networks import SMALL, constructed
from theory.groups import load_group
from theory.margin import max_margin_float
from theory.network_file import NetworkFile
from theory.task import class_weighted_margins, logits
from verify.account import FACTORS, Account, account, neuron_factors
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


def account_of(network: NetworkFile) -> tuple[Subject, Account]:
    subject = Subject.of(network)
    return subject, account(subject, sweep(subject))


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


@given(st.integers(0, 10**9), st.sampled_from([(1, 4), (2, 5), (2, 4), (3, 4), (3, 3)]))
@settings(max_examples=30, deadline=None)
def test_efficiency_is_the_mean_margin_of_the_neuron(seed: int, size: tuple[int, int]) -> None:
    """Every neuron by itself, against the definition of g'."""
    subject = Subject.of(random_network(seed, *size))
    factors = neuron_factors(subject)
    for i in range(subject.m):
        mean = class_weighted_margins(subject.task, logits(subject.u[i : i + 1], subject.w[i : i + 1])).mean()
        best = float(subject.gamma) * np.linalg.norm(subject.vectors[i]) ** (subject.task.k + 1)
        assert factors[:, i].prod() == pytest.approx(mean / best, abs=1e-11)


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


def test_zero_neurons_have_efficiency_zero() -> None:
    network = constructed(2, 5)
    u, w = np.concatenate([network.u, np.zeros((1, 2, 5))]), np.concatenate([network.w, np.zeros((1, 5))])
    _, found = account_of(NetworkFile(u, w, 2, 5))
    assert found.mass[-1] == found.efficiency[-1] == 0
    assert found.total == pytest.approx(1)


def test_a_wrong_account_is_noticed() -> None:
    """The check fails when one factor of one neuron, or a gap, is off."""
    network = random_network(3, 2, 5)
    subject = Subject.of(network)
    found, passed = account(subject, sweep(subject)), sweep(subject)
    scale = float(subject.gamma * subject.norm_power)
    assert account_check(found, passed, scale).status == "passed"
    factors = found.factors.copy()
    factors[2, 0] *= 1.001
    for broken in (replace(found, factors=factors), replace(found, spread=found.spread * 1.001)):
        assert account_check(broken, passed, scale).status == "failed"
