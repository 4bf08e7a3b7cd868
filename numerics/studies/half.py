r"""Half of the inputs: does the margin on all inputs still approach gamma*?

Li24 trains on a random half.  The theory speaks of all inputs: on a half the maximum margin of the training inputs can
only be larger than gamma*, and cross-entropy is no longer tied to it.  Measured for k = 2: full-batch Adam on
:math:`CE + \lambda \|\theta\|^{k+1}` with :math:`\lambda = \gamma^*/5` on a half, for several moduli and seeds.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from numerics.launch import train
from numerics.outcome import statistics
from numerics.recipes import RECIPES, Recipe
from numerics.studies.study import Claim, Found, Session, Study
from theory.task import Task

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEASURED = {
    "margin": "margin on all inputs",
    "train_margin": "margin on the training half",
    "test_margin": "margin on the other half",
    "train_accuracy": "accuracy on the training half",
    "test_accuracy": "accuracy on the other half",
    "train_loss": "loss on the training half",
    "test_loss": "loss on the other half",
}
RULE = "no paper has a number; mean and 95% interval over seeds at the largest modulus"


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


def recipe(size: Size) -> Recipe:
    """Full-batch Adam."""
    return replace(RECIPES["adam"], descent_steps=size.steps)


def run(size: Size, session: Session) -> Found:
    """Every modulus and seed, each in a folder of its own."""
    return Found({"rows": [_row(size, p, session) for p in size.moduli]})


def _row(size: Size, p: int, session: Session) -> dict[str, Any]:
    problem = Task.cyclic(2, p)
    last: list[Any] = []
    for seed in range(size.seeds):
        trained = train(
            problem,
            recipe(size),
            seed=seed,
            target=None,
            data="half",
            device=session.device,
            budget=session.budget,
            out=session.folder / f"p{p}-seed{seed}",
            resume=True,
            progress=session.watch(f"p={p}, seed {seed}"),
        )
        last.append(trained.history[-1])
    row: dict[str, Any] = {"p": p, "m": problem.default_width, "gamma": problem.gamma}
    return row | {name: statistics([record[name] for record in last]) for name in MEASURED}


def claims(size: Size, found: Found) -> list[Claim]:
    """The margins and the accuracy at the largest modulus."""
    row = found.numbers["rows"][-1]
    return [
        Claim(name, f"p = {row['p']}: {MEASURED[name]}{unit}", None, row[name], "measured", RULE)
        for name, unit in (("margin", " / gamma*"), ("train_margin", " / gamma*"), ("test_accuracy", ""))
    ]


def lines(size: Size, found: Found) -> list[str]:
    """One per modulus."""
    return [_line(row) for row in found.numbers["rows"]]


def _line(row: dict[str, Any]) -> str:
    parts = []
    for name in ("margin", "train_margin", "train_accuracy", "test_accuracy"):
        low, high = row[name]["interval"]
        parts.append(f"{MEASURED[name]} {row[name]['mean']:.3f} ({low:.3f}..{high:.3f})")
    return f"p={row['p']}: " + ", ".join(parts)


def figure(size: Size, found: Found) -> "Figure":
    """Margins and accuracies against p with 95% confidence intervals over seeds."""
    from matplotlib.figure import Figure

    rows = found.numbers["rows"]
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    figure.suptitle(
        f"Training on a random half of the inputs, k = 2; mean and 95% interval over {size.seeds} seeds", fontsize=11
    )
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


STUDY = Study(
    "half-data",
    "Ours: what training on a random half of the inputs does to the margin on all of them",
    "Ours",
    SIZES,
    run,
    claims,
    figure,
    lines,
    settings=lambda size: recipe(size).settings,
)
