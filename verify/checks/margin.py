"""The margin itself, decided on an interval that certainly contains it, and the account of where it went."""

from dataclasses import replace

from theory.account import Account
from verify.intervals import Enclosure
from verify.result import CheckResult, Status
from verify.sweep import UNIT, Sweep

MARGIN = "Li24:Theorem 4.1.1"
ACCOUNT = "Ours:margin account"


def margin_checks(statement: str, ratio: Enclosure, fraction: float, tolerance: float) -> list[CheckResult]:
    """margin >= ``fraction`` gamma*, and margin <= gamma* (up to ``tolerance``, for intervals that contain 1).

    ``error`` is how far the worse end of the interval is on the wrong side.
    """
    enclosure = f"margin/gamma* certainly lies in {ratio}"
    return [
        CheckResult(
            statement,
            f"margin at least {fraction:.12g} gamma*",
            ratio.at_least(fraction),
            measured=ratio.middle,
            predicted=1.0,
            error=max(0.0, 1 - ratio.low),
            tolerance=1 - fraction,
            detail=enclosure,
            key="margin",
        ),
        CheckResult(
            statement,
            "margin at most gamma*",
            ratio.at_most(1 + tolerance),
            measured=ratio.high,
            predicted=1.0,
            error=max(0.0, ratio.high - 1),
            tolerance=tolerance,
            detail=f"the theorem forbids more; {enclosure}",
            key="margin_bound",
        ),
    ]


def positive_margin_checks(statement: str, ratio: Enclosure, tolerance: float) -> list[CheckResult]:
    """Every input gets its own label: margin > 0; and margin <= gamma*."""
    above, below = margin_checks(statement, ratio, 0.0, tolerance)
    status: Status = "passed" if ratio.low > 0 else "failed" if ratio.high <= 0 else "undecided"
    label = "every input gets its own label (margin above 0)"
    return [replace(above, label=label, status=status, tolerance=None), below]


def undecided_margin(statement: str, reason: str) -> CheckResult:
    """When there are too many inputs to look at."""
    return CheckResult(statement, "margin", "undecided", predicted=1.0, detail=reason, key="margin")


def account_check(found: Account, sweep: Sweep, scale: float) -> CheckResult:
    """The account adds up: two independent computations of the margin, one from the spectrum, one from all inputs."""
    spread = found.spread + found.ties
    tolerance = 3 * sweep.error / scale + 2**20 * UNIT * (1 + spread)
    return CheckResult(
        ACCOUNT,
        "the account of the margin adds up",
        "passed" if found.error <= tolerance else "failed",
        measured=found.total,
        predicted=found.margin,
        error=found.error,
        tolerance=tolerance,
        detail="; ".join(f"{name} {loss:.3g}" for name, loss in found.losses().items() if abs(loss) > 5e-16)
        or "nothing is lost",
        key="account",
    )
