r"""A finite group is its multiplication table, and a table is believed only after an exact check.

Associativity is decided by Light's test, not by sampling: the elements g with :math:`(xg)y = x(gy)` for all
x, y are closed under multiplication, so it is enough to test a set that generates the table.  A group of
order n has such a set of at most :math:`\log_2 n` elements, and the test costs :math:`n^2 \log_2 n` look-ups.
"""

from dataclasses import dataclass
from functools import cached_property
from math import lcm

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from theory.errors import InputError

LARGEST_ORDER = 2000


@dataclass(frozen=True, eq=False)
class Group:
    """A finite group; building one checks that it is one.

    Attributes:
        name: name of the group, such as ``S4``, or the stem of its file's name.
        table: the product of elements i and j is ``table[i, j]``; shape (n, n), int32, read-only.

    Raises:
        InputError: when the table is not that of a group of order 2..2000; the line names the entry, element
            or triple at fault.
    """

    name: str
    table: np.ndarray

    def __post_init__(self) -> None:
        """Check the table and freeze it."""
        table = np.array(self.table)
        _require_closed(table)
        table = table.astype(np.int32)
        _require_identity_and_inverses(table)
        _require_associative(table)
        table.setflags(write=False)
        object.__setattr__(self, "table", table)

    @property
    def order(self) -> int:
        """The number of elements, n."""
        return len(self.table)

    @cached_property
    def identity(self) -> int:
        """Index of the neutral element."""
        return _identity(self.table)

    @cached_property
    def inverse(self) -> np.ndarray:
        """Index of the inverse of each element, shape (n,)."""
        return np.argmax(self.table == self.identity, axis=1)

    @cached_property
    def generators(self) -> tuple[int, ...]:
        """At most log2(n) elements that generate the group."""
        return tuple(g for g in _generators(self.table) if g != self.identity)

    @cached_property
    def is_abelian(self) -> bool:
        """Whether the table is symmetric."""
        return bool((self.table == self.table.T).all())

    @cached_property
    def element_orders(self) -> np.ndarray:
        """The order of each element, shape (n,)."""
        orders = np.ones(self.order, dtype=np.int64)
        elements = np.arange(self.order)
        power = elements
        while (moving := power != self.identity).any():
            orders[moving] += 1
            power = np.where(moving, self.table[power, elements], power)
        return orders

    @cached_property
    def exponent(self) -> int:
        """The least common multiple of the elements' orders."""
        return lcm(*np.unique(self.element_orders).tolist())

    @cached_property
    def powers(self) -> np.ndarray:
        """``powers[s, x]`` is x to the power s, for s = 0..exponent-1: shape (exponent, n)."""
        powers = np.empty((self.exponent, self.order), dtype=np.int32)
        powers[0] = self.identity
        for s in range(1, self.exponent):
            powers[s] = self.table[powers[s - 1], np.arange(self.order)]
        return powers

    @cached_property
    def class_of(self) -> np.ndarray:
        """The conjugacy class of each element, shape (n,); class 0 is that of the identity.

        Classes are numbered by the order of their elements, then by their first element.
        """
        conjugates = [self.table[self.table[g], self.inverse[g]] for g in self.generators]
        label = _orbits(self.order, conjugates)
        first = np.unique(label, return_index=True)[1]
        rank = np.lexsort((first, self.element_orders[first]))
        return np.argsort(rank)[label]

    @cached_property
    def class_representatives(self) -> np.ndarray:
        """The first element of each conjugacy class, shape (r,)."""
        return np.unique(self.class_of, return_index=True)[1]

    @cached_property
    def class_sizes(self) -> np.ndarray:
        """The size of each conjugacy class, shape (r,)."""
        return np.bincount(self.class_of)

    @cached_property
    def class_powers(self) -> np.ndarray:
        """``class_powers[s, C]`` is the class of the s-th powers of class C: shape (exponent, r)."""
        return self.class_of[self.powers[:, self.class_representatives]]

    def product_of(self, factors: np.ndarray) -> np.ndarray:
        """Products along the last axis of an array of elements."""
        total = factors[..., 0]
        for j in range(1, factors.shape[-1]):
            total = self.table[total, factors[..., j]]
        return total

    def relabelled(self, permutation: np.ndarray) -> "Group":
        """The same group with element i renamed ``permutation[i]``."""
        back = np.argsort(permutation)
        return Group(self.name, np.asarray(permutation)[self.table[np.ix_(back, back)]])


def direct_product(left: Group, right: Group) -> Group:
    """The group of pairs, the pair (a, b) numbered ``a * right.order + b``."""
    blocks = left.table[:, None, :, None] * right.order + right.table[None, :, None, :]
    order = left.order * right.order
    return Group(f"{left.name}x{right.name}", blocks.reshape(order, order))


def _orbits(size: int, maps: list[np.ndarray]) -> np.ndarray:
    """Orbit label of each of 0..size-1 under the group that these permutations generate."""
    points = np.concatenate([np.arange(size)] * (len(maps) + 1))
    images = np.concatenate([np.arange(size), *maps])
    graph = coo_array((np.ones(len(points), dtype=np.int8), (points, images)), shape=(size, size))
    return connected_components(graph, directed=False)[1]


def _require_closed(table: np.ndarray) -> None:
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise InputError(f"the table must be square; got shape {table.shape}")
    n = len(table)
    if not 2 <= n <= LARGEST_ORDER:
        raise InputError(f"the order of the group must lie in 2..{LARGEST_ORDER}; got {n}")
    if not np.issubdtype(table.dtype, np.integer):
        raise InputError(f"the table must hold integers; got {table.dtype}")
    outside = np.argwhere((table < 0) | (table >= n))
    if len(outside):
        x, y = outside[0].tolist()
        raise InputError(f"products must lie in 0..{n - 1} (closure); {x}*{y} = {table[x, y]}")


def _identity(table: np.ndarray) -> int:
    elements = np.arange(len(table))
    neutral = (table == elements).all(axis=1) & (elements == table.T).all(axis=1)
    if not neutral.any():
        raise InputError("the table must have an identity: no row and column e have e*x = x*e = x for every x")
    return int(np.argmax(neutral))


def _require_identity_and_inverses(table: np.ndarray) -> None:
    unit = table == _identity(table)
    missing = np.flatnonzero(~(unit & unit.T).any(axis=1))
    if len(missing):
        raise InputError(f"every element must have an inverse; element {missing[0]} has none")


def _require_associative(table: np.ndarray) -> None:
    for g in _generators(table):
        left, right = table[table[:, g]], table[:, table[g]]
        if (left != right).any():
            x, y = np.argwhere(left != right)[0].tolist()
            raise InputError(
                f"the table must be associative; ({x}*{g})*{y} = {left[x, y]} but {x}*({g}*{y}) = {right[x, y]}"
            )


def _generators(table: np.ndarray) -> list[int]:
    """Elements whose products, in any bracketing, give the whole table."""
    chosen: list[int] = []
    reached = np.zeros(len(table), dtype=bool)
    while not reached.all():
        chosen.append(int(np.argmin(reached)))
        reached[chosen[-1]] = True
        size = 0
        while size != (size := int(reached.sum())):
            inside = np.flatnonzero(reached)
            reached[table[np.ix_(inside, inside)]] = True
    return chosen
