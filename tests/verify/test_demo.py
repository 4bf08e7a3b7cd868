"""The demonstration: its table holds, and it fails when a planted fault breaks a row."""

from dataclasses import replace

import pytest

from theory.command_line import run
from theory.construction import construct
from verify import demo
from verify.cli import build


@pytest.fixture
def no_training(monkeypatch):
    monkeypatch.setitem(demo.SCALES, "smoke", ((2, 5), ()))


@pytest.mark.usefixtures("no_training")
def test_all_rows_hold(tmp_path, capsys):
    assert run(build(), ["demo", "--scale", "smoke", "--out", str(tmp_path / "demo")]) == 0
    assert "maximum-margin" in capsys.readouterr().out


@pytest.mark.usefixtures("no_training")
def test_a_wrong_construction_fails_the_demo(tmp_path, monkeypatch, capsys):
    def wrong(k, p, method):
        network = construct(k, p, method)
        return replace(network, blocks=(replace(network.blocks[0], frequencies=(1,)),))

    monkeypatch.setattr(demo, "construct", wrong)
    assert run(build(), ["demo", "--scale", "smoke", "--out", str(tmp_path / "demo")]) == 1
    assert "FAILS" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--scale", "huge"], "scale must be one of full, smoke; got 'huge'"), (["--out", "."], "must be a new folder")],
)
def test_unusable_options(capsys, arguments, message):
    assert run(build(), ["demo", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
def test_the_whole_demo(tmp_path, capsys):
    assert run(build(), ["demo", "--out", str(tmp_path / "demo")]) == 0
    assert (tmp_path / "demo" / "k3-p7" / "report.html").stat().st_size > 10_000
    assert "FAILS" not in capsys.readouterr().out
