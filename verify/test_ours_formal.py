"""Ours: what the formal proof states in its own words, checked here in integers on cases."""

from functools import cache

import numpy as np
import pytest

from theory.certificates.store import stored
from theory.construction import minimal_design
from theory.core.dual_certificate import check as check_certificate
from theory.core.optimality import nonzero_moments
from theory.groups import load_group
from theory.groups.margin import max_margin as group_margin
from theory.margin import printed_margin
from verify.result import at_least, proved

BOUND, DESIGNS = "Ours:bound without Fourier analysis", "Ours:phase designs"
ODD_GROUPS = ("C5", "C9", "C3xC3", "C15")


def correlation_bound(name: str, u: np.ndarray, v: np.ndarray) -> tuple[int, int]:
    """Both sides of the inequality on a group, for integer vectors; v gets mean zero by scaling it by the order."""
    table = load_group(name).table
    v = len(v) * v - v.sum()
    left = 2 * sum(int((u * v[table[:, c]]).sum()) ** 2 for c in range(len(u)))
    return left, len(u) * int((u**2).sum()) * int((v**2).sum())


@pytest.mark.statement(BOUND)
@pytest.mark.parametrize("name", ODD_GROUPS)
def test_the_inequality_in_integers(name, check):
    generator = np.random.default_rng(len(name))
    n = load_group(name).order
    sides = [correlation_bound(name, *generator.integers(-9, 10, (2, n))) for _ in range(200)]
    check(proved(BOUND, f"{name}: 200 pairs of integer vectors", all(left <= right for left, right in sides)))
    if name == "C9":
        wave = np.rint(10_000 * np.cos(2 * np.pi * np.arange(n) / n)).astype(int)
        left, right = correlation_bound(name, wave, wave)
        check(proved(BOUND, "a rounded cosine", left <= right))
        check(at_least(BOUND, "which is nearly an equality", left / right, 0.999))


@pytest.mark.statement(BOUND)
@pytest.mark.parametrize("name", ["C4", "C2xC2", "C6"])
def test_an_element_of_order_two_breaks_it(name, twin):
    group = load_group(name)
    signs = next(row for row in _signs(group.table))
    left, right = correlation_bound(name, signs, signs)
    twin(proved(BOUND, f"{name}: the vector of signs", left <= right))


def _signs(table: np.ndarray) -> list[np.ndarray]:
    """Homomorphisms to +-1 that are not constant."""
    n = len(table)
    found = [np.array([1 - 2 * (code >> x & 1) for x in range(n)]) for code in range(1, 2**n - 1)]
    return [row for row in found if (row[table] == np.outer(row, row)).all()]


@pytest.mark.statement(BOUND)
@pytest.mark.parametrize("k", [2, 3])
def test_the_maximum_depends_on_the_order_alone(k, check, twin):
    """No larger than the formula on any of these groups, and attained: another group of order 9 has the same value."""
    for name in ODD_GROUPS:
        margin = group_margin(load_group(name), k)
        ratio = margin.exact / printed_margin(k, margin.group.order)
        check(proved(BOUND, f"{name}, k={k}: the value of Z_{margin.group.order}", bool(ratio.equals(1))))
    margin = group_margin(load_group("C2xC2"), k)
    twin(proved(BOUND, f"C2xC2, k={k}", bool((margin.exact / printed_margin(k, 4)).equals(1))))


@cache
def certified(k: int) -> int:
    return check_certificate(stored(k)).neurons_per_frequency


@pytest.mark.statement(DESIGNS)
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_designs_of_the_least_size(k, check, twin):
    design, size = minimal_design(k), (k + 1) * 2 ** (k - 1)

    def is_design(points):
        return proved(DESIGNS, f"k={k}: {len(points)} points", set(nonzero_moments(points, k)) == {(1,) * k})

    check(is_design(design))
    check(proved(DESIGNS, f"k={k}: their number", len(design) == size))
    if k > 1:
        twin(is_design(design[1:]))
    if k <= 4:
        check(proved(DESIGNS, f"k={k}: no fewer, by the certificate", certified(k) == size))
