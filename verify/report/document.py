"""The report as plain values: what JSON holds and the page is made from.

Beside ``format``, ``version``, ``name``, ``trained`` and ``network``: ``sentence`` and ``hints`` for people,
``verdict`` and ``checks``.  Of what was measured: ``accuracy`` {right, inputs, every, share}; from k = 2 on ``purity``
{worst, median, by_mass}, ``phase_error`` (median, in turns) and ``components`` {kind, used, needed, masses, ideal,
ideal_is_forced}.  Where a theorem applies: ``gamma``, ``margin_over_gamma`` [low, high] and ``account``
{margin_over_gamma, losses}.  ``reached`` is what the file says about the stage that reached its margin.
"""

import math
import sys
from pathlib import Path
from typing import Any, TypeGuard

from theory.errors import InputError, printable
from theory.files import read_json
from verify.network_checks import Examination
from verify.report.stability import stability_document
from verify.without_theorem import Measured

FORMAT = "fourier-margin/report"
HISTORY_BYTES = 16 * 2**20
MOST_RECORDS = 2000
SHOWN = ("activation", "recipe", "penalty", "lambda", "seed", "method", "group", "data", "stage")
STAGES = {"descent": "descent, every weight free", "polish": "polish, in the network's own frequencies"}


def report_document(
    name: str, examination: Examination | Measured | None = None, folder: Path | None = None
) -> dict[str, Any]:
    """Everything but the checks and their verdict.

    Args:
        name: name of the network's file.
        examination: the network; None for an exact one.
        folder: where a run's ``history.json`` may lie.
    """
    content: dict[str, Any] = {"format": FORMAT, "version": 1, "name": name, "trained": False, "network": {}}
    if examination is None:
        return content
    if isinstance(examination, Examination):
        subject = examination.subject
        task, group, m, precision, metadata = subject.task, subject.group, subject.m, subject.dtype, subject.metadata
        content["trained"], content["gamma"] = examination.trained, float(subject.gamma)
        content |= _margin(examination)
    else:
        file, task, group = examination.file, examination.task, examination.group
        m, precision, metadata = len(file.w), str(file.u.dtype), file.metadata
    content["network"] = {
        "k": task.k,
        "p" if group is None else "order": task.n,
        "neurons": m,
        "precision": precision,
        **{key: metadata[key][:80] for key in SHOWN if key in metadata},
    }
    if isinstance(examination, Examination) and examination.ratio:
        content["network"]["margin from"] = "every input" if examination.sweep else "a bound that looks at no input"
    if told := reached(metadata):
        content["reached"] = told
    content |= {"sentence": examination.sentence, "hints": list(examination.hints)} | examination.overview.to_json()
    if folder is not None:
        content["history"] = margin_history(folder / "history.json")
    return content


def _margin(examination: Examination) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if examination.ratio:
        content["margin_over_gamma"] = [examination.ratio.low, examination.ratio.high]
    if examination.account:
        found = examination.account
        content["account"] = {
            "margin_over_gamma": found.margin,
            "losses": {key: _finite(value) for key, value in found.losses().items()},
        }
    if examination.stability:
        content["stability"] = stability_document(examination.stability)
    return content


def reached(metadata: dict[str, str]) -> str:
    """By which stage the file says its margin was reached; empty where it says nothing."""
    if metadata.get("stage") not in STAGES:
        return ""
    before, slope = (printable(metadata.get(key, "")[:24]) for key in ("descent_margin", "relative_gradient"))
    parts = [f"The file says: reached by the {STAGES[metadata['stage']]}"]
    if before and metadata["stage"] == "polish":
        parts.append(f"the descent, every weight free, had ended at {before} gamma*")
    if slope:
        parts.append(
            f"the slope of the papers' objective over all weights, on fresh inputs, is {slope} of its penalty's"
        )
    return "; ".join(parts) + "."


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
