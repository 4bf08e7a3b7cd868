r"""Frequencies that the start has left with fewer neurons than any maximum-margin network has there.

Neurons keep their frequency from the start on, and a maximum-margin network has at least N_k(d) neurons at every
frequency of order d (``theory.width``).  So a start that leaves one with fewer cannot end at gamma*: the run is lost
before it begins, and the next seed is a better use of the time.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from theory.width import order_width


@dataclass(frozen=True)
class Starved:
    """Frequencies (1 .. (p-1)/2) with too few neurons, what they have, and what each needs."""

    frequencies: tuple[int, ...]
    neurons: tuple[int, ...]
    needed: tuple[int, ...]

    def __str__(self) -> str:
        """One line for people; empty when there is none."""
        rows = zip(self.frequencies, self.neurons, self.needed, strict=True)
        return ", ".join(f"frequency {f} has {n} of at least {need} neurons" for f, n, need in rows)


def starved(neurons: NDArray[np.intp], k: int, p: int) -> Starved:
    """Frequencies that are starved when 1 .. (p-1)/2 have so many neurons, odd p.

    Examples:
        >>> str(starved(np.array([6, 5, 9]), k=2, p=7))
        'frequency 2 has 5 of at least 6 neurons'
    """
    needed = [order_width(k, p // gcd(zeta, p)).lower for zeta in range(1, (p + 1) // 2)]
    rows = [(zeta, int(n), need) for zeta, (n, need) in enumerate(zip(neurons, needed, strict=True), 1) if n < need]
    frequencies, found, least = zip(*rows, strict=True) if rows else ((), (), ())
    return Starved(tuple(frequencies), tuple(found), tuple(least))
