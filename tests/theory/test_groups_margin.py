"""gamma*(G, k): known values, an independent linear programme, certificates that cannot be faked."""

from dataclasses import replace
from fractions import Fraction
from math import factorial

import numpy as np
import pytest
import sympy
from scipy.optimize import linprog

from theory import margin as cyclic
from theory.core.surd import Surd
from theory.errors import InputError
from theory.groups import load_group
from theory.groups.margin import ONE, group_task, max_margin, single_neuron_values
from theory.groups.misprints import morwani_weights
from theory.groups.real import real_characters
from theory.groups.regularisation import character_ratios, predict_group
from theory.modulus import class_weights
from theory.task import class_weighted_margins, logits

PRINTED = {"S3": 2.36049693e-2, "S4": 2.07664800e-3, "S5": 1.32597749e-4}
SMALL = ["C4", "C7", "S3", "D4", "Q8", "A4", "Dic3", "S3xC3", "S3xS3", "S4", "A5", "S5", "PSL(2,7)"]


def programme(name, k):
    """The whole linear programme, every V and every class separately, in floats by another solver."""
    characters = real_characters(load_group(name))
    dimensions = np.array([float(v.dimension) for v in characters.irreps[1:]])
    worth = single_neuron_values(load_group(name), k)[1:]
    gains = (worth[:, None] * (1 - characters.values[1:, 1:] / dimensions[:, None])).T / worth.max()
    rows = np.hstack([-gains, np.ones((len(gains), 1))])
    count = len(worth)
    found = linprog(
        np.r_[np.zeros(count), -1],
        A_ub=rows,
        b_ub=np.zeros(len(rows)),
        A_eq=np.r_[np.ones(count), 0][None],
        b_eq=[1],
        bounds=[(0, None)] * count + [(None, None)],
        method="highs",
    )
    return -found.fun * worth.max()


@pytest.mark.parametrize(("name", "value"), PRINTED.items())
def test_values_of_morwani23(name, value):
    margin = max_margin(load_group(name), 2)
    assert f"{margin.value:.8e}" == f"{value:.8e}"
    assert margin.closed_form_applies
    assert margin.masses_are_forced
    d = np.array([float(v.dimension) for v in margin.characters.irreps[1:]])
    n = load_group(name).order
    assert margin.value == pytest.approx(2 / (3 * np.sqrt(3 * n)) / (d**2.5).sum(), rel=1e-14)
    assert margin.tau == pytest.approx(morwani_weights(load_group(name)), abs=1e-14)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("p", [2, 3, 4, 5, 6, 9, 10, 12, 15])
def test_cyclic_groups_agree_with_the_formula(k, p):
    margin = max_margin(load_group(f"C{p}"), k)
    assert sympy.simplify(margin.exact - cyclic.max_margin(k, p)) == 0
    weights = np.array([float(x) for x in class_weights(k, p)])
    assert margin.tau == pytest.approx(weights, abs=1e-14)
    masses = sorted(float(x) for x in cyclic.frequency_masses(k, p).values())
    assert sorted(margin.mass_floats[1:]) == pytest.approx(masses)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_exact_value_equals_a_float_programme(name, k):
    margin = max_margin(load_group(name), k)
    assert programme(name, k) == pytest.approx(margin.value, rel=1e-9)
    assert margin.failures() == []
    assert margin.value >= float(margin.closed_form) * (1 - 1e-14)
    assert margin.closed_form_applies == (abs(float(margin.closed_form) / margin.value - 1) < 1e-12)


@pytest.mark.parametrize("name", ["C9", "S3", "Q8", "A5"])
def test_one_input(name):
    group = load_group(name)
    margin = max_margin(group, 1)
    assert margin.exact == sympy.Rational(1, 2 * (group.order - 1))
    assert margin.tau == pytest.approx(np.where(np.arange(group.order), 1 / (group.order - 1), 0))


