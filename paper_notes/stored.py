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
    """The verdict table as markdown: claim, the paper's number, ours with its interval and count, verdict."""
    rows = ["| claim | the paper | ours | verdict |", "|---|---|---|---|"]
    for entry in content["verdict"]:
        ours = words(entry["ours"])
        if isinstance(entry.get("interval"), list) and "interval" not in ours:
            ours += f" ({words(entry['interval'])})"
        if isinstance(entry.get("seeds"), int):
            ours += f", {entry['seeds']} seed{'s' * (entry['seeds'] != 1)}"
        cells = (entry["claim"], words(entry["paper"]), ours, entry["verdict"])
        rows.append("| " + " | ".join(_safe(cell) for cell in cells) + " |")
    return "\n".join(rows)


def words(value: Any) -> str:
    """A JSON value for people.

    Examples:
        >>> words({"share": 0.30050, "interval": [0.28046, 0.32113]}), words(None)
        ('share 0.3005, interval 0.2805 to 0.3211', '-')
    """
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.4g}"
        case dict():
            return ", ".join(f"{str(key).replace('_', ' ')} {words(each)}" for key, each in value.items())
        case [float() | int() as low, float() | int() as high]:
            return f"{words(low)} to {words(high)}"
        case list():
            return "{" + ", ".join(words(each) for each in value) + "}"
    return str(value)


def _safe(text: str) -> str:
    return escape(text, quote=False).replace("|", r"\|").replace("$", r"\$").replace("\n", " ")
