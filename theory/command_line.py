"""What commands print, and how they end: with a result, or one line on stderr and the exit status of the contract.

0 all checks hold or the question was answered; 1 a check failed, was undecided, or a target was missed; 2 unusable
input, usage errors included, or a file or disk that cannot be used; 130 and 143 when interrupted; 141 when nobody reads
the output any more.

Lines break at words, tables fit, and no control character that a file smuggled in is printed.  Where standard output is
no terminal, and COLUMNS is not set, lines are as long as they are.
"""

import contextlib
import os
import shutil
import signal
import sys
import textwrap
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import pairwise
from types import FrameType
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from theory.errors import InputError, printable

NARROWEST, LEAST_TEXT, GAP = 20, 14, 2
COLOURS = {
    **dict.fromkeys(("machine-checked", "proved", "passed", "holds"), "green"),
    **dict.fromkeys(("failed", "FAILS"), "red"),
    "undecided": "yellow",
    "skipped": "bright_black",
}


def lazily(homes: dict[str, str]) -> type[TyperGroup]:
    """A group of commands, {name: module whose ``app`` holds that command}, each imported when it is needed."""

    class Commands(TyperGroup):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.commands = dict.fromkeys(homes)  # type: ignore[assignment]  # the names, for the list and suggestions

        def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | None:  # type: ignore[override]
            if cmd_name not in homes:
                return None
            alone = typer.Typer(add_completion=False, rich_markup_mode=None)
            alone.registered_commands += import_module(homes[cmd_name]).app.registered_commands
            return cast(TyperCommand, typer.main.get_command(alone))

    return Commands


def run(app: typer.Typer, arguments: list[str] | None = None) -> int:
    """Run ``app`` and return the exit status; errors of the user become one line on stderr."""
    arguments = (sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # ASCII terminals, names that are not UTF-8
    try:
        status = typer.main.get_command(app).main(arguments, prog_name="fourier-margin", standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        return _complain(" ".join(error.format_message().split()) + _given(error, arguments), 2)
    except InputError as error:
        return _complain(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", 130)
    except (BrokenPipeError, SystemExit):  # the second is what the parser makes of the first
        _discard_output()
        return 141
    except OSError as error:
        if error.filename is None:
            _discard_output()
        what = "write the output" if error.filename is None else f"use {str(error.filename)!r}"
        return _complain(f"cannot {what}: {error.strerror or error}", 2)
    return status if isinstance(status, int) else 0


def _discard_output() -> None:
    """What is still in the buffer cannot be written, and the interpreter would complain when it tries at its end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _given(error: TyperException, arguments: list[str]) -> str:
    """The value of the option at fault, which the parser's own message leaves out."""
    names = getattr(getattr(error, "param", None), "opts", ())
    for argument, following in pairwise([*arguments, ""]):
        name, _, value = argument.partition("=")
        if name in names and (value or following):
            return f"; got {value or following!r}"
    return ""


def _complain(message: str, status: int) -> int:
    with contextlib.suppress(OSError):
        print(f"fourier-margin: {printable(message)}", file=sys.stderr)
    return status


@contextlib.contextmanager
def signals() -> Iterator[list[int]]:
    """The interrupt and termination signals caught so far: the first asks a run to save, a second ends the process."""
    caught: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        for each, handler in before.items():
            signal.signal(each, handler)

    for number in before:
        signal.signal(number, note)
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
