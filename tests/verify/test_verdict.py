"""What is said of a network before the checks: accuracy, components, purity, where the margin went, other readings."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from tests.verify.networks import changed, constructed, on_group, spoilt
from theory.command_line import run
from theory.groups import load_group
from theory.network_file import NetworkFile, save_network
from theory.task import Task, logits, margins
from verify.accuracy import Accuracy, hints, on_a_sample, percent
from verify.cli import build
from verify.network_checks import Examination
from verify.overview import lines, turns
from verify.subject import Subject
from verify.tolerance import RECIPE
from verify.verification import Verification, verify_file, verify_network


def random(k: int, p: int, m: int = 20, group: str | None = None) -> NetworkFile:
    rng = np.random.default_rng(3)
    table = None if group is None else load_group(group).table
    return NetworkFile(rng.normal(size=(m, k, p)), rng.normal(size=(m, p)), k, p, table)


def as_relu(network: NetworkFile) -> NetworkFile:
    return NetworkFile(network.u, network.w, network.k, network.p, network.table, {"activation": "relu"})


def examined(network: NetworkFile) -> Examination:
    return Examination(Subject.of(network))


def numbers(sentence: str) -> list[str]:
    """What it says beside its words, which anybody may improve."""
    return re.findall(r"\b\d[\d.]*(?:e[+-]\d+)?%?", sentence.rstrip("."))


def enumerated(network: NetworkFile) -> float:
    """Accuracy by the definition, with the file's activation."""
    task = Task.cyclic(network.k, network.p) if network.group is None else Task.of_group(network.k, network.group)
    if network.activation == "power":
        return float((margins(task, logits(network.u, network.w)) > 0).mean())
    a, b = np.indices((network.p, network.p))
    hidden = np.maximum(network.u[:, 0][:, a] + network.u[:, 1][:, b], 0)
    return float((margins(task, np.einsum("iab,ic->abc", hidden, network.w)) > 0).mean())


# ---- accuracy ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", [random(2, 7), random(3, 4), random(1, 5), random(2, 6, group="S3"),
                                     spoilt(constructed(2, 11), size=0.3)])  # fmt: skip
def test_accuracy_of_all_inputs_is_that_of_the_definition(network: NetworkFile) -> None:
    found = examined(network).accuracy
    assert found == Accuracy(round(enumerated(network) * network.p**network.k), network.p**network.k, True)
    assert 0 < found.share < 1


@pytest.mark.parametrize("network", [as_relu(constructed(2, 11)), as_relu(random(2, 7)),
                                     as_relu(random(2, 6, group="S3"))])  # fmt: skip
def test_accuracy_of_a_relu_file_is_that_of_its_activation(network: NetworkFile) -> None:
    found = verify_network(network)
    assert found.examination is not None
    assert found.examination.accuracy.share == pytest.approx(enumerated(network), abs=1e-12)
    power = changed(network, network.u, network.w)
    assert enumerated(NetworkFile(power.u, power.w, power.k, power.p, power.table)) != enumerated(network)


def test_a_sample_is_near_the_whole_and_says_what_it_is() -> None:
    network = spoilt(constructed(2, 11), size=0.3)
    found = on_a_sample(Task.cyclic(2, 11), network.u, network.w, "power")
    assert abs(found.share - enumerated(network)) < 4 * 0.5 / np.sqrt(found.inputs)
    assert "on 4096 random inputs" in str(found)
    assert found == on_a_sample(Task.cyclic(2, 11), network.u, network.w, "power")


def test_a_tie_is_wrong_in_a_sample_and_in_the_whole() -> None:
    u, w = np.ones((3, 2, 5)), np.ones((3, 5))
    assert on_a_sample(Task.cyclic(2, 5), u, w, "power").right == 0
    assert examined(NetworkFile(u, w, 2, 5)).accuracy.right == 0


def test_a_positive_margin_from_waves_alone_is_every_input_right() -> None:
    found = Examination(Subject.of(constructed(3, 5)), most_work=0)
    assert found.sweep is None
    assert found.accuracy == Accuracy(125, 125, True)
    negative = Examination(
        Subject.of(changed(constructed(3, 5), constructed(3, 5).u, -constructed(3, 5).w)), most_work=0
    )
    assert (negative.accuracy.right, negative.accuracy.every) == (0, False)


