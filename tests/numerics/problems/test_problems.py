"""The folders of the open problems: smoke runs, a second implementation in plain numpy, and planted faults."""

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import load_file
from scipy.integrate import solve_ivp
from typer.testing import CliRunner

from numerics.ensemble.engine import Records
from numerics.problems import o58, o59, o61, o62
from numerics.problems.__main__ import PROBLEMS, main
from numerics.problems.driver import run, settings_of
from numerics.studies.pilot import CELLS
from numerics.sweeps.plan import plan_of

ROOT = Path(__file__).parents[3]
FOLDERS = ROOT / "paper_notes" / "problems"
ANNOUNCED = sorted(path.parent.name for path in FOLDERS.glob("*/protocol.md"))
NAMES = sorted(path.parent.name for path in FOLDERS.glob("*/note.md"))  # answered


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def stored(name):
    return pq.read_table(FOLDERS / name / "rows.parquet").to_pylist()


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_runs_at_smoke_scale_and_is_complete(name, tmp_path):
    problem, settings = settings_of(FOLDERS / name, smoke=True)
    rows = run(PROBLEMS[problem], settings, tmp_path)
    assert rows
    assert {"protocol.md", "note.md", "rows.parquet", "table.md"} <= {path.name for path in (FOLDERS / name).iterdir()}
    assert set(rows[0]) == set(stored(name)[0])
    _, settings = settings_of(FOLDERS / name)
    table = PROBLEMS[problem].table(settings, stored(name))
    assert table == (FOLDERS / name / "table.md").read_text()
    assert PROBLEMS[problem].table(settings, stored(name)[1:]) != table


@pytest.mark.parametrize("name", ANNOUNCED)
def test_a_protocol_has_its_configuration(name):
    problem, _ = settings_of(FOLDERS / name)
    assert problem in PROBLEMS
    assert (FOLDERS / name / "protocol.md").read_text().startswith(f"# {problem}")


def test_a_killed_run_goes_on_and_a_limit_keeps_the_first_parts(tmp_path):
    _, settings = settings_of(FOLDERS / "o62", smoke=True)
    made = []

    def rows(settings, part):
        made.append(part)
        return o62.rows(settings, part)

    problem = type(o62.PROBLEM)(o62.parts, rows, o62.table)
    assert run(problem, settings, tmp_path, minutes=-1) == [] or made == []
    first = run(problem, settings | {"moduli": [3]}, tmp_path)
    whole = run(problem, settings, tmp_path)
    assert run(problem, settings, tmp_path) == whole
    assert made == [3, 3, 5]
    assert whole[0] == first[0]


def test_wrong_folders_are_refused_in_one_line(tmp_path):
    import typer

    app = typer.Typer()
    app.command()(main)
    (tmp_path / "config.json").write_text(json.dumps({"problem": "MAIS-O5", "settings": {}, "smoke": {}}))
    found = CliRunner().invoke(app, [str(tmp_path)])
    assert found.exit_code == 2
    assert "must be one of" in found.output
    (tmp_path / "config.json").write_text("{}")
    assert CliRunner().invoke(app, [str(tmp_path)]).exit_code == 2


def plain_slope(theta):
    """Minus the gradient of two neurons modulo 5, by sums over the inputs."""
    u, v, w = np.moveaxis(theta.reshape(2, 3, 5), 1, 0)
    slope = np.zeros((2, 3, 5))
    for a in range(5):
        for b in range(5):
            z = u[:, a] + v[:, b]
            f = (z**2) @ w
            share = np.exp(f - f.max())
            share /= share.sum()
            share[(a + b) % 5] -= 1
            slope[:, 2] -= np.outer(z**2, share) / 25
            back = 2 * z * (w @ share) / 25
            slope[:, 0, a] -= back
            slope[:, 1, b] -= back
    return slope.ravel()


