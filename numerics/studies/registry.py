"""The studies by name, found by looking through the modules of this package.

A module has ``STUDY``, or ``STUDIES`` for several.  Names and titles are read from the source, so that listing them
imports nothing; a study's module is imported when the study is asked for.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from theory.errors import InputError

if TYPE_CHECKING:
    from numerics.studies.study import Study

ROOM = Path(__file__).parent
SCALES = ("smoke", "cpu", "full")


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


def load_study(name: str) -> "Study[Any]":
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
