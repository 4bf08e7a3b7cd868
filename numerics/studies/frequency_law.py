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

The problem MAIS-O58 asks it of gradient flow as t goes to infinity, at any one width, penalty and scale: ours stops
Adam after a stated number of updates.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from numerics.ensemble.cell import Row
from numerics.ensemble.engine import Records
from numerics.selection.exchangeability import holm, uniformity, unit_symmetry
from numerics.selection.intervals import share
from numerics.studies.protocol import protocol
from numerics.studies.study import Claim, Found, Session, Study
from numerics.sweeps.cell import GroupCell
from numerics.sweeps.plan import plan_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Cells = tuple[GroupCell, ...]
PROTOCOL = {"penalty": 1e-3, "rate": 1e-2, "precision": "float32", "tolerance": 0}


def _cells(updates: int, *grids: dict[str, Any]) -> Cells:
    return plan_of(PROTOCOL | {"updates": updates, "grid": list(grids)}).cells


ASKED = {
    "rate": "Adam's; MAIS-O58 asks for gradient flow",
    "updates": "MAIS-O58: time goes to infinity",
    "penalty": "MAIS-O58: any above 0",
}
C7, C11 = {"p": 7, "width": 4}, {"p": 11, "width": 8}
SIZES = {
    "smoke": _cells(60, C7 | {"seeds": 30}),
    "cpu": _cells(1200, *({"seeds": 2000} | grid for grid in (C7, C11, C11 | {"first_seed": 2000}))),
    "full": _cells(20_000, *({"seeds": 20_000} | grid for grid in (C7, C11, {"p": 13, "width": 10}))),
}
DRAWS = {"smoke": 500, "cpu": 10_000, "full": 10_000}  # of the simulated p-values
SETS = {"key": "key sets K_.005", "held": "held sets, 95% of the energy"}
FAMILIES = {
    "within": "sets in one orbit of the units are equally likely (true by symmetry: this tests the programme)",
    "between": "the orbits are equally likely",
}
RULE = "no paper has a number; rejected when the least p-value, after Holm's correction, is at most 0.05"


def run(cells: Cells, session: Session) -> Found:
    """Every group, observed at the end and after three quarters of the updates."""
    rows = []
    for cell in cells:
        records = Records((cell.updates * 3 // 4,), lambda parameters, data: parameters)
        found = session.run(cell, records)
        late = cell.selected(found.trained.history["theta"][:, 0])
        row = law(cell, found.rows, late, DRAWS[session.scale])
        rows.append(row | {"processor_seconds": found.trained.seconds})
    return Found({"rows": rows})


def law(cell: GroupCell, end: Sequence[Row], late: Sequence[Row], draws: int) -> dict[str, Any]:
    """One group's counts and tests; ``late`` is the same networks after three quarters of their updates."""
    seeds = len(end)
    names, symmetry = [str(f) for f in range(1, cell.order // 2 + 1)], unit_symmetry(cell.order)
    row: dict[str, Any] = {
        "group": cell.group, "m": cell.width, "lambda": cell.penalty, "updates": cell.updates,
        "seeds": seeds, "first": cell.first_seed, "last": cell.first_seed + seeds - 1,
        "solved": share(sum(each["accuracy"] == 1 for each in end), seeds),
    }  # fmt: skip
    for kind in SETS:
        sets, before = ([each[f"{kind}_set"] for each in rows] for rows in (end, late))
        sizes = Counter(map(len, sets))
        row[kind] = {
            "sizes": {str(size): share(count, seeds) for size, count in sorted(sizes.items())},
            "settled": share(sum(one == other for one, other in zip(sets, before, strict=True)), seeds),
            "tests": [each.to_json() for each in uniformity(sets, names, symmetry, draws)],
        }
    return row


def claims(cells: Cells, found: Found) -> list[Claim]:
    """Inside orbits: all rows together; between orbits: each row that has several, then all of a group combined."""
    rows = found.numbers["rows"]
    judged = [_claim("all", "within", _tests(rows, "within"))]
    between = [(row, tests) for row in rows if (tests := _tests([row], "between"))]
    for row, tests in between:
        judged.append(_claim(f"{row['group']}, seeds {row['first']}..{row['last']}", "between", tests))
    for group in dict.fromkeys(row["group"] for row, _ in between):
        mine = [tests for row, tests in between if row["group"] == group]
        if len(mine) > 1:
            judged.append(_claim(f"{group}, all seeds (Fisher's combination)", "between", _combined(mine)))
    return judged


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


def _claim(where: str, family: str, tests: list[dict[str, Any]]) -> Claim:
    """One family of tests, corrected together."""
    for test, value in zip(tests, holm([test["p_value"] for test in tests]), strict=True):
        test["holm"] = value
    least = min(test["holm"] for test in tests)
    rejected = least <= 0.05
    text = f"least p {least:.3f} after Holm's correction for {len(tests)} tests: {'' if rejected else 'not '}rejected"
    if family == "between":
        text += "".join(f"; {SETS[test['sets']]} of {test['size']}: {_counted(test)}" for test in tests)
    ours = {"text": text, "least_holm_p": least, "rejected": rejected, "tests": tests}
    key = "_".join([family, *re.findall(r"\w+", where.lower())])
    return Claim(key, f"{where}: {FAMILIES[family]}", None, ours, "measured", RULE)


def _counted(test: dict[str, Any]) -> str:
    orbits = ", ".join(f"{{{name}}} {count}" for name, count in test["orbits"].items())
    return f"{orbits}, p {test['p_value']:.3f}"


def lines(cells: Cells, found: Found) -> list[str]:
    """What was counted, with the tests."""
    told = []
    for row in found.numbers["rows"]:
        told.append(
            f"{row['group']}, m={row['m']}, seeds {row['first']}..{row['last']}: {row['solved']['count']} solve the "
            f"table, {row['processor_seconds']:.0f} processor seconds"
        )
        for kind, title in SETS.items():
            settled = row[kind]["settled"]["share"]
            sizes = ", ".join(f"{size}: {each['count']}" for size, each in row[kind]["sizes"].items())
            told.append(f"  {title}: sizes {sizes}; {settled:.3f} had them after 3/4 of the updates")
            for test in row[kind]["tests"]:
                between = test["between"]
                orbits = f", between orbits p {between['p_value']:.3f}" if between["freedom"] else ""
                told.append(
                    f"    size {test['size']}: {test['networks']} networks, X^2 {test['total']['statistic']:.1f} on "
                    f"{test['total']['freedom']}, p {test['total']['p_value']:.3f}{orbits}"
                )
    return told


ENOUGH = 50  # networks of one size, for a panel


def figure(cells: Cells, found: Found) -> "Figure":
    """Shares of the held sets of every size that has a choice and enough networks, against the uniform law."""
    from matplotlib.figure import Figure

    rows = found.numbers["rows"]
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


STUDY = Study(
    "frequency-law",
    "Ours: over seeds of C7 and C11, is every set of k frequencies equally likely",
    "Ours",
    SIZES,
    run,
    claims,
    figure,
    lines,
    settings=lambda cells: protocol(cells[0], ASKED, "group", "order", "width", "seeds", "first_seed", "scale"),
)
