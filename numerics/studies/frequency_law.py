r"""Which frequencies does training choose: at fixed k, is every k-set equally likely?

Thousands of seeds of C7 and C11, two sets per network: the key set :math:`K_{.005}` (every frequency that holds 0.005
of the norm of the centred logits), and the held set, the least one that holds 95% of what all frequencies hold of their
energy.  Widths are too small for all frequencies, so that
there is something to choose: networks :math:`x^2`, cross-entropy + :math:`\lambda\|\theta\|^2` on the full table.

For prime p, multiplication by a unit permutes the inputs and the frequencies, and neither the law of the initial
weights nor Adam sees it: sets in one orbit of the units are equally likely by symmetry.  For C7 that is every set of
one size, so there the test checks the programme.  For C11 the 2-sets and the 3-sets fall into two orbits of five each,
{1, 2}-like (f, 2f) and {1, 3}-like (f, 3f), and only measurement can compare them.

So there are two families of tests, each corrected by Holm's method for all sizes and both kinds of set: inside orbits
(true by symmetry) and between orbits (the question).  A second set of seeds of C11, drawn after the first had been
seen, asks the question again; Fisher's method combines the two.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.checkpoint import runs_folder
from numerics.outcome import Outcome, provenance
from numerics.selection.exchangeability import holm, uniformity, unit_symmetry
from numerics.selection.intervals import share
from numerics.studies.many_seeds import Cell, Observed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "The law of the frequencies: is every k-set equally likely?"


def _cell(group: str, m: int, seeds: int, updates: int, first: int = 0) -> Cell:
    return Cell(group, "power", m, (1e-3,), seeds, updates, rate=1e-2, dtype="float32", calm=None, first=first)


SIZES = {
    "smoke": (_cell("C7", 4, 30, 60),),
    "cpu": (_cell("C7", 4, 2000, 1200), _cell("C11", 8, 2000, 1200), _cell("C11", 8, 2000, 1200, 2000)),
    "full": (_cell("C7", 4, 20_000, 20_000), _cell("C11", 8, 20_000, 20_000), _cell("C13", 10, 20_000, 20_000)),
}
DRAWS = {"smoke": 500, "cpu": 10_000, "full": 10_000}  # of the simulated p-values
SETS = {"key": "key sets K_.005", "held": "held sets, 95% of the energy"}
NOTE = "ours; no paper fixes a protocol"


def reproduce(
    scale: str, folder: Path, *, device: str, budget: int, progress: Callable[[str, int, int], None]
) -> Outcome:
    """Every group; what a kill interrupted goes on."""
    runs = runs_folder(folder, "frequency-law", scale)
    rows = []
    for cell in SIZES[scale]:
        late = cell.updates * 3 // 4
        trained = cell.train(
            runs / cell.name, device=device, budget=budget, progress=partial(progress, cell.name), snapshots=(late,)
        )
        row = law(cell, cell.observe(trained), cell.observe(trained, 0), DRAWS[scale])
        rows.append(row | {"processor_seconds": trained.seconds})
    numbers = {
        "preset": "frequency-law", "title": TITLE, "scale": scale,
        "settings": [
            {"name": name, "value": value, "stated": False, "note": NOTE}
            for name, value in asdict(SIZES[scale][0]).items() if name not in ("group", "m", "seeds", "first")
        ],
        "verdict": verdict(rows), "rows": rows,
    } | provenance(device)  # fmt: skip
    return Outcome(numbers, lines(numbers), False, partial(draw, rows))


def law(cell: Cell, end: Observed, late: Observed, draws: int) -> dict[str, Any]:
    """One group's counts and tests; ``late`` is the same networks after three quarters of their updates."""
    seeds, symmetry = len(end.seed), unit_symmetry(int(cell.group[1:]))
    row: dict[str, Any] = {
        "group": cell.group, "m": cell.m, "lambda": cell.penalties[0], "updates": cell.updates,
        "seeds": seeds, "first": cell.first, "last": cell.first + seeds - 1,
        "solved": share(int((end.accuracy == 1).sum()), seeds),
    }  # fmt: skip
    for kind, sets, before in (
        ("key", end.key_sets, late.key_sets),
        ("held", end.held_sets, late.held_sets),
    ):
        sizes = Counter(len(each) for each in sets)
        same = sum(one == other for one, other in zip(sets, before, strict=True))
        row[kind] = {
            "sizes": {str(size): share(count, seeds) for size, count in sorted(sizes.items())},
            "settled": share(same, seeds),
            "tests": [each.to_json() for each in uniformity(sets, end.names, symmetry, draws)],
        }
    return row


FAMILIES = {
    "within": "sets in one orbit of the units are equally likely (true by symmetry: this tests the programme)",
    "between": "the orbits are equally likely",
}


