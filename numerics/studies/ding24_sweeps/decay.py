r"""How many circles survive against the weight decay.

Without decay nothing shrinks: every frequency keeps its signal, none exceeds twice the mean (so the rule for survival
counts 0), and the network does not generalise.  With decay a few circles take all; fewer, says the paper, for a larger
one.  A frequency is **kept** when its signal ends above half of what it began with.

Source: Ding24 App. A (decay 0.002 to 1.5, 50 networks each; 0 apart).
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.ensemble.cell import Finished
from numerics.outcome import statistics
from numerics.studies.ding24_sweeps.cells import PAPER, EmbeddingCell, Training, lines, protocol, train_all, with_cost
from numerics.studies.ding24_sweeps.counts import histogram, judged, plot, rows, trend
from numerics.studies.study import Claim, Found, Session, Study, graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


def cells(size: Size) -> list[EmbeddingCell]:
    """One cell per decay, 0 first; network s has the parameters and the split of seed s."""
    seeds = range(size.networks)
    return [
        EmbeddingCell(
            f"decay{decay:.5g}", size.p, size.d, seeds, seeds, replace(size.training, weight_decay=float(decay))
        )
        for decay in size.decays
    ]


def run(size: Size, session: Session) -> Found:
    """Train every decay's networks, and count."""
    finished = train_all(cells(size), session)
    counted = [
        row | {"kept": statistics(kept(x)), "accuracy": statistics([each["test_accuracy"] for each in x.rows])}
        for row, x in zip(rows(finished, "decay"), finished, strict=True)
    ]
    numbers: dict[str, Any] = {"p": size.p, "d": size.d, "rows": counted}
    # A small decay takes long: a network that has not settled still has circles that will die.
    calm = [replace(x, rows=[row for row in x.rows if row["settled"]]) for x in finished]
    positive = [{"decay": x.cell.decay, "histogram": histogram(x.rows)} for x in calm if x.cell.decay and x.rows]
    if len(positive) > 1:
        numbers["trend"] = trend(positive, "decay")
    return with_cost(size, finished, cells(SIZES["full"]), numbers)


def claims(size: Size, found: Found) -> list[Claim]:
    """What happens without decay, and the direction with it."""
    without, accuracy = (found.numbers["rows"][0][name] for name in ("kept", "accuracy"))
    low, high = without["interval"]
    least, most = (min(max(x, 0.0), 1.0) for x in accuracy["interval"])
    judgements = [
        Claim(
            "without_decay_all_stay", "without weight decay every frequency stays", "all",
            f"{without['mean']:.3f} of the frequencies (95% {low:.3f}..{high:.3f}, {size.networks} networks)",
            graded(without["least"] == 1, low > 0.5),
            "reproduced when every network keeps all, partly when the 95% interval is above one half",
        ),
        Claim(
            "without_decay_no_generalisation", "without weight decay the network does not generalise", "does not",
            f"test accuracy {accuracy['mean']:.3f} (95% {least:.3f}..{most:.3f}) after {size.training.steps} steps",
            graded(most < 0.5, accuracy["mean"] < 0.9),
            "reproduced when the 95% interval of the test accuracy is below 0.5, partly when its mean is below 0.9",
        ),
    ]  # fmt: skip
    if "trend" in found.numbers:
        text = "fewer circles survive under more decay (settled networks)"
        judgements.append(judged("more_decay", text, found.numbers["trend"], -1, 1, "1 of decay"))
    return judgements


def kept(finished: Finished[EmbeddingCell]) -> list[float]:
    """Share of each network's frequencies whose signal ends above half of the initial one."""
    return [float(np.mean(np.array(row["final"]) > 0.5 * np.array(row["initial"]))) for row in finished.rows]


def _told(found: list[dict[str, Any]]) -> str:
    parts = [f"{row['not_settled']} at {row['decay']:.3g}" for row in found if row["not_settled"]]
    return f"not settled: {', '.join(parts)}" if parts else "all settled"


def figure(size: Size, found: Found) -> "Figure":
    """Counts, test accuracy and frequencies kept against the decay."""
    from matplotlib.figure import Figure

    counted = found.numbers["rows"]
    figure = Figure(figsize=(9, 3.9), layout="constrained")
    figure.suptitle(
        "Without weight decay nothing dies and nothing generalises; with it a few circles survive\n"
        f"p = {size.p}, d = {size.d}, {size.networks} networks each",
        fontsize=10,
    )
    left, right = figure.subplots(1, 2)
    plot(left, counted, "decay").set_title(_told(counted), fontsize=8.5)
    decays = [row["decay"] for row in counted]
    right.plot(decays, [row["test_accuracy"] for row in counted], "-o", ms=4, color="#0072b2", label="test accuracy")
    right.plot(decays, [row["kept"]["mean"] for row in counted], "--s", ms=4, color="#d55e00",
               label="share of frequencies with half\nof their initial signal or more")  # fmt: skip
    right.set_ylim(-0.03, 1.05)
    right.set_ylabel("mean over networks")
    right.legend(fontsize=8, frameon=False)
    for ax in (left, right):
        ax.set_xlabel("weight decay")
    return figure


STUDY = Study(
    "ding24-sweep-decay", "Ding24: surviving circles against weight decay", "Ding24",
    SIZES, run, claims, figure, lines, settings=protocol,
)  # fmt: skip
