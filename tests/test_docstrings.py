"""Examples in docstrings run and give what they show; the main entry points have one."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("theory", "numerics", "verify")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
WITH_EXAMPLES = [path for path in SOURCES if ">>> " in path.read_text(encoding="utf-8")]
ENTRY_POINTS = (
    "theory.margin.max_margin",
    "theory.margin.max_margin_float",
    "theory.derivation.chain.derive",
    "theory.width.width",
    "theory.certificates.store.stored_bound",
    "theory.construction.construct",
    "theory.floats.weights",
    "theory.network_file.load_network",
    "theory.task.normalised_margin",
    "theory.parity.max_margin",
    "theory.regularisation.closed_form.predict",
    "theory.groups.catalogue.load_group",
    "theory.groups.margin.max_margin",
    "theory.groups.construction.construct",
    "numerics.evaluation.normalised_margin",
    "numerics.spectrum.Spectrum",
    "verify.account.account",
)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("name", [name_of(path) for path in WITH_EXAMPLES])
def test_examples(name: str) -> None:
    found = doctest.testmod(import_module(name), optionflags=doctest.FAIL_FAST)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize("entry", ENTRY_POINTS)
def test_entry_points_have_an_example(entry: str) -> None:
    module, name = entry.rsplit(".", 1)
    assert ">>> " in (getattr(import_module(module), name).__doc__ or "")
