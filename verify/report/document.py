"""The report as plain values: what JSON holds and the page is made from."""

import math
import sys
from pathlib import Path
from typing import Any, TypeGuard

from theory.errors import InputError, printable
from theory.files import read_json
from verify.network_checks import Examination

FORMAT = "fourier-margin/report"
HISTORY_BYTES = 16 * 2**20
MOST_RECORDS = 2000
SHOWN = ("recipe", "penalty", "lambda", "seed", "method", "group", "data")


def report_document(name: str, examination: Examination | None = None, folder: Path | None = None) -> dict[str, Any]:
    """Everything but the checks.

    Args:
        name: name of the network's file.
        examination: the network; None for an exact one.
        folder: where a run's ``history.json`` may lie.
    """
    content: dict[str, Any] = {"format": FORMAT, "version": 1, "name": name, "trained": False, "network": {}}
    if examination is None:
        return content
    subject, content["trained"] = examination.subject, examination.trained
    content["network"] = {
        "k": subject.task.k,
        "p" if subject.group is None else "order": subject.task.n,
        "neurons": subject.m,
        "precision": subject.dtype,
        **{key: subject.metadata[key][:80] for key in SHOWN if key in subject.metadata},
    }
    content["gamma"] = float(subject.gamma)
    if examination.ratio:
        content["margin_over_gamma"] = [examination.ratio.low, examination.ratio.high]
    if examination.account:
        found = examination.account
        content["account"] = {
            "margin_over_gamma": found.margin,
            "losses": {key: _finite(value) for key, value in found.losses().items()},
        }
    if folder is not None:
        content["history"] = margin_history(folder / "history.json")
    return content


def margin_history(path: Path) -> list[dict[str, float | str]]:
    """[{"phase": ..., "step": ..., "margin": ...}] of a run folder's history; empty where there is none to read."""
    if not path.is_file():
        return []
    try:
        records = read_json(path, HISTORY_BYTES)
    except InputError:
        return []
    if isinstance(records, dict):
        records = records.get("records")
    if not isinstance(records, list):
        return []
    kept: list[dict[str, float | str]] = []
    for record in records:
        if not isinstance(record, dict):
            return []
        step, margin = record.get("step"), record.get("margin")
        if not (_is_number(step) and _is_number(margin)):
            return []
        kept.append({"phase": printable(str(record.get("phase", ""))[:20]), "step": step, "margin": margin})
    return _thinned(kept)


def _thinned(records: list[dict[str, float | str]]) -> list[dict[str, float | str]]:
    """At most MOST_RECORDS, the first and the last among them, and the extremes of every stretch."""
    if len(records) <= MOST_RECORDS:
        return records
    stretch = -(-2 * len(records) // (MOST_RECORDS - 2))
    chosen = {0, len(records) - 1}
    for start in range(0, len(records), stretch):
        places = range(start, min(start + stretch, len(records)))
        chosen |= {min(places, key=lambda i: records[i]["margin"]), max(places, key=lambda i: records[i]["margin"])}
    return [records[i] for i in sorted(chosen)]


def _is_number(x: Any) -> TypeGuard[float]:
    return isinstance(x, int | float) and not isinstance(x, bool) and abs(x) < sys.float_info.max


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
