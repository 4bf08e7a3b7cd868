"""A cell of a sweep: networks that differ in their seeds only, trained as one ensemble, kept in one file each.

The published code trains every network for 30,000 steps.  Which frequencies survive is decided long before: a network
of ours leaves once it is **settled**, that is, once it labels all pairs right and no signal lies between one half of
the survival threshold and the threshold (asked every 100 steps).  ``tests/numerics/studies`` trains networks on after
that and sees the set stay; networks that have not settled by the last step are counted.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from numerics.analysis.circles import signals, survival, survivors, two_sided_signals
from numerics.checkpoint import make_folder
from numerics.ensemble.embedding import EmbeddingGradient, accuracies, networks, splits
from numerics.ensemble.engine import Adam, Records, members_within, train
from numerics.ensemble.store import FILE, Tensors
from numerics.outcome import Outcome, Progress, provenance
from theory.errors import InputError
from theory.files import read_json, write_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
class Cell:
    """Networks that train together; member i has the MLP of ``seeds[i]`` and the split of ``splits[i]``.

    ``embeddings`` gives every member an initial embedding, and ``start`` says which; None: those of the seeds.
    """

    name: str
    p: int
    d: int
    seeds: Sequence[int]
    splits: Sequence[int]
    decay: float = DECAY
    start: str = "the seeds' own embeddings"
    embeddings: Callable[[], list[np.ndarray]] | None = None

    @property
    def operations(self) -> float:
        """Multiplications and additions of one training step of one member, matrix products only."""
        pairs = int(FRACTION * self.p**2)
        return 6 * pairs * WIDTH * (WIDTH + self.p) + 12 * self.p * self.d * WIDTH


@dataclass(frozen=True)
class Member:
    """What one network began and ended with; signals of the frequencies 1..floor(p/2), and the threshold at the end."""

    seed: int
    initial: list[float]
    final: list[float]
    threshold: float
    alive: list[int]
    settled: bool
    steps: int
    loss: float
    train_accuracy: float
    test_accuracy: float


@dataclass(frozen=True)
class Finished:
    """A cell with its members and what it cost."""

    cell: Cell
    members: list[Member]
    seconds: float

    @property
    def counts(self) -> list[float]:
        """How many frequencies survive in each member."""
        return [float(len(member.alive)) for member in self.members]

    @property
    def unsettled(self) -> int:
        """How many members had not settled at their last step."""
        return sum(not member.settled for member in self.members)


def run(
    cells: Sequence[Cell], how: Training, folder: Path, *, device: str, budget: int, progress: Progress
) -> list[Finished]:
    """Train all cells, or read those that are finished; a killed study goes on where it was."""
    make_folder(folder)
    return [_finished(cell, how, folder, device, budget, progress) for cell in cells]


def hours(full: list[Cell], finished: list[Finished]) -> float:
    """How long the paper's own grid would take here, at this run's operations per second."""
    done = sum(x.cell.operations * member.steps for x in finished for member in x.members)
    planned = sum(cell.operations * len(cell.seeds) for cell in full) * PAPER_STEPS
    return planned / done * sum(x.seconds for x in finished) / 3600


def outcome(
    name: str,
    title: str,
    scale: str,
    how: Training,
    finished: list[Finished],
    full: list[Cell],
    numbers: dict[str, Any],
    verdict: list[dict[str, Any]],
    device: str,
    draw: "Callable[[], Figure]",
) -> Outcome:
    """The study's numbers with cost, convergence, settings and provenance; its lines."""
    count = sum(len(x.members) for x in finished)
    cost = {
        "networks": count,
        "not_settled": sum(x.unsettled for x in finished),
        "mean_steps": fmean(member.steps for x in finished for member in x.members),
        "seconds": round(sum(x.seconds for x in finished), 1),
        "paper_networks": sum(len(cell.seeds) for cell in full),
        "paper_hours_here": hours(full, finished),
    }
    found = {
        "preset": name, "title": title, "scale": scale, "verdict": verdict, **numbers, "cost": cost,
        "training": asdict(how), "settings": settings(how),
    } | provenance(device)  # fmt: skip
    lines = [
        title,
        *(f"  {x['claim']}: paper {x['paper'] or '-'}; ours {x['ours']}: {x['verdict']}" for x in verdict),
        f"  {count} networks, {cost['mean_steps']:.0f} steps in the mean, {cost['seconds']:.0f} s, "
        f"{cost['not_settled']} not settled",
        f"  the paper's own grid: {cost['paper_networks']} networks of {PAPER_STEPS} steps, "
        f"about {cost['paper_hours_here']:.3g} hours at this run's operations per second",
    ]
    return Outcome(found, lines, False, draw)


