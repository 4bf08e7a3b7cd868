"""What ``fourier-margin train`` tells people: what it is about to do, how far it is, what it found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import typer

from theory.command_line import say, table
from theory.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from numerics.full_size.road import FullSize
    from numerics.history import Record
    from numerics.recipes import Recipe
    from numerics.training import Progress, Result
    from theory.task import Task

SECONDS_BETWEEN_LINES = 10.0
MEASURED = {
    "margin": "margin over gamma*",
    "train_margin": "  on the training inputs",
    "test_margin": "  on the other inputs",
    "train_accuracy": "accuracy on the training inputs",
    "test_accuracy": "accuracy on the other inputs",
    "loss": "loss, penalty included",
    "norm": "norm of the weights",
    "live": "neurons in use (mass above 1e-6 of the mean)",
    "frequencies": "frequencies they use",
    "purity": "least share of one frequency in a vector",
    "phase_error": "median error of the phase relation, in turns",
    "relative_gradient": "slope of the papers' objective / penalty's",
}
TABLE = {"margin": "margin", "loss": "loss", "live": "in use", "frequencies": "freqs", "purity": "purity"}
TABLE_OF_HALF = {"margin": "margin", "train_margin": "train", "test_margin": "test", "test_accuracy": "test acc"}


def announce(k: int, task: str, recipe: "Recipe | FullSize", seeds: range, target: float, data: str) -> None:
    """Say what is about to be trained, before anything slow is imported."""
    inputs = "1 input" if k == 1 else f"{k} inputs"
    which = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    trained_on = "all inputs" if data == "full" else "a random half of the inputs"
    say(f"Training on {task}, {inputs}, {which}, until the margin reaches {target:g} gamma*; on {trained_on}.")
    say(f"Recipe {recipe.name}: {recipe.description}.")


def plan(problem: "Task", m: int, penalty: float) -> None:
    """Say what the theory predicts for the run, and whether its width can suffice."""
    norm = (problem.log_scale(penalty) / problem.gamma) ** (1 / (problem.k + 1))
    say(f"gamma* = {problem.gamma:.9g}, lambda = {penalty:.6g}: at the maximum margin of all inputs the loss is "
         f"{problem.predicted_loss(penalty):.9g} and the norm {norm:.6g}.")  # fmt: skip
    say(f"{m} neurons; {_width(problem, m)}.")


def why_not_full_size(problem: "Task", m: int, data: str) -> None:
    """Say why a long run does not take the full-size road; nothing where the run is short."""
    from numerics.full_size.road import WORTH_OPERATIONS, require_road

    if problem.step_operations(m) < WORTH_OPERATIONS:
        return
    try:
        require_road(problem, data)
    except InputError as reason:
        say(f"A step takes {problem.step_operations(m):.1e} operations, and there is no shorter way: {reason}.")


def _width(problem: "Task", m: int) -> str:
    """What is known about the width m."""
    try:
        necessary, sufficient = _bounds(problem)
    except InputError:
        return "no bounds on the width are known at this size"
    if m < necessary:
        return (
            f"NO network of this width has the maximum margin: at least {necessary} neurons are necessary, "
            f"{sufficient} are known to suffice"
        )
    if m < sufficient:
        return f"whether so few have the maximum margin is open: {necessary} are necessary, {sufficient} suffice"
    return f"{sufficient} are known to suffice for the maximum margin"


def _bounds(problem: "Task") -> tuple[int, int]:
    """A necessary and a sufficient width."""
    k = problem.k
    if problem.group is None:
        from theory.width import width

        found = width(k, problem.n)
        return found.necessary, found.best_known
    from theory.groups.width import group_width

    assert problem.group
    of_group = group_width(problem.group, k)
    return of_group.necessary, of_group.sufficient


def conclude(results: "dict[int, Result]", target: float, out: Path | None, nested: bool) -> None:
    """Say what was found, whether the target was reached, where it is, and what to run next."""
    if len(results) == 1:
        (result,) = results.values()
        last: dict[str, Any] = {**result.history[-1]}
        for key, name in MEASURED.items():
            if key in last:
                say(f"  {name:<46}{_number(last[key])}")
        say(f"  {'seconds':<46}{result.seconds:.1f}")
        _by_stages(result.history)
    else:
        _print_table(results)
    missed = {seed: result.margin for seed, result in results.items() if not result.margin >= target}
    if not missed:
        say(f"Target reached: {'the' if len(results) == 1 else 'every'} margin is at least {target:g} gamma*.")
    else:
        which = "" if len(results) == 1 else f" by {len(missed)} of {len(results)} seeds"
        least = min(missed.values())
        say(f"Target missed{which}: the margin is {least:.6g} gamma*, {target - least:.2g} below {target:g}.")
    if out is None:
        say("Nothing was kept: --out FOLDER keeps the network.")
        return
    network = out / (f"seed-{next(iter(results))}" if nested else "") / "network.safetensors"
    say(f"Wrote {out}/{'seed-*/' if nested else ''}network.safetensors, history.json, config.json")
    say(f"Next: fourier-margin verify {network} --trained")


def _by_stages(history: "list[Record]") -> None:
    """Say which seeds were passed over, and what the descent with every weight free had reached before a polish."""
    for record in history:
        if starved := record.get("starved"):
            say(f"Seed {record['seed']} was passed over: its start left {starved} "
                f"{'frequency' if starved == 1 else 'frequencies'} with fewer neurons than any maximum-margin network "
                "has there.")  # fmt: skip
    if history[-1]["phase"] == "polish" and "relative_gradient" in history[-1]:
        before = [record["margin"] for record in history if record["phase"] == "descent"]
        say(f"Reached by the polish, in the network's own frequencies; the descent, with every weight free, had ended "
            f"at {before[-1]:.6g} gamma*.")  # fmt: skip


def _number(value: object) -> str:
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def _print_table(results: "dict[int, Result]") -> None:
    last = {seed: result.history[-1] for seed, result in results.items()}
    half = any("train_margin" in record for record in last.values())
    columns = {
        key: title
        for key, title in (TABLE_OF_HALF if half else TABLE).items()
        if any(key in record for record in last.values())
    }
    rows = [
        [f"seed {seed}", *(_number(record.get(key, "-")) for key in columns), f"{results[seed].seconds:.1f}"]
        for seed, record in last.items()
    ]
    table(("", *columns.values(), "seconds"), rows)


@contextmanager
def progress_display() -> "Iterator[Callable[[int], Callable[[Progress], None]]]":
    """A progress bar on a terminal; a line every ten seconds elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from numerics import distributed

    console = Console(stderr=True, quiet=bool(distributed.rank()))
    if not console.is_terminal:
        yield _lines
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
