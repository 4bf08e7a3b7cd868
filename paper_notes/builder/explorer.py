"""The explorer's page and its data: exact verdicts and widths for a grid of k and p, decided here and shown there.

Everything else is computed in the page (``static/``): no server, no library, no network, so it opens from a file, and a
network file that is dropped in never leaves the reader's machine.
"""

import json
from pathlib import Path
from typing import Any

from sympy import latex

from paper_notes.builder import layout
from paper_notes.builder.explorer_groups import groups
from paper_notes.builder.explorer_runs import runs
from paper_notes.builder.formula import mathml
from theory.construction import construct
from theory.core.optimality import decide
from theory.margin import max_margin
from theory.width import width

LARGEST_K, LARGEST_P = 5, 31
SCRIPTS = (
    "draw.js",
    "margin.js",
    "account.js",
    "explorer_data.js",
    "explorer_groups.js",
    "explorer_runs.js",
    "explorer/address.js",
    "explorer/neuron.js",
    "explorer/whole.js",
    "explorer/playback.js",
    "explorer/main.js",
    "explorer/drop.js",
    "explorer/groups.js",
)


def data() -> dict[str, Any]:
    """{"k,p": exact gamma*, widths and verdicts}."""
    return {f"{k},{p}": _entry(k, p) for k in range(1, LARGEST_K + 1) for p in range(2, LARGEST_P + 1)} | {
        "largest": {"k": LARGEST_K, "p": LARGEST_P}
    }


def _entry(k: int, p: int) -> dict[str, Any]:
    answer = width(k, p)
    return {
        "gamma": mathml(rf"\displaystyle {latex(max_margin(k, p))}"),
        "maximum": {method: decide(construct(k, p, method)).optimal for method in ("minimal", "li24")},
        "width": {
            "li24": answer.li24,
            "minimal": answer.sufficient,
            "best": answer.best_known,
            "necessary": answer.necessary,
        },
        "orders": [[o.order, o.frequencies, o.lower, o.upper, o.lower_by, o.upper_by] for o in answer.orders],
    }


def write(out: Path) -> None:
    """The page and its data; scripts and style are static files."""
    for name, constant, content in (
        ("explorer_data", "DATA", data()),
        ("explorer_groups", "GROUPS", groups()),
        ("explorer_runs", "RUNS", runs()),
    ):
        layout.write(out, f"{name}.js", f"const {constant} = {json.dumps(content, separators=(',', ':'))};\n")
    body = (layout.HERE / "explorer.html").read_text(encoding="utf-8")
    layout.write(out, "explorer.html", layout.page("Explorer", body, "explorer.html", wide=True, scripts=SCRIPTS))
