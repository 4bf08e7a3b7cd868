r"""Exact maximum-margin networks for k-input addition modulo p.

``li24`` (Li24 Lemma G.3).  *Proof.* Expand :math:`\cos 2\pi\zeta(a_1 + \dots + a_k - c)/p` into :math:`2^k` products of
cosines and sines of one argument each, and write each product of k factors by polarisation as :math:`2^{k-1}` k-th
powers: :math:`2^{2k-1}` neurons per frequency.

``minimal`` (ours: theorem for every k; certified minimal for k <= 5 at odd p whose prime factors exceed k): for every
sign vector s with :math:`s_1 = 1` and every j = 0..k, with :math:`t = j/(2(k+1))` turn,
:math:`u_i = s_i \cos 2\pi(t + \zeta a/p)`, :math:`w = \bigl(\prod s\bigr) \cos 2\pi(kt + \zeta c/p)`.  *Proof.* The sum
over s keeps only :math:`k!\,2^{k-1} \prod_i \cos 2\pi(t + \zeta a_i/p)`; the sum over t then kills every unwanted wave
:math:`e^{2\pi i\, 2nt}`, n = 1..k.  That is :math:`(k+1) 2^{k-1}` neurons per frequency.

``narrow`` (``theory.narrow_designs``) is narrower still at the few orders where exponents alias.

At even p both use, for zeta = p/2, the :math:`2^{k-1}` neurons :math:`u_i = s_i (-1)^a, w = (\prod s)(-1)^c`.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Literal, get_args

from theory.core.exact_network import Block, ExactNetwork, Neuron
from theory.core.optimality import frequency_mass
from theory.errors import InputError, require_integer

Method = Literal["minimal", "li24"]
LARGEST_K, LARGEST_P = 12, 10**6
HALF = Fraction(1, 2)


def construct(k: int, p: int, method: str = "minimal") -> ExactNetwork:
    """The exact network of ``method`` for k inputs modulo p; its norm is 1 and its margin gamma*(k, p).

    Raises:
        InputError: for k outside 1..12, p outside 2..10^6 or an unknown method.

    Examples:
        >>> construct(4, 11, "minimal").width, construct(4, 11, "li24").width
        (200, 640)
        >>> from theory.core.optimality import decide
        >>> decide(construct(4, 11)).optimal
        True
    """
    require_integer("k", k, 1, LARGEST_K)
    require_integer("p", p, 2, LARGEST_P)
    if method not in get_args(Method):
        raise InputError(f"method must be one of {', '.join(get_args(Method))}; got {method!r}")
    design = minimal_design(k) if method == "minimal" else li24_design(k)
    below_half = tuple(range(1, (p + 1) // 2))
    blocks = [Block(design, below_half, frequency_mass(k, p, 1))] if below_half else []
    if p % 2 == 0:
        blocks.append(Block(nyquist_design(k), (p // 2,), frequency_mass(k, p, p // 2)))
    return ExactNetwork(k, p, tuple(blocks))


def minimal_design(k: int) -> tuple[Neuron, ...]:
    """The (k+1) 2^(k-1) neurons of every frequency below p/2."""
    points = [Fraction(j, 2 * (k + 1)) for j in range(k + 1)]
    return _equal_shares([[(t + flip) % 1 for flip in flips] for flips in sign_flips(k) for t in points])


def li24_design(k: int) -> tuple[Neuron, ...]:
    """The 2^(2k-1) neurons of every frequency below p/2 in Li24's construction.

    A term of the expansion is a choice of cos or sin for each of the k inputs and the output, with an even number of
    sines; sin x = cos(x - 1/4 turn).  The sign (-1)^{[number of sines = 2 mod 4]} and the parity of the output's own
    sine are absorbed by the output phase, which is the sum of the input phases.
    """
    quarters = product((Fraction(0), Fraction(3, 4)), repeat=k)
    return _equal_shares([[(t + flip) % 1 for t, flip in zip(ts, flips, strict=True)]
                          for ts in quarters for flips in sign_flips(k)])  # fmt: skip


def nyquist_design(k: int) -> tuple[Neuron, ...]:
    """The 2^(k-1) neurons of frequency p/2 (even p).

    Examples:
        >>> [[str(t) for t in neuron.phases] for neuron in nyquist_design(2)]  # in turns: signs
        [['0', '0'], ['0', '1/2']]
    """
    return _equal_shares([list(flips) for flips in sign_flips(k)])


def sign_flips(k: int) -> Iterator[tuple[Fraction, ...]]:
    """Sign vectors with first sign +, as phases 0 or 1/2 turn."""
    return ((Fraction(0), *flips) for flips in product((Fraction(0), HALF), repeat=k - 1))


def _equal_shares(phases: list[list[Fraction]]) -> tuple[Neuron, ...]:
    share = Fraction(1, len(phases))
    return tuple(Neuron(tuple(ts), sum(ts, Fraction(0)) % 1, share) for ts in phases)
