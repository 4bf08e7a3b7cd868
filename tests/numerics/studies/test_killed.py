"""A study that was killed or interrupted goes on to the same numbers; of two at once one is told to wait."""

import itertools
import os
import signal
from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from numerics.checkpoint import locked
from numerics.studies import reproduce as driver
from numerics.studies.reproduce import load_study
from theory.command_line import run as command
from theory.errors import InputError
from verify.cli import build

# Forking is safe here: torch has one thread, and the child only computes and leaves through os._exit.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

ABOUT = {"command", "commit", "versions", "hardware", "date"}
KINDS = {  # a study of each kind, and after how many written files to kill it: in the middle of a training
    "morwani23-fig2": 20,  # one-hidden-layer networks
    "li24-fig9": 12,  # another paper's network, through the one loop
    "spectral-count": 6,  # cells of many seeds
    "morwani23-parity": 40,
    "swaroop26-table1": 2,  # cells that are computed, not trained
    "starved-frequencies": 6,  # the full-size road
}


@pytest.fixture(autouse=True)
def fast_clock(monkeypatch):
    """Every look at the clock is 1.5 s later: checkpoints are due often, and every update is reported."""
    clock = itertools.count(0, 1.5)
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))


def run(name, out):
    """The numbers of a study at smoke scale, and how many steps this process made."""
    steps, study = [], replace(load_study(name), figure=lambda size, found: Figure())  # figures take the longest
    found = driver.reproduce(study, "smoke", out, device="cpu", budget=2**30, progress=lambda *now: steps.append(now))
    return without_times(found.numbers), len(steps)


def without_times(value):
    """JSON values without provenance and seconds."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in ABOUT and "second" not in k}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def run_and_die(name, out, files):
    """Run in a child that kills itself once it has written so many files."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        written, rename = itertools.count(1), os.replace

        def replace_and_count(source, target):
            rename(source, target)
            if next(written) == files:
                os.kill(os.getpid(), signal.SIGKILL)

        os.replace = replace_and_count
        run(name, out)
    finally:
        os._exit(1)


@pytest.mark.parametrize(("name", "files"), KINDS.items())
def test_a_killed_study_goes_on_to_the_same_numbers(tmp_path, name, files):
    whole, steps = run(name, tmp_path / "whole")
    status = run_and_die(name, tmp_path / "killed", files)
    assert os.WIFSIGNALED(status)
    resumed, later = run(name, tmp_path / "killed")
    assert resumed == whole
    assert 0 < later < steps


@pytest.mark.parametrize("name", KINDS)
def test_an_interrupted_study_saves_where_it_is_and_goes_on(tmp_path, monkeypatch, capsys, name):
    """The signal comes after a third of the steps; no step before it is made again."""
    whole, steps = run(name, tmp_path / "whole")
    left = iter(range(steps // 3))
    monkeypatch.setattr(
        "numerics.studies.reproduce_cli._lines",
        lambda: lambda *now: None if next(left, None) is not None else os.kill(os.getpid(), signal.SIGINT),
    )
    assert command(build(), ["reproduce", name, "--scale", "smoke", "--out", str(tmp_path / "stopped")]) == 130
    assert capsys.readouterr().err.count("\n") == 1
    resumed, later = run(name, tmp_path / "stopped")
    assert resumed == whole
    assert later == steps - steps // 3 - 1


def test_of_two_at_once_one_is_told_that_the_folder_is_in_use(tmp_path):
    with locked(tmp_path / "half-data-smoke"), pytest.raises(InputError, match="in use"):
        run("half-data", tmp_path)
    assert not (tmp_path / "half-data-smoke.json").exists()
