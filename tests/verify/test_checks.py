"""Every check of a network: its numbers on networks that are wrong in every respect, and the edge of what it allows."""

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.verify.networks import changed, constructed, cross_entropy, on_group, spoilt, vectors_of, wave
from theory.account import Account
from theory.construction import construct
from theory.core.surd import Surd
from theory.errors import InputError
from theory.groups import load_group
from theory.groups.margin import max_margin as max_group_margin
from theory.margin import frequency_masses
from theory.network_file import NetworkFile
from theory.regularisation import predict_from_margin
from verify.checks import moments
from verify.checks.decomposition import Decomposition
from verify.checks.exact import exact_checks
from verify.checks.group import GroupDecomposition, group_checks, required_representations
from verify.checks.linear import linear_checks
from verify.checks.margin import account_check, margin_checks, undecided_margin
from verify.checks.moments import class_sums, exponent_table, moment_check, too_many_exponents, worst_class
from verify.checks.regularised import regularisation_checks
from verify.checks.single_frequency import every_frequency, predicted_masses, single_frequency_checks
from verify.checks.trained import trained_checks, trained_group_checks, trained_linear_checks
from verify.intervals import Enclosure
from verify.loss import Loss
from verify.result import CheckResult
from verify.subject import Subject
from verify.sweep import Sweep, sweep
from verify.tolerance import RECIPE, Thresholds

UNIT = 2.0**-53
SIZES = [(2, 7), (2, 6), (3, 4)]


def numbers(found: CheckResult, **expected: object) -> None:
    """Every field but the words; a number that is not named must be missing."""
    for name, value in {"measured": None, "predicted": None, "error": None, "tolerance": None, **expected}.items():
        actual = getattr(found, name)
        if isinstance(value, float):
            assert isinstance(actual, int | float), name
            assert actual == pytest.approx(value, rel=1e-8, abs=1e-13), name
        else:
            assert actual == value, name


def fails_beyond(check: Callable[[float], CheckResult], multiple: float, error: float) -> None:
    """The check of tol passes where ``multiple * tol`` exceeds the error, fails below it, and says so."""
    for factor, status in ((1 + 1e-6, "passed"), (1 - 1e-6, "failed")):
        numbers(found := check(error / multiple * factor), status=status, error=error, tolerance=error * factor,
                measured=found.measured, predicted=found.predicted)  # fmt: skip


def of(network: NetworkFile) -> tuple[Subject, Decomposition]:
    subject = Subject.of(network)
    return subject, Decomposition(subject)


def by_key(results: list[CheckResult]) -> dict[str, CheckResult]:
    assert len({result.key for result in results}) == len(results)
    return {result.key: result for result in results}


# ---- one frequency in every neuron -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("k", "p"), SIZES)
def test_single_frequency_checks(k: int, p: int, seed: int) -> None:
    network = spoilt(constructed(k, p), seed)
    subject, found = of(network)
    live, half = found.live, p // 2

    def at(tol: float) -> dict[str, CheckResult]:
        return by_key(single_frequency_checks(subject, found, tol))

    vectors = vectors_of(network)[live]
    worst = max(min(wave(v, z)[1] for z in range(1, half + 1)) for v in vectors.reshape(-1, p))
    numbers(at(1e-4)["purity"], status="failed", measured=worst, predicted=0.0, error=worst, tolerance=1.01e-4)
    fails_beyond(lambda tol: at(tol)["purity"], 1.01, worst)
    numbers(at(1e-4)["same_frequency"], status="passed", measured=0.0, predicted=0.0, error=0.0, tolerance=0.0)
    norms = np.linalg.norm(vectors, axis=2)
    worst = float(np.abs(norms / np.sqrt((norms**2).mean(axis=1))[:, None] - 1).max())
    numbers(at(1e-4)["balance"], status="failed", measured=1 + worst, predicted=1.0, error=worst, tolerance=3e-4)
    fails_beyond(lambda tol: at(tol)["balance"], 3, worst)
    worst = float(found.phase_error[live].max())
    numbers(at(1e-4)["phase_sum"], status="failed", measured=worst, predicted=0.0, error=worst,
            tolerance=(k + 1) * 1e-4 / 6)  # fmt: skip
    fails_beyond(lambda tol: at(tol)["phase_sum"], (k + 1) / 6, worst)
    numbers(at(1e-4)["every_frequency"], status="passed", measured=float(half), predicted=float(half), error=0.0,
            tolerance=0.0)  # fmt: skip
    needed = np.array([float(x) for x in frequency_masses(k, p).values()])
    carried = np.bincount(found.frequency[live], found.mass[live], minlength=half + 1)[1:]
    i = int(np.abs(carried / needed - 1).argmax())
    worst = float(np.abs(carried / needed - 1)[i])
    numbers(at(1e-6)["masses"], status="failed", measured=float(carried[i]), predicted=float(needed[i]), error=worst,
            tolerance=3e-6 * (k + 1))  # fmt: skip
    fails_beyond(lambda tol: at(tol)["masses"], 3 * (k + 1), worst)


