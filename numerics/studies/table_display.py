"""What ``reproduce --table`` prints: a table for every study, what the paper's size costs, and why claims failed."""

import json as jsonlib
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import typer

from numerics.studies.table import Row, rows
from theory.command_line import say, table
from theory.errors import InputError
from theory.vocabulary import GRADES

HEADINGS = ("claim", "verdict", "theirs", "ours", "interval", "scale")


def show_table(folder: Path | None, json: bool, study: str = "") -> None:
    """Print all stored claims, as JSON or for people.

    Args:
        folder: place of the results; None for the one in the repository.
        json: print a JSON list of objects with every field.
        study: only this one; all by default.

    Raises:
        InputError: for a study without stored results.
    """
    found = [row for row in rows(folder) if study in ("", row.study)]
    if not found:
        raise InputError(f"the study must have stored results; got {study!r}")
    if json:
        typer.echo(jsonlib.dumps([row.listed() for row in found], indent=1))
        return
    for study, group in groupby(found, key=lambda row: row.study):
        _show_study(study, list(group))
    smaller = sum(not row.paper_size for row in found)
    say(f"{len(found)} claims: {counted(found)}; {smaller} of them at less than the paper's size or length")


def counted(found: Iterable[Row]) -> str:
    """How many of each verdict, in words."""
    counts = Counter(row.verdict for row in found)
    return ", ".join(f"{counts[grade]} {grade}" for grade in GRADES if counts[grade])


def _show_study(study: str, found: list[Row]) -> None:
    first = found[0]
    say(f"{first.paper} {first.figure} ({study}): {counted(found)}".replace("  ", " "))
    table(HEADINGS, [row.cells() for row in found])
    for row in found:
        if row.tried or row.reason:
            say(f"  {row.verdict}: {row.key}. Tried: {row.tried}. Likeliest reason: {row.reason}.")
    costs = dict.fromkeys((row.core_hours, row.cost) for row in found if row.core_hours is not None)
    for hours, cost in costs:
        say(f"  the paper's size: {hours:.3g} core-hours ({cost}): fourier-margin reproduce {study} --scale full")
    say("")
