"""What commands print: lines that break at words, tables that fit, and no control character that a file smuggled in.

Where standard output is no terminal, and COLUMNS is not set, lines are as long as they are.
"""

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence

import typer

from theory.errors import printable

NARROWEST, LEAST_TEXT, GAP = 20, 14, 2
COLOURS = {
    **dict.fromkeys(("machine-checked", "proved", "passed", "holds"), "green"),
    **dict.fromkeys(("failed", "FAILS"), "red"),
    "undecided": "yellow",
    "skipped": "bright_black",
}


def columns() -> int:
    """Characters that fit on a line."""
    if "COLUMNS" in os.environ or sys.stdout.isatty():
        return max(NARROWEST, shutil.get_terminal_size().columns)
    return sys.maxsize


def say(*lines: str, paint: str = "", err: bool = False) -> None:
    """Print lines, broken at words, later parts indented by two more; the first ``paint`` in its colour."""
    for line in lines:
        for part in _broken(printable(line), columns()):
            typer.echo(part.replace(paint, _painted(paint), 1) if paint else part, err=err)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; its first column breaks at words when there is too little room, and without any each row a list.

    A column of numbers is aligned to the right.  A cell that is a status has its colour.
    """
    cells = [[printable(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    room = columns() - sum(widths[1:]) - GAP * len(widths[1:])
    if room < min(widths[0], LEAST_TEXT):
        for first, *others in cells[1:]:
            say(first)
            say("  " + ", ".join(f"{h} {cell}".strip() for h, cell in zip(cells[0][1:], others, strict=True) if cell))
        return
    widths[0] = min(widths[0], room)
    right = [all(cell[:1] in "+-0123456789" for cell in column) for column in zip(*cells[1:], strict=True)]
    for first, *others in cells:
        text = [*_broken(first, widths[0])]
        aligned = [_aligned(*each) for each in zip(others, widths[1:], right[1:] or [False] * len(others), strict=True)]
        typer.echo((" " * GAP).join([text[0].ljust(widths[0]), *aligned]).rstrip())
        for part in text[1:]:
            typer.echo(part)


def _broken(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.strip(),
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _aligned(cell: str, width: int, right: bool) -> str:
    padding = " " * (width - len(cell))
    return padding + cell if right else _painted(cell) + padding


def _painted(word: str) -> str:
    plain = word not in COLOURS or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return word if plain else typer.style(word, fg=COLOURS[word])
