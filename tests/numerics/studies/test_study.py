"""The shape of a study, the list of studies, and the driver."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from numerics.studies import reproduce as rooms
from numerics.studies.reproduce import load_study, registry, reproduce
from numerics.studies.study import Claim, Study, graded
from theory.errors import InputError


def test_the_list_read_from_the_source_is_what_the_modules_have():
    paths = [path.relative_to(rooms.ROOM).with_suffix("") for path in rooms.ROOM.rglob("*.py")]
    modules = [import_module(".".join(["numerics.studies", *path.parts])) for path in sorted(paths)]
    studies = [study for module in modules for study in vars(module).get("STUDIES", None) or [vars(module).get("STUDY")]
               if isinstance(study, Study)]  # fmt: skip
    assert {study.name: study.title for study in studies} == {
        name: title for name, (module, title) in registry().items() if module
    }


def test_the_example_in_contributing_is_a_whole_study(tmp_path, monkeypatch):
    text = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    source = text.split("```python\n")[1].split("```")[0]
    assert source.count("\n") < 150
    [(name, title)] = rooms._named(source)
    module = ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", module)  # where its dataclass looks itself up
    exec(source, vars(module))
    found = reproduce(module.STUDY, "smoke", tmp_path, device="cpu", budget=2**30, progress=lambda *now: None)
    assert (found.numbers["preset"], found.numbers["title"]) == (name, title)
    assert [claim.key for claim in found.claims] == ["wider_is_better"]
    assert not found.missed
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}-smoke{end}" for end in ("", ".json", ".png")}


def test_an_unknown_study_is_answered_with_the_known_ones():
    with pytest.raises(InputError, match=r"must be one of .*half-data.*; got 'half'"):
        load_study("half")


@pytest.mark.parametrize(("full", "some", "word"), [(1, 0, "reproduced"), (0, 1, "partly"), (0, 0, "not")])
def test_grades(full, some, word):
    assert graded(bool(full), bool(some)) == word


def test_a_claim_as_a_row_and_as_a_line():
    claim = Claim("share", "share at one frequency", 0.9, 0.91, "reproduced", "within .05", {"interval": [0.88, 0.94]})
    assert claim.entry == {
        "key": "share", "claim": "share at one frequency", "paper": 0.9, "ours": 0.91, "verdict": "reproduced",
        "rule": "within .05", "interval": [0.88, 0.94],
    }  # fmt: skip
    assert claim.line == "reproduced share at one frequency: paper 0.9, ours 0.91, interval 0.88..0.94"
