r"""Is a network on a group maximum-margin?  A lower bound on its margin that never enumerates the n^k inputs.

A network whose neurons each lie in one real irreducible representation V is, up to a function h(a) of the inputs
alone,

.. math:: f(a)[c] = \sum_V \kappa_V\, \chi_V(a_1 \cdots a_k c^{-1}) + \text{(rest of the wanted monomial)} +
   \text{(unwanted monomials)},

and its margin is at least :math:`\min_{\delta \ne e} \sum_V \kappa_V (D_V - \chi_V(\delta))` minus twice a bound
on the rest.

* Unwanted: when the neurons come in whole families of the :math:`2^{k-1}` sign changes, equal to the last bit, they
  cancel exactly (polarisation).  Otherwise they are tables over at most k-1 inputs and the label: at k = 2, over the
  n^2 pairs (a, c).
* Wanted: :math:`k! \prod_j u_j(a_j)\, w(c)` is a tensor in the coefficients of :math:`\rho`, of size
  :math:`D^{2(k+1)}`; its distance to a multiple of the tensor of :math:`\chi_V`, times :math:`D^{(k+1)/2}`, bounds
  the rest at every input, since each :math:`\rho(g)` has Frobenius norm :math:`\sqrt D`.
"""

from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import factorial, prod

import numpy as np

from theory.errors import InputError
from theory.groups.group import Group
from theory.groups.margin import max_margin
from theory.groups.matrices import Representation, isotypic_powers, isotypic_projections, representation
from theory.groups.real import real_characters
from theory.task import network_norm, neuron_norms

LARGEST_TENSOR = 10**7
LIVE = 1e-6


@dataclass(frozen=True)
class NetworkCertificate:
    """What :func:`certify` found; every number is for the network scaled to norm 1.

    Attributes:
        gamma: gamma*(G, k).
        margin: lower bound on the normalised margin.
        purity: least share of a live neuron's power that lies in one representation.
        unwanted: bound on the unwanted monomials at any input and label; 0 when they cancel by signs.
        rest: bound on the wanted monomial's deviation from a sum of characters.
        masses: mass per representation, in the order of ``real_characters``.
    """

    gamma: float
    margin: float
    purity: float
    unwanted: float
    rest: float
    masses: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """margin / gamma*: the network is maximum-margin to within 1 minus this."""
        return self.margin / self.gamma


def certify(group: Group, u: np.ndarray, w: np.ndarray) -> NetworkCertificate:
    """A lower bound on the normalised margin of (u, w), from its structure.

    The bound is worthless (far below the margin, or negative) for a network without that structure: it says
    nothing against such a network.  Computed in float64; ``rest`` includes an allowance for rounding.

    Args:
        group: G, of order n.
        u: shape (m, k, n).
        w: shape (m, n).

    Cost: D^(2(k+1)) m multiplications per representation, R n^2 m for the projections, and n^k m per unwanted
    monomial when the signs do not cancel them.

    Raises:
        InputError: for shapes that do not fit, a zero network, a representation too large for k, or tables of
            unwanted monomials that are too large.

    Examples:
        >>> from theory.groups import load_group
        >>> from theory.groups.construction import construct
        >>> network = construct(load_group("S3"), 2)
        >>> certify(load_group("S3"), network.u, network.w).ratio > 1 - 1e-9
        True
    """
    m, k, n = _shapes(group, u, w)
    norm = float(network_norm(u, w))
    if not np.isfinite(norm) or norm == 0:
        raise InputError(f"the network's norm must be positive and finite; got {norm}")
    u, w = u / norm, w / norm
    vectors = np.concatenate([u, w[:, None]], axis=1)
    powers = isotypic_powers(group, vectors).sum(axis=-1)
    home = powers.argmax(axis=0)
    masses = neuron_norms(u, w) ** (k + 1)
    live = masses > LIVE * masses.mean()
    purity = float((powers.max(axis=0)[live] / powers.sum(axis=0)[live]).min())

    projected = isotypic_projections(group, vectors)[home, np.arange(m)]
    leak = _leak_bound(vectors, projected)
    unwanted = 0.0 if _whole_sign_families(u, w) else _unwanted_tables(u, w)
    characters = real_characters(group)
    kappa, rest = np.zeros(len(characters.irreps)), leak + (m + n) * k * 2.0**-52 * _scale(vectors)
    for v in np.unique(home[live]).tolist():
        if v:
            rho = representation(group, v)
            kappa[v], deviation = _wanted(rho, projected[home == v], group.order)
            rest += deviation
    rest += _scale(projected[~live & ~np.isin(home, home[live])])  # dead neurons where nothing lives
    per_class = kappa @ (np.array([[float(v.dimension)] for v in characters.irreps]) - characters.values)
    margin = float(per_class[1:].min()) - 2 * (unwanted + rest)
    shares = np.bincount(home, masses, minlength=len(kappa)) / masses.sum()
    return NetworkCertificate(max_margin(group, k).value, margin, purity, unwanted, rest, tuple(shares.tolist()))


def _shapes(group: Group, u: np.ndarray, w: np.ndarray) -> tuple[int, int, int]:
    if u.ndim != 3 or w.shape != (u.shape[0], u.shape[2]) or u.shape[2] != group.order or not u.size:
        raise InputError(f"u must be (m, k, n) and w (m, n) with n = {group.order}; got {u.shape} and {w.shape}")
    return u.shape


