"""Our figures beside what the papers' figures show (described in words: their pictures are theirs).

Two kinds: figures of the notes, drawn when the site is built, and the stored ones of ``fourier-margin reproduce``.
"""

import shutil
from pathlib import Path
from typing import Any

from markupsafe import escape

from paper_notes.builder.notebook import Note
from paper_notes.builder.prose import markdown
from paper_notes.stored import LARGEST_RESULT, RESULTS, verdicts
from theory.files import read_json

ALMOST_ONE = "the largest normalised power is almost 1 for all neurons after training; frequencies are about uniform."
PAPER_SHOWS = {
    "li24-fig1": "at k = 4, p = 47, with 2944 neurons, on half of the inputs: single neurons that are cosines, one "
    "frequency in each spectrum.",
    "li24-fig2": f"the same network: {ALMOST_ONE}",
    "li24-fig5": "as its Figure 1, at k = 3, p = 97, with 1536 neurons.",
    "li24-fig6": f"the same network: {ALMOST_ONE}",
    "li24-fig7": "as its Figure 1, at k = 5, p = 23, with 5632 neurons.",
    "li24-fig8": f"the same network: {ALMOST_ONE}",
    "li24-fig3": "one attention layer at k = 4, p = 31, with 160 heads: the product of key and query matrices of "
    "single heads is a two-dimensional cosine, with one peak in its two-dimensional spectrum.",
    "li24-fig9": "as its Figure 3, at k = 3, p = 61.",
    "li24-fig10": "as its Figure 3, at k = 5, p = 17.",
    "li24-fig4": "training and validation accuracy for k = 2, 3, 4, 5 with p = 97, 31, 11, 5: grokking weakens as k "
    "grows.",
    "morwani23-relu": "p = 71, 500 neurons: the largest normalised power of the ReLU network is about 0.9, below that "
    "of the quadratic one.",
    "swaroop26-table1": "a table of mean accuracies over 40 seeds at nine widths.",
    "ding24-circles": "the Fourier signals of the embedding over training: three to five circles survive at p = 59, "
    "d = 128.",
    "ding24-sweep-signal": "survival rate against initial signal, 10 embeddings with 50 networks each: Pearson 0.85.",
}


def body(notes: list[Note]) -> str:
    """Figures of the notes that stand beside one of a paper, drawn with the site; then the stored reproductions."""
    parts = [
        "<h1>Gallery</h1>",
        '<p class="lead">Our figures beside those of the papers. The papers\' pictures are not shown here; a line says '
        "what each of them shows.</p>",
    ]
    for note in notes:
        for figure in note.figures:
            if figure.paper:
                parts.append(figure.html())
                parts.append(f"<p><strong>Beside it:</strong> {_inline(figure.paper)}</p>")
                parts.append(f'<p class=small>From <a href="{note.slug}.html#{figure.name}">{note.title}</a>.</p>')
    parts.append(
        '<h2 id="stored">Reproductions, stored</h2><p>Made by <code>fourier-margin reproduce</code>, at the scale that '
        "each caption names: full is the paper's own size, cpu a smaller one. Every number behind a picture is in its "
        "file.</p>"
    )
    return "\n".join(parts + [_reproduction(name, content) for name, content in reproductions()])


def reproductions() -> list[tuple[str, dict[str, Any]]]:
    """(name, content) of every stored reproduction that has a picture."""
    found = []
    for path in sorted(RESULTS.glob("*.json")):
        content = read_json(path, LARGEST_RESULT)
        if content.get("format") == "fourier-margin/reproduction" and path.with_suffix(".png").is_file():
            found.append((path.stem, content))
    # The papers' figures first.
    return sorted(found, key=lambda entry: not entry[0].startswith(("li24", "morwani23")))


def write_results(out: Path) -> None:
    """The stored pictures and the numbers behind them."""
    (out / "results").mkdir(parents=True, exist_ok=True)
    for name, _ in reproductions():
        for suffix in (".png", ".json"):
            shutil.copyfile(RESULTS / f"{name}{suffix}", out / "results" / f"{name}{suffix}")


def _reproduction(name: str, content: dict[str, Any]) -> str:
    title = str(content["title"])
    margins = "; ".join(f"{run['label']}, seed {run['seed']}: {x:.4f}" for run in content.get("runs", [])
                        if (x := _margin(run)) is not None)  # fmt: skip
    words = f"{title}. Margins over gamma*: {margins}." if margins else title
    shows = PAPER_SHOWS.get(str(content["preset"]))
    beside = f"<p><strong>The paper's figure:</strong> {shows}</p>" if shows else ""
    how = (
        f"Scale {escape(str(content['scale']))}: <code>{escape(str(content['command']))}</code>, "
        f"{escape(str(content['date']))}, {escape(str(content['hardware']))}"
    )
    return (
        f'<figure id="{name}"><div class="scroll" tabindex="0">'
        f'<img src="results/{name}.png" alt="{escape(words)}" width="745"></div>'
        f"<figcaption><p>{escape(title)}. {how}; "
        f'<a href="results/{name}.json">numbers</a>.</p></figcaption></figure>{beside}{_verdicts(content)}'
    )


def _verdicts(content: dict[str, Any]) -> str:
    """The study's claims, the paper's numbers, ours and what follows, where it has such a table."""
    return f'<div class="scroll" tabindex="0">{markdown(verdicts(content))}</div>' if content.get("verdict") else ""


def _margin(run: dict[str, Any]) -> float | None:
    """The last margin of a run, over gamma*."""
    history = run.get("history") or [{}]
    return history[-1].get("margin")


def _inline(text: str) -> str:
    return markdown(text).strip().removeprefix("<p>").removesuffix("</p>")
