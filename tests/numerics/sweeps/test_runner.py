"""Sweeps: rows are those of a plain training loop; the table is the same whatever was interrupted, here and on Ray."""

import itertools
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from numerics.checkpoint import locked
from numerics.ensemble.engine import gaussian
from numerics.selection.observables import irrep_fractions, neuron_powers
from numerics.sweeps.cell import run_cell
from numerics.sweeps.plan import plan_of
from numerics.sweeps.runner import _require_answer, cluster, run_sweep
from numerics.sweeps.table import SCHEMA, SweepFolder
from theory.errors import InputError, Interrupted
from theory.groups import load_group
from theory.task import logits

SMALL = {"seeds": 3, "group": ["C5", "S3"], "activation": ["power", "relu"], "width": 3, "updates": 12, "rate": 0.01}


def fake(cell, *folder, **how):
    """Rows without training: what tests of the folder need."""
    row = {"finite": True, "converged": False, "updates_made": cell.updates, "same_frequency": False}
    row |= {"spectral_count": 1, "key_set": ["1"], "component_counts": [1, 0], "fractions": [cell.penalty, 0.5]}
    row |= dict.fromkeys(("loss", "norm", "accuracy", "largest_logit", "explained", "multiplicity"), cell.width / 3)
    return [row | {"seed": seed} for seed in cell.every_seed]


def tables(folder: Path) -> bytes:
    return (folder / "table.parquet").read_bytes()


def by_a_plain_loop(cell, seed: int) -> dict[str, object]:
    """One network by torch's own optimiser and automatic differentiation, measured by enumeration."""
    n, group = cell.order, load_group(cell.group)
    theta = gaussian([seed], (cell.width, 3, n), cell.scale)[0].requires_grad_()
    optimiser = torch.optim.AdamW([theta], lr=cell.rate, weight_decay=cell.decay)

    def outputs() -> torch.Tensor:
        z = theta[:, 0, :, None] + theta[:, 1, None, :]
        return torch.einsum("mab,mc->abc", z**2 if cell.activation == "power" else z.relu(), theta[:, 2])

    def loss() -> torch.Tensor:
        ce = torch.nn.functional.cross_entropy(outputs().reshape(-1, n), torch.tensor(group.table.ravel()).long())
        return ce + cell.penalty * (theta.square().sum((1, 2)) ** (cell.penalty_power / 2)).sum()

    for _ in range(cell.updates):
        optimiser.zero_grad()
        loss().backward()
        optimiser.step()
    found = outputs().detach().numpy()
    if cell.activation == "power":
        u, w = theta.detach()[:, :2].numpy(), theta.detach()[:, 2].numpy()
        np.testing.assert_allclose(found, logits(u, w), atol=1e-12)
    return {
        "loss": loss().item(),
        "norm": theta.norm().item(),
        "accuracy": float((found.argmax(-1) == group.table).mean()),
        "largest_logit": np.abs(found - found.mean(axis=-1, keepdims=True)).max(),
        "fractions": irrep_fractions(found, group),
        "multiplicity": neuron_powers(theta.detach().numpy(), group).multiplicity(),
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"group": "C5", "penalty": 1e-2},
        {"group": "S3", "activation": "relu", "decay": 0.5},
        {"group": "Q8", "penalty": 0.1, "penalty_power": 3, "scale": 0.7},
    ],
)
def test_a_row_is_what_a_plain_loop_finds(settings):
    (cell,) = plan_of({"seeds": 3, "first_seed": 4, "width": 5, "updates": 60, "rate": 0.02} | settings).cells
    rows = run_cell(cell)
    assert [row["seed"] for row in rows] == [4, 5, 6]
    for i in range(3):
        for name, value in by_a_plain_loop(cell, 4 + i).items():
            np.testing.assert_allclose(rows[i][name], value, rtol=1e-9, atol=1e-12, err_msg=name)


def test_networks_of_three_inputs():
    (cell,) = plan_of({"p": 3, "k": 3, "width": 4, "seeds": 2, "updates": 3}).cells
    theta = gaussian([0], (4, 4, 3), cell.scale)[0].numpy()
    (start,) = plan_of({"p": 3, "k": 3, "width": 4, "seeds": 1, "updates": 1, "rate": 1e-12}).cells
    fractions = irrep_fractions(logits(theta[:, :3], theta[:, 3]), load_group("C3"), 3)
    np.testing.assert_allclose(run_cell(start)[0]["fractions"], fractions, rtol=1e-6)
    assert len(run_cell(cell)) == 2


