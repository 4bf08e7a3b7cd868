"""The exact checker: accepts what is true, rejects every forgery, and agrees with a second implementation."""

import dataclasses
import itertools
import json
from fractions import Fraction
from importlib import resources

import numpy as np
import pytest

from theory.certificates import store
from theory.core.dual_certificate import (
    Certificate,
    CertificateRejected,
    Square,
    bound_of,
    check,
    forced_moments,
    orbit,
    orbit_sums,
)
from theory.core.exponents import exponents, is_free
from theory.errors import InputError

TIGHT = {1: 2, 2: 6, 3: 16, 4: 40, 5: 96}
CLIQUE = ((0, 0), (2, 0), (1, 1), (1, -1), (3, 1), (2, 2))


def hand_certificate() -> Certificate:
    """Six characters whose differences are all in U: N >= 6 at k = 2 without any computer."""
    return Certificate(2, (Square(1, tuple((h, 1) for h in CLIQUE)),), Fraction(6))


@pytest.mark.parametrize("k", TIGHT)
def test_stored_certificates_prove_the_minimal_width(k):
    bound = check(store.stored(k))
    assert bound.neurons_per_frequency == TIGHT[k] == (k + 1) * 2 ** (k - 1)
    assert bound.tight
    assert TIGHT[k] - 1 < bound.bound <= TIGHT[k]


ALIASED = {
    (2, 4): 3,
    (3, 3): 4,
    (3, 4): 4,
    (3, 6): 12,
    (4, 3): 5,
    (4, 4): 5,
    (4, 6): 22,
    (4, 8): 40,
    (5, 5): 91,
    (5, 10): 96,
}


@pytest.mark.parametrize(
    ("k", "order"), [pytest.param(*key, marks=[pytest.mark.slow] if key[0] == 5 else []) for key in ALIASED]
)
def test_stored_certificates_where_exponents_alias(k, order):
    bound = check(store.stored(k, order))
    assert (bound.order, bound.neurons_per_frequency) == (order, ALIASED[k, order])
    assert not is_free(k, order)


def test_every_stored_file_is_tested_by_name():
    names = {f"k{k}.json" for k in (*TIGHT, 6)}
    names |= {f"k{k}-order{order}.json" for k, order in ALIASED}
    names |= {"k6-dense.json.gz", "k6-dense-bound.json"}  # tests/theory/test_dense_certificate.py
    assert {path.name for path in resources.files("theory.certificates").joinpath("data").iterdir()} == names


def test_six_inputs_have_a_certificate_by_characters_alone():
    """162 of the 224: characters with unit coefficients whose differences are all in U; anyone can check it."""
    certificate = store.stored(6)
    (square,) = certificate.squares
    assert {v for _, v in square.terms} == {1}
    bound = check(certificate)
    assert bound.bound == len(square.terms) == 162
    assert not bound.tight


def test_the_clique_of_six_characters_is_a_certificate():
    assert check(hand_certificate()).neurons_per_frequency == 6


@pytest.mark.parametrize(("k", "order"), [(2, 4), (3, 3), (3, 4), (3, 6), (4, 8)])
def test_moments_alone_in_their_class_by_brute_force(k, order):
    """U straight from the definition: n is forced iff no other exponent is congruent to it."""
    points = list(exponents(k))
    alone = {
        n
        for n in points
        if not any(m != n and all((x - y) % order == 0 for x, y in zip(m, n, strict=True)) for m in points)
    }
    expected = {orbit(tuple(x - 1 for x in n)) for n in alone if n != (1,) * k}
    assert forced_moments(k, order) == expected
    assert not is_free(k, order)


@pytest.mark.parametrize("k", [2, 3, 4])
@pytest.mark.parametrize("order", range(3, 14))
def test_free_orders_force_every_moment(k, order):
    assert (forced_moments(k, order) == forced_moments(k)) == is_free(k, order)


