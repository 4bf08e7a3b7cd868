r"""What every maximum-margin network on Z_p looks like for k >= 2 (Li24 Theorem 4.1, parts 2 and 3; ours: masses).

A network passes iff it looks like one whose weights are each within a relative ``tol`` of an exact maximum-margin
network's (``verify.tolerance``).  Purity, a share of *power*, is 1 minus the square of what is compared with tol: it
would see an error of 1e-5 as 1e-10.

Light neurons (not live) are not judged one by one, but their mass counts: with its frequency where the neuron would
pass as a live one, as uncertainty otherwise.
"""

import numpy as np

from theory.margin import frequency_masses
from verify.checks.decomposition import Decomposition
from verify.intervals import Enclosure
from verify.result import CheckResult, Status
from verify.subject import Subject
from verify.tolerance import Tolerance

NEURON = "Li24:Theorem 4.1.2"
EVERY = "Li24:Theorem 4.1.3"
SET = "Ours:maximum-margin set"


def single_frequency_checks(subject: Subject, found: Decomposition, tol: float) -> list[CheckResult]:
    """Purity, equal frequency, balance, phase sums, every frequency used, masses.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> subject = Subject.of(NetworkFile(*weights(construct(2, 5)), k=2, p=5))
        >>> {result.status for result in single_frequency_checks(subject, Decomposition(subject), tol=1e-9)}
        {'passed'}
    """
    allowed = Tolerance(tol, subject.task.k)
    return [
        _purity(found, allowed.purity),
        _equal_frequency(found),
        _balance(found, allowed.balance),
        _phase_sums(found, allowed.phase_sum),
        every_frequency(found),
        _masses(subject, found, allowed),
    ]


def _purity(found: Decomposition, allowed: float) -> CheckResult:
    neuron, vector = found.worst(found.pure.residual)
    worst = float(found.pure.residual[neuron, vector])
    return CheckResult(
        NEURON,
        "one frequency in every vector",
        Enclosure.around(worst, found.pure.error).at_most(allowed),
        measured=worst,
        predicted=0.0,
        error=worst,
        tolerance=allowed,
        detail=f"2-norm beside the frequency, worst in {name_of(found, neuron, vector)}; purity is 1 - {worst**2:.2g}",
        key="purity",
    )


def _equal_frequency(found: Decomposition) -> CheckResult:
    wrong = found.live[~found.consistent[found.live]]
    detail = f"in all k+1 vectors of {len(found.live)} live neurons"
    if len(wrong):
        detail = f"neuron {wrong[0]} has the frequencies {found.own[wrong[0]].tolist()}"
    status: Status = "failed" if len(wrong) else "passed"
    count = float(len(wrong))
    return CheckResult(
        NEURON, "the same frequency in all vectors", status, count, 0.0, count, 0.0, detail, "same_frequency"
    )


def _balance(found: Decomposition, allowed: float) -> CheckResult:
    neuron, vector = found.worst(found.imbalance)
    worst = float(found.imbalance[neuron, vector])
    return CheckResult(
        NEURON,
        "equal 2-norms",
        Enclosure.around(worst, found.pure.error).at_most(allowed),
        measured=1 + worst,
        predicted=1.0,
        error=worst,
        tolerance=allowed,
        detail=f"norm over the neuron's root mean square; worst in {name_of(found, neuron, vector)}",
        key="balance",
    )


def _phase_sums(found: Decomposition, allowed: float) -> CheckResult:
    label = "output phase is the sum of input phases"
    if not found.consistent[found.live].any():
        return CheckResult(
            NEURON, label, "failed", tolerance=allowed, detail="no neuron has one frequency", key="phase_sum"
        )
    i, _ = found.worst(np.where(found.consistent, found.phase_error, -1.0)[:, None])
    worst = float(found.phase_error[i])
    return CheckResult(
        NEURON,
        label,
        Enclosure.around(worst, float(found.phase_uncertainty[i])).at_most(allowed),
        measured=worst,
        predicted=0.0,
        error=worst,
        tolerance=allowed,
        detail=f"in turns; worst in neuron {i}",
        key="phase_sum",
    )


def every_frequency(found: Decomposition) -> CheckResult:
    """Live neurons use every frequency 1..floor(p/2)."""
    half = found.unit.shape[2] // 2
    missing = sorted(set(range(1, half + 1)) - set(found.frequency[found.live].tolist()))
    return CheckResult(
        EVERY,
        "every frequency is used",
        "failed" if missing else "passed",
        measured=float(half - len(missing)),
        predicted=float(half),
        error=float(len(missing)),
        tolerance=0.0,
        detail=f"missing: {missing[:10]}" if missing else f"by {len(found.live)} live neurons of {len(found.mass)}",
        key="every_frequency",
    )


def _masses(subject: Subject, found: Decomposition, allowed: Tolerance) -> CheckResult:
    needed = predicted_masses(subject)
    counted, unsure = found.counted(allowed)
    carried = np.bincount(found.frequency[counted], found.mass[counted], minlength=len(needed) + 1)[1:]
    errors = np.abs(carried / needed - 1)
    worst = int(errors.argmax())
    return CheckResult(
        SET,
        "mass of every frequency",
        Enclosure.around(float(errors[worst]), unsure / float(needed[worst])).at_most(allowed.masses),
        measured=float(carried[worst]),
        predicted=float(needed[worst]),
        error=float(errors[worst]),
        tolerance=allowed.masses,
        detail=f"share of the norm's (k+1)-th power; worst at frequency {worst + 1}",
        key="masses",
    )


def predicted_masses(subject: Subject) -> np.ndarray:
    """Mass of every frequency 1..floor(p/2) in a maximum-margin network of norm 1."""
    masses = list(frequency_masses(subject.task.k, subject.task.n).values())
    values = {mass: float(mass.evalf(30)) for mass in set(masses)}
    return np.array([values[mass] for mass in masses])


def name_of(found: Decomposition, neuron: int, vector: int) -> str:
    """Which vector, for people."""
    last = found.norms.shape[1] - 1
    return f"neuron {neuron}, " + ("w" if vector == last else f"u_{vector + 1}")
