"""Frequencies polished at a time, by threads and by ranks: the same weights; a kill loses a step at most."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from numerics.checkpoint import RunFolder
from numerics.full_size.ahead import Ahead
from numerics.full_size.road import FullSize
from numerics.full_size.run import FullSizeRun
from tests.numerics.test_distributed import torchrun
from theory.task import Task

ROOT = Path(__file__).parents[3]
ROAD = FullSize(descent_rounds=2)
PATIENCE = 600


def _train(threads: int = 1, folder: RunFolder | None = None) -> np.ndarray:
    task = Task.cyclic(3, 11)
    run = FullSizeRun(task, ROAD, 240, 0, 0.2 * task.gamma, 0.9999, folder=folder, threads=threads)
    return np.concatenate([x.ravel() for x in run().network.numpy()])


@pytest.mark.parametrize("threads", [2, 3, 20])
def test_the_weights_do_not_depend_on_the_number_of_threads(threads):
    np.testing.assert_array_equal(_train(threads), _train())


def test_steps_of_a_group_are_made_at_a_time():
    """Each waits for the other: one after the other they would never end."""
    both = threading.Barrier(2, timeout=PATIENCE)
    ahead = Ahead(lambda step: (both.wait(), step)[1], threads=2)
    assert [ahead(step, end=4) for step in range(4)] == [0, 1, 2, 3]


def test_no_step_is_made_beyond_the_end_or_twice():
    made: list[int] = []
    ahead = Ahead(lambda step: made.append(step) or step, threads=4)
    for step in range(3):
        ahead(step, end=3)
    assert sorted(made) == [0, 1, 2]


def test_two_ranks_end_with_the_weights_of_one(tmp_path):
    done = torchrun(2, __file__, tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    for rank in range(2):
        np.testing.assert_array_equal(np.load(tmp_path / f"weights{rank}.npy"), _train())


KILLED = """
import os, signal, sys
left = int(sys.argv[2])
def hook(event, arguments):
    global left
    if event == "os.rename" and str(arguments[1]).endswith("state.safetensors"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
from pathlib import Path
from numerics.checkpoint import RunFolder
from tests.numerics.full_size.test_ahead import _train
with RunFolder(Path(sys.argv[1])).open({}, resume=True) as folder:
    _train(2, folder)
"""


def test_killed_before_a_checkpoint_it_goes_on_from_the_one_before(tmp_path):
    """SIGKILL at the rename of a checkpoint, three saved ones further each time: no round is lost but the last."""
    path, steps, order = tmp_path / "run", [], ["start", "descent", "polish"]
    for _ in range(3):
        command = [sys.executable, "-c", KILLED, str(path), "3"]
        done = subprocess.run(command, cwd=ROOT, timeout=PATIENCE, check=False)
        assert done.returncode == -signal.SIGKILL
        with RunFolder(path).open({}, resume=True) as folder:
            state = folder.load()
        assert state is not None
        steps.append((order.index(state.stage), state.step))
    assert steps == sorted(set(steps))
    assert steps[-1][0] == 2
    with RunFolder(path).open({}, resume=True) as folder:
        np.testing.assert_array_equal(_train(1, folder), _train())


if __name__ == "__main__":
    from numerics import distributed

    with distributed.joined():
        np.save(Path(sys.argv[1]) / f"weights{distributed.rank()}.npy", _train(2))
