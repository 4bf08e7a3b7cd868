r"""How many circles survive at every modulus, composite ones among them.

A frequency that shares a factor with p is a circle on which several residues fall together, and p/2 is a mere sign; the
other frequencies are circles as at a prime.  Least squares of the count on p and on whether p is composite says how
many circles fewer or more a composite modulus keeps at the same size.

Source: Ding24 App. F (all moduli from 17 to 97; code: 16 to 101, 20 networks each).  What the paper says of composite
moduli beyond the rise was not available to us: the difference is ours.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import isprime

from numerics.studies.ding24_sweeps.cells import PAPER, EmbeddingCell, Training, lines, protocol, train_all, with_cost
from numerics.studies.ding24_sweeps.counts import judged, plot, rows, trend
from numerics.studies.ding24_sweeps.growth import Size
from numerics.studies.study import Claim, Found, Session, Study

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZES = {
    "smoke": Size((20, 21, 22, 23), (16,), 2, Training(300, weight_decay=1.0)),
    "cpu": Size(tuple(range(24, 43)), (128,), 4, Training(2000)),
    "full": Size(tuple(range(16, 102)), (128,), 20, PAPER),
}


def cells(size: Size) -> list[EmbeddingCell]:
    """One cell per modulus; network s has the parameters and the split of seed s."""
    seeds, (d,) = range(size.networks), size.dimensions
    return [EmbeddingCell(f"modulus{p}", p, d, seeds, seeds, size.training) for p in size.moduli]


def run(size: Size, session: Session) -> Found:
    """Train all networks, and count."""
    finished = train_all(cells(size), session)
    counted = [row | {"composite": not isprime(row["p"])} for row in rows(finished, "p")]
    numbers = {"d": size.dimensions[0], "rows": counted, "trend": trend(counted, "p"), "composite": composite(counted)}
    return with_cost(size, finished, cells(SIZES["full"]), numbers)


def composite(counted: list[dict[str, Any]]) -> dict[str, Any]:
    """Circles more at a composite modulus than at a prime of the same size, with Student's 95% interval."""
    from scipy.stats import t as student

    networks = [
        (row["p"], row["composite"], float(count), n) for row in counted for count, n in row["histogram"].items()
    ]
    repeats = [n for *_, n in networks]
    columns = np.repeat(np.array([[1.0, p, is_composite] for p, is_composite, *_ in networks]), repeats, axis=0)
    found = np.repeat([count for *_, count, _ in networks], repeats)
    fit = np.linalg.lstsq(columns, found, rcond=None)[0]
    free = len(found) - columns.shape[1]
    variance = float(((found - columns @ fit) ** 2).sum()) / free * np.linalg.inv(columns.T @ columns)[2, 2]
    half = float(student.ppf(0.975, free)) * float(variance) ** 0.5
    return {
        "difference": float(fit[2]),
        "interval": [float(fit[2]) - half, float(fit[2]) + half],
        "networks": len(found),
    }


def claims(size: Size, found: Found) -> list[Claim]:
    """The rise over all moduli, and the difference of composite ones."""
    words = "more circles survive for larger moduli, composite ones among them"
    gap = found.numbers["composite"]
    low, high = gap["interval"]
    ours = f"{gap['difference']:+.2f} circles (95% {low:+.2f}..{high:+.2f}, {gap['networks']} networks)"
    text = "ours: how many circles more survive at a composite modulus than at a prime of the same size"
    return [
        judged("larger_modulus", words, found.numbers["trend"], +1, 10, "10 of p"),
        Claim("composite", text, None, ours, "measured", "measured: least squares on p and on whether it is composite"),
    ]


def figure(size: Size, found: Found) -> "Figure":
    """Counts against the modulus; primes are marked."""
    from matplotlib.figure import Figure

    gap = found.numbers["composite"]
    figure = Figure(figsize=(8, 4), layout="constrained")
    ax = plot(figure.subplots(), found.numbers["rows"], "p")
    for row in found.numbers["rows"]:
        if not row["composite"]:
            ax.axvline(row["p"], color="0.8", lw=0.8, zorder=0)
    low, high = gap["interval"]
    ax.set_title(
        f"Surviving circles at every modulus (lines: primes); composite: {gap['difference']:+.2f} (95% {low:+.2f}.."
        f"{high:+.2f})\nd = {size.dimensions[0]}, {size.networks} networks for each modulus",
        fontsize=9.5,
    )
    ax.set_xlabel("modulus p")
    return figure


STUDY = Study(
    "ding24-sweep-moduli", "Ding24: surviving circles at every modulus, composite ones too", "Ding24",
    SIZES, run, claims, figure, lines, settings=protocol,
)  # fmt: skip
