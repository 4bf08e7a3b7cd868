"""Running the cells of a sweep that are not finished: one after the other here, or side by side on a Ray cluster.

Only this process writes the folder.  On a cluster each cell is a task that trains without a folder of its own and sends
its rows back, so the machines need not share a disk; a cell that a kill interrupts there is trained again, and ends the
same.  Here a cell also continues within.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.ensemble.cell import Row
from numerics.outcome import provenance
from numerics.sweeps.cell import GroupCell, run_cell
from numerics.sweeps.plan import Plan
from numerics.sweeps.table import SweepFolder
from theory.errors import InputError, Interrupted

if TYPE_CHECKING:
    import pyarrow as pa

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_ANSWER = 10.0


@dataclass(frozen=True)
class Sweeping:
    """How far a sweep is.

    Attributes:
        finished: cells, those of earlier runs included.
        cells: in all.
        done: the part of this run's work that is done, 0..1.
        seconds: since this run began.
    """

    finished: int
    cells: int
    done: float
    seconds: float

    @property
    def left(self) -> float | None:
        """Seconds left at the pace so far; None before there is one."""
        return self.seconds * (1 - self.done) / self.done if self.done > 0 else None


def run_sweep(
    plan: Plan,
    folder: Path,
    *,
    device: str = "cpu",
    ray: str | None = None,
    run: Callable[..., list[Row]] = run_cell,
    progress: Callable[[Sweeping], None] = lambda now: None,
    notice: Callable[[str], None] = lambda line: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> "pa.Table":
    """Train what is not finished, then write the tables; calling it again continues, or only writes them again.

    Args:
        plan: from ``read_plan`` or ``plan_of``.
        folder: folder of the results: a new one, or that of the same plan.
        device: cpu or cuda.
        ray: address of a Ray cluster, ``local`` for one on this machine; None trains in this process.
        run: what trains one cell; see ``run_cell``.
        progress: called about once a second.
        notice: called with a line about each damaged file.
        should_stop: a true answer saves and raises ``Interrupted``.

    Returns:
        One row per seed, as in ``table.parquet``.

    Raises:
        InputError: for a folder of another sweep, one that another process works on, or no Ray.
        Interrupted: after saving.
    """
    store = SweepFolder(folder, plan)
    with store.claimed():
        waiting = store.unfinished(notice)
        watch = _Watch(len(plan.cells), waiting, progress)
        job = partial(_train, run=run, device=device)
        if ray is None:
            _here(store, waiting, job, watch, should_stop)
        elif waiting:
            _on_ray(store, waiting, job, watch, should_stop, ray, device)
        return store.finish()


class _Watch:
    """Work done and left, told to ``progress``."""

    def __init__(self, cells: int, waiting: list[GroupCell], progress: Callable[[Sweeping], None]) -> None:
        self.cells, self.finished, self.progress = cells, cells - len(waiting), progress
        self.planned, self.done = sum(cell.work for cell in waiting), 0.0
        self.began = time.monotonic()
        self.tell(0.0)

    def inside(self, cell: GroupCell, done: int, planned: int) -> None:
        """Tell how far a cell in training is."""
        self.tell(cell.work * done / planned)

    def after(self, cell: GroupCell) -> None:
        """Count a cell as finished."""
        self.finished += 1
        self.done += cell.work
        self.tell(0.0)

    def tell(self, beside: float) -> None:
        done = (self.done + beside) / self.planned if self.planned else 1.0
        self.progress(Sweeping(self.finished, self.cells, done, time.monotonic() - self.began))


def _train(cell: GroupCell, run: Callable[..., list[Row]], device: str, **how: Any) -> tuple[list[Row], dict[str, Any]]:
    """Rows of one cell and their provenance; runs here or on a machine of the cluster."""
    began = time.monotonic()
    rows = run(cell, device=device, **how)
    return rows, _origin(device) | {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "seconds": round(time.monotonic() - began, 3),
    }


@cache
def _origin(device: str) -> dict[str, Any]:
    """Versions, hardware and commit, determined once per process."""
    found = provenance(device)
    return {name: found[name] for name in ("versions", "hardware", "commit")}


def _here(
    store: SweepFolder,
    waiting: list[GroupCell],
    job: Callable[..., tuple[list[Row], dict[str, Any]]],
    watch: _Watch,
    should_stop: Callable[[], bool],
) -> None:
    """Train one cell after the other, each continued from its state in the folder."""
    for cell in waiting:
        if should_stop():
            raise Interrupted
        found = job(
            cell, folder=store.running / cell.key, progress=partial(watch.inside, cell), should_stop=should_stop
        )
        store.save(cell, *found)
        watch.after(cell)


def _on_ray(
    store: SweepFolder,
    waiting: list[GroupCell],
    job: Callable[..., tuple[list[Row], dict[str, Any]]],
    watch: _Watch,
    should_stop: Callable[[], bool],
    address: str,
    device: str,
) -> None:
    """Train every cell as a task of the cluster; rows are saved as they arrive, in any order."""
    with cluster(address) as ray:
        task = ray.remote(num_cpus=1, num_gpus=int(device == "cuda"))(lambda cell: job(cell))
        cell_of = {task.remote(cell): cell for cell in waiting}
        try:
            while cell_of:
                if should_stop():
                    raise Interrupted
                for done in ray.wait(list(cell_of), num_returns=1, timeout=SECONDS_BETWEEN_LOOKS)[0]:
                    cell = cell_of.pop(done)
                    try:
                        found = ray.get(done)
                    except ray.exceptions.RayError as error:
                        raise _refusal(cell, getattr(error, "cause", None) or error) from None
                    store.save(cell, *found)
                    watch.after(cell)
        finally:
            for left in cell_of:
                ray.cancel(left, force=True)


def _refusal(cell: GroupCell, reason: Exception) -> InputError:
    """The error of a remote task as one line: a mistake of the user as it is, anything else with its cell."""
    if isinstance(reason, InputError):
        return reason
    return InputError(f"the cluster could not train the cell {cell.key}; {type(reason).__name__}: {str(reason)[:160]}")


@contextmanager
def cluster(address: str) -> Iterator[Any]:
    """The module ray, connected to a cluster; an existing connection is used and kept.

    Raises:
        InputError: when Ray is not installed, or nobody answers at the address.
    """
    # Ray looks at these when it is imported: nothing is sent anywhere, accelerators are left as they are
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        raise InputError("--ray needs Ray, which is not installed: pip install 'fourier-margin[ray]'") from None
    if ray.is_initialized():
        yield ray
        return
    _require_answer(address)
    local = {"num_cpus": os.cpu_count(), "include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **local)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise InputError(f"a Ray cluster must answer at {address!r}; {str(error)[:160]}") from None
    try:
        yield ray
    finally:
        ray.shutdown()


def _require_answer(address: str) -> None:
    """Refuse host:port where nobody listens, for Ray would try for minutes; other addresses are left to Ray."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS_TO_ANSWER).close()
    except (OSError, OverflowError) as error:
        raise InputError(f"a Ray cluster must answer at {address!r:.100}; {error}") from None
