"""A folder of ``paper_notes/problems``: from ``config.json`` to ``rows.parquet`` and ``table.md``, part by part.

A run is a list of parts in a fixed order.  Finished parts stay in ``OUT/parts``, so a killed run goes on; a run with a
limit of time ends after a part, and its rows are those of the first parts, whatever is in them.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from numerics.checkpoint import make_folder
from theory.errors import InputError
from theory.files import atomic_path, atomic_write, read_json

Row = dict[str, Any]
Settings = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """How a problem is run.

    Attributes:
        parts: settings -> the parts, as JSON values.
        rows: (settings, part) -> one row per network.
        table: (settings, rows) -> the table, in Markdown.
    """

    parts: Callable[[Settings], list[Any]]
    rows: Callable[[Settings, Any], list[Row]]
    table: Callable[[Settings, list[Row]], str]


def settings_of(folder: Path, smoke: bool = False) -> tuple[str, Settings]:
    """The problem's name and the settings of its configuration file; at smoke scale those under ``smoke`` replace some.

    Raises:
        InputError: where there is no such file, or a name is missing in it.
    """
    config = read_json(folder / "config.json")
    if not isinstance(config, dict) or not {"problem", "settings", "smoke"} <= set(config):
        raise InputError(f"{str(folder / 'config.json')!r} must have 'problem', 'settings' and 'smoke'")
    return config["problem"], config["settings"] | (config["smoke"] if smoke else {})


def ranges_of_seeds(settings: Settings) -> list[list[int]]:
    """Parts of ``together`` consecutive seeds, each [first, end)."""
    first, end, each = settings["first_seed"], settings["first_seed"] + settings["seeds"], settings["together"]
    return [[low, min(low + each, end)] for low in range(first, end, each)]


def run(
    problem: Problem,
    settings: Settings,
    out: Path,
    minutes: float | None = None,
    progress: Callable[[int, int], None] = lambda done, planned: None,
) -> list[Row]:
    """Run what is missing, then write ``rows.parquet`` and ``table.md`` to ``out``; the rows.

    Args:
        problem: what to run.
        settings: its settings.
        out: the folder of the results.
        minutes: begin no further part after so long; None: all parts.
        progress: called after every part.
    """
    began, parts = time.monotonic(), problem.parts(settings)
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]
    make_folder(out)
    make_folder(out / "parts")
    tables = []
    for number, part in enumerate(parts):
        path = out / "parts" / f"{digest}-{number}.parquet"
        if not path.exists():
            if minutes is not None and time.monotonic() - began > 60 * minutes:
                break
            with atomic_path(path) as temporary:
                pq.write_table(pa.Table.from_pylist(problem.rows(settings, part)), temporary, compression="zstd")
        tables.append(pq.read_table(path))
        progress(number + 1, len(parts))
    whole = pa.concat_tables(tables, promote_options="default") if tables else pa.table({})
    with atomic_path(out / "rows.parquet") as temporary:
        pq.write_table(whole, temporary, compression="zstd")
    rows = whole.to_pylist()
    with atomic_write(out / "table.md", "w") as stream:
        stream.write(problem.table(settings, rows))
    return rows
