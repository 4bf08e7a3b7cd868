"""``margin`` and ``derive`` as a user types them: output, exit status, one line for unusable input."""

import json
import subprocess
import sys

import pytest

from theory.command_line import run
from theory.margin import max_margin_float
from verify.cli import build


def call(arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = run(build(), arguments.split())
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize(
    ("arguments", "exact", "value"),
    [
        ("--k 3 --p 97", "1/49664", "2.01353093e-05"),
        ("--k 5 --p 23", "5/418968", "1.19340857e-05"),
        ("--k 3 --p 9", "1/384", "2.60416667e-03"),
        ("--k 3 --p 12", "1/672", "1.48809524e-03"),
        ("--k 2 --p 2", "sqrt(6)/9", "2.72165527e-01"),
        ("--k 2 --group C7", "sqrt(42)/378", "1.71448167e-02"),
        ("--parity 10,4", "24*sqrt(10)/125", "6.07157311e-01"),
    ],
)
def test_margin_prints_the_exact_expression_and_the_value(
    arguments: str, exact: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = call(f"margin {arguments}", capsys)
    assert status == 0
    assert out.endswith(f"= {exact}\n  = {value}\n")
    assert err == ""


def test_margin_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call("margin --k 2 --p 97 --json", capsys)
    assert status == 0
    assert json.loads(out) == {"k": 2, "p": 97, "exact": "sqrt(582)/83808", "value": max_margin_float(2, 97)}
    _, out, _ = call("margin --k 2 --group S3 --json", capsys)
    assert {**json.loads(out), "exact": ""} == {"k": 2, "group": "S3", "exact": "", "value": 0.0236049693104907}
    _, out, _ = call("margin --parity 6,3 --json", capsys)
    assert json.loads(out)["parity"] == [6, 3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("margin --k 0 --p 7", "k must be at least 1; got 0"),
        ("margin --k 3 --p 1", "p must be at least 2; got 1"),
        ("margin --k 3 --p x", "got 'x'"),
        ("margin --k 3", "need exactly one of --p and --group; got neither"),
        ("margin --k 3 --p 5 --group S3", "need exactly one of --p and --group; got both"),
        ("margin --p 5", "got no --k"),
        ("margin", "got no --k"),
        ("margin --parity 10,4 --k 3", "--parity N,K must stand alone"),
        ("margin --parity 10", "--parity must be two integers N,K; got '10'"),
        ("margin --parity 3,5", "got 5"),
        ("margin --k 2 --group nobody", "got 'nobody'"),
        ("margin --parity 10000,5000", "gamma* must lie in"),
        ("margin --parity 700,400 --json", "gamma* must lie in"),
        ("margin --k 1000 --group S6 --json", "gamma* must lie in"),
        ("margin --k 501 --p 7", "k must be at most 500; got 501"),
        ("derive --k 9", "k must be at most 8; got 9"),
        ("derive --k 2 --p 1", "p must be at least 2; got 1"),
        ("derive", "--k"),
    ],
)
def test_unusable_input_is_one_line_and_status_2(
    arguments: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = call(arguments, capsys)
    assert status == 2
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", ["derive --k 3", "derive --k 2 --p 4", "derive --k 1 --p 97 --latex"])
def test_derive_shows_nine_steps_each_checked_twice(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call(arguments, capsys)
    assert status == 0
    assert out.count("holds") == 18
    assert "FAILS" not in out
    if "latex" in arguments:
        assert out.count(r"\[") == out.count(r"\]") == 9


def test_derive_fails_when_a_step_does(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from theory.derivation import chain
    from theory.margin import printed_margin

    monkeypatch.setattr(chain, "max_margin", printed_margin)
    status, out, _ = call("derive --k 2 --p 4", capsys)
    assert status == 1
    assert out.count("FAILS") == 2


def test_margin_starts_without_torch() -> None:
    code = (
        "import sys; from theory.command_line import run; from verify.cli import build; "
        "run(build(), ['margin', '--k', '3', '--p', '97']); assert not {'torch', 'cvxpy', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
