"""Maximum-margin networks of every kind pass; every planted fault fails, and the check that fails is named."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.components import components
from tests.verify.networks import FAULTS, SMALL, as_dtype, changed, constructed, on_group
from theory.construction import construct
from theory.errors import InputError
from theory.network_file import NetworkFile
from theory.task import network_norm
from verify import network_checks
from verify.checks.exact import exact_checks
from verify.checks.margin import margin_checks
from verify.intervals import Enclosure
from verify.network_checks import Examination, check_network, examine
from verify.result import CheckResult, summary
from verify.subject import Subject
from verify.tolerance import RECIPE, Thresholds

DTYPES = [np.float64, np.float32]


def wrong(results: list[CheckResult]) -> set[str]:
    return {r.key for r in results if r.status in ("failed", "undecided")}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("method", ["minimal", "li24"])
@pytest.mark.parametrize(("k", "p"), SMALL)
def test_constructions_pass(k: int, p: int, method: str, dtype: type) -> None:
    results = check_network(as_dtype(constructed(k, p, method), dtype))
    assert not wrong(results)
    assert len({r.key for r in results} - {""}) == len(results) >= 5


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("k", "p", "fault"),
    # p = 3 and p = 4 have no other frequency of the same kind to change to; p = 2 has no phases, one neuron at k = 1.
    [
        *((k, p, fault) for k, p in SMALL for fault in FAULTS if p > 4 or (p > 2 and fault != "frequency")),
        *((k, 2, fault) for k in (2, 3, 4, 5) for fault in ("deletion", "scale")),
    ],
)
def test_planted_fault_is_named(k: int, p: int, fault: str, dtype: type) -> None:
    plant, names = FAULTS[fault]
    assert wrong(check_network(as_dtype(plant(constructed(k, p)), dtype))) & names


def test_frequency_of_one_vector() -> None:
    network = constructed(2, 7)
    u = network.u.copy()
    u[3, 1] = u[3, 1][2 * np.arange(7) % 7]
    assert "same_frequency" in wrong(check_network(changed(network, u, network.w)))


def test_mean_is_impure() -> None:
    network = constructed(2, 7)
    u = network.u.copy()
    u[0, 0] += 1e-6
    results = check_network(changed(network, u, network.w))
    assert "purity" in wrong(results)


@pytest.mark.parametrize("factor", [1e-200, 1e200, 3.7, 2.0**-1000])
@pytest.mark.parametrize(("k", "p"), [(1, 5), (2, 7), (3, 4), (5, 3)])
def test_scale_does_not_matter(k: int, p: int, factor: float) -> None:
    network = constructed(k, p)
    assert not wrong(check_network(changed(network, network.u * factor, network.w * factor)))


def test_denormal_network() -> None:
    """The smallest scale at which anything is left: the weights are rounded, and the checks say so or pass."""
    network = constructed(2, 3)
    results = check_network(changed(network, network.u * 1e-310, network.w * 1e-310), tol=1e-5)
    assert not wrong(results)


@pytest.mark.parametrize(("k", "p"), [(1, 5), (2, 5), (2, 6), (3, 4), (4, 3)])
def test_split_neurons_pass(k: int, p: int) -> None:
    """A neuron may be cut into proportional ones whose masses add up."""
    network, share = constructed(k, p), 0.3
    first, second = share ** (1 / (k + 1)), (1 - share) ** (1 / (k + 1))
    u = np.concatenate([first * network.u, second * network.u])
    w = np.concatenate([first * network.w, second * network.w])
    assert not wrong(check_network(changed(network, u, w)))
    assert wrong(
        check_network(changed(network, np.concatenate([network.u[:1], u]), np.concatenate([network.w[:1], w])))
    )


@given(st.integers(0, 10**9), st.sampled_from([(2, 5), (2, 6), (3, 4), (3, 7), (2, 9)]))
@settings(max_examples=25, deadline=None)
def test_symmetries_pass(seed: int, size: tuple[int, int]) -> None:
    """Order of neurons, order of inputs, cyclic shifts, units, signs: all of them leave a maximum margin."""
    k, p = size
    rng = np.random.default_rng(seed)
    network = constructed(k, p)
    neurons, inputs = rng.permutation(len(network.w)), rng.permutation(k)
    shifts = rng.integers(p, size=k)
    unit = next(x for x in rng.permutation(np.arange(1, p)) if np.gcd(x, p) == 1)
    u = np.stack([np.roll(network.u[neurons][:, j], shifts[j], axis=1) for j in inputs], axis=1)
    w = np.roll(network.w[neurons], shifts.sum(), axis=1)
    signs = rng.choice([-1.0, 1.0], size=len(w))
    u, w = u * signs[:, None, None], w * (signs**k)[:, None]
    move = unit * np.arange(p) % p
    assert not wrong(check_network(changed(network, u[..., move], w[..., move])))


@given(st.integers(0, 10**9), st.sampled_from([(1, 4), (2, 5), (2, 4), (3, 3)]))
@settings(max_examples=25, deadline=None)
def test_random_networks_fail_and_never_exceed(seed: int, size: tuple[int, int]) -> None:
    k, p = size
    rng = np.random.default_rng(seed)
    results = check_network(NetworkFile(rng.normal(size=(6, k, p)), rng.normal(size=(6, p)), k, p))
    assert wrong(results)
    assert next(r for r in results if r.key == "margin_bound").status == "passed"
    assert next(r for r in results if r.key == "account").status == "passed"


def test_dead_neurons_are_ignored_until_they_weigh() -> None:
    network = constructed(2, 5)
    rng = np.random.default_rng(0)
    junk_u, junk_w = rng.normal(size=(2, 2, 5)), rng.normal(size=(2, 5))
    for size, passes in ((1e-6, True), (1e-1, False)):
        u, w = np.concatenate([network.u, size * junk_u]), np.concatenate([network.w, size * junk_w])
        assert (not wrong(check_network(changed(network, u, w)))) == passes


def test_a_zero_neuron_passes() -> None:
    network = constructed(3, 5)
    u, w = np.concatenate([network.u, np.zeros((1, 3, 5))]), np.concatenate([network.w, np.zeros((1, 5))])
    assert not wrong(check_network(changed(network, u, w)))


def test_linear_network_may_mix_frequencies() -> None:
    """k = 1: rows of any orthogonal frame of the mean-zero space."""
    p = 7
    rng = np.random.default_rng(3)
    frame = np.linalg.qr(np.concatenate([np.ones((p, 1)), rng.normal(size=(p, p - 1))], axis=1))[0][:, 1:].T
    assert not wrong(check_network(NetworkFile(frame[:, None].copy(), frame.copy(), 1, p)))
    assert wrong(check_network(NetworkFile(frame[1:, None].copy(), frame[1:].copy(), 1, p)))


@pytest.mark.parametrize("name", ["S3", "D4", "Q8", "A4", "C6", "Dic3"])
@pytest.mark.parametrize("k", [1, 2])
def test_groups_pass(name: str, k: int) -> None:
    assert not wrong(check_network(on_group(name, k)))


def test_faults_on_groups() -> None:
    network = on_group("S3")
    u, w = network.u.copy(), network.w.copy()
    assert {"balance"} <= wrong(check_network(changed(network, u, np.concatenate([1.01 * w[:1], w[1:]]))))
    assert {"masses"} <= wrong(check_network(changed(network, u[1:], w[1:])))
    u[-1, 0] += 1e-3
    assert {"purity"} <= wrong(check_network(changed(network, u, w)))
    u = network.u.copy()
    u[[-1, -2], 0] = u[[-2, -1], 0]
    assert wrong(check_network(changed(network, u, w)))


def test_trained_thresholds() -> None:
    network = constructed(2, 11)
    rng = np.random.default_rng(0)
    u = network.u + 2e-4 * np.abs(network.u).max() * rng.normal(size=network.u.shape)
    near = changed(network, u, network.w)
    assert not wrong(check_network(near, trained=True))
    assert wrong(check_network(near))
    strict = check_network(near, trained=True, thresholds=Thresholds(1.0, 1 - 1e-12, 0.0))
    assert len(wrong(strict)) == 3
    half = near.u[:15], near.w[:15]
    assert "every_frequency" in wrong(check_network(changed(network, *half), trained=True))


def test_trained_linear_and_group() -> None:
    assert not wrong(check_network(constructed(1, 7), trained=True))
    assert wrong(
        check_network(changed(constructed(1, 7), constructed(1, 7).u[1:], constructed(1, 7).w[1:]), trained=True)
    )
    network = on_group("A4")
    assert not wrong(check_network(network, trained=True))
    assert "every_representation" in wrong(check_network(changed(network, network.u[:6], network.w[:6]), trained=True))


def test_norm_and_loss_at_lambda() -> None:
    """A maximum-margin network at the predicted scale has the predicted loss; at another scale it has not."""
    from theory.regularisation import predict

    network, lambda_ = constructed(2, 7), 0.002
    scale = (predict(2, 7, lambda_).mass / network_norm(network.u, network.w) ** 3) ** (1 / 3)
    for factor, bad in ((scale, set()), (1.1 * scale, {"norm_at_lambda", "loss_at_lambda"})):
        found = NetworkFile(factor * network.u, factor * network.w, 2, 7, None, {"lambda": repr(lambda_)})
        assert wrong(check_network(found, trained=True, thresholds=RECIPE)) == bad
    found = NetworkFile(scale * network.u, scale * network.w, 2, 7, None, {"lambda": "1"})
    assert [r.status for r in check_network(found, trained=True) if r.key.endswith("_at_lambda")] == ["skipped"]


def test_options_are_checked() -> None:
    network = constructed(2, 3)
    for options in ({"tol": 0.0}, {"tol": float("nan")}, {"tol": 1.0}, {"trained": True, "lambda_": -1.0}):
        with pytest.raises(InputError):
            check_network(network, **options)
    with pytest.raises(InputError, match="zero"):
        check_network(NetworkFile(np.zeros((2, 2, 3)), np.zeros((2, 3)), 2, 3))
    with pytest.raises(InputError, match="1000"):
        check_network(NetworkFile(np.ones((1, 1001, 2)), np.ones((1, 2)), 1001, 2))
    with pytest.raises(InputError, match="finite"):
        check_network(NetworkFile(np.full((2, 2, 3), np.nan), np.zeros((2, 3)), 2, 3))


def test_a_margin_above_gamma_is_an_alarm() -> None:
    """No network does this; a wrong formula for gamma* would."""
    for low, high, status in ((1.1, 1.2, "failed"), (0.9, 1.1, "undecided"), (0.9, 1.0, "passed")):
        assert margin_checks("Li24:Theorem 4.1.1", Enclosure(low, high), 0.5, 1e-9)[1].status == status
    for low, high, status in ((0.1, 0.2, "failed"), (0.4, 0.6, "undecided"), (0.5, 0.6, "passed")):
        assert margin_checks("Li24:Theorem 4.1.1", Enclosure(low, high), 0.5, 1e-9)[0].status == status


def test_a_network_of_another_norm_is_not_said_to_have_a_smaller_margin():
    """All masses doubled: the normalised margin is still gamma*, only the norm is not 1."""
    network = construct(2, 5)
    (block,) = network.blocks
    doubled = replace(network, blocks=(replace(block, mass=block.mass.scaled(2)),))
    verdict = exact_checks(doubled)[-1]
    assert verdict.status == "failed"
    assert exact_checks(network)[-1].status == "proved"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("k", "p"),
    [(6, 11), (6, 13), (7, 9), (8, 3), (9, 4), (10, 3), (12, 2), pytest.param(12, 3, marks=pytest.mark.slow)],
)
def test_constructions_of_many_inputs_are_confirmed(k: int, p: int, dtype: type) -> None:
    assert not wrong(check_network(as_dtype(constructed(k, p), dtype)))


@pytest.mark.parametrize("fault", ["deletion", "scale", "phase", "swap"])
def test_faults_among_many_inputs_are_found(fault: str) -> None:
    plant, names = FAULTS[fault]
    assert wrong(check_network(plant(constructed(6, 3)))) & names


def test_a_fault_of_whole_sign_families_is_found() -> None:
    """Every first input vector turned, in all members alike: products still, but of wrong phases."""
    network = constructed(6, 5)
    u = np.fft.irfft(np.fft.rfft(network.u) * np.exp(1e-6j), 5)
    examination = Examination(Subject.of(changed(network, u, network.w)), most_work=0)
    assert "phase_sum" in wrong(examine(examination))
    assert examination.ratio is not None
    assert examination.ratio.high < 1


def test_the_pass_is_taken_where_the_waves_do_not_settle_the_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.network_checks.MUCH_WORK", 0)
    subject = Subject.of(constructed(3, 5))
    assert Examination(subject).sweep is None
    told: list[tuple[int, int]] = []
    strict = Examination(subject, tol=1e-16, progress=lambda *now: told.append(now))
    assert strict.sweep is not None
    assert told[-1] == (125, 125)
    assert strict.ratio is not None
    assert strict.ratio.width < Examination(subject).from_waves.width  # type: ignore[union-attr]


@pytest.mark.parametrize(("network", "first"), [(constructed(2, 5), 6), (constructed(3, 4), 16), (on_group("S3"), 2)])
@pytest.mark.parametrize("share", [3e-7, 3e-9])
def test_mass_in_light_neurons_counts(network: NetworkFile, first: int, share: float) -> None:
    """Part of one component's mass sits in copies of its neurons, below the live threshold."""
    k, m = network.k, len(network.w)
    scale = np.where(np.arange(m) < first, (1 - share) ** (1 / (k + 1)), 1.0)
    light = share ** (1 / (k + 1))
    u = np.concatenate([scale[:, None, None] * network.u, light * network.u[:first]])
    w = np.concatenate([scale[:, None] * network.w, light * network.w[:first]])
    assert not wrong(check_network(changed(network, u, w)))
    without = check_network(changed(network, u[:m], w[:m]))
    assert ("masses" in wrong(without)) == (share > 1e-8)


