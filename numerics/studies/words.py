"""JSON values of stored results, in words."""

import re
from typing import Any


def words(value: Any) -> str:
    """A JSON value for people; lists of records are left to the file.

    Examples:
        >>> words({"count": 19, "seeds": 100, "share": 0.19, "interval": [0.11845, 0.28070]}), words(None)
        ('19 of 100 (0.1184 to 0.2807)', '-')
        >>> words({"seeds": 5, "mean": 2.2, "interval": [1.1, 3.3], "least": 1, "largest": 3})
        'mean 2.2 (1.1 to 3.3), least 1, largest 3, seeds 5'
        >>> words("losses by d {8: 12.9, 16: 11.6}")
        'losses by d (8: 12.9, 16: 11.6)'
    """
    match value:
        case str(text):  # a stored sentence may hold a mapping as Python writes it
            return re.sub(r"\{(\d[^{}]*:[^{}]*)\}", r"(\1)", text)
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
