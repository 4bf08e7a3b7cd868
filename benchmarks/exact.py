"""The exact side against enumeration, and what checking a large file costs."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from theory.construction import construct
from theory.core.optimality import decide
from theory.floats import weights
from theory.network_file import NetworkFile, load_network, save_network
from theory.task import Task, normalised_margin
from verify.network_checks import check_network

CASES = ((2, 59), (3, 23), (4, 11), (5, 7), (6, 1009))
ENUMERABLE = 10**9  # floating-point values that the enumeration may visit
LARGE = 2, 1181  # 3540 neurons: 100 MB in float64


def seconds(action: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def print_exact(console: Console) -> None:
    """Construct and decide exactly, beside the float64 margin of every input; then load and verify 100 MB."""
    table = Table("k", "p", "neurons", "construct s", "decide exactly s", "enumerate in float64 s", "enumerate/decide")
    for k, p in CASES:
        started = time.perf_counter()
        network = construct(k, p)
        built = time.perf_counter() - started
        decided = seconds(lambda network=network: _require(decide(network).optimal))
        row = [str(k), str(p), str(network.width), f"{built:.2g}", f"{decided:.2g}"]
        if p**k * network.width <= ENUMERABLE:
            u, w = weights(network)
            enumerated = seconds(lambda u=u, w=w, k=k, p=p: normalised_margin(Task.cyclic(k, p), u, w))
            table.add_row(*row, f"{enumerated:.2g}", f"{enumerated / decided:.2g}")
        else:
            table.add_row(*row, f"- ({p}^{k} inputs)", "-")
    console.print(table)
    _large(console)


def _require(holds: bool) -> None:
    assert holds


def _large(console: Console) -> None:
    k, p = LARGE
    u, w = weights(construct(k, p))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.safetensors"
        save_network(path, NetworkFile(u, w, k, p))
        size = path.stat().st_size / 1e6
        loaded = seconds(lambda: load_network(path))
        checked = seconds(
            lambda: _require(
                all(result.holds or result.status == "skipped" for result in check_network(load_network(path)))
            )
        )
    console.print(
        f"network file of {size:.0f} MB, (k, p) = ({k}, {p}), {u.shape[0]} neurons: load with every check of the file "
        f"{loaded:.2g} s; load and verify, margin of all {p}^{k} inputs with its error bound included, {checked:.3g} s"
    )
