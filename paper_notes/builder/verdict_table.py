"""The table of all stored claims, paper by paper: the paper's number, ours, the verdict, and why it is no better."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from markupsafe import escape

from numerics.studies.table import Row, rows
from numerics.studies.words import words
from paper_notes.builder.prose import markdown
from paper_notes.builder.statements import PAPERS
from paper_notes.builder.typeset import typeset
from theory.vocabulary import GRADES


@cache
def claims() -> tuple[Row, ...]:
    """Every stored claim, taken from the largest scale at which its study is stored."""
    return tuple(rows())


def counted(found: Iterable[Row]) -> Counter[str]:
    """How many claims have each grade."""
    return Counter(row.verdict for row in found)


def summary(link: str = "") -> str:
    """A table of counts: papers down, grades across; ``link`` is the page on which each paper has a section."""
    heads = "".join(f"<th>{grade}</th>" for grade in GRADES)
    lines = []
    for paper, about in PAPERS.items():
        counts = counted(row for row in claims() if row.paper == paper)
        if counts:
            cells = "".join(f'<td class="number">{counts[grade] or "-"}</td>' for grade in GRADES)
            lines.append(f'<tr><td><a href="{link}#{paper}">{paper}</a>: {escape(about)}</td>{cells}</tr>')
    meanings = " ".join(f"<strong>{grade}</strong>: {escape(meaning)}." for grade, meaning in GRADES.items())
    return (
        markdown(f"<table><tr><th>claims of</th>{heads}</tr>{''.join(lines)}</table>")
        + f'<p class="small">{meanings}</p>'
    )


def body() -> str:
    """The page: counts, then every claim."""
    parts = [
        "<h1>Verdicts, paper by paper</h1>",
        f'<p class="lead">{len(claims())} claims, each from the largest run that is stored. '
        "<code>fourier-margin reproduce --table</code> prints the same.</p>",
        summary(),
    ]
    for paper, about in PAPERS.items():
        found = [row for row in claims() if row.paper == paper]
        if found:
            parts.append(f'<h2 id="{paper}">{escape(about)}</h2>')
            parts += [_study(study, found) for study in _in_order(found)]
    return "\n".join(parts)


def _in_order(found: list[Row]) -> list[str]:
    """Studies by the figure they are about; Figure 10 comes after Figure 9."""

    def place(row: Row) -> list[tuple[bool, int, str]]:
        parts = re.findall(r"\d+|\D+", row.figure or row.study)
        return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]

    return list(dict.fromkeys(row.study for row in sorted(found, key=place)))


def _study(study: str, found: list[Row]) -> str:
    chosen = [row for row in found if row.study == study]
    page = f"gallery/{study}-{chosen[0].scale}.html"
    heads = "<tr><th>claim</th><th>the paper</th><th>ours</th><th>size</th><th>verdict</th></tr>"
    return f'<h3><a href="{page}">{escape(chosen[0].figure or study)}</a></h3>' + markdown(
        f"<table>{heads}{''.join(_line(row) for row in chosen)}</table>"
    )


def _line(row: Row) -> str:
    size = "the paper's" if row.paper_size else "smaller"
    why = (
        f'<br><span class="small">{typeset("; ".join(filter(None, (row.tried, row.reason))))}</span>'
        if row.reason
        else ""
    )
    return (
        f"<tr><td>{typeset(row.claim)}{why}</td><td>{escape(words(row.theirs))}</td><td>{escape(row.cells()[3])}"
        f'</td><td>{size}</td><td><span class="tag {row.verdict}">{row.verdict}</span></td></tr>'
    )
