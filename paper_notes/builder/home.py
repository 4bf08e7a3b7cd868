"""The front page: what was found, in a picture and three sentences; then the notes in order, and the rest."""

from collections import Counter
from typing import Any

from markupsafe import escape

from paper_notes.builder.notebook import Note
from paper_notes.builder.prose import markdown
from paper_notes.builder.verdict_table import claims, counted
from paper_notes.stored import reproductions
from theory.vocabulary import LABELS

LEAD = r"""
# Networks that learn to add turn into clocks

Train a small network to add numbers modulo $p$ and its weights become cosines: the shadows of clock hands. The reason
is the **margin**, the lead of the right answer over the best wrong one: with weights of a given size no network of any
width leads by more than a number $\gamma^*$, and those that lead by so much are made of single waves whose phases add
up. These pages prove that, build such networks exactly, count their neurons, and train networks until they arrive.
"""


def body(notes: list[Note], statements: list[dict[str, Any]]) -> str:
    """The body of the front page."""
    hero = f'<div class="hero"><div>{markdown(LEAD)}{_begin(notes)}</div>{_picture(notes)}</div>'
    return f"{hero}{_found(statements)}{_notes(notes)}{_rest(statements)}"


def _begin(notes: list[Note]) -> str:
    first = f'<a class="button" href="{notes[0].address}">Begin: two hands on a clock</a> ' if notes else ""
    return f'<p>{first}<a class="button quiet" href="explorer.html">Turn the phases yourself</a></p>'


def _picture(notes: list[Note]) -> str:
    """The clock that was found in a trained network; there is none on a site without its notes."""
    figures = [figure for note in notes for figure in note.figures if figure.name == "clock-found"]
    return f'<div class="picture">{figures[0].html()}</div>' if figures else ""


def _found(statements: list[dict[str, Any]]) -> str:
    """What was found, in numbers that are read from the registry and from the stored results."""
    machine = sum(row["status"] == "machine-checked" for row in statements)
    tiles = [
        (
            "machine-checked",
            f"{machine} theorems",
            "accepted by a proof assistant, Coq, without axioms: the largest margin γ* for sums of k numbers, every k, "
            "who has it, and how many neurons that takes up to k = 5.",
            "statements.html?status=machine-checked",
        )
    ]
    if reached := _full_size():
        sizes = ", ".join(f"{k} inputs modulo {p}" for _, k, p in sorted(reached, key=lambda each: each[1]))
        words = f"reached by training at the paper's own sizes, on a processor: {sizes}."
        tiles.append(("measured", f"{_floor(min(reached)[0])} γ* or more", words, "gallery.html#full"))
    found = counted(row for row in claims() if row.paper != "Ours")
    verdicts = f"{found['reproduced']} reproduced, {found['partly']} partly, {found['not']} not"
    words = "claims of the papers held against our runs, one by one, by rules written before the run."
    tiles.append(("measured", verdicts, words, "verdicts.html"))
    cells = "".join(
        f'<li><span class="tag {kind}">{kind}</span> <a href="{address}"><strong>{escape(number)}</strong></a>'
        f"<p>{escape(words)}</p></li>"
        for kind, number, words, address in tiles
    )
    return f'<h2 id="found">What was found</h2><ul class="cards">{cells}</ul>'


def _full_size() -> list[tuple[float, int, int]]:
    """(margin over gamma*, k, p) of the stored trainings at Li24's own sizes."""
    names = ("li24-fig1", "li24-fig5", "li24-fig7")
    full = [content for _, content in reproductions() if content["scale"] == "full" and content["preset"] in names]
    return [
        (entry["ours"], content["k"], content["n"])
        for content in full
        for entry in content["verdict"]
        if entry.get("key") == "target_all"
    ]


def _floor(value: float) -> str:
    """Four decimals, never rounded up."""
    return f"{int(value * 10**4) / 10**4:.4f}"


def _notes(notes: list[Note]) -> str:
    cards = "".join(
        f'<li><span class="count">{note.number}</span> <a href="{note.address}">{note.title}</a>'
        f"{markdown(note.summary)}</li>"
        for note in notes
    )
    return f'<h2 id="notes">Notes, in order</h2><ol class="cards">{cards}</ol>'


def _rest(statements: list[dict[str, Any]]) -> str:
    counts = Counter(row["label"] for row in statements)
    counted = ", ".join(f"{counts[label]} {label}" for label in LABELS if counts[label])
    return (
        '<h2 id="rest">And also</h2><ul class="cards">'
        '<li><a href="explorer.html">Explorer</a><p>Drag the phases of a neuron and watch where the margin goes; play '
        "a training back; drop in a network of yours.</p></li>"
        '<li><a href="gallery.html">Gallery</a><p>A page for each figure: what the paper claims, what we found, the '
        "verdict.</p></li>"
        f'<li><a href="statements.html">Statements</a><p>{len(statements)}, each with the code '
        f"that decides it, by label: {counted}.</p></li>"
        '<li><a href="api/index.html">API reference</a><p>Every public function: its claim, its source, '
        "examples.</p></li></ul>"
    )
