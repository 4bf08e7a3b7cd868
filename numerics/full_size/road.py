"""When a run takes the full-size road, and every number of it."""

from dataclasses import asdict, dataclass
from typing import Any

from numerics.problem import Problem
from theory.core.exponents import is_free

WORTH_OPERATIONS = 1e9  # of one step over all inputs: about half a minute of full-batch training on one core
MOST_MODES_K = 6


@dataclass(frozen=True)
class FullSize:
    """Settings of the road; lengths are in steps, shares are of gamma* (ours, measured).

    Attributes:
        ratio: lambda / gamma* during the start and at the end.
        descent_ratio: lambda / gamma* during the descent, where a larger one keeps the sampled part well conditioned.
        sample: inputs of a round of the descent.
        descent_rounds: at most so many rounds, each over a fresh sample.
        descent_iterations: L-BFGS steps of a round.
        polish_steps: at most so many accepted steps for a frequency in a round of the polish.
        polish_values: the surrogate at which a frequency is done, round by round.
        tries: seeds that may be passed over because the start has starved a frequency.
    """

    ratio: float = 0.2
    descent_ratio: float = 0.9
    sample: int = 4096
    descent_rounds: int = 4
    descent_iterations: int = 50
    polish_steps: int = 40
    polish_values: tuple[float, ...] = (1e-7, 1e-9, 1e-11, 1e-13)
    tries: int = 20

    name = "full-size"
    description = "start on the exact mean margin, L-BFGS on samples, polish in the network's own frequencies"
    weighted = True

    @property
    def settings(self) -> dict[str, Any]:
        """Every number of the road, by name."""
        return asdict(self) | {"polish_values": list(self.polish_values)}


def applies(problem: Problem) -> bool:
    """Whether the road exists: addition modulo an odd p whose prime factors all exceed k, 2 <= k <= 6.

    There exponents do not alias at any frequency, so the polish's surrogate has the right minimisers.

    Examples:
        >>> [applies(Problem.cyclic(k, p)) for k, p in ((2, 71), (3, 9), (2, 8), (1, 7))]
        [True, False, False, False]
    """
    k, p = problem.task.k, problem.task.n
    orders = (order for order in range(2, p + 1) if p % order == 0)
    return problem.group is None and 2 <= k <= MOST_MODES_K and p % 2 == 1 and all(is_free(k, d) for d in orders)


def worth_it(problem: Problem, m: int) -> bool:
    """Whether full-batch training would be long."""
    return problem.step_operations(m) >= WORTH_OPERATIONS
