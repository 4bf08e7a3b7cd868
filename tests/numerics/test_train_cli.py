"""``fourier-margin train`` as users call it: output, files, exit codes."""

import fcntl
import json
import subprocess
import sys

import pytest

from numerics.network import PowerNetwork
from numerics.train_cli import app
from theory.command_line import run
from theory.errors import Interrupted
from theory.network_file import load_network


def train(*arguments):
    import typer

    root = typer.Typer(callback=lambda: None)
    root.registered_commands += app.registered_commands
    return run(root, ["train", *map(str, arguments)])


def test_a_run_leaves_what_the_contract_says(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert train("--k", 2, "--p", 5, "--out", tmp_path / "run") == 0
    told = capsys.readouterr().out
    assert told.startswith("Training on addition modulo 5, 2 inputs, seed 0")
    assert "Target reached" in told
    assert f"Next: fourier-margin verify {tmp_path}/run/network.safetensors --trained" in " ".join(told.split())
    assert all(len(line) <= 80 for line in told.splitlines() if str(tmp_path) not in line)
    names = {path.name for path in (tmp_path / "run").iterdir()} - {".lock"}
    assert names == {"network.safetensors", "history.json", "config.json", "checkpoint"}
    stored = load_network(tmp_path / "run" / "network.safetensors")
    assert (stored.k, stored.p, len(stored.w)) == (2, 5, 32)
    assert stored.metadata["recipe"] == "hybrid"
    assert stored.metadata["seed"] == "0"
    history = json.loads((tmp_path / "run" / "history.json").read_text())
    assert float(stored.metadata["lambda"]) == history["lambda"]
    assert history["records"][-1]["margin"] >= 0.9999


def test_seeds_have_folders_of_their_own_and_equal_single_runs(tmp_path):
    assert train("--k", 2, "--p", 3, "--seed", 4, "--seeds", 2, "--out", tmp_path / "runs") == 0
    assert train("--k", 2, "--p", 3, "--seed", 5, "--out", tmp_path / "alone") == 0
    both = [PowerNetwork.from_file(tmp_path / name / "network.safetensors") for name in ("runs/seed-5", "alone")]
    assert (both[0].u == both[1].u).all()
    assert (tmp_path / "runs" / "seed-4" / "network.safetensors").exists()


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert train("--k", 2, "--p", 3) == 0
    assert not list(tmp_path.iterdir())


def test_a_missed_target_is_exit_1_and_a_width_that_cannot_suffice_is_told_before(capsys):
    assert train("--k", 2, "--p", 3, "--m", 2, "--seeds", 2) == 1
    told = capsys.readouterr().out
    assert 0 < told.index("at least 6 neurons") < told.index("Target missed by 2 of 2 seeds")


def test_people_are_told_before_torch_loads():
    code = """
import sys
from numerics import train_display
def plan(*_):
    assert "torch" not in sys.modules
    sys.exit(7)
train_display.plan = plan
from numerics.train_cli import app
app(["--k", "2", "--p", "5"], standalone_mode=False)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout.startswith("Training on addition modulo 5")


def test_groups_and_their_tables(tmp_path):
    assert train("--k", 2, "--group", "S3", "--target", 0.999, "--out", tmp_path / "run") == 0
    stored = load_network(tmp_path / "run" / "network.safetensors")
    assert stored.table is not None
    assert stored.metadata["group"] == "S3"


def test_an_existing_run_needs_resume_and_the_same_settings(tmp_path, capsys):
    out = tmp_path / "run"
    assert train("--k", 2, "--p", 3, "--out", out) == 0
    before = load_network(out / "network.safetensors")
    assert train("--k", 2, "--p", 3, "--out", out) == 2
    assert "--resume" in capsys.readouterr().err
    assert train("--k", 2, "--p", 3, "--out", out, "--resume") == 0
    after = load_network(out / "network.safetensors")
    assert (after.u == before.u).all()
    assert (after.w == before.w).all()
    assert train("--k", 2, "--p", 3, "--m", 20, "--out", out, "--resume") == 2
    assert "m was 16" in capsys.readouterr().err


def test_a_run_that_another_process_holds_is_refused(tmp_path, capsys):
    out = tmp_path / "run"
    out.mkdir()
    with (out / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert train("--k", 2, "--p", 3, "--out", out) == 2
    assert "must not be in use" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--k", 0, "--p", 7], "k must be at least 1; got 0"),
        (["--k", 2, "--p", 1], "p must be at least 2; got 1"),
        (["--k", 2, "--p", "x"], "'x'"),
        (["--k", 2], "exactly one of --p and --group"),
        (["--k", 2, "--p", 5, "--group", "S3"], "exactly one of --p and --group"),
        (["--k", 2, "--p", 5, "--seeds", 0], "seeds must be at least 1; got 0"),
        (["--k", 2, "--p", 5, "--resume"], "--resume needs --out"),
        (["--k", 2, "--p", 5, "--lambda", -1], "lambda must lie between 0"),
        (["--k", 2, "--p", 5, "--recipe", "none"], "recipe must be one of"),
        (["--k", 2, "--p", 5, "--device", "tpu"], "auto, cpu or cuda; got 'tpu'"),
        (["--k", 2, "--p", 5, "--memory", 0], "positive number of GiB"),
        (["--k", 2, "--p", 5, "--out", "missing/run"], "parent folder must exist"),
        (["--k", 97, "--p", 3, "--m", 8], "2^40"),
        (["--k", 1, "--p", 10**9], "operations"),
        (["--k", 1, "--p", 10**8, "--m", 1], "operations"),
        (["--k", 2, "--p", 6, "--lambda", 5e-324, "--out", "t"], "lambda must be so large"),
        (["--k", 3, "--p", 31, "--recipe", "hybrid", "--memory", 1e-6], "memory budget must be at least"),
        (["--k", 2, "--group", "nosuch"], "nosuch"),
    ],
)
def test_unusable_input_is_one_line_and_exit_2(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert train(*arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"\x80\x04N.", b"0" * 100])
def test_a_damaged_checkpoint_is_refused(content, tmp_path, capsys):
    out = tmp_path / "run"
    assert train("--k", 2, "--p", 3, "--out", out) == 0
    (out / "checkpoint" / "state.safetensors").write_bytes(content)
    assert train("--k", 2, "--p", 3, "--out", out, "--resume") == 2
    assert "must be a checkpoint" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "recipe", "because"),
    [
        (("--p", 71, "--m", 500, "--k", 2), "full-size", None),
        (("--p", 97, "--m", 1536, "--k", 3), "full-size", None),
        (("--p", 121, "--m", 1000, "--k", 2), "full-size", None),  # composite, factors above k
        (("--p", 33, "--m", 4000, "--k", 3), "hybrid", "prime factors exceed k"),  # a factor 3
        (("--p", 100, "--m", 2000, "--k", 2), "hybrid", "odd p"),
        (("--p", 499, "--m", 2000, "--k", 1), "hybrid", "2 <= k"),
        (("--group", "S4", "--m", 20000, "--k", 2), "hybrid", "got S4"),
        (("--p", 71, "--m", 500, "--k", 2, "--data", "half"), "hybrid", "all inputs"),
        (("--p", 9, "--k", 2), "hybrid", None),  # short
    ],
)
def test_the_way_is_chosen_and_where_a_long_one_has_no_other_it_says_why(
    arguments, recipe, because, monkeypatch, capsys
):
    def not_now(*given, **options):
        raise Interrupted

    monkeypatch.setattr("numerics.launch.train", not_now)
    train(*arguments)
    told = " ".join(capsys.readouterr().out.split())
    assert f"Recipe {recipe}:" in told
    assert ("there is no shorter way" in told) == (because is not None)
    assert (because or "") in told


def test_threads_are_for_the_polish_of_frequencies(capsys):
    assert train("--k", 2, "--p", 5, "--threads", 2) == 2
    assert "--threads needs the recipe full-size" in capsys.readouterr().err
    assert train("--k", 2, "--p", 11, "--m", 80, "--recipe", "full-size", "--threads", 3) == 0
