r"""Certificate pairs solve the max-min problem (Morwani23 Lemmas 2, 4 and 6; Li24 Lemma E.2).

A game has a payoff :math:`g(\theta, x)`, a set of :math:`\theta` and finitely many x.  If
:math:`q^* \in \arg\min_q \mathbb{E}_q\, g(\theta^*)` and
:math:`\theta^* \in \arg\max_\theta \mathbb{E}_{q^*} g(\theta)`, then
:math:`\theta^* \in \arg\max_\theta \min_x g(\theta, x)`.

*Proof.*  For every :math:`\theta`

.. math:: \min_x g(\theta, x) \le \mathbb{E}_{q^*} g(\theta) \le \mathbb{E}_{q^*} g(\theta^*)
   = \min_q \mathbb{E}_q\, g(\theta^*) = \min_x g(\theta^*, x).

The converse fails for finite games (matching pennies has no pair); the papers need the direction above only.

**With another payoff, and what every solution looks like.**  Let :math:`g' \ge g` be a second payoff, and
:math:`(\theta^*, q^*)` such that :math:`q^* \in \arg\min_q \mathbb{E}_q\, g(\theta^*)`,
:math:`\theta^* \in \arg\max_\theta \mathbb{E}_{q^*} g'(\theta)`, and :math:`g'(\theta^*, x) = g(\theta^*, x)` wherever
:math:`q^*(x) > 0`.  (Networks: g' is the margin over a weighted mean of the wrong labels, and the last condition says
that the weighted labels tie.)  Then :math:`\theta^*` solves the max-min problem, and every solution :math:`\theta` has
:math:`\theta \in \arg\max \mathbb{E}_{q^*} g'`, and :math:`g(\theta, x) = g'(\theta, x) = \gamma^*` wherever
:math:`q^*(x) > 0`, :math:`\gamma^*` the value.

*Proof.*  For every :math:`\theta`

.. math:: \min_x g(\theta, x) \le \mathbb{E}_{q^*} g(\theta) \le \mathbb{E}_{q^*} g'(\theta)
   \le \mathbb{E}_{q^*} g'(\theta^*) = \mathbb{E}_{q^*} g(\theta^*) = \min_x g(\theta^*, x) = \gamma^*.

A solution has equality throughout.  The first says that g is :math:`\gamma^*` wherever :math:`q^* > 0`, the second that
g' is g there, the third that :math:`\theta` maximises :math:`\mathbb{E}_{q^*} g'`.  With two labels there is one wrong
label, g' = g, and this is Lemma 4.
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


def weighted_pairs_are_max_min(
    rows: int, columns: int, entries: Sequence[int], denominator: int, tied: bool = True, equal: bool = False
) -> Result:
    """Decides the lemma with a second payoff on every pair of games of the given size, the second nowhere smaller.

    Args:
        rows: number of rows.
        columns: number of columns.
        entries: the entries that occur.
        denominator: every distribution on columns is a multiple of one over it.
        tied: whether the payoffs must agree where the distribution is positive (without it the lemma fails).
        equal: whether the second payoff is the first (two labels).

    Returns:
        ``predicted`` is the number of pairs found, ``error`` how many contradict the lemma: theta* is not max-min, or
        some max-min row does not maximise the second mean, or is off the value where the distribution is positive.
    """
    distributions = list(_compositions(denominator, columns))
    found = wrong = 0
    for game in product(product(entries, repeat=columns), repeat=rows):
        value = max(min(line) for line in game)
        larger = [product(*([y for y in entries if y >= x] for x in line)) for line in game]
        for second in [game] if equal else product(*larger):
            for q in distributions:
                means = [sum(x * weight for x, weight in zip(line, q, strict=True)) for line in second]
                for row, line in enumerate(game):
                    mean = sum(x * weight for x, weight in zip(line, q, strict=True))
                    answers = mean == denominator * min(line) and means[row] == max(means)
                    if answers and (not tied or means[row] == mean):
                        found += 1
                        wrong += not _solutions_agree(game, second, means, q, value, row)
    return exact(wrong, found, f"pairs of all {rows} x {columns} games with entries {list(entries)} and larger payoffs")


def _solutions_agree(game: Game, second: Game, means: Sequence[int], q: Sequence[int], value: int, row: int) -> bool:
    """What the lemma says of a pair: ``row`` is max-min, and every max-min row attains the value wherever q > 0."""
    solutions = [i for i, line in enumerate(game) if min(line) == value]
    seen = [x for x, weight in enumerate(q) if weight]
    return row in solutions and all(
        means[i] == max(means) and all(game[i][x] == second[i][x] == value for x in seen) for i in solutions
    )


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
