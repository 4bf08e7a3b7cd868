"""A run on the full-size road, in three named stages: start, descent, polish.

``start``: every neuron climbs the exact mean margin from small random weights; a start that leaves a frequency with too
few neurons is passed over for the next seed.  ``descent``: the papers' objective with every weight free, each step over
a fresh sample.  ``polish``: one frequency after the other, in the frequencies that the network has found.  No stage
knows the optimum's phases, masses or frequencies.  Each step of a stage is a checkpoint.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from numerics.checkpoint import RunFolder
from numerics.full_size.ahead import Ahead
from numerics.full_size.descent import descend
from numerics.full_size.every_input import margin_over_every_input
from numerics.full_size.frequencies import OwnFrequencies
from numerics.full_size.layout import masses, unstack
from numerics.full_size.mean_margin import MeanMargin
from numerics.full_size.modes import Complex, Modes
from numerics.full_size.newton_model import Metric
from numerics.full_size.objective import Objective, SampledLoss
from numerics.full_size.polish import polish_frequency
from numerics.full_size.probe import over_every_input, probe
from numerics.full_size.road import FullSize
from numerics.full_size.start import climb, initial, steps
from numerics.full_size.starved import Starved, starved
from numerics.history import Record, describe_neurons
from numerics.loop import History, Stage, run
from numerics.training import Progress, Result
from theory.task import Task

FRESH = 8192  # inputs on which the final gradient is estimated
EVERY, LOOKED = "every input", "a sample and the inputs next to its worst"


class _Weights(nn.Module):
    """theta (k+1, n, m) in float64, how many seeds were passed over, and damping and stalling of the descent."""

    theta: Tensor
    passed_over: Tensor
    damping: Tensor
    stalled: Tensor

    def __init__(self, theta: Tensor) -> None:
        super().__init__()
        self.register_buffer("theta", theta.double())
        self.register_buffer("passed_over", torch.zeros((), dtype=torch.int64))
        self.register_buffer("damping", torch.zeros((), dtype=torch.float64))
        self.register_buffer("stalled", torch.zeros((), dtype=torch.bool))


class _Waves(nn.Module):
    """One frequency and k+1 amplitudes (real and imaginary part) for each neuron, beside what the descent has left."""

    frequency: Tensor
    amplitudes: Tensor
    unit: Tensor

    def __init__(self, weights: _Weights, own: OwnFrequencies, unit: float) -> None:
        super().__init__()
        self.descent = weights
        self.register_buffer("frequency", torch.from_numpy(own.frequency).long())
        self.register_buffer("amplitudes", torch.view_as_real(torch.from_numpy(own.amplitudes / unit)))
        self.register_buffer("unit", torch.tensor(unit, dtype=torch.float64))

    def own(self) -> OwnFrequencies:
        """The network they are."""
        amplitudes: Complex = torch.view_as_complex(self.amplitudes).numpy() * complex(self.unit)
        return OwnFrequencies(self.frequency.numpy(), amplitudes, 0.0)


@dataclass
class FullSizeRun:
    """One run on the full-size road.

    Attributes:
        task: the task; ``road.applies`` must hold for it.
        road: every number of the training.
        m: neurons.
        seed: the first seed that is tried.
        penalty: lambda.
        target: margin over gamma* at which the run may end; None makes every step.
        device: where start and descent run; the polish runs on the CPU.
        folder: where to keep checkpoints, held open; None keeps nothing.
        progress: called after every step with where the run is.
        should_stop: asked after every step; a true answer saves and raises ``Interrupted``.
        threads: frequencies that are polished at a time; the result does not depend on it.
    """

    task: Task
    road: FullSize
    m: int
    seed: int
    penalty: float
    target: float | None = None
    device: str = "cpu"
    folder: RunFolder | None = None
    progress: Callable[[Progress], None] | None = None
    should_stop: Callable[[], bool] = lambda: False
    threads: int = 1

    def __call__(self) -> Result:
        """Train, from the folder's checkpoint if there is one.

        Raises:
            InputError: when the result cannot be written.
            Interrupted: after saving, when ``should_stop`` said so.
        """
        self._weights = _Weights(initial(self.task, self.m, self.seed, self._first_penalty))
        self._waves: _Waves | None = None
        stages = {"start": self._start, "descent": self._descent, "polish": self._polish}
        polishing = len(self.road.polish_values) * self._frequencies
        planned = {"start": self.road.tries, "descent": self.road.descent_rounds, "polish": polishing}

        def progress(stage: str, done: int, history: History) -> None:
            if self.progress:
                self.progress(Progress(stage, done, planned[stage], cast(Record, history[-1]) if history else None))

        found = run(stages, self.folder, 0.0, progress, self.should_stop)
        network = unstack(self._rescaled(self._final(found.history)))
        history = cast(list[Record], found.history)
        return Result(network, history[-1]["margin"], history, found.seconds)

    @property
    def _first_penalty(self) -> float:
        return self.road.ratio * self.task.gamma

    @property
    def _frequencies(self) -> int:
        return (self.task.n - 1) // 2

    def _start(self) -> Stage:
        """One seed after the other until no frequency is starved."""
        weights, mean_margin = self._weights, MeanMargin(self.task, device=self.device)
        penalty = self._first_penalty

        def update(step: int) -> None:
            theta = initial(self.task, self.m, self.seed + step, penalty).to(self.device)
            for _ in range(steps(self.task.k)):
                climb(theta, self.task, penalty, mean_margin)
            weights.theta.copy_(theta)
            weights.passed_over.fill_(step)

        def measure(step: int) -> dict[str, Any]:
            own = OwnFrequencies.of(weights.theta)
            return self._looked(weights.theta, "start", step) | {
                "seed": self.seed + int(weights.passed_over),
                "fewest_neurons": int(own.neurons(self.task.n).min()),
                "starved": len(self._starved(own).frequencies),
            }

        def fed(history: History) -> str | None:
            return None if history[-1]["starved"] else "every frequency has neurons enough"

        return Stage(weights, update, self.road.tries, measure, at=lambda step: step > 0, stop=fed)

    def _starved(self, own: OwnFrequencies) -> Starved:
        task = self.task
        return starved(own.neurons(task.n), task.k, task.n)

    def _descent(self) -> Stage:
        """Newton steps on the papers' objective, every weight free, each over a fresh sample."""
        weights, road, task = self._weights, self.road, self.task
        q = road.descent_ratio * (task.n - 1) / task.n
        penalty = q * self.task.gamma
        beta = self.task.log_scale(penalty)
        metric = Metric(task.k, task.n, q, beta)
        objective = Objective(task, self.m, penalty, torch.float64, self.device)
        sample = max(road.sample, road.sample_of_modes * len(metric.modes.exponents))
        few = task.n**task.k <= 2 * sample

        def update(step: int) -> None:
            generator = torch.Generator().manual_seed((self.seed + int(weights.passed_over)) * 1_000_003 + step)
            inputs = objective.sampled.every_input() if few else objective.sampled.draw(sample, generator)
            damping = float(weights.damping) or metric.first_damping
            theta = _of_norm_power(weights.theta, beta / self.task.gamma)
            found = descend(theta, objective, inputs, q, metric, damping, self.threads)
            weights.theta.copy_(found.theta)
            weights.damping.fill_(found.damping)
            weights.stalled.fill_(not found.fell)

        def measure(step: int) -> dict[str, Any]:
            return self._looked(weights.theta, "descent", step) | {"stalled": bool(weights.stalled)}

        return Stage(weights, update, road.descent_rounds, measure, at=lambda step: step > 0, stop=self._near)

    def _near(self, history: History) -> str | None:
        """Within half of what may be missing: a look at some inputs sees too much; or no step helps any more."""
        margin = history[-1]["margin"]
        if self.target is not None and 1 - margin <= (1 - self.target) / 2:
            return "target"
        return "stalled" if history[-1]["stalled"] else None

    def _looked(self, theta: Tensor, stage: str, step: int) -> dict[str, Any]:
        """Margin by a look at some inputs."""
        sampled = SampledLoss(self.task, self.m, torch.float32, self.device)
        margin = probe(sampled, theta.float().to(self.device), step) / self.task.gamma
        return {"phase": stage, "margin": margin, "margin_over": LOOKED}

    def _polish(self) -> Stage:
        """Levenberg-Marquardt, one frequency at a time; before it, what the descent has reached."""
        task = self.task
        own, modes = OwnFrequencies.of(self._weights.theta), Modes(task.k)
        waves = self._waves = _Waves(self._weights, own, _unit(own, task.k, task.n))
        rounds, frequencies = self.road.polish_values, self._frequencies

        def polished(step: int) -> Complex:
            mine = torch.view_as_complex(waves.amplitudes)[waves.frequency == step % frequencies + 1]
            return polish_frequency(modes, mine.numpy(), self.road.polish_steps, rounds[step // frequencies]).amplitudes

        ahead = Ahead(polished, self.threads)

        def update(step: int) -> None:
            chosen = waves.frequency == step % frequencies + 1
            found = ahead(step, end=(step // frequencies + 1) * frequencies)
            torch.view_as_complex(waves.amplitudes)[chosen] = torch.from_numpy(found)

        def measure(step: int) -> dict[str, Any]:
            if step:
                return self._polished(waves.own())
            sampled = SampledLoss(task, self.m, torch.float32, self.device)
            margin = over_every_input(sampled, self._weights.theta.float().to(self.device)) / self.task.gamma
            found = {"phase": "descent", "margin": margin, "margin_over": EVERY, "impure": own.impure}
            slope = self._relative_gradient(self._rescaled(self._weights.theta))
            return found | {"relative_gradient": slope} | describe_neurons(unstack(self._weights.theta), task)

        planned = len(rounds) * frequencies
        return Stage(waves, update, planned, measure, at=lambda step: step % frequencies == 0, stop=self._reached)

    def _polished(self, own: OwnFrequencies) -> dict[str, Any]:
        """What the polished network is: margin over every input, and the slope of the papers' objective there."""
        theta = self._rescaled(own.theta(self.task.n))
        least, accuracy = margin_over_every_input(own, self.task.n)
        norm = (np.abs(own.amplitudes) ** 2).sum(axis=1)
        power = ((2 * self.task.n * norm) ** (theta.shape[0] / 2)).sum()
        margin = least / power / self.task.gamma
        found = {"phase": "polish", "margin": margin, "margin_over": EVERY, "accuracy": accuracy}
        return (
            found | {"relative_gradient": self._relative_gradient(theta)} | describe_neurons(unstack(theta), self.task)
        )

    def _relative_gradient(self, theta: Tensor) -> float:
        """|grad(CE + lambda N)| over |grad lambda N|, all weights, fresh inputs, the mean margin as control variate."""
        objective = Objective(self.task, self.m, self.penalty, torch.float64)
        fresh = objective.sampled.draw(FRESH, torch.Generator().manual_seed(self.seed + 1))
        _, gradient, _ = objective(theta, fresh, self.penalty / self.task.gamma)
        degree = theta.shape[0]
        slope = self.penalty * degree * theta.square().sum(dim=(0, 1)).pow((degree - 2) / 2)
        return float(gradient.norm() / (theta * slope).norm())

    def _reached(self, history: History) -> str | None:
        return "target" if self.target is not None and history[-1]["margin"] >= self.target else None

    def _final(self, history: History) -> Tensor:
        """The polished weights, or those of the descent where they were good enough."""
        assert self._waves is not None
        polished = history[-1]["phase"] == "polish"
        return self._waves.own().theta(self.task.n) if polished else self._weights.theta

    def _rescaled(self, theta: Tensor) -> Tensor:
        """Weights scaled to the norm of the minimisers at lambda."""
        return _of_norm_power(theta, self.task.log_scale(self.penalty) / self.task.gamma)


def _of_norm_power(theta: Tensor, power: float) -> Tensor:
    """theta scaled so that ||theta||_{2,k+1}^(k+1) is ``power``."""
    return theta * (power / float(masses(theta).sum())) ** (1 / theta.shape[0])


def _unit(own: OwnFrequencies, k: int, p: int) -> float:
    """The scale of amplitudes at which a frequency of the network's own mean mass has C_(1,..,1) = 1 if aligned."""
    mass = ((np.abs(own.amplitudes) ** 2).sum(axis=1) ** ((k + 1) / 2)).sum() / ((p - 1) // 2)
    return float((factorial(k) * (k + 1) ** (-(k + 1) / 2) * mass) ** (1 / (k + 1)))
