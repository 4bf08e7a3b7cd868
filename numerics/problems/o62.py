"""MAIS-O62: the least width of an exact fit: the proved bounds, and the exact networks decided at every entry."""

from numerics.problems.driver import Problem, Row, Settings
from theory.exact_fit.bounds import least_width
from theory.exact_fit.networks import exact_fit, misfits


def parts(settings: Settings) -> list[int]:
    """The moduli."""
    return list(settings["moduli"])


def rows(settings: Settings, p: int) -> list[Row]:
    """One row: bounds, the network's width, and how many of its p^3 outputs are wrong."""
    lower, upper = least_width(p)
    units = exact_fit(p)
    return [{"p": p, "lower": lower, "upper": upper, "neurons": len(units), "misfits": len(misfits(units, p))}]


def table(settings: Settings, rows: list[Row]) -> str:
    """Bounds and networks."""
    lines = [
        "| p | at least (proved) | at most (exact network) | outputs checked exactly | wrong |",
        "|---:|---:|---:|---:|---:|",
    ]
    lines += [f"| {r['p']} | {r['lower']} | {r['neurons']} | {r['p'] ** 3} | {r['misfits']} |" for r in rows]
    return "\n".join(lines) + "\n"


PROBLEM = Problem(parts, rows, table)
