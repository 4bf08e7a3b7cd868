"""``fourier-margin sweep``: what it prints, how it ends, and that signals save."""

import os
import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import numerics.sweep_cli
from numerics.sweeps.plan import read_plan
from numerics.sweeps.runner import Sweeping
from theory.command_line import run
from verify.cli import build

ROOT = Path(__file__).parents[3]
SMALL = 'seeds = 2\ngroup = ["C3", "S3"]\nwidth = [2, "1n"]\nupdates = 5\n'


@pytest.fixture
def file(tmp_path) -> Path:
    (tmp_path / "sweep.toml").write_text(SMALL)
    return tmp_path / "sweep.toml"


def command(*arguments: object) -> int:
    return run(build(), ["sweep", *map(str, arguments)])


def test_a_sweep_prints_a_line_per_cell_and_says_where_the_rows_are(file, tmp_path, capsys):
    assert command(file, "--out", tmp_path / "out", "--device", "cpu") == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[:4] == ["group", "width", "seeds", "converged"]
    assert [line.split()[:3] for line in printed[1:5]] == [
        ["C3", "2", "2"], ["C3", "3", "2"], ["S3", "2", "2"], ["S3", "6", "2"],
    ]  # fmt: skip
    assert "table.parquet: 8 networks" in printed[-1]
    assert pq.read_table(tmp_path / "out" / "table.parquet").num_rows == 8
    assert command(file, "--out", tmp_path / "out", "--device", "cpu") == 0
    assert capsys.readouterr().out.splitlines() == printed


def test_cells_are_listed_without_training(file, tmp_path, capsys):
    assert command(file, "--dry-run") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("4 cells, 8 networks; k = 2, activation = power")
    assert all(cell.key in printed for cell in read_plan(file).cells)
    assert os.listdir(tmp_path) == ["sweep.toml"]


@pytest.mark.parametrize(
    ("more", "say"),
    [
        ([], "need --out"),
        (["--out", "no/where"], "parent folder must exist"),
        (["--out", "out", "--device", "tpu"], "device must be auto, cpu or cuda"),
        (["--out", "sweep.toml"], "sweep.toml"),
    ],
)
def test_unusable_options_are_one_line(file, tmp_path, capsys, monkeypatch, more, say):
    monkeypatch.chdir(tmp_path)
    assert command(file, *more) == 2
    told = capsys.readouterr().err
    assert say in told
    assert told.count("\n") == 1


def test_a_missing_file_and_another_sweep_are_one_line(file, tmp_path, capsys):
    assert command(tmp_path / "nothing.toml", "--dry-run") == 2
    assert command(file, "--out", tmp_path / "out") == 0
    file.write_text(SMALL.replace("updates = 5", "updates = 6"))
    capsys.readouterr()
    assert command(file, "--out", tmp_path / "out") == 2
    told = capsys.readouterr().err
    assert "must be new or hold this sweep" in told
    assert told.count("\n") == 1


def test_a_damaged_cell_is_told_and_trained_again(file, tmp_path, capsys):
    out = tmp_path / "out"
    assert command(file, "--out", out) == 0
    before, printed = (out / "table.parquet").read_bytes(), capsys.readouterr().out
    victim = sorted((out / "cells").iterdir())[0]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    assert command(file, "--out", out) == 0
    captured = capsys.readouterr()
    assert captured.out == printed
    assert captured.err.count("\n") == 1
    assert "is damaged; its cell is trained again" in captured.err
    assert (out / "table.parquet").read_bytes() == before
    assert command(file, "--out", out) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_save_and_the_same_command_continues(file, tmp_path, capsys, monkeypatch, number, status):
    """The signal comes when the first cell is put away; a real one, to this process."""

    def shoot(now: Sweeping) -> None:
        if now.finished == 1:
            os.kill(os.getpid(), number)

    out, other = tmp_path / "parts", tmp_path / "whole"
    with monkeypatch.context() as patch:
        patch.setattr(numerics.sweep_cli, "_lines", lambda: shoot)
        assert command(file, "--out", out, "--device", "cpu") == status
    assert capsys.readouterr().err == "interrupted; the same command continues\n"
    assert not (out / "table.parquet").exists()
    assert len(list((out / "cells").iterdir())) == 1
    assert command(file, "--out", out, "--device", "cpu") == 0
    assert command(file, "--out", other, "--device", "cpu") == 0
    assert (out / "table.parquet").read_bytes() == (other / "table.parquet").read_bytes()


def test_the_example_is_a_sweep():
    plan = read_plan(ROOT / "examples" / "selection.toml")
    assert (len(plan.cells), plan.networks) == (8, 400)
