"""What a margin and a loss guarantee, against what is found: no threshold of anyone's choice (ours: stability).

A bound that fails is an alarm: a theorem forbids it.  Beyond 45 degrees a neuron may be as close to a second frequency
as to its own; when the neurons lose so much that all mass may lie there, the bounds say nothing, and that is told.
"""

import numpy as np

from verify.checks import single_frequency
from verify.loss import EVERY
from verify.result import CheckResult, Status, at_most
from verify.stability import ROUNDING, Stability

NEURON = "Ours:stability of neurons"
FREQUENCIES = "Ours:stability of frequencies"
LOSS = "Ours:loss bounds the neurons"
HALFWAY = 45.0


def stability_checks(found: Stability) -> list[CheckResult]:
    """Angles, masses beyond, frequencies, and the loss alone.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> from verify.subject import Subject
        >>> u, w = weights(construct(2, 5))
        >>> results = stability_checks(Stability(Subject.of(NetworkFile(u + 0.01, w, k=2, p=5)), least=0.95))
        >>> {result.key: result.status for result in results}
        {'efficiencies': 'passed', 'angles': 'passed', 'halfway': 'passed', 'amounts': 'passed'}
    """
    results = [_efficiencies(found), _angles(found), _halfway(found)]
    if found.allowed_amounts is not None:
        results.append(_amounts(found))
    if found.from_loss is not None:
        results.append(_loss(found, found.from_loss))
    return results


def _efficiencies(found: Stability) -> CheckResult:
    short = found.least_losses - found.neurons.losses
    i = int(short.argmax())
    return CheckResult(
        NEURON,
        "every neuron loses at least what its angle costs",
        "passed" if short[i] <= ROUNDING else "failed",
        measured=float(found.neurons.losses[i]),
        predicted=float(found.least_losses[i]),
        error=max(0.0, float(short[i])),
        tolerance=ROUNDING,
        detail=f"1 - efficiency against 1 - h(angle); closest in neuron {i}",
        key="efficiencies",
    )


def _angles(found: Stability) -> CheckResult:
    mean, allowed = found.mean_square
    angles = np.degrees(found.neurons.angle)
    heavy = int(np.where(found.mass > 0, angles, -1).argmax())
    return at_most(
        NEURON,
        "mean squared sine of the angles to optimal neurons",
        mean,
        max(allowed, ROUNDING),
        1e-9,
        f"weighted by mass, against C_k eps1; largest angle {angles[heavy]:.3g} degrees (neuron {heavy})",
        "angles",
    )


def _halfway(found: Stability) -> CheckResult:
    mass, allowed = found.mass_beyond(HALFWAY)
    status: Status = "failed" if mass > allowed + ROUNDING else "passed" if allowed < 1 else "undecided"
    said = "more mass than there is" if allowed >= 1 else f"at most {allowed:.3g} of the mass"
    return CheckResult(
        NEURON,
        f"mass beyond {HALFWAY:g} degrees",
        status,
        measured=mass,
        predicted=allowed,
        error=max(0.0, mass - allowed),
        tolerance=ROUNDING,
        detail=f"neurons lose eps1 = {found.eps1:.3g} of gamma*: {said} may lie there",
        key="halfway",
    )


def _amounts(found: Stability) -> CheckResult:
    assert found.allowed_amounts is not None
    assert found.eps is not None
    low, high = found.allowed_amounts
    outside = np.maximum(low - found.amounts, found.amounts - high)
    worst, tolerance = int(outside.argmax()), ROUNDING * (1 + abs(found.eps) * found.subject.task.n)
    return CheckResult(
        FREQUENCIES,
        "what each frequency does",
        "passed" if outside[worst] <= tolerance else "failed",
        measured=float(found.amounts[worst]),
        predicted=1.0,
        error=max(0.0, float(outside[worst])),
        tolerance=tolerance,
        detail=f"1 at an optimum; at frequency {worst + 1} the margin allows {low[worst]:.3g} to {high[worst]:.3g}",
        key="amounts",
    )


def every_frequency_guaranteed(every: CheckResult, found: Stability) -> CheckResult:
    """The check that live neurons use every frequency, with what the margin guarantees of it."""
    assert every.statement == single_frequency.EVERY
    half = found.subject.task.n // 2
    if found.guaranteed is None:
        return every
    from dataclasses import replace

    return replace(every, detail=f"{every.detail}; the margin alone guarantees {found.guaranteed} of {half}")


def _loss(found: Stability, bound: float) -> CheckResult:
    assert found.loss is not None
    known = "the cross-entropy" if found.loss.how == EVERY else "what the least margin allows the cross-entropy,"
    status: Status = "passed" if found.eps1 <= bound + ROUNDING else "failed"
    return CheckResult(
        LOSS,
        "what the loss alone allows the neurons to lose",
        status,
        measured=found.eps1,
        predicted=bound,
        error=max(0.0, found.eps1 - bound),
        tolerance=ROUNDING,
        detail=f"eps1 from the weights against its bound from {known} {found.loss.high:.6g} and the norm",
        key="loss_bound",
    )