def _scale(vectors: np.ndarray) -> float:
    """Bound on |f| at any input: sum over neurons of (sum_j max|u_j|)^k max|w|."""
    largest = np.abs(vectors).max(axis=-1)
    return float((largest[:, :-1].sum(axis=1) ** (vectors.shape[1] - 1) * largest[:, -1]).sum())


def _leak_bound(vectors: np.ndarray, projected: np.ndarray) -> float:
    """Bound on the change of f at any input when each neuron is replaced by its projection."""
    k = vectors.shape[1] - 1
    largest = np.maximum(np.abs(vectors).max(axis=-1), np.abs(projected).max(axis=-1))
    change = np.abs(vectors - projected).max(axis=-1)
    total = largest[:, :k].sum(axis=1)
    by_u = k * total ** (k - 1) * change[:, :k].sum(axis=1) * largest[:, k]
    return float((by_u + total**k * change[:, k]).sum())


def _whole_sign_families(u: np.ndarray, w: np.ndarray) -> bool:
    """Whether neurons come in whole families {(s_1 u_1, ..., s_k u_k, (prod s) w)}, equal to the last bit.

    (u, w) and (-u, (-1)^k w) are the same neuron, so a family has 2^(k-1) members.
    """
    k = u.shape[1]
    families: dict[bytes, dict[tuple[int, ...], int]] = {}
    for neuron, output in zip(u, w, strict=True):
        signs = [_leading_sign(vector) for vector in neuron]
        if 0 in signs:
            return False
        canonical = neuron * np.array(signs)[:, None]
        key = canonical.tobytes() + (output * np.prod(signs) + 0.0).tobytes()
        relative = tuple(s * signs[0] for s in signs[1:])
        family = families.setdefault(key, {})
        family[relative] = family.get(relative, 0) + 1
    return all(len(family) == 2 ** (k - 1) and len(set(family.values())) == 1 for family in families.values())


def _leading_sign(vector: np.ndarray) -> int:
    nonzero = vector[vector != 0]
    return int(np.sign(nonzero[0])) if len(nonzero) else 0


def _unwanted_tables(u: np.ndarray, w: np.ndarray) -> float:
    """Bound on the unwanted monomials: tables of sum_i prod_j u_ij(a_j)^(e_j) w_i(c), less their mean over c."""
    m, k, n = u.shape
    if m * n ** (k - 1) > LARGEST_TENSOR:
        need = f"without whole families of signs m n^(k-1) must be at most {LARGEST_TENSOR}"
        raise InputError(f"{need}; got {m} * {n}^{k - 1}")
    total = 0.0
    for exponents in product(range(k + 1), repeat=k):
        if sum(exponents) == k and exponents != (1,) * k:
            factors = np.stack([u[:, j] ** e for j, e in enumerate(exponents) if e], axis=1)
            table = _row_products(factors).T @ w
            count = factorial(k) // prod(factorial(e) for e in exponents)
            total += count * float(np.abs(table - table.mean(axis=1, keepdims=True)).max())
    return total


def _wanted(rho: Representation, vectors: np.ndarray, n: int) -> tuple[float, float]:
    """(kappa, bound on the deviation at any input) for neurons inside one representation; shape (N, k+1, n)."""
    size, k = rho.irrep.dimension, vectors.shape[1] - 1
    if size ** (2 * (k + 1)) > LARGEST_TENSOR:
        raise InputError(f"D^(2(k+1)) must be at most {LARGEST_TENSOR}; {rho.irrep.name} and k = {k} exceed it")
    flat = rho.matrices.reshape(n, -1)
    coefficients = vectors @ flat * (rho.irrep.multiplicity / n)
    split = (k + 1) // 2
    left, right = (_row_products(part) for part in (coefficients[:, :split], coefficients[:, split:]))
    tensor = factorial(k) * (left.T @ right).reshape((size**2,) * (k + 1))
    target = _character_tensor(rho, k)
    kappa = float((tensor * target).sum() / (target**2).sum())
    return kappa, float(np.linalg.norm(tensor - kappa * target)) * size ** ((k + 1) / 2)


def _row_products(factors: np.ndarray) -> np.ndarray:
    """Row-wise Kronecker product of factors[:, 0], factors[:, 1], ...: shape (N, product of sizes)."""
    columns = [factors[:, j] for j in range(factors.shape[1])]
    return reduce(lambda a, b: (a[:, :, None] * b[:, None, :]).reshape(len(a), -1), columns)


def _character_tensor(rho: Representation, k: int) -> np.ndarray:
    """chi_V(a_1 ... a_k c^-1) as a tensor in the coefficients of rho(a_1), ..., rho(a_k), rho(c).

    trace(rho(a_1) ... rho(a_k) rho(c)^T) has entries 1 along a cycle of indices; only its part in the span of the
    matrices rho(g) matters, so each axis is projected onto that span.
    """
    size = rho.irrep.dimension
    tensor = np.zeros((size,) * (2 * (k + 1)))
    cycle = np.meshgrid(*[np.arange(size)] * (k + 1), indexing="ij")
    places = [x for j in range(k) for x in (cycle[j], cycle[j + 1])]
    tensor[(*places, cycle[0], cycle[k])] = 1
    tensor = tensor.reshape((size**2,) * (k + 1))
    if len(rho.units):
        flat = rho.matrices.reshape(len(rho.matrices), -1)
        span = flat.T @ flat * (rho.irrep.multiplicity / len(flat))
        for axis in range(k + 1):
            tensor = np.moveaxis(np.tensordot(span, tensor, axes=(1, axis)), 0, axis)
    return tensor
