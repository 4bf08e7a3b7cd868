r"""Swaroop26 Table 1: how many neurons the written-down networks need, with cosines and with square waves.

Neuron i has frequency i, uniform phases and :math:`\phi_{out} = \phi_a + \phi_b`; accuracy on all 97^2 pairs, mean and
standard deviation over 40 seeds.  A cell agrees when the means differ by at most 3.5 combined standard errors,
:math:`z = (\bar x - \bar x_0)/\sqrt{(s^2 + s_0^2)/40}`.  The paper's numbers are here for three of its nine widths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import stdev
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.analysis.fits import paired_t
from numerics.models.idealised import KINDS, accuracies, from_scratch
from numerics.outcome import statistics
from numerics.studies.study import Claim, Found, Session, Study, graded, settings
from theory.files import read_json, write_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTHS = (16, 32, 64, 96, 128, 192, 256, 384, 512)
PAPER = {  # width: kind: (mean, standard deviation) over 40 seeds
    64: {"Cos->Cos": (0.3653, 0.0313), "Sq->Cos": (0.4449, 0.0234), "Sq->Sq": (0.3314, 0.0178)},
    128: {"Cos->Cos": (0.7482, 0.0372), "Sq->Cos": (0.7968, 0.0243), "Sq->Sq": (0.6512, 0.0258)},
    256: {"Cos->Cos": (0.9793, 0.0067), "Sq->Cos": (0.9849, 0.0042), "Sq->Sq": (0.9375, 0.0107)},
}
PAPER_SEEDS = 40
MOST_Z = 3.5
BEST_UP_TO = 384


@dataclass(frozen=True)
class Size:
    """Modulus, widths, seeds."""

    p: int
    widths: tuple[int, ...]
    seeds: int


SIZES = {
    "smoke": Size(97, (64,), 40),
    "cpu": Size(97, WIDTHS, 40),
    "full": Size(97, WIDTHS, 400),
}


def cell(p: int, m: int, kind: str, seeds: int, device: str = "cpu") -> dict[str, Any]:
    """One cell: mean, standard deviation and interval over seeds, and z against the paper's where it is known."""
    networks = [from_scratch(p, m, seed, kind) for seed in range(seeds)]
    first, shared = accuracies(networks, device=device)
    values = [float(value) for value in first]
    found = statistics(values) | {"sd": stdev(values), "values": values}
    printed = PAPER.get(m, {}).get(kind) if p == 97 else None
    return {
        "m": m,
        "kind": kind,
        **found,
        "ties_by_chance": float(shared.mean()),
        "paper": list(printed) if printed else None,
        "z": z_score(found["mean"], found["sd"], seeds, *printed) if printed else None,
    }


def z_score(mean: float, sd: float, seeds: int, paper_mean: float, paper_sd: float) -> float:
    """Difference of two means over their combined standard error."""
    return (mean - paper_mean) / (sd**2 / seeds + paper_sd**2 / PAPER_SEEDS) ** 0.5


