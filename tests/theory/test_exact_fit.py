"""Exact fits of addition: the networks in plain numpy, planted faults, and what is refused."""

import numpy as np
import pytest

from theory.errors import InputError
from theory.exact_fit.bounds import least_width
from theory.exact_fit.networks import RATIOS, Unit, exact_fit, misfits
from theory.exact_fit.roots import constant, cosine, sqrt3


def floats(units, p):
    """The network's outputs f(a, b)[c], from floats alone."""
    x, y, v = (np.array([[float(e) for e in getattr(unit, name)] for unit in units]) for name in "xyv")
    return np.einsum("jc,jab->abc", v, (x[:, :, None] + y[:, None, :]) ** 2)


def one_hot(p):
    a, b, c = np.ogrid[:p, :p, :p]
    return ((a + b - c) % p == 0).astype(float)


@pytest.mark.parametrize("p", [3, 5, 7, 9, 11, 15, 25])
def test_plain_numpy_agrees(p):
    units = exact_fit(p)
    assert len(units) == least_width(p)[1]
    assert np.abs(floats(units, p) - one_hot(p)).max() < 1e-11


@pytest.mark.parametrize("p", [3, 5, 7])
def test_exact_at_every_entry(p):
    assert misfits(exact_fit(p), p) == []


@pytest.mark.parametrize("p", [3, 5])
def test_every_unit_is_needed_and_every_weight_matters(p):
    units = exact_fit(p)
    for j in range(len(units)):
        assert misfits(units[:j] + units[j + 1 :], p)
    for j in range(len(units)):
        x = (units[j].x[0] + constant(units[j].x[0].order, 1).times(1), *units[j].x[1:])
        assert misfits([*units[:j], Unit(x, units[j].y, units[j].v), *units[j + 1 :]], p)


def test_ratios_with_another_product_do_not_fit(monkeypatch):
    assert np.prod([float(r) for r in RATIOS]) == 1
    monkeypatch.setattr("theory.exact_fit.networks.RATIOS", tuple(2 * r for r in RATIOS))
    assert np.abs(floats(exact_fit(5), 5) - one_hot(5)).max() > 1e-2
    other = tuple(type(RATIOS[0])(n, d) for n, d in ((-1, 1), (-3, 1), (1, 3)))
    monkeypatch.setattr("theory.exact_fit.networks.RATIOS", other)
    assert misfits(exact_fit(5), 5) == []


def test_numbers():
    assert (sqrt3(24) * sqrt3(24) - constant(24, 3)).is_zero()
    assert not (sqrt3(24) - constant(24, 2)).is_zero()
    assert (sum((cosine(5, r) for r in range(1, 5)), constant(5, 1))).is_zero()
    assert float(cosine(60, 7)) == pytest.approx(np.cos(2 * np.pi * 7 / 60), abs=1e-15)


@pytest.mark.parametrize("p", [4, 1, -3, 2.0, True])
def test_other_moduli_are_refused(p):
    with pytest.raises(InputError, match="odd integer"):
        exact_fit(p)
