"""Ours: S6 with two inputs, where the maximum margin does not force the masses of the representations."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy

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
    # The optimal networks are a convex set: the mean of the vertices is optimal too, and uses what any of them uses.
    mean = replace(margin, y=tuple(sum(each) / len(used) for each in zip(*(v.y for v in margin.vertices), strict=True)))
    check(proved(FREE, "the mean of the vertices: optimal", not mean.failures()))
    check(proved(FREE, "with mass on six of ten", sum(y > 0 for y in mean.y) == 6 == len(set.union(*used))))
    # A representation that costs something carries no mass at any optimum: six are the most.
    costs = zip(margin.characters.irreps[1:], margin.reduced_costs[1:], strict=True)
    check(proved(FREE, "others are worth less", {v.name for v, c in costs if not c.sign()} == set.union(*used)))
    twin(proved(FREE, "no optimum uses six", len(set.union(*used)) <= 5))


@pytest.mark.statement(FREE)
def test_the_required_two_are_not_enough(check, twin):
    """Margins over the weighted classes are equal at an optimum: two of these equations leave one pair of masses."""
    margin = max_margin(load_group("S6"), 2)
    classes = [c for c, weight in enumerate(margin.s) if weight.sign() > 0]
    masses = solved(margin, ("5a", "5c"), classes[:2])
    check(proved(FREE, "5a and 5c alone: not optimal", masses is not None))
    twin(proved(FREE, "5a and 5c alone: optimal", not replace(margin, y=masses).failures()))


SCHEME = "Morwani23:Appendix I.2"


def solved(margin, names, classes):
    """The masses on these representations that make the margins over these classes equal to 1, exactly."""
    places = [i for i, v in enumerate(margin.characters.irreps) if v.name in names]
    unit = [tuple(Fraction(int(i == place)) for i in range(len(margin.y))) for place in places]
    columns = [replace(margin, y=y).margins_by_class for y in unit]
    matrix = sympy.Matrix(len(classes), len(places), lambda row, column: columns[column][classes[row]])
    if matrix.det() == 0:
        return None
    masses = dict(zip(places, matrix.solve(sympy.ones(len(classes), 1)), strict=True))
    return tuple(Fraction(int(x.p), int(x.q)) if (x := masses.get(i)) else Fraction(0) for i in range(len(margin.y)))


@pytest.mark.statement(SCHEME)
@pytest.mark.parametrize("names", [("5a", "5c", "10a"), ("5a", "5c", "10b")])
def test_as_many_representations_as_classes(names, check, twin):
    """The weights of three classes and the masses of three representations; failures() decides every inequality."""
    margin = max_margin(load_group("S6"), 2)
    classes = [c for c, weight in enumerate(margin.s) if weight.sign() > 0]
    where = ", ".join(names)
    check(proved(SCHEME, "S6: Theorem 9 does not apply", not margin.morwani23_applies))
    check(proved(SCHEME, "three classes have weights", len(classes) == len(names)))
    found = replace(margin, y=solved(margin, names, classes))
    check(proved(SCHEME, f"{where}: equal margins over them, masses positive, all inequalities", not found.failures()))
    worth = {
        v.name
        for v, cost in zip(margin.characters.irreps[1:], margin.reduced_costs[1:], strict=True)
        if not cost.sign()
    }
    check(proved(SCHEME, f"{where}: worth the same", set(names) <= worth))
    for other in range(1, len(margin.margins_by_class)):
        elsewhere = solved(margin, names, [*classes[:2], other])
        if found.margins_by_class[other] != 1 and elsewhere is not None:
            y = replace(margin, y=elsewhere)
            twin(proved(SCHEME, f"{where}, class {other} in place of one: all inequalities", not y.failures()))
