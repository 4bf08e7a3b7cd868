"""What every rank does in test_distributed.py: ``torchrun --nproc-per-node N rank_worker.py FOLDER JOB``."""

import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np

from numerics import distributed
from numerics.checkpoint import RunFolder
from numerics.evaluation import margin_summary, minimum_margin
from numerics.loss import CrossEntropy, SmoothMargin, flat_parameters
from numerics.network import PowerNetwork
from numerics.recipes import Recipe
from numerics.training import Run, random_half
from theory.errors import Interrupted
from theory.task import Task

RECIPE = Recipe("test", "a short run", descent_steps=60, polish_rounds=2, polish_iterations=10)


def quantities(k: int, p: int, half: bool) -> dict[str, np.ndarray]:
    """Everything that the ranks reduce, at a random network."""
    import torch

    problem = Task.cyclic(k, p)
    network = PowerNetwork.random(problem, 12, 0, 0.3, dtype=torch.float64)
    split = random_half(problem, 0) if half else None
    parameters = flat_parameters(network)
    entropy, gradients = CrossEntropy(network, problem, tau_weighted=True, weights=split)(*parameters)
    assert gradients is not None
    smooth, slopes = SmoothMargin(network, problem, problem.gamma, 1e-3, weights=split)(*parameters)
    summary = margin_summary(network, problem, weights=split)
    least = minimum_margin(network, problem, weights=split)
    named = {"entropy": entropy, "smooth": smooth, "least": least} | vars(summary)
    named |= {f"gradient{i}": x for i, x in enumerate((*gradients, *slopes))}
    return {f"{k},{p},{half},{name}": x.numpy() for name, x in named.items()}


def train(folder: Path | None, stop_after: int | None = None) -> np.ndarray:
    """A short run; with ``stop_after``, one that rank 1 (or the only rank) stops there."""
    problem = Task.cyclic(2, 7)
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return stop_after is not None and asked > stop_after and distributed.rank() == distributed.size() - 1

    with RunFolder(folder).open({}, resume=True) if folder else nullcontext() as held:
        run = Run(problem, RECIPE, 48, 0, 0.2 * problem.gamma, folder=held, should_stop=should_stop)
        return np.concatenate([x.ravel() for x in run().network.numpy()])


def main(folder: Path, job: str) -> None:
    """One job; every rank saves what it found."""
    if job == "quantities":
        cases = [(1, 5, False), (2, 7, False), (2, 6, True), (3, 5, True), (4, 3, False)]
        found = {key: value for case in cases for key, value in quantities(*case).items()}
        found["weights"] = train(None)
        np.savez(folder / f"rank{distributed.rank()}.npz", **found)
    elif job == "start":
        try:
            train(folder / "run", stop_after=25)
        except Interrupted:
            (folder / f"stopped{distributed.rank()}").touch()
    elif job == "finish":
        np.save(folder / f"finished{distributed.rank()}.npy", train(folder / "run"))


if __name__ == "__main__":
    with distributed.joined():
        main(Path(sys.argv[1]), sys.argv[2])
