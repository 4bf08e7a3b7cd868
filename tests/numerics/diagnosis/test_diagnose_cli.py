"""``fourier-margin diagnose``: sentence, tables, JSON, picture; statuses of the contract."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.numerics.diagnosis.conftest import P
from theory.command_line import run
from theory.construction import construct
from theory.floats import weights
from theory.network_file import NetworkFile, save_network
from verify.cli import build


def diagnose(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = run(build(), ["diagnose", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_a_plain_state_dict(tmp_path: Path, capsys: pytest.CaptureFixture[str], transformer) -> None:
    torch.save(transformer.lens_state(), tmp_path / "net.pt")
    out_json, picture = tmp_path / "found.json", tmp_path / "found.svg"
    status, out, err = diagnose(
        capsys, tmp_path / "net.pt", "--p", P, "--activation", "relu", "--json", out_json, "--picture", picture
    )
    assert (status, err) == (0, "")
    assert out.startswith("net.pt: 100% accurate; 1 of 5 frequencies (")
    assert "no theorem about its margin applies" in out
    for words in ("transformer of 1 block", "head 1: plane wave", "distance irrelevance", "gradient symmetricity"):
        assert words in out
    content = json.loads(out_json.read_text())
    assert content["format"] == "fourier-margin/diagnosis"
    assert content["sentence"] in out
    assert content["theorem"]["applies"] is False
    assert content["theorem"]["margin_over_gamma"] is None
    assert picture.read_text().lstrip().startswith("<?xml")


def test_our_own_file_needs_no_task_and_a_wrong_network_is_an_answer_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    u, w = weights(construct(2, 7))
    save_network(tmp_path / "net.safetensors", NetworkFile(u, np.roll(w, 1, axis=1), 2, 7))
    status, out, _ = diagnose(capsys, tmp_path / "net.safetensors", "--picture", tmp_path / "found.png")
    assert status == 0
    assert "but 100% of the answers follow c = a + b + 1" in out
    assert "lost, in units of gamma*: " in out
    assert (tmp_path / "found.png").read_bytes().startswith(b"\x89PNG")


def test_a_group(tmp_path: Path, capsys: pytest.CaptureFixture[str], composition) -> None:
    torch.save(composition.state_dict(), tmp_path / "net.pt")
    status, out, _ = diagnose(capsys, tmp_path / "net.pt", "--group", "S3", "--activation", "square")
    assert status == 0
    assert "2 of 2 representations" in out
    assert "gamma*" in out


@pytest.mark.parametrize(
    ("arguments", "need"),
    [
        (["--k", "0", "--p", "7"], "k must be at least 1; got 0"),
        ([], "does not name its task"),
        (["--p", "7", "--group", "S3"], "exactly one of --p and --group; got both"),
        (["--p", "7", "--inputs", "0"], "inputs must be at least 1; got 0"),
        (["--p", "7", "--json", "no/such/folder.json"], "the output folder must exist"),
        (["--p", "7"], "must make a chain from 2 symbols to 7 classes"),
        (["--p", "7", "--module", "nonsense"], "--module must be package.module:name"),
        (["--p", "x"], "x"),
    ],
)
def test_unusable_input(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], need: str) -> None:
    torch.save({"weight": torch.zeros(3, 4)}, tmp_path / "net.pt")
    status, out, err = diagnose(capsys, tmp_path / "net.pt", *arguments)
    assert (status, out) == (2, "")
    assert need in err
    assert err.count("\n") == 1


def test_a_file_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"weight": torch.zeros(3, 4)}, tmp_path / "net.pt")
    status, _, err = diagnose(capsys, tmp_path / "net.pt", "--p", 7, "--json", tmp_path / "net.pt")
    assert status == 2
    assert "occurs twice" in err


def test_help_says_that_a_module_runs_code(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = diagnose(capsys, "--help")
    assert status == 0
    assert "runs that code" in " ".join(out.split())
