"""Run a preset: the paper's optimiser and our recipes, each trained once, with numbers for people and machines.

A run's folder holds its network and its history.  A finished one is read, not repeated; one of ours that was killed
goes on from its checkpoint.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numerics.checkpoint import RunFolder, make_folder, runs_folder
from numerics.grid import DEFAULT_BUDGET
from numerics.history import Record
from numerics.launch import train
from numerics.network import PowerNetwork
from numerics.outcome import Progress, provenance, statistics
from numerics.presets.components import components, predicted_masses
from numerics.presets.paper_run import initial_deviation, train_as_published
from numerics.presets.preset import Ours, Preset, Size
from numerics.problem import Problem
from theory.errors import InputError
from theory.files import read_json, write_json

NO_TARGET = 0.99999


@dataclass(frozen=True)
class Trained:
    """One finished run.

    Attributes:
        label: what the figure calls it.
        seed: seed of its randomness.
        half: whether it saw half of the inputs.
        target: the promised margin over gamma*, or None.
        before: the initial network.
        network: the final one.
        history: records.
        seconds: wall time of the training, measured when it was trained; None when that took several processes.
        settings: every number it depends on, with ``stated`` true where the paper states it.
        note: why it stopped early, if it did.
    """

    label: str
    seed: int
    half: bool
    target: float | None
    before: PowerNetwork
    network: PowerNetwork
    history: list[Record]
    seconds: float | None
    settings: list[dict[str, Any]]
    note: str | None = None

    @property
    def margin(self) -> float | None:
        """Final margin over gamma*, on all inputs."""
        return self.history[-1]["margin"] if self.history else None

    @property
    def missed(self) -> bool:
        """Whether a promise was broken."""
        return self.target is not None and not (self.margin is not None and self.margin >= self.target)


def run_preset(
    preset: Preset,
    scale: str,
    folder: Path,
    *,
    device: str = "cpu",
    budget: int = DEFAULT_BUDGET,
    progress: Progress = lambda label, done, planned: None,
) -> tuple[Problem, list[Trained]]:
    """Train everything that the preset compares, the paper's run first.

    Args:
        preset: which.
        scale: ``smoke``, ``cpu`` or ``full``.
        folder: where runs are kept; presets of the same runs share them.
        device: where to train.
        budget: bytes that a step may hold beside the parameters.
        progress: called with a label, steps done and planned.
    """
    size = preset.sizes[scale]
    problem = size.problem()
    runs = runs_folder(folder, preset.runs, scale)
    trained = []
    if size.published:
        trained.append(_published(problem, size, _width_note(preset, size), runs, device, budget, progress))
    for number, ours in enumerate(size.ours):
        trained += [_ours(problem, ours, runs / f"ours-{number}", seed, device, budget, progress)
                    for seed in range(ours.seeds)]  # fmt: skip
    return problem, trained


def _width_note(preset: Preset, size: Size) -> str:
    """Why the width is not the paper's; empty where it is."""
    paper = preset.sizes["full"]
    return "" if (size.n, size.m) == (paper.n, paper.m) else f"{paper.m} at the paper's size; ours here"


def _published(
    problem: Problem, size: Size, width_note: str, runs: Path, device: str, budget: int, progress: Progress
) -> Trained:
    published = size.published
    assert published
    make_folder(runs / "published")
    network_path, summary_path = (runs / "published" / name for name in ("network.safetensors", "summary.json"))
    settings = [
        {"name": "m", "value": size.m, "stated": not width_note, "note": width_note},
        *published.settings(),
    ]
    stored = _finished(summary_path, settings)
    if stored is None:
        started = time.monotonic()
        result = train_as_published(
            problem,
            published,
            size.m,
            0,
            device=device,
            budget=budget,
            progress=lambda done, planned: progress("paper's settings", done, planned),
        )
        metadata = {"group": problem.group} if problem.group else {}
        result.network.save(network_path, metadata, problem.task.table)
        stored = {
            "settings": settings,
            "records": result.history,
            "seconds": time.monotonic() - started,
            "stopped": result.stopped,
        }
        write_json(summary_path, stored)
    network, shape = PowerNetwork.from_file(network_path), (size.m, size.k, size.n)
    if network.u.shape != shape:
        raise InputError(f"{str(network_path)!r} must hold weights u of shape {shape}; got {tuple(network.u.shape)}")
    return Trained(
        "paper's settings",
        0,
        published.half,
        None,
        PowerNetwork.random(problem.task, size.m, 0, initial_deviation(problem, published, size.m)),
        network,
        stored["records"],
        stored["seconds"],
        settings,
        stored["stopped"],
    )