@pytest.mark.parametrize("tiny", [1e-120, 1e-107, 1e-103])
@pytest.mark.parametrize("network", [constructed(2, 5), on_group("S3")])
def test_masses_beyond_the_floats_say_nothing(network: NetworkFile, tiny: float) -> None:
    """One component's masses underflow, to 0 or to numbers with few digits; it is found missing, and nothing warns."""
    home = components(network.u, network.w, Subject.of(network).group).home
    lost = home == home.max()
    u = np.where(lost[:, None, None], tiny, 1.0) * network.u
    w = np.where(lost[:, None], tiny, 1.0) * network.w
    assert wrong(check_network(changed(network, u, w))) >= {"margin", "masses"}


def test_a_light_neuron_is_not_judged_at_k_1() -> None:
    network = constructed(1, 5)
    junk = np.random.default_rng(0).normal(size=(2, 5)) * np.abs(network.u).max()
    for size, keys in ((1e-7, set()), (1e-2, {"equal_vectors"})):
        u = np.concatenate([network.u, size * junk[:1, None]])
        found = wrong(check_network(changed(network, u, np.concatenate([network.w, size * junk[1:]]))))
        assert found >= keys
        assert bool(found) == bool(keys)


ALL_KINDS = [
    *(constructed(k, p) for k, p in SMALL if p not in (9, 10) and (k, p) != (5, 5)),
    constructed(6, 3),
    *map(on_group, ["S3", "D4", "Q8", "A4", "C6"]),
]


