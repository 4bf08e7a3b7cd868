r"""The pilot of an open problem: which irreducible characters survive training? (MAIS-O61; MAIS-A5 Problem 6.3)

The protocol is the problem's.  Groups C5 and S3; activations :math:`x^2` and ReLU with ReLU'(0) = 0; widths 2 and 8;
untied u, v, w with every coordinate :math:`N(0, 1/|G|)`; the full multiplication table; cross-entropy plus
:math:`\lambda \|\theta\|^2`, :math:`\lambda \in \{0, 10^{-4}, 10^{-2}\}`; full-batch Adam; 100 seeds of each of the 24
configurations; at most 20,000 updates; converged when the relative changes of loss and parameters stay below
:math:`10^{-7}` for 500 updates in a row, otherwise counted as nonconvergent.

Observables: the key set :math:`K_{.005}` of the conjugate pairs that hold at least 0.005 of the norm of the centred
logits; the spectral count :math:`N_{.05}` of the pairs that hold 95% of what all pairs hold of its square; the
multiplicity :math:`\nu_{.05}`, the fraction of neurons with at least 95% of their centred energy in one isotypic
component.  Every configuration counts all of its seeds; those that met the rule are counted apart as well.

The problem leaves open: the precision (float64 here: 1e-7 is below what float32 resolves), the seeds (0..99, the same
initial weights at every lambda), and the draw (torch's generator, neuron by neuron: u, v, w).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import save_file

from numerics.ensemble.cell import Finished, Row
from numerics.selection.intervals import share
from numerics.studies.study import Claim, Found, Session, Study, settings
from numerics.sweeps.cell import GroupCell
from numerics.sweeps.plan import plan_of
from theory.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Cells = tuple[GroupCell, ...]
GRID = {"group": ["C5", "S3"], "activation": ["power", "relu"], "width": [2, 8], "penalty": [0, 1e-4, 1e-2]}
CELLS: Cells = tuple(
    sorted(
        plan_of(GRID | {"seeds": 100}).cells, key=lambda cell: (cell.width, cell.group, cell.activation, cell.penalty)
    )
)
SIZES = {"smoke": tuple(replace(cell, seeds=4, updates=100) for cell in CELLS), "cpu": CELLS, "full": CELLS}
ACTIVATION = {"power": "x^2", "relu": "ReLU"}
SILENT = 1e-3  # largest centred logit of a network that lambda has emptied; all others have a hundred times more

SETTINGS = settings(
    ("groups", "C5, S3", True, ""),
    ("activations", "x^2, ReLU with ReLU'(0) = 0", True, ""),
    ("widths", "2, 8", True, ""),
    ("initial weights", "N(0, 1/|G|), untied u, v, w", True, ""),
    ("data", "full multiplication table", True, ""),
    ("loss", "cross-entropy + lambda ||theta||^2, lambda 0, 1e-4, 1e-2", True, ""),
    ("optimiser", "full-batch Adam 1e-3 (.9, .999, 1e-8)", True, ""),
    ("updates", "at most 20000", True, ""),
    ("convergence", "relative changes of loss and parameters below 1e-7 for 500 updates in a row", True,
     "parameters: the Euclidean norm over all of them; both relative to the values before the update"),
    ("seeds", "0..99", False, "100 are asked for; the same weights at every lambda"),
    ("precision", "float64", False,
     "losses keep their digits down to 1e-300: wrong classes are summed apart from the right one"),
)  # fmt: skip


def run(cells: Cells, session: Session) -> Found:
    """Every configuration; the final weights go beside the JSON file."""
    finished = [session.run(cell) for cell in cells]
    save_weights(session.folder.parent / f"mais-pilot-{session.scale}.safetensors", finished)
    seconds = sum(each.trained.seconds for each in finished)
    made = sum(int(each.trained.updates.sum()) for each in finished)
    return Found(
        {
            "rows": [configuration(each.cell, each.rows) for each in finished],
            "networks": sum(cell.seeds for cell in cells), "updates": made,
            "processor_seconds": round(seconds, 1), "updates_per_processor_second": round(made / seconds, 1),
        }
    )  # fmt: skip


def configuration(cell: GroupCell, rows: Sequence[Row]) -> dict[str, Any]:
    """One configuration: shares of seeds with exact 95% intervals, and medians."""
    seeds, settled = len(rows), [row for row in rows if row["converged"]]
    pure = [round(row["multiplicity"] * cell.width) for row in rows]
    counts = Counter(row["spectral_count"] for row in rows)
    return {
        "group": cell.group, "activation": cell.activation, "m": cell.width, "lambda": cell.penalty, "seeds": seeds,
        "converged": share(len(settled), seeds),
        "nonconvergent": seeds - len(settled),
        "updates": _quantiles(rows, "updates_made"),
        "loss": _quantiles(rows, "loss"),
        "silent": sum(row["largest_logit"] < SILENT for row in rows),
        "solved": share(sum(row["accuracy"] == 1 for row in rows), seeds),
        "explained": _quantiles(rows, "explained"),
        "key_sets": _key_sets(rows),
        "key_sets_of_converged": _key_sets(settled),
        "spectral_count": {str(count): share(many, seeds) for count, many in sorted(counts.items())},
        "multiplicity": sum(pure) / seeds / cell.width,
        "pure_neurons": {str(count): pure.count(count) for count in range(cell.width + 1)},
        "same_component": share(sum(row["same_frequency"] for row in rows), seeds),
    }  # fmt: skip


def save_weights(path: Path, finished: Sequence[Finished[GroupCell]]) -> None:
    """All final weights in float32 with each network's loss, updates and end, by configuration, in one file."""
    tensors: dict[str, torch.Tensor] = {}
    for each in finished:
        tensors[f"{each.cell.name}/theta"] = each.trained.parameters["theta"].float().cpu()
        for key in ("loss", "updates", "converged"):
            tensors[f"{each.cell.name}/{key}"] = getattr(each.trained, key).cpu()
    about = {
        "format": "fourier-margin/pilot",
        "axes": "theta: seed, neuron, (u, v, w), group element; the order of elements is that of the named group",
    }
    with atomic_path(path) as temporary:
        save_file(tensors, temporary, about)