def by_fft(certificate: Certificate) -> dict[tuple[int, ...], float]:
    """Second implementation: evaluate B on a grid of the torus, transform, add up orbits."""
    k = certificate.k
    reach = max(abs(x) for square in certificate.squares for h, _ in square.terms for x in h)
    n = 4 * reach + 1
    values = np.zeros((n,) * k)
    for square in certificate.squares:
        table = np.zeros((n,) * k)
        for h, v in square.terms:
            table[h] += v
        values += square.weight * np.abs(np.fft.fftn(table)) ** 2
    assert values.min() >= -1e-9 * values.max()
    coefficients = np.fft.ifftn(values).real
    sums: dict[tuple[int, ...], float] = {}
    for m in itertools.product(range(-2 * reach, 2 * reach + 1), repeat=k):
        sums[orbit(m)] = sums.get(orbit(m), 0.0) + coefficients[m]
    return sums


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_expansion_agrees_with_a_fourier_transform(k):
    certificate = store.stored(k)
    exact, numeric = orbit_sums(certificate), by_fft(certificate)
    scale = max(map(abs, exact.values()))
    assert max(abs(exact.get(m, 0) - value) for m, value in numeric.items()) < 1e-11 * scale


@pytest.mark.parametrize("k", [2, 3])
def test_the_bound_holds_on_the_minimal_design(k):
    """The inequality of the proof, term by term, on a design that exists."""
    from theory.construction import minimal_design

    design = minimal_design(k)
    t = 2 * np.pi * np.array([[float(x) for x in neuron.phases] for neuron in design])
    certificate = store.stored(k)
    mean = np.zeros((len(t), len(t)))
    for square in certificate.squares:
        for images in itertools.permutations(range(k)):
            waves = sum(v * np.exp(1j * (t[:, None] - t[None])[..., images] @ np.array(h)) for h, v in square.terms)
            mean += square.weight * np.abs(waves) ** 2
    sums = orbit_sums(certificate)
    forced = forced_moments(k)
    zero = (0,) * k
    most = sums[zero] + sum(max(0, s) for m, s in sums.items() if m != zero and m not in forced)
    permutations = len(list(itertools.permutations(range(k))))
    assert mean.mean() / permutations <= most * (1 + 1e-12)
    assert np.allclose(np.diag(mean) / permutations, sum(sums.values()))


def replace_square(certificate, index, **changes):
    squares = list(certificate.squares)
    squares[index] = dataclasses.replace(squares[index], **changes)
    return dataclasses.replace(certificate, squares=tuple(squares))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
