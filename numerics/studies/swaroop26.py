r"""Swaroop26: a ReLU network trained on noisy labels of a + b mod 97, and the algorithm found in its weights.

Cross-entropy and AdamW on 30% of the pairs, a share alpha of their labels wrong.  At the first record with 99% training
accuracy (saturation) and at the end: which neurons are periodic, whether square waves fit them better than cosines,
whether :math:`\phi_{out} = \phi_a + \phi_b`, and what a network achieves that keeps nothing but each neuron's frequency
and phases.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from numerics.accuracy import accuracy
from numerics.analysis.relu_structure import describe, extracted
from numerics.analysis.spectra import STRUCTURED, UNSTRUCTURED, periodicity
from numerics.loop import fit
from numerics.models.idealised import KINDS
from numerics.models.relu import NoisyPairs, ReLUNetwork, ReLUWeights, leave_gradients, noisy_pairs
from numerics.selection.intervals import wilson
from numerics.studies.study import Found, Session, Study, settings
from numerics.studies.swaroop26_claims import claims
from numerics.studies.swaroop26_figure import figure

RATE, DECAY, FRACTION, SATURATED, SOLVED = 1e-3, 1.0, 0.3, 0.99, 0.999
EARLY, EVERY_EARLY, EVERY, EVERY_IDEALISED = 500, 25, 250, 2500
LEAST_GAIN = 1e-4


@dataclass(frozen=True)
class Size:
    """Settings of one scale.

    Attributes:
        p, m: modulus and neurons.
        structured, low: thresholds of per(W_a).
        steps: at most so many, by noise level.
        patience: steps without improvement allowed.
        seeds: networks by noise level, where there are more than one.
    """

    p: int
    m: int
    structured: float
    low: float
    steps: dict[float, int]
    patience: int
    seeds: dict[float, int] = field(default_factory=dict)


ALPHAS = (0.0, *(i / 100 for i in range(1, 16)), 0.20, 0.25, 0.30)
STEPS = dict.fromkeys(ALPHAS, 5000) | {0.0: 60_000, 0.10: 20_000, 0.30: 20_000}
SIZES = {
    # per(w) of a cosine is 15 at p = 31, and about 2 for noise
    "smoke": Size(31, 48, 6.0, 3.0, {0.0: 120, 0.3: 120}, 10_000),
    "cpu": Size(97, 256, STRUCTURED, UNSTRUCTURED, STEPS, 50_000, {0.0: 2, 0.10: 2, 0.30: 2}),
    "full": Size(97, 256, STRUCTURED, UNSTRUCTURED, dict.fromkeys(ALPHAS, 500_000), 50_000),
}


@dataclass(frozen=True, eq=False)
class NoisyRun:
    """One run: its data, records, weights at saturation (None: never) and at the end, and wall time in seconds."""

    data: NoisyPairs
    history: list[dict[str, Any]]
    stopped: str | None
    saturation: ReLUWeights | None
    final: ReLUWeights
    seconds: float


class Remembering(ReLUNetwork):
    """The network, with its weights at saturation as buffers, so that a checkpoint holds both; NaN before."""

    def __init__(self, p: int, m: int, *, seed: int) -> None:
        """The network of ``seed``, not saturated yet."""
        super().__init__(p, m, seed=seed)
        self.names = list(self.state_dict())
        for name in self.names:
            self.register_buffer(_remembered(name), torch.full_like(self.get_parameter(name), torch.nan))

    def remember(self) -> None:
        """Keep the weights as they are now, unless there are some already."""
        if self.saturated is None:
            for name in self.names:
                self.get_buffer(_remembered(name)).copy_(self.get_parameter(name))

    @property
    def saturated(self) -> ReLUWeights | None:
        """The weights that were kept."""
        kept = {name: self.get_buffer(_remembered(name)) for name in self.names}
        return None if any(x.isnan().any() for x in kept.values()) else ReLUWeights.from_tensors(kept)


def _remembered(name: str) -> str:
    return f"saturated_{name.replace('.', '_')}"


def train(
    size: Size,
    alpha: float,
    folder: Path | None,
    *,
    seed: int = 0,
    device: str = "cpu",
    progress: Callable[[int, int], None] = lambda done, planned: None,
) -> NoisyRun:
    """Train one network, or continue the run in ``folder``.

    Args:
        size: modulus, width, steps.
        alpha: share of wrong labels.
        folder: where checkpoints are kept.
        seed: draws split, noise and initial weights.
        device: where to train.
        progress: called after every step.
    """
    data = noisy_pairs(size.p, FRACTION, alpha, seed)
    model = Remembering(size.p, size.m, seed=seed).to(device)
    a, b, label, other_a, other_b = (
        torch.from_numpy(x).to(device) for x in (data.a, data.b, data.label, data.validation_a, data.validation_b)
    )

    def measure(step: int) -> dict[str, Any]:
        logits = model(a, b)
        trained = float(accuracy(logits, label))
        if trained >= SATURATED:
            model.remember()
        found = {
            "loss": float(cross_entropy(logits, label)),
            "train_accuracy": trained,
            "validation_accuracy": float(accuracy(model(other_a, other_b), (other_a + other_b) % size.p)),
        }
        return found | (idealisations(ReLUWeights.of(model), data) if step % EVERY_IDEALISED == 0 else {})

    def gradients(step: int) -> None:
        leave_gradients(model, a, b, label)

    done = fit(
        model,
        torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY, fused=True),
        gradients,
        steps=size.steps[alpha],
        measure=measure,
        at=lambda step: step % (EVERY_EARLY if step < EARLY else EVERY) == 0,
        stop=partial(stop, patience=size.patience),
        folder=folder,
        config=_config(size, alpha, seed, device),
        progress=progress,
    )
    return NoisyRun(data, done.history, done.stopped, model.saturated, ReLUWeights.of(model), done.seconds)


def _config(size: Size, alpha: float, seed: int, device: str) -> dict[str, Any]:
    """What the weights after so many steps depend on."""
    fixed = {"format": "fourier-margin/relu", "version": 3, "p": size.p, "m": size.m}
    return fixed | {"alpha": alpha, "seed": seed, "device": device}


def stop(history: list[dict[str, Any]], patience: int) -> str | None:
    """The paper's rule: validation accuracy above .999, or not 1e-4 better than its best for so many steps."""
    best, since = -1.0, 0
    for record in history:
        if record["validation_accuracy"] > best + LEAST_GAIN:
            best, since = record["validation_accuracy"], record["step"]
    if history[-1]["validation_accuracy"] > SOLVED:
        return "solved"
    return "no improvement" if history[-1]["step"] - since >= patience else None


