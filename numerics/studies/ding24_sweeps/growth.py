r"""How many circles survive against the modulus p, and against the dimension d of the embedding.

Source: Ding24 Sec. 3.1, Figure 5: 3 to 5 circles at (p, d) = (59, 128); more for larger primes (13..127, 100 networks
each), and for larger d (16 to 128 at p = 59, 50 networks each).  A signal survives when it exceeds twice the mean of
all p, so fewer than p/4 frequencies ever can: at p = 13 networks that keep most of their 6 frequencies are counted as
keeping none, which is part of the rise.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from numerics.selection.intervals import share
from numerics.studies.ding24_sweeps.cells import PAPER, EmbeddingCell, Training, lines, protocol, train_all, with_cost
from numerics.studies.ding24_sweeps.counts import judged, plot, rows, trend
from numerics.studies.study import Claim, Found, Session, Study, graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAPER_LEAST = 16
COUNTABLE = 23  # 5 circles can survive there, see above
PAPER_MODULI = (13, 19, 23, 29, 31, 37, 43, 47, 53, 59, 61, 67, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127)
STEP = {"p": 10, "d": 16}  # the unit in which a slope is told
AXIS = {"p": "modulus p", "d": "dimension d of the embedding"}


@dataclass(frozen=True)
class Size:
    """Moduli and dimensions, one of the two of length 1; networks of each, and how they train."""

    moduli: tuple[int, ...]
    dimensions: tuple[int, ...]
    networks: int
    training: Training


MODULI = {
    "smoke": Size((19, 23), (16,), 2, Training(300, weight_decay=1.0)),
    "cpu": Size((13, 19, 23, 31, 59), (128,), 6, Training(1500)),
    "full": Size(PAPER_MODULI, (128,), 100, PAPER),
}
DIMENSIONS = {
    "smoke": Size((23,), (8, 32), 2, Training(300, weight_decay=1.0)),
    "cpu": Size((23,), (4, 8, 16, 32, 64), 4, Training(500, weight_decay=1.0)),
    "full": Size((59,), tuple(range(16, 129)), 50, PAPER),
}
FULL = {"p": MODULI["full"], "d": DIMENSIONS["full"]}


def cells(size: Size, setting: str) -> list[EmbeddingCell]:
    """One cell per value of the setting; network s has the parameters and the split of seed s."""
    seeds, grid = range(size.networks), [(p, d) for p in size.moduli for d in size.dimensions]
    names = [f"{setting}{p if setting == 'p' else d}" for p, d in grid]
    return [EmbeddingCell(name, p, d, seeds, seeds, size.training) for name, (p, d) in zip(names, grid, strict=True)]


def run(setting: str, size: Size, session: Session) -> Found:
    """Train all networks, and count."""
    finished = train_all(cells(size, setting), session)
    counted = rows(finished, setting)
    fixed = {"d": size.dimensions[0]} if setting == "p" else {"p": size.moduli[0]}
    return with_cost(
        size,
        finished,
        cells(FULL[setting], setting),
        {**fixed, "rows": counted, "trend": trend(counted, setting)},
    )


def of_moduli(size: Size, found: Found) -> list[Claim]:
    """The direction, over all moduli and where the rule can count; and the count at (59, 128)."""
    text = f"the same from p = {COUNTABLE} on, where the rule can count what is usual"
    told = _directions("p", found, COUNTABLE, "larger_p_where_countable", text)
    return told + [_three_to_five(row) for row in found.numbers["rows"] if (row["p"], found.numbers["d"]) == (59, 128)]


def of_dimensions(size: Size, found: Found) -> list[Claim]:
    """The direction, over all dimensions and where the paper looked."""
    text = f"the same where the paper looked, from d = {PAPER_LEAST} on"
    return _directions("d", found, PAPER_LEAST, "larger_d_from_16", text)


def _directions(setting: str, found: Found, least: int, key: str, text: str) -> list[Claim]:
    """The claim over all values, and over those from ``least`` on."""
    step, unit = STEP[setting], f"{STEP[setting]} of {setting}"
    words = f"more circles survive for larger {setting}"
    told = [judged(f"larger_{setting}", words, found.numbers["trend"], +1, step, unit)]
    counted = found.numbers["rows"]
    large = [row for row in counted if row[setting] >= least]
    if 1 < len(large) < len(counted):
        told.append(judged(key, text, trend(large, setting), +1, step, unit))
    return told


def _three_to_five(row: dict[str, Any]) -> Claim:
    inside = sum(n for count, n in row["histogram"].items() if 3 <= int(count) <= 5)
    found = share(inside, row["survivors"]["seeds"])
    low, high = found["interval"]
    ours = f"{found['count']} of {found['seeds']} networks (exact 95% interval of the share {low:.2f}..{high:.2f})"
    grade = graded(found["share"] > 0.9, found["share"] > 0.5)
    rule = "reproduced when more than 0.9 of the networks do, partly when more than half"
    return Claim("three_to_five", "3 to 5 circles survive at p = 59, d = 128", "3-5", ours, grade, rule)


def figure(setting: str, size: Size, found: Found) -> "Figure":
    """Counts against the setting."""
    from matplotlib.figure import Figure

    slope, step = found.numbers["trend"], STEP[setting]
    figure = Figure(figsize=(7, 4), layout="constrained")
    ax = plot(figure.subplots(), found.numbers["rows"], setting)
    low, high = (step * x for x in slope["interval"])
    fixed = f"d = {size.dimensions[0]}" if setting == "p" else f"p = {size.moduli[0]}"
    ax.set_title(
        f"Surviving circles: {step * slope['slope']:+.2f} per {step} of {setting} (95% {low:+.2f}..{high:+.2f})\n"
        f"{fixed}, {size.networks} networks for each {setting}; paper: increasing",
        fontsize=9.5,
    )
    ax.set_xlabel(AXIS[setting])
    return figure


STUDIES = (
    Study(
        "ding24-sweep-p", "Ding24: surviving circles against the modulus", "Ding24",
        MODULI, partial(run, "p"), of_moduli, partial(figure, "p"), lines, settings=protocol,
    ),
    Study(
        "ding24-sweep-d", "Ding24: surviving circles against the embedding's dimension", "Ding24",
        DIMENSIONS, partial(run, "d"), of_dimensions, partial(figure, "d"), lines, settings=protocol,
    ),
)  # fmt: skip
