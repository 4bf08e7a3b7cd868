"""What the benchmarks compare is what they say: parts of a full batch, batches, and the cells of the table."""

import torch

from benchmarks import adam, to_target
from benchmarks.adam import Reached
from theory.task import Task


def test_the_parts_of_a_full_batch_are_all_inputs_once(monkeypatch):
    monkeypatch.setattr(adam, "ROWS", 32)
    parts = list(next(adam._batches(Task.cyclic(3, 5), "full batch")))
    assert len(parts) == 4
    inputs = torch.cat([inputs for inputs, _, _ in parts])
    assert inputs.unique(dim=0).equal(torch.cartesian_prod(*[torch.arange(5)] * 3))
    assert torch.cat([labels for _, labels, _ in parts]).equal(inputs.sum(dim=1) % 5)
    assert abs(sum(share for _, _, share in parts) - 1) < 1e-12


def test_mini_batches_change_and_are_whole():
    batches = adam._batches(Task.cyclic(2, 7), "mini-batch")
    [(first, labels, share)], [(second, _, _)] = (list(next(batches)) for _ in range(2))
    assert (len(first), share) == (adam.BATCH, 1)
    assert labels.equal(first.sum(dim=1) % 7)
    assert not first.equal(second)


def test_seconds_are_those_of_the_first_time():
    fast, slow = Reached(), Reached()
    for margin, seconds in ((0.995, 2.0), (0.98, 3.0), (0.9995, 4.0)):
        fast.see(margin, seconds)
    slow.see(0.992, 40.0)
    assert fast.seconds == {0.99: 2.0, 0.999: 4.0}
    assert to_target._cells(fast, fast, 0.99, 60) == ("2", "")
    assert to_target._cells(slow, fast, 0.99, 60) == ("40", "20")
    assert to_target._cells(slow, fast, 0.999, 60) == ("not within 60", "> 15")
