"""Each misprint: the printed form fails, ours holds; and the judge is not for sale."""

from dataclasses import replace

import pytest

from theory.misprints import MISPRINTS, Comparison, Misprint


@pytest.mark.parametrize("misprint", MISPRINTS, ids=lambda m: f"{m.paper}:{m.where}")
def test_printed_fails_and_corrected_holds(misprint: Misprint) -> None:
    found = misprint.check()
    assert found.printed_fails
    assert found.corrected_holds
    assert found.ok
    assert misprint.printed_text != misprint.corrected_text


@pytest.mark.parametrize("misprint", MISPRINTS, ids=lambda m: f"{m.paper}:{m.where}")
def test_printed_form_passed_off_as_the_correction_is_rejected(misprint: Misprint) -> None:
    found = misprint.check()
    assert not replace(found, corrected=found.printed).ok
    assert not replace(found, printed=found.corrected).ok


def test_rounding_is_no_misprint() -> None:
    assert not Comparison(1.0 + 1e-12, 1.0, 1.0, "").printed_fails
    assert not Comparison(2.0, 1.0 + 1e-7, 1.0, "").corrected_holds


def test_both_papers_are_covered() -> None:
    assert {misprint.paper for misprint in MISPRINTS} == {"Li24", "Morwani23"}
    names = [(misprint.paper, misprint.where) for misprint in MISPRINTS]
    assert len(set(names)) == len(names)
