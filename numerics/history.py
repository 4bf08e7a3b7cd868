"""What a run records about its network, always measured in float64 over all inputs."""

from typing import TypedDict

import numpy as np
import torch
from torch import Tensor

from numerics.components import Spectrum
from numerics.evaluation import margin_summary
from numerics.grid import DEFAULT_BUDGET
from numerics.loss import CrossEntropy, flat_parameters
from numerics.network import PowerNetwork
from theory.task import Task


class Record(TypedDict, total=False):
    """One line of a history.

    ``margin`` and its train/test parts are over gamma*; ``loss`` is CE_tau + lambda ||theta||^(k+1) on the training
    inputs; ``norm`` is ||theta||_{2,k+1}.  On Z_p: ``purity`` is the least share of one frequency in any vector of a
    live neuron, ``phase_error`` the median over live neurons of |t_1 + ... + t_k - t_w| in turns, ``frequencies`` how
    many frequencies live neurons use.  With a split, ``train_*`` and ``test_*`` are over its two parts.

    The full-size road adds ``margin_over`` (every input, or a look at some), the ``seed`` of a start, its
    ``fewest_neurons`` at a frequency and its number of ``starved`` frequencies, whether the descent has ``stalled``,
    the ``impure`` share of the power, which the polish drops, and ``relative_gradient``, the slope of the papers'
    objective over that of its penalty.
    """

    phase: str
    step: int
    margin: float
    norm: float
    loss: float
    live: int
    purity: float
    phase_error: float
    frequencies: int
    accuracy: float
    train_margin: float
    train_accuracy: float
    train_loss: float
    test_margin: float
    test_accuracy: float
    test_loss: float
    margin_over: str
    seed: int
    fewest_neurons: int
    starved: int
    stalled: bool
    impure: float
    relative_gradient: float


def measure(
    network: PowerNetwork,
    problem: Task,
    penalty: float,
    split: Tensor | None = None,
    budget: int = DEFAULT_BUDGET,
    weighted: bool = True,
) -> Record:
    """Measure one network (no ensemble axes).

    Args:
        network: the network.
        problem: what it was trained for.
        penalty: lambda.
        split: 0/1 grid of the training inputs, shape (n,) * k; None means all.
        budget: bytes that an evaluation may hold.
        weighted: whether the recorded losses carry the class weights.
    """
    task = problem
    exact = PowerNetwork(network.u.detach().double(), network.w.detach().double(), network.activation)
    power = float(exact.norm().detach() ** exact.degree)
    summary = margin_summary(exact, task, budget=budget)
    record: Record = {
        "margin": float(summary.minimum) / (power * problem.gamma),
        "norm": power ** (1 / exact.degree),
        "loss": _loss(exact, problem, split, budget, weighted) + penalty * power,
        "accuracy": float(summary.accuracy),
    }
    record |= describe_neurons(exact, task)
    if split is not None:
        train = margin_summary(exact, task, weights=split, budget=budget)
        test = margin_summary(exact, task, weights=1 - split, budget=budget)
        record["train_margin"] = float(train.minimum) / (power * problem.gamma)
        record["test_margin"] = float(test.minimum) / (power * problem.gamma)
        record["train_accuracy"], record["test_accuracy"] = float(train.accuracy), float(test.accuracy)
        record["train_loss"] = _loss(exact, problem, split, budget, weighted)
        record["test_loss"] = _loss(exact, problem, 1 - split, budget, weighted)
    return record


def describe_neurons(network: PowerNetwork, task: Task) -> Record:
    """The part of a record that needs no inputs: live neurons, and on Z_p purity, phases and frequencies."""
    spectrum = Spectrum(*network.numpy())
    record: Record = {"live": int(spectrum.live.sum())}
    if task.group_name is None and spectrum.live.any():
        record["purity"] = float(spectrum.purity[spectrum.live].min())
        record["phase_error"] = float(np.median(np.abs(spectrum.phase_error[spectrum.live])))
        record["frequencies"] = len(np.unique(spectrum.frequency[spectrum.live]))
    return record


def _loss(network: PowerNetwork, problem: Task, weights: Tensor | None, budget: int, weighted: bool) -> float:
    loss = CrossEntropy(network, problem, tau_weighted=weighted, weights=weights, budget=budget)
    with torch.no_grad():
        return float(loss(*flat_parameters(network), gradient=False)[0])
