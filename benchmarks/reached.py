"""A plugin of pytest that records which lines each test reaches, and how long the test takes.

`benchmarks.mutants` loads the plugin. The plugin writes coverage data and a JSON object with each test's
seconds.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage

# The folder for both files.
FOLDER = "FANAL_REACHED"
LINES, SECONDS = "lines", "seconds.json"

_seconds: defaultdict[str, float] = defaultdict(float)


def pytest_configure(config: pytest.Config) -> None:
    """Record until pytest ends."""
    folder = Path(os.environ[FOLDER])
    coverage = Coverage(data_file=str(folder / LINES), data_suffix=True)
    coverage.start()

    def end() -> None:
        coverage.stop()
        coverage.save()
        (folder / SECONDS).write_text(json.dumps(_seconds), "utf-8")

    config.add_cleanup(end)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """From now on, count each line that is reached as a line of this test."""
    if coverage := Coverage.current():
        coverage.switch_context(item.nodeid)
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add the seconds of a test and of its fixtures."""
    _seconds[report.nodeid] += report.duration
