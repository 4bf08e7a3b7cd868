"""Morwani23 on finite groups: Theorem 9 with its condition, and the lemmas of its proof."""

import numpy as np
import pytest
import sympy

from theory.groups import load_group
from theory.groups.construction import construct, widths
from theory.groups.margin import group_task, max_margin, single_neuron_values
from theory.groups.matrices import isotypic_powers, representation
from theory.groups.misprints import morwani_weights
from theory.groups.real import real_characters
from theory.task import class_weighted_margins, logits, margins, neuron_norms, normalised_margin
from verify.result import at_least, at_most, close, proved
from verify.trained import trained_on_group

MAIN, CONDITION = "Morwani23:Theorem 9", "Morwani23:class condition"
VALUES = {"S3": 2.36049693e-2, "S4": 2.07664800e-3, "S5": 1.32597749e-4}


@pytest.mark.statement(MAIN)
@pytest.mark.parametrize("name", ["S3", "S4", "S5"])
def test_the_value_and_the_width(name, check):
    group = load_group(name)
    margin = max_margin(group, 2)
    check(proved(MAIN, "primal and dual certificates meet", margin.failures() == []))
    check(proved(MAIN, "the closed form applies", margin.closed_form_applies))
    d = [v.dimension for v in margin.characters.irreps[1:]]
    printed = 2 / (3 * sympy.sqrt(3 * group.order)) / sum(sympy.sqrt(x) ** 5 for x in d)
    check(proved(MAIN, "it is the paper's", sympy.radsimp(sympy.sqrtdenest(printed / margin.exact)).equals(1)))
    check(close(MAIN, "value", margin.value, VALUES[name], 1e-8))
    width = sum(widths(margin, "morwani23").values())
    check(proved(MAIN, "2 sum d^3 neurons", width == 2 * sum(x**3 for x in d)))
    check(proved(MAIN, "every representation carries mass at every optimum", len(margin.required) == len(d)))


@pytest.mark.statement(MAIN)
@pytest.mark.parametrize("name", ["S3", "D4", "S4"])
def test_its_network_by_enumeration(name, check):
    group = load_group(name)
    network = construct(group, 2, "morwani23")
    found = margins(group_task(group, 2), logits(network.u, network.w))
    gamma = max_margin(group, 2).value
    check(close(MAIN, "margin at every pair", float(np.abs(found / gamma - 1).max()), 0.0, 1e-11))
    powers = isotypic_powers(group, np.concatenate([network.u, network.w[:, None]], axis=1)).sum(axis=2)
    purity = float((powers.max(axis=0) / powers.sum(axis=0)).min())
    check(close(MAIN, "one representation per neuron", purity, 1.0, 1e-11))
    if name == "S3":
        u, w = np.random.default_rng(0).normal(size=(2, 18, 6)), np.random.default_rng(1).normal(size=(18, 6))
        measured = normalised_margin(group_task(group, 2), u.transpose(1, 0, 2), w)
        check(at_most(MAIN, "a random network is below", measured, gamma))


@pytest.mark.statement(MAIN)
def test_a_trained_network_has_the_structure(check):
    group, run = load_group("S3"), trained_on_group(2, "S3")
    margin = max_margin(group, 2)
    check(at_least(MAIN, "margin over gamma*", run.margin / margin.value, 0.9999))
    powers = isotypic_powers(group, np.concatenate([run.u, run.w[:, None]], axis=1)).sum(axis=2)
    mass = neuron_norms(run.u, run.w) ** 3
    live = mass > 1e-6 * mass.mean()
    purity = powers.max(axis=0)[live] / powers.sum(axis=0)[live]
    check(at_least(MAIN, "one representation per neuron", float(purity.min()), 0.99))
    used = np.bincount(powers.argmax(axis=0)[live], minlength=len(powers))
    check(at_least(MAIN, "neurons of the least used non-trivial representation", int(used[1:].min()), 1))


@pytest.mark.statement(CONDITION)
@pytest.mark.parametrize(("name", "largest"), [("S3", -1), ("S4", -1), ("S5", -0.303), ("S6", 11.0)])
def test_the_condition(name, largest, check):
    group = load_group(name)
    margin = max_margin(group, 2)
    check(proved(CONDITION, "decided in exact numbers", margin.closed_form_applies is (name != "S6")))
    strict = all(term.sign() < 0 for term in margin.closed_form_terms)
    check(proved(CONDITION, "strictly, as the paper asks", strict is (name != "S6")))
    characters = margin.characters
    d = np.array([float(v.dimension) for v in characters.irreps])
    worst = float((d[1:] ** 1.5 @ characters.values[1:, 1:]).max())
    check(close(CONDITION, "largest sum over a class, in floats", worst, largest, 2e-2))


TRACE, BEST, WEIGHTS = (f"Morwani23:Lemma {i}" for i in (16, 18, 19))


