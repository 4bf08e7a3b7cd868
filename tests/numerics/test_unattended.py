"""Nobody watches a long run: kill -9, signals, a full disk or device do not change the weights that it ends with."""

import os
import random
import resource
import signal
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics import training
from numerics.checkpoint import RunFolder
from numerics.launch import train
from numerics.recipes import RECIPES
from theory.errors import InputError
from theory.network_file import load_network
from theory.task import Task

# Forking is safe here: torch has one thread, and the child only computes and leaves through os._exit.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

RECIPE = replace(RECIPES["hybrid"], descent_steps=400, polish_rounds=6, polish_iterations=15)
NEVER = 0.9999999999


def launch(out, **changes):
    """A run of about a second that writes a checkpoint every 50 ms."""
    settings = {"m": 64, "target": NEVER, "checkpoint_seconds": 0.05, "resume": True} | changes
    return train(Task.cyclic(2, 7), RECIPE, out=out, **settings)


def in_child(action):
    """Start ``action`` in a forked process; its exit status is 0 unless it raises."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            action()
            status = 0
        finally:
            os._exit(status)
    return child


def weights(out):
    network = load_network(out / "network.safetensors")
    return np.concatenate([network.u.ravel(), network.w.ravel()])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    started = time.monotonic()
    launch(out)
    return weights(out), time.monotonic() - started


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
def test_killed_ten_times_and_still_the_same_network(tmp_path, undisturbed, seed):
    expected, seconds = undisturbed
    out, chance, lives = tmp_path / "run", random.Random(seed), 0
    for _ in range(10):
        child = in_child(lambda: launch(out))
        time.sleep(chance.uniform(0.05, 0.4) * max(seconds, 0.5))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        lives += os.WIFSIGNALED(status)
    assert lives >= 1
    result = launch(out)
    np.testing.assert_array_equal(weights(out), expected)
    assert result.margin > 0.999
    steps = [(record["phase"], record["step"]) for record in result.history]
    assert len(set(steps)) == len(steps)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_save_and_end_with_their_status(tmp_path, number, status):
    from numerics.train_cli import app
    from theory.command_line import run

    out = tmp_path / "run"
    arguments = ["--k", "2", "--p", "13", "--target", "0.99999", "--recipe", "adam", "--out", str(out), "--resume"]
    child = in_child(lambda: os._exit(run(app, arguments)))
    while not (out / "checkpoint").exists():
        time.sleep(0.01)
    time.sleep(0.3)
    os.kill(child, number)
    _, ended = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended) == status
    assert RunFolder(out).load("cpu") is not None
    assert not list(out.rglob("*.part"))


def test_a_disk_that_fills_up_costs_checkpoints_not_the_run(tmp_path, monkeypatch, caplog, undisturbed):
    save, full = RunFolder.save, [False]

    def failing(self, state):
        if full[0]:
            raise InputError("cannot write: No space left on device")
        save(self, state)

    def fill(progress):
        full[0] = progress.phase == "descent" and 100 <= progress.done < 300

    monkeypatch.setattr(RunFolder, "save", failing)
    launch(tmp_path / "run", progress=fill, checkpoint_seconds=0.0)
    assert "no checkpoint written" in caplog.text
    np.testing.assert_array_equal(weights(tmp_path / "run"), undisturbed[0])


def test_a_write_beyond_the_space_left_is_one_line_and_keeps_the_last_checkpoint(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.open({}, resume=False)
    state = training.State("polish", 1, {"u": torch.ones(3, 2, 5), "w": torch.ones(3, 5)})
    folder.save(state)

    def write_too_much():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with pytest.raises(InputError, match="cannot write"):
            folder.save(replace(state, step=2, tensors={"u": torch.ones(300, 2, 50), "w": torch.ones(300, 50)}))

    _, ended = os.waitpid(in_child(write_too_much), 0)
    assert os.waitstatus_to_exitcode(ended) == 0
    stored = folder.load("cpu")
    assert stored is not None
    assert stored.step == 1
    assert not list(tmp_path.rglob("*.part"))


def test_a_disk_without_room_is_refused_before_the_first_step(tmp_path, monkeypatch):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(InputError, match="free; it has 1000 B"):
        launch(tmp_path / "run", progress=lambda progress: pytest.fail("a step was made"))


class RunsOut:
    """A loss whose device runs out of memory at given calls."""

    def __init__(self, loss, at):
        self.loss, self.at, self.calls, self.budgets = loss, at, 0, []

    def __call__(self, *arguments, **options):
        self.budgets.append(options["budget"])
        inner = self.loss(*arguments, **options)

        def evaluate(u, w):
            self.calls += 1
            if self.calls in self.at:
                raise torch.OutOfMemoryError("simulated")
            return inner(u, w)

        return evaluate


def test_out_of_memory_makes_blocks_smaller_once_and_says_so(tmp_path, monkeypatch, caplog, undisturbed):
    loss = RunsOut(training.CrossEntropy, at={37})
    monkeypatch.setattr(training, "CrossEntropy", loss)
    launch(tmp_path / "run", budget=2**30)
    assert loss.budgets == [2**30, 2**28]
    assert caplog.text.count("out of memory") == 1
    assert "blocks of 256 MiB" in caplog.text
    np.testing.assert_allclose(weights(tmp_path / "run"), undisturbed[0], atol=1e-4 * np.abs(undisturbed[0]).max())


def test_out_of_memory_twice_is_an_error_that_keeps_the_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "CrossEntropy", RunsOut(training.CrossEntropy, at={37, 60}))
    with pytest.raises(InputError, match="must hold blocks of 256 MiB"):
        launch(tmp_path / "run", budget=2**30, checkpoint_seconds=0.0)
    stored = RunFolder(tmp_path / "run").load("cpu")
    assert stored is not None
    assert stored.step == 58
