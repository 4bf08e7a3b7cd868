"""Stored results of ``fourier-margin reproduce``, read by the notes and by the gallery."""

import re
from collections import Counter
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from numerics.studies.words import words
from theory.files import read_json
from theory.vocabulary import GRADES

RESULTS = Path(__file__).parent / "results"
LARGEST_RESULT = 64 * 2**20


def stored(name: str, scale: str = "") -> dict[str, Any]:
    """The numbers of ``NAME-SCALE.json``; without a scale those of the paper's own size, where they are stored."""
    scale = scale or ("full" if (RESULTS / f"{name}-full.json").is_file() else "cpu")
    content = read_json(RESULTS / f"{name}-{scale}.json", LARGEST_RESULT)
    assert content["format"] == "fourier-margin/reproduction"
    return content


def reproductions() -> list[tuple[str, dict[str, Any]]]:
    """(name, content) of every stored reproduction that has a picture; papers' figures and larger scales first."""
    found = []
    for path in sorted(RESULTS.glob("*.json")):
        content = read_json(path, LARGEST_RESULT)
        if content.get("format") == "fourier-margin/reproduction" and path.with_suffix(".png").is_file():
            found.append((path.stem, content))
    return sorted(found, key=_place)


def _place(entry: tuple[str, dict[str, Any]]) -> tuple[Any, ...]:
    """The papers' figures first, Figure 9 before Figure 10, the larger scale first."""
    preset, scale = entry[1]["preset"], entry[1]["scale"]
    numbered = [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", preset)]
    return not preset.startswith(("li24", "morwani23")), numbered, scale == "cpu"


def origin(content: Mapping[str, Any]) -> str:
    """How a stored result was made, in one line of markdown."""
    return f"Stored: `{content['command']}`, {content['date']}, {content['hardware']}."


def verdicts(content: Mapping[str, Any]) -> str:
    """The verdict table as markdown: claim, the paper's number, ours with its interval and count, verdict."""
    rows = ["| claim | the paper | ours | verdict |", "|---|---|---|---|"]
    for entry in content["verdict"]:
        ours = words(entry["ours"])
        if isinstance(entry.get("interval"), list) and " to " not in ours:
            ours += f" ({words(entry['interval'])})"
        if isinstance(entry.get("seeds"), int):
            ours += f", {entry['seeds']} seed{'s' * (entry['seeds'] != 1)}"
        cells = (entry["claim"], words(entry["paper"]), ours, entry["verdict"])
        rows.append("| " + " | ".join(_safe(cell) for cell in cells) + " |")
    return "\n".join(rows)


def grades(content: Mapping[str, Any]) -> dict[str, int]:
    """How many claims got each grade, best first."""
    counts = Counter(entry["verdict"] for entry in content["verdict"])
    return {grade: counts[grade] for grade in GRADES if counts[grade]}


def entry(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The row of a verdict table by its key."""
    return next(row for row in content["verdict"] if row.get("key") == key)


def folded(content: Mapping[str, Any]) -> str:
    """The verdict table of a study with its origin, behind its title and the counts of its grades; as markdown."""
    counts = ", ".join(f"{count} {grade}" for grade, count in grades(content).items())
    page = f"gallery/{content['preset']}-{content['scale']}.html"
    inside = f"{verdicts(content)}\n\n{origin(content)} [Its page in the gallery]({page})."
    return fold(f"{_safe(content['title'])}: {counts}", inside)


def fold(summary: str, inside: str) -> str:
    """HTML or Markdown that is shown when its summary is opened."""
    return f"<details class='fold'><summary>{summary}</summary>\n\n{inside}\n\n</details>"


def _safe(text: str) -> str:
    return escape(text, quote=False).replace("|", r"\|").replace("$", r"\$").replace("\n", " ")
