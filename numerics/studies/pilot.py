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
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import save_file

from numerics.checkpoint import runs_folder
from numerics.ensemble.engine import Trained
from numerics.outcome import Outcome, provenance
from numerics.selection.intervals import share
from numerics.studies.many_seeds import Cell, Observed
from theory.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Pilot of the selection problem: C5 and S3, 24 configurations"
PENALTIES = (0.0, 1e-4, 1e-2)
CELLS = tuple(
    Cell(group, activation, m, PENALTIES, 100)
    for m in (2, 8)
    for group in ("C5", "S3")
    for activation in ("power", "relu")
)
SMOKE = tuple(replace(cell, seeds=4, updates=100) for cell in CELLS)
ACTIVATION = {"power": "x^2", "relu": "ReLU"}
SILENT = 1e-3  # largest centred logit of a network that lambda has emptied; all others have a hundred times more

SETTINGS = [
    {"name": "groups", "value": "C5, S3", "stated": True, "note": ""},
    {"name": "activations", "value": "x^2, ReLU with ReLU'(0) = 0", "stated": True, "note": ""},
    {"name": "widths", "value": "2, 8", "stated": True, "note": ""},
    {"name": "initial weights", "value": "N(0, 1/|G|), untied u, v, w", "stated": True, "note": ""},
    {"name": "data", "value": "full multiplication table", "stated": True, "note": ""},
    {"name": "loss", "value": "cross-entropy + lambda ||theta||^2, lambda 0, 1e-4, 1e-2", "stated": True, "note": ""},
    {"name": "optimiser", "value": "full-batch Adam 1e-3 (.9, .999, 1e-8)", "stated": True, "note": ""},
    {"name": "updates", "value": "at most 20000", "stated": True, "note": ""},
    {
        "name": "convergence",
        "value": "relative changes of loss and parameters below 1e-7 for 500 updates in a row",
        "stated": True,
        "note": "parameters: the Euclidean norm over all of them; both relative to the values before the update",
    },
    {"name": "seeds", "value": "0..99", "stated": False, "note": "100 are asked for; the same weights at every lambda"},
    {
        "name": "precision",
        "value": "float64",
        "stated": False,
        "note": "losses keep their digits down to 1e-300: wrong classes are summed apart from the right one",
    },
]  # fmt: skip


def reproduce(
    scale: str, folder: Path, *, device: str, budget: int, progress: Callable[[str, int, int], None]
) -> Outcome:
    """Every configuration; what a kill interrupted goes on.  The scales cpu and full are the whole pilot."""
    cells = SMOKE if scale == "smoke" else CELLS
    runs = runs_folder(folder, "mais-pilot", scale)
    trained = {
        cell: cell.train(runs / cell.name, device=device, budget=budget, progress=partial(progress, cell.name))
        for cell in cells
    }
    save_weights(folder / f"mais-pilot-{scale}.safetensors", trained)
    rows = [
        configuration(cell, cell.observe(found).at(penalty), penalty)
        for cell, found in trained.items()
        for penalty in cell.penalties
    ]
    seconds = sum(found.seconds for found in trained.values())
    made = sum(int(found.updates.sum()) for found in trained.values())
    numbers = {
        "preset": "mais-pilot", "title": TITLE, "scale": scale, "settings": SETTINGS, "verdict": verdict(rows),
        "rows": rows, "networks": sum(cell.members for cell in cells), "updates": made,
        "processor_seconds": round(seconds, 1), "updates_per_processor_second": round(made / seconds, 1),
    } | provenance(device)  # fmt: skip
    return Outcome(numbers, lines(numbers), False, partial(draw, rows, scale))


def configuration(cell: Cell, found: Observed, penalty: float) -> dict[str, Any]:
    """One configuration's row: shares of seeds with exact 95% intervals, and medians."""
    seeds = len(found.seed)
    pure = found.neurons.pure().sum(axis=1)
    return {
        "group": cell.group, "activation": cell.activation, "m": cell.m, "lambda": penalty, "seeds": seeds,
        "converged": share(int(found.converged.sum()), seeds),
        "nonconvergent": int((~found.converged).sum()),
        "updates": _quantiles(found.updates),
        "loss": _quantiles(found.loss),
        "silent": int((found.size < SILENT).sum()),
        "solved": share(int((found.accuracy == 1).sum()), seeds),
        "explained": _quantiles(found.explained),
        "key_sets": _shares(Counter(found.key_sets), seeds),
        "key_sets_of_converged": _shares(Counter(_chosen(found.key_sets, found.converged)), int(found.converged.sum())),
        "spectral_count": {str(n): share(many, seeds) for n, many in sorted(Counter(found.counts.tolist()).items())},
        "multiplicity": float(pure.mean() / cell.m),
        "pure_neurons": {str(count): int((pure == count).sum()) for count in range(cell.m + 1)},
        "same_component": share(int(found.neurons.same_frequency().sum()), seeds),
    }  # fmt: skip


