"""gamma*(G, k): known values, an independent linear programme, certificates that cannot be faked."""

from dataclasses import replace
from fractions import Fraction
from math import factorial, sqrt, ulp

import numpy as np
import pytest
import sympy
from scipy.optimize import linprog

from theory import margin as cyclic
from theory.core.surd import Surd
from theory.errors import InputError
from theory.groups import load_group
from theory.groups.margin import (
    ONE,
    GroupMargin,
    group_task,
    half_power,
    max_margin,
    prefactor,
    quotient,
    single_neuron_values,
    to_sympy,
)
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
    task = replace(group_task(group, 2), weights=uniform)
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


# ---- every number of a certificate by a second route, in floats ------------------------------------------------------


def number(x: Surd) -> float:
    return float(sum(float(v) * sqrt(f) for f, v in x.terms))


def is_certificate(margin: GroupMargin) -> bool:
    """Whether the primal and the dual point prove gamma*, over every V and every class, in floats."""
    irreps, values, sizes = margin.characters.irreps, margin.characters.values, margin.group.class_sizes
    y, s = np.array([float(x) for x in margin.y]), np.array([number(x) for x in margin.s])
    dimensions = np.array([float(v.dimension) for v in irreps])
    costs, gains = dimensions ** ((margin.k - 1) / 2), 1 - values / dimensions[:, None]
    primal = y[0] == 0 and (y >= 0).all() and (y @ gains[:, 1:] > 1 - 1e-9).all()
    dual = s[0] == 0 and (s >= 0).all() and (gains[1:] @ (sizes * s) < costs[1:] * (1 + 1e-9)).all()
    return bool(primal and dual and abs(sizes @ s - costs @ y) < 1e-9)


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("Q8", 3), ("C5", 2), ("A4", 2), ("Dic3", 3), ("A5", 2)])
def test_certificates_with_one_entry_changed_are_judged_as_in_floats(name, k):
    margin = max_margin(load_group(name), k)
    orbits, classes = margin.characters.orbits, margin.characters.table.rational_classes
    changed = [margin, replace(margin, y=(Fraction(1, 7), *margin.y[1:])), replace(margin, s=(ONE, *margin.s[1:]))]
    for factor in (Fraction(9, 10), Fraction(11, 10), Fraction(-1)):
        for orbit in orbits:
            y = tuple(x * factor if i in orbit else x for i, x in enumerate(margin.y))
            changed.append(replace(margin, y=y))
        for first in set(classes.tolist()):
            s = tuple(x.scaled(factor) if classes[c] == first else x for c, x in enumerate(margin.s))
            changed.append(replace(margin, s=s))
    for found in changed:
        assert (not found.failures()) == is_certificate(found)


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("Q8", 3), ("C6", 2), ("A4", 2), ("Dic3", 3), ("S3xC3", 3)])
def test_what_a_margin_says_of_itself(name, k):
    group = load_group(name)
    margin = max_margin(group, k)
    irreps, y = margin.characters.irreps, np.array([float(x) for x in margin.y])
    n, values = group.order, margin.characters.values
    unit = factorial(k) / (n * (k + 1)) ** ((k + 1) / 2)
    dimensions = np.array([float(v.dimension) for v in irreps])
    counts = np.array([v.multiplicity for v in irreps])
    worth = dimensions ** ((k - 1) / 2) * y
    total = worth.sum()
    assert number(margin.cost) == pytest.approx(total)
    assert margin.value == pytest.approx(unit / total, rel=1e-13, abs=0)
    assert margin.mass_floats == pytest.approx(worth / total)
    assert margin.carrying == tuple(v.name for v, mass in zip(irreps, y, strict=True) if mass > 0)
    equal = n / (counts * dimensions ** ((k + 1) / 2))[1:].sum()
    assert float(margin.closed_form) == pytest.approx(unit * equal, rel=1e-13)
    terms = (counts * dimensions ** ((k - 1) / 2))[1:] @ values[1:, margin.characters.rational_classes[1:]]
    assert [number(term) for term in margin.closed_form_terms] == pytest.approx(terms, abs=1e-9)
    assert margin.closed_form_applies == (terms <= 1e-12).all()
    assert margin.morwani23_applies == (k == 2 and all(v.kind == "real" for v in irreps) and (terms < -1e-12).all())
    weights = np.array([number(x) for x in margin.s])
    assert margin.tau == pytest.approx(weights[group.class_of] / total)
    slack = dimensions ** ((k - 1) / 2) - (1 - values / dimensions[:, None]) @ (group.class_sizes * weights)
    assert [number(x) for x in margin.reduced_costs] == pytest.approx(slack, abs=1e-9)
    assert single_neuron_values(group, k) == pytest.approx(unit * dimensions ** ((1 - k) / 2))
    assert [vertex.y for vertex in margin.vertices] == list(margin.vertex_points)


