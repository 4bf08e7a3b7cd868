r"""Other maximum-margin phase designs, made from known ones (ours; exact).

A design at one frequency is a list of neurons with phases, output phase and shares.  If all its unwanted moments vanish
(``theory.core.optimality``; where no exponents alias, that is the condition), so do those of

* its **shift** by any s: every moment M(m) is multiplied by :math:`e^{i m \cdot s}`;
* any **mixture** of designs: moments are averaged;
* its **reflection** :math:`t \to -t`: moments are conjugated;
* any **permutation** of the inputs;
* the minimal design with a shift of its own for each **sign class** (not a consequence: it is decided case by case).

Where exponents alias there are designs of another kind (``theory.narrow_designs``); moving those spoils them.
"""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from theory.construction import li24_design, minimal_design, sign_flips
from theory.core.exact_network import Neuron

Design = tuple[Neuron, ...]


def shifted(design: Design, shift: Sequence[Fraction]) -> Design:
    """Every neuron's phases moved by ``shift`` (turns), the output by its sum."""
    total = sum(shift, Fraction(0))
    return tuple(
        Neuron(
            tuple((t + s) % 1 for t, s in zip(neuron.phases, shift, strict=True)),
            (neuron.output + total) % 1,
            neuron.share,
        )
        for neuron in design
    )


def mixed(designs: Sequence[Design], shares: Sequence[Fraction]) -> Design:
    """The union, each design's shares multiplied by its own; the shares given must add up to 1."""
    return tuple(
        Neuron(neuron.phases, neuron.output, neuron.share * share)
        for design, share in zip(designs, shares, strict=True)
        for neuron in design
    )


def reflected(design: Design) -> Design:
    """All phases negated.

    Examples:
        >>> from theory.construction import minimal_design
        >>> [str(t) for t in reflected(minimal_design(2))[1].phases]
        ['5/6', '5/6']
    """
    return tuple(Neuron(tuple(-t % 1 for t in neuron.phases), -neuron.output % 1, neuron.share) for neuron in design)


def permuted(design: Design, order: Sequence[int]) -> Design:
    """The inputs renamed."""
    return tuple(Neuron(tuple(neuron.phases[i] for i in order), neuron.output, neuron.share) for neuron in design)


def sign_shifted(k: int, shifts: Sequence[Fraction]) -> Design:
    """The minimal design with t moved by ``shifts[s]`` in sign class s; 2^(k-1) shifts in turns."""
    share = Fraction(1, (k + 1) * 2 ** (k - 1))
    neurons = []
    for flips, shift in zip(sign_flips(k), shifts, strict=True):
        for j in range(k + 1):
            t = shift + Fraction(j, 2 * (k + 1))
            phases = tuple((t + flip) % 1 for flip in flips)
            neurons.append(Neuron(phases, sum(phases, Fraction(0)) % 1, share))
    return tuple(neurons)


def random_design(k: int, seed: int) -> Design:
    """A random mixture of moved designs with rational phases: valid at every order, and like none of its parts."""
    random = Random(seed)

    def shift() -> list[Fraction]:
        return [Fraction(random.randrange(12), 12) for _ in range(k)]

    parts = [shifted(minimal_design(k), shift()), reflected(shifted(minimal_design(k), shift()))]
    if k <= 3:
        parts.append(permuted(shifted(li24_design(k), shift()), random.sample(range(k), k)))
    weights = [random.randrange(1, 6) for _ in parts]
    return mixed(parts, [Fraction(weight, sum(weights)) for weight in weights])
