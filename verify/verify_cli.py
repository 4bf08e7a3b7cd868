"""``fourier-margin verify``: every check of one network: a sentence, a table, an exit status."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theory.command_line import say, table
from theory.errors import InputError

if TYPE_CHECKING:
    from theory.account import Account
    from verify.tolerance import Thresholds
    from verify.verification import Verification

app = typer.Typer()
FOR_TRAINED = ("margin", "purity", "phase_error", "regularisation", "lambda_")


@app.command()
def verify(
    context: typer.Context,
    network: Annotated[Path, typer.Argument(help="network file, folder of a run, or exact network file (JSON)")],
    trained: Annotated[bool, typer.Option("--trained", help="how close is a trained network?")] = False,
    tol: Annotated[
        float | None,
        typer.Option(help="relative error of every weight that is forgiven", show_default="1e-9, float32 files 1e-5"),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="report file to write")] = None,
    html: Annotated[Path | None, typer.Option(help="report page to write, one file, no network")] = None,
    margin: Annotated[float | None, typer.Option(help="--trained: ask for this margin over gamma*")] = None,
    purity: Annotated[
        float | None, typer.Option(help="--trained: ask for this share of one frequency in every vector")
    ] = None,
    phase_error: Annotated[
        float | None, typer.Option(help="--trained: ask for at most this median phase error, in turns")
    ] = None,
    regularisation: Annotated[
        float | None, typer.Option(help="--trained: ask for at most this relative error of norm and loss at lambda")
    ] = None,
    lambda_: Annotated[
        float | None, typer.Option("--lambda", help="--trained: regularisation", show_default="what the file says")
    ] = None,
) -> None:
    """Is this network maximum-margin, or --trained how close to it?"""
    from theory.files import require_apart
    from theory.network_file import network_in
    from verify.tolerance import Thresholds

    network = network_in(network)
    given = [name for name in ("trained", "tol", *FOR_TRAINED) if _is_given(context, name)]
    require_apart((json, html), (network, network.parent / "history.json", network.parent / "config.json"))
    for path in filter(None, (json, html)):
        if not path.parent.is_dir():
            raise InputError(f"the output folder must exist; got {str(path.parent)!r}")
    if network.suffix == ".json":
        _refuse(given, "an exact network is decided exactly, without tolerance or thresholds")
    elif not trained:
        _refuse([name for name in given if name in FOR_TRAINED], "thresholds need --trained")
    found = _verify(network, trained, tol, Thresholds(margin, purity, phase_error, regularisation), lambda_)
    _show(found)
    for path in filter(None, (json, html)):
        found.save(path)
    if not found.holds:
        raise typer.Exit(1)


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _refuse(given: list[str], why: str) -> None:
    if given:
        names = ", ".join("--" + name.strip("_").replace("_", "-") for name in given)
        raise InputError(f"{why}; got {names}")


def _verify(
    path: Path, trained: bool, tol: float | None, limits: "Thresholds", lambda_: float | None
) -> "Verification":
    """The answer, with a bar on stderr once the pass over all inputs takes longer than two seconds."""
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from verify.verification import verify_file

    columns = (TextColumn("all inputs"), BarColumn(), TextColumn("{task.percentage:.0f}%"), TimeRemainingColumn())
    bar, began = Progress(*columns, console=Console(stderr=True), transient=True), monotonic()
    task = bar.add_task("", total=None)

    def told(done: int, planned: int) -> None:
        bar.update(task, completed=done, total=planned)
        if not bar.live.is_started and monotonic() - began > 2:
            bar.start()

    try:
        return verify_file(path, trained, tol, limits, lambda_, told)
    finally:
        if bar.live.is_started:
            bar.stop()


def _show(found: "Verification") -> None:
    from verify.overview import lines

    say(f"{found.name}: {found.sentence}", *(f"It would be {hint}." for hint in found.hints), found.verdict)
    say(*filter(None, [found.report.get("reached")]))
    say(", ".join(f"{key} {value}" for key, value in found.report["network"].items()), "")
    rows = []
    for r in found.checks:
        numbers = ["" if x is None else f"{x:.5g}" for x in (r.measured, r.predicted)]
        numbers += ["" if x is None else f"{x:.2g}" for x in (r.error, r.tolerance)]
        rows.append([f"{r.label} ({r.statement})", r.status, *numbers])
    table(("check", "status", "measured", "predicted", "error", "tolerance"), rows)
    say("", *(f"{r.status}: {r.label}: {r.detail}" for r in found.checks if not r.holds))
    if found.examination is not None:
        say(*lines(found.examination.overview))
    if found.account is not None:
        _show_account(found.account)
    if found.stability is not None:
        from verify.report.stability import stability_lines

        say(*stability_lines(found.stability))


def _show_account(account: "Account") -> None:
    losses = [f"{name} {loss:.3g}" for name, loss in account.losses().items() if abs(loss) > 1e-12]
    say(f"where the margin went, in units of gamma*: {', '.join(losses) or 'nowhere'}; {account.margin:.10g} is left")
