"""What was found about a network: everything that this room measures, together, as numbers and as a sentence."""

import math
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from numerics.diagnosis import ablation, activity, attention, clock, directions, embeddings, neurons, order
from numerics.diagnosis.logits import LogitPass
from numerics.diagnosis.sentence import sentence
from numerics.diagnosis.theorem import Theorem
from numerics.diagnosis.wanted import Wanted
from theory.account import Account
from theory.task import Task

FORMAT = "fourier-margin/diagnosis"


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
        shape: shape of the neurons' input waves on Z_p; None where nobody asked.
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
    shape: neurons.Shape | None = None
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
                "angles": self.theorem.angles,
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


def _plain(value: Any) -> Any:
    """Numbers, strings, lists and dictionaries."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
