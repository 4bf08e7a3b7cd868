"""The console script ``fourier-margin``: mounts the commands of theory, numerics and verify."""

import sys
from importlib import import_module

import typer

from theory.command_line import run

COMMANDS = (
    "theory.derive_cli",
    "theory.width_cli",
    "theory.construct_cli",
    "numerics.cli",
    "numerics.sweep_cli",
    "verify.network_cli",
    "verify.statements_cli",
    "verify.reproduce_cli",
    "verify.demo_cli",
)


def build() -> typer.Typer:
    """All commands on one application; their modules import what is heavy only when they run."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        help="Maximum-margin networks on algebraic tasks: derive, construct, certify, train, verify.",
    )
    for name in COMMANDS:
        app.registered_commands += import_module(name).app.registered_commands
    return app


def main() -> None:
    """Entry point."""
    sys.exit(run(build()))
