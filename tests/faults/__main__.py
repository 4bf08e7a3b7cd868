"""``python -m tests.faults``: plant every fault, and write which check refused it to the notes' results."""

import platform
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from tests.faults.catalogue import CATALOGUE
from theory.files import write_json

RESULT = Path(__file__).parents[2] / "paper_notes" / "results" / "fault_catalogue.json"


def main() -> int:
    """0 when every fault is refused and every twin accepted."""
    rows = [fault.kill() for fault in CATALOGUE]
    refused = sum(row["rejected"] for row in rows)
    accepted = sum(row["twin_accepted"] for row in rows)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "command": "python -m tests.faults",
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "faults": len(rows),
        "rejected": refused,
        "twins_accepted": accepted,
        "by_check": dict(Counter(row["check"] for row in rows).most_common()),
        "rows": rows,
    }
    write_json(RESULT, content)
    print(f"{refused} of {len(rows)} faults refused, {accepted} of {len(rows)} twins accepted: {RESULT.name}")
    return 0 if refused == accepted == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
