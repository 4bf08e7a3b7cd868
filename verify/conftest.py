"""``pytest verify/`` as proof-checking: every test names the statements it decides, and the run ends with the table.

A test gives each of its statements at least one result through the ``check`` fixture, or fails.  Through the ``twin``
fixture it gives results for a statement made false, by a wrong constant or a network a little off, which must fail.  A
run of the whole folder fails when a registered statement has no check or no twin.  ``--record`` writes what the run
found to ``verify/statements/record.json``, which ``fourier-margin statements`` shows.  ``--network FILE`` adds the
checks of a trained network to the run.
"""

from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from theory.errors import InputError
from verify.result import CheckResult
from verify.statements import BY_ID, STATEMENTS
from verify.statements.record import Checked, summed, write_record

HERE = Path(__file__).parent
Found = dict[str, dict[str, list[Checked]]]
FOUND = pytest.StashKey[Found]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the proof-checker."""
    parser.addoption("--network", metavar="FILE", help="also check this network file as a trained network")
    parser.addoption("--record", action="store_true", help="write the statuses to verify/statements/record.json")


def pytest_configure(config: pytest.Config) -> None:
    """What this run finds: statement -> test -> results.  A user's network is read before anything runs."""
    if network := config.getoption("--network"):
        if config.getoption("--record"):
            raise pytest.UsageError("--record keeps the statuses of the statements alone: give it without --network")
        from theory.network_file import load_network

        try:
            load_network(network)
        except InputError as error:
            raise pytest.UsageError(str(error)) from None
    found: Found = defaultdict(lambda: defaultdict(list))
    config.stash[FOUND] = found
    config.pluginmanager.register(_Collector(found))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The checks of a user's network exist only when there is one."""
    return True if collection_path == HERE / "test_network.py" and not config.getoption("--network") else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every check names registered statements; the names travel with its report (also between xdist's processes)."""
    for item in items:
        if HERE not in item.path.parents:
            continue
        names = _named(item)
        if not names:
            raise pytest.UsageError(f"{item.nodeid} must carry @pytest.mark.statement(...)")
        for name in names:
            if name not in BY_ID:
                raise pytest.UsageError(f"{item.nodeid} names the statement {name!r}, which is not registered")
        item.user_properties.append(("statements", names))


def _named(item: pytest.Item) -> list[str]:
    return list(dict.fromkeys(str(name) for mark in item.iter_markers("statement") for name in mark.args))


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Callable[[CheckResult], None]:
    """Take a result into the record, and fail the test unless it holds."""
    item = request.node

    def accept(result: CheckResult) -> None:
        assert result.statement in _named(item), f"{item.nodeid} is not marked with {result.statement!r}"
        tolerance = None if result.tolerance is None else float(result.tolerance)  # xdist sends no numpy scalars
        item.user_properties.append(("result", (result.statement, result.status, tolerance)))
        # A conjecture stays undecided, and evidence for it is all that a check can ask.
        conjectured = BY_ID[result.statement].label == "conjecture" and result.status == "undecided"
        assert result.holds or conjectured, f"{result.statement}: {result.label}: {result.status}; {result.to_json()}"

    return accept


@pytest.fixture
def twin(request: pytest.FixtureRequest) -> Callable[[CheckResult], None]:
    """A statement made false: its check must fail, or the test does."""
    item = request.node

    def refute(result: CheckResult) -> None:
        assert result.statement in _named(item), f"{item.nodeid} is not marked with {result.statement!r}"
        assert result.status == "failed", f"{result.statement}: the check does not see the fault: {result.to_json()}"
        item.user_properties.append(("result", (result.statement, "refuted", None)))

    return refute


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test that ends without a result for one of its statements has checked nothing: it fails."""
    outcome = yield
    decided = {value[0] for key, value in item.user_properties if key == "result" and isinstance(value, tuple)}
    if HERE in item.path.parents and (missing := set(_named(item)) - decided):
        pytest.fail(f"no result for {', '.join(sorted(missing))}: hand one to the check fixture", pytrace=False)
    return outcome


class _Collector:
    """Reads the reports of every test, on the process that prints the summary."""

    def __init__(self, found: Found) -> None:
        self.found = found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.outcome == "passed":
            return
        names, results = _properties(report)
        for name in names:
            mine = [(status, tolerance) for statement, status, tolerance in results if statement == name]
            if report.outcome != "passed":
                mine.append((report.outcome, None))
            self.found[name][report.nodeid] += mine


def _properties(report: pytest.TestReport) -> tuple[list[str], list[tuple[str, str, float | None]]]:
    names: list[str] = []
    results: list[tuple[str, str, float | None]] = []
    for key, value in report.user_properties:
        if key == "statements" and isinstance(value, list):
            names += value
        elif key == "result" and isinstance(value, tuple | list):
            results.append((str(value[0]), str(value[1]), value[2]))
    return names, results


def _is_whole_run(config: pytest.Config) -> bool:
    narrowed = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise")
    if any(getattr(config.option, name, None) for name in narrowed):
        return False
    return any((config.invocation_params.dir / arg).resolve() == HERE for arg in config.args)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A statement without a check, or without a twin, fails a whole run; --record keeps what was found."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly or not _is_whole_run(config):
        return
    found: Found = config.stash[FOUND]
    if any(not summed(found.get(statement.id, {}), statement.label)["twins"] for statement in STATEMENTS):
        if session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    elif config.getoption("--record"):
        write_record(found, BY_ID)


def _kernel_was_skipped(tests: dict[str, list[Checked]]) -> bool:
    """Other skipped tests of the statement are slow ones."""
    return any("test_machine_checked.py" in test and ("skipped", None) in tests[test] for test in tests)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table of statements and statuses."""
    found: Found = config.stash[FOUND]
    whole = _is_whole_run(config)
    if not found or config.option.collectonly:
        return
    terminalreporter.section("statements")
    width = max(len(statement.id) for statement in STATEMENTS)
    for statement in STATEMENTS:
        if statement.id in found:
            tests = found[statement.id]
            row = summed(tests, statement.label)
            line = f"{row['status']:15} {row['exact']:4} exact {row['floats']:4} in floats {row['twins']:3} twins"
            if whole and not row["twins"]:
                line += "; NO TWIN"
            if statement.machine_checked and _kernel_was_skipped(tests):
                line += "; the formal proof is not compiled here"
        elif whole:
            line = "NO CHECK"
        else:
            continue
        terminalreporter.write_line(f"{statement.id:{width}}  {statement.label:16} {line}")
