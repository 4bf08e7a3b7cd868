r"""How many neurons does each irreducible representation get?  S3 and S4 at width 128, against d, d^2 and d^3.

A neuron belongs to the conjugate pair with most of its centred energy, and is pure when that is 95% of it.  The
counts :math:`M_\rho` are compared with :math:`M_\rho \propto d_\rho^b`: b is the maximum-likelihood exponent of the
multinomial law, its interval comes from resampling seeds (a network's neurons are not independent, networks are).  The
reference is the same count before training: of a Gaussian vector's energy, each component has the share d^2/(n-1).

The problems MAIS-O53 and MAIS-O54 are posed for x^2 and gradient flow without a penalty, t to infinity first and then
the width.  Ours has a penalty, one width and a thousand updates of Adam: it says nothing of those limits.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.ensemble.cell import Row
from numerics.ensemble.engine import Records
from numerics.outcome import statistics
from numerics.selection.intervals import share
from numerics.selection.observables import conjugate_pairs
from numerics.studies.protocol import protocol
from numerics.studies.study import Claim, Found, Session, Study
from numerics.sweeps.cell import GroupCell, group_named
from numerics.sweeps.plan import plan_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Cells = tuple[GroupCell, ...]
PROTOCOL = {"penalty": 1e-4, "rate": 1e-2, "precision": "float32", "tolerance": 0}
BOTH = {"activation": ["power", "relu"], "width": 128}
SIZES = {
    "smoke": plan_of(PROTOCOL | {"group": "S3", "width": 16, "seeds": 4, "updates": 60}).cells,
    "cpu": plan_of(
        PROTOCOL | BOTH | {"updates": 1000, "grid": [{"group": "S3", "seeds": 100}, {"group": "S4", "seeds": 10}]}
    ).cells,
    "full": plan_of(PROTOCOL | BOTH | {"updates": 20_000, "group": ["S3", "S4"], "seeds": 100}).cells,
}
ASKED = {
    "penalty": "MAIS-O53 asks for 0",
    "rate": "Adam's; MAIS-O53 asks for gradient flow",
    "updates": "MAIS-O53 lets time go to infinity before the width",
    "width": "MAIS-O53 names no width: it goes to infinity",
}
DRAWS = 2000
STEEP = 40.0  # exponents beyond are infinite: 2^40 neurons of one kind for one of the other
RULE = "no paper has a number; a power is rejected when it lies outside the interval of the exponent"


def run(cells: Cells, session: Session) -> Found:
    """Every group and activation, observed at the end and before training."""
    rows = []
    for cell in cells:
        found = session.run(cell, Records((0,), lambda parameters, data: parameters))
        start = cell.selected(found.trained.history["theta"][:, 0])
        rows.append(counts(cell, found.rows, start) | {"seconds": found.trained.seconds})
    return Found({"rows": rows})


def counts(cell: GroupCell, end: Sequence[Row], start: Sequence[Row]) -> dict[str, Any]:
    """Neurons by representation at the end: all by their strongest one, the pure ones; and at the start."""
    pairs = conjugate_pairs(group_named(cell.group))
    dimension = np.array([pair.degree for pair in pairs])
    row: dict[str, Any] = {
        "group": cell.group, "activation": cell.activation, "m": cell.width, "seeds": cell.seeds,
        "lambda": cell.penalty, "updates": cell.updates,
        "solved": share(sum(each["accuracy"] == 1 for each in end), cell.seeds),
        "representations": [pair.name for pair in pairs], "dimensions": dimension.tolist(),
    }  # fmt: skip
    for kind, rows, name in (
        ("strongest", end, "strongest"), ("pure", end, "component_counts"), ("start", start, "strongest"),
    ):  # fmt: skip
        per_seed = np.array([each[name] for each in rows])
        row[kind] = {
            "neurons": [statistics(column.tolist()) for column in per_seed.T.astype(float)],
            "exponent": exponent_interval(per_seed, dimension),
        }
    return row


def exponent(total: np.ndarray, dimension: np.ndarray) -> np.ndarray:
    r"""The b that makes counts ``total`` (..., representations) most likely under probabilities proportional to d^b.

    The likelihood is concave in b; at its maximum the mean of log d under the law equals that of the counts.  It is
    found by bisection, and infinite when all neurons have the largest dimension, or all the smallest.
    """
    log_d = np.log(dimension) - np.log(dimension).max()
    goal = total @ log_d / total.sum(axis=-1)
    low, high = np.full(goal.shape, -STEEP), np.full(goal.shape, STEEP)
    for _ in range(60):
        middle = (low + high) / 2
        weights = np.exp(middle[..., None] * log_d)
        below = weights @ log_d / weights.sum(axis=-1) < goal
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(np.abs(middle) > STEEP - 1, np.copysign(np.inf, middle), middle)


def exponent_interval(per_seed: np.ndarray, dimension: np.ndarray) -> dict[str, Any] | None:
    """The exponent of all seeds together with its 95% interval; None without neurons, null where it is infinite."""
    if not per_seed.sum():
        return None
    rng = np.random.default_rng(0)
    resampled = per_seed[rng.integers(len(per_seed), size=(DRAWS, len(per_seed)))].sum(axis=1)
    values = exponent(resampled[resampled.sum(axis=1) > 0], dimension)
    low, high = np.quantile(values, (0.025, 0.975), method="nearest")
    return {"b": _finite(exponent(per_seed.sum(axis=0), dimension)), "interval": [_finite(low), _finite(high)]}


def _finite(value: np.ndarray) -> float | None:
    return float(value) if np.isfinite(value) else None


def claims(cells: Cells, found: Found) -> list[Claim]:
    """Which of d, d^2, d^3 lies in the interval of the exponent, for every group and activation."""
    return [_claim(row) for row in found.numbers["rows"]]


def _claim(row: dict[str, Any]) -> Claim:
    found = row["strongest"]["exponent"]
    low, high = (
        edge if edge is not None else side for edge, side in zip(found["interval"], (-np.inf, np.inf), strict=True)
    )
    inside = [power for power in (1, 2, 3) if low <= power <= high]
    powers = ", ".join(f"d^{power}" for power in inside) or "none of them"
    text = f"{row['group']}, {row['activation']}: neurons per representation grow like d, d^2 or d^3"
    ours = {"text": f"{_fit(found)}, {powers}"} | found | {"powers_inside": inside, "seeds": row["seeds"]}
    key = f"growth_{row['group'].lower()}_{row['activation']}"
    return Claim(key, text, None, ours, "measured", RULE)


def lines(cells: Cells, found: Found) -> list[str]:
    """One line per group, activation and kind of count."""
    told = []
    for row in found.numbers["rows"]:
        told.append(
            f"{row['group']}, {row['activation']}, m={row['m']}: {row['seeds']} seeds, {row['solved']['count']} solve "
            f"the table, {row['seconds']:.0f} processor seconds"
        )
        for kind in ("strongest", "pure", "start"):
            parts = []
            for name, neurons in zip(row["representations"], row[kind]["neurons"], strict=True):
                low, high = neurons["interval"]
                parts.append(f"{name} {neurons['mean']:.1f} ({low:.1f}..{high:.1f})")
            told.append(f"  {kind}: {', '.join(parts)}; {_fit(row[kind]['exponent'])}")
    return told


def _fit(fit: dict[str, Any] | None) -> str:
    """The exponent in words."""
    if fit is None:
        return "no such neurons"
    b, low, high = ("infinite" if x is None else f"{x:.2f}" for x in (fit["b"], *fit["interval"]))
    return f"b {b} ({low}..{high})"


def figure(cells: Cells, found: Found) -> "Figure":
    """Neurons per representation at the end and at the start, beside the three power laws."""
    from matplotlib.figure import Figure

    rows = found.numbers["rows"]
    figure = Figure(figsize=(5 * min(len(rows), 2), 3.6 * -(-len(rows) // 2)), layout="constrained")
    figure.suptitle(f"Neurons by their strongest representation, of {rows[0]['m']}; mean and 95% interval over seeds")
    for ax, row in zip(
        figure.subplots(-(-len(rows) // 2), min(len(rows), 2), squeeze=False).ravel(), rows, strict=True
    ):
        x = np.arange(len(row["dimensions"]))
        dimension = np.array(row["dimensions"], dtype=float)
        for power, style in ((1, ":"), (2, "--"), (3, "-.")):
            law = row["m"] * dimension**power / (dimension**power).sum()
            ax.plot(x, law, style, color="0.4", lw=1, label=f"$\\propto d^{power}$")
        for kind, colour, marker, shift in (("start", "#e69f00", "s", 0.08), ("strongest", "#0072b2", "o", -0.08)):
            mean = [each["mean"] for each in row[kind]["neurons"]]
            spread = [each["interval"][1] - each["mean"] for each in row[kind]["neurons"]]
            label = "before training" if kind == "start" else "after training"
            ax.errorbar(x + shift, mean, spread, fmt=marker, color=colour, ms=5, capsize=3, label=label)
        names = [f"{name}\nd={d}" for name, d in zip(row["representations"], row["dimensions"], strict=True)]
        ax.set_xticks(x, names, fontsize=8)
        ax.set_ylabel("neurons")
        activation = {"power": "x²", "relu": "ReLU"}[row["activation"]]
        ax.set_title(f"{row['group']}, {activation}, {row['seeds']} seeds", loc="left", fontsize=10)
        ax.legend(fontsize=7, frameon=False)
    return figure


STUDY = Study(
    "multiplicities",
    "Ours: neurons per representation of S3 and S4 against d, d^2, d^3",
    "Ours",
    SIZES,
    run,
    claims,
    figure,
    lines,
    settings=lambda cells: protocol(cells[0], ASKED, "group", "order", "activation", "seeds", "scale"),
)
