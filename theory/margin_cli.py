"""``fourier-margin margin``: the value of gamma*, exact and as a float."""

import json as jsonlib
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from theory.command_line import say
from theory.errors import InputError

if TYPE_CHECKING:
    from theory.task import Task

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
    from theory.solution import max_margin

    task = _task(k, p, group, parity)
    found = max_margin(task)
    value = found.value
    least, most = sys.float_info.min, sys.float_info.max
    if not least <= value <= most:
        raise InputError(f"gamma* must lie in {least:.1e}..{most:.1e}; it is {'below' if value < least else 'above'}")
    if json:
        typer.echo(jsonlib.dumps({**_named(task), "exact": str(found.exact), "value": value}))
    else:
        say(f"gamma*({task.arguments}) = {found.exact}", f"  = {value:.8e}")


def _task(k: int | None, p: int | None, group: str | None, parity: str | None) -> "Task":
    from theory.task import Task

    if parity is not None:
        if k is not None or p is not None or group is not None:
            raise InputError("--parity N,K must stand alone, without --k, --p and --group")
        try:
            bits, size = (int(part) for part in parity.split(","))
        except ValueError:
            raise InputError(f"--parity must be two integers N,K; got {parity!r}") from None
        return Task.parity(bits, size)
    if k is None:
        raise InputError("need --k with --p or --group, or --parity N,K alone; got no --k")
    if (p is None) == (group is None):
        raise InputError(f"need exactly one of --p and --group; got {'neither' if p is None else 'both'}")
    return Task.of_group(k, str(group)) if p is None else Task.cyclic(k, p)


def _named(task: "Task") -> dict[str, object]:
    if task.bits is not None:
        return {"parity": [task.bits, task.k]}
    return {"k": task.k, "p": task.n} if task.group is None else {"k": task.k, "group": task.name}
