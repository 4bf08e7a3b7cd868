"""How every command ends: its result, or one line on stderr and the exit status of the contract.

0 all checks hold or the question was answered; 1 a check failed, was undecided, or a target was missed; 2 unusable
input, usage errors included; 130 and 143 when interrupted.
"""

import sys

import click
import typer

from theory.errors import InputError


def run(app: typer.Typer, arguments: list[str] | None = None) -> int:
    """Run ``app`` and return the exit status; errors of the user become one line on stderr."""
    command = typer.main.get_command(app)
    try:
        status = command.main(args=arguments, prog_name="fourier-margin", standalone_mode=False)
    except click.ClickException as error:
        return _complain(" ".join(error.format_message().split()))
    except InputError as error:
        return _complain(str(error))
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        return 130
    except BrokenPipeError:
        # The reader of a pipe has gone (head, less): nothing is left to say, and Python must not flush again.
        sys.stderr.close()
        return 0
    return status if isinstance(status, int) else 0


def _complain(message: str) -> int:
    print(f"fourier-margin: {message}", file=sys.stderr)
    return 2
