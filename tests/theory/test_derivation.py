"""The derivation: every step holds at every kind of modulus, and each planted fault breaks the step it belongs to."""

from dataclasses import replace

import numpy as np
import pytest
import sympy

from theory.derivation import Chain, attainment, derive, inequalities, mixture, single_neuron
from theory.derivation.chain import twin_modulus
from theory.errors import InputError
from theory.margin import frequency_masses, max_margin, printed_margin
from theory.modulus import class_weights
from theory.task import Task

NAMES = [
    "mixture of neurons",
    "single neuron",
    "conjugate pairing",
    "Plancherel",
    "phases",
    "AM-GM",
    "one frequency",
    "value",
    "attained",
]


@pytest.mark.parametrize(
    ("k", "p"),
    [(1, 7), (1, 6), (2, None), (2, 2), (2, 4), (2, 23), (2, 15), (3, 97), (3, 3), (3, 12), (4, 9), (5, 23), (6, 8)],
)
def test_every_step_holds(k: int, p: int | None) -> None:
    steps = derive(k, p)
    assert [step.name for step in steps] == NAMES
    for step in steps:
        proof, twin = step.verify(), step.twin()
        assert proof.ok, (step.name, proof)
        assert proof.error == 0 == proof.tolerance
        assert proof.how in ("symbolic", "exact")
        assert twin.ok, (step.name, twin)
        assert twin.how == "measured"
        assert step.text
        assert step.latex


@pytest.mark.slow
@pytest.mark.parametrize("k", [7, 8])
@pytest.mark.parametrize("p", [2, 5, 12, 101])
def test_every_step_holds_at_many_inputs(k: int, p: int) -> None:
    for step in derive(k, p):
        assert step.verify().ok
        assert step.twin().ok


def test_the_last_upper_bound_is_the_attained_lower_bound() -> None:
    kinds = [step.kind for step in derive(3)]
    assert kinds == ["upper"] + ["tight"] * 3 + ["upper"] * 4 + ["lower"]


def failing(chain: Chain) -> tuple[set[str], set[str]]:
    """Names of the steps whose proof fails, and of those whose twin fails."""
    steps = chain.steps()
    return {s.name for s in steps if not s.verify().ok}, {s.name for s in steps if not s.twin().ok}


def chain_at(k: int, p: int) -> Chain:
    return Chain(k, p, class_weights(k, p), max_margin(k, p), Task.cyclic(k, p))


def test_uniform_weights_at_even_p_break_the_concentration_and_the_value() -> None:
    k, p = 3, 6
    chain = chain_at(k, p)
    uniform = [sympy.Integer(0)] + [sympy.Rational(1, p - 1)] * (p - 1)
    twin = replace(chain.twin, weights=np.array([float(weight) for weight in uniform]))
    proofs, twins = failing(replace(chain, tau=uniform, twin=twin))
    assert proofs == {"one frequency", "value"}
    assert twins == {"one frequency", "value"}


def test_printed_value_at_even_p_is_neither_bound_nor_attained() -> None:
    proofs, _ = failing(replace(chain_at(2, 4), gamma=printed_margin(2, 4)))
    assert proofs == {"value", "attained"}


def test_step_1_notices_another_degree_and_other_class_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mixture.homogeneity(3).ok
    assert not mixture.homogeneity(3, degree=3).ok
    task = Task.cyclic(2, 5)
    assert mixture.mixture_numerical(task, 0).ok
    negative = replace(task, weights=np.array([0, -50, 51, 0, 0]))
    assert not mixture.mixture_numerical(negative, 0).ok
    monkeypatch.setattr(mixture, "neuron_norms", lambda u, w: np.ones(len(w)))
    assert not mixture.mixture_numerical(task, 0).ok


def test_step_2_needs_every_monomial_but_one_spread_evenly() -> None:
    assert single_neuron.full_monomials(3).ok
    assert not single_neuron.full_monomials(3, degree=4).ok
    assert single_neuron.spread_evenly(3, 4).ok
    assert not single_neuron.spread_evenly(3, 4, coefficient=5).ok


