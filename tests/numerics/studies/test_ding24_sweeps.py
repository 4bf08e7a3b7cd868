"""Ding24's sweeps: cells are kept and continued, starts are the published code's, statistics find what was planted."""

import json
from dataclasses import replace
from importlib import import_module
from itertools import count

import numpy as np
import pytest

from numerics.analysis.circles import signals, two_sided_signals
from numerics.ensemble.cell import Finished
from numerics.studies.ding24_sweeps import counts, decay, moduli, pairs, perturb
from numerics.studies.ding24_sweeps import signal as sweep_signal
from numerics.studies.ding24_sweeps.cells import PAPER, EmbeddingCell, Training, drawn_embeddings, settled
from numerics.studies.reproduce import load_study, registry, reproduce
from theory.errors import InputError, Interrupted

SWEEPS = [name for name in registry() if name.startswith("ding24-sweep-")]
TINY = {
    "p": {"moduli": (5, 7), "dimensions": (4,)},
    "d": {"moduli": (7,), "dimensions": (3, 4)},
    "moduli": {"moduli": (5, 6, 8), "dimensions": (4,)},
    "signal": {"p": 7, "d": 4, "embeddings": 2},
    "perturb": {"p": 7, "d": 4, "k": 2, "scales": (0.5, 2.0), "embeddings": 1},
    "pairs": {"p": 7, "d": 4, "ratios": (0.1, 1.0)},
    "decay": {"p": 7, "d": 4, "decays": (0.0, 0.5, 1.0)},
}


def tiny(name):
    study = load_study(name)
    size = replace(study.sizes["smoke"], networks=2, training=Training(20), **TINY[name.removeprefix("ding24-sweep-")])
    return replace(study, sizes=study.sizes | {"smoke": size})


@pytest.mark.parametrize("name", SWEEPS)
def test_every_sweep_runs_and_a_finished_one_is_read(name, tmp_path):
    def run():
        return reproduce(tiny(name), "smoke", tmp_path, device="cpu", budget=2**28, progress=lambda *seen: None)

    found = run()
    numbers = json.loads(json.dumps(found.numbers, allow_nan=False))
    assert {row["verdict"] for row in numbers["verdict"]} <= {"reproduced", "partly", "not", "measured"}
    assert numbers["cost"]["paper_hours_here"] > 0
    assert load_study(name).sizes["full"].training == PAPER
    assert run().numbers == found.numbers, "its seconds too: nothing is trained again"


GRIDS = {"p": 23 * 100, "moduli": 86 * 20, "d": 113 * 50, "signal": 10 * 50, "perturb": 8 * 50 * 50, "pairs": 16 * 100}


@pytest.mark.parametrize("name", GRIDS)
def test_full_is_the_papers_own_grid(name):
    module = import_module(registry()[f"ding24-sweep-{name}"].module)
    cells = module.cells(load_study(f"ding24-sweep-{name}").sizes["full"], *([name] if name in "pd" else []))
    assert sum(len(cell.seeds) for cell in cells) == GRIDS[name]


ONE = EmbeddingCell("one", 5, 3, [0, 1], [0, 1], Training(30))


def test_a_killed_cell_goes_on_to_the_same_rows(tmp_path):
    asked = count()
    with pytest.raises(Interrupted):
        ONE.run(tmp_path, should_stop=lambda: next(asked) == 13)
    assert ONE.run(tmp_path).rows == ONE.run().rows


def test_members_do_not_depend_on_the_memory():
    for one, other in zip(ONE.run().rows, ONE.run(budget=7 * 4 * 40_000).rows, strict=True):
        np.testing.assert_allclose(one["final"], other["final"], rtol=1e-4)


@pytest.mark.parametrize("change", [{"how": Training(30, weight_decay=0.1)}, {"start": "another"}, {"seeds": [0, 2]}])
def test_another_study_is_refused(change, tmp_path):
    ONE.run(tmp_path)
    with pytest.raises(InputError, match="keep its settings"):
        replace(ONE, **change).run(tmp_path)


def test_scaling_touches_one_frequency_only():
    (drawn,) = drawn_embeddings(11, 6, [0])
    before, after = signals(drawn), signals(perturb.scaled(drawn, 3, 0.4))
    expected = before * np.where(np.arange(1, 6) == 3, 0.4, 1)
    np.testing.assert_allclose(after, expected, rtol=1e-12)
    np.testing.assert_allclose(perturb.scaled(drawn, 3, 1.0), drawn, atol=1e-14)


@pytest.mark.parametrize("seed", [0, 4])
def test_two_frequencies_are_the_published_codes(seed):
    p, d, ratio = 59, 128, 0.3
    found = pairs.two_frequencies(p, d, ratio, seed)
    np.testing.assert_allclose(signals(found), [80, 24, *[1e-6] * 27], rtol=1e-6)
    generator = np.random.RandomState(seed)
    spectrum = np.zeros((p, d))
    for frequency in range(1, 30):
        direction = generator.normal(0, 1, d)
        scale = {1: 80, 2: 80 * ratio}.get(frequency, 1e-6)
        spectrum[frequency] = spectrum[p - frequency] = direction / np.linalg.norm(direction) * scale
    np.testing.assert_allclose(found, np.fft.ifft(spectrum, axis=0).real, atol=1e-12)


def circle(p, strengths):
    """An embedding with these signals at the frequencies 1, 2, ..."""
    t = 2 * np.pi * np.arange(p)[:, None] / p
    k = np.arange(1, len(strengths) + 1)
    return np.concatenate([np.cos(k * t) * strengths, np.sin(k * t) * strengths], axis=1)