def plain_shares(theta):
    """The share of frequency 1 in each neuron's centred energy, from cosines and sines."""
    angle = 2 * np.pi * np.outer([1, 2], np.arange(5)) / 5
    vectors = theta.reshape(2, 3, 5)
    power = sum(np.einsum("kc,nmc->nmk", f(angle), vectors) ** 2 for f in (np.cos, np.sin)).sum(1)
    return power[:, 0] / power.sum(1)


def test_two_neurons_agree_with_scipy_and_plain_numpy():
    """To time 100, six seeds: another integrator, another gradient, another Fourier basis."""
    _, settings = settings_of(FOLDERS / "o59", smoke=True)
    for row in o59.rows(settings, [0, 3]):
        start = np.random.default_rng(row["seed"]).normal(size=30)
        ended = solve_ivp(
            lambda t, y: plain_slope(y), (0, settings["time"]), start, method="LSODA", rtol=1e-7, atol=1e-9
        )
        assert plain_shares(ended.y[:, -1]) == pytest.approx(row["shares"], abs=0.02)
        assert np.linalg.norm(ended.y[:, -1]) == pytest.approx(row["norm"], rel=0.02)


def test_stored_rows_of_two_neurons_agree_with_scipy_and_plain_numpy():
    """The first two networks that answer everything, to the end of their flow."""
    _, settings = settings_of(FOLDERS / "o59")
    for row in [row for row in stored("o59") if row["margin"] > 0][:2]:
        start = np.random.default_rng(row["seed"]).normal(size=30)
        ended = solve_ivp(
            lambda t, y: plain_slope(y), (0, settings["time"]), start, method="LSODA", rtol=1e-7, atol=1e-9
        )
        assert plain_shares(ended.y[:, -1]) == pytest.approx(row["shares"], abs=0.005)
        assert np.linalg.norm(ended.y[:, -1]) == pytest.approx(row["norm"], rel=0.005)
        other = plain_shares(np.roll(ended.y[:, -1], 1))
        assert np.abs(other - row["shares"]).max() > 0.02  # weights in another place are noticed


def test_kinds_of_neurons():
    assert o59.kind({"shares": [0.96, 0.01]}, 0.95) == "12"
    assert o59.kind({"shares": [0.96, 0.5]}, 0.95) == "1-"
    assert o59.kind({"shares": [0.96, 0.96]}, 0.99) == "--"


def plain_adam(theta, p, updates):
    """Cross-entropy over all of C_p plus 1e-3 |theta|^2 by full-batch Adam at 0.01, in float64."""
    theta, first, second = theta.copy(), np.zeros_like(theta), np.zeros_like(theta)
    a, b = np.ogrid[:p, :p]
    for step in range(1, updates + 1):
        u, v, w = theta[:, 0], theta[:, 1], theta[:, 2]
        z = u[:, :, None] + v[:, None, :]
        logits = np.einsum("iab,ic->abc", z**2, w)
        slope = np.exp(logits - logits.max(2, keepdims=True))
        slope /= slope.sum(2, keepdims=True)
        slope[a, b, (a + b) % p] -= 1
        inner = 2 * z * np.einsum("abc,ic->iab", slope, w)
        gradient = np.stack([inner.sum(2), inner.sum(1), np.einsum("abc,iab->ic", slope, z**2)], 1) / p**2
        gradient += 2e-3 * theta
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        theta -= 0.01 * first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return theta


