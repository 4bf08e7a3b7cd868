"""What the last recorded run of ``pytest verify/`` found: read by ``fourier-margin statements``."""

import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from theory.files import read_json, write_json

RECORD = Path(__file__).parent / "record.json"
WORST_FIRST = ("failed", "undecided", "skipped", "passed", "proved")


def worst(statuses: Iterable[str]) -> str:
    """The status that decides; skipped checks count only where there is no other."""
    present = set(statuses)
    if present - {"skipped"}:
        present -= {"skipped"}
    return min(present, key=WORST_FIRST.index)


def write_record(found: Mapping[str, Mapping[str, str]]) -> None:
    """Keep the statuses of a whole run, with when and on what it ran."""
    tests = {
        name: {"status": worst(checks.values()), "checks": sorted({node.split("[")[0] for node in checks})}
        for name, checks in sorted(found.items())
    }
    write_json(
        RECORD,
        {
            "command": "pytest verify/ --record",
            "written": datetime.now(UTC).strftime("%Y-%m-%d"),
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
            "torch": version("torch"),
            "statements": tests,
        },
    )


def read_record() -> dict[str, Any]:
    """The committed record."""
    return read_json(RECORD)
