"""``fourier-margin train``: networks trained to the maximum margin, each compared with what the theory predicts."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerics.interruption import signals
from theory.errors import InputError, require_integer
from theory.terminal import say, table

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from numerics.training import Progress, Result
    from theory.task import Task

app = typer.Typer()

SECONDS_BETWEEN_LINES = 10.0
COLUMNS = {
    "margin": "margin/gamma*",
    "loss": "loss",
    "norm": "norm",
    "live": "live neurons",
    "frequencies": "frequencies",
    "purity": "purity",
    "phase_error": "phase error",
    "train_margin": "train",
    "test_margin": "test",
    "train_accuracy": "train acc",
    "test_accuracy": "test acc",
}


@app.command()
def train(
    k: Annotated[int, typer.Option(help="number of inputs")],
    p: Annotated[int | None, typer.Option(help="modulus")] = None,
    group: Annotated[str | None, typer.Option(help="a group's name or table file, instead of --p")] = None,
    m: Annotated[int | None, typer.Option(help="neurons; by default more than enough")] = None,
    seed: Annotated[int, typer.Option(help="seed of the initial weights and of the split")] = 0,
    seeds: Annotated[int | None, typer.Option(help="train this many seeds, from --seed on")] = None,
    recipe: Annotated[str, typer.Option(help="hybrid, adam, or plain (no class weights)")] = "hybrid",
    penalty: Annotated[float | None, typer.Option("--lambda", help="weight of ||theta||^(k+1)")] = None,
    target: Annotated[float, typer.Option(help="fraction of gamma* to reach")] = 0.9999,
    data: Annotated[str, typer.Option(help="full, or half of the inputs drawn at random")] = "full",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    memory: Annotated[float, typer.Option(help="GiB that a step may hold beside the parameters")] = 1.0,
    out: Annotated[Path | None, typer.Option(help="folder of the run; without it nothing is kept")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="go on where the run in --out was stopped")] = False,
) -> int:
    """Train; exit 1 when the margin misses the target."""
    require_integer("k", k, 1)
    if (p is None) == (group is None):
        raise InputError("need exactly one of --p and --group")
    if p is not None:
        require_integer("p", p, 2)
    if seeds is not None:
        require_integer("seeds", seeds, 1)
    if resume and out is None:
        raise InputError("--resume needs --out, the folder of the run")
    if not 0 < memory < 2**20:
        raise InputError(f"the memory must be a positive number of GiB; got {memory!r}")

    from numerics.launch import choose_device, require_settings
    from numerics.recipes import load_recipe
    from theory.task import Task

    chosen = load_recipe(recipe)
    problem = Task.cyclic(k, p) if p is not None else Task.of_group(k, group or "")
    width = problem.default_width if m is None else m
    weight = chosen.ratio * problem.gamma if penalty is None else penalty
    require_settings(problem, width, seed, weight, target, data)
    place = choose_device(device)

    def train_one(number: int, folder: Path | None, progress: "Callable[[Progress], None]") -> "Result":
        from numerics.launch import train as launch

        return launch(
            problem,
            chosen,
            m=width,
            seed=number,
            penalty=weight,
            target=target,
            data=data,
            device=place,
            budget=int(memory * 2**30),
            out=folder,
            resume=resume,
            progress=progress,
            should_stop=lambda: bool(caught),
        )

    numbers = range(seed, seed + (seeds or 1))
    with signals() as caught:
        results = _train_all(numbers, out, resume, seeds is not None, train_one)
    if len(results) < len(numbers):
        typer.echo(f"interrupted; {'resume with --resume' if out else 'nothing was kept without --out'}", err=True)
        return 128 + (caught or [signal.SIGTERM])[0]  # among several ranks another one may have been told
    _print_table(problem, width, weight, target, dict(zip(numbers, results, strict=True)))
    return 0 if all(result.margin >= target for result in results) else 1


def _train_all(
    numbers: range,
    out: Path | None,
    resume: bool,
    nested: bool,
    train_one: "Callable[[int, Path | None, Callable[[Progress], None]], Result]",
) -> "list[Result]":
    """One seed after the other: small steps gain nothing from being batched on a CPU."""
    from contextlib import nullcontext

    from numerics.checkpoint import RunFolder, locked
    from numerics.interruption import Interrupted

    folders = [None if out is None else out / f"seed-{i}" if nested else out for i in numbers]
    for folder in folders:
        if folder is not None and not resume and RunFolder(folder).occupied:
            raise InputError(f"the output folder must be new, or give --resume; {str(folder)!r} holds a run")
    results: list[Result] = []
    with locked(out) if out is not None else nullcontext(), _display(len(numbers)) as show:
        for number, folder in zip(numbers, folders, strict=True):
            try:
                results.append(train_one(number, folder, show(number)))
            except Interrupted:
                break
    return results


@contextmanager
def _display(count: int) -> "Iterator[Callable[[int], Callable[[Progress], None]]]":
    """A progress bar on a terminal; a line every ten seconds elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from numerics import distributed

    console = Console(stderr=True, quiet=bool(distributed.rank()))
    if not console.is_terminal:
        yield lambda number: _lines(number)
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Bar(*columns, console=console, transient=True) as bar:
        yield lambda number: _moving(bar, number)


def _moving(bar: "Bar", number: int) -> "Callable[[Progress], None]":
    task = bar.add_task(f"seed {number}")

    def show(progress: "Progress") -> None:
        bar.update(task, description=_describe(number, progress), completed=progress.done, total=progress.planned)

    return show


def _lines(number: int) -> "Callable[[Progress], None]":
    from time import monotonic

    from numerics.distributed import rank

    last = monotonic()

    def show(progress: "Progress") -> None:
        nonlocal last
        if monotonic() - last >= SECONDS_BETWEEN_LINES and not rank():
            last = monotonic()
            typer.echo(f"{_describe(number, progress)} {progress.done}/{progress.planned}", err=True)

    return show


def _describe(number: int, progress: "Progress") -> str:
    margin = f", margin {progress.record['margin']:.6f} gamma*" if progress.record else ""
    return f"seed {number}: {progress.phase}{margin}"


def _print_table(problem: "Task", m: int, penalty: float, target: float, results: "dict[int, Result]") -> None:
    task = problem
    say(f"{task.name}, k={task.k}, m={m}: gamma* = {problem.gamma:.9g}, target {target:g} gamma*")
    norm = (problem.log_scale(penalty) / problem.gamma) ** (1 / (task.k + 1))
    loss = problem.predicted_loss(penalty)
    say(f"lambda = {penalty:.6g}: on all inputs the theory predicts loss {loss:.9g}, norm {norm:.6g}")
    columns = {key: title for key, title in COLUMNS.items() if any(key in r.history[-1] for r in results.values())}
    rows = []
    for number, result in results.items():
        cells = [_cell(key, result.history[-1].get(key)) for key in columns]
        rows.append([f"seed {number}", *cells, f"{result.seconds:.1f}"])
    table(("", *columns.values(), "seconds"), rows)
    if "live" in columns:
        say("live neurons: those with more than a millionth of the mean mass")


def _cell(key: str, value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return str(value)
    return f"{value:.1e}" if key == "phase_error" else f"{value:.7g}"