def test_step_2_twin_notices_other_class_weights() -> None:
    task = Task.cyclic(2, 5)
    assert single_neuron.identity_numerical(task, task.tau, 0).ok
    assert not single_neuron.identity_numerical(task, np.array([0, 0.3, 0.2, 0.2, 0.3]), 0).ok


def test_steps_3_and_4_notice_a_frequency_counted_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task.cyclic(2, 6)
    assert single_neuron.pairing_numerical(task, task.tau, 0).ok
    monkeypatch.setattr(single_neuron, "multiplicities", lambda p: np.full(p // 2, 2.0))
    assert not single_neuron.pairing_numerical(task, task.tau, 0).ok
    monkeypatch.setattr(single_neuron, "energies", lambda u, w: np.abs(np.fft.fft(w)) ** 2)
    assert not single_neuron.plancherel_numerical(task, 0).ok


def test_steps_5_to_7_notice_an_equality_case_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task.cyclic(3, 5)
    for name, check in [
        ("aligned", inequalities.phases_numerical),
        ("balanced", inequalities.balance_numerical),
        ("concentrated", inequalities.concentration_numerical),
    ]:
        assert check(task, task.tau, 0).ok
        with monkeypatch.context() as patched:
            patched.setattr(inequalities, name, lambda u, w: (u, w))
            assert not check(task, task.tau, 0).ok


def test_step_6_needs_the_mean_of_all_k_plus_1_terms() -> None:
    assert inequalities.balance(3).ok
    assert not inequalities.balance(3, size=3).ok


def test_step_7_is_strict_from_two_inputs_on() -> None:
    """At k = 1 a neuron of mixed frequencies is as good as a pure one; at k = 2 it is worse."""
    for k, strict in [(1, False), (2, True)]:
        task = Task.cyclic(k, 7)
        x = np.arange(7)
        mixed = np.cos(2 * np.pi * x / 7) + np.cos(4 * np.pi * x / 7)
        pure = np.cos(2 * np.pi * x / 7)
        values = []
        for wave in (mixed, pure):
            wave = wave / np.linalg.norm(wave) / np.sqrt(k + 1)
            values.append(single_neuron.enumerated_objective(task, np.tile(wave, (1, k, 1)), wave[None])[0])
        assert (values[0] < values[1] * (1 - 1e-3)) == strict
        assert values[1] == pytest.approx(float(max_margin(k, 7)), rel=1e-12)


def test_step_9_notices_wrong_masses_and_a_wrong_margin() -> None:
    k, p = 2, 6
    masses = frequency_masses(k, p)
    assert attainment.attained(k, p, max_margin(k, p)).ok
    assert not attainment.attained(k, p, printed_margin(k, p)).ok
    uniform = {zeta: sympy.Rational(1, 3) for zeta in masses}
    assert not attainment.attained(k, p, max_margin(k, p), uniform).ok


def test_minimal_network_has_the_stated_width_and_norm() -> None:
    from theory.task import network_norm

    for k, p in [(1, 5), (2, 7), (2, 6), (3, 8), (4, 5)]:
        u, w = attainment.minimal_network(k, p)
        width = ((p - 1) // 2) * (k + 1) * 2 ** (k - 1) + (p % 2 == 0) * 2 ** (k - 1)
        assert len(w) == width
        assert network_norm(u, w) == pytest.approx(1, rel=1e-14)


def test_symbolic_value_covers_both_parities() -> None:
    assert attainment.symbolic_value(odd=True)
    assert attainment.symbolic_value(odd=False)


def test_twin_modulus_keeps_the_parity_and_the_grid_small() -> None:
    for k in range(1, 9):
        for p in (2, 3, 4, 9, 12, 97, 1009, 2000):
            small = twin_modulus(k, p)
            assert small % 2 == p % 2
            assert small ** (k + 1) <= 60_000


@pytest.mark.parametrize(
    ("k", "p", "message"),
    [
        (0, 7, "k must be at least 1; got 0"),
        (9, 7, "k must be at most 8; got 9"),
        (3, 1, "p must be at least 2; got 1"),
        (3, 2001, "p must be at most 2000; got 2001"),
    ],
)
def test_unusable_arguments(k: int, p: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        derive(k, p)
