"""Ding24, Figures 5 and 6: how well initial signal and first gradient of a frequency predict whether it survives.

One initial embedding, many MLPs and splits.  Gradient of a frequency: how much its signal changes in step 4, over its
initial signal.  A linear SVM gets (initial signal, gradient) and answers "survives" or "dies" on held-out frequencies;
the paper reports an accuracy of 83.8%.  Ours: the accuracy of always answering "dies", the mean accuracy on survivors
and on the dead, and the SVM on features of equal variance.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.analysis.circles import survival
from numerics.analysis.dynamics import separation
from numerics.models.embedding_mlp import EmbeddingMLP, snapshot
from numerics.studies.ding24 import COLOURS, Settings, strengths, train
from numerics.studies.study import Claim, Found, Session, Study, graded
from theory.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEP = 4
PUBLISHED = 0.838
MACHINES = ("as published", "scaled")


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


def run(size: Size, session: Session) -> Found:
    """Train every MLP from the embedding of seed 0."""
    embedding = snapshot(EmbeddingMLP(size.settings.p, size.settings.d, initial=size.settings.initial))
    early, alive = [], []
    for seed in range(size.networks):
        model, history = train(
            size.settings,
            seed,
            session.folder / f"seed-{seed}",
            measure=strengths,
            at=lambda step: step <= STEP,
            device=session.device,
            progress=session.progress,
            embedding=embedding,
        )
        early.append([record["signals"] for record in history[: STEP + 1]])
        alive.append(survival(snapshot(model)))
    first = np.array(early)
    gradient = (first[:, 1:] - first[:, :-1]) / first[:, :1]
    points = np.stack([first[:, 0].ravel(), gradient[:, STEP - 1].ravel()], axis=1)
    return Found({"networks": size.networks} | told(points, np.array(alive).ravel()))


def told(points: np.ndarray, survived: np.ndarray) -> dict[str, Any]:
    """Every frequency and what the two machines make of them, as JSON values.

    Args:
        points: initial signal and gradient of every frequency of every network, (N, 2).
        survived: bool, (N,).
    """
    return {
        "frequencies": int(survived.size), "survived": int(survived.sum()),
        **{name: _separated(points, survived, name == "scaled") for name in MACHINES},
        "initial_signal": points[:, 0].tolist(), "gradient": points[:, 1].tolist(),
        "alive": survived.astype(int).tolist(),
    }  # fmt: skip


def _fates(found: Found) -> tuple[np.ndarray, np.ndarray]:
    """The arguments of ``told``, from what it said."""
    numbers = found.numbers
    return np.column_stack([numbers["initial_signal"], numbers["gradient"]]), np.array(numbers["alive"], dtype=bool)


def _separated(points: np.ndarray, survived: np.ndarray, scaled: bool) -> dict[str, Any] | None:
    """None where one of the two kinds is missing."""
    try:
        return asdict(separation(points, survived, scaled=scaled))
    except InputError:
        return None


def claims(size: Size, found: Found) -> list[Claim]:
    """How well a linear machine tells survivors from the dead, beside the more frequent answer."""
    from scipy.stats import mannwhitneyu

    points, survived = _fates(found)
    machines = {name: found.numbers[name] for name in MACHINES}
    plain, scaled = machines.values()
    near_rule = "reproduced: within .05 of the paper's, features as they are; partly: features of variance 1"
    if plain is None or scaled is None:
        nothing = "too few survivors to tell"
        return [Claim("accuracy", "a linear SVM separates survivors", PUBLISHED, nothing, "not", near_rule)]
    accuracy = {name: round(entry["accuracy"], 3) for name, entry in machines.items()}
    balanced = {name: round(entry["balanced"], 3) for name, entry in machines.items()}
    p_values, areas = {}, {}
    for column, name in enumerate(("initial signal", "gradient")):
        live, dead = points[survived, column], points[~survived, column]
        test = mannwhitneyu(live, dead)
        p_values[name] = float(test.pvalue)
        areas[name] = round(float(test.statistic) / (len(live) * len(dead)), 3)
    near = [abs(entry["accuracy"] - PUBLISHED) < 0.05 for entry in (plain, scaled)]
    return [
        Claim("accuracy", "held-out accuracy of the linear SVM on (signal, gradient at step 4)", PUBLISHED,
              f"{accuracy}, on {plain['tested']} points", graded(*near), near_rule),
        Claim("above_majority", "ours: that is more than always answering 'dies' does", None,
              f"always 'dies': {plain['majority']:.3f} ({1 - survived.mean():.3f} over all points); "
              f"mean accuracy on survivors and on the dead: {balanced}",
              graded(*(entry["accuracy"] > entry["majority"] + 0.02 for entry in (plain, scaled))),
              "reproduced: by more than .02, features as they are; partly: features of variance 1"),
        Claim("larger", "survivors have larger initial signals and gradients", "larger",
              f"a survivor has the larger value with probability {areas}, Mann-Whitney p "
              f"{ {name: f'{x:.1e}' for name, x in p_values.items()} }",
              graded(min(areas.values()) > 0.5 and max(p_values.values()) < 0.01, max(areas.values()) > 0.6),
              "reproduced: both, each with p < .01; partly: one of them with probability above .6"),
    ]  # fmt: skip


def figure(size: Size, found: Found) -> "Figure":
    """Initial signal against gradient, and the survival rate over gradient."""
    from matplotlib.figure import Figure

    points, survived = _fates(found)
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


STUDY = Study(
    "ding24-gradient",
    "Ding24 Figures 5 and 6: which frequencies survive, from initial signal and gradient",
    "Ding24",
    SIZES,
    run,
    claims,
    figure,
    settings=lambda size: size.settings.listed(),
)
