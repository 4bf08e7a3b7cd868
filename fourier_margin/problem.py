"""Which task: addition modulo p, a group, or a sparse parity, from the arguments that all functions share."""

from typing import TYPE_CHECKING

import numpy as np

from theory.errors import InputError

if TYPE_CHECKING:
    from theory.groups import Group
    from theory.task import Task


def the_task(k: int | None, p: int | None, group: "str | np.ndarray | Group | None") -> "Task":
    """k-input addition modulo p, or the product of k elements of a group.

    Args:
        k: number of inputs.
        p: modulus.
        group: instead of p: a group's name, the path of a table file (.json), a multiplication table, or a group.

    Raises:
        InputError: unless there is k and exactly one of p and group, in range.

    Examples:
        >>> the_task(2, None, "S3").n
        6
    """
    from theory.task import Task

    if k is None:
        raise InputError("need k, the number of inputs; got none")
    if (p is None) == (group is None):
        raise InputError(f"need exactly one of p and group; got {'neither' if p is None else 'both'}")
    found = the_group(group)
    if found is not None:
        return Task.of_group(k, found)
    assert p is not None
    return Task.cyclic(k, p)


def the_group(group: "str | np.ndarray | Group | None") -> "Group | None":
    """The group that is meant; None for None.

    Raises:
        InputError: for an unknown name, or a table that is not a group's.

    Examples:
        >>> the_group(np.array([[0, 1], [1, 0]])).order
        2
    """
    from theory.groups import load_group
    from theory.groups.group import Group

    if group is None or isinstance(group, Group):
        return group
    if isinstance(group, str):
        return load_group(group)
    table = np.asarray(group)
    return Group(f"a table of {len(table) if table.ndim else 0} elements", table)
