"""The command reproduce: what it writes, what it says, how it ends."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from numerics.studies.reproduce import load_study, registry
from numerics.studies.study import SCALES, Claim
from theory.command_line import run
from theory.vocabulary import GRADES
from verify.cli import build

EVER = {
    *(f"ding24-{each}" for each in ("circles", "frozen", "gradient", "ode", "reinit")),
    *(f"ding24-sweep-{each}" for each in ("d", "decay", "p", "pairs", "perturb", "signal")),
    *(f"group-{each}" for each in ("a4", "d4", "q8")),
    *(f"li24-fig{each}" for each in range(1, 11)),
    *(f"morwani23-{each}" for each in ("fig2", "parity", "relu", "s3", "s4", "s5")),
    *("frequency-law", "half-data", "mais-pilot", "multiplicities", "rangamani25", "spectral-count"),
    *("swaroop26-table1", "swaroop26-trained"),
}
SAME_CODE = {  # as another study, at another size
    *(f"li24-fig{each}" for each in range(5, 11)),
    *("morwani23-s4", "group-d4", "group-q8"),
}


def reproduce(*arguments):
    return run(build(), ["reproduce", *map(str, arguments)])


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """One folder for all: studies of the same networks train them once."""
    return tmp_path_factory.mktemp("runs")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SAME_CODE)) for name in registry()]
)
def test_smoke_scale_writes_figure_numbers_and_a_verdict(out, capsys, name):
    assert reproduce(name, "--scale", "smoke", "--out", out) == 0
    found = json.loads((out / f"{name}-smoke.json").read_text())
    assert (found["preset"], found["title"], found["scale"]) == (name, registry()[name].title, "smoke")
    assert {"torch", "python", "fourier-margin"} <= set(found["versions"])
    assert found["hardware"]
    assert (out / f"{name}-smoke.png").read_bytes().startswith(b"\x89PNG")
    printed = capsys.readouterr().out
    assert f"{name}-smoke.png" in printed
    assert "say nothing about the papers" in printed
    keys = [entry["key"] for entry in found["verdict"]]
    assert keys
    assert len(keys) == len(set(keys))
    for entry in found["verdict"]:
        assert entry["key"].isidentifier()
        assert {"claim", "paper", "ours", "verdict", "rule"} <= set(entry)
        assert entry["verdict"] in GRADES
        assert entry["rule"]


def test_the_account_adds_up_to_the_margin(out):
    reproduce("morwani23-fig2", "--scale", "smoke", "--out", out)
    found = json.loads((out / "morwani23-fig2-smoke.json").read_text())
    for run_ in found["runs"]:
        losses = found["accounts"][run_["label"]]
        assert run_["history"][-1]["margin"] + sum(losses.values()) == pytest.approx(1, abs=1e-6)


def test_a_broken_promise_ends_with_1(tmp_path, monkeypatch, capsys):
    study, missed = load_study("swaroop26-table1"), Claim("x", "x", 1, 0, "not", "x", promised=True)
    monkeypatch.setattr(
        "numerics.studies.reproduce.load_study", lambda name: replace(study, claims=lambda size, found: [missed])
    )
    assert reproduce("swaroop26-table1", "--scale", "smoke", "--out", tmp_path) == 1


@pytest.mark.parametrize(
    ("arguments", "need"),
    [
        ([], "need the name of a study"),
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


def test_every_study_there_has_ever_been_is_listed_in_all_its_scales(capsys):
    assert reproduce("--list") == 0
    listed = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert set(listed) >= EVER
    assert listed == list(registry())
    assert all(tuple(load_study(name).sizes) == SCALES for name in listed)


def test_the_list_and_the_module_of_the_command_are_cheap():
    code = (
        "import sys; from verify.cli import build; from theory.command_line import run; "
        "run(build(), ['reproduce', '--list']); "
        "print([name for name in ('torch', 'numpy', 'sympy', 'scipy', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_lines_come_every_ten_seconds_with_the_time_left(monkeypatch, capsys):
    from numerics.studies.reproduce_cli import _lines

    clock = iter([0.0, 0.0, 4.0, 11.0, 12.0, 31.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    show = _lines()
    for label, done in (("a", 10), ("a", 20), ("a", 32), ("b", 1), ("b", 20)):
        show(label, done, 76)
    assert capsys.readouterr().err.splitlines() == ["a: 32/76, 22 s left", "b: 20/76, 56 s left"]
