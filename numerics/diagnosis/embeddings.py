"""Tables with one row per symbol: their frequencies or representations, their circles, the rank they need."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from numerics.analysis.circles import axis_ratio, circularity, survivors
from numerics.analysis.harmonics import frequency_shares, significant
from numerics.analysis.ranks import rank_needed
from numerics.diagnosis.opened import Table
from theory.groups.group import Group
from theory.groups.matrices import isotypic_powers
from theory.groups.real import real_characters

MOST_OF_THE_ENERGY = 0.99


@dataclass(frozen=True)
class Circle:
    """A frequency of an embedding: how pure its plane is, and short over long axis; 1 and 1 for a clean circle."""

    frequency: int
    circularity: float
    axis_ratio: float


@dataclass(frozen=True)
class TableReport:
    """What is in a table.

    Attributes:
        name: its name.
        dimension: d.
        components: the fewest frequencies or representations that hold 90% of its power without the mean.
        held: share of that power at the components that the logits use.
        rank: singular values that hold 99% of the energy of the rows without their mean.
        needed: rank, mean included, at which the network keeps its accuracy; None where nobody asked.
        circles: on Z_p, frequencies that survive by Ding24's rule, the strongest first.
    """

    name: str
    dimension: int
    components: tuple[str, ...]
    held: float
    rank: int
    needed: int | None
    circles: tuple[Circle, ...]


def component_shares(rows: np.ndarray, group: Group | None) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of the components without the trivial one, and their shares of the power of a table (n, d)."""
    if group is None:
        shares = frequency_shares(rows)
        return tuple(str(zeta) for zeta in range(1, len(shares))), shares[1:]
    powers = isotypic_powers(group, rows.T).sum(axis=1)[1:]
    names = tuple(irrep.name for irrep in real_characters(group).irreps[1:])
    return names, powers / powers.sum() if powers.sum() > 0 else powers


def report(
    table: Table, group: Group | None, used: tuple[str, ...], score: Callable[[np.ndarray], float] | None
) -> TableReport:
    """Look at one table.

    Args:
        table: the table.
        group: the group; None for Z_p.
        used: the components that the logits use.
        score: accuracy of the network with other rows in their place; None leaves ``needed`` out.
    """
    rows = table.rows
    names, shares = component_shares(rows, group)
    strongest = tuple(names[i] for i in significant(shares))
    held = float(sum(share for name, share in zip(names, shares, strict=True) if name in used))
    circles: tuple[Circle, ...] = ()
    if group is None and rows.shape[1] > 1:
        below = [k for k in survivors(rows) if 2 * k < len(rows)]
        circles = tuple(Circle(k, circularity(rows, k), axis_ratio(rows, k)) for k in below)
    centred = rows - rows.mean(axis=0)
    rank = 0
    if np.abs(centred).max() > 1e-12 * np.abs(rows).max(initial=0):
        squares = np.linalg.svd(centred, compute_uv=False) ** 2
        rank = 1 + int(np.searchsorted(np.cumsum(squares), MOST_OF_THE_ENERGY * squares.sum()))
    needed = None if score is None else rank_needed(rows, score, score(rows))
    return TableReport(table.name, rows.shape[1], strongest, held, rank, needed, circles)
