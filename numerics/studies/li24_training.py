"""How Li24 trains its transformers: AdamW with a short warm-up on minibatches of one half of the inputs."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from numerics.accuracy import accuracy
from numerics.analysis.permuted_inputs import Split, all_inputs, given_away, halves
from numerics.loop import Fit, fit


@dataclass(frozen=True)
class Recipe:
    """Rate, decay, batch, betas and warm-up are the paper's by default; updates are not stated.

    Attributes:
        updates: number of updates of the weights.
        rate, decay: learning rate; AdamW's decoupled weight decay, the paper's lambda.
        batch: inputs of a minibatch, drawn with replacement.
        betas, warmup: AdamW's; updates until the rate is full.
    """

    updates: int
    rate: float = 1e-3
    decay: float = 1e-3
    batch: int = 1024
    betas: tuple[float, float] = (0.9, 0.98)
    warmup: int = 10

    def plain(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return asdict(self) | {"betas": list(self.betas)}


class Data:
    """All inputs of a task, and a random half of them for training.

    Attributes:
        inputs, labels: the whole task, (p^k, k) and (p^k,).
        train: indices of the training half.
        given_away: share of the inputs in the other half that have a permutation in the training half.
        parts: name -> indices to measure accuracy on, at most ``most``: ``train``, ``test`` and, where there are any,
            ``fresh``: test inputs without a permutation in the training half.
    """

    def __init__(self, k: int, p: int, split: Split, seed: int, most: int, device: str) -> None:
        """Draw the half and the parts from ``seed``."""
        inputs, labels = all_inputs(k, p)
        train, test = halves(k, p, split, seed)
        known = given_away(inputs[train], inputs[test], p)
        self.given_away = float(known.mean())
        self.inputs, self.labels, self.train = (torch.from_numpy(x).to(device) for x in (inputs, labels, train))
        draw = np.random.default_rng(seed)
        self.parts = {
            name: torch.from_numpy(draw.permutation(part)[:most]).to(device)
            for name, part in {"train": train, "test": test, "fresh": test[~known]}.items()
            if len(part)
        }

    def accuracies(self, logits: Callable[[Tensor], Tensor]) -> dict[str, Any]:
        """NAME_accuracy of every part."""
        return {
            f"{name}_accuracy": float(accuracy(logits(self.inputs[part]), self.labels[part]))
            for name, part in self.parts.items()
        }


def train(
    model: nn.Module,
    logits: Callable[[Tensor], Tensor],
    data: Data,
    recipe: Recipe,
    *,
    seed: int,
    every: int,
    more: Callable[[], dict[str, Any]] = dict,
    stop: Callable[[list[dict[str, Any]]], str | None] = lambda history: None,
    folder: Path | None = None,
    config: dict[str, Any] | None = None,
    progress: Callable[[int, int], None] = lambda done, planned: None,
) -> Fit:
    """Train ``model``, whose logits ``logits`` computes; every ``every`` updates record accuracies and ``more``."""
    optimiser = torch.optim.AdamW(model.parameters(), recipe.rate, recipe.betas, weight_decay=recipe.decay, fused=True)

    def loss(step: int) -> Tensor:
        generator = torch.Generator().manual_seed(2**32 * (seed + 1) + step)
        chosen = torch.randint(len(data.train), (recipe.batch,), generator=generator)
        batch = data.train[chosen.to(data.train.device)]
        return nn.functional.cross_entropy(logits(data.inputs[batch]), data.labels[batch])

    return fit(
        model,
        optimiser,
        loss,
        steps=recipe.updates,
        measure=lambda step: data.accuracies(logits) | more(),
        at=lambda step: step % every == 0,
        stop=stop,
        schedule=lambda step: min(1.0, (step + 1) / recipe.warmup),
        folder=folder,
        # without the number of updates: a longer run begins like a shorter one, and goes on from it
        config=(config or {})
        | {k: v for k, v in recipe.plain().items() if k != "updates"}
        | {"seed": seed, "every": every},
        progress=progress,
    )
