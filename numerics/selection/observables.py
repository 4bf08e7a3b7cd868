r"""What a trained network has selected: irreducible characters in its logits and in its neurons, for any finite group.

**Logits.**  Centre :math:`L(a, c)` over c for each input :math:`a \in G^k`.  For a conjugate pair
:math:`\{\chi, \bar\chi\}` of nontrivial irreducible characters let :math:`F_\chi(a, c) = \chi(a_1 \cdots a_k c^{-1})`.
Then :math:`\langle F_\chi, F_\psi \rangle = |G|^{k+1} \delta_{\chi\psi}`, so the part of L in the span of the pair is

.. math:: \|P L\|^2 = |G|^{-(k+1)} \sum_{\psi \in \{\chi, \bar\chi\}} |\langle L, F_\psi \rangle|^2, \qquad
   \langle L, F_\psi \rangle = \sum_g \overline{\psi(g)} \sum_{a} L\bigl(a, g^{-1} a_1 \cdots a_k\bigr).

The *fraction* of a pair is the ratio of norms :math:`\|PL\| / \|L\|`.  The squared fractions of all pairs add up to at
most 1, and to 1 exactly when the centred logits are a class function of :math:`a_1 \cdots a_k c^{-1}`; what is missing
(``1 - explained``) is everything else.  For a representation of degree d > 1 the span is that of one or two
functions, the directions of the ideal logits :math:`1[a_1 \cdots a_k = c]`; it is not the isotypic component of
:math:`G^{k+1}`, whose dimension is :math:`d^{2(k+1)}`.

**Neurons.**  A neuron is its vectors u_1..u_k and w, functions on G.  Its centred energy is the sum of their squared
norms without their means, and splits over the isotypic components :math:`P_V` of real functions on G, one for each
conjugate pair: left and right translation have the same ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from theory.errors import InputError
from theory.groups import Group
from theory.groups.matrices import isotypic_powers
from theory.groups.real import real_characters

KEY_FRACTION = 0.005
HELD = 0.95


@dataclass(frozen=True, eq=False)
class Pair:
    """A conjugate pair of nontrivial irreducible characters, which is one real irreducible representation.

    Attributes:
        name: the frequency 1..p//2 for Z_p in its usual order, else dimension and letter, such as ``2a``.
        degree: d, of the complex character.
        irrep: its index in ``real_characters(group).irreps``.
        character: chi at every element, complex128, shape (n,).
        size: 2 for a character and its conjugate, 1 where they are the same.
    """

    name: str
    degree: int
    irrep: int
    character: np.ndarray
    size: int


@lru_cache(maxsize=32)
def conjugate_pairs(group: Group) -> tuple[Pair, ...]:
    """All pairs; for Z_p by frequency, else as ``real_characters`` orders them, without the trivial one.

    Examples:
        >>> from theory.groups import load_group
        >>> [[pair.name for pair in conjugate_pairs(load_group(name))] for name in ("C7", "S3")]
        [['1', '2', '3'], ['1b', '2a']]
    """
    characters = real_characters(group)
    on_elements = characters.table.values[:, group.class_of]
    found = []
    for index, irrep in enumerate(characters.irreps):
        if index:
            degree = int(characters.table.degrees[irrep.row])
            size = 2 if irrep.kind == "complex" else 1
            found.append(Pair(irrep.name, degree, index, on_elements[irrep.row], size))
    if not _is_cyclic(group):
        return tuple(found)
    turns = [abs(float(np.angle(pair.character[1]))) * group.order / (2 * np.pi) for pair in found]
    named = [
        Pair(str(round(turn)), 1, pair.irrep, pair.character, pair.size)
        for turn, pair in zip(turns, found, strict=True)
    ]
    return tuple(sorted(named, key=lambda pair: int(pair.name)))


def irrep_fractions(logits: np.ndarray, group: Group, k: int = 2) -> np.ndarray:
    """Fraction of the norm of the centred logits in the span of each conjugate pair.

    Args:
        logits: shape (..., n, ..., n, n): k axes of inputs, then one of outputs; leading axes are an ensemble.
        group: G, of order n.
        k: number of inputs.

    Returns:
        ||P L|| / ||L||, shape (..., pairs) in the order of :func:`conjugate_pairs`; 0 where the logits are constant.

    Raises:
        InputError: for another shape, or logits that are not finite.

    Examples:
        >>> import numpy as np
        >>> from theory.groups import load_group
        >>> a, b, c = np.ogrid[:5, :5, :5]
        >>> logits = 3 * np.cos(2 * np.pi * (a + b - c) / 5) + 4 * np.cos(4 * np.pi * (a + b - c) / 5)
        >>> irrep_fractions(logits, load_group("C5")).round(9).tolist()
        [0.6, 0.8]
    """
    n = group.order
    logits = np.asarray(logits, dtype=np.float64)
    if k < 1 or logits.ndim < k + 1 or logits.shape[-k - 1 :] != (n,) * (k + 1):
        raise InputError(f"the logits must end in {k + 1} axes of length {n}; got shape {logits.shape}")
    if not np.isfinite(logits).all():
        raise InputError("the logits must be finite; one is NaN or infinite")
    lead = logits.shape[: logits.ndim - k - 1]
    flat = logits.reshape(*lead, n**k, n)
    scale = np.abs(flat).max(axis=(-2, -1), initial=0, keepdims=True)
    flat = np.divide(flat, scale, out=np.zeros_like(flat), where=scale > 0)  # squares neither over- nor underflow
    centred = flat - flat.mean(axis=-1, keepdims=True)
    inputs = np.stack(np.meshgrid(*[np.arange(n)] * k, indexing="ij"), axis=-1).reshape(-1, k)
    shifted = group.table[group.inverse[None, :], group.product_of(inputs)[:, None]]  # g^-1 a_1 ... a_k
    sums = np.take_along_axis(centred, np.broadcast_to(shifted, centred.shape), axis=-1).sum(axis=-2)
    pairs = conjugate_pairs(group)
    inner = sums @ np.stack([pair.character for pair in pairs], axis=1).conj()
    sizes = np.array([pair.size for pair in pairs])
    projected = np.sqrt(sizes * np.abs(inner) ** 2 / n ** (k + 1))
    norm = np.sqrt((centred**2).sum(axis=(-2, -1)))[..., None]
    return np.divide(projected, norm, out=np.zeros_like(projected), where=norm > 0)


def explained(fractions: np.ndarray) -> np.ndarray:
    """Sum of the squared fractions: the part of the centred logits that is a class function of a_1..a_k c^-1."""
    return (fractions**2).sum(axis=-1)


def key_set(fractions: np.ndarray, threshold: float = KEY_FRACTION) -> frozenset[int]:
    """Indices of the pairs whose fraction of the norm, of shape (pairs,), is at least ``threshold``."""
    return frozenset(np.flatnonzero(np.asarray(fractions) >= threshold).tolist())


def key_sets(fractions: np.ndarray, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Names of the key set of every network, in the pairs' order; ``fractions`` has shape (N, pairs).

    Examples:
        >>> import numpy as np
        >>> key_sets(np.array([[0.6, 0.001, 0.8], [0.001, 1.0, 0.001]]), ["1", "2", "3"])
        [('1', '3'), ('2',)]
    """
    return [tuple(names[i] for i in sorted(key_set(row))) for row in fractions]