def test_a_network_that_diverges_has_a_row_without_observables(tmp_path):
    plan = plan_of({"group": "C3", "width": 2, "seeds": 2, "updates": 40, "rate": 900, "decay": 900, "k": 3})
    (row, _) = run_sweep(plan, tmp_path / "out").to_pylist()
    assert not row["finite"]
    assert not row["converged"]
    assert row["key_set"] is None
    assert row["accuracy"] is None


def test_constant_logits_are_not_accurate():
    (cell,) = plan_of({"group": "C3", "width": 2, "seeds": 1}).cells
    fractions, accuracy, largest = cell.of_logits(torch.zeros(1, 2, 3, 3, dtype=torch.float64))
    assert (fractions.tolist(), accuracy.tolist(), largest.tolist()) == ([[0.0]], [0.0], [0.0])


# ---- the folder --------------------------------------------------------------------------------------------------


def test_the_table_has_every_setting_and_one_row_per_seed(tmp_path):
    plan = plan_of(SMALL)
    table = run_sweep(plan, tmp_path / "out")
    assert table.schema.equals(SCHEMA)
    assert table.num_rows == plan.networks
    assert table.equals(pq.read_table(tmp_path / "out" / "table.parquet"))
    rows = table.to_pylist()
    assert [row["cell"] for row in rows] == [cell.key for cell in plan.cells for _ in range(3)]
    for row, (cell, seed) in zip(rows, itertools.product(plan.cells, range(3)), strict=True):
        assert (row["group"], row["activation"], row["width"], row["seed"]) == (cell.group, cell.activation, 3, seed)
    origins = pq.read_table(tmp_path / "out" / "provenance.parquet").to_pylist()
    assert [each["cell"] for each in origins] == [cell.key for cell in plan.cells]
    assert all('"torch"' in each["versions"] and each["hardware"] and each["date"] for each in origins)
    assert list((tmp_path / "out" / "running").iterdir()) == []


def test_a_finished_cell_is_never_trained_again(tmp_path):
    plan = plan_of(SMALL)
    run_sweep(plan, tmp_path / "out", run=fake)
    before = tables(tmp_path / "out")

    def never(*_, **__):
        raise AssertionError("trained again")

    run_sweep(plan, tmp_path / "out", run=never)
    assert tables(tmp_path / "out") == before


@pytest.mark.parametrize("stop_after", [1, 5, 20, 33])
def test_an_interrupted_sweep_continues_to_the_same_table(tmp_path, stop_after):
    """Stopped between updates, again and again: the state in the cell goes on, no update is made twice."""
    plan = plan_of(SMALL)
    run_sweep(plan, tmp_path / "whole")
    rounds = 0
    while True:
        rounds += 1
        asked = itertools.count()
        try:
            run_sweep(plan, tmp_path / "parts", should_stop=lambda: next(asked) >= stop_after)  # noqa: B023
            break
        except Interrupted:
            assert not (tmp_path / "parts" / "table.parquet").exists()
    assert rounds > 1
    assert tables(tmp_path / "parts") == tables(tmp_path / "whole")


def test_cells_in_any_order_give_the_same_table(tmp_path):
    plan = plan_of(SMALL)
    run_sweep(plan, tmp_path / "forward", run=fake)
    store = SweepFolder(tmp_path / "backward", plan)
    with store.claimed():
        for cell in reversed(plan.cells):
            store.save(cell, fake(cell), {"date": "2001-01-01", "seconds": 9.9})
        store.finish()
    assert tables(tmp_path / "forward") == tables(tmp_path / "backward")


def test_a_missing_cell_is_no_table(tmp_path):
    plan = plan_of(SMALL)
    store = SweepFolder(tmp_path / "out", plan)
    with store.claimed(), pytest.raises(InputError, match="must be finished"):
        store.finish()


