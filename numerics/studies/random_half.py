r"""What is the maximum margin on a random half of the inputs, and does the network that has it add?

The papers train on a half; their theorem is about all inputs.  Here the programme of ``theory.subset_margin`` is solved
on random subsets, over all neurons and over neurons of one frequency alone: where the first value is larger, neurons
that know which inputs were chosen beat those that add.  The margins are those of networks at hand, hence lower bounds;
the upper bounds of ``theory.subset_bound`` stand beside them where they can be had (two inputs; p <= 5, or one
frequency a neuron).  Everything is divided by gamma*, the maximum margin on all inputs.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numerics.outcome import statistics, statistics_within
from numerics.selection.intervals import share as counted
from numerics.studies.study import Claim, Found, Session, Study, settings
from theory.files import read_json, write_json
from theory.margin import max_margin_float
from theory.subset_bound import margin_bound
from theory.subset_margin import Subset, split, subset_margin

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TOLERANCE = 1e-2
KINDS = ("free", "fourier")
RULE = "ours: no paper has a number; mean and 95% interval over subsets"
Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """Random subsets 0 .. seeds-1 with this share of the inputs."""

    k: int
    p: int
    share: float
    seeds: int


SIZES: dict[str, tuple[Cell, ...]] = {
    "smoke": (Cell(2, 3, 0.5, 2), Cell(3, 3, 0.5, 1)),
    "cpu": (
        *(Cell(2, 5, share, 8) for share in (0.3, 0.4)),
        *(Cell(2, p, 0.5, seeds) for p, seeds in ((3, 20), (5, 20), (7, 6), (11, 2))),
        *(Cell(2, 5, share, 8) for share in (0.6, 0.7, 0.8, 0.9)),
        *(Cell(3, p, 0.5, seeds) for p, seeds in ((3, 20), (5, 3), (7, 1))),
    ),
    "full": (
        *(Cell(2, 7, share, 20) for share in (0.3, 0.4)),
        *(Cell(2, p, 0.5, 20) for p in (3, 5, 7, 11, 13)),
        *(Cell(2, 7, share, 20) for share in (0.6, 0.7, 0.8, 0.9)),
        *(Cell(3, p, 0.5, 20) for p in (3, 5, 7)),
    ),
}


def run(cells: tuple[Cell, ...], session: Session) -> Found:
    """Every subset of every cell, each in a file of its own, where a killed run goes on."""
    rows = []
    for cell in cells:
        name = f"k{cell.k}-p{cell.p}-{cell.share}"
        seeds = []
        for seed in range(cell.seeds):
            session.progress(name, seed, cell.seeds)
            path = session.folder / f"{name}-{seed}.json"
            if not path.exists():
                write_json(path, subset_row(cell.k, cell.p, cell.share, seed))
            seeds.append(read_json(path))
        rows.append({"k": cell.k, "p": cell.p, "share": cell.share, "seeds": seeds})
    return Found({"tolerance": TOLERANCE, "rows": rows})


def subset_row(k: int, p: int, share: float, seed: int, tolerance: float = TOLERANCE) -> Row:
    """One random subset: both programmes, each with what its network does on the other inputs."""
    chosen, rest = split(k, p, share, seed)
    row: Row = {"seed": seed, "inputs": len(chosen.inputs)}
    return row | {kind: solved(chosen, rest, kind == "fourier", seed, tolerance) for kind in KINDS}


def solved(chosen: Subset, rest: Subset, fourier: bool, seed: int, tolerance: float) -> Row:
    """The margin found over gamma*, the ascents' largest neuron, an upper bound or None, accuracy on the rest."""
    gamma = max_margin_float(chosen.k, chosen.p)
    found = subset_margin(chosen, fourier=fourier, seed=seed, tolerance=tolerance)
    bounded = chosen.k == 2 and (fourier or chosen.p <= 5)
    return {
        "value": found.value / gamma,
        "reached": found.reached / gamma,
        "bound": margin_bound(chosen, found.mu, fourier=fourier) / gamma if bounded else None,
        "rest": rest.accuracy(found.u, found.w),
    }


