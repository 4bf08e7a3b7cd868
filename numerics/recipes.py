r"""Named training recipes: every number that a run depends on, and why it is what it is.

Lengths are in units of e, the size of one entry at the optimum (:meth:`theory.task.Task.entry_scale`).
lambda is a fraction of gamma*: the optimum has the maximum margin at every lambda below gamma*(n-1)/n, so it need not
be small, and a small one is harmful, since the loss is flat before neurons have chosen a frequency.  Small
initialisation keeps neurons decoupled until each has become single-frequency.  The sharpness of the smoothed margin is
small because the unwanted exponents of :math:`(\sum_j \cos\alpha_j)^k` have coefficients from 1 to k!: the curvature
along them spreads over :math:`(k!)^2`, and a large sharpness multiplies the steep end only (measured at k=4, p=5: 6/k!
reaches 0.9999 in 1000 iterations, 5 stalls at 0.9995).
"""

from dataclasses import asdict, dataclass
from math import factorial

from numerics.full_size.road import FullSize, worth_it
from theory.errors import InputError
from theory.task import Task


@dataclass(frozen=True)
class Recipe:
    """Settings of a run.

    Attributes:
        name: how people call it.
        description: one line for people.
        ratio: lambda / gamma*.
        spread: standard deviation of the initial entries, in units of e.
        rate: Adam's learning rate at the start, in units of e; a half cosine takes it to 0.
        descent_steps: full-batch Adam steps, in float32.
        polish_rounds: at most so many rounds of L-BFGS, in float64.
        polish_iterations: iterations of a round; its memory is dropped at the end.
        polish_memory: correction pairs.
        sharpness: k! times the beta of the smoothed margin that L-BFGS minimises.
        weighted: whether the cross-entropy carries the class weights tau (no difference where they are uniform).
    """

    name: str
    description: str
    ratio: float = 0.2
    spread: float = 0.05
    rate: float = 0.1
    descent_steps: int = 400
    polish_rounds: int = 0
    polish_iterations: int = 200
    polish_memory: int = 20
    sharpness: float = 6.0
    weighted: bool = True

    @property
    def settings(self) -> dict[str, float]:
        """Every number of the recipe, by name."""
        return {key: value for key, value in asdict(self).items() if key not in ("name", "description")}

    def beta(self, k: int) -> float:
        """The smoothed margin's beta for k inputs."""
        return self.sharpness / factorial(k)


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "hybrid",
            "400 Adam steps on cross-entropy plus lambda ||theta||^(k+1), then L-BFGS on the smoothed margin",
            polish_rounds=40,
        ),
        Recipe(
            "adam",
            "the papers' objective alone: 4000 full-batch Adam steps on cross-entropy plus lambda ||theta||^(k+1)",
            descent_steps=4000,
        ),
        Recipe(
            "plain",
            "adam without the class weights: where they are not uniform its optimum is below the maximum margin",
            descent_steps=4000,
            weighted=False,
        ),
    )
}
DEFAULT_RECIPE = "hybrid"


def load_recipe(name: str) -> Recipe:
    """The recipe called ``name``.

    Raises:
        InputError: for an unknown name; lists the known ones.

    Examples:
        >>> sorted(load_recipe("hybrid").settings)[:3]
        ['descent_steps', 'polish_iterations', 'polish_memory']
    """
    if name not in RECIPES:
        raise InputError(f"the recipe must be one of {', '.join(RECIPES)}; got {name!r}")
    return RECIPES[name]


def recipe_or_road(name: str) -> Recipe | FullSize:
    """The recipe called ``name``, or the road of :mod:`numerics.full_size` for ``full-size``.

    Raises:
        InputError: for an unknown name; lists the known ones.
    """
    if name == FullSize.name:
        return FullSize()
    if name not in RECIPES:
        raise InputError(f"the recipe must be one of {', '.join([*RECIPES, FullSize.name])}; got {name!r}")
    return RECIPES[name]


def choose_recipe(name: str | None, task: Task, m: int, data: str = "full") -> Recipe | FullSize:
    """The recipe called ``name``; without one, hybrid, or full-size where hybrid would be long.

    Raises:
        InputError: for an unknown name; lists the known ones.

    Examples:
        >>> [choose_recipe(None, Task.cyclic(2, p), 8 * p).name for p in (11, 71)]
        ['hybrid', 'full-size']
    """
    return recipe_or_road(name or (FullSize.name if data == "full" and worth_it(task, m) else DEFAULT_RECIPE))
