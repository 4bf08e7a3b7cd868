"""What the studies of Ding24 share: its settings, one training run, losses, and the look of the figures."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from numerics.accuracy import accuracy
from numerics.denormals import taken_as_zero
from numerics.ensemble.embedding import EmbeddingGradient
from numerics.loop import fit
from numerics.models.embedding_mlp import EmbeddingMLP, Initial, pairs, snapshot, train_split
from numerics.studies.study import Progress, Session
from numerics.studies.study import settings as listed

COLOURS = ("#0072b2", "#d55e00", "#e69f00", "#009e73", "#56b4e9", "#cc79a7", "#000000")
STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), "-")
GREY = "0.75"


@dataclass(frozen=True)
class Settings:
    """Settings of one training run; the defaults are the paper's."""

    p: int = 59
    d: int = 128
    steps: int = 30_000
    precision: str = "float64"
    width: int = 100
    fraction: float = 0.8
    rate: float = 0.01
    weight_decay: float = 0.5
    initial: Initial = "code"

    def listed(self) -> list[dict[str, Any]]:
        """Every setting with its value: stated in the paper, taken from its code, or ours."""
        paper = asdict(Settings())
        notes = {
            "precision": "the published code's",
            "initial": "the published code's: embedding N(0, 1), MLP nn.Linear's default; the paper: all N(0, 1)",
        }
        rows = []
        for name, value in asdict(self).items():
            same = value == paper[name]
            note = notes.get(name, "") if same else f"ours; the paper's is {paper[name]}"
            rows.append((name, value, same and name not in notes, note))
        code = {"activation": "SiLU", "optimiser": "AdamW, betas 0.9 and 0.999", "batch": "all training pairs"}
        return listed(*rows, *((k, v, k == "optimiser", "the published code's") for k, v in code.items()))


class SplitPairs:
    """All pairs of Z_p on a device, and the seed's split of them."""

    def __init__(self, p: int, fraction: float, seed: int, device: str = "cpu") -> None:
        """Split the pairs."""
        self.a, self.b, self.label = (x.to(device) for x in pairs(p))
        self.train, self.test = (x.to(device) for x in train_split(p, fraction, seed))

    def loss(self, model: EmbeddingMLP, chosen: Tensor | None = None, embedding: np.ndarray | None = None) -> Tensor:
        """Mean cross-entropy over the chosen pairs (all by default), optionally with another embedding."""
        return self._scores(model, chosen, embedding)[0]

    def score(
        self, model: EmbeddingMLP, chosen: Tensor | None = None, embedding: np.ndarray | None = None
    ) -> tuple[float, float]:
        """Loss and accuracy, as :meth:`loss`."""
        with torch.no_grad():
            loss, accuracy = self._scores(model, chosen, embedding)
        return float(loss), float(accuracy)

    def _scores(
        self, model: EmbeddingMLP, chosen: Tensor | None, embedding: np.ndarray | None
    ) -> tuple[Tensor, Tensor]:
        a, b, label = (x if chosen is None else x[chosen] for x in (self.a, self.b, self.label))
        given = {} if embedding is None else {"embedding": torch.as_tensor(embedding).to(model.embedding)}
        logits = functional_call(model, given, (a, b)).double()  # in float32 a loss of 1e-7 is rounding
        return cross_entropy(logits, label), accuracy(logits, label)


Measure = Callable[[EmbeddingMLP, int], dict[str, Any]]


def train(
    settings: Settings,
    seed: int,
    folder: Path,
    *,
    measure: Measure,
    at: Callable[[int], bool],
    device: str = "cpu",
    progress: Progress = lambda label, done, planned: None,
    embedding: np.ndarray | None = None,
    frozen: bool = False,
    scored: Callable[[int], bool] = lambda step: True,
) -> tuple[EmbeddingMLP, list[dict[str, Any]]]:
    """Train one network, or continue the run in ``folder``; the network and its history.

    Args:
        settings: everything but the seed.
        seed: draws MLP, embedding and split.
        folder: the run's own; its parent must exist.
        measure: model and step -> what is recorded beside loss and accuracy on training and test pairs.
        at: steps to record.
        device: where to compute.
        progress: receives the folder's name.
        embedding: (p, d), the initial embedding where it is not the seed's.
        frozen: the embedding is not trained.
        scored: records that get loss and accuracy; the last always does.
    """
    model = EmbeddingMLP(settings.p, settings.d, settings.width, seed=seed, initial=settings.initial,
                         dtype=getattr(torch, settings.precision), embedding=embedding).to(device)  # fmt: skip
    model.embedding.requires_grad_(not frozen)
    split = SplitPairs(settings.p, settings.fraction, seed, device)
    optimiser = torch.optim.AdamW(model.parameters(), settings.rate, weight_decay=settings.weight_decay)
    start = None if embedding is None else [float(x) for x in np.abs(np.fft.fft(embedding, axis=0)).sum(axis=1)]
    with taken_as_zero():
        run = fit(
            model,
            optimiser,
            _Slopes(model, split),
            steps=settings.steps,
            measure=lambda step: (
                (_losses(model, split) if scored(step) or step == settings.steps else {}) | measure(model, step)
            ),
            at=at,
            folder=folder,
            config=asdict(settings) | {"seed": seed, "frozen": frozen, "start": start},
            progress=partial(progress, folder.name),
        )
    return model, run.history


class _Slopes:
    """What a step's loss is to the loop: the gradients left in the parameters, by the ensembles' program for them."""

    def __init__(self, model: EmbeddingMLP, split: SplitPairs) -> None:
        self.gradient, self.data = EmbeddingGradient(), {"train": split.train[None]}
        self.parameters = dict(model.named_parameters())

    def __call__(self, step: int) -> None:
        alone = {name: x.detach()[None] for name, x in self.parameters.items()}
        _, slopes = self.gradient(alone, self.data)
        for name, x in self.parameters.items():
            if x.requires_grad:
                x.grad = slopes[name][0]


def _losses(model: EmbeddingMLP, pairs: SplitPairs) -> dict[str, float]:
    train, test = pairs.score(model, pairs.train), pairs.score(model, pairs.test)
    return {"train_loss": train[0], "train_accuracy": train[1], "test_loss": test[0], "test_accuracy": test[1]}


SPACED = {0} | {round(10 ** (i / 20)) for i in range(101)}


def spaced(step: int) -> bool:
    """Twenty records per factor of ten, for a figure with a logarithmic axis."""
    return step in SPACED


def strengths(model: EmbeddingMLP, step: int) -> dict[str, Any]:
    """The measure that keeps the signals of all frequencies."""
    from numerics.analysis.circles import signals

    return {"signals": [round(float(x), 4) for x in signals(snapshot(model))]}


def followed(model: EmbeddingMLP, step: int) -> dict[str, Any]:
    """The measure of a run that several studies show: signals, and who survives at that step."""
    from numerics.analysis.circles import survivors

    return strengths(model, step) | {"survivors": survivors(snapshot(model))}


ORIGINALS = "ding24-originals"  # the folder of the networks that circles and re-initialisation both show
FULL = Settings(precision="float32")


def original(settings: Settings, seed: int, session: Session) -> tuple[EmbeddingMLP, list[dict[str, Any]]]:
    """The seed's network from its own embedding, trained once for all studies of one scale."""
    name = f"p{settings.p}-d{settings.d}-steps{settings.steps}-seed{seed}"
    return train(settings, seed, session.folder / name, measure=followed, at=spaced, device=session.device,
                 progress=session.progress)  # fmt: skip
