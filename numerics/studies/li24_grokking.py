r"""Li24, Figure 4: does grokking weaken as the number of inputs k grows?

k-input modular addition with data sets of about equal size, half of the inputs for training.  A run's **gap** is the
number of updates between 99% accuracy on the training half and 99% on the other half; a run that never gets there is
reported as censored, with the updates it was given as a lower bound.

The paper's text says a two-layer transformer; its appendix lists a one-layer transformer of 160 heads.  Both are here.
Ours is the question behind the figure: a random half gives away every other input a permutation of which is trained on
(half of the other half for k = 2, nearly all of it for k >= 3), so a network symmetric in its inputs passes without
having learned to add.  The same runs on half of the *multisets* take that away.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor, nn

from numerics.analysis.permuted_inputs import Split, expected_given_away
from numerics.models.transformer import AttentionLayer, Transformer
from numerics.outcome import statistics
from numerics.studies.li24_training import Data, Recipe, train
from numerics.studies.study import Claim, Found, Session, Study, graded, settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REACHED = 0.99
RULE = (
    "reproduced: every seed fits the training half, mean gaps fall with every k, and the first gap's 95% interval lies "
    "above the last's; partly: the last gap is below the first; not, where the last is censored"
)
EVALUATED = 2048  # inputs that an accuracy is measured on, at most
BLUE, ORANGE = "#0072b2", "#d55e00"
SPLITS: dict[Split, str] = {"inputs": "half of the inputs", "multisets": "half of the multisets"}


@dataclass(frozen=True)
class Network:
    """One attention layer with so many heads of so much width, or a transformer of ``layers`` with an MLP."""

    layers: int
    heads: int
    width: int
    mlp: int = 0

    def build(self, k: int, p: int, seed: int, device: str) -> tuple[nn.Module, Callable[[Tensor], Tensor]]:
        """The module and its logits."""
        if self.mlp:
            transformer = Transformer(
                k, p, layers=self.layers, heads=self.heads, width=self.width, mlp=self.mlp, seed=seed
            ).to(device)
            return transformer, transformer
        layer = AttentionLayer(p, self.heads, self.width, seed=seed).to(device)
        return layer, layer.tabulated

    @property
    def name(self) -> str:
        """The setting in words."""
        return "two-layer transformer" if self.mlp else "one attention layer"


@dataclass(frozen=True)
class Plan:
    """One row of the figure: a recipe on a split with the same seeds for every task, and a network for each task."""

    key: str
    label: str
    networks: tuple[Network, ...]
    recipe: Recipe
    split: Split
    seeds: int
    every: int = 20


def _plans(
    paper: Recipe,
    ours: tuple[Recipe, Recipe],
    networks: list[tuple[Network, ...]],
    seeds: tuple[int, int, int],
    every: int,
) -> list[Plan]:
    """Ours on both splits with the first networks, then the paper's recipe with all of them."""
    plans = [
        Plan(f"our_{split}", f"our settings, {SPLITS[split]}", networks[0], recipe, split, count, every)
        for split, recipe, count in zip(SPLITS, ours, seeds, strict=False)
    ]
    return plans + [
        Plan(
            f"paper_layers_{each[0].layers}",
            f"paper's settings, {each[0].name}",
            each,
            paper,
            "inputs",
            seeds[2],
            every,
        )
        for each in networks
    ]


@dataclass(frozen=True)
class Size:
    """Tasks (k, p) and plans."""

    tasks: tuple[tuple[int, int], ...]
    plans: list[Plan]


