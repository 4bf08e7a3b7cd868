"""One-hidden-layer figures: what is stated is marked, sizes scale, claims are graded, a finished run is read."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics.full_size.layout import unstack
from numerics.full_size.road import FullSize, worth_it
from numerics.full_size.start import initial
from numerics.network import PowerNetwork
from numerics.outcome import statistics
from numerics.recipes import RECIPES
from numerics.studies.li24_figures import PUBLISHED
from numerics.studies.morwani23_figures import ADDITION, S3, S5
from numerics.studies.one_hidden import claims, figures
from numerics.studies.one_hidden.batches import LOOK, Batches, Draw, look
from numerics.studies.one_hidden.components import components, predicted_masses
from numerics.studies.one_hidden.experiment import Experiment, Ours
from numerics.studies.one_hidden.paper_run import initial_deviation, train_as_published
from numerics.studies.one_hidden.published import Published
from numerics.studies.one_hidden.runs import run
from numerics.studies.reproduce import load_study
from numerics.studies.study import Found, Session
from numerics.training import random_half
from theory.construction import construct
from theory.task import Task

RECIPE = replace(RECIPES["hybrid"], descent_steps=150, polish_rounds=3)
TINY = Published("gradient descent", 0.5, 40, 1e-3, "norm", not_stated={"deviation": "ours"})
ONE_HIDDEN = [f"li24-fig{i}" for i in (1, 2, 5, 6, 7, 8)] + [f"morwani23-{x}" for x in ("fig2", "s3", "s4", "s5")]


def tiny(published=TINY, group=None, n=5, target=0.9, seeds=1):
    ours = (Ours("all", "ours", 40, RECIPE, target, seeds=seeds),)
    return Experiment(2, n, 24, (n, 24), published, ours, group)


def trained(size, folder):
    """What a run of this size finds."""
    return run(size, Session(folder, "smoke", "cpu", 2**30, lambda label, done, planned: None))


@pytest.mark.parametrize(("name", "size"), [
    ("li24-fig1", (4, 47, 2944)), ("li24-fig5", (3, 97, 1536)), ("li24-fig7", (5, 23, 5632)),
    ("morwani23-fig2", (2, 71, 500)), ("morwani23-s3", (2, 6, 30)), ("morwani23-s4", (2, 24, 200)),
    ("morwani23-s5", (2, 120, 2000)),
])  # fmt: skip
def test_the_full_scale_is_the_papers(name, size):
    full = load_study(name).sizes["full"]
    assert (full.k, full.n, full.m) == size
    assert full.paper_size == size[1:]


def test_settings_say_what_is_stated():
    stated = {entry["name"]: entry["stated"] for entry in PUBLISHED.settings()}
    assert stated["rate"]
    assert stated["penalty"]
    assert stated["batch"]
    assert not stated["steps"]
    assert not stated["penalty_kind"]
    assert not stated["deviation"]
    for size in (size for name in ONE_HIDDEN for size in load_study(name).sizes.values()):
        assert all(entry["stated"] or entry["note"] for entry in size.published.settings())


def test_rates_double_as_published():
    assert ADDITION.rate_at(0) == 0.05
    assert ADDITION.rate_at(39_999) == 51.2
    assert S3.rate_at(49_999) == pytest.approx(1638.4)
    assert S5.rate_at(74_999) == pytest.approx(12.8)
    assert PUBLISHED.rate_at(0) == pytest.approx(5e-4)
    assert PUBLISHED.rate_at(9) == PUBLISHED.rate_at(1000) == 5e-3


def test_another_size_moves_the_rate_with_the_curvature_and_marks_it():
    """At the optimum the penalty's second derivative along a neuron is lambda nu (nu-1) ||theta_i||^(nu-2)."""
    small = Task.cyclic(2, 23)
    gamma = Task.cyclic(2, 71).gamma
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
    problem = Task.cyclic(2, 5)
    published = replace(TINY, steps=2)
    found = train_as_published(problem, published, 6, 0).network
    network = PowerNetwork.random(problem, 6, 0, initial_deviation(problem, published, 6), dtype=torch.float64)
    inputs = torch.tensor(list(problem.inputs()))
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
    problem = Task.cyclic(2, 5)
    result = train_as_published(problem, replace(TINY, rate=1e6, steps=200), 6, 0)
    assert result.stopped
    assert "diverged" in result.stopped or "collapsed" in result.stopped
    assert all(np.isfinite(x).all() for x in result.network.numpy())


def test_adamw_on_half_of_the_inputs_memorises_them():
    problem = Task.cyclic(2, 5)
    published = replace(PUBLISHED, steps=150, batch=16)
    result = train_as_published(problem, published, 32, 0)
    last = result.history[-1]
    assert last["train_accuracy"] == 1
    assert last["accuracy"] == pytest.approx((13 * last["train_accuracy"] + 12 * last["test_accuracy"]) / 25)


