r"""Certificate pairs solve the max-min problem (Morwani23 Lemma 2; the frame of Li24 Lemma E.2).

A game has a payoff :math:`g(\theta, x)`, a set of :math:`\theta` and finitely many x.  If
:math:`q^* \in \arg\min_q \mathbb{E}_q\, g(\theta^*)` and
:math:`\theta^* \in \arg\max_\theta \mathbb{E}_{q^*} g(\theta)`, then
:math:`\theta^* \in \arg\max_\theta \min_x g(\theta, x)`: for every :math:`\theta`

.. math:: \min_x g(\theta, x) \le \mathbb{E}_{q^*} g(\theta) \le \mathbb{E}_{q^*} g(\theta^*)
   = \min_q \mathbb{E}_q\, g(\theta^*) = \min_x g(\theta^*, x).

The converse fails for finite games (matching pennies has no pair); the papers need the direction above only.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from theory.derivation.step import Result, exact

Game = Sequence[Sequence[int]]


def is_pair(game: Game, row: int, q: Sequence[Fraction]) -> bool:
    """Whether ``row`` and the distribution ``q`` on columns answer each other best, exactly.

    Examples:
        >>> is_pair([[1, -1], [-1, 1], [0, 0]], 2, [Fraction(1, 2), Fraction(1, 2)])
        True
    """
    means = [sum((x * weight for x, weight in zip(line, q, strict=True)), Fraction(0)) for line in game]
    return means[row] == min(game[row]) and means[row] == max(means)


def is_max_min(game: Game, row: int) -> bool:
    """Whether ``row`` has the largest least entry."""
    return min(game[row]) == max(min(line) for line in game)


def pairs_are_max_min(rows: int, columns: int, entries: Sequence[int], denominator: int) -> Result:
    """Decides the lemma on every game of the given size, every row, every q with the given denominator.

    Returns:
        ``predicted`` is the number of certificate pairs found, ``error`` how many of them are not max-min.
    """
    distributions = [tuple(Fraction(x, denominator) for x in q) for q in _compositions(denominator, columns)]
    found = wrong = 0
    for game in product(product(entries, repeat=columns), repeat=rows):
        for row, q in product(range(rows), distributions):
            if is_pair(game, row, q):
                found += 1
                wrong += not is_max_min(game, row)
    return exact(wrong, found, f"certificate pairs of all {rows} x {columns} games with entries {list(entries)}")


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
