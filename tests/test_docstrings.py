"""Examples in docstrings run and give what they show; first lines stand alone, and attributes say what they are."""

import ast
import doctest
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("theory", "numerics", "verify", "fourier_margin")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
WITH_EXAMPLES = [path for path in SOURCES if ">>> " in path.read_text(encoding="utf-8")]
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def examples(name: str) -> list[doctest.DocTest]:
    """Those of a module; doctest alone takes a decorated function for one of the decorator's module."""
    module, finder = import_module(name), doctest.DocTestFinder(exclude_empty=True)
    found = finder.find(module, name)
    for key, value in vars(module).items():
        ours = inspect.isroutine(value) and value.__module__ == name and hasattr(value, "__wrapped__")
        if ours and f"{name}.{key}" not in {each.name for each in found}:
            found += finder.find(inspect.unwrap(value), f"{name}.{key}", module, vars(module))
    return [each for each in found if each.examples]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=name_of)
def test_examples(path: Path) -> None:
    found, runner = examples(name_of(path)), doctest.DocTestRunner(optionflags=doctest.FAIL_FAST)
    assert found
    for each in found:
        assert not runner.run(each).failed


def complaints(docstring: str) -> list[str]:
    """What nobody would write: a first sentence without an end or a beginning, "seed: of the weights"."""
    first = docstring.split("\n\n")[0].strip()
    found = [] if re.search(r"[.:?!)]$", first) else [first]
    found += re.findall(r"^(?:Of|And|Or)\b[^.]*", first)
    return found + re.findall(r"^ {4,}[\w, ]+: of\b.*", docstring, re.MULTILINE)


def test_bad_docstrings_are_seen() -> None:
    assert complaints("Margins of all inputs.\n\nArgs:\n    seed: seed of the weights.") == []
    for bad in ("Of one run.", "margins of", "A run.\n\nArgs:\n    seed: of the weights."):
        assert complaints(bad)


def test_first_lines_stand_alone_and_attributes_say_what_they_are() -> None:
    found = [
        f"{name_of(path)}: {complaint}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, DOCUMENTED)
        for complaint in complaints(ast.get_docstring(node) or ".")
    ]
    assert found == []