@pytest.mark.parametrize(("name", "applies"), [("S2", 1), ("S3", 1), ("S4", 1), ("S5", 1), ("S6", 0)])
def test_class_condition_holds_to_s5_and_fails_at_s6(name, applies):
    margin = max_margin(load_group(name), 2)
    assert margin.closed_form_applies == bool(applies)


def test_hypotheses_of_morwani23():
    applies = {
        name: max_margin(load_group(name), 2).morwani23_applies for name in ("S3", "S4", "S5", "S6", "A4", "C5", "Q8")
    }
    assert applies == {"S3": True, "S4": True, "S5": True, "S6": False, "A4": False, "C5": False, "Q8": False}
    assert not max_margin(load_group("S3"), 3).morwani23_applies


def test_exact_expressions():
    root = sympy.sqrt
    assert str(max_margin(load_group("S3"), 2).exact) == "sqrt(2)/(9*(1 + 4*sqrt(2)))"
    assert max_margin(load_group("S6"), 2).exact.equals((3 * root(3) - root(6)) / 378000)
    assert max_margin(load_group("Q8"), 3).exact == sympy.Rational(3, 1216)


def test_s6_uses_few_representations():
    margin = max_margin(load_group("S6"), 2)
    worst = max(margin.closed_form_terms, key=lambda term: float(sum(v * np.sqrt(f) for f, v in term.terms)))
    assert float(sum(v * np.sqrt(f) for f, v in worst.terms)) == pytest.approx(11.0, abs=0.05)
    assert len(margin.carrying) == 6
    assert not margin.masses_are_forced
    assert min(len(vertex.carrying) for vertex in margin.vertices) == 3
    assert len(margin.characters.irreps) == 11
    assert set(margin.required) <= set(margin.carrying)
    assert margin.value == pytest.approx(programme("S6", 2), rel=1e-9)
    for vertex in margin.vertices:
        assert vertex.failures() == []
        assert vertex.exact.equals(margin.exact)


@pytest.mark.parametrize("name", ["Dic3", "S3xC3", "S3xS3", "S5"])
def test_sharper_condition_fails_at_three_inputs(name):
    margin = max_margin(load_group(name), 3)
    assert not margin.closed_form_applies
    assert 0 < len(margin.required) < len(margin.characters.irreps) - 1


def test_ratio_of_dic3():
    margin = max_margin(load_group("Dic3"), 3)
    assert sympy.nsimplify(margin.closed_form / margin.exact) == sympy.Rational(28, 29)
    assert float(sympy.Rational(28, 29)) == pytest.approx(0.9655, abs=5e-5)


@pytest.mark.parametrize(("name", "k"), [("A4", 2), ("Q8", 3), ("A5", 2), ("Dic3", 3), ("S3xC3", 3)])
@pytest.mark.parametrize("seed", [0, 1])
def test_relabelling_changes_nothing(name, k, seed):
    group = load_group(name)
    permutation = np.random.default_rng(seed).permutation(group.order)
    margin, other = max_margin(group, k), max_margin(group.relabelled(permutation), k)
    assert margin.exact.equals(other.exact)
    assert sorted(margin.mass_floats) == pytest.approx(sorted(other.mass_floats)) or not margin.masses_are_forced
    assert len(margin.carrying) == len(other.carrying)
    if margin.closed_form_applies:
        assert other.tau[permutation] == pytest.approx(margin.tau, abs=1e-14)


