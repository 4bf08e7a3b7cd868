"""Train what a figure compares, the paper's run first; numbers for the JSON file.

A run's folder holds its network and its history.  A finished run is read, not repeated; a killed one goes on from its
checkpoint.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.checkpoint import make_folder
from numerics.evaluation import margin_summary
from numerics.full_size.layout import unstack
from numerics.full_size.road import FullSize
from numerics.full_size.start import initial
from numerics.history import Record
from numerics.launch import train
from numerics.network import PowerNetwork
from numerics.outcome import statistics
from numerics.studies.one_hidden.components import components, predicted_masses
from numerics.studies.one_hidden.experiment import Experiment, Ours
from numerics.studies.one_hidden.paper_run import initial_deviation, train_as_published
from numerics.studies.study import Found, Session
from theory.account import account
from theory.task import Task

PAPER = "paper's settings"
MOST_OPERATIONS = 3e12  # of the pass behind an account: a minute


@dataclass(frozen=True)
class Run:
    """One finished run.

    Attributes:
        label: its name in the figure.
        seed: seed of its randomness.
        half: whether it saw half of the inputs.
        target: the promised margin over gamma*, or None.
        before: the initial network.
        network: the final one.
        history: records.
        seconds: wall time of the training, parts before kills included.
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


@dataclass(frozen=True)
class Trained:
    """Everything that a figure shows, beside its numbers."""

    problem: Task
    runs: list[Run]
    accounts: dict[str, dict[str, float]]


def run(size: Experiment, session: Session) -> Found:
    """Train everything that the figure compares, and account for the margins of the first seeds."""
    problem = size.problem()
    runs = [_published(problem, size, session)] if size.published else []
    for number, ours in enumerate(size.ours):
        runs += [_ours(problem, ours, f"ours-{number}", seed, session) for seed in range(ours.seeds)]
    accounts = {each.label: losses for each in runs if each.seed == 0 and (losses := _account(each, problem, session))}
    predicted = predicted_masses(problem)
    numbers = {
        "k": size.k,
        "n": size.n,
        "group": size.group,
        "gamma": problem.gamma,
        "predicted_masses": None if predicted is None else [float(x) for x in predicted],
        "runs": [_run_numbers(problem, each) for each in runs],
        "over_seeds": _over_seeds(runs),
        "accounts": accounts,
    }
    return Found(numbers, Trained(problem, runs, accounts))


def lines(size: Experiment, found: Found) -> list[str]:
    """gamma*, one line per run, and means over seeds."""
    shown: Trained = found.shown
    text = [f"gamma* = {shown.problem.gamma:.9g}", *map(_line, shown.runs)]
    for entry in found.numbers["over_seeds"]:
        low, high = entry["interval"]
        text.append(f"{entry['label']}: mean {entry['mean']:.5f} of {entry['seeds']} seeds, 95% {low:.5f}..{high:.5f}")
    return text


def _line(run: Run) -> str:
    if run.margin is None:
        return f"{run.label}, seed {run.seed}: {run.note or 'no margin was measured'}"
    last: Any = run.history[-1]
    text = f"{run.label}, seed {run.seed}: margin {run.margin:.6f} gamma*"
    text += f", accuracy {last['accuracy']:.4f}" if "accuracy" in last else ""
    if "test_accuracy" in last:
        text += f" (train {last['train_accuracy']:.4f}, test {last['test_accuracy']:.4f})"
    promise = "" if run.target is None else f", target {run.target:g} {'MISSED' if run.missed else 'reached'}"
    seconds = "" if run.seconds is None else f", {run.seconds:.1f} s"
    return f"{text}{promise}{seconds}{'; ' + run.note if run.note else ''}"


def _account(run: Run, problem: Task, session: Session) -> dict[str, float] | None:
    """What the account of the margin finds lost; None where there is no margin, or too much to enumerate."""
    if not run.history or problem.step_operations(run.network.m) > MOST_OPERATIONS:
        return None
    u, w = run.network.numpy()
    network = PowerNetwork.from_numpy(u, w)
    vectors = np.concatenate([u, w[:, None]], axis=1)
    scale = problem.gamma * float(network.norm().detach()) ** network.degree
    found = margin_summary(network.to(session.device), problem, budget=session.budget)
    return account(vectors, problem.group, scale, found).losses()


def _published(problem: Task, size: Experiment, session: Session) -> Run:
    published = size.published
    assert published
    folder = session.folder / "published"
    width_note = "" if size.paper_size == (size.n, size.m) else f"{size.paper_size[1]} at the paper's size; ours here"
    settings = [
        {"name": "m", "value": size.m, "stated": not width_note, "note": width_note},
        *published.settings(),
    ]
    result = train_as_published(
        problem,
        published,
        size.m,
        0,
        device=session.device,
        budget=session.budget,
        folder=folder,
        progress=session.counter(PAPER),
    )
    metadata = {"group": problem.group_name} if problem.group_name else {}
    result.network.save(folder / "network.safetensors", metadata, problem.table)
    return Run(
        PAPER,
        0,
        published.half,
        None,
        PowerNetwork.random(problem, size.m, 0, initial_deviation(problem, published, size.m)),
        result.network,
        result.history,
        result.seconds,
        settings,
        result.stopped,
    )


def _ours(problem: Task, ours: Ours, name: str, seed: int, session: Session) -> Run:
    make_folder(session.folder / name)
    folder = session.folder / name / f"seed-{seed}"
    result = train(
        problem,
        ours.recipe,
        m=ours.m,
        seed=seed,
        target=ours.target,
        data="half" if ours.half else "full",
        device=session.device,
        budget=session.budget,
        out=folder,
        resume=True,
        progress=lambda now: session.progress(f"{ours.label}, seed {seed}, {now.phase}", now.done, now.planned),
    )
    recipe = ours.recipe
    values = {"m": ours.m, "half": ours.half, "lambda": recipe.ratio * problem.gamma} | recipe.settings
    settings = [{"name": name, "value": value, "stated": False, "note": "ours"} for name, value in values.items()]
    return Run(
        ours.label,
        seed,
        ours.half,
        ours.target,
        _before(problem, ours, seed, result.history),
        result.network,
        result.history,
        result.seconds,
        settings,
    )


def _before(problem: Task, ours: Ours, seed: int, history: list[Record]) -> PowerNetwork:
    """The network that one of our runs began with."""
    recipe, m = ours.recipe, ours.m
    penalty = recipe.ratio * problem.gamma
    if isinstance(recipe, FullSize):
        used = [record["seed"] for record in history if "seed" in record][-1]
        return unstack(initial(problem, m, used, penalty))
    spread = recipe.spread * problem.entry_scale(m, problem.log_scale(penalty))
    return PowerNetwork.random(problem, m, seed, spread)


def _run_numbers(problem: Task, run: Run) -> dict[str, Any]:
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
            "components": list(after.names[1:]),
            "largest_share": {
                "before": _deciles(before.largest),
                "after": _deciles(after.largest),
            },
            "neurons_per_component": after.counts[1:].tolist(),
            "mass_per_component": [float(x) for x in after.masses[1:]],
        }
    return found


def _deciles(values: np.ndarray) -> list[float]:
    return np.quantile(values, np.linspace(0, 1, 11)).tolist()


def _over_seeds(trained: list[Run]) -> list[dict[str, Any]]:
    """Statistics of the final margin for every run with several seeds."""
    found = []
    for label in dict.fromkeys(run.label for run in trained):
        margins = [run.margin for run in trained if run.label == label and run.margin is not None]
        if len(margins) > 1:
            found.append({"label": label} | statistics(margins))
    return found
