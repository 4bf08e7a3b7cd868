"""Characters: known tables, exact identities, and real representations."""

from dataclasses import replace

import flint
import numpy as np
import pytest
import sympy

from theory.groups import load_group
from theory.groups.characters import character_table, matmul_mod, roots_of_unity
from theory.groups.matrices import isotypic_powers, isotypic_projections, representation
from theory.groups.real import real_characters

GROUPS = ["C2", "C5", "C12", "C2xC4", "S3", "D4", "Q8", "D7", "Dic3", "Dic5", "A4", "S3xC3", "S4", "A5", "PSL(2,7)"]


def kinds(name):
    return [(v.dimension, v.kind[0]) for v in real_characters(load_group(name)).irreps]


@pytest.mark.parametrize("m", [7, 12, 113, 1009])
def test_roots_of_unity_are_correctly_rounded(m):
    turns = [flint.fmpq(2 * t, m) for t in range(m)]
    with flint.ctx.workprec(400):
        exact = [complex(float(flint.arb.cos_pi_fmpq(t)), float(flint.arb.sin_pi_fmpq(t))) for t in turns]
    assert (roots_of_unity(m) == np.array(exact)).all()


def test_table_of_s4():
    table = character_table(load_group("S4"))
    rows = {tuple(row) for row in np.round(table.values.real, 12)[1:, np.argsort(table.group.class_sizes)].tolist()}
    # classes by size: identity, (12)(34), (12) and (1234) in either order, (123)
    known = {(1, 1, -1, -1, 1), (2, 2, 0, 0, -1), (3, -1, 1, -1, 0), (3, -1, -1, 1, 0)}
    assert {tuple(sorted(row)) for row in rows} == {tuple(sorted(row)) for row in known}


@pytest.mark.parametrize("name", GROUPS)
def test_orthogonality_exactly_and_in_floats(name):
    table = character_table(load_group(name))
    assert table.is_orthogonal()
    group = table.group
    inner = (table.values * group.class_sizes) @ table.values.conj().T / group.order
    assert np.abs(inner - np.eye(len(inner))).max() < 1e-13
    columns = table.values.T @ table.values.conj()
    assert np.abs(columns - np.diag(group.order / group.class_sizes)).max() < 1e-11


@pytest.mark.parametrize("entry", [(1, 1), (2, 0), (-1, -1)])
def test_a_wrong_entry_breaks_orthogonality(entry):
    table = character_table(load_group("S4"))
    residues = table.residues.copy()
    residues[entry] = (residues[entry] + 1) % table.prime
    assert not replace(table, residues=residues).is_orthogonal()


