r"""The maximum margin of a task and a network that attains it: one question and one answer for all three tasks.

The mathematics is in ``theory.margin`` and ``theory.construction`` (addition modulo p), ``theory.groups`` and
``theory.parity``; here are what the answers have in common.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from theory import margin as modular
from theory import parity
from theory.errors import InputError
from theory.task import Task

if TYPE_CHECKING:
    import sympy

    from theory.core.exact_network import ExactNetwork
    from theory.groups.construction import GroupNetwork
    from theory.groups.group import Group
    from theory.groups.margin import GroupMargin


@dataclass(frozen=True, eq=False, repr=False)
class Margin:
    """gamma* of ``task``, and how the norm of an optimal network is shared out."""

    task: Task

    def __repr__(self) -> str:
        """The sentence that commands and notebooks print."""
        shown = f" = {self.value:.8e}" if sys.float_info.min <= self.value <= sys.float_info.max else ""
        return f"gamma*({self.task.arguments}) = {self.exact}{shown}"

    def __float__(self) -> float:
        """The value."""
        return self.value

    def _repr_latex_(self) -> str:
        import sympy

        return rf"$\gamma^*(\text{{{self.task.arguments}}}) = {sympy.latex(self.exact)} \approx {self.value:.6g}$"

    @cached_property
    def of_group(self) -> "GroupMargin":
        """The answer for a group, with its certificates."""
        from theory.groups.margin import max_margin as group_margin

        return group_margin(_group(self.task), self.task.k)

    @cached_property
    def exact(self) -> "sympy.Expr":
        """gamma*, exact."""
        task = self.task
        if task.bits is not None:
            return parity.max_margin(task.bits, task.k)
        return modular.max_margin(task.k, task.n) if task.table is None else self.of_group.exact

    @cached_property
    def value(self) -> float:
        """gamma* rounded once to the nearest float."""
        return self.task.gamma

    @cached_property
    def masses(self) -> Mapping[Any, "sympy.Expr"]:
        """Exact mass of each component, adding up to 1: by frequency, name of a representation, or sign class."""
        import sympy

        task = self.task
        if task.bits is not None:
            share = sympy.Rational(1, 2 ** (task.k - 1))
            return {(1, *rest): share for rest in product((1, -1), repeat=task.k - 1)}
        if task.table is None:
            return modular.frequency_masses(task.k, task.n)
        found = self.of_group
        return {v.name: mass for v, mass in zip(found.characters.irreps, found.masses, strict=True)}


@dataclass(frozen=True, eq=False)
class Network:
    """A network of norm 1 and margin gamma*.

    Attributes:
        task: what it computes.
        method: how it was made.
        exact: the same network exactly; ``None`` on groups, where weights are irrational in general.
        made: what the construction of the group's file returned; ``None`` elsewhere.
    """

    task: Task
    method: str
    exact: "ExactNetwork | parity.ParityNetwork | None" = None
    made: "GroupNetwork | None" = None

    @cached_property
    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """Float64 weights u (m, k, n) and w (m, n); for a parity u (m, bits) and w (m, 2)."""
        if self.made is not None:
            return self.made.u, self.made.w
        if isinstance(self.exact, parity.ParityNetwork):
            return parity.weights(self.exact)
        from theory.floats import weights

        assert self.exact is not None
        return weights(self.exact)

    @property
    def width(self) -> int:
        """Number of neurons."""
        if isinstance(self.exact, parity.ParityNetwork):
            return len(self.exact.neurons)
        return len(self.weights[1]) if self.exact is None else self.exact.width


def max_margin(task: Task) -> Margin:
    """gamma* of the task: exact expression, value and masses, each computed when asked for.

    Examples:
        >>> [max_margin(task).exact for task in (Task.cyclic(3, 5), Task.of_group(2, "Q8"), Task.parity(10, 3))]
        [3/320, sqrt(6)/198, 3*sqrt(2)/8]
    """
    return Margin(task)


def construct(task: Task, method: str = "minimal") -> Network:
    """A network that attains gamma*.

    Args:
        task: any task.
        method: ``minimal``; on Z_p also ``li24`` or ``narrow``, on groups ``attaining`` or ``morwani23``.

    Raises:
        InputError: for a method that the task does not have, or a task too large for it.

    Examples:
        >>> [construct(task).width for task in (Task.cyclic(3, 5), Task.of_group(2, "S3"), Task.parity(10, 3))]
        [32, 12, 4]
    """
    if task.bits is not None:
        if method != "minimal":
            raise InputError(f"method must be minimal; got {method!r}")
        return Network(task, method, parity.construct(task.bits, task.k))
    if task.table is not None:
        from theory.groups.construction import construct as group_network

        return Network(task, method, made=group_network(_group(task), task.k, method))
    from theory.construction import construct as modular_network
    from theory.narrow_designs import narrow

    exact = narrow(task.k, task.n) if method == "narrow" else modular_network(task.k, task.n, method)
    return Network(task, method, exact)


def _group(task: Task) -> "Group":
    from theory.groups.group import Group

    assert task.table is not None
    return Group(task.name, task.table) if task.group is None else task.group
