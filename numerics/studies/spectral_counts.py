r"""How many frequencies does a ReLU network of width 4p use?  The spectral count :math:`N_{.05}` against p, over seeds.

:math:`N_{.05}` is the least number of frequencies that hold 95% of what all of them hold of the squared norm of the
centred logits (in the span of :math:`\cos` and :math:`\sin` of :math:`2\pi f (a + b - c)/p`); p // 2 is the most.  The
networks: untied, weights :math:`N(0, 1/p)`, cross-entropy + :math:`10^{-4}\|\theta\|^2` on the full table, Adam.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.checkpoint import runs_folder
from numerics.outcome import Outcome, provenance, statistics
from numerics.selection.intervals import share
from numerics.studies.many_seeds import Cell, Observed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Frequencies used by ReLU networks of width 4p"


@dataclass(frozen=True)
class Size:
    """Seeds of each modulus, and updates of each network."""

    seeds: dict[int, int]
    updates: int


SIZES = {
    "smoke": Size({5: 3, 7: 3}, 60),
    "cpu": Size({7: 100, 11: 60, 13: 40, 17: 30, 23: 16, 31: 8, 43: 4, 61: 2}, 600),
    "full": Size({p: 100 for p in (7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61)}, 20_000),
}


def cell(p: int, size: Size) -> Cell:
    """The networks of one modulus."""
    return Cell(f"C{p}", "relu", 4 * p, (1e-4,), size.seeds[p], size.updates, rate=1e-2, dtype="float32", calm=None)


def reproduce(
    scale: str, folder: Path, *, device: str, budget: int, progress: Callable[[str, int, int], None]
) -> Outcome:
    """Every modulus; what a kill interrupted goes on."""
    size = SIZES[scale]
    runs = runs_folder(folder, "spectral-count", scale)
    rows = []
    for p in size.seeds:
        one = cell(p, size)
        late = one.updates * 3 // 4
        trained = one.train(
            runs / one.name, device=device, budget=budget, progress=partial(progress, one.name), snapshots=(late,)
        )
        rows.append(count(p, one, one.observe(trained), one.observe(trained, 0)) | {"seconds": trained.seconds})
    numbers = {
        "preset": "spectral-count", "title": TITLE, "scale": scale,
        "settings": [
            {"name": name, "value": value, "stated": False, "note": "ours; no paper fixes a protocol"}
            for name, value in asdict(cell(next(iter(size.seeds)), size)).items() if name not in ("group", "m", "seeds")
        ] + [{"name": "m", "value": "4p", "stated": True, "note": "the question's"}],
        "verdict": verdict(rows), "rows": rows,
    } | provenance(device)  # fmt: skip
    return Outcome(numbers, lines(numbers), False, partial(draw, rows, size))


def count(p: int, one: Cell, end: Observed, late: Observed) -> dict[str, Any]:
    """One modulus: N_.05 at the end and after three quarters of the updates.

    The mean has Student's interval, or none where all seeds agree: a spread of zero says nothing about the next seed.
    """
    counts = end.counts.astype(float)
    return {
        "p": p, "m": one.m, "seeds": one.seeds, "updates": one.updates,
        "count": statistics(counts.tolist()) | ({} if np.ptp(counts) else {"interval": None}),
        "counts": {str(value): many for value, many in sorted(Counter(end.counts.tolist()).items())},
        "count_late": float(late.counts.mean()),
        "share_of_all": float(counts.mean() / (p // 2)),
        "solved": share(int((end.accuracy == 1).sum()), one.seeds),
        "explained": float(end.explained.mean()),
        "pure": float(end.neurons.multiplicity().mean()),
    }  # fmt: skip


def verdict(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The measured law N = c p^b, by least squares on log means; no paper states a number."""
    p, mean = (np.log([row[key] if key == "p" else row["count"]["mean"] for row in rows]) for key in ("p", "count"))
    slope, constant = np.polyfit(p, mean, 1)
    return [
        {
            "claim": "mean N_.05 grows like c p^b over the moduli measured",
            "paper": None,
            "ours": {"b": float(slope), "c": float(np.exp(constant)), "moduli": [row["p"] for row in rows]},
            "verdict": "measured",
        }
    ]


def lines(numbers: dict[str, Any]) -> list[str]:
    """One line per modulus, and the fit."""
    found = [TITLE]
    for row in numbers["rows"]:
        interval = row["count"]["interval"]
        spread = f"{interval[0]:.2f}..{interval[1]:.2f}" if interval else "the same in all"
        found.append(
            f"  p={row['p']}, m={row['m']}: N_.05 {row['count']['mean']:.2f} of {row['p'] // 2} "
            f"({spread}, {row['seeds']} seeds; {row['count_late']:.2f} after 3/4 of the updates), solved "
            f"{row['solved']['count']}, pure neurons {row['pure']:.2f}, {row['seconds']:.0f} processor seconds"
        )
    fit = numbers["verdict"][0]
    return [*found, f"  {fit['claim']}: b {fit['ours']['b']:.3f}, c {fit['ours']['c']:.3f} ({fit['verdict']})"]


def draw(rows: list[dict[str, Any]], size: Size) -> "Figure":
    """Counts of every seed, their mean with its interval, and all frequencies."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    ax = figure.subplots()
    p = [row["p"] for row in rows]
    ax.plot(p, [each // 2 for each in p], color="0.5", ls="--", lw=1, label="all frequencies, (p-1)/2")
    for row in rows:
        for value, many in row["counts"].items():
            ax.plot(row["p"], int(value), "o", color="#56b4e9", ms=3 + 7 * many / row["seeds"], alpha=0.6, mew=0)
    mean = [row["count"]["mean"] for row in rows]
    spread = [row["count"]["interval"][1] - row["count"]["mean"] if row["count"]["interval"] else 0 for row in rows]
    ax.errorbar(p, mean, spread, color="#0072b2", marker="s", ms=4, capsize=3, label="mean and 95% interval")
    ax.plot([], [], "o", color="#56b4e9", ms=6, alpha=0.6, mew=0, label="seeds (size: how many)")
    ax.set_xlabel("p")
    ax.set_ylabel("frequencies that hold 95%, $N_{.05}$")
    ax.set_title(
        f"ReLU, width 4p, {size.updates} updates: frequencies that hold 95% of the logits' energy", fontsize=10
    )
    ax.legend(fontsize=8, frameon=False)
    return figure
