"""A run as users start it: folder, lock, threads, split, and the files that it leaves."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from numerics import distributed
from numerics.checkpoint import RunFolder
from numerics.full_size.road import FullSize, require_road
from numerics.full_size.run import FullSizeRun
from numerics.grid import DEFAULT_BUDGET
from numerics.recipes import Recipe, describe_bytes, require_settings
from numerics.training import Progress, Result, Run, random_half
from theory.errors import InputError
from theory.files import write_json
from theory.task import Task

OPERATIONS_WORTH_THREADS = 3e9  # below this, handing work to a second thread costs more than it saves
PENALTY = "lambda ||theta||_{2,k+1}^(k+1)"


def choose_threads(problem: Task, m: int) -> int:
    """One thread unless a step is long enough to share; never more than torch or the environment allows.

    Examples:
        >>> choose_threads(Task.cyclic(2, 5), m=32)  # a step of microseconds is not worth a second thread
        1
    """
    available = min(torch.get_num_threads(), len(os.sched_getaffinity(0)))
    return available if problem.step_operations(m) >= OPERATIONS_WORTH_THREADS else 1


def train(
    problem: Task,
    recipe: Recipe | FullSize,
    *,
    m: int | None = None,
    seed: int = 0,
    penalty: float | None = None,
    target: float | None = 0.9999,
    data: str = "full",
    device: str = "cpu",
    budget: int = DEFAULT_BUDGET,
    out: Path | None = None,
    resume: bool = False,
    checkpoint_seconds: float = 5.0,
    progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    threads: int = 1,
) -> Result:
    """Train one seed; with ``out``, leave network.safetensors, history.json, config.json and checkpoint/ there.

    Args:
        problem: what to train for.
        recipe: how.
        m: neurons; the problem's default width.
        seed: seed of the initial weights and of the split.
        penalty: lambda; the recipe's ratio times gamma*.
        target: fraction of gamma* at which the run may end; None makes every step of the recipe.
        data: ``full``, or ``half`` of the inputs drawn at random.
        device: ``cpu`` or ``cuda``.
        budget: bytes that a step may hold beside parameters and moments.
        out: the run's folder, new unless ``resume``; its parent must exist.
        resume: go on from the folder's checkpoint.
        checkpoint_seconds: a kill loses at most so much time of the descent, or one round of polishing.
        progress: called after every step.
        should_stop: a true answer saves and raises ``Interrupted``.
        threads: frequencies that the full-size road works on at a time.

    Raises:
        InputError: for unusable settings, a size that does not fit the budget, or a folder that cannot be used.
        Interrupted: after saving, when ``should_stop`` said so.

    Examples:
        >>> from numerics.recipes import load_recipe
        >>> result = train(Task.cyclic(1, 5), load_recipe("hybrid"), target=0.999)
        >>> result.margin >= 0.999
        True
    """
    m = problem.default_width if m is None else m
    penalty = recipe.ratio * problem.gamma if penalty is None else penalty
    require_settings(problem, m, seed, penalty, target, data)
    of_torch = choose_threads(problem, m)
    before = torch.get_num_threads()
    torch.set_num_threads(of_torch)
    try:
        with _folder(out, _config(problem, recipe, m, seed, penalty, data, device, of_torch), resume, m) as folder:
            run: Run | FullSizeRun
            if isinstance(recipe, FullSize):
                require_road(problem, data)
                run = FullSizeRun(
                    problem, recipe, m, seed, penalty, target, device, folder, progress, should_stop, threads
                )
            else:
                split = random_half(problem, seed).to(device) if data == "half" else None
                run = Run(
                    problem,
                    recipe,
                    m,
                    seed,
                    penalty,
                    target,
                    split,
                    device,
                    budget,
                    folder,
                    checkpoint_seconds,
                    progress,
                    should_stop,
                )
            result = run()
            if out is not None:
                distributed.on_first(lambda: _write(out, problem, recipe, seed, penalty, data, result))
    finally:
        torch.set_num_threads(before)
    return result


@contextlib.contextmanager
def _folder(out: Path | None, config: dict[str, Any], resume: bool, m: int) -> Iterator[RunFolder | None]:
    """The run's folder, held; refused before it is made where the disk has no room."""
    if out is None:
        yield None
        return
    distributed.on_first(lambda: _require_space(out, config["k"], config["p"], m))
    with RunFolder(out).open(config, resume) as folder:
        yield folder


def _config(
    problem: Task, recipe: Recipe | FullSize, m: int, seed: int, penalty: float, data: str, device: str, threads: int
) -> dict[str, Any]:
    """What the final weights depend on."""
    return {
        "format": "fourier-margin/run",
        "version": 1,
        "k": problem.k,
        "p": problem.n,
        "group": problem.group_name,
        "m": m,
        "seed": seed,
        "lambda": penalty,
        "data": data,
        "recipe": recipe.name,
        "settings": recipe.settings,
        "device": device,
        "threads": threads,
    }


def _require_space(out: Path, k: int, n: int, m: int) -> None:
    """Refuse before the first step what could not be saved after the last."""
    need = 2 * (3 * 4 + 8) * m * (k + 1) * n + 2**20
    place = out if out.exists() else out.parent
    free = shutil.disk_usage(place).free if place.exists() else need
    if free < need:
        raise InputError(f"the disk of {str(out)!r} needs {describe_bytes(need)} free; it has {describe_bytes(free)}")


def _reached(result: Result) -> dict[str, str]:
    """Which stage of the full-size road reached the margin, from the seed that was not passed over, and after what."""
    history = result.history
    descent = [record["margin"] for record in history if record["phase"] == "descent"][-1]
    return {
        "seed": str([record["seed"] for record in history if "seed" in record][-1]),
        "stage": history[-1]["phase"],
        "descent_margin": repr(descent),
        "relative_gradient": repr(history[-1]["relative_gradient"]),
    }


def metadata_of(
    problem: Task, recipe: Recipe | FullSize, seed: int, penalty: float, data: str, result: Result
) -> dict[str, str]:
    """What the network file of a run says beside the weights; arguments as in :func:`train`."""
    metadata = {"recipe": recipe.name, "penalty": PENALTY, "lambda": repr(penalty), "seed": str(seed), "data": data}
    if isinstance(recipe, FullSize):
        metadata |= _reached(result)
    metadata["loss"] = "class-weighted" if recipe.weighted else "plain"
    return metadata if problem.group_name is None else metadata | {"group": problem.group_name}


def _write(
    out: Path, problem: Task, recipe: Recipe | FullSize, seed: int, penalty: float, data: str, result: Result
) -> None:
    history = {
        "format": "fourier-margin/history",
        "version": 1,
        "k": problem.k,
        "p": problem.n,
        "group": problem.group_name,
        "gamma": problem.gamma,
        "lambda": penalty,
        "predicted_loss": problem.predicted_loss(penalty),
        "records": result.history,
    }
    write_json(out / "history.json", history)
    metadata = metadata_of(problem, recipe, seed, penalty, data, result)
    result.network.save(out / "network.safetensors", metadata, problem.table)