def summary(row: Row) -> Row:
    """A cell over its subsets: both margins, their ratio, how often memory is shown to win, accuracy on the rest."""
    seeds = row["seeds"]
    upper = [seed["fourier"]["bound"] or seed["fourier"]["reached"] for seed in seeds]
    found: Row = {kind: _over([seed[kind]["value"] for seed in seeds]) for kind in KINDS}
    return found | {
        "ratio": _over([seed["free"]["value"] / seed["fourier"]["value"] for seed in seeds]),
        "wins": counted(sum(s["free"]["value"] > bound for s, bound in zip(seeds, upper, strict=True)), len(seeds)),
        "bounded": all(seed["fourier"]["bound"] is not None for seed in seeds),
        "rest": {kind: _shares([seed[kind]["rest"] for seed in seeds]) for kind in KINDS},
    }


def _over(values: list[float]) -> Row:
    return statistics(values) if len(values) > 1 else {"mean": values[0], "interval": None}


def _shares(values: list[float]) -> Row:
    return statistics_within(values) if len(values) > 1 else {"mean": values[0], "interval": None}


def claims(cells: tuple[Cell, ...], found: Found) -> list[Claim]:
    """Every cell: how much more than Fourier neurons, in how many subsets, and what the winner answers elsewhere."""
    told = []
    for row in found.numbers["rows"]:
        each, where = summary(row), f"k = {row['k']}, p = {row['p']}, {row['share']:.0%} of the inputs"
        key = f"k{row['k']}_p{row['p']}_{round(100 * row['share'])}"
        text = f"{where}: best margin over that of Fourier neurons"
        told.append(Claim(f"ratio_{key}", text, None, each["ratio"], "measured", RULE, {"wins": each["wins"]}))
        text = f"{where}: accuracy of the maximum-margin network on the other inputs"
        told.append(Claim(f"rest_{key}", text, None, each["rest"]["free"], "measured", RULE))
    return told


def lines(cells: tuple[Cell, ...], found: Found) -> list[str]:
    """One per cell."""
    told = []
    for row in found.numbers["rows"]:
        each = summary(row)
        told.append(
            f"k={row['k']}, p={row['p']}, {row['share']:.0%}: {each['free']['mean']:.3f} gamma* with any neurons, "
            f"{each['fourier']['mean']:.3f} with Fourier ones; larger in {each['wins']['count']} of "
            f"{each['wins']['seeds']}; on the rest {each['rest']['free']['mean']:.2f} and "
            f"{each['rest']['fourier']['mean']:.2f} right"
        )
    return told


def figure(cells: tuple[Cell, ...], found: Found) -> "Figure":
    """Margins of both kinds, against p on a half and against the share."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(9.5, 3.6), layout="constrained")
    rows = found.numbers["rows"]
    left, right = drawn.subplots(1, 2)
    for k, style in ((2, "-"), (3, "--")):
        _draw(left, [row for row in rows if row["k"] == k and row["share"] == 0.5], "p", style, f", k = {k}")
    shares = [row for row in rows if row["k"] == 2 and row["p"] == _most_shares(rows)]
    _draw(right, shares, "share", "-", f", k = 2, p = {shares[0]['p']}")
    left.set(xlabel="p", title="a random half of the inputs", ylabel=r"margin on the subset / $\gamma^*$")
    right.set(xlabel="share of the inputs", title="other shares")
    for ax in (left, right):
        ax.axhline(1, color="k", lw=0.8, ls=":")
        ax.legend(fontsize=8, frameon=False)
    return drawn


def _most_shares(rows: list[Row]) -> int:
    """The modulus with the most shares."""
    moduli = [row["p"] for row in rows if row["k"] == 2]
    return max(moduli, key=moduli.count)


def _draw(ax: Any, rows: list[Row], x: str, style: str, of: str) -> None:
    for kind, colour, name in (("free", "#d55e00", "any neurons"), ("fourier", "#0072b2", "one frequency a neuron")):
        each = [summary(row)[kind] for row in rows]
        spread = [found["interval"][1] - found["mean"] if found["interval"] else 0 for found in each]
        middle = [found["mean"] for found in each]
        ax.errorbar([row[x] for row in rows], middle, spread, color=colour, ls=style, marker="o", ms=4, capsize=3,
                    label=name + of)  # fmt: skip


STUDY = Study(
    "random-half",
    "Ours: the maximum margin on a random half of the inputs, with neurons of any kind and of one frequency",
    "Ours",
    SIZES,
    run,
    claims,
    figure,
    lines,
    settings=lambda cells: settings(
        ("subsets", "uniformly random, numpy default_rng(seed)", False, "ours; the papers train on a random half"),
        ("tolerance of the programme", TOLERANCE, False, "ours: relative distance from the ascents' best neuron"),
    ),
    one_thread=True,
)
