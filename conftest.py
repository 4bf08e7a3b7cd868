"""What all test folders share: slow cases run only with --runslow; threads are pinned, and lines are not broken."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.pop("COLUMNS", None)  # test runners set it in their workers; commands would break lines there

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option."""
    parser.addoption("--runslow", action="store_true", help="also run the slow cases")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the slow cases unless asked for them."""
    if config.getoption("--runslow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow; run with --runslow"))
