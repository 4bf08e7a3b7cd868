"""``fm.diagnose`` and ``fm.watch``: the usual arguments, anything for a model, one line when it is wrong."""

import numpy as np
import pytest
import torch
from torch import nn

import fourier_margin as fm


def test_networks_arrays_files_and_functions(tmp_path) -> None:
    net = fm.construct(k=2, p=7)
    path = fm.save(net.u, net.w, tmp_path / "net.safetensors")
    a, b, c = np.ogrid[:7, :7, :7]
    models = {
        "arrays": (net.u, net.w),
        "transposed": (net.u, net.w.T),
        "path": path,
        "string": str(path),
        "logits": np.cos(2 * np.pi * (a + b - c) / 7),
        "function": lambda pair: nn.functional.one_hot(pair.sum(dim=1) % 7, 7).float(),
    }
    for name, model in models.items():
        found = fm.diagnose(model, p=7)
        assert found.logits.accuracy == 1, name
        assert str(found).startswith("100% accurate; "), name
        assert (found.account is not None) == (name in ("arrays", "transposed", "path", "string")), name
        if found.account is not None:
            assert found.account.margin == pytest.approx(1)


def test_networks_and_files_of_ours_know_their_task(tmp_path) -> None:
    for net in (fm.construct(k=3, p=5), fm.construct(k=2, group="S3")):
        path = net.save(tmp_path / f"{net.p}.safetensors")
        for model in (net, path, str(path)):
            assert fm.diagnose(model).account.margin == pytest.approx(1)
        with pytest.raises(fm.InputError, match=f"k must be the network's, {net.k}; got 7"):
            fm.diagnose(net, k=7)
        with pytest.raises(fm.InputError, match="the network file must be of the task k=2, p=11"):
            fm.diagnose(path, p=11)
    torch.save({"a": torch.zeros(2, 3)}, tmp_path / "net.pt")
    with pytest.raises(fm.InputError, match="does not name its task"):
        fm.diagnose(tmp_path / "net.pt")


def test_a_group_and_a_sample() -> None:
    net = fm.construct(k=2, group="S4")
    found = fm.diagnose((net.u, net.w), group="S4", inputs=100)
    assert not found.logits.every
    assert "a sample of 100 inputs" in str(found)
    assert "representations" in str(found)


@pytest.mark.parametrize(
    ("arguments", "need"),
    [
        ({}, "need exactly one of p and group; got neither"),
        ({"p": 7, "group": "S3"}, "got both"),
        ({"p": 1}, "p must be at least 2"),
        ({"p": 7, "inputs": 0}, "the number of inputs must be at least 1"),
        ({"p": 7}, "a network must be"),
    ],
)
def test_unusable_input(arguments: dict, need: str) -> None:
    with pytest.raises(fm.InputError, match=need):
        fm.diagnose(None, **arguments)


def test_a_watch_looks_when_it_is_time() -> None:
    model = nn.Sequential(nn.Linear(14, 8), nn.ReLU(), nn.Linear(8, 7))
    watch = fm.watch(model, p=7, every=2)
    assert [watch(step) is not None for step in range(5)] == [True, False, True, False, True]
    with torch.no_grad():
        model[2].weight.zero_()
        model[2].bias.zero_()
    assert watch(6)["accuracy"] == 0  # equal logits win nothing
    with pytest.raises(fm.InputError, match="exactly one of p and group"):
        fm.watch(model)


def test_the_figure(tmp_path) -> None:
    net = fm.construct(k=2, p=7)
    figure = fm.diagnose((net.u, net.w), p=7).plot(tmp_path / "found.png")
    assert len(figure.axes) == 3
    assert (tmp_path / "found.png").stat().st_size > 1000
