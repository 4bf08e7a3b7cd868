"""Stored results of ``fourier-margin reproduce``, read by the notes and by the gallery."""

from html import escape
from pathlib import Path
from typing import Any

from numerics.studies.words import words
from theory.files import read_json

RESULTS = Path(__file__).parent / "results"
LARGEST_RESULT = 64 * 2**20


def stored(name: str, scale: str = "cpu") -> dict[str, Any]:
    """The numbers of ``NAME-SCALE.json``."""
    content = read_json(RESULTS / f"{name}-{scale}.json", LARGEST_RESULT)
    assert content["format"] == "fourier-margin/reproduction"
    return content


def origin(content: dict[str, Any]) -> str:
    """How a stored result was made, in one line of markdown."""
    return f"Stored: `{content['command']}`, {content['date']}, {content['hardware']}."


def verdicts(content: dict[str, Any]) -> str:
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


def _safe(text: str) -> str:
    return escape(text, quote=False).replace("|", r"\|").replace("$", r"\$").replace("\n", " ")
