"""Faults while working: nothing half-written is ever read as good, nothing finished is lost, every end is one line.

Training has its own tests of kills and full disks beside it; here are construct, verify, and what all of them share.
"""

import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from theory.command_line import run
from theory.core.optimality import decide
from theory.exact_file import load_exact
from theory.files import read_json
from theory.network_file import load_network
from verify.cli import build

# Forking is safe here: torch has one thread, and the child only computes and leaves through os._exit.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

NOBODY = 65534


def in_child(action: Callable[[], object], errors: int | None = None) -> int:
    """Start ``action`` in a forked process; its status is what it returns, 99 if it raises."""
    child = os.fork()
    if child:
        return child
    status = 99
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = os.fdopen(errors, "w") if errors is not None else sys.stdout
    try:
        status = int(action() or 0)  # type: ignore[call-overload]
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def ended(child: int) -> int:
    """Exit status of a child, minus the signal's number if one ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def told(action: Callable[[], object]) -> tuple[int, str]:
    """Exit status and stderr of ``action`` in a child; through a pipe, which no full disk closes."""
    reading, writing = os.pipe()
    child = in_child(action, writing)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    return ended(child), text


def command(*arguments: object) -> int:
    """A command in this process."""
    return run(build(), [str(x) for x in arguments])


@pytest.fixture(scope="module", autouse=True)
def imports(tmp_path_factory) -> None:
    """Import everything here, so that children start at once, are killed at work, and need no files of ours."""
    import numerics.launch  # noqa: F401

    folder = tmp_path_factory.mktemp("imports")
    command("construct", "--k", 2, "--p", 5, "--out", folder / "net.safetensors")
    command("verify", folder / "net.safetensors", "--html", folder / "page.html")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter (pytest's own are closed to others)."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


# ---- kill -9 at every moment -------------------------------------------------------------------------------------


def construct_for_ever(folder: Path) -> None:
    while True:
        for p in (5, 7, 97):
            command(
                "construct", "--k", 2, "--p", p, "--out", folder / "net.safetensors", "--exact", folder / "net.json"
            )


def report_for_ever(folder: Path) -> None:
    net = folder / "net.safetensors"
    while True:
        command("verify", net, "--json", folder / "report.json", "--html", folder / "page.html")


def whole_networks(folder: Path) -> None:
    network, exact = load_network(folder / "net.safetensors"), load_exact(folder / "net.json")
    assert network.p in (5, 7, 97)
    assert decide(exact).optimal


def whole_reports(folder: Path) -> None:
    if (folder / "report.json").exists():
        report = read_json(folder / "report.json")
        assert all(check["status"] in ("passed", "proved") for check in report["checks"])
    if (folder / "page.html").exists():
        assert (folder / "page.html").read_text().rstrip().endswith("</html>")


def work_until(moment: int, folder: Path, work: Callable[[Path], None]) -> None:
    """``work``, killed just before it opens, renames or removes its ``moment``-th file in ``folder``."""
    left = iter(range(moment))

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("open", "os.rename", "os.remove") and str(arguments[0]).startswith(str(folder)):
            next(left)
            if not left.__length_hint__():
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    work(folder)


def survive_kills(folder: Path, work: Callable[[Path], None], whole: Callable[[Path], None], kills: int) -> None:
    for moment in range(1, kills + 1):
        assert ended(in_child(partial(work_until, moment, folder, work))) == -signal.SIGKILL
        whole(folder)
    left = [name for name in os.listdir(folder) if not name.startswith(("net.", "report.", "page."))]
    # Hidden temporary files, ours (.part) or the safetensors writer's (.tmp): at most two for each kill.
    assert all(name.startswith(".") for name in left)
    assert len(left) <= 2 * kills


@pytest.mark.parametrize(
    ("work", "whole", "kills"),
    [
        (construct_for_ever, whole_networks, 20),
        (report_for_ever, whole_reports, 10),  # one report and its page
        pytest.param(construct_for_ever, whole_networks, 100, marks=pytest.mark.slow),
        pytest.param(report_for_ever, whole_reports, 30, marks=pytest.mark.slow),
    ],
)
def test_killed_at_every_moment(tmp_path, capsys, work, whole, kills):
    assert command("construct", "--k", 2, "--p", 7, "--out", tmp_path / "net.safetensors",
                   "--exact", tmp_path / "net.json") == 0  # fmt: skip
    survive_kills(tmp_path, work, whole, kills)


# ---- a full disk, a closed folder, a folder in use ---------------------------------------------------------------


def writers(folder: Path) -> dict[str, list[object]]:
    """Commands that write, on a folder that holds a network."""
    net = folder / "net.safetensors"
    return {
        "construct --out": ["construct", "--k", 2, "--p", 97, "--out", net],
        "construct --exact": ["construct", "--k", 5, "--p", 97, "--exact", folder / "net.json"],
        "construct --group": ["construct", "--k", 2, "--group", "S4", "--out", net],
        "verify --json": ["verify", net, "--json", folder / "report.json"],
        "verify --html": ["verify", net, "--html", folder / "page.html"],
        "train": ["train", "--k", 2, "--p", 5, "--out", folder / "run"],
        "demo": ["demo", "--scale", "smoke", "--out", folder / "demo"],
    }


NAMES = list(writers(Path()))[:-1]


def refused(action: Callable[[], object]) -> str:
    """The one line on stderr of an action that ends with status 2."""
    status, text = told(action)
    assert status == 2, text[-2000:]
    assert text.startswith("fourier-margin: "), text[-2000:]
    assert text.count("\n") == 1, text[-2000:]
    return text


@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_is_one_line_and_keeps_what_was_there(tmp_path, name):
    command("construct", "--k", 2, "--p", 5, "--out", tmp_path / "net.safetensors", "--exact", tmp_path / "net.json")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
        return command(*writers(tmp_path)[name])

    text = refused(full)
    assert "cannot write" in text or "disk" in text
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert {key: value for key, value in after.items() if key in before} == before
    assert set(after) == set(before)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
@pytest.mark.parametrize("mode", [0o555, 0o000])
@pytest.mark.parametrize("name", [*NAMES, "demo"])
def test_a_closed_folder_is_one_line_for_an_ordinary_user(open_folder, name, mode):
    closed = open_folder / "closed"
    closed.mkdir()
    net = closed / "net.safetensors"
    assert command("construct", "--k", 2, "--p", 5, "--out", net) == 0
    os.chmod(closed, mode)

    def as_nobody() -> int:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return command(*writers(closed)[name])

    refused(as_nobody)
    assert os.listdir(closed) == ["net.safetensors"]


def test_one_run_folder_is_one_process_s(tmp_path, capsys):
    from numerics.checkpoint import locked

    out = tmp_path / "run"
    with locked(out):
        text = refused(lambda: command("train", "--k", 2, "--p", 5, "--out", out))
    assert "in use" in text
    # The lock ends with the process that held it, however that ended.
    reading, writing = os.pipe()
    child = in_child(lambda: (locked(out).__enter__(), os.write(writing, b"."), signal.pause()))
    os.close(writing)
    assert os.read(reading, 1) == b"."
    os.close(reading)
    os.kill(child, signal.SIGKILL)
    ended(child)
    with locked(out):
        assert os.listdir(out) == [".lock"]


def test_two_processes_starting_at_once_leave_one_whole_run(tmp_path):
    out = tmp_path / "run"
    arguments = ["train", "--k", 2, "--p", 3, "--m", 24, "--out", out]
    children = [in_child(lambda: command(*arguments)) for _ in range(2)]
    assert sorted(ended(child) for child in children) in ([0, 2], [1, 2])
    assert load_network(out / "network.safetensors").p == 3


# ---- clocks ------------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_changes_nothing(tmp_path, monkeypatch):
    """Wall clocks jump back by a year, the steady clock forward by days: same weights; a checkpoint of the future."""
    from dataclasses import replace

    from numerics.launch import train
    from numerics.recipes import RECIPES
    from theory.errors import Interrupted
    from theory.task import Task

    recipe = replace(RECIPES["hybrid"], descent_steps=60, polish_rounds=2, polish_iterations=10)
    settings = {"m": 24, "target": 0.99999999, "checkpoint_seconds": 0.01}
    train(Task.cyclic(2, 5), recipe, out=tmp_path / "steady", **settings)
    rng = random.Random(1)
    true, steady = time.time, time.monotonic
    leaps = [0.0]

    def leaping() -> float:
        leaps[0] += rng.choice([0.0, 0.0, 86400.0])
        return steady() + leaps[0]

    monkeypatch.setattr(time, "time", lambda: true() + rng.uniform(-3e7, 3e7))
    monkeypatch.setattr(time, "monotonic", leaping)
    stops = iter([False] * 30 + [True])
    with pytest.raises(Interrupted):
        train(Task.cyclic(2, 5), recipe, out=tmp_path / "jumps", should_stop=lambda: next(stops), **settings)
    for path in (tmp_path / "jumps").rglob("*"):
        os.utime(path, (4e9, 4e9))
    train(Task.cyclic(2, 5), recipe, out=tmp_path / "jumps", resume=True, **settings)
    a, b = (load_network(tmp_path / name / "network.safetensors") for name in ("steady", "jumps"))
    assert np.array_equal(a.u, b.u)
    assert np.array_equal(a.w, b.w)
