r"""Positive trigonometric polynomials with the symmetry of the problem, one small matrix block per irreducible type.

A Gram matrix G on a window of exponents h gives :math:`B(t) = \sum_{h,h'} G_{hh'} e^{i(h'-h)\cdot t} \ge 0` when
:math:`G \succeq 0`.  The problem is invariant under permutations of the k coordinates and under :math:`h \to -h`, so
G may be taken to commute with them, and Schur's lemma splits it: one block per irreducible representation of the
symmetric group (a partition of k) and sign.  A block is written in the vectors on which the Jucys-Murphy elements
:math:`X_j = \sum_{i<j} (i\,j)` act by the contents of one standard tableau (Okounkov and Vershik): that picks one
line out of every copy of the representation, and the orbit sums of B see nothing else.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import scipy.linalg
import scipy.sparse

from theory.core.dual_certificate import orbit
from theory.core.exponents import Exponent, exponents

Partition = tuple[int, ...]
BlockName = tuple[Partition, int]


def partitions(n: int, largest: int | None = None) -> Iterator[Partition]:
    """The partitions of n, largest part first."""
    if n == 0:
        yield ()
    for part in range(min(n, largest or n), 0, -1):
        for rest in partitions(n - part, part):
            yield (part, *rest)


def _eigenspace(matrix: np.ndarray, value: float) -> np.ndarray:
    # The eigenvalues are integers: anything within 1e-6 is equality.
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors[:, abs(values - value) < 1e-6]


def symmetric_blocks(k: int) -> tuple[list[Exponent], dict[BlockName, np.ndarray]]:
    """The window (exponents of k steps) and, for each block, an orthonormal basis of it, shape (window, size)."""
    window = list(exponents(k))
    position = {h: i for i, h in enumerate(window)}
    orbits = defaultdict(list)
    for h in window:
        orbits[orbit(h)].append(h)
    columns: defaultdict[BlockName, list[np.ndarray]] = defaultdict(list)
    for members in orbits.values():
        local = {h: i for i, h in enumerate(members)}

        def act(maps: list[dict[int, int]], size: int = len(members)) -> np.ndarray:
            matrix = np.zeros((size, size))
            for image in maps:
                matrix[list(image.values()), list(image)] += 1
            return matrix

        flip = act([{i: local[tuple(-x for x in h)] for h, i in local.items()}])
        jucys_murphy = [
            act([{a: local[_swap(h, i, j)] for h, a in local.items()} for i in range(j)]) for j in range(1, k)
        ]
        rows = [position[h] for h in members]
        for partition in partitions(k):
            contents = [column - row for row, length in enumerate(partition) for column in range(length)]
            for sign in (1, -1):
                basis = _eigenspace(flip, sign)
                for element, content in zip(jucys_murphy, contents[1:], strict=True):
                    basis = basis @ _eigenspace(basis.T @ element @ basis, content)
                for column in basis.T:
                    full = np.zeros(len(window))
                    full[rows] = column
                    columns[partition, sign].append(full)
    return window, {name: np.array(vectors).T for name, vectors in columns.items()}


def _swap(h: Exponent, i: int, j: int) -> Exponent:
    swapped = list(h)
    swapped[i], swapped[j] = swapped[j], swapped[i]
    return tuple(swapped)


def orbit_matrices(
    k: int, window: list[Exponent], blocks: dict[BlockName, np.ndarray]
) -> tuple[list[Exponent], dict[BlockName, np.ndarray]]:
    """The orbits of differences, and per block the matrices A, shape (orbits, size, size).

    The orbit sum of B over orbit number o is the sum over blocks of trace(A[o] G).
    """
    points = np.array(window, dtype=np.int64)
    base = 8 * k + 3
    powers = base ** np.arange(k)[::-1]

    def codes(rows: np.ndarray) -> np.ndarray:
        difference = points[None] - points[rows][:, None]
        sides = (np.sort(side, axis=-1) @ powers for side in (difference, -difference))
        return np.maximum(*sides)

    chunks = np.array_split(np.arange(len(window)), max(1, len(window) // 64))
    labels = np.unique(np.concatenate([np.unique(codes(rows)) for rows in chunks]))
    matrices = {}
    for name, basis in blocks.items():
        size = basis.shape[1]
        # An orbit's indicator matrix maps the span of the basis to itself: a few well chosen rows determine it.
        rows = scipy.linalg.qr(basis.T, pivoting=True, mode="economic")[2][: 2 * size]
        slot = np.arange(len(rows))[:, None] * len(labels) + np.searchsorted(labels, codes(rows))
        indicator = scipy.sparse.csr_matrix(
            (np.ones(slot.size), (slot.ravel(), np.tile(np.arange(len(window)), len(rows)))),
            shape=(len(rows) * len(labels), len(window)),
        )
        images = (indicator @ basis).reshape(len(rows), len(labels), size)
        action = np.einsum("ar,rob->oab", np.linalg.pinv(basis[rows]), images, optimize=True)
        matrices[name] = np.ascontiguousarray((action + action.transpose(0, 2, 1)) / 2)
    return [_decoded(int(label), base, k) for label in labels], matrices


def _decoded(code: int, base: int, k: int) -> Exponent:
    digits: list[int] = []
    for _ in range(k):
        digit = (code + base // 2) % base - base // 2
        digits.append(digit)
        code = (code - digit) // base
    return tuple(digits[::-1])
