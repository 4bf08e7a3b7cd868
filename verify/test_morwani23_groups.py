"""Morwani23 on finite groups: Theorem 9 with its condition, and the lemmas of its proof."""

import numpy as np
import pytest
import sympy

from theory.groups import load_group
from theory.groups.construction import construct, widths
from theory.groups.margin import group_task, max_margin
from theory.groups.matrices import isotypic_powers, representation
from theory.groups.misprints import morwani_weights
from theory.groups.real import real_characters
from theory.task import class_weighted_margins, logits, margins, neuron_norms, normalised_margin
from verify.attack import attack
from verify.result import at_least, at_most, close, proved
from verify.trained import trained_on_group

MAIN, CONDITION = "Morwani23:Theorem 9", "Morwani23:class condition"
VALUES = {"S3": 2.36049693e-2, "S4": 2.07664800e-3, "S5": 1.32597749e-4}


@pytest.mark.statement(MAIN)
@pytest.mark.parametrize("name", ["S3", "S4", "S5"])
def test_the_value_and_the_width(name, check, twin):
    group = load_group(name)
    margin = max_margin(group, 2)
    check(proved(MAIN, "primal and dual certificates meet", margin.failures() == []))
    check(proved(MAIN, "the closed form applies", margin.closed_form_applies))
    d = [v.dimension for v in margin.characters.irreps[1:]]

    def paper(power):
        printed = 2 / (3 * sympy.sqrt(3 * group.order)) / sum(sympy.sqrt(x) ** power for x in d)
        return proved(MAIN, "it is the paper's", sympy.radsimp(sympy.sqrtdenest(printed / margin.exact)).equals(1))

    check(paper(5))
    twin(paper(3))
    check(close(MAIN, "value", margin.value, VALUES[name], 1e-8))
    width = sum(widths(margin, "morwani23").values())
    check(proved(MAIN, "2 sum d^3 neurons", width == 2 * sum(x**3 for x in d)))
    check(proved(MAIN, "every representation carries mass at every optimum", len(margin.required) == len(d)))
    without = max_margin(load_group("S6"), 2)  # the class condition fails there
    twin(proved(MAIN, "S6: the closed form applies", without.closed_form_applies))
    used = len(without.required) == len(without.characters.irreps) - 1
    twin(proved(MAIN, "S6: every representation carries mass at every optimum", used))


@pytest.mark.statement(MAIN)
@pytest.mark.parametrize("name", ["S3", "D4", "S4"])
def test_its_network_by_enumeration(name, check, twin):
    group = load_group(name)
    network = construct(group, 2, "morwani23")
    found = margins(group_task(group, 2), logits(network.u, network.w))
    gamma = max_margin(group, 2).value
    check(close(MAIN, "margin at every pair", float(np.abs(found / gamma - 1).max()), 0.0, 1e-11))
    powers = isotypic_powers(group, np.concatenate([network.u, network.w[:, None]], axis=1)).sum(axis=2)
    purity = float((powers.max(axis=0) / powers.sum(axis=0)).min())
    check(close(MAIN, "one representation per neuron", purity, 1.0, 1e-11))
    less = normalised_margin(group_task(group, 2), network.u[1:], network.w[1:])
    twin(close(MAIN, "margin without one neuron", less / gamma, 1.0, 1e-11))
    if name == "S3":
        reached = attack(group_task(group, 2), network.u, network.w, gamma)
        check(at_most(MAIN, "ascent from a perturbed optimum, over gamma*", reached, 1.0, 1e-12))
        twin(at_most(MAIN, "the same, over 0.999 gamma*", reached, 0.999))


@pytest.mark.statement(MAIN)
def test_a_trained_network_has_the_structure(check, twin):
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
    without = powers.argmax(axis=0) != 1
    less = normalised_margin(group_task(group, 2), run.u[without], run.w[without])
    twin(at_least(MAIN, "margin over gamma* without the sign's neurons", less / margin.value, 0.9999))


