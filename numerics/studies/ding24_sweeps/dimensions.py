r"""How many circles survive against the dimension d of the embedding.

Source: Ding24 Sec. 3.1, Figure 5 (p = 59, d from 16 to 128, 50 networks each: increasing).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.outcome import Outcome, Progress
from numerics.studies.ding24_sweeps.cells import PAPER, Cell, Training, outcome, run
from numerics.studies.ding24_sweeps.counts import judged, plot, rows, trend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAPER_LEAST = 16
NAME, TITLE = "ding24-sweep-d", "Ding24: surviving circles against the embedding's dimension"


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


def reproduce(scale: str, folder: Path, *, device: str, budget: int, progress: Progress) -> Outcome:
    """Train every dimension's networks, and count."""
    size = SIZES[scale]
    runs = folder / f"{NAME}-{scale}"
    finished = run(cells(size), size.training, runs, device=device, budget=budget, progress=progress)
    found, slope = rows(finished, "d"), trend(finished, "d")
    verdict = [judged("more circles survive for larger d", slope, +1, 16, "16 of d")]
    large = [x for x in finished if x.cell.d >= PAPER_LEAST]
    if len(large) > 1 and len(large) < len(finished):
        claim = f"the same where the paper looked, from d = {PAPER_LEAST} on"
        verdict.append(judged(claim, trend(large, "d"), +1, 16, "16 of d"))
    numbers = {"p": size.p, "rows": found, "trend": slope}
    full = cells(SIZES["full"])
    return outcome(NAME, TITLE, scale, size.training, finished, full, numbers, verdict, device,
                   lambda: _draw(found, slope, size))  # fmt: skip


def cells(size: Size) -> list[Cell]:
    """One cell per dimension; network s has the parameters and the split of seed s."""
    seeds = range(size.networks)
    return [Cell(f"d{d}", size.p, d, seeds, seeds, size.training.weight_decay) for d in size.dimensions]


def _draw(found: list[dict[str, Any]], slope: dict[str, Any], size: Size) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    ax = plot(figure.subplots(), found, "d")
    low, high = (16 * x for x in slope["interval"])
    ax.set_title(
        f"Survivors against dimension: {16 * slope['slope']:+.2f} circles per 16 of d (95% {low:+.2f}..{high:+.2f})\n"
        f"p = {size.p}, {size.networks} networks for each d; paper: increasing",
        fontsize=9.5,
    )
    ax.set_xlabel("dimension d of the embedding")
    return figure
