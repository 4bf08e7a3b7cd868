"""Both precisions and both devices run the same tests; every tolerance is in this table."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from theory.groups import load_group
from theory.task import Task


@dataclass(frozen=True)
class Tolerance:
    """Relative to the largest value compared: sums of up to 10^4 terms, powers up to the fifth."""

    value: float
    gradient: float


TOLERANCES = {torch.float64: Tolerance(1e-12, 1e-11), torch.float32: Tolerance(3e-5, 2e-4)}


@dataclass(frozen=True)
class Place:
    """Where and how precisely a test computes."""

    dtype: torch.dtype
    device: str

    @property
    def tolerance(self) -> Tolerance:
        return TOLERANCES[self.dtype]

    def close(self, measured: object, expected: object, kind: str = "value") -> None:
        measured, expected = (np.asarray(x, dtype=float) for x in (_numpy(measured), _numpy(expected)))
        scale = np.abs(expected).max() or 1.0
        np.testing.assert_allclose(measured, expected, rtol=0, atol=getattr(self.tolerance, kind) * scale)


def _numpy(value: object) -> object:
    return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else value


@pytest.fixture(params=[torch.float64, torch.float32], ids=["float64", "float32"])
def dtype(request):
    return request.param


@pytest.fixture(params=["cpu", "cuda"])
def place(request, dtype):
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs a GPU that torch can use; there is none")
    return Place(dtype, request.param)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def group_task(k: int, name: str, tau: np.ndarray | None = None) -> Task:
    """A task in a group; by default with arbitrary class weights, the same for no two elements."""
    group = load_group(name)
    if tau is None:
        tau = np.random.default_rng(5).random(group.order)
        tau[group.identity] = 0
    return Task(k, group.order, group.table, tau / tau.sum(), name)


TASKS = [
    Task.cyclic(1, 5),
    Task.cyclic(2, 2),
    Task.cyclic(2, 7),
    Task.cyclic(2, 6),
    Task.cyclic(3, 5),
    Task.cyclic(4, 3),
    Task.cyclic(5, 3),
    group_task(2, "S3"),
    group_task(3, "C3xC2"),
    group_task(3, "S3"),
]
TASK_NAMES = [f"{task.name}-k{task.k}" for task in TASKS]


@pytest.fixture(params=TASKS, ids=TASK_NAMES)
def task(request):
    return request.param


def small_budget(task: Task, m: int, dtype: torch.dtype) -> int:
    """Just enough for the smallest block: every other test of blocks would pass with one block only."""
    from numerics.grid import Grid
    from theory.errors import InputError

    low, high = 1, 2**40
    while high - low > 1:
        middle = (low + high) // 2
        try:
            Grid(task, m, 2, dtype=dtype, budget=middle)
            high = middle
        except InputError:
            low = middle
    return high