def test_a_finished_run_is_read_and_not_repeated(tmp_path, monkeypatch):
    first = trained(tiny(seeds=2), tmp_path)
    assert [each["label"] for each in first.numbers["runs"]] == ["paper's settings", "ours", "ours"]
    assert not any(each["missed"] for each in first.numbers["runs"])
    assert first.numbers["over_seeds"][0]["seeds"] == 2
    monkeypatch.setattr("numerics.loss.CrossEntropy.__call__", lambda *a, **k: pytest.fail("trained again"))
    again = trained(tiny(seeds=2), tmp_path)
    assert again.numbers == first.numbers


def planted(least, median, counts, margin=1.0):
    """The numbers of one run."""
    shares = {"before": [0.1] * 11, "after": [least] * 5 + [median] * 6}
    entry = {"label": "ours", "seed": 0, "target": None, "history": [{"margin": margin}], "largest_share": shares,
             "components": [str(i) for i in range(len(counts))], "neurons_per_component": counts,
             "mass_per_component": [count / sum(counts) for count in counts]}  # fmt: skip
    return Found({"runs": [entry], "predicted_masses": [0.4, 0.6, 0.0]})


@pytest.mark.parametrize(("found", "grades"), [
    (planted(0.95, 0.99, [10, 12, 11]), {"one_sparse_all": "reproduced", "uniform_all": "reproduced"}),
    (planted(0.4, 0.95, [40, 2, 2]), {"one_sparse_all": "partly", "uniform_all": "partly"}),
    (planted(0.4, 0.5, [10, 10, 10]), {"one_sparse_all": "not", "uniform_all": "not"}),  # no neuron has a frequency
    (planted(0.95, 0.95, [10, 10, 0]), {"one_sparse_all": "reproduced", "uniform_all": "not"}),
    (planted(0.95, 0.99, [7]), {"one_sparse_all": "reproduced", "uniform_all": "reproduced"}),  # one frequency, p = 3
])  # fmt: skip
def test_spectra_and_frequencies_on_planted_numbers(found, grades):
    size = tiny(published=None, target=None)
    assert {claim.key: claim.grade for claim in claims.of_spectra(size, found)} == grades


@pytest.mark.parametrize(("counts", "margin", "grades"), [
    ([4, 6, 0], 0.995, ["reproduced", "reproduced"]), ([4, 6, 5], 0.95, ["partly", "partly"]),
    ([4, 0, 0], 0.5, ["not", "not"]),
])  # fmt: skip
def test_margin_and_representations_on_planted_numbers(counts, margin, grades):
    found = claims.of_groups(tiny(published=None, target=None), planted(0.95, 0.99, counts, margin))
    graded = {claim.key: claim.grade for claim in found}
    assert [graded["margin_all"], graded["representations_all"]] == grades


@pytest.mark.parametrize(("margin", "grade"), [(0.95, "reproduced"), (0.85, "not"), (None, "not")])
def test_a_promise_is_a_claim(margin, grade):
    found = planted(1.0, 1.0, [10, 10], margin)
    found.numbers["runs"][0]["history"] = [] if margin is None else [{"margin": margin}]
    [promise] = [claim for claim in claims.of_spectra(tiny(published=None), found) if claim.promised]
    assert (promise.key, promise.grade) == ("target_all", grade)


@pytest.mark.parametrize(("purity", "impure", "grade"), [
    (0.95, 1e-3, "reproduced"), (0.4, 1e-3, "partly"), (0.1, 0.2, "not"),
])  # fmt: skip
def test_a_polish_does_not_make_neurons_one_sparse(purity, impure, grade):
    """It keeps one frequency of each neuron: what counts is what the descent has left."""
    found = planted(1.0, 1.0, [10, 10])
    free = {"phase": "descent", "margin": 0.9, "purity": purity, "impure": impure}
    found.numbers["runs"][0] |= {"history": [free, {"phase": "polish", "margin": 1.0}], "target": 0.9}
    judged = {claim.key: claim for claim in claims.of_spectra(tiny(published=None), found)}
    assert judged["one_sparse_all"].grade == grade
    assert judged["uniform_all"].grade == ("not" if grade == "not" else "reproduced")
    assert judged["target_all"].entry["stage"] == "polish"


def test_a_run_without_a_network_reproduces_nothing():
    found = planted(0.9, 0.9, [1])
    found.numbers["runs"] = [{"label": "ours", "seed": 0, "target": None, "history": []}]
    size = tiny(published=None, target=None)
    for claim in claims.of_addition(size, found) + claims.of_groups(size, found):
        assert claim.grade == "not"


