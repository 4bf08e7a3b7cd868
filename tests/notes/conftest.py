"""The site without its notes, made once for the tests of its parts."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from paper_notes.builder.__main__ import build

    out = tmp_path_factory.mktemp("site") / "site"
    assert build(out, notes=False) == []
    return out