def test_a_hundred_per_cent_is_said_of_the_whole_alone() -> None:
    assert [percent(x) for x in (1.0, 1 - 1e-14, 1 - 1e-9, 0.99999, 0.5, 0.0)] == [
        "100%", "100%", "99.99%", "99.99%", "50%", "0%"]  # fmt: skip


# ---- overview ----------------------------------------------------------------------------------------------------


def test_purity_masses_and_phases_against_a_plain_fourier_transform() -> None:
    network = spoilt(constructed(2, 11))
    found, vectors = examined(network).overview, np.concatenate([network.u, network.w[:, None]], axis=1)
    power = np.abs(np.fft.fft(vectors)[..., 1:6]) ** 2
    whole = (np.abs(np.fft.fft(vectors)) ** 2).sum(axis=-1, keepdims=True) / 2
    home = (power / whole).sum(axis=1).argmax(axis=1)
    least = (power / whole)[np.arange(len(home)), :, home].min(axis=1)
    mass = np.linalg.norm(vectors, axis=(1, 2)) ** 3
    mass /= mass.sum()
    live = mass > 1e-6 * mass.mean()
    assert not live.all()
    assert found.purity is not None
    assert found.masses is not None
    assert found.purity["worst"] == pytest.approx(least[live].min(), rel=1e-9)
    assert found.purity["median"] == pytest.approx(np.median(least[live]), rel=1e-9)
    assert found.purity["by_mass"] == pytest.approx(mass @ least, rel=1e-9)
    assert list(found.masses.values()) == pytest.approx(np.bincount(home, mass, minlength=5), rel=1e-9)
    assert found.ideal == dict.fromkeys("12345", pytest.approx(0.2))
    assert found.phase_error is not None
    assert 0 < found.phase_error < 0.05


def test_a_frequency_with_little_mass_is_not_counted() -> None:
    network = constructed(2, 11)
    home = np.abs(np.fft.rfft(network.w)).argmax(axis=1)
    scale = np.where(home == 3, 0.04 ** (1 / 3), 1.0)
    weak = changed(network, network.u * scale[:, None, None], network.w * scale[:, None])
    assert examined(weak).overview.used == ["1", "2", "4", "5"]
    assert numbers(examined(weak).sentence)[:3] == ["100%", "4", "5"]
    assert numbers(examined(network).sentence)[:3] == ["100%", "5", "5"]


def test_a_group_s_numbers_have_their_ideals() -> None:
    found = examined(on_group("S3")).overview
    assert found.ideal == pytest.approx(found.masses, abs=1e-12)
    assert found.needed == found.used == ["1b", "2a"]
    assert found.phase_error == pytest.approx(0, abs=1e-6)
    assert "2a 0.8498 (0.8498)" in " ".join(lines(found))


def test_half_a_turn_is_the_worst() -> None:
    assert turns(np.array([1 + 1e-15, -1 - 1e-15])).tolist() == [0, 0.5]


def test_at_k_1_nothing_is_said_of_components() -> None:
    assert examined(constructed(1, 5)).overview.purity is None
    assert lines(examined(constructed(1, 5)).overview) == []
    assert verify_network(as_relu(constructed(1, 5))).sentence.startswith("80%")


# ---- sentence ----------------------------------------------------------------------------------------------------


def test_the_sentence_names_the_margin_and_what_took_most_of_it() -> None:
    network = constructed(2, 11)
    *found, within, margin = numbers(examined(network).sentence)
    assert (found, float(within) < 1e-9, float(margin) < 1e-9) == (["100%", "5", "5", "100%"], True, True)
    near = examined(spoilt(network, size=1e-4))
    assert float(numbers(near.sentence.split(";")[-1])[0]) == pytest.approx(near.ratio.middle, rel=1e-3)
    moved = examined(spoilt(network, size=0.03))
    assert moved.account is not None
    losses = moved.account.losses()
    assert moved.sentence.endswith(f" {max(losses, key=lambda name: losses[name])}.")


def test_a_margin_just_below_is_not_rounded_to_gamma() -> None:
    found = examined(spoilt(constructed(2, 11), size=1e-7))
    one, short = numbers(found.sentence.split(";")[-1])
    assert (one, float(short)) == ("1", pytest.approx(1 - found.ratio.middle, rel=0.5))


