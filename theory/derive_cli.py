"""``fourier-margin derive``: why gamma* has its value, step by step."""

from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def derive(
    k: Annotated[int, typer.Option(help="number of inputs, 1 to 8")],
    p: Annotated[int | None, typer.Option(help="modulus of the exact checks")] = None,
    latex: Annotated[bool, typer.Option("--latex", help="print the formulas as LaTeX, for a page")] = False,
) -> None:
    """The derivation of gamma*, step by step, each step proved and measured."""
    from rich.console import Console
    from rich.markup import escape

    from theory.derivation import derive as chain

    console = Console(highlight=False, soft_wrap=True)
    failed = 0
    for number, step in enumerate(chain(k, p), 1):
        if latex:
            typer.echo(f"% {number}. {step.name} ({step.source})\n\\[ {step.latex} \\]")
        else:
            console.print(f"[bold]{number}. {step.name}[/]  {escape(step.claim)}  [dim]({escape(step.source)})[/]")
            console.print(f"   {escape(step.text)}")
        for result in (step.verify(), step.twin()):
            failed += not result.ok
            verdict = "[green]holds[/]" if result.ok else "[red]FAILS[/]"
            line = f"{result.how}: {result.detail}: {_measured(result.measured, result.predicted, result.error)}"
            if latex:
                typer.echo(f"% {'holds' if result.ok else 'FAILS'}, {line}")
            else:
                console.print(f"   {verdict}  [dim]{escape(line)}[/]")
    if failed:
        raise typer.Exit(1)


def _measured(measured: float, predicted: float, error: float) -> str:
    if isinstance(measured, int):
        return f"{measured} of {predicted}"
    return f"{measured:.9g} against {predicted:.9g}, error {error:.1e}"
