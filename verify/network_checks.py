"""Is a network maximum-margin, or (trained) how close to it?  All checks of one network file, as results.

Without ``trained``: is it maximum-margin to ``tol``, a relative error of weights (``verify.tolerance``).  The margin is
decided on an interval that certainly contains the exact margin of the float weights: from the waves alone where they
settle it, from a pass over all inputs where they do not and the pass can be afforded.  ``Examination.sweep`` is the
one place where that is decided: accuracy, account and loss come from the same pass, or without one.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from theory.account import Account, account
from theory.errors import InputError
from theory.network_file import NetworkFile
from theory.task import MOST_WORK
from verify.accuracy import Accuracy, hints, on_a_sample
from verify.checks.decomposition import Decomposition
from verify.checks.group import GROUP, GroupDecomposition, group_checks, group_name_checks
from verify.checks.linear import linear_checks
from verify.checks.margin import (
    MARGIN,
    account_check,
    margin_checks,
    positive_margin_checks,
    undecided_margin,
)
from verify.checks.moments import moment_check
from verify.checks.regularised import regularisation_checks
from verify.checks.single_frequency import single_frequency_checks
from verify.checks.stability import every_frequency_guaranteed, stability_checks
from verify.checks.trained import trained_checks, trained_group_checks, trained_linear_checks
from verify.intervals import Enclosure, margin_ratio
from verify.loss import Loss
from verify.overview import Overview, overview, sentence
from verify.result import CheckResult
from verify.stability import LARGEST_LOG, Stability, log_scale
from verify.structure_bound import looked_at, margin_ratio_from_waves
from verify.subject import Subject
from verify.sweep import Progress, Sweep, sweep
from verify.tolerance import Thresholds, Tolerance

MUCH_WORK = 5e9
CLOSE = 5e-3  # so narrow an enclosure of margin/gamma* stands for the margin


@dataclass(frozen=True, eq=False)
class Examination:
    """A network, what is asked of it, and everything that is computed about it once, for checks, report and figures.

    Attributes:
        subject: the scaled weights and the theory of their task.
        trained: ask for the bounds of ``theory.stability``, and ``thresholds``, instead of the maximum margin.
        tol: relative error of weights that is forgiven; 1e-9 for float64 and 1e-5 for float32 by default.
        thresholds: what else is asked of a trained network; nothing by default.
        lambda_: regularisation at which it was trained; by default what the metadata say.
        most_work: multiplications that a pass over all inputs may take.
        progress: told how many inputs of the pass are done, of how many.
        keep: a file from which a long pass goes on after a kill.
    """

    subject: Subject
    trained: bool = False
    tol: float | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    lambda_: float | None = None
    most_work: float = MOST_WORK
    progress: Progress | None = None
    keep: Path | None = None

    def __post_init__(self) -> None:
        """Check the tolerance.

        Raises:
            InputError: when ``tol`` is not in (0, 0.1].
        """
        if self.tol is not None and not 0 < self.tol <= 0.1:
            raise InputError(f"tol must lie between 0 and 0.1; got {self.tol}")

    @property
    def tolerance(self) -> Tolerance:
        """What each check allows."""
        tol = self.subject.default_tolerance if self.tol is None else self.tol
        return Tolerance(tol, self.subject.task.k)

    def least_ratio(self, inputs: np.ndarray) -> float:
        """The margin over gamma* that is asked for; ``inputs`` are among those of the least margins."""
        return (self.thresholds.margin or 0.0) if self.trained else 1 - self.tolerance.margin(self.subject, inputs)

    @cached_property
    def sweep(self) -> Sweep | None:
        """The pass over all inputs; None when it is too long, or long and the waves alone settle the margin."""
        needed = self.subject.task.work(self.subject.m)
        if needed > self.most_work:
            return None
        # What a trained network's margin guarantees needs the margin itself, not only that it is large enough.
        if needed > MUCH_WORK and self.from_waves and (not self.trained or self.from_waves.width <= CLOSE):
            least = self.least_ratio(looked_at(self.subject))
            if self.from_waves.at_least(least) != "undecided":
                return None
        return sweep(self.subject, self.most_work, self.progress, self.trained and self._sane, self.keep)

    @property
    def _sane(self) -> bool:
        """Whether the scale of the file's weights is one at which a loss can be computed."""
        return log_scale(self.subject) < LARGEST_LOG

    @cached_property
    def loss(self) -> Loss | None:
        """The loss of a trained network: from the pass, or an estimate and a bound; None where weights are huge."""
        if self.sweep is not None:
            return None if self.sweep.cross_entropy is None else Loss.known(self.sweep.cross_entropy)
        if not self._sane:
            return None
        return Loss.estimated(self.subject, self.ratio.low * self.subject.scale if self.ratio else None)

    @cached_property
    def ratio(self) -> Enclosure | None:
        """The normalised margin over gamma*, enclosed; from the waves alone where there is no pass."""
        return margin_ratio(self.subject, self.sweep) if self.sweep else self.from_waves

    @cached_property
    def from_waves(self) -> Enclosure | None:
        """The same without looking at inputs; None on groups and at k = 1."""
        return margin_ratio_from_waves(self.subject, self.decomposition) if self.subject.group is None else None

    @cached_property
    def accuracy(self) -> Accuracy:
        """Inputs answered right: of all in the pass, of all because the margin is positive, or of a sample."""
        subject, inputs = self.subject, self.subject.task.n**self.subject.task.k
        if self.sweep:
            return Accuracy(self.sweep.right, inputs, True)
        if self.ratio and self.ratio.low > 0:
            return Accuracy(inputs, inputs, True)
        return on_a_sample(subject.task, subject.u, subject.w, "power")

    @cached_property
    def overview(self) -> Overview:
        """What the network is like."""
        return overview(self)

    @cached_property
    def sentence(self) -> str:
        """The same in one sentence."""
        return sentence(self.overview, self.ratio, self.account)

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """What it may have been meant as, where its answers are poor."""
        subject = self.subject
        return hints(subject.task, subject.u, subject.w, "power", self.accuracy.share)

    @cached_property
    def account(self) -> Account | None:
        """Where the margin went."""
        subject = self.subject
        return account(subject.vectors, subject.group, subject.scale, self.sweep) if self.sweep else None

    @cached_property
    def stability(self) -> Stability | None:
        """What margin and loss guarantee about a trained network; None on groups and at k = 1."""
        if not self.trained or self.subject.group is not None or self.subject.task.k == 1:
            return None
        return Stability(self.subject, self.ratio.low if self.ratio else None, self.loss)

    @cached_property
    def decomposition(self) -> Decomposition:
        """Neurons as waves (Z_p)."""
        return Decomposition(self.subject)

    @cached_property
    def representations(self) -> GroupDecomposition:
        """Neurons by representation (groups)."""
        return GroupDecomposition(self.subject)


