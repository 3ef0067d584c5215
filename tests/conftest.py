"""What several tests need: a PostgreSQL server, a browser, a free port, Hypothesis's profiles."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql
from sqlalchemy import URL, make_url

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


def run_postgres(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, which refuse root, so as root's their own user."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest = max(folders, key=lambda folder: int(folder.parent.name))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_user, newest / program, *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy address of this worker's own PostgreSQL server, which listens on a private socket alone."""
    with tempfile.TemporaryDirectory(prefix="fanal-postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = f"{folder}/data"
        run_postgres(
            "initdb", "--pgdata", data, "--username=fanal", "--auth=trust", "--no-sync", "--encoding=UTF8"
        )
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
        run_postgres("pg_ctl", "start", "--wait", "-D", data, "--log", f"{folder}/log", "-o", options)
        try:
            url = URL.create("postgresql+psycopg", "fanal", database="postgres", query={"host": folder})
            yield url.render_as_string(hide_password=False)
        finally:
            run_postgres("pg_ctl", "stop", "--wait", "-D", data, "--mode=immediate")


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """SQLAlchemy address of an empty database that lives for one test."""
    server = make_url(postgres_url)
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(
        host=str(server.query["host"]), user=server.username, dbname=server.database, autocommit=True
    ) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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