def _finished(path: Path, settings: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The summary that a run of these settings left; None for anything else, which is then trained again."""
    try:
        stored = read_json(path)
    except InputError:
        return None
    if not isinstance(stored, dict) or stored.get("settings") != json.loads(json.dumps(settings)):
        return None
    records, seconds, stopped = (stored.get(key) for key in ("records", "seconds", "stopped"))
    complete = isinstance(records, list) and all(map(_is_record, records))
    return stored if complete and _is_number(seconds) and isinstance(stopped, str | None) else None


def _is_record(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_number(value.get(key)) for key in ("margin", "accuracy"))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ours(problem: Problem, ours: Ours, path: Path, seed: int, device: str, budget: int, progress: Progress) -> Trained:
    make_folder(path)
    folder = path / f"seed-{seed}"
    seconds_path = folder / "seconds.json"
    resumed = RunFolder(folder).occupied
    result = train(
        problem,
        ours.recipe,
        m=ours.m,
        seed=seed,
        target=ours.target or NO_TARGET,
        data="half" if ours.half else "full",
        device=device,
        budget=budget,
        out=folder,
        resume=True,
        progress=lambda now: progress(f"{ours.label}, seed {seed}, {now.phase}", now.done, now.planned),
    )
    if not seconds_path.exists():
        write_json(seconds_path, None if resumed else result.seconds)
    seconds = read_json(seconds_path)
    if not (seconds is None or _is_number(seconds)):
        raise InputError(f"{str(seconds_path)!r} must hold a number or null; got {str(seconds)[:60]!r}")
    recipe = ours.recipe
    beta = problem.log_scale(recipe.ratio * problem.gamma)
    spread = recipe.spread * problem.entry_scale(ours.m, beta)
    values = {"m": ours.m, "half": ours.half, "lambda": recipe.ratio * problem.gamma} | recipe.settings
    settings = [{"name": name, "value": value, "stated": False, "note": "ours"} for name, value in values.items()]
    return Trained(
        ours.label,
        seed,
        ours.half,
        ours.target,
        PowerNetwork.random(problem.task, ours.m, seed, spread),
        result.network,
        result.history,
        seconds,
        settings,
    )


def numbers(preset: Preset, scale: str, problem: Problem, trained: list[Trained], device: str) -> dict[str, Any]:
    """What the preset found, as JSON: settings, margins, spectra, and where it was run."""
    size = preset.sizes[scale]
    predicted = predicted_masses(problem)
    return {
        "preset": preset.name,
        "title": preset.title,
        "scale": scale,
        "k": size.k,
        "n": size.n,
        "group": size.group,
        "gamma": problem.gamma,
        "predicted_masses": None if predicted is None else [float(x) for x in predicted],
        "runs": [_run_numbers(problem, run) for run in trained],
        "over_seeds": _over_seeds(trained),
    } | provenance(device)


def _run_numbers(problem: Problem, run: Trained) -> dict[str, Any]:
    found: dict[str, Any] = {
        "label": run.label,
        "seed": run.seed,
        "half": run.half,
        "target": run.target,
        "missed": run.missed,
        "note": run.note,
        "seconds": None if run.seconds is None else round(run.seconds, 2),
        "settings": run.settings,
        "history": run.history,
    }
    if run.history:
        before, after = (components(network, problem) for network in (run.before, run.network))
        found |= {
            "components": list(after.names),
            "largest_share": {
                "before": [float(x) for x in _deciles(before.largest)],
                "after": [float(x) for x in _deciles(after.largest)],
            },
            "neurons_per_component": after.counts.tolist(),
            "mass_per_component": [float(x) for x in after.masses],
        }
    return found


def _deciles(values: Any) -> Any:
    import numpy as np

    return np.quantile(values, np.linspace(0, 1, 11))


def _over_seeds(trained: list[Trained]) -> list[dict[str, Any]]:
    """Statistics of the final margin for every run with several seeds."""
    found = []
    for label in dict.fromkeys(run.label for run in trained):
        margins = [run.margin for run in trained if run.label == label and run.margin is not None]
        if len(margins) > 1:
            found.append({"label": label} | statistics(margins))
    return found
