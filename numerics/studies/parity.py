r"""Morwani23, Figure 5: (10, 4)-sparse parity, trained by the paper's gradient descent and by our recipe.

Inputs :math:`x \in \{\pm 1\}^n`, label :math:`\prod_{j \in S} x_j`, network
:math:`f = \sum_i (u_i \cdot x)^k w_i \in \mathbb{R}^2`, loss
:math:`\operatorname{mean} \log(1 + e^{-g}) + \lambda \|\theta\|_{2,k+1}^{k+1}` with g the margin of an input.  As for
groups (ours), its minimisers are maximum-margin networks for every :math:`0 < \lambda < \gamma^*/2`, at
:math:`\gamma^* \|\theta\|^{k+1} = \log(\gamma^*/\lambda - 1)`.

Source: Morwani23 Theorem 8 and App. B (the text there says "quadratic"; its figure and its norm L_{2,5} say quartic).
"""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from numerics.outcome import Outcome, provenance
from numerics.presets.figures import COLOURS
from numerics.presets.published import Published
from theory.parity import conditions, max_margin, normalised_margin

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Morwani23 Figure 5: sparse parity"
RECORDS = 30
PUBLISHED = Published(
    method="gradient descent",
    rate=0.1,
    steps=30_000,
    penalty=1e-3,
    penalty_kind="norm",
    deviation=0.5,
    not_stated={
        "penalty_kind": "the norm is stated, its power in the loss is not; the power k+1 is ours",
        "deviation": "initial weights are not stated; ours",
    },
)


@dataclass(frozen=True)
class Recipe:
    """Ours: full-batch Adam, a half cosine to rate 0; lengths in units of an optimal neuron's entry."""

    ratio: float = 0.1
    deviation: float = 0.2
    rate: float = 0.02
    steps: int = 6000


@dataclass(frozen=True)
class Size:
    """(n, k), width, steps of the paper's run and of ours, seeds, and the margin over gamma* that ours must reach."""

    n: int
    k: int
    m: int
    published_steps: int
    steps: int
    seeds: int
    target: float


SIZES = {
    "smoke": Size(5, 2, 8, 500, 600, 1, 0.98),
    "cpu": Size(10, 4, 40, 30_000, 6000, 3, 0.99),
    "full": Size(10, 4, 40, 30_000, 20_000, 10, 0.999),
}


def reproduce(
    scale: str, folder: Path, *, device: str, budget: int, progress: Callable[[str, int, int], None]
) -> Outcome:
    """Train both; the problem is so small that nothing is kept between calls."""
    size = SIZES[scale]
    gamma = float(max_margin(size.n, size.k).evalf(30))
    published = PUBLISHED.first(size.published_steps)
    recipe = replace(Recipe(), steps=size.steps)
    runs = [_published(size, gamma, published, progress)]
    runs += [_ours(size, gamma, recipe, seed, progress) for seed in range(size.seeds)]
    numbers = {
        "preset": "morwani23-parity", "title": TITLE, "scale": scale, **asdict(size), "gamma": gamma, "runs": runs,
    } | provenance("cpu")  # fmt: skip
    missed = any(run["margin"] < size.target for run in runs[1:])
    lines = [f"{TITLE} ({size.n}, {size.k}), m={size.m}: gamma* = {gamma:.9g}"]
    lines += [f"  {run['label']}, seed {run['seed']}: margin {run['margin']:.6f} gamma*, off the support "
              f"{run['conditions']['off_support']:.1e}, {run['seconds']} s" for run in runs]  # fmt: skip
    return Outcome(numbers, lines, missed, lambda: _draw(size, runs))


def _published(size: Size, gamma: float, published: Published, progress: Callable[[str, int, int], None]) -> dict:
    parameters = _initial(size, gamma, published.penalty, published.deviation, 0)
    optimiser = torch.optim.SGD(parameters, published.rate)
    found = _train(size, gamma, parameters, optimiser, published.penalty, published.rate_at, published.steps,
                   lambda done: progress("paper's settings", done, published.steps))  # fmt: skip
    return {"label": "paper's settings", "seed": 0, "settings": published.settings()} | found


def _ours(size: Size, gamma: float, recipe: Recipe, seed: int, progress: Callable[[str, int, int], None]) -> dict:
    penalty = recipe.ratio * gamma
    parameters = _initial(size, gamma, penalty, recipe.deviation, seed)
    rate = recipe.rate * _entry(size, gamma, penalty)
    optimiser = torch.optim.Adam(parameters, rate, eps=1e-20)
    cosine = [rate * 0.5 * (1 + math.cos(math.pi * step / recipe.steps)) for step in range(recipe.steps)]
    found = _train(size, gamma, parameters, optimiser, penalty, cosine.__getitem__, recipe.steps,
                   lambda done: progress(f"our recipe, seed {seed}", done, recipe.steps))  # fmt: skip
    settings = [
        {"name": name, "value": value, "stated": False, "note": "ours"} for name, value in asdict(recipe).items()
    ]
    return {"label": "our recipe", "seed": seed, "settings": settings} | found


