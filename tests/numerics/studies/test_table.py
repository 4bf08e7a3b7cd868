"""The table of stored results: whose numbers it shows, and that it refuses what is no result."""

import json
from pathlib import Path

import pytest

from numerics.studies.table import core_hours, rows
from numerics.studies.table_display import show_table
from theory.command_line import run
from theory.errors import InputError
from verify.cli import build

REMARKS = """
[half-data]
figure = "no figure"

[morwani23-relu]
paper_size = ["full"]
cost = {step_ms = 36.0, steps = 1000, runs = 5, how = "measured"}
tried = "less"
reason = "short"

[morwani23-relu.rows."w*"]
reason = "narrow"
"""


def result(study: str, scale: str, title: str, *entries: dict) -> dict:
    shared = {"claim": "a claim", "paper": 1.0, "ours": 0.5, "rule": "a rule"}
    content = {"format": "fourier-margin/reproduction", "title": title, "scale": scale, "preset": study}
    return content | {"verdict": [shared | entry for entry in entries]}


def store(folder: Path, study: str, scale: str, *entries: dict, title: str = "Morwani23 Figure 9: a curve") -> None:
    (folder / f"{study}-{scale}.json").write_text(json.dumps(result(study, scale, title, *entries)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "remarks.toml").write_text(REMARKS)
    store(tmp_path, "half-data", "cpu", {"key": "x", "verdict": "measured"}, title="Ours: something")
    store(tmp_path, "morwani23-relu", "cpu", {"key": "u", "verdict": "not"}, {"key": "wide", "verdict": "partly"},
          {"key": "kept", "verdict": "reproduced", "ours": {"mean": 0.5, "interval": [0.4, 0.6]}})  # fmt: skip
    store(tmp_path, "morwani23-relu", "full", {"key": "u", "verdict": "reproduced", "interval": [0.9, 1.0]})
    return tmp_path


def test_the_largest_scale_wins_and_the_rest_stays(folder):
    found = {row.key: row for row in rows(folder)}
    assert [row.key for row in rows(folder)] == ["u", "wide", "kept", "x"], "ours come last"
    assert (found["u"].scale, found["u"].verdict, found["u"].interval) == ("full", "reproduced", [0.9, 1.0])
    assert (found["wide"].scale, found["wide"].tried, found["wide"].reason) == ("cpu", "less", "narrow")
    assert (found["kept"].interval, found["kept"].reason) == ([0.4, 0.6], "")
    assert {row.paper for row in found.values()} == {"Morwani23", "Ours"}
    assert (found["u"].figure, found["x"].figure) == ("Figure 9", "no figure")


def test_a_cost_stands_beside_what_is_smaller(folder):
    found = {row.key: row for row in rows(folder)}
    assert found["wide"].core_hours == pytest.approx(36e-3 * 1000 * 5 / 3600)
    assert [found[key].paper_size for key in ("u", "wide", "x")] == [True, False, True]
    assert [found[key].core_hours for key in ("u", "x")] == [None, None]
    assert core_hours({"step_ms": 1.0, "steps": 3_600_000, "runs": 2}) == 2


def test_what_is_printed(folder, capsys):
    show_table(folder, False)
    text = capsys.readouterr().out
    assert "Morwani23 Figure 9 (morwani23-relu): 2 reproduced, 1 partly" in text
    assert "partly: wide. Tried: less. Likeliest reason: narrow." in text
    assert "the paper's size: 0.05 core-hours (36 ms a step x 1000 steps x 5 runs; measured)" in text
    assert "4 claims: 2 reproduced, 1 partly, 1 measured; 2 of them at less" in text
    show_table(folder, True, "half-data")
    assert [entry["key"] for entry in json.loads(capsys.readouterr().out)] == ["x"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("remarks.toml", "not toml", "must be TOML"),
        ("half-data-full.json", '{"verdict": []}', "must be a result that reproduce wrote"),
        ("half-data-full.json", "[]", "must be a result that reproduce wrote"),
    ],
)
def test_what_is_no_result(folder, name, text, message):
    (folder / name).write_text(text)
    with pytest.raises(InputError, match=message):
        rows(folder)


def test_wrong_options(tmp_path, capsys):
    for words, message in (
        (["--table", "--results", str(tmp_path)], "need a folder with stored results"),
        (["--json"], "belong to --table"),
        (["--table", "nothing"], "must have stored results"),
    ):
        assert run(build(), ["reproduce", *words]) == 2
        assert message in capsys.readouterr().err


def test_the_stored_results_are_shown(capsys):
    assert run(build(), ["reproduce", "--table", "swaroop26-table1"]) == 0
    assert "Swaroop26 Table 1" in capsys.readouterr().out
