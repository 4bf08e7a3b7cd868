"""The pictures of stored results, drawn again from their numbers as vectors, with ink for light and for dark pages.

A study's own figure is drawn where the stored numbers are all that it needs.  Where it shows single weights, which are
not stored, the numbers of its runs are drawn instead, beside the stored picture.
"""

import io
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure as Drawing

from paper_notes import figures
from paper_notes.builder.notebook import Figure

# Studies whose figures show weights, signals or matrices of networks that are not stored.
OF_NETWORKS = (
    "li24-fig",
    "morwani23-fig2",
    "morwani23-s",
    "morwani23-relu",
    "group-",
    "swaroop26-trained",
    "ding24-ode",
)
FROM_NUMBERS = ("li24-fig4",)
LEAST_MARGIN = -0.25


def redrawn(name: str, content: Mapping[str, Any]) -> Figure | None:
    """The figure of a stored result; None where its numbers hold nothing to draw."""
    figures.use()
    with mpl.rc_context({"lines.linewidth": 1.4}):
        drawing = _drawing(content)
        if drawing is None:
            return None
        stream = io.StringIO()
        drawing.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(drawing)
    return Figure(f"result-{name}", _inked(stream.getvalue()), alternative(content), "", "")


def shows_networks(content: Mapping[str, Any]) -> bool:
    """Whether the study's own figure needs more than the stored numbers."""
    preset = content["preset"]
    return preset.startswith(OF_NETWORKS) and preset not in FROM_NUMBERS


def alternative(content: Mapping[str, Any]) -> str:
    """What the picture says, for those who cannot see it: title and grades."""
    said = "; ".join(f"{entry['claim']}: {entry['verdict']}" for entry in content["verdict"])
    return f"{content['title']}. {said}."


def _drawing(content: Mapping[str, Any]) -> Drawing | None:
    if not shows_networks(content):
        from numerics.studies.reproduce import load_study
        from numerics.studies.study import Found

        study = load_study(content["preset"])
        return study.figure(study.sizes[content["scale"]], Found(dict(content)))
    runs = [run for run in content.get("runs", []) if run.get("history") and run.get("seed") == 0]
    if runs and "neurons_per_component" in runs[0]:
        return _one_hidden(runs, content)
    if runs and "one_peaked" in runs[0]["history"][-1]:
        return _attention(runs)
    return None


def _one_hidden(runs: list[dict[str, Any]], content: Mapping[str, Any]) -> Drawing:
    """Margin at every record, deciles of the largest share, masses of the components: one row for every run."""
    drawing, axes = plt.subplots(len(runs), 3, figsize=(9.6, 2.6 * len(runs)), squeeze=False, width_ratios=(1.2, 1, 1))
    for row, run, colour in zip(axes, runs, figures.colours(len(runs)), strict=True):
        values = np.maximum([record["margin"] for record in run["history"]], LEAST_MARGIN)
        row[0].plot(np.arange(1, len(values) + 1), values, ".-", color=colour)
        row[0].axhline(1, color=figures.RED, linewidth=1, linestyle="--")
        row[0].set(xlabel="record of the run", ylabel=r"margin / $\gamma^*$", ylim=(LEAST_MARGIN - 0.03, 1.1))
        row[0].set_title(
            f"{run['label']}: {values[-1]:.4f}" if values[-1] > LEAST_MARGIN else f"{run['label']}: wrong answers"
        )
        for when, shade, style in (("before", figures.FAINT, ":"), ("after", colour, "-")):
            deciles = run["largest_share"][when]
            row[1].plot(deciles, np.linspace(0, 1, len(deciles)), style, color=shade, label=f"{when} training")
        row[1].set(
            xlabel="largest share of one component", ylabel="share of vectors below", xlim=(0, 1.03), ylim=(0, 1.03)
        )
        row[1].legend(fontsize=8)
        masses = run["mass_per_component"]
        row[2].bar(np.arange(1, len(masses) + 1), masses, color=colour)
        predicted = content.get("predicted_masses")
        if predicted:
            row[2].plot(np.arange(1, len(masses) + 1), predicted, "_", color=figures.INK, label="theorem")
            row[2].legend(fontsize=8)
        row[2].set(xlabel="component", ylabel="share of the norm")
        if len(masses) <= 12:
            row[2].set_xticks(np.arange(1, len(masses) + 1), run["components"])
    return drawing


def _attention(runs: list[dict[str, Any]]) -> Drawing:
    """Heads with one peak, and accuracy, against updates, for every plan."""
    drawing, (left, right) = plt.subplots(1, 2, figsize=(8.2, 3.2))
    for run, colour, style in zip(runs, figures.PALETTE, ("-", "--", ":"), strict=False):
        steps = [record["step"] for record in run["history"]]
        left.plot(steps, [record["one_peaked"] for record in run["history"]], style, color=colour, label=run["label"])
        right.plot(steps, [record["train_accuracy"] for record in run["history"]], style, color=colour)
    left.set(
        xlabel="update", ylabel="heads with one peak", ylim=(-0.5, max(run["after"]["heads"] for run in runs) + 0.5)
    )
    right.set(xlabel="update", ylabel="accuracy on the training inputs", ylim=(0, 1.03))
    left.legend(fontsize=8)
    return drawing


def _inked(svg: str) -> str:
    """Black strokes and letters of a study's own drawing in the page's ink; white fills stay out of dark pages."""
    for black in ("#000000", "#262626"):
        svg = svg.replace(black, figures.INK)
    return svg
