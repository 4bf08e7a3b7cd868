"""Run one study: its folder, its files, its lines, and whether a promise was broken."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from numerics.checkpoint import locked, make_folder
from numerics.outcome import provenance
from numerics.studies.study import Claim, Progress, Session, Study
from theory.files import atomic_path, write_json

SMOKE = "scale smoke: these numbers show that the code runs and say nothing about the papers"


@dataclass(frozen=True)
class Reproduction:
    """What a study ended with: its JSON, its claims, and lines for people."""

    numbers: dict[str, Any]
    claims: list[Claim]
    lines: list[str]

    @property
    def missed(self) -> bool:
        """Whether a promise was broken."""
        return any(claim.promised and claim.grade == "not" for claim in self.claims)


def reproduce(
    study: Study[Any], scale: str, out: Path, *, device: str, budget: int, progress: Progress
) -> Reproduction:
    """Run ``study`` and write ``NAME-SCALE.json`` and ``.png`` into ``out``.

    Networks and checkpoints go to ``OUT/NAME-SCALE``, which no other process may use meanwhile; what a killed run left
    there is taken up.

    Args:
        study: which.
        scale: ``smoke``, ``cpu`` or ``full``.
        out: made if it is not there.
        device: ``cpu`` or ``cuda``.
        budget: bytes that a training step may hold beside the parameters.
        progress: called with a label, steps done and steps planned; it may raise ``Interrupted``.

    Raises:
        InputError: when a folder cannot be made or is in use, or holds something else.
        Interrupted: when ``progress`` said so, after saving.
    """
    size = study.sizes[scale]
    make_folder(out)
    folder = out / f"{study.shared_runs or study.name}-{scale}"
    with locked(folder), _threads(1 if study.one_thread else torch.get_num_threads()):
        found = study.run(size, Session(folder, scale, device, budget, progress))
        claims = study.claims(size, found)
        numbers = {"preset": study.name, "title": study.title, "scale": scale, **found.numbers}
        if study.settings is not None:
            numbers["settings"] = study.settings(size)
        numbers |= {"verdict": [claim.entry for claim in claims]} | provenance(device)
        stem = f"{study.name}-{scale}"
        write_json(out / f"{stem}.json", numbers)
        with atomic_path(out / f"{stem}.png") as temporary:
            study.figure(size, found).savefig(temporary, dpi=90, format="png")
    lines = [study.title, *(f"  {line}" for line in study.lines(size, found))]
    lines += [f"  {claim.line}" for claim in claims]
    lines += [f"  {SMOKE}"] * (scale == "smoke") + [f"  {out / stem}.png, .json"]
    return Reproduction(numbers, claims, lines)


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
