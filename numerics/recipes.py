r"""What a run starts with: named recipes, every number and why it is what it is, and which settings are refused.

All of it is looked at before torch loads and before anything is allocated.

Lengths are in units of e, the size of one entry at the optimum (:meth:`theory.task.Task.entry_scale`).
lambda is a fraction of gamma*: the optimum has the maximum margin at every lambda below gamma*(n-1)/n, so it need not
be small, and a small one is harmful, since the loss is flat before neurons have chosen a frequency.  Small
initialisation keeps neurons decoupled until each has become single-frequency.  The sharpness of the smoothed margin is
small because the unwanted exponents of :math:`(\sum_j \cos\alpha_j)^k` have coefficients from 1 to k!: the curvature
along them spreads over :math:`(k!)^2`, and a large sharpness multiplies the steep end only (measured at k=4, p=5: 6/k!
reaches 0.9999 in 1000 iterations, 5 stalls at 0.9995).
"""

import os
from dataclasses import asdict, dataclass
from math import factorial, isfinite, log2

from numerics.full_size.road import FullSize, worth_it
from theory.errors import InputError, require_integer
from theory.task import Task

DATA = ("full", "half")
DEVICES = ("auto", "cpu", "cuda")
LARGEST_INPUTS = 2**40
LARGEST_STEP = 1e16  # operations of one gradient: a day at 10^11 a second
BYTES_PER_WEIGHT = 24  # drawn in float64; weight, gradient and two moments in float32


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


def choose_recipe(name: str | None, task: Task, m: int, data: str = "full") -> Recipe | FullSize:
    """The recipe called ``name``, ``full-size`` included; without one, hybrid, or full-size where hybrid is long.

    Raises:
        InputError: for an unknown name; lists the known ones.

    Examples:
        >>> [choose_recipe(None, Task.cyclic(2, p), 8 * p).name for p in (11, 71)]
        ['hybrid', 'full-size']
    """
    if name is None:
        name = FullSize.name if data == "full" and worth_it(task, m) else DEFAULT_RECIPE
    known: dict[str, Recipe | FullSize] = {**RECIPES, FullSize.name: FullSize()}
    if name not in known:
        raise InputError(f"the recipe must be one of {', '.join(known)}; got {name!r}")
    return known[name]


def require_device(name: str) -> None:
    """Raise InputError for a name that is none of a device, before torch loads."""
    if name not in DEVICES:
        raise InputError(f"the device must be auto, cpu or cuda; got {name!r}")


def choose_device(name: str) -> str:
    """``auto`` is the GPU if there is one.

    Raises:
        InputError: for a device that torch does not have here.

    Examples:
        >>> choose_device("cpu")
        'cpu'
        >>> choose_device("tpu")
        Traceback (most recent call last):
            ...
        theory.errors.InputError: the device must be auto, cpu or cuda; got 'tpu'
    """
    require_device(name)
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("device cuda needs a GPU that torch can use; there is none")
    return name


def describe_bytes(count: float) -> str:
    """A byte count for people, for example ``1.5 GiB``.

    Examples:
        >>> describe_bytes(3 * 2**30)
        '3 GiB'
    """
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if count < 1024 or unit == "TiB":
            return f"{count:.4g} {unit}"
        count /= 1024
    raise AssertionError


def require_size(task: Task, m: int) -> None:
    """Raise InputError where no machine like this one can train m neurons on all inputs; gamma* is not asked for."""
    k, n = task.k, task.n
    require_integer("m", m, 1)
    if k * log2(n) > log2(LARGEST_INPUTS):
        raise InputError(f"the number of inputs n^k must be at most 2^40 to train on all of them; got {n}^{k}")
    operations = task.step_operations(m)
    if operations > LARGEST_STEP:
        size = f"n = {n}, k = {k}, m = {m}"
        raise InputError(f"a step may take at most {LARGEST_STEP:.0e} operations; {size} needs {operations:.0e}")
    weights = m * (k + 1) * n
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if weights * BYTES_PER_WEIGHT > memory:
        need = describe_bytes(weights * BYTES_PER_WEIGHT)
        raise InputError(f"m = {m} neurons must fit the {describe_bytes(memory)} of memory; they need {need}")


def require_settings(problem: Task, m: int, seed: int, penalty: float, target: float | None, data: str) -> None:
    """Raise InputError for a value with which no run can start, before any run has.

    Examples:
        >>> require_settings(Task.cyclic(2, 5), m=32, seed=0, penalty=0.001, target=1.0, data="full")
        Traceback (most recent call last):
            ...
        theory.errors.InputError: the target must lie strictly between 0 and 1 (it is a fraction of gamma*); got 1.0
    """
    require_integer("m", m, 1)
    require_integer("seed", seed, 0, 2**63 - 1)
    problem.log_scale(penalty)
    if target is not None and not (isfinite(target) and 0 < target < 1):
        raise InputError(f"the target must lie strictly between 0 and 1 (it is a fraction of gamma*); got {target!r}")
    if data not in DATA:
        raise InputError(f"the data must be {' or '.join(DATA)}; got {data!r}")
    require_size(problem, m)
