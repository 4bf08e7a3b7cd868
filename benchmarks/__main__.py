"""``python -m benchmarks [--threads N] [--device cuda] [--float64] [--compile] [--seconds S]``: tables of ratios."""

import argparse
import platform

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.ensembles import print_ensembles
from benchmarks.exact import print_exact
from benchmarks.fusion import print_fusion
from benchmarks.measure import CASES, Row, peak_of_step, rows
from benchmarks.variance import print_variance


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--float64", action="store_true")
    parser.add_argument("--seconds", type=float, default=1.0, help="measuring time of each number")
    parser.add_argument("--case", nargs=3, type=int, action="append", metavar=("K", "P", "M"))
    parser.add_argument("--compile", action="store_true", help="also the plain step and ours under torch.compile")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)
    dtype = torch.float64 if arguments.float64 else torch.float32
    console = Console(width=140)
    name = torch.cuda.get_device_name() if device.type == "cuda" else platform.processor() or platform.machine()
    clock = "process time" if device.type == "cpu" and arguments.threads == 1 else "wall time"
    console.print(f"{name}, {arguments.threads} thread(s), {dtype}, torch {torch.__version__}; median {clock}")
    table = Table(
        "what", "k", "p", "m", "ours ms", "limit ms", "ours/limit", "gather ms", "one-hot ms", "plain/ours", "GFLOP/s"
    )
    for case in arguments.case or CASES:
        for row in rows(*case, dtype, device, arguments.seconds):
            table.add_row(*_cells(row))
    console.print(table)
    console.print("limit: the bare matrix products of the split form, once for the margin and thrice for the step;")
    console.print("plain: n^k x m activations by lookup or from one-hot rows, gradients by autograd")
    if arguments.compile:
        print_fusion(console, arguments.case or CASES, device, arguments.seconds)
    if device.type == "cpu" and not arguments.case:
        console.print(f"peak memory of steps and margin at (4, 11, 1280): {peak_of_step(4, 11, 1280, 2**30):.0f} MB")
        print_exact(console)
        print_variance(console)
    if not arguments.case:
        print_ensembles(console, dtype, device, arguments.seconds)


def _cells(row: Row) -> list[str]:
    def ms(value: float | None) -> str:
        return "-" if value is None else f"{value:.3g}"

    rate = row.operations / row.ours / 1e6
    times = [ms(row.ours), ms(row.limit), ms(row.over_limit), ms(row.gather), ms(row.one_hot), ms(row.over_plain)]
    return [row.what, str(row.k), str(row.p), str(row.m), *times, f"{rate:.0f}"]


if __name__ == "__main__":
    main()
