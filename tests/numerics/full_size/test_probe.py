"""Margins of the free descent: over every input by definition, and the probe that never claims too little."""

import pytest
import torch

from numerics.full_size import probe as module
from numerics.full_size.layout import unstack
from numerics.full_size.objective import SampledLoss
from numerics.full_size.probe import over_every_input, probe
from theory.task import Task, normalised_margin


@pytest.mark.parametrize("rows", [4, 13, 512])
@pytest.mark.parametrize(("k", "group"), [(1, 5), (2, 7), (3, 5), (2, "S3"), (2, 6)])
def test_every_input_in_any_chunks(k, group, rows, monkeypatch):
    """Also where a chunk is shorter than the values of one input."""
    task = Task.cyclic(k, group) if isinstance(group, int) else Task.of_group(k, group)
    theta = torch.randn(k + 1, task.n, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(module, "ROWS", rows)
    seen = []
    least = over_every_input(SampledLoss(task, 4, torch.float64), theta, lambda done, planned: seen.append(done))
    assert least == pytest.approx(normalised_margin(task, *unstack(theta).numpy()), rel=1e-12)
    assert seen[-1] == task.n**k


@pytest.mark.parametrize(("k", "group"), [(2, 7), (3, 5), (2, "S3"), (2, 6)])
def test_every_input_and_the_probe(k, group, monkeypatch):
    task = Task.cyclic(k, group) if isinstance(group, int) else Task.of_group(k, group)
    theta = torch.randn(k + 1, task.n, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    sampled = SampledLoss(task, 4, torch.float64)
    least = over_every_input(sampled, theta)
    assert least == pytest.approx(normalised_margin(task, *unstack(theta).numpy()), rel=1e-12)
    assert probe(sampled, theta, seed=0) == least  # few inputs: all of them
    monkeypatch.setattr(module, "LOOKED_AT", 12)
    assert probe(sampled, theta, seed=0) >= least