def idealisations(weights: ReLUWeights, data: NoisyPairs) -> dict[str, float]:
    """Validation accuracy of each idealisation of a network."""
    return {kind: extracted(weights, kind).accuracy(data.validation_a, data.validation_b) for kind in KINDS}


def examine(weights: ReLUWeights, data: NoisyPairs, size: Size) -> dict[str, Any]:
    """Structure of one network, its validation accuracy, and that of its idealisations and of what is left of it."""
    per = periodicity(weights.a)
    pairs = data.validation_a, data.validation_b
    real = weights.accuracy(*pairs)
    interval = wilson(round(real * len(pairs[0])), len(pairs[0]))
    return {
        "accuracy": {"real": real} | idealisations(weights, data),
        "validation_pairs": len(pairs[0]),
        "real_interval": [interval.low, interval.high],
        "without_low": weights.without(per < size.low).accuracy(*pairs),
        "without_unstructured": weights.without(per <= size.structured).accuracy(*pairs),
    } | describe(weights, structured=size.structured, low=size.low)


def run(size: Size, session: Session) -> Found:
    """Every noise level, with its seeds."""
    finals: dict[float, ReLUWeights] = {}
    rows: list[dict[str, Any]] = []
    for alpha in size.steps:
        for seed in range(size.seeds.get(alpha, 1)):
            name = f"alpha{round(100 * alpha):02d}-seed{seed}"
            trained = train(size, alpha, session.folder / name, seed=seed, device=session.device,
                            progress=session.counter(f"noise {alpha:.2f}, seed {seed}"))  # fmt: skip
            rows.append(_row(trained, alpha, seed, size))
            finals.setdefault(alpha, trained.final)
    rows.sort(key=lambda row: (row["alpha"], row["seed"]))
    return Found({"p": size.p, "m": size.m, "rows": rows}, finals)