def check_network(
    network_file: NetworkFile,
    trained: bool = False,
    tol: float | None = None,
    thresholds: Thresholds | None = None,
    lambda_: float | None = None,
) -> list[CheckResult]:
    """All checks of a network, in the order of the report; arguments as in :class:`Examination`.

    Raises:
        InputError: when the network is zero or not finite, its table is not a group's, or an option is out of range.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> u, w = weights(construct(2, 5))
        >>> all(result.holds for result in check_network(NetworkFile(u, w, k=2, p=5)))
        True
        >>> results = check_network(NetworkFile(u, -w, k=2, p=5))  # all output phases half a turn off
        >>> [result.key for result in results if not result.holds]
        ['margin', 'phase_sum']
    """
    return examine(Examination(Subject.of(network_file), trained, tol, thresholds or Thresholds(), lambda_))


def examine(examination: Examination) -> list[CheckResult]:
    """``check_network`` for a network that is already being examined."""
    subject, limits = examination.subject, examination.thresholds
    results = group_name_checks(subject) if subject.metadata.get("group") else []
    results += _margin(examination)
    if examination.trained:
        results += _trained(examination, limits)
        results += regularisation_checks(subject, limits, examination.lambda_, lambda: _loss(examination))
    else:
        results += _structure(examination, examination.tolerance.tol)
    if examination.account and examination.sweep:
        results.append(account_check(examination.account, examination.sweep, subject.scale))
    return results


def _loss(examination: Examination) -> Loss:
    assert examination.loss is not None  # a norm too large for one is told before anybody asks
    return examination.loss


def _margin(examination: Examination) -> list[CheckResult]:
    subject, found = examination.subject, examination.sweep
    statement = MARGIN if subject.group is None else GROUP
    if examination.ratio is None:
        task = subject.task
        return [undecided_margin(statement, f"{task.n}^{task.k} inputs are more than a pass may take")]
    least = examination.least_ratio(found.worst if found else looked_at(subject))
    if examination.trained and examination.thresholds.margin is None:
        return positive_margin_checks(statement, examination.ratio, examination.tolerance.tol)
    return margin_checks(statement, examination.ratio, least, examination.tolerance.tol)


def _structure(examination: Examination, tol: float) -> list[CheckResult]:
    subject = examination.subject
    if subject.task.k == 1:
        return linear_checks(subject, tol)
    if subject.group is not None:
        return group_checks(examination.representations, tol)
    found = examination.decomposition
    return [*single_frequency_checks(subject, found, tol), moment_check(subject, found, tol)]


def _trained(examination: Examination, limits: Thresholds) -> list[CheckResult]:
    subject = examination.subject
    if subject.task.k == 1:
        return trained_linear_checks(subject, limits)
    if subject.group is not None:
        return trained_group_checks(examination.representations, limits)
    *asked, every = trained_checks(examination.decomposition, limits)
    found = examination.stability
    if found is None:
        return [*asked, every]
    return [*asked, *stability_checks(found), every_frequency_guaranteed(every, found)]
