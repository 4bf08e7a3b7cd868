"""``fourier-margin diagnose``: what any network on the task does, in a sentence and some tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theory.command_line import say, table
from theory.errors import InputError, require_integer

if TYPE_CHECKING:
    from numerics.diagnosis.diagnosis import Diagnosis

app = typer.Typer()


@app.command()
def diagnose(
    file: Annotated[Path, typer.Argument(help="safetensors, a .pt of tensors (a state_dict), or .npy logits")],
    k: Annotated[int | None, typer.Option(help="number of inputs", show_default="2, or the file's")] = None,
    p: Annotated[int | None, typer.Option(help="modulus")] = None,
    group: Annotated[str | None, typer.Option(help="a group's name or table file, instead of --p")] = None,
    module: Annotated[
        str | None,
        typer.Option(
            help="package.module:name of the module, or of what makes it, that takes the file; runs that code"
        ),
    ] = None,
    activation: Annotated[
        str | None, typer.Option(help="of a state_dict, which does not hold it: relu, gelu, ...")
    ] = None,
    inputs: Annotated[int, typer.Option(help="inputs looked at; a random sample where there are more")] = 100_000,
    json: Annotated[Path | None, typer.Option(help="file for everything that was found")] = None,
    picture: Annotated[Path | None, typer.Option(help="figure to write (.png, .svg, .pdf)")] = None,
) -> None:
    """What a network does: sums, frequencies, purity, lost margin."""
    require_integer("inputs", inputs, 1)
    if p is not None and group is not None:
        raise InputError("need exactly one of --p and --group; got both")
    from theory.files import require_apart, write_json
    from theory.network_file import network_in
    from theory.task import Task

    file = network_in(file)
    require_apart((json, picture), (file,))
    _require_folders(json, picture)

    from numerics.diagnosis.diagnose import diagnose_file
    from numerics.diagnosis.files import task_of

    if p is None and group is None:
        task = task_of(file)
        if k not in (None, task.k):
            raise InputError(f"--k must be the file's, {task.k}; got {k}")
    else:
        count = 2 if k is None else k
        task = Task.cyclic(count, p) if p is not None else Task.of_group(count, str(group))
    from rich.console import Console

    with Console(stderr=True).status("looking"):
        found = diagnose_file(file, task, module, inputs, activation)
    _show(file.name, found)
    if json is not None:
        write_json(json, found.to_json())
    if picture is not None:
        from theory.files import atomic_path

        with atomic_path(picture) as temporary:
            found.plot(temporary, picture.suffix.lstrip(".") or "png")


def _require_folders(*paths: Path | None) -> None:
    for path in filter(None, paths):
        if not path.parent.is_dir():
            raise InputError(f"the output folder must exist; got {str(path.parent)!r}")


def _show(name: str, found: "Diagnosis") -> None:
    say(f"{name}: {found}", f"{found.kind}, " + "; ".join(found.notes), "")
    passed, wanted = found.logits, found.wanted
    share = dict(zip(wanted.names, wanted.shares, strict=True))
    masses = found.purity.masses if found.purity else {}
    without = found.inside.ablations[0].without if found.inside and found.inside.ablations else {}
    rows = [
        [each, f"{share[each]:.3g}", f"{masses.get(each, 0.0):.3g}" if masses else "", _number(without.get(each))]
        for each in wanted.used[:12]
    ]
    if rows:
        table((wanted.kind, "share of logits", "mass of neurons", "accuracy without"), rows)
    lines = [f"least margin {passed.margin:.4g}" + ("" if passed.every else ", of the sample: an upper bound")]
    if found.sums:
        lines.append("the logits compare c with " + ", ".join(f"{x.text} ({x.share:.3g})" for x in found.sums))
    if found.purity is not None:
        each = found.purity
        lines.append(
            f"purity of {each.live} live neurons of {each.neurons} ({each.vectors}): worst {each.worst:.3g}, median "
            f"{each.median:.3g}, mean {each.mean:.3g}, by mass {each.by_mass:.3g}; {each.pure:.3g} of the mass over .95"
        )
    if found.shape is not None:
        first, _, third, fifth = found.shape.harmonics
        lines.append(
            f"input waves: harmonics 1, 3, 5 hold {first:.3g}, {third:.3g}, {fifth:.3g} (square waves .811, .090, .032)"
        )
    if found.account is not None:
        losses = ", ".join(f"{key} {value:.3g}" for key, value in found.account.losses().items() if abs(value) > 1e-9)
        lines.append(f"lost, in units of gamma*: {losses or 'nothing'}")
    elif found.theorem.reason:
        lines.append(found.theorem.reason)
    if found.theorem.angles is not None:
        lines.append(str(found.theorem.angles))
    say("", *lines, *_inside(found))


def _inside(found: "Diagnosis") -> list[str]:
    if found.inside is None:
        return []
    inside, lines = found.inside, []
    for report in inside.tables:
        circles = ", ".join(f"{c.frequency} ({c.axis_ratio:.2g} round)" for c in report.circles[:8])
        lines.append(
            f"{report.name}, {report.dimension} columns: rank {report.rank} holds 99%"
            + ("" if report.needed is None else f", {report.needed} keeps the accuracy")
            + f"; {report.held:.3g} of its power at the components in use"
            + (f"; circles {circles}" if circles else "")
        )
    for each in inside.ablations[1:]:
        lines.append(
            f"{each.place} without the components in use: accuracy {each.without_all:.3g}; with them alone "
            f"{each.all_alone:.3g}"
        )
    if inside.activity is not None and inside.activity.active:
        got = inside.activity
        lines.append(
            f"{got.explained:.3g} of {got.active} active neurons have 85% of their variance at one frequency; median "
            f"{got.median:.3g}"
        )
    for h, head in enumerate(inside.heads or ()):
        asked = (
            ""
            if head.equals is None
            else f"; asked by the equals sign: frequency {head.equals}, {head.equals_share:.3g}"
        )
        lines.append(f"head {h}: plane wave {head.frequency} holds {head.share:.3g} of its scores{asked}")
    if inside.clock is not None and inside.clock.distance_irrelevance is not None:
        symmetry = inside.clock.gradient_symmetricity
        lines.append(
            f"distance irrelevance {inside.clock.distance_irrelevance:.3g}"
            + ("" if symmetry is None else f", gradient symmetricity {symmetry:.3g}")
            + " (Zhong et al.: clock .85, .33; pizza .17, .99)"
        )
    return lines


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
