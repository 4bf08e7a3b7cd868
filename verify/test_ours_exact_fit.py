"""Ours: how few quadratic neurons fit addition exactly."""

from fractions import Fraction
from itertools import combinations

import pytest

from theory.exact_fit.bounds import least_width
from theory.exact_fit.networks import Unit, exact_fit, misfits
from verify.result import proved

FITS, LEAST = "Ours:exact fits", "Ours:least width of an exact fit"


@pytest.mark.statement(FITS)
@pytest.mark.parametrize("p", [3, 5, 7, 9, 15])
def test_the_networks_fit(p, check, twin):
    units = exact_fit(p)
    width = 2 * p - 1 - (p % 3 == 0) - (p % 5 == 0)
    check(proved(FITS, f"p={p}: {width} neurons", len(units) == width))
    check(proved(FITS, f"p={p}: all {p**3} outputs", not misfits(units, p)))
    if p == 15:  # the plants below take as long as the check
        return
    twin(proved(FITS, f"p={p}, without the first neuron", not misfits(units[1:], p)))
    scaled = Unit(units[-2].x, units[-2].y, tuple(e.times(Fraction(1001, 1000)) for e in units[-2].v))
    twin(proved(FITS, f"p={p}, a weight off by a thousandth", not misfits([*units[:-2], scaled, units[-1]], p)))


@pytest.mark.statement(LEAST)
@pytest.mark.parametrize("p", [3, 5])
def test_the_bounds_meet(p, check, twin):
    lower, upper = least_width(p)
    check(proved(LEAST, f"p={p}: the network is as narrow as the bound", lower == upper == len(exact_fit(p))))
    # Shi's bound alone, (3p - 1)/2, does not decide p = 5.
    twin(proved(LEAST, "p = 5 by (3p - 1)/2", len(exact_fit(5)) == (3 * 5 - 1) // 2))


@pytest.mark.statement(LEAST)
def test_between_the_bounds_at_seven(check, twin):
    lower, upper = least_width(7)
    check(proved(LEAST, "p = 7: from (3p + 1)/2 to the network", (lower, upper) == (11, len(exact_fit(7))) == (11, 13)))
    twin(proved(LEAST, "p = 7: decided", lower == upper))


Vector = tuple[Fraction, Fraction]


def three_terms(directions: tuple[Vector, Vector, Vector]) -> list[Vector]:
    """V_j with sum_j V_j <d_j, x> <d_j, y> = x y, complex numbers as pairs: the only ones."""
    found = []
    for j in range(3):
        (a, b), (c, d) = (directions[i] for i in range(3) if i != j)
        # The matrix N with <d_i, N d_i> = 0 for the two others is the product of the two normals, made symmetric.
        n = [[b * d, -(b * c + a * d) / 2], [-(b * c + a * d) / 2, a * c]]
        p, q = directions[j]
        size = n[0][0] * p * p + 2 * n[0][1] * p * q + n[1][1] * q * q
        # x y = (x1 y1 - x2 y2, x1 y2 + x2 y1), paired with N
        found.append(((n[0][0] - n[1][1]) / size, 2 * n[0][1] / size))
    return found


def product_of(directions, vectors) -> list[list[Vector]]:
    """The bilinear map, at pairs of unit vectors."""
    return [
        [
            tuple(sum(v[c] * d[i] * d[j] for v, d in zip(vectors, directions, strict=True)) for c in (0, 1))
            for j in (0, 1)
        ]
        for i in (0, 1)
    ]


def squares_left(directions, vectors) -> list[Fraction]:
    """The sum of V_j (A_j^2): its parts cos 2t and sin 2t, for A_j = d_1 cos t + d_2 sin t."""
    return [
        sum(v[c] * part for v, part in zip(vectors, parts, strict=True))
        for c in (0, 1)
        for parts in ([(a * a - b * b) / 2 for a, b in directions], [a * b for a, b in directions])
    ]


COMPLEX = [[(1, 0), (0, 1)], [(0, 1), (-1, 0)]]


@pytest.mark.statement(LEAST)
def test_three_terms_leave_their_squares(check, twin):
    """Every triple of different directions makes the product, and none cancels its squares."""
    line = [(Fraction(1), Fraction(t, 3)) for t in range(-4, 5)] + [(Fraction(0), Fraction(1))]
    triples = list(combinations(line, 3))
    assert len(triples) == 120
    vectors = [three_terms(triple) for triple in triples]
    products = [product_of(triple, v) == COMPLEX for triple, v in zip(triples, vectors, strict=True)]
    check(proved(LEAST, "three terms make the product of one block", all(products)))
    left = [any(squares_left(triple, v)) for triple, v in zip(triples, vectors, strict=True)]
    check(proved(LEAST, "their squares do not cancel", all(left)))
    # Four terms can: two pairs at right angles, the second with its sign turned in b.
    pair = [(Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))]
    twin(proved(LEAST, "the squares of a pair with equal V", any(squares_left(pair, [(Fraction(1), Fraction(2))] * 2))))
    twin(proved(LEAST, "two terms make the product", product_of(pair, [(Fraction(1), Fraction(0))] * 2) == COMPLEX))
