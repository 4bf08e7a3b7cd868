"""A cell of a Ding24 sweep: embedding networks that differ in their seeds only; and what all six sweeps report.

The published code trains every network for 30,000 steps.  Which frequencies survive is decided long before: a network
of ours leaves once it is **settled**, that is, once it labels all pairs right and no signal lies between one half of
the survival threshold and the threshold (asked every 100 steps).  ``tests/numerics/studies`` trains networks on after
that and sees the set stay; networks that have not settled by the last step are counted.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from numerics.analysis.circles import signals, survival, survivors, two_sided_signals
from numerics.ensemble.cell import Cell, Finished, Members, Row
from numerics.ensemble.embedding import EmbeddingGradient, accuracies, networks, splits
from numerics.ensemble.engine import Adam, Records, Trained, members_within
from numerics.ensemble.store import Tensors
from numerics.studies.study import Found, Session, settings
from theory.errors import InputError

WIDTH, RATE, DECAY, FRACTION = 100, 0.01, 0.5, 0.8
PAPER_STEPS = 30_000
ASKED_EVERY = 100
AMBIGUOUS = 0.5  # of the threshold
COPIES = 6  # of a member's parameters during a step: weights, gradient, two moments, two temporaries


@dataclass(frozen=True)
class Training:
    """How a study's networks train: at most so many steps, leaving when settled or not, precision, decay."""

    steps: int
    leave: bool = True
    precision: str = "float32"
    weight_decay: float = DECAY


PAPER = Training(PAPER_STEPS, leave=False, precision="float64")


@dataclass(frozen=True)
class EmbeddingCell(Cell):
    """Networks that train together; member i has the MLP of ``seeds[i]`` and the split of ``splits[i]``.

    ``embeddings`` gives every member an initial embedding, and ``start`` says which; None: those of the seeds.
    """

    label: str
    p: int
    d: int
    seeds: Sequence[int]
    splits: Sequence[int]
    how: Training
    start: str = "the seeds' own embeddings"
    embeddings: Callable[[], list[np.ndarray]] | None = None

    @property
    def name(self) -> str:
        """Its label."""
        return self.label

    @property
    def decay(self) -> float:
        """Its weight decay."""
        return self.how.weight_decay

    @property
    def settings(self) -> dict[str, Any]:
        """Sizes, seeds, splits, start and training."""
        own = {"name": self.label, "p": self.p, "d": self.d, "start": self.start}
        return own | asdict(self.how) | {"seeds": list(self.seeds), "splits": list(self.splits)}

    @property
    def operations(self) -> float:
        """Multiplications and additions of one training step of one member, matrix products only."""
        pairs = int(FRACTION * self.p**2)
        return 6 * pairs * WIDTH * (WIDTH + self.p) + 12 * self.p * self.d * WIDTH

    def members(self, device: str, budget: int) -> Members:
        """Networks and splits of all seeds; those that have settled leave."""
        start = self._networks(device)
        asked = range(ASKED_EVERY, self.how.steps, ASKED_EVERY)
        return Members(
            EmbeddingGradient(),
            start,
            splits(self.p, FRACTION, self.splits, device),
            Adam(RATE, self.decay),
            self.how.steps,
            records=Records(asked, _ask, lambda values: values["settled"] == 1) if self.how.leave else None,
            batch=members_within(budget, COPIES * sum(x[0].nbytes for x in start.values())),
        )

    def observe(self, trained: Trained) -> list[Row]:
        """Signals of the frequencies 1..floor(p/2) before and after, the threshold, survivors, and how it ended."""
        data = splits(self.p, FRACTION, self.splits, trained.loss.device)
        right = {part: accuracies(trained.parameters, pairs) for part, pairs in data.items()}
        before, after = (_embedding(tensors) for tensors in (self._networks("cpu"), trained.parameters))
        calm = settled(after, torch.stack([each == 1 for each in right.values()]).all(0).cpu().numpy())
        return [
            {
                "seed": int(seed),
                "initial": _rounded(signals(before[i])),
                "final": _rounded(signals(after[i])),
                "threshold": round(float(2 * two_sided_signals(after[i]).mean()), 4),
                "alive": survivors(after[i]),
                "settled": bool(calm[i]),
                "steps": int(trained.updates[i]),
                "loss": _finite(float(trained.loss[i])),
                "train_accuracy": float(right["train"][i]),
                "test_accuracy": float(right["test"][i]),
            }
            for i, seed in enumerate(self.seeds)
        ]

    def _networks(self, device: str) -> Tensors:
        given, dtype = self.embeddings() if self.embeddings else None, getattr(torch, self.how.precision)
        return networks(self.p, self.d, self.seeds, width=WIDTH, embeddings=given, dtype=dtype, device=device)


