"""Sweeps under attack: hostile plans, damaged results, kills at any moment, full disks, closed folders."""

import itertools
import json
import math
import os
import re
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numerics.sweeps.cell import GroupCell, run_cell
from numerics.sweeps.plan import Plan, parse_plan, plan_of, read_plan
from numerics.sweeps.runner import run_sweep
from numerics.sweeps.table import SweepFolder
from tests.faults.test_hostile import mutated_tree, outcome
from tests.faults.test_working_faults import NOBODY, command, refused
from tests.stages import Staged
from tests.theory.test_files import mutate
from theory.errors import InputError, Interrupted

# Forking is safe here: torch has one thread, and the child only computes and leaves through os._exit.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

FAST, SLOW = 150, 5000  # of each of the two kinds
TREE = {
    "seeds": 3, "first_seed": 7, "group": ["C5", "S3", "C2xC4"], "k": 2, "activation": ["power", "relu"],
    "width": [2, "4n"], "penalty": [0, 1e-4, 0.5], "penalty_power": 2, "decay": 0.0, "rate": 1e-3, "scale": 0.3,
    "updates": 50, "tolerance": 1e-7, "calm": 20, "precision": "float64",
    "grid": [{"width": 3}, {"p": [5, 7], "rate": [0.1, 0.2]}],
}  # fmt: skip


