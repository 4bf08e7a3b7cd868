"""What Ding24's studies share, and their verdicts on planted numbers: they must be able to say no."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics.models.embedding_mlp import EmbeddingMLP, snapshot
from numerics.studies import ding24_circles, ding24_frozen, ding24_gradient, ding24_ode, ding24_reinit
from numerics.studies.ding24 import Settings, SplitPairs, spaced, strengths, train
from numerics.studies.study import Found
from theory.errors import InputError

TINY = Settings(p=7, d=4, steps=12, width=9, precision="float64")


def run(folder, settings=TINY, **options):
    return train(settings, 0, folder, measure=strengths, at=lambda step: True, **options)


def grades(study, size, numbers):
    return [claim.grade for claim in study.claims(size, Found(numbers))]


def test_the_history_of_a_run_is_that_of_shorter_runs(tmp_path):
    """On the CPU the published snapshots are views: they show what the embedding became later."""
    _, history = run(tmp_path / "long")
    for steps in (0, 1, 5):
        model, short = run(tmp_path / f"{steps}", replace(TINY, steps=steps))
        assert short[-1] == history[steps]
        assert strengths(model, steps)["signals"] == history[steps]["signals"]
    assert len({tuple(record["signals"]) for record in history}) == 13


def test_a_frozen_embedding_stays_and_a_given_one_is_where_it_starts(tmp_path):
    model, _ = run(tmp_path / "frozen", frozen=True)
    assert np.array_equal(snapshot(model), snapshot(EmbeddingMLP(7, 4, 9)))
    given = np.ones((7, 4))
    _, history = run(tmp_path / "given", embedding=given)
    assert history[0]["signals"] == [0.0, 0.0, 0.0]
    with pytest.raises(InputError, match="must keep its settings: start"):
        run(tmp_path / "given", embedding=2 * given)


def test_records_without_scores_still_end_with_one(tmp_path):
    _, history = run(tmp_path / "run", scored=lambda step: False)
    assert ["test_loss" in record for record in history] == [False] * 12 + [True]


def test_scores_use_the_chosen_pairs_and_embedding():
    model, pairs = EmbeddingMLP(7, 4, 9), SplitPairs(7, 0.8, 0)
    parts = [pairs.score(model, chosen) for chosen in (pairs.train, pairs.test)]
    weights = np.array([39, 10]) / 49
    assert pairs.score(model) == pytest.approx(weights @ np.array(parts))
    assert pairs.score(model, embedding=snapshot(model)) == pairs.score(model)
    assert pairs.score(model, embedding=np.zeros((7, 4)))[1] == pytest.approx(1 / 7), "every pair looks the same"
    assert float(pairs.loss(model).detach()) == pairs.score(model)[0]
    assert torch.equal(model.embedding, EmbeddingMLP(7, 4, 9).embedding)


def test_settings_say_what_the_paper_states():
    rows = {row["name"]: row for row in replace(Settings(), steps=10).listed()}
    assert not rows["steps"]["stated"]
    assert "30000" in rows["steps"]["note"]
    assert rows["weight_decay"] == {"name": "weight_decay", "value": 0.5, "stated": True, "note": ""}
    assert not rows["initial"]["stated"]


def test_records_are_spaced_by_a_constant_factor():
    steps = np.array([step for step in range(10_001) if spaced(step)])
    assert steps[0] == 0
    assert steps[-1] == 10_000
    assert (np.diff(steps[steps > 50]) / steps[steps > 50][:-1] < 0.15).all()
    assert len(steps) < 90


def circles_row(losses, accuracies, survivors=(11, 8, 25)):
    ablated = [
        {"kept": list(survivors[:n]), "loss": loss, "accuracy": accuracy}
        for n, (loss, accuracy) in enumerate(zip(losses, accuracies, strict=True), 1)
    ]
    return {"survivors": list(survivors), "circularity": [0.99] * 3, "ablated": ablated}


def test_verdicts_on_circles():
    good = circles_row((3.0, 1.0, 0.01), (0.1, 0.6, 1.0))
    size = ding24_circles.SIZES["cpu"]
    assert grades(ding24_circles, size, {"runs": [good]}) == ["reproduced"] * 6
    bad = circles_row((0.1, 0.1, 2.0), (1.0, 1.0, 0.3), (1, 2, 3)) | {"circularity": [0.5] * 3}
    assert grades(ding24_circles, size, {"runs": [bad]}) == ["reproduced", "not", "not", "not", "not", "not"]


def reinit_rows(survivors, losses, learned):
    started = {"O": [], "A": [5], "B": [5, 3], "C": [1], "D": [1, 2]}
    return [
        {"experiment": name, "seed": 0, "started_from": started[name], "survivors": survivors[name],
         "learned_at": learned[name], "history": [{"step": 9, "test_loss": losses[name]}]}
        for name in started
    ]  # fmt: skip


def test_verdicts_on_starting_again():
    size = ding24_reinit.SIZES["smoke"]
    fast = dict(zip("OABCD", (300, 500, 100, 600, 700), strict=True))
    good = {"O": [5, 3, 2, 1], "A": [5, 3, 2, 1], "B": [3, 5], "C": [1, 2, 4], "D": [1, 2, 4]}
    rows = reinit_rows(good, dict.fromkeys("OABCD", 1e-7), fast)
    assert grades(ding24_reinit, size, {"runs": rows}) == ["reproduced"] * 5
    bad = {name: [6] for name in "OABCD"}
    slow = fast | {"B": None}
    rows = reinit_rows(bad, dict.fromkeys("OABCD", 1.0), slow)
    assert grades(ding24_reinit, size, {"runs": rows}) == ["not"] * 5


def test_verdicts_on_frozen_embeddings():
    size = replace(ding24_frozen.SIZES["full"], dimensions=(16, 48, 59, 128), looks=(500,))
    for losses, expected in (
        ((9.0, 8.0, 0.5, 0.1), ["reproduced", "not"]),
        ((9.0, 0.6, 0.7, 0.65), ["partly", "not"]),
        ((0.4, 0.9, 0.8, 0.9), ["not", "reproduced"]),
    ):
        rows = [
            {"d": d, "seed": 0, "history": [{"step": 500, "test_loss": loss}]}
            for d, loss in zip(size.dimensions, losses, strict=True)
        ]
        assert grades(ding24_frozen, size, {"runs": rows}) == expected


def test_verdicts_on_first_gradients():
    size, generator = ding24_gradient.SIZES["cpu"], np.random.default_rng(0)
    points = np.stack([85 + 3 * generator.normal(size=240), 1e-3 * generator.normal(size=240)], axis=1)
    telling = points[:, 0] / 3 + points[:, 1] / 1e-3 > 30
    for survived, expected in (
        (telling, ["partly", "reproduced"]),  # the scaled machine alone sees the gradient
        (generator.random(240) < 0.16, ["not", "not"]),
    ):
        assert grades(ding24_gradient, size, ding24_gradient.told(points, survived))[1:] == expected
    assert grades(ding24_gradient, size, ding24_gradient.told(points, np.zeros_like(telling))) == ["not"]


def test_verdicts_on_the_linear_law():
    size = replace(ding24_ode.SIZES["smoke"], seeds=1)
    steps = np.arange(0, 1001, 10)
    gradient = np.stack([steps, np.exp(-((np.log(steps + 1) - np.log(101)) ** 2) * 2)], axis=1).tolist()
    fits = {"r2": 0.99, "nonzero": 0.1, "helping": 0.05, "harming": 0.05, "solution_r2_by_frequency": [0.9]}
    row = {"gradient": gradient, "least squares": fits, "Lasso": fits}
    apart = {name: [0.3] for name in ding24_ode.FITS}
    judged = [name for name in grades(ding24_ode, size, {"runs": [row], "control": apart}) if name != "measured"]
    assert judged == ["reproduced"] * 6
    same = {name: [0.99] for name in ding24_ode.FITS}
    bad = fits | {"r2": 0.1, "nonzero": 0.9, "solution_r2_by_frequency": [0.1]}
    rows = [row | {"least squares": bad, "Lasso": bad, "gradient": [[0, 1.0], [10, 2.0], [20, 1.5]]}]
    judged = [name for name in grades(ding24_ode, size, {"runs": rows, "control": same}) if name != "measured"]
    assert judged == ["not"] * 6
