"""The registry: complete, well formed, in step with the misprints and the recorded run; the command that shows it."""

import json
import re
from typing import get_args

import pytest

from theory.command_line import run
from theory.groups.misprints import MISPRINTS as GROUP_MISPRINTS
from theory.misprints import MISPRINTS
from verify import statements_cli
from verify.cli import build
from verify.statements import BY_ID, STATEMENTS
from verify.statements.record import overall, read_record, write_record
from verify.statements.statement import Label, misprint_id
from verify.statements.written import written

NAMED = """
Li24: Theorem 4.1.1, Theorem 4.1.2, Theorem 4.1.3, Theorem I.1, Theorem I.2, Lemma 3.7, Lemma E.1, Lemma E.2, Lemma F.7,
    Lemma F.8, Lemma 4.2, Lemma G.2, Lemma G.3, Identity G.1, Eq. 28, Section H.2, sufficient width
Morwani23: Theorem 1, Lemma 2, Lemma 5, Lemma 6, Theorem 7, Theorem 8, Theorem 9, class condition, Appendix D, Lemma 16,
    Lemma 18, Lemma 19, Lemma 20, Lemma 21
Ours: maximum-margin set, minimal construction, lower bound k=1, lower bound k=2, lower bound k=3, lower bound k=4,
    lower bound k=5, every modulus, every finite group, margin account, finite regularisation, width
"""


def named() -> list[str]:
    papers = re.findall(r"(\w+): ([^:]+?)(?=\n\w+:|\Z)", NAMED.strip())
    return [f"{paper}:{' '.join(name.split())}" for paper, names in papers for name in names.split(",")]


def test_every_named_statement_is_registered():
    assert len(named()) == 43
    assert not set(named()) - set(BY_ID)


def test_rows_are_well_formed():
    assert len(BY_ID) == len(STATEMENTS) == len({statement.key for statement in STATEMENTS})
    for statement in STATEMENTS:
        assert statement.id.startswith(f"{statement.paper}:")
        assert statement.label in get_args(Label)
        assert statement.claim.endswith((".", ")")), statement.id
        assert statement.latex
        assert statement.latex.count("{") == statement.latex.count("}"), statement.id
        assert statement.latex.count(r"\left") == statement.latex.count(r"\right"), statement.id


def test_every_misprint_has_a_row_and_every_row_a_misprint():
    found = {misprint_id(misprint.paper, misprint.where) for misprint in (*MISPRINTS, *GROUP_MISPRINTS)}
    rows = {statement.id for statement in STATEMENTS if statement.label == "false-as-printed"}
    assert rows == found


def test_the_record_speaks_of_registered_statements_and_none_failed():
    recorded = read_record()["statements"]
    assert set(recorded) <= set(BY_ID)
    assert not [name for name, row in recorded.items() if row["status"] in ("failed", "skipped")]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.id)
def test_a_row_says_what_rests_on_what(statement):
    """Written proofs exist; what a row calls exact or in floats is what its checks recorded."""
    if statement.label in ("theorem", "certified", "false-as-printed"):
        assert statement.proof
    for reference in statement.proof:
        assert written(reference)
    recorded = read_record()["statements"][statement.id]
    assert bool(statement.exact) == bool(recorded["exact"] or recorded["status"] == "machine-checked")
    assert bool(statement.floats) == bool(recorded["floats"])
    assert recorded["twins"], "a check that no planted fault can fail"


@pytest.mark.parametrize(
    "reference", ["theory.absent", "theory.margin.absent", "theory.surely", "theory/absent.py", "theory.vocabulary"]
)
def test_a_proof_that_is_not_written_is_refused(reference):
    with pytest.raises(LookupError, match=re.escape(reference)):
        written(reference)


@pytest.mark.parametrize(
    ("statuses", "label", "status"),
    [
        (["proved", "passed"], "theorem", "passed"),
        (["proved", "proved"], "theorem", "proved"),
        (["machine-checked", "passed"], "theorem", "machine-checked"),
        (["passed", "skipped"], "theorem", "passed"),
        (["proved", "failed"], "theorem", "failed"),
        (["proved", "undecided"], "theorem", "undecided"),
        (["skipped"], "measured", "skipped"),
        (["proved"], "conjecture", "undecided"),
        (["passed"], "conjecture", "undecided"),
        (["failed", "proved"], "conjecture", "failed"),
    ],
)
def test_what_decides(statuses, label, status):
    assert overall(statuses, label) == status


def test_the_record_of_a_run(tmp_path):
    path = tmp_path / "record.json"
    name = "Li24:Eq. 28"
    found = {"a.py::test_x[1]": [("proved", None), ("refuted", None)], "a.py::test_x[2]": [("passed", 1e-9)]}
    write_record({name: found}, BY_ID, path)
    row = {"status": "passed", "exact": 1, "floats": 1, "tolerance": 1e-9, "twins": 1, "checks": ["a.py::test_x"]}
    assert read_record(path)["statements"] == {name: row}


def test_the_command_lists_every_statement(capsys):
    assert run(build(), ["statements", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == [statement.id for statement in STATEMENTS]
    assert set(rows[0]) == {
        "id", "key", "paper", "label", "claim", "latex", "exact", "floats", "tolerance", "proof", "stored",
        "machine_checked", "not_machine_checked", "checks", "status",
    }  # fmt: skip
    assert run(build(), ["statements"]) == 0
    listed, meaning = capsys.readouterr().out.split("\n\n")
    lines = listed.splitlines()
    heads = [i for i, line in enumerate(lines) if not line.startswith(" ")]
    assert [lines[i].rpartition(": ")[0] for i in heads] == [statement.id for statement in STATEMENTS]
    assert [lines[i + 1].strip() for i in heads] == [statement.claim for statement in STATEMENTS]
    assert all(f"  exact: {statement.exact}" in lines for statement in STATEMENTS if statement.exact)
    assert meaning.strip() == statements_cli.MEANING


def test_statements_are_chosen_by_text_and_label(capsys):
    assert run(build(), ["statements", "MORWANI23", "--label", "theorem", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert all("morwani23" in json.dumps(row).casefold() and row["label"] == "theorem" for row in rows)
    for arguments in (["nothing says this"], ["--label", "lemma"]):
        assert run(build(), ["statements", *arguments]) == 2


def test_a_statement_without_a_record_is_undecided(monkeypatch):
    monkeypatch.setattr("verify.statements.record.read_record", lambda: {"statements": {}})
    assert {row["status"] for row in statements_cli.rows()} == {"undecided"}
    assert not any(row["checks"] for row in statements_cli.rows())
