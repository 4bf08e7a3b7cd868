r"""Does a strong start help a circle survive?  Survival rate against initial signal, frequency by frequency.

Ten embeddings; from each one many networks that differ in their MLP and split.  A point is a frequency of an embedding:
its initial signal :math:`\|F_k\|` and the share of the networks in which it survives.  Points of one embedding compete
for the same few places, so they are not independent: beside Fisher's interval of Pearson's r stands the bootstrap over
whole embeddings.  With S networks per embedding the share itself is a noisy estimate, which pulls r towards 0: what r
would be expected at another S follows from the binomial variance.

Source: Ding24 Sec. 3.2.1 (r = 0.85, 10 embeddings x 50 networks, p = 59, d = 128).
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.selection.intervals import pearson
from numerics.studies.ding24_sweeps.cells import (
    PAPER,
    EmbeddingCell,
    Training,
    Trainings,
    drawn_embeddings,
    lines,
    protocol,
    train_all,
    with_cost,
)
from numerics.studies.study import Claim, Found, Session, Study, graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAPER_R, PAPER_NETWORKS = 0.85, 50
RESAMPLES = 10_000


@dataclass(frozen=True)
class Size:
    """Modulus, dimension, embeddings, networks of each, and how they train."""

    p: int
    d: int
    embeddings: int
    networks: int
    training: Training


SIZES = {
    "smoke": Size(23, 16, 2, 2, Training(300, weight_decay=1.0)),
    "cpu": Size(59, 128, 10, 10, Training(1200)),
    "full": Size(59, 128, 10, 50, PAPER),
}


def cells(size: Size) -> list[EmbeddingCell]:
    """One cell per embedding; network s has the MLP and the split of seed s, as in the published code."""
    seeds = range(size.networks)
    return [
        EmbeddingCell(
            f"embedding-{e}",
            size.p,
            size.d,
            seeds,
            seeds,
            size.training,
            f"the embedding of seed {e}",
            partial(_same, size, e),
        )
        for e in range(size.embeddings)
    ]


def _same(size: Size, e: int) -> list[np.ndarray]:
    return drawn_embeddings(size.p, size.d, [e]) * size.networks


def run(size: Size, session: Session) -> Found:
    """Train every embedding's networks, and correlate."""
    finished = train_all(cells(size), session)
    signal, rate = points(finished)
    numbers = {
        "p": size.p, "d": size.d, "embeddings": size.embeddings, "networks_of_each": size.networks,
        "correlation": correlation(signal, rate, size.networks), "signal": signal.tolist(), "rate": rate.tolist(),
    }  # fmt: skip
    return with_cost(size, finished, cells(SIZES["full"]), numbers)


def points(finished: Trainings) -> tuple[np.ndarray, np.ndarray]:
    """Initial signals and survival rates, each (embeddings, frequencies)."""
    signal = np.array([x.rows[0]["initial"] for x in finished])
    alive = [[[k in row["alive"] for k in range(1, signal.shape[1] + 1)] for row in x.rows] for x in finished]
    return signal, np.mean(alive, axis=1)


def correlation(signal: np.ndarray, rate: np.ndarray, networks: int) -> dict[str, Any]:
    """Pearson's r of all points, its intervals, and what 50 networks would give; None where no rate differs.

    Args:
        signal: (embeddings, frequencies).
        rate: the same shape, shares of ``networks`` networks.
        networks: at least 2.
    """
    if np.ptp(rate) == 0:
        return dict.fromkeys(("r", "bootstrap_interval", "fisher_interval", "r_expected_at_50"))
    found = pearson(signal.ravel(), rate.ravel())
    generator = np.random.default_rng(0)
    chosen = generator.integers(len(signal), size=(RESAMPLES, len(signal)))
    resampled = _correlations(signal, rate, chosen)
    within = pearson(
        (signal - signal.mean(axis=1, keepdims=True)).ravel(), (rate - rate.mean(axis=1, keepdims=True)).ravel()
    )
    return {
        "r": found.r,
        "fisher_interval": [found.interval.low, found.interval.high],
        "p_value": found.p_value,
        "points": found.pairs,
        "bootstrap_interval": [float(x) for x in np.nanpercentile(resampled, [2.5, 97.5])],
        "r_within_embeddings": within.r,
        "r_expected_at_50": expected(found.r, rate, networks, PAPER_NETWORKS),
    }


