"""What is printed keeps to the terminal's width, breaks at words and carries no control characters."""

import pytest

from theory.command_line import say, table

WORDS = "the margin of every network is at most gamma* whatever its width may be"
ROWS = [(WORDS, "passed", "1.5", ""), ("\x1b[2Jshort", "FAILS", "-2", "1e-9")]


@pytest.mark.parametrize("columns", ["20", "30", "60", "80", "200", None])
def test_nothing_is_lost_or_cut_at_any_width(monkeypatch, capsys, columns):
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    say(WORDS, "  " + WORDS)
    table(("check", "status", "measured", "error"), ROWS)
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= int(columns or 10**3)
    assert " ".join(printed.split()).startswith(f"{WORDS} {WORDS}")
    assert {*WORDS.split(), "passed", "FAILS", "1.5", "-2", "1e-9", "[2Jshort"} <= set(printed.replace(",", "").split())
    assert "\x1b" not in printed


def test_numbers_are_aligned_to_the_right(capsys):
    table(("check", "status", "measured"), [("a", "passed", "1"), ("b", "x", "-12.5")])
    assert capsys.readouterr().out.splitlines() == [
        "check  status  measured",
        "a      passed         1",
        "b      x          -12.5",
    ]


def test_statuses_have_colours_where_the_terminal_has(monkeypatch):
    from theory.command_line import _painted

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert _painted("passed") == "\x1b[32mpassed\x1b[0m"
    for name, value in (("TERM", "dumb"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
        assert _painted("passed") == "passed"
