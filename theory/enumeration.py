"""What a pass over all n^k inputs of a task costs, and how much of it is affordable."""

from math import inf, log2

from theory.task import Task

MOST_WORK = 5e12
LOOK = 250  # multiplications that looking at one logit takes as long as


def work(task: Task, m: int) -> float:
    """Multiplications of a pass for m neurons, the time for looking at its logits included."""
    k, n = task.k, task.n
    return float(n) ** (k + 1) * (m * max(k - 1, 1) + LOOK) if k * log2(n) < 900 else inf