@pytest.mark.parametrize("name", GROUPS)
def test_frobenius_schur_counts_involutions(name):
    r"""sum of nu d over complex irreducibles = number of g with g^2 = e: independent of how nu was found."""
    group = load_group(name)
    signs = {"real": 1, "complex": 0, "quaternionic": -1}
    degrees = {v.row: v.dimension // (1 if v.kind == "real" else 2) for v in real_characters(group).irreps}
    total = sum(signs[v.kind] * degrees[v.row] for v in real_characters(group).irreps)
    assert total == (group.table[np.arange(group.order), np.arange(group.order)] == group.identity).sum()


def test_known_types():
    assert kinds("Q8") == [(1, "r")] * 4 + [(4, "q")]
    assert kinds("A4") == [(1, "r"), (2, "c"), (3, "r")]
    assert kinds("Dic3") == [(1, "r"), (1, "r"), (2, "c"), (2, "r"), (4, "q")]
    assert kinds("PSL(2,7)") == [(1, "r"), (6, "c"), (6, "r"), (7, "r"), (8, "r")]
    assert kinds("C4") == [(1, "r"), (1, "r"), (2, "c")]


@pytest.mark.parametrize("name", GROUPS)
def test_regular_representation(name):
    """sum_V n_V chi_V is |G| at the identity and 0 elsewhere."""
    characters = real_characters(load_group(name))
    total = np.array([v.multiplicity for v in characters.irreps]) @ characters.values
    assert np.allclose(total, [load_group(name).order] + [0] * (len(total) - 1), atol=1e-10)
    assert characters.values.shape[0] == len(characters.irreps)


def test_exact_values_are_the_golden_ratio_on_a5():
    characters = real_characters(load_group("A5"))
    fives = [
        c for c, g in enumerate(characters.table.group.class_representatives) if load_group("A5").element_orders[g] == 5
    ]
    values = {sympy.nsimplify(characters.exact(1, c)) for c in fives}
    golden = (1 + sympy.sqrt(5)) / 2
    assert {sympy.simplify(v - golden) == 0 or sympy.simplify(v - 1 + golden) == 0 for v in values} == {True}
    assert len(values) == 2
    for v in range(len(characters.irreps)):
        for c in range(len(characters.values[0])):
            assert abs(float(characters.exact(v, c)) - characters.values[v, c]) < 1e-14


@pytest.mark.parametrize("name", GROUPS)
def test_orbit_sums_are_the_integers_that_floats_suggest(name):
    characters = real_characters(load_group(name))
    for orbit, sums in zip(characters.orbits, characters.rational_values, strict=True):
        floats = characters.values[list(orbit)].sum(axis=0)
        assert np.abs(floats[characters.rational_classes] - sums).max() < 1e-11
        assert np.abs(floats - floats[characters.table.rational_classes]).max() < 1e-11
    assert len(characters.orbits) == len(characters.rational_classes)


def test_characters_do_not_depend_on_the_labels():
    group = load_group("Dic3")
    other = group.relabelled(np.random.default_rng(2).permutation(group.order))
    rows = [sorted(map(tuple, np.round(real_characters(g).values, 9).tolist())) for g in (group, other)]
    assert [sorted(row) for row in rows[0]] == [sorted(row) for row in rows[1]]
    assert real_characters(group).irreps[-1].kind == real_characters(other).irreps[-1].kind


@pytest.mark.parametrize("q", [97, 1_036_921, 8_000_009])
def test_modular_product_is_exact(q):
    rng = np.random.default_rng(0)
    a, b = rng.integers(q, size=(3, 700)), rng.integers(q, size=(700, 2))
    exact = [[sum(int(x) * int(y) for x, y in zip(row, column, strict=True)) % q for column in b.T] for row in a]
    assert matmul_mod(a, b, q).tolist() == exact


@pytest.mark.parametrize("name", ["C5", "S3", "Q8", "Dic3", "A4", "S3xC3", "A5"])
def test_matrices(name):
    group = load_group(name)
    for v in range(len(real_characters(group).irreps)):
        rho = representation(group, v)
        assert rho.defect < 1e-13
        assert np.abs(np.einsum("gij,hjk->ghik", rho.matrices, rho.matrices) - rho.matrices[group.table]).max() < 1e-13
        assert np.abs(rho.basis @ rho.basis.T - np.eye(rho.irrep.dimension)).max() < 1e-13
        assert len(rho.units) == {"real": 0, "complex": 1, "quaternionic": 3}[rho.irrep.kind]
        entries = rho.matrices.reshape(group.order, -1)
        assert np.linalg.matrix_rank(entries, tol=1e-8) == rho.irrep.multiplicity * rho.irrep.dimension
        powers = isotypic_powers(group, entries.T)
        assert np.allclose(powers.sum(axis=1).argmax(), v)
        assert np.abs(np.delete(powers, v, axis=0)).max() < 1e-20


@pytest.mark.parametrize("name", ["C6", "S3", "Q8", "A4"])
def test_projections_are_orthogonal_and_complete(name):
    group = load_group(name)
    f = np.random.default_rng(0).normal(size=(3, group.order))
    parts = isotypic_projections(group, f)
    assert np.allclose(parts.sum(axis=0), f)
    assert np.allclose(parts[0], f.mean(axis=-1, keepdims=True))
    inner = np.einsum("vix,wix->ivw", parts, parts)
    assert np.abs(inner * (1 - np.eye(len(parts)))).max() < 1e-13
    for v, part in enumerate(parts):
        assert np.allclose(isotypic_projections(group, part)[v], part)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["S6", "C720", "D360", "PSL(2,11)", "S4xS4", "C2xC2xC2xC2xC2xC2xC2xC2xC2", "S5xC6"])
def test_order_about_720(name):
    characters = real_characters(load_group(name))
    assert characters.table.is_orthogonal()
