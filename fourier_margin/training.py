"""``fm.train``: a network trained to the maximum margin, by the same roads as ``fourier-margin train``."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fourier_margin.networks import Network
from fourier_margin.problem import the_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from numerics.history import Record
    from numerics.training import Progress
    from theory.account import Account
    from theory.groups import Group
    from theory.network_file import NetworkFile
    from verify.result import CheckResult
    from verify.verification import Verification


@dataclass(frozen=True, eq=False, repr=False)
class Training:
    """A finished run.

    Attributes:
        network: the trained network.
        margin: its margin over gamma*, over all inputs, in float64.
        target: what was asked for.
        history: records over the run.
        seconds: wall time.
        folder: the run's folder, where one was kept.
    """

    network: Network
    margin: float
    target: float
    history: "list[Record]"
    seconds: float
    folder: Path | None = None

    @property
    def holds(self) -> bool:
        """Whether the target was reached."""
        return self.margin >= self.target

    @property
    def verdict(self) -> str:
        """The margin that was reached, against the target."""
        reached = "Target reached" if self.holds else "Target missed"
        return (
            f"{reached}: the margin is {self.margin:.6g} of gamma* (target {self.target:g}), in {self.seconds:.1f} s."
        )

    @property
    def file(self) -> "NetworkFile":
        """What the network's file holds."""
        return self.network.file

    @cached_property
    def verification(self) -> "Verification":
        """What ``verify --trained`` says of the network."""
        from verify.verification import verify_network

        return verify_network(self.file, "the trained network", self.folder, trained=True)

    @property
    def checks(self) -> "Sequence[CheckResult]":
        """Its checks."""
        return self.verification.checks

    @property
    def account(self) -> "Account | None":
        """Where its margin went."""
        return self.verification.account

    def plot(self) -> "Figure":
        """What is missing of gamma*, over the records of the run."""
        from matplotlib.figure import Figure

        from verify.report.figures import draw_history

        canvas = Figure(figsize=(6.4, 3.0), layout="constrained")
        draw_history(canvas.subplots(), [dict(record) for record in self.history])
        return canvas

    def __repr__(self) -> str:
        """The network, and what it reached."""
        return f"{self.network!r}. {self.verdict}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self.network))}</p><p><b>{escape(self.verdict)}</b></p>"


def train(
    k: int | None = None,
    p: int | None = None,
    *,
    group: "str | np.ndarray | Group | None" = None,
    m: int | None = None,
    seed: int = 0,
    recipe: str | None = None,
    lambda_: float | None = None,
    target: float = 0.9999,
    data: str = "full",
    device: str = "auto",
    out: str | Path | None = None,
    resume: bool = False,
    progress: "Callable[[Progress], None] | None" = None,
) -> Training:
    """Train one seed until the margin reaches the target, or the recipe ends.

    Args:
        k: number of inputs.
        p: modulus.
        group: instead of p: a group's name such as ``S4``, a table file, or a multiplication table (n, n).
        m: neurons; by default more than enough.
        seed: seed of the initial weights and of the split.
        recipe: ``hybrid``, ``adam``, ``plain`` or ``full-size``; by default hybrid, or full-size where that is long.
        lambda_: weight of ||theta||^(k+1); by default the recipe's.
        target: fraction of gamma* to reach.
        data: ``full``, or ``half`` of the inputs drawn at random.
        device: ``auto``, ``cpu`` or ``cuda``.
        out: folder of the run, which every command reads; without it nothing is kept on disk.
        resume: go on where the run in ``out`` was stopped.
        progress: called after every step.

    Raises:
        InputError: for unusable settings, or a folder that cannot be used.

    Examples:
        >>> found = train(k=1, p=5, target=0.999)
        >>> found.holds, found.network.width
        (True, 8)
    """
    from numerics import launch
    from numerics.recipes import choose_device, choose_recipe

    task = the_task(k, p, group)
    width = task.default_width if m is None else m
    chosen = choose_recipe(recipe, task, width, data)
    penalty = chosen.ratio * task.gamma if lambda_ is None else lambda_
    folder = None if out is None else Path(out)
    found = launch.train(
        task, chosen, m=width, seed=seed, penalty=penalty, target=target, data=data,
        device=choose_device(device), out=folder, resume=resume, progress=progress,
    )  # fmt: skip
    weights = found.network.u.detach().cpu().numpy(), found.network.w.detach().cpu().numpy()
    metadata = launch.metadata_of(task, chosen, seed, penalty, data, found)
    network = Network(task.k, task.n, lambda: weights, task.group, None, metadata, f"trained, seed {seed}")
    return Training(network, found.margin, target, found.history, found.seconds, folder)
