"""Enclosures contain the exact value, computed here in rational arithmetic; a bound planted too narrow is caught."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import product

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.networks import SMALL, as_dtype, changed, constructed
from theory.groups import load_group
from theory.margin import max_margin, max_margin_float
from theory.network_file import NetworkFile
from theory.task import logits, margins
from verify import amplitude_bound
from verify.intervals import Enclosure, ball_margin, component, margin_ratio
from verify.network_checks import Examination, examine
from verify.structure_bound import least_margin, looked_at, margin_ratio_from_waves
from verify.subject import PRECISION, Subject, gamma_enclosure
from verify.sweep import Sweep, TooManyInputs, error_bound, sweep

UNIT = 2.0**-53
INF = math.inf
SIZES = st.sampled_from([(1, 2), (1, 5), (2, 2), (2, 3), (2, 5), (3, 3), (3, 4), (4, 3), (5, 2)])


def exact_margins(subject: Subject) -> dict[tuple[int, ...], Fraction]:
    """Every margin of the scaled float weights, in rational arithmetic."""
    task = subject.task
    u = [[[Fraction(x) for x in vector] for vector in neuron] for neuron in subject.u.tolist()]
    w = [[Fraction(x) for x in vector] for vector in subject.w.tolist()]
    margins = {}
    for a in product(range(task.n), repeat=task.k):
        hidden = [sum(vector[x] for vector, x in zip(neuron, a, strict=True)) ** task.k for neuron in u]
        logits = [sum(h * v[c] for h, v in zip(hidden, w, strict=True)) for c in range(task.n)]
        right = logits.pop(int(task.label(np.array(a))))
        margins[a] = right - max(logits)
    return margins


def exact_ratio(subject: Subject, margin: Fraction) -> flint.arb:
    """margin / (norm^(k+1) gamma*) as a tiny ball, from rational squares."""
    with flint.ctx.workprec(400):
        total = flint.arb(0)
        for neuron in subject.vectors.reshape(subject.m, -1).tolist():
            square = sum((Fraction(x) ** 2 for x in neuron), Fraction(0))
            total += flint.arb(flint.fmpq(square.numerator, square.denominator)).sqrt() ** (subject.task.k + 1)
        gamma = max_margin(subject.task.k, subject.task.n).evalf(100)
        return flint.arb(flint.fmpq(margin.numerator, margin.denominator)) / total / flint.arb(str(gamma))


def random_subject(seed: int, size: tuple[int, int], spread: float = 1.0) -> Subject:
    k, p = size
    rng = np.random.default_rng(seed)
    m = int(rng.integers(1, 6))
    scale = np.exp(spread * rng.normal(size=m))
    u = scale[:, None, None] * rng.normal(size=(m, k, p))
    return Subject.of(NetworkFile(u, scale[:, None] * rng.normal(size=(m, p)), k, p))


def contains(enclosure: Enclosure, exact: flint.arb) -> bool:
    return bool(flint.arb(enclosure.low) <= exact) and bool(exact <= flint.arb(enclosure.high))


@given(st.integers(0, 10**9), SIZES)
@settings(max_examples=60, deadline=None)
def test_margin_lies_inside(seed: int, size: tuple[int, int]) -> None:
    subject = random_subject(seed, size)
    found, margins = sweep(subject), exact_margins(subject)
    least = min(margins.values())
    enclosure = margin_ratio(subject, found)
    assert contains(enclosure, exact_ratio(subject, least))
    assert abs(Fraction(found.minimum) - least) <= Fraction(found.error)
    # The exact minimum is among the inputs that were looked at again, or above the bound for all others.
    assert margins[tuple(found.worst[0].tolist())] - least <= Fraction(2 * found.error)


@pytest.mark.parametrize(("k", "p"), [(1, 4), (2, 3), (2, 5), (2, 6), (3, 3), (3, 4)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_tied_margins_lie_inside(k: int, p: int, dtype: type) -> None:
    subject = Subject.of(as_dtype(constructed(k, p), dtype))
    enclosure = margin_ratio(subject, sweep(subject))
    assert contains(enclosure, exact_ratio(subject, min(exact_margins(subject).values())))
    assert enclosure.high - enclosure.low < 1e-10


@given(st.integers(0, 10**9), SIZES)
@settings(max_examples=40, deadline=None)
def test_every_float_margin_is_within_the_bound(seed: int, size: tuple[int, int]) -> None:
    subject = random_subject(seed, size, spread=3.0)
    margins = exact_margins(subject)
    found = sweep(subject)
    looked_at = {tuple(inputs.tolist()) for inputs in found.worst}
    others = [margin for inputs, margin in margins.items() if inputs not in looked_at]
    assert len(others) == max(0, len(margins) - 8)
    assert all(float(margin) >= found.next - found.error * (1 + 1e-9) for margin in others)
    assert 0 < found.error == error_bound(subject)


def test_a_bound_that_is_too_narrow_is_caught() -> None:
    """With no error at all allowed to the float pass, some other input of a tied network lies below its bound."""
    caught = 0
    for k, p in SMALL:
        if 9 < p**k < 100:
            subject = Subject.of(constructed(k, p))
            found = sweep(subject)
            looked_at = {tuple(inputs.tolist()) for inputs in found.worst}
            others = [margin for inputs, margin in exact_margins(subject).items() if inputs not in looked_at]
            caught += any(margin < found.next for margin in others)
    assert caught > 0


def test_an_input_that_was_not_looked_at_is_caught() -> None:
    """A pass that hides its least margin leads to an interval that misses the exact one."""
    subject = random_subject(3, (2, 5), spread=3.0)
    exact = exact_ratio(subject, min(exact_margins(subject).values()))
    found = sweep(subject)
    assert contains(margin_ratio(subject, found), exact)
    assert not contains(margin_ratio(subject, replace(found, worst=found.worst[1:])), exact)


@pytest.mark.parametrize(("k", "p"), SMALL)
def test_gamma(k: int, p: int) -> None:
    subject = Subject.of(constructed(k, p))
    with flint.ctx.workprec(PRECISION):
        exact = flint.arb(str(max_margin(k, p).evalf(80)))
        assert abs(float((subject.gamma - exact) / exact)) < 1e-45
        assert float(subject.gamma.rad()) < 1e-45 * float(subject.gamma)


@pytest.mark.parametrize("name", ["S3", "D4", "Q8", "A4", "Dic3"])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_gamma_of_groups(name: str, k: int) -> None:
    from theory.groups.margin import group_task
    from theory.groups.margin import max_margin as group_margin

    group = load_group(name)
    with flint.ctx.workprec(PRECISION):
        exact = flint.arb(str(group_margin(group, k).exact.evalf(80)))
        assert abs(float(gamma_enclosure(group_task(group, k), group) / exact - 1)) < 1e-45


@pytest.mark.parametrize("p", [2, 3, 8, 23, 101])
def test_component_errors(p: int) -> None:
    """Residual and phase of random vectors, against 60 digits."""
    import mpmath

    rng = np.random.default_rng(p)
    vectors = rng.normal(size=(6, p)) * np.array([[1.0], [1], [1], [1e-3], [1e-3], [1e-9]])
    frequency = rng.integers(1, p // 2 + 1, size=6)
    vectors += np.cos(2 * np.pi * (rng.random((6, 1)) + frequency[:, None] * np.arange(p) / p))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = component(vectors, frequency)
    mpmath.mp.dps = 60
    for i, (v, zeta) in enumerate(zip(vectors.tolist(), frequency.tolist(), strict=True)):
        waves = [mpmath.expjpi(mpmath.mpf(2 * zeta * a % (2 * p)) / p) for a in range(p)]
        coefficient = sum(mpmath.mpf(x) * mpmath.conj(wave) for x, wave in zip(v, waves, strict=True))
        pooled = mpmath.mpf(1 if 2 * zeta == p else 2) / p
        left = [mpmath.mpf(x) - pooled * mpmath.re(coefficient * wave) for x, wave in zip(v, waves, strict=True)]
        residual = mpmath.sqrt(sum(x**2 for x in left))
        assert abs(residual - mpmath.mpf(float(found.residual[i]))) <= found.error
        turns = mpmath.arg(coefficient) / (2 * mpmath.pi) - mpmath.mpf(float(found.phase[i]))
        assert abs(turns - mpmath.nint(turns)) <= found.phase_error[i]


def test_phase_of_nothing_is_unknown() -> None:
    found = component(np.zeros((1, 5)), np.array([1]))
    assert found.phase_error[0] == 0.5


def test_too_many_inputs_are_refused() -> None:
    network = constructed(2, 11)
    with pytest.raises(TooManyInputs, match=r"11\^2 inputs"):
        sweep(Subject.of(network), most_work=1e3)


@given(
    st.integers(0, 10**9), st.sampled_from([(2, 2), (2, 3), (2, 4), (2, 5), (3, 3), (3, 4), (4, 3)]), st.floats(-14, 1)
)
@settings(max_examples=60, deadline=None)
def test_bound_from_waves(seed: int, size: tuple[int, int], decades: float) -> None:
    """Below every margin, whatever the noise; and close to the least one where there is little."""
    network, rng = constructed(*size), np.random.default_rng(seed)
    noise = 10**decades * float(np.abs(network.u).max())
    u = network.u + noise * rng.normal(size=network.u.shape)
    subject = Subject.of(changed(network, u, network.w + noise * rng.normal(size=network.w.shape)))
    exact = exact_ratio(subject, min(exact_margins(subject).values()))
    enclosure = margin_ratio_from_waves(subject)
    assert enclosure is not None
    assert contains(enclosure, exact)
    assert enclosure.low >= float(exact) - 1e-9 - 1e4 * 10**decades or decades > -5


def test_bound_from_waves_needs_its_remainders() -> None:
    """Planted fault: a wave of another frequency moves the margin and no moment; only the remainders see it."""
    network = constructed(2, 5)
    u = network.u.copy()
    u[0, 0] += 1e-3 * np.cos(4 * np.pi * np.arange(5) / 5)
    subject, clean = Subject.of(changed(network, u, network.w)), Subject.of(network)
    assert subject.exponent == clean.exponent
    exact = min(exact_margins(subject).values())
    assert least_margin(subject) < exact < Fraction(least_margin(clean))


@pytest.mark.parametrize(("k", "p"), [(2, 5), (3, 7), (2, 8), (3, 4), (4, 5)])
def test_unequal_amplitudes_of_a_neuron_cost_no_more_than_they_move(k: int, p: int) -> None:
    """A thousandth off in every vector: a remainder of that size would take away more than the whole margin."""
    network, rng = constructed(k, p), np.random.default_rng(0)
    u = network.u * (1 + 1e-3 * rng.uniform(-1, 1, size=(*network.u.shape[:2], 1)))
    subject = Subject.of(changed(network, u, network.w))
    exact = float(min(exact_margins(subject).values()))
    assert 0.9 * exact < least_margin(subject) < exact


@pytest.mark.parametrize("part", ["remainders", "unwanted modes"])
def test_the_bound_from_amplitudes_needs_each_of_its_parts(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted faults: without them it claims more than the network has."""
    network = constructed(2, 5)
    if part == "remainders":
        u = network.u.copy()
        u[0, 0] += 1e-3 * np.cos(4 * np.pi * np.arange(5) / 5)
        amplitudes = amplitude_bound._amplitudes
        fault = lambda *given: (amplitudes(*given)[0], 0 * amplitudes(*given)[1])  # noqa: E731
        monkeypatch.setattr(amplitude_bound, "_amplitudes", fault)
    else:
        u = np.concatenate([1.2 * network.u[:1], network.u[1:]])
        by_class = amplitude_bound._by_class

        def fault(modes, outputs, order):  # type: ignore[no-untyped-def]
            found, wanted = by_class(modes, outputs, order)
            return np.where(np.arange(len(found)) == wanted, found, 0), wanted

        monkeypatch.setattr(amplitude_bound, "_by_class", fault)
    subject = Subject.of(changed(network, u, network.w))
    exact = float(min(exact_margins(subject).values()))
    assert least_margin(subject) > exact
    monkeypatch.undo()
    assert least_margin(subject) < exact


