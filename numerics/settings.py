"""Which settings a run can start with; looked at before torch loads and before anything is allocated."""

import math
import os

from theory.errors import InputError, require_integer
from theory.task import Task

DATA = ("full", "half")
DEVICES = ("auto", "cpu", "cuda")
LARGEST_INPUTS = 2**40
LARGEST_STEP = 1e16  # operations of one gradient: a day at 10^11 a second
BYTES_PER_WEIGHT = 24  # drawn in float64; weight, gradient and two moments in float32


def describe_bytes(count: float) -> str:
    """A byte count for people, for example ``1.5 GiB``.

    Examples:
        >>> describe_bytes(3 * 2**30)
        '3 GiB'
    """
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if count < 1024 or unit == "TiB":
            return f"{count:.4g} {unit}"
        count /= 1024
    raise AssertionError


def require_size(task: Task, m: int) -> None:
    """Raise InputError where no machine like this one can train m neurons on all inputs; gamma* is not asked for."""
    k, n = task.k, task.n
    require_integer("m", m, 1)
    if k * math.log2(n) > math.log2(LARGEST_INPUTS):
        raise InputError(f"the number of inputs n^k must be at most 2^40 to train on all of them; got {n}^{k}")
    operations = task.step_operations(m)
    if operations > LARGEST_STEP:
        size = f"n = {n}, k = {k}, m = {m}"
        raise InputError(f"a step may take at most {LARGEST_STEP:.0e} operations; {size} needs {operations:.0e}")
    weights = m * (k + 1) * n
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if weights * BYTES_PER_WEIGHT > memory:
        need = describe_bytes(weights * BYTES_PER_WEIGHT)
        raise InputError(f"m = {m} neurons must fit the {describe_bytes(memory)} of memory; they need {need}")


def require_settings(problem: Task, m: int, seed: int, penalty: float, target: float | None, data: str) -> None:
    """Raise InputError for a value with which no run can start, before any run has.

    Examples:
        >>> require_settings(Task.cyclic(2, 5), m=32, seed=0, penalty=0.001, target=1.0, data="full")
        Traceback (most recent call last):
            ...
        theory.errors.InputError: the target must lie strictly between 0 and 1 (it is a fraction of gamma*); got 1.0
    """
    require_integer("m", m, 1)
    require_integer("seed", seed, 0, 2**63 - 1)
    problem.log_scale(penalty)
    if target is not None and not (math.isfinite(target) and 0 < target < 1):
        raise InputError(f"the target must lie strictly between 0 and 1 (it is a fraction of gamma*); got {target!r}")
    if data not in DATA:
        raise InputError(f"the data must be {' or '.join(DATA)}; got {data!r}")
    require_size(problem, m)
