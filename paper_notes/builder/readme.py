"""What the README shows that a program knows better: the table of statements and the picture.

``python -m paper_notes.builder.readme`` brings both up to date; a test asks that the table is.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from paper_notes.builder.layout import ROOT
from paper_notes.builder.statements import PAPERS
from theory.vocabulary import LABELS
from verify.statements_cli import rows

README = ROOT / "README.md"
PICTURE = ROOT / "paper_notes" / "results" / "readme.png"
BEGIN, END = "<!-- statements: made by python -m paper_notes.builder.readme -->", "<!-- end of statements -->"


def table(found: list[dict[str, Any]]) -> str:
    """Markdown: how many statements of each kind, by paper, and what the last recorded run said of them."""
    papers = [paper for paper in PAPERS if any(row["paper"] == paper for row in found)]
    lines = [
        "| | " + " | ".join(papers) + " | last recorded run |",
        "|---|" + "---:|" * len(papers) + "---|",
    ]
    for label, meaning in LABELS.items():
        chosen = [row for row in found if row["label"] == label]
        counts = Counter(row["paper"] for row in chosen)
        statuses = Counter(row["status"] for row in chosen)
        said = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items())) or "none"
        lines.append(f"| **{label}**: {meaning} | " + " | ".join(str(counts[p]) for p in papers) + f" | {said} |")
    return "\n".join(lines)


def refreshed(text: str) -> str:
    """The README with the table of today."""
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n{table(rows())}\n{END}{rest.split(END)[1]}"


def draw(path: Path = PICTURE) -> None:
    """A trained network against the theory: one neuron, the margin, the phase sums (k = 2, p = 23, seconds)."""
    from dataclasses import replace

    import matplotlib.pyplot as plt
    import numpy as np

    from numerics.components import Spectrum
    from numerics.recipes import load_recipe
    from numerics.training import Run
    from paper_notes import figures
    from theory.task import Task

    k, p, recipe = 2, 23, replace(load_recipe("adam"), descent_steps=600)
    problem = Task.cyclic(k, p)
    run = Run(problem, recipe, problem.default_width, 0, recipe.ratio * problem.gamma)()
    found = Spectrum(*run.network.numpy())
    i = int(np.flatnonzero(found.frequency == 2)[0])
    figures.use()
    ink = {name: "#1d2229" for name in ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color",
                                        "axes.titlecolor")}  # fmt: skip
    with plt.rc_context(ink | {"savefig.facecolor": "#ffffff"}):
        fig, (wave, margin, phase) = plt.subplots(1, 3, figsize=(10.5, 3.2), width_ratios=[1.4, 1.2, 1])
        smooth = np.linspace(0, p - 1, 400)
        for j, (colour, marker, label) in enumerate(
            ((figures.BLUE, "o", "$u_1$"), (figures.ORANGE, "s", "$u_2$"), (figures.GREEN, "^", "$w$"))
        ):
            values = found.vectors[i, j] / np.abs(found.vectors[i]).max()
            size = np.sqrt(2 * (values**2).sum() / p)
            wave.plot(
                smooth, size * np.cos(2 * np.pi * (found.phases[i, j] + 2 * smooth / p)), color=colour, linewidth=1
            )
            wave.plot(range(p), values, marker, color=colour, markersize=4, label=label)
        wave.set(xlabel="value of an input or output", ylabel="weight (scaled)",
                 title=f"a trained neuron, and cosines of frequency {found.frequency[i]}")  # fmt: skip
        wave.legend(fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.02))
        wave.set_ylim(-1.15, 1.45)
        margin.plot([h["step"] for h in run.history], [h["margin"] for h in run.history], color=figures.BLUE)
        margin.set_ylim(-0.25, 1.05)
        margin.axhline(1, color=figures.RED, linewidth=1, linestyle="--")
        margin.annotate("theorem", (600, 1), (600, 0.9), ha="right", color=figures.RED)
        margin.set(xlabel="training step", ylabel=r"normalised margin / $\gamma^*$", ylim=(0, 1.08),
                   title=f"margin: {run.margin:.4f} γ*")  # fmt: skip
        phase.plot([0, 1], [0, 1], color=figures.FAINT, linewidth=1)
        phase.plot(found.phases[:, :-1].sum(axis=1) % 1, found.phases[:, -1] % 1, "o", markersize=3, color=figures.BLUE)
        phase.set(
            xlabel="sum of input phases (turns)", ylabel="output phase (turns)", aspect="equal", title="phases add up"
        )
        fig.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(fig)


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
    draw()
