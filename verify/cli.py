"""The console script ``fourier-margin``: mounts the commands of theory, numerics and verify."""

import sys
from typing import Annotated

import typer

from theory.command_line import lazily, run

HOMES = {
    "margin": "theory.margin_cli",
    "derive": "theory.derive_cli",
    "certificate": "theory.certificate_cli",
    "width": "theory.width_cli",
    "construct": "theory.construct_cli",
    "train": "numerics.train_cli",
    "sweep": "numerics.sweep_cli",
    "verify": "verify.verify_cli",
    "diagnose": "numerics.diagnosis.diagnose_cli",
    "statements": "verify.statements_cli",
    "reproduce": "numerics.studies.reproduce_cli",
    "demo": "verify.demo_cli",
}


def build() -> typer.Typer:
    """All commands on one application; the module of a command is imported when the command is called."""
    app = typer.Typer(
        cls=lazily(HOMES),
        add_completion=False,
        rich_markup_mode=None,
        help="Maximum-margin networks on algebraic tasks: derive, construct, certify, train, verify.",
    )

    @app.callback()
    def options(
        version: Annotated[
            bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_say_version)
        ] = False,
    ) -> None: ...

    return app


def _say_version(wanted: bool) -> None:
    if wanted:
        from fourier_margin import __version__

        typer.echo(f"fourier-margin {__version__}")
        raise typer.Exit


def main() -> None:
    """Entry point."""
    sys.exit(run(build()))
