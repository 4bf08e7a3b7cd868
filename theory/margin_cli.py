"""``fourier-margin margin``: the value of gamma*, exact and as a float."""

import json as jsonlib
import sys
from typing import Annotated

import typer

from theory.errors import InputError
from theory.terminal import say

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
    least, most = sys.float_info.min, sys.float_info.max
    if not least <= value <= most:
        raise InputError(f"gamma* must lie in {least:.1e}..{most:.1e}; it is {'below' if value < least else 'above'}")
    if json:
        typer.echo(jsonlib.dumps({**task, "exact": str(exact), "value": value}))
    else:
        name = ", ".join(f"{key}={_plain(item)}" for key, item in task.items())
        say(f"gamma*({name}) = {exact}", f"  = {value:.8e}")


def _plain(item: object) -> str:
    return ",".join(map(str, item)) if isinstance(item, list) else str(item)


def _cyclic(k: int, p: int) -> tuple[dict[str, object], object, float]:
    from theory.margin import max_margin, max_margin_float

    return {"k": k, "p": p}, max_margin(k, p), max_margin_float(k, p)


def _group(k: int, name: str) -> tuple[dict[str, object], object, float]:
    from theory.groups import load_group
    from theory.groups.margin import max_margin

    group = load_group(name)
    found = max_margin(group, k)
    return {"k": k, "group": group.name}, found.exact, found.value


def _parity(text: str) -> tuple[dict[str, object], object, float]:
    from theory.parity import max_margin

    try:
        n, size = (int(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"--parity must be two integers N,K; got {text!r}") from None
    exact = max_margin(n, size)
    return {"parity": [n, size]}, exact, float(exact.evalf(50))
