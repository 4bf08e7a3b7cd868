r"""Ding24, Section 4.2: a linear differential equation :math:`\dot x = A x + b` fitted to the signals.

Fitted to the signals of the first 1000 steps by least squares and by Lasso (alpha = 0.01), with R^2 for every
frequency, and its solution laid over the data.  Ours, as a control: the increments of one run regressed on the signals
of another, which cannot act on them.  If that law fits equally well, the fit shows that signals change smoothly,
not that circles compete.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from numerics.analysis.circles import signals, survivors
from numerics.analysis.dynamics import determination, fit_linear
from numerics.models.embedding_mlp import EmbeddingMLP, snapshot
from numerics.studies.ding24 import COLOURS, STYLES, Settings, SplitPairs, spaced, strengths, train
from numerics.studies.study import Claim, Found, Session, Study, graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FITS = {"least squares": 0.0, "Lasso": 0.01}


@dataclass(frozen=True)
class Size:
    """Settings; the seeds at their d; and other d, with seed 0."""

    settings: Settings
    seeds: int
    dimensions: tuple[int, ...]


SIZES = {
    "smoke": Size(Settings(p=13, d=16, steps=150, precision="float32"), 2, (8,)),
    "cpu": Size(Settings(steps=1_000, precision="float32"), 5, (8, 16, 32, 64, 95)),
    "full": Size(Settings(steps=1_000), 10, tuple(range(4, 96))),
}


def run(size: Size, session: Session) -> Found:
    """Train every seed and dimension, fit every trajectory; the first trajectory is shown."""
    cases = [(size.settings.d, seed) for seed in range(size.seeds)] + [(d, 0) for d in size.dimensions]
    paths, rows = [], []
    for d, seed in cases:
        path, row = _trajectory(replace(size.settings, d=d), seed, session)
        rows.append(row | {name: _fit(path, alpha) for name, alpha in FITS.items()})
        paths.append(path)
    control = {
        name: [fit_linear(paths[i], alpha, drivers=paths[(i + 1) % size.seeds]).score for i in range(size.seeds)]
        for name, alpha in FITS.items()
    }
    return Found({"runs": rows, "control": control}, paths[0])


def _trajectory(settings: Settings, seed: int, session: Session) -> tuple[np.ndarray, dict[str, Any]]:
    """Signals after every step (T + 1, p // 2), and the size of the embedding's gradient at some."""
    pairs = SplitPairs(settings.p, settings.fraction, seed, session.device)

    def measure(model: EmbeddingMLP, step: int) -> dict[str, Any]:
        found = strengths(model, step)
        if spaced(step):
            with torch.enable_grad():
                (slope,) = torch.autograd.grad(pairs.loss(model, pairs.train), model.embedding)
            found["gradient"] = float(signals(slope.cpu().numpy()).sum())
        return found

    model, history = train(settings, seed, session.folder / f"d{settings.d}-seed{seed}", measure=measure,
                           at=lambda step: True, device=session.device, progress=session.progress,
                           scored=spaced)  # fmt: skip
    gradient = [[record["step"], record["gradient"]] for record in history if "gradient" in record]
    row = {"d": settings.d, "seed": seed, "survivors": survivors(snapshot(model)), "gradient": gradient}
    return np.array([record["signals"] for record in history]), row


def _fit(path: np.ndarray, alpha: float) -> dict[str, Any]:
    law = fit_linear(path, alpha)
    solution = law.solution(path[0], len(path) - 1)
    between = law.A[~np.eye(len(law.A), dtype=bool)]
    return {
        "alpha": alpha,
        "r2": law.score,
        "r2_by_frequency": [round(float(x), 4) for x in law.scores],
        "nonzero": float(np.mean(np.abs(law.A) > 1e-12)),
        "helping": float(np.mean(between > 1e-12)),
        "harming": float(np.mean(between < -1e-12)),
        "solution_r2_by_frequency": [round(float(x), 4) for x in determination(path, solution)],
    }


def claims(size: Size, found: Found) -> list[Claim]:
    """How well the law fits, whether it is sparse, and what the control says of it."""
    rows, control = found.numbers["runs"], found.numbers["control"]
    seeds = rows[: size.seeds]
    squares, lasso = ([round(row[name]["r2"], 3) for row in seeds] for name in FITS)
    worst = {name: min(min(row[name]["solution_r2_by_frequency"]) for row in seeds) for name in FITS}
    share = [round(row["Lasso"]["nonzero"], 3) for row in seeds]
    signs = {kind: [round(row["Lasso"][kind], 3) for row in seeds] for kind in ("helping", "harming")}
    steps, sizes = np.array(seeds[0]["gradient"]).T
    inner = (sizes[1:-1] > sizes[:-2]) & (sizes[1:-1] > sizes[2:])
    peaks, late = [int(x) for x in steps[1:-1][inner]], float(sizes[-1] / sizes.max())
    return [
        Claim("least_squares", "a linear law fits the increments: R^2, least squares", None, squares,
              graded(min(squares) > 0.95), "reproduced: above .95 in every seed"),
        Claim("lasso", "the same, Lasso with alpha = 0.01: R^2", None, lasso,
              graded(min(lasso) > 0.9, min(lasso) > 0.5),
              "reproduced: above .9 in every seed; partly: above .5 in every seed"),
        Claim("sparse", "Lasso finds few interactions: share of entries of A that are not 0", None, share,
              graded(max(share) < 0.5), "reproduced: below one half in every seed"),
        Claim("both_signs", "frequencies help and harm each other: A has positive and negative entries beside its "
              "diagonal (Lasso)", "collaborate and compete",
              {"positive": signs["helping"], "negative": signs["harming"]}, "measured",
              "measured: shares of the entries; the control below says how little that shows"),
        Claim("solution", "the solution follows the signals: R^2 of the worst frequency", None,
              {name: round(x, 3) for name, x in worst.items()},
              graded(min(worst.values()) > 0.8, max(worst.values()) > 0.8),
              "reproduced: above .8 for both fits; partly: for one of them"),
        Claim("gradient_peak", "the embedding's gradient peaks about step 100 and is negligible after 1000", 100,
              f"local maxima at steps {peaks}, the largest at {int(steps[sizes.argmax()])}; "
              f"at step {int(steps[-1])} {late:.1e} of it",
              graded(60 <= steps[sizes.argmax()] <= 160 and late < 0.02, any(60 <= x <= 160 for x in peaks)),
              "reproduced: seed 0's largest value is at steps 60 to 160 and the last one below .02 of it; partly: a "
              "local maximum is at these steps"),
        Claim("control", "ours: R^2 shows interaction, so it drops when another run's signals take the place of x",
              None, {name: [round(x, 3) for x in control[name]] for name in FITS},
              graded(max(control["least squares"]) < min(squares) - 0.05),
              "reproduced: every control is more than .05 below every fit, least squares"),
    ]  # fmt: skip


def figure(size: Size, found: Found) -> "Figure":
    """Signals with the solution of the Lasso law, its matrix, R^2 against d, and the embedding's gradient."""
    from matplotlib.figure import Figure

    path, rows, control = found.shown, found.numbers["runs"], found.numbers["control"]
    figure = Figure(figsize=(11, 6.4), layout="constrained")
    figure.suptitle(
        "A linear law for the signals; crosses: driven by the signals of another run, which cannot act on these",
        fontsize=11,
    )
    (curves, matrix), (against, gradient) = figure.subplots(2, 2)
    law = fit_linear(path, FITS["Lasso"])
    solution = law.solution(path[0], len(path) - 1)
    alive = rows[0]["survivors"]
    dead = [k for k in range(1, size.settings.p // 2 + 1) if k not in alive]
    shown = (alive + dead)[: len(COLOURS) - 1] if len(alive) < 4 else [*alive[:4], *dead[:2]]
    for k, colour in zip(shown, COLOURS, strict=False):
        curves.plot(path[:, k - 1], color=colour, lw=2.5, alpha=0.5, label=f"k = {k}")
        curves.plot(solution[:, k - 1], color=colour, lw=1, ls="--")
    curves.set(xlabel="step", ylabel=r"signal $\|F_k\|$", title="signals (broad), solution of the Lasso law (dashed)")
    curves.legend(fontsize=7, frameon=False, ncols=2)
    bound = np.abs(law.A).max() or 1.0
    extent = (0.5, len(law.b) + 0.5, len(law.b) + 0.5, 0.5)
    image = matrix.imshow(law.A, cmap="PuOr", vmin=-bound, vmax=bound, extent=extent)
    matrix.set(xlabel="from frequency", ylabel="to frequency", title="A of the Lasso law, per step")
    figure.colorbar(image, ax=matrix)
    for name, colour, marker in zip(FITS, COLOURS, "os", strict=False):
        against.plot([row["d"] for row in rows], [row[name]["r2"] for row in rows], marker, color=colour, label=name)
        against.plot([size.settings.d] * size.seeds, control[name], "x", color=colour, ms=10, mew=2,
                     label=f"{name}, another run")  # fmt: skip
    against.set(xlabel="d", ylabel=r"$R^2$ of the increments", ylim=(0, 1.05), title="all runs")
    against.legend(fontsize=7, frameon=False)
    for row, colour, style in zip(rows[: size.seeds], COLOURS, STYLES, strict=False):
        steps, sizes = np.array(row["gradient"]).T
        gradient.plot(steps + 1, sizes, color=colour, ls=style, label=f"seed {row['seed']}")
    gradient.set(xscale="log", yscale="log", xlabel="step + 1", ylabel=r"$\sum_k \|F_k(\partial L/\partial E)\|$",
                 title="gradient of the embedding")  # fmt: skip
    gradient.legend(fontsize=7, frameon=False)
    return figure


STUDY = Study(
    "ding24-ode",
    "Ding24 Section 4.2: a linear law for the signals",
    "Ding24",
    SIZES,
    run,
    claims,
    figure,
    settings=lambda size: size.settings.listed(),
)
