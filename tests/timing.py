"""A run's time: less of it, and where it went, by folder, printed at the end."""

import gc
from collections import Counter

import pytest

COLUMNS = "{:<24}{:>8}{:>10}"


class Timing:
    """Counts the tests of each folder, and the seconds of their setups, calls and teardowns."""

    def __init__(self) -> None:
        self.tests: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        folder = report.nodeid.partition("::")[0].rpartition("/")[0] or "."
        self.tests[folder] += report.when == "setup"
        self.seconds[folder] += report.duration  # type: ignore[assignment]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.tests:
            return
        terminalreporter.section("time by folder")
        terminalreporter.line(COLUMNS.format("folder", "tests", "seconds"))
        for folder, seconds in self.seconds.most_common():
            terminalreporter.line(COLUMNS.format(folder, self.tests[folder], f"{seconds:.1f}"))
        total = f"{sum(self.seconds.values()):.1f}"
        terminalreporter.line(COLUMNS.format("all", sum(self.tests.values()), total))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Timing(), "timing")


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over all that stays: it took a fifth of a run's time."""
    gc.collect()
    gc.freeze()
