"""``fourier-margin train``: networks trained to the maximum margin, each compared with what the theory predicts."""

import signal
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theory.command_line import signals
from theory.errors import InputError, Interrupted, require_integer

if TYPE_CHECKING:
    from numerics.training import Progress, Result

app = typer.Typer()


@app.command()
def train(
    k: Annotated[int, typer.Option(help="number of inputs")],
    p: Annotated[int | None, typer.Option(help="modulus")] = None,
    group: Annotated[str | None, typer.Option(help="a group's name or table file, instead of --p")] = None,
    m: Annotated[int | None, typer.Option(help="neurons; by default more than enough")] = None,
    seed: Annotated[int, typer.Option(help="seed of the initial weights and of the split")] = 0,
    seeds: Annotated[int | None, typer.Option(help="train this many seeds, from --seed on")] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="hybrid, adam, plain (no class weights) or full-size [default: full-size where hybrid is long]"
        ),
    ] = None,
    penalty: Annotated[float | None, typer.Option("--lambda", help="weight of ||theta||^(k+1)")] = None,
    target: Annotated[float, typer.Option(help="fraction of gamma* to reach")] = 0.9999,
    data: Annotated[str, typer.Option(help="full, or half of the inputs drawn at random")] = "full",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    memory: Annotated[float, typer.Option(help="GiB that a step may hold beside the parameters")] = 1.0,
    threads: Annotated[int, typer.Option(help="frequencies that the full-size recipe works on at a time")] = 1,
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
    require_integer("threads", threads, 1, 1024)
    if resume and out is None:
        raise InputError("--resume needs --out, the folder of the run")
    if not 0 < memory < 2**20:
        raise InputError(f"the memory must be a positive number of GiB; got {memory!r}")

    from numerics.full_size.road import FullSize
    from numerics.recipes import choose_device, choose_recipe, require_device, require_settings, require_size
    from numerics.train_display import announce, conclude, plan, why_not_full_size
    from theory.task import Task

    require_device(device)
    numbers = range(seed, seed + (seeds or 1))
    problem = Task.cyclic(k, p) if p is not None else Task.of_group(k, group or "")
    width = problem.default_width if m is None else m
    require_size(problem, width)
    chosen = choose_recipe(recipe, problem, width, data)
    if threads > 1 and chosen.name != FullSize.name:
        raise InputError(f"--threads needs the recipe {FullSize.name}, which works by frequencies; got {chosen.name}")
    announce(k, f"addition modulo {p}" if p is not None else f"the group {group}", chosen, numbers, target, data)
    weight = chosen.ratio * problem.gamma if penalty is None else penalty
    require_settings(problem, width, seed, weight, target, data)
    plan(problem, width, weight)
    if recipe is None and chosen.name != FullSize.name:
        why_not_full_size(problem, width, data)

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
            threads=threads,
        )

    with signals() as caught:
        results = _train_all(numbers, out, resume, seeds is not None, train_one)
    if len(results) < len(numbers):
        typer.echo(f"interrupted; {'resume with --resume' if out else 'nothing was kept without --out'}", err=True)
        return 128 + (caught or [signal.SIGTERM])[0]  # among several ranks another one may have been told
    conclude(dict(zip(numbers, results, strict=True)), target, out, seeds is not None)
    return 0 if all(result.margin >= target for result in results) else 1


def _train_all(
    numbers: range,
    out: Path | None,
    resume: bool,
    nested: bool,
    train_one: "Callable[[int, Path | None, Callable[[Progress], None]], Result]",
) -> "list[Result]":
    """One seed after the other: small steps gain nothing from being batched on a CPU."""
    from numerics.checkpoint import RunFolder, locked
    from numerics.train_display import progress_display

    results: list[Result] = []
    with locked(out) if out is not None and nested else nullcontext(), progress_display() as show:
        folders = [None if out is None else out / f"seed-{i}" if nested else out for i in numbers]
        for folder in folders if nested else ():
            if folder is not None and not resume and RunFolder(folder).occupied:
                raise InputError(f"the output folder must be new, or give --resume; {str(folder)!r} holds a run")
        for number, folder in zip(numbers, folders, strict=True):
            try:
                results.append(train_one(number, folder, show(number)))
            except Interrupted:
                break
    return results
