r"""How many circles survive against the modulus p.

Source: Ding24 Sec. 3.1, Figure 5: 3 to 5 circles at (p, d) = (59, 128), more for larger primes (13..127, 100 networks
each).  A signal survives when it exceeds twice the mean of all p, so fewer than p/4 frequencies ever can: at p = 13
networks that keep most of their 6 frequencies are counted as keeping none, which is part of the rise.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.outcome import Outcome, Progress
from numerics.selection.intervals import share
from numerics.studies.ding24_sweeps.cells import PAPER, Cell, Finished, Training, outcome, run
from numerics.studies.ding24_sweeps.counts import judged, plot, rows, trend
from numerics.studies.verdict import graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME, TITLE = "ding24-sweep-p", "Ding24: surviving circles against the modulus"
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


def reproduce(scale: str, folder: Path, *, device: str, budget: int, progress: Progress) -> Outcome:
    """Train every modulus' networks, and count."""
    size = SIZES[scale]
    runs = folder / f"{NAME}-{scale}"
    finished = run(cells(size), size.training, runs, device=device, budget=budget, progress=progress)
    found, slope = rows(finished, "p"), trend(finished, "p")
    verdict = [judged("more circles survive for larger p", slope, +1, 10, "10 of p"), *_between(finished)]
    large = [x for x in finished if x.cell.p >= COUNTABLE]
    if len(large) > 1:
        claim = f"the same from p = {COUNTABLE} on, where the rule can count what is usual"
        verdict.insert(1, judged(claim, trend(large, "p"), +1, 10, "10 of p"))
    numbers = {"d": size.d, "rows": found, "trend": slope}
    full = cells(SIZES["full"])
    return outcome(NAME, TITLE, scale, size.training, finished, full, numbers, verdict, device,
                   lambda: _draw(found, slope, size))  # fmt: skip


def cells(size: Size) -> list[Cell]:
    """One cell per modulus; network s has the parameters and the split of seed s."""
    seeds = range(size.networks)
    return [Cell(f"p{p}", p, size.d, seeds, seeds, size.training.weight_decay) for p in size.moduli]


def _between(finished: list[Finished]) -> list[dict[str, Any]]:
    """The claim at (59, 128), where it was measured."""
    counts = [x.counts for x in finished if (x.cell.p, x.cell.d) == (59, 128)]
    if not counts:
        return []
    found = share(sum(3 <= count <= 5 for count in counts[0]), len(counts[0]))
    low, high = found["interval"]
    verdict = graded(found["share"] > 0.9, found["share"] > 0.5)
    text = f"{found['count']} of {found['seeds']} networks (exact 95% interval of the share {low:.2f}..{high:.2f})"
    return [{"claim": "3 to 5 circles survive at p = 59, d = 128", "paper": "3-5", "ours": text, "verdict": verdict}]


def _draw(found: list[dict[str, Any]], slope: dict[str, Any], size: Size) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    ax = plot(figure.subplots(), found, "p")
    low, high = (10 * x for x in slope["interval"])
    ax.set_title(
        f"Larger moduli keep more circles: {10 * slope['slope']:+.2f} per 10 of p (95% {low:+.2f}..{high:+.2f})\n"
        f"d = {size.d}, {size.networks} networks for each p; paper: increasing",
        fontsize=9.5,
    )
    ax.set_xlabel("modulus p")
    return figure
