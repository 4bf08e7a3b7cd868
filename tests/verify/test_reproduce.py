"""The command reproduce: what it writes, what it says, how it ends."""

import json

import pytest

from numerics.studies import STUDIES
from numerics.studies.registry import registry
from theory.command_line import run
from verify.cli import build
from verify.reproduce_cli import names


def reproduce(*arguments):
    return run(build(), ["reproduce", *map(str, arguments)])


@pytest.mark.parametrize("name", ["morwani23-fig2", "morwani23-s3", *STUDIES, *registry()])
def test_smoke_scale_writes_figure_and_numbers(tmp_path, capsys, name):
    assert reproduce(name, "--scale", "smoke", "--out", tmp_path) == 0
    found = json.loads((tmp_path / f"{name}-smoke.json").read_text())
    assert found["preset"] == name
    assert found["scale"] == "smoke"
    assert {"torch", "python", "fourier-margin"} <= set(found["versions"])
    assert found["hardware"]
    assert (tmp_path / f"{name}-smoke.png").read_bytes().startswith(b"\x89PNG")
    assert f"{name}-smoke.png" in capsys.readouterr().out
    if name not in ("morwani23-fig2", "morwani23-s3"):
        assert all({"claim", "paper", "ours", "verdict"} <= set(entry) for entry in found["verdict"])
    if name == "morwani23-fig2":
        for run_ in found["runs"]:
            losses = found["accounts"][run_["label"]]
            assert run_["history"][-1]["margin"] + sum(losses.values()) == pytest.approx(1, abs=1e-6)


def test_a_missed_target_ends_with_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("numerics.presets.reproduce.Trained.missed", property(lambda run: run.target is not None))
    assert reproduce("morwani23-fig2", "--scale", "smoke", "--out", tmp_path) == 1
    assert "MISSED" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "need"),
    [
        ([], "need the name of a preset"),
        (["li24-fig0"], "must be all or one of"),
        (["li24-fig1", "--scale", "huge"], "the scale must be one of smoke, cpu, full; got 'huge'"),
        (["li24-fig1", "--memory", "0"], "positive number of GiB"),
        (["li24-fig1", "--out", "/nowhere/at/all", "--scale", "smoke"], "the parent folder must exist"),
    ],
)
def test_unusable_input_is_one_line(capsys, arguments, need):
    assert reproduce(*arguments) == 2
    error = capsys.readouterr().err
    assert need in error
    assert error.count("\n") == 1


def test_list_and_all_name_every_preset(capsys):
    assert reproduce("--list") == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == names("all")
    assert set(STUDIES) < set(listed)


@pytest.mark.slow
def test_one_command_does_every_preset(tmp_path):
    assert reproduce("all", "--scale", "smoke", "--out", tmp_path) == 0
    assert {path.stem for path in tmp_path.glob("*.json")} == {f"{name}-smoke" for name in names("all")}


def test_lines_come_every_ten_seconds_with_the_time_left(monkeypatch, capsys):
    from verify.reproduce_cli import _lines

    clock = iter([0.0, 0.0, 4.0, 11.0, 12.0, 31.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    show = _lines()
    for label, done in (("a", 10), ("a", 20), ("a", 32), ("b", 1), ("b", 20)):
        show(label, done, 76)
    assert capsys.readouterr().err.splitlines() == ["a: 32/76, 22 s left", "b: 20/76, 56 s left"]