def test_settled_asks_for_a_gap_and_for_right_answers():
    p = 31
    both = np.array([circle(p, [1.0, 1.0, 0.05]), circle(p, [1.0, 1.0, 0.15])])
    strength = signals(both)[:, 2] / (2 * two_sided_signals(both).mean(axis=1))
    assert strength[0] < 0.5 < strength[1] < 1
    assert settled(both, np.array([True, True])).tolist() == [True, False]
    assert settled(both, np.array([False, True])).tolist() == [False, False]
    assert not settled(np.zeros((1, p, 3)), np.array([True]))[0]


def planted(rates, networks, seed=0):
    generator = np.random.default_rng(seed)
    return generator.binomial(networks, rates) / networks


def test_the_expected_correlation_undoes_the_noise_of_few_networks():
    """Rates that rise with the signal: r of 5 networks each, extrapolated to 50, is the r that 50 give, within 0.03."""
    generator = np.random.default_rng(1)
    signal = generator.normal(size=(40, 29))
    rates = np.clip(0.2 + 0.25 * signal, 0, 1)
    few, many = (sweep_signal.correlation(signal, planted(rates, n), n) for n in (5, 50))
    assert few["r"] < many["r"] - 0.05
    assert few["r_expected_at_50"] == pytest.approx(many["r"], abs=0.03)
    assert many["bootstrap_interval"][0] < many["r"] < many["bootstrap_interval"][1]


def test_whole_embeddings_are_resampled():
    """Embeddings that differ as wholes: Fisher's interval is far too short, that over embeddings is not."""
    generator = np.random.default_rng(2)
    level = generator.normal(size=(10, 1))
    signal = level + 0.1 * generator.normal(size=(10, 29))
    found = sweep_signal.correlation(signal, np.clip(0.5 + 0.1 * generator.normal(size=(10, 1)) + 0 * signal, 0, 1), 50)
    fisher, bootstrap = (np.ptp(found[name]) for name in ("fisher_interval", "bootstrap_interval"))
    assert bootstrap > 2 * fisher


def test_resampled_correlations_are_pearsons():
    generator = np.random.default_rng(3)
    x, y, chosen = generator.normal(size=(5, 7)), generator.normal(size=(5, 7)), generator.integers(5, size=(20, 5))
    expected = [np.corrcoef(x[rows].ravel(), y[rows].ravel())[0, 1] for rows in chosen]
    np.testing.assert_allclose(sweep_signal._correlations(x, y, chosen), expected, atol=1e-12)


def test_no_survivor_has_no_correlation():
    found = sweep_signal.correlation(np.random.default_rng(0).normal(size=(3, 5)), np.zeros((3, 5)), 4)
    assert found["r"] is None


def finished(p, numbers):
    row = {"initial": [1.0] * 3, "final": [1.0, 0.4, 0.6], "settled": True, "test_accuracy": 1.0}
    cell = replace(ONE, p=p, seeds=[0] * len(numbers))
    return Finished(cell, [row | {"alive": [1] * n} for n in numbers], None)


def test_a_trend_is_found_where_it_was_planted():
    rising = [finished(p, [p // 10 + i % 2 for i in range(6)]) for p in (11, 23, 31, 43)]
    found = counts.trend(counts.rows(rising, "p"), "p")
    assert found["interval"][0] < 0.1 < found["interval"][1]
    assert counts.judged("key", "rises", found, +1, 10, "10").grade == "reproduced"
    assert counts.judged("key", "falls", found, -1, 10, "10").grade == "not"
    flat = counts.trend(counts.rows([finished(p, [1, 2, 1, 2]) for p in (11, 23)], "p"), "p")
    assert counts.judged("key", "rises", flat, +1, 10, "10").grade == "not"


def test_rows_count_what_is_there():
    (row,) = counts.rows([finished(11, [1, 2, 2])], "p")
    assert row["histogram"] == {"1": 1, "2": 2}
    assert row["survivors"]["mean"] == pytest.approx(5 / 3)
    assert decay.kept(finished(11, [1])) == [pytest.approx(2 / 3)]


@pytest.mark.slow
@pytest.mark.parametrize(("d", "rate"), [(16, 1.0), (32, 0.5)])
def test_what_has_settled_stays(d, rate):
    """The survivors of networks that left when settled are those of the same networks trained to the end."""
    left, whole = (
        EmbeddingCell("cell", 23, d, range(6), range(6), Training(1500, leave=leave, weight_decay=rate)).run().rows
        for leave in (True, False)
    )
    calm = [(a, b) for a, b in zip(left, whole, strict=True) if a["settled"] and a["steps"] < 1500]
    assert len(calm) >= 2
    for early, late in calm:
        assert sorted(early["alive"]) == sorted(late["alive"])


def test_composite_moduli_are_told_from_primes():
    """One circle more at every composite modulus is found beside a rise with p, whatever the rise is."""
    rows = [{"p": p, "composite": p % 2 == 0, "histogram": {str(p // 5 + (p % 2 == 0)): 3}} for p in range(20, 40)]
    found = moduli.composite(rows)
    assert 0.8 < found["interval"][0] <= found["difference"] <= found["interval"][1] < 1.2
    assert moduli.composite([row | {"composite": p % 4 < 2} for p, row in enumerate(rows)])["interval"][0] < 0
