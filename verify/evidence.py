"""What the proof steps of theory say, as results of checks."""

from theory.derivation.step import Result
from theory.misprints import Comparison, Misprint
from verify.result import CheckResult, Status
from verify.statements.statement import misprint_id


def from_step(statement: str, label: str, result: Result) -> CheckResult:
    """``proved`` where theory compared symbols or exact numbers, ``passed`` where it compared floats."""
    good: Status = "passed" if result.how == "measured" else "proved"
    return CheckResult(
        statement,
        label,
        good if result.ok else "failed",
        result.measured,
        result.predicted,
        result.error,
        result.tolerance,
        result.detail,
    )


def from_misprint(misprint: Misprint, comparison: Comparison) -> CheckResult:
    """Passes iff the printed form misses the independent value and the corrected form meets it."""
    statement = misprint_id(misprint.paper, misprint.where)
    status: Status = "passed" if comparison.ok else "failed"
    detail = f"{comparison.where}: printed {comparison.printed:.6g}, corrected {comparison.corrected:.6g}"
    error = abs(comparison.corrected - comparison.truth)
    label = "printed fails, corrected holds"
    return CheckResult(statement, label, status, comparison.truth, comparison.corrected, error, detail=detail)
