r"""How many circles survive against the modulus p.

Source: Ding24 Sec. 3.1, Figure 5: 3 to 5 circles at (p, d) = (59, 128), more for larger primes (13..127, 100 networks
each).  A signal survives when it exceeds twice the mean of all p, so fewer than p/4 frequencies ever can: at p = 13
networks that keep most of their 6 frequencies are counted as keeping none, which is part of the rise.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from numerics.selection.intervals import share
from numerics.studies.ding24_sweeps.cells import (
    PAPER,
    EmbeddingCell,
    Training,
    Trainings,
    lines,
    protocol,
    train_all,
    with_cost,
)
from numerics.studies.ding24_sweeps.counts import judged, plot, rows, survivors, trend
from numerics.studies.study import Claim, Found, Session, Study, graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COUNTABLE = 23  # 5 circles can survive there, see above
PAPER_MODULI = (13, 19, 23, 29, 31, 37, 43, 47, 53, 59, 61, 67, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127)


@dataclass(frozen=True)
class Size:
    """Moduli, dimension, networks of each, and how they train."""

    moduli: tuple[int, ...]
    d: int
    networks: int
    training: Training


SIZES = {
    "smoke": Size((19, 23), 16, 2, Training(300, weight_decay=1.0)),
    "cpu": Size((13, 19, 23, 31, 59), 128, 6, Training(1500)),
    "full": Size(PAPER_MODULI, 128, 100, PAPER),
}


def cells(size: Size) -> list[EmbeddingCell]:
    """One cell per modulus; network s has the parameters and the split of seed s."""
    seeds = range(size.networks)
    return [EmbeddingCell(f"p{p}", p, size.d, seeds, seeds, size.training) for p in size.moduli]


def run(size: Size, session: Session) -> Found:
    """Train every modulus' networks, and count."""
    finished = train_all(cells(size), session)
    numbers = {"d": size.d, "rows": rows(finished, "p"), "trend": trend(finished, "p")}
    return with_cost(size, finished, cells(SIZES["full"]), numbers)


def claims(size: Size, found: Found) -> list[Claim]:
    """The direction, and the count at (59, 128)."""
    told = [judged("larger_p", "more circles survive for larger p", found.numbers["trend"], +1, 10, "10 of p")]
    large = [x for x in found.shown if x.cell.p >= COUNTABLE]
    if len(large) > 1:
        text = f"the same from p = {COUNTABLE} on, where the rule can count what is usual"
        told.append(judged("larger_p_where_countable", text, trend(large, "p"), +1, 10, "10 of p"))
    return told + _between(found.shown)


def _between(finished: Trainings) -> list[Claim]:
    """The claim at (59, 128), where it was measured."""
    counts = [survivors(x.rows) for x in finished if (x.cell.p, x.cell.d) == (59, 128)]
    if not counts:
        return []
    found = share(sum(3 <= count <= 5 for count in counts[0]), len(counts[0]))
    low, high = found["interval"]
    ours = f"{found['count']} of {found['seeds']} networks (exact 95% interval of the share {low:.2f}..{high:.2f})"
    grade = graded(found["share"] > 0.9, found["share"] > 0.5)
    rule = "reproduced when more than 0.9 of the networks do, partly when more than half"
    return [Claim("three_to_five", "3 to 5 circles survive at p = 59, d = 128", "3-5", ours, grade, rule)]


def figure(size: Size, found: Found) -> "Figure":
    """Counts against the modulus."""
    from matplotlib.figure import Figure

    slope = found.numbers["trend"]
    figure = Figure(figsize=(7, 4), layout="constrained")
    ax = plot(figure.subplots(), found.numbers["rows"], "p")
    low, high = (10 * x for x in slope["interval"])
    ax.set_title(
        f"Larger moduli keep more circles: {10 * slope['slope']:+.2f} per 10 of p (95% {low:+.2f}..{high:+.2f})\n"
        f"d = {size.d}, {size.networks} networks for each p; paper: increasing",
        fontsize=9.5,
    )
    ax.set_xlabel("modulus p")
    return figure


STUDY = Study(
    "ding24-sweep-p", "Ding24: surviving circles against the modulus", "Ding24",
    SIZES, run, claims, figure, lines, settings=protocol,
)  # fmt: skip
