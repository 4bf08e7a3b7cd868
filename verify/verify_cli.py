"""``fourier-margin verify``: every check of one network, one table, an exit status that follows from it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theory.errors import InputError
from theory.terminal import say, table

if TYPE_CHECKING:
    from verify.result import CheckResult

app = typer.Typer()


@app.command()
def verify(
    network: Annotated[Path, typer.Argument(help="network file, folder of a run, or exact network file (JSON)")],
    trained: Annotated[bool, typer.Option("--trained", help="compare a trained network with the thresholds")] = False,
    tol: Annotated[
        float | None,
        typer.Option(help="relative error of weights that is forgiven", show_default="1e-9, float32 files 1e-5"),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="report file to write")] = None,
    html: Annotated[Path | None, typer.Option(help="report page to write, one file, no network")] = None,
    margin: Annotated[float, typer.Option(help="--trained: least margin over gamma*")] = 0.99,
    purity: Annotated[float, typer.Option(help="--trained: least share of one frequency in a vector")] = 0.99,
    phase_error: Annotated[float, typer.Option(help="--trained: largest median phase error, in turns")] = 1e-3,
    regularisation: Annotated[
        float, typer.Option(help="--trained: largest relative error of norm and loss at lambda")
    ] = 0.02,
    lambda_: Annotated[
        float | None, typer.Option("--lambda", help="--trained: regularisation", show_default="what the file says")
    ] = None,
) -> None:
    """Is this network maximum-margin, or --trained close to it?"""
    from theory.files import require_apart, write_json
    from verify.report.document import report_document

    if network.is_dir():
        network = network / "network.safetensors"
    require_apart((json, html), (network, network.parent / "history.json", network.parent / "config.json"))
    for path in filter(None, (json, html)):
        if not path.parent.is_dir():
            raise InputError(f"the output folder must exist; got {str(path.parent)!r}")
    if network.suffix == ".json":
        if trained or tol is not None:
            raise InputError("an exact network is decided exactly: --trained and --tol are for network files")
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
    say(f"{name}: {', '.join(f'{key} {value}' for key, value in network.items())}", "")
    rows = []
    for r in results:
        numbers = ["" if x is None else f"{x:.5g}" for x in (r.measured, r.predicted)]
        numbers += ["" if x is None else f"{x:.2g}" for x in (r.error, r.tolerance)]
        rows.append([f"{r.label} ({r.statement})", r.status, *numbers])
    table(("check", "status", "measured", "predicted", "error", "tolerance"), rows)
    say("", *(f"{r.status}: {r.label}: {r.detail}" for r in results if not r.holds))
    bad = sum(r.status in ("failed", "undecided") for r in results)
    say(f"{bad} of {len(results)} checks do not hold" if bad else f"all {len(results)} checks hold")
