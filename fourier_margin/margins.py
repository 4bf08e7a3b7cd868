"""``fm.max_margin``: gamma* of a task, exact and as a float."""

from typing import TYPE_CHECKING

from fourier_margin.problem import the_task
from theory.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from theory.groups import Group
    from theory.solution import Margin


def max_margin(
    k: int | None = None,
    p: int | None = None,
    *,
    group: "str | np.ndarray | Group | None" = None,
    parity: tuple[int, int] | None = None,
) -> "Margin":
    """The maximum normalised margin of k-input addition modulo p, of a group, or of a sparse parity.

    Args:
        k: number of inputs.
        p: modulus, any p >= 2.
        group: instead of p: a group's name such as ``S4``, a table file, or a multiplication table (n, n).
        parity: alone: (n, k), the parity of k of n bits.

    Returns:
        ``exact`` (sympy), ``value`` (float; ``float(...)`` too) and ``masses``; it prints as an equation.

    Raises:
        InputError: unless exactly one task is named, in range.

    Examples:
        >>> max_margin(k=3, p=5)
        gamma*(k=3, p=5) = 3/320 = 9.37500000e-03
        >>> max_margin(k=2, group="Q8").exact, max_margin(parity=(10, 3)).exact
        (sqrt(6)/198, 3*sqrt(2)/8)
    """
    from theory.solution import max_margin as solve
    from theory.task import Task

    if parity is None:
        return solve(the_task(k, p, group))
    if not (k is None and p is None and group is None):
        raise InputError("parity must stand alone, without k, p and group")
    if not (isinstance(parity, tuple | list) and len(parity) == 2):
        raise InputError(f"parity must be two integers (n, k); got {parity!r:.60}")
    return solve(Task.parity(*parity))
