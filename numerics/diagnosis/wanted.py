r"""Which frequencies or representations carry the wanted characters :math:`\chi(a_1 \cdots a_k c^{-1})`, and how much.

The part of the centred logits in the span of a conjugate pair of characters is a function of :math:`g c^{-1}`, the
projection of the profile h (``numerics.diagnosis.logits``) onto the pair; its share of the energy is

.. math:: s_\chi = \|P_\chi h\|^2 \Big/ \mathrm{mean}_a \sum_c \tilde L(a, c)^2 .

The shares add up to at most 1; what is missing is off the wanted characters.  A component is **used** when its share is
at least a tenth of the largest, and above 1e-6 (ours): at a maximum margin on Z_p all shares are equal, and all used.

A sample of N inputs adds to every share at most about :math:`2/(nN)` of the energy off the wanted characters.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from numerics.analysis.ablation import keep_frequencies
from numerics.components import pooled_power
from numerics.diagnosis.logits import LogitPass
from numerics.selection.observables import conjugate_pairs
from theory.groups.group import Group

USED = 0.1
LEAST = 1e-6
ROUNDING = 1e-12


@dataclass(frozen=True)
class Wanted:
    """The wanted characters in the logits.

    Attributes:
        kind: ``frequency`` or ``representation``.
        names: all components but the trivial one.
        shares: share of the energy of each.
    """

    kind: str
    names: tuple[str, ...]
    shares: tuple[float, ...]

    @property
    def explained(self) -> float:
        """Share of the energy at the wanted characters."""
        return float(sum(self.shares))

    @property
    def used(self) -> tuple[str, ...]:
        """Names of the components in use, the strongest first."""
        order = np.argsort(-np.array(self.shares), kind="stable")
        least = max(LEAST, USED * max(self.shares))
        return tuple(self.names[i] for i in order if self.shares[i] >= least)


def wanted(found: LogitPass, group: Group | None) -> Wanted:
    """The shares of all components."""
    names = component_names(len(found.profile), group)
    known = found.energy > (ROUNDING * found.largest) ** 2  # equal logits have an energy that is rounding
    shares = component_powers(found.profile, group) / found.energy if known else np.zeros(len(names))
    return Wanted("frequency" if group is None else "representation", names, tuple(shares.tolist()))


def component_names(n: int, group: Group | None) -> tuple[str, ...]:
    """Names of the non-trivial components: frequencies of Z_n, or real irreducible representations."""
    if group is None:
        return tuple(str(zeta) for zeta in range(1, n // 2 + 1))
    return tuple(pair.name for pair in conjugate_pairs(group))


def component_powers(profile: np.ndarray, group: Group | None) -> np.ndarray:
    """Squared norm of the projection of a function on G onto the span of each pair of characters, shape (C,)."""
    if group is None:
        return pooled_power(profile)[1:]
    sizes = np.array([pair.size for pair in conjugate_pairs(group)])
    return sizes * np.abs(_inner(profile, group)) ** 2 / len(profile)


def component_part(profile: np.ndarray, group: Group | None, names: Collection[str]) -> np.ndarray:
    """Projection of a function on G onto the span of these pairs of characters, shape (n,).

    Examples:
        >>> turns = 2 * np.pi * np.arange(5) / 5
        >>> part = component_part(np.cos(turns) + 3 * np.sin(2 * turns), None, ["2"])
        >>> np.allclose(part, 3 * np.sin(2 * turns)), component_powers(part, None).round(9).tolist()
        (True, [0.0, 22.5])
    """
    if group is None:
        return keep_frequencies(profile, [int(name) for name in names])
    pairs = conjugate_pairs(group)
    inner = _inner(profile, group) / len(profile)
    chosen = [i for i, pair in enumerate(pairs) if pair.name in names]
    return sum((pairs[i].size * (inner[i] * pairs[i].character).real for i in chosen), np.zeros(len(profile)))


def _inner(profile: np.ndarray, group: Group) -> np.ndarray:
    """Inner products with the characters, shape (C,)."""
    return np.stack([pair.character for pair in conjugate_pairs(group)]).conj() @ profile