@pytest.mark.parametrize("tol", [1e-9, 1e-5])
@pytest.mark.parametrize("network", ALL_KINDS, ids=lambda n: f"{n.k}-{n.metadata.get('group', n.p)}")
def test_an_error_of_tol_in_every_weight_is_forgiven(network: NetworkFile, tol: float) -> None:
    """The signs of the errors are random, or those that lower one margin most; a hundred times as much fails."""
    rng = np.random.default_rng(network.p)
    for kind in ("random", "worst"):
        for factor, forgiven in ((1, True), (100, False)):
            subject = Subject.of(network)
            du, dw = (rng.choice([-1.0, 1.0], size=x.shape) for x in (network.u, network.w))
            if kind == "worst":
                a = rng.integers(network.p, size=network.k)
                label = int(subject.task.label(a))
                chosen = network.u[:, np.arange(network.k), a]
                gap = network.w[:, label] - network.w[:, label - 1]
                x = chosen.sum(axis=1)
                slope = network.k * x ** (network.k - 1) * gap
                du[:, np.arange(network.k), a] = -np.sign(chosen * slope[:, None])
                dw[:, label], dw[:, label - 1] = (
                    s * np.sign(x**network.k * network.w[:, c]) for s, c in ((-1, label), (1, label - 1))
                )
            moved = changed(network, network.u * (1 + factor * tol * du), network.w * (1 + factor * tol * dw))
            assert (not wrong(check_network(moved, tol=tol))) == forgiven


