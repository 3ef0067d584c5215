"""Faults of the disk, the database and the clock cause clear errors.

The portal recovers and loses nothing that it has acknowledged.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser

from portal.days import today
from portal.store import intakes
from tests.support import postgres
from tests.support.builders import INSPECTORATE, Sealed, anew, make_report_envelope
from tests.support.page_visitor import TEXT, Visitor
from tests.support.portal_load import HALF, Load, patch, post, told_to_wait
from tests.support.portal_room import BODY, SITE, TUS, declared
from tests.support.portal_server import Server
from tests.support.small_disk import small_disk
from tests.support.work import offered

pytestmark = pytest.mark.long

STOPS = 3
LEFT = 3 << 20
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server that the tests can stop and start.

    The server runs without fsync, because the tests never cut the power.
    """
    with postgres.serving() as made:
        yield made


def test_a_portal_on_a_full_disk_refuses_reports_and_loses_nothing(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """Acknowledged envelopes are complete. Uploads continue without repairs once there is room again."""
    with small_disk(tmp_path / "disk", "4m") as resize:
        server = Server(tmp_path / "disk", free_port()).make(spare_gb=0)
        begun, sealed = make_report_envelope(SITE, file=bytes(400_000)), make_report_envelope(SITE)
        with server.serving():
            address = server.begin(begun)
            assert patch(server, address, begun, 0, HALF)[0] == 204
            kept = refused_for_room(server, address, begun, sealed)
            out = tmp_path / "out"
            out.mkdir()
            assert "full or busy" in server.run("export", "--out", out, code=1)
            resize("32m")
            assert patch(server, address, begun, HALF, len(begun.envelope))[0] == 204
            kept[server.send(sealed)] = sealed
        assert sound(server)
        assert server.content(address) == begun.envelope
        assert [server.content(each) for each in kept] == [each.envelope for each in kept.values()]
        told = json.loads(server.run("export", "--out", out, "--json"))
        assert [each["envelopes"] for each in told if each["channel"] == INSPECTORATE] == [len(kept) + 1]


def refused_for_room(server: Server, address: str, begun: Sealed, sealed: Sealed) -> dict[str, Sealed]:
    """Send reports until the disk is full, and then send a piece of a report.

    Return the accepted reports by address.
    """
    kept = {}
    while (answer := post(server, each := anew(sealed)))[0] == 201:
        kept[answer[1]["Location"]] = each
    assert told_to_wait(answer)
    assert len(kept) > 10
    assert told_to_wait(patch(server, address, begun, HALF, len(begun.envelope)))
    assert server.offset(address) == HALF
    assert server.request("POST", "/api/slot", sealed.keys.locator)[2][0] == 1
    return kept


def sound(server: Server) -> bool:
    """Return whether SQLite finds nothing to repair."""
    with closing(sqlite3.connect(server.folder / "portal.sqlite")) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_portal_whose_postgresql_disk_is_full_refuses_reports_and_loses_nothing(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """Another program fills the disk. The same processes continue with uploads once there is room again."""
    with TemporaryDirectory(prefix="fanal-disk-") as folder, small_disk(Path(folder, "disk"), "200m"):
        Path(folder).chmod(0o755)
        cluster = postgres.Cluster(Path(folder, "disk")).make()
        with cluster.running():
            server = Server(tmp_path, free_port()).make(database=cluster.url)
            begun, sealed = make_report_envelope(SITE, file=bytes(400_000)), make_report_envelope(SITE)
            with server.serving():
                workers = server.workers()
                address = server.begin(begun)
                assert patch(server, address, begun, 0, HALF)[0] == 204
                filler = cluster.folder / "filler"
                filler.write_bytes(bytes(disk_usage(cluster.folder).free - LEFT))
                kept = refused_for_room(server, address, begun, sealed)
                filler.unlink()
                assert patch(server, address, begun, HALF, len(begun.envelope))[0] == 204
                kept[server.send(sealed)] = sealed
                assert server.workers() == workers
            assert server.content(address) == begun.envelope
            assert [server.content(each) for each in kept] == [each.envelope for each in kept.values()]


def test_an_upload_waits_for_a_locked_database_before_it_is_refused(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """During the lock, reading works. Afterwards, the same upload is accepted."""
    server = Server(tmp_path, free_port()).make()
    sealed = make_report_envelope(SITE)
    with server.serving():
        address = server.begin(sealed)
        with closing(sqlite3.connect(tmp_path / "portal.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            begun = time.monotonic()
            assert told_to_wait(patch(server, address, sealed, 0, HALF))
            assert 5 < time.monotonic() - begun < 2 * PATIENCE_SECONDS
            assert server.offset(address) == 0
            assert len(server.request("POST", "/api/slot", sealed.keys.locator)[2]) == 18_108
            other.execute("ROLLBACK")
        assert patch(server, address, sealed, 0, len(sealed.envelope))[0] == 204


def test_restarting_postgresql_under_load_loses_nothing(
    tmp_path: Path, free_port: Callable[[], int], cluster: postgres.Cluster
) -> None:
    """While PostgreSQL restarts, every answer says when to try again.

    Afterwards, the same processes continue.
    """
    with postgres.database(cluster.url) as url:
        server = Server(tmp_path, free_port()).make(database=url)
        with server.serving():
            with Load(server).running() as load:
                workers = server.workers()
                for _ in range(STOPS):
                    load.goes_on()
                    cluster.stop()
                    load.is_refused()
                    cluster.start()
                load.goes_on()
            assert load.refused
            assert [each for each in load.refused if not told_to_wait(each) and each[0] != 409] == []
            assert server.workers() == workers
        for address, sealed in load.kept.items():
            assert server.content(address) == sealed.envelope


def test_the_page_keeps_a_report_until_postgresql_is_back(
    chromium: Browser, tmp_path: Path, free_port: Callable[[], int], cluster: postgres.Cluster
) -> None:
    """The page tries again automatically. The report arrives exactly once."""
    with postgres.database(cluster.url) as url, closing(chromium.new_context()) as context:
        server = Server(tmp_path, free_port()).make(database=url)
        with server.serving():
            visitor = Visitor(context.new_page(), f"http://127.0.0.1:{server.port}")
            visitor.write(TEXT)
            cluster.stop()
            with visitor.page.expect_response(lambda answer: answer.status == 503):
                visitor.confirm()
            assert visitor.page.input_value("#what") == TEXT
            cluster.start()
            visitor.arrived()
            visitor.open()
            visitor.opened()
        with server.store() as store, store.read() as connection:
            assert [each.count for each in intakes.unexported(connection)] == [1]


def as_a_page(server: Server, sealed: Sealed) -> str:
    """Send a report with proof of work for the server's own offer; return the report's address."""
    offer = server.request("GET", "/api/work")[2]
    headers = {**BODY, **declared(sealed), **offered(offer, sealed.envelope)}
    status, answered, _ = server.request("POST", "/api/envelopes", sealed.envelope, headers)
    assert status == 201
    return answered["Location"]


def test_the_portal_loses_nothing_if_its_clock_jumps(
    tmp_path: Path, free_port: Callable[[], int], false_clock: Callable[[timedelta], None]
) -> None:
    """The clock goes ten years forward, then back. Meanwhile, the same processes keep accepting reports."""
    server = Server(tmp_path, free_port()).make()
    begun = make_report_envelope(SITE)
    with server.serving():
        workers = server.workers()
        address = server.begin(begun)
        assert patch(server, address, begun, 0, HALF)[0] == 204
        kept = {server.send(sealed): sealed for sealed in (make_report_envelope(SITE),)}
        for days, year in ((3_650, 10), (-800, -2), (0, 0)):
            false_clock(timedelta(days=days))
            _, headers, _ = server.request("GET", "/fr/")
            assert int(headers["Date"].split()[3]) - today().year in {year, year - 1, year + 1}
            sealed = make_report_envelope(SITE)
            kept[as_a_page(server, sealed)] = sealed
            # Only an unfinished upload can seem too old.
            status, _, _ = server.request("HEAD", address, None, TUS)
            assert status == (404 if days > 0 else 200)
            assert server.request("POST", "/api/slot", sealed.keys.locator)[2][0] == 1
        assert patch(server, address, begun, HALF, len(begun.envelope))[0] == 204
        assert server.workers() == workers, server.log()
    kept[address] = begun
    for each, sealed in kept.items():
        assert server.content(each) == sealed.envelope