TASKS = ((2, 97), (3, 31), (4, 11), (5, 5))
MATCHED = ((2, 53), (3, 13), (4, 7), (5, 5))  # 2809, 2197, 2401, 3125 inputs: ours, where the paper's are 3125 to 29791
SIZES = {
    "smoke": Size(
        ((2, 5), (3, 3)),
        _plans(Recipe(20, batch=16), (Recipe(20, 2e-2, 0.5, 16),) * 2,
               [(Network(1, 4, 4),) * 2, (Network(2, 2, 8, 16),) * 2], (2, 1, 1), 10),
    ),
    "cpu": Size(
        MATCHED,
        _plans(Recipe(4000, batch=256), (Recipe(2000, 2e-2, 0.5, 256), Recipe(1500, 2e-2, 0.5, 256)),
               [(Network(1, 32, 8),) * 4], (5, 5, 3), 20),
    ),
    "full": Size(
        TASKS,
        _plans(Recipe(100_000), (Recipe(10_000, 2e-2, 0.5),) * 2,
               [(Network(1, 160, 128),) * 4, (Network(2, 4, 128, 512),) * 4], (10, 10, 3), 100),
    ),
}  # fmt: skip


def run(size: Size, session: Session) -> Found:
    """Every plan, k and seed."""
    rows = []
    for number, plan in enumerate(size.plans):
        for network, (k, p) in zip(plan.networks, size.tasks, strict=True):
            histories, shares = [], []
            for seed in range(plan.seeds):
                folder = session.folder / f"{number}-k{k}-seed{seed}"
                progress = session.counter(f"{plan.label}, k={k}, seed {seed}")
                history, share = _train(plan, network, k, p, seed, folder, session.device, progress)
                histories.append(history)
                shares.append(share)
            rows.append(_row(plan, k, p, histories, float(np.mean(shares))))
    return Found({"reached": REACHED, "rows": rows})


def claims(size: Size, found: Found) -> list[Claim]:
    """Weakening, once for each plan."""
    return [_weakening(plan, [row for row in found.numbers["rows"] if row["plan"] == plan.label])
            for plan in size.plans]  # fmt: skip


def lines(size: Size, found: Found) -> list[str]:
    """One per plan and k."""
    return [f"{row['plan']}, k={row['k']}, p={row['p']}: {_text(row)}" for row in found.numbers["rows"]]


def _train(
    plan: Plan,
    network: Network,
    k: int,
    p: int,
    seed: int,
    folder: Path,
    device: str,
    progress: Callable[[int, int], None],
) -> tuple[list[dict[str, Any]], float]:
    """History of one run, and the share of the other half that its training half gives away."""
    data = Data(k, p, plan.split, seed, EVALUATED, device)
    model, logits = network.build(k, p, seed, device)
    task = {"k": k, "p": p, "split": plan.split, "network": asdict(network)}
    found = train(model, logits, data, plan.recipe, seed=seed, every=plan.every, stop=_both, folder=folder,
                  config=task, progress=progress)  # fmt: skip
    return found.history, data.given_away


def _both(history: list[dict[str, Any]]) -> str | None:
    """End once both halves have been at 99%, now and at some record before."""
    return None if gap(history)["gap"] is None else "both halves reached"


def gap(history: list[dict[str, Any]], reached: float = REACHED) -> dict[str, int | None]:
    """First recorded updates with accuracy ``reached`` on each half, their difference, and the last update.

    A number is None where it was not reached.
    """
    train_at, test_at = (
        next((record["step"] for record in history if record[f"{name}_accuracy"] >= reached), None)
        for name in ("train", "test")
    )
    delay = None if train_at is None or test_at is None else test_at - train_at
    return {"train": train_at, "test": test_at, "gap": delay, "updates": history[-1]["step"]}


