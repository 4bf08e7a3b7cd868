"""The watcher of a training: what it records is what a diagnosis finds, and it disturbs nothing."""

import numpy as np
import pytest
import torch
from torch import nn

from numerics.diagnosis.diagnose import diagnose
from numerics.diagnosis.watch import Watch, numbers
from tests.numerics.diagnosis.conftest import P
from tests.numerics.diagnosis.plain import hot, pairs
from theory.errors import InputError
from theory.task import Task

TASK = Task.cyclic(2, P)


class Quadratic(nn.Module):
    def __init__(self, m: int = 80) -> None:
        super().__init__()
        self.first, self.out = nn.Linear(2 * P, m, bias=False), nn.Linear(m, P, bias=False)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.out(self.first(rows).square())


class Board:
    """What TensorBoard's writer is called with."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, float, int]] = []

    def add_scalar(self, tag: str, scalar_value: float, global_step: int) -> None:
        self.seen.append((tag, scalar_value, global_step))


def trained(watched: bool) -> tuple[Quadratic, Watch, Board]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = Quadratic()
        board = Board()
        watch = Watch(model, TASK, every=40, writer=board)
        optimiser = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.5)
        labels = pairs(P).sum(dim=1) % P
        for step in range(161):
            loss = nn.functional.cross_entropy(model(hot(P)), labels)
            optimiser.zero_grad()
            loss.backward()
            if watched:
                watch(step)
                assert all(weight.grad is not None for weight in model.parameters())
                assert model.training
            optimiser.step()
        if watched:
            watch(200)
    return model, watch, board


def test_records_grow_with_the_margin_and_the_last_is_the_diagnosis():
    model, watch, board = trained(True)
    assert [record["step"] for record in watch.records] == [0, 40, 80, 120, 160, 200]
    first, last = watch.records[0], watch.records[-1]
    assert last["margin_over_gamma"] > max(0, first["margin_over_gamma"])
    assert last["accuracy"] == 1
    assert last["purity"] > first["purity"]
    found = diagnose(model, TASK)
    assert last["margin_over_gamma"] == pytest.approx(found.account.margin)
    assert last["account"] == pytest.approx(found.account.losses())
    assert last["components"] == list(found.wanted.used)
    assert str(watch.latest).split(";")[0] == str(found).split(";")[0]
    assert ("margin/margin_over_gamma", last["margin_over_gamma"], 200) in board.seen
    assert {tag for tag, _, _ in board.seen} >= {"margin/accuracy", "margin/account/phase", "margin/components"}
    for record in watch.records:
        assert record["margin_over_gamma"] + sum(record["account"].values()) == pytest.approx(1, abs=1e-6)


def test_watching_changes_no_bit_of_the_training():
    watched, alone = trained(True)[0], trained(False)[0]
    for one, other in zip(watched.parameters(), alone.parameters(), strict=True):
        np.testing.assert_array_equal(one.detach().numpy(), other.detach().numpy())


def test_numbers_leave_out_what_does_not_apply(sequential):
    record = Watch(sequential, TASK, every=1)(0)
    assert "margin_over_gamma" not in record
    assert "account" not in record
    assert set(numbers(record)) == {
        "accuracy",
        "margin",
        "explained",
        "components",
        "purity",
        "median_purity",
        "phase_error",
    }


@pytest.mark.parametrize("every", [0, -1, 1.5])
def test_bad_intervals(sequential, every):
    with pytest.raises(InputError, match="every must be"):
        Watch(sequential, TASK, every=every)
