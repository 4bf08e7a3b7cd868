"""The one call that makes a diagnosis, and the part of it that is cheap enough to watch a training with."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from numerics.diagnosis import ablation, activity, attention, clock, directions, embeddings, neurons, order
from numerics.diagnosis.diagnosis import Diagnosis, Inside
from numerics.diagnosis.files import load_model
from numerics.diagnosis.inputs import MOST_INPUTS, Inputs, choose_inputs
from numerics.diagnosis.logits import pass_over
from numerics.diagnosis.open_model import open_model
from numerics.diagnosis.opened import Opened
from numerics.diagnosis.theorem import MOST_OPERATIONS, judge
from numerics.diagnosis.wanted import wanted
from theory.task import Task

ABLATED_ON = 4096
MOST_TABLES = 12


def diagnose(
    model: Any, task: Task, most: int = MOST_INPUTS, seed: int = 0, activation: str | None = None
) -> Diagnosis:
    """Diagnose a network.

    Args:
        model: anything that ``open_model`` reads.
        task: what it should compute.
        most: inputs that are looked at; where there are more, a sample.
        seed: seed of the samples.
        activation: that of a state dict or of arrays, as in ``open_model``.

    Raises:
        InputError: when the model cannot be read or does not fit the task.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> print(diagnose(weights(construct(2, 5)), Task.cyclic(2, 5)))
        100% accurate; 2 of 2 frequencies, with 100% of the logits' energy; mass-weighted purity 1.000; phases add \
within 0 turn (median); margin 1 gamma*.
    """
    inputs = choose_inputs(task, most, seed)
    opened = open_model(model, task, activation)
    found = overview(opened, inputs)
    return replace(
        found,
        shape=_shape(opened),
        rule=order.rule_of(opened),
        sums=directions.directions_of(opened),
        inside=_inside(opened, inputs, found, seed),
    )


def diagnose_file(
    path: Path, task: Task, module: str | None = None, most: int = MOST_INPUTS, activation: str | None = None
) -> Diagnosis:
    """Diagnose what is in a file; arguments as in ``load_model`` and :func:`diagnose`.

    Raises:
        InputError: when the file cannot be read, or the network does not fit the task.
    """
    return diagnose(load_model(path, module), task, most, activation=activation)


def overview(opened: Opened, inputs: Inputs, most_operations: float = MOST_OPERATIONS) -> Diagnosis:
    """What a pass over the inputs and the weights show; the margin of all inputs where it takes few operations."""
    passed = pass_over(opened, inputs)
    hidden, group = opened.hidden, opened.group
    purity = phases = None
    if hidden is not None and hidden.u is not None:
        found = neurons.components(hidden.u, hidden.w, group)
        purity, phases = neurons.purity_of(found, "inputs and output"), neurons.phases_of(found)
    elif opened.first is not None:
        purity = neurons.purity_of(neurons.of_vectors(opened.first, group), "inputs of the first layer")
    elif hidden is not None:
        purity = neurons.purity_of(neurons.of_vectors(hidden.w[:, None], group), "output")
    theorem = judge(opened, most_operations)
    return Diagnosis(opened.task, opened.kind, opened.notes, passed, wanted(passed, group), theorem, purity, phases)


def _shape(opened: Opened) -> neurons.Shape | None:
    """Shape of the input vectors on Z_p, of live neurons where they are known."""
    u = opened.first if opened.hidden is None or opened.hidden.u is None else opened.hidden.u
    if u is None or opened.group is not None:
        return None
    return neurons.shape_of(u[neurons.of_vectors(u, None).live].reshape(-1, opened.task.n))


def _inside(opened: Opened, inputs: Inputs, found: Diagnosis, seed: int) -> Inside:
    task, used = opened.task, found.wanted.used
    few = choose_inputs(task, ABLATED_ON, seed)
    reports = []
    parameters = {} if opened.module is None else dict(opened.module.named_parameters())
    for table in opened.tables[:MOST_TABLES]:
        whole = parameters[table.parameter].detach()

        def score(rows: np.ndarray, table: Any = table, whole: torch.Tensor = whole) -> float:
            return ablation.accuracy_with(opened, few, {table.parameter: table.put(whole, rows)})

        reports.append(embeddings.report(table, opened.group, used, score))
    ablations = [ablation.of_logits(opened, inputs, found.logits.profile, used)] if used else []
    if used:
        ablations += ablation.of_tables(opened, few, used)
    on_label = found.logits.at_label
    told = None
    if task.k == 2 and task.table is None and on_label is not None:
        told = clock.Clock(clock.distance_irrelevance(on_label), clock.gradient_symmetricity(opened, seed=seed))
    return Inside(
        tuple(reports), tuple(ablations), activity.activity_of(opened), attention.heads_of(opened), told, len(few)
    )
