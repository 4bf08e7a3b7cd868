"""The proof-checker is checked: it refuses what is unregistered or unchecked, and fails on a planted fault."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from theory.construction import construct
from theory.floats import weights
from theory.network_file import NetworkFile, save_network

ROOT = Path(__file__).parents[2]
REGISTRY = """
from verify.statements.statement import Statement as Statement
STATEMENTS = tuple(
    Statement(
        name, name.split(":")[0], "conjecture" if name == "Ours:B" else "theorem", "a.", "a",
        machine_checked=("a",) if name == "Ours:M" else (),
    )
    for name in {names}
)
BY_ID = {{statement.id: statement for statement in STATEMENTS}}
"""
HEAD = "import numpy as np\nimport pytest\nfrom verify.result import CheckResult, close, proved\n"
A = """
@pytest.mark.statement("Li24:A")
@pytest.mark.parametrize("n", [1, 2])
def test_a(n, check):
    check(proved("Li24:A", "a", n + n == 2 * n))
    check(close("Li24:A", "in floats", n / 3 * 3, n, np.float64(1e-12)))


@pytest.mark.statement("Li24:A")
def test_another(twin):
    twin(proved("Li24:A", "a", 1 + 2 == 2))
"""
B = """
@pytest.mark.statement("Ours:B")
def test_b(check, twin):
    check(CheckResult("Ours:B", "b", "undecided"))
    twin(CheckResult("Ours:B", "b, made false", "failed"))
"""

M = """
@pytest.mark.statement("Ours:M")
def test_m(check, twin):
    check(proved("Ours:M", "a", 1 + 1 == 2))
    twin(proved("Ours:M", "a", 1 + 1 == 3))


@pytest.mark.statement("Ours:M")
@pytest.mark.skip(reason="slow")
def test_skipped(check):
    pass
