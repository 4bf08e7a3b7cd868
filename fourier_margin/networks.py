"""``fm.construct``: a maximum-margin network; and the networks that ``fm`` hands out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourier_margin.problem import the_task
from theory.errors import InputError

if TYPE_CHECKING:
    from numerics.network import PowerNetwork
    from theory.core.exact_network import ExactNetwork
    from theory.groups import Group
    from theory.network_file import NetworkFile


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A network of one hidden layer: f(a)[c] = sum_i sigma(sum_j u[i, j, a_j]) w[i, c], with sigma(t) = t^k or ReLU.

    Attributes:
        k: number of inputs.
        p: number of values and of labels, the modulus or the order of the group.
        make: gives (u, w); called when a weight is asked for.
        group: the group; None for addition modulo p.
        exact: the same network exactly, where it has an exact form.
        metadata: strings of its file, such as ``method`` or ``lambda``.
        known: what is known of it by construction, for people.
    """

    k: int
    p: int
    make: Callable[[], tuple[np.ndarray, np.ndarray]]
    group: "Group | None" = None
    exact: "ExactNetwork | None" = None
    metadata: dict[str, str] = field(default_factory=dict)
    known: str = ""

    @classmethod
    def of(cls, file: "NetworkFile") -> "Network":
        """The network that a file holds.

        Raises:
            InputError: when its table is not that of a group.
        """
        return cls(file.k, file.p, lambda: (file.u, file.w), file.group, None, dict(file.metadata))

    @cached_property
    def _weights(self) -> tuple[np.ndarray, np.ndarray]:
        return self.make()

    @property
    def u(self) -> np.ndarray:
        """Input weights, shape (m, k, p)."""
        return self._weights[0]

    @property
    def w(self) -> np.ndarray:
        """Output weights, shape (m, p)."""
        return self._weights[1]

    @property
    def width(self) -> int:
        """Number of neurons, m."""
        return len(self.w) if self.exact is None else self.exact.width

    def __repr__(self) -> str:
        """One sentence."""
        task = f"k={self.k}, p={self.p}" if self.group is None else f"k={self.k}, group={self.group.name}"
        return f"Network of {self.width} neurons, {task}{f': {self.known}' if self.known else ''}"

    @property
    def file(self) -> "NetworkFile":
        """What its network file holds."""
        from theory.network_file import NetworkFile

        table = None if self.group is None else self.group.table
        return NetworkFile(self.u, self.w, self.k, self.p, table, self.metadata)

    def save(self, path: str | Path) -> Path:
        """Write the network, atomically: floats, or its exact form where the path ends in ``.json``.

        Raises:
            InputError: when there is no exact form, or the file cannot be written.
        """
        from theory.exact_file import save_exact
        from theory.network_file import save_network

        path = Path(path)
        if path.suffix != ".json":
            save_network(path, self.file)
        elif self.exact is None:
            raise InputError(f"an exact file (.json) needs fm.construct(k, p); {self!r} has no exact form")
        else:
            save_exact(path, self.exact)
        return path

    def torch(self, dtype: Any = None, device: Any = "cpu") -> "PowerNetwork":
        """The same as a torch module: ``module(inputs)`` gives the logits of integer inputs of shape (N, k)."""
        from numerics.network import ACTIVATIONS, PowerNetwork

        activation = ACTIVATIONS[self.file.activation]
        return PowerNetwork.from_numpy(self.u, self.w, dtype, device, activation)


def construct(
    k: int | None = None,
    p: int | None = None,
    *,
    group: "str | np.ndarray | Group | None" = None,
    method: str = "minimal",
) -> Network:
    """A network of norm 1 whose margin is gamma*, every weight of it correctly rounded on Z_p.

    Args:
        k: number of inputs.
        p: modulus.
        group: instead of p: a group's name such as ``S4``, a table file, or a multiplication table (n, n).
        method: ``minimal``; on Z_p also ``li24`` or ``narrow``, on groups ``attaining`` or ``morwani23``.

    Raises:
        InputError: unless exactly one task is named, in range and with such a method.

    Examples:
        >>> net = construct(k=2, p=7)
        >>> net, net.u.shape, net.exact.blocks[0].neurons[1].output
        (Network of 18 neurons, k=2, p=7: minimal construction, norm 1, margin gamma*, (18, 2, 7), Fraction(1, 3))
    """
    from theory.core.exact_network import ExactNetwork
    from theory.solution import construct as solve

    task = the_task(k, p, group)
    found = solve(task, method)
    exact = found.exact if isinstance(found.exact, ExactNetwork) else None
    named = {"method": method} | ({} if task.group is None else {"group": task.name})
    known = f"{method} construction, norm 1, margin gamma*"
    return Network(task.k, task.n, lambda: found.weights, task.group, exact, named, known)
