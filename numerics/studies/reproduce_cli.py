"""``fourier-margin reproduce``: a figure or a table of a paper, its claims judged, and every number behind it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theory.command_line import say, signals
from theory.errors import InputError, Interrupted

if TYPE_CHECKING:
    from numerics.studies.study import Progress

app = typer.Typer()

SECONDS_BETWEEN_LINES = 10.0


@app.command()
def reproduce(
    name: Annotated[str, typer.Argument(help="a study, or all; see --list")] = "",
    scale: Annotated[str, typer.Option(help="smoke (seconds), cpu (minutes) or full (the paper's size)")] = "cpu",
    out: Annotated[Path, typer.Option(help="folder for runs, figures and numbers")] = Path("runs"),
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    memory: Annotated[float, typer.Option(help="GiB that a step may hold beside the parameters")] = 1.0,
    show: Annotated[bool, typer.Option("--list", help="list the studies and stop")] = False,
    table: Annotated[
        bool, typer.Option("--table", help="print the table of the stored results, of all studies or of one")
    ] = False,
    results: Annotated[
        Path | None, typer.Option(help="folder of the stored results for --table", show_default="the repository's")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="with --table, print a JSON list of objects")] = False,
) -> int:
    """Run a figure or a table of a paper and judge its claims."""
    from numerics.studies.reproduce import load_study, registry
    from numerics.studies.reproduce import reproduce as run
    from numerics.studies.study import SCALES

    if table:
        from numerics.studies.table_display import show_table

        show_table(results, json, name)
        return 0
    if json or results:
        raise InputError("--json and --results belong to --table")

    known = registry()
    if show:
        say(*(f"{each}: {entry.title}" for each, entry in known.items()))
        return 0
    if not name:
        raise InputError("need the name of a study, or all; reproduce --list names them")
    if name != "all" and name not in known:
        raise InputError(f"the study must be all or one of {', '.join(known)}; got {name!r}")
    if scale not in SCALES:
        raise InputError(f"the scale must be one of {', '.join(SCALES)}; got {scale!r}")
    if not 0 < memory < 2**20:
        raise InputError(f"the memory must be a positive number of GiB; got {memory!r}")
    from numerics.recipes import choose_device

    missed, place, budget = False, choose_device(device), int(memory * 2**30)
    with signals() as caught:
        for each in known if name == "all" else [name]:
            try:
                found = run(load_study(each), scale, out, device=place, budget=budget, progress=_until(caught))
            except Interrupted:
                say("interrupted; the same command goes on from here", err=True)
                return 128 + caught[0]
            say(*found.lines)
            missed |= found.missed
    return 1 if missed else 0


def _until(caught: list[int]) -> "Progress":
    """Lines of progress until a signal is caught."""
    show = _lines()

    def progress(label: str, done: int, planned: int) -> None:
        show(label, done, planned)
        if caught:
            raise Interrupted

    return progress


def _lines() -> "Progress":
    """A line on stderr every ten seconds: what is done, and the time left in that phase."""
    from time import monotonic

    last = began = monotonic()
    current, first = "", 0

    def show(label: str, done: int, planned: int) -> None:
        nonlocal last, began, current, first
        now = monotonic()
        if label != current:
            current, began, first = label, now, done
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            left = (now - began) * (planned - done) / (done - first) if done > first else None
            say(f"{label}: {done}/{planned}" + ("" if left is None else f", {left:.0f} s left"), err=True)

    return show
