r"""The complex irreducible characters of any finite group, exactly: Burnside's algorithm in Dixon's form.

Choose a prime :math:`q \equiv 1` modulo the exponent e.  Over :math:`\mathbb{F}_q` the centre of the group
algebra splits: a random central z has r distinct eigenvalues, and the idempotents
:math:`\prod_{j\ne i} (z - \mu_j)/(\mu_i - \mu_j)` are :math:`\frac{d}{|G|} \sum_g \chi(g^{-1})\, g` modulo q.
Reading off d and :math:`\chi` gives the table modulo q; a primitive e-th root :math:`\omega` of 1 modulo q
stands for :math:`\zeta_e = e^{2\pi i/e}`.

The table lifts, because :math:`\chi(g)` is a sum of d roots of unity: the multiplicity of :math:`\zeta_m^t`
among the eigenvalues of g, of order m, is :math:`\frac1m \sum_s \chi(g^s)\, \omega_m^{-st} \in \{0..d\}`.

Row orthogonality is verified exactly, not in floats.  The lifted table commutes with the Galois maps
:math:`\zeta \mapsto \zeta^s`, so each inner product :math:`\sum_g \chi(g) \overline{\psi(g)}` is a rational
integer, of absolute value at most :math:`|G| d_\chi d_\psi < q/2`: it is determined by its residue.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import isqrt

import numpy as np
from flint import arb, ctx, fmpq, nmod_mat, nmod_poly
from sympy import isprime, primefactors

from theory.groups.group import Group


@dataclass(frozen=True, eq=False)
class CharacterTable:
    """The r irreducible characters of a group, by degree.

    Attributes:
        group: whose characters these are.
        prime: q, congruent to 1 modulo the exponent and above 2 |G|^2.
        root: a primitive root of unity modulo q, of order the exponent.
        residues: ``residues[i, C]`` is character i on class C modulo q; shape (r, r), the trivial one first.
        degrees: shape (r,).
    """

    group: Group
    prime: int
    root: int
    residues: np.ndarray
    degrees: np.ndarray

    @cached_property
    def rational_classes(self) -> np.ndarray:
        """For each class C, the first class R whose powers prime to its order contain C: shape (r,)."""
        return self._cyclic[0]

    @cached_property
    def _cyclic(self) -> tuple[np.ndarray, np.ndarray]:
        """(R, s) per class C: C holds the s-th powers of R, the first class of its kind."""
        powers = self.group.class_powers
        units = np.flatnonzero(np.gcd(np.arange(self.group.exponent), self.group.exponent) == 1)
        r = powers.shape[1]
        first, power = np.full(r, -1), np.ones(r, dtype=np.int64)
        for c in range(r):
            if first[c] < 0:
                images, which = np.unique(powers[units, c], return_index=True)
                first[images], power[images] = c, units[which]
        return first, power

    @cached_property
    def _eigenvalues(self) -> dict[int, np.ndarray]:
        """For the first class R of each rational class: multiplicities of zeta_m^t, shape (r, m)."""
        group, q = self.group, self.prime
        found = {}
        for c in np.unique(self.rational_classes).tolist():
            m = int(group.element_orders[group.class_representatives[c]])
            omega = pow(self.root, group.exponent // m, q)
            roots = np.array([pow(omega, -t, q) for t in range(m)])
            inverse_transform = roots[np.outer(np.arange(m), np.arange(m)) % m] * pow(m, -1, q) % q
            found[c] = matmul_mod(self.residues[:, group.class_powers[:m, c]], inverse_transform, q)
            assert (found[c] <= self.degrees[:, None]).all()
            assert (found[c].sum(axis=1) == self.degrees).all()
        return found

    def eigenvalues(self, class_index: int) -> np.ndarray:
        r"""Multiplicity of :math:`\zeta_m^t` among the eigenvalues of class C in each character: shape (r,
        m).

        m is the order of the elements of C, and row i is the exact value of character i:
        :math:`\chi_i(C) = \sum_t` (entry t) :math:`\zeta_m^t`.
        """
        first, power = int(self._cyclic[0][class_index]), int(self._cyclic[1][class_index])
        multiplicities = self._eigenvalues[first]
        m = multiplicities.shape[1]
        return multiplicities[:, np.arange(m) * pow(power, -1, m) % m] if m > 1 else multiplicities

    @cached_property
    def values(self) -> np.ndarray:
        """The table in complex128, shape (r, r); error at most d * 2^-50 in each entry."""
        columns = []
        for c in range(len(self.degrees)):
            multiplicities = self.eigenvalues(c)
            columns.append(multiplicities @ roots_of_unity(multiplicities.shape[1]))
        return np.stack(columns, axis=1)

    def is_orthogonal(self) -> bool:
        """Whether the rows are orthonormal, decided exactly (see the top of this file)."""
        q, sizes = self.prime, self.group.class_sizes
        assert q > 2 * self.group.order * int(self.degrees.max()) ** 2
        conjugate = self.residues[:, self.group.class_powers[-1]]
        inner = matmul_mod(self.residues * sizes % q, conjugate.T, q)
        return bool((inner == self.group.order * np.eye(len(inner), dtype=np.int64)).all())


@lru_cache(maxsize=32)
def character_table(group: Group) -> CharacterTable:
    """The exact table of irreducible characters; rows by degree, the trivial one first.

    Cost: about r^3 word operations for r classes, |G| r for the structure constants; S6 takes under a second.

    Examples:
        >>> from theory.groups import load_group
        >>> character_table(load_group("S3")).degrees.tolist()
        [1, 1, 2]
    """
    e = group.exponent
    q = 2 * group.order**2
    q += 1 - q % e
    while q <= 2 * group.order**2 or not isprime(q):
        q += e
    root = _primitive_root(q, e)
    residues = _abelian(group, q, root) if group.is_abelian else _dixon(group, q)
    degrees = residues[:, 0]
    order = np.lexsort((*residues.T[::-1], np.any(residues != 1, axis=1), degrees))
    table = CharacterTable(group, q, root, residues[order], degrees[order])
    assert table.is_orthogonal()
    assert (degrees**2).sum() == group.order
    return table


@lru_cache(maxsize=8)
def roots_of_unity(m: int) -> np.ndarray:
    """exp(2 pi i t/m), t = 0..m-1, each part correctly rounded to double precision (from balls of 128 bits).

    The array is shared between callers and read-only.
    """
    turns = [fmpq(2 * t, m) for t in range(m)]
    with ctx.workprec(128):
        roots = np.array([complex(float(arb.cos_pi_fmpq(x)), float(arb.sin_pi_fmpq(x))) for x in turns])
    roots.flags.writeable = False
    return roots


def matmul_mod(a: np.ndarray, b: np.ndarray, q: int) -> np.ndarray:
    """a @ b modulo q for entries in 0..q-1: blocks whose sums stay below 2^53 are exact in float64."""
    step = max(1, 2**53 // q**2)
    total = np.zeros((a.shape[0], b.shape[1]), dtype=np.int64)
    for start in range(0, a.shape[1], step):
        stop = start + step
        total += (a[:, start:stop].astype(float) @ b[start:stop].astype(float)).astype(np.int64) % q
    return total % q


def _primitive_root(q: int, e: int) -> int:
    """An element of order exactly e modulo the prime q."""
    for base in range(2, q):
        root = pow(base, (q - 1) // e, q)
        if all(pow(root, e // prime, q) != 1 for prime in primefactors(e)):
            return root
    raise AssertionError("a prime field has elements of every order dividing q - 1")


def _abelian(group: Group, q: int, root: int) -> np.ndarray:
    """All homomorphisms to the powers of ``root``, extended along a chain of subgroups."""
    e = group.exponent
    elements = np.array([group.identity])
    exponents = np.zeros((1, 1), dtype=np.int64)
    for g in group.generators:
        where = np.full(group.order, -1)
        where[elements] = np.arange(len(elements))
        steps = [int(g)]
        while where[steps[-1]] < 0:
            steps.append(int(group.table[steps[-1], g]))
        m = len(steps)
        target = exponents[:, where[steps[-1]]]
        roots = target // m  # exact: characters extend to the larger group, so chi(g^m) is an m-th power
        images = (roots[:, None] + np.arange(m) * (e // m)).reshape(-1, 1, 1)
        old = np.repeat(exponents, m, axis=0)[:, None, :]
        exponents = ((old + images * np.arange(m)[None, :, None]) % e).reshape(len(images), -1)
        elements = np.concatenate([elements, *(group.table[step, elements] for step in steps[:-1])])
    powers = np.array([pow(root, x, q) for x in range(e)])
    values = np.empty((group.order, group.order), dtype=np.int64)
    values[:, group.class_of[elements]] = powers[exponents]
    return values


def _dixon(group: Group, q: int) -> np.ndarray:
    """The table modulo q by central idempotents, rows in no particular order."""
    r, n = len(group.class_sizes), group.order
    rng = np.random.default_rng(0)
    while True:
        matrix = _central_multiplication(group, rng.integers(q, size=r), q)
        krylov = [np.eye(1, r, dtype=np.int64)[0]]
        for _ in range(r):
            krylov.append(matmul_mod(krylov[-1][None], matrix, q)[0])
        basis = nmod_mat(r, r, np.stack(krylov[:r], axis=1).ravel().tolist(), q)
        if basis.rank() == r:
            break
    last = basis.solve(nmod_mat(r, 1, krylov[r].tolist(), q))
    minimal = nmod_poly([-int(x) for x in last.entries()] + [1], q)
    idempotents = []
    for factor, _ in minimal.factor()[1]:
        assert factor.degree() == 1
        cofactor = minimal // factor
        value = int(cofactor(-factor[0] / factor[1]))
        idempotents.append([int(x) * pow(value, -1, q) % q for x in cofactor.coeffs()])
    central = matmul_mod(np.array(idempotents), np.stack(krylov[:r]), q)
    degrees = np.array([isqrt(int(square)) for square in central[:, 0] * n % q])
    assert (degrees**2 == central[:, 0] * n % q).all()
    scale = np.array([n * pow(int(d), -1, q) % q for d in degrees])
    return (central * scale[:, None] % q)[:, group.class_powers[-1]]


def _central_multiplication(group: Group, z: np.ndarray, q: int) -> np.ndarray:
    """Row i: the class coordinates of (sum of class i) * (sum over g of z[class of g] g)."""
    r = len(group.class_sizes)
    matrix = np.zeros((r, r), dtype=np.int64)
    weights = z[group.class_of]
    for c, representative in enumerate(group.class_representatives):
        left = group.class_of[group.table[group.inverse, representative]]
        np.add.at(matrix[:, c], left, weights)
    return matrix % q
