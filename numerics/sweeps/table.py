"""The folder of a sweep: one Parquet file per finished cell, and the tables made of them.

====================  ==================================================================================================
``sweep.json``        the plan: what this folder is for
``cells/K-D.parquet`` the finished cell of key K; D is a digest of the file, so damaged bytes are never taken for a cell
``running/K``         the state of a cell in training, while it trains
``table.parquet``     one row per seed: every setting and every observable; the same bytes whatever was interrupted
``provenance.parquet``  one row per cell: its key, versions, hardware, commit, date, seconds
====================  ==================================================================================================

Every file appears whole or not at all.

Observables of a row: ``finite`` (weights; everything else is null where they are not), ``converged`` (by the rule of
``numerics.ensemble.engine.Calm``), ``updates_made``, ``loss`` (with its penalty), ``norm`` (2-norm of all weights),
``accuracy`` (inputs whose right logit is above every other), ``largest_logit`` (in absolute value, centred: close to 0
for a network that the penalty has emptied, whose key set means nothing), and, as ``numerics.selection.observables``
defines them, ``key_set``, ``spectral_count``, ``explained``, ``multiplicity``, ``same_frequency``, ``component_counts``
and ``fractions``; the last two by conjugate pair, for Z_p the frequencies 1..p//2.
"""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from numerics.checkpoint import locked, make_folder
from numerics.ensemble.cell import Row
from numerics.sweeps.cell import GroupCell
from numerics.sweeps.plan import Plan
from theory.errors import InputError
from theory.files import atomic_write, read_bytes, read_json, write_json

LARGEST_CELL = 2**32
DIGITS = 16

OBSERVED = {
    "seed": pa.int64(),
    "finite": pa.bool_(),
    "converged": pa.bool_(),
    "updates_made": pa.int64(),
    "loss": pa.float64(),
    "norm": pa.float64(),
    "accuracy": pa.float64(),
    "largest_logit": pa.float64(),
    "key_set": pa.list_(pa.string()),
    "spectral_count": pa.int64(),
    "explained": pa.float64(),
    "multiplicity": pa.float64(),
    "same_frequency": pa.bool_(),
    "component_counts": pa.list_(pa.int64()),
    "fractions": pa.list_(pa.float64()),
}
ALWAYS = ("seed", "finite", "converged", "updates_made")
KINDS: dict[Any, pa.DataType] = {int: pa.int64(), float: pa.float64(), str: pa.string()}
SCHEMA = pa.schema(
    [pa.field("cell", pa.string(), nullable=False)]
    + [
        pa.field(f.name, KINDS[f.type], nullable=False)
        for f in fields(GroupCell)
        if f.name not in ("seeds", "first_seed")
    ]
    + [pa.field(name, kind, nullable=name not in ALWAYS) for name, kind in OBSERVED.items()]
)
PROVENANCE = ("versions", "hardware", "commit", "date", "seconds")