@pytest.mark.statement(CONDITION)
@pytest.mark.parametrize(("name", "largest"), [("S3", -1), ("S4", -1), ("S5", -0.303), ("S6", 11.0)])
def test_the_condition(name, largest, check, twin):
    group = load_group(name)
    margin = max_margin(group, 2)

    def holds(strictly_below):
        return proved(CONDITION, "every sum", all(term.sign() < strictly_below for term in margin.closed_form_terms))

    (twin if name == "S6" else check)(holds(0))  # negative, as the paper asks
    positive = sum(term.sign() > 0 for term in margin.closed_form_terms)
    check(proved(CONDITION, "classes with a positive sum: two of S6, else none", positive == 2 * (name == "S6")))
    characters = margin.characters
    d = np.array([float(v.dimension) for v in characters.irreps])
    sums = d[1:] ** 1.5 @ characters.values[1:, 1:]
    check(close(CONDITION, "largest sum over a class, in floats", float(sums.max()), largest, 2e-2))
    if name != "S6":
        uniform = characters.values[1:, 1:].sum(axis=0)  # without the powers of d the sums are not all negative
        twin(at_most(CONDITION, "largest sum with d^0", float(uniform.max()), -1e-9))


@pytest.mark.statement(CONDITION)
def test_the_classes_of_s6_at_which_it_fails(check, twin):
    """A class of S6 is known by its order and size: (5,1) has 144 elements of order 5, (4,2) has 90 of order 4.

    The other class of order 4, (4,1,1), has 90 elements too; it is odd, as the sign says.
    """
    group = load_group("S6")
    margin = max_margin(group, 2)
    characters = margin.characters
    d = np.array([float(v.dimension) for v in characters.irreps])
    sums = d[1:] ** 1.5 @ characters.values[1:]
    (sign,) = (v for v, x in enumerate(characters.irreps) if x.dimension == 1 and v)
    orders = [order(group, int(np.flatnonzero(group.class_of == c)[0])) for c in range(len(group.class_sizes))]
    found = {
        (orders[c], int(group.class_sizes[c]), round(float(characters.values[sign, c]))): float(sums[c])
        for c in range(len(orders))
        if orders[c] > 1 and sums[c] > 0
    }
    check(close(CONDITION, "(5,1): order 5, 144 elements, even", found.get((5, 144, 1), 0.0), 11.0, 2e-2))
    check(close(CONDITION, "(4,2): order 4, 90 elements, even", found.get((4, 90, 1), 0.0), 10.28, 1e-2))
    check(close(CONDITION, "and at no other class", float(len(found)), 2.0, 0.0))
    twin(close(CONDITION, "(4,1,1): order 4, 90 elements, odd", found.get((4, 90, -1), 0.0), 10.28, 1e-2))


def order(group, x):
    """Order of an element."""
    power, count = x, 1
    while power != group.identity:
        power, count = int(group.table[power, x]), count + 1
    return count


TRACE, BEST, WEIGHTS = (f"Morwani23:Lemma {i}" for i in (16, 18, 19))


@pytest.mark.statement(TRACE)
@pytest.mark.parametrize("name", ["S3", "D4", "S4"])
def test_the_mean_margin_is_a_sum_of_traces(name, check, twin):
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
    twin(close(TRACE, "without the factor 2", measured, total / 2, 1e-9))


@pytest.mark.statement(BEST)
@pytest.mark.parametrize("name", ["S3", "S4"])
def test_the_best_neuron_of_a_representation(name, check, twin):
    group = load_group(name)
    irreps = max_margin(group, 2).characters.irreps
    for v, irrep in enumerate(irreps[1:], start=1):
        n, d = group.order, irrep.dimension
        best = max(_ascent(representation(group, v).matrices, seed) for seed in range(6)) * 2 / (3 * np.sqrt(3))
        formula = 2 * (3 * n) ** -1.5 * d**-0.5
        check(close(BEST, f"{irrep.name}: by ascent inside it", best, formula, 1e-8))
        if d > 1:
            twin(close(BEST, f"{irrep.name}: as if d^-1", best, formula * d**-0.5, 1e-8))