def test_a_margin_that_nobody_knows_is_not_given() -> None:
    found = Examination(Subject.of(on_group("S3")), most_work=0)
    assert found.ratio is None
    assert numbers(found.sentence.split(";")[-1]) == []


# ---- other readings ----------------------------------------------------------------------------------------------


def scrambled(array: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """What is read when the memory of a transposed copy is written under the array's own shape."""
    return np.ascontiguousarray(array.transpose(order)).reshape(array.shape)


FAULTS: dict[str, tuple[Callable[[NetworkFile], tuple[np.ndarray, np.ndarray]], str]] = {
    "w": (lambda n: (n.u, scrambled(n.w, (1, 0))), "if w were read as written transposed, in the memory order of (p,"),
    "u": (lambda n: (scrambled(n.u, (1, 0, 2)), n.w), "if u were read as written transposed"),
    "both": (lambda n: (scrambled(n.u, (2, 1, 0)), scrambled(n.w, (1, 0))), "memory order of (p, k, m) and (p, m)"),
    "sign": (lambda n: (n.u, -n.w), "opposite sign"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_right_reading_is_found(fault: str) -> None:
    plant, words = FAULTS[fault]
    u, w = plant(constructed(2, 11))
    (hint,) = examined(NetworkFile(u, w, 2, 11)).hints
    assert hint.startswith("100% accurate")
    assert words in hint
    assert hint in repr(verify_network(NetworkFile(u, w, 2, 11)))


def test_inputs_in_the_reverse_order_are_seen_on_a_group() -> None:
    network = on_group("S3")
    (hint,) = examined(changed(network, network.u[:, ::-1], network.w)).hints
    assert "reverse order" in hint


def test_good_networks_and_hopeless_ones_get_no_hint() -> None:
    assert examined(constructed(2, 11)).hints == ()
    assert examined(random(2, 7)).hints == ()
    assert hints(Task.cyclic(2, 7), random(2, 7).u, random(2, 7).w, "power", 0.96) == ()


def trained_relu(p: int = 7, m: int = 16) -> NetworkFile:
    """ReLU, plain PyTorch, a few seconds: one-hot rows, no biases."""
    torch.manual_seed(0)
    u, w = (torch.nn.Parameter(x) for x in (0.3 * torch.randn(m, 2, p), 0.3 * torch.randn(m, p)))
    a, b = (x.flatten() for x in torch.meshgrid(torch.arange(p), torch.arange(p), indexing="ij"))
    adam = torch.optim.Adam([u, w], lr=0.01)
    for _ in range(600):
        adam.zero_grad()
        out = (u[:, 0, a] + u[:, 1, b]).relu().T @ w
        torch.nn.functional.cross_entropy(out, (a + b) % p).backward()
        adam.step()
    return NetworkFile(u.detach().double().numpy(), w.detach().double().numpy(), 2, p, None, {"activation": "relu"})


def test_a_relu_network_under_a_false_name_is_seen() -> None:
    network = trained_relu()
    assert enumerated(network) == 1
    honest, false = verify_network(network), verify_network(NetworkFile(network.u, network.w, 2, 7))
    assert honest.hints == ()
    assert honest.sentence.startswith("100% accurate; ")
    assert not false.holds
    assert false.examination is not None
    assert false.examination.accuracy.share == enumerated(NetworkFile(network.u, network.w, 2, 7)) < 0.9
    assert false.hints == ("100% accurate if its activation were relu, and not power as stated",)


# ---- the answer --------------------------------------------------------------------------------------------------


def test_a_relu_file_is_measured_and_gets_no_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_network(tmp_path / "net.safetensors", trained_relu())
    report, page = tmp_path / "report.json", tmp_path / "page.html"
    status = run(build(), ["verify", str(tmp_path / "net.safetensors"), "--json", str(report), "--html", str(page)])
    out, content = capsys.readouterr().out, json.loads(report.read_text())
    assert status == 1
    assert out.startswith("net.safetensors: 100% accurate; ")
    assert "no theorem gives the maximum margin of the activation relu" in out
    assert [(check["key"], check["status"]) for check in content["checks"]] == [("margin", "undecided")]
    assert content["network"]["activation"] == "relu"
    assert content["components"]["ideal"] is None
    assert not {"gamma", "margin_over_gamma", "account"} & set(content)
    assert content["sentence"] in page.read_text()


@pytest.mark.parametrize(("network", "needed"), [
    (NetworkFile(np.zeros((2, 2, 3)), np.zeros((2, 3)), 2, 3, None, {"activation": "relu"}), "non-zero weight"),
    (NetworkFile(np.full((2, 2, 3), np.nan), np.zeros((2, 3)), 2, 3, None, {"activation": "relu"}), "finite"),
    (NetworkFile(np.ones((2, 2, 3)), np.ones((2, 3)), 2, 3, np.ones((3, 3), int), {"activation": "relu"}), "identity"),
])  # fmt: skip
def test_a_relu_network_that_is_none_is_refused(network: NetworkFile, needed: str) -> None:
    with pytest.raises(ValueError, match=needed):
        verify_network(network)


def test_the_report_has_the_numbers_of_the_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = spoilt(constructed(2, 11))
    save_network(tmp_path / "net.safetensors", network)
    report = tmp_path / "report.json"
    assert run(build(), ["verify", str(tmp_path / "net.safetensors"), "--json", str(report)]) == 1
    lines_, content = capsys.readouterr().out.splitlines(), json.loads(report.read_text())
    assert lines_[0] == f"net.safetensors: {content['sentence']}"
    assert lines_[1] == content["verdict"]
    assert content["accuracy"] == {"right": 121, "inputs": 121, "every": True, "share": 1.0}
    assert set(content["purity"]) == {"worst", "median", "by_mass"}
    assert content["components"]["used"] == list("12345")
    assert sum(content["components"]["masses"].values()) == pytest.approx(1)
    assert content["hints"] == []


def test_what_raw_safetensors_makes_of_a_transposed_array_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = constructed(2, 11)
    metadata = {"format": "fourier-margin/network", "version": "1", "k": "2", "p": "11", "activation": "power"}
    save_file({"u": net.u, "w": np.ascontiguousarray(net.w.T).T}, tmp_path / "net.safetensors", metadata)
    assert run(build(), ["verify", str(tmp_path / "net.safetensors")]) == 1
    assert "It would be 100% accurate if w were read as written transposed" in capsys.readouterr().out


def test_an_answer_is_a_sentence_a_page_and_a_figure(tmp_path: Path) -> None:
    found = verify_network(spoilt(constructed(2, 5)), "<net>")
    assert repr(found) == f"{found.sentence} {found.verdict}"
    assert not found.holds
    view = found._repr_html_()
    assert found.sentence in view
    assert view.count("<tr>") == 1 + len(found.checks)
    assert len(found.plot().axes) == 2
    assert "<svg" in found.save(tmp_path / "page.html").read_text()
    assert json.loads(found.save(tmp_path / "report.json").read_text())["name"] == "<net>"


def test_nothing_checked_is_nothing_that_holds() -> None:
    assert not Verification("net", []).holds


def test_an_exact_network_has_nothing_to_draw(tmp_path: Path) -> None:
    from theory.construction import construct
    from theory.exact_file import save_exact

    save_exact(tmp_path / "net.json", construct(2, 5))
    found = verify_file(tmp_path / "net.json")
    assert found.holds
    with pytest.raises(ValueError, match=r"net\.json has neither"):
        found.plot()
    assert len(verify_network(constructed(1, 5)).plot().axes) == 1
    assert len(verify_network(as_relu(constructed(2, 5))).plot().axes) == 1


def test_checks_of_groups_show_ideals_and_absolute_errors() -> None:
    asked = verify_network(spoilt(on_group("S3"), size=0.3), trained=True, thresholds=RECIPE)
    found = {check.key: check for check in asked.checks}
    for key, ideal in (("purity", 1.0), ("alignment", 0.0), ("every_representation", 2.0)):
        check = found[key]
        assert check.predicted == ideal
        assert check.measured is not None
        assert check.error == pytest.approx(abs(check.measured - ideal))
    assert found["purity"].status == "failed"
    assert found["purity"].tolerance == pytest.approx(0.01)
