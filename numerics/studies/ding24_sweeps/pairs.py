r"""Two frequencies only: the embedding begins with signals s and r s at frequencies 1 and 2, and 1e-6 elsewhere.

As in the published code each frequency has a single random real direction, so that it begins as a cosine along a line,
not as a circle; the MLP and the split are those of seed 0 throughout, only the directions differ.  s is the code's 80
at p = 59, d = 128, and in the same proportion to a random embedding's :math:`\sqrt{pd}` elsewhere.

Source: Ding24 Sec. 3.2.1 (r from e^-4 to 1, 100 networks each: the largest always survives, the second more often as r
rises).
"""

from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.ensemble.cell import Finished
from numerics.selection.intervals import pearson, share, wilson
from numerics.studies.ding24_sweeps.cells import (
    PAPER,
    EmbeddingCell,
    Training,
    lines,
    protocol,
    train_all,
    unsettled,
    with_cost,
)
from numerics.studies.ding24_sweeps.counts import survivors
from numerics.studies.study import Claim, Found, Grade, Session, Study, graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST, SECOND, REST = 1, 2, 1e-6


@dataclass(frozen=True)
class Size:
    """Modulus, dimension, ratios r, networks of each, and how they train."""

    p: int
    d: int
    ratios: tuple[float, ...]
    networks: int
    training: Training


def _ratios(count: int) -> tuple[float, ...]:
    return tuple(float(r) for r in np.exp(np.linspace(-4, 0, count)))


SIZES = {
    "smoke": Size(23, 16, _ratios(2), 2, Training(300, weight_decay=1.0)),
    "cpu": Size(23, 16, _ratios(5), 8, Training(600, weight_decay=1.0)),
    "full": Size(59, 128, _ratios(16), 100, PAPER),
}


def cells(size: Size) -> list[EmbeddingCell]:
    """One cell per ratio; network s has the directions of seed s."""
    zeros = [0] * size.networks
    return [
        EmbeddingCell(
            f"ratio-{i}",
            size.p,
            size.d,
            zeros,
            zeros,
            size.training,
            f"two frequencies, signals in the ratio {ratio!r}",
            partial(_embeddings, size, ratio),
        )
        for i, ratio in enumerate(size.ratios)
    ]


def two_frequencies(p: int, d: int, ratio: float, seed: int) -> np.ndarray:
    """The embedding (p, d) of a seed: the published code's directions, signals s, r s and 1e-6."""
    size = 80 * sqrt(p * d / (59 * 128))
    strength = {LARGEST: size, SECOND: size * ratio}
    generator = np.random.RandomState(seed)
    spectrum = np.zeros((p, d))
    for k in range(1, (p + 1) // 2):
        direction = generator.normal(0, 1, d)
        spectrum[[k, -k]] = direction / np.linalg.norm(direction) * strength.get(k, REST)
    return np.fft.ifft(spectrum, axis=0).real


def _embeddings(size: Size, ratio: float) -> list[np.ndarray]:
    return [two_frequencies(size.p, size.d, ratio, seed) for seed in range(size.networks)]


def run(size: Size, session: Session) -> Found:
    """Train every ratio's networks, and count in how many the two frequencies survive."""
    finished = train_all(cells(size), session)
    counted = [_row(x, ratio) for x, ratio in zip(finished, size.ratios, strict=True)]
    return with_cost(size, finished, cells(SIZES["full"]), {"p": size.p, "d": size.d, "rows": counted})


def _row(finished: Finished[EmbeddingCell], ratio: float) -> dict[str, Any]:
    counts = {k: sum(k in row["alive"] for row in finished.rows) for k in (LARGEST, SECOND)}
    intervals = {k: wilson(count, len(finished.rows)) for k, count in counts.items()}
    return {
        "ratio": ratio,
        "networks": len(finished.rows),
        "not_settled": unsettled(finished),
        "survivors": float(np.mean(survivors(finished.rows))),
    } | {
        name: {"survived": counts[k], "interval": [intervals[k].low, intervals[k].high]}
        for name, k in (("largest", LARGEST), ("second", SECOND))
    }


def claims(size: Size, found: Found) -> list[Claim]:
    """Whether the largest always survives, and the second the more often the stronger it begins."""
    rows = found.numbers["rows"]
    largest = share(sum(row["largest"]["survived"] for row in rows), sum(row["networks"] for row in rows))
    low, high = largest["interval"]
    ours = f"{largest['count']} of {largest['seeds']} (exact 95% interval of the share {low:.3f}..{high:.3f})"
    rule = "reproduced when it survives in every network, partly in more than 0.8 of them"
    grade = graded(largest["share"] == 1, largest["share"] > 0.8)
    return [Claim("largest_survives", "the largest always survives", "always", ours, grade, rule), _second(rows)]


def _second(found: list[dict[str, Any]]) -> Claim:
    ratio = np.repeat([row["ratio"] for row in found], [row["networks"] for row in found])
    alive = [[i < row["second"]["survived"] for i in range(row["networks"])] for row in found]
    second = np.concatenate(alive).astype(float)
    ends = "; ".join(
        f"r = {row['ratio']:.3g}: {row['second']['survived']} of {row['networks']}" for row in (found[0], found[-1])
    )
    grade: Grade = "not"
    if 0 < second.mean() < 1:
        r = pearson(np.log(ratio), second)
        ends += f"; correlation with log r {r.r:.2f} (Fisher 95% {r.interval.low:.2f}..{r.interval.high:.2f})"
        grade = graded(r.interval.low > 0, r.interval.high >= 0)
    rule = (
        "reproduced when the interval of the correlation is above 0, not when it is below 0 or all networks are alike, "
        "else partly"
    )
    return Claim("second_rises", "the second survives more often as r rises", "rises", ends, grade, rule)


def figure(size: Size, found: Found) -> "Figure":
    """Survival rates of both frequencies against their ratio."""
    from matplotlib.figure import Figure

    rows = found.numbers["rows"]
    figure = Figure(figsize=(7, 4), layout="constrained")
    ax = figure.subplots()
    ratio = np.array([row["ratio"] for row in rows])
    first, second = (sum(row[name]["survived"] for row in rows) for name in ("largest", "second"))
    networks = sum(row["networks"] for row in rows)
    for name, colour, marker, shift in (("largest", "#0072b2", "o", 0.98), ("second", "#d55e00", "s", 1.02)):
        rate = np.array([row[name]["survived"] / row["networks"] for row in rows])
        ends = np.array([row[name]["interval"] for row in rows]).T
        ax.errorbar(ratio * shift, rate, np.maximum([rate - ends[0], ends[1] - rate], 0), marker=marker, color=colour,
                    ms=5, capsize=3, label=f"{name} initial signal")  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlabel("ratio r of the second signal to the largest")
    ax.set_ylabel("survival rate")
    ax.set_ylim(-0.05, 1.05)
    ax.set_title(
        f"Two frequencies: the largest survived in {first} of {networks} networks, the second in {second}\n"
        f"p = {size.p}, d = {size.d}, {size.networks} networks for each r, Wilson 95% intervals",
        fontsize=9.5,
    )
    ax.legend(fontsize=8, frameon=False, loc="center left")
    return figure


STUDY = Study(
    "ding24-sweep-pairs", "Ding24: two frequencies, s and r s", "Ding24",
    SIZES, run, claims, figure, lines, settings=protocol,
)  # fmt: skip