@pytest.mark.statement(BEST)
@pytest.mark.parametrize("name", ["S3", "D4"])
def test_no_neuron_of_several_representations_is_better(name, check, twin):
    """Ascent over all neurons, from best ones with 30% noise and from random ones, against the certificate's tau."""
    group = load_group(name)
    task, margin = group_task(group, 2), max_margin(group, 2)
    network = construct(group, 2, "morwani23")
    starts = [np.concatenate([network.u[i], network.w[i : i + 1]]) for i in range(0, len(network.w), 5)]
    generator = np.random.default_rng(0)
    starts = [x + 0.3 * np.abs(x).max() * generator.normal(size=x.shape) for x in starts]
    starts += [generator.normal(size=(3, group.order)) for _ in range(4)]
    ends = [_free_ascent(task, start) for start in starts]
    worth = [float(class_weighted_margins(task, logits(x[None, :2], x[None, 2])).mean()) for x in ends]
    best = max(worth)
    check(close(BEST, f"{name}: the largest found, over gamma*", best / margin.value, 1.0, 1e-6))
    twin(close(BEST, f"{name}: the same, over 0.999 gamma*", best / (0.999 * margin.value), 1.0, 1e-6))
    top = np.array([x for x, value in zip(ends, worth, strict=True) if value > (1 - 1e-7) * margin.value])
    powers = isotypic_powers(group, top).sum(axis=2)
    purity = float((powers.max(axis=0) / powers.sum(axis=0)).min())
    check(at_least(BEST, f"{name}: share of one representation in the best", purity, 1 - 1e-4))


def _free_ascent(task, start):
    """One neuron of norm 1, its vectors replaced one at a time by what is best beside the others."""
    x, label = start.copy(), task.label(np.stack(np.indices((task.n, task.n)), axis=-1))
    shift = np.eye(task.n)[label] - task.tau[task.multiply(_inverse(task)[label][..., None], np.arange(task.n))]
    for _ in range(400):
        u, v, w = x
        whole = shift @ w
        u = whole @ v  # of (u + v)^2 w only 2 u v w counts: the terms that miss an input vanish
        u /= np.linalg.norm(u) * np.sqrt(3)
        v = whole.T @ u
        v /= np.linalg.norm(v) * np.sqrt(3)
        w = np.einsum("abc,a,b->c", shift, u, v)
        x = np.stack([u, v, w])
    return x / np.linalg.norm(x, axis=1, keepdims=True) / np.sqrt(3)


def _inverse(task):
    return (task.table == task.identity).argmax(axis=1)


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
def test_the_class_weights(name, check, twin):
    group = load_group(name)
    margin = max_margin(group, 2)
    worst = float(np.abs(morwani_weights(group) - margin.tau).max())
    check(close(WEIGHTS, "the formula is the certified dual", worst, 0.0, 1e-12))
    other = float(np.abs(morwani_weights(group, power=1.0) - margin.tau).max())
    twin(close(WEIGHTS, "with z proportional to d", other, 0.0, 1e-12))
    positive = all(weight.sign() > 0 for weight in margin.s[1:])
    check(proved(WEIGHTS, "positive off the identity", positive))
    level = all(slack.sign() == 0 for slack in margin.reduced_costs[1:])
    check(proved(WEIGHTS, "all representations are worth the same against it", level))


TWENTY, TWENTY_ONE = "Morwani23:Lemma 20", "Morwani23:Lemma 21"


@pytest.mark.statement(TWENTY)
@pytest.mark.parametrize(("name", "width"), [("S3", 16), ("S4", 54)])
def test_neurons_compute_the_trace(name, width, check, twin):
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

    def trace(outputs):
        error = float(np.abs(outputs / (outputs.max() / d) - expected).max())
        return close(TWENTY, "outputs are the character of a b c^-1", error, 0.0, 1e-10)

    check(trace(outputs))
    twin(trace(logits(network.u[mine][1:], network.w[mine][1:])))


@pytest.mark.statement(TWENTY_ONE)
@pytest.mark.parametrize("name", ["S3", "S4", "S5", "S6"])
def test_the_regular_character(name, check, twin):
    characters = real_characters(load_group(name))
    # Rational characters: each is alone in its Galois orbit, so these are exact integers.
    values = characters.rational_values
    d = np.array([v.multiplicity for v in characters.irreps])
    assert len(values) == len(d)

    def regular(weights):
        sums = weights[1:] @ values[1:]
        exact = sums[0] == characters.table.group.order - 1 and (sums[1:] == -1).all()
        return proved(TWENTY_ONE, "sum of d chi is |G| 1[g = e] - 1, in integers", bool(exact))

    check(regular(d))
    twin(regular(d**2))
