"""Ratios within one run: ours, the plain ways, and the bare matrix products that ours cannot do without."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import torch

from benchmarks import plain
from numerics.evaluation import minimum_margin
from numerics.loss import CrossEntropy, flat_parameters, penalty
from numerics.network import PowerNetwork
from theory.task import Task

CASES = ((2, 59, 464), (2, 71, 500), (3, 13, 384), (3, 23, 704), (4, 7, 768), (4, 11, 1280))
PLAIN_BYTES = 4 * 2**30  # the plain way is not attempted where its activations alone exceed this


@dataclass(frozen=True)
class Row:
    """Milliseconds of one quantity at one size; None where the plain way does not fit."""

    what: str
    k: int
    p: int
    m: int
    ours: float
    limit: float
    gather: float | None
    one_hot: float | None
    operations: float

    @property
    def over_limit(self) -> float:
        """Ours over the bare matrix products: 1 is perfect."""
        return self.ours / self.limit

    @property
    def over_plain(self) -> float | None:
        """The faster plain way over ours: above 1 we win."""
        times = [t for t in (self.gather, self.one_hot) if t is not None]
        return min(times) / self.ours if times else None


def timed(actions: list[Callable[[], object] | None], device: torch.device, seconds: float = 1.0) -> list[float | None]:
    """Median milliseconds of every action, taken in turn so that a busy machine slows all of them alike.

    On one CPU thread the clock is the process's own time, which other processes do not stretch as much.
    """
    clock = time.process_time if device.type == "cpu" and torch.get_num_threads() == 1 else time.perf_counter
    samples: list[list[float]] = [[] for _ in actions]

    def once(action: Callable[[], object]) -> float:
        start = clock()
        action()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return clock() - start

    for action in filter(None, actions):
        once(action)
    begun = time.monotonic()
    while time.monotonic() - begun < seconds * len(actions) or not samples[0]:
        for action, sample in zip(actions, samples, strict=True):
            if action is not None:
                sample.append(once(action))
    return [1e3 * median(sample) if sample else None for sample in samples]


def rows(k: int, p: int, m: int, dtype: torch.dtype, device: torch.device, seconds: float = 1.0) -> tuple[Row, Row]:
    """Exact minimum margin, and loss with gradient, of one size.

    The limit is the one matrix product of the split form, [n^r x (k-1)m] . [(k-1)m x n^(k-r+1)] with r = ceil(k/2):
    once for the margin, 2 (k-1) n^(k+1) m operations, and for the step also its two transposes, three times as many.
    """
    problem = Task.cyclic(k, p)
    task, weight = problem, 0.2 * problem.gamma
    scale = problem.entry_scale(m, problem.log_scale(weight))
    network = PowerNetwork.random(task, m, 0, scale, dtype, device)
    loss = CrossEntropy(network, task)

    def step() -> None:
        u, w = flat_parameters(network)
        _, gradients = loss(u, w)
        assert gradients is not None
        for gradient, slope in zip(gradients, penalty(u, w, network.degree)[1:], strict=True):
            gradient.add_(slope, alpha=weight)

    r, inner = (k + 1) // 2, max(k - 1, 1) * m
    left = torch.randn(p**r, inner, dtype=dtype, device=device)
    right = torch.randn(inner, p ** (k - r + 1), dtype=dtype, device=device)
    product = left @ right

    def three_products() -> None:
        _ = left @ right, product @ right.T, left.T @ product

    lookups: list[Callable[[], torch.Tensor] | None] = [None, None]
    labels = None
    if p**k * m * dtype.itemsize <= PLAIN_BYTES:
        inputs, labels = plain.all_inputs(task, device)
        hot = plain.one_hot_rows(network, inputs)
        lookups = [lambda: plain.gathered(network, inputs), lambda: plain.one_hot(network, hot)]

    def no_gradient(logits: Callable[[], torch.Tensor]) -> Callable[[], object]:
        def evaluate() -> object:
            with torch.no_grad():
                return plain.margin(logits(), labels)

        return evaluate

    margins = [logits and no_gradient(logits) for logits in lookups]
    steps = [
        None if logits is None else lambda logits=logits: plain.step(network, logits, labels, weight)
        for logits in lookups
    ]
    operations = 2.0 * inner * float(p) ** (k + 1)
    first = timed([lambda: minimum_margin(network, task), lambda: left @ right, *margins], device, seconds)
    second = timed([step, three_products, *steps], device, seconds)
    return (
        Row("exact margin", k, p, m, *first, operations=operations),
        Row("training step", k, p, m, *second, operations=3 * operations),
    )


def peak_of_step(k: int, p: int, m: int, budget: int) -> float:
    """MB that a fresh process needs for training steps above what torch itself takes (CPU, float32)."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_peak, (k, p, m, budget))


def _peak(k: int, p: int, m: int, budget: int) -> float:
    torch.set_num_threads(1)
    _ = torch.randn(64, 64) @ torch.randn(64, 64)
    problem = Task.cyclic(k, p)
    before = _status("VmRSS")
    network = PowerNetwork.random(problem, m, 0, 0.1)
    loss = CrossEntropy(network, problem, budget=budget)
    for _ in range(2):
        loss(*flat_parameters(network))
    minimum_margin(network, problem, budget=budget)
    return (_status("VmHWM") - before) / 1e6


def _status(field: str) -> float:
    """Bytes of this process as Linux counts them: now (VmRSS) or at most (VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return 1024 * float(line.split()[1])
    raise AssertionError(field)
