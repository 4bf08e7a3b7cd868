"""Ding24, Figures 5 and 6: do the initial signal and the first gradient of a frequency tell whether it survives?

One initial embedding, many MLPs and splits.  Gradient of a frequency: how much its signal changes in step 4, over its
initial signal.  A linear SVM gets (initial signal, gradient) and answers "survives" or "dies" on held-out frequencies;
the paper reports an accuracy of 83.8%.  Ours: the accuracy of always answering "dies", the mean accuracy on survivors
and on the dead, and the SVM on features of equal variance.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.analysis.circles import survival
from numerics.analysis.dynamics import separation
from numerics.checkpoint import runs_folder
from numerics.models.embedding_mlp import EmbeddingMLP, snapshot
from numerics.outcome import Outcome, Progress
from numerics.studies.ding24 import COLOURS, Settings, outcome, strengths, train
from numerics.studies.verdict import claim
from theory.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Ding24 Figures 5 and 6: which frequencies survive, from initial signal and gradient"
NAME = "ding24-gradient"
STEP = 4
PUBLISHED = 0.838


@dataclass(frozen=True)
class Size:
    """Settings and number of MLPs."""

    settings: Settings
    networks: int


SIZES = {
    "smoke": Size(Settings(p=13, d=32, steps=250, precision="float32"), 4),
    "cpu": Size(Settings(steps=500, precision="float32"), 12),
    "full": Size(Settings(), 50),
}


def reproduce(scale: str, folder: Path, *, device: str, budget: int, progress: Progress) -> Outcome:
    """Train every MLP from the embedding of seed 0; ``budget`` is not needed."""
    size = SIZES[scale]
    runs = runs_folder(folder, NAME, scale)
    embedding = snapshot(EmbeddingMLP(size.settings.p, size.settings.d, initial=size.settings.initial))
    early, alive = [], []
    for seed in range(size.networks):
        model, history = train(
            size.settings,
            seed,
            runs / f"seed-{seed}",
            measure=strengths,
            at=lambda step: step <= STEP,
            device=device,
            progress=progress,
            embedding=embedding,
        )
        early.append([record["signals"] for record in history[: STEP + 1]])
        alive.append(survival(snapshot(model)))
    first = np.array(early)
    gradient = (first[:, 1:] - first[:, :-1]) / first[:, :1]
    points = np.stack([first[:, 0].ravel(), gradient[:, STEP - 1].ravel()], axis=1)
    survived = np.array(alive).ravel()
    found = {name: _separated(points, survived, name == "scaled") for name in ("as published", "scaled")}
    numbers: dict[str, Any] = {
        "networks": size.networks, "frequencies": int(survived.size), "survived": int(survived.sum()), **found,
        "initial_signal": points[:, 0].tolist(), "gradient": points[:, 1].round(6).tolist(),
        "alive": survived.astype(int).tolist(),
    }  # fmt: skip
    return outcome(NAME, TITLE, scale, size.settings, numbers, _verdicts(points, survived, found),
                   lambda: _draw(size, points, survived), device)  # fmt: skip


def _separated(points: np.ndarray, survived: np.ndarray, scaled: bool) -> dict[str, Any] | None:
    """None where one of the two kinds is missing."""
    try:
        return asdict(separation(points, survived, scaled=scaled))
    except InputError:
        return None


def _verdicts(points: np.ndarray, survived: np.ndarray, found: dict[str, Any]) -> list[dict[str, Any]]:
    from scipy.stats import mannwhitneyu

    plain, scaled = found["as published"], found["scaled"]
    if plain is None or scaled is None:
        return [claim("a linear SVM separates survivors", PUBLISHED, "too few survivors to tell", False)]
    told = {name: round(entry["accuracy"], 3) for name, entry in found.items()}
    balanced = {name: round(entry["balanced"], 3) for name, entry in found.items()}
    p_values, areas = {}, {}
    for column, name in enumerate(("initial signal", "gradient")):
        live, dead = points[survived, column], points[~survived, column]
        test = mannwhitneyu(live, dead)
        p_values[name] = float(test.pvalue)
        areas[name] = round(float(test.statistic) / (len(live) * len(dead)), 3)
    near = [abs(entry["accuracy"] - PUBLISHED) < 0.05 for entry in (plain, scaled)]
    held = f"{told}, on {plain['tested']} points"
    return [
        claim("held-out accuracy of the linear SVM on (signal, gradient at step 4)", PUBLISHED, held,
              near[0], near[1]),
        claim("ours: that is more than always answering 'dies' does", None,
              f"always 'dies': {plain['majority']:.3f} ({1 - survived.mean():.3f} over all points); "
              f"mean accuracy on survivors and on the dead: {balanced}",
              plain["accuracy"] > plain["majority"] + 0.02, scaled["accuracy"] > scaled["majority"] + 0.02),
        claim("survivors have larger initial signals and gradients", "larger",
              f"a survivor has the larger value with probability {areas}, Mann-Whitney p "
              f"{ {name: f'{x:.1e}' for name, x in p_values.items()} }",
              min(areas.values()) > 0.5 and max(p_values.values()) < 0.01, max(areas.values()) > 0.6),
    ]  # fmt: skip


def _draw(size: Size, points: np.ndarray, survived: np.ndarray) -> "Figure":
    """Initial signal against gradient, and the survival rate over gradient."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.8), layout="constrained")
    figure.suptitle(f"p = {size.settings.p}: {survived.sum()} of {survived.size} frequencies survive, in "
                    f"{size.networks} networks with one initial embedding", fontsize=11)  # fmt: skip
    plane, rate = figure.subplots(1, 2)
    for kind, colour, marker, label in ((~survived, COLOURS[0], "o", "died"), (survived, COLOURS[1], "^", "survived")):
        plane.plot(points[kind, 1], points[kind, 0], marker, color=colour, ms=4, alpha=0.7, label=label)
    plane.set(xlabel=f"gradient: relative change of the signal in step {STEP}", ylabel=r"initial signal $\|F_k\|$")
    plane.legend(fontsize=8, frameon=False)
    edges = np.quantile(points[:, 1], np.linspace(0, 1, 9))
    bins = np.clip(np.searchsorted(edges, points[:, 1], side="right") - 1, 0, 7)
    shares = [survived[bins == i].mean() if (bins == i).any() else np.nan for i in range(8)]
    rate.plot((edges[1:] + edges[:-1]) / 2, shares, "o-", color=COLOURS[0])
    rate.locator_params(axis="x", nbins=5)
    plane.locator_params(axis="x", nbins=5)
    rate.axhline(survived.mean(), color="k", lw=0.8, ls=":")
    rate.set(xlabel="gradient (eight bins of equal size)", ylabel="share that survives", ylim=(0, 1))
    return figure
