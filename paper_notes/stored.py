"""Stored results of ``fourier-margin reproduce``, read by the notes and by the gallery."""

from html import escape
from pathlib import Path
from typing import Any

from theory.files import read_json

RESULTS = Path(__file__).parent / "results"
LARGEST_RESULT = 64 * 2**20


def stored(name: str) -> dict[str, Any]:
    """The numbers of ``NAME-cpu.json``."""
    content = read_json(RESULTS / f"{name}-cpu.json", LARGEST_RESULT)
    assert content["format"] == "fourier-margin/reproduction"
    return content


def origin(content: dict[str, Any]) -> str:
    """How a stored result was made, in one line of markdown."""
    return f"Stored: `{content['command']}`, {content['date']}, {content['hardware']}."


def verdicts(content: dict[str, Any]) -> str:
    """The verdict table as markdown: claim, the paper's number, ours, verdict."""
    rows = ["| claim | the paper | ours | verdict |", "|---|---|---|---|"]
    for entry in content["verdict"]:
        cells = (entry["claim"], entry["paper"], entry["ours"], entry["verdict"])
        rows.append("| " + " | ".join("-" if cell is None else _cell(cell) for cell in cells) + " |")
    return "\n".join(rows)


def _cell(value: Any) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return escape(text, quote=False).replace("|", r"\|").replace("$", r"\$").replace("\n", " ")
