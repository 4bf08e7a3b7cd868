r"""Is every k-set of frequencies equally likely?  Counts over seeds against the uniform law, at each size k.

Among N networks with key sets of size k, :math:`O_S` of them have the set S, one of :math:`C = \binom{P}{k}`.  The
statistic is :math:`X^2 = \sum_S (O_S - N/C)^2/(N/C)`.  Its p-value is that of simulated counts, not of the chi-square
limit, so it holds for any number of seeds: with B draws of N uniform sets it is (1 + draws at least as large)/(1 + B).
Single sets are tested by the exact binomial test.  Both are corrected for their number by Holm's method: over the
sizes, and over the sets of one size.

**Symmetry.**  *Proof.* Multiplying the elements of Z_n by a unit t permutes the coordinates of weights, and takes
frequencies f to t f; for prime n some t takes any frequency to any other.  Independent, identically distributed initial
coordinates and an optimiser that treats coordinates alike (Adam, gradient descent) do not see it: sets in one orbit of
the units are equally likely by symmetry, for any loss on the full table.  What only an experiment can say is whether
*orbits* are equally likely, so :math:`X^2` is split, :math:`X^2 = X^2_{between} + X^2_{within}`, with

.. math:: X^2_{between} = \sum_\Omega \frac{(O_\Omega - N|\Omega|/C)^2}{N|\Omega|/C}.

For C7 the sets of one size form one orbit: all of :math:`X^2` is within, and tests the code.  For C11 the 2-sets and
the 3-sets form two orbits each.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from numerics.selection.intervals import Interval, exact
from theory.errors import InputError, require_integer

MOST_SETS = 20_000
Permutation = tuple[int, ...]


@dataclass(frozen=True)
class SetCount:
    """How often one set was selected, among the networks with as many keys.

    Attributes:
        names: names of its frequencies or representations.
        orbit: index of its orbit.
        count: O_S.
        interval: exact 95% interval of its probability.
        p_value: p-value of the probability 1/C, exact binomial, two-sided.
        holm: the same, corrected for the number of sets.
    """

    names: tuple[str, ...]
    orbit: int
    count: int
    interval: Interval
    p_value: float
    holm: float


@dataclass(frozen=True)
class Tested:
    """A statistic, its degrees of freedom and the p-value by simulation; p is 1 where there is no freedom."""

    statistic: float
    freedom: int
    p_value: float


@dataclass(frozen=True)
class Uniformity:
    """The networks whose key sets have one size, against the uniform law.

    Attributes:
        size: k.
        networks: N.
        sets: one entry per k-set, in lexicographic order, those never selected included.
        total: X^2.
        between: between orbits of the symmetry.
        within: inside them.
        holm: p-value of ``total``, corrected for the number of sizes tested.
    """

    size: int
    networks: int
    sets: tuple[SetCount, ...]
    total: Tested
    between: Tested
    within: Tested
    holm: float

    def to_json(self) -> dict[str, Any]:
        """Every number, as JSON."""
        tests = {name: vars(getattr(self, name)) for name in ("total", "between", "within")}
        sets = [
            {"set": list(s.names), "orbit": s.orbit, "count": s.count, "share": s.count / self.networks}
            | {"interval": [s.interval.low, s.interval.high], "p_value": s.p_value, "holm": s.holm}
            for s in self.sets
        ]
        return {"size": self.size, "networks": self.networks, **tests, "holm": self.holm, "sets": sets}


def uniformity(
    key_sets: Sequence[Sequence[str]],
    names: Sequence[str],
    symmetry: Sequence[Permutation] = (),
    draws: int = 10_000,
    seed: int = 0,
) -> list[Uniformity]:
    """Test the uniform law at every size 1..P-1 that occurs (the empty and the full set leave no choice).

    Args:
        key_sets: the names of each network's key set.
        names: all P names.
        symmetry: permutations of 0..P-1 under which the law is known to be invariant; see :func:`unit_symmetry`.
        draws: B, of the simulation.
        seed: seed of the simulation.

    Raises:
        InputError: for an unknown or repeated name, or more than 20,000 sets of one size.

    Examples:
        >>> sets = [("1",)] * 30 + [("2",)] * 31 + [("3",)] * 29
        >>> [(each.size, each.networks, each.total.p_value > 0.5) for each in uniformity(sets, ["1", "2", "3"])]
        [(1, 90, True)]
    """
    require_integer("draws", draws, 1)
    position = {name: i for i, name in enumerate(names)}
    if len(position) != len(names):
        raise InputError("the names must differ from each other; one is repeated")
    chosen = Counter(_indices(each, position) for each in key_sets)
    rng = np.random.default_rng(seed)
    found = []
    for size in sorted({len(each) for each in chosen} - {0, len(names)}):
        if comb(len(names), size) > MOST_SETS:
            raise InputError(
                f"at most {MOST_SETS} sets can be told apart; there are {comb(len(names), size)} of {size}"
            )
        found.append(_test(size, names, chosen, symmetry, draws, rng))
    corrected = holm([each[3].p_value for each in found])
    return [Uniformity(*each, value) for each, value in zip(found, corrected, strict=True)]


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's correction: the least level at which each of these tests rejects, all errors together."""
    corrected, least = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[i]))
        corrected[i] = least
    return corrected


