"""Training reaches the maximum margin that the theory predicts, at the loss and norm that it predicts."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics.history import measure
from numerics.launch import choose_threads, train
from numerics.network import PowerNetwork
from numerics.polish import _MassCoordinates, polish_round
from numerics.recipes import RECIPES, choose_device, load_recipe, require_settings
from numerics.training import random_half
from theory import task as reference
from theory.construction import construct
from theory.errors import InputError
from theory.task import Task

HYBRID = load_recipe("hybrid")


def problem_of(k, name):
    return Task.cyclic(k, int(name)) if name.isdigit() else Task.of_group(k, name)


@pytest.mark.parametrize(
    ("k", "name"),
    [
        (1, "5"),
        (2, "2"),
        (2, "3"),
        (2, "7"),
        (2, "9"),
        (2, "10"),
        (3, "5"),
        (3, "4"),
        (2, "S3"),
        (2, "Q8"),
        pytest.param(2, "A4", marks=pytest.mark.slow),
        pytest.param(4, "5", marks=pytest.mark.slow),
        pytest.param(2, "59", marks=pytest.mark.slow),
    ],
)
def test_default_recipe_reaches_the_prediction(k, name):
    problem = problem_of(k, name)
    result = train(problem, HYBRID)
    u, w = result.network.numpy()
    assert result.margin >= 0.9999
    if problem.n**k * len(w) < 10**6:
        assert reference.normalised_margin(problem, u, w) / problem.gamma == pytest.approx(result.margin)
    last = result.history[-1]
    penalty = HYBRID.ratio * problem.gamma
    assert last["loss"] == pytest.approx(problem.predicted_loss(penalty), rel=1e-7)
    assert last["loss"] >= problem.predicted_loss(penalty) * (1 - 1e-12)
    assert problem.gamma * last["norm"] ** (k + 1) == pytest.approx(problem.log_scale(penalty))
    assert result.margin <= 1 + 1e-12
    if problem.group_name is None and k > 1:
        assert last["purity"] > 0.99
        assert last["phase_error"] < 1e-4
        assert last["frequencies"] == problem.n // 2


def test_the_papers_objective_alone_reaches_the_prediction():
    problem = Task.cyclic(2, 7)
    recipe = replace(load_recipe("adam"), descent_steps=1500)
    result = train(problem, recipe, target=0.9999)
    assert result.margin >= 0.999
    assert result.network.u.dtype == torch.float32
    assert {record["phase"] for record in result.history} == {"start", "descent"}


@pytest.mark.parametrize("name", ["10", "D4"])
def test_plain_cross_entropy_stops_short_where_tau_is_not_uniform(name, monkeypatch):
    """The twin: without the offsets log((n-1) tau) the same descent ends below the maximum margin."""
    from numerics import training

    problem = problem_of(2, name)
    recipe = replace(load_recipe("adam"), descent_steps=800)
    weighted = train(problem, recipe, target=0.99)
    plain = training.CrossEntropy
    monkeypatch.setattr(
        training, "CrossEntropy", lambda *a, **options: plain(*a, **(options | {"tau_weighted": False}))
    )
    assert train(problem, recipe, target=0.99).margin < 0.97 < weighted.margin


def test_a_network_that_is_too_narrow_misses_the_target():
    problem = Task.cyclic(2, 11)
    result = train(problem, replace(HYBRID, polish_rounds=1), m=12)
    assert result.margin < 0.9


@pytest.mark.parametrize(("k", "p"), [(2, 5), (3, 5), (2, 6)])
def test_predictions_hold_on_the_exact_network(k, p):
    """Loss and scale at a finite lambda, on constructed weights; a rescaled copy costs more."""
    problem = Task.cyclic(k, p)
    u, w = PowerNetwork.from_exact(construct(k, p)).numpy()
    for ratio in (0.05, 0.2, 0.5):
        penalty = ratio * problem.gamma
        losses = []
        for factor in (1.0, 0.97, 1.03):
            size = factor * (problem.log_scale(penalty) / problem.gamma) ** (1 / (k + 1))
            losses.append(measure(PowerNetwork.from_numpy(size * u, size * w), problem, penalty)["loss"])
        assert losses[0] == pytest.approx(problem.predicted_loss(penalty), rel=1e-13)
        assert min(losses[1:]) > losses[0]


def test_gradient_in_mass_coordinates():
    network = PowerNetwork.random(Task.cyclic(3, 4), 5, 0, 1.0, torch.float64)
    with torch.no_grad():
        network.u[2], network.w[2] = 0, 0
    coordinates = _MassCoordinates(network)
    z = coordinates.start()
    assert float(z.square().sum()) == pytest.approx(network.m)
    du, dw = torch.ones_like(network.u)[None], torch.linspace(0, 1, 20, dtype=torch.float64).view(1, 5, 4)
    measured = coordinates.gradient(z, du, dw)
    step = torch.zeros_like(z)
    for i in (0, 7, 50, 79):
        step[i] = 1e-6
        ahead, behind = coordinates.parameters(z + step), coordinates.parameters(z - step)
        slope = ((ahead[0] - behind[0]) * du).sum() + ((ahead[1] - behind[1]) * dw).sum()
        assert float(measured[i]) == pytest.approx(float(slope) / 2e-6, rel=1e-6, abs=1e-8)
        step[i] = 0
    u, _ = coordinates.parameters(z)
    ratio = u[0, 0] / network.u.detach()[0]
    torch.testing.assert_close(ratio, torch.full_like(ratio, float(ratio[0, 0])))
    assert not u[0, 2].any()
    assert torch.isfinite(measured).all()


def test_a_round_of_polishing_is_deterministic_and_lands_on_the_scale():
    problem = Task.cyclic(2, 5)
    start = PowerNetwork.random(problem, 20, 0, 0.3, torch.float64)
    ends = [
        polish_round(start, problem, replace(HYBRID, polish_iterations=15), target=0.9, log_scale=2.0) for _ in range(2)
    ]
    assert torch.equal(ends[0].u, ends[1].u)
    assert float(ends[0].norm().detach()) ** 3 * problem.gamma == pytest.approx(2.0)


def test_half_of_the_inputs():
    problem = Task.cyclic(2, 7)
    split = random_half(problem, 3)
    assert split.sum() == 25
    assert not torch.equal(split, random_half(problem, 4))
    result = train(problem, replace(HYBRID, descent_steps=200, polish_rounds=0), m=30, seed=3, data="half")
    last = result.history[-1]
    u, w = result.network.numpy()
    margins = reference.margins(problem, reference.logits(u, w))
    mass = reference.network_norm(u, w) ** 3 * problem.gamma
    chosen = split.numpy() > 0
    assert last["train_margin"] == pytest.approx(margins[chosen].min() / mass)
    assert last["test_margin"] == pytest.approx(margins[~chosen].min() / mass)
    assert last["margin"] == pytest.approx(min(last["train_margin"], last["test_margin"]))
    assert last["train_accuracy"] == 1
    assert last["test_accuracy"] == pytest.approx((margins[~chosen] > 0).mean())


def test_history_is_ordered_and_strict_json():
    import json

    history = train(Task.cyclic(2, 5), HYBRID).history
    stages = ["start", "descent", "polish"]
    steps = [(stages.index(record["phase"]), record["step"]) for record in history]
    assert steps == sorted(steps)
    assert {stage for stage, _ in steps} == {0, 1, 2}
    json.dumps(history, allow_nan=False)
    assert all(np.isfinite(record["margin"]) for record in history)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"m": 0}, "m must be at least 1; got 0"),
        ({"seed": -1}, "seed must be at least 0; got -1"),
        ({"penalty": 0.0}, "lambda must lie between 0 and"),
        ({"penalty": 1.0}, r"beyond which 0 is optimal; got 1\.0"),
        ({"penalty": float("nan")}, "got nan"),
        ({"target": 1.0}, "target must lie strictly between 0 and 1"),
        ({"data": "third"}, "full or half; got 'third'"),
    ],
)
def test_unusable_settings_are_refused(change, message):
    problem = Task.cyclic(2, 5)
    settings = {"m": 8, "seed": 0, "penalty": 0.1 * problem.gamma, "target": 0.9, "data": "full"} | change
    with pytest.raises(InputError, match=message):
        require_settings(problem, **settings)


def test_recipes_and_devices_by_name():
    assert set(RECIPES) >= {"hybrid", "adam"}
    with pytest.raises(InputError, match=r"hybrid, adam.*got 'best'"):
        load_recipe("best")
    with pytest.raises(InputError, match="auto, cpu or cuda; got 'tpu'"):
        choose_device("tpu")
    if not torch.cuda.is_available():
        assert choose_device("auto") == "cpu"
        with pytest.raises(InputError, match="needs a GPU"):
            choose_device("cuda")


def test_small_steps_stay_on_one_thread(monkeypatch):
    monkeypatch.setattr("torch.get_num_threads", lambda: 3)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: range(2))
    assert choose_threads(Task.cyclic(2, 23), 176) == 1
    assert choose_threads(Task.cyclic(3, 61), 10**5) == 2


def test_without_class_weights_the_margin_is_the_one_predicted_for_the_plain_loss():
    """S3 at lambda = gamma*/5: 0.908 gamma*, where the class-weighted loss goes on to the maximum."""
    from theory.groups import load_group
    from theory.groups.regularisation import predict_group

    problem = Task.of_group(2, "S3")
    recipe = replace(load_recipe("plain"), descent_steps=600)
    result = train(problem, recipe, m=72)
    predicted = predict_group(load_group("S3"), 2, recipe.ratio * problem.gamma).margin / problem.gamma
    assert result.margin == pytest.approx(predicted, abs=0.005)
    weighted = train(problem, replace(recipe, weighted=True), m=72)
    assert weighted.margin > predicted + 0.05
