"""``fourier-margin sweep``: a grid of settings with many seeds each, and what the networks have selected.

    fourier-margin sweep examples/selection.toml --out runs/selection
    fourier-margin sweep examples/selection.toml --out runs/selection --ray local

The same command continues a sweep that was interrupted; finished cells are never trained again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theory.command_line import say, signals, table
from theory.errors import InputError, Interrupted

if TYPE_CHECKING:
    from pyarrow import Table as Rows

    from numerics.sweeps.cell import GroupCell
    from numerics.sweeps.plan import Plan
    from numerics.sweeps.runner import Sweeping

app = typer.Typer()

SECONDS_BETWEEN_LINES = 10.0
MOST_LINES = 60


@app.command()
def sweep(
    file: Annotated[Path, typer.Argument(help="a TOML file of settings; each is a value or a list")],
    out: Annotated[Path | None, typer.Option(help="folder of the results: new, or that of the same sweep")] = None,
    ray: Annotated[str | None, typer.Option(help="address of a Ray cluster, or local for one on this machine")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="list the cells and stop")] = False,
) -> int:
    """Train a grid of settings under many seeds into one table."""
    from numerics.sweeps.plan import read_plan

    plan = read_plan(file)
    if dry_run:
        _print_plan(plan)
        return 0
    if out is None:
        raise InputError("need --out, the folder of the results; --dry-run only lists the cells")

    from numerics.recipes import choose_device
    from numerics.sweeps.runner import run_sweep

    with signals() as caught, _display() as show:
        try:
            found = run_sweep(
                plan,
                out,
                device=choose_device(device),
                ray=ray,
                progress=show,
                notice=lambda line: say(line, err=True),
                should_stop=lambda: bool(caught),
            )
        except Interrupted:
            typer.echo("interrupted; the same command continues", err=True)
            return 128 + caught[0]
    _print_results(plan, found)
    say(f"{out / 'table.parquet'}: {found.num_rows} networks; provenance.parquet: one row per cell")
    return 0


def _varying(plan: "Plan") -> list[str]:
    """The settings in which the cells differ, without what follows from the group: its order, the usual scale."""
    rows = [asdict(cell) for cell in plan.cells]
    implied = {"order", "scale"} if all(row["scale"] == row["order"] ** -0.5 for row in rows) else {"order"}
    return [name for name in rows[0] if name not in implied and len({row[name] for row in rows}) > 1]


def _settings(cell: "GroupCell", names: list[str]) -> list[str]:
    return [f"{value:g}" if isinstance(value, float) else str(value) for value in (getattr(cell, n) for n in names)]


def _print_plan(plan: "Plan") -> None:
    first = asdict(plan.cells[0])
    varying = _varying(plan)
    fixed = [f"{name} = {value}" for name, value in first.items() if name not in (*varying, "order", "scale")]
    say(f"{len(plan.cells)} cells, {plan.networks} networks; {', '.join(fixed)}")
    columns = list(dict.fromkeys([*varying, "scale"]))
    table(("cell", *columns), [(cell.key, *_settings(cell, columns)) for cell in plan.cells[:MOST_LINES]])
    _say_rest(len(plan.cells))
    say("a network has converged when loss and weights change by less than the tolerance for so many updates: calm")


def _print_results(plan: "Plan", found: "Rows") -> None:
    from statistics import fmean

    varying = _varying(plan) or ["group"]
    shown = []
    start = 0
    for cell in plan.cells[:MOST_LINES]:
        rows = found.slice(start, cell.seeds).to_pylist()
        start += cell.seeds
        usable = [row for row in rows if row["finite"]]
        means = [
            f"{fmean(row[name] for row in usable):.3g}" if usable else "-"
            for name in ("accuracy", "spectral_count", "multiplicity")
        ]
        counts: dict[str, int] = {}
        for row in usable:
            name = "{" + ", ".join(row["key_set"]) + "}"
            counts[name] = counts.get(name, 0) + 1
        often = max(counts, key=counts.__getitem__, default="-")
        converged = sum(row["converged"] for row in rows)
        shown.append(
            [*_settings(cell, varying), str(cell.seeds), str(converged), *means, f"{often} {counts.get(often, 0)}"]
        )
    table((*varying, "seeds", "converged", "accuracy", "components", "pure neurons", "most frequent key set"), shown)
    _say_rest(len(plan.cells))


def _say_rest(cells: int) -> None:
    if cells > MOST_LINES:
        say(f"... and {cells - MOST_LINES} more")


@contextmanager
def _display() -> "Iterator[Callable[[Sweeping], None]]":
    """A progress bar on a terminal; a line every ten seconds elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("sweep", total=1.0)
        yield lambda now: bar.update(task, description=_cells(now), completed=now.done)


def _lines() -> "Callable[[Sweeping], None]":
    last = 0.0

    def show(now: "Sweeping") -> None:
        nonlocal last
        if now.seconds - last >= SECONDS_BETWEEN_LINES:
            last = now.seconds
            left = "" if now.left is None else f", {now.left:.0f} s left"
            typer.echo(f"{_cells(now)}: {now.done:.1%}{left}", err=True)

    return show


def _cells(now: "Sweeping") -> str:
    return f"{now.finished}/{now.cells} cells"
