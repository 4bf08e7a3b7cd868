"""Presets: what is stated is marked, sizes scale as they should, a finished run is read and not repeated."""

import json
from dataclasses import replace

import numpy as np
import pytest

from numerics.outcome import statistics
from numerics.presets import PRESETS, SCALES, load_preset
from numerics.presets.components import components, predicted_masses
from numerics.presets.figures import draw, plot_cosine
from numerics.presets.li24 import PUBLISHED
from numerics.presets.morwani23 import ADDITION, S3, S5
from numerics.presets.paper_run import train_as_published
from numerics.presets.preset import Ours, Preset, Size
from numerics.presets.published import Published
from numerics.presets.reproduce import numbers, run_preset
from numerics.problem import Problem
from numerics.recipes import RECIPES
from theory.errors import InputError
from theory.network_file import NetworkFile, save_network

RECIPE = replace(RECIPES["hybrid"], descent_steps=150, polish_rounds=3)
TINY = Published("gradient descent", 0.5, 40, 1e-3, "norm", not_stated={"deviation": "ours"})


def tiny(figure="spectra", published=TINY, group=None, n=5, target=0.9, seeds=1):
    size = Size(2, n, 24, published, (Ours("ours", 40, RECIPE, target, seeds=seeds),), group)
    return Preset("tiny", "a test", figure, "tiny", {"smoke": size, "full": size})


def test_every_preset_has_every_scale_and_the_papers_size():
    papers = {"li24-fig1": (4, 47, 2944), "li24-fig5": (3, 97, 1536), "li24-fig7": (5, 23, 5632),
              "morwani23-fig2": (2, 71, 500), "morwani23-s3": (2, 6, 30), "morwani23-s4": (2, 24, 200),
              "morwani23-s5": (2, 120, 2000)}  # fmt: skip
    for preset in PRESETS.values():
        assert set(preset.sizes) == set(SCALES)
    for name, numbers_ in papers.items():
        full = load_preset(name).sizes["full"]
        assert (full.k, full.n, full.m) == numbers_
    with pytest.raises(InputError, match=r"must be one of li24-fig1, .*; got 'li24-fig3'"):
        load_preset("li24-fig3")


def test_settings_say_what_is_stated():
    stated = {entry["name"]: entry["stated"] for entry in PUBLISHED.settings()}
    assert stated["rate"]
    assert stated["penalty"]
    assert stated["batch"]
    assert not stated["steps"]
    assert not stated["penalty_kind"]
    assert not stated["deviation"]
    for entry in (x for preset in PRESETS.values() for size in preset.sizes.values() if size.published
                  for x in size.published.settings()):  # fmt: skip
        assert entry["stated"] or entry["note"]


def test_rates_double_as_published():
    assert ADDITION.rate_at(0) == 0.05
    assert ADDITION.rate_at(39_999) == 51.2
    assert S3.rate_at(49_999) == pytest.approx(1638.4)
    assert S5.rate_at(74_999) == pytest.approx(12.8)
    assert PUBLISHED.rate_at(0) == pytest.approx(5e-4)
    assert PUBLISHED.rate_at(9) == PUBLISHED.rate_at(1000) == 5e-3


def test_another_size_moves_the_rate_with_the_curvature_and_marks_it():
    """At the optimum the penalty's second derivative along a neuron is lambda nu (nu-1) ||theta_i||^(nu-2)."""
    small = Problem.cyclic(2, 23)
    gamma = Problem.cyclic(2, 71).gamma
    moved = ADDITION.at_size(2, (gamma, small.gamma), (500, 176), shorter=10)
    ratio = []
    for gamma_, m, published in ((gamma, 500, ADDITION), (small.gamma, 176, moved)):
        norm = (1 / (gamma_ * m)) ** (1 / 3)
        ratio.append(published.rate * published.penalty * norm)
    assert ratio[0] == pytest.approx(ratio[1])
    assert moved.penalty / small.gamma == pytest.approx(1e-4 / gamma)
    marked = {entry["name"] for entry in moved.settings() if not entry["stated"]}
    assert {"rate", "penalty", "steps", "doublings"} <= marked
    assert S3.first(100).steps == 100
    assert "steps" in S3.first(100).not_stated
    assert S3.first(10**6) is S3


def test_papers_gradient_descent_is_gradient_descent():
    """Two steps against autograd on the definition, on all inputs with the penalty in the loss."""
    import torch

    from numerics.network import PowerNetwork
    from numerics.presets.paper_run import initial_deviation

    problem = Problem.cyclic(2, 5)
    published = replace(TINY, steps=2)
    found = train_as_published(problem, published, 6, 0).network
    network = PowerNetwork.random(problem.task, 6, 0, initial_deviation(problem, published, 6), dtype=torch.float64)
    inputs = torch.tensor(list(problem.task.inputs()))
    for _ in range(2):
        entropy = torch.nn.functional.cross_entropy(network(inputs), inputs.sum(dim=1) % 5)
        loss = entropy + published.penalty * network.norm() ** 3
        gradients = torch.autograd.grad(loss, (network.u, network.w))
        with torch.no_grad():
            for weight, gradient in zip((network.u, network.w), gradients, strict=True):
                weight -= published.rate * gradient
    for mine, theirs in zip(found.numpy(), network.numpy(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)


def test_a_run_that_diverges_says_so_and_keeps_its_last_margin():
    problem = Problem.cyclic(2, 5)
    result = train_as_published(problem, replace(TINY, rate=1e6, steps=200), 6, 0)
    assert result.stopped
    assert "diverged" in result.stopped or "collapsed" in result.stopped
    assert all(np.isfinite(x).all() for x in result.network.numpy())


def test_adamw_on_half_of_the_inputs_memorises_them():
    problem = Problem.cyclic(2, 5)
    published = replace(PUBLISHED, steps=150, batch=16)
    result = train_as_published(problem, published, 32, 0)
    last = result.history[-1]
    assert last["train_accuracy"] == 1
    assert last["accuracy"] == pytest.approx((13 * last["train_accuracy"] + 12 * last["test_accuracy"]) / 25)


def test_a_finished_run_is_read_and_not_repeated(tmp_path, monkeypatch):
    preset = tiny(seeds=2)
    problem, first = run_preset(preset, "smoke", tmp_path)
    assert [run.label for run in first] == ["paper's settings", "ours", "ours"]
    assert not any(run.missed for run in first)
    found = numbers(preset, "smoke", problem, first, "cpu")
    assert found["over_seeds"][0]["seeds"] == 2
    monkeypatch.setattr("numerics.presets.reproduce.train_as_published", lambda *a, **k: pytest.fail("trained again"))
    monkeypatch.setattr("numerics.training.CrossEntropy.__call__", lambda *a, **k: pytest.fail("trained again"))
    _, again = run_preset(preset, "smoke", tmp_path)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.network.numpy()[0], other.network.numpy()[0])
        assert one.history == other.history


