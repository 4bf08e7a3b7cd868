"""``python -m numerics train ...``: this package's commands; under ``torchrun`` all processes work on one run.

    torchrun --nproc-per-node 2 -m numerics train --k 2 --p 23 --out run

``torchrun`` takes ``--m 500`` for an option of its own; ``-m -- numerics train ... --m 500`` keeps it for this command.
"""

import os
import sys

import typer

from numerics import distributed
from numerics.train_cli import app as commands
from theory.command_line import run


def main() -> int:
    """Run one command on every rank; only rank 0 speaks."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, callback=lambda: None)
    app.registered_commands += commands.registered_commands
    with distributed.joined():
        if distributed.rank():
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return run(app)


if __name__ == "__main__":
    sys.exit(main())
