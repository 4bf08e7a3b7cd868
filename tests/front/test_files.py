"""A saved file is read back as the same network, whatever the weights looked like in memory."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

import fourier_margin as fm
from theory.groups import load_group
from theory.network_file import load_network
from verify.network_checks import check_network

TABLE = load_group("S3").table


def maximal(path: Path) -> bool:
    return all(result.holds for result in check_network(load_network(path)))


@pytest.mark.parametrize("dress", [
    lambda u, w: (u, w),
    lambda u, w: (u, np.ascontiguousarray(w.T)),
    lambda u, w: (np.asfortranarray(u), np.asfortranarray(w)),
    lambda u, w: (torch.nn.Parameter(torch.tensor(u)), torch.tensor(w.T.copy()).T),
    lambda u, w: (torch.tensor(u).movedim(0, 2).contiguous().movedim(2, 0), torch.nn.Parameter(torch.tensor(w.T))),
])  # fmt: skip
def test_the_exact_network_survives_every_form(tmp_path: Path, dress: Any) -> None:
    net = fm.construct(k=2, p=7)
    assert maximal(fm.save(*dress(net.u, net.w), tmp_path / "net.safetensors", p=7))


def test_what_safetensors_alone_writes_of_a_transposed_array_is_another_network(tmp_path: Path) -> None:
    net = fm.construct(k=2, p=7)
    metadata = {"format": "fourier-margin/network", "version": "1", "k": "2", "p": "7", "activation": "power"}
    save_file({"u": net.u, "w": np.ascontiguousarray(net.w.T).T}, tmp_path / "net.safetensors", metadata)
    assert not maximal(tmp_path / "net.safetensors")


@pytest.mark.parametrize("group", ["S3", TABLE, TABLE.tolist(), load_group("S3")])
def test_a_group_s_file_holds_its_table(tmp_path: Path, group: Any) -> None:
    net = fm.construct(k=2, group="S3")
    path = fm.save(net.u, net.w, tmp_path / "net.safetensors", group=group)
    np.testing.assert_array_equal(load_network(path).table, TABLE)
    assert maximal(path)
    assert fm.load(path).group.order == 6  # type: ignore[union-attr]


def test_another_group_s_table_is_seen(tmp_path: Path) -> None:
    net = fm.construct(k=2, group="S3")
    assert not maximal(fm.save(net.u, net.w, tmp_path / "net.safetensors", group="C6"))


def test_a_relu_network_says_so(tmp_path: Path) -> None:
    path = fm.save(np.ones((4, 2, 5)), np.ones((4, 5)), tmp_path / "net.safetensors", activation="relu")
    assert load_network(path).activation == "relu"
    assert fm.load(path).torch()(torch.tensor([[0, 1]])).tolist() == [[8.0] * 5]  # (1 + 1) of four neurons, not squared


def test_metadata_are_kept(tmp_path: Path) -> None:
    path = fm.save(np.ones((4, 2, 5)), np.ones((4, 5)), tmp_path / "n.safetensors", metadata={"lambda": "0.1"})
    assert fm.load(path).metadata["lambda"] == "0.1"


@pytest.mark.parametrize(("options", "needed"), [
    ({"p": 7}, r"u must have shape \(m, k, 7\)"),
    ({"k": 3}, r"u must have shape \(m, 3, p\)"),
    ({"group": "S3"}, r"u must have shape \(m, k, 6\)"),
    ({"group": "S3", "p": 5}, "p must be the group's order, 6; got 5"),
    ({"group": [[0, 1], [1, 1]]}, "inverse"),
    ({"group": "nonsense"}, "the group must be"),
    ({"activation": "gelu"}, "activation must be 'power' or 'relu'; got 'gelu'"),
    ({"metadata": {"lambda": 0.1}}, "metadata must be strings; 'lambda' has 0.1"),
])  # fmt: skip
def test_what_would_be_wrong_is_not_written(tmp_path: Path, options: dict[str, Any], needed: str) -> None:
    with pytest.raises(fm.InputError, match=needed):
        fm.save(np.ones((4, 2, 5)), np.ones((4, 5)), tmp_path / "net.safetensors", **options)
    assert not list(tmp_path.iterdir())


def test_a_run_s_folder_is_loaded(tmp_path: Path) -> None:
    fm.construct(k=1, p=3).save(tmp_path / "network.safetensors")
    assert fm.load(tmp_path).p == 3
    with pytest.raises(fm.InputError, match="must exist"):
        fm.load(tmp_path / "absent.safetensors")
