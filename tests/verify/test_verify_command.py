"""``fourier-margin verify``: exit statuses, the names of failing checks, unusable input."""

import json
import os
import pickle
import re
import struct
from pathlib import Path

import numpy as np
import pytest

from tests.verify.networks import FAULTS, changed, constructed
from theory.command_line import run
from theory.construction import construct
from theory.core.surd import Surd
from theory.exact_file import save_exact, to_json
from theory.network_file import NetworkFile, save_network
from verify.cli import build
from verify.network_checks import Examination
from verify.subject import Subject


def verify(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = run(build(), ["verify", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, " ".join(captured.out.split()), captured.err


def saved(folder: Path, network: NetworkFile, name: str = "net.safetensors") -> Path:
    save_network(folder / name, network)
    return folder / name


def test_maximum_margin_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path, constructed(3, 5))
    json_path, html_path = tmp_path / "report.json", tmp_path / "report.html"
    status, out, err = verify(capsys, path, "--json", json_path, "--html", html_path)
    assert (status, err) == (0, "")
    assert re.search(r"\b10\b", out)
    report = json.loads(json_path.read_text())
    assert all(check["status"] == "passed" for check in report["checks"])
    assert "<svg" in html_path.read_text()


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_exit_1_and_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str) -> None:
    plant, names = FAULTS[fault]
    path, report = saved(tmp_path, plant(constructed(2, 11))), tmp_path / "report.json"
    status, _, err = verify(capsys, path, "--json", report)
    assert (status, err) == (1, "")
    assert {c["key"] for c in json.loads(report.read_text())["checks"] if c["status"] == "failed"} & names


def test_trained_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = constructed(2, 7)
    rng = np.random.default_rng(0)
    near = changed(network, network.u * (1 + 2e-4 * rng.normal(size=network.u.shape)), network.w)
    path = saved(tmp_path, near)
    assert verify(capsys, path)[0] == 1
    status, out, _ = verify(capsys, path, "--trained")
    assert status == 0
    assert re.search(r"\b9\b", out)
    assert "frequencies in use: 3 of 3" in out
    for option in (("--margin", 1.0), ("--purity", 1.0), ("--phase-error", 0)):
        assert verify(capsys, path, "--trained", *option)[0] == 1
    assert verify(capsys, path, "--tol", 0.1)[0] == 0


def test_one_run_from_training_to_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    assert run(build(), ["train", "--k", "2", "--p", "5", "--out", str(out)]) == 0
    report = tmp_path / "r.json"
    status, text, _ = verify(capsys, out, "--trained", "--html", tmp_path / "r.html", "--json", report)
    assert status == 0, text
    assert {"loss_floor", "loss_bound"} <= {check["key"] for check in json.loads(report.read_text())["checks"]}
    assert "Margin over training" in (tmp_path / "r.html").read_text()
    assert "Angles to optimal neurons" in (tmp_path / "r.html").read_text()
    assert json.loads(report.read_text())["stability"]["frequencies"]["guaranteed"] == 2


def test_exact_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = construct(4, 9)
    save_exact(tmp_path / "net.json", network)
    status, out, _ = verify(capsys, tmp_path / "net.json", "--json", tmp_path / "r.json", "--html", tmp_path / "r.html")
    assert status == 0
    assert out.count("proved") == 4
    assert {c["status"] for c in json.loads((tmp_path / "r.json").read_text())["checks"]} == {"proved"}


def test_wrong_exact_networks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for change, name in (("output", "phase_sum"), ("mass", "masses"), ("phases", "moments")):  # fmt: skip
        content = to_json(construct(2, 5))
        block = content["blocks"][0]
        if change == "mass":
            block["mass"] = [["1/3", 1]]
        else:
            neuron = block["neurons"][1]
            neuron["output"] = "1/7"
            if change == "phases":
                neuron["phases"] = ["1/7", "0"]
        (tmp_path / "net.json").write_text(json.dumps(content))
        report = tmp_path / "report.json"
        assert verify(capsys, tmp_path / "net.json", "--json", report)[0] == 1
        assert name in {c["key"] for c in json.loads(report.read_text())["checks"] if c["status"] == "failed"}
    assert Surd([(1, 1)])  # masses are exact numbers


def header(text: str, body: bytes = b"") -> bytes:
    return struct.pack("<Q", len(text)) + text.encode() + body


def test_unusable_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = saved(tmp_path, constructed(2, 5)).read_bytes()
    bad_values = constructed(2, 5).u.copy()
    bad_values[0, 0, 0] = np.nan
    cases: dict[str, bytes] = {
        "empty": b"",
        "truncated": good[: len(good) // 2],
        "short": good[:5],
        "pickle": pickle.dumps({"u": [1.0]}),
        "text": b"hello",
        "no metadata": header('{"u":{"dtype":"F64","shape":[0],"data_offsets":[0,0]}}'),
        "huge header": struct.pack("<Q", 2**62) + b"{}",
        "huge claim": good.replace(b'"shape":[12,2,5]', b'"shape":[99,2,5]'),
        "nan": saved(tmp_path, changed(constructed(2, 5), bad_values, constructed(2, 5).w), "nan.bin").read_bytes(),
        "zero": saved(
            tmp_path, changed(constructed(2, 5), 0 * bad_values[:, :, ::-1], constructed(2, 5).w * 0), "z.bin"
        ).read_bytes(),
    }
    for name, content in cases.items():
        path = tmp_path / "case.safetensors"
        path.write_bytes(content)
        status, out, err = verify(capsys, path)
        assert (status, out) == (2, ""), name
        assert err.count("\n") == 1, name
        assert err.startswith("fourier-margin: ")
    for content in (b"", b"[" * 10**5, b'{"format": 1}', b"{}", b"\xff", b'{"a": 1, "a": 2}', b"[NaN]"):
        path = tmp_path / "case.json"
        path.write_bytes(content)
        status, out, err = verify(capsys, path)
        assert (status, out, err.count("\n")) == (2, "", 1), content[:20]


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["absent.safetensors"], "must exist"),
        (["."], "network.safetensors"),
        (["NET", "--margin", "0.5"], "--margin"),
        (["NET", "--lambda", "0.5"], "--lambda"),
        (["EXACT", "--tol", "7", "--trained"], "--trained, --tol"),
        (["EXACT", "--margin", "5"], "--margin"),
        (["NET", "--tol", "0"], "tol must lie"),
        (["NET", "--tol", "nan"], "tol must lie"),
        (["NET", "--trained", "--purity", "2"], "purity must lie"),
        (["NET", "--trained", "--lambda", "-1"], "lambda must be"),
        (["NET", "--json", "/absent/r.json"], "the output folder must exist"),
        (["NET", "--html", "/absent/r.html"], "the output folder must exist"),
        ([], "'network'"),
    ],
)
def test_unusable_arguments(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], needed: str
) -> None:
    path = saved(tmp_path, constructed(2, 3))
    save_exact(tmp_path / "net.json", construct(2, 3))
    names = {"NET": path, "EXACT": tmp_path / "net.json"}
    status, _, err = verify(capsys, *[names.get(argument, argument) for argument in arguments])
    assert status == 2
    assert needed in err
    assert err.count("\n") == 1


