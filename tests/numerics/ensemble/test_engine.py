"""An ensemble's members train as if alone: equal to torch's Adam, to any batch, to any kill and resumption."""

import pytest
import torch

from numerics.ensemble.engine import Adam, Calm, Records, autograd, gaussian, members_within, train
from theory.errors import InputError, Interrupted

MEMBERS, SHAPE = 7, (3, 4)
EXACT = {"rtol": 0, "atol": 0}


def losses(parameters, data):
    """Quartic wells, elementwise: rounding cannot depend on the batch."""
    x, y = parameters["x"], parameters["y"]
    return 1 + ((x**2 - data["goal"]) ** 2).sum((1, 2)) / 4 + (y - 1).square().sum(1) * data["weight"]


GRADIENT = autograd(losses)


def ensemble(seeds=range(MEMBERS)):
    seeds = list(seeds)
    x = gaussian(seeds, (*SHAPE,), 1.0)
    goal = 0.5 + torch.tensor(seeds, dtype=torch.float64)[:, None, None] / 10
    weight = 1 + torch.tensor(seeds, dtype=torch.float64)
    return {"x": x, "y": gaussian(seeds, (2,), 1.0)}, {"goal": goal, "weight": weight}


def optimiser(seeds=range(MEMBERS)):
    seed = torch.tensor(list(seeds), dtype=torch.float64)
    return Adam(rate=0.01 * (1 + seed), decay=0.1 * (seed % 3))


def run(seeds=range(MEMBERS), **settings):
    seeds = list(seeds)
    parameters, data = ensemble(seeds)
    settings = {"optimiser": optimiser(seeds), "updates": 150} | settings
    return train(GRADIENT, parameters, data, **settings)


def equal(one, other, rows=slice(None)):
    for name, x in one.parameters.items():
        torch.testing.assert_close(x, other.parameters[name][rows], **EXACT)
    for name in ("loss", "updates", "converged"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name)[rows], **EXACT)
    for name, x in one.history.items():
        torch.testing.assert_close(x, other.history[name][rows], equal_nan=True, **EXACT)


@pytest.mark.parametrize("seed", [0, 1, 5])
def test_a_member_trains_as_torch_would(seed):
    found = run()
    parameters, data = ensemble([seed])
    leaves = {name: x[0].clone().requires_grad_() for name, x in parameters.items()}
    adam = torch.optim.AdamW(leaves.values(), lr=0.01 * (1 + seed), weight_decay=0.1 * (seed % 3))
    for _ in range(150):
        adam.zero_grad()
        losses({name: x[None] for name, x in leaves.items()}, data).sum().backward()
        adam.step()
    for name, x in leaves.items():
        torch.testing.assert_close(found.parameters[name][seed], x.detach(), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(found.loss, losses(found.parameters, ensemble()[1]), **EXACT)


RULE = {"rule": Calm(1e-3, 20), "updates": 500}


@pytest.mark.parametrize("settings", [{}, RULE], ids=["fixed", "rule"])
def test_any_batch_gives_the_same_members(settings):
    whole = run(**settings)
    equal(run(batch=3, **settings), whole)
    for seed in (0, 4):
        equal(run([seed], **settings), whole, slice(seed, seed + 1))


def test_a_member_rests_after_its_own_calm_updates():
    """The rule again, from the whole path of losses and weights."""
    at = tuple(range(RULE["updates"]))

    def measure(parameters, data):
        return {
            "x": parameters["x"].flatten(1),
            "y": parameters["y"],
            "loss": losses(parameters, data),
        }

    found = run(records=Records(at, measure), **RULE)
    assert found.converged.all()
    assert len(set(found.updates.tolist())) > 3
    for member in range(MEMBERS):
        last = int(found.updates[member])
        theta = torch.cat([found.history["x"][member], found.history["y"][member]], dim=1)[:last]
        theta = torch.cat([theta, torch.cat([found.parameters[n][member].flatten() for n in ("x", "y")])[None]])
        loss = torch.cat([found.history["loss"][member][:last], found.loss[member : member + 1]])
        calm = (loss.diff().abs() <= 1e-3 * loss[:-1]) & (
            theta.diff(dim=0).norm(dim=1) <= 1e-3 * theta[:-1].norm(dim=1)
        )
        runs, longest = 0, []
        for one in calm.tolist():
            runs = runs + 1 if one else 0
            longest.append(runs)
        assert longest[-1] == 20
        assert max(longest[:-1]) < 20
        assert found.history["loss"][member][last:].isnan().all()


def test_records_and_leaving_by_a_measured_value():
    records = Records((0, 10, 50), lambda p, d: {"loss": losses(p, d)}, lambda values: values["loss"] < 5)
    found = run(records=records)
    start = losses(*ensemble())
    torch.testing.assert_close(found.history["loss"][:, 0], start, **EXACT)
    left = found.history["loss"][:, 0] < 5
    left_later = ~left & (found.history["loss"][:, 1] < 5)
    assert found.updates[left].eq(0).all()
    assert found.updates[left_later].eq(10).all()
    assert not found.converged.any()
    assert {0, 10, 50, 150} >= set(found.updates.tolist())


@pytest.mark.parametrize("settings", [{}, RULE | {"batch": 4}], ids=["fixed", "rule"])
@pytest.mark.parametrize("kills", [(3,), (60, 1, 40)])
def test_killed_and_resumed_is_the_same(tmp_path, settings, kills):
    records = {"records": Records((0, 30, 120), lambda p, d: {"loss": losses(p, d)})}
    whole = run(**records, **settings)
    for kill in kills:
        asked = iter(range(10**9))
        with pytest.raises(Interrupted):
            run(folder=tmp_path / "e", should_stop=lambda a=asked, k=kill: next(a) == k - 1, **records, **settings)
    equal(run(folder=tmp_path / "e", **records, **settings), whole)
    # A finished ensemble is read, not trained again.
    equal(run(folder=tmp_path / "e", should_stop=lambda: True, **records, **settings), whole)


def test_a_state_of_another_run_is_refused(tmp_path):
    run(folder=tmp_path, updates=5, config={"group": "C5"})
    with pytest.raises(InputError, match="must keep its settings: updates was 5; got 6"):
        run(folder=tmp_path, updates=6, config={"group": "C5"})
    with pytest.raises(InputError, match="must keep its settings: config"):
        run(folder=tmp_path, updates=5, config={"group": "C7"})
    (tmp_path / "ensemble.safetensors").write_bytes(b"no state")
    with pytest.raises(InputError, match="must be a checkpoint"):
        run(folder=tmp_path, updates=5, config={"group": "C5"})


def test_unequal_members_are_refused():
    parameters, data = ensemble()
    with pytest.raises(InputError, match="one row per member; got \\[3, 7\\] rows"):
        train(GRADIENT, parameters, data | {"weight": data["weight"][:3]}, optimiser=Adam(), updates=1)


def test_seeds_mean_the_same_everywhere():
    together = gaussian([3, 1, 2], (4, 5), 0.5)
    torch.testing.assert_close(together[1], gaussian([1], (4, 5), 0.5)[0], **EXACT)
    assert gaussian([1], (4,), 1.0, dtype=torch.float32).dtype == torch.float32


def test_memory_decides_the_batch():
    assert members_within(1000, 300) == 3
    with pytest.raises(InputError, match="must hold one member"):
        members_within(100, 300)
