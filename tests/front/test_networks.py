"""Margins and networks by their front door: the theory's values, one sentence each, files and torch modules."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
import torch

import fourier_margin as fm
from theory.exact_file import load_exact
from theory.margin import max_margin_float
from theory.task import Task, logits, normalised_margin


def test_margins_are_the_theory_s_and_print_as_equations() -> None:
    found = fm.max_margin(k=3, p=97)
    assert float(found) == found.value == max_margin_float(3, 97)
    assert str(found) == repr(found) == "gamma*(k=3, p=97) = 1/49664 = 2.01353093e-05"
    of_s4 = sympy.sqrt(2) / (18 * (1 + 4 * sympy.sqrt(2) + 18 * sympy.sqrt(3)))
    assert sympy.simplify(fm.max_margin(k=2, group="S4").exact - of_s4) == 0
    assert fm.max_margin(parity=(10, 3)).exact == 3 * sympy.sqrt(2) / 8
    assert found._repr_latex_() == r"$\gamma^*(\text{k=3, p=97}) = \frac{1}{49664} \approx 2.01353e-05$"
    assert sum(fm.max_margin(k=2, p=9).masses.values()) == 1


@pytest.mark.parametrize(("options", "needed"), [
    ({}, "need k"),
    ({"p": 5}, "need k"),
    ({"k": 2}, "need exactly one of p and group; got neither"),
    ({"k": 2, "p": 5, "group": "S3"}, "need exactly one of p and group; got both"),
    ({"k": 0, "p": 5}, "k must be at least 1; got 0"),
    ({"k": 2, "p": 5.0}, "p must be an integer; got 5.0"),
    ({"k": 2, "group": "S99"}, "order of the group"),
    ({"k": 2, "group": np.ones((2, 2))}, "must hold integers; got float64"),
])  # fmt: skip
@pytest.mark.parametrize("function", [fm.max_margin, fm.construct])
def test_unusable_tasks_get_one_line(function: Any, options: dict[str, Any], needed: str) -> None:
    with pytest.raises(fm.InputError, match=needed):
        function(**options)


def test_parity_stands_alone() -> None:
    for options in ({"k": 2}, {"p": 3}, {"group": "S3"}):
        with pytest.raises(fm.InputError, match="alone"):
            fm.max_margin(parity=(10, 3), **options)  # type: ignore[arg-type]
    with pytest.raises(fm.InputError, match=r"two integers \(n, k\); got '10,3'"):
        fm.max_margin(parity="10,3")  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"k": 2, "p": 7}, {"k": 3, "p": 4}, {"k": 2, "p": 7, "method": "li24"}])
def test_constructed_networks_attain_the_margin(options: dict[str, Any]) -> None:
    net, task = fm.construct(**options), Task.cyclic(options["k"], options["p"])
    assert normalised_margin(task, net.u, net.w) / task.gamma == pytest.approx(1, abs=1e-12)
    assert net.exact is not None
    assert f"{net.width} neurons, k={net.k}, p={net.p}: {options.get('method', 'minimal')} construction" in repr(net)


@pytest.mark.parametrize("options", [{"k": 2, "p": 5}, {"k": 2, "group": "S3"}])
def test_the_torch_module_gives_the_logits_of_the_definition(options: dict[str, Any]) -> None:
    net = fm.construct(**options)
    inputs = torch.cartesian_prod(torch.arange(net.p), torch.arange(net.p))
    found = net.torch()(inputs).detach().numpy().reshape(net.p, net.p, net.p)
    np.testing.assert_allclose(found, logits(net.u, net.w), atol=1e-12)
    assert net.torch(torch.float32).u.dtype == torch.float32


def test_files_by_suffix(tmp_path: Path) -> None:
    net = fm.construct(k=2, p=5)
    assert load_exact(net.save(tmp_path / "net.json")) == net.exact
    loaded = fm.load(net.save(tmp_path / "net.safetensors"))
    np.testing.assert_array_equal(loaded.w, net.w)
    assert "margin" not in repr(loaded), "what a file says of itself is not known"
    for other in (loaded, fm.construct(k=2, group="S3")):
        with pytest.raises(fm.InputError, match="has no exact form"):
            other.save(tmp_path / "other.json")


def test_an_exact_network_needs_no_weights() -> None:
    net = fm.construct(k=4, p=1009)
    assert net.width == net.exact.width == 5 * 4 * 1008  # type: ignore[union-attr]
    with pytest.raises(fm.InputError, match="must fit"):
        fm.construct(k=6, p=1009).u  # noqa: B018


def test_a_table_has_a_name_that_no_group_has() -> None:
    table = [[0, 1], [1, 0]]
    assert str(fm.max_margin(k=2, group=table)).startswith("gamma*(k=2, group=a table of 2 elements) = ")
    net = fm.construct(k=2, group=table)
    assert fm.verify(net).holds
    for wrong in (3, [1, 2], []):
        with pytest.raises(fm.InputError):
            fm.max_margin(k=2, group=wrong)  # type: ignore[arg-type]
