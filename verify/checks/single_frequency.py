r"""What every maximum-margin network on Z_p looks like for k >= 2 (Li24 Theorem 4.1, parts 2 and 3; ours: masses).

``tol`` is a relative error of weights: a network passes iff it looks like one whose vectors are each within
``tol`` times their 2-norm of an exact maximum-margin network's.  What that allows, to first order and rounded up:

* what is left of a vector beside its frequency has relative 2-norm at most tol (purity, a share of *power*, is
  1 minus its square: purity would see an error of 1e-5 as 1e-10);
* the 2-norm of a vector against the mean of its neuron's: 2 tol, we take 3 tol;
* a phase moves by at most arcsin(tol)/(2 pi) < tol/6 turn, the sum of k inputs minus the output by (k+1) tol/6;
* the mass of a frequency, a sum of (k+1)-th powers over the sum of all: 2 (k+1) tol, we take 3 (k+1) tol.
"""

import numpy as np

from theory.margin import frequency_masses
from verify.checks.decomposition import Decomposition
from verify.intervals import Enclosure
from verify.result import CheckResult, Status
from verify.subject import Subject

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
        >>> {result.status for result in single_frequency_checks(subject, Decomposition.of(subject), tol=1e-9)}
        {'passed'}
    """
    return [
        _purity(found, tol),
        _equal_frequency(found),
        _balance(found, tol),
        _phase_sums(subject, found, tol),
        every_frequency(subject, found),
        _masses(subject, found, tol),
    ]


def _purity(found: Decomposition, tol: float) -> CheckResult:
    neuron, vector = divmod(int(found.pure.residual.argmax()), found.pure.residual.shape[1])
    worst = float(found.pure.residual[neuron, vector])
    return CheckResult(
        NEURON,
        "one frequency in every vector",
        Enclosure.around(worst, found.pure.error).at_most(tol),
        measured=worst,
        predicted=0.0,
        error=worst,
        tolerance=tol,
        detail=f"2-norm beside the frequency, worst in {name_of(found, neuron, vector)}; purity is 1 - {worst**2:.2g}",
        key="purity",
    )


def _equal_frequency(found: Decomposition) -> CheckResult:
    wrong = np.flatnonzero(~found.consistent)
    detail = f"in all k+1 vectors of {len(found.live)} live neurons"
    if len(wrong):
        detail = f"neuron {found.live[wrong[0]]} has the frequencies {found.own[wrong[0]].tolist()}"
    status: Status = "failed" if len(wrong) else "passed"
    return CheckResult(
        NEURON,
        "the same frequency in all vectors",
        status,
        float(len(wrong)),
        0.0,
        float(len(wrong)),
        0.0,
        detail,
        key="same_frequency",
    )


def _balance(found: Decomposition, tol: float) -> CheckResult:
    mean = np.sqrt((found.norms**2).mean(axis=1, keepdims=True))
    deviation = np.abs(found.norms / mean - 1)
    neuron, vector = divmod(int(deviation.argmax()), deviation.shape[1])
    worst = float(deviation[neuron, vector])
    return CheckResult(
        NEURON,
        "equal 2-norms",
        Enclosure.around(worst, found.pure.error).at_most(3 * tol),
        measured=1 + worst,
        predicted=1.0,
        error=worst,
        tolerance=3 * tol,
        detail=f"norm over the neuron's root mean square; worst in {name_of(found, neuron, vector)}",
        key="balance",
    )


def _phase_sums(subject: Subject, found: Decomposition, tol: float) -> CheckResult:
    label, allowed = "output phase is the sum of input phases", (subject.task.k + 1) * tol / 6
    if not found.consistent.any():
        return CheckResult(
            NEURON, label, "failed", tolerance=allowed, detail="no neuron has one frequency", key="phase_sum"
        )
    error = np.where(found.consistent, found.phase_error, -1.0)
    i = int(error.argmax())
    worst = float(error[i])
    return CheckResult(
        NEURON,
        label,
        Enclosure.around(worst, float(found.phase_uncertainty[i])).at_most(allowed),
        measured=worst,
        predicted=0.0,
        error=worst,
        tolerance=allowed,
        detail=f"in turns; worst in neuron {found.live[i]}",
        key="phase_sum",
    )


def every_frequency(subject: Subject, found: Decomposition) -> CheckResult:
    """Live neurons use every frequency 1..floor(p/2).

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> u, w = weights(construct(2, 5))
        >>> subject = Subject.of(NetworkFile(u[:6], w[:6], k=2, p=5))  # six neurons for each frequency
        >>> every_frequency(subject, Decomposition.of(subject)).detail
        'missing: [2]'
    """
    half = subject.task.n // 2
    missing = sorted(set(range(1, half + 1)) - set(found.frequency.tolist()))
    return CheckResult(
        EVERY,
        "every frequency is used",
        "failed" if missing else "passed",
        measured=float(half - len(missing)),
        predicted=float(half),
        error=float(len(missing)),
        tolerance=0.0,
        detail=f"missing: {missing[:10]}" if missing else f"by {len(found.live)} live neurons of {subject.m}",
        key="every_frequency",
    )


def _masses(subject: Subject, found: Decomposition, tol: float) -> CheckResult:
    needed = predicted_masses(subject)
    carried = found.frequency_masses()[1:]
    errors = np.abs(carried / needed - 1)
    worst = int(errors.argmax())
    allowed = 3 * (subject.task.k + 1) * tol
    return CheckResult(
        SET,
        "mass of every frequency",
        "passed" if errors[worst] <= allowed else "failed",
        measured=float(carried[worst]),
        predicted=float(needed[worst]),
        error=float(errors[worst]),
        tolerance=allowed,
        detail=f"share of the norm's (k+1)-th power in live neurons; worst at frequency {worst + 1}",
        key="masses",
    )


def predicted_masses(subject: Subject) -> np.ndarray:
    """Mass of every frequency 1..floor(p/2) in a maximum-margin network of norm 1.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> predicted_masses(Subject.of(NetworkFile(*weights(construct(3, 4)), k=3, p=4)))
        array([0.8, 0.2])
    """
    masses = list(frequency_masses(subject.task.k, subject.task.n).values())
    values = {mass: float(mass.evalf(30)) for mass in set(masses)}
    return np.array([values[mass] for mass in masses])


def name_of(found: Decomposition, neuron: int, vector: int) -> str:
    """Which vector, for people.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> found = Decomposition.of(Subject.of(NetworkFile(*weights(construct(2, 5)), k=2, p=5)))
        >>> name_of(found, 3, 0), name_of(found, 3, 2)
        ('neuron 3, u_1', 'neuron 3, w')
    """
    last = found.norms.shape[1] - 1
    return f"neuron {found.live[neuron]}, " + ("w" if vector == last else f"u_{vector + 1}")
