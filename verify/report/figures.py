"""Figures of a network, each drawn on a given ``ax`` and returned with it; matplotlib is imported only here."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEASURED = "#3b82c4"
PREDICTED = "#d9772b"
LOST = "#c4504b"
KEPT = "#4b9b6a"
MOST_PHASES = 20


def draw_weights(ax: "Axes", vectors: np.ndarray, frequency: int, phases: np.ndarray, residual: float) -> "Axes":
    """The k+1 vectors of one neuron as points, over the cosines of one frequency that fit them.

    Args:
        ax: where to draw.
        vectors: u_1..u_k and w over the neuron's norm, shape (k+1, p).
        frequency: the neuron's frequency, 0 to draw no cosine.
        phases: in turns, shape (k+1,).
        residual: worst relative 2-norm beside the cosine, for the title.
    """
    count, p = vectors.shape
    step = 2.6 * float(np.abs(vectors).max())
    fine = np.linspace(0, p - 1, max(200, 24 * p))
    for j, (vector, phase) in enumerate(zip(vectors, phases, strict=True)):
        height = -j * step
        ax.axhline(height, color="#888888", linewidth=0.5, alpha=0.6)
        if frequency:
            amplitude = np.linalg.norm(vector) * np.sqrt((1 if 2 * frequency == p else 2) / p)
            wave = amplitude * np.cos(2 * np.pi * (phase + frequency * fine / p))
            ax.plot(fine, height + wave, color=PREDICTED, linewidth=1.0, alpha=0.9)
        ax.plot(np.arange(p), height + vector, "o", color=MEASURED, markersize=3.2)
    ax.set_yticks([-j * step for j in range(count)])
    ax.set_yticklabels([*(f"$u_{j + 1}$" for j in range(count - 1)), "$w$"])
    ax.set_xlabel("value")
    if frequency:
        ax.set_title(f"frequency {frequency}; the rest is {residual:.1e} of it", fontsize=9)
    return ax


def draw_spectra(ax: "Axes", share: np.ndarray, names: list[str]) -> "Axes":
    """Share of every live neuron's power in every component: one row per component, neurons sorted.

    Args:
        ax: where to draw.
        share: shape (components, neurons), columns sum to at most 1.
        names: names of the components.
    """
    order = np.lexsort((share.max(axis=0), share.argmax(axis=0)))
    image = ax.imshow(share[:, order], aspect="auto", vmin=0, vmax=1, cmap="viridis", interpolation="nearest")
    ax.figure.colorbar(image, ax=ax, label="share of power", pad=0.02)
    step = max(1, len(names) // 12)
    ax.set_yticks(range(0, len(names), step))
    ax.set_yticklabels(names[::step])
    ax.set_xlabel("live neurons, sorted")
    return ax


def draw_masses(ax: "Axes", carried: np.ndarray, predicted: np.ndarray | None, names: list[str]) -> "Axes":
    """Mass of every frequency (or representation): bars, with the predicted mass, where there is one, as ticks."""
    places = np.arange(len(names))
    ax.bar(places, carried, color=MEASURED, width=0.75, label="this network")
    if predicted is not None:
        ax.hlines(predicted, places - 0.45, places + 0.45, color=PREDICTED, linewidth=2, label="maximum margin")
    step = max(1, len(names) // 16)
    ax.set_xticks(places[::step])
    ax.set_xticklabels(names[::step])
    ax.set_ylim(0, 1.3 * float(max(carried.max(), 0 if predicted is None else predicted.max())))
    ax.set_ylabel("mass")
    ax.legend(loc="upper right", frameon=False, fontsize=8, ncols=2)
    return ax


def draw_phase_sums(ax: "Axes", total: np.ndarray, output: np.ndarray) -> "Axes":
    """Output phase against the sum of the input phases, both in turns modulo 1: the theorem's diagonal."""
    ax.plot([0, 1], [0, 1], color=PREDICTED, linewidth=1.2, label="$t_w = t_1 + \\cdots + t_k$", zorder=1)
    x = total % 1
    # The representative of the output nearest to the sum keeps points near the diagonal together.
    y = x + (output - x + 0.5) % 1 - 0.5
    ax.scatter(x, y, s=12, color=MEASURED, alpha=0.6, linewidths=0, label="live neurons", zorder=2)
    ax.set_xlim(-0.03, 1.03)
    ax.set_ylim(min(-0.03, float(y.min()) - 0.03), max(1.03, float(y.max()) + 0.03))
    ax.set_xlabel("sum of input phases (turns)")
    ax.set_ylabel("output phase (turns)")
    ax.legend(loc="upper left", frameon=False, fontsize=8)
    return ax


