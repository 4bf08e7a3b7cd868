"""How commands end: 0, 1 or 2, and for unusable input one line on stderr that says what was needed and given."""

import subprocess
import sys

import pytest
import typer

from theory.command_line import run
from theory.errors import InputError
from verify.cli import build


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    status = run(build(), list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize(
    ("arguments", "needed", "given"),
    [
        ("margin --k 0 --p 7", "k must be at least 1", "0"),
        ("margin --k 2 --p 1", "p must be at least 2", "1"),
        ("margin --k 3 --p x", "--p", "'x'"),
        ("margin --k 2", "exactly one of --p and --group", "neither"),
        ("margin --k 2 --p 7 --group S3", "exactly one of --p and --group", "both"),
        ("margin --k 2 --group S99x", "group", "S99x"),
        ("margin --parity 4", "--parity must be two integers", "'4'"),
        ("derive --k 0", "k must be at least 1", "0"),
        ("construct --k 2 --p 7", "--out FILE or --exact FILE", "neither"),
        ("construct --k 0 --p 7 --out x", "k must be at least 1", "0"),
        ("construct --k 2 --p 7 --method best --out x", "method must be one of", "'best'"),
        ("construct --k 2 --p 7 --out /absent/x.safetensors", "the output folder must exist", "/absent"),
        ("construct --k 6 --p 1009 --out x.safetensors", "must fit", "6379075584"),
        ("certificate --k 0", "k must be at least 1", "0"),
        ("width --k 2 --p 1", "p must be at least 2", "1"),
        ("width --k 2 --p 7 --m=-1", "m must be at least", "-1"),
        ("train --k 2 --p 1", "p must be at least 2", "1"),
        ("train --k 2 --p 7 --recipe best", "recipe must be one of", "'best'"),
        ("train --k 2 --p 7 --device tpu", "device", "tpu"),
        ("verify /absent.safetensors", "the file must exist", "/absent"),
        ("frobnicate", "No such command", "frobnicate"),
        ("margin --k 2 --q 7", "No such option", "--q"),
    ],
)
def test_unusable_input_is_one_line_and_status_2(capsys, arguments, needed, given):
    status, _, stderr = call(capsys, *arguments.split())
    assert status == 2, stderr
    assert stderr.count("\n") == 1, stderr
    assert stderr.startswith("fourier-margin: ")
    assert needed in stderr
    assert given in stderr


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ("margin --k 3 --p 97", "2.01353093e-05"),
        ("margin --k 5 --p 23", "1.19340857e-05"),
        ("margin --k 2 --p 71", "4.61430079e-04"),
        ("margin --k 2 --p 9", "e-"),
        ("margin --k 2 --p 12", "e-"),
        ("margin --k 2 --p 2", "e-"),
        ("margin --k 2 --group S4", "2.07664800e-03"),
        ("margin --k 2 --group S3", "2.36049693e-02"),
    ],
)
def test_margin_prints_the_value(capsys, arguments, printed):
    status, stdout, stderr = call(capsys, *arguments.split())
    assert (status, stderr) == (0, "")
    assert printed in stdout


def test_light_commands_do_not_import_torch():
    code = (
        "import sys\nfrom verify.cli import build\nfrom theory.command_line import run\n"
        "run(build(), ['margin', '--k', '2', '--p', '7'])\nsys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL).returncode == 0


def test_statuses_of_other_ends(capsys):
    app = typer.Typer()

    @app.command()
    def work(kind: str) -> None:
        if kind == "interrupt":
            raise KeyboardInterrupt
        if kind == "input":
            raise InputError("k must be at least 1; got 0")
        raise typer.Exit(1)

    assert run(app, ["fail"]) == 1
    assert run(app, ["input"]) == 2
    assert run(app, ["interrupt"]) == 130
    assert capsys.readouterr().err.startswith("fourier-margin: k must be at least 1; got 0\n")
