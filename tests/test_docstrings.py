"""Examples in docstrings run and give what they show; every public function has one, or a reason."""

import ast
import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("theory", "numerics", "verify")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
WITH_EXAMPLES = [path for path in SOURCES if ">>> " in path.read_text(encoding="utf-8")]
# Studies and presets are whole runs: tests/verify/test_reproduce.py does the studies at smoke scale (slow: all).
WHOLE_RUNS = ("numerics.studies.", "numerics.presets.")
# Classes that people meet first.
ENTRY_POINTS = ("numerics.spectrum.Spectrum",)
# Functions without an example, and why.
WITHOUT_EXAMPLE = {
    "the trusted core stays below 600 lines": (
        "theory.core.cyclotomic.prime_powers",
        "theory.core.cyclotomic.reduce",
        "theory.core.dual_certificate.bound_of",
        "theory.core.dual_certificate.check",
        "theory.core.dual_certificate.forced_moments",
        "theory.core.dual_certificate.orbit",
        "theory.core.dual_certificate.orbit_sums",
        "theory.core.exact_network.common_denominator",
        "theory.core.exact_network.phase_order",
        "theory.core.exponents.exponents",
        "theory.core.exponents.is_free",
        "theory.core.exponents.walks",
        "theory.core.optimality.decide",
        "theory.core.optimality.frequency_mass",
        "theory.core.optimality.nonzero_moments",
    ),
    "needs a file or a folder": (
        "theory.certificates.store.load",
        "theory.certificates.store.save",
        "theory.exact_file.load_exact",
        "theory.exact_file.save_exact",
        "theory.files.atomic_path",
        "theory.files.atomic_write",
        "theory.files.open_regular",
        "theory.files.read_bytes",
        "theory.files.read_json",
        "theory.files.write_json",
        "theory.network_file.save_network",
    ),
    "takes seconds to minutes": (
        "theory.certificates.search.find",
        "theory.certificates.search.optimum",
        "theory.certificates.search.rounded",
        "theory.narrow_margins.compute_table",
        "verify.demo.demonstrate",
    ),
    "needs several ranks: alone it hands back what it is given": (
        "numerics.distributed.anywhere",
        "numerics.distributed.from_first",
        "numerics.distributed.min_",
        "numerics.distributed.require_agreement",
        "numerics.distributed.sum_",
    ),
    "needs Ray": ("numerics.sweeps.runner.cluster",),
    "is a part of another one's work": (
        "theory.certificates.barrier.maximise",
        "theory.certificates.symmetry.orbit_matrices",
        "theory.certificates.symmetry.symmetric_blocks",
        "theory.command_line.run",
    ),
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def public_functions(path: Path) -> list[ast.FunctionDef]:
    found = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    return [node for node in found if not node.name.startswith("_")]


def has_example(function: ast.FunctionDef) -> bool:
    return ">>> " in (ast.get_docstring(function) or "")


def is_shown(path: Path) -> bool:
    """Commands are shown by the README, tests by themselves."""
    command = path.stem in ("cli", "__main__") or path.stem.endswith("_cli")
    test = path.stem == "conftest" or path.stem.startswith("test_")
    return not (command or test or name_of(path).startswith(WHOLE_RUNS))


def functions_without_example(package: str) -> list[str]:
    """Public functions at the top of a module."""
    paths = [path for path in SOURCES if path.relative_to(ROOT).parts[0] == package and is_shown(path)]
    return sorted(
        f"{name_of(path)}.{node.name}" for path in paths for node in public_functions(path) if not has_example(node)
    )


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
    shown = {f"{name_of(path)}.{node.name}" for node in public_functions(path) if has_example(node)}
    assert found
    assert shown <= {each.name for each in found}
    for each in found:
        assert not runner.run(each).failed


@pytest.mark.parametrize("package", PACKAGES)
def test_every_function_has_an_example_or_a_reason(package: str) -> None:
    reasons = sorted(name for names in WITHOUT_EXAMPLE.values() for name in names if name.startswith(f"{package}."))
    assert functions_without_example(package) == reasons


@pytest.mark.parametrize("entry", ENTRY_POINTS)
def test_entry_points_have_an_example(entry: str) -> None:
    module, name = entry.rsplit(".", 1)
    assert ">>> " in (getattr(import_module(module), name).__doc__ or "")
