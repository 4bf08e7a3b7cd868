"""``python -m benchmarks.to_target``: seconds to a share of gamma*, ours beside plain Adam, at the papers' own sizes.

One thread, process time, one run.  Ours includes its checks over every input; of the plain ways only steps are
counted.  They minimise the same objective (cross-entropy + lambda ||theta||^(k+1), lambda = 0.2 gamma*) from the spread
and with the rate that serve full-batch Adam best at small sizes: entries of 0.2 e, rate 0.1 e with a half-cosine over
the steps that fit the limit, where they are stopped; e is the size of an entry at the optimum.
"""

import argparse
import time

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.adam import MOST_STEPS, TARGETS, Reached, adam
from numerics.full_size.road import FullSize
from numerics.launch import train
from numerics.training import Progress
from theory.task import Task

CASES = ((2, 71, 500), (3, 23, 704), (3, 97, 1536), (4, 47, 2944), (5, 23, 5632))


def ours(k: int, p: int, m: int) -> Reached:
    """The full-size road from seed 0; seeds that it passes over are counted."""
    found, began = Reached(), time.process_time()

    def progress(now: Progress) -> None:
        if now.record and now.record.get("margin_over") == "every input":
            found.see(now.record["margin"], time.process_time() - began)

    result = train(Task.cyclic(k, p), FullSize(), m=m, target=TARGETS[-1], progress=progress)
    found.see(result.margin, time.process_time() - began)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.to_target")
    parser.add_argument("--limit", type=float, default=120.0, help="process seconds of each plain way")
    parser.add_argument("--case", nargs=3, type=int, action="append", metavar=("K", "P", "M"))
    arguments = parser.parse_args()
    limit = arguments.limit
    torch.set_num_threads(1)
    console = Console(width=140)
    console.print(f"1 thread, torch {torch.__version__}; process seconds; plain ways are stopped after {limit:g} s")
    columns = [column for target in TARGETS for column in (f"s to {target}", "plain/ours")]
    for case in arguments.case or CASES:
        table = Table("k", "p", "m", "way", *columns, "margin in the end", "after s")
        mine = ours(*case)
        for way, found in (("ours", mine), *((f"Adam, {way}", adam(*case, way, limit)) for way in MOST_STEPS)):
            cells = (cell for target in TARGETS for cell in _cells(found, mine, target, limit))
            end = (f"{found.margin:.4f}", f"{found.at:.3g}")
            late = ("-", f"a step takes {found.one_step:.0f}")
            table.add_row(*map(str, case), way, *cells, *(late if found.one_step > limit else end))
        console.print(table)


def _cells(found: Reached, mine: Reached, target: float, limit: float) -> tuple[str, str]:
    """Seconds to a target, and over ours; a bound where the plain way was stopped before."""
    reached, fast = found.seconds.get(target), mine.seconds.get(target)
    seconds = f"not within {limit:g}" if reached is None else f"{reached:.3g}"
    if found is mine or fast is None:
        return seconds, ""
    return seconds, f"> {limit / fast:.2g}" if reached is None else f"{reached / fast:.2g}"


if __name__ == "__main__":
    main()
