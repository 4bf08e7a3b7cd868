"""A figure of a paper at one scale: a problem, the paper's run and our runs."""

from dataclasses import dataclass

from numerics.full_size.road import FullSize
from numerics.recipes import Recipe
from numerics.studies.one_hidden.published import Published
from theory.task import Task


@dataclass(frozen=True)
class Ours:
    """One of our runs.

    Attributes:
        key: short name, unique within the figure.
        label: name in the figure.
        m: neurons.
        recipe: every number of the training.
        target: margin over gamma* on all inputs that the run must reach; None promises nothing.
        half: whether training sees a random half of the inputs only.
        seeds: the run is repeated with seeds 0 .. seeds-1; the figure shows seed 0.
    """

    key: str
    label: str
    m: int
    recipe: Recipe | FullSize
    target: float | None
    half: bool = False
    seeds: int = 1


@dataclass(frozen=True)
class Experiment:
    """A figure at one scale.

    Attributes:
        k: number of inputs.
        n: order of the group.
        m: neurons of the paper's run.
        paper_size: order of the group and neurons in the paper.
        published: the paper's run; None where the paper has none.
        ours: our runs.
        group: name of the group; None for Z_n.
    """

    k: int
    n: int
    m: int
    paper_size: tuple[int, int]
    published: Published | None
    ours: tuple[Ours, ...]
    group: str | None = None

    def problem(self) -> Task:
        """The task with its gamma*."""
        return Task.cyclic(self.k, self.n) if self.group is None else Task.of_group(self.k, self.group)
