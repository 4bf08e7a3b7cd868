r"""The table of all stored results: paper by paper and claim by claim, the paper's number, ours, and the verdict.

Numbers and verdicts come from ``NAME-SCALE.json`` as ``reproduce`` wrote them; where a study is stored at several
scales, a claim is taken from the largest.  ``remarks.toml`` beside them says what no run can know: which figure or
table a study is about, at which scales its runs have the paper's own size and length, what that size costs where no
run has it, and what was tried where a claim is not (wholly) reproduced, with the likeliest reason.

A cost is derived: CPU time of a step at the paper's size, measured, times the steps and the runs.
"""

import tomllib
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from numerics.studies.reproduce import registry
from numerics.studies.study import SCALES
from numerics.studies.words import words
from theory.errors import InputError
from theory.files import read_json

RESULTS = Path(__file__).parents[2] / "paper_notes" / "results"
REMARKS = "remarks.toml"
LARGEST_RESULT = 64 * 2**20
MILLISECONDS_PER_HOUR = 3.6e6


@dataclass(frozen=True)
class Row:
    """One claim of one study.

    Attributes:
        paper, figure, study, key, claim: which claim it is, and where the paper makes it.
        theirs, ours: the paper's number or word (None: it has none) and ours, as JSON values.
        interval: its ends, as JSON has them; None where there is none.
        scale: the scale at which it was run.
        paper_size: whether the run has the paper's own size and length.
        verdict, rule: the grade, and how it is decided.
        core_hours: what the paper's own size costs on one core, where the run is smaller; derived (``cost``).
        cost: how ``core_hours`` comes about.
        tried, reason: where the claim is not or only partly reproduced.
    """

    paper: str
    figure: str
    study: str
    key: str
    claim: str
    theirs: Any
    ours: Any
    interval: list[float] | None
    scale: str
    paper_size: bool
    verdict: str
    rule: str
    core_hours: float | None
    cost: str
    tried: str
    reason: str

    def listed(self) -> dict[str, Any]:
        """The row as JSON values."""
        return asdict(self)

    def cells(self) -> tuple[str, ...]:
        """Claim, verdict, theirs, ours, interval, scale, for people."""
        ends = "" if self.interval is None else words(self.interval)
        ours = words(self.ours).replace(f" ({ends})", "") if ends else words(self.ours)
        scale = self.scale if self.paper_size else f"{self.scale}, smaller"
        return self.claim, self.verdict, words(self.theirs), ours, ends, scale


def rows(folder: Path | None = None) -> list[Row]:
    """Every stored claim, by paper and study.

    Args:
        folder: place of the results and of ``remarks.toml``; by default the one in the repository.

    Raises:
        InputError: for a folder without stored results, or a file that is no result.
    """
    folder = folder or RESULTS
    remarks = read_remarks(folder)
    found = [row for study in registry() for row in _of_study(folder, study, remarks.get(study, {}))]
    if not found:
        raise InputError(f"need a folder with stored results (NAME-SCALE.json); got {str(folder)!r}")
    papers = list(dict.fromkeys(row.paper for row in found))
    return sorted(found, key=lambda row: (row.paper == "Ours", papers.index(row.paper)))


def read_remarks(folder: Path) -> dict[str, Any]:
    """What ``remarks.toml`` says, by study; nothing where there is none.

    Raises:
        InputError: for a file that is not TOML.
    """
    path = folder / REMARKS
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{str(path)!r} must be TOML; {error}") from None


def core_hours(cost: dict[str, Any]) -> float:
    """Step time in ms, times steps, times runs, in hours.

    Examples:
        >>> core_hours({"step_ms": 7.2, "steps": 500_000, "runs": 19})
        19.0
    """
    return float(cost["step_ms"] * cost["steps"] * cost["runs"] / MILLISECONDS_PER_HOUR)


def _of_study(folder: Path, study: str, remarks: dict[str, Any]) -> list[Row]:
    claims: dict[str, Row] = {}
    for scale in SCALES:
        path = folder / f"{study}-{scale}.json"
        if path.is_file():
            content = read_json(path, LARGEST_RESULT)
            if not isinstance(content, dict) or content.get("format") != "fourier-margin/reproduction":
                raise InputError(f"{str(path)!r} must be a result that reproduce wrote")
            claims |= {entry["key"]: _row(study, scale, entry, content, remarks) for entry in content["verdict"]}
    return list(claims.values())


def _row(study: str, scale: str, entry: dict[str, Any], content: dict[str, Any], remarks: dict[str, Any]) -> Row:
    paper, _, figure = content["title"].split(":")[0].partition(" ")
    about = _about(entry["key"], remarks)
    own = paper == "Ours" or scale in about.get("paper_size", ())
    hours, cost = (None, "") if own else _cost(about, content)
    why = about if entry["verdict"] in ("partly", "not") else {}
    return Row(
        paper,
        about.get("figure", figure),
        study,
        entry["key"],
        entry["claim"],
        entry["paper"],
        entry["ours"],
        _interval(entry),
        scale,
        own,
        entry["verdict"],
        entry["rule"],
        hours,
        cost,
        why.get("tried", ""),
        why.get("reason", ""),
    )


def _cost(about: dict[str, Any], content: dict[str, Any]) -> tuple[float | None, str]:
    """Core-hours of the paper's size and how they come about: from the remarks, or as the study stored them."""
    if "cost" in about:
        cost = about["cost"]
        return core_hours(cost), "{step_ms:g} ms a step x {steps} steps x {runs} runs; {how}".format(**cost)
    stored = content.get("cost")
    if isinstance(stored, dict) and "paper_hours_here" in stored:
        return float(stored["paper_hours_here"]), "the operations of the paper's grid at this run's speed"
    return None, ""


def _interval(entry: dict[str, Any]) -> list[float] | None:
    ours = entry["ours"]
    found = entry.get("interval") or (ours.get("interval") if isinstance(ours, dict) else None)
    return found if isinstance(found, list) else None


def _about(key: str, remarks: dict[str, Any]) -> dict[str, Any]:
    """The remarks on a claim: the study's, unless a pattern of keys has its own."""
    found = {name: value for name, value in remarks.items() if name != "rows"}
    for pattern, own in remarks.get("rows", {}).items():
        if fnmatchcase(key, pattern):
            found |= own
    return found
