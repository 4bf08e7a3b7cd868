r"""One frequency of an embedding made weaker or stronger: from which initial signal on does it survive?

The embedding's coefficient :math:`F_k` is multiplied by a scale, everything else stays; then networks that differ in
their MLP and split train from it.  The scale that matters is the signal against the embedding's mean signal.

Source: Ding24 Sec. 3.2.1 (k = 25 at p = 59, scales 0.85 to 1.15, 8 embeddings x 50 networks: near 0 below the mean,
near 1 far above).  As we read the published plot's script, it takes the signal from an embedding that was scaled by
0.85 already, which moves its axis to the left by 0.15 of the signal; here the axis is the signal that training began
with.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.analysis.circles import two_sided_signals
from numerics.selection.intervals import wilson
from numerics.studies.ding24_sweeps.cells import (
    PAPER,
    EmbeddingCell,
    Training,
    Trainings,
    drawn_embeddings,
    lines,
    protocol,
    train_all,
    unsettled,
    with_cost,
)
from numerics.studies.study import Claim, Found, Session, Study, graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#000000", "#999999")
MARKERS = "os^Dv<>p"


@dataclass(frozen=True)
class Size:
    """Modulus, dimension, frequency, its scales, embeddings, networks of each scale, and how they train."""

    p: int
    d: int
    k: int
    scales: tuple[float, ...]
    embeddings: int
    networks: int
    training: Training


SIZES = {
    "smoke": Size(23, 16, 5, (0.6, 1.5), 1, 2, Training(300, weight_decay=1.0)),
    "cpu": Size(23, 16, 5, (0.6, 0.9, 1.2, 1.5), 2, 4, Training(500, weight_decay=1.0)),
    "full": Size(59, 128, 25, tuple(float(x) for x in np.linspace(0.85, 1.15, 50)), 8, 50, PAPER),
}


def cells(size: Size) -> list[EmbeddingCell]:
    """One cell per embedding and scale; network s has the MLP and the split of seed s."""
    seeds = range(size.networks)
    return [
        EmbeddingCell(
            f"embedding-{e}-scale-{i}",
            size.p,
            size.d,
            seeds,
            seeds,
            size.training,
            f"the embedding of seed {e}, frequency {size.k} times {scale!r}",
            partial(_scaled, size, e, scale),
        )
        for e in range(size.embeddings)
        for i, scale in enumerate(size.scales)
    ]


def scaled(embedding: np.ndarray, k: int, scale: float) -> np.ndarray:
    """The embedding (p, d) with its coefficients at k and p - k multiplied by ``scale``."""
    spectrum = np.fft.fft(embedding, axis=0)
    spectrum[[k, -k]] *= scale
    return np.fft.ifft(spectrum, axis=0).real


def _scaled(size: Size, e: int, scale: float) -> list[np.ndarray]:
    return [scaled(drawn_embeddings(size.p, size.d, [e])[0], size.k, scale)] * size.networks


def run(size: Size, session: Session) -> Found:
    """Train every embedding's networks at every scale, and count those in which the frequency survives."""
    finished = train_all(cells(size), session)
    numbers = {"p": size.p, "d": size.d, "frequency": size.k, "rows": _rows(finished, size)}
    return with_cost(size, finished, cells(SIZES["full"]), numbers)


def _rows(finished: Trainings, size: Size) -> list[dict[str, Any]]:
    """Per embedding and scale: the signal over the unscaled embedding's mean signal, and the survival rate."""
    rows = []
    means = [float(two_sided_signals(x).mean()) for x in drawn_embeddings(size.p, size.d, range(size.embeddings))]
    for index, x in enumerate(finished):
        embedding, i = divmod(index, len(size.scales))
        alive = sum(size.k in row["alive"] for row in x.rows)
        interval = wilson(alive, len(x.rows))
        rows.append(
            {
                "embedding": embedding,
                "scale": size.scales[i],
                "signal_over_mean": x.rows[0]["initial"][size.k - 1] / means[embedding],
                "survived": alive,
                "networks": len(x.rows),
                "interval": [interval.low, interval.high],
                "not_settled": unsettled(x),
            }
        )
    return rows


def claims(size: Size, found: Found) -> list[Claim]:
    """The rates at the weakest and at the strongest scale, all embeddings together."""
    ends = []
    for scale in (min(size.scales), max(size.scales)):
        at = [row for row in found.numbers["rows"] if row["scale"] == scale]
        alive, networks = (sum(row[name] for row in at) for name in ("survived", "networks"))
        ends.append((scale, alive, networks, wilson(alive, networks)))
    text = "; ".join(
        f"scale {scale:.3g}: {alive} of {n} (Wilson 95% {interval.low:.2f}..{interval.high:.2f})"
        for scale, alive, n, interval in ends
    )
    low, high = (alive / n for _, alive, n, _ in ends)
    apart = ends[1][3].low > ends[0][3].high
    rule = "reproduced when the intervals are apart and the rates below 0.1 and above 0.9, partly when only apart"
    words = "a frequency dies when weakened and survives when strengthened"
    grade = graded(apart and low < 0.1 and high > 0.9, apart)
    return [Claim("weak_dies_strong_survives", words, "near 0 below the mean, near 1 far above", text, grade, rule)]


def figure(size: Size, found: Found) -> "Figure":
    """Survival rate against the initial signal, embedding by embedding."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    ax = figure.subplots()
    for e in range(size.embeddings):
        own = [row for row in found.numbers["rows"] if row["embedding"] == e]
        rate = np.array([row["survived"] / row["networks"] for row in own])
        ends = np.array([row["interval"] for row in own]).T
        ax.errorbar([row["signal_over_mean"] for row in own], rate, np.maximum([rate - ends[0], ends[1] - rate], 0),
                    marker=MARKERS[e % 8], ms=5, capsize=3, color=COLOURS[e % 8], label=f"embedding {e}")  # fmt: skip
    ax.axvline(1, color="0.5", lw=0.8, ls="--", label="the mean signal")
    ax.set_title(
        f"Frequency {size.k} dies when it begins weak and survives when it begins strong, in the same embedding\n"
        f"p = {size.p}, d = {size.d}, {size.networks} networks a point, Wilson 95% intervals",
        fontsize=9.5,
    )
    ax.set_xlabel(f"its initial signal over the embedding's mean signal (scales {min(size.scales):.3g} to "
                  f"{max(size.scales):.3g})")  # fmt: skip
    ax.set_ylabel("survival rate")
    ax.set_ylim(-0.05, 1.05)
    ax.legend(fontsize=8, frameon=False, loc="upper left")
    return figure


STUDY = Study(
    "ding24-sweep-perturb", "Ding24: one frequency made weaker or stronger", "Ding24",
    SIZES, run, claims, figure, lines, settings=protocol,
)  # fmt: skip