@pytest.mark.parametrize("k", [2, 4, 6])
def test_predicted_masses_are_rounded_once(k: int) -> None:
    for p in range(4, 40, 2):
        subject = Subject.of(NetworkFile(np.ones((1, k, p)), np.ones((1, p)), k, p))
        assert predicted_masses(subject).tolist() == [float(x.evalf(60)) for x in frequency_masses(k, p).values()]


def test_neurons_of_mixed_frequencies_have_no_phase_sum() -> None:
    network = spoilt(constructed(2, 7))
    u = network.u.copy()
    for neuron in (3, 5):
        u[neuron, 1] = u[neuron, 1][2 * np.arange(7) % 7]
    subject, found = of(changed(network, u, network.w))
    results = by_key(single_frequency_checks(subject, found, 1e-4))
    numbers(results["same_frequency"], status="failed", measured=2.0, predicted=0.0, error=2.0, tolerance=0.0)
    errors = found.phase_error[[i for i in found.live if i not in (3, 5)]]
    assert results["phase_sum"].measured == pytest.approx(errors.max(), abs=1e-12)
    subject, found = of(changed(network, u[[3, 5]], network.w[[3, 5]]))
    numbers(by_key(single_frequency_checks(subject, found, 1e-4))["phase_sum"], status="failed", tolerance=5e-5)
    vectors = vectors_of(constructed(2, 7))[:2]
    vectors[0, 1] = vectors[0, 1][2 * np.arange(7) % 7]
    subject, found = of(NetworkFile(vectors[:, :2], vectors[:, 2], 2, 7))
    phases = by_key(single_frequency_checks(subject, found, 1e-9))["phase_sum"]
    assert phases.status == "passed"
    assert phases.measured is not None
    assert phases.measured >= 0


def test_missing_frequencies_are_counted() -> None:
    network = constructed(2, 31)
    keep = np.isin(of(network)[1].frequency, (2, 5))
    _, found = of(changed(network, network.u[keep], network.w[keep]))
    numbers(every_frequency(found), status="failed", measured=2.0, predicted=15.0, error=13.0, tolerance=0.0)


# ---- moments -----------------------------------------------------------------------------------------------------


def number_of_walks(n: tuple[int, ...]) -> int:
    """k-step walks from 0 to n on Z^k, counted one step at a time."""
    count = {(0,) * len(n): 1}
    for _ in n:
        after: dict[tuple[int, ...], int] = {}
        for place, ways in count.items():
            for i, step in product(range(len(n)), (1, -1)):
                moved = (*place[:i], place[i] + step, *place[i + 1 :])
                after[moved] = after.get(moved, 0) + ways
        count = after
    return count.get(n, 0)


