"""What a check returns: measured and predicted values, a tolerance, and a status that follows from them."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from theory.vocabulary import Status

HOLDS = ("machine-checked", "proved", "passed")


@dataclass(frozen=True)
class CheckResult:
    """One entry of a report.

    Attributes:
        statement: the registered statement it supports, such as ``Li24:Theorem 4.1.1``.
        label: what was checked, in a few words.
        status: ``machine-checked`` (by the kernel of Coq), ``proved`` (exact), ``passed`` (float, within tolerance),
            ``failed``, ``undecided`` or ``skipped``.
        measured, predicted, error, tolerance: the numbers, where there are any.
        detail: one line: where it failed, or how the tolerance is justified.
        key: short, stable and unique among the checks of one network, such as ``masses``; programs select by it, while
            ``label`` and ``detail`` are for people and may be reworded.
    """

    statement: str
    label: str
    status: Status
    measured: float | None = None
    predicted: float | None = None
    error: float | None = None
    tolerance: float | None = None
    detail: str = ""
    key: str = ""

    @property
    def holds(self) -> bool:
        """Whether the check supports its statement."""
        return self.status in HOLDS

    def to_json(self) -> dict[str, Any]:
        """Plain values; numbers that JSON cannot hold become null."""
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in asdict(self).items()
        }


def proved(statement: str, label: str, holds: bool, detail: str = "", key: str = "") -> CheckResult:
    """An exact yes or no."""
    return CheckResult(statement, label, "proved" if holds else "failed", detail=detail, key=key)


def close(
    statement: str, label: str, measured: float, predicted: float, tolerance: float, detail: str = "", key: str = ""
) -> CheckResult:
    """Relative equality: |measured - predicted| <= tolerance * |predicted| (absolute when predicted is 0).

    Examples:
        >>> close("Li24:Theorem 4.1.1", "the margin", 1.001, 1.0, tolerance=0.01).status
        'passed'
    """
    error = abs(measured - predicted) / (abs(predicted) or 1.0)
    return _from_error(statement, label, measured, predicted, error, tolerance, detail, key)


def near(
    statement: str, label: str, measured: float, ideal: float, tolerance: float, detail: str = "", key: str = ""
) -> CheckResult:
    """Absolute distance: |measured - ideal| <= tolerance.

    Examples:
        >>> near("Li24:Theorem 4.1.2", "purity", 0.992, 1.0, tolerance=0.01).status
        'passed'
    """
    return _from_error(statement, label, measured, ideal, abs(measured - ideal), tolerance, detail, key)


def at_most(
    statement: str,
    label: str,
    measured: float,
    bound: float,
    tolerance: float = 0.0,
    detail: str = "",
    key: str = "",
) -> CheckResult:
    """One-sided: measured <= bound, up to ``tolerance`` relative to the bound (absolute when it is 0).

    Examples:
        >>> at_most("Li24:Theorem 4.1.1", "the margin", 1.001, 1.0).status
        'failed'
    """
    error = max(0.0, measured - bound) / (abs(bound) or 1.0) if not math.isnan(measured) else math.nan
    return _from_error(statement, label, measured, bound, error, tolerance, detail, key)


def at_least(
    statement: str,
    label: str,
    measured: float,
    bound: float,
    tolerance: float = 0.0,
    detail: str = "",
    key: str = "",
) -> CheckResult:
    """One-sided: measured >= bound, up to ``tolerance`` relative to the bound (absolute when it is 0)."""
    error = max(0.0, bound - measured) / (abs(bound) or 1.0) if not math.isnan(measured) else math.nan
    return _from_error(statement, label, measured, bound, error, tolerance, detail, key)


def _from_error(
    statement: str,
    label: str,
    measured: float,
    predicted: float,
    error: float,
    tolerance: float,
    detail: str,
    key: str,
) -> CheckResult:
    # Written so that NaN fails.
    status: Status = "passed" if error <= tolerance else "failed"
    return CheckResult(statement, label, status, measured, predicted, error, tolerance, detail, key)


def summary(results: Sequence[CheckResult], trained: bool = False) -> str:
    """The verdict on a network in one sentence, and how many checks it rests on."""
    counts = Counter("holds" if result.holds else result.status for result in results)
    held = counts.pop("holds", 0)
    counted = [f"{held} check{'s' * (held != 1)} hold{'s' * (held == 1)}"]
    counted += [f"{counts[status]} {status}" for status in ("failed", "undecided", "skipped") if counts[status]]
    what = "a maximum-margin network"
    failed, open_ = ([r.label for r in results if r.status == status] for status in ("failed", "undecided"))
    if trained:
        verdict = "As a trained network it has what theory asks of its margin and loss"
        if failed or open_:
            told = [f"{word}: {', '.join(some)}" for word, some in (("not met", failed), ("undecided", open_)) if some]
            verdict = f"As a trained network: {'; '.join(told)}"
    elif failed:
        verdict = f"This is not {what} ({', '.join(failed)})"
    elif open_ or not held:
        verdict = f"Whether this is {what} is undecided ({', '.join(open_) or 'nothing was checked'})"
    else:
        verdict = f"This is {what}"
    return f"{verdict}: {', '.join(counted)}."
