"""What a preset is: a figure of a paper, and at each scale a problem, the paper's run and our runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from numerics.presets.published import Published
from numerics.recipes import Recipe

if TYPE_CHECKING:
    from numerics.problem import Problem

SCALES = ("smoke", "cpu", "full")


@dataclass(frozen=True)
class Ours:
    """One of our runs.

    Attributes:
        label: how the figure calls it.
        m: neurons.
        recipe: every number of the training.
        target: margin over gamma* on all inputs that the run must reach; None promises nothing.
        half: whether training sees a random half of the inputs only.
        seeds: the run is repeated with seeds 0 .. seeds-1; the figure shows seed 0.
    """

    label: str
    m: int
    recipe: Recipe
    target: float | None
    half: bool = False
    seeds: int = 1


@dataclass(frozen=True)
class Size:
    """A preset at one scale.

    Attributes:
        k: number of inputs.
        n: order of the group.
        m: neurons of the paper's run.
        published: the paper's run; None where the paper has none.
        ours: our runs.
        group: name of the group; None for Z_n.
    """

    k: int
    n: int
    m: int
    published: Published | None
    ours: tuple[Ours, ...]
    group: str | None = None

    def problem(self) -> "Problem":
        """The task with its gamma*."""
        from numerics.problem import Problem

        return Problem.cyclic(self.k, self.n) if self.group is None else Problem.of_group(self.k, self.group)


@dataclass(frozen=True)
class Preset:
    """A figure of a paper.

    Attributes:
        name: how people call it.
        title: what it shows.
        figure: ``neurons`` (weights of random neurons, their cosines, their spectra), ``spectra`` (largest share of
            power before and after training, dominant frequencies) or ``margin`` (``spectra`` with the margin first).
        runs: presets of the same ``runs`` show the same networks, which are trained once.
        sizes: by scale.
    """

    name: str
    title: str
    figure: Literal["neurons", "spectra", "margin"]
    runs: str
    sizes: Mapping[str, Size]
