"""Every registered statement, its status in the last recorded run, and the source of every check that decides it."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import escape

from numerics.studies import table
from paper_notes.builder.api import addresses
from paper_notes.builder.formula import mathml
from paper_notes.builder.layout import ROOT, line_of
from paper_notes.builder.source import listing
from paper_notes.builder.typeset import typeset
from paper_notes.stored import reproductions
from theory.vocabulary import GRADES, LABELS, STATUSES
from verify.statements import BY_ID
from verify.statements.record import read_record
from verify.statements.statement import misprint_id
from verify.statements_cli import rows

PAPERS = {
    "Li24": "Li, Liang, Shi, Song, Zhou: addition of k numbers",
    "Morwani23": "Morwani, Edelman, Oncescu, Zhao, Kakade: addition, parity, groups",
    "Swaroop26": "Swaroop: ReLU networks, and structure before grokking",
    "Rangamani25": "Rangamani: recurrent networks of low rank",
    "Ding24": "Ding, Guo, Michaud, Liu, Tegmark: which circles of an embedding survive",
    "Ours": "Beyond the papers",
}

_GRADED = re.compile(rf"\b([a-z][a-z0-9_]*): ({'|'.join(GRADES)})\b")


def page_body(found: list[dict[str, Any]], cited: dict[str, list[str]]) -> str:
    """Every statement, paper by paper, each to be opened; ``cited`` says where a statement is told."""
    present = [paper for paper in PAPERS if any(row["paper"] == paper for row in found)]
    parts = [
        "<h1>Statements</h1>",
        f'<p class="lead">{len(found)} statements of the papers and of this package, each with the code that '
        "decides it. <code>pytest verify/</code> runs them all; <code>fourier-margin statements Li24</code> "
        'says the same in a terminal. <a href="#words">What the words mean.</a></p>',
        _filter(found, present),
    ]
    for paper in present:
        rows = [row for row in found if row["paper"] == paper]
        parts.append(f'<section data-paper="{paper}"><h2 id="{paper}">{escape(PAPERS[paper])}</h2>')
        parts += [*(_row(row, cited) for row in rows), "</section>"]
    return "\n".join([*parts, _legend(found)])


def _filter(found: list[dict[str, Any]], papers: list[str]) -> str:
    """Three menus and a search; shown by ``statements.js``, which makes them work."""
    statuses = [status for status in STATUSES if any(row["status"] == status for row in found)]
    menus = "".join(
        f'<label>{name} <select name="{name}"><option value="">all</option>'
        + "".join(f"<option>{choice}</option>" for choice in choices)
        + "</select></label>"
        for name, choices in (("paper", papers), ("label", list(LABELS)), ("status", statuses))
    )
    return (
        f'<form class="controls" id="filter" hidden>{menus}<label>text <input type="search" name="text"></label>'
        '<button type="button" id="unfold">Open all</button></form><p class="small" id="count" role="status"></p>'
    )


def _legend(found: list[dict[str, Any]]) -> str:
    def table(words: Mapping[Any, str], of: str) -> str:
        counts = Counter(row[of] for row in found)
        rows = "".join(
            f'<tr><td><span class="tag {word}">{word}</span></td><td class="number">{counts[word]}</td>'
            f"<td>{meaning}</td></tr>"
            for word, meaning in words.items()
            if counts[word]
        )
        return f'<div class="scroll" tabindex="0"><table>{rows}</table></div>'

    record = read_record()
    return (
        f'<h2 id="words">What the words mean</h2><p>The label says what kind of truth is claimed.</p>'
        f"{table(LABELS, 'label')}<p>The status is that of the weakest check in the last recorded run "
        f"(<code>{escape(record['command'])}</code>, {escape(record['written'])}).</p>{table(STATUSES, 'status')}"
    )


def _row(row: dict[str, Any], cited: dict[str, list[str]]) -> str:
    name, label, status = row["id"].split(":", 1)[1], row["label"], row["status"]
    checks = ", ".join(
        f'<a href="{source_address(node)}"><code>{escape(_short(node))}</code></a>' for node in row["checks"]
    )
    told = ", ".join(cited.get(anchor(row["id"]), []))
    lines = [*_evidence(row), ("Decided by", checks or "nothing in the last recorded run"), ("Told in", told)]
    facts = "".join(f"<dt>{each}</dt><dd>{text}</dd>" for each, text in lines if text)
    return (
        f'<details class="statement" id="{anchor(row["id"])}" data-label="{label}" data-status="{status}">'
        f'<summary><strong>{escape(name)}</strong> <span class="tag {label}">{label}</span> '
        f'<span class="tag {status}">{status}</span><br>{_claim(row)}</summary>'
        f'{mathml(row["latex"], display=True)}<dl class="facts">{facts}</dl></details>'
    )


def _claim(row: dict[str, Any]) -> str:
    """The claim; where it ends with a grade under the key of a stored result, that result's own words for the key."""
    words = {key: claim for study in row["stored"] for key, claim in _stored_claims().get(study, {}).items()}

    def told(match: re.Match[str]) -> str:
        return f"<q>{typeset(words[match[1]])}</q> {match[2]}" if match[1] in words else match[0]

    return _GRADED.sub(told, typeset(row["claim"]))