@pytest.fixture
def finished(tmp_path):
    """A folder where the paper's run alone is finished, and the paths of its summary and network."""
    preset = replace(tiny(), sizes={"smoke": Size(2, 5, 24, TINY, ()), "full": Size(2, 5, 24, TINY, ())})
    _, (run,) = run_preset(preset, "smoke", tmp_path)
    (summary,) = tmp_path.rglob("summary.json")
    return preset, run, summary, summary.with_name("network.safetensors")


@pytest.mark.parametrize("damage", [
    "[]", "null", "{", "", "[1, 2]", '{"settings": 1}', "without records", "records of text", "seconds of text",
    "no seconds", "stopped is a number", "records without margin"])  # fmt: skip
def test_a_summary_that_is_none_is_trained_again(tmp_path, finished, damage):
    """Whatever the file of a finished run holds: the same numbers afterwards, and a good summary in its place."""
    preset, run, summary, _ = finished
    stored = json.loads(summary.read_text())
    broken = {
        "without records": {key: value for key, value in stored.items() if key != "records"},
        "records of text": stored | {"records": ["margin"]},
        "records without margin": stored | {"records": [{"accuracy": 1.0}]},
        "seconds of text": stored | {"seconds": "1"},
        "no seconds": {key: value for key, value in stored.items() if key != "seconds"},
        "stopped is a number": stored | {"stopped": 3},
    }
    summary.write_text(json.dumps(broken[damage]) if damage in broken else damage)
    _, (again,) = run_preset(preset, "smoke", tmp_path)
    assert again.history == run.history
    assert json.loads(summary.read_text())["records"] == stored["records"]


def test_a_finished_network_that_is_none_is_refused_in_a_line(tmp_path, finished):
    preset, _, _, network = finished
    save_network(network, NetworkFile(np.zeros((3, 2, 5)), np.zeros((3, 5)), 2, 5))
    with pytest.raises(InputError, match=r"network\.safetensors' must hold weights u of shape \(24, 2, 5\); got"):
        run_preset(preset, "smoke", tmp_path)
    network.write_bytes(b"x")
    with pytest.raises(InputError) as error:
        run_preset(preset, "smoke", tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", ["[]", "{", '"1"', "true"])
def test_a_time_that_is_none_is_refused_in_a_line(tmp_path, content):
    preset = tiny(published=None, target=None)
    run_preset(preset, "smoke", tmp_path)
    (path,) = tmp_path.rglob("seconds.json")
    path.write_text(content)
    with pytest.raises(InputError, match=r"seconds\.json'"):
        run_preset(preset, "smoke", tmp_path)


def test_a_missed_target_is_reported(tmp_path):
    _, trained = run_preset(tiny(published=None, target=0.9999999999), "smoke", tmp_path)
    assert trained[0].missed


@pytest.mark.parametrize(("figure", "group", "n"), [("neurons", None, 5), ("spectra", None, 6), ("margin", "S3", 6)])
def test_figures_are_drawn(tmp_path, figure, group, n):
    preset = tiny(figure, group=group, n=n, target=None)
    problem, trained = run_preset(preset, "smoke", tmp_path)
    drawn = draw(preset, problem, trained, {"ours": {"phase": 1e-3, "DC": 0.0}})
    drawn.savefig(tmp_path / "figure.png", dpi=40)
    assert (tmp_path / "figure.png").stat().st_size > 1000


def test_components_of_a_trained_group_network_are_those_predicted(tmp_path):
    problem, trained = run_preset(tiny(group="S3", n=6, target=None, published=None), "smoke", tmp_path)
    found = components(trained[0].network, problem)
    assert found.kind == "representation"
    assert found.names == ("1b", "2a")
    assert found.masses.sum() == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(found.masses, predicted_masses(problem), atol=0.15)


def test_fitted_cosine_passes_through_a_pure_one():
    from matplotlib.figure import Figure

    a = np.arange(7)
    ax = plot_cosine(Figure().subplots(), 0.3 * np.cos(2 * np.pi * (0.1 + 3 * a / 7)), "k")
    curve = ax.lines[0]
    np.testing.assert_allclose(np.interp(a, *curve.get_data()), ax.lines[1].get_ydata(), atol=1e-3)


def test_interval_is_students():
    found = statistics([1.0, 2.0, 3.0])
    assert found["mean"] == 2
    assert found["interval"][1] - 2 == pytest.approx(4.302653 / 3**0.5, rel=1e-6)
