"""``fourier-margin certificate``: the proof that a frequency needs many neurons."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theory.command_line import say
from theory.errors import InputError, require_integer
from theory.files import require_apart

if TYPE_CHECKING:
    from theory.core.dual_certificate import Certificate, CertifiedBound

app = typer.Typer()


@app.command()
def certificate(
    k: Annotated[int, typer.Option(help="number of inputs")],
    order: Annotated[int | None, typer.Option(help="order of the frequency; default: every free order")] = None,
    find: Annotated[bool, typer.Option("--find", help="search for one instead of reading the stored one")] = False,
    file: Annotated[Path | None, typer.Option(help="check this certificate instead of the stored one")] = None,
    out: Annotated[Path | None, typer.Option(help="write the certificate (JSON)")] = None,
) -> None:
    """Check or find the proof of a lower bound on the width."""
    from theory.certificates.store import load, save, stored
    from theory.core.dual_certificate import CertificateRejected, check

    require_integer("k", k, 1)
    require_apart([out], [file])
    if find and file is not None:
        raise InputError("need at most one of --find and --file")
    if (k, order, find, file) == (6, None, False, None):
        return _dense(out)
    if find:
        found = _search(k, order)
    elif file is not None:
        found = load(file)
        if (found.k, found.order) != (k, order):
            raise InputError(f"{str(file)!r} must be for k={k}, order={order}; it is for {found.k}, {found.order}")
    else:
        maybe = stored(k, order)
        if maybe is None:
            raise InputError(f"no certificate is stored for k={k}{f', order {order}' if order else ''}; use --find")
        found = maybe
    try:
        bound = check(found)
    except CertificateRejected as error:
        say(f"rejected: {error}")
        raise typer.Exit(1) from None
    _show(bound, len(found.squares))
    if out is not None:
        save(out, found)
        say(f"{out}: written")


def _dense(out: Path | None) -> None:
    """The large certificate for k = 6, which has a format of its own."""
    from theory.certificates.dense import check_dense, stored_dense
    from theory.core.dual_certificate import CertificateRejected

    if out is not None:
        raise InputError("the certificate for k = 6 comes with the package, 2.5 MB compressed; --out must be left out")
    found = stored_dense(6)
    try:
        _show(check_dense(found), len(found.vectors))
    except CertificateRejected as error:
        say(f"rejected: {error}")
        raise typer.Exit(1) from None


def _show(bound: "CertifiedBound", vectors: int) -> None:
    k, order = bound.k, bound.order
    where = f"order {order}" if order else f"odd order above {k} or even order above {2 * k}"
    say(f"k={k}, every frequency of {where}: {vectors} vectors, checked in exact integers")
    say(f"bound {bound.bound} = {float(bound.bound):.6g}: at least {bound.neurons_per_frequency} neurons")
    minimal = (k + 1) * 2 ** (k - 1)
    relation = "equals" if bound.tight else "is below"
    verdict = "the minimal construction is optimal there" if bound.tight else "the least number is open"
    say(f"{bound.neurons_per_frequency} {relation} (k+1) 2^(k-1) = {minimal}: {verdict}")


def _search(k: int, order: int | None) -> "Certificate":
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from theory.certificates.search import find

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("semidefinite programme")

        def show(value: float, gap: float) -> None:
            progress.update(task, description=f"at most {value:.4f}, gap {gap:.4f}")

        return find(k, order, progress=show)
