"""Two trainings for the explorer to play back: descent and polish to the theorem's margin, and grokking.

Each look is the whole network, rounded to 16-bit integers and a scale: enough for every picture, a few thousandths of a
percent of the largest weight.
"""

import base64
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from numerics.recipes import load_recipe
from numerics.training import Progress, Run
from theory.margin import max_margin_float
from theory.task import Task, normalised_margin

LEVELS = 2**15 - 1
DESCENT_LOOKS = (0, 2, 4, 6, 8, 10, 12, 15, 18, 22, 26, 30, 35, 40, 50, 60, 80, 100, 130, 160, 200, 250, 300)


def runs() -> dict[str, dict[str, Any]]:
    """Name -> {title, k, p, m, looks, curves}."""
    return {"polish": _polish(), "grokking": _grokking()}


def look(u: np.ndarray, w: np.ndarray, step: int, phase: str) -> dict[str, Any]:
    """A network as integers: weights are scale times these."""
    weights = np.concatenate([u.ravel(), w.ravel()]).astype(float)
    scale = float(np.abs(weights).max()) / LEVELS
    whole = np.round(weights / scale).astype("<i2")
    return {"step": step, "phase": phase, "scale": scale, "weights": base64.b64encode(whole.tobytes()).decode()}


def _polish(p: int = 11) -> dict[str, Any]:
    """The package's own training at k = 2: Adam on the papers' objective, then the polish."""
    task, recipe = Task.cyclic(2, p), replace(load_recipe("hybrid"), descent_steps=DESCENT_LOOKS[-1])
    looks: list[dict[str, Any]] = []
    margins: list[float] = []

    def keep(now: Progress) -> None:
        if now.phase == "descent" and now.done not in DESCENT_LOOKS:
            return
        assert now.network is not None
        u, w = now.network.numpy()
        looks.append(look(u, w, now.done, now.phase))
        margins.append(normalised_margin(task, u.astype(float), w.astype(float)) / max_margin_float(2, p))

    Run(task, recipe, task.default_width, 0, recipe.ratio * task.gamma, target=0.99999, progress=keep)()
    title = f"descent and polish, k = 2, p = {p}"
    return _run(title, p, task.default_width, looks, {"margin / γ*": margins})


def _grokking(p: int = 23, m: int = 96, steps: int = 1500, every: int = 50) -> dict[str, Any]:
    """A plain loop on half of the pairs: AdamW with weight decay on a network of squares."""
    torch.manual_seed(0)
    pairs = torch.cartesian_prod(torch.arange(p), torch.arange(p))
    labels, rows = pairs.sum(dim=1) % p, torch.nn.functional.one_hot(pairs, p).float().flatten(1)
    order = torch.randperm(p * p)
    seen, others = order[: p * p // 2], order[p * p // 2 :]
    hidden, out = torch.nn.Linear(2 * p, m, bias=False), torch.nn.Linear(m, p, bias=False)
    adam = torch.optim.AdamW([hidden.weight, out.weight], lr=0.005, weight_decay=1.0, betas=(0.9, 0.98))
    looks: list[dict[str, Any]] = []
    curves: dict[str, list[float]] = {"sums it was shown": [], "sums it never saw": [], "margin / γ*": []}
    task, gamma = Task.cyclic(2, p), max_margin_float(2, p)
    for step in range(steps + 1):
        logits = out(hidden(rows).square())
        if step % every == 0:
            u = hidden.weight.detach().double().numpy().reshape(m, 2, p)
            w = out.weight.detach().double().numpy().T
            right = (logits.argmax(dim=1) == labels).double()
            looks.append(look(u, w, step, "AdamW"))
            values = (float(right[seen].mean()), float(right[others].mean()), normalised_margin(task, u, w) / gamma)
            for name, value in zip(curves, values, strict=True):
                curves[name].append(value)
        adam.zero_grad()
        torch.nn.functional.cross_entropy(logits[seen], labels[seen]).backward()
        adam.step()
    return _run(f"grokking: half of the sums modulo {p}", p, m, looks, curves)


def _run(title: str, p: int, m: int, looks: list[dict[str, Any]], curves: dict[str, list[float]]) -> dict[str, Any]:
    rounded = {name: [round(value, 6) for value in values] for name, values in curves.items()}
    return {"title": title, "k": 2, "p": p, "m": m, "looks": looks, "curves": rounded}
