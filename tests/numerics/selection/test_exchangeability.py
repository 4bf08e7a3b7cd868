"""Uniform laws are not rejected, planted biases are; p-values by full enumeration; the split over orbits."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import chi2, kstest, multinomial

from numerics.selection.exchangeability import holm, uniformity, unit_symmetry
from numerics.selection.intervals import exact
from theory.errors import InputError

FREQUENCIES = ["1", "2", "3", "4", "5"]
PAIRS = list(combinations(FREQUENCIES, 2))


def drawn(probabilities, n: int, seed: int) -> list[tuple[str, ...]]:
    rng = np.random.default_rng(seed)
    return [PAIRS[i] for i in rng.choice(len(PAIRS), size=n, p=np.asarray(probabilities) / np.sum(probabilities))]


def test_the_p_value_of_few_seeds_is_that_of_full_enumeration():
    """Three frequencies, N = 7: every outcome of the multinomial law, exactly."""
    counts = (5, 1, 1)
    sets = [(str(i),) for i, count in enumerate(counts) for _ in range(count)]
    statistic = sum((x - 7 / 3) ** 2 / (7 / 3) for x in counts)
    truth = sum(
        multinomial.pmf(c, 7, [1 / 3] * 3)
        for c in product(range(8), repeat=3)
        if sum(c) == 7 and sum((x - 7 / 3) ** 2 / (7 / 3) for x in c) >= statistic - 1e-9
    )
    (found,) = uniformity(sets, ["0", "1", "2"], draws=20_000)
    assert found.total.statistic == pytest.approx(statistic)
    assert found.total.p_value == pytest.approx(truth, abs=4 * np.sqrt(truth / 20_000))


def test_many_seeds_agree_with_the_chi_square_limit():
    (found,) = uniformity(drawn([1.15, *[1] * 9], 2000, 1), FREQUENCIES)
    assert found.total.freedom == 9
    assert found.total.p_value == pytest.approx(chi2.sf(found.total.statistic, 9), abs=0.02)


def test_p_values_of_the_uniform_law_are_uniform():
    p_values = [uniformity(drawn([1] * 10, 60, s), FREQUENCIES, draws=200, seed=s)[0].total.p_value for s in range(100)]
    assert kstest(p_values, "uniform").pvalue > 1e-3
    assert np.mean(np.array(p_values) <= 0.05) < 0.13


def test_a_planted_bias_is_found_and_named():
    (found,) = uniformity(drawn([3, *[1] * 9], 2000, 2), FREQUENCIES)
    assert found.total.p_value < 0.001
    assert [each.names for each in found.sets if each.holm < 0.01 and each.count > 200] == [PAIRS[0]]
    assert found.sets[0].interval == exact(found.sets[0].count, 2000)


def test_sets_that_were_never_selected_count():
    (found,) = uniformity([("1", "2")] * 3, FREQUENCIES)
    assert [each.count for each in found.sets] == [3] + [0] * 9
    assert found.total.statistic == pytest.approx(27)


def test_each_size_is_tested_by_itself_and_corrected():
    sets = [*drawn([1] * 10, 300, 3), *[("1",)] * 40, (), tuple(FREQUENCIES)]
    found = uniformity(sets, FREQUENCIES)
    assert [(each.size, each.networks) for each in found] == [(1, 40), (2, 300)]
    assert found[0].holm == pytest.approx(2 * found[0].total.p_value)
    assert found[1].holm == found[1].total.p_value


def test_orbits_of_the_units():
    """C7: one orbit of 2-sets.  C11: two of five."""
    for p, expected in ((7, [3]), (11, [5, 5]), (13, [6, 6, 3])):
        names = [str(f) for f in range(1, p // 2 + 1)]
        sets = list(combinations(names, 2))
        (found,) = uniformity(sets, names, unit_symmetry(p), draws=1)
        assert sorted(np.bincount([each.orbit for each in found.sets]).tolist(), reverse=True) == expected
        for each in found.sets:
            ratio = {int(each.names[0]) * pow(int(each.names[1]), -1, p) % p}
            ratio = {s * r % p for r in ratio for s in (1, -1)} | {
                s * pow(r, -1, p) % p for r in ratio for s in (1, -1)
            }
            same = [o.orbit for o in found.sets if int(o.names[0]) * pow(int(o.names[1]), -1, p) % p in ratio]
            assert set(same) == {each.orbit}  # pairs of one ratio, up to sign and order, are one orbit


def test_a_difference_between_orbits_is_told_from_one_within():
    units = unit_symmetry(11)
    (flat,) = uniformity(PAIRS, FREQUENCIES, units, draws=1)
    orbit = np.array([each.orbit for each in flat.sets])
    (across,) = uniformity(drawn(1 + 0.5 * orbit, 2000, 4), FREQUENCIES, units)
    assert across.between.p_value < 0.001
    assert across.within.p_value > 0.01
    inside = np.ones(10)
    inside[np.flatnonzero(orbit == 0)[:2]] = [1.9, 0.1]
    (within,) = uniformity(drawn(inside, 2000, 5), FREQUENCIES, units)
    assert within.within.p_value < 0.001
    assert within.between.p_value > 0.01
    for each in (across, within):
        assert each.between.statistic + each.within.statistic == pytest.approx(each.total.statistic)
        assert (each.between.freedom, each.within.freedom) == (1, 8)


def test_one_orbit_leaves_no_freedom_between():
    names = ["1", "2", "3"]
    (found,) = uniformity([("1",), ("2",), ("2",)], names, unit_symmetry(7), draws=50)
    assert found.between.statistic == pytest.approx(0)
    assert found.between.p_value == 1
    assert found.within == found.total


def test_holm_by_its_definition():
    """Reject in order while p <= alpha/(remaining): the corrected value is the least alpha that rejects."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        p_values = rng.random(5) ** 3
        for i, corrected in enumerate(holm(p_values.tolist())):
            for alpha in np.linspace(0.001, 0.999, 100):
                ordered = np.sort(p_values)
                passed = np.cumprod(ordered <= alpha / (5 - np.arange(5))).astype(bool)
                rejected = p_values[i] in ordered[passed]
                assert rejected == (corrected <= alpha) or abs(corrected - alpha) < 1e-12


def test_numbers_as_json():
    import json

    (found,) = uniformity([("1",), ("2",)], ["1", "2", "3"], unit_symmetry(7), draws=10)
    assert json.loads(json.dumps(found.to_json()))["sets"][1]["set"] == ["2"]


@pytest.mark.parametrize(
    ("sets", "names", "say"),
    [
        ([("9",)], ["1", "2"], "must be one of 1, 2"),
        ([("1", "1")], ["1", "2", "3"], "each key once"),
        ([("1",)], ["1", "1"], "repeated"),
        ([tuple(map(str, range(15)))], list(map(str, range(30))), "at most 20000 sets"),
    ],
)
def test_unusable_sets_are_refused(sets, names, say):
    with pytest.raises(InputError, match=say):
        uniformity(sets, names)
