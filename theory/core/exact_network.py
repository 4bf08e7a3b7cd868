r"""An exact network: phase designs, the frequencies that use them, and their masses.

A neuron of frequency :math:`\zeta \in \{1, \dots, \lfloor p/2 \rfloor\}` has phases :math:`t_1, \dots, t_k` and output
phase :math:`t_w` (fractions of a turn) and mass :math:`q = \|\omega\|_2^{k+1}`:

.. math:: u_j(a) = \beta \cos 2\pi(t_j + \zeta a/p), \qquad w(c) = \beta \cos 2\pi(t_w + \zeta c/p),

where the amplitude follows from the mass: all k+1 vectors have the 2-norm :math:`q^{1/(k+1)}/\sqrt{k+1}`, so
:math:`\beta^2 = 2 q^{2/(k+1)} / ((k+1) p)`, without the 2 at :math:`\zeta = p/2`, where phases are 0 or 1/2.
Many frequencies share one design, so a network with thousands of neurons is a few lines.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from theory.core.surd import Surd

LARGEST_K, LARGEST_P = 12, 2**31  # above this k there are more exponents than ``optimality`` goes through
LARGEST_PHASE_ORDER, LARGEST_SHARE_DENOMINATOR = 10**6, 10**100


@dataclass(frozen=True)
class Neuron:
    """Phases in turns, and the neuron's share of its frequency's mass."""

    phases: tuple[Fraction, ...]
    output: Fraction
    share: Fraction


@dataclass(frozen=True)
class Block:
    """Frequencies that share one design: every one of them has all ``neurons`` and the total ``mass``."""

    neurons: tuple[Neuron, ...]
    frequencies: tuple[int, ...]
    mass: Surd


@dataclass(frozen=True)
class ExactNetwork:
    """k inputs modulo p, as blocks of neurons; ``width`` counts neurons."""

    k: int
    p: int
    blocks: tuple[Block, ...]

    @property
    def width(self) -> int:
        """Number of neurons."""
        return sum(len(block.neurons) * len(block.frequencies) for block in self.blocks)

    def validate(self) -> None:
        """Refuse what is not a network at all (optimality is another question).

        Raises:
            ValueError: with the requirement and the value.
        """
        for name, value, least, most in (("k", self.k, 1, LARGEST_K), ("p", self.p, 2, LARGEST_P)):
            if not least <= value <= most:
                raise ValueError(f"{name} must lie in {least}..{most}; got {value}")
        seen: set[int] = set()
        for number, block in enumerate(self.blocks):
            where = f"block {number}"
            if not block.neurons or not block.frequencies:
                raise ValueError(f"{where} must have neurons and frequencies")
            for zeta in block.frequencies:
                if not 1 <= zeta <= self.p // 2:
                    raise ValueError(f"{where}: a frequency must lie in 1..{self.p // 2}; got {zeta}")
                if zeta in seen:
                    raise ValueError(f"{where}: frequency {zeta} must occur once; it is repeated")
                seen.add(zeta)
            if block.mass.sign() <= 0:
                raise ValueError(f"{where}: the mass must be positive; got {block.mass}")
            self._validate_design(block, where)

    def _validate_design(self, block: Block, where: str) -> None:
        nyquist = any(2 * zeta == self.p for zeta in block.frequencies)
        if common_denominator((n.share for n in block.neurons), LARGEST_SHARE_DENOMINATOR) is None:
            raise ValueError(f"{where}: the shares' common denominator must be at most {LARGEST_SHARE_DENOMINATOR:.0e}")
        if sum(neuron.share for neuron in block.neurons) != 1:
            raise ValueError(f"{where}: the shares must add up to 1")
        for neuron in block.neurons:
            if len(neuron.phases) != self.k:
                raise ValueError(f"{where}: a neuron must have {self.k} phases; got {len(neuron.phases)}")
            if neuron.share <= 0:
                raise ValueError(f"{where}: a share must be positive; got {neuron.share}")
            if nyquist and any(2 * t % 1 for t in (*neuron.phases, neuron.output)):
                raise ValueError(f"{where}: at frequency p/2 phases must be 0 or 1/2 turn; got {neuron.phases}")
        if phase_order(block.neurons) is None:
            raise ValueError(f"{where}: the phases' common denominator must be at most {LARGEST_PHASE_ORDER}")


def phase_order(neurons: tuple[Neuron, ...]) -> int | None:
    """The least N with every phase a multiple of 1/N turn; None above ``LARGEST_PHASE_ORDER``."""
    return common_denominator((t for n in neurons for t in (*n.phases, n.output)), LARGEST_PHASE_ORDER)


def common_denominator(fractions: Iterable[Fraction], limit: int) -> int | None:
    """The least common denominator of ``fractions``; None as soon as it exceeds ``limit``."""
    common = 1
    for denominator in {x.denominator for x in fractions}:
        if (common := lcm(common, denominator)) > limit:
            return None
    return common