def _correlations(x: np.ndarray, y: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Pearson's r of the rows (resamples, rows) of x and y; NaN where one of them is constant."""
    x, y = x - x.mean(), y - y.mean()
    sums = np.stack([x.sum(1), y.sum(1), (x * x).sum(1), (y * y).sum(1), (x * y).sum(1)])
    sx, sy, sxx, syy, sxy = sums[:, chosen].sum(axis=2) / chosen.shape[1] / x.shape[1]
    size = np.maximum((sxx - sx**2) * (syy - sy**2), 0) ** 0.5
    return np.divide(sxy - sx * sy, size, out=np.full(len(chosen), np.nan), where=size > 0)


def claims(size: Size, found: Found) -> list[Claim]:
    """The direction, and the number, moved to the paper's 50 networks."""
    seen = found.numbers["correlation"]
    rises, number = "survival rate rises with the initial signal", "Pearson's r of survival rate and initial signal"
    up = "reproduced when the 95% interval over embeddings is above 0, else not"
    same = "reproduced when the paper's r lies in our interval moved to 50 networks, partly when r is above 0"
    if seen["r"] is None:
        ours = "no correlation: every frequency survives as often as every other"
        return [Claim("rises", rises, PAPER_R, ours, "not", up), Claim("r", number, PAPER_R, ours, "not", same)]
    low, high = seen["bootstrap_interval"]
    factor = seen["r_expected_at_50"] / seen["r"]
    fisher = "{:.3f}..{:.3f}".format(*seen["fisher_interval"])
    r = f"r = {seen['r']:.3f}, 95% {low:.3f}..{high:.3f} over embeddings (Fisher, were points independent: {fisher})"
    at_50 = f"{seen['r_expected_at_50']:.3f} expected of {PAPER_NETWORKS} networks each at p = {size.p}, d = {size.d}"
    close = low * factor <= PAPER_R <= high * factor
    return [
        Claim("rises", rises, "rises", r, graded(low > 0), up),
        Claim("r", number, PAPER_R, at_50, graded(close, low > 0), same),
    ]


def expected(r: float, rate: np.ndarray, networks: int, other: int) -> float:
    r"""What r would be expected to be with ``other`` networks per embedding instead of ``networks``.

    The variance of seen rates is that of the true ones plus the binomial :math:`\overline{q(1-q)}/S`; the
    covariance with the signal does not depend on S.
    """
    binomial = float(np.mean(rate * (1 - rate))) * networks / (networks - 1)
    variance = float(np.var(rate))
    true = max(variance - binomial / networks, 0.0)
    return float(np.clip(r * np.sqrt(variance / (true + binomial / other)), -1, 1))


def figure(size: Size, found: Found) -> "Figure":
    """Every point, the mean rate in bins of the signal, and the paper's own guide line where it belongs."""
    from matplotlib.figure import Figure

    numbers = found.numbers
    signal, rate = np.array(numbers["signal"]), np.array(numbers["rate"])
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    ax = figure.subplots()
    r = (
        "no survivor"
        if numbers["correlation"]["r"] is None
        else "r = {:.2f} (95% {:.2f}..{:.2f} over embeddings)".format(
            numbers["correlation"]["r"], *numbers["correlation"]["bootstrap_interval"]
        )
    )
    ax.set_title(
        f"Strong starts survive: {r}; paper {PAPER_R}\n"
        f"p = {size.p}, d = {size.d}, {size.embeddings} embeddings x {size.networks} networks",
        fontsize=9.5,
    )
    shift = np.random.default_rng(0).uniform(-0.25, 0.25, rate.shape) / size.networks
    ax.plot(signal.ravel(), (rate + shift).ravel(), "o", ms=3.5, alpha=0.55, color="#0072b2",
            label="a frequency of an embedding (rates shaken a little)")  # fmt: skip
    edges = np.quantile(signal, np.linspace(0, 1, 9))
    bins = np.clip(np.digitize(signal.ravel(), edges[1:-1]), 0, 7)
    filled = [b for b in range(8) if (bins == b).any()]
    ax.plot([signal.ravel()[bins == b].mean() for b in filled], [rate.ravel()[bins == b].mean() for b in filled],
            "-s", color="#d55e00", label="mean of an eighth of the points")  # fmt: skip
    if (size.p, size.d) == (59, 128):
        ax.plot([86, 95], [0, 0.75], "--", color="k", lw=1.2, label="line drawn in the paper")
    ax.set_xlabel(r"initial signal $\|F_k\|$")
    ax.set_ylabel("survival rate")
    ax.set_ylim(-0.05, 1.05)
    ax.legend(fontsize=8, frameon=False, loc="upper left")
    return figure


STUDY = Study(
    "ding24-sweep-signal", "Ding24: survival against initial signal", "Ding24",
    SIZES, run, claims, figure, lines, settings=protocol,
)  # fmt: skip
