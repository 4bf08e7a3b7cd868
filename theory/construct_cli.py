"""``fourier-margin construct``: exact weights of a maximum-margin network, as floats and as an exact file."""

from pathlib import Path
from typing import Annotated

import typer

from theory.errors import InputError
from theory.files import require_apart
from theory.terminal import say

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
    if group is not None:
        _construct_group(k, group, method, out, exact)
    else:
        _construct_cyclic(k, p or 0, method or "minimal", out, exact)


def _construct_cyclic(k: int, p: int, method: str, out: Path | None, exact: Path | None) -> None:
    from theory.construction import construct as build
    from theory.exact_file import save_exact
    from theory.floats import weights
    from theory.narrow_designs import narrow
    from theory.network_file import NetworkFile, save_network

    network = narrow(k, p) if method == "narrow" else build(k, p, method)
    if exact is not None:
        save_exact(exact, network)
        say(f"{exact}: {network.width} exact neurons, k={k}, p={p}, {method}")
    if out is not None:
        u, w = weights(network)
        save_network(out, NetworkFile(u, w, k, p, metadata={"method": method}))
        say(f"{out}: {network.width} neurons, k={k}, p={p}, {method}, norm 1, margin gamma*({k}, {p})")


def _construct_group(k: int, name: str, method: str, out: Path | None, exact: Path | None) -> None:
    from theory.groups import load_group
    from theory.groups.construction import construct as build
    from theory.network_file import NetworkFile, save_network

    if exact is not None or out is None:
        raise InputError("--group needs --out FILE; the exact file format holds networks on Z_p only")
    group = load_group(name)
    network = build(group, k, method or "minimal")
    metadata = {"method": network.method, "group": group.name}
    save_network(out, NetworkFile(network.u, network.w, k, group.order, group.table, metadata))
    say(f"{out}: {len(network.w)} neurons, k={k}, {group.name}, norm 1, margin gamma*({group.name}, {k})")
