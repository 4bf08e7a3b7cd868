"""MAIS-O58: at C11, are pairs {f, 3f} of frequencies as likely as pairs {f, 2f}?  One test, on fresh seeds."""

from numerics.ensemble.cell import Row
from numerics.ensemble.engine import Records
from numerics.problems.driver import Problem, Settings, ranges_of_seeds
from numerics.selection.intervals import share
from numerics.sweeps.plan import plan_of


def rows(settings: Settings, part: list[int]) -> list[Row]:
    """One row per seed, at the end, with the held set after three quarters of the updates."""
    low, end = part
    (cell,) = plan_of(settings["cell"] | {"first_seed": low, "seeds": end - low}).cells
    found = cell.run(records=Records((cell.updates * 3 // 4,), lambda parameters, data: parameters))
    before = cell.selected(found.trained.history["theta"][:, 0])
    return [
        {
            "seed": row["seed"], "accuracy": row["accuracy"], "loss": row["loss"], "key_set": list(row["key_set"]),
            "held_set": list(row["held_set"]), "held_before": list(late["held_set"]),
            "fractions": row["fractions"],
        }
        for row, late in zip(found.rows, before, strict=True)
    ]  # fmt: skip


def kind(held: list[str], p: int) -> int | None:
    """2 or 3 for a pair {f, 2f} or {f, 3f} modulo 11 up to sign; None for other sizes."""
    if len(held) != 2:
        return None
    one, other = map(int, held)
    return 2 if any(2 * x % p in (y, p - y) for x, y in ((one, other), (other, one))) else 3


def table(settings: Settings, rows: list[Row]) -> str:
    """The counts, the one test, and how many had come to rest."""
    from scipy.stats import binomtest

    p = settings["cell"]["p"]
    kinds = [kind(row["held_set"], p) for row in rows]
    twos, threes = kinds.count(2), kinds.count(3)
    both = twos + threes
    settled = sum(row["held_set"] == row["held_before"] for row in rows)
    solved = sum(row["accuracy"] == 1 for row in rows)
    lines = [
        f"{len(rows)} seeds from {rows[0]['seed']} to {rows[-1]['seed']}; {solved} answer everything; {settled} had "
        "their held set after three quarters of the updates.",
        "",
        "| held pair | networks | share of pairs | exact 95% |",
        "|---|---:|---:|---|",
    ]
    for name, count in (("{f, 2f}", twos), ("{f, 3f}", threes)):
        low, high = share(count, both)["interval"] if both else (0.0, 1.0)
        lines.append(f"| {name} | {count} | {count / both if both else 0:.4f} | {low:.4f} to {high:.4f} |")
    if both:
        value = float(binomtest(threes, both).pvalue)
        told = "rejected" if value <= settings["level"] else "not rejected"
        lines += ["", f"Equally likely: exact binomial p = {value:.4g}; {told} at {settings['level']:g}."]
    return "\n".join(lines) + "\n"


PROBLEM = Problem(ranges_of_seeds, rows, table)
