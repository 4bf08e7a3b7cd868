"""Every registered statement, its status in the last recorded run, and the source of every check that decides it."""

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from paper_notes.builder.formula import mathml
from paper_notes.builder.layout import ROOT, line_of
from theory.vocabulary import LABELS
from verify.statements import BY_ID
from verify.statements_cli import rows

PAPERS = {
    "Li24": "Li, Liang, Shi, Song, Zhou: addition of k numbers",
    "Morwani23": "Morwani, Edelman, Oncescu, Zhao, Kakade: addition, parity, groups",
    "Swaroop26": "Swaroop: ReLU networks, and structure before grokking",
    "Rangamani25": "Rangamani: recurrent networks of low rank",
    "Ding24": "Ding, Guo, Michaud, Liu, Tegmark: which circles of an embedding survive",
    "Ours": "Beyond the papers",
}


def page_body(found: list[dict[str, Any]], cited: dict[str, list[str]]) -> str:
    """The statement table, paper by paper; ``cited`` says where a statement is told."""
    parts = ["<h1>Statements</h1>", f'<p class="lead">{_overview(found)}</p>', _legend(found)]
    for paper in (paper for paper in PAPERS if any(row["paper"] == paper for row in found)):
        parts.append(f'<h2 id="{paper}">{escape(PAPERS[paper])}</h2>')
        parts += [_row(row, cited) for row in found if row["paper"] == paper]
    return "\n".join(parts)


def _overview(found: list[dict[str, Any]]) -> str:
    return (
        f"{len(found)} statements of the papers and of this package, each with the code that decides it. "
        "<code>pytest verify/</code> runs them all."
    )


def _legend(found: list[dict[str, Any]]) -> str:
    counts = Counter(row["label"] for row in found)
    rows = "".join(
        f'<tr><td><span class="tag {label}">{label}</span></td><td class="number">{counts[label]}</td>'
        f"<td>{what}</td></tr>"
        for label, what in LABELS.items()
    )
    return f'<div class="scroll" tabindex="0"><table>{rows}</table></div>'


def _row(row: dict[str, Any], cited: dict[str, list[str]]) -> str:
    checks = row["checks"]
    links = ", ".join(f'<a href="{source_address(node)}"><code>{escape(_short(node))}</code></a>' for node in checks)
    where = f"<p class=small>Decided by {links}.</p>" if links else "<p class=small>Not in the last recorded run.</p>"
    places = ", ".join(cited.get(anchor(row["id"]), []))
    where += f"<p class=small>Told in {places}.</p>" if places else ""
    status = row["status"]
    where = _evidence(row) + where
    return (
        f'<div class="statement" id="{anchor(row["id"])}"><h3>{escape(row["id"].split(":", 1)[1])}</h3> '
        f'<span class="tag {row["label"]}">{row["label"]}</span> <span class="tag {status}">{status}</span>'
        f"<p>{escape(row['claim'])}</p>{mathml(row['latex'], display=True)}{where}</div>"
    )


def _evidence(row: dict[str, Any]) -> str:
    """What is exact, what is in floats and how close, where the proof is, what a machine has checked."""
    tolerance = row["tolerance"]
    floats = f"{row['floats']} (largest tolerance {tolerance:g})" if row["floats"] and tolerance else row["floats"]
    formal = ", ".join(row["machine_checked"])
    if row["not_machine_checked"]:
        formal += f"; left out: {row['not_machine_checked']}"
    lines = (
        ("Exactly", escape(row["exact"])),
        ("In floats", escape(floats)),
        ("Proof", ", ".join(f"<code>{escape(each)}</code>" for each in row["proof"])),
        ("Stored numbers", ", ".join(f"<code>{escape(each)}</code>" for each in row["stored"])),
        ("Machine-checked", escape(formal)),
    )
    return "".join(f"<p class=small>{name}: {text}.</p>" for name, text in lines if text)


def statement_rows() -> list[dict[str, Any]]:
    """The registry with the recorded run."""
    return rows()


def anchor(identifier: str) -> str:
    """The fragment of a statement's row."""
    return "".join(c if c.isalnum() or c in "-." else "-" for c in identifier)


def citations(pages: dict[str, tuple[str, str]]) -> dict[str, list[str]]:
    """Anchor of a statement -> links to the notes and modules that name it; pages are address -> (title, body)."""
    found: dict[str, list[str]] = defaultdict(list)
    for address, (title, body) in pages.items():
        for name in dict.fromkeys(re.findall(r'statements\.html#([^"]+)"', body)):
            if "index" not in address:
                found[name].append(f'<a href="{address}">{escape(title)}</a>')
    return found


def linked(html: str, root: str) -> str:
    """The page with every "Li24 Theorem 4.1.1" in its prose made a link to that statement.

    Longer names first, so that Theorem 4.1.1 is not taken for Theorem 4.1; names inside links, headings and code stay.
    """

    def link(match: re.Match[str]) -> str:
        name = match[0]
        if match["name"] is None:
            return name
        identifier = name.replace(": ", ":", 1) if name.startswith("Ours") else name.replace(" ", ":", 1)
        return f'<a href="{root}statements.html#{anchor(identifier)}">{name}</a>'

    return _names().sub(link, html)


@cache
def _names() -> re.Pattern[str]:
    names = [i.replace(":", ": " if i.startswith("Ours:") else " ", 1) for i in BY_ID]
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    skipped = r"<a\b.*?</a>|<pre\b.*?</pre>|<code\b.*?</code>|<h\d\b.*?</h\d>|<[^>]*>"
    return re.compile(rf"{skipped}|(?P<name>\b(?:{longest_first})(?![\w.]\w))", re.DOTALL)


def _short(node: str) -> str:
    path, *names = node.split("::")
    return f"{Path(path).stem.removeprefix('test_')}: {names[-1].removeprefix('test_')}"


def source_address(node: str) -> str:
    """The page of a test's source, at the test."""
    path, *names = node.split("::")
    return f"source/{Path(path).stem}.html#line-{line_of(path, names[-1])}"


def source_pages(found: list[dict[str, Any]]) -> dict[str, str]:
    """The source of every test file that decides something: address -> body."""
    paths = sorted({node.split("::")[0] for row in found for node in row["checks"]})
    decides: dict[str, list[str]] = defaultdict(list)
    for row in found:
        for path in {node.split("::")[0] for node in row["checks"]}:
            decides[path].append(row["id"])
    pages = {}
    for path in paths:
        back = ", ".join(f'<a href="../statements.html#{anchor(i)}">{escape(i)}</a>' for i in decides[path])
        pages[f"source/{Path(path).stem}.html"] = (
            f"<h1><code>{path}</code></h1><p class=small>Decides {back}.</p>{listing(ROOT / path)}"
        )
    return pages


def listing(path: Path) -> str:
    """A source file, every line with an anchor of its own."""
    formatter = HtmlFormatter(cssclass="code", lineanchors="line", linenos=False)
    return highlight(path.read_text(encoding="utf-8"), PythonLexer(), formatter)
