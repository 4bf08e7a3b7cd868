r"""**Tight.** The maximum margin of any finite group, any number k of inputs: exact, with both sides of the
proof.

Let V run over the non-trivial real irreducible representations of G, D_V their dimensions.  Against class weights
:math:`\tau(\delta) = \tau(\delta^{-1})` constant on classes, the best unit neuron inside V is worth
:math:`c_V (1 - \sum_\delta \tau(\delta) \chi_V(\delta) / D_V)` with
:math:`c_V = k!\,(|G|(k+1))^{-(k+1)/2} D_V^{(1-k)/2}`, and exact networks attain :math:`\chi_V`
(``theory.groups.account``, ``theory.groups.designs``).  *Proof of the formula.* The margin of a network of norm 1 is at
most the largest of these values, for every :math:`\tau`; masses :math:`\lambda_V` on networks that attain reach the
minimum below; and the two are a linear programme and its dual. Hence (ours)

.. math:: \gamma^*(G,k) = \max_{\lambda \ge 0,\ \sum \lambda = 1}\ \min_{\delta \ne e}\
   \sum_V \lambda_V c_V \Bigl(1 - \frac{\chi_V(\delta)}{D_V}\Bigr).

In :math:`y_V \propto \lambda_V D_V^{(1-k)/2}` this is a linear programme whose matrix is rational for every
group:

.. math:: \frac{k!\,(|G|(k+1))^{-(k+1)/2}}{\gamma^*} = \min\Bigl\{ \sum_V D_V^{(k-1)/2}\, y_V :\ y \ge 0,\
   \sum_V y_V \bigl(1 - \chi_V(\delta)/D_V\bigr) \ge 1 \text{ for } \delta \ne e \Bigr\}.

Galois maps permute the V, keep D_V and permute the constraints; by convexity some optimum is constant on
orbits, so :math:`\chi_V` enters only through integers (``theory.groups.real``).  Square roots enter through
the objective alone, and the optimal y is rational.

The equalising point :math:`y_V = n_V D_V/|G|` makes every constraint an equality.  *Proof that it is optimal or not.*
It is a vertex, its dual is :math:`s_\delta = -\frac{1}{|G|} \sum_{V} n_V D_V^{(k-1)/2} \chi_V(\delta)`, and so it is
optimal iff that sum is at most zero for every :math:`\delta \ne e`.  Then

.. math:: \gamma^* = \frac{k!\,|G|}{(|G|(k+1))^{(k+1)/2} \sum_V n_V D_V^{(k+1)/2}}.

This is Li24 Theorem 4.1 for cyclic groups of odd order and Morwani23 Theorem 9 (k = 2, real type).  Where every sum is
negative, all class weights are positive, so a network of this margin ties all wrong labels (``theory.saddle_point``):
its outputs are a function of the inputs plus :math:`\gamma^*` at the right label.  That indicator has a part of every
type V in all inputs at once, to which neurons of other types add nothing: every V is used, by every such network.
Otherwise the simplex method goes on from there, in exact arithmetic; representations drop out, and gamma* is
larger. At k = 1 the sum is -1, and gamma* = 1/(2(|G| - 1)) for every group.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from math import gcd, lcm

import numpy as np
import sympy
from flint import nmod_mat

from theory.core.surd import Surd
from theory.errors import require_integer
from theory.groups.group import Group
from theory.groups.real import RealCharacters, real_characters
from theory.groups.simplex import Tableau
from theory.task import Task

ZERO, ONE = Surd(), Surd([(1, 1)])
Point = tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class GroupMargin:
    """gamma*(G, k) with its primal and dual certificates, all exact.

    Attributes:
        group: G.
        k: number of inputs.
        characters: the real characters; index 0 is the trivial representation.
        y: the primal point, per real irreducible representation, rational; 0 for the trivial one.
        s: the dual point, per conjugacy class: weight of each of its elements; 0 for the identity.
        closed_form_terms: sum_V n_V D_V^((k-1)/2) chi_V per rational class; the closed form holds iff none of
            them is positive (the identity's is left out).
        required_orbits: Galois orbits of representations that carry mass at every optimum.
        vertex_points: optimal vertices found, each a primal point like y; y is their mean.
    """

    group: Group
    k: int
    characters: RealCharacters
    y: Point
    s: tuple[Surd, ...]
    closed_form_terms: tuple[Surd, ...]
    required_orbits: frozenset[int]
    vertex_points: tuple[Point, ...]

    @cached_property
    def closed_form_applies(self) -> bool:
        """Whether every wrong label can be made equally good without loss, decided exactly."""
        return all(term.sign() <= 0 for term in self.closed_form_terms)

    @cached_property
    def morwani23_applies(self) -> bool:
        """Whether the hypotheses of Morwani23 Theorem 9 hold: k = 2, real type throughout, each sum negative."""
        real = all(v.kind == "real" for v in self.characters.irreps)
        return self.k == 2 and real and all(term.sign() < 0 for term in self.closed_form_terms)

    @cached_property
    def cost(self) -> Surd:
        """sum_V D_V^((k-1)/2) y_V; gamma* is the prefactor over it."""
        return _total([half_power(v.dimension, self.k - 1).scaled(y) for v, y in self._pairs])

    @property
    def exact(self) -> sympy.Expr:
        """gamma*, exact."""
        return prefactor(self.group.order, self.k) * quotient(ONE, self.cost)

    @cached_property
    def value(self) -> float:
        """gamma* rounded to the nearest float, from 50 digits."""
        return float(self.exact.evalf(50))

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """The equalising value: gamma* where :attr:`closed_form_applies`, else a strict lower bound."""
        terms = [half_power(v.dimension, self.k + 1).scaled(v.multiplicity) for v in self.characters.irreps[1:]]
        return prefactor(self.group.order, self.k) * self.group.order * quotient(ONE, _total(terms))

    @cached_property
    def masses(self) -> tuple[sympy.Expr, ...]:
        """lambda_V, the mass of each real irreducible representation, exact; they add up to 1."""
        parts = [half_power(v.dimension, self.k - 1).scaled(y) for v, y in self._pairs]
        return tuple(quotient(part, self.cost) for part in parts)

    @cached_property
    def mass_floats(self) -> np.ndarray:
        """:attr:`masses` in float64, shape (R,)."""
        return np.array([float(mass.evalf(30)) for mass in self.masses])

    @cached_property
    def carrying(self) -> tuple[str, ...]:
        """Names of the representations that carry mass at some optimum: no optimal network uses others."""
        return tuple(v.name for v, y in self._pairs if y)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of the representations that are proved to carry mass at every optimum.

        All that carry any if the masses are forced; otherwise those alone in a required Galois orbit, because the
        mass of a larger orbit may be spread over its members in many ways, or lie on one of them alone.
        """
        if self.masses_are_forced:
            return self.carrying
        orbits = [orbit for orbit in self.required_orbits if len(self.characters.orbits[orbit]) == 1]
        return tuple(v.name for v in self.characters.irreps if v.orbit in orbits)

    @cached_property
    def masses_are_forced(self) -> bool:
        """True when complementary slackness proves that no other masses attain gamma*.

        The representations that may carry mass are those of zero reduced cost, and every class with positive
        weight is tight; the masses are then the only solution when that system has full column rank, which
        its rank modulo a prime proves.
        """
        q = self.characters.table.prime
        active = [v for v, slack in enumerate(self.reduced_costs) if v and slack == ZERO]
        tight = [c for c, weight in enumerate(self.s) if weight.sign() > 0]
        rows = []
        for c in tight:
            values = self.characters.residues[:, c]
            dimensions = [self.characters.irreps[v].dimension for v in active]
            rows += [(d - int(values[v])) % q for v, d in zip(active, dimensions, strict=True)]
        return nmod_mat(len(tight), len(active), rows, q).rank() == len(active)

    @cached_property
    def reduced_costs(self) -> tuple[Surd, ...]:
        """D_V^((k-1)/2) - sum_delta s_delta (1 - chi_V(delta)/D_V) per V: at least 0, and 0 where y_V > 0."""
        sizes = self.group.class_sizes
        classes = self.characters.rational_classes
        weights = np.bincount(self.characters.table.rational_classes, sizes)[classes].astype(int)
        costs = []
        for v in self.characters.irreps:
            orbit = len(self.characters.orbits[v.orbit])
            sums = self.characters.rational_values[v.orbit]
            terms = [half_power(v.dimension, self.k - 1)]
            for c, weight, psi in zip(classes.tolist(), weights.tolist(), sums.tolist(), strict=True):
                terms.append(self.s[c].scaled(weight * (Fraction(psi, orbit * v.dimension) - 1)))
            costs.append(_total(terms))
        return tuple(costs)

    @cached_property
    def class_weights(self) -> tuple[sympy.Expr, ...]:
        """tau of one element of each class, exact."""
        return tuple(quotient(weight, self.cost) for weight in self.s)

    @cached_property
    def tau(self) -> np.ndarray:
        """The class weights per element, float64, shape (n,): tau(delta) = tau(delta^-1), sum 1."""
        return np.array([float(w.evalf(30)) for w in self.class_weights])[self.group.class_of]

    @property
    def vertices(self) -> list["GroupMargin"]:
        """The same margin with the masses of each optimal vertex found, in place of their mean."""
        return [replace(self, y=point) for point in self.vertex_points]

    @property
    def _pairs(self) -> list[tuple]:
        return list(zip(self.characters.irreps, self.y, strict=True))

    def failures(self) -> list[str]:
        """What is wrong with the certificate: empty iff it proves gamma*.  Exact; no solver, no floats.

        Checks primal feasibility (y >= 0 and every constraint), dual feasibility (s >= 0 and every reduced
        cost) and equal objectives; weak duality does the rest.  The sums run over rational characters, so y must be
        constant on Galois orbits and s on rational classes; and nothing may be booked on the trivial representation
        or the identity, which no constraint sees.
        """
        wrong = ["the trivial representation carries mass"] * bool(self.y[0])
        wrong += ["the identity has a weight"] * (self.s[0] != ZERO)
        if any(len({self.y[v] for v in orbit}) > 1 for orbit in self.characters.orbits):
            wrong.append("y is not constant on Galois orbits")
        if any(self.s[c] != self.s[first] for c, first in enumerate(self.characters.table.rational_classes.tolist())):
            wrong.append("the weights are not constant on rational classes")
        wrong += [f"y of {v.name} is negative" for v, y in self._pairs if y < 0]
        wrong += [f"the weight of class {c} is negative" for c, weight in enumerate(self.s) if weight.sign() < 0]
        wrong += [
            f"{v.name} is worth more than gamma*"
            for v, slack in zip(self.characters.irreps[1:], self.reduced_costs[1:], strict=True)
            if slack.sign() < 0
        ]
        for c, lower in zip(self.characters.rational_classes.tolist(), self.margins_by_class, strict=True):
            if c and lower < 1:
                wrong.append(f"the margin over class {c} is below gamma*")
        if _total([w.scaled(int(n)) for w, n in zip(self.s, self.group.class_sizes, strict=True)]) != self.cost:
            wrong.append("the two bounds differ")
        return wrong

    @cached_property
    def margins_by_class(self) -> tuple[Fraction, ...]:
        """Margin over the wrong labels of each rational class, over gamma*: exact, 1 where tight."""
        return tuple(
            sum((y * (1 - _mean(self.characters, v.orbit, column)) for v, y in self._pairs), Fraction(0))
            for column in range(len(self.characters.rational_classes))
        )


@lru_cache(maxsize=64)
def max_margin(group: Group, k: int) -> GroupMargin:
    """gamma*(G, k) and who carries it.

    Args:
        group: any finite group that ``theory.groups`` can hold.
        k: number of inputs, at least 1.

    Returns:
        the margin with exact certificates, already checked.

    Raises:
        InputError: for another k.

    Source: ours; Morwani23 Theorem 9 for k = 2 and groups that satisfy its conditions.

    Examples:
        >>> from theory.groups import load_group
        >>> max_margin(load_group("Q8"), 2).exact
        sqrt(6)/198
    """
    require_integer("k", k, 1, 1000)
    characters = real_characters(group)
    terms = _closed_form_terms(characters, k)
    n = group.order
    if all(term.sign() < 0 for term in terms):  # where one is 0 the equalising point may have rivals
        points = [tuple(Fraction(v.multiplicity * v.dimension, n) * (v.orbit > 0) for v in characters.irreps)]
        weights = [term.scaled(Fraction(-1, n)) for term in terms]
        required = set(range(1, len(characters.orbits)))
    else:
        points, weights, required = _simplex(characters, k)
    y = tuple(sum(values, Fraction(0)) / len(points) for values in zip(*points, strict=True))
    per_class = dict(zip(characters.rational_classes[1:].tolist(), weights, strict=True))
    s = tuple(per_class.get(int(first), ZERO) for first in characters.table.rational_classes)
    margin = GroupMargin(group, k, characters, y, s, tuple(terms), frozenset(required), tuple(points))
    assert not margin.failures()
    return margin


def group_task(group: Group, k: int) -> Task:
    """The task a_1 ... a_k in ``group``, with the class weights that certify its maximum margin.

    Raises:
        InputError: for k < 1.
    """
    return Task.of_group(k, group)


def prefactor(n: int, k: int) -> sympy.Expr:
    r""":math:`k!\,(n(k+1))^{-(k+1)/2}`: the best unit neuron of a one-dimensional representation."""
    return sympy.factorial(k) / sympy.sqrt(sympy.Integer(n * (k + 1)) ** (k + 1))


def single_neuron_values(group: Group, k: int) -> np.ndarray:
    """c_V for every real irreducible representation, float64, shape (R,).

    Raises:
        InputError: for k < 1.

    Examples:
        >>> from theory.groups import load_group
        >>> single_neuron_values(load_group("S3"), 2).round(4)
        array([0.0262, 0.0262, 0.0185])
    """
    require_integer("k", k, 1)
    dimensions = np.array([float(v.dimension) for v in real_characters(group).irreps])
    return float(prefactor(group.order, k).evalf(30)) * dimensions ** ((1 - k) / 2)


def half_power(base: int, exponent: int) -> Surd:
    """base^(exponent/2) for an exponent >= 0, exact."""
    return Surd([(base ** (exponent // 2), base if exponent % 2 else 1)])


def to_sympy(number: Surd) -> sympy.Expr:
    """The same number for sympy."""
    return sympy.Add(*[sympy.Rational(v.numerator, v.denominator) * sympy.sqrt(f) for f, v in number.terms])


def quotient(top: Surd, bottom: Surd) -> sympy.Expr:
    """top / bottom for sympy, with integers below the line that have no common factor."""
    coefficients = [value for _, value in bottom.terms]
    factor = Fraction(lcm(*(v.denominator for v in coefficients)), gcd(*(v.numerator for v in coefficients)))
    return to_sympy(top.scaled(factor)) / to_sympy(bottom.scaled(factor))


def _total(numbers: list[Surd]) -> Surd:
    return Surd([(value, free) for number in numbers for free, value in number.terms])


def _mean(characters: RealCharacters, orbit: int, column: int) -> Fraction:
    """Mean of chi_V/D_V over an orbit, on a rational class."""
    members = characters.orbits[orbit]
    total = len(members) * characters.irreps[members[0]].dimension
    return Fraction(int(characters.rational_values[orbit, column]), total)


def _closed_form_terms(characters: RealCharacters, k: int) -> list[Surd]:
    """sum over non-trivial V of n_V D_V^((k-1)/2) chi_V, on each rational class but the identity's."""
    first = [characters.irreps[orbit[0]] for orbit in characters.orbits]
    powers = [half_power(v.dimension, k - 1).scaled(v.multiplicity) for v in first]
    return [
        _total([p.scaled(int(x)) for p, x in zip(powers[1:], column[1:], strict=True)])
        for column in characters.rational_values.T[1:]
    ]


def _simplex(characters: RealCharacters, k: int) -> tuple[list[Point], list[Surd], set[int]]:
    """(optimal vertices, weight per rational class, required orbits), from the equalising vertex onwards.

    Every optimum is complementary to the dual found here, so the optimal face is what columns of zero
    reduced cost reach; the vertices maximise and minimise each coordinate on it.
    """
    orbits = characters.orbits[1:]
    size = len(orbits)
    assert characters.rational_values.shape == (size + 1, size + 1)
    mean = partial(_mean, characters)
    indices = range(1, size + 1)
    tableau = Tableau([[len(orbits[i - 1]) * (1 - mean(i, column)) for i in indices] for column in indices])
    dimensions = [characters.irreps[orbit[0]].dimension for orbit in orbits]
    costs = [half_power(d, k - 1).scaled(len(orbit)) for d, orbit in zip(dimensions, orbits, strict=True)]
    reduced = tableau.minimise(costs + [ZERO] * size, list(range(2 * size)))

    face = [j for j, cost in enumerate(reduced) if cost == ZERO]
    vertices = [tableau.point()]
    required = {j for j, y in enumerate(vertices[0]) if y}
    if len(face) > size:
        for j in [j for j in face if j < size]:
            for sign in (1, -1):
                tableau.minimise([ONE.scaled(sign) if i == j else ZERO for i in range(2 * size)], face)
                vertices.append(tableau.point())
                required -= {j for j in required if not vertices[-1][j]}
    points = {tuple(vertex[v.orbit - 1] if v.orbit else Fraction(0) for v in characters.irreps) for vertex in vertices}
    rational, sizes = characters.table.rational_classes, characters.table.group.class_sizes
    counts = [int(sizes[rational == first].sum()) for first in characters.rational_classes[1:]]
    weights = [cost.scaled(Fraction(1, n)) for cost, n in zip(reduced[size:], counts, strict=True)]
    return sorted(points), weights, {j + 1 for j in required}