def toml(value: Any) -> str:
    """A value as TOML, in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {toml(x)}" for key, x in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return "nan" if math.isnan(value) else repr(value)
    return '""' if value is None else json.dumps(value)


def as_file(tree: Any) -> bytes:
    if not isinstance(tree, dict):
        return toml(tree).encode()
    return "\n".join(f"{json.dumps(str(key))} = {toml(value)}" for key, value in tree.items()).encode()


def load(path: Path) -> None:
    """What is accepted is within its bounds, and the same when read again."""
    plan = read_plan(path)
    assert isinstance(plan, Plan)
    assert 1 <= len(plan.cells) <= 10_000
    assert plan.networks <= 1_000_000
    assert all(cell.bytes_each <= 2**32 and cell.width >= 1 and cell.penalty >= 0 for cell in plan.cells)
    assert list(plan.cells) == sorted(set(plan.cells))
    json.dumps(plan.to_json(), allow_nan=False)


def fuzz(folder: Path, cases: int) -> None:
    path = folder / "sweep.toml"
    whole = as_file(TREE)
    path.write_bytes(whole)
    assert outcome(load, path) == "", "the honest twin is accepted"
    assert read_plan(path) == plan_of(TREE)

    how = settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck), database=None)

    @how
    @given(st.data())
    def run(data: st.DataObject) -> None:
        path.write_bytes(mutate(data, whole))
        outcome(load, path)

    @how
    @given(st.data())
    def run_structured(data: st.DataObject) -> None:
        path.write_bytes(as_file(mutated_tree(data, TREE)))
        outcome(load, path)

    run()
    run_structured()


def test_fuzzed_plans_end_in_a_plan_or_one_line(tmp_path):
    fuzz(tmp_path, FAST)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_fuzzed_plans(tmp_path):
    fuzz(tmp_path, SLOW)


LEAST = b'seeds = 2\ngroup = "C5"\nwidth = 4\n'
CLAIMS = {
    "nothing": b"",
    "not text": b"\xff\xfe\x00",
    "JSON": b'{"seeds": 2}',
    "a pickle": b"\x80\x04\x95\x1a" + b"\0" * 7 + b"\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
    "a repeated key": LEAST + b"width = 5\n",
    "a repeated table": LEAST + b"[grid]\n[grid]\n",
    "deep lists": b"width = " + b"[" * 30_000,
    "deep tables": b"width = " + b"{a=" * 30_000,
    "deep headers": b"[" + b"a." * 30_000 + b"a]",
    "too long": LEAST + b"#" * 2**16,
    "a long key": LEAST + b"a" * 60_000 + b" = 1",
    "a key of two lines": LEAST + b'"a\\nb\\u001b[31m" = 1',
    "an integer of thirty thousand digits": LEAST + b"k = " + b"9" * 30_000,
    "a hexadecimal of thirty thousand digits": LEAST + b"k = 0x" + b"f" * 30_000,
    "a date": LEAST + b"k = 1979-05-27",
    "a time": LEAST + b"rate = 07:32:00",
    "NaN": LEAST + b"rate = nan",
    "infinity": LEAST + b"rate = inf",
    "an overflow": LEAST + b"rate = 1e999",
    "a list of thirty thousand": LEAST + b"rate = [" + b"1," * 30_000 + b"]",
    "a product of ten billion": LEAST + b"".join(
        name + b" = [" + b",".join(str(i + 1).encode() for i in range(100)) + b"]\n"
        for name in (b"updates", b"calm", b"penalty", b"decay", b"rate")),
    "two thousand grids": LEAST + b"[[grid]]\nwidth = [" + b",".join(b"%d" % i for i in range(1, 100)) + b"]\n" * 1
        + b"".join(b"[[grid]]\npenalty = [%s]\n" % b",".join(b"%d.5" % i for i in range(60)) for _ in range(200)),
    "a path": LEAST.replace(b"C5", b"/etc/passwd"),
    "a path upwards": LEAST.replace(b"C5", b"../C5"),
    "a table file": LEAST.replace(b"C5", b"x.json"),
    "a product of a thousand groups": LEAST.replace(b"C5", b"x".join([b"C2"] * 1000)),
    "a symmetric group of 12": LEAST.replace(b"C5", b"S12"),
    "a group of 1000": LEAST.replace(b"C5", b"C1000"),
    "a terabyte": LEAST.replace(b"width = 4", b"width = 1000000").replace(b"C5", b"C499"),
    "a century": LEAST.replace(b"seeds = 2", b"seeds = 100000") + b"updates = 100000000\n",
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_are_one_line_and_status_2(tmp_path, capsys, name):
    path = tmp_path / "sweep.toml"
    path.write_bytes(CLAIMS[name])
    began = time.process_time()
    assert command("sweep", path, "--out", tmp_path / "out") == 2
    assert time.process_time() - began < 20, "ten times what the slowest takes; without limits it is minutes"
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("fourier-margin: ")
    assert captured.err.count("\n") == 1
    assert len(captured.err) < 700 + len(str(path))
    assert all(c.isprintable() for c in captured.err[:-1])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "missing", "loop"])
def test_what_is_not_a_file_is_refused_and_not_waited_for(tmp_path, capsys, kind):
    path = Path("/dev/zero") if kind == "device" else tmp_path / "sweep.toml"
    make = {"folder": path.mkdir, "pipe": lambda: os.mkfifo(path), "loop": lambda: path.symlink_to(path)}
    make.get(kind, lambda: None)()
    assert command("sweep", path, "--dry-run") == 2
    assert capsys.readouterr().err.count("\n") == 1


# ---- damaged results ---------------------------------------------------------------------------------------------

PLAN = parse_plan(b'seeds = 2\ngroup = ["C3", "S3"]\nwidth = 2\nactivation = ["power", "relu"]\nupdates = 4\n')


ONE = Plan(PLAN.cells[:1])


@pytest.fixture(scope="module")
def honest(tmp_path_factory) -> bytes:
    """The table that every sweep of PLAN must end with; also imports everything for the forked children."""
    folder = tmp_path_factory.mktemp("honest") / "out"
    run_sweep(PLAN, folder)
    return (folder / "table.parquet").read_bytes()


def damage(content: bytes, kind: str) -> bytes:
    middle = len(content) // 2
    return {
        "empty": b"",
        "cut": content[:middle],
        "longer": content + b"\0",
        "one bit": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "its footer": content[:-20] + bytes([content[-20] ^ 4]) + content[-19:],
        "another kind": b"PK\x03\x04" + content,
    }[kind]


@pytest.mark.parametrize("kind", ["empty", "cut", "longer", "one bit", "its footer", "another kind"])
def test_damaged_cells_are_told_and_trained_again(tmp_path, honest, kind):
    out = tmp_path / "out"
    run_sweep(PLAN, out)
    victim = sorted((out / "cells").iterdir())[1]
    victim.write_bytes(damage(victim.read_bytes(), kind))
    told: list[str] = []
    run_sweep(PLAN, out, notice=told.append)
    assert told == [f"{str(victim)!r} is damaged; its cell is trained again"]
    assert (out / "table.parquet").read_bytes() == honest
    assert len(list((out / "cells").iterdir())) == 4
    run_sweep(PLAN, out, notice=told.append)
    assert len(told) == 1


def rewrite(store: SweepFolder, victim: Path, change) -> None:
    """A file of a false content under its own true digest: only what is inside gives it away."""
    import hashlib
    import io

    stream = io.BytesIO()
    pq.write_table(change(pq.read_table(victim)), stream)
    digest = hashlib.sha256(stream.getvalue()).hexdigest()[:16]
    (store.cells / f"{victim.name.split('-')[0]}-{digest}.parquet").write_bytes(stream.getvalue())
    victim.unlink()


def with_metadata(table: pa.Table, **change: bytes) -> pa.Table:
    return table.replace_schema_metadata({**table.schema.metadata, **{key.encode(): x for key, x in change.items()}})


FORGERIES = {
    "another cell's settings": lambda t: with_metadata(t, cell=t.schema.metadata[b"cell"].replace(b"S3", b"C6")),
    "no settings": lambda t: t.replace_schema_metadata(None),
    "settings that are not JSON": lambda t: with_metadata(t, cell=b"{"),
    "a seed less": lambda t: t.slice(1),
    "a seed twice": lambda t: t.take([0, 0]),
    "a column less": lambda t: t.drop_columns(["loss"]),
    "a column of another kind": lambda t: t.set_column(
        t.schema.get_field_index("loss"), "loss", pa.array(["low"] * t.num_rows)),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_cells_that_are_not_what_they_say_are_trained_again(tmp_path, honest, name):
    out = tmp_path / "out"
    run_sweep(PLAN, out)
    store = SweepFolder(out, PLAN)
    rewrite(store, sorted(store.cells.glob(f"{PLAN.cells[-1].key}-*"))[0], FORGERIES[name])
    told: list[str] = []
    run_sweep(PLAN, out, notice=told.append)
    assert len(told) == 1
    assert (out / "table.parquet").read_bytes() == honest


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cells": 3}', b"[" * 10**6, b'{"cells": {}, "cells": {}}'])
def test_a_damaged_plan_in_the_folder_is_one_line(tmp_path, content):
    out = tmp_path / "out"
    run_sweep(PLAN, out)
    (out / "sweep.json").write_bytes(content)
    with pytest.raises(InputError):
        run_sweep(PLAN, out)


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory) -> Path:
    """A sweep that was interrupted inside its first cell."""
    out = tmp_path_factory.mktemp("unfinished") / "out"
    asked = itertools.count()
    with pytest.raises(Interrupted):
        run_sweep(ONE, out, should_stop=lambda: next(asked) == 2)
    return out


@pytest.mark.parametrize("place", [0.02, 0.2, 0.5, 0.8, 0.999])
def test_a_flipped_bit_in_a_cell_in_training_is_one_line_that_names_the_file(tmp_path, unfinished, place):
    out = tmp_path / "out"
    shutil.copytree(unfinished, out)
    (state,) = out.glob("running/*/ensemble.safetensors")
    content = bytearray(state.read_bytes())
    content[int(place * len(content))] ^= 4
    state.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(str(state))) as caught:
        run_sweep(ONE, out)
    assert "\n" not in str(caught.value)
    assert list((out / "cells").iterdir()) == [], "nothing is sealed"


# ---- kills, disks, folders ---------------------------------------------------------------------------------------


def stages(folder: Path, action) -> Iterator[Staged]:
    """The same action, each time in a new process and stopped one stage later, until it ends without a stop."""
    for stage in itertools.count(1):
        child = Staged(action, folder, stage)
        if not child.stopped:
            assert child.finish() == 0
            return
        yield child


@pytest.fixture(scope="module")
def honest_one(tmp_path_factory) -> bytes:
    """The table of ONE."""
    folder = tmp_path_factory.mktemp("honest") / "out"
    run_sweep(ONE, folder)
    return (folder / "table.parquet").read_bytes()


def test_killed_at_every_stage_it_ends_with_the_same_table(tmp_path, honest_one):
    out = tmp_path / "out"
    for child in stages(out, lambda: run_sweep(ONE, out) and 0):
        assert child.kill() == -signal.SIGKILL
        told: list[str] = []
        run_sweep(ONE, out, notice=told.append)
        assert told == [], "a kill never leaves a damaged cell"
        assert (out / "table.parquet").read_bytes() == honest_one
        shutil.rmtree(out)


@pytest.fixture
def file(tmp_path) -> Path:
    (tmp_path / "sweep.toml").write_bytes(b'seeds = 2\ngroup = "C3"\nwidth = 2\nupdates = 4\n')
    return tmp_path / "sweep.toml"


def test_a_full_disk_is_one_line_and_the_sweep_goes_on_later(tmp_path, honest, file):
    def full() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        return command("sweep", file, "--out", tmp_path / "out", "--device", "cpu")

    assert "cannot write" in refused(full)
    assert list((tmp_path / "out" / "cells").iterdir()) == []
    assert command("sweep", file, "--out", tmp_path / "out", "--device", "cpu") == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_closed_folder_is_one_line_for_an_ordinary_user(honest, mode):
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        os.chmod(name, 0o755)
        refuse_in(Path(name), mode)


def refuse_in(open_folder: Path, mode: int) -> None:
    file = open_folder / "sweep.toml"
    file.write_bytes(b'seeds = 2\ngroup = "C3"\nwidth = 2\nupdates = 4\n')
    file.chmod(0o644)
    (open_folder / "closed").mkdir()
    os.chmod(open_folder / "closed", mode)

    def as_nobody() -> int:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return command("sweep", file, "--out", open_folder / "closed", "--device", "cpu")

    refused(as_nobody)
    assert os.listdir(open_folder / "closed") == []


def sweep_or_in_use(out: Path, **how: Any) -> int:
    try:
        run_sweep(ONE, out, **how)
    except InputError as error:
        return 2 if "in use" in str(error) else 3
    return 0


def test_of_two_processes_at_once_one_wins_and_the_other_says_in_use(tmp_path, honest_one):
    """The first is stopped at every stage; it goes on while the second trains, or after the second has given up."""
    out = tmp_path / "out"
    for first in stages(out, lambda: sweep_or_in_use(out)):
        found: list[int] = []

        def train(cell: GroupCell, first: Staged = first, found: list[int] = found, **how: Any) -> dict[str, Any]:
            if not found:
                found.append(first.finish())
            return run_cell(cell, **how)

        second = sweep_or_in_use(out, run=train)
        found = found or [first.finish()]
        assert (*found, second) in ((2, 0), (0, 2), (0, 0))
        assert (out / "table.parquet").read_bytes() == honest_one
        shutil.rmtree(out)


def test_a_folder_of_something_else_is_left_as_it_is(tmp_path):
    for name in ("thesis.txt", ".hidden"):
        out = tmp_path / name.strip(".")
        out.mkdir()
        (out / name).write_text("years of work")
        with pytest.raises(InputError, match="holds other files"):
            run_sweep(ONE, out)
        assert os.listdir(out) == [name]
