"""One step of a proof: what it claims, how it reads, and the two checks that make it more than prose."""

from collections.abc import Callable
from dataclasses import dataclass

from theory.vocabulary import Bound


@dataclass(frozen=True)
class Result:
    """What a check measured against what the step predicts.

    Attributes:
        measured: the number found.
        predicted: the number claimed (for a one-sided claim: the bound).
        error: the amount by which the claim is missed; 0 when it holds exactly.
        tolerance: the largest error that counts as holding; 0 for an exact check.
        ok: whether the claim holds.
        how: ``symbolic`` (algebra in letters), ``exact`` (algebra in numbers) or ``measured`` (floats).
        detail: what was compared, in a few words.
    """

    measured: float
    predicted: float
    error: float
    tolerance: float
    ok: bool
    how: str
    detail: str


@dataclass(frozen=True)
class Step:
    """One "=" or "<=" of a derivation.

    Attributes:
        name: a few words.
        source: paper key and number, or ``Ours``.
        kind: ``tight`` (an equality), ``upper`` (the chain passes to something at least as large) or ``lower``.
        claim: one sentence.
        text: the formula for a terminal.
        latex: the formula for a page.
        check: proves the step (symbolic or exact).
        numerical: the independent twin in floats, on random weights.
    """

    name: str
    source: str
    kind: Bound
    claim: str
    text: str
    latex: str
    check: Callable[[], Result]
    numerical: Callable[[], Result]

    def verify(self) -> Result:
        """The proof of the step."""
        return self.check()

    def twin(self) -> Result:
        """The same claim measured in floats by another route."""
        return self.numerical()


def exact(mismatches: int, of: int, detail: str, how: str = "exact") -> Result:
    """A check that compared ``of`` exact objects and found ``mismatches`` of them different."""
    return Result(of - mismatches, of, mismatches, 0, mismatches == 0, how, detail)


def equal(measured: float, predicted: float, tolerance: float, detail: str) -> Result:
    """A float check of an equality; the error is relative to the larger of |predicted| and 1."""
    error = abs(measured - predicted) / max(abs(predicted), 1.0)
    return Result(measured, predicted, error, tolerance, error <= tolerance, "measured", detail)


def at_most(measured: float, bound: float, tolerance: float, detail: str) -> Result:
    """A float check of a one-sided claim: only an excess over the bound is an error."""
    error = max(measured - bound, 0.0) / max(abs(bound), 1.0)
    return Result(measured, bound, error, tolerance, error <= tolerance, "measured", detail)
