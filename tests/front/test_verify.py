"""``fm.verify`` and ``fm.train``: the answers of the commands, from arrays, tensors, files, folders and networks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import fourier_margin as fm
from tests.verify.networks import constructed, spoilt
from theory.network_file import NetworkFile, load_network
from verify.network_checks import check_network

NET = constructed(2, 5)


def statuses(found: Any) -> list[tuple[str, str]]:
    return [(check.key, check.status) for check in found.checks]


def plain(network: NetworkFile, **options: Any) -> list[tuple[str, str]]:
    return [(check.key, check.status) for check in check_network(network, **options)]


def test_weights_files_folders_and_networks_get_one_answer(tmp_path: Path) -> None:
    net = fm.construct(k=2, p=5)
    path = net.save(tmp_path / "network.safetensors")
    answers = [
        fm.verify(net.u, net.w, p=5),
        fm.verify(torch.nn.Parameter(torch.tensor(net.u)), torch.tensor(net.w.T.copy()), p=5),
        fm.verify(path),
        fm.verify(str(path)),
        fm.verify(tmp_path),
        fm.verify(net),
        fm.verify(fm.load(path)),
    ]
    assert all(answer.holds for answer in answers)
    assert {tuple(statuses(answer)) for answer in answers} == {tuple(plain(NET))}
    assert fm.verify(net.save(tmp_path / "net.json")).holds


def test_options_are_those_of_the_command() -> None:
    near = spoilt(NET, size=1e-4)
    assert statuses(fm.verify(near.u, near.w)) == plain(near)
    assert statuses(fm.verify(near.u, near.w, trained=True)) == plain(near, trained=True)
    assert not fm.verify(near.u, near.w, tol=1e-6).holds
    assert fm.verify(near.u, near.w, trained=True).holds
    strict = fm.Thresholds(purity=1.0)
    assert not fm.verify(near.u, near.w, trained=True, thresholds=strict).holds
    at_lambda = fm.verify(near.u, near.w, trained=True, thresholds=fm.Thresholds(regularisation=0.5), lambda_=0.001)
    assert "norm_at_lambda" in dict(statuses(at_lambda))


def test_a_group_and_an_activation_are_heard() -> None:
    net = fm.construct(k=2, group="S3")
    assert fm.verify(net.u, net.w, group="S3").holds
    assert not fm.verify(net.u, net.w, group="C6").holds
    other = fm.verify(net.u, net.w, group="S3", activation="relu")
    assert [(check.key, check.status) for check in other.checks] == [("margin", "undecided")]


@pytest.mark.parametrize(("arguments", "options", "needed"), [
    ((NET.u,), {}, "need a file, a network of fm, or u and w; got ndarray alone"),
    ((None,), {}, "got NoneType alone"),
    (("absent.safetensors",), {}, "must exist"),
    (("net.safetensors",), {"p": 5, "k": 2}, "k, p go with u and w"),
    ((NET.u, NET.w), {"p": 7}, r"u must have shape \(m, k, 7\)"),
    ((NET.u, NET.w), {"thresholds": fm.Thresholds()}, "thresholds need trained=True"),
    ((NET.u, NET.w), {"tol": 2.0}, "tol must lie"),
    ((0 * NET.u, 0 * NET.w), {}, "non-zero weight"),
])  # fmt: skip
def test_unusable_calls_get_one_line(arguments: tuple[Any, ...], options: dict[str, Any], needed: str) -> None:
    with pytest.raises(fm.InputError, match=needed):
        fm.verify(*arguments, **options)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return fm.train(k=2, p=5, out=tmp_path_factory.mktemp("runs") / "run")


def test_training_reaches_the_target_and_says_so(trained: Any) -> None:
    assert trained.holds
    assert trained.margin >= 0.9999
    assert repr(trained).startswith("Network of 32 neurons, k=2, p=5: trained, seed 0. Target reached: the margin is")
    assert trained.verdict in trained._repr_html_()
    assert all(check.holds for check in trained.checks)
    assert trained.account.margin == pytest.approx(trained.margin)
    assert len(trained.plot().axes) == 1


def test_the_run_s_folder_holds_the_same_network(trained: Any) -> None:
    stored = load_network(trained.folder / "network.safetensors")
    np.testing.assert_array_equal(stored.u, trained.network.u)
    assert stored.metadata.items() >= trained.network.metadata.items()
    assert statuses(fm.verify(trained.folder, trained=True)) == statuses(trained)
    assert statuses(fm.verify(trained, trained=True)) == statuses(trained)


def test_a_missed_target_is_said(tmp_path: Path) -> None:
    found = fm.train(k=2, p=5, m=4, target=0.9999)
    assert not found.holds
    assert "Target missed" in found.verdict


@pytest.mark.parametrize(("options", "needed"), [
    ({"k": 2}, "need exactly one of p and group"),
    ({"k": 2, "p": 5, "recipe": "magic"}, "the recipe must be one of"),
    ({"k": 2, "p": 5, "m": 0}, "m must be at least 1"),
    ({"k": 2, "p": 5, "lambda_": -1.0}, "lambda must"),
    ({"k": 2, "p": 5, "device": "tpu"}, "the device must be"),
    ({"k": 2, "p": 5, "data": "third"}, "data"),
])  # fmt: skip
def test_unusable_settings_get_one_line(options: dict[str, Any], needed: str) -> None:
    with pytest.raises(fm.InputError, match=needed):
        fm.train(**options)