@pytest.mark.parametrize(("name", "k"), [("S4", 2), ("A5", 2), ("Dic3", 3), ("Q8", 3)])
class TestFaults:
    def test_primal(self, name, k):
        margin = max_margin(load_group(name), k)
        v = next(i for i, y in enumerate(margin.y) if y)
        moved = tuple(y * Fraction(99, 100) if i == v else y for i, y in enumerate(margin.y))
        assert any("below" in line for line in replace(margin, y=moved).failures())

    def test_negative_mass(self, name, k):
        margin = max_margin(load_group(name), k)
        assert any("negative" in x for x in replace(margin, y=tuple(-y for y in margin.y)).failures())

    def test_dual(self, name, k):
        margin = max_margin(load_group(name), k)
        assert any("worth more" in x for x in replace(margin, s=tuple(s.scaled(2) for s in margin.s)).failures())

    def test_sign_of_tau(self, name, k):
        """Morwani23 Lemma 19 as printed: tau = +sum z chi."""
        margin = max_margin(load_group(name), k)
        assert any("negative" in x for x in replace(margin, s=tuple(s.scaled(-1) for s in margin.s)).failures())

    def test_objectives(self, name, k):
        margin = max_margin(load_group(name), k)
        c = next(i for i, s in enumerate(margin.s) if s.sign())
        moved = tuple(s + Surd([(Fraction(1, 1000), 1)]) if i == c else s for i, s in enumerate(margin.s))
        assert replace(margin, s=moved).failures()

    def test_weight_that_no_constraint_sees(self, name, k):
        """Twice the optimal y is feasible; a weight of the identity would make the two objectives meet there."""
        margin = max_margin(load_group(name), k)
        doubled = tuple(2 * y for y in margin.y)
        assert replace(margin, y=doubled, s=(margin.cost, *margin.s[1:])).failures() == ["the identity has a weight"]
        trivial = (Fraction(1), *margin.y[1:])
        assert replace(margin, y=trivial, s=(ONE, *margin.s[1:])).failures() == [
            "the trivial representation carries mass",
            "the identity has a weight",
        ]


def test_certificates_must_be_constant_on_orbits():
    margin = max_margin(load_group("A5"), 2)
    assert "y is not constant on Galois orbits" in replace(margin, y=_one_less(margin.y)).failures()
    c = max(c for c, weight in enumerate(margin.s) if weight.sign())
    moved = tuple(weight.scaled(2) if i == c else weight for i, weight in enumerate(margin.s))
    assert "the weights are not constant on rational classes" in replace(margin, s=moved).failures()


def _one_less(y):
    v = next(i for i, value in enumerate(y) if value)
    return tuple(value / 2 if i == v else value for i, value in enumerate(y))


@pytest.mark.parametrize(
    ("name", "k", "absent"),
    [
        ("A5xC2", 2, []),
        ("A5xC2", 4, ["3a", "3b"]),
        ("C5xS3", 4, ["2c", "2d"]),
        ("A5xC3", 2, ["3a", "3b"]),
        ("A5", 4, []),
    ],
)
def test_required_representations_carry_mass_at_every_optimum(name, k, absent):
    """By linear programmes in floats, without averaging over Galois orbits: the least mass of each representation."""
    margin = max_margin(load_group(name), k)
    values = margin.characters.values
    dimensions = np.array([float(v.dimension) for v in margin.characters.irreps])
    gaps = (1 - values / dimensions[:, None])[1:, 1:].T
    costs = (dimensions[1:] / dimensions.max()) ** ((k - 1) / 2)
    best = linprog(costs, A_ub=-gaps, b_ub=-np.ones(len(gaps))).fun
    rows, bounds = np.vstack([-gaps, costs]), np.append(-np.ones(len(gaps)), best * (1 + 1e-10))
    least = {
        v.name: linprog(np.eye(len(costs))[i], A_ub=rows, b_ub=bounds).fun
        for i, v in enumerate(margin.characters.irreps[1:])
        if v.orbit in margin.required_orbits
    }
    assert all(least[name] > 1e-3 for name in margin.required)
    assert sorted(name for name, mass in least.items() if mass < 1e-6) == absent


@pytest.mark.parametrize("name", ["C8", "Q8", "A4", "A5", "S3xS3"])
def test_task(name):
    group = load_group(name)
    task = group_task(group, 2)
    assert task.tau.sum() == pytest.approx(1)
    assert task.tau[group.identity] == 0
    assert (task.tau >= 0).all()
    assert (task.tau == task.tau[group.inverse]).all()
    assert task.identity == group.identity


