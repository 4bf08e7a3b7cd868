r"""How many circles survive against the weight decay.

Without decay nothing shrinks: every frequency keeps its signal, none exceeds twice the mean (so the rule for survival
counts 0), and the network does not generalise.  With decay a few circles take all; fewer, says the paper, for a larger
one.  A frequency is **kept** when its signal ends above half of what it began with.

Source: Ding24 App. A (decay 0.002 to 1.5, 50 networks each; 0 apart).
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.outcome import Outcome, Progress, statistics
from numerics.studies.ding24_sweeps.cells import PAPER, Cell, Finished, Training, outcome, run
from numerics.studies.ding24_sweeps.counts import judged, plot, rows, trend
from numerics.studies.verdict import graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME, TITLE = "ding24-sweep-decay", "Ding24: surviving circles against weight decay"


@dataclass(frozen=True)
class Size:
    """Modulus, dimension, decays, networks of each, and how they train."""

    p: int
    d: int
    decays: tuple[float, ...]
    networks: int
    training: Training


PAPER_DECAYS = (0.0, *(float(x) for x in 10 ** np.linspace(-4, -2, 16) if x >= 0.002), *np.linspace(0.1, 1.5, 16))
SIZES = {
    "smoke": Size(23, 16, (0.0, 0.5, 1.5), 2, Training(300)),
    "cpu": Size(23, 16, (0.0, 0.25, 0.5, 1.0, 1.5), 5, Training(2500)),
    "full": Size(59, 128, PAPER_DECAYS, 50, PAPER),
}


def reproduce(scale: str, folder: Path, *, device: str, budget: int, progress: Progress) -> Outcome:
    """Train every decay's networks, and count."""
    size = SIZES[scale]
    runs = folder / f"{NAME}-{scale}"
    finished = run(cells(size), size.training, runs, device=device, budget=budget, progress=progress)
    found = [row | {"kept": statistics(kept(x))} for row, x in zip(rows(finished, "decay"), finished, strict=True)]
    without = found[0]
    # A small decay takes long: a network that has not settled still has circles that will die.
    calm = [replace(x, members=[member for member in x.members if member.settled]) for x in finished]
    positive = [x for x in calm if x.cell.decay and x.members]
    low, high = without["kept"]["interval"]
    accuracy = statistics([member.test_accuracy for member in finished[0].members])
    verdict = [
        {
            "claim": "without weight decay every frequency stays",
            "paper": "all",
            "ours": f"{without['kept']['mean']:.3f} of the frequencies (95% {low:.3f}..{high:.3f}, "
            f"{size.networks} networks)",
            "verdict": graded(without["kept"]["least"] == 1, low > 0.5),
        },
        {
            "claim": "without weight decay the network does not generalise",
            "paper": "does not",
            "ours": f"test accuracy {accuracy['mean']:.3f} (95% {accuracy['interval'][0]:.3f}.."
            f"{accuracy['interval'][1]:.3f}) after {size.training.steps} steps",
            "verdict": graded(accuracy["interval"][1] < 0.5, accuracy["mean"] < 0.9),
        },
    ]
    numbers: dict[str, Any] = {"p": size.p, "d": size.d, "rows": found}
    if len(positive) > 1:
        numbers["trend"] = trend(positive, "decay")
        claim = "fewer circles survive under more decay (settled networks)"
        verdict.append(judged(claim, numbers["trend"], -1, 1, "1 of decay"))
    full = cells(SIZES["full"])
    return outcome(NAME, TITLE, scale, size.training, finished, full, numbers, verdict, device,
                   lambda: _draw(found, size))  # fmt: skip


def cells(size: Size) -> list[Cell]:
    """One cell per decay, 0 first; network s has the parameters and the split of seed s."""
    seeds = range(size.networks)
    return [Cell(f"decay{decay:.5g}", size.p, size.d, seeds, seeds, float(decay)) for decay in size.decays]


def kept(finished: Finished) -> list[float]:
    """Share of each network's frequencies whose signal ends above half of the initial one."""
    return [float(np.mean(np.array(x.final) > 0.5 * np.array(x.initial))) for x in finished.members]


def _unsettled(found: list[dict[str, Any]]) -> str:
    parts = [f"{row['not_settled']} at {row['decay']:.3g}" for row in found if row["not_settled"]]
    return f"not settled: {', '.join(parts)}" if parts else "all settled"


def _draw(found: list[dict[str, Any]], size: Size) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.9), layout="constrained")
    figure.suptitle(
        "Without weight decay nothing dies and nothing generalises; with it a few circles survive\n"
        f"p = {size.p}, d = {size.d}, {size.networks} networks each",
        fontsize=10,
    )
    left, right = figure.subplots(1, 2)
    plot(left, found, "decay").set_title(_unsettled(found), fontsize=8.5)
    decays = [row["decay"] for row in found]
    right.plot(decays, [row["test_accuracy"] for row in found], "-o", ms=4, color="#0072b2", label="test accuracy")
    right.plot(decays, [row["kept"]["mean"] for row in found], "--s", ms=4, color="#d55e00",
               label="share of frequencies with half\nof their initial signal or more")  # fmt: skip
    right.set_ylim(-0.03, 1.05)
    right.set_ylabel("mean over networks")
    right.legend(fontsize=8, frameon=False)
    for ax in (left, right):
        ax.set_xlabel("weight decay")
    return figure
