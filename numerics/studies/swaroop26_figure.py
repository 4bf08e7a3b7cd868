"""The figure of the study of Swaroop26's trained networks."""

from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.analysis.spectra import dominant, periodicity, wave_at
from numerics.components import wrap_turns
from numerics.models.relu import ReLUWeights
from numerics.studies.study import Found

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from numerics.studies.swaroop26 import Size

COLOURS = {0.0: "#0072b2", 0.10: "#e69f00", 0.30: "#d55e00"}
BARS = {"real": "0.55", "Cos->Cos": "#0072b2", "Sq->Cos": "#e69f00", "Sq->Sq": "#d55e00"}


def figure(size: "Size", found: Found) -> "Figure":
    """Training, idealised accuracies, periodicity, phases, and one neuron of the clean network with its fits."""
    from matplotlib.figure import Figure

    finals: dict[float, ReLUWeights] = found.shown
    rows = found.numbers["rows"]
    figure = Figure(figsize=(13, 7), layout="constrained")
    figure.suptitle(
        "Swaroop26: ReLU networks on noisy sums; squares or cosines, phases, and the extracted algorithm\n"
        f"p = {size.p}, {size.m} neurons, one seed",
        fontsize=11,
    )
    shown = [row for row in rows if row["alpha"] in COLOURS]
    axes = figure.subplots(2, 3)
    for row in shown:
        history, colour = row["history"], COLOURS[row["alpha"]]
        steps = [record["step"] for record in history]
        for name, style in (("train_accuracy", "--"), ("validation_accuracy", "-")):
            label = f"noise {row['alpha']:.2f}" if style == "-" else None
            axes[0, 0].plot(steps, [record[name] for record in history], style, color=colour, label=label)
    axes[0, 0].set(xlabel="step", ylabel="accuracy", title="training (dashed) and validation (solid)")
    axes[0, 0].legend(fontsize=8, frameon=False)
    for ax, name in ((axes[0, 1], "saturation"), (axes[0, 2], "final")):
        points = [(row["alpha"], row[name]) for row in shown if row[name]]
        for index, (kind, colour) in enumerate(BARS.items()):
            heights = [point["accuracy"][kind] for _, point in points]
            bars = ax.bar(np.arange(len(points)) + 0.2 * index - 0.3, heights, 0.18, color=colour, label=kind)
            if kind == "real":
                ax.bar_label(bars, [f"{height:.4f}" for height in heights], rotation=90, fontsize=7, padding=2)
        ax.set_xticks(range(len(points)), [f"{alpha:.2f}" for alpha, _ in points])
        ax.set(ylim=(0, 1.35), xlabel="label noise", ylabel="validation accuracy")
        when = "at 99% training accuracy" if name == "saturation" else "at the end"
        ax.set_title(f"{when}: the network and its idealisations", fontsize=10)
    axes[0, 2].legend(fontsize=8, frameon=False, ncols=4, loc="upper center")
    bins = np.linspace(0, (size.p - 1) / 2, 33)
    for row in shown:
        per = periodicity(finals[row["alpha"]].a)
        label = f"noise {row['alpha']:.2f}"
        axes[1, 0].hist(per, bins, histtype="step", lw=1.6, color=COLOURS[row["alpha"]], label=label)
    for threshold in (size.low, size.structured):
        axes[1, 0].axvline(threshold, color="k", lw=0.8, ls=":")
    axes[1, 0].set(
        xlabel="per(W_a)", ylabel="neurons", yscale="log", title="periodicity at the end; dotted: thresholds"
    )
    axes[1, 0].legend(fontsize=8, frameon=False)
    _draw_phases(axes[1, 1], finals, size.structured)
    _draw_neuron(axes[1, 2], finals[0.0])
    return figure


def _draw_phases(ax: Any, finals: dict[float, ReLUWeights], structured: float) -> None:
    """t_a + t_b against t_out of the structured neurons."""
    markers = {0.0: "o", 0.10: "s", 0.30: "^"}
    for alpha, marker in markers.items():
        if alpha not in finals:
            continue
        weights = finals[alpha]
        chosen = periodicity(weights.a) > structured
        wave = dominant(weights.a)
        a, b, out = (wave_at(w, wave.frequency).phase[chosen] for w in (weights.a, weights.b, weights.out))
        around = out + wrap_turns(a + b - out)
        label = f"noise {alpha:.2f}, {chosen.sum()} neurons"
        ax.plot(out, around, marker, ms=4, color=COLOURS[alpha], fillstyle="none", label=label)
    ax.plot([-0.5, 0.5], [-0.5, 0.5], "k", lw=0.6)
    ax.set(xlabel="phase of W_out in turns", ylabel="phase of W_a + phase of W_b")
    ax.set_title("structured neurons at the end", fontsize=10)
    ax.legend(fontsize=8, frameon=False)


def _draw_neuron(ax: Any, weights: ReLUWeights) -> None:
    """The most periodic W_a, folded on its own period, with the two fits."""
    w = weights.a[int(periodicity(weights.a).argmax())]
    p = len(w)
    wave = dominant(w)
    turn = (wave.phase + wave.frequency * np.arange(p) / p) % 1
    order = np.argsort(turn)
    fine = np.linspace(0, 1, 400)
    high = np.cos(2 * np.pi * turn) > 0
    levels = np.median(w[high]), np.median(w[~high])
    ax.plot(turn[order], w[order], ".", color="k", ms=4, label="W_a")
    ax.plot(fine, np.where(np.cos(2 * np.pi * fine) > 0, *levels), color="#d55e00", lw=1.4, label="square, medians")
    cosine = w.mean() + wave.amplitude * np.cos(2 * np.pi * fine)
    ax.plot(fine, cosine, "--", color="#0072b2", label="cosine, own amplitude")
    ax.set(xlabel="phase of the input in turns", ylabel="weight")
    ax.set_title("the most periodic neuron of the clean network", fontsize=10)
    ax.legend(fontsize=8, frameon=False, loc="upper center")
