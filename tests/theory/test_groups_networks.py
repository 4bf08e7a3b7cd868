"""Exact networks on groups: attained margins, widths, designs and the account of the margin."""

from itertools import combinations, product

import numpy as np
import pytest

from numerics.components import Components
from theory.account import FACTORS, neuron_factors
from theory.errors import InputError
from theory.groups import load_group
from theory.groups.construction import construct, sparsest, widths
from theory.groups.designs import ZERO_SUM, chain_functions, chains_of, product_simplex, width_of
from theory.groups.margin import group_task, max_margin
from theory.groups.matrices import representation
from theory.groups.misprints import MISPRINTS
from theory.groups.real import real_characters
from theory.task import class_weighted_margins, logits, margins, network_norm, neuron_masses, normalised_margin

CASES = [
    *[(name, 2) for name in ("C2", "C4", "C5", "C9", "S3", "D4", "Q8", "D5", "A4", "Dic3", "S3xC3", "S4", "A5")],
    *[(name, 3) for name in ("C4", "C5", "S3", "Q8", "Dic3", "A4")],
    *[(name, 1) for name in ("C5", "S3", "Q8", "A4")],
    ("S3", 4),
    ("C4", 4),
    ("S3", 5),
]


@pytest.mark.parametrize("method", ["minimal", "attaining"])
@pytest.mark.parametrize(("name", "k"), CASES)
def test_networks_attain_gamma_by_enumeration(name, k, method):
    group = load_group(name)
    network, gamma = construct(group, k, method), max_margin(group, k).value
    assert network_norm(network.u, network.w) == pytest.approx(1, abs=1e-14)
    outputs = margins(group_task(group, k), logits(network.u, network.w))
    assert outputs.min() == pytest.approx(gamma, rel=1e-13)
    assert outputs.max() == pytest.approx(gamma, rel=1e-13)
    assert network.entry_error < 1e-13
    assert len(network.w) == sum(widths(sparsest(max_margin(group, k), method), method).values())


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("Q8", 2), ("A4", 2), ("S3", 3)])
@pytest.mark.parametrize("fault", ["drop", "phase", "mass", "sign", "mix"])
def test_planted_faults_cost_margin(name, k, fault):
    group = load_group(name)
    network = construct(group, k)
    u, w = network.u.copy(), network.w.copy()
    if fault == "drop":
        u, w = u[:-1], w[:-1]
    elif fault == "phase":
        u[-1, 0] = u[-1, 0][group.table[1]]
    elif fault == "mass":
        u[-1], w[-1] = 1.2 * u[-1], 1.2 * w[-1]
    elif fault == "sign":
        w[-1] = -w[-1]
    else:
        u[-1, 0], u[0, 0] = u[0, 0].copy(), u[-1, 0].copy()
    measured = normalised_margin(group_task(group, k), u, w) / max_margin(group, k).value
    assert measured < 1 - 1e-4


def test_widths():
    def width(name, k, method):
        return sum(widths(max_margin(load_group(name), k), method).values())

    assert [width(name, 2, "morwani23") for name in ("S3", "S4", "S5")] == [18, 126, 1190]
    assert [width(name, 2, "minimal") for name in ("S3", "S4", "S5")] == [12, 72, 620]
    assert [width(f"C{p}", 2, "minimal") for p in (5, 7, 10, 12)] == [12, 18, 26, 32]
    assert [width(f"C{p}", 3, "minimal") for p in (5, 7, 11)] == [8 * (p - 1) for p in (5, 7, 11)]
    assert [width(name, 3, "minimal") for name in ("S3", "Q8", "S4")] == [40, 172, 4 + 36 + 2 * 144]
    assert [width("S3", k, "minimal") for k in (4, 5)] == [8 + 162, 16 + 729]
    assert [width(name, 1, "minimal") for name in ("C5", "S3", "Q8", "A4", "A5")] == [4, 5, 7, 11, 59]
    for name in ("S3", "Q8", "A4", "A5", "PSL(2,7)"):
        for v in real_characters(load_group(name)).irreps[1:]:
            assert width_of(v, 2) == v.dimension * (v.multiplicity * v.dimension + 1)
            assert width_of(v, 2) <= width_of(v, 2, "attaining")


@pytest.mark.parametrize(("r", "s"), list(product(range(1, 6), repeat=2)))
def test_product_simplex(r, s):
    x, y = product_simplex(r, s)
    n = r * s + 1
    gram = (x @ x.T) * (y @ y.T)
    assert np.abs(gram - (n * np.eye(n) - 1) / (r * s)).max() < 1e-14
    products = np.einsum("na,nb->nab", x, y).reshape(n, -1)
    assert np.abs(products.sum(axis=0)).max() < 1e-13
    assert np.abs(products.T @ products - n / (r * s) * np.eye(r * s)).max() < 1e-13


