r"""The real irreducible representations of a finite group: type, dimension, character, rational orbits.

The Frobenius-Schur indicator :math:`\nu = \frac{1}{|G|} \sum_g \chi(g^2)` of a complex irreducible character
of degree d decides what real representation V it belongs to:

====  ============  ======================  ===========  ==================
nu    type          :math:`\chi_V`          :math:`D_V`  :math:`n_V`
====  ============  ======================  ===========  ==================
1     real          :math:`\chi`            d            :math:`D_V`
0     complex       :math:`2\,Re\,\chi`     2d           :math:`D_V / 2`
-1    quaternionic  :math:`2\chi`           2d           :math:`D_V / 4`
====  ============  ======================  ===========  ==================

where :math:`n_V` is the multiplicity of V in the real regular representation, so that
:math:`\sum_V n_V \chi_V(g) = |G|\,1[g = e]`.  *Proof.*  That is the trace of g on the regular representation: g moves
every element unless g = e.

Galois maps :math:`\zeta \mapsto \zeta^s` permute these V, and permute the classes by :math:`C \mapsto C^s`,
so sums of :math:`\chi_V` over an orbit are integers, constant on the rational classes.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from string import ascii_lowercase

import numpy as np
import sympy
from flint import fmpz_poly

from theory.groups.characters import CharacterTable, character_table
from theory.groups.group import Group

KINDS = {1: "real", 0: "complex", -1: "quaternionic"}


@dataclass(frozen=True)
class RealIrrep:
    """One real irreducible representation V.

    Attributes:
        name: its dimension and a letter, such as ``3b``; the trivial one is ``1a``.
        kind: ``real``, ``complex`` or ``quaternionic``.
        dimension: D_V, over the reals.
        multiplicity: n_V, in the real regular representation.
        row: a row of the complex character table that belongs to it.
        orbit: the index of its Galois orbit.
    """

    name: str
    kind: str
    dimension: int
    multiplicity: int
    row: int
    orbit: int


@dataclass(frozen=True, eq=False)
class RealCharacters:
    """All real irreducible representations of a group, by dimension, the trivial one first.

    Attributes:
        table: the complex characters.
        irreps: one entry per real irreducible representation, R in all.
        values: chi_V on each class, float64, shape (R, r); error at most D_V 2^-49.
        residues: the same modulo ``table.prime``, exact.
        orbits: for each Galois orbit the indices of its representations.
        rational_classes: the first class of each rational class.
        rational_values: sum of chi_V over each orbit, on each rational class: exact integers.
    """

    table: CharacterTable
    irreps: tuple[RealIrrep, ...]
    values: np.ndarray
    residues: np.ndarray
    orbits: tuple[tuple[int, ...], ...]
    rational_classes: np.ndarray
    rational_values: np.ndarray

    def exact(self, v: int, class_index: int) -> sympy.Expr:
        """chi_V on a class as an exact number: an integer when it is one, else a sum of cosines."""
        irrep = self.irreps[v]
        multiplicities = self.table.eigenvalues(class_index)[irrep.row] * (1 if irrep.kind == "real" else 2)
        m = len(multiplicities)
        folded = multiplicities + multiplicities[-np.arange(m) % m]
        reduced = fmpz_poly(folded.tolist()) % fmpz_poly.cyclotomic(m)
        if reduced.degree() < 1:
            return sympy.Integer(int(reduced[0])) / 2
        angle = 2 * sympy.pi / m
        return sympy.Add(*[int(c) * sympy.cos(t * angle) for t, c in enumerate(multiplicities) if c])

    def on_elements(self, v: int) -> np.ndarray:
        """chi_V at every element, float64, shape (n,)."""
        return self.values[v][self.table.group.class_of]


@lru_cache(maxsize=32)
def real_characters(group: Group) -> RealCharacters:
    """The real irreducible representations of ``group``, every type and integer decided exactly.

    Examples:
        >>> from theory.groups import load_group
        >>> [(v.name, v.kind, v.multiplicity) for v in real_characters(load_group("Q8")).irreps]
        [('1a', 'real', 1), ('1b', 'real', 1), ('1c', 'real', 1), ('1d', 'real', 1), ('4a', 'quaternionic', 1)]
    """
    table = character_table(group)
    q, conjugate = table.prime, group.class_powers[-1]
    row_of = {row.tobytes(): i for i, row in enumerate(table.residues)}
    squares = table.residues[:, group.class_powers[2 % group.exponent]]
    indicators = (squares * group.class_sizes % q).sum(axis=1) * pow(group.order, -1, q) % q
    found: list[tuple[int, str, int, int]] = []
    for row, (d, indicator) in enumerate(zip(table.degrees.tolist(), indicators.tolist(), strict=True)):
        kind = KINDS[indicator if indicator < 2 else indicator - q]
        if kind == "complex" and row_of[table.residues[row, conjugate].tobytes()] < row:
            continue
        dimension = d if kind == "real" else 2 * d
        found.append((dimension, kind, {"real": d, "complex": d, "quaternionic": d // 2}[kind], row))
    found.sort(key=lambda entry: (entry[0], entry[3]))

    rows = np.array([row for *_, row in found])
    doubled = np.array([kind != "real" for _, kind, *_ in found])[:, None]
    residues = (table.residues[rows] + doubled * table.residues[rows][:, conjugate]) % q
    values = table.values[rows].real * (1 + doubled)
    orbit_of, orbits = _galois_orbits(residues, group)
    classes = np.unique(table.rational_classes)
    sums = np.stack([residues[list(orbit)][:, classes].sum(axis=0) % q for orbit in orbits])
    names = _names([dimension for dimension, *_ in found])
    irreps = tuple(
        RealIrrep(name, kind, dimension, n, row, orbit)
        for name, (dimension, kind, n, row), orbit in zip(names, found, orbit_of, strict=True)
    )
    return RealCharacters(table, irreps, values, residues, orbits, classes, np.where(sums > q // 2, sums - q, sums))


def _galois_orbits(residues: np.ndarray, group: Group) -> tuple[list[int], tuple[tuple[int, ...], ...]]:
    """(orbit of each row, rows of each orbit) under chi -> chi(. ^ s), s prime to the exponent."""
    units = np.flatnonzero(np.gcd(np.arange(group.exponent), group.exponent) == 1)
    row_of = {row.tobytes(): i for i, row in enumerate(residues)}
    orbit_of = [-1] * len(residues)
    orbits: list[tuple[int, ...]] = []
    for i, row in enumerate(residues):
        if orbit_of[i] < 0:
            images = {row_of[row[group.class_powers[s]].tobytes()] for s in units}
            for j in images:
                orbit_of[j] = len(orbits)
            orbits.append(tuple(sorted(images)))
    return orbit_of, tuple(orbits)


def _names(dimensions: list[int]) -> list[str]:
    """Dimension and letters: 1a, 1b, ..., 1z, 1aa, ..."""
    letters = [*ascii_lowercase, *("".join(pair) for pair in product(ascii_lowercase, repeat=2))]
    letters += ["".join(triple) for triple in product(ascii_lowercase, repeat=3)]
    seen: dict[int, int] = {}
    names = []
    for dimension in dimensions:
        seen[dimension] = seen.get(dimension, -1) + 1
        names.append(f"{dimension}{letters[seen[dimension]]}")
    return names
