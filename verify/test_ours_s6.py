"""Ours: S6 with two inputs, where the maximum margin does not force the masses of the representations."""

from dataclasses import replace

import pytest

from theory.groups import load_group
from theory.groups.margin import max_margin
from verify.result import proved

FREE = "Ours:masses of S6"


@pytest.mark.statement(FREE)
def test_optimal_vertices_with_three_to_five_representations(check, twin):
    margin = max_margin(load_group("S6"), 2)
    nontrivial = len(margin.characters.irreps) - 1
    used = [set(vertex.carrying) for vertex in margin.vertices]
    for vertex, names in zip(margin.vertices, used, strict=True):
        check(proved(FREE, f"mass on {', '.join(sorted(names))}: optimal", vertex.failures() == []))
        # The same point with its smallest mass taken away is not optimal.
        least = min(y for y in vertex.y if y)
        off = replace(vertex, y=tuple(0 * y if y == least else y for y in vertex.y))
        twin(proved(FREE, f"{', '.join(sorted(names))}, one of them emptied: optimal", off.failures() == []))
    check(proved(FREE, "three, four and five of ten", {len(x) for x in used} == {3, 4, 5} and nontrivial == 10))
    check(proved(FREE, "5a and 5c are in all of them", set.intersection(*used) == {"5a", "5c"}))
    check(proved(FREE, "and required at every optimum", set(margin.required) == {"5a", "5c"}))
    twin(proved(FREE, "the masses are forced", margin.masses_are_forced))
