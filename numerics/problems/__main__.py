"""``python -m numerics.problems paper_notes/problems/o59``: run a configuration; write its rows and its table."""

from pathlib import Path
from typing import Annotated

import typer

from numerics.problems import o58, o59, o61, o62
from numerics.problems.driver import run, settings_of
from theory.errors import InputError

PROBLEMS = {"MAIS-O58": o58.PROBLEM, "MAIS-O59": o59.PROBLEM, "MAIS-O61": o61.PROBLEM, "MAIS-O62": o62.PROBLEM}


def main(
    folder: Annotated[Path, typer.Argument(help="A folder with config.json.")],
    out: Annotated[Path | None, typer.Option(help="Where rows.parquet and table.md go; the folder itself.")] = None,
    smoke: Annotated[bool, typer.Option(help="A few networks.")] = False,
    minutes: Annotated[float | None, typer.Option(help="Begin no further part after so long.")] = None,
) -> None:
    """Run what is missing, part by part."""
    try:
        name, settings = settings_of(folder, smoke)
        if name not in PROBLEMS:
            raise InputError(f"the problem must be one of {', '.join(PROBLEMS)}; got {name!r}")
        run(
            PROBLEMS[name],
            settings,
            out or folder,
            minutes,
            lambda done, planned: typer.echo(f"{done} of {planned} parts", err=True),
        )
    except InputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    typer.run(main)