def plain_fractions(theta, p):
    """For each frequency the root of its share of the centred logits' power."""
    logits = np.einsum("iab,ic->abc", (theta[:, 0][:, :, None] + theta[:, 1][:, None, :]) ** 2, theta[:, 2])
    logits -= logits.mean(2, keepdims=True)
    a, b, c = np.ogrid[:p, :p, :p]
    angles = [2 * np.pi * f * (a + b - c) / p for f in range(1, p // 2 + 1)]
    power = [
        sum((logits * wave(each)).sum() ** 2 / (wave(each) ** 2).sum() for wave in (np.cos, np.sin)) for each in angles
    ]
    return np.sqrt(np.array(power) / (logits**2).sum())


def test_stored_pairs_are_those_of_another_implementation():
    """Two seeds from their start by plain numpy; half of the updates is seen."""
    _, settings = settings_of(FOLDERS / "o58")
    rows = {row["seed"]: row for row in stored("o58")}
    for seed in (10000, 10001):
        (cell,) = plan_of(settings["cell"] | {"first_seed": seed, "seeds": 1}).cells
        start = cell.run(records=Records((0,), lambda parameters, data: parameters)).trained.history["theta"]
        theta = start[0, 0].double().numpy()
        np.testing.assert_allclose(plain_fractions(plain_adam(theta, 11, 1200), 11), rows[seed]["fractions"], atol=1e-4)
        assert np.abs(plain_fractions(plain_adam(theta, 11, 600), 11) - rows[seed]["fractions"]).max() > 1e-3


def test_the_kinds_of_pairs_counted_otherwise():
    """Pairs as orbits of the units, and the exact test as a sum of binomial coefficients."""
    orbit = {frozenset(min(f * x % 11, -f * x % 11) for x in (1, 2)) for f in range(1, 6)}
    pairs = [frozenset(map(int, row["held_set"])) for row in stored("o58") if len(row["held_set"]) == 2]
    twos = sum(pair in orbit for pair in pairs)
    assert [o58.kind(sorted(map(str, pair)), 11) for pair in pairs].count(2) == twos
    tail = sum(math.comb(len(pairs), n) for n in range(twos + 1))
    two_sided = Fraction(2 * tail, 2 ** len(pairs))
    assert twos < len(pairs) / 2
    assert two_sided <= Fraction(1, 100)
    assert f"{float(two_sided):.4g}" in (FOLDERS / "o58" / "table.md").read_text()


def test_the_pilots_settings_are_those_of_its_configuration():
    _, settings = settings_of(FOLDERS / "o61")
    training = settings["training"]
    for name, field in (
        ("groups", "group"),
        ("activations", "activation"),
        ("widths", "width"),
        ("penalties", "penalty"),
    ):
        assert {getattr(cell, field) for cell in CELLS} == set(training[name])
    for name in ("seeds", "first_seed", "updates", "rate", "tolerance", "calm", "precision"):
        assert {getattr(cell, name) for cell in CELLS} == {training[name]}


def test_the_pilots_rows_agree_with_plain_numpy():
    """Every 97th row of C5, from the weights: logits by loops, projections on cosines and sines."""
    weights = load_file("paper_notes/results/mais-pilot-cpu.safetensors")
    sample = [row for row in stored("o61") if row["group"] == "C5"][::97]
    assert len(sample) > 10
    a, b, c = np.ogrid[:5, :5, :5]
    for row in sample:
        theta = weights[f"C5-{row['activation']}-{row['width']}-{row['lambda']:g}/theta"][row["seed"]].astype(float)
        logits = np.zeros((5, 5, 5))
        for u, v, w in theta:
            z = u[:, None] + v[None, :]
            logits += (z**2 if row["activation"] == "power" else np.maximum(z, 0))[:, :, None] * w
        logits -= logits.mean(2, keepdims=True)
        power = []
        for f in (1, 2):
            angle = 2 * np.pi * f * (a + b - c) / 5
            power.append(sum((logits * wave(angle)).sum() ** 2 / (wave(angle) ** 2).sum() for wave in (np.cos, np.sin)))
        shares = np.sqrt(np.array(power) / (logits**2).sum())
        assert [str(f) for f in (1, 2) if shares[f - 1] >= 0.005] == row["key_set"]
        assert (1 if max(power) >= 0.95 * sum(power) else 2) == row["spectral_count"]
        assert o61.KEPT[0] == "seed"


def test_the_exact_fits_rows():
    for row in stored("o62"):
        assert row["misfits"] == 0
        assert row["neurons"] == 2 * row["p"] - 1 - (row["p"] % 3 == 0) - (row["p"] % 5 == 0) == row["upper"]
        assert row["lower"] == (3 * row["p"] - 1) // 2 + (row["p"] >= 5)
