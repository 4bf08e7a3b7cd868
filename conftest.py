"""What all test folders share: slow cases run only with --runslow, threads are pinned, and lines are not broken.

Random cases are the same in every run; with --runslow they are new ones each time, and a fault that they find becomes a
test of its own.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.pop("COLUMNS", None)  # test runners set it in their workers; commands would break lines there

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, database=None)
settings.register_profile("new", print_blob=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option."""
    parser.addoption("--runslow", action="store_true", help="also run the slow cases")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the random cases."""
    settings.load_profile("new" if config.getoption("--runslow") else "same")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the slow cases unless asked for them."""
    if config.getoption("--runslow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow; run with --runslow"))
