r"""Exact maximum-margin networks for any finite group, any number k of inputs.

A neuron of best value inside a real irreducible representation V is a *chain* of unit vectors
:math:`y_0, \dots, y_k \in V`:

.. math:: u_j(g) = \langle y_{j-1}, \rho(g)\, y_j \rangle, \qquad w(g) = \langle y_0, \rho(g)\, y_k \rangle.

A design is a list of chains of equal mass that satisfies

* wanted: :math:`\sum \prod_j u_j(a_j)\, w(c) \propto \chi_V(a_1 \cdots a_k c^{-1})`;
* unwanted: every other monomial of :math:`(u_1 + \dots + u_k)^k w` sums to zero over the design.

With mass :math:`\lambda_V` on V (``theory.groups.margin``) the network is then maximum-margin.

``attaining`` (ours; Morwani23 Lemma 20 for k = 2, real type).  Chains through an orthonormal basis, each
with all sign vectors :math:`s_1 = 1, s_2, \dots, s_k` on u and their product on w.  The signs kill the
unwanted monomials by polarisation, the basis sums to a trace.  Of the D^{k+1} chains, the quaternionic type
needs only those whose :math:`y_0` runs over a basis over the quaternions, since x -> xh changes no neuron.
The complex type needs chains through a complex basis only, turned by :math:`e^{jtJ}` at place j, for t = pi
i/(k+1), i = 0..k: this kills the unwanted conjugates, as in ``theory.construction``.  Widths:
:math:`2^{k-1} D^{k+1}`, :math:`(k+1)\, 2^{k-1} (D/2)^{k+1}`, :math:`2^{k-1} D^{k+1}/4`.

``minimal`` at k = 2 (ours): :math:`D_V (n_V D_V + 1)` neurons, against :math:`2 D_V^2 n_V`.  Let :math:`y_1`
run over an orthonormal basis: then :math:`\sum u_1(a)^2 = |y_0|^2 = 1`, so that :math:`u_1^2 w` and
:math:`u_2^2 w` sum to zero as soon as :math:`\sum y_0 \otimes y_2 = 0`, without signs; and the
wanted sum is :math:`\chi_V` as soon as the :math:`y_0 \otimes y_2` form a tight frame.  So they must be the vertices
of a regular simplex of *product* vectors in :math:`\mathbb{R}^{r} \otimes \mathbb{R}^{D}`, r = n_V, which
:func:`product_simplex` supplies.

``minimal`` at k = 3 (ours): :math:`2 D_V^3 (n_V + 1)` for the real and quaternionic types, against
:math:`4 D_V^3 n_V`.  Let :math:`y_1` run over the 2D vectors of an orthonormal basis and its negative, :math:`y_2` and
:math:`y_3` over a basis, :math:`y_0` over the n_V + 1 vertices of a regular simplex.  The signs of :math:`y_1` leave
:math:`u_1^2 u_3 w`, :math:`u_2^2 u_3 w` and :math:`u_3^3 w`; the sum over :math:`y_1` turns the squares into 1, so that
:math:`y_0` occurs once, in w, and :math:`\sum y_0 = 0` kills all three.  For other k no narrower design is known here,
and ``minimal`` is ``attaining``.
"""

from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import numpy as np

from theory.errors import InputError, require_integer
from theory.groups.group import Group
from theory.groups.margin import GroupMargin, max_margin
from theory.groups.matrices import Representation, representation
from theory.groups.real import RealIrrep

Method = Literal["minimal", "attaining", "morwani23"]
LARGEST_NUMBERS = 10**8


@dataclass(frozen=True, eq=False)
class GroupNetwork:
    r"""A maximum-margin network of norm 1.

    Attributes:
        group: whose products it computes.
        k: number of inputs.
        method: how it was made.
        u: float64, shape (m, k, n).
        w: float64, shape (m, n).
        names: the representation of each neuron, length m.
        entry_error: first-order bound on the distance of any entry from an exact maximum-margin network's.
    """

    group: Group
    k: int
    method: str
    u: np.ndarray
    w: np.ndarray
    names: tuple[str, ...]
    entry_error: float


