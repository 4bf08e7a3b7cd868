"""The README keeps its word: its table is current, and its commands and Python blocks run, in order, as printed."""

import re
import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest

from theory.command_line import run
from theory.groups import load_group
from theory.network_file import NetworkFile, load_network, save_network
from verify.cli import build

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.split("#")[0].split() for language, block in BLOCKS if not language for line in block.splitlines() if line
]


def promises(block: str) -> list[str]:
    """What comments beside a print say that it prints, up to an ellipsis."""
    return [text.removesuffix("...").strip() for text in re.findall(r"^print\(.*\)  # (.*)$", block, re.MULTILINE)]


def test_promises_are_read() -> None:
    assert promises("print(f(1))  # one; two; ...\nx = 1  # three\n") == ["one; two;"]
    assert sum(len(promises(block)) for _, block in BLOCKS) >= 2


def test_every_command_and_python_block_runs_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    ran = 0
    for language, block in BLOCKS:
        if language == "python":
            capsys.readouterr()
            exec(compile(block, "README.md", "exec"), {})
            out = capsys.readouterr().out
            assert all(promised in out for promised in promises(block)), out
            ran += 1
            continue
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "fourier-margin":
                assert run(build(), words[1:]) == 0, f"{line}: {capsys.readouterr().err}"
                ran += 1
    assert ran >= 15


def test_a_network_of_random_weights_fails_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    block = next(block for language, block in BLOCKS if language == "python" and "mine.safetensors" in block)
    exec(compile(block, "README.md", "exec"), {})
    assert "fourier-margin verify mine.safetensors --trained" in block
    assert run(build(), ["verify", "mine.safetensors", "--trained"]) == 1
    assert "failed" in capsys.readouterr().out
    assert run(build(), ["verify", "relu.safetensors"]) == 1
    assert "no theorem gives the maximum margin" in capsys.readouterr().out


def test_the_readme_s_group_is_one_and_a_transposed_array_is_saved_right(tmp_path: Path) -> None:
    text = re.search(r"`(\{\"name\": .*?\})`", README, re.DOTALL)
    assert text
    (tmp_path / "v4.json").write_text(text[1])
    group = load_group(str(tmp_path / "v4.json"))
    u, w = np.arange(24.0).reshape(4, 2, 3), np.arange(12.0).reshape(3, 4).T
    save_network(tmp_path / "mine.safetensors", NetworkFile(u, w, 2, 3))
    assert (load_network(tmp_path / "mine.safetensors").w == w).all()
    assert (group.order, group.is_abelian) == (4, True)


def test_make_knows_every_target() -> None:
    targets = {words[1] for words in COMMANDS if words[0] == "make"} | set(re.findall(r"`make (\w+)`", README))
    assert {"run", "test", "notes", "browser"} <= targets
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_nothing_in_a_block_goes_unchecked() -> None:
    assert {words[0] for words in COMMANDS} <= {"make", "fourier-margin"}
    assert {language for language, _ in BLOCKS} <= {"", "python"}


def test_table_of_statements_is_current() -> None:
    readme = pytest.importorskip("paper_notes.builder.readme")
    assert readme.refreshed(README) == README, "run python -m paper_notes.builder.readme"


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).is_file(), target
