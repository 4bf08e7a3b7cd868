"""The gallery: an index with thumbnails, and a page for each stored figure: the paper's claims, ours, the verdict.

The papers' own pictures are described in words: they are theirs.
"""

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import escape

from paper_notes.builder import layout, verdict_table
from paper_notes.builder.layout import Step
from paper_notes.builder.notebook import Figure, Note
from paper_notes.builder.papers_show import PAPER_SHOWS
from paper_notes.builder.prose import markdown
from paper_notes.builder.redrawn import alternative, redrawn, shows_networks
from paper_notes.builder.statements import PAPERS, anchor
from paper_notes.builder.typeset import typeset
from paper_notes.stored import RESULTS, fold, grades, origin, reproductions, verdicts, words
from theory.vocabulary import GRADES

SCALES = {"full": "the paper's own size", "cpu": "a smaller size, minutes on a processor"}


def write(out: Path, notes: list[Note], statements: list[dict[str, Any]], tell=lambda line: None) -> None:
    """The index, a page per stored figure, pictures and numbers."""
    (out / "results").mkdir(parents=True, exist_ok=True)
    found = reproductions()
    figures: dict[str, Figure] = {}
    for name, content in found:
        tell(f"figure {name}")
        for suffix in (".png", ".json"):
            shutil.copyfile(RESULTS / f"{name}{suffix}", out / "results" / f"{name}{suffix}")
        if (figure := redrawn(name, content)) is not None:
            figure.write(out / "figures")
            figures[name] = figure
    for i, (name, content) in enumerate(found):
        before, after = (_step(found, i + shift) for shift in (-1, 1))
        body = _page(name, content, figures.get(name), statements)
        address = f"gallery/{name}.html"
        text = layout.page(str(content["title"]), body, address, wide=True, before=before, after=after)
        layout.write(out, address, text)
    layout.write(out, "verdicts.html", layout.page("Verdicts", verdict_table.body(), "verdicts.html", wide=True))
    layout.write(out, "gallery.html", layout.page("Gallery", index(notes, figures), "gallery.html", wide=True))


def index(notes: list[Note], figures: Mapping[str, Figure]) -> str:
    """Verdicts paper by paper, then a thumbnail for each figure: full size first, then by paper, then the notes'."""
    found = reproductions()
    parts = [
        "<h1>Gallery</h1>",
        '<p class="lead">Every figure and table of the papers that was run again, and ours: what the paper claims, '
        "what was found, and the verdict by a rule written before the run.</p>",
        verdict_table.summary("verdicts.html"),
        '<p><a href="verdicts.html">Every claim, paper by paper, and why it is not a better verdict.</a></p>',
    ]
    full = [entry for entry in found if entry[1]["scale"] == "full"]
    if full:
        parts += ['<h2 id="full">At the papers\' own size</h2>', _cards(full, figures)]
    for paper in dict.fromkeys(paper_of(content) for _, content in found):
        chosen = [entry for entry in found if paper_of(entry[1]) == paper and entry[1]["scale"] != "full"]
        if chosen:
            parts += [f'<h2 id="{paper}">{escape(PAPERS[paper])}</h2>', _cards(chosen, figures)]
    beside = [(note, figure) for note in notes for figure in note.figures if figure.paper]
    if beside:
        parts += ['<h2 id="notes">Drawn in the notes, beside a figure of a paper</h2>', _of_notes(beside)]
    return "\n".join(parts)


def paper_of(content: Mapping[str, Any]) -> str:
    """The key of the paper whose claims a stored result judges; ``Ours`` where it is none."""
    first = str(content["preset"]).split("-")[0].capitalize()
    return first if first in PAPERS else "Ours"


def _cards(entries: Iterable[tuple[str, dict[str, Any]]], figures: Mapping[str, Figure]) -> str:
    return (
        f'<ul class="thumbnails">{"".join(_card(name, content, figures.get(name)) for name, content in entries)}</ul>'
    )


def _card(name: str, content: Mapping[str, Any], figure: Figure | None) -> str:
    picture = figure.picture("", 300) if figure else _stored_picture(name, content, "", 300)
    return (
        f'<li id="{name}"><a href="gallery/{name}.html"><span class="thumb">{picture}</span>'
        f"{escape(str(content['title']))}</a>"
        f'<p class="small">{SCALES[content["scale"]]}</p><p>{_tags(content)}</p></li>'
    )


def _tags(content: Mapping[str, Any]) -> str:
    return " ".join(f'<span class="tag {grade}">{count} {grade}</span>' for grade, count in grades(content).items())


