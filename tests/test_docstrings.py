"""Examples in docstrings run and give what they show; every public function of theory has one, or a reason."""

import ast
import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("theory", "numerics", "verify")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
WITH_EXAMPLES = [path for path in SOURCES if ">>> " in path.read_text(encoding="utf-8")]
# Of numerics and verify only what people call first.
ENTRY_POINTS = (
    "numerics.evaluation.normalised_margin",
    "numerics.spectrum.Spectrum",
    "verify.account.account",
    "verify.checks.exact.exact_checks",
    "verify.intervals.margin_ratio",
    "verify.network_checks.check_network",
    "verify.sweep.sweep",
)
# Functions of theory without an example, and why.
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
    ),
    "is a part of another one's work": (
        "theory.certificates.barrier.maximise",
        "theory.certificates.symmetry.orbit_matrices",
        "theory.certificates.symmetry.symmetric_blocks",
        "theory.command_line.run",
    ),
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def functions_without_example(package: str) -> list[str]:
    """Public functions at the top of a module, commands apart: those are shown by the README."""
    missing = []
    for path in SOURCES:
        if path.relative_to(ROOT).parts[0] == package and not path.stem.endswith("_cli"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    missing += [f"{name_of(path)}.{node.name}"] * (">>> " not in (ast.get_docstring(node) or ""))
    return sorted(missing)


@pytest.mark.parametrize("name", [name_of(path) for path in WITH_EXAMPLES])
def test_examples(name: str) -> None:
    found = doctest.testmod(import_module(name), optionflags=doctest.FAIL_FAST)
    assert found.attempted
    assert not found.failed


def test_every_function_of_theory_has_an_example_or_a_reason() -> None:
    assert functions_without_example("theory") == sorted(sum(WITHOUT_EXAMPLE.values(), ()))


@pytest.mark.parametrize("entry", ENTRY_POINTS)
def test_entry_points_have_an_example(entry: str) -> None:
    module, name = entry.rsplit(".", 1)
    assert ">>> " in (getattr(import_module(module), name).__doc__ or "")
