"""``fourier-margin demo``: what ``make run`` shows."""

from pathlib import Path
from typing import Annotated

import typer

from theory.errors import InputError

app = typer.Typer()


@app.command()
def demo(
    scale: Annotated[str, typer.Option(help="full (under 3 minutes) or smoke (seconds)")] = "full",
    out: Annotated[Path | None, typer.Option(help="new folder for networks and reports")] = None,
) -> None:
    """Derive, construct, certify, train and verify, in one table; a report for every trained network."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from verify.demo import SCALES, demonstrate

    if scale not in SCALES:
        raise InputError(f"scale must be one of {', '.join(SCALES)}; got {scale!r}")
    folder = _fresh_folder() if out is None else out
    if folder.exists():
        raise InputError(f"--out must be a new folder; {str(folder)!r} exists")
    if not folder.parent.is_dir():
        raise InputError(f"the parent folder must exist; got {str(folder.parent)!r}")
    folder.mkdir()
    console = Console()
    table = Table("what", "how", "predicted", "found", "", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    held = True
    with console.status("deriving ...") as status:
        for row in demonstrate(scale, folder):
            status.update(f"{row.what.strip()}: {row.found}")
            table.add_row(
                row.what, row.kind, row.predicted, row.found, "[green]holds[/]" if row.holds else "[red]FAILS[/]"
            )
            held &= row.holds
    console.print(table)
    for page in sorted(folder.glob("*/report.html")):
        console.print(f"report: {page}", soft_wrap=True)
    if not held:
        raise typer.Exit(1)


def _fresh_folder() -> Path:
    """runs/demo, runs/demo-2, ...: no earlier run is touched."""
    runs = Path("runs")
    runs.mkdir(exist_ok=True)
    number = 1
    while (folder := runs / (f"demo-{number}" if number > 1 else "demo")).exists():
        number += 1
    return folder