def construct(group: Group, k: int, method: str = "minimal") -> GroupNetwork:
    r"""A network of norm 1 and margin gamma*(G, k), to rounding.

    How far rounding goes: orthogonal matrices with :math:`\|\rho(gh) - \rho(g)\rho(h)\| \le \epsilon` for all g, h
    lie within :math:`2\epsilon` of a representation (Kazhdan 1982, amenable groups), :math:`\epsilon` is at most D
    times the measured ``defect``, and two dot products of length D add at most :math:`2D\, 2^{-52}`.

    Args:
        group: any finite group.
        k: number of inputs, at least 1.
        method: ``minimal``, ``attaining``, or ``morwani23`` (k = 2 and real representations only, as in the
        paper).

    Raises:
        InputError: for another k or method, a representation that the method does not cover, or a network of
            more than 10^8 numbers.

    Examples:
        >>> from theory.groups import load_group
        >>> [construct(load_group(name), 2).u.shape[0] for name in ("S3", "Q8", "S4")]
        [12, 26, 72]
    """
    margin = sparsest(max_margin(group, k), method)
    total = sum(widths(margin, method).values())
    if total * (k + 1) * group.order > LARGEST_NUMBERS:
        raise InputError(
            f"a network must hold at most {LARGEST_NUMBERS} numbers; {group.name} with k = {k} needs"
            f" {total} neurons of {(k + 1) * group.order}"
        )
    blocks_u, blocks_w, names, error = [], [], [], 0.0
    for v, (irrep, mass) in enumerate(zip(margin.characters.irreps, margin.mass_floats, strict=True)):
        if mass:
            rho = representation(group, v)
            chains = chains_of(rho, k, method)
            share = (mass / len(chains)) ** (1 / (k + 1)) / np.sqrt(k + 1)
            vectors = share * _unit(chain_functions(rho, chains))
            blocks_u.append(vectors[:, :k])
            blocks_w.append(vectors[:, k])
            names += [irrep.name] * len(chains)
            error = max(error, float(np.abs(vectors).max()) * irrep.dimension * (2 * rho.defect + 2.0**-51))
    u, w = np.concatenate(blocks_u), np.concatenate(blocks_w)
    return GroupNetwork(group, k, method, u, w, tuple(names), error)


def widths(margin: GroupMargin, method: str = "minimal") -> dict[str, int]:
    """Number of neurons per representation that carries mass: their sum is a sufficient width.

    Raises:
        InputError: as :func:`construct`.
    """
    carrying = [v for v, y in zip(margin.characters.irreps, margin.y, strict=True) if y]
    return {v.name: width_of(v, margin.k, method) for v in carrying}


def sparsest(margin: GroupMargin, method: str = "minimal") -> GroupMargin:
    """The same margin with the narrowest of the optimal masses that are known (they may not be unique)."""
    return min(margin.vertices, key=lambda vertex: sum(widths(vertex, method).values()))


