"""``fourier-margin demo``: what ``make run`` shows."""

from pathlib import Path
from typing import Annotated

import typer

from theory.command_line import say, table
from theory.errors import InputError

app = typer.Typer()


@app.command()
def demo(
    scale: Annotated[str, typer.Option(help="full (under 3 minutes) or smoke (seconds)")] = "full",
    out: Annotated[Path | None, typer.Option(help="new folder for networks and reports")] = None,
) -> None:
    """The whole story in one table: derive to verify, with reports."""
    from rich.console import Console

    from numerics.checkpoint import make_folder
    from verify.demo import SCALES, demonstrate

    if scale not in SCALES:
        raise InputError(f"scale must be one of {', '.join(SCALES)}; got {scale!r}")
    folder = _fresh_folder() if out is None else out
    if folder.exists():
        raise InputError(f"--out must be a new folder; {str(folder)!r} exists")
    make_folder(folder)
    rows, held = [], True
    with Console(stderr=True).status("deriving ...") as status:
        for row in demonstrate(scale, folder):
            status.update(f"{row.what.strip()}: {row.found}")
            rows.append((row.what, row.kind, row.predicted, row.found, "holds" if row.holds else "FAILS"))
            held &= row.holds
    table(("what", "how known", "predicted", "found", ""), rows)
    pages = [str(page) for page in sorted(folder.glob("*/report.html"))]
    say("", f"Open {' or '.join(pages)} in a browser to see what a network found and where its margin went.")
    if not held:
        raise typer.Exit(1)


def _fresh_folder() -> Path:
    """The first of runs/demo, runs/demo-2, ... that does not exist."""
    from numerics.checkpoint import make_folder

    runs = Path("runs")
    make_folder(runs)
    number = 1
    while (folder := runs / (f"demo-{number}" if number > 1 else "demo")).exists():
        number += 1
    return folder
