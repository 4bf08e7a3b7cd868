"""Nobody watches a long run: kill -9, signals, a full disk or device do not change the weights that it ends with."""

import os
import random
import resource
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics import checkpoint, training
from numerics import launch as launcher
from numerics.checkpoint import RunFolder, State
from numerics.launch import train
from numerics.recipes import RECIPES
from numerics.studies.one_hidden.paper_run import train_as_published
from numerics.studies.one_hidden.published import Published
from numerics.train_cli import app
from theory.command_line import run
from theory.errors import InputError
from theory.network_file import load_network
from theory.task import Task

# Forking is safe here: torch has one thread, and the child only computes and leaves through os._exit.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

RECIPE = replace(RECIPES["hybrid"], descent_steps=120, polish_rounds=6, polish_iterations=15)
ALWAYS = -1.0


def launch(out, **changes):
    """A run of about a second; with ``ALWAYS`` it writes a checkpoint after every step."""
    settings = {"m": 64, "target": None, "checkpoint_seconds": 3600.0, "resume": True} | changes
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
    launch(out)
    return weights(out)


def launch_and_die(out, moment):
    """Die by kill -9 at that moment: moments are the ends of steps and, inside a save, before the file has its name."""
    left = moment

    def pass_by(*_):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    put = os.replace
    os.replace = lambda *names: pass_by() or put(*names)
    launch(out, progress=pass_by, checkpoint_seconds=ALWAYS)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
