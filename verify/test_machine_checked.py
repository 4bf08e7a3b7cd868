"""Rows whose proof the kernel of Coq has accepted, without axioms: see ``proof/Statement.v`` and ``proof/Beyond.v``."""

import pytest

from verify.machine_checked import accepted
from verify.result import CheckResult
from verify.statements import STATEMENTS

ROWS = [statement for statement in STATEMENTS if statement.machine_checked]


@pytest.mark.statement(*(row.id for row in ROWS))
def test_the_kernel_accepts(check):
    """Each formal theorem that a row names was compiled and is closed under the global context."""
    found = accepted()
    if found is None:
        pytest.skip("not compiled here: run `make proof`")
    for row in ROWS:
        missing = [name for name in row.machine_checked if found.get(name) != ""]
        status = "failed" if missing else "proved" if row.not_machine_checked else "machine-checked"
        check(CheckResult(row.id, "accepted by the kernel of Coq", status, detail=", ".join(missing), key="kernel"))