def _of_notes(beside: list[tuple[Note, Figure]]) -> str:
    cards = "".join(
        f'<li><a href="{note.address}#{figure.name}"><span class="thumb">{figure.picture("", 300)}</span>'
        f"{note.number}. {note.title}</a><p class=small>Beside it: {_inline(figure.paper)}</p></li>"
        for note, figure in beside
    )
    return f'<ul class="thumbnails">{cards}</ul>'


def _page(name: str, content: Mapping[str, Any], figure: Figure | None, statements: list[dict[str, Any]]) -> str:
    """One figure: verdict first, picture, claims, settings, how it was made."""
    shows = PAPER_SHOWS.get(str(content["preset"]))
    parts = [
        f'<p class="tools"><a href="../gallery.html#{name}">Gallery</a></p>',
        f"<h1>{escape(str(content['title']))}</h1>",
        f'<p>{_tags(content)} <span class="small">at {SCALES[content["scale"]]}</span></p>',
        f"<p><strong>The paper shows</strong> {shows}</p>" if shows else "",
    ]
    if figure is not None:
        parts.append(f'<figure><div class="scroll" tabindex="0">{figure.picture("../", figure.width)}</div></figure>')
    if shows_networks(content):
        stored = _stored_picture(name, content, "../", 900)
        parts.append(fold("The picture that the run drew, with single neurons", stored) if figure else stored)
    parts += [
        '<h2 id="claims">Claims, numbers, verdicts</h2>',
        _tagged(markdown(verdicts(content))),
        _reasons(content),
        _rules(content),
        _settings(content),
        '<h2 id="made">How it was made</h2>',
        markdown(origin(content)),
        f'<p><a href="../results/{name}.json">Every number behind the picture</a> (JSON).</p>',
        _rests(content, statements),
    ]
    return "\n".join(parts)


def _tagged(table: str) -> str:
    """The table with its grades as coloured as they are everywhere else."""
    return re.sub(rf"(<td[^>]*>)({'|'.join(GRADES)})</td>", r'\1<span class="tag \2">\2</span></td>', table)


def _stored_picture(name: str, content: Mapping[str, Any], root: str, width: int) -> str:
    words = escape(alternative(content))
    return f'<img class="white" src="{root}results/{name}.png" alt="{words}" width="{width}" loading="lazy">'


def _rules(content: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(entry['claim'])}</td><td>{escape(entry['rule'])}</td></tr>"
        for entry in content["verdict"]
        if entry.get("rule")
    )
    return (
        fold("The rule of each verdict", markdown(f"<table><tr><th>claim</th><th>rule</th></tr>{rows}</table>"))
        if rows
        else ""
    )


def _reasons(content: Mapping[str, Any]) -> str:
    """What was tried, and the likeliest reason, where a claim is not wholly reproduced."""
    said: dict[str, list[str]] = {}
    for row in verdict_table.claims():
        if row.study == content["preset"] and row.scale == content["scale"] and row.reason:
            said.setdefault("; ".join(filter(None, (row.tried, row.reason))), []).append(row.claim)
    points = "".join(f"<li>{typeset('; '.join(claims))}: {typeset(why)}</li>" for why, claims in said.items())
    return f"<h3>Why not better</h3><ul>{points}</ul>" if points else ""


def _settings(content: Mapping[str, Any]) -> str:
    """Every setting, and whether the paper states it."""
    lists = [content["settings"]] if isinstance(content.get("settings"), list) else []
    lists += [run["settings"] for run in content.get("runs", []) if isinstance(run.get("settings"), list)][:1]
    rows = "".join(
        f"<tr><td>{escape(str(each['name']))}</td><td>{escape(words(each['value']))}</td>"
        f"<td>{'the paper' if each['stated'] else 'ours'}</td><td>{escape(each['note'])}</td></tr>"
        for listed in lists
        for each in listed
    )
    table = f"<table><tr><th>setting</th><th>value</th><th>stated by</th><th>note</th></tr>{rows}</table>"
    return fold("Settings, and whether the paper states them", markdown(table)) if rows else ""


def _rests(content: Mapping[str, Any], statements: list[dict[str, Any]]) -> str:
    """The statements whose numbers are these."""
    links = ", ".join(
        f'<a href="../statements.html#{anchor(row["id"])}">{escape(row["id"])}</a>'
        for row in statements
        if content["preset"] in row["stored"]
    )
    return f"<p>Statements that rest on these numbers: {links}.</p>" if links else ""


def _step(found: list[tuple[str, dict[str, Any]]], i: int) -> Step | None:
    if not 0 <= i < len(found):
        return None
    name, content = found[i]
    return Step(f"gallery/{name}.html", f"{escape(str(content['title']))} ({content['scale']})")


def _inline(text: str) -> str:
    return markdown(text).strip().removeprefix("<p>").removesuffix("</p>")