def held_sets(fractions: np.ndarray, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Names of the strongest pairs, as many as :func:`spectral_count` counts: the least set that holds 95%."""
    order = np.argsort(-fractions, axis=1, kind="stable")
    counts = spectral_count(fractions)
    return [tuple(names[i] for i in sorted(row[:count])) for row, count in zip(order, counts, strict=True)]


def spectral_count(fractions: np.ndarray) -> np.ndarray:
    """N: the least number of pairs that hold 95% of the sum of squared fractions.

    Shape (...) for fractions of shape (..., pairs); 0 for a network without any.

    Examples:
        >>> import numpy as np
        >>> spectral_count(np.array([[1.0, 0.1, 0.1], [0.6, 0.8, 0.0], [0.0, 0.0, 0.0]])).tolist()
        [1, 2, 0]
    """
    powers = -np.sort(-(np.asarray(fractions, dtype=np.float64) ** 2), axis=-1)
    held = np.cumsum(powers, axis=-1)
    total = held[..., -1:]
    enough = HELD * total * (1 - 1e-12)  # a sum that reaches the bound exactly must not miss it by rounding
    return np.where(total[..., 0] > 0, 1 + (held < enough).sum(axis=-1), 0)


@dataclass(frozen=True, eq=False)
class NeuronPowers:
    """Centred energy of every neuron, by conjugate pair.

    Attributes:
        powers: shape (..., m, pairs), in the order of :func:`conjugate_pairs`.
    """

    powers: np.ndarray

    @property
    def energy(self) -> np.ndarray:
        """Centred energy of each neuron, shape (..., m)."""
        return self.powers.sum(axis=-1)

    @property
    def purity(self) -> np.ndarray:
        """Largest share of a neuron's centred energy in one component, shape (..., m); 0 for a neuron without any."""
        energy, largest = self.energy, self.powers.max(axis=-1)
        return np.divide(largest, energy, out=np.zeros_like(energy), where=energy > 0)

    @property
    def dominant(self) -> np.ndarray:
        """Index of the pair with the most energy, shape (..., m)."""
        return self.powers.argmax(axis=-1)

    def pure(self, held: float = HELD) -> np.ndarray:
        """Which neurons have at least ``held`` of their centred energy in one component, shape (..., m)."""
        return self.purity >= held * (1 - 1e-12)

    def multiplicity(self) -> np.ndarray:
        """nu: the fraction of neurons that are pure, shape (...)."""
        return self.pure().mean(axis=-1)

    def component_counts(self, held: float = HELD) -> np.ndarray:
        """How many neurons are pure for each pair, shape (..., pairs)."""
        chosen = self.dominant[..., None] == np.arange(self.powers.shape[-1])
        return (chosen & self.pure(held)[..., None]).sum(axis=-2)

    def same_frequency(self) -> np.ndarray:
        """Whether all neurons of a network are pure, for one and the same pair, shape (...)."""
        return self.component_counts().max(axis=-1) == self.powers.shape[-2]


def neuron_powers(vectors: np.ndarray, group: Group) -> NeuronPowers:
    """Centred energies of neurons, from their vectors u_1..u_k and w: shape (..., m, k+1, n).

    Raises:
        InputError: for another last axis, or numbers that are not finite.

    Examples:
        >>> import numpy as np
        >>> from theory.groups import load_group
        >>> wave = [np.cos(2 * np.pi * k * np.arange(5) / 5) for k in (1, 2)]
        >>> found = neuron_powers(np.array([[wave[1]] * 3, [wave[0], wave[0], wave[1]]]), load_group("C5"))
        >>> found.purity.round(4).tolist(), found.dominant.tolist()
        ([1.0, 0.6667], [1, 0])
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    if vectors.ndim < 3 or vectors.shape[-1] != group.order:
        raise InputError(f"the vectors must have shape (..., m, k+1, {group.order}); got {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise InputError("the vectors must be finite; one entry is NaN or infinite")
    powers = isotypic_powers(group, vectors).sum(axis=-1)
    order = [pair.irrep for pair in conjugate_pairs(group)]
    return NeuronPowers(np.moveaxis(powers[order], 0, -1))


def _is_cyclic(group: Group) -> bool:
    """Whether the table is addition modulo n."""
    elements = np.arange(group.order)
    return bool((group.table == (elements[:, None] + elements) % group.order).all())
