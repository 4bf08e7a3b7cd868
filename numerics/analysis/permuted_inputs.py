r"""How many inputs of one half are permutations of inputs of the other half: the more, the larger k is.

The label of :math:`(a_1, \dots, a_k)` does not depend on the order of the inputs.  An input outside the training half
is **given away** when some permutation of it lies inside: a network symmetric in its inputs that has only memorised the
training half answers it.  *Proof.*  An input with o distinct permutations is outside together with all of them with
probability :math:`\binom{N-o}{n} / \binom{N}{n}` (n training inputs of :math:`N = p^k`), hence the expected share of
the other half that is *not* given away is

.. math:: \frac{1}{N-n} \sum_{\text{multisets}} o\,\binom{N-o}{n} \Big/ \binom{N}{n}.

A split of multisets gives nothing away.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import comb, factorial, prod
from typing import Literal

import numpy as np

from theory.errors import InputError, require_integer

Split = Literal["inputs", "multisets"]


def all_inputs(k: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    """All inputs (p^k, k) in lexicographic order, and their labels (p^k,).

    Examples:
        >>> inputs, labels = all_inputs(2, 3)
        >>> inputs[5].tolist(), labels.tolist()
        ([1, 2], [0, 1, 2, 1, 2, 0, 2, 0, 1])
    """
    require_integer("k", k, 1)
    require_integer("p", p, 2)
    inputs = np.stack(np.unravel_index(np.arange(p**k), (p,) * k), axis=1)
    return inputs, inputs.sum(axis=1) % p


def halves(k: int, p: int, split: Split, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices into :func:`all_inputs` of a random half and of the rest, sorted.

    Args:
        k: inputs.
        p: modulus.
        split: "inputs" draws floor(p^k / 2) inputs; "multisets" draws half of the multisets with all their orders.
        seed: seed of the draw.

    Raises:
        InputError: for an unknown split.
    """
    names = multiset_of(all_inputs(k, p)[0], p)
    if split not in ("inputs", "multisets"):
        raise InputError(f"the split must be 'inputs' or 'multisets'; got {split!r}")
    units = np.arange(len(names)) if split == "inputs" else np.unique(names, return_inverse=True)[1]
    count = int(units.max()) + 1
    inside = np.zeros(count, dtype=bool)
    inside[np.random.default_rng(seed).permutation(count)[: count // 2]] = True
    return np.flatnonzero(inside[units]), np.flatnonzero(~inside[units])


def multiset_of(inputs: np.ndarray, p: int) -> np.ndarray:
    """A number for every input (n, k) that its permutations share and no other input has, shape (n,)."""
    return np.sort(inputs, axis=1) @ p ** np.arange(inputs.shape[1])


def given_away(train: np.ndarray, test: np.ndarray, p: int) -> np.ndarray:
    """Whether a permutation of each test input (m, k) is among the training inputs (n, k), shape (m,)."""
    return np.isin(multiset_of(test, p), multiset_of(train, p))


def expected_given_away(k: int, p: int) -> Fraction:
    """Expected share of the other half that a random half of the inputs gives away, exactly.

    Examples:
        >>> [round(float(expected_given_away(k, p)), 4) for k, p in ((2, 97), (3, 31), (4, 11), (5, 5))]
        [0.4948, 0.9473, 0.9946, 0.9963]
    """
    require_integer("k", k, 1)
    require_integer("p", p, 2)
    total = p**k
    train = total // 2
    alone = Fraction(0)
    for parts in _partitions(k, k):
        if len(parts) > p:
            continue
        orders = factorial(k) // prod(map(factorial, parts))
        multisets = (
            comb(p, len(parts)) * factorial(len(parts)) // prod(factorial(parts.count(size)) for size in set(parts))
        )
        alone += Fraction(multisets * orders * comb(total - orders, train), comb(total, train))
    return 1 - alone / (total - train)


def _partitions(n: int, largest: int) -> Iterator[tuple[int, ...]]:
    """Partitions of n into parts of at most ``largest``, parts in falling order."""
    if n == 0:
        yield ()
    for first in range(min(n, largest), 0, -1):
        for rest in _partitions(n - first, first):
            yield (first, *rest)
