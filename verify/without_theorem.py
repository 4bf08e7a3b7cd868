"""A network with another activation than t^k: what can be measured, without a verdict that no theorem supports."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from numerics.components import Spectrum, components
from theory.account import FACTORS, neuron_factors
from theory.errors import InputError
from theory.groups.group import Group
from theory.network_file import NetworkFile
from theory.task import Task
from verify.accuracy import Accuracy, hints, on_a_sample
from verify.checks.margin import MARGIN
from verify.overview import Overview, describe, sentence_without_theorem, turns
from verify.result import CheckResult

MOST_WORK = 1e11


@dataclass(frozen=True, eq=False)
class Measured:
    """The numbers of a network, as :class:`verify.network_checks.Examination` has them where there is a theorem.

    Attributes:
        file: the network.
    """

    file: NetworkFile

    def __post_init__(self) -> None:
        """Look at the weights.

        Raises:
            InputError: when all are zero, one is not finite, or the table is not that of a group.
        """
        u, w = self.file.u, self.file.w
        if not (np.isfinite(u).all() and np.isfinite(w).all()):
            raise InputError("every weight must be finite; some are not")
        if not (u.any() or w.any()):
            raise InputError("a network must have a non-zero weight; all of them are zero")
        assert self.task.k == self.file.k

    @property
    def group(self) -> Group | None:
        """The group; None for Z_p."""
        return self.file.group

    @cached_property
    def task(self) -> Task:
        """What the network should compute."""
        return Task.cyclic(self.file.k, self.file.p) if self.group is None else Task.of_group(self.file.k, self.group)

    @cached_property
    def accuracy(self) -> Accuracy:
        """Inputs answered right by the file's own activation: of all, or of a sample where that takes minutes."""
        u, w = (x.astype(np.float64) for x in (self.file.u, self.file.w))
        if self.task.work(len(w)) > MOST_WORK:
            return on_a_sample(self.task, u, w, self.file.activation)
        from numerics.evaluation import margin_summary
        from numerics.network import ACTIVATIONS, PowerNetwork

        network = PowerNetwork.from_numpy(u, w, activation=ACTIVATIONS[self.file.activation])
        inputs = self.task.n**self.task.k
        return Accuracy(round(float(margin_summary(network, self.task).accuracy) * inputs), inputs, True)

    @cached_property
    def overview(self) -> Overview:
        """Accuracy, and from k = 2 on components, purity and phases."""
        u, w = (x.astype(np.float64) for x in (self.file.u, self.file.w))
        parts = components(u, w, self.group)
        if self.task.k == 1:
            return Overview(self.accuracy, parts.kind)
        if isinstance(parts, Spectrum):
            errors = np.abs(parts.phase_error)
        else:
            errors = turns(neuron_factors(parts.vectors, self.group)[FACTORS.index("phase")])
        return describe(self.accuracy, parts, errors, None)

    @property
    def sentence(self) -> str:
        """The numbers in one sentence."""
        return sentence_without_theorem(self.overview, self.file.activation)

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """What the network may have been meant as, where its answers are poor."""
        return hints(self.task, self.file.u, self.file.w, self.file.activation, self.accuracy.share)

    def checks(self) -> list[CheckResult]:
        """The one question that stays open."""
        reason = f"no theorem gives the maximum margin of the activation {self.file.activation}"
        reason += "; fourier-margin diagnose says more"
        return [CheckResult(MARGIN, "margin", "undecided", detail=reason, key="margin")]
