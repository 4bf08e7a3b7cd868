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

Proof of alignment, for every type.  The matrices spanned by :math:`\rho(g)` are M_d(K), K the reals, complex numbers or
quaternions, :math:`D_V = d\,|K|` with :math:`|K|` = 1, 2, 4.  With :math:`u_j(g) = \langle A_j, \rho(g) \rangle` in
M_d(K) and n_V = d, Schur's lemma gives :math:`T_V = n_V^{-k} \langle A_1 \cdots A_k, B \rangle` and
:math:`\|u_j\|^2 = (n/n_V) \|A_j\|^2`.  Over K the Frobenius norm is smaller by :math:`\sqrt{|K|}`, it is
submultiplicative, and Cauchy's inequality gives :math:`\langle A_1 \cdots A_k, B \rangle \le
|K|^{(1-k)/2} \prod \|A_j\|\, \|B\|`.  Collecting powers: :math:`n^{-(k+1)/2} (n_V |K|)^{(1-k)/2}`, and
:math:`n_V |K| = D_V`.
"""

from dataclasses import dataclass
from math import factorial

import numpy as np

from theory.groups.group import Group
from theory.groups.margin import max_margin
from theory.groups.matrices import isotypic_projections, representation
from theory.groups.real import real_characters


@dataclass(frozen=True, eq=False)
class GroupAccount:
    """Per neuron; each of the five factors is an array of shape (m,), 0 where it is 0/0.

    Attributes:
        efficiency: mean class-weighted margin over gamma* ||theta_i||^(k+1): the product of the five factors.
        alignment: in [-1, 1].
        representation: in [0, 1].
        balance: in [0, 1].
        concentration: in [0, 1].
        mean: in [0, 1].
        shares: mass of each neuron over the mass of the network.
        powers: power of each neuron in each real irreducible representation, shape (R, m).
    """

    efficiency: np.ndarray
    alignment: np.ndarray
    representation: np.ndarray
    balance: np.ndarray
    concentration: np.ndarray
    mean: np.ndarray
    shares: np.ndarray
    powers: np.ndarray

    @property
    def mean_margin(self) -> float:
        """Mean class-weighted margin of the network, normalised, over gamma*."""
        return float(self.shares @ self.efficiency)


def account(group: Group, u: np.ndarray, w: np.ndarray) -> GroupAccount:
    """The account of every neuron of (u, w), shapes (m, k, n) and (m, n).

    Cost: R n^2 m (k+1) for the projections, n D^2 m (k+1) per representation; nothing grows like n^k.

    Examples:
        >>> from theory.groups import load_group
        >>> from theory.groups.construction import construct
        >>> network = construct(load_group("S3"), 2)
        >>> round(float(account(load_group("S3"), network.u, network.w).alignment.min()), 12)
        1.0
    """
    _, k, n = u.shape
    characters, margin = real_characters(group), max_margin(group, k)
    vectors = np.concatenate([u, w[:, None]], axis=1)
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
    nontrivial, everything = powers[1:].sum(axis=0), powers.sum(axis=0)

    exponent = (k + 1) / 2
    achieved = (gains * totals).sum(axis=0)
    possible = (gains * bounds).sum(axis=0)
    products = best * np.sqrt(squares[1:]).prod(axis=-1).sum(axis=0)
    means = best * ((powers[1:] / (k + 1)) ** exponent).sum(axis=0)
    merged = best * (nontrivial / (k + 1)) ** exponent
    whole = best * (everything / (k + 1)) ** exponent
    mass = everything**exponent
    return GroupAccount(
        efficiency=_ratio(achieved, whole),
        alignment=_ratio(achieved, possible),
        representation=_ratio(possible, products),
        balance=_ratio(products, means),
        concentration=_ratio(means, merged),
        mean=_ratio(merged, whole),
        shares=mass / mass.sum(),
        powers=powers,
    )


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


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