def unit_symmetry(p: int) -> list[Permutation]:
    """What multiplication by each unit of Z_p does to the frequencies 1..p//2, as positions from 0."""
    require_integer("p", p, 2)
    units = (t for t in range(1, p // 2 + 1) if np.gcd(t, p) == 1)
    images = {tuple(min(t * f % p, -t * f % p) - 1 for f in range(1, p // 2 + 1)) for t in units}
    return sorted(images)


def _indices(key_set: Sequence[str], position: dict[str, int]) -> tuple[int, ...]:
    unknown = [name for name in key_set if name not in position]
    if unknown:
        raise InputError(f"a key must be one of {', '.join(position)[:200]}; got {str(unknown[0])[:60]!r}")
    if len(set(key_set)) != len(key_set):
        raise InputError(f"a key set must name each key once; got {', '.join(key_set)[:200]}")
    return tuple(sorted(position[name] for name in key_set))


def _test(
    size: int,
    names: Sequence[str],
    chosen: Counter[tuple[int, ...]],
    symmetry: Sequence[Permutation],
    draws: int,
    rng: np.random.Generator,
) -> tuple[int, int, tuple[SetCount, ...], Tested, Tested, Tested]:
    """Everything about one size but the correction over sizes."""
    from scipy.stats import binomtest

    sets = list(combinations(range(len(names)), size))
    orbit = _orbits(sets, symmetry)
    counts = np.array([chosen[each] for each in sets])
    n, cells = int(counts.sum()), len(sets)
    single = [float(binomtest(int(count), n, 1 / cells).pvalue) for count in counts]
    rows = tuple(
        SetCount(tuple(names[i] for i in each), int(where), int(count), exact(int(count), n), p, corrected)
        for each, where, count, p, corrected in zip(sets, orbit, counts, single, holm(single), strict=True)
    )
    sizes = np.bincount(orbit)
    observed = _statistics(counts, orbit, sizes)
    simulated = np.array(
        [_statistics(np.bincount(rng.integers(cells, size=n), minlength=cells), orbit, sizes) for _ in range(draws)]
    )
    # equal statistics must count as equal whatever order their terms were added in
    p_values = (1 + (simulated >= observed * (1 - 1e-9)).sum(axis=0)) / (1 + draws)
    freedom = cells - 1, len(sizes) - 1, cells - len(sizes)
    total, between, within = (
        Tested(float(x), f, float(p) if f else 1.0) for x, f, p in zip(observed, freedom, p_values, strict=True)
    )
    return size, n, rows, total, between, within


def _statistics(counts: np.ndarray, orbit: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """X^2 in all, between orbits, and within them."""
    expected = counts.sum() / len(counts)
    total = ((counts - expected) ** 2).sum() / expected
    in_orbits = np.bincount(orbit, weights=counts)
    between = ((in_orbits - sizes * expected) ** 2 / (sizes * expected)).sum()
    return np.array([total, between, max(total - between, 0.0)])


def _orbits(sets: list[tuple[int, ...]], symmetry: Sequence[Permutation]) -> np.ndarray:
    """Number of each set's orbit under the group that the permutations generate; every set alone without any."""
    number: dict[tuple[int, ...], int] = {}
    label = -1
    for start in sets:
        if start in number:
            continue
        label += 1
        number[start] = label
        waiting = [start]
        while waiting:
            each = waiting.pop()
            for permutation in symmetry:
                image = tuple(sorted(permutation[i] for i in each))
                if image not in number:
                    number[image] = label
                    waiting.append(image)
    return np.array([number[each] for each in sets])