def best(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Sq->Cos against the better of the two others, at one width: paired over seeds, which share their phases."""
    values = {found["kind"]: np.array(found["values"]) for found in cells}
    rival = max((kind for kind in KINDS if kind != "Sq->Cos"), key=lambda kind: values[kind].mean())
    test = paired_t(values["Sq->Cos"], values[rival])
    return {"m": cells[0]["m"], "rival": rival} | vars(test) | {"interval": list(test.interval)}


def run(size: Size, session: Session) -> Found:
    """All cells, and which kind is best at every width."""
    grid = [(m, kind) for m in size.widths for kind in KINDS]
    rows: list[dict[str, Any]] = []
    for m, kind in grid:
        path = session.folder / f"{kind.replace('->', '-')}-{m}.json"
        found = _kept(path, size, m, kind)
        if found is None:
            write_json(path, found := cell(size.p, m, kind, size.seeds, session.device))
            session.progress("cells of the table", len(rows) + 1, len(grid))
        rows.append(found)
    tests = [best([row for row in rows if row["m"] == m]) for m in size.widths]
    for row in rows:
        del row["values"]
    return Found({"p": size.p, "seeds": size.seeds, "rows": rows, "best": tests})


def _kept(path: Path, size: Size, m: int, kind: str) -> dict[str, Any] | None:
    """The cell that a killed run left."""
    if path.exists():
        stored = read_json(path)
        named = {"m": m, "kind": kind, "seeds": size.seeds}
        if isinstance(stored, dict) and named.items() <= stored.items() and len(stored["values"]) == size.seeds:
            return stored
    return None


def claims(size: Size, found: Found) -> list[Claim]:
    """Every cell, judged where the paper's number is known, and its claim that Sq->Cos is best."""
    others = [
        Claim(f"cell_{row['kind'].replace('->', '_').lower()}_{row['m']}",
              f"{row['kind']} with {row['m']} neurons: mean accuracy", None, row["mean"], "measured",
              "the paper's number for this cell could not be read",
              {"interval": row["interval"], "seeds": row["seeds"]})
        for row in found.numbers["rows"]
        if not row["paper"]
    ]  # fmt: skip
    cells = [
        Claim(f"cell_{row['kind'].replace('->', '_').lower()}_{row['m']}",
              f"{row['kind']} with {row['m']} neurons: mean accuracy", row["paper"][0], row["mean"],
              graded(abs(row["z"]) <= MOST_Z),
              f"reproduced: the means differ by at most {MOST_Z} combined standard errors",
              {"interval": row["interval"], "seeds": row["seeds"], "z": row["z"]}, promised=True)
        for row in found.numbers["rows"]
        if row["paper"]
    ]  # fmt: skip
    return cells + others + [
        Claim(f"best_{test['m']}", f"Sq->Cos is best at {test['m']} neurons", "p < 0.01", test["p_value"],
              graded(test["p_value"] < 0.01 and test["mean"] > 0),
              "reproduced: better than the better of the two others with p < .01, paired over seeds",
              {"difference": test["mean"], "interval_of_difference": test["interval"], "rival": test["rival"]},
              promised=True)
        for test in found.numbers["best"]
        if test["m"] <= BEST_UP_TO
    ]  # fmt: skip


def lines(size: Size, found: Found) -> list[str]:
    """One per cell."""
    return [_line(row) for row in found.numbers["rows"]]


def _line(row: dict[str, Any]) -> str:
    low, high = row["interval"]
    text = f"{row['kind']:8} {row['m']:4} neurons: {row['mean']:.4f} +- {row['sd']:.4f} ({low:.4f}..{high:.4f})"
    return (
        text if row["z"] is None else f"{text}, paper {row['paper'][0]:.4f} +- {row['paper'][1]:.4f}, z {row['z']:+.2f}"
    )


def figure(size: Size, found: Found) -> "Figure":
    """Accuracy against width for the three kinds, with the paper's cells."""
    from matplotlib.figure import Figure

    rows = found.numbers["rows"]
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    ax = figure.subplots()
    looks = {"Cos->Cos": ("#0072b2", "o", "--"), "Sq->Cos": ("#e69f00", "s", "-"), "Sq->Sq": ("#d55e00", "^", ":")}
    for kind, (colour, marker, style) in looks.items():
        chosen = [row for row in rows if row["kind"] == kind]
        ax.errorbar([row["m"] for row in chosen], [row["mean"] for row in chosen], [row["sd"] for row in chosen],
                    color=colour, marker=marker, ls=style, ms=5, capsize=3, label=kind)  # fmt: skip
        known = [row for row in chosen if row["paper"]]
        ax.plot([row["m"] for row in known], [row["paper"][0] for row in known], "kx", ms=9, mew=1.5,
                label="Swaroop26, three widths" if kind == "Sq->Sq" else None)  # fmt: skip
    ax.set_xscale("log", base=2)
    ax.set_xticks(size.widths, [str(m) for m in size.widths], fontsize=8)
    ax.minorticks_off()
    ax.set(xlabel="neurons", ylabel=f"accuracy on all {size.p}$^2$ pairs", ylim=(0, 1.03))
    title = f"Square waves in, cosines out need the fewest neurons\nmean and sd over {size.seeds} seeds"
    ax.set_title(title, fontsize=11)
    ax.legend(fontsize=9, frameon=False, loc="lower right")
    return figure


def _settings(size: Size) -> list[dict[str, Any]]:
    """What the paper states of the table, and what is ours."""
    return settings(
        ("p", size.p, True, ""),
        ("widths", list(size.widths), size.widths == WIDTHS, "the paper's nine at scale cpu and full"),
        ("seeds", size.seeds, size.seeds == PAPER_SEEDS, f"the paper's are {PAPER_SEEDS}"),
        ("inputs", f"all {size.p**2} pairs", False, "not stated in the table"),
        ("equal largest logits", "the first decides", False, "Sq->Sq ties; ties_by_chance gives the other rule"),
        ("precision", "float32", False, "votes of square waves are exact in it"),
    )


STUDY = Study(
    "swaroop26-table1",
    "Swaroop26 Table 1: accuracy of idealised networks by width",
    "Swaroop26",
    SIZES,
    run,
    claims,
    figure,
    lines,
    _settings,
    one_thread=True,
)
