r"""Which frequencies or representations carry the wanted characters :math:`\chi(a_1 \cdots a_k c^{-1})`, and how much.

The part of the centred logits in the span of a conjugate pair of characters is a function of :math:`g c^{-1}`, the
projection of the profile h (``numerics.diagnosis.logits``) onto the pair; its share of the energy is

.. math:: s_\chi = \|P_\chi h\|^2 \Big/ \mathrm{mean}_a \sum_c \tilde L(a, c)^2 .

The shares add up to at most 1; what is missing is off the wanted characters.  A component is **used** when its share is
at least a tenth of the largest, and above 1e-6 (ours): at a maximum margin on Z_p all shares are equal, and all used.

A sample of N inputs adds to every share at most about :math:`2/(nN)` of the energy off the wanted characters.
"""

from dataclasses import dataclass

import numpy as np

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
    parts = component_parts(found.profile, group)
    names = component_names(len(found.profile), group)
    powers = [float((part**2).sum()) for part in parts]
    known = found.energy > (ROUNDING * found.largest) ** 2  # equal logits have an energy that is rounding
    shares = tuple(power / found.energy if known else 0.0 for power in powers)
    return Wanted("frequency" if group is None else "representation", names, shares)


def component_names(n: int, group: Group | None) -> tuple[str, ...]:
    """Names of the non-trivial components: frequencies of Z_n, or real irreducible representations."""
    if group is None:
        return tuple(str(zeta) for zeta in range(1, n // 2 + 1))
    return tuple(pair.name for pair in conjugate_pairs(group))


def component_parts(profile: np.ndarray, group: Group | None) -> np.ndarray:
    """Projections of a function on G onto the span of each pair of characters, shape (C, n).

    Examples:
        >>> turns = 2 * np.pi * np.arange(5) / 5
        >>> parts = component_parts(np.cos(turns) + 3 * np.sin(2 * turns), None)
        >>> np.allclose(parts, [np.cos(turns), 3 * np.sin(2 * turns)])
        True
    """
    n = len(profile)
    if group is None:
        coefficients = np.fft.rfft(profile)
        return np.fft.irfft(np.diag(coefficients)[1:], n=n, axis=1)
    pairs = conjugate_pairs(group)
    characters = np.stack([pair.character for pair in pairs])
    inner = characters.conj() @ profile / n
    sizes = np.array([pair.size for pair in pairs])
    return (sizes[:, None] * inner[:, None] * characters).real
