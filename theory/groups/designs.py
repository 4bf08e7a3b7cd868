r"""Designs: the neurons inside one real irreducible representation V that add up to its character.

A neuron of best value inside V is a *chain* of unit vectors :math:`y_0, \dots, y_k \in V`:

.. math:: u_j(g) = \langle y_{j-1}, \rho(g)\, y_j \rangle, \qquad w(g) = \langle y_0, \rho(g)\, y_k \rangle.

A design is a list of chains of equal mass that satisfies

* wanted: :math:`\sum \prod_j u_j(a_j)\, w(c) \propto \chi_V(a_1 \cdots a_k c^{-1})`;
* unwanted: every other monomial of :math:`(u_1 + \dots + u_k)^k w` sums to zero over the design.

The first holds when :math:`y_0` runs over a tight frame of a real subspace of dimension n_V that spans V over K (the
reals, complex numbers or quaternions by type: x -> xh, h a unit of K, changes no neuron), and
:math:`y_1, \dots, y_k` over tight frames of V.  Designs differ in how they meet the second.

*Proof.*  A sum of :math:`\langle x, A x \rangle` over a tight frame is a multiple of the trace, so the wanted product

.. math:: \langle y_0, \rho(a_1) y_1 \rangle \cdots \langle y_{k-1}, \rho(a_k) y_k \rangle
   \langle y_0, \rho(c) y_k \rangle

adds up, place by place, to a multiple of the trace of :math:`\rho(a_1) \cdots \rho(a_k) \rho(c)^{-1}`.  The second is
the subject of the rest.

``attaining`` (ours; Morwani23 Lemma 20 for k = 2, real type).  Orthonormal bases, and all sign vectors
:math:`s_1 = 1, s_2, \dots, s_k` on u with their product on w: polarisation.  For the complex type, complex bases
turned by :math:`e^{jtJ}` at place j, :math:`t = \pi i/(k+1)`, i = 0..k, as in ``theory.construction``.  Widths
:math:`2^{k-1} D^{k+1}` (real), :math:`(k+1)\,2^{k-1} (D/2)^{k+1}` (complex), :math:`2^{k-1} D^{k+1}/4` (quaternionic).

``minimal``, k = 2 (ours): :math:`D (n_V D + 1)`.  With :math:`y_1` in an orthonormal basis
:math:`\sum u_1(a)^2 = |y_0|^2 = 1`, so :math:`u_1^2 w` and :math:`u_2^2 w` vanish as soon as
:math:`\sum y_0 \otimes y_2 = 0`: no signs are needed.  A tight frame of :math:`n_V D` dimensions whose sum is zero
has at least :math:`n_V D + 1` vectors, and then is a regular simplex; :func:`product_simplex` is one made of products.

``minimal``, k = 3, 4, 5 (ours): :math:`(n_V + 1) D^2 (D+1)`, :math:`(n_V + 1) D (D+1)^3`,
:math:`(n_V + 1)(D+1)^5`, where this is less than ``attaining``.  A product of frames: regular simplices, whose sum is
zero, at the places :data:`ZERO_SUM`, orthonormal bases elsewhere.  Draw a monomial as a cycle
:math:`y_0, \dots, y_k` whose edges have multiplicities :math:`e_1, \dots, e_k` and 1 (for w).  A simplex at the end of
a simple edge kills it; a frame at the end of a double edge turns the square into a constant and removes it.  Unwanted
monomials have some :math:`e_j = 0`, so the edge w lies on a path, and for k <= 5 these two rules dissolve it from one
end or the other (an edge of multiplicity 3 on both sides of w takes k >= 6).  There are no signs at all: the width is
:math:`D^{k+1}(1 + O(1/D))` for the real type.

That is nearly best (ours; k >= 2).  If all class weights are positive, the wanted sum is forced; for the real type it
is the identity of :math:`V^{\otimes(k+1)}`, of rank :math:`D^{k+1}`, to which one chain adds rank one.  So the real
type needs at least :math:`D^{k+1}` neurons in every maximum-margin network.
"""

from itertools import product
from math import prod
from typing import Literal, get_args

import numpy as np

