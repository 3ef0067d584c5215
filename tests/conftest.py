"""Shared fixtures (a PostgreSQL server, a browser, a port, a false clock), and the profiles of Hypothesis."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserType, sync_playwright

from tests.support import browsing, engines, gate, known_before, known_pages, postgres
from tests.support.age_peer import AgePeer
from tests.support.age_peer import running as age_peer_running
from tests.support.installation import free_port
from tests.support.page_visitor import Visitor, visiting
from tests.support.provable import Provable, proving

# Fixtures that several folders use, each defined once.
pytest_plugins = ["tests.support.inbox_room"]

# The gate tries the same examples in every run: a third of the examples of `full`. `pytest
# --hypothesis-profile=thorough` tries more examples than `full`.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=33,
)
settings.register_profile("full", settings.get_profile("ci"), derandomize=False, max_examples=100)
settings.register_profile("thorough", settings.get_profile("ci"), derandomize=False, max_examples=2_000)
settings.load_profile("ci")

engines.share_statements()

# A cache folder for compressed pages, like the one that systemd gives the portal. `make clean` removes this
# folder.
_CACHE = Path(sys.prefix) / "cache"
_CACHE.mkdir(exist_ok=True)
os.environ.setdefault("CACHE_DIRECTORY", str(_CACHE))

known_before.remember()
known_pages.remember()

# Some tests press Ctrl-C and Ctrl-\. Without these lines, tests that a shell starts in the background, and
# the programs that they start, would ignore both keys.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy address of this worker's own PostgreSQL server, which listens only on a private socket."""
    with postgres.serving() as cluster:
        yield cluster.url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """SQLAlchemy address of an empty database, which is removed after the test."""
    with postgres.database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def engine() -> Iterator[BrowserType]:
    """Playwright's interface to Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def chromium(engine: BrowserType) -> Iterator[Browser]:
    """Debian's Chromium without a window. Each test should open a new context in this browser."""
    browser = browsing.launch(engine)
    yield browser
    browser.close()


@pytest.fixture(name="free_port")
def free_port_fixture() -> Callable[[], int]:
    """Return a function that finds a free TCP port on loopback."""
    return free_port


@pytest.fixture
def false_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[timedelta], None]:
    """Return a function that sets the clock of the programs started by the test, while they run."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    file = tmp_path / "clock"

    def set_clock(away: timedelta) -> None:
        # The file is replaced in one step, because a process that reads an empty file would end.
        new = file.with_suffix(".new")
        new.write_text(f"{int(away.total_seconds()):+d}")
        new.replace(file)

    set_clock(timedelta())
    for name, value in {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        # Setting the clock does not change the monotonic clock, as on a real machine.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "FAKE_UTIME": "0",
    }.items():
        monkeypatch.setenv(name, value)
    return set_clock


@pytest.fixture(scope="session")
def age_peer() -> Iterator[AgePeer]:
    """The age package of npm, which opens what we seal and seals what we open."""
    with age_peer_running() as peer:
        yield peer


@pytest.fixture(scope="module")
def provable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provable]:
    """A portal with a signed manifest, shared by all tests of a module; they must not change the portal."""
    with proving(tmp_path_factory.mktemp("provable")) as made:
        yield made


@pytest.fixture
def own_provable(tmp_path: Path) -> Iterator[Provable]:
    """A portal with a signed manifest that the test may change."""
    with proving(tmp_path) as made:
        yield made


@pytest.fixture
def visitor(chromium: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """A person who uses the pages of a portal that no other test uses."""
    with visiting(chromium, tmp_path) as made:
        yield made


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the slowest modules first, so that the run does not have to wait for one of them at the end.

    This hook runs before tests are deselected, so it also adds the marks.
    """
    gate.mark(items)
    config.stash[gate.SOAKED] = gate.soaked(items)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Make the garbage collector skip the thousands of test objects, which last until the end."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests measured, including those of workers.

    `make soak` recognises these lines by their beginning.
    """
    for report in terminalreporter.stats.get("passed", []):
        for what, measured in report.user_properties:
            terminalreporter.write_line(f"measured: {what}: {measured}")