class TestForgeries:
    def test_one_entry_changed(self, k):
        honest = store.stored(k)
        for index in (0, len(honest.squares) - 1):
            terms = honest.squares[index].terms
            for place in (0, len(terms) // 2, len(terms) - 1):
                h, v = terms[place]
                forged = (*terms[:place], (h, v + 1), *terms[place + 1 :])
                with pytest.raises(CertificateRejected, match="the vectors prove"):
                    check(replace_square(honest, index, terms=forged))

    def test_an_exponent_moved(self, k):
        honest = store.stored(k)
        terms = honest.squares[0].terms
        moved = ((tuple(x + 2 * (i == 0) + 10 for i, x in enumerate(terms[0][0])), terms[0][1]), *terms[1:])
        with pytest.raises(CertificateRejected, match="the vectors prove"):
            check(replace_square(honest, 0, terms=moved))

    def test_a_weight_made_negative(self, k):
        honest = store.stored(k)
        with pytest.raises(CertificateRejected, match="not positive"):
            check(replace_square(honest, 0, weight=-honest.squares[0].weight))

    def test_a_vector_or_a_window_entry_dropped(self, k):
        honest = store.stored(k)
        dropped = dataclasses.replace(honest, squares=honest.squares[1:])
        with pytest.raises(CertificateRejected):
            check(dropped)
        with pytest.raises(CertificateRejected):
            check(replace_square(honest, 0, terms=honest.squares[0].terms[1:]))

    def test_the_bound_raised_by_one(self, k):
        honest = store.stored(k)
        with pytest.raises(CertificateRejected, match="not"):
            check(dataclasses.replace(honest, bound=honest.bound + 1))

    def test_another_k_or_order(self, k):
        honest = store.stored(k)
        if k > 1:
            with pytest.raises(CertificateRejected):
                check(dataclasses.replace(honest, order=3 if k > 2 else 4))


def test_a_moment_outside_the_allowed_set_is_charged():
    """(2,-2) is not in U at k = 2: the pair of characters would prove 2, and proves 1."""
    pair = Certificate(2, (Square(1, (((1, -1), 1), ((-1, 1), 1))),), Fraction(2))
    assert (2, -2) not in {m for m in forced_moments(2)}
    assert bound_of(pair) == 1
    with pytest.raises(CertificateRejected, match="prove 1, not 2"):
        check(pair)


def test_zero_vectors_prove_nothing():
    with pytest.raises(CertificateRejected, match="identically zero"):
        check(Certificate(1, (Square(1, (((1,), 0),)),), Fraction(0)))


def good() -> dict:
    return json.loads(store.text(hand_certificate()))


@pytest.mark.parametrize(
    "change",
    [
        {"k": 0},
        {"k": 3},
        {"k": 10**9},
        {"k": True},
        {"k": 2.0},
        {"k": "2"},
        {"version": 2},
        {"format": "fourier-margin/network"},
        {"order": 2},
        {"order": "3"},
        {"vectors": []},
        {"vectors": {}},
        {"vectors": [1]},
        {"vectors": [{"weight": 1}]},
        {"vectors": [{"weight": 1, "terms": 3}]},
        {"vectors": [{"weight": 1.5, "terms": [[0, 0, 1]]}]},
        {"vectors": [{"weight": 10**30, "terms": [[0, 0, 1]]}]},
        {"vectors": [{"weight": 1, "terms": [[0, 0, 1.0]]}]},
        {"vectors": [{"weight": 1, "terms": [[0, 0, 10**40]]}]},
        {"vectors": [{"weight": 1, "terms": [[0, 10**6, 1]]}]},
        {"vectors": [{"weight": 1, "terms": [[0, 1]]}]},
        {"vectors": [{"weight": 1, "terms": [[0, 0, 1], [0, 0, 2]]}]},
        {"bound": 6},
        {"bound": [6]},
        {"bound": [6, 0]},
        {"bound": [6.0, 1]},
        {"bound": [10**100, 1]},
        {"extra": 1},
    ],
    ids=str,
)
def test_malformed_content_is_one_line(change):
    with pytest.raises(InputError) as caught:
        store.parse(good() | change)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [None, [], 3, "x", {}])
def test_not_a_certificate_at_all(content):
    with pytest.raises(InputError):
        store.parse(content)


def test_hostile_files(tmp_path):
    path = tmp_path / "c.json"
    for text in ("", "{", "[" * 100_000, '{"k": NaN}', '{"k": 1, "k": 2}', "\ud800".encode("utf-8", "surrogatepass")):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(InputError):
            store.load(path)


def test_round_trip(tmp_path):
    path = tmp_path / "c.json"
    for certificate in (hand_certificate(), store.stored(3), store.stored(3, 6)):
        store.save(path, certificate)
        assert store.load(path) == certificate


@pytest.mark.parametrize(
    ("weight", "coefficient", "accepted"), [(1, 1, True), (0, 1, False), (-1, 1, False), (1, 0, False)]
)
def test_the_smallest_certificates(weight, coefficient, accepted):
    single = Certificate(2, (Square(weight, (((0, 0), coefficient),)),), Fraction(1))
    if accepted:
        assert bound_of(single) == 1
        return
    with pytest.raises(CertificateRejected):
        bound_of(single)


def test_exponents_of_many_inputs_are_decoded_exactly():
    """Beyond 2^53, where a float would have lost the last digits."""
    far, near = (64, -61, 62, -63, 0, 1, -1, 64), (-64, 64, -64, 64, -64, 64, -64, -64)
    sums = orbit_sums(Certificate(8, (Square(1, ((far, 1), (near, 3))),), Fraction(1)))
    assert sums == {(0,) * 8: 10, orbit(tuple(a - b for a, b in zip(far, near, strict=True))): 6}