class SweepFolder:
    """The results of one plan."""

    def __init__(self, path: Path, plan: Plan) -> None:
        """Name the folder without touching it."""
        self.path, self.plan = path, plan
        self.cells, self.running = path / "cells", path / "running"

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Make the folder and hold it for this process; a folder of something else is left as it is.

        Every sweep makes ``.lock`` before anything else: only a folder without it can be judged before the lock is
        taken, and one that has it is judged only while it is held.

        Raises:
            InputError: for a folder of something else, of a sweep with other cells, or in use.
        """
        if not (self.path / "sweep.json").exists() and _entries(self.path) and not (self.path / ".lock").exists():
            raise self._foreign()
        with locked(self.path):
            self._open()
            yield

    def _open(self) -> None:
        plan_path = self.path / "sweep.json"
        if plan_path.exists():
            _require_same(read_json(plan_path), self.plan, plan_path)
        elif _entries(self.path):
            raise self._foreign()
        else:
            write_json(plan_path, self.plan.to_json())
        make_folder(self.cells)
        make_folder(self.running)

    def _foreign(self) -> InputError:
        return InputError(f"the output folder must be new or hold this sweep; {str(self.path)!r} holds other files")

    def unfinished(self, notice: Callable[[str], None] = lambda line: None) -> list[GroupCell]:
        """The cells without an intact file; ``notice`` is told of each damaged file."""
        waiting = []
        for cell in self.plan.cells:
            if self.load(cell) is None:
                waiting.append(cell)
                for path in self._files(cell):
                    notice(f"{str(path)!r} is damaged; its cell is trained again")
        return waiting

    def load(self, cell: GroupCell) -> tuple[pa.Table, dict[str, Any]] | None:
        """Rows and provenance of a finished cell; None when it has no intact file."""
        found = (_read_cell(path, cell) for path in self._files(cell))
        return next((each for each in found if each), None)

    def save(self, cell: GroupCell, rows: list[Row], provenance: dict[str, Any]) -> None:
        """Save a finished cell; damaged files of it and the state of its training are deleted."""
        metadata = {"cell": json.dumps(asdict(cell)), "provenance": json.dumps(provenance, allow_nan=False)}
        content = _parquet(to_table(cell, rows).replace_schema_metadata(metadata))
        before = self._files(cell)
        path = self.cells / f"{cell.key}-{_digest(content)}.parquet"
        with atomic_write(path) as stream:
            stream.write(content)
        for other in before:
            if other != path:
                other.unlink(missing_ok=True)
        shutil.rmtree(self.running / cell.key, ignore_errors=True)

    def finish(self) -> pa.Table:
        """Write both tables from the finished cells, all of which must be there; returns the rows.

        Raises:
            InputError: when a cell is missing or damaged.
        """
        tables, origins = [], []
        for cell in self.plan.cells:
            found = self.load(cell)
            if found is None:
                raise InputError(f"the cell {cell.key} must be finished; its file in {str(self.cells)!r} is not there")
            tables.append(found[0])
            origins.append({"cell": cell.key} | {name: _text(found[1].get(name)) for name in PROVENANCE})
        table = pa.concat_tables(tables)
        provenance = pa.Table.from_pylist(origins, pa.schema([(name, pa.string()) for name in ("cell", *PROVENANCE)]))
        for name, content in (("table", table), ("provenance", provenance)):
            with atomic_write(self.path / f"{name}.parquet") as stream:
                stream.write(_parquet(content))
        return table

    def _files(self, cell: GroupCell) -> list[Path]:
        return sorted(self.cells.glob(f"{cell.key}-*.parquet"))


def to_table(cell: GroupCell, rows: list[Row]) -> pa.Table:
    """The rows of one cell with its settings; one row per seed, in order."""
    settings = {"cell": cell.key} | asdict(cell)
    table = pa.Table.from_pylist([row | settings for row in rows], SCHEMA)
    table.validate(full=True)
    return table


def _read_cell(path: Path, cell: GroupCell) -> tuple[pa.Table, dict[str, Any]] | None:
    """The content of a file whose digest is that of its name and which is of this cell; else None.

    The digest comes first: bytes that we have not written never reach the parser.
    """
    content = read_bytes(path, LARGEST_CELL)
    if path.stem != f"{cell.key}-{_digest(content)}":
        return None
    try:
        table = pq.read_table(io.BytesIO(content))
        metadata = table.schema.metadata or {}
        settings, provenance = json.loads(metadata[b"cell"]), json.loads(metadata[b"provenance"])
    except (pa.ArrowException, OSError, KeyError, ValueError):
        return None
    table = table.replace_schema_metadata(None)
    seeds = list(range(cell.first_seed, cell.first_seed + cell.seeds))
    if not table.schema.equals(SCHEMA) or settings != asdict(cell) or table["seed"].to_pylist() != seeds:
        return None
    return table, provenance


def _require_same(stored: Any, plan: Plan, path: Path) -> None:
    before, now = stored.get("cells") if isinstance(stored, dict) else None, plan.to_json()["cells"]
    if not isinstance(before, dict):
        raise InputError(f"{str(path)!r} must be the plan of a sweep; it is not")
    if before == now:
        return
    more, fewer = len(now.keys() - before.keys()), len(before.keys() - now.keys())
    raise InputError(
        f"the output folder must be new or hold this sweep; {str(path)!r} has {fewer} other cell(s), "
        f"and lacks {more} of this sweep's {len(now)}"
    )


def _entries(path: Path) -> list[str]:
    """Names in the folder, without the lock and what a kill left of a plan that was being written."""
    try:
        return [name for name in os.listdir(path) if name != ".lock" and not name.startswith(".sweep.json.")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"cannot read the folder {str(path)!r}: {error.strerror or error}") from None


def _parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
