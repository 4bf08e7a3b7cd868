"""What training is asked to reach: thresholds of one's own choice, each asked for only where it is given."""

import math

import numpy as np

from verify.checks.decomposition import Decomposition
from verify.checks.group import GROUP, GroupDecomposition, required_representations
from verify.checks.linear import LINEAR
from verify.checks.single_frequency import NEURON, every_frequency
from verify.intervals import Enclosure
from verify.result import CheckResult, at_least, near
from verify.subject import Subject
from verify.tolerance import Thresholds


def trained_checks(found: Decomposition, limits: Thresholds) -> list[CheckResult]:
    """Purity and phases, where they are asked for (k >= 2, on Z_p), and every frequency.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> u, w = weights(construct(2, 5))
        >>> from verify.tolerance import RECIPE
        >>> subject = Subject.of(NetworkFile(u + 0.001, w, k=2, p=5))  # not maximum-margin, but close
        >>> [result.status for result in trained_checks(Decomposition(subject), RECIPE)]
        ['passed', 'passed', 'passed']
    """
    results = []
    if limits.purity is not None:
        results.append(_purity(found, limits.purity))
    if limits.phase_error is not None:
        results.append(_phases(found, limits.phase_error))
    return [*results, every_frequency(found)]


def _purity(found: Decomposition, least: float) -> CheckResult:
    residual = np.where(found.norms > 0, found.waves.residual, 1.0)
    neuron, vector = found.worst(residual)
    worst, error = float(residual[neuron, vector]), found.waves.error
    purity = Enclosure.around(1 - worst**2, 3 * error)  # the residual is at most 1, and (1 + e)^2 - 1 < 3 e
    return CheckResult(
        NEURON,
        f"one frequency holds {least:g} of every live vector",
        purity.at_least(least),
        measured=purity.middle,
        predicted=1.0,
        error=1 - purity.low,
        tolerance=1 - least,
        detail=f"power at the neuron's frequency, +-zeta pooled; worst in neuron {neuron}",
        key="purity",
    )


def _phases(found: Decomposition, largest: float) -> CheckResult:
    # The median moves by no more than the largest error of what it is the median of.
    errors = found.phase_error[found.live]
    median = Enclosure.around(float(np.median(errors)), float(found.phase_uncertainty[found.live].max()))
    return CheckResult(
        NEURON,
        f"median phase error at most {largest:g} turn",
        median.at_most(largest),
        measured=median.middle,
        predicted=0.0,
        error=median.high,
        tolerance=largest,
        detail=f"|t_1 + ... + t_k - t_w| over {len(found.live)} live neurons; largest {float(errors.max()):.3g}",
        key="phase_sum",
    )


def trained_linear_checks(subject: Subject, limits: Thresholds) -> list[CheckResult]:
    """k = 1: w = u up to a share ``1 - purity`` of the power, and all p-1 frequencies' worth of rank is there."""
    u, w = subject.u[:, 0], subject.w
    n = subject.task.n
    power = (u**2).sum() + (w**2).sum()
    beside = float(((u - w) ** 2).sum() / power)
    singular = np.linalg.svd(u / math.sqrt(power), compute_uv=False)
    rank = int((singular**2 > 0.5 / (2 * (n - 1))).sum())
    equal = []
    if limits.purity is not None:
        detail = "power of w - u over all power"
        equal = [near(LINEAR, "w = u in every neuron", beside, 0.0, 1 - limits.purity, detail, "equal_vectors")]
    return [
        *equal,
        at_least(
            LINEAR, "rank p - 1", float(rank), float(n - 1), detail="singular values^2 above gamma*/2", key="rank"
        ),
    ]


def trained_group_checks(found: GroupDecomposition, limits: Thresholds) -> list[CheckResult]:
    """Purity and alignment, where they are asked for (k >= 2, any group), and required representations."""
    results = []
    if limits.purity is not None:
        neuron = found.worst(-found.components.purity)
        results.append(
            near(
                GROUP,
                f"one representation holds {limits.purity:g} of every live vector",
                float(found.components.purity[neuron]),
                1.0,
                1 - limits.purity,
                f"power in the neuron's representation; worst in neuron {neuron}",
                "purity",
            )
        )
    if limits.phase_error is not None:
        turns = float(np.median(np.arccos(np.clip(found.alignment[found.live], -1, 1)))) / (2 * math.pi)
        results.append(
            near(
                GROUP,
                f"median phase error at most {limits.phase_error:g} turn",
                turns,
                0.0,
                limits.phase_error,
                "arccos of the neurons' alignment",
                "alignment",
            )
        )
    return [*results, required_representations(found)]
