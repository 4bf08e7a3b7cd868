"""Stored results of ``fourier-margin reproduce``, read by the notes and by the gallery."""

from html import escape
from pathlib import Path
from typing import Any

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


def words(value: Any) -> str:
    """A JSON value for people; lists of records are left to the file.

    Examples:
        >>> words({"count": 19, "seeds": 100, "share": 0.19, "interval": [0.11845, 0.28070]}), words(None)
        ('19 of 100 (0.1184 to 0.2807)', '-')
        >>> words({"seeds": 5, "mean": 2.2, "interval": [1.1, 3.3], "least": 1, "largest": 3})
        'mean 2.2 (1.1 to 3.3), least 1, largest 3, seeds 5'
    """
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.4g}"
        case {"text": str(text)}:
            return text
        case {"count": int(count), "seeds": int(seeds), "interval": ends}:
            return f"{count} of {seeds} ({words(ends)})"
        case {"mean": mean, "interval": ends, **others}:
            others["seeds"] = others.pop("seeds", None)
            rest = "".join(f", {name} {words(each)}" for name, each in others.items() if each is not None)
            return f"mean {words(mean)} ({words(ends)}){rest}"
        case dict():
            parts = {str(key).replace("_", " "): words(each) for key, each in value.items() if not _is_table(each)}
            return ", ".join(f"{key} {each}" for key, each in parts.items())
        case [float() | int() as low, float() | int() as high] if low <= high:
            return f"{words(low)} to {words(high)}"
        case list():
            return "{" + ", ".join(words(each) for each in value) + "}"
    return str(value)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _safe(text: str) -> str:
    return escape(text, quote=False).replace("|", r"\|").replace("$", r"\$").replace("\n", " ")