def plain_classes(
    phases: np.ndarray, output: np.ndarray, mass: np.ndarray, order: int
) -> dict[tuple[int, ...], tuple[complex, int]]:
    """{class of exponents: (sum of W(n) M(n), sum of W(n))}, from all points that k steps reach."""
    k = phases.shape[1]
    classes: dict[tuple[int, ...], tuple[complex, int]] = {}
    for n in product(range(-k, k + 1), repeat=k):
        if ways := number_of_walks(n) if sum(map(abs, n)) <= k else 0:
            moment = complex(mass @ np.exp(2j * np.pi * (phases @ np.array(n) - output)))
            place = tuple(x % order for x in n)
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
        most = 400_000_000 // points
        assert not too_many_exponents(k, most)
        assert too_many_exponents(k, most + 1)
    numbers(moment_check(*of(NetworkFile(np.ones((1, 14, 2)) * [1, -1], np.array([[1.0, -1]]), 14, 2)), 1e-4),
            status="skipped", tolerance=60e-4)  # fmt: skip


@pytest.mark.parametrize(("k", "p"), [(2, 7), (2, 8), (2, 9), (3, 6)])
def test_moment_check(k: int, p: int) -> None:
    """The worst class over all frequencies; a neuron of two frequencies is left out."""
    network = spoilt(constructed(k, p))
    u = network.u.copy()
    other = 1 + of(network)[1].frequency[1] % (p // 2)
    u[1, 0] = np.roll(np.cos(2 * np.pi * np.arange(p) * other / p), 1)
    subject, found = of(changed(network, u, network.w))
    assert not found.consistent[1]
    worst = 0.0
    for zeta in set(found.frequency.tolist()):
        rows = [i for i in found.live if found.frequency[i] == zeta and found.consistent[i]]
        phases, mass, order = found.waves.phase[rows], found.mass[rows], p // math.gcd(zeta, p)
        classes = plain_classes(phases[:, :-1], phases[:, -1], mass / mass.sum(), order)
        worst = max(worst, *(abs(s) / c for n, (s, c) in classes.items() if n != (1,) * k))
    numbers(moment_check(subject, found, 1e-4), status="failed", measured=worst, predicted=0.0, error=worst,
            tolerance=4e-4 * (k + 1))  # fmt: skip
    fails_beyond(lambda tol: moment_check(subject, found, tol), 4 * (k + 1), worst)
    alone = changed(network, u[[1]], network.w[[1]])
    numbers(moment_check(*of(alone), 1e-4), status="passed", measured=0.0, predicted=0.0, error=0.0,
            tolerance=4e-4 * (k + 1))  # fmt: skip


# ---- the margin and its account ----------------------------------------------------------------------------------


def test_margin_checks() -> None:
    least, most = margin_checks("S", Enclosure(0.25, 0.75), 0.125, 0.0625)
    numbers(least, statement="S", key="margin", status="passed", measured=0.5, predicted=1.0, error=0.75,
            tolerance=0.875)  # fmt: skip
    numbers(most, statement="S", key="margin_bound", status="passed", measured=0.75, predicted=1.0, error=0.0,
            tolerance=0.0625)  # fmt: skip
    least, most = margin_checks("S", Enclosure(1.25, 1.5), 1 - 1e-9, 0.125)
    numbers(least, status="passed", measured=1.375, predicted=1.0, error=0.0, tolerance=least.tolerance)
    assert least.tolerance == pytest.approx(1e-9, rel=1e-6)
    assert (most.status, most.error) == ("failed", 0.5)
    for high, status in ((1.125, "passed"), (1.2, "undecided")):
        assert margin_checks("S", Enclosure(1.0, high), 0.5, 0.125)[1].status == status
    numbers(undecided_margin("S", "why"), statement="S", key="margin", status="undecided", predicted=1.0)


def test_account_check() -> None:
    def judge(spread: float, ties: float, margin: float, scale: float = 4.0) -> CheckResult:
        found = Account(np.array([0.5, 0.5]), np.ones((5, 2)), spread, ties, margin)
        passed = Sweep(margin, 2.0**-20, np.zeros((1, 2), dtype=int), 1.0, 0.0, 0.0, 0)
        return account_check(found, passed, scale)

    allowed = 3 * 2.0**-20 / 4 + 2**20 * UNIT
    numbers(judge(0.25, 0.125, 0.5), status="failed", measured=0.625, predicted=0.5, error=0.125,
            tolerance=allowed + 2**20 * UNIT * 0.375)  # fmt: skip
    numbers(judge(0, 0, 1), status="passed", measured=1.0, predicted=1.0, error=0.0, tolerance=allowed)
    assert judge(0, 0, 1 - allowed).status == "passed"
    assert judge(0, 0, 1 - allowed - 1e-15).status == "failed"


# ---- exact networks ----------------------------------------------------------------------------------------------


def test_exact_verdicts() -> None:
    network = construct(2, 7)
    (block,) = network.blocks
    keys = ["phase_sum", "masses", "moments", "exact"]
    found = exact_checks(network)
    assert [(v.key, v.status) for v in found] == [(key, "proved") for key in keys]
    assert [v.statement.split(":")[0] for v in found] == ["Li24", "Ours", "Ours", "Li24"]
    first, second, third, *rest = block.neurons
    moved = (replace(n, phases=(n.phases[0] + Fraction(1, 5), n.phases[1])) for n in (second, third))
    wrong = replace(block, neurons=(first, *moved, *rest), frequencies=(2, 3), mass=Surd([(1, 4)]))
    assert [(v.key, v.status) for v in exact_checks(replace(network, blocks=(wrong,)))] == [(k, "failed") for k in keys]
    (refused,) = exact_checks(replace(network, k=0))
    numbers(refused, key="exact", status="undecided")


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
    subject, total = Subject.of(network), float((u**2).sum() + (w**2).sum())
    worst = float(np.linalg.norm(u - w)) / math.sqrt(total)
    numbers(linear_checks(subject, 1e-4)[0], key="equal_vectors", status="failed", measured=worst, predicted=0.0,
            error=worst, tolerance=3e-4)  # fmt: skip
    fails_beyond(lambda tol: linear_checks(subject, tol)[0], 3, worst)
    target = (np.eye(p) - 1 / p) / (2 * (p - 1))
    worst = float(np.linalg.norm(u.T @ u / total - target) / np.linalg.norm(target))
    numbers(linear_checks(subject, 1e-4)[1], key="gram", status="failed", measured=worst, predicted=0.0, error=worst,
            tolerance=5e-4)  # fmt: skip
    fails_beyond(lambda tol: linear_checks(subject, tol)[1], 5, worst)


def test_a_linear_network_of_too_few_neurons_fails_without_its_gram_matrix() -> None:
    network, _, _ = linear_network(6, 5)
    few = changed(network, network.u[:4], network.w[:4])
    numbers(linear_checks(Subject.of(few), 1e-4)[1], key="gram", status="failed", measured=4.0, predicted=5.0,
            error=1.0, tolerance=0.0)  # fmt: skip


# ---- groups ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("name", ["S3", "Q8"])
def test_group_checks(name: str, k: int) -> None:
    network = spoilt(on_group(name, k))
    found = GroupDecomposition(Subject.of(network))
    live, norms = found.live, np.linalg.norm(vectors_of(network), axis=2)

    def at(tol: float) -> dict[str, CheckResult]:
        return by_key(group_checks(found, tol))

    worst = float(found.outside[live].max())
    numbers(at(1e-4)["purity"], status="failed", measured=worst, predicted=0.0, error=worst, tolerance=1.01e-4 + 1e-12)
    assert at(1e-9)["purity"].tolerance == pytest.approx(1.011e-9, rel=1e-9)
    worst = float(np.abs(norms / np.sqrt((norms**2).mean(axis=1))[:, None] - 1)[live].max())
    numbers(at(1e-4)["balance"], status="failed", measured=worst, predicted=0.0, error=worst, tolerance=3e-4)
    worst = float((1 - found.alignment[live]).max())
    numbers(at(1e-4)["alignment"], status="failed", measured=worst, predicted=0.0, error=worst,
            tolerance=((k + 1) * 1e-4) ** 2 + 1e-12)  # fmt: skip
    assert at(1e-7)["alignment"].tolerance == pytest.approx(((k + 1) * 1e-7) ** 2 + 1e-12, rel=1e-9)
    needed = np.array([float(x) for x in found.margin.masses])
    carried = np.bincount(found.components.home[live], found.components.mass[live], minlength=len(needed))
    v = int(np.abs(carried - needed).argmax())
    worst = float(abs(carried - needed)[v])
    numbers(at(1e-6)["masses"], status="failed", measured=float(carried[v]), predicted=float(needed[v]), error=worst,
            tolerance=3e-6 * (k + 1))  # fmt: skip
    fails_beyond(lambda tol: at(tol)["masses"], 3 * (k + 1), worst)


def test_free_masses_are_not_judged() -> None:
    """On C5xS3 with k = 4 representations of one Galois orbit share their mass as they like."""
    group = load_group("C5xS3")
    assert not max_group_margin(group, 4).masses_are_forced
    rng = np.random.default_rng(0)
    network = NetworkFile(rng.normal(size=(2, 4, 30)), rng.normal(size=(2, 30)), 4, 30, group.table)
    numbers(by_key(group_checks(GroupDecomposition(Subject.of(network)), 1e-4))["masses"], status="skipped")


def test_required_representations() -> None:
    network = spoilt(on_group("S4"))
    found = GroupDecomposition(Subject.of(network))
    required = sorted(found.margin.required)
    count = float(len(required))
    assert count >= 3
    numbers(required_representations(found), status="passed", measured=count, predicted=count, error=0.0, tolerance=0.0)
    alone = [i for i in found.live if found.components.names[found.components.home[i]] == required[0]][:1]
    few = GroupDecomposition(Subject.of(changed(network, network.u[alone], network.w[alone])))
    numbers(required_representations(few), status="failed", measured=1.0, predicted=count,
            error=count - 1, tolerance=0.0)  # fmt: skip


# ---- trained networks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["margin", "purity", "phase_error", "regularisation"])
def test_thresholds_lie_between_0_and_1(name: str) -> None:
    for value in (0, 1, 0.5):
        assert getattr(Thresholds(**{name: value}), name) == value
    for value in (-0.001, 1.001, math.nan):
        with pytest.raises(InputError, match=name):
            Thresholds(**{name: value})


@pytest.mark.parametrize(("k", "p"), SIZES)
def test_trained_checks(k: int, p: int) -> None:
    _, found = of(spoilt(constructed(k, p)))
    purity, phases, every = trained_checks(found, Thresholds(purity=0.9999, phase_error=1e-5))
    worst, errors = float(found.waves.residual[found.live].max()), found.phase_error[found.live]
    numbers(purity, key="purity", status="failed", measured=1 - worst**2, predicted=1.0, error=worst**2, tolerance=1e-4)
    assert purity.error is not None
    assert purity.measured is not None
    assert purity.error - (1 - purity.measured) == pytest.approx(3 * (3 * p + 40) * UNIT, abs=3e-16)
    median = float(np.median(errors))
    numbers(phases, key="phase_sum", status="failed", measured=median, predicted=0.0, error=median, tolerance=1e-5)
    assert phases.error is not None
    assert phases.error - median == pytest.approx(found.phase_uncertainty[found.live].max(), rel=0.1)
    assert every == every_frequency(found)
    for slack, status in ((1e-9, "passed"), (-1e-9, "failed")):
        limits = Thresholds(purity=1 - worst**2 - slack, phase_error=median + slack)
        assert [r.status for r in trained_checks(found, limits)[:2]] == [status] * 2


def test_a_vector_of_zeros_is_not_pure() -> None:
    network = constructed(2, 7)
    u = network.u.copy()
    u[4, 1] = 0
    purity = trained_checks(of(changed(network, u, network.w))[1], RECIPE)[0]
    assert (purity.status, purity.measured) == ("failed", pytest.approx(0, abs=1e-12))


def test_trained_linear_checks() -> None:
    network, u, w = linear_network(6, 9, size=0.1)
    equal, rank = trained_linear_checks(Subject.of(network), Thresholds(purity=0.99))
    beside = float(((u - w) ** 2).sum() / ((u**2).sum() + (w**2).sum()))
    numbers(equal, key="equal_vectors", status="failed", measured=beside, predicted=0.0, error=beside,
            tolerance=0.01)  # fmt: skip
    numbers(rank, key="rank", status="passed", measured=5.0, predicted=5.0, error=0.0, tolerance=0.0)


@pytest.mark.parametrize(("squares", "rank"), [((1.01, 1.01), 3), ((0.99, 1.01), 2), ((0.99, 0.99), 1)])
def test_a_singular_value_counts_from_half_of_gamma(squares: tuple[float, float], rank: int) -> None:
    """p = 3, gamma* = 1/4: three orthogonal neurons with squared norms around 1/8, the rest of 1/2 in the last."""
    frame = np.array([[1, -1, 0], [1, 1, -2], [1, 1, 1]]) / np.sqrt([[2], [6], [3]])
    values = np.array(squares) / 8
    u = 3.0 * np.sqrt([*values, 0.5 - values.sum()])[:, None] * frame
    found = trained_linear_checks(Subject.of(NetworkFile(u[:, None], u, 1, 3)), RECIPE)[1]
    assert (found.measured, found.predicted, found.status) == (rank, 2, "passed" if rank >= 2 else "failed")


def test_trained_group_checks() -> None:
    found = GroupDecomposition(Subject.of(spoilt(on_group("S3"))))
    purity, phases, required = trained_group_checks(found, Thresholds(purity=0.9999, phase_error=1e-5))
    least = float(found.components.purity[found.live].min())
    numbers(purity, key="purity", status="failed", measured=least, predicted=1.0, error=1 - least,
            tolerance=1e-4)  # fmt: skip
    turns = float(np.median(np.arccos(found.alignment[found.live].clip(-1, 1)))) / (2 * math.pi)
    numbers(phases, key="alignment", status="failed", measured=turns, predicted=0.0, error=turns,
            tolerance=1e-5)  # fmt: skip
    assert required == required_representations(found)


@pytest.mark.parametrize(("alignment", "turns"), [(1 + 4e-16, 0.0), (-1 - 4e-16, 0.5), (0.0, 0.25)])
def test_an_alignment_that_rounding_moved_beyond_1_has_an_angle(alignment: float, turns: float) -> None:
    found = GroupDecomposition(Subject.of(spoilt(on_group("S3"))))
    found.alignment = np.full(found.subject.m, alignment)
    assert trained_group_checks(found, RECIPE)[1].measured == turns


# ---- at a finite lambda ------------------------------------------------------------------------------------------


def at_lambda(subject: Subject, limits: Thresholds, lambda_: float | None) -> list[CheckResult]:
    """The checks with the loss over every input."""

    def over_every_input() -> Loss:
        value = sweep(subject, loss=True).cross_entropy
        assert value is not None
        return Loss.known(value)

    return regularisation_checks(subject, limits, lambda_, over_every_input)


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
    norm, floor, loss = at_lambda(subject, RECIPE, lambda_)
    mass, error = factor ** (k + 1) * prediction.mass, abs(factor ** (k + 1) - 1)
    numbers(norm, key="norm_at_lambda", status="passed" if error < 0.02 else "failed", measured=mass,
            predicted=prediction.mass, error=error, tolerance=0.02)  # fmt: skip
    value = cross_entropy(network) + lambda_ * mass
    numbers(floor, key="loss_floor", status="passed", measured=value, predicted=prediction.loss,
            error=max(0.0, 1 - value / prediction.loss), tolerance=1e-9)  # fmt: skip
    excess = value / prediction.loss - 1
    numbers(loss, key="loss_at_lambda", status="passed" if excess < 0.02 else "failed", measured=value,
            predicted=prediction.loss, error=max(0.0, excess), tolerance=0.02)  # fmt: skip
    strict = at_lambda(subject, Thresholds(regularisation=0.25), lambda_)
    assert [r.tolerance for r in strict] == [0.25, 1e-9, 0.25]


def test_the_loss_is_weighted_by_the_class_weights() -> None:
    """At p = 6 they are not uniform, and the margins of a spoilt network are not equal."""
    network = spoilt(constructed(2, 6), size=0.2)
    network = changed(network, 3 * network.u, 3 * network.w)
    subject = Subject.of(network)
    lambda_ = 0.1 * float(subject.gamma)
    mass = float((np.linalg.norm(vectors_of(network).reshape(subject.m, -1), axis=1) ** 3).sum())
    norm, _, loss = at_lambda(subject, RECIPE, lambda_)
    assert norm.measured == pytest.approx(mass)
    assert loss.measured == pytest.approx(cross_entropy(network) + lambda_ * mass, rel=1e-12)


def subject_with(metadata: dict[str, str], k: int = 2, p: int = 5) -> Subject:
    return Subject.of(replace(constructed(k, p), metadata=metadata))


@pytest.mark.parametrize("text", ["", "much", "nan", "inf", "0", "-1", "-0.001"])
def test_a_file_without_a_lambda_is_not_judged_by_one(text: str) -> None:
    assert at_lambda(subject_with({"lambda": text}), RECIPE, None) == []
    assert at_lambda(subject_with({}), RECIPE, None) == []


def test_the_lambda_of_the_file_counts_unless_another_is_given() -> None:
    subject = subject_with({"lambda": "0.001"})
    norms = [at_lambda(subject, RECIPE, x)[0].predicted for x in (None, 0.001, 0.002)]
    assert norms[0] == norms[1] != norms[2]
    for wrong in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InputError):
            at_lambda(subject, RECIPE, wrong)


