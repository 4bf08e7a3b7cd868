r"""Norm and loss of a trained network against the theory at its own lambda (ours: finite regularisation).

For class weights :math:`\tau > 0` and :math:`0 < \lambda < \gamma^*(n-1)/n` the least value of
:math:`CE_\tau + \lambda \|\theta\|_{2,k+1}^{k+1}` is :math:`\log(1 + (n-1)e^{-\beta}) + \lambda\beta/\gamma^*` with
:math:`\beta = \log((n-1)(\gamma^*/\lambda - 1))`, at :math:`\gamma^* \|\theta\|^{k+1} = \beta`
(``theory.regularisation``).
"""

import math
from collections.abc import Callable

import numpy as np

from theory.errors import InputError
from verify.loss import Loss
from verify.result import CheckResult, Status, at_least, at_most, close
from verify.subject import Subject
from verify.tolerance import Thresholds

FINITE = "Ours:finite regularisation"
POWER = "^(k+1)"
LARGEST_LOG = 600.0


def regularisation_checks(
    subject: Subject, limits: Thresholds, lambda_: float | None, loss_of: Callable[[], Loss]
) -> list[CheckResult]:
    """Predicted norm and loss, where the file (or the caller) says what was minimised.

    Args:
        subject: the network.
        limits: ``regularisation`` is the tolerance of norm and loss; where it is None the one thing asked is that the
            loss is not below its minimum.
        lambda_: overrides the metadata.
        loss_of: the cross-entropy, asked for where it is needed; of an estimate the error counts as tolerance.

    Raises:
        InputError: when ``lambda_`` is not a positive number.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> from verify.tolerance import RECIPE
        >>> u, w = weights(construct(2, 5))
        >>> subject = Subject.of(NetworkFile(u, w, k=2, p=5))
        >>> gamma = float(subject.gamma)
        >>> scale = (math.log(16) / gamma) ** (1 / 3)  # beta = log(4 (5 - 1)) at lambda = gamma*/5
        >>> subject = Subject.of(NetworkFile(scale * u, scale * w, k=2, p=5))
        >>> results = regularisation_checks(subject, RECIPE, gamma / 5, lambda: Loss.estimated(subject, None))
        >>> [result.status for result in results]
        ['passed', 'passed', 'passed']
    """
    stated = _metadata_lambda(subject.metadata) if lambda_ is None else lambda_
    if stated is None:
        return []
    if not (math.isfinite(stated) and stated > 0):
        raise InputError(f"lambda must be a positive number; got {stated}")
    reason = _why_not(subject, stated)
    if reason:
        return [CheckResult(FINITE, "norm and loss at lambda", "skipped", detail=reason, key="norm_at_lambda")]
    k, n, gamma = subject.task.k, subject.task.n, float(subject.gamma)
    beta = math.log((n - 1) * (gamma / stated - 1))
    log_mass = float(subject.norm_power.log()) + (k + 1) * subject.exponent * math.log(2)
    if log_mass > LARGEST_LOG:
        status: Status = "skipped" if limits.regularisation is None else "failed"
        detail = "the norm is huge"
        return [CheckResult(FINITE, "norm at lambda", status, None, beta / gamma, detail=detail, key="norm_at_lambda")]
    mass = math.exp(log_mass)
    least = math.log1p((n - 1) * math.exp(-beta)) + stated * beta / gamma
    found = loss_of()
    loss, error = found.value + stated * mass, found.error / least
    at = f"lambda = {stated:.6g}, {found.how}"
    why = f"{at}; a theorem forbids less; ||theta||^(k+1) is {mass:.6g}, at the minimum {beta / gamma:.6g}"
    floor = at_least(FINITE, "loss is not below its minimum", loss, least, 1e-9 + error, why, "loss_floor")
    allowed = limits.regularisation
    if allowed is None:
        return [floor]
    return [
        close(FINITE, "||theta||^(k+1) at lambda", mass, beta / gamma, allowed, at, "norm_at_lambda"),
        floor,
        at_most(FINITE, "loss at lambda", loss, least, allowed + error, at, "loss_at_lambda"),
    ]


def _metadata_lambda(metadata: dict[str, str]) -> float | None:
    try:
        value = float(metadata.get("lambda", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def _why_not(subject: Subject, lambda_: float) -> str:
    """Why the closed form does not apply; empty if it does."""
    task = subject.task
    if subject.metadata.get("data", "full") != "full":
        return "the network was not trained on all inputs"
    if not subject.metadata.get("penalty", POWER).endswith(POWER):
        return f"the penalty was not lambda ||theta||{POWER}"
    if subject.metadata.get("loss") == "plain" and not _is_uniform(task.tau, task.identity):
        return "the loss had no class weights, and they are not uniform"
    wrong = [task.tau[delta] for delta in range(task.n) if delta != task.identity]
    if min(wrong) <= 0:
        return "some wrong labels have class weight 0: the weighted loss does not force the maximum margin"
    threshold = float(subject.gamma) * (task.n - 1) / task.n
    if lambda_ >= threshold:
        return f"from lambda = {threshold:.6g} on the only minimiser is 0; got {lambda_:.6g}"
    return ""


def _is_uniform(tau: np.ndarray, identity: int) -> bool:
    wrong = np.delete(tau, identity)
    return bool(np.ptp(wrong) <= 1e-12 * wrong.max())
