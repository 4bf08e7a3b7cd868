r"""Accuracy without one component, or with it alone: of the logits, and of the tables that a network reads.

**Logits**: the part of the logits in the span of a component's wanted characters is a function of the distance of a
class from the label (``numerics.diagnosis.wanted``); it is subtracted.  **Tables**: the component is removed from, or
kept alone beside the mean in, all rows of one parameter, and the network runs with that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from numerics.accuracy import accuracy, correct
from numerics.analysis.ablation import keep_frequencies
from numerics.diagnosis.inputs import Inputs
from numerics.diagnosis.logits import classes_from_label
from numerics.diagnosis.opened import Opened, Table
from numerics.diagnosis.wanted import component_part
from theory.groups.group import Group
from theory.groups.matrices import isotypic_projections
from theory.groups.real import real_characters

MOST_COMPONENTS = 12
MOST_PARAMETERS = 6


@dataclass(frozen=True)
class Ablation:
    """Accuracies with components removed from, or kept alone in, one place.

    Attributes:
        place: ``logits`` or the name of a parameter.
        without: by component, the accuracy without it.
        alone: by component, the accuracy with it alone; empty for logits.
        without_all: accuracy without every component in use.
        all_alone: accuracy with the components in use alone.
    """

    place: str
    without: dict[str, float]
    alone: dict[str, float]
    without_all: float
    all_alone: float


def of_logits(opened: Opened, inputs: Inputs, profile: np.ndarray, used: Sequence[str]) -> Ablation:
    """Remove wanted characters from the logits; the profile is that of a pass over these inputs."""
    task, shown = opened.task, list(used[:MOST_COMPONENTS])
    parts = [component_part(profile, opened.group, names) for names in (*([name] for name in shown), used)]
    removed = torch.from_numpy(np.stack(parts))
    classes, label = classes_from_label(task), torch.tensor(task.identity)
    right = torch.zeros(len(removed))
    for part in inputs.batches(task.n):
        logits = opened.logits(inputs.values[part]).double().gather(1, classes(inputs.labels[part]))
        right += torch.stack([correct(logits - each, label).sum() for each in removed])
    shares = (right / len(inputs)).tolist()
    alone = float(correct(removed[-1], label))
    return Ablation("logits", dict(zip(shown, shares, strict=False)), {}, shares[-1], alone)


def of_tables(opened: Opened, inputs: Inputs, used: Sequence[str]) -> list[Ablation]:
    """Remove components from every parameter that has tables, one parameter after the other."""
    if opened.replaced is None or opened.module is None:
        return []
    by_parameter: dict[str, list[Table]] = {}
    for table in opened.tables:
        by_parameter.setdefault(table.parameter, []).append(table)
    return [
        _of_parameter(opened, inputs, used, name, by_parameter[name]) for name in list(by_parameter)[:MOST_PARAMETERS]
    ]


def _of_parameter(opened: Opened, inputs: Inputs, used: Sequence[str], name: str, tables: Sequence[Table]) -> Ablation:
    assert opened.module is not None
    whole = dict(opened.module.named_parameters())[name].detach()

    def score(kept: Sequence[str], without: bool) -> float:
        changed = whole
        for table in tables:
            part = keep(table.rows, kept, opened.group)
            changed = table.put(changed, table.rows - part if without else part + table.rows.mean(axis=0))
        return accuracy_with(opened, inputs, {name: changed})

    shown = list(used[:MOST_COMPONENTS])
    without = {component: score([component], True) for component in shown}
    alone = {component: score([component], False) for component in shown}
    return Ablation(name, without, alone, score(used, True), score(used, False))


def accuracy_with(opened: Opened, inputs: Inputs, others: dict[str, Tensor]) -> float:
    """Accuracy with other parameters in place."""
    assert opened.replaced is not None
    logits = opened.replaced(others)
    found = [logits(inputs.values[part]) for part in inputs.batches(opened.task.n)]
    return float(accuracy(torch.cat(found), inputs.labels))


def keep(rows: np.ndarray, names: Sequence[str], group: Group | None) -> np.ndarray:
    """The part of a table (n, d) at these components alone, the mean not among them.

    Examples:
        >>> wave = np.cos(2 * np.pi * 3 * np.arange(7) / 7)[:, None]
        >>> np.allclose(keep(wave + 5, ["3"], None), wave)
        True
    """
    if group is None:
        return keep_frequencies(rows, [int(name) for name in names])
    known = [irrep.name for irrep in real_characters(group).irreps]
    parts = isotypic_projections(group, rows.T)
    return sum((parts[known.index(name)] for name in names), np.zeros(rows.T.shape)).T
