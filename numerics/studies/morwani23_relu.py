r"""Morwani23, addition mod 71 with ReLU instead of a square: power in Fourier space is concentrated, but not at one.

Full-batch training on cross-entropy :math:`+\ \lambda\|\theta\|_2^2` (ReLU, homogeneous of degree 2) beside
:math:`+\ \lambda\|\theta\|_{2,3}^3` (quadratic).  For every vector of every live neuron: the share of its power at its
strongest frequency, +-zeta pooled.  The quadratic network tends to 1, which is its theorem; ReLU has none.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from numerics.accuracy import accuracy
from numerics.components import Spectrum
from numerics.denormals import taken_as_zero
from numerics.launch import train
from numerics.loop import fit
from numerics.loss import CrossEntropy, flat_parameters
from numerics.network import RELU, PowerNetwork
from numerics.outcome import statistics
from numerics.recipes import RECIPES
from numerics.studies.study import Claim, Found, Session, Study, graded, settings
from theory.task import Task

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INITIAL = 0.1
PAPER_SHARE = 0.9
SHOWN = ("share", "share_u", "share_w", "phase_error")
DOUBLINGS, EVERY_DOUBLING = 10, 1000


@dataclass(frozen=True)
class Size:
    """Modulus, neurons, seeds; lambda, optimiser, rate and steps of the ReLU network; Adam steps of the quadratic."""

    p: int
    m: int
    seeds: int
    penalty: float
    optimiser: str
    rate: float
    steps: int
    quadratic_steps: int


SIZES = {
    "smoke": Size(11, 40, 2, 1e-4, "adam", 0.01, 150, 100),
    "cpu": Size(71, 500, 3, 1e-4, "adam", 0.01, 600, 400),
    "full": Size(71, 500, 1, 1e-4, "sgd", 0.05, 40_000, 4000),
}


def rate_factor(size: Size, step: int) -> float:
    """Factor on the rate: doubled ten times, every 1000 steps, for SGD (the paper's); a half cosine for Adam."""
    if size.optimiser == "sgd":
        return 2.0 ** min(step // EVERY_DOUBLING, DOUBLINGS)
    return 0.5 * (1 + math.cos(math.pi * step / size.steps))


def train_relu(
    size: Size,
    seed: int,
    folder: Path | None,
    *,
    device: str = "cpu",
    progress: Callable[[int, int], None] = lambda done, planned: None,
) -> tuple[PowerNetwork, list[dict[str, Any]]]:
    """The ReLU network of one seed and its records.

    Args:
        size: every number of the training.
        seed: seed of the initial weights.
        folder: where checkpoints are kept.
        device: where to train.
        progress: called after every step.
    """
    task = Task.cyclic(2, size.p)
    network = PowerNetwork.random(task, size.m, seed, INITIAL, device=device, activation=RELU)
    entropy = CrossEntropy(network, task)
    inputs = torch.cartesian_prod(*[torch.arange(size.p, device=device)] * 2)

    def differentiate(step: int) -> None:
        _, slopes = entropy(*flat_parameters(network))
        assert slopes is not None
        for weight, (slope,) in zip((network.u, network.w), slopes, strict=True):
            weight.grad = slope.add_(weight.detach(), alpha=2 * size.penalty)

    def measure(step: int) -> dict[str, Any]:
        loss, _ = entropy(*flat_parameters(network), gradient=False)
        right = float(accuracy(network(inputs), inputs.sum(1) % size.p))
        return {"cross_entropy": float(loss), "accuracy": right} | shares(network)[1]

    kind = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[size.optimiser]
    with taken_as_zero():
        done = fit(
            network,
            kind(network.parameters(), lr=size.rate),
            differentiate,
            steps=size.steps,
            measure=measure,
            at=lambda step: step % max(1, size.steps // 12) == 0,
            schedule=lambda step: rate_factor(size, step),
            folder=folder,
            config={"format": "fourier-margin/morwani23-relu", "version": 1, "seed": seed, "device": device}
            | vars(size),
            progress=progress,
        )
    return network, done.history


def shares(network: PowerNetwork) -> tuple[np.ndarray, dict[str, float]]:
    """Share of every vector of the live neurons at its strongest frequency, (live, 3), and the means by kind."""
    spectrum = Spectrum(*network.numpy())
    found = spectrum.dominant_share[spectrum.live]
    return found, {
        "share": float(found.mean()),
        "share_u": float(found[:, :2].mean()),
        "share_w": float(found[:, 2].mean()),
        "phase_error": float(np.median(np.abs(spectrum.phase_error[spectrum.live]))),
        "frequencies": len(np.unique(spectrum.frequency[spectrum.live])),
        "live": int(spectrum.live.sum()),
    }


def run(size: Size, session: Session) -> Found:
    """ReLU and quadratic networks of every seed; the figure needs the shares of all their vectors."""
    rows: list[dict[str, Any]] = []
    vectors: dict[str, list[np.ndarray]] = {"relu": [], "quadratic": []}
    for seed in range(size.seeds):
        relu, history = train_relu(
            size, seed, session.folder / f"relu-seed{seed}", device=session.device,
            progress=session.counter(f"ReLU, seed {seed}"),
        )  # fmt: skip
        for name, network in (("relu", relu), ("quadratic", _quadratic(size, seed, session))):
            each, means = shares(network)
            vectors[name].append(each)
            rows.append({"network": name, "seed": seed} | means)
        rows[-2] |= {"accuracy": history[-1]["accuracy"], "history": history}
    over_seeds = {
        name: {key: statistics([row[key] for row in rows if row["network"] == name]) for key in SHOWN}
        for name in vectors
    }
    together = {name: np.concatenate(found) for name, found in vectors.items()}
    return Found({"p": size.p, "m": size.m, "rows": rows, "over_seeds": over_seeds}, together)


def _quadratic(size: Size, seed: int, session: Session) -> PowerNetwork:
    return train(
        Task.cyclic(2, size.p),
        replace(RECIPES["adam"], descent_steps=size.quadratic_steps),
        m=size.m,
        seed=seed,
        target=None,
        device=session.device,
        budget=session.budget,
        out=session.folder / f"quadratic-seed{seed}",
        resume=True,
        progress=session.watch(f"quadratic, seed {seed}"),
    ).network


def claims(size: Size, found: Found) -> list[Claim]:
    """The paper's two observations, with intervals over seeds."""
    rows = found.numbers["rows"]
    relu = found.numbers["over_seeds"]["relu"]["share"]
    gap = statistics([square["share"] - relu["share"] for relu, square in zip(rows[::2], rows[1::2], strict=True)])
    near = abs(relu["mean"] - PAPER_SHARE)
    return [
        Claim("concentrated", "ReLU: mean share at the strongest frequency", PAPER_SHARE, relu["mean"],
              graded(near < 0.05, near < 0.1), f"reproduced: within 0.05 of {PAPER_SHARE}; partly: within 0.1",
              {"interval": relu["interval"], "seeds": relu["seeds"]}),
        Claim("below_quadratic", "quadratic minus ReLU is positive", "> 0", gap["mean"],
              graded(gap["interval"][0] > 0, gap["mean"] > 0),
              "reproduced: the 95% interval over seeds lies above 0; partly: the mean does",
              {"interval": gap["interval"], "seeds": gap["seeds"]}),
    ]  # fmt: skip


def listed(size: Size) -> list[dict[str, Any]]:
    """Every setting of the ReLU network, and which recipe the quadratic one has."""
    paper, sgd = SIZES["full"], size.optimiser == "sgd"
    schedule = "doubled ten times, every 1000 steps" if sgd else "half cosine to 0"
    return settings(
        ("p", size.p, size.p == paper.p, f"the paper's is {paper.p}"),
        ("neurons", size.m, size.m == paper.m, f"the paper's is {paper.m}"),
        ("optimiser", size.optimiser, sgd, "full batch; the paper: gradient descent"),
        ("rate", f"{size.rate:g}, {schedule}", sgd, "the paper: 0.05, doubled ten times, every 1000 steps"),
        ("lambda", size.penalty, True, "L2 penalty; on the square of the norm: our reading"),
        ("steps", size.steps, size.steps == paper.steps, f"the paper's are {paper.steps}"),
        ("initial weights", f"normal, {INITIAL:g}", False, "not stated"),
        ("seeds", size.seeds, False, "not stated"),
        ("quadratic network", f"recipe adam, {size.quadratic_steps} steps", False, "lambda = gamma*/5"),
    )


def lines(size: Size, found: Found) -> list[str]:
    """One per network."""
    return [_line(row) for row in found.numbers["rows"]]


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['network']:9} seed {row['seed']}: share {row['share']:.3f} (u {row['share_u']:.3f}, "
        f"w {row['share_w']:.3f}), {row['frequencies']} frequencies, {row['live']} live neurons, "
        f"median phase error {row['phase_error']:.4f} turns"
    )


def figure(size: Size, found: Found) -> "Figure":
    """Histograms of the share at the strongest frequency, as in the paper: ReLU beside quadratic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    figure.suptitle(f"Power is concentrated, below the quadratic network's: p = {size.p}, m = {size.m}, "
                    f"{size.seeds} seeds", fontsize=11)  # fmt: skip
    titles = {"relu": "ReLU, L2 penalty", "quadratic": "quadratic, L(2,3) penalty"}
    bins = np.linspace(0, 1, 51)
    for ax, (name, title) in zip(figure.subplots(1, 2, sharey=True), titles.items(), strict=True):
        share = found.shown[name]
        kinds = (
            ("input vectors", share[:, :2].ravel(), "#0072b2", None),
            ("output vectors", share[:, 2], "#d55e00", "//"),
        )
        for label, values, colour, hatch in kinds:
            weights = np.full(len(values), 1 / len(values))
            ax.hist(values, bins, weights=weights, histtype="stepfilled", facecolor=colour if hatch is None else "none",
                    edgecolor=colour, hatch=hatch, alpha=0.6 if hatch is None else 1, label=label)  # fmt: skip
        ax.axvline(share.mean(), color="k", lw=1, ls="--", label=f"mean {share.mean():.3f}")
        ax.set(xlabel="share of power at the strongest frequency", xlim=(0, 1.01), title=title)
        ax.legend(fontsize=8, frameon=False, loc="upper left")
    figure.axes[0].set_ylabel("share of vectors")
    return figure


STUDY = Study(
    "morwani23-relu", "Morwani23: ReLU instead of a square, power concentrated but not at one", "Morwani23", SIZES, run,
    claims, figure, lines, listed, one_thread=True,
)  # fmt: skip