def _entry(size: Size, gamma: float, penalty: float) -> float:
    """An entry of an optimal neuron, of m equal ones: its norm over sqrt(k + 1)."""
    beta = math.log(gamma / penalty - 1)
    return (beta / (gamma * size.m)) ** (1 / (size.k + 1)) / (size.k + 1) ** 0.5


def _initial(size: Size, gamma: float, penalty: float, deviation: float, seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    entries = torch.randn(size.m, size.n + 2, generator=generator, dtype=torch.float64)
    entries *= deviation * _entry(size, gamma, penalty)
    return entries[:, : size.n].clone().requires_grad_(), entries[:, size.n :].clone().requires_grad_()


def _train(
    size: Size,
    gamma: float,
    parameters: tuple[Tensor, Tensor],
    optimiser: torch.optim.Optimizer,
    penalty: float,
    rate_at: Callable[[int], float],
    steps: int,
    progress: Callable[[int], None],
) -> dict[str, Any]:
    """Full-batch training in float64 with S the first k coordinates; margins by enumeration."""
    started = time.monotonic()
    u, w = parameters
    x = 1.0 - 2.0 * (torch.arange(2**size.n)[:, None] >> torch.arange(size.n) & 1).double()
    label = x[:, : size.k].prod(dim=1)
    support = range(size.k)
    history = []
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step)
        optimiser.zero_grad()
        margins = label * ((x @ u.T) ** size.k @ (w[:, 0] - w[:, 1]))
        powers = (u.square().sum(dim=1) + w.square().sum(dim=1)) ** ((size.k + 1) / 2)
        loss = torch.nn.functional.softplus(-margins).mean() + penalty * powers.sum()
        loss.backward()
        optimiser.step()
        progress(step + 1)
        if (step + 1) % max(1, steps // RECORDS) == 0 or step + 1 == steps:
            margin = normalised_margin(u.detach().numpy(), w.detach().numpy(), support) / gamma
            history.append({"step": step + 1, "margin": margin, "loss": float(loss.detach())})
    weights = u.detach().numpy(), w.detach().numpy()
    return {
        "margin": history[-1]["margin"],
        "history": history,
        "conditions": asdict(conditions(*weights, support)),
        "u": np.round(weights[0], 6).tolist(),
        "w": np.round(weights[1], 6).tolist(),
        "seconds": round(time.monotonic() - started, 2),
    }


def _draw(size: Size, runs: list[dict]) -> "Figure":
    """Margin over time, and the sizes of every neuron's weights: coordinates of the support first."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    figure.suptitle(f"{TITLE}: n = {size.n}, k = {size.k}, m = {size.m}", fontsize=11)
    margins, left, right = figure.subplots(1, 3, width_ratios=(1.4, 1, 1))
    for run in runs:
        colour = COLOURS[run["label"] == "our recipe"]
        steps = [record["step"] for record in run["history"]]
        values = [max(record["margin"], -0.25) for record in run["history"]]
        margins.plot(steps, values, color=colour, label=run["label"] if run["seed"] == 0 else None,
                     alpha=1 if run["seed"] == 0 else 0.4)  # fmt: skip
    margins.axhline(1, color="k", lw=0.8, ls="--")
    margins.set_xlabel("step", fontsize=8)
    margins.set_ylabel("margin / $\\gamma^*$ (below -0.25: at the edge)", fontsize=8)
    margins.legend(fontsize=8, frameon=False, loc="lower right")
    for ax, run, colour in zip((left, right), runs, COLOURS, strict=False):
        magnitude = np.abs(np.hstack([np.array(run["u"]), np.array(run["w"])]))
        order = np.argsort(-(magnitude**2).sum(axis=1))
        ax.imshow(magnitude[order], aspect="auto", cmap="magma", interpolation="nearest")
        ax.axvline(size.k - 0.5, color="w", lw=0.8, ls=":")
        ax.axvline(size.n - 0.5, color="w", lw=0.8)
        ax.set_xticks([size.k / 2 - 0.5, (size.k + size.n) / 2 - 0.5, size.n + 0.5], ["$S$", "not $S$", "$w$"])
        ax.set_ylabel("neurons, heaviest first", fontsize=8)
        ax.set_title(f"{run['label']}: |weights|\nmargin {run['margin']:.4f} $\\gamma^*$", fontsize=9, color=colour)
    for ax in (margins, left, right):
        ax.tick_params(labelsize=7)
    return figure