@pytest.mark.parametrize(
    ("name", "k"),
    [("C2", 1), ("C2", 2), ("C5", 1), ("S3", 1), ("S3", 2), ("Q8", 3), ("Dic3", 3), ("S3xC3", 3), ("A5", 4),
     ("S3xS3", 3), ("A5xC2", 2), ("A5xC2", 4), ("C5xS3", 4), ("A5xC3", 2), ("S6", 2)],
)  # fmt: skip
def test_which_masses_are_forced_and_which_representations_required(name, k):
    """Forced: the tight rows of what may carry mass have full column rank; here in floats."""
    margin = max_margin(load_group(name), k)
    irreps, slack = margin.characters.irreps, np.array([number(x) for x in margin.reduced_costs])
    active = [v for v in range(1, len(slack)) if abs(slack[v]) < 1e-9]
    tight = [c for c, s in enumerate(margin.s) if number(s) > 1e-12]
    dimensions = np.array([irreps[v].dimension for v in active])
    rows = 1 - (margin.characters.values[active] / dimensions[:, None])[:, tight]
    assert margin.masses_are_forced == (np.linalg.matrix_rank(rows) == len(active))
    orbits = [v.orbit for v in irreps]
    alone = [v.name for v in irreps if v.orbit in margin.required_orbits and orbits.count(v.orbit) == 1]
    assert list(margin.required) == (list(margin.carrying) if margin.masses_are_forced else alone)


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("C7", 2), ("Dic3", 3), ("C5xS3", 4), ("A5xC3", 2), ("S6", 2)])
def test_vertices_reach_both_ends_of_every_mass(name, k):
    """The least and the largest y of every Galois orbit over all optima, by linear programmes in floats."""
    margin = max_margin(load_group(name), k)
    characters, orbits = margin.characters, margin.characters.orbits[1:]
    sizes = np.array([len(orbit) for orbit in orbits])
    dimensions = np.array([float(characters.irreps[orbit[0]].dimension) for orbit in orbits])
    costs = sizes * dimensions ** ((k - 1) / 2)
    gains = (sizes[:, None] - characters.rational_values[1:, 1:] / dimensions[:, None]).T
    best = linprog(costs, A_ub=-gains, b_ub=-np.ones(len(gains))).fun
    rows, bounds = np.vstack([-gains, costs]), np.append(-np.ones(len(gains)), best * (1 + 1e-10))
    required = set()
    for i, orbit in enumerate(orbits):
        least, most = (sign * linprog(sign * np.eye(len(costs))[i], A_ub=rows, b_ub=bounds).fun for sign in (1, -1))
        found = [float(point[orbit[0]]) for point in margin.vertex_points]
        assert (min(found), max(found)) == pytest.approx((least, most), abs=1e-6)
        required |= {i + 1} if least > 1e-6 else set()
    assert margin.required_orbits == required


def test_a_term_of_zero_keeps_the_value_but_not_the_hypothesis_of_morwani23():
    margin = max_margin(load_group("S3"), 2)
    for term, applies in ((Surd(), True), (Surd([(Fraction(1, 100), 1)]), False)):
        moved = replace(margin, closed_form_terms=(term, *margin.closed_form_terms[1:]))
        assert (moved.closed_form_applies, moved.morwani23_applies) == (applies, False)


@pytest.mark.parametrize("name", ["S3", "Q8", "A4", "C7", "D4", "Dic3"])
def test_values_and_masses_are_rounded_once(name):
    for k in range(1, 9):
        margin = max_margin(load_group(name), k)
        tau = zip([margin.class_weights[c] for c in margin.group.class_of], margin.tau.tolist(), strict=True)
        masses = zip(margin.masses, margin.mass_floats.tolist(), strict=True)
        for exact, found in [(margin.exact, margin.value), *masses, *tau]:
            assert abs(Fraction(found) - Fraction(str(exact.evalf(60)))) <= Fraction(ulp(found)) / 2


def test_powers_quotients_and_the_range_of_k():
    assert [half_power(3, e) for e in range(5)] == [Surd([pair]) for pair in ((1, 1), (1, 3), (3, 1), (3, 3), (9, 1))]
    assert to_sympy(Surd([(Fraction(1, 3), 2), (-2, 1)])) == sympy.sqrt(2) / 3 - 2
    assert prefactor(3, 2) == sympy.Rational(2, 27)
    found = quotient(Surd([(Fraction(1, 2), 1)]), Surd([(Fraction(4, 3), 1), (Fraction(2, 9), 5)]))
    assert found == sympy.Rational(9, 4) / (6 + sympy.sqrt(5))
    assert quotient(Surd([(3, 2)]), Surd([(6, 2)])) == sympy.Rational(1, 2)
    assert max_margin(load_group("C2"), 1000).k == 1000
    for call, k in ((max_margin, 0), (max_margin, 1001), (single_neuron_values, 0)):
        with pytest.raises(InputError, match="k must be at"):
            call(load_group("C2"), k)
