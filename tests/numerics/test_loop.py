"""The loop: resuming is bitwise exact for every optimiser and precision, and refuses what is not the same run."""

import pytest
import torch
from torch import nn

from numerics.checkpoint import RunFolder, load_sealed, save_sealed
from numerics.loop import STAGE, fit
from theory.errors import InputError, Interrupted

STEPS = 40


def adamw(parameters):
    return torch.optim.AdamW(parameters, lr=0.01, weight_decay=0.1)


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.05)


def momentum(parameters):
    return torch.optim.SGD(parameters, lr=0.05, momentum=0.9, nesterov=True)


OPTIMISERS = {"adamw": adamw, "sgd": sgd, "momentum": momentum}


def run(folder=None, *, optimiser=adamw, dtype=torch.float64, hidden=6, **options):
    """A small network on noisy minibatches, with an unused parameter; final weights and the fit."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, 2)).to(dtype)
    model.unused = nn.Parameter(torch.ones(2, dtype=dtype))
    x = torch.randn(64, 3, dtype=dtype, generator=torch.Generator().manual_seed(1))
    y = (x[:, 0] * x[:, 1] > 0).long()

    def loss(step):
        generator = torch.Generator().manual_seed(1000 + step)
        chosen = torch.randint(64, (16,), generator=generator)
        noise = 0.1 * torch.randn(16, 3, dtype=dtype, generator=generator)
        return nn.functional.cross_entropy(model(x[chosen] + noise), y[chosen])

    def measure(step):
        return {"size": float(sum(p.square().sum() for p in model.parameters()))}

    settings = {"steps": STEPS, "measure": measure, "at": lambda step: step % 7 == 0, "schedule": lambda step: step / 9}
    result = fit(model, optimiser(model.parameters()), loss, folder=folder, **(settings | options))
    return model.state_dict(), result


def killed(folder, after, **options):
    """The same run, asked to stop after so many updates of this process."""
    done = []

    def should_stop():
        done.append(1)
        return len(done) >= after

    with pytest.raises(Interrupted):
        run(folder, should_stop=should_stop, **options)


def assert_equal(left, right):
    assert list(left) == list(right)
    assert all(torch.equal(left[name], right[name]) for name in left)


@pytest.mark.parametrize("optimiser", OPTIMISERS.values(), ids=list(OPTIMISERS))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
def test_resuming_is_bitwise_exact(tmp_path, optimiser, dtype):
    options = {"optimiser": optimiser, "dtype": dtype}
    whole, undisturbed = run(**options)
    for after in (1, 12, 20):
        killed(tmp_path / "run", after, **options)
    weights, result = run(tmp_path / "run", **options)
    assert_equal(weights, whole)
    assert result.history == undisturbed.history
    assert result.step == STEPS


def test_a_kill_without_warning_loses_no_more_than_the_last_checkpoint(tmp_path):
    class Killed(BaseException):
        pass

    def kill(done, planned):
        if done == 23:
            raise Killed

    with pytest.raises(Killed):
        run(tmp_path / "run", progress=kill, checkpoint_seconds=-1.0)
    state = RunFolder(tmp_path / "run").load()
    assert state is not None
    assert state.step == 22
    assert_equal(run(tmp_path / "run")[0], run()[0])


def test_records_are_at_the_asked_steps_and_at_the_end():
    _, result = run()
    assert [record["step"] for record in result.history] == [0, 7, 14, 21, 28, 35, 40]
    assert result.stopped is None


def test_a_reason_ends_the_run_and_a_finished_run_stays_finished(tmp_path):
    def stop(history):
        return "enough" if len(history) == 4 else None

    weights, result = run(tmp_path / "run", stop=stop)
    assert (result.step, result.stopped) == (21, "enough")
    again, second = run(tmp_path / "run", stop=stop)
    assert_equal(weights, again)
    assert (second.history, second.stopped) == (result.history, "enough")


def test_the_schedule_scales_the_rates_and_leaves_them_as_they_were():
    still, _ = run(schedule=lambda step: 0.0, optimiser=sgd)
    initial, _ = run(steps=0)
    assert torch.equal(still["0.weight"], initial["0.weight"])
    model = nn.Linear(1, 1)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    fit(model, optimiser, lambda step: model(torch.ones(1, 1)).sum(), steps=3, measure=lambda step: {},
        at=lambda step: False, schedule=lambda step: 0.1)  # fmt: skip
    assert optimiser.param_groups[0]["lr"] == 0.5


def test_tied_weights_can_be_kept(tmp_path):
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Linear(2, 2)
            self.two = nn.Linear(2, 2)
            self.two.weight = self.one.weight

    model = Tied()
    optimiser = torch.optim.Adam(model.parameters())
    fit(model, optimiser, lambda step: model.two(model.one(torch.ones(1, 2))).sum(), steps=2, folder=tmp_path / "run",
        measure=lambda step: {}, at=lambda step: False)  # fmt: skip
    assert RunFolder(tmp_path / "run").load().step == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"hidden": 7}, r"model/0.bias must be float64 \(7,\).*got float64 \(6,\)"),
        ({"dtype": torch.float32}, "must be float32"),
        ({"optimiser": sgd}, "optimiser/1/exp_avg must be absent"),
        ({"config": {"seed": 2}}, "must keep its settings: seed"),
        ({"steps": 3}, "must not be past its end, 3"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_in_one_line(tmp_path, options, told):
    killed(tmp_path / "run", 5, config={"seed": 1})
    with pytest.raises(InputError, match=told) as refused:
        run(tmp_path / "run", **({"config": {"seed": 1}} | options))
    assert "\n" not in str(refused.value)


def test_a_checkpoint_that_lost_a_moment_or_is_of_another_stage_is_refused(tmp_path):
    killed(tmp_path / "run", 5)
    path = RunFolder(tmp_path / "run").state_path
    summary, tensors = load_sealed(path)
    lost = {name: x for name, x in tensors.items() if name != "optimiser/1/exp_avg_sq"}
    save_sealed(path, summary, lost)
    with pytest.raises(InputError, match=r"optimiser/1/exp_avg_sq must be .*got absent"):
        run(tmp_path / "run")
    save_sealed(path, summary | {"stage": "polish"}, tensors)
    with pytest.raises(InputError, match=f"must be in the stage {STAGE}"):
        run(tmp_path / "run")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), torch.ones(1), {1, 2}])
def test_a_record_that_json_cannot_hold_is_named(value):
    with pytest.raises(InputError, match="record of step 0 must be finite JSON"):
        run(measure=lambda step: {"loss": value})


def test_a_forgotten_moment_would_be_seen(tmp_path, monkeypatch):
    """The planted fault: a run resumed without the optimiser's state ends elsewhere."""
    killed(tmp_path / "run", 12)
    monkeypatch.setattr(torch.optim.Optimizer, "load_state_dict", lambda self, state: None)
    with pytest.raises(AssertionError):
        assert_equal(run(tmp_path / "run")[0], run()[0])
