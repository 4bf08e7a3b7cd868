"""The search: its semidefinite programme against cvxpy, its symmetry blocks, and the certificates it returns."""

import itertools
import math

import cvxpy
import numpy as np
import pytest

from theory.certificates import store
from theory.certificates.search import find, optimum
from theory.certificates.symmetry import orbit_matrices, partitions, symmetric_blocks
from theory.command_line import run
from theory.core.dual_certificate import check, forced_moments, orbit
from theory.core.exponents import exponents
from theory.errors import InputError
from verify.cli import build


def plain_optimum(k: int, order: int | None = None) -> float:
    """The programme without symmetry and without our solver."""
    window = list(exponents(k))
    gram = cvxpy.Variable((len(window), len(window)), PSD=True)
    cells: dict = {}
    for (i, g), (j, h) in itertools.product(enumerate(window), repeat=2):
        cells.setdefault(orbit(tuple(b - a for a, b in zip(g, h, strict=True))), []).append((i, j))
    forced, constraints = forced_moments(k, order), [cvxpy.trace(gram) == 1]
    for m, places in cells.items():
        if any(m) and m not in forced:
            mask = np.zeros((len(window), len(window)))
            mask[tuple(zip(*places, strict=True))] = 1
            constraints.append(cvxpy.sum(cvxpy.multiply(mask, gram)) <= 0)
    return float(cvxpy.Problem(cvxpy.Maximize(cvxpy.sum(gram)), constraints).solve(solver="CLARABEL"))


@pytest.mark.parametrize(("k", "order"), [(1, None), (2, None), (3, None), (2, 4), (3, 6)])
def test_optimum_agrees_with_cvxpy(k, order):
    reference = plain_optimum(k, order)
    assert reference - 0.02 - 1e-4 <= optimum(k, order, gap=0.02).value <= reference + 1e-4


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_blocks_fill_the_window(k):
    """Multiplicity times dimension adds up to the window; every block is orthonormal."""
    window, blocks = symmetric_blocks(k)
    dimensions = {partition: standard_tableaux(partition) for partition in partitions(k)}
    assert sum(basis.shape[1] * dimensions[name] for (name, _), basis in blocks.items()) == len(window)
    for basis in blocks.values():
        assert np.allclose(basis.T @ basis, np.eye(basis.shape[1]))


def standard_tableaux(partition: tuple[int, ...]) -> int:
    """Hook length formula."""
    columns = [sum(row > c for row in partition) for c in range(partition[0])]
    hooks = [row - c + columns[c] - r - 1 for r, row in enumerate(partition) for c in range(row)]
    return math.factorial(sum(partition)) // math.prod(hooks)


def test_orbit_matrices_are_the_quadratic_forms():
    """trace(A[o] x x^T) is the orbit sum of |sum_h v_h e^{ih.t}|^2 for v = basis x."""
    rng = np.random.default_rng(0)
    window, blocks = symmetric_blocks(3)
    orbits, matrices = orbit_matrices(3, window, blocks)
    assert sorted(orbits) == sorted({orbit(tuple(b - a for a, b in zip(g, h, strict=True)))
                                     for g in window for h in window})  # fmt: skip
    for name, basis in blocks.items():
        x = rng.normal(size=basis.shape[1])
        v = basis @ x
        sums = dict.fromkeys(orbits, 0.0)
        for (g, a), (h, b) in itertools.product(zip(window, v, strict=True), repeat=2):
            sums[orbit(tuple(q - p for p, q in zip(g, h, strict=True)))] += a * b
        for m, a in zip(orbits, matrices[name], strict=True):
            assert x @ a @ x == pytest.approx(sums[m], abs=1e-9)


@pytest.mark.parametrize(("k", "neurons"), [(1, 2), (2, 6), (3, 16), (4, 40)])
def test_find_from_scratch(k, neurons):
    steps = []
    certificate = find(k, progress=lambda value, gap: steps.append((value, gap)))
    assert check(certificate).neurons_per_frequency == neurons
    assert steps
    assert steps[-1][1] < 0.02


@pytest.mark.slow
def test_find_five_from_scratch():
    assert check(find(5)).neurons_per_frequency == 96


def test_refusals():
    for k in (0, 6):
        with pytest.raises(InputError):
            find(k)
    with pytest.raises(InputError):
        find(3, order=2)


class TestCommand:
    def test_stored(self, capsys):
        assert run(build(), ["certificate", "--k", "3"]) == 0
        out = capsys.readouterr().out
        assert "at least 16 neurons" in out
        assert "the minimal construction is optimal" in out

    def test_find_and_check_the_file(self, tmp_path, capsys):
        path = tmp_path / "k2.json"
        assert run(build(), ["certificate", "--k", "2", "--find", "--out", str(path)]) == 0
        assert run(build(), ["certificate", "--k", "2", "--file", str(path)]) == 0
        assert "at least 6 neurons" in capsys.readouterr().out

    def test_a_forged_file_is_rejected_with_status_one(self, tmp_path, capsys):
        path = tmp_path / "k3.json"
        path.write_text(store.text(store.stored(3)).replace('"weight": ', '"weight": 1', 1))
        assert run(build(), ["certificate", "--k", "3", "--file", str(path)]) == 1
        assert "rejected: the vectors prove" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "arguments", [["--k", "0"], ["--k", "9"], ["--k", "3", "--order", "5"], ["--k", "2", "--file", "/nowhere"]]
    )
    def test_unusable_input(self, arguments, capsys):
        assert run(build(), ["certificate", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
