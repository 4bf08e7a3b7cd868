"""The limit of a pass over all inputs bounds its time for narrow networks too."""

from pathlib import Path

import pytest

from theory.command_line import run
from theory.task import MOST_WORK, Task
from verify.cli import build


@pytest.mark.parametrize(
    ("k", "p", "m", "possible"),
    [(1, 10**5, 1, True), (1, 10**6, 1, False), (34, 2, 1, False), (2, 1181, 1180, True), (2, 1181, 4000, False)],
)
def test_outputs_count_even_where_there_are_few_neurons(k, p, m, possible):
    assert (Task.cyclic(k, p).work(m) <= MOST_WORK) == possible


def test_construct_says_what_verify_cannot_confirm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for limit in (MOST_WORK, 0):
        monkeypatch.setattr("theory.task.MOST_WORK", limit)
        for task in (["--group", "S3"], ["--p", "5"]):
            assert run(build(), ["construct", "--k", "2", *task, "--out", str(tmp_path / "n.safetensors")]) == 0
            said.append(len(capsys.readouterr().out.splitlines()))
    assert said == [1, 1, 2, 1]