def test_the_inputs_looked_at_are_among_the_worst() -> None:
    rng = np.random.default_rng(0)
    network = constructed(2, 11)
    subject = Subject.of(changed(network, network.u + 0.01 * rng.normal(size=network.u.shape), network.w))
    margins = exact_margins(subject)
    found = sorted(float(margins[tuple(row)]) for row in looked_at(subject).tolist())
    assert found[0] < np.quantile([float(x) for x in margins.values()], 0.05)


def test_many_inputs_are_decided_from_waves() -> None:
    for k, p in ((3, 7), (2, 10)):
        results = examine(Examination(Subject.of(constructed(k, p)), most_work=0))
        assert all(r.holds for r in results)
        assert results[0].key == "margin"


@given(st.integers(0, 10**9), st.sampled_from([(1, 3), (2, 4), (3, 3), (4, 2)]))
@settings(max_examples=20, deadline=None)
def test_sweep_agrees_with_the_definition(seed: int, size: tuple[int, int]) -> None:
    from theory.task import class_weighted_margins, logits, margins

    subject = random_subject(seed, size)
    outputs = logits(subject.u, subject.w)
    weighted, plain = class_weighted_margins(subject.task, outputs), margins(subject.task, outputs)
    found = sweep(subject)
    scale = float(np.abs(outputs).max())
    assert found.minimum == pytest.approx(plain.min(), abs=1e-12 * scale)
    assert found.weighted_minimum == pytest.approx(weighted.min(), abs=1e-12 * scale)
    assert found.weighted_mean == pytest.approx(weighted.mean(), abs=1e-12 * scale)


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
        return margin_ratio(subject, Sweep(0.0, error, worst, following, 0.0, 0.0, 0))

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
