"""Which room of numerics may import which, read from the sources, and what is imported only where it is used."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import numerics

NUMERICS = Path(__file__).parents[2] / "numerics"
LATE = {"matplotlib", "sklearn"}


def imports(tree: ast.AST) -> Iterator[str]:
    """Modules that are imported, late imports and those for types included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def sources(room: str) -> list[Path]:
    found = sorted((NUMERICS / room).rglob("*.py"))
    assert len(found) > 3
    return found


@pytest.mark.parametrize(("room", "closed"), [
    ("models", ("numerics.analysis", "numerics.studies", "verify")),
    ("analysis", ("numerics.studies", "verify")),
    ("studies", ("verify",)),
])  # fmt: skip
def test_imports_go_one_way(room, closed):
    wrong = [
        (path.name, name)
        for path in sources(room)
        for name in imports(ast.parse(path.read_text()))
        if name.startswith(closed)
    ]
    assert wrong == []


def test_heavy_packages_load_only_where_they_are_used():
    wrong = [
        (path.relative_to(NUMERICS).as_posix(), name)
        for path in sources("")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imports(node)
        if name.split(".")[0] in LATE
    ]
    assert wrong == []


def test_every_name_that_the_package_offers_is_where_it_says():
    assert all(getattr(numerics, name).__module__ == f"numerics.{numerics._HOMES[name]}" for name in numerics.__all__)
