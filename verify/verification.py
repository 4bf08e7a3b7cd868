"""The answer about one network, from a file or from weights: a sentence, a verdict, checks, an account, a report."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theory.account import Account
from theory.files import write_json
from theory.network_file import NetworkFile, load_network, network_in
from verify.network_checks import Examination, examine
from verify.report.document import report_document
from verify.result import CheckResult, summary
from verify.stability import Stability
from verify.subject import Subject
from verify.sweep import Progress
from verify.tolerance import Thresholds
from verify.without_theorem import Measured

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Verification:
    """What was found out about one network.

    Attributes:
        name: name of the network, or of its file.
        checks: the checks, in the order of the report.
        examination: the network and what was computed about it; ``Measured`` where no theorem applies, None for an
            exact network.
        folder: where a run's history may lie.
    """

    name: str
    checks: Sequence[CheckResult]
    examination: Examination | Measured | None = None
    folder: Path | None = None

    @property
    def holds(self) -> bool:
        """Whether some check holds, and none failed or stayed undecided."""
        statuses = {check.status for check in self.checks}
        return not statuses & {"failed", "undecided"} and any(check.holds for check in self.checks)

    @property
    def trained(self) -> bool:
        """Whether the question was how close it is, and not the maximum margin."""
        return isinstance(self.examination, Examination) and self.examination.trained

    @property
    def verdict(self) -> str:
        """The answer, and how many checks it rests on."""
        return summary(self.checks, self.trained)

    @property
    def sentence(self) -> str:
        """What the network is like."""
        if self.examination is None:
            return "An exact network, decided without floats."
        return self.examination.sentence

    @property
    def hints(self) -> tuple[str, ...]:
        """What it may have been meant as, where its answers are poor."""
        return () if self.examination is None else self.examination.hints

    @property
    def account(self) -> Account | None:
        """Where the margin went; None where no theorem applies, or all inputs are too many to look at."""
        return self.examination.account if isinstance(self.examination, Examination) else None

    @property
    def stability(self) -> Stability | None:
        """What margin and loss of a trained network guarantee (Z_p, k >= 2)."""
        return self.examination.stability if isinstance(self.examination, Examination) else None

    @cached_property
    def report(self) -> dict[str, Any]:
        """Everything as plain values: what the JSON file holds (``verify.report.document``)."""
        content = report_document(self.name, self.examination, self.folder)
        return content | {"verdict": self.verdict, "checks": [check.to_json() for check in self.checks]}

    def save(self, path: str | Path) -> Path:
        """Write the report: a page where the path ends in ``.html``, JSON otherwise.

        Raises:
            InputError: when the file cannot be written.
        """
        path = Path(path)
        if path.suffix == ".html":
            from verify.report.page import write_page

            write_page(path, self.report, self.examination)
        else:
            write_json(path, self.report)
        return path

    def plot(self) -> "Figure":
        """The masses of the components beside their ideals, and where the margin went.

        Raises:
            InputError: for an exact network, and at k = 1 where no account is known: there is nothing to draw.
        """
        from verify.report.summary_figure import summary_figure

        return summary_figure(self)

    def __repr__(self) -> str:
        """The sentence, then the verdict."""
        return " ".join([self.sentence, *(f"It would be {hint}." for hint in self.hints), self.verdict])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(c.label)}</td><td>{c.status}</td><td>{'' if c.measured is None else f'{c.measured:.6g}'}"
            f"</td><td>{'' if c.predicted is None else f'{c.predicted:.6g}'}</td></tr>"
            for c in self.checks
        )
        head = "<tr><th>check</th><th>status</th><th>measured</th><th>predicted</th></tr>"
        many = "1 check" if len(self.checks) == 1 else f"{len(self.checks)} checks"
        words = "".join(f"<p>It would be {escape(hint)}.</p>" for hint in self.hints)
        return (
            f"<p>{escape(self.sentence)}</p>{words}<p><b>{escape(self.verdict)}</b></p>"
            f"<details><summary>{many}</summary><table>{head}{rows}</table></details>"
        )


def verify_file(
    path: str | Path,
    trained: bool = False,
    tol: float | None = None,
    thresholds: Thresholds | None = None,
    lambda_: float | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Verify a network file, the folder of a run, or an exact network file (.json, which takes no options).

    A pass of minutes over the inputs keeps what it has found in a hidden file beside the network, goes on from it when
    it is killed and called again, and removes it in the end.

    Raises:
        InputError: with one line, whatever the file holds.
    """
    path = network_in(path)
    if path.suffix == ".json":
        from theory.exact_file import load_exact
        from verify.checks.exact import exact_checks

        return Verification(path.name, exact_checks(load_exact(path)))
    keep = path.parent / f".{path.name}.pass.json"
    return verify_network(load_network(path), path.name, path.parent, trained, tol, thresholds, lambda_, progress, keep)


def verify_network(
    file: NetworkFile,
    name: str = "network",
    folder: Path | None = None,
    trained: bool = False,
    tol: float | None = None,
    thresholds: Thresholds | None = None,
    lambda_: float | None = None,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> Verification:
    """Verify a network; where no theorem is about its activation, measure what can be measured.

    Args:
        file: the network.
        name: how to call it.
        folder: where the ``history.json`` of its run may lie.
        trained, tol, thresholds, lambda_, progress, keep: as in :class:`verify.network_checks.Examination`; without a
            theorem they say nothing.

    Raises:
        InputError: when the network is zero or not finite, its table is not a group's, or an option is out of range.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> u, w = weights(construct(2, 5))
        >>> found = verify_network(NetworkFile(u, w, k=2, p=5))
        >>> found.holds, found.sentence.split(";")[:2]
        (True, ['100% accurate', ' 2 of 2 frequencies'])
    """
    if file.activation != "power":
        measured = Measured(file)
        return Verification(name, measured.checks(), measured, folder)
    examination = Examination(
        Subject.of(file), trained, tol, thresholds or Thresholds(), lambda_, progress=progress, keep=keep
    )
    return Verification(name, examine(examination), examination, folder)