def best_neuron(group, tau, seed):
    """Local maximum of the mean class-weighted margin of one unit neuron at k = 2, by alternating updates."""
    rng = np.random.default_rng(seed)
    n, table = group.order, group.table
    u, v, w = rng.normal(size=(3, n))
    shift = np.eye(n) - np.array([np.bincount(table[x], tau, n) for x in range(n)])
    spread = shift[table]
    for _ in range(300):
        u = np.einsum("abc,b,c->a", spread, v, w)
        v = np.einsum("abc,a,c->b", spread, u / np.linalg.norm(u), w)
        w = np.einsum("abc,a,b->c", spread, u / np.linalg.norm(u), v / np.linalg.norm(v))
        u, v, w = (x / np.linalg.norm(x) / np.sqrt(3) for x in (u, v, w))
    task_u, task_w = np.stack([u, v])[None], w[None]
    return task_u, task_w


@pytest.mark.parametrize("name", ["C5", "C6", "S3", "Q8", "D4", "A4"])
def test_no_single_neuron_beats_gamma_and_some_reach_it(name):
    group = load_group(name)
    task, gamma = group_task(group, 2), max_margin(group, 2).value
    values = [
        class_weighted_margins(task, logits(*best_neuron(group, task.tau, seed))).mean() / gamma for seed in range(12)
    ]
    assert max(values) == pytest.approx(1, abs=1e-10)


def test_uniform_weights_let_one_representation_win():
    """On S3 uniform tau prefers the sign representation: it certifies nothing (Morwani23 App. I)."""
    group = load_group("S3")
    uniform = np.where(np.arange(6), 0.2, 0)
    task = replace(group_task(group, 2), tau=uniform)
    values = [class_weighted_margins(task, logits(*best_neuron(group, uniform, s))).mean() for s in range(12)]
    assert max(values) > 1.05 * max_margin(group, 2).value


@pytest.mark.parametrize("name", ["S3", "Q8", "C4"])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_value_of_one_dimensional_representations(name, k):
    group = load_group(name)
    values = single_neuron_values(group, k)
    assert values[1] == pytest.approx(factorial(k) * (group.order * (k + 1)) ** (-(k + 1) / 2))
    d = np.array([v.dimension for v in real_characters(group).irreps])
    assert values == pytest.approx(values[0] * d ** ((1 - k) / 2))


@pytest.mark.parametrize(
    ("name", "ratio"), [("C10", 0.93), ("S3", 0.91), ("D4", 0.79), ("Q8", 0.71), ("A4", 0.92), ("S4", 0.84)]
)
def test_plain_cross_entropy_stops_below_gamma(name, ratio):
    group = load_group(name)
    gamma = max_margin(group, 2).value
    prediction = predict_group(group, 2, 0.2 * gamma)
    assert prediction.margin / gamma == pytest.approx(ratio, abs=6e-3)
    assert prediction.gap < 1e-9


@pytest.mark.parametrize("name", ["S3", "Q8", "A4"])
def test_representations_switch_on_by_dimension(name):
    group = load_group(name)
    values = single_neuron_values(group, 2)[1:]
    assert predict_group(group, 2, values.max()).mass == 0
    first = np.array(predict_group(group, 2, 0.9 * values.max()).masses)
    assert (first[values < values.max() * 0.999] < 1e-9 * first.max()).all()
    assert character_ratios(group).shape == (len(values), group.order - 1)


def test_refusals():
    for k in (0, -1, 2.0, "2"):
        with pytest.raises(InputError, match="k must be"):
            max_margin(load_group("S3"), k)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["S6", "PSL(2,11)", "D360", "S3xS3xC2xC2xC5", "C2xC2xC2xC2xS3", "S5xC6", "C720"])
@pytest.mark.parametrize("k", [2, 3])
def test_order_about_720(name, k):
    margin = max_margin(load_group(name), k)
    assert margin.failures() == []
    assert programme(name, k) == pytest.approx(margin.value, rel=1e-8)
