"""Importing the front door costs nothing, and what it offers comes from where it is written."""

import json
import subprocess
import sys

import pytest

import fourier_margin as fm

HEAVY = ("torch", "sympy", "matplotlib", "numpy", "flint", "cvxpy", "scipy", "theory", "numerics", "verify")


def loaded_after(code: str) -> set[str]:
    """Top-level modules in a fresh interpreter."""
    code += "\nimport json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_it_loads_nothing() -> None:
    assert not loaded_after("import fourier_margin as fm; dir(fm)") & set(HEAVY)


@pytest.mark.parametrize(("code", "absent"), [
    ("fm.save", {"torch", "sympy", "matplotlib", "cvxpy"}),
    ("fm.max_margin(k=3, p=5).value", {"torch", "matplotlib"}),
    ("net = fm.construct(k=2, p=5); fm.verify(net.u, net.w, p=5)", {"torch", "matplotlib"}),
])  # fmt: skip
def test_each_function_loads_what_it_needs(code: str, absent: set[str]) -> None:
    assert not loaded_after(f"import fourier_margin as fm; {code}") & absent


def test_a_heavy_import_would_be_seen() -> None:
    assert "numpy" in loaded_after("import fourier_margin as fm, numpy")


def test_every_name_is_there_and_listed() -> None:
    assert set(fm.HOMES) <= set(dir(fm))
    for name, home in fm.HOMES.items():
        assert getattr(fm, name).__module__ == home


def test_an_unknown_name_is_an_attribute_error_that_lists_the_names() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'maximum'; it has .*max_margin"):
        fm.maximum  # noqa: B018
