"""The site without its notes, made once for the tests of its parts."""

from pathlib import Path

import pytest

LONGEST = 3000  # seconds for a test that makes the site first: ten times what a busy machine takes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(LONGEST))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from paper_notes.builder.__main__ import build

    out = tmp_path_factory.mktemp("site") / "site"
    assert build(out, notes=False) == []
    return out