@pytest.mark.parametrize(
    ("name", "passes"),
    [("C24", True), ("C3xC8", True), ("S4", False), ("C2xC12", False), ("C23", False), ("my own", True)],
)
def test_the_named_group_must_be_that_of_the_table(name: str, passes: bool) -> None:
    network = replace(on_group("C24"), metadata={"group": name})
    found = {r.key: r.status for r in check_network(network)}
    assert (found.get("group") != "failed") == passes
    without = replace(constructed(2, 5), metadata={"group": name})
    assert wrong(check_network(without)) == {"group"}
    assert not wrong(check_network(replace(without, metadata={"group": "C5"})))


@pytest.mark.parametrize(
    ("statuses", "counts"),
    [
        (["passed", "proved", "skipped"], "2 checks hold, 1 skipped"),
        (["passed", "failed", "undecided", "skipped"], "1 check holds, 1 failed, 1 undecided, 1 skipped"),
        (["skipped"], "0 checks hold, 1 skipped"),
    ],
)
def test_checks_are_counted_by_what_they_said(statuses: list[str], counts: str) -> None:
    found = summary([CheckResult("S", "x", status) for status in statuses])  # type: ignore[arg-type]
    assert [int(n) for n in re.findall(r"\d+", found)] == [int(n) for n in re.findall(r"\d+", counts)]


@pytest.mark.parametrize(("noise", "passes"), [(0.0, False), (1e-3, True)])
def test_a_trained_network_of_waves_needs_no_long_pass(noise, passes, monkeypatch):
    """Where the bound from its waves is close; noise beside them makes it loose, and every input is looked at."""
    monkeypatch.setattr(network_checks, "MUCH_WORK", 0)
    network = constructed(3, 7)
    rng = np.random.default_rng(0)
    u = network.u * (1 + 1e-6 * rng.uniform(-1, 1, size=(*network.u.shape[:2], 1)))
    u = u + noise * np.abs(u).max() * rng.normal(size=u.shape)
    found = Examination(Subject.of(changed(network, u, network.w)), trained=True)
    assert (found.sweep is not None) == passes
    assert found.ratio.low > 0.99 - 0.2 * passes
