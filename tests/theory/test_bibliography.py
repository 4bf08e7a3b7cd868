"""Every paper that a docstring, a statement or a note cites by key is in the one bibliography."""

import re
from pathlib import Path

import pytest

from verify.statements import BY_ID

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "paper_notes" / "refs.bib").read_text()
KEYS = set(re.findall(r"^@\w+\{(\w+),$", TEXT, re.M))
NOT_PAPERS = {"Float32", "Float64"}


@pytest.mark.parametrize("room", ["theory", "numerics", "verify", "paper_notes", "tests"])
def test_every_cited_key_exists(room: str) -> None:
    cited = {
        key
        for file in (ROOT / room).rglob("*.py")
        for key in re.findall(r"\b(?:[A-Z][a-z]+[0-9]{2}(?![0-9])\b|MAIS\b)", file.read_text())
    }
    assert cited - NOT_PAPERS <= KEYS


def test_every_entry_says_where_to_find_it() -> None:
    entries = re.findall(r"^@\w+\{(\w+),\n(.*?)^\}", TEXT, re.M | re.S)
    assert len(entries) == len(KEYS) >= 6
    for _, body in entries:
        assert all(re.search(rf"^  {field} *= ", body, re.M) for field in ("title", "author", "year"))
        assert re.search(r"^  (eprint|url|journal) *= ", body, re.M)


def test_the_registry_and_the_citation_file_agree_with_it() -> None:
    assert {statement.paper for statement in BY_ID.values()} - {"Ours"} <= KEYS
    numbers = set(re.findall(r"arxiv\.org/abs/([0-9.]+)", (ROOT / "CITATION.cff").read_text()))
    assert numbers <= set(re.findall(r"eprint = \{([0-9.]+)\}", TEXT))