def test_progress_ends_at_all_and_predicts_the_time(tmp_path):
    seen = []
    run_sweep(plan_of(SMALL), tmp_path / "out", run=fake, progress=seen.append)
    assert [(now.finished, now.cells) for now in seen] == [(i, 4) for i in range(5)]
    assert [now.done for now in seen] == sorted(now.done for now in seen)
    assert seen[0].left is None
    assert seen[-1].done == pytest.approx(1)
    assert seen[-1].left == pytest.approx(0)


def test_another_sweep_or_foreign_files_are_left_alone(tmp_path):
    run_sweep(plan_of(SMALL), tmp_path / "out", run=fake)
    with pytest.raises(InputError, match=r"has 4 other cell.s., and lacks 4 of this sweep's 4"):
        run_sweep(plan_of(SMALL | {"seeds": 4}), tmp_path / "out", run=fake)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="holds other files"):
        run_sweep(plan_of(SMALL), tmp_path / "mine", run=fake)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    with pytest.raises(InputError, match="parent folder must exist"):
        run_sweep(plan_of(SMALL), tmp_path / "no" / "where", run=fake)


def test_one_folder_is_one_process_s(tmp_path):
    with locked(tmp_path / "out"), pytest.raises(InputError, match="in use"):
        run_sweep(plan_of(SMALL), tmp_path / "out", run=fake)


# ---- Ray ---------------------------------------------------------------------------------------------------------


# Workers import torch afresh: half a minute on two cores, minutes where six test processes share one.
with_ray = pytest.mark.timeout(1800)


def refuses(cell, **how):
    raise InputError(f"the user must not; got {cell.key}")


def breaks(cell, **how):
    raise ZeroDivisionError("a fault of ours\nin two lines")


@pytest.fixture(scope="module")
def ray_here():
    """One cluster on this machine for all tests here: it takes seconds to start."""
    pytest.importorskip("ray")
    with cluster("local") as ray:
        yield ray


@with_ray
def test_ray_and_this_process_give_the_same_table(tmp_path, ray_here):
    plan = plan_of(SMALL | {"activation": "power"})
    run_sweep(plan, tmp_path / "here")
    seen = []
    run_sweep(plan, tmp_path / "there", ray="local", progress=seen.append)
    assert tables(tmp_path / "here") == tables(tmp_path / "there")
    assert seen[-1].done == pytest.approx(1)


@with_ray
def test_a_sweep_moves_between_here_and_ray(tmp_path, ray_here):
    """Begun here, interrupted in the second cell, finished there."""
    plan = plan_of(SMALL | {"activation": "power"})
    run_sweep(plan, tmp_path / "whole")
    asked = itertools.count()
    with pytest.raises(Interrupted):
        run_sweep(plan, tmp_path / "out", should_stop=lambda: next(asked) > SMALL["updates"] + 5)
    assert len(list((tmp_path / "out" / "cells").iterdir())) == 1
    run_sweep(plan, tmp_path / "out", ray="local")
    assert tables(tmp_path / "out") == tables(tmp_path / "whole")
    assert list((tmp_path / "out" / "running").iterdir()) == []


@with_ray
def test_what_goes_wrong_there_is_one_line_here(tmp_path, ray_here):
    plan = plan_of(SMALL | {"group": "C5", "activation": "power"})
    (cell,) = plan.cells
    for run, say in ((refuses, f"^the user must not; got {cell.key}$"), (breaks, "ZeroDivisionError: a fault of ours")):
        with pytest.raises(InputError, match=say) as caught:
            run_sweep(plan, tmp_path / "out", ray="local", run=run)
        assert "\n" not in str(caught.value)


@with_ray
def test_an_interruption_keeps_what_is_finished_there(tmp_path, ray_here):
    with pytest.raises(Interrupted):
        run_sweep(plan_of(SMALL), tmp_path / "out", ray="local", run=fake, should_stop=lambda: True)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "[::1]:1", "127.0.0.1:99999999", "a b:1"])
def test_an_address_where_nobody_answers_is_one_line_at_once(address):
    began = time.monotonic()
    with pytest.raises(InputError, match="a Ray cluster must answer at"):
        _require_answer(address)
    assert time.monotonic() - began < 20


def test_without_ray_it_is_one_line(tmp_path, monkeypatch):
    import builtins

    plain = builtins.__import__

    def without(name, *rest, **more):
        if name == "ray":
            raise ImportError(name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="not installed"):
        run_sweep(plan_of(SMALL), tmp_path / "out", ray="local", run=fake)
