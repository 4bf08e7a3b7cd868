"""A network as the diagnosis sees it: a function from inputs to logits, and as much of its inside as could be read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import Tensor, nn

from theory.groups.group import Group
from theory.task import Task

Logits = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Hidden:
    r"""The layer that the output layer reads: :math:`f(a)[c] = \sum_i h_i(a)\, w_i(c) + \beta_c`.

    Attributes:
        activations: h, shape (N, m), of inputs (N, k).
        w: output vectors, shape (m, n).
        output_bias: beta, shape (n,).
        u: input vectors, shape (m, k, n), where the layer before the activation is a sum
            :math:`\sum_j u_{ij}(a_j)`, else None.  What all inputs share, such as a bias, is divided equally.
        activation: the name of the function from that sum to h, where it is one that we know, else None.
    """

    activations: Logits
    w: np.ndarray
    output_bias: np.ndarray
    u: np.ndarray | None = None
    activation: str | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """The part of a parameter that has one row for each symbol.

    Attributes:
        name: what to call it.
        parameter: name of the parameter.
        rows: shape (n, d).
        put: makes, from the whole parameter and other rows, the parameter with these rows in their place.
    """

    name: str
    parameter: str
    rows: np.ndarray
    put: Callable[[Tensor, np.ndarray], Tensor]


@dataclass(frozen=True, eq=False)
class Opened:
    """A network that has been read.

    Attributes:
        task: what it should compute.
        logits: its logits (N, n) for inputs (N, k), integers.
        kind: what it is, in a few words.
        notes: how it was read, one line each.
        hidden: the last hidden layer, where it could be found.
        first: input vectors of an earlier layer, shape (m, k, n), where only that one is a sum over inputs.
        tables: everything with one row per symbol.
        replaced: the logits with other parameters in place, by name; None where there are no parameters.
        module: the module, where there is one.
        inputs_of: what the module is called with for inputs (N, k).
    """

    task: Task
    logits: Logits
    kind: str
    notes: tuple[str, ...] = ()
    hidden: Hidden | None = None
    first: np.ndarray | None = None
    tables: tuple[Table, ...] = ()
    replaced: Callable[[Mapping[str, Tensor]], Logits] | None = None
    module: nn.Module | None = None
    inputs_of: Callable[[Tensor], tuple[Tensor, ...]] | None = field(default=None, repr=False)

    @property
    def group(self) -> Group | None:
        """The group; None for Z_p."""
        if self.task.table is None:
            return None
        return self.task.group or Group(self.task.name, self.task.table)
