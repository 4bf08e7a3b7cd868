"""What the last recorded run of ``pytest verify/`` found: read by ``fourier-margin statements``."""

import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from theory.files import read_json, write_json
from verify.result import HOLDS
from verify.statements.statement import Label, Statement

RECORD = Path(__file__).parent / "record.json"
DECIDING_FIRST = ("failed", "undecided", "machine-checked", "proved", "passed", "skipped")


def overall(statuses: Iterable[str], label: Label = "theorem") -> str:
    """The status of a statement, or of one test of it, from those of its checks.

    Any failure decides; otherwise a formal proof of the whole claim, then an exact proof, which its float twins only
    accompany.  A conjecture is never better than undecided, whatever evidence agrees with it.

    Examples:
        >>> overall(["proved", "passed"]), overall(["proved", "failed"]), overall(["proved"], "conjecture")
        ('proved', 'failed', 'undecided')
    """
    status = min(statuses, key=DECIDING_FIRST.index)
    return "undecided" if label == "conjecture" and status in HOLDS else status


def write_record(
    found: Mapping[str, Mapping[str, str]], registry: Mapping[str, Statement], path: Path = RECORD
) -> None:
    """Keep the statuses of a whole run, with when and on what it ran."""
    rows = {
        name: {
            "status": overall(checks.values(), registry[name].label),
            "checks": sorted({node.split("[")[0] for node in checks}),
        }
        for name, checks in sorted(found.items())
    }
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