@pytest.mark.statement(TRACE)
@pytest.mark.parametrize("name", ["S3", "D4", "S4"])
def test_the_mean_margin_is_a_sum_of_traces(name, check):
    group = load_group(name)
    task, characters, n = group_task(group, 2), real_characters(group), group.order
    rng = np.random.default_rng(0)
    u, w = rng.normal(size=(1, 2, n)), rng.normal(size=(1, n))
    total = 0.0
    for v, irrep in enumerate(characters.irreps[1:], start=1):
        rho, d = representation(group, v).matrices, irrep.dimension
        a, b, c = (d / n * np.einsum("g,gij->ij", f, rho) for f in (u[0, 0], u[0, 1], w[0]))
        bracket = 1 - task.tau @ characters.on_elements(v) / d
        total += 2 * bracket * float(np.trace(a @ b @ c.T)) / d**2
    measured = float(class_weighted_margins(task, logits(u, w)).mean())
    check(close(TRACE, "random neuron with means: enumeration against traces", measured, total, 1e-9))


@pytest.mark.statement(BEST)
@pytest.mark.parametrize("name", ["S3", "S4"])
def test_the_best_neuron_of_a_representation(name, check):
    group = load_group(name)
    task, margin = group_task(group, 2), max_margin(group, 2)
    values = single_neuron_values(group, 2)
    for v, irrep in enumerate(margin.characters.irreps[1:], start=1):
        n, d = group.order, irrep.dimension
        formula = 2 * (3 * n) ** -1.5 * d**-0.5
        check(close(BEST, f"value of {irrep.name}", float(values[v]), formula, 1e-12))
        rho = representation(group, v).matrices
        tau = margin.characters.on_elements(v) @ task.tau / d
        best = max(_ascent(rho, seed) for seed in range(6)) * 2 / (3 * np.sqrt(3)) * (1 - tau)
        check(close(BEST, f"{irrep.name}: by search, against tau", best, margin.value, 1e-8))


def _ascent(rho: np.ndarray, seed: int) -> float:
    """Largest E u(a) v(b) w(ab) over unit vectors of one representation, by replacing one vector at a time."""
    n, d = rho.shape[:2]
    basis = np.sqrt(d / n) * rho.reshape(n, -1)
    tensor = np.einsum("gij,hjk->ghik", rho, rho)
    triple = np.einsum("ax,by,abz->xyz", basis, basis, tensor.reshape(n, n, -1) @ (basis.T @ basis[:, :]).T
                       * np.sqrt(d / n), optimize=True) / n**2  # fmt: skip
    x, y, z = np.random.default_rng(seed).normal(size=(3, d * d))
    for _ in range(300):
        x = triple @ z @ y
        x /= np.linalg.norm(x)
        y = np.einsum("xyz,x,z->y", triple, x, z)
        y /= np.linalg.norm(y)
        z = np.einsum("xyz,x,y->z", triple, x, y)
        z /= np.linalg.norm(z)
    return float(np.einsum("xyz,x,y,z->", triple, x, y, z))


@pytest.mark.statement(WEIGHTS)
@pytest.mark.parametrize("name", ["S3", "D4", "S4", "S5"])
def test_the_class_weights(name, check):
    group = load_group(name)
    margin = max_margin(group, 2)
    worst = float(np.abs(morwani_weights(group) - margin.tau).max())
    check(close(WEIGHTS, "the formula is the certified dual", worst, 0.0, 1e-12))
    positive = all(weight.sign() > 0 for weight in margin.s[1:])
    check(proved(WEIGHTS, "positive off the identity", positive))
    level = all(slack.sign() == 0 for slack in margin.reduced_costs[1:])
    check(proved(WEIGHTS, "all representations are worth the same against it", level))


TWENTY, TWENTY_ONE = "Morwani23:Lemma 20", "Morwani23:Lemma 21"


@pytest.mark.statement(TWENTY)
@pytest.mark.parametrize(("name", "width"), [("S3", 16), ("S4", 54)])
def test_neurons_compute_the_trace(name, width, check):
    group = load_group(name)
    network = construct(group, 2, "morwani23")
    last = network.names[-1]
    mine = np.array([other == last for other in network.names])
    d = max(v.dimension for v in real_characters(group).irreps)
    check(close(TWENTY, f"2 d^3 = {width} neurons", int(mine.sum()), 2 * d**3, 0.0))
    assert width == 2 * d**3
    outputs = logits(network.u[mine], network.w[mine])
    v = next(i for i, irrep in enumerate(real_characters(group).irreps) if irrep.name == last)
    character = real_characters(group).on_elements(v)
    expected = character[group.table[group.table][..., group.inverse]]
    scale = outputs.max() / d
    error = float(np.abs(outputs / scale - expected).max())
    check(close(TWENTY, "outputs are the character of a b c^-1", error, 0.0, 1e-10))


@pytest.mark.statement(TWENTY_ONE)
@pytest.mark.parametrize("name", ["S3", "S4", "S5", "S6"])
def test_the_regular_character(name, check):
    characters = real_characters(load_group(name))
    # Rational characters: each is alone in its Galois orbit, so these are exact integers.
    values = characters.rational_values
    d = np.array([v.multiplicity for v in characters.irreps])
    assert len(values) == len(d)
    sums = d[1:] @ values[1:]
    exact = sums[0] == characters.table.group.order - 1 and (sums[1:] == -1).all()
    check(proved(TWENTY_ONE, "sum of d chi is |G| 1[g = e] - 1, in integers", bool(exact)))
