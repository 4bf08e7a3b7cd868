"""The certificate for k = 6: the fast exact sums against the slow ones, a second check at random points, forgeries."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import permutations
from random import Random

import numpy as np
import pytest

from theory.certificates.dense import (
    DenseCertificate,
    bound_of_sums,
    check_dense,
    orbit_sums,
    stored_dense,
)
from theory.certificates.store import stored, stored_dense_bound
from theory.core import dual_certificate as slow
from theory.core.dual_certificate import CertificateRejected
from theory.errors import InputError

PRIME = 4194301  # coefficients below 2^17 times it, 2^13 times over, stay below 2^53: float64 products are exact


@cache
def stored_for_six() -> DenseCertificate:
    return stored_dense(6)


def small(k: int) -> tuple[DenseCertificate, slow.Certificate]:
    """The stored certificate for k in both forms; weights become repeated vectors."""
    certificate = stored(k)
    assert certificate is not None
    window = sorted({h for square in certificate.squares for h, _ in square.terms})
    rows = [[dict(square.terms).get(h, 0) for h in window] for square in certificate.squares[:3]]
    squares = tuple(replace(square, weight=1) for square in certificate.squares[:3])
    plain = slow.Certificate(k, squares, Fraction(0))
    return DenseCertificate(np.array(window), np.array(rows), slow.orbit_sums(plain), slow.bound_of(plain)), plain


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_sums_are_those_of_the_slow_checker(k: int) -> None:
    dense, plain = small(k)
    assert {m: s for m, s in orbit_sums(dense).items() if s} == {m: s for m, s in slow.orbit_sums(plain).items() if s}
    assert bound_of_sums(k, dense.sums) == slow.bound_of(plain)
    assert check_dense(dense).bound == slow.bound_of(plain)


@pytest.mark.parametrize("what", ["vector", "sums", "bound", "window"])
def test_forgeries_are_rejected(what: str) -> None:
    dense, _ = small(3)
    vectors = dense.vectors.copy()
    vectors[0, 0] += 1
    forged = {
        "vector": replace(dense, vectors=vectors),
        "sums": replace(dense, sums=dense.sums | {(0, 0, 0): dense.sums[0, 0, 0] - 1}),
        "bound": replace(dense, bound=dense.bound + 1),
        "window": replace(dense, window=dense.window + 20 * np.eye(len(dense.window), 3, dtype=int)),
    }
    with pytest.raises(CertificateRejected):
        check_dense(forged[what])


def test_sums_that_float64_cannot_hold_are_refused() -> None:
    dense, _ = small(2)
    with pytest.raises(InputError, match="exactly"):
        orbit_sums(replace(dense, vectors=dense.vectors * 10**8))
    with pytest.raises(InputError, match="distinct"):
        orbit_sums(replace(dense, window=np.zeros_like(dense.window)))
    with pytest.raises(CertificateRejected, match="zero"):
        bound_of_sums(2, {})


def test_the_stored_bound_is_that_of_the_certificate() -> None:
    assert stored_for_six().bound == stored_dense_bound(6) == bound_of_sums(6, stored_for_six().sums)
    assert stored_for_six().bound > 223
    with pytest.raises(InputError, match="stored"):
        stored_dense(5)
    assert stored_dense_bound(5) is None


@pytest.mark.parametrize("forged", [False, True])
def test_the_stored_sums_at_a_random_point(forged: bool) -> None:
    r"""Schwartz and Zippel: sum_g B(gz) = sum_O S_O sum_g z^(g m_O) over permutations g, in F_P.

    Wrong sums agree at a random point with a chance of at most (degree)/(P - 1), about 1e-5.  Nothing is shared with
    the exact sums: no differences of exponents are formed.
    """
    certificate = stored_for_six()
    k, random = certificate.k, Random(1)
    z = [random.randrange(2, PRIME - 1) for _ in range(k)]
    sums = dict(certificate.sums)
    if forged:
        sums[next(iter(sums))] += 1
    moments = np.array(list(sums))
    values = np.array([s % PRIME for s in sums.values()])
    reach = int(max(np.abs(moments).max(), np.abs(certificate.window).max()))
    powers = np.array([[pow(x, e, PRIME) for e in range(-reach, reach + 1)] for x in z])

    def monomials(exponents: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
        result = np.ones(len(exponents), dtype=np.int64)
        for column, i in enumerate(order):
            result = result * powers[i][exponents[:, column] + reach] % PRIME
        return result

    assert float(np.abs(certificate.vectors).max()) * PRIME * len(certificate.window) < 2**53
    vectors = certificate.vectors.astype(float)
    left = right = 0
    orders = list(permutations(range(k)))
    for start in range(0, len(orders), 120):
        some = orders[start : start + 120]
        sides = (np.stack([monomials(s * certificate.window, g) for g in some], axis=1) for s in (1, -1))
        f, back = (np.mod(vectors @ side.astype(float), PRIME).astype(np.int64) for side in sides)
        left += int((f * back % PRIME).sum())
        for g in some:
            both = monomials(moments, g) + monomials(-moments, g)
            right += int((both % PRIME * values % PRIME).sum())
    # m and -m lie in one orbit, and B is even.
    assert ((2 * left - right) % PRIME == 0) is not forged
