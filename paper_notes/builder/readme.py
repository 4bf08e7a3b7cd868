"""What the README shows that a program knows better: the tables of statements and of stored results, and the picture.

``python -m paper_notes.builder.readme`` brings all up to date; a test asks that the tables are.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from numerics.studies.table import Row
from numerics.studies.table import rows as claims
from paper_notes.builder.layout import ROOT
from paper_notes.builder.statements import PAPERS
from theory.vocabulary import GRADES, LABELS
from verify.statements_cli import rows

README = ROOT / "README.md"
PICTURE = ROOT / "paper_notes" / "results" / "readme.png"
MADE = "made by python -m paper_notes.builder.readme"
BEGIN, END = f"<!-- statements: {MADE} -->", "<!-- end of statements -->"
BEGIN_RESULTS, END_RESULTS = f"<!-- stored results: {MADE} -->", "<!-- end of stored results -->"


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


def results_table(found: list[Row]) -> str:
    """Markdown: how many claims of each paper have which verdict, and how many at less than the paper's size."""
    lines = [
        f"| | {' | '.join(GRADES)} | of these at less than the paper's size or length |",
        "|---|" + "---:|" * (len(GRADES) + 1),
    ]
    for paper in dict.fromkeys(row.paper for row in found):
        own = [row for row in found if row.paper == paper]
        counts = [sum(row.verdict == grade for row in own) for grade in GRADES]
        smaller = "" if paper == "Ours" else str(sum(not row.paper_size for row in own))
        lines.append(f"| {paper} | {' | '.join(map(str, counts))} | {smaller} |")
    return "\n".join(lines)


def refreshed(text: str) -> str:
    """The README with the tables of today."""
    for begin, end, made in ((BEGIN, END, table(rows())), (BEGIN_RESULTS, END_RESULTS, results_table(claims()))):
        head, rest = text.split(begin)
        text = f"{head}{begin}\n{made}\n{end}{rest.split(end)[1]}"
    return text


def draw(path: Path = PICTURE) -> None:
    """A trained network against the theory: one neuron, the margin, the phase sums (k = 2, p = 23, seconds)."""
    import matplotlib.pyplot as plt

    from paper_notes import figures, story

    figures.use()
    ink = {name: "#1d2229" for name in ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color",
                                        "axes.titlecolor")}  # fmt: skip
    with plt.rc_context(ink | {"savefig.facecolor": "#ffffff"}):
        fig, (wave, margin, phase) = plt.subplots(1, 3, figsize=(10.5, 3.2), width_ratios=[1.4, 1.2, 1])
        story.neuron(wave)
        story.margin(margin)
        story.phases(phase)
        wave.set_title(f"a trained neuron, and cosines of frequency {story.SHOWN_FREQUENCY}")
        margin.set_title(f"margin: {story.trained()[0].margin:.4f} γ*")
        phase.set_title("phases add up")
        fig.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(fig)


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
    draw()
