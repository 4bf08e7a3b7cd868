"""What the stored studies of starts say, examined: counts from rows, intervals from their definition, seeds again.

Rows are read as the studies ``starved-frequencies`` and ``width-law`` write them.
"""

from collections.abc import Iterator, Sequence
from math import comb
from typing import Any

from theory.width import order_width
from verify.result import CheckResult, at_least, close

TAIL = 0.025
FAILED_BELOW = 0.999
Row = dict[str, Any]


def _agrees(statement: str, label: str, holds: bool, detail: str = "") -> CheckResult:
    """What is measured is compared, and not proved."""
    return at_least(statement, label, float(holds), 1.0, detail=detail)


def tails(count: int, n: int, low: float, high: float) -> tuple[float, float]:
    """P(at least ``count`` of n) where each has probability ``low``, and P(at most ``count``) where it has ``high``.

    Examples:
        >>> tails(1, 1, low=0.25, high=0.25)
        (0.25, 1.0)
    """

    def term(j: int, share: float) -> float:
        return comb(n, j) * share**j * (1 - share) ** (n - j)

    return sum(term(j, low) for j in range(count, n + 1)), sum(term(j, high) for j in range(count + 1))


def table_checks(statement: str, entry: Row) -> Iterator[CheckResult]:
    """A group of ``starved-frequencies``: its table follows from its seeds, and its intervals are exact 95% ones."""
    name = f"k={entry['k']}, p={entry['p']}, m={entry['m']}"
    least = order_width(entry["k"], entry["p"]).lower
    rows = entry["seeds"]
    agree = all(bool(row["starved"]) == (row["fewest_neurons"] < least) for row in rows)
    yield _agrees(statement, f"{name}: starved are those below {least} neurons", agree and entry["needed"] == least)
    yield _agrees(statement, f"{name}: every seed once", [row["seed"] for row in rows] == list(range(len(rows))))
    for kind, starved in (("starved", True), ("fed", False)):
        failed = [not row["margin"] >= FAILED_BELOW for row in rows if bool(row["starved"]) == starved]
        stored = entry["table"][kind]
        counts = (stored["count"], stored["seeds"]) if stored else (0, 0)
        yield _agrees(statement, f"{name}, {kind}: counts", counts == (sum(failed), len(failed)), f"stored {counts}")
        if failed:
            low, high = stored["interval"]
            above, below = tails(sum(failed), len(failed), low, high)
            for end, tail, free in (("low", above, not any(failed)), ("high", below, all(failed))):
                at_edge = low == 0 if end == "low" else high == 1
                if free:
                    yield _agrees(statement, f"{name}, {kind}: {end} end", at_edge)
                else:
                    yield close(statement, f"{name}, {kind}: tail at the {end} end", tail, TAIL, 1e-9)


def said(statement: str, claim: str, phrases: Sequence[str]) -> Iterator[CheckResult]:
    """The registered claim has these numbers."""
    for phrase in phrases:
        yield _agrees(statement, f"the claim says {phrase!r}", phrase in claim)


def fed_sequences(m: int, kinds: int, times: int) -> int:
    """How many of the kinds^m sequences of length m have every kind at least ``times``: in integers.

    Examples:
        >>> fed_sequences(3, kinds=2, times=1)
        6
    """
    ways = [1] + [0] * m  # by length, of the kinds so far, in one order of the others' places
    for _ in range(kinds):
        ways = [sum(comb(length, j) * ways[length - j] for j in range(times, length + 1)) for length in range(m + 1)]
    return ways[m]


def law_checks(statement: str, row: Row) -> Iterator[CheckResult]:
    """A row of ``width-law``: its quantile and its count follow from its seeds."""
    name, ordered = f"k={row['k']}, p={row['p']}", sorted(row["fed_at"])
    n = len(ordered)
    quantile = ordered[-(-99 * n // 100) - 1]
    yield _agrees(statement, f"{name}: 99% of seeds are fed at the stored width", quantile == row["measured"]["value"])
    fed = sum(each <= row["predicted"] for each in ordered)
    yield _agrees(statement, f"{name}: seeds fed at the collector's width", fed == row["fed_at_predicted"]["count"])
    least = order_width(row["k"], row["p"]).lower
    yield _agrees(statement, f"{name}: what a frequency needs", least == row["needed"])
    yield _agrees(
        statement,
        f"{name}: every neuron has a frequency",
        sum(row["neurons"]) == n * row["m"] and len(row["neurons"]) == (row["p"] - 1) // 2,
    )
