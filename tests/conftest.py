"""What several tests need: a PostgreSQL server, a browser, a free port, Hypothesis's profiles."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from tests import postgres
from tests.age_peer import AgePeer
from tests.age_peer import running as age_peer_running
from tests.browsing import CHROMIUM_ARGUMENTS
from tests.installation import free_port
from tests.page_visitor import FILE, Visitor, visiting

# The gate is the same in every run; `pytest --hypothesis-profile=thorough` looks further.
settings.register_profile(
    "ci", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("ci"), derandomize=False, max_examples=2_000)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy address of this worker's own PostgreSQL server, which listens on a private socket alone."""
    with postgres.serving() as cluster:
        yield cluster.url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """SQLAlchemy address of an empty database that lives for one test."""
    with postgres.database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; take a fresh context from it for each test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture(name="free_port")
def free_port_fixture() -> Callable[[], int]:
    """Return a function that finds a loopback TCP port on which nothing listens."""
    return free_port


@pytest.fixture(scope="session")
def age_peer() -> Iterator[AgePeer]:
    """The age of npm, to seal and open what we open and seal."""
    with age_peer_running() as peer:
        yield peer


@pytest.fixture
def visitor(chromium: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """A person at the pages of a portal of their own."""
    with visiting(chromium, tmp_path) as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that the visitor can attach, under a name that nobody should learn."""
    made = tmp_path / "IMG_un nom.jpg"
    made.write_bytes(FILE)
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured, also those that ran in workers."""
    for report in terminalreporter.stats.get("passed", []):
        for what, measured in report.user_properties:
            terminalreporter.write_line(f"{what}: {measured}")
