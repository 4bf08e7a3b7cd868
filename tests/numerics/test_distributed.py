"""Two gloo processes find what one process finds, on the same grid, and hand a run over to another number of ranks."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from numerics import distributed
from numerics.checkpoint import RunFolder
from tests.numerics.rank_worker import quantities, train
from theory.errors import InputError
from theory.network_file import load_network

ROOT = Path(__file__).parents[2]


def torchrun(ranks: int, *command: object) -> subprocess.CompletedProcess[str]:
    """Start ``command`` on several ranks of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    launcher = [sys.executable, "-m", "torch.distributed.run", f"--nproc-per-node={ranks}", f"--master-port={port}"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    arguments = [*launcher, *map(str, command)]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=2400, cwd=ROOT)


def worker(ranks: int, folder: Path, job: str) -> None:
    done = torchrun(ranks, ROOT / "tests/numerics/rank_worker.py", folder, job)
    assert done.returncode == 0, done.stderr[-10_000:]


def test_two_ranks_reduce_to_what_one_computes(tmp_path):
    worker(2, tmp_path, "quantities")
    first, second = (np.load(tmp_path / f"rank{i}.npz") for i in range(2))
    weights = train(None)
    scale = np.abs(weights).max()
    for case in ((1, 5, False), (2, 7, False), (2, 6, True), (3, 5, True), (4, 3, False)):
        for name, value in quantities(*case).items():
            np.testing.assert_allclose(first[name], value, rtol=1e-11, atol=1e-13, err_msg=name)
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)
    # 60 steps in float32 and 20 iterations of L-BFGS have passed since the first difference in rounding
    np.testing.assert_allclose(first["weights"], weights, atol=1e-4 * scale)


def test_a_run_moves_to_another_number_of_ranks(tmp_path):
    worker(2, tmp_path, "start")
    assert {path.name for path in tmp_path.iterdir()} == {"stopped0", "stopped1", "run"}
    assert not list((tmp_path / "run").rglob("*.part"))
    moved, alone = train(tmp_path / "run"), train(None)
    np.testing.assert_allclose(moved, alone, atol=1e-4 * np.abs(alone).max())


@pytest.mark.slow
def test_a_run_moves_to_more_ranks(tmp_path):
    from theory.errors import Interrupted

    with pytest.raises(Interrupted):
        train(tmp_path / "run", stop_after=25)
    worker(3, tmp_path, "finish")
    alone = train(None)
    for i in range(3):
        moved = np.load(tmp_path / f"finished{i}.npy")
        np.testing.assert_allclose(moved, alone, atol=1e-4 * np.abs(alone).max())


@pytest.mark.parametrize(("count", "size"), [(7, 2), (7, 7), (100, 3), (1, 1)])
def test_shares_are_a_partition(monkeypatch, count, size):
    monkeypatch.setattr(distributed, "size", lambda: size)
    covered = []
    for rank in range(size):
        monkeypatch.setattr(distributed, "rank", lambda rank=rank: rank)
        part = distributed.share(count)
        assert part.stop > part.start
        covered += range(part.start, part.stop)
    assert covered == list(range(count))


def test_more_ranks_than_rows_are_refused(monkeypatch):
    monkeypatch.setattr(distributed, "size", lambda: 8)
    with pytest.raises(InputError, match="at most 7, the grid's rows; got 8"):
        distributed.share(7)


def test_weights_that_differ_between_ranks_are_noticed(monkeypatch):
    import torch

    def other_rank_has_one_bit_more(tensor, operation):
        if operation == distributed.dist.ReduceOp.MAX:
            tensor[0] += 1

    monkeypatch.setattr(distributed, "size", lambda: 2)
    monkeypatch.setattr(distributed.dist, "all_reduce", other_rank_has_one_bit_more)
    with pytest.raises(RuntimeError, match="1 entries differ"):
        distributed.require_agreement(torch.ones(3))


def test_the_train_command_on_two_ranks_equals_one_process(tmp_path):
    arguments = ["train", "--k", 2, "--p", 7, "--target", 0.999, "--out"]
    done = torchrun(2, "-m", "numerics", *arguments, tmp_path / "two")
    assert done.returncode == 0, done.stderr[-10_000:]
    assert done.stdout.count("gamma* = ") == 1
    alone = [sys.executable, "-m", "numerics", *map(str, [*arguments, tmp_path / "one"])]
    subprocess.run(alone, check=True, capture_output=True, timeout=1200, cwd=ROOT)
    two, one = (load_network(tmp_path / name / "network.safetensors") for name in ("two", "one"))
    np.testing.assert_allclose(two.u, one.u, atol=1e-4 * np.abs(one.u).max())
    np.testing.assert_allclose(two.w, one.w, atol=1e-4 * np.abs(one.w).max())
    assert {path.name for path in (tmp_path / "two").iterdir()} == {path.name for path in (tmp_path / "one").iterdir()}


def test_an_error_of_the_user_s_is_one_line_from_one_rank(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").touch()
    for arguments, told in ((["--p", 7, "--out", tmp_path / "run"], "holds a run"), (["--p", 1], "at least 2")):
        done = torchrun(2, "-m", "numerics", "train", "--k", 2, *arguments)
        assert done.returncode != 0
        assert done.stderr.count("fourier-margin: ") == 1
        assert told in done.stderr
        assert "InputError" not in done.stderr


def test_a_late_rank_does_not_mistake_the_first_ones_files_for_an_older_run(tmp_path, monkeypatch):
    folder = RunFolder(tmp_path / "run")
    with folder.open({}, resume=False):
        assert folder.occupied
        monkeypatch.setattr(distributed, "rank", lambda: 1)
        assert not folder.occupied