SWITCH = float(Subject.of(constructed(2, 5)).gamma) * 4 / 5


@pytest.mark.parametrize(
    ("metadata", "p", "lambda_", "applies"),
    [
        ({"data": "half"}, 5, 1e-3, False),
        ({"data": "full"}, 5, 1e-3, True),
        ({"penalty": "lambda ||theta||^2"}, 5, 1e-3, False),
        ({"penalty": "lambda ||theta||^(k+1)"}, 5, 1e-3, True),
        ({"loss": "plain"}, 5, 1e-3, True),
        ({"loss": "plain"}, 2, 1e-3, True),
        ({"loss": "plain"}, 6, 1e-3, False),
        ({"loss": "weighted"}, 6, 1e-3, True),
        ({}, 5, SWITCH, False),
        ({}, 5, 0.5, False),
        ({}, 5, SWITCH * (1 - 1e-9), True),
    ],
)
def test_where_the_closed_form_applies(metadata: dict[str, str], p: int, lambda_: float, applies: bool) -> None:
    found = at_lambda(subject_with(metadata, p=p), RECIPE, lambda_)
    assert len(found) == (3 if applies else 1)
    if not applies:
        numbers(found[0], key="norm_at_lambda", status="skipped")


def test_class_weights_of_zero_are_a_reason_too() -> None:
    """On Dic3 with k = 3 a wrong label has no weight; with equal ones elsewhere it is the only obstacle."""
    subject = Subject.of(on_group("Dic3", 3))
    assert sorted(subject.task.tau)[1] == 0
    assert [r.status for r in at_lambda(subject, RECIPE, 1e-9)] == ["skipped"]


@pytest.mark.parametrize(("log_norm", "statuses"), [(200.01, ["failed"]), (199.9, ["failed", "passed", "failed"])])
def test_a_huge_norm_is_not_exponentiated(log_norm: float, statuses: list[str]) -> None:
    """||theta||^3 above e^600 fails at once; below it every number is finite."""
    base, scale = constructed(2, 5), math.exp(log_norm)
    subject = Subject.of(changed(base, scale * base.u, scale * base.w))
    found = at_lambda(subject, RECIPE, 0.001)
    assert [r.status for r in found] == statuses
    beta = math.log(4 * (float(subject.gamma) / 0.001 - 1))
    assert found[0].predicted == pytest.approx(beta / float(subject.gamma))
