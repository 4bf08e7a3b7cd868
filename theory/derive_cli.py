"""``fourier-margin margin`` and ``fourier-margin derive``: the value of gamma*, and why it is the value."""

import json as jsonlib
from typing import Annotated

import typer

from theory.errors import InputError

app = typer.Typer()


@app.command()
def margin(
    k: Annotated[int | None, typer.Option(help="number of inputs")] = None,
    p: Annotated[int | None, typer.Option(help="modulus, odd or even")] = None,
    group: Annotated[str | None, typer.Option(help="a group's name or table file, instead of --p")] = None,
    parity: Annotated[str | None, typer.Option(help="N,K: K-sparse parity on N bits, alone")] = None,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """The maximum normalised margin: exact expression and value."""
    if parity is not None:
        if k is not None or p is not None or group is not None:
            raise InputError("--parity N,K must stand alone, without --k, --p and --group")
        task, exact, value = _parity(parity)
    elif k is None:
        raise InputError("need --k with --p or --group, or --parity N,K alone; got no --k")
    elif (p is None) == (group is None):
        raise InputError(f"need exactly one of --p and --group; got {'neither' if p is None else 'both'}")
    elif p is not None:
        task, exact, value = _cyclic(k, p)
    else:
        task, exact, value = _group(k, str(group))
    if json:
        typer.echo(jsonlib.dumps({**task, "exact": exact, "value": value}))
    else:
        name = ", ".join(f"{key}={_plain(item)}" for key, item in task.items())
        typer.echo(f"gamma*({name}) = {exact}\n  = {value:.8e}")


def _plain(item: object) -> str:
    return ",".join(map(str, item)) if isinstance(item, list) else str(item)


def _cyclic(k: int, p: int) -> tuple[dict[str, object], str, float]:
    from theory.margin import max_margin, max_margin_float

    return {"k": k, "p": p}, str(max_margin(k, p)), max_margin_float(k, p)


def _group(k: int, name: str) -> tuple[dict[str, object], str, float]:
    from theory.groups import load_group
    from theory.groups.margin import max_margin

    group = load_group(name)
    found = max_margin(group, k)
    return {"k": k, "group": group.name}, str(found.exact), found.value


def _parity(text: str) -> tuple[dict[str, object], str, float]:
    from theory.parity import max_margin

    try:
        n, size = (int(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"--parity must be two integers N,K; got {text!r}") from None
    exact = max_margin(n, size)
    return {"parity": [n, size]}, str(exact), float(exact.evalf(50))


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