def _row(run: NoisyRun, alpha: float, seed: int, size: Size) -> dict[str, Any]:
    first = next((record for record in run.history if record["train_accuracy"] >= SATURATED), None)
    points = {"saturation": run.saturation, "final": run.final}
    return {
        "alpha": alpha,
        "seed": seed,
        "seconds": round(run.seconds, 1),
        "steps": run.history[-1]["step"],
        "stopped": run.stopped or f"at {size.steps[alpha]} steps",
        "saturation_step": first["step"] if first else None,
        "train_accuracy": run.history[-1]["train_accuracy"],
        **{name: examine(weights, run.data, size) if weights else None for name, weights in points.items()},
        "history": [record for record in run.history if record["step"] % EVERY == 0],
    }


def _settings(size: Size) -> list[dict[str, Any]]:
    """Every setting: stated in the paper, or ours."""
    paper = SIZES["full"]
    steps = {f"{alpha:.2f}": count for alpha, count in sorted(size.steps.items())}
    rule = "the paper: 500,000, or no gain of 1e-4 in 50,000, or validation accuracy above .999"
    return settings(
        ("p", size.p, size.p == paper.p, f"the paper's is {paper.p}"),
        ("neurons", size.m, size.m == paper.m, f"the paper's is {paper.m}"),
        ("optimiser", f"AdamW, rate {RATE:g}, decay {DECAY:g} on all parameters", True, "betas .9, .999 are ours"),
        ("split", f"{FRACTION:g} of each class, rounded, trains", True, "the rounding is ours"),
        ("label noise", sorted(size.steps), True, "exactly this share of the training labels: ours"),
        ("saturation", f"first record with training accuracy {SATURATED:g}", True, "every 25, later 250 steps: ours"),
        ("loss", "cross-entropy", False, "not stated"),
        ("batch", "all training pairs", False, "not stated"),
        ("initial weights", "nn.Linear's default", False, "not stated"),
        ("precision", "float32", False, "not stated"),
        (
            "seeds",
            {f"{alpha:.2f}": size.seeds.get(alpha, 1) for alpha in sorted(size.steps)},
            False,
            "the paper has one run per noise level",
        ),
        ("thresholds of per(W_a)", [size.low, size.structured], size.structured == paper.structured, "5 and 12"),
        (
            "error of a fit",
            "share of the variance left, and eight distances",
            False,
            "the paper's nearest-point distance is not defined",
        ),
        ("steps at most", steps, size.steps == paper.steps, rule),
    )


def lines(size: Size, found: Found) -> list[str]:
    """One per noise level."""
    return [_line(row) for row in found.numbers["rows"]]


def _line(row: dict[str, Any]) -> str:
    parts = [f"noise {row['alpha']:.2f}, seed {row['seed']}, {row['steps']} steps ({row['stopped']})"]
    for name in ("saturation", "final"):
        point = row[name]
        if point:
            accuracy = ", ".join(f"{kind} {value:.4f}" for kind, value in point["accuracy"].items())
            parts.append(f"{name}: {point['structured']} structured, {point['low']} low; {accuracy}")
    return "; ".join(parts)


STUDY = Study(
    "swaroop26-trained",
    "Swaroop26: ReLU networks on noisy sums; squares or cosines, phases, and the extracted algorithm",
    "Swaroop26",
    SIZES,
    run,
    claims,
    figure,
    lines,
    _settings,
    one_thread=True,
)