"""


@pytest.fixture
def suite(tmp_path):
    """A copy of the proof-checker with a small registry; returns a function that writes tests and runs it."""
    (tmp_path / "verify").mkdir()
    for name in ("__init__.py", "conftest.py", "result.py"):
        shutil.copy(ROOT / "verify" / name, tmp_path / "verify" / name)
    shutil.copytree(ROOT / "verify/statements", tmp_path / "verify/statements")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\nmarkers =\n  statement(id): x\n")

    def go(tests: str, *arguments: str, names: tuple[str, ...] = ("Li24:A", "Ours:B")) -> tuple[int, str]:
        (tmp_path / "verify/statements/__init__.py").write_text(REGISTRY.format(names=names))
        (tmp_path / "verify/test_small.py").write_text(HEAD + tests)
        return launch(tmp_path, "-p", "xdist", "verify", *arguments, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")

    return go


def launch(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}", "OMP_NUM_THREADS": "1", **environment}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_a_good_suite_passes_and_is_recorded(suite, tmp_path, processes):
    status, output = suite(A + B, "--record", *processes)
    assert status == 0, output
    assert "Li24:A theorem passed 2 exact 2 in floats 1 twins" in " ".join(output.split())
    assert "Ours:B conjecture undecided 0 exact 0 in floats 1 twins" in " ".join(output.split())
    recorded = json.loads((tmp_path / "verify/statements/record.json").read_text())["statements"]
    assert recorded["Li24:A"] == {
        "status": "passed", "exact": 2, "floats": 2, "tolerance": 1e-12, "twins": 1,
        "checks": ["verify/test_small.py::test_a", "verify/test_small.py::test_another"],
    }  # fmt: skip
    assert recorded["Ours:B"]["status"] == "undecided"


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_a_statement_without_a_check_fails_the_whole_run(suite, tmp_path, processes):
    before = (tmp_path / "verify/statements/record.json").read_text()
    status, output = suite(A, "--record", *processes)
    assert status == 1, output
    assert "NO CHECK" in output
    assert (tmp_path / "verify/statements/record.json").read_text() == before


def test_a_statement_without_a_twin_fails_the_whole_run(suite):
    status, output = suite(A + B.replace("    twin(", "    print("))
    assert status == 1, output
    assert "NO TWIN" in output


def test_a_skipped_kernel_is_told_from_a_slow_test(suite, tmp_path):
    said = "the formal proof is not compiled here"
    code, output = suite(M, names=("Ours:M",))
    assert code == 0, output
    assert said not in output
    (tmp_path / "verify/test_machine_checked.py").write_text(HEAD + M[M.rindex("@pytest.mark.statement") :])
    assert said in suite(M, names=("Ours:M",))[1]


def test_a_part_of_the_suite_may_leave_statements_out(suite):
    status, output = suite(A, "-k", "test_a")
    assert status == 0, output
    assert "NO CHECK" not in output


@pytest.mark.parametrize(
    ("tests", "arguments", "message"),
    [
        (A + B + "\ndef test_nothing():\n    pass\n", [], "must carry @pytest.mark.statement"),
        (A + B.replace("Ours:B", "Ours:C"), [], "'Ours:C', which is not registered"),
        (A + B, ["--network", "absent.safetensors"], "absent.safetensors"),
        (A + B, ["--network", "absent.safetensors", "--record"], "without --network"),
    ],
)
def test_refusals(suite, tests, arguments, message):
    status, output = suite(tests, *arguments)
    assert status not in (0, 1), output
    assert message in output


FAULTS = {
    "Li24:exact": ('check(proved("Li24:exact", "x", 1 + 1 == 3))', ""),
    "Li24:float": ('check(close("Li24:float", "x", 1 + 1e-9, 1, 1e-12))', ""),
    "Li24:nan": ('check(close("Li24:nan", "x", float("nan"), 1, 1e-12))', ""),
    "Li24:undecided": ('check(CheckResult("Li24:undecided", "x", "undecided"))', ""),
    "Li24:raises": ('check(proved("Li24:raises", "x", 1 / 0 == 1))', "ZeroDivisionError"),
    "Li24:nothing": ("pass", "no result for Li24:nothing"),
    "Li24:other": ('check(proved("Li24:exact", "x", True))', "is not marked with 'Li24:exact'"),
    "Ours:B": ('check(CheckResult("Ours:B", "x", "failed"))', ""),
    "Li24:twin": ('twin(proved("Li24:twin", "x", True))', "the check does not see the fault"),
}


def test_planted_faults_fail(suite):
    tests = "".join(
        f'@pytest.mark.statement("{name}")\ndef test_{i}(check, twin):\n    {body}\n'
        for i, (name, (body, _)) in enumerate(FAULTS.items())
    )
    status, output = suite(tests, names=tuple(FAULTS))
    assert status == 1, output
    table = output[output.index("= statements =") :]
    for name, (_, message) in FAULTS.items():
        assert message in output
        row = next(line for line in table.splitlines() if line.startswith(name))
        assert " failed " in row or " undecided " in row, row


PLUGIN = """
import theory.margin, theory.one_hot_network, theory.parity

formula = theory.margin.margin_formula
theory.margin.margin_formula = lambda *arguments: 2 * formula(*arguments)
theory.one_hot_network.squared_ratio = lambda p: 1
theory.parity.failures = lambda network: []
"""


def test_faults_in_the_library_fail_the_real_suite(tmp_path):
    (tmp_path / "fault.py").write_text(PLUGIN)
    tests = (
        "verify/test_li24_theorem.py::test_three_inputs",
        "verify/test_morwani23_addition.py::test_right_outputs_with_a_smaller_margin[5]",
        "verify/test_morwani23_parity.py::test_every_sign_class_is_needed[2]",
    )
    status, output = launch(ROOT, "-q", "-p", "fault", *tests, PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert status == 1, output
    assert "3 failed" in output


def test_a_users_network(tmp_path):
    u, w = weights(construct(2, 7))
    good, bad = tmp_path / "good.safetensors", tmp_path / "bad.safetensors"
    save_network(good, NetworkFile(u, w, 2, 7))
    save_network(bad, NetworkFile(np.roll(u, 1, axis=0), w, 2, 7))
    status, output = launch(ROOT, "verify/test_network.py", "--network", str(good))
    assert status == 0, output
    status, output = launch(ROOT, "verify/test_network.py", "--network", str(bad))
    assert status == 1, output
    assert "Li24:Theorem 4.1.2" in output