def _row(plan: Plan, k: int, p: int, histories: list[list[dict[str, Any]]], given_away: float) -> dict[str, Any]:
    """What the seeds of one plan and k say together."""
    runs: list[dict[str, Any]] = [gap(history) for history in histories]
    gaps = [float(run["gap"]) for run in runs if run["gap"] is not None]
    memorised = [run for run in runs if run["train"] is not None]
    whole = len(gaps) == len(runs) > 1
    return {
        "plan": plan.label,
        "split": plan.split,
        "k": k,
        "p": p,
        "seeds": len(runs),
        "runs": runs,
        "never_memorised": len(runs) - len(memorised),
        "censored": len(memorised) - len(gaps),
        "gap": statistics(gaps) if whole else None,
        "ratio": statistics([run["test"] / run["train"] for run in runs]) if whole and _positive(runs) else None,
        "gap_at_least": float(np.mean([_least(run) for run in memorised])) if memorised else None,
        "given_away": given_away,
        "given_away_expected": float(expected_given_away(k, p)) if plan.split == "inputs" else 0.0,
        "final": {
            name: [history[-1].get(name) for history in histories]
            for name in ("train_accuracy", "test_accuracy", "fresh_accuracy")
        },
        "histories": [_short(history) for history in histories],
    }


def _positive(runs: list[dict[str, Any]]) -> bool:
    return all(run["train"] > 0 for run in runs)


def _least(run: dict[str, Any]) -> int:
    """The gap, or what the run shows it to exceed."""
    return run["updates"] - run["train"] if run["gap"] is None else run["gap"]


def _short(history: list[dict[str, Any]]) -> dict[str, list[float]]:
    names = [name for name in history[0] if name in ("step", "train_accuracy", "test_accuracy", "fresh_accuracy")]
    return {name: [round(record[name], 4) for record in history] for name in names}


def _weakening(plan: Plan, rows: list[dict[str, Any]]) -> Claim:
    known = [row for row in rows if row["gap_at_least"] is not None]
    first, last = (known[0], known[-1]) if len(known) > 1 else (None, None)
    full = some = False
    if first and last and not last["censored"]:
        falling = all(a["gap_at_least"] >= b["gap_at_least"] for a, b in pairwise(known))
        apart = first["gap"] and last["gap"] and first["gap"]["interval"][0] > last["gap"]["interval"][1]
        all_there = len(known) == len(rows) and not any(row["never_memorised"] for row in rows)
        full, some = bool(falling and apart and all_there), first["gap_at_least"] > last["gap_at_least"]
    shown = ("k", "p", "gap", "ratio", "gap_at_least", "censored", "never_memorised", "seeds", "given_away")
    ours = {
        "gaps": [{name: row[name] for name in shown} for row in rows],
        "text": "; ".join(f"k={row['k']} {_gap(row)}" for row in rows),
    }
    key = f"weakens_{plan.key}"
    return Claim(key, f"grokking weakens as k grows ({plan.label})", None, ours, graded(full, some), RULE)


def _gap(row: dict[str, Any]) -> str:
    """The gap in words."""
    if row["gap"]:
        low, high = row["gap"]["interval"]
        ratio = f", ratio {row['ratio']['mean']:.2f}" if row["ratio"] else ""
        return f"gap {row['gap']['mean']:.0f} ({low:.0f}..{high:.0f}){ratio}"
    if row["gap_at_least"] is None:
        return f"training half never at {REACHED:.0%}"
    if not row["censored"]:
        fitted = row["seeds"] - row["never_memorised"]
        return f"gap {row['gap_at_least']:.0f} ({fitted} of {row['seeds']} fit the training half)"
    return f"gap at least {row['gap_at_least']:.0f} ({row['censored']} of {row['seeds']} censored)"


def _text(row: dict[str, Any]) -> str:
    trained, test = (float(np.mean(row["final"][f"{name}_accuracy"])) for name in ("train", "test"))
    return f"{_gap(row)}; accuracy {trained:.3f}, {test:.3f}; given away {row['given_away']:.3f}"


STATED = ("rate", "decay", "betas", "warmup", "split", "seeds", "batch", "layers", "heads", "width")
NOTES = {
    1: {"layers": "in the appendix; the text says two"},
    2: {"layers": "in the text; the appendix says one", "heads": "160 do not divide 128; ours"},
}


