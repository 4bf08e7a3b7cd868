"""``fourier-margin reproduce``: a figure of a paper, with its settings and with ours, and every number behind it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerics.presets import PRESETS, SCALES, load_preset
from theory.errors import InputError

if TYPE_CHECKING:
    from numerics.presets.preset import Preset
    from numerics.presets.reproduce import Trained
    from numerics.problem import Problem

app = typer.Typer()

SECONDS_BETWEEN_LINES = 10.0


@app.command()
def reproduce(
    name: Annotated[str, typer.Argument(help="a preset, or all; see --list")] = "",
    scale: Annotated[str, typer.Option(help="smoke (seconds), cpu (minutes) or full (the paper's size)")] = "cpu",
    out: Annotated[Path, typer.Option(help="folder for runs, figures and numbers")] = Path("runs"),
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    memory: Annotated[float, typer.Option(help="GiB that a step may hold beside the parameters")] = 1.0,
    show: Annotated[bool, typer.Option("--list", help="list the presets and stop")] = False,
) -> int:
    """Train and draw a figure of a paper; exit 1 when a run of ours misses its target."""
    if show:
        for preset in PRESETS.values():
            typer.echo(f"{preset.name:16} {preset.title}")
        return 0
    if not name:
        raise InputError("need the name of a preset, or all; reproduce --list names them")
    if scale not in SCALES:
        raise InputError(f"the scale must be one of {', '.join(SCALES)}; got {scale!r}")
    if not 0 < memory < 2**20:
        raise InputError(f"the memory must be a positive number of GiB; got {memory!r}")
    chosen = list(PRESETS.values()) if name == "all" else [load_preset(name)]
    # a list: every preset must run, also after one has missed its target
    missed = [_reproduce(preset, scale, out, device, int(memory * 2**30)) for preset in chosen]
    return 1 if any(missed) else 0


def _reproduce(preset: "Preset", scale: str, out: Path, device: str, budget: int) -> bool:
    """Run, draw, write, report; whether a target was missed."""
    from numerics.launch import choose_device
    from numerics.presets.figures import draw
    from numerics.presets.reproduce import numbers, run_preset
    from theory.files import atomic_path, write_json

    place = choose_device(device)
    problem, trained = run_preset(preset, scale, out, device=place, budget=budget, progress=_lines())
    accounts = {run.label: found for run in trained if run.seed == 0 and (found := _account(run, problem)) is not None}
    found = numbers(preset, scale, problem, trained, place) | {"accounts": accounts}
    figure = draw(preset, problem, trained, accounts)
    stem = f"{preset.name}-{scale}"
    write_json(out / f"{stem}.json", found)
    with atomic_path(out / f"{stem}.png") as temporary:
        figure.savefig(temporary, dpi=110, format="png")
    typer.echo(f"{preset.title} (scale {scale}): gamma* = {problem.gamma:.9g}")
    for run in trained:
        typer.echo(f"  {_line(run)}")
    for entry in found["over_seeds"]:
        low, high = entry["interval"]
        typer.echo(
            f"  {entry['label']}: mean {entry['mean']:.5f} over {entry['seeds']} seeds, 95% {low:.5f}..{high:.5f}"
        )
    typer.echo(f"  {out / stem}.png, .json")
    return any(run.missed for run in trained)


def _line(run: "Trained") -> str:
    if run.margin is None:
        return f"{run.label}, seed {run.seed}: {run.note or 'no margin was measured'}"
    last: Any = run.history[-1]
    text = f"{run.label}, seed {run.seed}: margin {run.margin:.6f} gamma*, accuracy {last['accuracy']:.4f}"
    if "test_accuracy" in last:
        text += f" (train {last['train_accuracy']:.4f}, test {last['test_accuracy']:.4f})"
    promise = "" if run.target is None else f", target {run.target:g} {'MISSED' if run.missed else 'reached'}"
    return f"{text}{promise}, {run.seconds:.1f} s{'; ' + run.note if run.note else ''}"


def _account(run: "Trained", problem: "Problem") -> dict[str, float] | None:
    """Losses of the account of the margin, with the margin; None where there is no margin, or too much to enumerate."""
    from theory.network_file import NetworkFile
    from verify.account import account
    from verify.subject import Subject
    from verify.sweep import TooManyInputs, sweep

    if not run.history:
        return None
    u, w = run.network.numpy()
    metadata = {"group": problem.group} if problem.group else {}
    subject = Subject.of(NetworkFile(u, w, u.shape[1], u.shape[2], problem.task.table, metadata))
    try:
        found = account(subject, sweep(subject))
    except TooManyInputs:
        return None
    return {name: float(value) for name, value in found.losses().items()}


def _lines() -> Any:
    """A line on stderr every ten seconds."""
    from time import monotonic

    last = monotonic()

    def show(label: str, done: int, planned: int) -> None:
        nonlocal last
        if monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = monotonic()
            typer.echo(f"{label}: {done}/{planned}", err=True)

    return show