def verdict(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Inside orbits: all rows together; between orbits: each row that has several, then all of a group combined."""
    found = [_claim("all", "within", _tests(rows, "within"))]
    between = [(row, tests) for row in rows if (tests := _tests([row], "between"))]
    for row, tests in between:
        found.append(_claim(f"{row['group']}, seeds {row['first']}..{row['last']}", "between", tests))
    for group in dict.fromkeys(row["group"] for row, _ in between):
        mine = [tests for row, tests in between if row["group"] == group]
        if len(mine) > 1:
            found.append(_claim(f"{group}, all seeds (Fisher's combination)", "between", _combined(mine)))
    return found


def _tests(rows: list[dict[str, Any]], family: str) -> list[dict[str, Any]]:
    """One family's tests, with how many networks fell into each orbit."""
    return [
        {
            "group": row["group"], "sets": kind, "size": test["size"], "networks": test["networks"],
            "orbits": _orbits(test["sets"]), "p_value": test[family]["p_value"],
        }
        for row in rows for kind in SETS for test in row[kind]["tests"] if test[family]["freedom"]
    ]  # fmt: skip


def _orbits(sets: list[dict[str, Any]]) -> dict[str, int]:
    """Networks by orbit, named by its first set."""
    counts: dict[int, tuple[str, int]] = {}
    for each in sets:
        name, count = counts.get(each["orbit"], (" ".join(each["set"]), 0))
        counts[each["orbit"]] = name, count + each["count"]
    return dict(counts.values())


def _combined(parts: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The same question asked of several sets of seeds: counts added, p-values combined by Fisher's method."""
    from scipy.stats import combine_pvalues

    found = []
    for first in parts[0]:
        same = [test for tests in parts for test in tests if all(test[key] == first[key] for key in ("sets", "size"))]
        orbits = {name: sum(test["orbits"][name] for test in same) for name in first["orbits"]}
        p_value = float(combine_pvalues([test["p_value"] for test in same]).pvalue)
        found.append(first | {"networks": sum(orbits.values()), "orbits": orbits, "p_value": p_value})
    return found


def _claim(where: str, family: str, tests: list[dict[str, Any]]) -> dict[str, Any]:
    """One family of tests, corrected together."""
    for test, value in zip(tests, holm([test["p_value"] for test in tests]), strict=True):
        test["holm"] = value
    least = min(test["holm"] for test in tests)
    return {
        "claim": f"{where}: {FAMILIES[family]}",
        "paper": None,
        "ours": {"least_holm_p": least, "tests": tests},
        "verdict": "not rejected" if least > 0.05 else "rejected",
    }


def lines(numbers: dict[str, Any]) -> list[str]:
    """What was found, with the tests."""
    found = [TITLE]
    for row in numbers["rows"]:
        solved = row["solved"]
        found.append(
            f"  {row['group']}, m={row['m']}, seeds {row['first']}..{row['last']}: {solved['count']} solve the table, "
            f"{row['processor_seconds']:.0f} processor seconds"
        )
        for kind, title in SETS.items():
            settled = row[kind]["settled"]["share"]
            sizes = ", ".join(f"{size}: {each['count']}" for size, each in row[kind]["sizes"].items())
            found.append(f"    {title}: sizes {sizes}; {settled:.3f} had them after 3/4 of the updates")
            for test in row[kind]["tests"]:
                between = test["between"]
                orbits = f", between orbits p {between['p_value']:.3f}" if between["freedom"] else ""
                found.append(
                    f"      size {test['size']}: {test['networks']} networks, X^2 {test['total']['statistic']:.1f} on "
                    f"{test['total']['freedom']}, p {test['total']['p_value']:.3f}{orbits}"
                )
    for claim in numbers["verdict"]:
        found.append(
            f"  {claim['claim']}: least p {claim['ours']['least_holm_p']:.3f} after Holm's correction for "
            f"{len(claim['ours']['tests'])} tests ({claim['verdict']})"
        )
        if FAMILIES["between"] in claim["claim"]:
            for test in claim["ours"]["tests"]:
                orbits = ", ".join(f"{{{name}}} {count}" for name, count in test["orbits"].items())
                found.append(f"    {SETS[test['sets']]}, size {test['size']}: {orbits}; p {test['p_value']:.3f}")
    return found


ENOUGH = 50  # networks of one size, for a panel


def draw(rows: list[dict[str, Any]]) -> "Figure":
    """Shares of the held sets of every size that has a choice and enough networks, against the uniform law."""
    from matplotlib.figure import Figure

    panels = [(row, test) for row in rows for test in row["held"]["tests"] if test["networks"] >= ENOUGH]
    figure = Figure(figsize=(11, 3.0 * max(1, -(-len(panels) // 3))), layout="constrained")
    figure.suptitle("Shares of the sets that hold 95% of the logits' energy, by size; exact 95% intervals")
    axes = figure.subplots(max(1, -(-len(panels) // 3)), 3, squeeze=False).ravel()
    for ax, (row, test) in zip(axes, panels, strict=False):
        _draw_sets(ax, row, test)
    for ax in axes[len(panels) :]:
        ax.axis("off")
    return figure


def _draw_sets(ax: "Axes", row: dict[str, Any], test: dict[str, Any]) -> None:
    """One size of one group."""
    looks = (("#0072b2", "o"), ("#d55e00", "s"), ("#000000", "^"))
    for i, entry in enumerate(test["sets"]):
        colour, marker = looks[entry["orbit"] % 3]
        low, high = entry["interval"]
        at = entry["share"]
        ax.errorbar(i, at, [[at - low], [high - at]], color=colour, marker=marker, ms=4, capsize=3, lw=1)
    for orbit in sorted({entry["orbit"] for entry in test["sets"]}):
        first = next(entry for entry in test["sets"] if entry["orbit"] == orbit)
        colour, marker = looks[orbit % 3]
        ax.plot([], [], marker, color=colour, ms=4, label=f"orbit of {{{', '.join(first['set'])}}}")
    ax.axhline(1 / len(test["sets"]), color="0.5", lw=0.8, ls="--", label="uniform law")
    ax.set_xticks(range(len(test["sets"])), [" ".join(entry["set"]) for entry in test["sets"]], fontsize=7)
    if len(test["sets"]) > 8:
        ax.tick_params(axis="x", rotation=60)
    ax.set_ylim(0, None)
    ax.set_ylabel("share")
    which = f"{row['group']}, seeds {row['first']}..{row['last']}"
    ax.set_title(f"{which}: {test['networks']} held sets of size {test['size']}", loc="left", fontsize=9)
    ax.legend(fontsize=7, frameon=False, loc="lower left")
