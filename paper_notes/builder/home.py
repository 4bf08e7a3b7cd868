"""The front page: what this is, the notes, the rest."""

from collections import Counter
from typing import Any

from paper_notes.builder.notebook import Note
from paper_notes.builder.prose import markdown
from theory.vocabulary import LABELS

LEAD = r"""
# Why networks that add become Fourier series

Train a one-hidden-layer network to add $k$ numbers modulo $p$ and its neurons turn into cosines. The reason is a
margin: the largest one that any network of any width can have is

$$\gamma^*(k,p)=\frac{2\,k!}{(2k+2)^{(k+1)/2}\,(p-1)\,p^{(k-1)/2}}\qquad(p\text{ odd}),$$

and every network that has it is made of single frequencies whose phases add up. These pages derive that, build the
networks exactly, prove how many neurons they need, and hold trained networks against the theory.
"""


def body(notes: list[Note], statements: list[dict[str, Any]]) -> str:
    """The body of the front page."""
    cards = "".join(f'<li><a href="{note.slug}.html">{note.title}</a>{markdown(note.summary)}</li>' for note in notes)
    return (
        f"{markdown(LEAD)}<h2>Notes</h2><ol class=cards>{cards}</ol>"
        f"<h2>And also</h2><ul class=cards>"
        f'<li><a href="explorer.html">Explorer</a><p>Pick k, p and a construction; see its neurons, phases and '
        f"spectra. Drop in a network of yours.</p></li>"
        f'<li><a href="statements.html">Statements</a><p>{_counts(statements)}</p></li>'
        f'<li><a href="gallery.html">Gallery</a><p>Our figures beside those of the papers.</p></li>'
        f'<li><a href="api/index.html">API reference</a><p>Every public function: its claim, its source, '
        f"examples.</p></li></ul>"
    )


def _counts(statements: list[dict[str, Any]]) -> str:
    counts = Counter(row["label"] for row in statements)
    return ", ".join(f"{counts[label]} {label}" for label in LABELS if counts[label]) + "."
