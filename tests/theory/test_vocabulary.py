"""The vocabulary is one: the types, the meanings and the table that people read agree."""

from pathlib import Path
from typing import get_args

import pytest

from theory import vocabulary as v

KINDS = [(v.Status, v.STATUSES), (v.Label, v.LABELS), (v.Known, v.KNOWN), (v.Grade, v.GRADES), (v.Bound, v.BOUNDS)]


@pytest.mark.parametrize(("literal", "meanings"), [*KINDS, (v.Answer, v.ANSWERS)])
def test_every_word_has_a_meaning(literal: object, meanings: dict[str, str]) -> None:
    assert get_args(literal) == tuple(meanings)


def test_the_table_in_contributing_is_the_vocabulary() -> None:
    lines = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text().splitlines()
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("| ")]
    start = rows.index(("said of", "word", "meaning")) + 1
    found = [row for row in rows[start:] if len(row) == 3]
    words = [(kind, f"**{word}**", text) for kind, meanings in v.VOCABULARY.items() for word, text in meanings.items()]
    assert found == words