def test_a_figure_without_predicted_masses_is_drawn(tmp_path):
    size = tiny(published=None, n=6, target=None)
    figures.spectra(size, trained(size, tmp_path)).savefig(tmp_path / "figure.png", dpi=40)
    assert (tmp_path / "figure.png").stat().st_size > 1000


def test_components_of_a_trained_group_network_are_those_predicted(tmp_path):
    shown = trained(tiny(group="S3", n=6, target=None, published=None), tmp_path).shown
    found = components(shown.runs[0].network, shown.problem)
    assert found.kind == "representation"
    assert found.names == ("1a", "1b", "2a")
    assert found.masses.sum() == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(found.masses[1:], predicted_masses(shown.problem), atol=0.05)


def test_fitted_cosine_passes_through_a_pure_one():
    from matplotlib.figure import Figure

    a = np.arange(7)
    ax = figures.plot_cosine(Figure().subplots(), 0.3 * np.cos(2 * np.pi * (0.1 + 3 * a / 7)), "k")
    curve = ax.lines[0]
    np.testing.assert_allclose(np.interp(a, *curve.get_data()), ax.lines[1].get_ydata(), atol=1e-3)


def test_interval_is_students():
    found = statistics([1.0, 2.0, 3.0])
    assert found["mean"] == 2
    assert found["interval"][1] - 2 == pytest.approx(4.302653 / 3**0.5, rel=1e-6)


@pytest.mark.parametrize(
    "problem", [Task.cyclic(3, 5), Task.cyclic(2, 6), Task.of_group(2, "S3")], ids=lambda task: task.name
)
def test_the_gradient_of_a_batch_is_autograds(problem):
    network = PowerNetwork.random(problem, 6, 0, 0.5)
    drawn = Batches(problem, 6, None, 32, 0, "cpu").draw(32)
    labels = torch.from_numpy(problem.label(drawn.numpy())).long()
    entropy = torch.nn.functional.cross_entropy(network(drawn), labels)
    expected = torch.autograd.grad(entropy, (network.u, network.w))
    Batches(problem, 6, None, 32, 0, "cpu").differentiate(network)
    for mine, autograds in zip((network.u.grad, network.w.grad), expected, strict=True):
        torch.testing.assert_close(mine, autograds)


def test_batches_come_from_their_half():
    problem = Task.cyclic(2, 5)
    half = random_half(problem, 0)
    drawn = Draw(problem, half, 0, "cpu")(500)
    assert {tuple(row) for row in drawn.tolist()} == {tuple(row) for row in half.nonzero().tolist()}


def test_a_look_at_a_perfect_network_and_at_a_random_one():
    problem = Task.cyclic(2, 71)  # more inputs than a look takes
    perfect = look(PowerNetwork.from_exact(construct(2, 71)), problem, random_half(problem, 0))
    assert perfect["margin"] == pytest.approx(1)
    assert perfect["accuracy"] == perfect["train_accuracy"] == perfect["test_accuracy"] == 1
    poor = look(PowerNetwork.random(problem, 200, 0, 1.0), problem, None)
    assert poor["margin"] < 0
    assert poor["accuracy"] < 0.1
    assert "test_accuracy" not in poor


def test_a_long_step_is_recorded_by_a_look(monkeypatch):
    monkeypatch.setattr("numerics.studies.one_hidden.paper_run.MOST_OPERATIONS", 0)
    result = train_as_published(Task.cyclic(2, 5), replace(PUBLISHED, steps=10, batch=16), 32, 0)
    assert result.history[-1]["margin_over"] == LOOK


def test_ours_by_the_full_size_road_begins_where_the_road_began(tmp_path):
    """At 36 neurons seed 0 starves a frequency: the figure's first network is that of the seed that was taken."""
    size = Experiment(2, 11, 36, (11, 36), None, (Ours("all", "ours", 36, FullSize(), 0.99),))
    found, problem = trained(size, tmp_path), size.problem()
    [mine] = found.shown.runs
    starts = [record["seed"] for record in mine.history if record["phase"] == "start"]
    assert len(starts) > 1
    assert mine.before.u.equal(unstack(initial(problem, 36, starts[-1], 0.2 * problem.gamma)).u)
    assert not mine.missed
    assert {claim.key: claim.grade for claim in claims.of_neurons(size, found)} == {
        "one_sparse_all": "reproduced", "target_all": "reproduced"}  # fmt: skip
    assert figures.spectra(size, found).axes


def test_the_papers_sizes_take_the_full_size_road():
    for name in ("li24-fig1", "li24-fig5", "li24-fig7"):
        full = load_study(name).sizes["full"]
        assert [type(ours.recipe) for ours in full.ours] == [FullSize]
        assert worth_it(full.problem(), full.m)
