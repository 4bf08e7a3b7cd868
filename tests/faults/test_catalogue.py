"""Each planted fault is refused by the check that the catalogue names, and its honest twin is accepted."""

import json
from collections import Counter

import pytest

from tests.faults.__main__ import RESULT
from tests.faults.catalogue import CATALOGUE
from tests.faults.fault import Fault


@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.name)
def test_the_named_check_refuses_the_fault_and_accepts_its_twin(fault: Fault):
    row = fault.kill()
    assert row["twin_accepted"], f"{row['check']} refuses what is right: {fault.check(fault.honest)[0]}"
    assert row["rejected"], f"{row['check']} accepts: {fault.wrong}; it says {row['reason']!r}, needs {fault.named!r}"


def test_names_are_unique():
    assert [name for name, count in Counter(fault.name for fault in CATALOGUE).items() if count > 1] == []


def test_the_kill_table_of_the_notes_is_of_this_catalogue():
    table = json.loads(RESULT.read_text())
    assert [row["fault"] for row in table["rows"]] == [fault.name for fault in CATALOGUE]
    assert table["rejected"] == table["twins_accepted"] == table["faults"] == len(CATALOGUE)