from theory.errors import InputError, require_integer
from theory.groups.matrices import Representation
from theory.groups.real import RealIrrep

Method = Literal["minimal", "attaining", "morwani23"]
ZERO_SUM = {3: (0, 3), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4, 5)}


def width_of(irrep: RealIrrep, k: int, method: str = "minimal") -> int:
    """Neurons that ``method`` spends on one real irreducible representation.

    Raises:
        InputError: for an unknown method, or one that does not cover k or this type.

    Examples:
        >>> from theory.groups import load_group
        >>> from theory.groups.real import real_characters
        >>> [(v.name, width_of(v, 2)) for v in real_characters(load_group("A4")).irreps[1:]]
        [('2a', 6), ('3a', 30)]
    """
    require_integer("k", k, 1)
    if method not in get_args(Method):
        raise InputError(f"method must be one of {', '.join(get_args(Method))}; got {method!r}")
    if method == "morwani23" and (k != 2 or irrep.kind != "real"):
        raise InputError(f"morwani23 needs k = 2 and real representations; got k = {k}, {irrep.kind} {irrep.name}")
    if method == "minimal":
        return int(min(_attaining_width(irrep, k), _signless_width(irrep, k)))
    return _attaining_width(irrep, k)


def chains_of(rho: Representation, k: int, method: str = "minimal") -> np.ndarray:
    """The design of ``method``: chains of unit vectors, shape (N, k+1, D)."""
    width = width_of(rho.irrep, k, method)
    if method != "minimal" or width < _signless_width(rho.irrep, k):
        chains = _basis_chains(rho, k)
    else:
        chains = _simplex_chains(rho) if k == 2 else _frame_chains(rho, ZERO_SUM[k])
    assert len(chains) == width
    return chains


def chain_functions(rho: Representation, chains: np.ndarray) -> np.ndarray:
    """u_1..u_k and w of every chain, shape (N, k+1, n), each of 2-norm sqrt(n/D)."""
    left = np.concatenate([chains[:, :-1], chains[:, :1]], axis=1)
    right = np.concatenate([chains[:, 1:], chains[:, -1:]], axis=1)
    coefficients = left[..., :, None] * right[..., None, :]
    size = rho.irrep.dimension**2
    return coefficients.reshape(*left.shape[:2], size) @ rho.matrices.reshape(-1, size).T


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


def _attaining_width(irrep: RealIrrep, k: int) -> int:
    d = irrep.dimension
    chains = {"real": d ** (k + 1), "complex": (k + 1) * (d // 2) ** (k + 1), "quaternionic": d ** (k + 1) // 4}
    return 2 ** (k - 1) * chains[irrep.kind]


def _signless_width(irrep: RealIrrep, k: int) -> float:
    """Width of the designs without signs; infinite where none is known."""
    d = irrep.dimension
    if k == 2:
        return d * (irrep.multiplicity * d + 1)
    if k not in ZERO_SUM:
        return float("inf")
    sizes = [d + (j in ZERO_SUM[k]) for j in range(1, k + 1)]
    return (irrep.multiplicity + 1) * prod(sizes)


def _frame_chains(rho: Representation, zero_sum: tuple[int, ...]) -> np.ndarray:
    places = range(max(zero_sum) + 1)
    spaces = [rho.basis[:: 1 + len(rho.units)] if j == 0 else rho.basis for j in places]
    frames = [_regular_simplex(len(space)) @ space if j in zero_sum else space for j, space in enumerate(spaces)]
    return np.array(list(product(*frames)))


def _regular_simplex(d: int) -> np.ndarray:
    """d + 1 unit vectors of sum zero in d dimensions, one per row."""
    x, sign = product_simplex(d, 1)
    return sign * x


def _simplex_chains(rho: Representation) -> np.ndarray:
    d = rho.irrep.dimension
    over_units = rho.basis[:: 1 + len(rho.units)]
    left, right = product_simplex(len(over_units), d)
    ends = [(x, y) for x, y in zip(left @ over_units, right @ rho.basis, strict=True)]
    return np.array([(x, middle, y) for middle in rho.basis for x, y in ends])


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
