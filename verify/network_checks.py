"""Is a network maximum-margin, or (trained) close to it?  All checks of one network file, as results.

Without ``trained``: is it maximum-margin to ``tol``, a relative error of weights (each check's file says what such
an error allows).  The margin is decided on an interval that certainly contains the exact margin of the float weights.
"""

from dataclasses import dataclass
from functools import cached_property

from theory.errors import InputError
from theory.network_file import NetworkFile
from verify.account import Account, account
from verify.checks.decomposition import Decomposition
from verify.checks.group import GROUP, GroupDecomposition, group_checks
from verify.checks.linear import linear_checks
from verify.checks.margin import MARGIN, account_check, margin_checks, undecided_margin
from verify.checks.moments import moment_check
from verify.checks.regularised import regularisation_checks
from verify.checks.single_frequency import single_frequency_checks
from verify.checks.trained import Thresholds, trained_checks, trained_group_checks, trained_linear_checks
from verify.intervals import Enclosure, margin_ratio
from verify.result import CheckResult
from verify.structure_bound import margin_ratio_from_waves
from verify.subject import Subject
from verify.sweep import MOST_WORK, Sweep, TooManyInputs, sweep, work

MUCH_WORK = 1e11
ENOUGH = 1e-7


@dataclass(frozen=True, eq=False)
class Examination:
    """A network and everything that is computed about it once, for checks, report and figures.

    Attributes:
        subject: the scaled weights and the theory of their task.
        most_work: multiplications that a pass over all inputs may take.
    """

    subject: Subject
    most_work: float = MOST_WORK

    @cached_property
    def sweep(self) -> Sweep | None:
        """The pass over all inputs; None when there are too many, or many and the waves alone tell enough."""
        if work(self.subject) > MUCH_WORK and self.from_waves and self.from_waves.width < ENOUGH:
            return None
        try:
            return sweep(self.subject, self.most_work)
        except TooManyInputs:
            return None

    @cached_property
    def ratio(self) -> Enclosure | None:
        """The normalised margin over gamma*, enclosed; from the waves alone where there are too many inputs."""
        return margin_ratio(self.subject, self.sweep) if self.sweep else self.from_waves

    @cached_property
    def from_waves(self) -> Enclosure | None:
        """The same without looking at inputs; None on groups and at k = 1."""
        return margin_ratio_from_waves(self.subject)

    @cached_property
    def account(self) -> Account | None:
        """Where the margin went."""
        return account(self.subject, self.sweep) if self.sweep else None

    @cached_property
    def decomposition(self) -> Decomposition:
        """Live neurons as waves (Z_p)."""
        return Decomposition.of(self.subject)

    @cached_property
    def representations(self) -> GroupDecomposition:
        """Live neurons by representation (groups)."""
        return GroupDecomposition(self.subject)


def check_network(
    network_file: NetworkFile,
    trained: bool = False,
    tol: float | None = None,
    thresholds: Thresholds | None = None,
    lambda_: float | None = None,
) -> list[CheckResult]:
    """All checks of a network.

    Args:
        network_file: the network, from ``theory.network_file``.
        trained: compare with ``thresholds`` instead of asking for the maximum margin.
        tol: relative error of weights that is forgiven; 1e-9 for float64 and 1e-5 for float32 by default.
        thresholds: thresholds of a trained network.
        lambda_: regularisation at which it was trained; by default what the metadata say.

    Returns:
        results in the order of the report.

    Raises:
        InputError: when the network is zero or not finite, its table is not a group's, or an option is out of range.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> results = check_network(NetworkFile(*weights(construct(2, 5)), k=2, p=5))
        >>> all(result.holds for result in results), results[0].key
        (True, 'margin')
    """
    return examine(Examination(Subject.of(network_file)), trained, tol, thresholds, lambda_)


def examine(
    examination: Examination,
    trained: bool = False,
    tol: float | None = None,
    thresholds: Thresholds | None = None,
    lambda_: float | None = None,
) -> list[CheckResult]:
    """``check_network`` for a network that is already being examined.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> u, w = weights(construct(2, 5))
        >>> examination = Examination(Subject.of(NetworkFile(u, -w, k=2, p=5)))
        >>> [result.key for result in examine(examination) if not result.holds]  # all output phases half a turn off
        ['margin', 'phase_sum']
    """
    subject, limits = examination.subject, thresholds or Thresholds()
    tol = subject.default_tolerance if tol is None else tol
    if not 0 < tol <= 0.1:
        raise InputError(f"tol must lie between 0 and 0.1; got {tol}")
    results = _margin(examination, limits.margin if trained else 1 - tol, tol)
    if trained:
        results += _trained(examination, limits) + regularisation_checks(subject, limits, lambda_)
    else:
        results += _structure(examination, tol)
    if examination.account and examination.sweep:
        scale = float(subject.gamma * subject.norm_power)
        results.append(account_check(examination.account, examination.sweep, scale))
    return results


def _margin(examination: Examination, fraction: float, tol: float) -> list[CheckResult]:
    statement = MARGIN if examination.subject.group is None else GROUP
    if examination.ratio is None:
        task = examination.subject.task
        return [undecided_margin(statement, f"{task.n}^{task.k} inputs are more than a pass may take")]
    return margin_checks(statement, examination.ratio, fraction, tol)


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
    return trained_checks(subject, examination.decomposition, limits)