def listed(size: Size) -> list[dict[str, Any]]:
    """Every setting of every plan."""
    tasks = [list(task) for task in size.tasks]
    same = size.tasks == TASKS
    note = "" if same else "ours: about as many inputs for every k; the paper's are p = 97, 31, 11, 5"
    return settings(("tasks (k, p)", tasks, same, note), *(row for plan in size.plans for row in _listed(plan)))


def _listed(plan: Plan) -> list[tuple[str, Any, bool, str]]:
    if not plan.key.startswith("paper"):
        return [(f"{plan.label}: {name}", value, False, "not stated; ours") for name, value in _values(plan).items()]
    paper = next(_values(each) for each in SIZES["full"].plans if each.key == plan.key)
    layers = plan.networks[0].layers
    rows = []
    for name, value in _values(plan).items():
        stated = name in STATED and not (layers == 2 and name == "heads")
        same = value == paper[name] or (isinstance(value, list) and set(value) == set(paper[name]))
        note = NOTES[layers].get(name, "" if stated else "not stated; ours")
        rows.append(
            (
                f"{plan.label}: {name}",
                value,
                stated and same,
                note if same or not stated else f"the paper's is {paper[name]}",
            )
        )
    return rows


def _values(plan: Plan) -> dict[str, Any]:
    network = plan.networks[0]
    values = plan.recipe.plain() | {
        "layers": network.layers, "heads": [each.heads for each in plan.networks], "width": network.width,
        "split": SPLITS[plan.split], "seeds": plan.seeds,
    }  # fmt: skip
    return values | ({"mlp": network.mlp} if network.mlp else {})


def figure(size: Size, found: Found) -> "Figure":
    """Accuracies of both halves over updates, a row per plan and a column per k."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2.7 * len(size.tasks), 0.7 + 2.1 * len(size.plans)), layout="constrained")
    figure.suptitle(
        "Does grokking weaken with k? Mean over seeds, band from least to largest; gaps in updates", fontsize=11
    )
    axes = figure.subplots(len(size.plans), len(size.tasks), squeeze=False, sharey=True)
    for ax, row in zip(axes.ravel(), found.numbers["rows"], strict=True):
        _panel(ax, row)
    for ax, plan in zip(axes[:, 0], size.plans, strict=True):
        ax.set_ylabel(plan.label.replace(", ", ",\n") + "\naccuracy", fontsize=8)
    for ax in axes[-1]:
        ax.set_xlabel("update", fontsize=8)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    return figure


def _panel(ax: Any, row: dict[str, Any]) -> None:
    for name, label, colour, style in (
        ("train_accuracy", "training half", BLUE, "-"),
        ("test_accuracy", "other half", ORANGE, "--"),
    ):
        steps, values = _common(row["histories"], name)
        ax.fill_between(steps, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.25, lw=0)
        ax.plot(steps, values.mean(axis=0), color=colour, ls=style, lw=1.4, label=label)
    ax.axhline(REACHED, color="0.7", lw=0.7)
    if row["split"] == "inputs":
        ax.axhline(row["given_away"], color="k", lw=0.9, ls=":", label="share of the other half given away")
    ax.set_title(f"k = {row['k']}, p = {row['p']}\n{_gap(row)}", fontsize=8)
    ax.set_ylim(-0.03, 1.04)
    ax.tick_params(labelsize=7)


def _common(histories: list[dict[str, list[float]]], name: str) -> tuple[list[float], np.ndarray]:
    """Curves on the longest history's steps, each carried on from its end, shape (seeds, records)."""
    longest = max(histories, key=lambda history: len(history["step"]))["step"]
    curves = [history[name] + [history[name][-1]] * (len(longest) - len(history[name])) for history in histories]
    return longest, np.array(curves)


STUDY = Study(
    "li24-fig4", "Li24 Figure 4: does grokking weaken with the number of inputs", "Li24", SIZES, run, claims, figure,
    lines, listed,
)  # fmt: skip