def claims(cells: Cells, found: Found) -> list[Claim]:
    """The problem records no run, so there is no number of a paper; ours, with exact 95% intervals."""
    rule = "the problem records no run: the share of seeds with its exact 95% interval"
    rows = found.numbers["rows"]
    networks, others = (sum(row[key] for row in rows) for key in ("seeds", "nonconvergent"))
    text = "all configurations run as specified; how many networks converge within 20,000 updates"
    judged = [Claim("converged", text, None, _told(share(networks - others, networks)), "measured", rule)]
    for row in rows:
        if (row["group"], row["m"]) == ("C5", 2):
            name = f"{ACTIVATION[row['activation']]}, lambda {row['lambda']:g}"
            text = f"both neurons of C5 at width 2 end pure for the same frequency: {name}"
            key = f"same_frequency_{row['activation']}_{row['lambda']:g}".replace(".", "_").replace("-", "_")
            judged.append(Claim(key, text, None, _told(row["same_component"]), "measured", rule))
    return judged


def _told(found: dict[str, Any]) -> dict[str, Any]:
    low, high = found["interval"]
    return found | {"text": f"{found['count']}/{found['seeds']}, 95% {low:.3f}..{high:.3f}"}


def lines(cells: Cells, found: Found) -> list[str]:
    """The table."""
    numbers = found.numbers
    return [
        f"{numbers['networks']} networks, {numbers['updates']} updates, {numbers['processor_seconds']:.0f} processor "
        f"seconds, {numbers['updates_per_processor_second']:.0f} updates per second",
        *(_line(row) for row in numbers["rows"]),
    ]


def _line(row: dict[str, Any]) -> str:
    sets = ", ".join(f"{{{' '.join(entry['set'])}}} {entry['count']}" for entry in row["key_sets"])
    name = f"{row['group']} {ACTIVATION[row['activation']]} m={row['m']} lambda={row['lambda']:g}"
    return (
        f"{name}: converged {row['converged']['count']}/{row['seeds']}, solved {row['solved']['count']}, "
        f"key sets {sets}, pure {row['multiplicity']:.2f}, same component {row['same_component']['count']}"
    )


def _quantiles(rows: Sequence[Row], name: str) -> list[float]:
    """Least, median, largest."""
    return [float(x) for x in np.quantile([row[name] for row in rows], (0, 0.5, 1))]


