r"""Weights in floating point, each the correctly rounded value of the exact weight.

Every distinct entry :math:`\beta \cos 2\pi(t + j/p)` is enclosed in a ball (Arb, through python-flint); when both ends
of the ball round to one double, that double is the correctly rounded value.  If they never do (an exact tie), the
ends are neighbours and either is within 1 ulp.  A network has few distinct entries (phases times p), so this costs
milliseconds and the weights are gathered from the table.
"""

from fractions import Fraction

import flint
import numpy as np

from theory.core.exact_network import Block, ExactNetwork
from theory.core.surd import Surd
from theory.errors import InputError

DEFAULT_BUDGET = 4 * 2**30
FIRST_PRECISION = 128
LAST_PRECISION = 2048


def weights(network: ExactNetwork, budget: int = DEFAULT_BUDGET) -> tuple[np.ndarray, np.ndarray]:
    """Float64 weights u of shape (m, k, p) and w of shape (m, p), each within 1 ulp of the exact value.

    Neurons run block by block, frequency by frequency, in the design's order.

    Raises:
        InputError: when the weights would take more than ``budget`` bytes; the exact network is always possible.

    Examples:
        >>> from theory.construction import construct
        >>> u, w = weights(construct(2, 7))
        >>> u.shape, w.shape
        ((18, 2, 7), (18, 7))
    """
    m, k, p = network.width, network.k, network.p
    size = 8 * m * (k + 1) * p
    if size > budget:
        raise InputError(
            f"the weights of {m} neurons, k={k}, p={p} must fit {budget} bytes; they take {size} "
            "(the exact file alone is always possible)"
        )
    u, w = np.empty((m, k, p)), np.empty((m, p))
    start = 0
    for block in network.blocks:
        rows: dict[tuple[Fraction, Fraction], int] = {}
        index = np.array([[rows.setdefault((t, n.share), len(rows)) for t in (*n.phases, n.output)]
                          for n in block.neurons])  # fmt: skip
        table: dict[int, np.ndarray] = {}
        for zeta in block.frequencies:
            order_two = 2 * zeta == p
            if order_two not in table:
                table[order_two] = np.array([_wave(t, share, block, k, p, order_two) for t, share in rows])
            values = table[order_two][:, zeta * np.arange(p) % p][index]
            stop = start + len(block.neurons)
            u[start:stop], w[start:stop] = values[:, :k], values[:, k]
            start = stop
    return u, w


def _wave(t: Fraction, share: Fraction, block: Block, k: int, p: int, order_two: bool) -> list[float]:
    """beta cos 2 pi (t + j/p) for j = 0..p-1."""
    return [_entry(t + Fraction(j, p), block.mass, share, k, p, order_two) for j in range(p)]


def _entry(turn: Fraction, mass: Surd, share: Fraction, k: int, p: int, order_two: bool) -> float:
    precision = FIRST_PRECISION
    while True:
        with flint.ctx.workprec(precision):
            ball = amplitude(mass, share, k, p, order_two) * flint.arb.cos_pi_fmpq(
                flint.fmpq(2 * turn.numerator, turn.denominator)
            )
            low, high = _rounded(ball.lower()), _rounded(ball.upper())
        if low == high or precision >= LAST_PRECISION:
            return low
        precision *= 2


def amplitude(mass: Surd, share: Fraction, k: int, p: int, order_two: bool = False) -> flint.arb:
    """An enclosure of beta: all k+1 vectors have 2-norm (mass share)^(1/(k+1)) / sqrt(k+1).

    Examples:
        >>> round(float(amplitude(Surd([(1, 1)]), Fraction(1), 1, 3).mid()), 9)  # 1/sqrt(2) over the norm of a cosine
        0.577350269
    """
    total = sum((_rational(value) * flint.arb(free).sqrt() for free, value in mass.terms), flint.arb(0))
    root = (total * _rational(share)).root(k + 1)
    return root * (flint.arb(1 if order_two else 2) / ((k + 1) * p)).sqrt()


def _rational(x: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


def _rounded(end: flint.arb) -> float:
    """An exact ball (radius 0) to the nearest double: CPython's int division rounds correctly."""
    mantissa, exponent = (int(x) for x in end.mid().man_exp())
    return mantissa / (1 << -exponent) if exponent < 0 else float(mantissa << exponent)
