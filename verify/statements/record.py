"""What the last recorded run of ``pytest verify/`` found: read by ``fourier-margin statements``."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from theory.files import read_json, write_json
from verify.result import HOLDS
from verify.statements.statement import Label, Statement

RECORD = Path(__file__).parent / "record.json"
DECIDING_FIRST = ("failed", "undecided", "machine-checked", "passed", "proved", "skipped")
Checked = tuple[str, float | None]
Found = Mapping[str, Mapping[str, Sequence[Checked]]]
"""Statement -> test -> what its checks said: a status, or ``refuted`` for a twin, and the tolerance."""


def overall(statuses: Iterable[str], label: Label = "theorem") -> str:
    """The status of a statement from those of its checks: the weakest decides.

    Any failure decides; a formal proof of the whole claim needs nothing else; otherwise one comparison in floats makes
    the row ``passed``, whatever else is exact.  A conjecture is never better than undecided.

    Examples:
        >>> overall(["proved", "passed"]), overall(["proved", "failed"]), overall(["proved"], "conjecture")
        ('passed', 'failed', 'undecided')
    """
    status = min(statuses, key=DECIDING_FIRST.index, default="skipped")
    return "undecided" if label == "conjecture" and status in HOLDS else status


def summed(checks: Mapping[str, Sequence[Checked]], label: Label) -> dict[str, Any]:
    """One row of the record: the status, and how much of it is exact, in floats, and refuted twins."""
    results = [result for found in checks.values() for result in found]
    statuses = [status for status, _ in results if status != "refuted"]
    return {
        "status": overall(statuses, label),
        "exact": statuses.count("proved"),
        "floats": statuses.count("passed"),
        "tolerance": max((x for status, x in results if status == "passed" and x is not None), default=None),
        "twins": len(results) - len(statuses),
        "checks": sorted({node.split("[")[0] for node in checks}),
    }


def write_record(found: Found, registry: Mapping[str, Statement], path: Path = RECORD) -> None:
    """Keep what a whole run found, with when and on what it ran."""
    rows = {name: summed(checks, registry[name].label) for name, checks in sorted(found.items())}
    content = {
        "command": "pytest verify/ --record",
        "written": datetime.now(UTC).strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "torch": version("torch"),
        "statements": rows,
    }
    write_json(path, content)


def read_record(path: Path = RECORD) -> dict[str, Any]:
    """The committed record."""
    return read_json(path)
