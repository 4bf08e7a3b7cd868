"""``fourier-margin reproduce``: a figure of a paper, with its settings and with ours, and every number behind it."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theory.errors import InputError
from theory.terminal import say

if TYPE_CHECKING:
    from numerics.outcome import Outcome, Progress
    from numerics.presets.preset import Preset
    from numerics.presets.reproduce import Trained
    from numerics.problem import Problem

app = typer.Typer()

SECONDS_BETWEEN_LINES = 10.0
MOST_WORK = 1e13  # multiplications of the pass behind an account: some minutes


@app.command()
def reproduce(
    name: Annotated[str, typer.Argument(help="a preset, or all; see --list")] = "",
    scale: Annotated[str, typer.Option(help="smoke (seconds), cpu (minutes) or full (the paper's size)")] = "cpu",
    out: Annotated[Path, typer.Option(help="folder for runs, figures and numbers")] = Path("runs"),
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    memory: Annotated[float, typer.Option(help="GiB that a step may hold beside the parameters")] = 1.0,
    show: Annotated[bool, typer.Option("--list", help="list the presets and stop")] = False,
) -> int:
    """Run a figure or a table of a paper and judge its claims."""
    from numerics.presets import PRESETS, SCALES
    from numerics.studies import STUDIES
    from numerics.studies.registry import registry

    if show:
        titles = {name: preset.title for name, preset in PRESETS.items()} | {n: t for n, (_, t) in STUDIES.items()}
        titles |= {name: entry.title for name, entry in registry().items()}
        for preset, title in titles.items():
            say(f"{preset}: {title}")
        return 0
    if not name:
        raise InputError("need the name of a preset, or all; reproduce --list names them")
    if scale not in SCALES:
        raise InputError(f"the scale must be one of {', '.join(SCALES)}; got {scale!r}")
    if not 0 < memory < 2**20:
        raise InputError(f"the memory must be a positive number of GiB; got {memory!r}")
    # a list: every preset must run, also after one has missed its target
    missed = [_reproduce(each, scale, out, device, int(memory * 2**30)) for each in names(name)]
    return 1 if any(missed) else 0


def names(name: str) -> list[str]:
    """The presets that ``name`` stands for.

    Raises:
        InputError: for an unknown name.
    """
    from numerics.presets import PRESETS
    from numerics.studies import STUDIES
    from numerics.studies.registry import registry

    known = [*PRESETS, *STUDIES, *registry()]
    if name != "all" and name not in known:
        raise InputError(f"the preset must be all or one of {', '.join(known)}; got {name!r}")
    return known if name == "all" else [name]


def _reproduce(name: str, scale: str, out: Path, device: str, budget: int) -> bool:
    """Run, draw, write, report; whether a target was missed."""
    from numerics.checkpoint import make_folder
    from numerics.launch import choose_device
    from numerics.presets import PRESETS
    from numerics.studies.registry import load_study, registry
    from theory.files import atomic_path, write_json

    if name in registry():
        from numerics.studies.reproduce import reproduce as perform

        found = perform(load_study(name), scale, out, device=choose_device(device), budget=budget, progress=_lines())
        for line in found.lines:
            say(line)
        return found.missed
    make_folder(out)
    how = partial(_figure, PRESETS[name]) if name in PRESETS else _study(name)
    outcome = how(scale, out, device=choose_device(device), budget=budget, progress=_lines())
    stem = f"{name}-{scale}"
    write_json(out / f"{stem}.json", outcome.numbers)
    with atomic_path(out / f"{stem}.png") as temporary:
        outcome.draw().savefig(temporary, dpi=90, format="png")
    for line in (*outcome.lines, f"  {out / stem}.png, .json"):
        say(line)
    return outcome.missed


def _study(name: str) -> "Callable[..., Outcome]":
    from numerics.studies import STUDIES

    module, _, function = STUDIES[name][0].partition(":")
    return getattr(import_module(f"numerics.studies.{module}"), function or "reproduce")


def _figure(preset: "Preset", scale: str, out: Path, *, device: str, budget: int, progress: "Progress") -> "Outcome":
    """A figure of a paper, with the account of the margin of every run."""
    from numerics.outcome import Outcome
    from numerics.presets.figures import draw
    from numerics.presets.reproduce import numbers, run_preset

    problem, trained = run_preset(preset, scale, out, device=device, budget=budget, progress=progress)
    accounts = {run.label: losses for run in trained if run.seed == 0 and (losses := _account(run, problem))}
    found = numbers(preset, scale, problem, trained, device) | {"accounts": accounts}
    lines = [f"{preset.title} (scale {scale}): gamma* = {problem.gamma:.9g}", *(f"  {_line(run)}" for run in trained)]
    for entry in found["over_seeds"]:
        low, high = entry["interval"]
        lines.append(
            f"  {entry['label']}: mean {entry['mean']:.5f} of {entry['seeds']} seeds, 95% {low:.5f}..{high:.5f}"
        )
    missed = any(run.missed for run in trained)
    return Outcome(found, lines, missed, lambda: draw(preset, problem, trained, accounts))


def _line(run: "Trained") -> str:
    if run.margin is None:
        return f"{run.label}, seed {run.seed}: {run.note or 'no margin was measured'}"
    last: Any = run.history[-1]
    text = f"{run.label}, seed {run.seed}: margin {run.margin:.6f} gamma*, accuracy {last['accuracy']:.4f}"
    if "test_accuracy" in last:
        text += f" (train {last['train_accuracy']:.4f}, test {last['test_accuracy']:.4f})"
    promise = "" if run.target is None else f", target {run.target:g} {'MISSED' if run.missed else 'reached'}"
    seconds = "" if run.seconds is None else f", {run.seconds:.1f} s"
    return f"{text}{promise}{seconds}{'; ' + run.note if run.note else ''}"


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
        found = account(subject, sweep(subject, MOST_WORK))
    except TooManyInputs:
        return None
    return {name: float(value) for name, value in found.losses().items()}


def _lines() -> "Progress":
    """A line on stderr every ten seconds: what is done, and the time left in that phase."""
    from time import monotonic

    last = began = monotonic()
    current, first = "", 0

    def show(label: str, done: int, planned: int) -> None:
        nonlocal last, began, current, first
        now = monotonic()
        if label != current:
            current, began, first = label, now, done
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            left = (now - began) * (planned - done) / (done - first) if done > first else None
            typer.echo(f"{label}: {done}/{planned}" + ("" if left is None else f", {left:.0f} s left"), err=True)

    return show
