"""``pytest verify/`` as proof-checking: every test names the statement it decides, and the run ends with the table.

A run of the whole folder fails when a registered statement has no check.  ``--record`` writes what the run found to
``verify/statements/record.json``, which ``fourier-margin statements`` shows.  ``--network FILE`` adds the checks of a
trained network to the run.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from verify.result import CheckResult
from verify.statements import BY_ID, STATEMENTS
from verify.statements.record import worst, write_record

HERE = Path(__file__).parent
Found = dict[str, dict[str, str]]
FOUND = pytest.StashKey[Found]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the proof-checker."""
    parser.addoption("--network", default=None, help="also check this network file as a trained network")
    parser.addoption("--record", action="store_true", help="write the statuses to verify/statements/record.json")


def pytest_configure(config: pytest.Config) -> None:
    """What this run finds: statement -> test -> status."""
    config.stash[FOUND] = defaultdict(dict)
    config.pluginmanager.register(_Collector(config.stash[FOUND]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every check names registered statements; the names travel with its report (also between xdist's processes)."""
    for item in items:
        if HERE not in item.path.parents:
            continue
        names = [name for mark in item.iter_markers("statement") for name in mark.args]
        if not names:
            raise pytest.UsageError(f"{item.nodeid} must carry @pytest.mark.statement(...)")
        for name in names:
            if name not in BY_ID:
                raise pytest.UsageError(f"{item.nodeid} names the statement {name!r}, which is not registered")
        item.user_properties.append(("statements", names))


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Callable[[CheckResult], None]:
    """Take a result into the record, and fail the test unless it holds."""

    def accept(result: CheckResult) -> None:
        request.node.user_properties.append(("status", result.status))
        assert result.holds, f"{result.statement}: {result.label}: {result.status}; {result.to_json()}"

    return accept


class _Collector:
    """Reads the reports of every test, on the process that prints the summary."""

    def __init__(self, found: Found) -> None:
        self.found = found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.outcome == "passed":
            return
        names = [name for key, value in report.user_properties if key == "statements" for name in value]
        statuses = [str(value) for key, value in report.user_properties if key == "status"] or ["passed"]
        status = worst(statuses) if report.outcome == "passed" else report.outcome
        for name in names:
            before = self.found[name].get(report.nodeid)
            self.found[name][report.nodeid] = worst([status, before]) if before else status


def _is_whole_run(config: pytest.Config) -> bool:
    selected = config.option.keyword or config.option.markexpr or getattr(config.option, "lf", False)
    return not selected and any((config.invocation_params.dir / arg).resolve() == HERE for arg in config.args)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A statement that nothing checks fails a whole run; --record keeps what was found."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly or not _is_whole_run(config):
        return
    if any(statement.id not in config.stash[FOUND] for statement in STATEMENTS):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    elif config.getoption("--record"):
        write_record(config.stash[FOUND])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table of statements and statuses."""
    found, whole = config.stash[FOUND], _is_whole_run(config)
    if not found or config.option.collectonly:
        return
    terminalreporter.section("statements")
    width = max(len(statement.id) for statement in STATEMENTS)
    for statement in STATEMENTS:
        if statement.id in found:
            tests = found[statement.id]
            line = f"{worst(tests.values()):10} {len(tests):4} checks"
        elif whole:
            line = "NO CHECK"
        else:
            continue
        terminalreporter.write_line(f"{statement.id:{width}}  {statement.label:16} {line}")