@pytest.mark.parametrize(("r", "s"), list(product(range(1, 9), repeat=2)))
def test_frequencies_of_the_simplex_are_a_near_factorisation(r, s):
    """Exact: sums of one frequency of each set are the residues but 0, once each, and both sets are symmetric."""
    n = r * s + 1
    first = [2 * a - (r - 1) for a in range(r)]
    second = [n + r * (2 * b - (s - 1)) for b in range(s)]
    sums = [f + g for f in first for g in second]
    assert all(total % 2 == 0 for total in sums)
    assert sorted(total // 2 % n for total in sums) == list(range(1, n))
    for frequencies in (first, second):
        assert sorted(f % (2 * n) for f in frequencies) == sorted(-f % (2 * n) for f in frequencies)


def dissolves(exponents, zero_sum):
    """The two rules, on the cycle y_0..y_k: a simplex ends a simple edge, a frame removes a final double edge."""
    k = len(exponents)
    multiplicity = [*exponents, 1]
    ends = [*((j, j + 1) for j in range(k)), (k, 0)]
    changed = True
    while changed:
        changed = False
        for vertex in range(k + 1):
            edges = [j for j in range(k + 1) if vertex in ends[j] and multiplicity[j]]
            if len(edges) == 1 and multiplicity[edges[0]] == 1 and vertex in zero_sum:
                return True
            if len(edges) == 1 and multiplicity[edges[0]] == 2:
                multiplicity[edges[0]] = 0
                changed = True
    return False


def unwanted(k):
    return [e for e in product(range(k + 1), repeat=k) if sum(e) == k and e != (1,) * k]


@pytest.mark.parametrize(("k", "places"), ZERO_SUM.items())
def test_simplices_dissolve_every_unwanted_monomial_and_fewer_do_not(k, places):
    assert all(dissolves(e, places) for e in unwanted(k))
    for fewer in combinations(range(k + 1), len(places) - 1):
        assert not all(dissolves(e, fewer) for e in unwanted(k))


def test_six_inputs_are_out_of_reach_of_the_two_rules():
    assert not dissolves((3, 0, 0, 0, 0, 3), range(7))


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("Q8", 2), ("A4", 2), ("S3", 3), ("C5", 3), ("Q8", 1), ("S3", 4)])
@pytest.mark.parametrize("method", ["minimal", "attaining"])
def test_designs_monomial_by_monomial(name, k, method):
    """Every monomial of (u_1 + ... + u_k)^k w, summed over the design, at every input: wanted is chi, others 0."""
    group = load_group(name)
    characters = real_characters(group)
    for v, irrep in enumerate(characters.irreps[1:], start=1):
        rho = representation(group, v)
        functions = chain_functions(rho, chains_of(rho, k, method))
        norms = np.linalg.norm(functions, axis=-1)
        assert np.abs(norms - np.sqrt(group.order / irrep.dimension)).max() < 1e-12
        for exponents in product(range(k + 1), repeat=k):
            if sum(exponents) == k:
                used = [j for j in range(k) if exponents[j]]
                letters = "abcdef"[: len(used)]
                powers = [functions[:, j] ** exponents[j] for j in used]
                subscripts = ",".join(f"i{x}" for x in letters) + f",iz->{letters}z"
                total = np.einsum(subscripts, *powers, functions[:, k], optimize=True) / len(functions)
                if exponents == (1,) * k:
                    inputs = np.stack(np.meshgrid(*[np.arange(group.order)] * k, indexing="ij"), axis=-1)
                    quotient = group.table[group.product_of(inputs)][..., group.inverse]
                    chi = characters.on_elements(v)[quotient]
                    assert np.abs(total - chi * irrep.dimension ** -(k + 1.0)).max() < 1e-12
                else:
                    assert np.abs(total).max() < 1e-12


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("S4", 2), ("S3", 3), ("S3", 4), ("S4", 3)])
@pytest.mark.parametrize("method", ["minimal", "attaining"])
def test_real_type_needs_as_many_neurons_as_the_identity_has_rank(name, k, method):
    """sum of y_0 y_0^T x ... x y_k y_k^T over a design is a multiple of the identity of dimension D^(k+1)."""
    group = load_group(name)
    for v, irrep in enumerate(real_characters(group).irreps[1:], start=1):
        chains = chains_of(representation(group, v), k, method)
        products = chains[:, 0]
        for j in range(1, k + 1):
            products = np.einsum("na,nb->nab", products, chains[:, j]).reshape(len(chains), -1)
        size = irrep.dimension ** (k + 1)
        assert np.abs(products.T @ products * size / len(chains) - np.eye(size)).max() < 1e-12
        assert len(chains) >= size