def width_of(irrep: RealIrrep, k: int, method: str = "minimal") -> int:
    """Neurons that ``method`` spends on one real irreducible representation.

    Raises:
        InputError: for an unknown method, or one that does not cover k or this type.
    """
    require_integer("k", k, 1)
    if method not in get_args(Method):
        raise InputError(f"method must be one of {', '.join(get_args(Method))}; got {method!r}")
    if method == "morwani23" and (k != 2 or irrep.kind != "real"):
        raise InputError(f"morwani23 needs k = 2 and real representations; got k = {k}, {irrep.kind} {irrep.name}")
    d = irrep.dimension
    if method == "minimal" and k == 2:
        return d * (irrep.multiplicity * d + 1)
    if method == "minimal" and k == 3 and irrep.kind != "complex":
        return 2 * d**3 * (irrep.multiplicity + 1)
    chains = {"real": d ** (k + 1), "complex": (k + 1) * (d // 2) ** (k + 1), "quaternionic": d ** (k + 1) // 4}
    return 2 ** (k - 1) * chains[irrep.kind]


def chains_of(rho: Representation, k: int, method: str = "minimal") -> np.ndarray:
    """The design of ``method``: chains of unit vectors, shape (N, k+1, D)."""
    if method == "minimal" and k == 2:
        chains = _simplex_chains(rho)
    elif method == "minimal" and k == 3 and rho.irrep.kind != "complex":
        chains = _half_signed_chains(rho)
    else:
        chains = _basis_chains(rho, k)
    assert len(chains) == width_of(rho.irrep, k, method)
    return chains


def product_simplex(r: int, s: int) -> tuple[np.ndarray, np.ndarray]:
    r"""N = rs + 1 pairs of unit vectors, x of shape (N, r) and y of shape (N, s), whose products x ⊗ y are
    the vertices of a regular simplex: :math:`\langle x_i, x_j\rangle \langle y_i, y_j\rangle = -1/(rs)` for
    i != j.

    Ours.  Let :math:`\mathbb{Z}_N` act on x by the r frequencies A = {-(r-1)/2, ..., (r-1)/2} and on y by
    the s frequencies :math:`N/2 + r\{-(s-1)/2, \dots, (s-1)/2\}`, half-integers allowed.  Both sets are
    closed under negation modulo N, so the vectors are real; the rs sums of one of each are the residues
    other than 0 modulo N, each once.  With equal power in every frequency the inner product of the products
    is therefore :math:`\frac{1}{rs} \sum_{f \ne 0} e^{2\pi i f (i-j)/N} = -\frac{1}{rs}`.
    """
    n = r * s + 1
    first = [2 * a - (r - 1) for a in range(r)]
    second = [n + r * (2 * b - (s - 1)) for b in range(s)]
    return _real_orbit(first, n), _real_orbit(second, n)


def _real_orbit(doubled: list[int], n: int) -> np.ndarray:
    """Row j = 0..n-1: cosines and sines of 2 pi f j/n for the pairs +-f of ``doubled``/2 modulo n."""
    j = np.arange(n)
    columns = []
    for f in sorted({min(f % (2 * n), -f % (2 * n)) for f in doubled}):
        angle = np.pi * (f * j % (2 * n)) / n
        columns.append(np.cos(angle) * (1 if f % n == 0 else np.sqrt(2)))
        if f % n:
            columns.append(np.sin(angle) * np.sqrt(2))
    assert len(columns) == len(doubled)
    return np.stack(columns, axis=1) / np.sqrt(len(doubled))


def _simplex_chains(rho: Representation) -> np.ndarray:
    d = rho.irrep.dimension
    over_units = rho.basis[:: 1 + len(rho.units)]
    left, right = product_simplex(len(over_units), d)
    ends = [(x, y) for x, y in zip(left @ over_units, right @ rho.basis, strict=True)]
    return np.array([(x, middle, y) for middle in rho.basis for x, y in ends])


def _half_signed_chains(rho: Representation) -> np.ndarray:
    over_units = rho.basis[:: 1 + len(rho.units)]
    simplex, sign = product_simplex(len(over_units), 1)
    starts = sign * simplex @ over_units
    return np.array(list(product(starts, np.concatenate([rho.basis, -rho.basis]), rho.basis, rho.basis)))


def _basis_chains(rho: Representation, k: int) -> np.ndarray:
    basis, over_units = rho.basis, rho.basis[:: 1 + len(rho.units)]
    if rho.irrep.kind == "complex":
        paths = np.array(list(product(over_units, repeat=k + 1)))
        turned = [
            np.stack([paths[:, j] @ _turn(rho.units[0], j * t).T for j in range(k + 1)], axis=1)
            for t in np.pi * np.arange(k + 1) / (k + 1)
        ]
        paths = np.concatenate(turned)
    else:
        paths = np.array(list(product(over_units, *[basis] * k)))
    signs = np.array([(1, 1, *rest) for rest in product((1, -1), repeat=k - 1)])
    return np.concatenate([paths * row.cumprod()[:, None] for row in signs])


def _turn(unit: np.ndarray, angle: float) -> np.ndarray:
    return np.cos(angle) * np.eye(len(unit)) + np.sin(angle) * unit


def chain_functions(rho: Representation, chains: np.ndarray) -> np.ndarray:
    """u_1..u_k and w of every chain, shape (N, k+1, n), each of 2-norm sqrt(n/D)."""
    left = np.concatenate([chains[:, :-1], chains[:, :1]], axis=1)
    right = np.concatenate([chains[:, 1:], chains[:, -1:]], axis=1)
    coefficients = left[..., :, None] * right[..., None, :]
    size = rho.irrep.dimension**2
    return coefficients.reshape(*left.shape[:2], size) @ rho.matrices.reshape(-1, size).T


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