Trainings = Sequence[Finished[EmbeddingCell]]


class Size(Protocol):
    """What the sizes of all sweeps have."""

    @property
    def training(self) -> Training:
        """How the networks train."""


def train_all(cells: Sequence[EmbeddingCell], session: Session) -> list[Finished[EmbeddingCell]]:
    """Train all cells, or take up what is there."""
    return [session.run(cell) for cell in cells]


def unsettled(finished: Finished[EmbeddingCell]) -> int:
    """How many networks had not settled at their last step."""
    return sum(not row["settled"] for row in finished.rows)


def with_cost(size: Size, finished: Trainings, full: Sequence[EmbeddingCell], numbers: dict[str, Any]) -> Found:
    """The study's numbers with what they cost, and how long the paper's own grid ``full`` would take here.

    That is at this run's operations per second.
    """
    seconds = sum(x.trained.seconds for x in finished)
    done = sum(x.cell.operations * row["steps"] for x in finished for row in x.rows)
    planned = sum(cell.operations * len(cell.seeds) for cell in full) * PAPER_STEPS
    cost = {
        "networks": sum(len(x.rows) for x in finished),
        "not_settled": sum(map(unsettled, finished)),
        "mean_steps": fmean(row["steps"] for x in finished for row in x.rows),
        "seconds": round(seconds, 1),
        "paper_networks": sum(len(cell.seeds) for cell in full),
        "paper_hours_here": planned / done * seconds / 3600,
    }
    return Found(numbers | {"cost": cost, "training": asdict(size.training)})


def lines(size: Size, found: Found) -> list[str]:
    """What it cost, and what the paper's own grid would."""
    cost = found.numbers["cost"]
    return [
        f"{cost['networks']} networks, {cost['mean_steps']:.0f} steps in the mean, {cost['seconds']:.0f} s, "
        f"{cost['not_settled']} not settled",
        f"the paper's own grid: {cost['paper_networks']} networks of {PAPER_STEPS} steps, "
        f"about {cost['paper_hours_here']:.3g} hours at this run's operations per second",
    ]


def protocol(size: Size) -> list[dict[str, Any]]:
    """What the paper says, and what is ours where it says nothing or too much."""
    how = size.training
    return settings(
        ("width", WIDTH, True, "both hidden layers"),
        ("learning rate", RATE, True, "AdamW, betas .9 and .999, no schedule"),
        ("weight decay", how.weight_decay, how.weight_decay == DECAY, "on every parameter (the code's); paper 0.5"),
        ("fraction of pairs for training", FRACTION, True, ""),
        ("activation", "SiLU", False, "the code's; biases too"),
        ("initial weights", "embedding N(0, 1), nn.Linear's default", False, "the code's; the paper: all N(0, 1)"),
        ("survival", "signal > 2 mean of the p two-sided signals", False, "the code's"),
        ("precision", how.precision, False, "the code's is float64"),
        ("steps", how.steps, how == PAPER, "the paper's are 30,000; ours may leave once settled"),
    )


def drawn_embeddings(p: int, d: int, seeds: Sequence[int]) -> list[np.ndarray]:
    """The embeddings that the published code draws for these seeds, each (p, d)."""
    return list(networks(p, d, seeds, dtype=torch.float64)["embedding"].numpy())


def settled(embedding: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether members have settled: (members, p, d) and whether each labels all pairs right -> (members,)."""
    threshold = 2 * two_sided_signals(embedding).mean(axis=-1, keepdims=True)
    alive = survival(embedding)
    between = (signals(embedding) > AMBIGUOUS * threshold) & ~alive
    return right & alive.any(axis=-1) & ~between.any(axis=-1)


def _ask(parameters: Tensors, data: Tensors) -> Tensors:
    """Whether each member has settled, as 0 and 1."""
    right = [accuracies(parameters, data[part]) == 1 for part in ("train", "test")]
    found = settled(_embedding(parameters), (right[0] & right[1]).cpu().numpy())
    return {"settled": torch.as_tensor(found, dtype=torch.float32, device=data["train"].device)}


def _embedding(parameters: dict[str, Tensor]) -> np.ndarray:
    return parameters["embedding"].double().cpu().numpy()


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(x), 4) for x in values]


def _finite(x: float) -> float:
    if not math.isfinite(x):
        raise InputError(f"training must not diverge; the loss became {x}")
    return x