def settings(how: Training) -> list[dict[str, Any]]:
    """What the paper says, and what is ours where it says nothing or too much."""
    rows = [
        ("width", WIDTH, True, "both hidden layers"),
        ("learning rate", RATE, True, "AdamW, betas .9 and .999, no schedule"),
        (
            "weight decay",
            how.weight_decay,
            how.weight_decay == DECAY,
            "on every parameter (the code's); paper 0.5",
        ),
        ("fraction of pairs for training", FRACTION, True, ""),
        ("activation", "SiLU", False, "the code's; biases too"),
        ("initial weights", "embedding N(0, 1), nn.Linear's default", False, "the code's; the paper: all N(0, 1)"),
        ("survival", "signal > 2 mean of the p two-sided signals", False, "the code's"),
        ("precision", how.precision, False, "the code's is float64"),
        ("steps", how.steps, how == PAPER, "the paper's are 30,000; ours may leave once settled"),
    ]
    return [{"name": name, "value": value, "stated": stated, "note": note} for name, value, stated, note in rows]


def drawn_embeddings(p: int, d: int, seeds: Sequence[int]) -> list[np.ndarray]:
    """The embeddings that the published code draws for these seeds, each (p, d)."""
    return list(networks(p, d, seeds, dtype=torch.float64)["embedding"].numpy())


def settled(embedding: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether members have settled: (members, p, d) and whether each labels all pairs right -> (members,)."""
    threshold = 2 * two_sided_signals(embedding).mean(axis=-1, keepdims=True)
    alive = survival(embedding)
    between = (signals(embedding) > AMBIGUOUS * threshold) & ~alive
    return right & alive.any(axis=-1) & ~between.any(axis=-1)


def _finished(cell: Cell, how: Training, folder: Path, device: str, budget: int, progress: Progress) -> Finished:
    path = folder / f"{cell.name}.json"
    identity = {"name": cell.name, "p": cell.p, "d": cell.d, "decay": cell.decay, "start": cell.start} | asdict(how)
    identity |= {"seeds": list(cell.seeds), "splits": list(cell.splits)}
    if path.exists():
        stored = read_json(path)
        if not isinstance(stored, dict) or stored.get("settings") != identity:
            raise InputError(f"a continued study must keep its settings; {str(path)!r} is of another one")
        return Finished(cell, [Member(**member) for member in stored["members"]], stored["seconds"])
    members, seconds = _train(cell, how, folder / cell.name, identity, device, budget, progress)
    write_json(path, {"settings": identity, "seconds": seconds, "members": [asdict(member) for member in members]})
    (folder / cell.name / FILE).unlink(missing_ok=True)
    return Finished(cell, members, seconds)


def _train(
    cell: Cell,
    how: Training,
    folder: Path,
    identity: dict[str, Any],
    device: str,
    budget: int,
    progress: Progress,
) -> tuple[list[Member], float]:
    """The members, and the processor time."""
    dtype = getattr(torch, how.precision)
    given = cell.embeddings() if cell.embeddings else None
    start = networks(cell.p, cell.d, cell.seeds, width=WIDTH, embeddings=given, dtype=dtype, device=device)
    data = splits(cell.p, FRACTION, cell.splits, device)
    state = COPIES * sum(x[0].nbytes for x in start.values())
    make_folder(folder)
    found = train(
        EmbeddingGradient(),
        start,
        data,
        optimiser=Adam(RATE, cell.decay),
        updates=how.steps,
        records=Records(range(ASKED_EVERY, how.steps, ASKED_EVERY), _ask, _leave) if how.leave else None,
        batch=members_within(budget, state),
        folder=folder,
        config=identity,
        progress=lambda done, planned: progress(cell.name, done, planned),
    )
    parameters = found.parameters
    train_accuracy, test_accuracy = (accuracies(parameters, data[part]) for part in ("train", "test"))
    before, after = (_embedding(tensors) for tensors in (start, parameters))
    calm = settled(after, ((train_accuracy == 1) & (test_accuracy == 1)).cpu().numpy())
    members = [
        Member(
            seed=int(seed),
            initial=_rounded(signals(before[i])),
            final=_rounded(signals(after[i])),
            threshold=round(float(2 * two_sided_signals(after[i]).mean()), 4),
            alive=survivors(after[i]),
            settled=bool(calm[i]),
            steps=int(found.updates[i]),
            loss=_finite(float(found.loss[i])),
            train_accuracy=float(train_accuracy[i]),
            test_accuracy=float(test_accuracy[i]),
        )
        for i, seed in enumerate(cell.seeds)
    ]
    return members, found.seconds


def _ask(parameters: Tensors, data: Tensors) -> Tensors:
    """Whether each member has settled, as 0 and 1."""
    right = [accuracies(parameters, data[part]) == 1 for part in ("train", "test")]
    found = settled(_embedding(parameters), (right[0] & right[1]).cpu().numpy())
    return {"settled": torch.as_tensor(found, dtype=torch.float32, device=data["train"].device)}


def _leave(values: Tensors) -> Tensor:
    return values["settled"] == 1


def _embedding(parameters: Tensors) -> np.ndarray:
    return parameters["embedding"].double().cpu().numpy()


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(x), 4) for x in values]


def _finite(x: float) -> float:
    if not math.isfinite(x):
        raise InputError(f"training must not diverge; the loss became {x}")
    return x
