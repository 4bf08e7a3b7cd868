"""Exact maximum-margin networks for any finite group, any number k of inputs.

Every real irreducible representation V that carries mass lambda_V (``theory.groups.margin``) gets the neurons of a
design (``theory.groups.designs``), equal in mass and scaled so that the network has norm 1.
"""

from dataclasses import dataclass

import numpy as np

from theory.errors import InputError
from theory.groups.designs import chain_functions, chains_of, width_of
from theory.groups.group import Group
from theory.groups.margin import GroupMargin, max_margin
from theory.groups.matrices import representation

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
    lie within :math:`2\epsilon` of a representation (Kazhdan82, amenable groups), :math:`\epsilon` is at most D
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

    Examples:
        >>> from theory.groups import load_group
        >>> from theory.groups.margin import max_margin
        >>> widths(max_margin(load_group("S3"), 2))
        {'1b': 2, '2a': 10}
    """
    carrying = [v for v, y in zip(margin.characters.irreps, margin.y, strict=True) if y]
    return {v.name: width_of(v, margin.k, method) for v in carrying}


def sparsest(margin: GroupMargin, method: str = "minimal") -> GroupMargin:
    """The same margin with the narrowest of the optimal masses that are known (they may not be unique)."""
    return min(margin.vertices, key=lambda vertex: sum(widths(vertex, method).values()))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
