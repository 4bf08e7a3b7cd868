"""MAIS-O61: the pilot's 24 configurations, seed by seed, observed on the stored final weights."""

from collections import Counter
from pathlib import Path

from safetensors.torch import load_file

from numerics.problems.driver import Problem, Row, Settings
from numerics.selection.intervals import share
from numerics.studies.pilot import CELLS
from theory.errors import InputError

KEPT = (
    "seed",
    "accuracy",
    "key_set",
    "spectral_count",
    "multiplicity",
    "same_frequency",
    "component_counts",
    "explained",
)


def parts(settings: Settings) -> list[str]:
    """The configurations, by name."""
    return [cell.name for cell in CELLS if cell.width in settings["widths"]]


def rows(settings: Settings, name: str) -> list[Row]:
    """One row per seed."""
    path = Path(settings["weights"])
    if not path.is_file():
        raise InputError(f"the final weights must be at {str(path)!r}, as seen from the current folder")
    stored = load_file(path)
    cell = next(cell for cell in CELLS if cell.name == name)
    ends = zip(*(stored[f"{name}/{key}"].tolist() for key in ("loss", "updates", "converged")), strict=True)
    found = []
    for row, (loss, updates, converged) in zip(cell.selected(stored[f"{name}/theta"]), ends, strict=True):
        kept = {key: list(row[key]) if isinstance(row[key], tuple) else row[key] for key in KEPT}
        found.append(
            {"group": cell.group, "activation": cell.activation, "width": cell.width, "lambda": cell.penalty}
            | kept
            | {"loss": loss, "updates": int(updates), "converged": bool(converged)}
        )
    return found


def table(settings: Settings, rows: list[Row]) -> str:
    """Convergence, key sets with exact 95% intervals, and the share of seeds with one frequency in all neurons."""
    lines = [
        "| configuration | converged | not | key sets K_.005, exact 95% | N_.05 | all neurons pure, one class |",
        "|---|---:|---:|---|---|---|",
    ]
    cells = dict.fromkeys((r["group"], r["activation"], r["width"], r["lambda"]) for r in rows)
    for cell in cells:
        mine = [r for r in rows if (r["group"], r["activation"], r["width"], r["lambda"]) == cell]
        n, converged = len(mine), sum(r["converged"] for r in mine)
        sets = Counter(tuple(r["key_set"]) for r in mine)
        told = "; ".join(
            f"{{{', '.join(names)}}} {count} ({_ends(count, n)})"
            for names, count in sorted(sets.items(), key=lambda x: -x[1])
        )
        counts = ", ".join(f"{k}: {v}" for k, v in sorted(Counter(r["spectral_count"] for r in mine).items()))
        same = sum(r["same_frequency"] for r in mine)
        group, activation, width, penalty = cell
        name = f"{group}, {'x^2' if activation == 'power' else 'ReLU'}, m = {width}, lambda = {penalty:g}"
        lines.append(f"| {name} | {converged} | {n - converged} | {told} | {counts} | {same} ({_ends(same, n)}) |")
    return "\n".join(lines) + "\n"


def _ends(count: int, n: int) -> str:
    low, high = share(count, n)["interval"]
    return f"{low:.3f} to {high:.3f}"


PROBLEM = Problem(parts, rows, table)
