"""A planted fault, as data: what is right, how it is made wrong, and the check that must refuse it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One wrong thing.

    Attributes:
        name: unique, in a few words.
        wrong: what is wrong, in a sentence.
        honest: the twin that the check must accept.
        faulty: the same with the fault; a function of the twin.
        check: gives its reasons to refuse; empty if it accepts.
        named: text that the reasons must contain, where the check says what is wrong.
    """

    name: str
    wrong: str
    honest: Any
    faulty: Callable[[Any], Any]
    check: Callable[[Any], list[str]]
    named: str = ""

    def kill(self) -> dict[str, Any]:
        """A row of the kill table."""
        twin, reasons = self.check(self.honest), self.check(self.faulty(self.honest))
        return {
            "fault": self.name,
            "wrong": self.wrong,
            "check": self.check.__name__,
            "twin_accepted": not twin,
            "rejected": bool(reasons) and any(self.named in reason for reason in reasons),
            "reason": reasons[0][:140] if reasons else "",
        }
