"""What a study is: an experiment at three scales, the claims that it judges, and a figure.

A study states settings, measures, judges and draws.  The driver (:mod:`numerics.studies.reproduce`) owns folders,
locks, provenance, progress, files, verdict lines and the exit status.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from theory.vocabulary import Grade

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from numerics.ensemble.cell import AnyCell, Finished
    from numerics.ensemble.engine import Records
    from numerics.training import Progress as TrainingProgress

SCALES = ("smoke", "cpu", "full")
Progress = Callable[[str, int, int], None]
Size = TypeVar("Size")


@dataclass(frozen=True)
class Claim:
    """One claim beside what was measured.

    Attributes:
        key: short stable name in snake_case, unique within the study.
        text: the claim in words.
        paper: the paper's number or word; None where it has none.
        ours: what was measured; a dict with a ``text`` is shown as that text.
        grade: ``reproduced``, ``partly``, ``not``, or ``measured`` where there is nothing to compare with.
        rule: the sentence that says how the grade is decided, written before the run.
        more: further entries of the row: an interval, a number of seeds, ...
        promised: whether the command ends with 1 when the grade is ``not``.
    """

    key: str
    text: str
    paper: Any
    ours: Any
    grade: Grade
    rule: str
    more: Mapping[str, Any] = field(default_factory=dict)
    promised: bool = False

    @property
    def entry(self) -> dict[str, Any]:
        """The row of the verdict table in the study's JSON file."""
        named = {"key": self.key, "claim": self.text, "paper": self.paper, "ours": self.ours, "verdict": self.grade}
        return named | {"rule": self.rule} | dict(self.more)

    @property
    def line(self) -> str:
        """Grade, claim, the paper's number, ours, and what else the row holds."""
        more = "".join(f", {name} {_short(value)}" for name, value in self.more.items())
        paper = "" if self.paper is None else f"paper {_short(self.paper)}, ours "
        return f"{self.grade:10} {self.text}: {paper}{_short(self.ours)}{more}"


def graded(full: bool, some: bool = False) -> Grade:
    """The grade of a claim that holds, holds in part, or does not."""
    return "reproduced" if full else "partly" if some else "not"


@dataclass(frozen=True)
class Found:
    """What a run found: ``numbers`` for the JSON file, and ``shown``, whatever else claims and figure need."""

    numbers: dict[str, Any]
    shown: Any = None


@dataclass(frozen=True)
class Session:
    """What a run is given.

    Attributes:
        folder: where its networks and checkpoints go; no other process works there.
        scale: ``smoke``, ``cpu`` or ``full``.
        device: ``cpu`` or ``cuda``.
        budget: bytes that a training step may hold beside the parameters.
        progress: called with a label, steps done and steps planned.  It raises ``Interrupted`` when the run shall end;
            every training saves first.
    """

    folder: Path
    scale: str
    device: str
    budget: int
    progress: Progress

    def counter(self, label: str) -> Callable[[int, int], None]:
        """A progress function for one part of the run."""
        return lambda done, planned: self.progress(label, done, planned)

    def run(self, cell: "AnyCell", records: "Records | None" = None) -> "Finished[AnyCell]":
        """Train one cell in a folder of its own, or take up what is there."""
        return cell.run(
            self.folder / cell.name,
            device=self.device,
            budget=self.budget,
            records=records,
            progress=self.counter(cell.name),
        )

    def watch(self, label: str) -> Callable[["TrainingProgress"], None]:
        """The same for :func:`numerics.launch.train`."""
        return lambda now: self.progress(label, now.done, now.planned)


def _no_lines(size: Any, found: Found) -> list[str]:
    return []


@dataclass(frozen=True)
class Study(Generic[Size]):
    """An experiment with claims.

    Name and title are written as literal strings: the list of studies is read from the source, without importing it.

    Attributes:
        name: what ``fourier-margin reproduce`` calls it.
        title: what it shows, in one line.
        paper: the paper whose claims it judges (a key of the bibliography), or ``Ours``.
        sizes: settings by scale.
        run: trains and measures.  A killed run must go on from what it left in ``session.folder``.
        claims: what was measured beside the claims; at least one, whatever the scale.
        figure: draws it.
        lines: further lines for people, before the claims.
        settings: every setting with ``stated`` true where the paper states it (see :func:`settings`).
        shared_runs: name of the folder for studies that show the same networks; empty for the study's own name.
        one_thread: whether torch computes on one thread, for sums that do not depend on the machine.
    """

    name: str
    title: str
    paper: str
    sizes: Mapping[str, Size]
    run: Callable[[Size, Session], Found]
    claims: Callable[[Size, Found], list[Claim]]
    figure: Callable[[Size, Found], "Figure"]
    lines: Callable[[Size, Found], list[str]] = _no_lines
    settings: Callable[[Size], Any] | None = None
    shared_runs: str = ""
    one_thread: bool = False


def settings(*rows: tuple[str, Any, bool, str]) -> list[dict[str, Any]]:
    """Settings as JSON, each from (name, value, whether the paper states it, note)."""
    return [{"name": name, "value": value, "stated": stated, "note": note} for name, value, stated, note in rows]


def _short(value: Any) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.4g}"
        case {"text": text}:
            return str(text)
        case {"mean": mean, "interval": ends}:
            return f"{_short(mean)} ({_short(ends)})"
        case dict():
            return ", ".join(f"{name} {_short(each)}" for name, each in value.items())
        case list():
            return "..".join(map(_short, value))
    return str(value)
