r"""k = 1, where f is bilinear and frequencies may mix (ours: the maximum-margin set, k = 1).

**Theorem.**  A network of norm 1 with k = 1 is maximum-margin iff every neuron has w = u and
:math:`\sum_i u_i u_i^\top = \gamma^* (I - J/p)`, :math:`\gamma^* = 1/(2(p-1))` (means are then zero); p may be the
order of any group, with :math:`u_i(a)` against :math:`w_i(a)`.

``verify.tolerance`` says what errors of weights allow.  w = u is asked of live neurons; the Gram matrix takes all.
"""

import numpy as np

from numerics.components import LIVE_FRACTION
from theory.task import neuron_masses
from verify.result import CheckResult, at_most
from verify.subject import Subject
from verify.tolerance import Tolerance

LINEAR = "Ours:maximum-margin set, k = 1"


def linear_checks(subject: Subject, tol: float) -> list[CheckResult]:
    """w = u in every neuron, and the Gram matrix.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> u, w = weights(construct(1, 5))
        >>> [result.status for result in linear_checks(Subject.of(NetworkFile(u, w, k=1, p=5)), tol=1e-9)]
        ['passed', 'passed']
        >>> [result.status for result in linear_checks(Subject.of(NetworkFile(u[1:], w[1:], k=1, p=5)), tol=1e-9)]
        ['passed', 'failed']
    """
    u, w = subject.u[:, 0], subject.w
    allowed = Tolerance(tol, 1)
    total = (u**2).sum() + (w**2).sum()
    apart = np.where(neuron_masses(subject.vectors) > LIVE_FRACTION / subject.m, ((u - w) ** 2).sum(axis=1), 0)
    difference = float(np.sqrt(apart.sum() / total))
    return [
        at_most(
            LINEAR,
            "w = u in every neuron",
            difference,
            0.0,
            allowed.equal_vectors,
            f"2-norm of w - u over live neurons, over that of all weights; worst in neuron {int(apart.argmax())}",
            "equal_vectors",
        ),
        _gram(u, float(total), allowed.gram),
    ]


def _gram(u: np.ndarray, total: float, tolerance: float) -> CheckResult:
    (m, n), label = u.shape, "outer products add up to gamma* (I - J/p)"
    if m < n - 1:
        # The p x p matrix need not fit the memory; its rank is too small anyway.
        return CheckResult(
            LINEAR, label, "failed", m, n - 1, n - 1 - m, 0.0, f"need p-1 = {n - 1} neurons; got {m}", "gram"
        )
    target = (np.eye(n) - 1 / n) / (2 * (n - 1))
    error = float(np.linalg.norm(u.T @ u / total - target) / np.linalg.norm(target))
    return at_most(
        LINEAR,
        label,
        error,
        0.0,
        tolerance,
        "relative Frobenius norm of the difference; zero means are implied",
        "gram",
    )
