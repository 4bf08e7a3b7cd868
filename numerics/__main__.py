"""``python -m numerics train ...``: this package's commands; under ``torchrun`` all processes work on one run.

    torchrun --nproc-per-node 2 -m numerics train --k 2 --p 23 --out run

``torchrun`` takes ``--m 500`` for an option of its own; ``-m -- numerics train ... --m 500`` keeps it for this command.
"""

import contextlib
import os
import sys

import typer

from numerics import distributed
from numerics.train_cli import app as commands
from theory.command_line import run
from theory.errors import InputError


def main() -> int:
    """Run one command on every rank; only rank 0 speaks."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, callback=lambda: None)
    app.registered_commands += commands.registered_commands
    try:
        with distributed.joined(), open(os.devnull, "w") as nowhere, contextlib.ExitStack() as silent:
            if distributed.rank():
                # An error of the user's reaches all ranks; one of the program's own still leaves its traceback.
                silent.enter_context(contextlib.redirect_stdout(nowhere))
                silent.enter_context(contextlib.redirect_stderr(nowhere))
            status = run(app)
            distributed.from_first(None)  # the launcher ends all when one has left: rank 0 speaks first
            return status
    except InputError as error:
        print(f"fourier-margin: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
