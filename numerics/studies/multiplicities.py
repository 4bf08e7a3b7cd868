r"""How many neurons does each irreducible representation get?  S3 and S4 at width 128, against d, d^2 and d^3.

A neuron belongs to the conjugate pair with most of its centred energy, and is pure when that is 95% of it.  The
counts :math:`M_\rho` are compared with :math:`M_\rho \propto d_\rho^b`: b is the maximum-likelihood exponent of the
multinomial law, its interval comes from resampling seeds (a network's neurons are not independent, networks are).  The
reference is the same count before training: of a Gaussian vector's energy, each component has the share d^2/(n-1).
"""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.checkpoint import runs_folder
from numerics.outcome import Outcome, provenance, statistics
from numerics.selection.intervals import share
from numerics.selection.observables import conjugate_pairs
from numerics.studies.many_seeds import Cell, Observed
from theory.groups import load_group

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Neurons per representation: S3 and S4 at width 128"


def _cell(group: str, activation: str, m: int, seeds: int, updates: int) -> Cell:
    return Cell(group, activation, m, (1e-4,), seeds, updates, rate=1e-2, dtype="float32", calm=None)


SIZES = {
    "smoke": (_cell("S3", "power", 16, 4, 60),),
    "cpu": tuple(
        _cell(group, activation, 128, seeds, 1000)
        for group, seeds in (("S3", 100), ("S4", 10))
        for activation in ("power", "relu")
    ),
    "full": tuple(
        _cell(group, activation, 128, 100, 20_000) for group in ("S3", "S4") for activation in ("power", "relu")
    ),
}
DRAWS = 2000
STEEP = 40.0  # exponents beyond are infinite: 2^40 neurons of one kind for one of the other


def reproduce(
    scale: str, folder: Path, *, device: str, budget: int, progress: Callable[[str, int, int], None]
) -> Outcome:
    """Every group and activation; what a kill interrupted goes on."""
    runs = runs_folder(folder, "multiplicities", scale)
    rows = []
    for cell in SIZES[scale]:
        trained = cell.train(
            runs / cell.name, device=device, budget=budget, progress=partial(progress, cell.name), snapshots=(0,)
        )
        rows.append(counts(cell, cell.observe(trained), cell.observe(trained, 0)) | {"seconds": trained.seconds})
    numbers = {
        "preset": "multiplicities", "title": TITLE, "scale": scale,
        "settings": [
            {"name": name, "value": value, "stated": False, "note": "ours; no paper fixes a protocol"}
            for name, value in asdict(SIZES[scale][0]).items() if name not in ("group", "activation", "m", "seeds")
        ] + [{"name": "m", "value": SIZES[scale][0].m, "stated": scale != "smoke", "note": "the question's"}],
        "verdict": [verdict(row) for row in rows], "rows": rows,
    } | provenance(device)  # fmt: skip
    return Outcome(numbers, lines(numbers), False, partial(draw, rows))


def counts(cell: Cell, end: Observed, start: Observed) -> dict[str, Any]:
    """Neurons by representation at the end: all by their strongest one, the pure ones; and at the start."""
    pairs = conjugate_pairs(load_group(cell.group))
    dimension = np.array([pair.degree for pair in pairs])
    row: dict[str, Any] = {
        "group": cell.group, "activation": cell.activation, "m": cell.m, "seeds": cell.seeds,
        "lambda": cell.penalties[0], "updates": cell.updates,
        "solved": share(int((end.accuracy == 1).sum()), cell.seeds),
        "representations": [pair.name for pair in pairs], "dimensions": dimension.tolist(),
    }  # fmt: skip
    for kind, found, held in (("strongest", end, 0.0), ("pure", end, 0.95), ("start", start, 0.0)):
        per_seed = found.neurons.component_counts(held)
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


def verdict(row: dict[str, Any]) -> dict[str, Any]:
    """Which of d, d^2, d^3 lies in the interval of the exponent."""
    found = row["strongest"]["exponent"]
    low, high = (
        edge if edge is not None else side for edge, side in zip(found["interval"], (-np.inf, np.inf), strict=True)
    )
    inside = [power for power in (1, 2, 3) if low <= power <= high]
    return {
        "claim": f"{row['group']}, {row['activation']}: neurons per representation grow like d, d^2 or d^3",
        "paper": None,
        "ours": found | {"powers_inside": inside, "seeds": row["seeds"]},
        "verdict": "not rejected" if inside else "rejected",
    }


def lines(numbers: dict[str, Any]) -> list[str]:
    """One line per group, activation and kind of count."""
    found = [TITLE]
    for row in numbers["rows"]:
        solved = row["solved"]
        found.append(
            f"  {row['group']}, {row['activation']}, m={row['m']}: {row['seeds']} seeds, {solved['count']} solve the "
            f"table, {row['seconds']:.0f} processor seconds"
        )
        for kind in ("strongest", "pure", "start"):
            parts = []
            for name, neurons in zip(row["representations"], row[kind]["neurons"], strict=True):
                low, high = neurons["interval"]
                parts.append(f"{name} {neurons['mean']:.1f} ({low:.1f}..{high:.1f})")
            found.append(f"    {kind}: {', '.join(parts)}; {_fit(row[kind]['exponent'])}")
    for claim in numbers["verdict"]:
        powers = ", ".join(f"d^{power}" for power in claim["ours"]["powers_inside"]) or "none of them"
        found.append(f"  {claim['claim']}: {_fit(claim['ours'])}, {powers} ({claim['verdict']})")
    return found


def _fit(fit: dict[str, Any] | None) -> str:
    """The exponent in words."""
    if fit is None:
        return "no such neurons"
    b, low, high = ("infinite" if x is None else f"{x:.2f}" for x in (fit["b"], *fit["interval"]))
    return f"b {b} ({low}..{high})"


def draw(rows: list[dict[str, Any]]) -> "Figure":
    """Neurons per representation at the end and at the start, beside the three power laws."""
    from matplotlib.figure import Figure

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
