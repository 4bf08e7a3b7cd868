r"""How many frequencies does a ReLU network of width 4p use?  The spectral count :math:`N_{.05}` against p, over seeds.

:math:`N_{.05}` is the least number of frequencies that hold 95% of what all of them hold of the squared norm of the
centred logits (in the span of :math:`\cos` and :math:`\sin` of :math:`2\pi f (a + b - c)/p`); p // 2 is the most.  The
networks: untied, weights :math:`N(0, 1/p)`, cross-entropy + :math:`10^{-4}\|\theta\|^2` on the full table, Adam.

The problem MAIS-O52 asks for gradient flow and t to infinity at each p, at any fixed ratio of width to p and any fixed
penalty: ours is one choice of the two, and stops training early.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.ensemble.cell import Row
from numerics.ensemble.engine import Records
from numerics.outcome import statistics
from numerics.selection.intervals import share
from numerics.studies.protocol import protocol
from numerics.studies.study import Claim, Found, Session, Study, settings
from numerics.sweeps.cell import GroupCell
from numerics.sweeps.plan import plan_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Cells = tuple[GroupCell, ...]
PROTOCOL = {
    "activation": "relu", "width": "4n", "penalty": 1e-4, "rate": 1e-2, "precision": "float32", "tolerance": 0,
}  # fmt: skip

ASKED = {
    "penalty": "MAIS-O52: any, the same at every p",
    "rate": "Adam's; MAIS-O52 asks for gradient flow",
    "updates": "MAIS-O52: time goes to infinity before p",
    "tolerance": "no rule of convergence: all updates are made",
}


def _cells(updates: int, seeds: dict[int, int]) -> Cells:
    """One cell per modulus."""
    return plan_of(PROTOCOL | {"updates": updates, "grid": [{"p": p, "seeds": n} for p, n in seeds.items()]}).cells


SIZES = {
    "smoke": _cells(60, {5: 3, 7: 3}),
    "cpu": _cells(600, {7: 100, 11: 60, 13: 40, 17: 30, 23: 16, 31: 8, 43: 4, 61: 2}),
    "full": _cells(20_000, dict.fromkeys((7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61), 100)),
}


def run(cells: Cells, session: Session) -> Found:
    """Every modulus, observed at the end and after three quarters of the updates."""
    rows = []
    for cell in cells:
        found = session.run(cell, Records((cell.updates * 3 // 4,), lambda parameters, data: parameters))
        late = cell.selected(found.trained.history["theta"][:, 0])
        rows.append(count(cell, found.rows, late) | {"seconds": found.trained.seconds})
    return Found({"rows": rows})


def count(cell: GroupCell, end: Sequence[Row], late: Sequence[Row]) -> dict[str, Any]:
    """One modulus: N_.05 at the end and after three quarters of the updates.

    The mean has Student's interval, or none where all seeds agree: a spread of zero says nothing about the next seed.
    """
    counts = [float(row["spectral_count"]) for row in end]
    found = statistics(counts)
    return {
        "p": cell.order, "m": cell.width, "seeds": cell.seeds, "updates": cell.updates,
        "count": found | ({} if np.ptp(counts) else {"interval": None}),
        "counts": {str(int(value)): many for value, many in sorted(Counter(counts).items())},
        "count_late": float(np.mean([row["spectral_count"] for row in late])),
        "share_of_all": found["mean"] / (cell.order // 2),
        "solved": share(sum(row["accuracy"] == 1 for row in end), cell.seeds),
        "explained": float(np.mean([row["explained"] for row in end])),
        "pure": float(np.mean([row["multiplicity"] for row in end])),
    }  # fmt: skip


def claims(cells: Cells, found: Found) -> list[Claim]:
    """The measured law N = c p^b, by least squares on log means."""
    rows = found.numbers["rows"]
    p, mean = np.log([row["p"] for row in rows]), np.log([row["count"]["mean"] for row in rows])
    slope, constant = (float(x) for x in np.polyfit(p, mean, 1))
    ours = {"b": slope, "c": float(np.exp(constant)), "moduli": [row["p"] for row in rows]}
    ours["text"] = f"b {ours['b']:.3f}, c {ours['c']:.3f} over {len(rows)} moduli"
    rule = "no paper states a number: least squares on the logarithms of p and of the means"
    return [Claim("growth", "mean N_.05 grows like c p^b over the moduli measured", None, ours, "measured", rule)]


def lines(cells: Cells, found: Found) -> list[str]:
    """One line per modulus."""
    told = []
    for row in found.numbers["rows"]:
        interval = row["count"]["interval"]
        spread = f"{interval[0]:.2f}..{interval[1]:.2f}" if interval else "the same in all"
        told.append(
            f"p={row['p']}, m={row['m']}: N_.05 {row['count']['mean']:.2f} of {row['p'] // 2} "
            f"({spread}, {row['seeds']} seeds; {row['count_late']:.2f} after 3/4 of the updates), solved "
            f"{row['solved']['count']}, pure neurons {row['pure']:.2f}, {row['seconds']:.0f} processor seconds"
        )
    return told


def figure(cells: Cells, found: Found) -> "Figure":
    """Counts of every seed, their mean with its interval, and all frequencies."""
    from matplotlib.figure import Figure

    rows = found.numbers["rows"]
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
        f"ReLU, width 4p, {cells[0].updates} updates: frequencies that hold 95% of the logits' energy", fontsize=10
    )
    ax.legend(fontsize=8, frameon=False)
    return figure


STUDY = Study(
    "spectral-count",
    "Ours: how many frequencies ReLU networks of width 4p use",
    "Ours",
    SIZES,
    run,
    claims,
    figure,
    lines,
    settings=lambda cells: [
        *protocol(cells[0], ASKED, "group", "order", "width", "seeds", "scale"),
        *settings(("m", "4p", False, "ours; MAIS-O52: any fixed multiple of p")),
    ],
)
