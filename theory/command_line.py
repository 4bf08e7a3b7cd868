"""How every command ends: its result, or one line on stderr and the exit status of the contract.

0 all checks hold or the question was answered; 1 a check failed, was undecided, or a target was missed; 2 unusable
input, usage errors included; 130 and 143 when interrupted.
"""

import sys

import typer
from typer.exceptions import TyperException

from theory.errors import InputError, printable


def run(app: typer.Typer, arguments: list[str] | None = None) -> int:
    """Run ``app`` and return the exit status; errors of the user become one line on stderr."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        status = typer.main.get_command(app).main(arguments, prog_name="fourier-margin", standalone_mode=False)
    except TyperException as error:
        return _complain(" ".join(error.format_message().split()) + _given(error, arguments), 2)
    except InputError as error:
        return _complain(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", 130)
    return status if isinstance(status, int) else 0


def _given(error: TyperException, arguments: list[str]) -> str:
    """The value of the option at fault, which the parser's own message leaves out."""
    names = getattr(getattr(error, "param", None), "opts", ())
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, _, value = argument.partition("=")
        if name in names and (value or following):
            return f"; got {value or following!r}"
    return ""


def _complain(message: str, status: int) -> int:
    print(f"fourier-margin: {printable(message)}", file=sys.stderr)
    return status
