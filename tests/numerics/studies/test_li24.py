"""Li24's studies: what counts as a gap, what censored runs say, verdicts on planted numbers, prolonged runs."""

import numpy as np
import pytest
import torch

from numerics.analysis.plane_waves import plane_wave
from numerics.models.transformer import AttentionLayer
from numerics.studies.li24_attention import FIGURES, _heads, beyond, claims
from numerics.studies.li24_grokking import SIZES, _row, _weakening, gap
from numerics.studies.li24_training import Data, Recipe, train
from numerics.studies.study import Found


def history(train_at, test_at, end=100):
    return [
        {"step": step, "train_accuracy": 1.0 * (train_at <= step), "test_accuracy": 1.0 * (test_at <= step)}
        for step in range(0, end + 1, 10)
    ]


def test_the_gap_and_what_is_censored():
    assert gap(history(20, 70)) == {"train": 20, "test": 70, "gap": 50, "updates": 100}
    assert gap(history(20, 200)) == {"train": 20, "test": None, "gap": None, "updates": 100}
    assert gap(history(200, 200))["train"] is None
    almost = [{"step": 0, "train_accuracy": 0.98, "test_accuracy": 0.98}]
    assert gap(almost)["gap"] is None
    assert gap(almost, 0.95)["gap"] == 0


def rows_of(*gaps):
    """Rows for k = 2, 3, ... with (train, test) of two seeds each."""
    plan = SIZES["smoke"].plans[0]
    return plan, [_row(plan, k, 5, [history(*pair) for pair in pairs], 0.5) for k, pairs in enumerate(gaps, 2)]


def test_a_censored_run_is_a_lower_bound_and_not_dropped():
    _, [row] = rows_of([(20, 50), (20, 500)])
    assert row["gap"] is None
    assert row["censored"] == 1
    assert row["gap_at_least"] == (30 + 80) / 2
    _, [row] = rows_of([(500, 500), (20, 50)])
    assert row["never_memorised"] == 1
    assert row["gap"] is None


@pytest.mark.parametrize(
    ("gaps", "verdict"),
    [
        ([[(10, 80), (10, 90)], [(10, 20), (10, 20)]], "reproduced"),
        ([[(10, 80), (10, 200)], [(10, 20), (10, 20)]], "partly"),  # censored: no interval
        ([[(10, 80), (10, 90)], [(10, 90), (10, 100)]], "not"),
        ([[(10, 20), (10, 20)], [(10, 200), (10, 200)]], "not"),
        ([[(10, 80), (10, 90)], [(10, 200), (10, 200)]], "not"),  # the last may be anything
        ([[(500, 500)] * 2, [(10, 20), (10, 20)]], "not"),
    ],
)
def test_verdicts_on_planted_gaps(gaps, verdict):
    assert _weakening(*rows_of(*gaps)).grade == verdict


@pytest.mark.parametrize(("planted", "verdict"), [(1.0, "reproduced"), (0.4, "partly"), (0.0, "not")])
def test_verdicts_on_planted_heads(planted, verdict):
    generator = np.random.default_rng(0)
    before = generator.normal(size=(32, 11, 11))
    after = before + 9 * plane_wave(11, 2, 3) * (np.arange(32) < 32 * planted)[:, None, None]
    run = {"label": "ours", "before": _heads(before), "after": _heads(after), "beyond": beyond(after, before)}
    _, found, _, above = claims(FIGURES[3]["cpu"], Found({"runs": [run, run]}))
    assert found.grade == above.grade == verdict
    assert found.ours["one_peaked"] == round(32 * planted + 0.4)


def weights_after(updates, folder=None):
    data = Data(2, 7, "inputs", 0, 100, "cpu")
    layer = AttentionLayer(7, 3, 4)
    train(layer, layer.tabulated, data, Recipe(updates, batch=8), seed=0, every=5, folder=folder)
    return torch.cat([x.detach().flatten() for x in layer.parameters()])


def test_a_prolonged_run_is_the_longer_run(tmp_path):
    weights_after(10, tmp_path / "run")
    assert torch.equal(weights_after(20, tmp_path / "run"), weights_after(20))
    assert not torch.equal(weights_after(20), weights_after(10))


def test_the_parts_of_the_data():
    data = Data(3, 5, "inputs", 1, 1000, "cpu")
    inside = {tuple(sorted(x)) for x in data.inputs[data.train].tolist()}
    for name, known in (("train", True), ("fresh", False)):
        assert all((tuple(sorted(x)) in inside) is known for x in data.inputs[data.parts[name]].tolist())
    assert data.given_away == pytest.approx(1 - len(data.parts["fresh"]) / len(data.parts["test"]))
    perfect = torch.eye(5)
    assert data.accuracies(lambda x: perfect[x.sum(dim=1) % 5]) == {
        "train_accuracy": 1, "test_accuracy": 1, "fresh_accuracy": 1,
    }  # fmt: skip
