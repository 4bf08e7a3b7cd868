"""``fourier-margin construct``: exact weights of a maximum-margin network, as floats and as an exact file."""

from pathlib import Path
from typing import Annotated

import typer

from theory.command_line import say
from theory.errors import InputError
from theory.files import require_apart

app = typer.Typer()


@app.command()
def construct(
    k: Annotated[int, typer.Option(help="number of inputs")],
    p: Annotated[int | None, typer.Option(help="modulus")] = None,
    group: Annotated[str | None, typer.Option(help="a group's name or table file, instead of --p")] = None,
    method: Annotated[
        str, typer.Option(help="minimal, narrow or li24 (Z_p); minimal, attaining or morwani23 (groups)")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="network file to write (safetensors)")] = None,
    exact: Annotated[Path | None, typer.Option(help="exact network file to write (JSON)")] = None,
) -> None:
    """Build the exact maximum-margin network and write it."""
    if (p is None) == (group is None):
        raise InputError("need exactly one of --p and --group")
    if out is None and exact is None:
        raise InputError("need --out FILE or --exact FILE; got neither")
    require_apart((out, exact), (Path(group or ""),))
    if group is not None and (exact is not None or out is None):
        raise InputError("--group needs --out FILE; the exact file format holds networks on Z_p only")
    from theory.core.exact_network import ExactNetwork
    from theory.exact_file import save_exact
    from theory.network_file import NetworkFile, save_network
    from theory.solution import construct as solve
    from theory.task import MOST_WORK, Task

    task = Task.cyclic(k, p) if p is not None else Task.of_group(k, str(group))
    network = solve(task, method or "minimal")
    name = f"p={p}" if group is None else task.name
    if exact is not None and isinstance(network.exact, ExactNetwork):
        save_exact(exact, network.exact)
        say(f"{exact}: {network.width} exact neurons, k={k}, {name}, {network.method}")
    if out is not None:
        metadata = {"method": network.method} | ({} if group is None else {"group": task.name})
        save_network(out, NetworkFile(*network.weights, k, task.n, task.table, metadata))
        how = f", {network.method}" if group is None else ""
        gamma = f"gamma*({k}, {p})" if group is None else f"gamma*({name}, {k})"
        say(f"{out}: {network.width} neurons, k={k}, {name}{how}, norm 1, margin {gamma}")
        # On Z_p with k >= 2 the waves settle the margin, whatever p^k is (verify.structure_bound).
        if (group is not None or k == 1) and task.work(network.width) > MOST_WORK:
            say(f"its {task.n}^{k} inputs are more than verify can pass over: it will leave the margin undecided")