def test_killed_ten_times_and_still_the_same_network(tmp_path, undisturbed, seed):
    out, chance = tmp_path / "run", random.Random(seed)
    for moment in [1, 2, 3, *(chance.randrange(4, 36) for _ in range(7))]:
        _, status = os.waitpid(in_child(lambda moment=moment: launch_and_die(out, moment)), 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    result = launch(out)
    np.testing.assert_array_equal(weights(out), undisturbed)
    assert result.margin > 0.999
    steps = [(record["phase"], record["step"]) for record in result.history]
    assert len(set(steps)) == len(steps)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_save_and_end_with_their_status(tmp_path, monkeypatch, number, status):
    def show(progress):
        if progress.done == 30:
            os.kill(os.getpid(), number)

    monkeypatch.setattr("numerics.train_display._lines", lambda seed: show)
    out = tmp_path / "run"
    assert run(app, ["--k", "2", "--p", "5", "--recipe", "adam", "--out", str(out)]) == status
    state = RunFolder(out).load()
    assert state is not None
    assert 30 <= state.step < 40
    assert not list(out.rglob("*.part"))


PAPERS = {
    "gradient descent": Published("gradient descent", 0.05, 80, 1e-3, "norm"),
    "AdamW on batches": Published("AdamW", 5e-3, 80, 0.1, "decay", batch=16, half=True),
    "diverging": Published("gradient descent", 2.5, 80, 1e-3, "norm"),
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_s_run_goes_on_after_a_kill(tmp_path, name):
    problem, folder = Task.cyclic(2, 5), tmp_path / "run"

    def train_in(folder, progress=lambda done, planned: None):
        return train_as_published(
            problem, PAPERS[name], 8, 0, folder=folder, checkpoint_seconds=ALWAYS, progress=progress
        )

    whole = train_in(None)
    for last in (2, 30, 31):
        child = in_child(lambda last=last: train_in(folder, lambda done, _: done < last or os.kill(os.getpid(), 9)))
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == -9
        assert RunFolder(folder).load().step == last - 1
    again = train_in(folder)
    assert again.history == whole.history
    assert (again.stopped is None) == (whole.stopped is None) == (name != "diverging")
    for mine, theirs in zip(again.network.numpy(), whole.network.numpy(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


class Meeting:
    """A child that stops at a moment of its own until the parent lets it go on."""

    def __init__(self):
        self.reached, self.arrive = os.pipe()
        self.wait, self.release = os.pipe()

    def stop(self):
        """The child is there."""
        os.write(self.arrive, b"x")
        os.read(self.wait, 1)

    def before(self, owner, name):
        """Let the child stop when it first calls ``owner.name``."""
        original = getattr(owner, name)

        def stopping(*arguments):
            setattr(owner, name, original)
            self.stop()
            return original(*arguments)

        setattr(owner, name, stopping)


MOMENTS = {
    "an empty folder": (RunFolder, "_prepare"),
    "no settings yet": (checkpoint, "write_json"),
    "no checkpoint yet": (training.Run, "__call__"),
    "inside a save": (RunFolder, "save"),
    "before the results": (launcher, "_write"),
}


@pytest.mark.parametrize("seeds", [[], ["--seeds", "2"]], ids=["one", "seeds"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_of_two_processes_one_wins_and_the_other_is_told_at_every_moment(tmp_path, capsys, moment, seeds):
    out, meeting = tmp_path / "run", Meeting()
    arguments = ["--k", "2", "--p", "3", "--out", str(out), *seeds]

    def first():
        meeting.before(*MOMENTS[moment])
        os._exit(run(app, arguments))

    child = in_child(first)
    os.close(meeting.arrive)
    assert os.read(meeting.reached, 1) == b"x"
    capsys.readouterr()
    for second in (arguments, [*arguments, "--resume"]):
        assert run(app, second) == 2
        told = capsys.readouterr().err
        assert "must not be in use" in told
        assert told.count("\n") == 1
    os.write(meeting.release, b"x")
    _, ended = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended) == 0
    assert run(app, arguments) == 2
    assert "holds a run" in capsys.readouterr().err
    assert run(app, [*arguments, "--resume"]) == 0


def test_a_disk_that_fills_up_costs_checkpoints_not_the_run(tmp_path, monkeypatch, caplog, undisturbed):
    save, full = RunFolder.save, [False]

    def failing(self, state):
        if full[0]:
            raise InputError("cannot write: No space left on device")
        save(self, state)

    def fill(progress):
        full[0] = progress.phase == "descent" and 30 <= progress.done < 60

    monkeypatch.setattr(RunFolder, "save", failing)
    launch(tmp_path / "run", progress=fill, checkpoint_seconds=ALWAYS)
    assert "no checkpoint written" in caplog.text
    np.testing.assert_array_equal(weights(tmp_path / "run"), undisturbed)


def test_a_write_beyond_the_space_left_is_one_line_and_keeps_the_last_checkpoint(tmp_path):
    folder = RunFolder(tmp_path / "run")
    with folder.open({}, resume=False):
        pass
    state = State("polish", 1, {"u": torch.ones(3, 2, 5), "w": torch.ones(3, 5)})
    folder.save(state)

    def write_too_much():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with pytest.raises(InputError, match="cannot write"):
            folder.save(replace(state, step=2, tensors={"u": torch.ones(300, 2, 50), "w": torch.ones(300, 50)}))

    _, ended = os.waitpid(in_child(write_too_much), 0)
    assert os.waitstatus_to_exitcode(ended) == 0
    stored = folder.load()
    assert stored is not None
    assert stored.step == 1
    assert not list(tmp_path.rglob("*.part"))


def test_a_disk_without_room_is_refused_before_the_first_step(tmp_path, monkeypatch):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(InputError, match="free; it has 1000 B"):
        launch(tmp_path / "run", progress=lambda progress: pytest.fail("a step was made"))
    assert not (tmp_path / "run").exists()


def test_a_run_that_is_refused_later_does_not_ask_for_resume(tmp_path):
    for _ in range(2):
        with pytest.raises(InputError, match="memory budget must be at least"):
            launch(tmp_path / "run", budget=1000, resume=False)
    launch(tmp_path / "run", resume=False)


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
    np.testing.assert_allclose(weights(tmp_path / "run"), undisturbed, atol=1e-4 * np.abs(undisturbed).max())


def test_out_of_memory_twice_is_an_error_that_keeps_the_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "CrossEntropy", RunsOut(training.CrossEntropy, at={37, 38}))
    with pytest.raises(InputError, match="must hold blocks of 256 MiB"):
        launch(tmp_path / "run", budget=2**30, checkpoint_seconds=ALWAYS)
    stored = RunFolder(tmp_path / "run").load()
    assert stored is not None
    assert stored.step == 36
