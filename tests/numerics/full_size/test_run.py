"""A whole run: its stages in the history, its interruptions, its starved starts, and when it is chosen."""

import itertools
from dataclasses import replace

import pytest

from numerics.checkpoint import RunFolder
from numerics.full_size.road import FullSize, applies, worth_it
from numerics.full_size.run import FullSizeRun
from numerics.launch import train
from numerics.training import Result
from theory.errors import Interrupted
from theory.network_file import load_network
from theory.task import Task, normalised_margin

ROAD = FullSize(descent_rounds=2)


def _run(k=2, p=11, m=80, seed=0, target=0.9999, road=ROAD, **more) -> Result:
    task = Task.cyclic(k, p)
    return FullSizeRun(task, road, m, seed, 0.2 * task.gamma, target, **more)()


@pytest.mark.parametrize(("k", "p", "m"), [(2, 11, 80), (3, 7, 192)])
def test_the_stages_and_the_margin_over_every_input(k, p, m):
    result, task = _run(k, p, m), Task.cyclic(k, p)
    assert [stage for stage, _ in itertools.groupby(record["phase"] for record in result.history)] == [
        "start", "descent", "polish"]  # fmt: skip
    network = result.network.numpy()
    assert normalised_margin(task, *network) / task.gamma == pytest.approx(result.margin, rel=1e-10)
    assert 0.9999 <= result.margin <= 1 + 1e-12
    assert result.history[-1]["relative_gradient"] < 0.1


def test_no_polish_where_the_descent_is_enough():
    result = _run(road=FullSize(), target=0.9)
    assert result.history[-1]["phase"] == "descent"
    assert result.history[-1]["margin_over"] == "every input"
    assert normalised_margin(Task.cyclic(2, 11), *result.network.numpy()) > 0.9 * Task.cyclic(2, 11).gamma


def test_stopped_after_every_step_it_ends_with_the_same_weights(tmp_path):
    whole, path = _run(3, 5, 96), tmp_path / "run"
    for _ in range(30):
        with RunFolder(path).open({}, resume=True) as folder:
            try:
                result = _run(3, 5, 96, folder=folder, should_stop=lambda: True)
                break
            except Interrupted:
                continue
    assert result.network.u.equal(whole.network.u)
    assert result.network.w.equal(whole.network.w)
    assert result.history == whole.history


def test_a_starved_start_is_passed_over_and_said():
    """At 36 neurons, six above the least, most seeds starve a frequency: known before any descent."""
    history = _run(2, 11, 36, target=0.99).history
    starts = [record for record in history if record["phase"] == "start"]
    assert len(starts) > 1
    assert all(record["starved"] for record in starts[:-1])
    assert not starts[-1]["starved"]
    assert [record["seed"] for record in starts] == list(range(len(starts)))


def test_without_tries_a_starved_start_misses_the_target():
    """The prediction of the width theorem comes true."""
    result = _run(2, 11, 36, road=replace(ROAD, tries=1))
    assert result.history[0]["starved"]
    assert result.margin < 0.999


@pytest.mark.parametrize(
    ("k", "p", "m", "chosen"),
    [(2, 71, 500, True), (3, 97, 1536, True), (2, 23, 176, False), (3, 7, 192, False), (4, 9, 10**4, False)],
)
def test_the_way_is_picked_by_cost_and_by_where_the_theory_holds(k, p, m, chosen):
    assert worth_it(Task.cyclic(k, p), m) == chosen
    assert not applies(Task.cyclic(3, 9))


@pytest.mark.parametrize(("target", "stage"), [(0.9, "descent"), (0.9999, "polish")])
def test_the_network_file_says_by_which_stage_it_was_reached(tmp_path, target, stage):
    road = FullSize() if stage == "descent" else ROAD
    result = train(Task.cyclic(2, 11), road, m=80, target=target, out=tmp_path / "run")
    metadata = load_network(tmp_path / "run" / "network.safetensors").metadata
    assert metadata["stage"] == stage
    free = [record["margin"] for record in result.history if record["phase"] == "descent"]
    assert float(metadata["descent_margin"]) == free[-1]
    assert float(metadata["relative_gradient"]) == result.history[-1]["relative_gradient"] < 1
