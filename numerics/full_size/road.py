"""When a run takes the full-size road, and every number of it."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from theory.core.exponents import is_free
from theory.errors import InputError
from theory.task import Task

WORTH_OPERATIONS = 1e9  # of one step over all inputs: about half a minute of full-batch training on one core
MOST_INPUTS = 6  # the modes of k = 7 no longer fit a matrix of normal equations


@dataclass(frozen=True)
class FullSize:
    """Settings of the road; lengths are in steps, shares are of gamma* (ours, measured).

    Attributes:
        ratio: lambda / gamma* during the start and at the end.
        descent_ratio: lambda over gamma* (n-1)/n during the descent; at 1 the zero network would be optimal, and below
            but near it the sampled part is well conditioned.
        sample: at least so many inputs for a step of the descent,
        sample_of_modes: and at least so many for each mode of a frequency.
        descent_rounds: at most so many steps, each over a fresh sample.
        polish_steps: at most so many accepted steps for a frequency in a round of the polish.
        polish_values: the surrogate at which a frequency is done, round by round.
        tries: seeds that may be passed over because the start has starved a frequency.
    """

    ratio: float = 0.2
    descent_ratio: float = 0.9
    sample: int = 4096
    sample_of_modes: int = 8
    descent_rounds: int = 40
    polish_steps: int = 40
    polish_values: tuple[float, ...] = (1e-10, 1e-14)
    tries: int = 20

    name: ClassVar = "full-size"
    description: ClassVar = (
        "start on the exact mean margin, Newton steps on samples, polish in the network's own frequencies"
    )
    weighted: ClassVar = True

    @property
    def settings(self) -> dict[str, Any]:
        """Every number of the road, by name."""
        return asdict(self) | {"polish_values": list(self.polish_values)}


def applies(task: Task) -> bool:
    """Whether the road exists: addition modulo an odd p whose prime factors all exceed k, 2 <= k <= 6.

    There exponents do not alias at any frequency, so the polish's surrogate has the right minimisers.

    Examples:
        >>> [applies(Task.cyclic(k, p)) for k, p in ((2, 71), (3, 9), (2, 8), (1, 7))]
        [True, False, False, False]
    """
    k, p = task.k, task.n
    cyclic = task.table is None and task.bits is None
    return cyclic and 2 <= k <= MOST_INPUTS and p % 2 == 1 and all(is_free(k, d) for d in range(2, p + 1) if p % d == 0)


def worth_it(task: Task, m: int) -> bool:
    """Whether full-batch training would be long, and this road exists."""
    return task.step_operations(m) >= WORTH_OPERATIONS and applies(task)


def require_road(task: Task, data: str) -> None:
    """Raise InputError where the road does not exist.

    Examples:
        >>> require_road(Task.cyclic(2, 8), "full")
        Traceback (most recent call last):
            ...
        theory.errors.InputError: full-size needs an odd p whose prime factors exceed k, 2 <= k <= 6; got Z_8, k = 2
    """
    if not applies(task):
        need = f"needs an odd p whose prime factors exceed k, 2 <= k <= {MOST_INPUTS}"
        raise InputError(f"full-size {need}; got {task.name}, k = {task.k}")
    if data != "full":
        raise InputError(f"full-size needs all inputs; got the data {data!r}")
