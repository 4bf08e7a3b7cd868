r"""Real irreducible representations as matrices, and the projections onto them, with verified errors.

Functions on G carry the left regular representation :math:`(L_g f)(x) = f(g^{-1}x)`.  The projection onto the
part of type V is the character formula

.. math:: P_V = \frac{n_V}{|G|} \sum_g \chi_V(g^{-1})\, L_g, \qquad
   P_V[x,y] = \frac{n_V}{|G|} \chi_V(x y^{-1}).

Inside that part, a random symmetric operator that commutes with every :math:`L_g` has :math:`n_V/\dim`
eigenspaces, each of dimension :math:`D_V` and irreducible; one of them gives orthogonal matrices
:math:`\rho(g)`.  Operators that commute with :math:`\rho` form the reals, the complex numbers or the
quaternions, by the type of V; their imaginary units are found by averaging over the group.  Nothing is taken
on trust: the defect of what comes out (homomorphism, orthogonality, character, units) is measured and
reported.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from theory.groups.group import Group
from theory.groups.real import RealIrrep, real_characters

DEFECT = 1e-10


@dataclass(frozen=True, eq=False)
class Representation:
    r"""Orthogonal matrices of one real irreducible representation.

    Attributes:
        irrep: which one.
        matrices: :math:`\rho(g)`, float64, shape (n, D, D).
        units: orthogonal antisymmetric matrices that commute with them: none for the real type, J for the
            complex, I, J, IJ for the quaternionic; shape (0, 1 or 3; D, D).
        basis: an orthonormal basis, one vector per row, in blocks x, (units) x; shape (D, D).
        defect: largest entry, over all pairs and all elements, of the errors of homomorphism, orthogonality,
            character and units.
    """

    irrep: RealIrrep
    matrices: np.ndarray
    units: np.ndarray
    basis: np.ndarray
    defect: float


def isotypic_projections(group: Group, vectors: np.ndarray) -> np.ndarray:
    """P_V f for every real irreducible representation V: shape (R, ..., n) for f of shape (..., n).

    They add up to f and are orthogonal to each other; index 0 is the mean.  Cost: R n^2 per vector.
    """
    return np.stack(list(_parts(group, vectors)))


def isotypic_powers(group: Group, vectors: np.ndarray) -> np.ndarray:
    """||P_V f||^2 for every V: shape (R, ...); their sum over V is ||f||^2.

    A vector lies in one representation iff one of these is all of its power (Morwani23 App. B).  One projection at a
    time is held in memory.

    Examples:
        >>> from theory.groups import load_group
        >>> isotypic_powers(load_group("S3"), np.eye(6)[:1]).round(4)[:, 0]  # D_V n_V / |G|
        array([0.1667, 0.1667, 0.6667])
    """
    return np.stack([(part**2).sum(axis=-1) for part in _parts(group, vectors)])


def _parts(group: Group, vectors: np.ndarray) -> Iterator[np.ndarray]:
    """P_V f, one V after the other."""
    characters = real_characters(group)
    quotient = group.class_of[group.table[:, group.inverse]]
    for i, v in enumerate(characters.irreps):
        yield vectors @ ((v.multiplicity / group.order) * characters.values[i][quotient])


def representation(group: Group, v: int, seed: int = 0) -> Representation:
    r"""Orthogonal matrices of the real irreducible representation with index v in ``real_characters(group)``.

    Cost: about :math:`n^2 D_V^3` multiplications, most of them to measure the defect.  The choice of basis depends
    on ``seed`` alone.
    """
    characters = real_characters(group)
    irrep, n = characters.irreps[v], group.order
    rng = np.random.default_rng(seed)
    quotient = group.class_of[group.table[:, group.inverse]]
    project = (irrep.multiplicity / n) * characters.values[v][quotient]
    isotypic = np.linalg.qr(project @ rng.normal(size=(n, irrep.multiplicity * irrep.dimension)))[0]

    weights = rng.normal(size=n)
    commuting = (weights + weights[group.inverse])[group.table[group.inverse]]
    vectors = np.linalg.eigh(isotypic.T @ commuting @ isotypic)[1][:, : irrep.dimension]
    space = np.linalg.qr(project @ (isotypic @ vectors))[0]
    matrices = np.stack([space.T @ space[group.table[inverse]] for inverse in group.inverse])

    units = _units(irrep, matrices, rng)
    defect = _defect(group, irrep, matrices, units, characters.on_elements(v))
    if defect > DEFECT:
        raise ArithmeticError(f"the matrices of {irrep.name} are off by {defect:.1e}, above {DEFECT}")
    return Representation(irrep, matrices, units, _adapted_basis(units, irrep.dimension), defect)


def _units(irrep: RealIrrep, matrices: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Imaginary units of the commutant, by averaging random antisymmetric matrices over the group."""
    d = irrep.dimension
    units: list[np.ndarray] = []
    for _ in range({"real": 0, "complex": 1, "quaternionic": 2}[irrep.kind]):
        random = rng.normal(size=(d, d))
        unit = np.einsum("gij,jk,glk->il", matrices, random - random.T, matrices, optimize=True)
        unit = unit - unit.T
        for other in units:
            unit = unit - other * (unit * other).sum() / d
        units.append(unit * np.sqrt(d) / np.linalg.norm(unit))
    if irrep.kind == "quaternionic":
        units.append(units[0] @ units[1])
    return np.array(units).reshape(-1, d, d)


def _adapted_basis(units: np.ndarray, d: int) -> np.ndarray:
    """Rows x, Jx, ... for successive x orthogonal to all rows before."""
    rows = np.zeros((0, d))
    while len(rows) < d:
        residual = np.eye(d) - rows.T @ rows
        x = residual[np.argmax(np.diag(residual))]
        x = x / np.linalg.norm(x)
        rows = np.vstack([rows, x, *(unit @ x for unit in units)])
    return rows


def _defect(group: Group, irrep: RealIrrep, matrices: np.ndarray, units: np.ndarray, character: np.ndarray) -> float:
    identity = np.eye(irrep.dimension)
    errors = [np.abs(matrices @ matrices.transpose(0, 2, 1) - identity).max()]
    step = max(1, 10**6 // matrices.size)
    for start in range(0, group.order, step):
        products = matrices[start : start + step, None] @ matrices
        errors.append(np.abs(products - matrices[group.table[start : start + step]]).max())
    errors.append(np.abs(np.trace(matrices, axis1=1, axis2=2) - character).max())
    for i, unit in enumerate(units):
        errors.append(np.abs(unit @ unit + identity).max())
        errors.append(np.abs(unit @ matrices - matrices @ unit).max())
        errors += [np.abs(unit @ other + other @ unit).max() for other in units[:i]]
    return float(max(errors))
