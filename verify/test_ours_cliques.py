"""Ours: lower bounds on the width for every k, and all designs of six points at k = 2."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from scipy.optimize import least_squares

from theory.cliques import clique, cost, is_clique, transfer_factor, transferred
from theory.construction import minimal_design
from theory.core.dual_certificate import Certificate, Square, bound_of, forced_moments, orbit
from theory.core.exponents import exponents
from theory.core.optimality import nonzero_moments
from theory.six_points import family, first_family, second_family
from theory.width import order_width
from verify.result import at_least, proved

CLIQUE = "Ours:lower bound 3 2^(k-1)"


@pytest.mark.statement(CLIQUE)
@pytest.mark.parametrize("k", range(2, 9))
def test_the_clique(k, check, twin):
    members = clique(k)
    check(proved(CLIQUE, f"k={k}: 3 2^(k-1) distinct exponents", len(set(members)) == 3 * 2 ** (k - 1)))
    check(proved(CLIQUE, f"k={k}: all differences cost at most 0, one way", is_clique(members)))
    if k <= 4:
        # The same by the checker of certificates, which knows U from walks.
        plain = Certificate(k, (Square(1, tuple((h, 1) for h in members)),), Fraction(0))
        check(proved(CLIQUE, f"k={k}: their square proves it", bound_of(plain) == len(members)))
    check(proved(CLIQUE, "used by the width", order_width(k, 2 * k + 1).lower >= 3 * 2 ** (k - 1)))
    # One exponent moved: no clique any more.
    spoilt = [*members[:-1], tuple(x + 2 * (i == 0) for i, x in enumerate(members[-1]))]
    twin(proved(CLIQUE, f"k={k}, one exponent moved: all differences cost at most 0", is_clique(spoilt)))


@pytest.mark.statement(CLIQUE)
def test_six_points_suffice_at_two_inputs(check, twin):
    design = minimal_design(2)

    def suffice(points):
        found = set(nonzero_moments(points, 2)) == {(1, 1)} and len(points) <= 3 * 2
        return proved(CLIQUE, f"k=2: {len(points)} points do", found)

    check(suffice(design))
    twin(suffice(design[1:]))


@pytest.mark.statement(CLIQUE)
@pytest.mark.parametrize("k", [2, 3, 4])
def test_membership_by_cost(k, check):
    forced = forced_moments(k)
    box = {tuple(x - 1 for x in n) for n in exponents(k)}
    box |= {tuple(random) for random in np.random.default_rng(k).integers(-k - 2, k + 3, (2000, k)).tolist()}
    wrong = [
        m
        for m in box
        if any(m) and sum(m) % 2 == 0 and (orbit(m) in forced) != (min(cost(m), cost(tuple(-x for x in m))) <= 0)
    ]
    check(proved(CLIQUE, f"k={k}: in U iff one of the costs is at most 0", not wrong))


TRANSFER = "Ours:lower bounds, transferred"


@pytest.mark.statement(TRANSFER)
@pytest.mark.parametrize(("j", "k"), [(2, 3), (2, 4), (2, 5), (2, 6)])
def test_transfer(j, k, check, twin):
    base = Certificate(j, (Square(1, tuple((h, 1) for h in clique(j))),), Fraction(0))
    found = bound_of(transferred(base, k))
    check(proved(TRANSFER, f"from {j} to {k} inputs", found == bound_of(base) * transfer_factor(j, k)))
    # A pattern that is not balanced: (1, 1) and (0, 0) differ by a moment that costs too much.
    layer = ((0,) * (k - j), (2, *(0,) * (k - j - 1)), (4, *(0,) * (k - j - 1)))
    tilted = Square(1, tuple((h + tail, 1) for h in clique(j) for tail in layer))
    twin(proved(TRANSFER, "one more", found == bound_of(base) * transfer_factor(j, k) + 1))
    check(proved(TRANSFER, "an unbalanced layer does not do", bound_of(Certificate(k, (tilted,), Fraction(0))) < 18))


SIX = "Ours:designs of six points"


@pytest.mark.statement(SIX)
@pytest.mark.parametrize("seed", range(6))
def test_both_families_are_designs(seed, check, twin):
    random = Random(seed)
    a, b, *v = (Fraction(random.randrange(60), 60) for _ in range(5))
    for design in (first_family(a, b, v[0]), second_family(a, v)):
        check(proved(SIX, "only the wanted wave is left", set(nonzero_moments(design, 2)) == {(1, 1)}))
    spoilt = second_family(a, v)[:-1] + second_family(a, [*v[:2], v[2] + Fraction(1, 50)])[-1:]
    twin(proved(SIX, "one point moved: only the wanted wave", set(nonzero_moments(spoilt, 2)) == {(1, 1)}))


@pytest.mark.statement(SIX)
def test_the_condition_on_pairs_leaves_the_two_families(check):
    # All sets of six points on the grid u, v in (1/6) Z: those that meet the condition on pairs, sorted into families.
    grid = [(u, v) for u in range(6) for v in range(6)]
    related = {(x, y): (x[0] - y[0]) % 6 in (2, 4) or (x[1] - y[1]) % 6 == 3 for x in grid for y in grid}
    found, wrong = 0, 0
    for others in _cliques([p for p in grid if related[grid[0], p]], related, 5):
        found += 1
        phases = np.array([[(u + v) / 12, (u - v) / 12] for u, v in [grid[0], *others]])
        wrong += family(phases) is None
    check(proved(SIX, f"{found} sets with the point (0, 0), all in the families", found > 0 and wrong == 0))


def _cliques(candidates, related, size):
    if size == 0:
        yield ()
        return
    for i, first in enumerate(candidates):
        rest = [p for p in candidates[i + 1 :] if related[first, p]]
        yield from ((first, *more) for more in _cliques(rest, related, size - 1))


@pytest.mark.statement(SIX)
def test_six_points_found_by_least_squares(check):
    # Free weights and phases; the moments of a design, nothing of the families.
    wanted = [(a, b) for a in range(3) for b in (-1, 0, 1) if a or b == 1]
    generator, found = np.random.default_rng(0), []

    def residuals(x):
        q, u, v = x[:6] ** 2 / (x[:6] ** 2).sum(), x[6:12], x[12:]
        moments = [(q * np.exp(2j * np.pi * (a * u + b * v))).sum() for a, b in wanted]
        return np.concatenate([np.real(moments), np.imag(moments)])

    for _ in range(24):
        end = least_squares(residuals, np.concatenate([1 + generator.random(6), generator.random(12)]), xtol=1e-15)
        if end.cost < 1e-14:
            q, u, v = end.x[:6] ** 2 / (end.x[:6] ** 2).sum(), end.x[6:12], end.x[12:]
            assert np.abs(q - 1 / 6).max() < 1e-6
            found.append(family(np.stack([(u + v) / 2, (u - v) / 2], axis=1), 1e-4))
    known = [name for name in found if name in ("I", "II", "both")]
    check(proved(SIX, f"{len(found)} designs, each in a family", len(found) >= 5 and len(known) == len(found)))
    check(at_least(SIX, "of the second family", float(found.count("II")), 1.0))
