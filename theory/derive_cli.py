"""``fourier-margin derive``: why gamma* has its value, step by step."""

from typing import Annotated

import typer

from theory.command_line import say

app = typer.Typer()


@app.command()
def derive(
    k: Annotated[int, typer.Option(help="number of inputs, 1 to 8")],
    p: Annotated[int | None, typer.Option(help="modulus of the exact checks")] = None,
    latex: Annotated[bool, typer.Option("--latex", help="print the formulas as LaTeX, for a page")] = False,
) -> None:
    """The derivation of gamma*, step by step, each checked twice."""
    from theory.derivation import derive as chain

    failed = 0
    for number, step in enumerate(chain(k, p), 1):
        if latex:
            typer.echo(f"% {number}. {step.name} ({step.source})\n\\[ {step.latex} \\]")
        else:
            say(f"{number}. {step.name}  {step.claim}  ({step.source})", f"   {step.text}")
        for result in (step.verify(), step.twin()):
            failed += not result.ok
            verdict = "holds" if result.ok else "FAILS"
            line = f"{result.how}: {result.detail}: {_measured(result.measured, result.predicted, result.error)}"
            if latex:
                typer.echo(f"% {verdict}, {line}")
            else:
                say(f"   {verdict}  {line}", paint=verdict)
    if failed:
        raise typer.Exit(1)


def _measured(measured: float, predicted: float, error: float) -> str:
    if isinstance(measured, int):
        return f"{measured} of {predicted}"
    return f"{measured:.9g} against {predicted:.9g}, error {error:.1e}"