def test_table_that_is_no_group(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = constructed(2, 3)
    table = np.zeros((3, 3), dtype=np.int32)
    path = saved(tmp_path, NetworkFile(network.u, network.w, 2, 3, table, {"group": "none"}))
    status, out, err = verify(capsys, path)
    assert (status, out) == (2, "")
    assert "identity" in err


def test_a_folder_of_seeds_is_not_one_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "seed-3").mkdir()
    saved(tmp_path / "seed-3", constructed(2, 3), "network.safetensors")
    status, _, err = verify(capsys, tmp_path)
    assert (status, err.count("\n")) == (2, 1)
    assert "seed-3" in err


@pytest.mark.parametrize("columns", [20, 30, 60, 200])
def test_names_and_statuses_are_shown_on_any_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    network, report = neuron_broken(), tmp_path / "r.json"
    run(build(), ["verify", str(saved(tmp_path, network)), "--json", str(report)])
    out = capsys.readouterr().out
    checks = json.loads(report.read_text())["checks"]
    squeezed = re.sub(r"\s", "", out)
    assert squeezed.count("passed") >= sum(check["status"] == "passed" for check in checks)
    assert squeezed.count("failed") >= sum(check["status"] == "failed" for check in checks)
    assert all(check["label"].split()[0] in squeezed for check in checks)
    account = examination_of(network).account
    assert account is not None
    assert f"{account.losses()['phase']:.3g}" in out


def neuron_broken() -> NetworkFile:
    return FAULTS["phase"][0](constructed(2, 5))


def examination_of(network: NetworkFile) -> Examination:
    return Examination(Subject.of(network))


@pytest.mark.parametrize("name", [b"caf\xe9.safetensors"])
def test_a_file_name_that_is_not_utf_8(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: bytes) -> None:
    path = saved(tmp_path, constructed(2, 3), os.fsdecode(name))
    status, _, err = verify(capsys, path, "--html", tmp_path / "r.html", "--json", tmp_path / "r.json")
    assert (status, err) == (0, "")
    assert "<svg" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("phase", ["$\\frac{$", "\ud800", "\x1b[2J"])
def test_hostile_histories_are_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str], phase: object) -> None:
    path = saved(tmp_path, constructed(2, 3))
    records = [{"phase": x, "step": i, "margin": 0.5} for i, x in enumerate(["start", phase])]
    (tmp_path / "history.json").write_text(json.dumps({"records": records}))
    status, _, err = verify(capsys, path, "--html", tmp_path / "r.html", "--json", tmp_path / "r.json")
    assert (status, err) == (0, "")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Margin over training" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    "text",
    ['{"records": [{"step": 1, "margin": NaN}]}', '{"records": [{"step": 1, "margin": 1e999}]}', '{"records": 3}', "["],
)
def test_histories_that_hold_no_curve_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = saved(tmp_path, constructed(2, 3))
    (tmp_path / "history.json").write_text(text)
    assert verify(capsys, path, "--html", tmp_path / "r.html")[0] == 0
    assert "Margin over training" not in (tmp_path / "r.html").read_text()
