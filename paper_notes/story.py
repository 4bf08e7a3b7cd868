"""One trained network and the three pictures that tell the story: on the README, on the home page and in note 1."""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from paper_notes import figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from numerics.components import Spectrum
    from numerics.training import Result

K, P, STEPS = 2, 23, 600
SHOWN_FREQUENCY = 2
VECTORS = ((figures.BLUE, "o", "$u$"), (figures.ORANGE, "s", "$v$"), (figures.GREEN, "^", "$w$"))


@cache
def trained() -> "tuple[Result, Spectrum]":
    """A network trained on all sums of two numbers modulo 23 from random weights, in seconds, and its spectrum."""
    from dataclasses import replace

    from numerics.components import Spectrum
    from numerics.recipes import load_recipe
    from numerics.training import Run
    from theory.task import Task

    problem, recipe = Task.cyclic(K, P), replace(load_recipe("adam"), descent_steps=STEPS)
    result = Run(problem, recipe, problem.default_width, 0, recipe.ratio * problem.gamma)()
    return result, Spectrum(*result.network.numpy())


def neuron(ax: "Axes") -> None:
    """The weights of one neuron, each vector with the cosine of its frequency, size and phase."""
    _, found = trained()
    i = int(np.flatnonzero(found.frequency == SHOWN_FREQUENCY)[0])
    smooth = np.linspace(0, P - 1, 400)
    for j, (colour, marker, label) in enumerate(VECTORS):
        values = found.vectors[i, j] / np.abs(found.vectors[i]).max()
        size = np.sqrt(2 * (values**2).sum() / P)
        wave = size * np.cos(2 * np.pi * (found.phases[i, j] + SHOWN_FREQUENCY * smooth / P))
        ax.plot(smooth, wave, color=colour, linewidth=1)
        ax.plot(range(P), values, marker, color=colour, markersize=4, label=label)
    ax.set(xlabel="value of an input or output", ylabel="weight (scaled)", ylim=(-1.15, 1.45))
    ax.legend(fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.02))


def margin(ax: "Axes") -> None:
    """The normalised margin at every look, and the theorem's line."""
    result, _ = trained()
    ax.plot([h["step"] for h in result.history], [h["margin"] for h in result.history], color=figures.BLUE)
    ax.axhline(1, color=figures.RED, linewidth=1, linestyle="--")
    ax.annotate("theorem", (STEPS, 1), (STEPS, 0.9), ha="right", color=figures.RED)
    ax.set(xlabel="training step", ylabel=r"normalised margin / $\gamma^*$", ylim=(0, 1.08))


def phases(ax: "Axes") -> None:
    """Output phase of every neuron against the sum of its input phases."""
    _, found = trained()
    ax.plot([0, 1], [0, 1], color=figures.FAINT, linewidth=1)
    ax.plot(found.phases[:, :-1].sum(axis=1) % 1, found.phases[:, -1] % 1, "o", markersize=3, color=figures.BLUE)
    ax.set(xlabel="sum of input phases (turns)", ylabel="output phase (turns)", aspect="equal")


def hand() -> tuple[int, int]:
    """Two neurons of one frequency whose first input vectors are closest to a quarter of a turn apart."""
    _, found = trained()
    chosen = np.flatnonzero(found.frequency == SHOWN_FREQUENCY)
    apart = np.abs((found.phases[chosen, 0][:, None] - found.phases[chosen, 0] + 0.5) % 1 - 0.5)
    first, second = np.unravel_index(np.abs(apart - 0.25).argmin(), apart.shape)
    return int(chosen[first]), int(chosen[second])


def clock(ax: "Axes") -> None:
    """The weights of two such neurons for the same input as coordinates: the numbers stand round a clock."""
    _, found = trained()
    x, y = (found.vectors[i, 0] / np.linalg.norm(found.vectors[i, 0]) * np.sqrt(P / 2) for i in hand())
    ax.plot([0, x[1]], [0, y[1]], color=figures.BLUE, linewidth=3)
    ax.plot(x, y, "o", color=figures.BLUE, markersize=4)
    for a in range(P):
        ax.text(1.17 * x[a], 1.17 * y[a], str(a), ha="center", va="center", fontsize=8)
    ax.set(
        xlabel="weight in one neuron", ylabel="weight in the other", aspect="equal", xlim=(-1.4, 1.4), ylim=(-1.4, 1.4)
    )
    ax.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1))
