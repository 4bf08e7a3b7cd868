"""Observables of trained networks: by characters, by FFT, by an explicit basis; planted structure is found."""

import numpy as np
import pytest

from numerics.selection.observables import (
    conjugate_pairs,
    explained,
    irrep_fractions,
    key_set,
    key_sets,
    neuron_powers,
    spectral_count,
)
from theory.errors import InputError
from theory.groups import load_group
from theory.groups.real import real_characters

GROUPS = ["C2", "C5", "C6", "C2xC4", "S3", "D4", "Q8", "Dic3", "A4", "C7"]


def by_least_squares(logits: np.ndarray, name: str, k: int) -> np.ndarray:
    """Fractions by an orthonormal basis of the explicit functions on G^k x G, element by element."""
    group = load_group(name)
    n = group.order
    centred = logits - logits.mean(axis=-1, keepdims=True)
    found = []
    for pair in conjugate_pairs(group):
        columns = []
        for values in (pair.character.real, pair.character.imag):
            column = np.empty((n,) * (k + 1))
            for index in np.ndindex(column.shape):
                g = index[0]
                for factor in [*index[1:k], int(group.inverse[index[k]])]:
                    g = int(group.table[g, factor])
                column[index] = values[g]
            columns.append(column.ravel())
        u, s, _ = np.linalg.svd(np.stack(columns, axis=1), full_matrices=False)
        basis = u[:, s > 1e-9]
        assert basis.shape[1] == pair.size
        found.append(np.linalg.norm(basis.T @ centred.ravel()) / np.linalg.norm(centred))
    return np.array(found)


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("k", [1, 2])
def test_fractions_are_those_of_an_explicit_basis(name, k):
    group = load_group(name)
    logits = np.random.default_rng(3).normal(size=(group.order,) * (k + 1)) + 7
    np.testing.assert_allclose(irrep_fractions(logits, group, k), by_least_squares(logits, name, k), atol=1e-12)


