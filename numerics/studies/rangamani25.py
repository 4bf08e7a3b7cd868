r"""Rangamani25: a recurrent network adds modulo 113 with few frequencies, shared by all of its matrices.

Which frequencies a network chooses depends on its seed, so what is compared over seeds is the structure: how many
frequencies the embedding, the hidden states and the output layer share; the rank that each matrix needs for 100%
accuracy, against twice that number; whether consecutive singular vectors of W_fc are one frequency's; how well
:math:`\cos, \sin(2\pi k(a+b)/p)` fit what the output layer sees; what removing frequencies costs.

Only the abstract and the captions could be read: everything but p and the matrices is ours, and so are the rules that
turn the claims into numbers.
"""

from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from numerics.accuracy import accuracy
from numerics.analysis.recurrent_structure import dissect
from numerics.loop import fit
from numerics.models.rnn import Activation, RecurrentNetwork
from numerics.studies.rangamani25_claims import claims, observations
from numerics.studies.rangamani25_figure import figure
from numerics.studies.study import Found, Progress, Session, Study
from numerics.studies.study import settings as listed

NOTES = {
    "activation": "ours: tanh, torch's default, is learned too, but was not through after more than twice the steps",
    "fraction": "ours: of all pairs, drawn by the seed; with 0.5 the same is learned in about twice the steps",
    "batch": "ours: drawn with replacement at every step; none means all training pairs",
    "cool": "ours: the last part of the steps, in which the rate falls linearly to 0; 0 means that it does not",
}


@dataclass(frozen=True)
class Settings:
    """Settings of one training run: AdamW on the cross-entropy of minibatches; all but p are ours.

    Attributes:
        p: modulus.
        d, h: dimensions of the embedding and of the hidden state.
        activation: the recurrence's.
        rate: AdamW's; it grows over the first ``warm_up`` steps and falls to 0 over the last share ``cool``.
        weight_decay: AdamW's, on all parameters.
        betas: AdamW's.
        fraction: share of all pairs that are trained on.
        batch: pairs in a step; None for all that are trained on.
        steps: updates.
    """

    p: int = 113
    d: int = 128
    h: int = 128
    activation: Activation = "relu"
    rate: float = 3e-3
    weight_decay: float = 1.0
    betas: tuple[float, float] = (0.9, 0.98)
    fraction: float = 0.7
    batch: int | None = 512
    warm_up: int = 10
    cool: float = 0.25
    steps: int = 3000

    def factor(self, step: int) -> float:
        """Factor on the learning rate."""
        left = (1 - step / self.steps) / self.cool if self.cool else 1.0
        return min(1.0, (step + 1) / self.warm_up, left)

    def listed(self) -> list[dict[str, Any]]:
        """Every setting with its value; stated is p alone, at the paper's value."""
        rows = []
        for name, value in asdict(self).items():
            stated = name == "p" and value == Settings.p
            note = "" if stated else "ours; the paper's is 113" if name == "p" else NOTES.get(name, "ours")
            rows.append((name, list(value) if name == "betas" else value, stated, note))
        return listed(*rows)


@dataclass(frozen=True)
class Size:
    """Settings, and how many seeds."""

    settings: Settings
    seeds: int


@dataclass(frozen=True)
class Trained:
    """A trained network, its records, and the wall time of its training in seconds."""

    model: RecurrentNetwork
    history: list[dict[str, Any]]
    seconds: float


SMALL = Settings(p=23, d=64, h=64, rate=1e-2, fraction=0.8, batch=256, steps=800)
# What came nearest to the paper in rangamani25_settings: little decay and a constant rate leave more frequencies.
NEAREST = Settings(rate=1e-3, weight_decay=0.1, batch=256, cool=0.0, steps=40_000)
SIZES = {
    "smoke": Size(replace(SMALL, steps=550), 2),
    "cpu": Size(Settings(), 5),
    "full": Size(NEAREST, 5),
}


def run(size: Size, session: Session) -> Found:
    """Train every seed, take every network apart."""
    rows = []
    for seed in range(size.seeds):
        found = train(size.settings, seed, session.folder / f"seed-{seed}", device=session.device,
                               progress=session.progress)  # fmt: skip
        rows.append({"seed": seed, "seconds": round(found.seconds, 1)} | dissect(found.model)
                    | {"history": found.history})  # fmt: skip
    return Found({"runs": rows, "observations": observations(rows)})


def train(
    settings: Settings,
    seed: int,
    folder: Path | None = None,
    *,
    device: str = "cpu",
    progress: Progress = lambda label, done, planned: None,
) -> Trained:
    """Train one network, or continue the run in ``folder``.

    Args:
        settings: everything but the seed.
        seed: draws the initial parameters, the split and the minibatches.
        folder: the run's own; its parent must exist.
        device: where to compute.
        progress: receives the seed.
    """
    p = settings.p
    model = RecurrentNetwork(p, settings.d, settings.h, activation=settings.activation, seed=seed).to(device)
    order = torch.as_tensor(np.random.default_rng(seed).permutation(p * p), device=device)
    trained, tested = order.tensor_split([round(settings.fraction * p * p)])

    def scores(chosen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        a, b = chosen // p, chosen % p
        logits, label = model(a, b), (a + b) % p
        return cross_entropy(logits, label), accuracy(logits, label)

    def loss(step: int) -> torch.Tensor:
        if settings.batch is None:
            chosen = trained
        else:
            drawn = np.random.default_rng([seed, step]).integers(len(trained), size=settings.batch)
            chosen = trained[torch.as_tensor(drawn, device=device)]
        a, b = chosen // p, chosen % p
        return cross_entropy(model(a, b), (a + b) % p)

    def measure(step: int) -> dict[str, float]:
        train, test = scores(trained), scores(tested)
        names = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
        return {name: round(float(x), 6) for name, x in zip(names, (*train, *test), strict=True)}

    optimiser = torch.optim.AdamW(
        model.parameters(), settings.rate, betas=settings.betas, weight_decay=settings.weight_decay, fused=True
    )
    every = max(1, settings.steps // 20)
    run = fit(
        model,
        optimiser,
        loss,
        steps=settings.steps,
        measure=measure,
        at=lambda step: step % every == 0,
        schedule=settings.factor,
        folder=folder,
        config=asdict(settings) | {"betas": list(settings.betas), "seed": seed},
        progress=partial(progress, f"seed {seed}"),
    )
    return Trained(model, run.history, run.seconds)


def lines(size: Size, found: Found) -> list[str]:
    """One per seed, and what was measured beside the paper's claims."""
    beside = [f"beside the paper: {x['observation']}: {x['ours']['mean']:.4g}" for x in found.numbers["observations"]]
    return [*map(_line, found.numbers["runs"]), *beside]


def _line(row: dict[str, Any]) -> str:
    ranks = ", ".join(f"{name} {x['rank']}" for name, x in row["ranks"].items())
    return f"seed {row['seed']}: accuracy {row['accuracy']:.4f}, shared frequencies {row['shared']}, ranks {ranks}"


STUDY = Study(
    "rangamani25",
    "Rangamani25: the frequencies, ranks and ablations of a recurrent network",
    "Rangamani25",
    SIZES,
    run,
    claims,
    figure,
    lines,
    settings=lambda size: size.settings.listed(),
)