def save_weights(path: Path, trained: dict[Cell, Trained]) -> None:
    """All final weights in float32 with each network's loss, updates and end, by configuration, in one file."""
    tensors: dict[str, torch.Tensor] = {}
    for cell, found in trained.items():
        for i, penalty in enumerate(cell.penalties):
            mine = slice(i * cell.seeds, (i + 1) * cell.seeds)
            name = f"{cell.name}-{penalty:g}"
            tensors[f"{name}/theta"] = found.parameters["theta"][mine].float().cpu().contiguous()
            for key in ("loss", "updates", "converged"):
                tensors[f"{name}/{key}"] = getattr(found, key)[mine].cpu().clone()
    about = {
        "format": "fourier-margin/pilot",
        "axes": "theta: seed, neuron, (u, v, w), group element; the order of elements is that of the named group",
    }
    with atomic_path(path) as temporary:
        save_file(tensors, temporary, about)


def verdict(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The problem records no run, so there is no number of a paper; ours, with exact 95% intervals."""
    networks, others = (sum(row[key] for row in rows) for key in ("seeds", "nonconvergent"))
    claims = [
        {
            "claim": "all configurations run as specified; how many networks converge within 20,000 updates",
            "paper": None,
            "ours": share(networks - others, networks),
            "verdict": "measured",
        }
    ]
    for row in rows:
        if (row["group"], row["m"]) == ("C5", 2):
            name = f"{ACTIVATION[row['activation']]}, lambda {row['lambda']:g}"
            claims.append(
                {
                    "claim": f"both neurons of C5 at width 2 end pure for the same frequency: {name}",
                    "paper": None,
                    "ours": row["same_component"],
                    "verdict": "measured",
                }
            )
    return claims


def lines(numbers: dict[str, Any]) -> list[str]:
    """The table."""
    found = [
        TITLE,
        f"  {numbers['networks']} networks, {numbers['updates']} updates, {numbers['processor_seconds']:.0f} processor "
        f"seconds, {numbers['updates_per_processor_second']:.0f} updates per second",
        *(_line(row) for row in numbers["rows"]),
    ]
    for claim in numbers["verdict"]:
        low, high = claim["ours"]["interval"]
        count = f"{claim['ours']['count']}/{claim['ours']['seeds']}"
        found.append(f"  {claim['claim']}: {count}, 95% {low:.3f}..{high:.3f} ({claim['verdict']})")
    return found


def _line(row: dict[str, Any]) -> str:
    sets = ", ".join(f"{{{' '.join(entry['set'])}}} {entry['count']}" for entry in row["key_sets"])
    name = f"{row['group']} {ACTIVATION[row['activation']]} m={row['m']} lambda={row['lambda']:g}"
    return (
        f"  {name}: converged {row['converged']['count']}/{row['seeds']}, solved {row['solved']['count']}, "
        f"key sets {sets}, pure {row['multiplicity']:.2f}, same component {row['same_component']['count']}"
    )


def _quantiles(values: np.ndarray) -> list[float]:
    """Least, median, largest."""
    return [float(x) for x in np.quantile(values, (0, 0.5, 1))]


def _chosen(values: list[tuple[str, ...]], which: np.ndarray) -> list[tuple[str, ...]]:
    return [value for value, keep in zip(values, which, strict=True) if keep]


def _shares(counts: Counter[tuple[str, ...]], n: int) -> list[dict[str, Any]]:
    """Every set that occurs with its share of n networks, the most frequent first."""
    return [{"set": list(names)} | share(count, n) for names, count in sorted(counts.items(), key=lambda x: -x[1])]


COLOURS = ("#0072b2", "#e69f00", "#cccccc", "#000000")


def draw(rows: list[dict[str, Any]], scale: str) -> "Figure":
    """Key-set probabilities and purity of every configuration, with exact 95% intervals."""
    from matplotlib.figure import Figure

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
