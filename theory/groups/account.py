r"""Where a network on a group loses margin: each neuron's loss, split exactly over the steps of the upper bound (ours).

Write :math:`u_j^V` for the part of u_j of type V, :math:`n = |G|`, and
:math:`T_V = \mathbb{E}_{a \in G^k}\, \prod_j u_j^V(a_j)\, w^V(a_1 \cdots a_k)`.  The mean class-weighted margin of
one neuron is :math:`k! \sum_V T_V\, \eta_V`, :math:`\eta_V = 1 - \sum_\delta \tau_\delta \chi_V(\delta)/D_V`.  The
proof bounds it by :math:`\gamma^* \|\theta_i\|^{k+1}` in steps; the efficiency of the neuron is the product of the
steps' ratios:

* alignment: :math:`|T_V| \le b_V = n^{-(k+1)/2} D_V^{(1-k)/2} \prod_j \|u_j^V\|\, \|w^V\|` (phases, one chain);
* representation: :math:`k!\, n^{-(k+1)/2} D_V^{(1-k)/2} \eta_V \le \gamma^* (k+1)^{(k+1)/2}`, equal where V may
  carry mass;
* balance: a product of k+1 norms against the mean of their squares :math:`z_V/(k+1)` (AM-GM);
* concentration: :math:`\sum_V z_V^{(k+1)/2} \le (\sum_V z_V)^{(k+1)/2}`, equality for one representation (k >= 2);
* mean: power in the trivial representation is wasted.

Proof of the first formula.  In :math:`(\sum_j u_j(a_j))^k\, w(a_1 \cdots a_k \delta)` a monomial that misses an input
has a mean that does not depend on :math:`\delta`, and cancels because :math:`\tau` adds up to 1; the other one is
:math:`k!\, \prod_j u_j\, w`, in which parts of different types are orthogonal.  :math:`\tau` is constant on classes and
symmetric, so averaging w over it commutes with the group and is a multiple of the identity on each real type V, by the
trace :math:`\sum_\delta \tau_\delta \chi_V(\delta)/D_V`.

Proof of alignment, for every type.  The matrices spanned by :math:`\rho(g)` are M_d(K), K the reals, complex numbers or
quaternions, :math:`D_V = d\,|K|` with :math:`|K|` = 1, 2, 4.  With :math:`u_j(g) = \langle A_j, \rho(g) \rangle` in
M_d(K) and n_V = d, Schur's lemma gives :math:`T_V = n_V^{-k} \langle A_1 \cdots A_k, B \rangle` and
:math:`\|u_j\|^2 = (n/n_V) \|A_j\|^2`.  Over K the Frobenius norm is smaller by :math:`\sqrt{|K|}`, it is
submultiplicative, and Cauchy's inequality gives :math:`\langle A_1 \cdots A_k, B \rangle \le
|K|^{(1-k)/2} \prod \|A_j\|\, \|B\|`.  Collecting powers: :math:`n^{-(k+1)/2} (n_V |K|)^{(1-k)/2}`, and
:math:`n_V |K| = D_V`.
"""

from math import factorial

import numpy as np

from theory.groups.group import Group
from theory.groups.margin import max_margin
from theory.groups.matrices import isotypic_projections, representation
from theory.groups.real import real_characters


def chain(group: Group, vectors: np.ndarray) -> list[np.ndarray]:
    r"""The six members of the chain of bounds, from a neuron's mean class-weighted margin up to its mass.

    Args:
        group: G, of order n.
        vectors: u_1..u_k and w of every neuron, shape (m, k+1, n).

    Returns:
        arrays of shape (m,); each is at most the next, the first may be negative, and the last is
        :math:`\gamma^* \|\theta_i\|^{k+1}`.  Neighbours are apart by alignment, representation, balance,
        concentration and mean.

    Cost: R n^2 m (k+1) for the projections, n D^2 m (k+1) per representation; nothing grows like n^k.
    """
    k, n = vectors.shape[1] - 1, vectors.shape[2]
    characters, margin = real_characters(group), max_margin(group, k)
    parts = isotypic_projections(group, vectors)
    squares = (parts**2).sum(axis=-1)
    dimensions = np.array([float(v.dimension) for v in characters.irreps])
    ratios = characters.values[:, group.class_of] / dimensions[:, None]
    eta = 1 - ratios @ margin.tau
    unit = n ** (-(k + 1) / 2) * dimensions ** ((1 - k) / 2)

    bounds = unit[1:, None] * np.sqrt(squares[1:]).prod(axis=-1)
    totals = np.stack([_mean_product(group, v, parts[v]) for v in range(1, len(dimensions))])
    gains = factorial(k) * eta[1:, None]
    best = margin.value * (k + 1) ** ((k + 1) / 2)
    powers = squares.sum(axis=-1)

    exponent = (k + 1) / 2
    return [
        (gains * totals).sum(axis=0),
        (gains * bounds).sum(axis=0),
        best * np.sqrt(squares[1:]).prod(axis=-1).sum(axis=0),
        best * ((powers[1:] / (k + 1)) ** exponent).sum(axis=0),
        best * (powers[1:].sum(axis=0) / (k + 1)) ** exponent,
        best * (powers.sum(axis=0) / (k + 1)) ** exponent,
    ]


def _mean_product(group: Group, v: int, parts: np.ndarray) -> np.ndarray:
    r"""T_V of neurons inside one representation, shape (m, k+1, n) -> (m,).

    With coefficient matrices A_j, :math:`u_j(g) = \langle A_j, \rho(g) \rangle`, convolutions multiply:
    averaging :math:`\prod_j u_j(a_j)` over products :math:`a_1 \cdots a_k = c` has the coefficients
    :math:`A_1 \cdots A_k\, n_V^{1-k}`.
    """
    rho = representation(group, v)
    size, n_v = rho.irrep.dimension, rho.irrep.multiplicity
    coefficients = parts @ rho.matrices.reshape(group.order, -1) * (n_v / group.order)
    matrices = coefficients.reshape(*parts.shape[:2], size, size)
    product = matrices[:, 0]
    for j in range(1, parts.shape[1] - 1):
        product = product @ matrices[:, j] / n_v
    return (product * matrices[:, -1]).sum(axis=(1, 2)) / n_v
