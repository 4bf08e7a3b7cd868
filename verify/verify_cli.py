"""``fourier-margin verify``: every check of one network, one table, an exit status that follows from it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from verify.result import CheckResult

app = typer.Typer()
COLOURS = {"proved": "green", "passed": "green", "failed": "red", "undecided": "yellow", "skipped": "dim"}


@app.command()
def verify(
    network: Annotated[Path, typer.Argument(help="network file (safetensors), or exact network file (JSON)")],
    trained: Annotated[bool, typer.Option("--trained", help="compare a trained network with the thresholds")] = False,
    tol: Annotated[
        float | None,
        typer.Option(help="relative error of weights that is forgiven [default: 1e-9, float32 files 1e-5]"),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="report file to write")] = None,
    html: Annotated[Path | None, typer.Option(help="report page to write, one file, no network")] = None,
    margin: Annotated[float, typer.Option(help="--trained: least margin over gamma*")] = 0.99,
    purity: Annotated[float, typer.Option(help="--trained: least share of one frequency in a live vector")] = 0.99,
    phase_error: Annotated[float, typer.Option(help="--trained: largest median phase error, in turns")] = 1e-3,
    regularisation: Annotated[
        float, typer.Option(help="--trained: largest relative error of norm and loss at lambda")
    ] = 0.02,
    lambda_: Annotated[
        float | None, typer.Option("--lambda", help="--trained: regularisation [default: what the file says]")
    ] = None,
) -> None:
    """Is this network maximum-margin?  With --trained: is it close to it?"""
    from theory.errors import InputError
    from theory.files import write_json
    from verify.report.document import report_document

    for path in filter(None, (json, html)):
        if not path.parent.is_dir():
            raise InputError(f"the output folder must exist; got {str(path.parent)!r}")
    if network.suffix == ".json":
        results, content = _exact(network), report_document(network.name)
        html_extra: Any = None
    else:
        from theory.network_file import load_network
        from verify.checks.trained import Thresholds
        from verify.network_checks import Examination, examine
        from verify.subject import Subject

        html_extra = Examination(Subject.of(load_network(network)))
        limits = Thresholds(margin, purity, phase_error, regularisation)
        results = examine(html_extra, trained, tol, limits, lambda_)
        content = report_document(network.name, html_extra, trained, network.parent)
    content["checks"] = [result.to_json() for result in results]
    _print_table(network.name, content["network"], results)
    if json is not None:
        write_json(json, content)
    if html is not None:
        from verify.report.page import write_page

        write_page(html, content, html_extra)
    if any(result.status in ("failed", "undecided") for result in results):
        raise typer.Exit(1)


def _exact(path: Path) -> "list[CheckResult]":
    from theory.exact_file import load_exact
    from verify.checks.exact import exact_checks

    return exact_checks(load_exact(path))


def _print_table(name: str, network: dict[str, Any], results: "Sequence[CheckResult]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    caption = ", ".join(f"{key} {value}" for key, value in network.items())
    table = Table(title=escape(name), caption=escape(caption), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("check")
    table.add_column("status")
    for heading in ("measured", "predicted", "error", "tolerance"):
        table.add_column(heading, justify="right", no_wrap=True)
    for r in results:
        numbers = ["" if x is None else f"{x:.5g}" for x in (r.measured, r.predicted)]
        numbers += ["" if x is None else f"{x:.2g}" for x in (r.error, r.tolerance)]
        status = f"[{COLOURS[r.status]}]{r.status}[/]"
        table.add_row(f"{escape(r.label)}\n[dim]{escape(r.statement)}[/]", status, *numbers)
    console = Console(highlight=False)
    console.print(table)
    for r in results:
        if not r.holds:
            console.print(escape(f"{r.status}: {r.label}: {r.detail}"), soft_wrap=True)
    bad = sum(r.status in ("failed", "undecided") for r in results)
    console.print(f"{bad} of {len(results)} checks do not hold" if bad else f"all {len(results)} checks hold")
