"""The diagnosis of a network: what everything in this room finds, together, and the one call that makes it."""

import math
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from numerics.diagnosis import ablation, activity, attention, clock, directions, embeddings, neurons, order
from numerics.diagnosis.files import load_model
from numerics.diagnosis.inputs import MOST_INPUTS, Inputs, choose_inputs
from numerics.diagnosis.logits import LogitPass, pass_over
from numerics.diagnosis.open_model import open_model
from numerics.diagnosis.opened import Opened
from numerics.diagnosis.sentence import sentence
from numerics.diagnosis.theorem import MOST_OPERATIONS, Theorem, judge
from numerics.diagnosis.wanted import Wanted, wanted
from theory.account import Account
from theory.task import Task

FORMAT = "fourier-margin/diagnosis"
ABLATED_ON = 4096
MOST_TABLES = 12


@dataclass(frozen=True, eq=False)
class Inside:
    """What only a look inside shows: costs some more passes over inputs.

    Attributes:
        tables: everything with a row per symbol.
        ablations: components removed from the logits, then from parameters.
        activity: neurons as functions of all inputs.
        heads: attention of the first block.
        clock: clock or pizza.
        ablated_on: how many inputs the ablations of parameters and the needed ranks were measured on.
    """

    tables: tuple[embeddings.TableReport, ...]
    ablations: tuple[ablation.Ablation, ...]
    activity: activity.Activity | None
    heads: tuple[attention.Head, ...] | None
    clock: clock.Clock | None
    ablated_on: int


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Everything that was found about a network; ``str`` of it is the sentence.

    Attributes:
        task: what it should compute.
        kind: what it is.
        notes: how it was read.
        logits: accuracy, margin, profile.
        wanted: the wanted characters in the logits.
        theorem: gamma* and the account, or why no theorem applies.
        purity: how pure neurons are; None where no neuron is known.
        phases: whether phases add up; None where neurons are not known, or on groups.
        shape: shape of the neurons' input waves on Z_p.
        rule: the rule that the answers follow; None where none does, or nobody asked.
        sums: directions of the logits; None where they were not computed.
        inside: the rest; None where nobody asked.
    """

    task: Task
    kind: str
    notes: tuple[str, ...]
    logits: LogitPass
    wanted: Wanted
    theorem: Theorem
    purity: neurons.Purity | None
    phases: neurons.Phases | None
    shape: neurons.Shape | None
    rule: order.Rule | None = None
    sums: tuple[directions.Direction, ...] | None = None
    inside: Inside | None = None

    @property
    def account(self) -> Account | None:
        """Where the margin went; None where no theorem applies."""
        return self.theorem.account

    @property
    def verdict(self) -> str:
        """The sentence."""
        return sentence(self)

    def __str__(self) -> str:
        """The sentence."""
        return sentence(self)

    def to_json(self) -> dict[str, Any]:
        """Plain values; numbers that JSON cannot hold become null."""
        return {"format": FORMAT, "version": 1, "sentence": sentence(self)} | _plain(self.sections())

    def sections(self) -> dict[str, Any]:
        """The findings by name, without the weights and the profile."""
        passed, account = self.logits, self.account
        return {
            "task": {"k": self.task.k, "n": self.task.n, "group": self.task.name},
            "kind": self.kind,
            "notes": self.notes,
            "logits": {
                "accuracy": passed.accuracy,
                "interval": passed.interval,
                "inputs": passed.inputs,
                "every_input": passed.every,
                "margin": passed.margin,
            },
            "wanted": self.wanted.__dict__ | {"used": self.wanted.used, "explained": self.wanted.explained},
            "rule": self.rule,
            "sums": self.sums,
            "purity": self.purity,
            "phases": self.phases,
            "shape": self.shape,
            "theorem": {
                "applies": self.theorem.applies,
                "reason": self.theorem.reason,
                "gamma": self.theorem.gamma,
                "margin_over_gamma": None if account is None else account.margin,
                "losses": None if account is None else account.losses(),
            },
            "inside": self.inside,
        }

    def plot(self, path: Path | str | None = None, suffix: str | None = None) -> Any:
        """A matplotlib figure: shares of the components, purity of the neurons, the account; written to ``path``."""
        from numerics.diagnosis.picture import draw

        return draw(self, path, suffix)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(str(self))}</p>"


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
    return Diagnosis(
        **{name: getattr(found, name) for name in found.__dataclass_fields__ if name not in ("rule", "sums", "inside")},
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
    purity = phases = shape = None
    if hidden is not None and hidden.u is not None:
        found = neurons.components(hidden.u, hidden.w, group)
        purity, phases = neurons.purity_of(found, "inputs and output"), neurons.phases_of(found)
        shape = None if group else neurons.shape_of(hidden.u[found.live].reshape(-1, opened.task.n))
    elif opened.first is not None:
        found = neurons.of_vectors(opened.first, group)
        purity = neurons.purity_of(found, "inputs of the first layer")
        shape = None if group else neurons.shape_of(opened.first[found.live].reshape(-1, opened.task.n))
    elif hidden is not None:
        purity = neurons.purity_of(neurons.of_vectors(hidden.w[:, None], group), "output")
    return Diagnosis(
        opened.task,
        opened.kind,
        opened.notes,
        passed,
        wanted(passed, group),
        judge(opened, most_operations),
        purity,
        phases,
        shape,
    )


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


def _plain(value: Any) -> Any:
    """Numbers, strings, lists and dictionaries."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
