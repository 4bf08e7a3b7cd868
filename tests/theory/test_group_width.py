"""Widths for groups: constructions attain what they promise, cyclic groups agree with the modular answer."""

import pytest

from theory.errors import InputError
from theory.groups import load_group
from theory.groups.construction import construct
from theory.groups.width import group_width
from theory.width import width


@pytest.mark.parametrize("n", [2, 3, 5, 6, 7, 10])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_cyclic_groups_agree_with_the_modular_answer(n, k):
    modular = width(k, n)
    found = group_width(load_group(f"C{n}"), k)
    assert found.necessary == modular.necessary
    assert found.sufficient == (modular.sufficient if k > 1 else n - 1)


@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("S3", 3), ("Q8", 2), ("A4", 2), ("C2xC2", 3)])
def test_the_sufficient_width_is_that_of_the_construction(name, k):
    group = load_group(name)
    found = group_width(group, k)
    assert found.sufficient == len(construct(group, k).w) == sum(size for _, size in found.representations)
    assert found.necessary <= found.sufficient <= found.attaining


def test_morwani23_width_is_twice_the_cubes():
    assert [group_width(load_group(name), 2).morwani23 for name in ("S3", "S4", "S5")] == [18, 126, 1190]
    assert group_width(load_group("Q8"), 2).morwani23 is None  # quaternionic: outside the theorem
    assert group_width(load_group("S3"), 3).morwani23 is None


@pytest.mark.parametrize(("name", "k", "necessary"), [("A5xC2", 4, 2), ("C7xS3", 3, 2), ("A5", 4, 2), ("Q8", 2, 10)])
def test_one_neuron_for_an_orbit_whose_masses_are_not_forced(name, k, necessary):
    """An optimum may put the mass of a Galois orbit on one of its representations."""
    assert group_width(load_group(name), k).necessary == necessary


def test_k_is_checked():
    with pytest.raises(InputError, match="k must be at least 1; got 0"):
        group_width(load_group("S3"), 0)
