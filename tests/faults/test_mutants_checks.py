"""Every check of a network, word for word and number for number, against the same statement written out plainly.

The networks are wrong in every respect at once and have a dead neuron in front, so no index, constant or text of a
check can change without a difference here.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.verify.networks import constructed
from theory.construction import construct
from theory.core.surd import Surd
from theory.errors import InputError
from theory.groups import load_group
from theory.groups.construction import construct as construct_group
from theory.groups.margin import max_margin as max_group_margin
from theory.margin import frequency_masses
from theory.network_file import NetworkFile
from theory.regularisation import predict_from_margin
from theory.task import Task, logits
from verify.account import Account
from verify.checks import group, moments
from verify.checks.decomposition import Decomposition
from verify.checks.exact import exact_checks
from verify.checks.group import GroupDecomposition, group_checks, mass_check, required_representations
from verify.checks.linear import linear_checks
from verify.checks.margin import account_check, margin_checks, undecided_margin
from verify.checks.moments import class_sums, exponent_table, moment_check, too_many_exponents, worst_class
from verify.checks.regularised import _is_uniform, regularisation_checks
from verify.checks.single_frequency import every_frequency, name_of, predicted_masses, single_frequency_checks
from verify.checks.trained import Thresholds, trained_checks, trained_group_checks, trained_linear_checks
from verify.intervals import Enclosure
from verify.result import CheckResult
from verify.subject import Subject
from verify.sweep import Sweep

UNIT = 2.0**-53
SIZES = [(2, 7), (2, 6), (3, 4)]


def same(found: CheckResult, *, rel: float = 1e-9, **expected: object) -> None:
    """Every field: numbers up to rounding, everything else exactly; a field that is not named must be empty."""
    expected.pop("label", None)
    expected.pop("detail", None)  # words are free
    for name, value in {"measured": None, "predicted": None, "error": None, "tolerance": None,
                        **expected}.items():  # fmt: skip
        actual = getattr(found, name)
        if isinstance(value, float):
            assert isinstance(actual, int | float), name
            assert actual == pytest.approx(value, rel=rel, abs=1e-13), name
        else:
            assert actual == value, name


def passes_exactly_up_to(check: Callable[[float], CheckResult], multiple: float, error: float) -> None:
    """The check of tol passes where ``multiple * tol`` exceeds the error, fails below it, and says so."""
    for factor, status in ((1 + 1e-6, "passed"), (1 - 1e-6, "failed")):
        found = check(error / multiple * factor)
        assert found.status == status
        assert found.error == pytest.approx(error, rel=1e-9)
        assert found.tolerance == pytest.approx(error * factor, rel=1e-9)


# ---- networks that are wrong everywhere --------------------------------------------------------------------------


def spoilt(k: int, p: int, seed: int = 0, size: float = 0.03) -> NetworkFile:
    """A construction with noise, shuffled, and a dead neuron in front."""
    network, rng = constructed(k, p), np.random.default_rng(seed)
    order = rng.permutation(len(network.w))
    scale = size * float(np.abs(network.u).max())
    u = network.u[order] + scale * rng.normal(size=network.u.shape)
    w = network.w[order] + scale * rng.normal(size=network.w.shape)
    u, w = np.concatenate([1e-6 * u[:1], u]), np.concatenate([1e-6 * w[:1], w])
    return NetworkFile(u, w, k, p)


def spoilt_group(name: str, k: int, seed: int = 0, size: float = 0.03) -> NetworkFile:
    found, rng = construct_group(load_group(name), k), np.random.default_rng(seed)
    order = rng.permutation(len(found.w))
    scale = size * float(np.abs(found.u).max())
    u = found.u[order] + scale * rng.normal(size=found.u.shape)
    w = found.w[order] + scale * rng.normal(size=found.w.shape)
    u, w = np.concatenate([1e-6 * u[:1], u]), np.concatenate([1e-6 * w[:1], w])
    return NetworkFile(u, w, k, found.group.order, found.group.table, {"group": name})


def vectors_of(network: NetworkFile) -> np.ndarray:
    return np.concatenate([network.u, network.w[:, None]], axis=1)


def wave(v: np.ndarray, zeta: int) -> tuple[float, float]:
    """(phase in turns, 2-norm of what is left beside the frequency over the whole), by projection."""
    turns = 2 * np.pi * zeta * np.arange(len(v)) / len(v)
    basis = [np.cos(turns)] + ([np.sin(turns)] if 2 * zeta != len(v) else [])
    left = v - sum((v @ b) / (b @ b) * b for b in basis)
    sine = v @ np.sin(turns) if len(basis) == 2 else 0.0
    return math.atan2(-sine, float(v @ np.cos(turns))) / (2 * np.pi), float(np.linalg.norm(left) / np.linalg.norm(v))


class Plain:
    """The live neurons of a network on Z_p, in loops."""

    def __init__(self, network: NetworkFile) -> None:
        self.k, self.p, self.m = network.k, network.p, len(network.w)
        self.vectors = vectors_of(network)
        power = [float((neuron**2).sum()) ** ((self.k + 1) / 2) for neuron in self.vectors]
        self.mass = np.array(power) / sum(power)
        self.live = [i for i in range(self.m) if self.mass[i] > 1e-6 / self.m]
        half = range(1, self.p // 2 + 1)
        shares = [[[1 - wave(v, zeta)[1] ** 2 for zeta in half] for v in self.vectors[i]] for i in self.live]
        self.own = [[1 + int(np.argmax(share)) for share in neuron] for neuron in shares]
        self.frequency = [1 + int(np.argmax(np.sum(neuron, axis=0))) for neuron in shares]
        self.norms = [[float(np.linalg.norm(v)) for v in self.vectors[i]] for i in self.live]

    def waves(self, at_own: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Phases and residuals, shape (L, k+1)."""
        found = [
            [wave(v, self.own[row][j] if at_own else self.frequency[row]) for j, v in enumerate(self.vectors[i])]
            for row, i in enumerate(self.live)
        ]
        return np.array(found)[..., 0], np.array(found)[..., 1]

    def phase_errors(self) -> np.ndarray:
        phases, _ = self.waves()
        turns = phases[:, :-1].sum(axis=1) - phases[:, -1]
        return np.abs((turns + 0.5) % 1 - 0.5)

    def carried(self) -> list[float]:
        """Mass of the live neurons of every frequency 0..floor(p/2)."""
        return [
            sum(self.mass[i] for i, f in zip(self.live, self.frequency, strict=True) if f == zeta)
            for zeta in range(self.p // 2 + 1)
        ]

    def name(self, row: int, vector: int) -> str:
        return f"neuron {self.live[row]}, " + ("w" if vector == self.k else f"u_{vector + 1}")


def of(network: NetworkFile) -> tuple[Subject, Decomposition, Plain]:
    subject = Subject.of(network)
    return subject, Decomposition.of(subject), Plain(network)


# ---- neurons as waves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("k", "p"), SIZES)
def test_decomposition(k: int, p: int) -> None:
    subject, found, plain = of(spoilt(k, p))
    scaled = 2.0**subject.exponent
    assert found.live.tolist() == plain.live == list(range(1, subject.m))
    assert found.mass == pytest.approx(plain.mass, rel=1e-12)
    assert found.norms * scaled == pytest.approx(np.array(plain.norms), rel=1e-12)
    assert found.unit == pytest.approx(plain.vectors[plain.live] / np.array(plain.norms)[..., None], rel=1e-12)
    assert found.own.tolist() == plain.own
    assert found.frequency.tolist() == plain.frequency
    for component, at_own in ((found.pure, True), (found.waves, False)):
        phases, residuals = plain.waves(at_own)
        turns = component.phase - phases
        assert np.abs(turns - np.round(turns)).max() < 1e-12
        assert component.residual == pytest.approx(residuals, abs=1e-12)
        assert component.error == (3 * p + 40) * UNIT
    assert found.consistent.tolist() == [set(own) == {f} for own, f in zip(plain.own, plain.frequency, strict=True)]
    assert found.phase_error == pytest.approx(plain.phase_errors(), abs=1e-12)
    each = found.waves.phase_error.sum(axis=1)
    assert found.phase_uncertainty == pytest.approx(each + 8 * UNIT * (k + 1), rel=1e-12, abs=0)
    assert found.frequency_masses() == pytest.approx(plain.carried())


def test_all_neurons_are_decomposed_dead_and_zero_ones_too() -> None:
    network = constructed(2, 7)
    u, w = np.concatenate([0 * network.u[:1], network.u]), np.concatenate([0 * network.w[:1], network.w])
    subject = Subject.of(NetworkFile(u, w, 2, 7))
    assert Decomposition.of(subject).live.tolist() == list(range(1, subject.m))
    found = Decomposition.of_all(subject)
    assert found.live.tolist() == list(range(subject.m))
    assert not found.unit[0].any()
    assert np.linalg.norm(found.unit[1:], axis=2) == pytest.approx(np.ones((subject.m - 1, 3)))


@pytest.mark.parametrize("factor", [1.01, 0.99])
@pytest.mark.parametrize("name", [None, "C7"])
def test_a_neuron_lives_above_a_millionth_of_the_mean_mass(name: str | None, factor: float) -> None:
    """m - 1 neurons of mass 1 and one of mass q: q / (m - 1 + q) > 1e-6 / m."""
    network = constructed(2, 7)
    m = len(network.w) + 1
    mass = factor * 1e-6 * (m - 1) / (m - 1e-6)
    u, w = (np.concatenate([mass ** (1 / 3) * x[:1], x]) for x in (network.u, network.w))
    table = None if name is None else load_group(name).table
    subject = Subject.of(NetworkFile(u, w, 2, 7, table))
    found = GroupDecomposition(subject) if name else Decomposition.of(subject)
    assert (0 in found.live) == (factor > 1)


def test_a_neuron_of_exactly_the_least_mass_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    network = spoilt(2, 7)
    subject = Subject.of(NetworkFile(network.u[1:9], network.w[1:9], 2, 7, load_group("C7").table))  # m is a power of 2
    mass = Decomposition.of(subject).mass
    assert 3 not in Decomposition._of(subject, mass[3]).live
    monkeypatch.setattr(group, "LIVE_FRACTION", mass[3] * 8)
    assert 3 not in GroupDecomposition(subject).live


def test_masses_of_frequencies_that_nobody_uses_are_zero() -> None:
    network = constructed(2, 9)
    first = Plain(network).frequency.index(2)
    found = Decomposition.of(Subject.of(NetworkFile(network.u[first : first + 1], network.w[first : first + 1], 2, 9)))
    assert found.frequency_masses().tolist() == [0, 0, 1, 0, 0]


# ---- one frequency in every neuron -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("k", "p"), SIZES)
def test_single_frequency_checks(k: int, p: int, seed: int) -> None:
    subject, found, plain = of(spoilt(k, p, seed))
    tol = 1e-4
    purity, equal, balance, phases, every, _ = single_frequency_checks(subject, found, tol)

    _, residual = plain.waves(at_own=True)
    row, vector = np.unravel_index(residual.argmax(), residual.shape)
    worst = float(residual.max())
    detail = f"2-norm beside the frequency, worst in {plain.name(row, vector)}; purity is 1 - {worst**2:.2g}"
    same(purity, statement="Li24:Theorem 4.1.2", label="one frequency in every vector", status="failed",
         measured=worst, predicted=0.0, error=worst, tolerance=tol, detail=detail)  # fmt: skip
    passes_exactly_up_to(lambda tol: single_frequency_checks(subject, found, tol)[0], 1, worst)

    same(equal, statement="Li24:Theorem 4.1.2", label="the same frequency in all vectors", status="passed",
         measured=0.0, predicted=0.0, error=0.0, tolerance=0.0,
         detail=f"in all k+1 vectors of {len(plain.live)} live neurons")  # fmt: skip

    norms = np.array(plain.norms)
    deviation = np.abs(norms / np.sqrt((norms**2).mean(axis=1))[:, None] - 1)
    row, vector = np.unravel_index(deviation.argmax(), deviation.shape)
    worst = float(deviation.max())
    detail = f"norm over the neuron's root mean square; worst in {plain.name(row, vector)}"
    same(balance, statement="Li24:Theorem 4.1.2", label="equal 2-norms", status="failed",
         measured=1 + worst, predicted=1.0, error=worst, tolerance=3 * tol, detail=detail)  # fmt: skip
    passes_exactly_up_to(lambda tol: single_frequency_checks(subject, found, tol)[2], 3, worst)

    errors = plain.phase_errors()
    worst, neuron = float(errors.max()), plain.live[int(errors.argmax())]
    same(phases, statement="Li24:Theorem 4.1.2", label="output phase is the sum of input phases", status="failed",
         measured=worst, predicted=0.0, error=worst, tolerance=(k + 1) * tol / 6,
         detail=f"in turns; worst in neuron {neuron}")  # fmt: skip
    passes_exactly_up_to(lambda tol: single_frequency_checks(subject, found, tol)[3], (k + 1) / 6, worst)

    same(every, statement="Li24:Theorem 4.1.3", label="every frequency is used", status="passed",
         measured=float(p // 2), predicted=float(p // 2), error=0.0, tolerance=0.0,
         detail=f"by {len(plain.live)} live neurons of {subject.m}")  # fmt: skip

    needed = [float(x) for x in frequency_masses(k, p).values()]
    assert predicted_masses(subject).tolist() == [float(x.evalf(60)) for x in frequency_masses(k, p).values()]
    errors = np.abs(np.array(plain.carried()[1:]) / needed - 1)
    i, worst = int(errors.argmax()), float(errors.max())
    detail = f"share of the norm's (k+1)-th power in live neurons; worst at frequency {i + 1}"
    mass = single_frequency_checks(subject, found, tol / 100)[5]
    same(mass, statement="Ours:maximum-margin set", label="mass of every frequency", status="failed",
         measured=plain.carried()[i + 1], predicted=needed[i], error=worst, tolerance=3 * (k + 1) * tol / 100,
         detail=detail)  # fmt: skip
    passes_exactly_up_to(lambda tol: single_frequency_checks(subject, found, tol)[5], 3 * (k + 1), worst)


@pytest.mark.parametrize("k", [2, 4, 6])
def test_predicted_masses_are_rounded_once(k: int) -> None:
    for p in range(4, 40, 2):
        subject = Subject.of(NetworkFile(np.ones((1, k, p)), np.ones((1, p)), k, p))
        assert predicted_masses(subject).tolist() == [float(x.evalf(60)) for x in frequency_masses(k, p).values()]


def test_the_worst_vector_is_named() -> None:
    """One vector at a time is made impure and long: its own name appears."""
    for j, name in ((0, "u_1"), (1, "u_2"), (2, "w")):
        vectors = vectors_of(constructed(2, 7))
        vectors[4, j] = 1.1 * vectors[4, j] + 0.01
        network = NetworkFile(vectors[:, :2], vectors[:, 2], 2, 7)
        subject, found, _ = of(network)
        purity, _, balance, *_ = single_frequency_checks(subject, found, 1e-9)
        assert f"worst in neuron 4, {name};" in purity.detail
        assert balance.detail.endswith(f"worst in neuron 4, {name}")
        assert name_of(found, 4, j) == f"neuron 4, {name}"


def test_another_frequency_in_one_vector_is_named() -> None:
    """The neuron's phases are then left out of the worst phase; without any neuron of one frequency it fails."""
    network = spoilt(2, 7)
    u = network.u.copy()
    double = 2 * np.arange(7) % 7
    for neuron in (3, 5):
        u[neuron, 1] = u[neuron, 1][double]
    subject, found, plain = of(NetworkFile(u, network.w, 2, 7))
    _, equal, _, phases, *_ = single_frequency_checks(subject, found, 1e-4)
    own = plain.own[2]
    same(equal, statement="Li24:Theorem 4.1.2", label="the same frequency in all vectors", status="failed",
         measured=2.0, predicted=0.0, error=2.0, tolerance=0.0,
         detail=f"neuron 3 has the frequencies {own}")  # fmt: skip
    assert len(set(own)) == 2
    errors = [0 if row in (2, 4) else e for row, e in enumerate(plain.phase_errors())]
    assert phases.measured == pytest.approx(max(errors), abs=1e-12)
    assert phases.detail == f"in turns; worst in neuron {plain.live[int(np.argmax(errors))]}"

    subject, found, _ = of(NetworkFile(u[[3, 5]], network.w[[3, 5]], 2, 7))
    *_, phases, _, _ = single_frequency_checks(subject, found, 1e-4)
    same(phases, statement="Li24:Theorem 4.1.2", label="output phase is the sum of input phases", status="failed",
         tolerance=3 * 1e-4 / 6, detail="no neuron has one frequency")  # fmt: skip


def test_a_phase_error_counts_even_where_it_is_zero() -> None:
    """A neuron without any error next to one of mixed frequencies: the former is the worst of those that count."""
    vectors = vectors_of(constructed(2, 7))[:2]
    vectors[0, 1] = vectors[0, 1][2 * np.arange(7) % 7]
    subject, found, _ = of(NetworkFile(vectors[:, :2], vectors[:, 2], 2, 7))
    phases = single_frequency_checks(subject, replace(found), 1e-9)[3]
    assert (phases.status, phases.detail) == ("passed", "in turns; worst in neuron 1")
    assert phases.measured >= 0


def test_missing_frequencies_are_listed() -> None:
    network = constructed(2, 31)
    keep = [i for i, f in enumerate(Plain(network).frequency) if f in (2, 5)]
    subject, found, _ = of(NetworkFile(network.u[keep], network.w[keep], 2, 31))
    same(every_frequency(subject, found), statement="Li24:Theorem 4.1.3", label="every frequency is used",
         status="failed", measured=2.0, predicted=15.0, error=13.0, tolerance=0.0,
         detail="missing: [1, 3, 4, 6, 7, 8, 9, 10, 11, 12]")  # fmt: skip


# ---- moments -----------------------------------------------------------------------------------------------------


def number_of_walks(n: tuple[int, ...]) -> int:
    """k-step walks from 0 to n on Z^k, counted one step at a time."""
    count = {(0,) * len(n): 1}
    for _ in n:
        after: dict[tuple[int, ...], int] = {}
        for place, ways in count.items():
            for i in range(len(n)):
                for step in (1, -1):
                    moved = (*place[:i], place[i] + step, *place[i + 1 :])
                    after[moved] = after.get(moved, 0) + ways
        count = after
    return count.get(n, 0)


def plain_classes(phases: np.ndarray, output: np.ndarray, mass: np.ndarray, order: int | None):
    """{class of exponents: (sum of W(n) M(n), sum of W(n))}, from all points that k steps reach."""
    k = phases.shape[1]
    classes: dict[tuple[int, ...], tuple[complex, int]] = {}
    for n in product(range(-k, k + 1), repeat=k):
        ways = number_of_walks(n) if sum(map(abs, n)) <= k else 0
        if ways:
            moment = sum(q * np.exp(2j * np.pi * (np.dot(n, t) - s))
                         for q, t, s in zip(mass, phases, output, strict=True))  # fmt: skip
            place = n if order is None else tuple(x % order for x in n)
            total, count = classes.get(place, (0, 0))
            classes[place] = total + ways * moment, count + ways
    return classes


@pytest.mark.parametrize("chunk", [2**20, 10, 1])
@pytest.mark.parametrize(("k", "order"), [(1, 3), (2, 3), (2, 4), (2, 5), (2, 6), (3, 4), (3, 6)])
def test_class_sums(k: int, order: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "CHUNK", chunk)
    rng = np.random.default_rng(order)
    phases, output, mass = rng.random((3, k)), rng.random(3), rng.random(3)
    sums, count, members, wanted = class_sums(phases, output, mass, order)
    plain = plain_classes(phases, output, mass, order)
    assert tuple(members[wanted] % order) == (1 % order,) * k
    found = {tuple(x % order for x in n): (s, c) for n, s, c in zip(members.tolist(), sums, count, strict=True)}
    assert len(found) == len(sums) == len(plain)
    for place, (total, ways) in plain.items():
        assert found[place][0] == pytest.approx(total, abs=1e-12)
        assert found[place][1] == ways
    ratios = {place: abs(total) / ways for place, (total, ways) in plain.items() if place != (1 % order,) * k}
    defect, exponent = worst_class(phases, output, mass, order)
    assert defect == pytest.approx(max(ratios.values()))
    assert ratios[tuple(x % order for x in exponent)] == pytest.approx(defect)


def test_exponents_and_their_walks() -> None:
    for k in (1, 2, 3, 4):
        table, count, wanted = exponent_table(k)
        assert table.shape == (len(count), k)
        assert table[wanted].tolist() == [1] * k
        assert count.tolist() == [number_of_walks(tuple(n)) for n in table.tolist()]
        assert count.sum() == (2 * k) ** k


def test_the_work_of_the_moments_is_bounded() -> None:
    """Points of Z^k with 1-norm at most k: the central Delannoy numbers."""
    for k, points in enumerate([1, 3, 13, 63, 321, 1683, 8989]):
        assert k > 4 or sum(sum(map(abs, n)) <= k for n in product(range(-k, k + 1), repeat=k)) == points
        most = 400_000_000 // points
        assert not too_many_exponents(k, most)
        assert too_many_exponents(k, most + 1)


@pytest.mark.parametrize(("k", "p"), [(2, 7), (2, 8), (2, 9), (3, 6)])
def test_moment_check(k: int, p: int) -> None:
    """One neuron of two frequencies is left out; the worst class over all frequencies is named with its order."""
    network = spoilt(k, p)
    u = network.u.copy()
    u[1, 0] = np.roll(np.cos(2 * np.pi * np.arange(p) * (1 + Plain(network).frequency[0] % (p // 2)) / p), 1)
    subject, found, plain = of(NetworkFile(u, network.w, k, p))
    assert len(set(plain.own[0])) == 2
    phases, _ = plain.waves()
    worst = {}
    for zeta in set(plain.frequency):
        rows = [i for i, f in enumerate(plain.frequency) if f == zeta and set(plain.own[i]) == {zeta}]
        mass = np.array([plain.mass[plain.live[i]] for i in rows])
        order = p // math.gcd(zeta, p)
        classes = plain_classes(phases[rows, :-1], phases[rows, -1], mass / mass.sum(), order)
        ratios = {n: abs(s) / c for n, (s, c) in classes.items() if n != (1,) * k}
        exponent = max(ratios, key=ratios.__getitem__)
        worst[zeta] = (ratios[exponent], exponent, order)
    zeta = max(worst, key=lambda zeta: worst[zeta][0])
    result, tol = moment_check(subject, found, 1e-4), 1e-4
    detail = result.detail
    same(result, statement="Ours:maximum-margin set", label="unwanted moments cancel", status="failed",
         measured=worst[zeta][0], predicted=0.0, error=worst[zeta][0], tolerance=4 * (k + 1) * tol,
         detail=detail)  # fmt: skip
    start = f"largest normalised class sum: frequency {zeta}, order {worst[zeta][2]}, exponent ["
    assert detail.startswith(start)
    assert detail.endswith("]")
    exponent = [int(x) for x in detail[len(start) : -1].split(",")]
    ratio = plain_ratio = worst[zeta][0]
    assert sum(map(abs, exponent)) <= k
    place = tuple(x % worst[zeta][2] for x in exponent)
    rows = [i for i, f in enumerate(plain.frequency) if f == zeta and set(plain.own[i]) == {zeta}]
    mass = np.array([plain.mass[plain.live[i]] for i in rows])
    total, count = plain_classes(phases[rows, :-1], phases[rows, -1], mass / mass.sum(), worst[zeta][2])[place]
    assert abs(total) / count == pytest.approx(plain_ratio, rel=1e-9)
    passes_exactly_up_to(lambda tol: moment_check(subject, found, tol), 4 * (k + 1), ratio)


def test_moments_without_any_neuron_of_one_frequency() -> None:
    network = spoilt(2, 7)
    u = network.u[3:4].copy()
    u[0, 1] = u[0, 1][2 * np.arange(7) % 7]
    subject, found, _ = of(NetworkFile(u, network.w[3:4], 2, 7))
    same(moment_check(subject, found, 1e-4), statement="Ours:maximum-margin set", label="unwanted moments cancel",
         status="passed", measured=0.0, predicted=0.0, error=0.0, tolerance=4 * 3 * 1e-4,
         detail="largest normalised class sum: every frequency")  # fmt: skip


def test_too_many_moments_are_skipped() -> None:
    subject, found, _ = of(NetworkFile(np.ones((1, 14, 2)) * [1, -1], np.array([[1.0, -1.0]]), 14, 2))
    same(moment_check(subject, found, 1e-4), statement="Ours:maximum-margin set", label="unwanted moments cancel",
         status="skipped", tolerance=4 * 15 * 1e-4, detail="k = 14 has too many exponents")  # fmt: skip


# ---- the margin and its account ----------------------------------------------------------------------------------


def test_margin_checks() -> None:
    least, most = margin_checks("S", Enclosure(0.25, 0.75), 0.125, 0.0625)
    where = "margin/gamma* certainly lies in [0.25, 0.75]"
    same(least, statement="S", label="margin at least 0.125 gamma*", status="passed", measured=0.5, predicted=1.0,
         error=0.75, tolerance=0.875, detail=where)  # fmt: skip
    same(most, statement="S", label="margin at most gamma*", status="passed", measured=0.75, predicted=1.0,
         error=0.0, tolerance=0.0625, detail=f"the theorem forbids more; {where}")  # fmt: skip
    least, most = margin_checks("S", Enclosure(1.25, 1.5), 1 - 1e-9, 0.125)
    same(least, statement="S", label="margin at least 0.999999999 gamma*", status="passed", measured=1.375,
         predicted=1.0, error=0.0, tolerance=1e-9, rel=1e-6,
         detail="margin/gamma* certainly lies in [1.25, 1.5]")  # fmt: skip
    assert (most.status, most.error) == ("failed", 0.5)
    assert [margin_checks("S", Enclosure(1.0, high), 0.5, 0.125)[1].status for high in (1.125, 1.2)] == [
        "passed", "undecided"]  # fmt: skip
    same(undecided_margin("S", "why"), statement="S", label="margin", status="undecided", predicted=1.0, detail="why")


def an_account(spread: float, ties: float, margin: float, phase: float = 1.0) -> tuple[Account, Sweep]:
    factors = np.ones((5, 2))
    factors[0] = phase
    found = Account(np.array([0.5, 0.5]), factors, spread, ties, margin)
    return found, Sweep(margin, 2.0**-20, np.zeros((1, 2), dtype=int), 1.0, 0.0, 0.0)


def test_account_check() -> None:
    found, sweep = an_account(0.25, 0.125, 0.5)
    allowed = 3 * 2.0**-20 / 4 + 2**20 * UNIT * 1.375
    same(account_check(found, sweep, 4.0), statement="Ours:margin account", label="the account of the margin adds up",
         status="failed", measured=0.625, predicted=0.5, error=0.125, tolerance=allowed, rel=1e-12,
         detail="spread over the inputs 0.25; ties of wrong labels 0.125")  # fmt: skip
    assert account_check(found, sweep, 4.0).tolerance == pytest.approx(allowed, rel=1e-14)
    found, sweep = an_account(0.0, 0.0, 1.0)
    same(account_check(found, sweep, 4.0), statement="Ours:margin account", label="the account of the margin adds up",
         status="passed", measured=1.0, predicted=1.0, error=0.0, tolerance=3 * 2.0**-20 / 4 + 2**20 * UNIT,
         rel=1e-12, detail="nothing is lost")  # fmt: skip
    found, sweep = an_account(5e-16, -6e-16, 0.875, phase=0.875)
    assert account_check(found, sweep, 4.0).detail == "phase 0.125; ties of wrong labels -6e-16"
    exactly = 3 * 2.0**-20 / 4 + 2**20 * UNIT
    assert account_check(an_account(0, 0, 1 - exactly)[0], sweep, 4.0).status == "passed"
    assert account_check(an_account(0, 0, 1 - exactly - 1e-15)[0], sweep, 4.0).status == "failed"


# ---- exact networks ----------------------------------------------------------------------------------------------


def test_exact_verdicts_count_what_else_is_wrong() -> None:
    network = construct(2, 7)
    (block,) = network.blocks
    proved = exact_checks(network)
    labels = ["output phase is the sum of input phases", "mass of every frequency", "unwanted moments cancel",
              "maximum-margin, exactly"]  # fmt: skip
    statements = ["Li24:Theorem 4.1.2", *["Ours:maximum-margin set"] * 2, "Li24:Theorem 4.1.1"]
    details = ["exact"] * 3 + ["18 neurons, k=2, p=7: norm 1 and margin exactly gamma*"]
    for found, statement, label, detail in zip(proved, statements, labels, details, strict=True):
        same(found, statement=statement, label=label, status="proved", detail=detail)

    first, second, third, *rest = block.neurons
    moved = (replace(n, phases=(n.phases[0] + Fraction(1, 5), n.phases[1])) for n in (second, third))
    neurons = (first, *moved, *rest)
    wrong = replace(network, blocks=(replace(block, neurons=neurons, frequencies=(2, 3), mass=Surd([(1, 4)])),))
    found = exact_checks(wrong)
    assert [v.status for v in found] == ["failed"] * 4
    assert [v.key for v in found] == ["phase_sum", "masses", "moments", "exact"]
    assert found[0].detail.startswith("block 0, neuron 1: output phase minus the sum of input phases is ")
    assert found[0].detail.endswith(" turn, not 0 (and 1 more)")
    assert found[1].detail == "frequency 2: carries mass 2, not 1/3 (and 2 more)"
    assert found[2].detail.endswith(" does not cancel")
    assert found[3].detail == "12 neurons, k=2, p=7: not of norm 1 with margin gamma*"

    (refused,) = exact_checks(replace(network, k=0))
    same(refused, statement="Ours:maximum-margin set", label="exact verdict", status="undecided",
         detail="k must lie in 1..12; got 0")  # fmt: skip


# ---- k = 1 -------------------------------------------------------------------------------------------------------


def linear_network(p: int, m: int, seed: int = 0, size: float = 0.02) -> tuple[NetworkFile, np.ndarray, np.ndarray]:
    """Rows of a tight frame of the mean-zero vectors, with noise."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(np.concatenate([np.ones((p, 1)), rng.normal(size=(p, p - 1))], axis=1))[0][:, 1:]
    frame = np.linalg.qr(rng.normal(size=(m, p - 1)))[0] @ basis.T
    u, w = (frame + size * rng.normal(size=frame.shape) for _ in range(2))
    return NetworkFile(u[:, None], w, 1, p), u, w


@pytest.mark.parametrize(("p", "m"), [(5, 4), (5, 6), (6, 9)])
def test_linear_checks(p: int, m: int) -> None:
    network, u, w = linear_network(p, m)
    subject, tol = Subject.of(network), 1e-4
    equal, gram = linear_checks(subject, tol)
    total = sum(float(x) ** 2 for x in np.concatenate([u, w]).ravel())
    apart = [float(((u[i] - w[i]) ** 2).sum()) for i in range(m)]
    worst = math.sqrt(sum(apart) / total)
    detail = f"2-norm of w - u over that of all weights; worst in neuron {int(np.argmax(apart))}"
    same(equal, statement="Ours:maximum-margin set, k = 1", label="w = u in every neuron", status="failed",
         measured=worst, predicted=0.0, error=worst, tolerance=3 * tol, detail=detail)  # fmt: skip
    passes_exactly_up_to(lambda tol: linear_checks(subject, tol)[0], 3, worst)
    gamma = 1 / (2 * (p - 1))
    square = difference = 0.0
    for a, b in product(range(p), repeat=2):
        target = gamma * ((a == b) - 1 / p)
        square += target**2
        difference += (sum(u[i, a] * u[i, b] for i in range(m)) / total - target) ** 2
    worst = math.sqrt(difference / square)
    same(gram, statement="Ours:maximum-margin set, k = 1", label="outer products add up to gamma* (I - J/p)",
         status="failed", measured=worst, predicted=0.0, error=worst, tolerance=5 * tol,
         detail="relative Frobenius norm of the difference; zero means are implied")  # fmt: skip
    passes_exactly_up_to(lambda tol: linear_checks(subject, tol)[1], 5, worst)


def test_a_linear_network_of_too_few_neurons_fails_without_its_gram_matrix() -> None:
    network, _, _ = linear_network(6, 5)
    few = NetworkFile(network.u[:4], network.w[:4], 1, 6)
    same(linear_checks(Subject.of(few), 1e-4)[1], statement="Ours:maximum-margin set, k = 1",
         label="outer products add up to gamma* (I - J/p)", status="failed", measured=4, predicted=5, error=1,
         tolerance=0.0, detail="need p-1 = 5 neurons; got 4")  # fmt: skip
    assert linear_checks(Subject.of(network), 1e-4)[1].predicted == 0.0


# ---- groups ------------------------------------------------------------------------------------------------------


def projections(network: NetworkFile, name: str) -> np.ndarray:
    """Share of the power of every vector in every real representation, (R, m, k+1), from its character.

    (P v)(x) = (n_V D_V / |G|) sum_g chi_V(g) v(g^-1 x), n_V D_V chi_V summing D chi over the complex constituents.
    """
    group = load_group(name)
    vectors = vectors_of(network)
    characters = max_group_margin(group, 1).characters
    shares = []
    for v, irrep in enumerate(characters.irreps):
        chi = characters.values[v][group.class_of]
        weight = irrep.multiplicity / group.order
        projected = sum(weight * chi[g] * vectors[..., group.table[group.inverse[g]]] for g in range(group.order))
        shares.append((projected**2).sum(axis=2) / (vectors**2).sum(axis=2))
    return np.array(shares)


@pytest.mark.parametrize("name", ["S3", "Q8"])
def test_group_decomposition(name: str) -> None:
    network = spoilt_group(name, 2)
    subject = Subject.of(network)
    found = GroupDecomposition(subject)
    shares = projections(network, name)[:, 1:]
    assert found.subject is subject
    assert found.live.tolist() == list(range(1, subject.m))
    assert shares.sum(axis=0) == pytest.approx(np.ones(shares.shape[1:]))
    assert found.share == pytest.approx(shares, abs=1e-12)
    representation = [1 + int(np.argmax(shares[1:, i].sum(axis=1))) for i in range(shares.shape[1])]
    assert found.representation.tolist() == representation
    own = np.array([shares[v, i] for i, v in enumerate(representation)])
    assert found.purity == pytest.approx(own.min(axis=1))
    assert found.outside == pytest.approx(np.sqrt((1 - own).max(axis=1)))
    assert (found.margin.k, found.margin.group) == (2, subject.group)
    masses = [0.0] * len(shares)
    for i, v in enumerate(representation):
        masses[v] += found.mass[i + 1]
    assert found.representation_masses() == pytest.approx(masses)
    assert found.account.alignment.shape == (subject.m - 1,)


def test_representations_that_nobody_uses_carry_zero() -> None:
    network = spoilt_group("S3", 2)
    found = GroupDecomposition(Subject.of(network))
    first = found.live[found.representation == 1][:1]
    alone = GroupDecomposition(Subject.of(replace(network, u=network.u[first], w=network.w[first])))
    assert alone.representation_masses().tolist() == [0, 1, 0]


def test_a_vector_of_zeros_has_no_share() -> None:
    network = spoilt_group("S3", 2)
    u = network.u.copy()
    u[2, 0] = 0
    found = GroupDecomposition(Subject.of(replace(network, u=u)))
    assert not found.share[:, 1, 0].any()
    assert np.isfinite(found.share).all()


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("name", ["S3", "Q8"])
def test_group_checks(name: str, k: int) -> None:
    network = spoilt_group(name, k)
    found = GroupDecomposition(Subject.of(network))
    tol = 1e-4
    purity, balance, alignment, mass = group_checks(found, tol)
    own = projections(network, name)[found.representation, 1 + np.arange(len(found.live))]
    outside = np.sqrt((1 - own).max(axis=1))
    worst = float(outside.max())
    same(purity, statement="Ours:every finite group", label="one representation in every neuron", status="failed",
         measured=worst, predicted=0.0, error=worst, tolerance=tol + 1e-12, rel=1e-11,
         detail=f"2-norm beside the representation; worst in neuron {1 + outside.argmax()}")  # fmt: skip
    assert purity.tolerance - tol == pytest.approx(1e-12, rel=1e-3)
    norms = np.linalg.norm(vectors_of(network)[1:], axis=2)
    unbalanced = np.array([max(abs(x / math.sqrt(sum(row**2) / (k + 1)) - 1) for x in row) for row in norms])
    worst = float(unbalanced.max())
    detail = f"norm over the neuron's root mean square, minus 1; worst in neuron {1 + unbalanced.argmax()}"
    same(balance, statement="Ours:every finite group", label="equal 2-norms", status="failed", measured=worst,
         predicted=0.0, error=worst, tolerance=3 * tol, detail=detail)  # fmt: skip
    loss = 1 - found.account.alignment
    worst = float(loss.max())
    same(alignment, statement="Ours:every finite group", label="alignment of the vectors (phases)", status="failed",
         measured=worst, predicted=0.0, error=worst, tolerance=((k + 1) * tol) ** 2 + 1e-12,
         detail=f"1 - alignment; worst in neuron {1 + loss.argmax()}")  # fmt: skip
    assert group_checks(found, 1e-7)[2].tolerance == pytest.approx(((k + 1) * 1e-7) ** 2 + 1e-12, rel=1e-9)
    assert mass == mass_check(found, 3 * (k + 1) * tol)


def test_mass_check() -> None:
    network = spoilt_group("S3", 2)
    found = GroupDecomposition(Subject.of(network))
    needed = [float(x) for x in found.margin.masses]
    carried = found.representation_masses()
    error = np.abs(carried - needed)
    v = int(error.argmax())
    worst = float(error[v])
    name = found.margin.characters.irreps[v].name
    for tolerance, status in ((worst, "passed"), (worst * (1 - 1e-9), "failed")):
        same(mass_check(found, tolerance), statement="Ours:every finite group", label="mass of every representation",
             status=status, measured=float(carried[v]), predicted=needed[v], error=worst, tolerance=tolerance,
             detail=f"worst at {name}; carrying: 1b, 2a")  # fmt: skip


def test_free_masses_are_not_judged() -> None:
    """On C5xS3 with k = 4 representations of one Galois orbit share their mass as they like."""
    group = load_group("C5xS3")
    assert not max_group_margin(group, 4).masses_are_forced
    rng = np.random.default_rng(0)
    u, w = rng.normal(size=(2, 4, 30)), rng.normal(size=(2, 30))
    found = GroupDecomposition(Subject.of(NetworkFile(u, w, 4, 30, group.table, {"group": "C5xS3"})))
    same(mass_check(found, 0.1), statement="Ours:every finite group", label="mass of every representation",
         status="skipped", detail="optimal networks of this group differ in their masses")  # fmt: skip


def test_required_representations() -> None:
    network = spoilt_group("S4", 2)
    found = GroupDecomposition(Subject.of(network))
    required = sorted(found.margin.required)
    count = float(len(required))
    assert count >= 3
    same(required_representations(found), statement="Ours:every finite group",
         label="every required representation is used", status="passed", measured=count, predicted=count, error=0.0,
         tolerance=0.0, detail=f"used: {', '.join(required)}")  # fmt: skip
    names = [v.name for v in found.margin.characters.irreps]
    alone = found.live[np.array([names[v] == required[0] for v in found.representation])][:1]
    few = GroupDecomposition(Subject.of(replace(network, u=network.u[alone], w=network.w[alone])))
    same(required_representations(few), statement="Ours:every finite group",
         label="every required representation is used", status="failed", measured=1.0, predicted=count,
         error=(count - 1) / count, tolerance=0.0, detail=f"missing: {', '.join(required[1:])}")  # fmt: skip


# ---- trained networks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["margin", "purity", "phase_error", "regularisation"])
def test_thresholds_lie_between_0_and_1(name: str) -> None:
    for value in (0, 1, 0.5):
        assert getattr(Thresholds(**{name: value}), name) == value
    for value in (-0.001, 1.001, math.nan):
        with pytest.raises(InputError) as error:
            Thresholds(**{name: value})
        assert str(error.value) == f"{name} must lie in 0..1; got {value}"


@pytest.mark.parametrize(("k", "p"), SIZES)
def test_trained_checks(k: int, p: int) -> None:
    subject, found, plain = of(spoilt(k, p))
    limits = Thresholds(purity=0.9999, phase_error=1e-5)
    purity, phases, every = trained_checks(subject, found, limits)
    _, residual = plain.waves()
    worst, neuron = float(residual.max()), plain.live[int(residual.max(axis=1).argmax())]
    same(purity, statement="Li24:Theorem 4.1.2", label="one frequency holds 0.9999 of every live vector",
         status="failed", measured=1 - worst**2, predicted=1.0, error=worst**2, tolerance=1e-4,
         detail=f"power at the neuron's frequency, +-zeta pooled; worst in neuron {neuron}")  # fmt: skip
    error = (3 * p + 40) * UNIT
    assert purity.error - (1 - purity.measured) == pytest.approx(3 * error, abs=3e-16)
    errors = plain.phase_errors()
    median = float(np.median(errors))
    same(phases, statement="Li24:Theorem 4.1.2", label="median phase error at most 1e-05 turn", status="failed",
         measured=median, predicted=0.0, error=median, tolerance=1e-5,
         detail=f"|t_1 + ... + t_k - t_w| over {len(plain.live)} live neurons; largest {errors.max():.3g}")  # fmt: skip
    assert phases.error - median == pytest.approx(found.phase_uncertainty.max(), rel=0.1)
    assert every == every_frequency(subject, found)
    for slack, status in ((1e-9, "passed"), (-1e-9, "failed")):
        limits = Thresholds(purity=1 - worst**2 - slack, phase_error=median + slack)
        assert [r.status for r in trained_checks(subject, found, limits)[:2]] == [status] * 2


def test_a_vector_of_zeros_is_not_pure() -> None:
    network = constructed(2, 7)
    u = network.u.copy()
    u[4, 1] = 0
    subject, found = (s := Subject.of(NetworkFile(u, network.w, 2, 7))), Decomposition.of(s)
    purity = trained_checks(subject, found, Thresholds())[0]
    assert purity.status == "failed"
    assert purity.measured == pytest.approx(0, abs=1e-12)
    assert purity.detail.endswith("worst in neuron 4")


def test_trained_linear_checks() -> None:
    network, u, w = linear_network(6, 9, size=0.1)
    equal, rank = trained_linear_checks(Subject.of(network), Thresholds(purity=0.99))
    power = sum(float(x) ** 2 for x in np.concatenate([u, w]).ravel())
    beside = sum(float(x) ** 2 for x in (u - w).ravel()) / power
    same(equal, statement="Ours:maximum-margin set, k = 1", label="w = u in every neuron", status="failed",
         measured=beside, predicted=0.01, error=beside / 0.01 - 1, tolerance=0.0,
         detail="power of w - u over all power")  # fmt: skip
    same(rank, statement="Ours:maximum-margin set, k = 1", label="rank p - 1", status="passed", measured=5.0,
         predicted=5.0, error=0.0, tolerance=0.0, detail="singular values^2 above gamma*/2")  # fmt: skip


@pytest.mark.parametrize(("squares", "rank"), [((1.01, 1.01), 3), ((0.99, 1.01), 2), ((0.99, 0.99), 1)])
def test_a_singular_value_counts_from_half_of_gamma(squares: tuple[float, float], rank: int) -> None:
    """p = 3, gamma* = 1/4: three orthogonal neurons with squared norms around 1/8, the rest of 1/2 in the last."""
    frame = np.array([[1, -1, 0], [1, 1, -2], [1, 1, 1]]) / np.sqrt([[2], [6], [3]])
    values = np.array(squares) / 8
    u = 3.0 * np.sqrt([*values, 0.5 - values.sum()])[:, None] * frame
    found = trained_linear_checks(Subject.of(NetworkFile(u[:, None], u, 1, 3)), Thresholds())[1]
    assert (found.measured, found.predicted, found.status) == (rank, 2, "passed" if rank >= 2 else "failed")


def test_trained_group_checks() -> None:
    network = spoilt_group("S3", 2)
    found = GroupDecomposition(Subject.of(network))
    purity, phases, required = trained_group_checks(found, Thresholds(purity=0.9999, phase_error=1e-5))
    least = float(found.purity.min())
    neuron = found.live[int(found.purity.argmin())]
    same(purity, statement="Ours:every finite group", label="one representation holds 0.9999 of every live vector",
         status="failed", measured=least, predicted=0.9999, error=(0.9999 - least) / 0.9999, tolerance=0.0,
         detail=f"worst in neuron {neuron}")  # fmt: skip
    turns = float(np.median([math.acos(min(1.0, x)) for x in found.account.alignment])) / (2 * math.pi)
    same(phases, statement="Ours:every finite group", label="median phase error at most 1e-05 turn", status="failed",
         measured=turns, predicted=1e-5, error=turns / 1e-5 - 1, tolerance=0.0,
         detail="arccos of the neurons' alignment")  # fmt: skip
    assert required == required_representations(found)


@pytest.mark.parametrize(("alignment", "turns"), [(1 + 4e-16, 0.0), (-1 - 4e-16, 0.5), (0.0, 0.25)])
def test_an_alignment_that_rounding_moved_beyond_1_has_an_angle(alignment: float, turns: float) -> None:
    found = GroupDecomposition(Subject.of(spoilt_group("S3", 2)))
    found.account = replace(found.account, alignment=np.array([alignment]))
    assert trained_group_checks(found, Thresholds())[1].measured == turns


# ---- at a finite lambda ------------------------------------------------------------------------------------------


def cross_entropy(network: NetworkFile) -> float:
    """The mean over all inputs of log(1 + (n-1) sum_delta tau_delta exp(-margin over delta)), in loops."""
    task = Task.cyclic(network.k, network.p)
    outputs = logits(network.u, network.w)
    losses = []
    for a in product(range(task.n), repeat=task.k):
        label = sum(a) % task.n
        f = outputs[a]
        tail = sum(task.tau[d] * math.exp(f[(label + d) % task.n] - f[label]) for d in range(1, task.n))
        losses.append(math.log(1 + (task.n - 1) * tail))
    return sum(losses) / len(losses)


@pytest.mark.parametrize(("k", "p"), [(2, 5), (2, 6), (1, 4)])
@pytest.mark.parametrize("factor", [1.0, 1.01, 0.3, 37.0])
def test_regularisation_checks(k: int, p: int, factor: float) -> None:
    base = constructed(k, p)
    gamma = float(Subject.of(base).gamma)
    lambda_ = 0.1 * gamma
    prediction = predict_from_margin(gamma, p, k, lambda_)
    scale = factor * prediction.mass ** (1 / (k + 1))
    network = NetworkFile(scale * base.u, scale * base.w, k, p, None, {"lambda": "7"})
    subject = Subject.of(network)
    norm, floor, loss = regularisation_checks(subject, Thresholds(), lambda_)
    mass = factor ** (k + 1) * prediction.mass
    at = f"lambda = {lambda_:.6g}"
    error = abs(factor ** (k + 1) - 1)
    same(norm, statement="Ours:finite regularisation", label="||theta||^(k+1) at lambda",
         status="passed" if error < 0.02 else "failed", measured=mass, predicted=prediction.mass,
         error=error, tolerance=0.02, detail=at, rel=1e-8)  # fmt: skip
    value = cross_entropy(network) + lambda_ * mass
    same(floor, statement="Ours:finite regularisation", label="loss is not below its minimum", status="passed",
         measured=value, predicted=prediction.loss, error=max(0.0, 1 - value / prediction.loss), tolerance=1e-9,
         detail=f"{at}; a theorem forbids less")  # fmt: skip
    excess = value / prediction.loss - 1
    same(loss, statement="Ours:finite regularisation", label="loss at lambda",
         status="passed" if excess < 0.02 else "failed", measured=value, predicted=prediction.loss, error=excess,
         tolerance=0.02, detail=at, rel=1e-8)  # fmt: skip
    strict = regularisation_checks(subject, Thresholds(regularisation=0.25), lambda_)
    assert [r.tolerance for r in strict] == [0.25, 1e-9, 0.25]


def test_the_loss_is_weighted_by_the_class_weights() -> None:
    """At p = 6 they are not uniform, and the margins of a spoilt network are not equal."""
    network = spoilt(2, 6, size=0.2)
    network = NetworkFile(3 * network.u, 3 * network.w, 2, 6)
    subject = Subject.of(network)
    lambda_ = 0.1 * float(subject.gamma)
    mass = float((np.linalg.norm(vectors_of(network).reshape(subject.m, -1), axis=1) ** 3).sum())
    norm, _, loss = regularisation_checks(subject, Thresholds(), lambda_)
    assert norm.measured == pytest.approx(mass)
    assert loss.measured == pytest.approx(cross_entropy(network) + lambda_ * mass, rel=1e-12)


def subject_with(metadata: dict[str, str], k: int = 2, p: int = 5) -> Subject:
    return Subject.of(replace(constructed(k, p), metadata=metadata))


@pytest.mark.parametrize("text", ["", "much", "nan", "inf", "0", "-1", "-0.001"])
def test_a_file_without_a_lambda_is_not_judged_by_one(text: str) -> None:
    assert regularisation_checks(subject_with({"lambda": text}), Thresholds(), None) == []
    assert regularisation_checks(subject_with({}), Thresholds(), None) == []


def test_the_lambda_of_the_file_counts_unless_another_is_given() -> None:
    subject = subject_with({"lambda": "0.001"})
    assert [r.detail[:14] for r in regularisation_checks(subject, Thresholds(), None)] == ["lambda = 0.001"] * 3
    assert [r.detail[:14] for r in regularisation_checks(subject, Thresholds(), 0.002)] == ["lambda = 0.002"] * 3
    for wrong in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InputError) as error:
            regularisation_checks(subject, Thresholds(), wrong)
        assert str(error.value) == f"lambda must be a positive number; got {wrong}"


TASK = Subject.of(constructed(2, 5))
SWITCH = float(TASK.gamma) * 4 / 5
REASONS = [
    ({"data": "half"}, 5, 1e-3, "the network was not trained on all inputs"),
    ({"data": "full"}, 5, 1e-3, ""),
    ({"penalty": "lambda ||theta||^2"}, 5, 1e-3, "the penalty was not lambda ||theta||^(k+1)"),
    ({"penalty": "lambda ||theta||^(k+1)"}, 5, 1e-3, ""),
    ({"loss": "plain"}, 5, 1e-3, ""),
    ({"loss": "plain"}, 6, 1e-3, "the loss had no class weights, and they are not uniform"),
    ({"loss": "weighted"}, 6, 1e-3, ""),
    ({}, 5, SWITCH, f"from lambda = {SWITCH:.6g} on the only minimiser is 0; got {SWITCH:.6g}"),
    ({}, 5, 0.5, f"from lambda = {SWITCH:.6g} on the only minimiser is 0; got 0.5"),
    ({}, 5, SWITCH * (1 - 1e-9), ""),
]


@pytest.mark.parametrize(("metadata", "p", "lambda_", "reason"), REASONS)
def test_where_the_closed_form_does_not_apply(metadata: dict[str, str], p: int, lambda_: float, reason: str) -> None:
    found = regularisation_checks(subject_with(metadata, p=p), Thresholds(), lambda_)
    if not reason:
        assert len(found) == 3
        return
    same(found[0], statement="Ours:finite regularisation", label="norm and loss at lambda", status="skipped",
         detail=reason)  # fmt: skip
    assert len(found) == 1


def test_weights_are_uniform_up_to_a_millionth_of_a_millionth() -> None:
    for p in (2, 5):
        assert _is_uniform(Task.cyclic(2, p).tau, 0)
    tau = np.array([0.25, 0.25, 0.0, 0.25, 0.25 + 2e-13])
    assert _is_uniform(tau, 2)
    assert not _is_uniform(tau + 1e-12 * np.eye(5)[4], 2)
    assert not _is_uniform(tau, 0)


def test_class_weights_of_zero_are_a_reason_too() -> None:
    """On Dic3 with k = 3 a wrong label has no weight; with equal ones elsewhere it is the only obstacle."""
    found = construct_group(load_group("Dic3"), 3)
    subject = Subject.of(NetworkFile(found.u, found.w, 3, 12, found.group.table, {"group": "Dic3"}))
    assert sorted(subject.task.tau)[1] == 0
    (result,) = regularisation_checks(subject, Thresholds(), 1e-9)
    assert result.detail == (
        "some wrong labels have class weight 0: the weighted loss does not force the maximum margin"
    )


@pytest.mark.parametrize(("log_norm", "huge"), [(200.01, True), (199.9, False)])
def test_a_huge_norm_is_not_exponentiated(log_norm: float, huge: bool) -> None:
    """||theta||^3 above e^600 fails at once; below it every number is finite."""
    base, scale = constructed(2, 5), math.exp(log_norm)
    subject = Subject.of(NetworkFile(scale * base.u, scale * base.w, 2, 5))
    found = regularisation_checks(subject, Thresholds(), 0.001)
    assert [r.status for r in found] == (["failed"] if huge else ["failed", "passed", "failed"])
    if huge:
        beta = math.log(4 * (float(subject.gamma) / 0.001 - 1))
        same(found[0], statement="Ours:finite regularisation", label="norm at lambda", status="failed",
             predicted=beta / float(subject.gamma), detail="the norm is huge")  # fmt: skip
