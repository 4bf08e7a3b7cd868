"""Shapes, seeds, files, and imports without torch."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from numerics.network import RELU, PowerNetwork
from tests.numerics.conftest import group_task
from theory import task as reference
from theory.construction import construct
from theory.errors import InputError
from theory.network_file import load_network
from theory.task import Task


def test_forward_and_norms_follow_the_definition(task, place):
    network = PowerNetwork.random(task, 6, 2, 0.7, place.dtype, place.device)
    u, w = network.numpy()
    inputs = torch.tensor(list(task.inputs()), device=place.device)
    place.close(network(inputs), reference.logits(u, w).reshape(-1, task.n))
    place.close(network.norm(), reference.network_norm(u, w))
    place.close(network.neuron_norms(), reference.neuron_norms(u, w))


def test_a_seed_is_the_same_network_everywhere(task):
    alone = PowerNetwork.random(task, 4, 7, 0.3, torch.float64)
    member = PowerNetwork.random(task, 4, [5, 7], 0.3, torch.float64)
    single = PowerNetwork.random(task, 4, 7, 0.3, torch.float32)
    assert torch.equal(member.u[1], alone.u)
    assert torch.equal(alone.w.float(), single.w)
    assert not torch.equal(PowerNetwork.random(task, 4, 8, 0.3, torch.float64).w, alone.w)


def test_files_keep_every_bit(tmp_path, dtype):
    network = PowerNetwork.from_exact(construct(3, 5), dtype)
    network.save(tmp_path / "net.safetensors", {"recipe": "none", "seed": "4"})
    again = PowerNetwork.from_file(tmp_path / "net.safetensors")
    assert torch.equal(again.u, network.u)
    assert torch.equal(again.w, network.w)
    assert again.u.dtype == dtype
    assert load_network(tmp_path / "net.safetensors").metadata["seed"] == "4"


def test_a_group_s_table_travels_with_its_network(tmp_path):
    task = group_task(2, "S3")
    PowerNetwork.random(task, 3, 0, 1.0).save(tmp_path / "net.safetensors", {"group": "S3"}, task.table)
    np.testing.assert_array_equal(load_network(tmp_path / "net.safetensors").table, task.table)


def test_what_the_format_cannot_hold_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"one network, .* got \(2, 3, 2, 5\)"):
        PowerNetwork.random(Task.cyclic(2, 5), 3, [0, 1], 1.0).save(tmp_path / "net.safetensors")
    assert not list(tmp_path.iterdir())


def test_a_relu_network_stays_one_in_its_file(tmp_path):
    network = PowerNetwork.random(Task.cyclic(2, 5), 3, 0, 1.0, activation=RELU)
    network.save(tmp_path / "net.safetensors")
    again, inputs = PowerNetwork.from_file(tmp_path / "net.safetensors"), torch.tensor([[1, 2], [4, 4]])
    assert again.activation is RELU
    assert torch.equal(again(inputs), network(inputs))


def test_shapes_that_do_not_match_are_refused():
    with pytest.raises(InputError, match=r"\(3, 2, 5\), \(3, 4\)"):
        PowerNetwork(torch.zeros(3, 2, 5), torch.zeros(3, 4))
    with pytest.raises(InputError, match="m must be at least 1; got 0"):
        PowerNetwork.random(Task.cyclic(2, 5), 0, 0, 1.0)


def test_the_command_line_starts_without_torch():
    code = "import sys, numerics, numerics.train_cli; assert 'torch' not in sys.modules; numerics.PowerNetwork"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=120)


def test_an_unknown_name_is_an_attribute_error():
    import numerics

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        numerics.nothing  # noqa: B018
