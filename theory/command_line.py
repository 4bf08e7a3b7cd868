"""How every command ends: its result, or one line on stderr and the exit status of the contract.

0 all checks hold or the question was answered; 1 a check failed, was undecided, or a target was missed; 2 unusable
input, usage errors included, or a file or disk that cannot be used; 130 and 143 when interrupted; 141 when nobody reads
the output any more.
"""

import contextlib
import os
import sys
from importlib import import_module
from itertools import pairwise
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from theory.errors import InputError, printable


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
