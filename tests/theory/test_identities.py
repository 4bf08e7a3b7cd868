"""Sum-to-product identities for k = 1..8, in letters and at random angles, each with a fault that it notices."""

from itertools import product
from math import factorial, prod

import numpy as np
import pytest

from theory.derivation.sum_to_product import (
    cosine_expansion,
    cosine_terms,
    minimal_construction,
    minimal_construction_numerical,
    orthogonality,
    output_values,
    polarisation,
)
from theory.errors import InputError

INPUTS = range(1, 9)


@pytest.mark.parametrize("k", INPUTS)
def test_polarisation(k: int) -> None:
    assert polarisation(k).ok
    full = sum(prod(s) * np.dot(s, np.arange(1, k + 1)) ** k for s in product((1, -1), repeat=k))
    assert full == 2**k * factorial(k) * factorial(k)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_polarisation_needs_every_sign_vector(k: int) -> None:
    signs = [(1, *rest) for rest in product((1, -1), repeat=k - 1)]
    assert not polarisation(k, signs[:-1]).ok
    assert not polarisation(k, [*signs[:-1], signs[0]]).ok


@pytest.mark.parametrize("k", INPUTS)
def test_cosine_expansion(k: int) -> None:
    assert cosine_expansion(k).ok
    terms = cosine_terms(k + 1)
    assert len(terms) == 2**k
    angles = np.random.default_rng(k).uniform(0, 2 * np.pi, k + 1)
    total = sum(sign * np.where(b, np.sin(angles), np.cos(angles)).prod() for sign, b in terms)
    assert total == pytest.approx(np.cos(angles.sum()), abs=1e-13)


def test_cosine_expansion_notices_a_sign_and_a_missing_term() -> None:
    (sign, b), *rest = cosine_terms(4)
    assert not cosine_expansion(3, [(-sign, b), *rest]).ok
    assert not cosine_expansion(3, rest).ok


@pytest.mark.parametrize("k", INPUTS)
def test_minimal_construction(k: int) -> None:
    assert minimal_construction(k).ok
    assert minimal_construction_numerical(k, seed=k).ok


@pytest.mark.parametrize("k", range(2, 9))
def test_minimal_construction_needs_k_plus_1_nodes(k: int) -> None:
    """k nodes leave the exponential 2k; any larger number of nodes works as well."""
    assert not minimal_construction(k, nodes=k).ok
    assert minimal_construction(k, nodes=k + 2).ok


@pytest.mark.parametrize("p", [2, 3, 4, 7, 9, 12, 30, 97])
def test_output_values(p: int) -> None:
    values = output_values(p)
    assert orthogonality(p).ok
    x = np.arange(p)
    frequencies = np.arange(1, p)
    assert np.cos(2 * np.pi * np.outer(x, frequencies) / p).sum(axis=1) == pytest.approx(values, abs=1e-10)
    assert values[1:] != [0] * (p - 1)


@pytest.mark.parametrize("identity", [polarisation, cosine_expansion, minimal_construction])
def test_unusable_k(identity: object) -> None:
    with pytest.raises(InputError, match="k must be at least 1; got 0"):
        identity(0)  # type: ignore[operator]
    with pytest.raises(InputError, match="k must be at most 8; got 9"):
        identity(9)  # type: ignore[operator]