def _key_sets(rows: Sequence[Row]) -> list[dict[str, Any]]:
    counts = Counter(row["key_set"] for row in rows)
    return [{"set": list(names)} | share(n, len(rows)) for names, n in sorted(counts.items(), key=lambda x: -x[1])]


COLOURS = ("#0072b2", "#e69f00", "#cccccc", "#000000")


def figure(cells: Cells, found: Found) -> "Figure":
    """Key-set probabilities and purity of every configuration, with exact 95% intervals."""
    from matplotlib.figure import Figure

    rows = found.numbers["rows"]
    figure = Figure(figsize=(11, 6.4), layout="constrained")
    seeds = rows[0]["seeds"]
    figure.suptitle(f"Which characters survive? {seeds} seeds of each configuration; bars: exact 95% intervals")
    for axes, group in zip(figure.subplots(2, 2, width_ratios=(3, 2)), ("C5", "S3"), strict=True):
        mine = [row for row in rows if row["group"] == group]
        _draw_sets(axes[0], group, mine)
        _draw_purity(axes[1], mine)
    return figure


def _label(row: dict[str, Any]) -> str:
    return f"{ACTIVATION[row['activation']].replace('^2', '²')}, m={row['m']}, λ={row['lambda']:g}"


def _draw_sets(ax: "Axes", group: str, rows: list[dict[str, Any]]) -> None:
    """Shares of the key sets side by side along one bar per configuration."""
    names = sorted({name for row in rows for entry in row["key_sets"] for name in entry["set"]})
    sets = [(names[0],), (names[-1],), tuple(names), ()]
    hatch = ("", "", "///", "")
    for i, row in enumerate(rows):
        left = 0.0
        for chosen, colour, lines_ in zip(sets, COLOURS, hatch, strict=True):
            entry = next((each for each in row["key_sets"] if tuple(each["set"]) == chosen), None)
            if entry:
                ax.barh(i, entry["share"], left=left, color=colour, hatch=lines_, edgecolor="white", height=0.72)
                left += entry["share"]
        ax.text(1.015, i, f"{row['nonconvergent']}", va="center", fontsize=8)
    for chosen, colour, lines_ in zip(sets, COLOURS, hatch, strict=True):
        label = "{" + ", ".join(chosen) + "}" if chosen else "none"
        ax.barh(0, 0, color=colour, hatch=lines_, edgecolor="white", label=label)
    ax.set_yticks(range(len(rows)), [_label(row) for row in rows], fontsize=8)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.08)
    ax.set_xlabel("share of seeds with this key set $K_{.005}$;  right: how many seeds did not converge", fontsize=9)
    ax.set_title(group, loc="left", fontsize=10)
    ax.legend(fontsize=8, ncols=4, loc="lower right", bbox_to_anchor=(1, 1), frameon=False)


def _draw_purity(ax: "Axes", rows: list[dict[str, Any]]) -> None:
    """The multiplicity and the share of seeds whose neurons are all pure for one component."""
    for i, row in enumerate(rows):
        low, high = row["same_component"]["interval"]
        at = row["same_component"]["share"]
        ax.errorbar(at, i, xerr=[[at - low], [high - at]], color="#d55e00", marker="s", ms=5, capsize=3)
        ax.plot(row["multiplicity"], i, "o", mfc="none", color="#0072b2", ms=7)
    ax.plot([], [], "o", mfc="none", color="#0072b2", label="pure neurons, $\\nu_{.05}$")
    ax.errorbar([], [], [], color="#d55e00", marker="s", ms=5, capsize=3, label="all neurons pure, one component")
    ax.set_yticks(range(len(rows)), [""] * len(rows))
    ax.invert_yaxis()
    ax.set_xlim(-0.03, 1.03)
    ax.grid(axis="y", color="0.92")
    ax.set_xlabel("fraction of neurons, share of seeds", fontsize=9)
    ax.legend(fontsize=8, ncols=2, loc="lower right", bbox_to_anchor=(1, 1), frameon=False)


STUDY = Study(
    "mais-pilot", "Ours: the pilot of the selection problem MAIS-O61, 24 configurations of C5 and S3", "Ours",
    SIZES, run, claims, figure, lines, settings=lambda cells: SETTINGS,
)  # fmt: skip
