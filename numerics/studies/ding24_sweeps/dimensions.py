r"""How many circles survive against the dimension d of the embedding.

Source: Ding24 Sec. 3.1, Figure 5 (p = 59, d from 16 to 128, 50 networks each: increasing).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from numerics.studies.ding24_sweeps.cells import PAPER, EmbeddingCell, Training, lines, protocol, train_all, with_cost
from numerics.studies.ding24_sweeps.counts import judged, plot, rows, trend
from numerics.studies.study import Claim, Found, Session, Study

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAPER_LEAST = 16


@dataclass(frozen=True)
class Size:
    """Modulus, dimensions, networks of each, and how they train."""

    p: int
    dimensions: tuple[int, ...]
    networks: int
    training: Training


SIZES = {
    "smoke": Size(23, (8, 32), 2, Training(300, weight_decay=1.0)),
    "cpu": Size(23, (4, 8, 16, 32, 64), 4, Training(500, weight_decay=1.0)),
    "full": Size(59, tuple(range(16, 129)), 50, PAPER),
}


def cells(size: Size) -> list[EmbeddingCell]:
    """One cell per dimension; network s has the parameters and the split of seed s."""
    seeds = range(size.networks)
    return [EmbeddingCell(f"d{d}", size.p, d, seeds, seeds, size.training) for d in size.dimensions]


def run(size: Size, session: Session) -> Found:
    """Train every dimension's networks, and count."""
    finished = train_all(cells(size), session)
    numbers = {"p": size.p, "rows": rows(finished, "d"), "trend": trend(finished, "d")}
    return with_cost(size, finished, cells(SIZES["full"]), numbers)


def claims(size: Size, found: Found) -> list[Claim]:
    """The direction, over all dimensions and where the paper looked."""
    judgements = [judged("larger_d", "more circles survive for larger d", found.numbers["trend"], +1, 16, "16 of d")]
    large = [x for x in found.shown if x.cell.d >= PAPER_LEAST]
    if 1 < len(large) < len(found.shown):
        text = f"the same where the paper looked, from d = {PAPER_LEAST} on"
        judgements.append(judged("larger_d_from_16", text, trend(large, "d"), +1, 16, "16 of d"))
    return judgements


def figure(size: Size, found: Found) -> "Figure":
    """Counts against the dimension."""
    from matplotlib.figure import Figure

    slope = found.numbers["trend"]
    figure = Figure(figsize=(7, 4), layout="constrained")
    ax = plot(figure.subplots(), found.numbers["rows"], "d")
    low, high = (16 * x for x in slope["interval"])
    ax.set_title(
        f"Survivors against dimension: {16 * slope['slope']:+.2f} circles per 16 of d (95% {low:+.2f}..{high:+.2f})\n"
        f"p = {size.p}, {size.networks} networks for each d; paper: increasing",
        fontsize=9.5,
    )
    ax.set_xlabel("dimension d of the embedding")
    return figure


STUDY = Study(
    "ding24-sweep-d", "Ding24: surviving circles against the embedding's dimension", "Ding24",
    SIZES, run, claims, figure, lines, settings=protocol,
)  # fmt: skip