@pytest.mark.parametrize("p", [2, 5, 6, 11])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_fractions_of_cyclic_groups_are_fourier_coefficients(p, k):
    """The coefficient at (f, ..., f, -f), of both signs."""
    logits = np.random.default_rng(4).normal(size=(p,) * (k + 1))
    centred = logits - logits.mean(axis=-1, keepdims=True)
    transform = np.fft.fftn(centred) / p ** ((k + 1) / 2)
    expected = [
        np.sqrt(sum(abs(transform[(s,) * k + (-s % p,)]) ** 2 for s in {f, -f % p})) / np.linalg.norm(centred)
        for f in range(1, p // 2 + 1)
    ]
    np.testing.assert_allclose(irrep_fractions(logits, load_group(f"C{p}"), k), expected, atol=1e-13)


@pytest.mark.parametrize("name", GROUPS)
def test_perfect_logits_hold_every_representation_by_its_dimension(name):
    """1[ab = c] is the sum of d chi / n: the squared fractions are (size d^2)/(n - 1), and add up to 1."""
    group = load_group(name)
    n = group.order
    perfect = (group.table[:, :, None] == np.arange(n)).astype(float)
    fractions = irrep_fractions(perfect, group)
    expected = [pair.size * pair.degree**2 / (n - 1) for pair in conjugate_pairs(group)]
    np.testing.assert_allclose(fractions**2, expected, atol=1e-13)
    assert explained(fractions) == pytest.approx(1)


@pytest.mark.parametrize("name", ["C7", "S3", "Q8", "C2xC4"])
def test_a_planted_pair_is_found_whatever_the_scale(name):
    group = load_group(name)
    quotient = group.table[group.table[:, :, None], group.inverse]
    pairs = conjugate_pairs(group)
    noise = np.random.default_rng(5).normal(size=quotient.shape)
    for i, pair in enumerate(pairs):
        planted = pair.character[quotient].real
        for scale in (1e-200, 1.0, 1e200):
            fractions = irrep_fractions((planted + 3) * scale, group)
            assert fractions[i] == pytest.approx(1)
            assert key_set(fractions) == {i}
            assert spectral_count(fractions) == 1
        noisy = irrep_fractions(planted / np.linalg.norm(planted) + 0.3 * noise / np.linalg.norm(noise), group)
        assert 0.9 < noisy[i] < 0.99


def test_an_ensemble_is_its_members():
    group = load_group("S3")
    logits = np.random.default_rng(6).normal(size=(3, 2, 6, 6, 6)).astype(np.float32)
    together = irrep_fractions(logits, group)
    assert together.shape == (3, 2, len(conjugate_pairs(group)))
    for index in np.ndindex(3, 2):
        np.testing.assert_array_equal(together[index], irrep_fractions(logits[index], group))


def test_constant_logits_have_no_fractions_and_no_keys():
    group = load_group("C5")
    fractions = irrep_fractions(np.full((5, 5, 5), 4.0), group)
    assert fractions.tolist() == [0, 0]
    assert key_set(fractions) == frozenset()
    assert spectral_count(fractions) == 0


@pytest.mark.parametrize(
    ("logits", "say"),
    [
        (np.zeros((5, 5)), "3 axes of length 5"),
        (np.zeros((5, 5, 4)), "3 axes of length 5"),
        (np.full((5, 5, 5), np.nan), "finite"),
    ],
)
def test_wrong_logits_are_refused(logits, say):
    with pytest.raises(InputError, match=say):
        irrep_fractions(logits, load_group("C5"))


def test_a_key_is_a_fraction_of_the_norm_at_the_threshold_or_above():
    """.005 of the norm is 2.5e-5 of the energy: the two are not confused."""
    assert key_set(np.array([0.9, 0.005, 0.00499])) == {0, 1}
    assert key_sets(np.array([[0.9, 0.004, 0.3], [0.0, 0.0, 0.0]]), ["1", "2", "3"]) == [("1", "3"), ()]


def test_spectral_count_is_the_least_number_by_enumeration():
    from itertools import combinations

    rng = np.random.default_rng(7)
    fractions = np.sqrt(rng.dirichlet([0.4] * 6, size=50) * 0.8)
    for row, count in zip(fractions, spectral_count(fractions), strict=True):
        powers = row**2
        least = next(
            size for size in range(1, 7)
            if any(powers[list(c)].sum() >= 0.95 * powers.sum() for c in combinations(range(6), size))
        )  # fmt: skip
        assert count == least
    assert spectral_count(np.sqrt([0.95, 0.05])) == 1
    assert spectral_count(np.sqrt([0.949, 0.051])) == 2


def test_names_of_cyclic_pairs_are_frequencies():
    for p in (5, 8, 23):
        pairs = conjugate_pairs(load_group(f"C{p}"))
        assert [pair.name for pair in pairs] == [str(f) for f in range(1, p // 2 + 1)]
        for f, pair in enumerate(pairs, start=1):
            turns = np.cos(2 * np.pi * f * np.arange(p) / p)
            np.testing.assert_allclose(pair.character.real, turns, atol=1e-12)


@pytest.mark.parametrize("name", GROUPS)
def test_pairs_cover_the_group(name):
    """Sum over complex characters of d^2, without the trivial one, is n - 1; orthogonality gives |G| per character."""
    group = load_group(name)
    pairs = conjugate_pairs(group)
    assert sum(pair.size * pair.degree**2 for pair in pairs) == group.order - 1
    for pair in pairs:
        assert np.vdot(pair.character, pair.character).real == pytest.approx(group.order)
        assert (np.abs(pair.character.imag).max() > 1e-9) == (pair.size == 2)


# ---- neurons -----------------------------------------------------------------------------------------------------


def test_neurons_of_cyclic_groups_by_fft():
    p = 9
    vectors = np.random.default_rng(8).normal(size=(2, 5, 3, p)) + 1
    transform = np.abs(np.fft.rfft(vectors, axis=-1)[..., 1:]) ** 2 * 2 / p
    np.testing.assert_allclose(neuron_powers(vectors, load_group("C9")).powers, transform.sum(axis=-2), atol=1e-12)


def planted_neurons(group, components, rng):
    """One neuron per entry: its vectors are random functions inside that component, plus a mean."""
    characters = real_characters(group)
    quotient = group.table[:, group.inverse]
    rows = []
    for i in components:
        irrep = conjugate_pairs(group)[i].irrep
        project = characters.irreps[irrep].multiplicity / group.order * characters.on_elements(irrep)[quotient]
        rows.append(rng.normal(size=(3, group.order)) @ project + rng.normal(size=(3, 1)))
    return np.stack(rows)


@pytest.mark.parametrize("name", ["C7", "S3", "S4", "Q8", "Dic3"])
def test_planted_neurons_are_counted_by_component(name):
    group = load_group(name)
    rng = np.random.default_rng(9)
    count = len(conjugate_pairs(group))
    components = [*range(count), 0]
    vectors = planted_neurons(group, components, rng)
    found = neuron_powers(vectors, group)
    assert found.dominant.tolist() == components
    np.testing.assert_allclose(found.purity, 1)
    np.testing.assert_allclose(found.energy, ((vectors - vectors.mean(axis=-1, keepdims=True)) ** 2).sum(axis=(-2, -1)))
    assert found.multiplicity() == 1
    assert found.component_counts().tolist() == np.bincount(components, minlength=count).tolist()
    assert not found.same_frequency()
    assert neuron_powers(vectors[[0, -1]], group).same_frequency()


def test_mixed_and_dead_neurons_are_not_pure():
    group = load_group("C5")
    pure = planted_neurons(group, [0, 1], np.random.default_rng(1))
    unit = pure / np.sqrt(neuron_powers(pure, group).energy)[:, None, None]
    mixed = np.sqrt(0.94) * unit[0] + np.sqrt(0.06) * unit[1]
    almost = np.sqrt(0.951) * unit[0] + np.sqrt(0.049) * unit[1]
    dead = np.ones_like(mixed)
    found = neuron_powers(np.stack([unit[0], almost, mixed, dead]), group)
    assert found.pure().tolist() == [True, True, False, False]
    assert found.multiplicity() == 0.5
    assert found.component_counts().tolist() == [2, 0]
    assert not found.same_frequency()
    # u of one frequency and w of another: each vector is pure, the neuron is not
    crossed = np.stack([unit[0][0], unit[0][1], unit[1][2] * 2])
    assert not neuron_powers(crossed[None], group).pure().any()


@pytest.mark.parametrize(
    ("vectors", "say"),
    [(np.zeros((3, 5)), "shape"), (np.zeros((2, 3, 6)), "shape"), (np.full((2, 3, 5), np.inf), "finite")],
)
def test_wrong_vectors_are_refused(vectors, say):
    with pytest.raises(InputError, match=say):
        neuron_powers(vectors, load_group("C5"))