def test_output_weights_of_the_wrong_side_fail():
    """The label's inverse in place of the label: the margin is lost."""
    group = load_group("A4")
    network = construct(group, 2)
    assert normalised_margin(group_task(group, 2), network.u, network.w[:, group.inverse]) < 0


@pytest.mark.parametrize(
    ("name", "k", "method", "message"),
    [
        ("Q8", 2, "morwani23", "quaternionic"),
        ("S3", 3, "morwani23", "k = 3"),
        ("S3", 2, "best", "method must be"),
        ("S3", 0, "minimal", "k must be"),
        ("S5", 6, "minimal", "numbers"),
    ],
)
def test_refusals(name, k, method, message):
    with pytest.raises(InputError, match=message):
        construct(load_group(name), k, method)


@pytest.mark.parametrize(("name", "k"), [("C5", 2), ("C4", 3), ("S3", 2), ("S3", 3), ("Q8", 2), ("A4", 2), ("Q8", 1)])
def test_account_equals_enumeration_on_random_neurons(name, k):
    group, rng = load_group(name), np.random.default_rng(3)
    task, gamma = group_task(group, k), max_margin(group, k).value
    u, w = rng.normal(size=(6, k, group.order)), rng.normal(size=(6, group.order))
    vectors = np.concatenate([u, w[:, None]], axis=1)
    factors = neuron_factors(vectors, group)
    for i in range(6):
        one = u[i : i + 1], w[i : i + 1]
        mean = class_weighted_margins(task, logits(*one)).mean() / network_norm(*one) ** (k + 1) / gamma
        assert factors[:, i].prod() == pytest.approx(mean, abs=1e-13)
    whole = class_weighted_margins(task, logits(u, w)).mean() / network_norm(u, w) ** (k + 1) / gamma
    assert neuron_masses(vectors) @ factors.prod(axis=0) == pytest.approx(whole, abs=1e-13)
    assert (np.abs(factors) <= 1 + 1e-13).all()
    assert (factors[1:] > 0).all()


def test_account_names_the_fault():
    group = load_group("S4")
    network = construct(group, 2)

    def first(u, w):
        vectors = np.concatenate([u[:1], w[:1, None]], axis=1)
        return dict(zip(FACTORS, neuron_factors(vectors, group)[:, 0].tolist(), strict=True))

    assert all(value == pytest.approx(1, abs=1e-13) for value in first(network.u, network.w).values())
    assert first(network.u, -network.w)["phase"] == pytest.approx(-1)
    unbalanced = network.u.copy()
    unbalanced[0, 0] *= 2
    assert [name for name, value in first(unbalanced, network.w).items() if value < 0.999] == ["balance"]
    assert first(network.u + 0.1, network.w)["DC"] < 0.99
    mixed = first(network.u[:1] + network.u[-1:], network.w[:1] + network.w[-1:])
    assert mixed["concentration"] < 0.99


def test_representation_without_mass_is_worth_less():
    group = load_group("A5")
    margin = max_margin(group, 2)
    idle = next(i for i, y in enumerate(margin.y) if i and not y)
    rho = representation(group, idle)
    functions = chain_functions(rho, chains_of(rho, 2))
    factors = neuron_factors(functions[:1], group)[:, 0]
    assert factors[0] == pytest.approx(1)
    assert factors.prod() == pytest.approx(factors[1])
    assert factors[1] < 0.999


@pytest.mark.parametrize("misprint", MISPRINTS, ids=lambda m: m.where)
def test_misprints(misprint):
    found = misprint.check()
    assert found.printed_fails
    assert found.corrected_holds


@pytest.mark.parametrize(
    ("name", "k"), [("S5", 2), ("PSL(2,7)", 2), ("S4", 3), *(pytest.param(name, 2, marks=pytest.mark.slow)
                                                            for name in ("S6", "PSL(2,11)", "A6", "S5xC2"))]
)  # fmt: skip
def test_large_networks_lose_nothing_on_average_and_carry_the_masses(name, k):
    group = load_group(name)
    network, chosen = construct(group, k), sparsest(max_margin(group, k))
    found = Components(network.u, network.w, group)
    assert neuron_factors(found.vectors, group).prod(axis=0) == pytest.approx(1, abs=1e-12)
    assert found.masses == pytest.approx(chosen.mass_floats, abs=1e-12)
