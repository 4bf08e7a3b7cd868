r"""Half of the inputs: does the margin on all inputs still approach gamma*?

Li24 trains on a random half.  The theory speaks of all inputs: on a half the maximum margin of the training inputs can
only be larger than gamma*, and cross-entropy is no longer tied to it.  Measured for k = 2: full-batch Adam on
:math:`CE + \lambda \|\theta\|^{k+1}` with :math:`\lambda = \gamma^*/5` on a half, for several moduli and seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.checkpoint import runs_folder
from numerics.launch import train
from numerics.outcome import Outcome, provenance, statistics
from numerics.problem import Problem
from numerics.recipes import RECIPES
from numerics.training import Progress

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Training on a random half of the inputs, k = 2"
MEASURED = {
    "margin": "margin on all inputs",
    "train_margin": "margin on the training half",
    "test_margin": "margin on the other half",
    "train_accuracy": "accuracy on the training half",
    "test_accuracy": "accuracy on the other half",
    "train_loss": "loss on the training half",
    "test_loss": "loss on the other half",
}
UNREACHABLE = 0.99999


@dataclass(frozen=True)
class Size:
    """Moduli, seeds of each, and Adam steps of each run."""

    moduli: tuple[int, ...]
    seeds: int
    steps: int


SIZES = {
    "smoke": Size((5, 7), 2, 60),
    "cpu": Size((11, 23, 31, 41, 53), 5, 300),
    "full": Size((11, 23, 31, 41, 53, 71, 97, 113, 149), 20, 4000),
}


def reproduce(
    scale: str, folder: Path, *, device: str, budget: int, progress: Callable[[str, int, int], None]
) -> Outcome:
    """Every modulus and seed; runs that a kill interrupted go on from their checkpoints."""
    size = SIZES[scale]
    recipe = replace(RECIPES["adam"], descent_steps=size.steps)
    runs = runs_folder(folder, "half-data", scale)
    rows = []
    for p in size.moduli:
        problem = Problem.cyclic(2, p)
        last: list[Any] = [
            train(
                problem,
                recipe,
                seed=seed,
                target=UNREACHABLE,
                data="half",
                device=device,
                budget=budget,
                out=runs / f"p{p}-seed{seed}",
                resume=True,
                progress=partial(_show, progress, f"p={p}, seed {seed}"),
            ).history[-1]
            for seed in range(size.seeds)
        ]
        row: dict[str, Any] = {"p": p, "m": problem.default_width, "gamma": problem.gamma}
        rows.append(row | {name: statistics([record[name] for record in last]) for name in MEASURED})
    numbers = {
        "preset": "half-data", "title": TITLE, "scale": scale, "rows": rows, "settings": recipe.settings,
    } | provenance(device)  # fmt: skip
    lines = [TITLE, *(f"  {_line(row)}" for row in rows)]
    return Outcome(numbers, lines, False, lambda: _draw(rows, size))


def _show(progress: Callable[[str, int, int], None], label: str, now: Progress) -> None:
    progress(label, now.done, now.planned)


def _line(row: dict[str, Any]) -> str:
    parts = []
    for name in ("margin", "train_margin", "train_accuracy", "test_accuracy"):
        low, high = row[name]["interval"]
        parts.append(f"{MEASURED[name]} {row[name]['mean']:.3f} ({low:.3f}..{high:.3f})")
    return f"p={row['p']}: " + ", ".join(parts)


def _draw(rows: list[dict[str, Any]], size: Size) -> "Figure":
    """Margins and accuracies against p with 95% confidence intervals over seeds."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    figure.suptitle(f"{TITLE}; mean and 95% interval over {size.seeds} seeds", fontsize=11)
    panels = {"margin / $\\gamma^*$": ("margin", "train_margin"), "accuracy": ("train_accuracy", "test_accuracy")}
    for ax, (label, names) in zip(figure.subplots(1, 2), panels.items(), strict=True):
        for name in names:
            colour = "#d55e00" if name.startswith("train") else "#0072b2"
            middle = [row[name]["mean"] for row in rows]
            spread = [row[name]["interval"][1] - row[name]["mean"] for row in rows]
            ax.errorbar([row["p"] for row in rows], middle, spread, color=colour, marker="o", ms=4, capsize=3,
                        label=MEASURED[name])  # fmt: skip
        ax.axhline(1, color="k", lw=0.8, ls="--")
        ax.axhline(0, color="0.8", lw=0.8)
        ax.set_xlabel("p")
        ax.set_ylabel(label)
        ax.legend(fontsize=8, frameon=False)
    return figure
