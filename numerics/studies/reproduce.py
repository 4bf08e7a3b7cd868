"""The studies by name, and what runs one: its folder, its files, its lines, and whether a promise was broken.

Studies are found by looking through the modules of this package: a module has ``STUDY``, or ``STUDIES`` for several.
Names and titles are read from the source, so that listing them imports nothing; a study's module is imported when the
study is asked for.
"""

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from numerics.studies.study import Claim, Progress, Session, Study
from theory.errors import InputError
from theory.files import atomic_path, write_json

SMOKE = "scale smoke: these numbers show that the code runs and say nothing about the papers"
ROOM = Path(__file__).parent


class Entry(NamedTuple):
    """A study's module and title."""

    module: str
    title: str


@cache
def registry() -> dict[str, Entry]:
    """Every study by name, in alphabetical order."""
    found: dict[str, Entry] = {}
    for path in sorted(ROOM.rglob("*.py")):
        module = ".".join(["numerics.studies", *path.relative_to(ROOM).with_suffix("").parts])
        for name, title in _named(path.read_text(encoding="utf-8")):
            if name in found:
                raise ValueError(f"two studies are called {name!r}: in {found[name].module} and in {module}")
            found[name] = Entry(module, title)
    return dict(sorted(found.items()))


def load_study(name: str) -> Study[Any]:
    """The study called ``name``.

    Raises:
        InputError: for an unknown name; lists the known ones.
    """
    known = registry()
    if name not in known:
        raise InputError(f"the study must be one of {', '.join(known)}; got {name!r}")
    module = import_module(known[name].module)
    studies = getattr(module, "STUDIES", None) or [module.STUDY]
    return next(study for study in studies if study.name == name)


def _named(source: str) -> list[tuple[str, str]]:
    """Name and title of every ``Study(name, title, ...)`` in a module's source."""
    if "Study(" not in source:
        return []
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    words = [
        [each.value for each in call.args[:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "Study"
    ]
    return [(found[0], found[1]) for found in words if len(found) == 2]


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
    import torch

    from numerics.checkpoint import locked, make_folder
    from numerics.outcome import provenance

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
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
