"""The papers' figures, with ours beside them: plot functions take and return axes, matplotlib is imported late."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.components import Components, Spectrum
from numerics.studies.one_hidden.components import components, predicted_masses
from numerics.studies.one_hidden.experiment import Experiment
from numerics.studies.one_hidden.runs import Run, Trained
from numerics.studies.study import Found
from theory.task import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7")  # told apart by colour-blind readers too (Okabe, Ito)
NEURONS = 3
LEAST_MARGIN_SHOWN = -0.25
MOST_TICKS = 12


def neurons(size: Experiment, found: Found) -> "Figure":
    """Random neurons of every run (seed 0), their cosines and spectra; then margins over time and their accounts."""
    return _figure(found.shown, _neuron_panels, 1.35 * NEURONS + 0.75)


def spectra(size: Experiment, found: Found) -> "Figure":
    """Components of all neurons of every run (seed 0), before and after; then margins over time and their accounts."""
    return _figure(found.shown, _spectrum_panels, 2.3)


def _figure(trained: Trained, panels: Callable[["SubFigure", Run, Task, str], None], height: float) -> "Figure":
    from matplotlib.figure import Figure

    shown = [run for run in trained.runs if run.seed == 0]
    figure = Figure(figsize=(10, height * len(shown) + 3.4), layout="constrained")
    figure.suptitle(describe(trained.problem), fontsize=11)
    parts: Any = figure.subfigures(len(shown) + 1, 1, height_ratios=[*[height] * len(shown), 3.0])
    for part, run, colour in zip(parts[:-1], shown, COLOURS, strict=False):
        part.suptitle(f"{run.label}: {_margin_text(run)}", fontsize=9.5, color=colour)
        panels(part, run, trained.problem, colour)
    left, right = parts[-1].subplots(1, 2, width_ratios=(3, 2))
    plot_margins(left, trained.runs)
    plot_accounts(right, trained.accounts)
    return figure


def describe(problem: Task) -> str:
    """The task in one line."""
    task = problem
    return f"{problem.group_name or f'$Z_{{{task.n}}}$'}, k = {task.k}, $\\gamma^*$ = {problem.gamma:.6g}"


def _margin_text(run: Run) -> str:
    if run.margin is None:
        return run.note or "no margin was measured"
    last = run.history[-1]
    text = f"margin {run.margin:.4f} $\\gamma^*$" + (f", accuracy {last['accuracy']:.3f}" if "accuracy" in last else "")
    if "test_accuracy" in last:
        text += f" (trained on half: {last['train_accuracy']:.3f}, other half: {last['test_accuracy']:.3f})"
    text += ", polished" if last.get("phase") == "polish" and "relative_gradient" in last else ""
    return text + (f"; {run.note}" if run.note else "")


def _neuron_panels(part: "SubFigure", run: Run, problem: Task, colour: str) -> None:
    """Random neurons: u_1 and w with the cosine of their own strongest frequency, and all spectra."""
    u, w = run.network.numpy()
    vectors = np.concatenate([u, w[:, None]], axis=1)
    spectrum = Spectrum(u, w)
    live = np.flatnonzero(spectrum.live)
    chosen = np.random.default_rng(0).choice(live, min(NEURONS, len(live)), replace=False)
    axes = part.subplots(NEURONS, 3, squeeze=False, width_ratios=(1, 1, 1.2))
    names = [*(f"$u_{j + 1}$" for j in range(problem.k)), "$w$"]
    for row, neuron in zip(axes, chosen, strict=False):
        for ax, index in zip(row, (0, -1), strict=False):
            plot_cosine(ax, vectors[neuron, index], colour)
            ax.set_ylabel(names[index], fontsize=8)
        row[0].set_title(f"neuron {neuron}, {len(u) * spectrum.mass[neuron]:.2g} of the mean mass", fontsize=7.5)
        plot_spectra(row[2], spectrum.share[neuron], names)
    for ax, label in zip(axes[-1], ("input $a_1$", "class $c$", "frequency"), strict=True):
        ax.set_xlabel(label, fontsize=8)
    axes[0, 2].legend(fontsize=7, ncols=len(names), loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False)


def plot_cosine(ax: "Axes", vector: np.ndarray, colour: str) -> "Axes":
    """A weight vector and the cosine of its strongest frequency, fitted by its Fourier coefficient."""
    p = len(vector)
    coefficients = np.fft.rfft(vector)
    zeta = 1 + int(np.abs(coefficients[1:]).argmax())
    fine = np.linspace(0, p - 1, 40 * p)
    size = (1 if 2 * zeta == p else 2) / p
    cosine = size * np.abs(coefficients[zeta]) * np.cos(2 * np.pi * zeta * fine / p + np.angle(coefficients[zeta]))
    ax.plot(fine, cosine, color="0.6", lw=0.9)
    ax.plot(vector, "o", ms=2.5, color=colour)
    ax.tick_params(labelsize=7)
    ax.margins(y=0.15)
    return ax


def plot_spectra(ax: "Axes", share: np.ndarray, names: list[str]) -> "Axes":
    """Share of power at each frequency 0..floor(p/2) of a neuron's k+1 vectors, both signs pooled."""
    vectors, count = share.shape
    width = 0.8 / vectors
    for i, (row, name) in enumerate(zip(share, names, strict=True)):
        ax.bar(np.arange(count) + (i - (vectors - 1) / 2) * width, row, width, label=name, color=f"C{i}")
    ax.set_ylim(0, 1.05)
    ax.set_xticks(range(0, count, -(-count // MOST_TICKS)))
    ax.set_ylabel("share of power", fontsize=8)
    ax.tick_params(labelsize=7)
    return ax


def _spectrum_panels(part: "SubFigure", run: Run, problem: Task, colour: str) -> None:
    before, after = (components(network, problem) for network in (run.before, run.network))
    left, middle, right = part.subplots(1, 3)
    plot_largest(left, before, after, colour)
    plot_counts(middle, after, colour)
    plot_masses(right, after, predicted_masses(problem), colour)


def plot_largest(ax: "Axes", before: Components, after: Components, colour: str) -> "Axes":
    """Histogram of the largest share of one component in every vector of every live neuron."""
    bins = np.linspace(0, 1, 41).tolist()
    for found, name, shade in ((before, "before", "0.7"), (after, "after", colour)):
        values = np.clip(found.largest, 0, 1)
        ax.hist(values, bins, weights=np.full(len(values), 1 / len(values)), alpha=0.8, label=name, color=shade)
    ax.set_xlabel(f"largest share of one {after.kind}", fontsize=8)
    ax.set_ylabel("share of vectors", fontsize=8)
    ax.legend(fontsize=7, frameon=False)
    ax.tick_params(labelsize=7)
    return ax


def plot_counts(ax: "Axes", after: Components, colour: str) -> "Axes":
    """Number of live neurons of every component."""
    ax.bar(np.arange(1, len(after.names)), after.counts[1:], color=colour)
    _name_components(ax, after)
    ax.set_ylabel("live neurons", fontsize=8)
    return ax


def plot_masses(ax: "Axes", after: Components, predicted: np.ndarray | None, colour: str) -> "Axes":
    """Mass of every component, and what the theory predicts at the optimum."""
    places = np.arange(1, len(after.names))
    ax.bar(places, after.masses[1:], color=colour, label="trained")
    if predicted is not None:
        size = 5 if len(places) < 20 else 3
        ax.plot(places, predicted, "o", mfc="w", mec="k", ms=size, label="predicted")
        ax.legend(fontsize=7, loc="best", framealpha=0.9)
    _name_components(ax, after)
    ax.set_ylabel("mass", fontsize=8)
    return ax


def _name_components(ax: "Axes", found: Components) -> None:
    names = found.names[1:]
    step = -(-len(names) // MOST_TICKS)
    ax.set_xticks(np.arange(1, len(found.names), step), names[::step])
    ax.set_xlabel(f"{found.kind} of the neuron", fontsize=8)
    ax.tick_params(labelsize=7)


def plot_margins(ax: "Axes", trained: list[Run]) -> "Axes":
    """Margin over gamma* on all inputs against training progress; seeds after the first are faint."""
    labels = list(dict.fromkeys(run.label for run in trained))
    for run in trained:
        if not run.history:
            continue
        colour = COLOURS[labels.index(run.label) % len(COLOURS)]
        values = np.maximum([record["margin"] for record in run.history], LEAST_MARGIN_SHOWN)
        first = run.seed == 0
        progress = np.linspace(1 / len(values), 1, len(values))
        ax.plot(progress, values, color=colour, label=run.label if first else None,
                lw=1.6 if first else 0.6, alpha=1 if first else 0.5)  # fmt: skip
    ax.axhline(1, color="k", lw=0.8, ls="--")
    ax.axhline(0, color="0.8", lw=0.8)
    ax.set_ylim(LEAST_MARGIN_SHOWN, 1.08)
    ax.set_xlabel("progress of the run (records, first to last)", fontsize=8)
    ax.set_ylabel(f"margin on all inputs / $\\gamma^*$\n(below {LEAST_MARGIN_SHOWN}: at the edge)", fontsize=8)
    ax.legend(fontsize=7, loc="best", framealpha=0.9)
    ax.tick_params(labelsize=7)
    return ax


def plot_accounts(ax: "Axes", accounts: dict[str, dict[str, float]]) -> "Axes":
    """What every step of the upper-bound proof costs a trained network, in units of gamma*."""
    if not accounts:
        ax.axis("off")
        return ax
    causes = list(next(iter(accounts.values())))
    places: Any = np.arange(len(causes))
    height = 0.8 / len(accounts)
    for i, (label, losses) in enumerate(accounts.items()):
        values = [max(losses[cause], 1e-7) for cause in causes]
        ax.barh(places + (i - (len(accounts) - 1) / 2) * height, values, height, color=COLOURS[i], label=label)
    ax.set_xscale("log")
    ax.set_xlim(left=1e-7)
    ax.set_yticks(places, causes)
    ax.invert_yaxis()
    ax.set_xlabel("margin lost to, in units of $\\gamma^*$", fontsize=8)
    ax.tick_params(labelsize=7)
    return ax