def draw_history(ax: "Axes", history: list[dict[str, Any]]) -> "Axes":
    """What is missing of gamma* over the records of a run; a dotted line where the phase of training changes."""
    missing = np.array([max(1 - float(record["margin"]), 1e-16) for record in history])
    ax.semilogy(range(len(missing)), missing, "o-", color=MEASURED, markersize=3, linewidth=1.2)
    changes = [i for i in range(1, len(history)) if history[i]["phase"] != history[i - 1]["phase"]]
    for i in changes[:MOST_PHASES]:
        ax.axvline(i - 0.5, color="#888888", linestyle=":", linewidth=1)
        ax.annotate(
            f" {history[i]['phase']}",
            (i - 0.5, 1),
            xycoords=("data", "axes fraction"),
            va="top",
            fontsize=8,
            parse_math=False,
        )
    ax.set_xlabel("record")
    ax.set_ylabel("1 - margin / $\\gamma^*$")
    return ax


def draw_account(ax: "Axes", losses: dict[str, float], margin: float) -> "Axes":
    """What each inequality of the proof costs: a waterfall from gamma* to the margin, or logarithmic bars.

    Losses below a twentieth of gamma* would be invisible in a waterfall.
    """
    if sum(abs(loss) for loss in losses.values()) > 0.05:
        return _draw_waterfall(ax, losses, margin)
    places = np.arange(len(losses))[::-1]
    shown = np.array([max(loss, 0.0) for loss in losses.values()])
    floor = 1e-17
    ax.barh(places, np.maximum(shown, floor) - floor, left=floor, color=LOST, height=0.6)
    for place, loss in zip(places, losses.values(), strict=True):
        ax.annotate(f" {loss:.2g}", (max(loss, floor), place), va="center", fontsize=8)
    ax.set_xscale("log")
    ax.set_xlim(floor, max(1e-2, 30 * float(shown.max())))
    ax.set_yticks(places)
    ax.set_yticklabels(list(losses))
    ax.set_xlabel(f"lost, in units of $\\gamma^*$ (margin {margin:.10g})")
    return ax


def _draw_waterfall(ax: "Axes", losses: dict[str, float], margin: float) -> "Axes":
    places = np.arange(len(losses) + 2)[::-1]
    left = 1.0 - np.cumsum([0.0, *losses.values()])
    ax.barh(places[0], 1.0, color=PREDICTED, height=0.6)
    for place, top, loss in zip(places[1:-1], left[:-1], losses.values(), strict=True):
        ax.barh(place, -loss, left=top, color=LOST, height=0.6)
        ax.annotate(f" {loss:.2g}", (max(top, top - loss), place), va="center", fontsize=8)
    ax.barh(places[-1], margin, color=KEPT, height=0.6)
    ax.annotate(f" {margin:.6g}", (max(margin, 0.0), places[-1]), va="center", fontsize=8)
    ax.axvline(0, color="#888888", linewidth=0.5)
    ax.set_yticks(places)
    ax.set_yticklabels(["$\\gamma^*$", *losses, "margin"])
    low = min(0.0, margin, float(left.min()))
    high = max(1.0, float(left.max()))
    ax.set_xlim(low - 0.05 * (high - low), high + 0.15 * (high - low))
    ax.set_xlabel("in units of $\\gamma^*$")
    return ax
