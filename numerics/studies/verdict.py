"""A paper's claim beside what was measured: rows of the verdict table for JSON, and lines for people."""

from typing import Any

from theory.vocabulary import Grade


def graded(full: bool, some: bool = False) -> Grade:
    """The word for a claim that holds, holds in part, or does not."""
    return "reproduced" if full else "partly" if some else "not"


def claim(text: str, paper: Any, ours: Any, full: bool, some: bool = False, **more: Any) -> dict[str, Any]:
    """A row of the verdict table: "reproduced" when ``full``, "partly" when ``some``, else "not"."""
    return {"claim": text, "paper": paper, "ours": ours, "verdict": graded(full, some)} | more


def verdict_line(entry: dict[str, Any]) -> str:
    """Verdict, claim, the paper's number, ours, and what else the row holds."""
    more = {name: value for name, value in entry.items() if name not in ("claim", "paper", "ours", "verdict")}
    text = f"{entry['verdict']:10} {entry['claim']}: paper {_short(entry['paper'])}, ours {_short(entry['ours'])}"
    return text + "".join(f", {name} {_short(value)}" for name, value in more.items())


def _short(value: Any) -> str:
    if isinstance(value, list):
        return "..".join(map(_short, value))
    return "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