@cache
def _stored_claims() -> dict[str, dict[str, str]]:
    """Study -> key -> claim of every stored result."""
    found: dict[str, dict[str, str]] = {}
    for each in table.rows():
        found.setdefault(each.study, {})[each.key] = each.claim
    return found


def _evidence(row: dict[str, Any]) -> list[tuple[str, str]]:
    """What is exact, what is in floats and how close, where the proof is, what a machine has checked."""
    tolerance = row["tolerance"]
    floats = f"{row['floats']} (largest tolerance {tolerance:g})" if row["floats"] and tolerance else row["floats"]
    formal = ", ".join(f"<code>{escape(each)}</code>" for each in row["machine_checked"])
    if formal:
        formal += " in <code>proof/Statement.v</code>"
    if row["not_machine_checked"]:
        formal += f"; left out: {typeset(row['not_machine_checked'])}"
    return [
        ("Proof", ", ".join(_proof(each) for each in row["proof"])),
        ("Machine-checked", formal),
        ("Exactly", typeset(row["exact"])),
        ("In floats", typeset(floats)),
        ("The misprint", _misprint(row["id"])),
        ("Stored numbers", ", ".join(_stored(each) for each in row["stored"])),
    ]


def _proof(name: str) -> str:
    """Where a written proof stands: a page of the API reference, or a file of the repository."""
    shown = f"<code>{escape(name)}</code>"
    address = addresses().get(name)
    return f'<a href="api/{address}">{shown}</a>' if address else shown


def _stored(study: str) -> str:
    names = [name for name, content in reproductions() if content["preset"] == study]
    links = [f'<a href="gallery/{name}.html"><code>{name}</code></a>' for name in names]
    return ", ".join(links) or f"<code>{escape(study)}</code>"


def _misprint(identifier: str) -> str:
    """The number that decides a misprint, computed when the page is made; '' for other statements."""
    found = _misprints().get(identifier)
    if found is None:
        return ""
    seen = found.check()
    assert seen.ok, f"{identifier}: printed {seen.printed}, correct {seen.corrected}, found {seen.truth}"
    return (
        f"{escape(seen.where)}: the printed form gives {seen.printed:.6g}, the corrected one {seen.corrected:.6g}; "
        f"a third route that knows neither finds {seen.truth:.6g}"
    )


@cache
def _misprints() -> dict[str, Any]:
    from theory.groups.misprints import MISPRINTS as OF_GROUPS
    from theory.misprints import MISPRINTS

    return {misprint_id(each.paper, each.where): each for each in (*MISPRINTS, *OF_GROUPS)}


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
    skipped = r"<a\b.*?</a>|<summary\b.*?</summary>|<pre\b.*?</pre>|<code\b.*?</code>|<h\d\b.*?</h\d>|<[^>]*>"
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
