"""Deleted data is no longer in answers or in the database's files."""

import secrets
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import TextClause, insert, select, text

from crypto import age, base64url, padding
from portal import days
from portal.exchange import expire
from portal.exchange.expire import Expired
from portal.store import database, deletion, envelopes
from portal.store.expiry import SPREAD_DAYS
from portal.store.schema import cases, deleted
from tests.support import postgres
from tests.support.builders import (
    INSPECTORATE,
    Sealed,
    make_keyring,
    make_outbox,
    make_report_envelope,
    make_slot,
)
from tests.support.paths import ROOT
from tests.support.portal_room import SITE, Room, opened

pytestmark = pytest.mark.databases_differ

MANY = {"sqlite": 2_000, "postgresql": 400}
PATIENCE_SECONDS = 10
SHIPPED = ROOT / "deploy" / "postgresql.conf"
SLOT = age.sealed_size(padding.SLOT)


def remains(folder: Path, contents: Iterable[bytes]) -> int:
    """Return how many of the contents are in any file in the folder and its subfolders."""
    raw = b"\0".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return sum(content in raw for content in contents)


def marks(sealed: Sealed) -> list[bytes]:
    """Return a part of the envelope, and the values stored beside it."""
    return [sealed.envelope[30_000:30_040], sealed.memo, sealed.case_id, sealed.withdraw_id]


def given_up(room: Room) -> Sealed:
    """Return a report that was only partly uploaded."""
    sealed = make_report_envelope(room.site)
    room.patch(room.begin(sealed), 0, sealed.envelope[:60_000])
    return sealed


def withdraw(room: Room, sealed: Sealed) -> None:
    assert room.client.post("/api/withdraw", data=sealed.keys.withdraw_key).status_code == 204


def test_withdrawn_data_is_overwritten_in_the_files(sqlite_room: Room) -> None:
    """Once the regular task has run, no part of the envelope, no memo and no withdraw id remains."""
    room, sealed = sqlite_room, make_report_envelope(sqlite_room.site)
    room.send(sealed)
    assert remains(room.folder, marks(sealed)) == 4
    withdraw(room, sealed)
    deletion.overwrite_portion(room.database)
    # The case id remains until the next bundle has told the inbox of the withdrawal.
    assert remains(room.folder, marks(sealed)) == remains(room.folder, [sealed.case_id]) == 1
    exported = room.export()
    exported.path.unlink()
    room.bring(make_outbox(room.site, collected=[exported.link]))
    (room.folder / "outbox.tar").unlink()
    assert remains(room.folder, marks(sealed)) == 0


def test_a_cancelled_upload_is_overwritten_in_the_files(sqlite_room: Room) -> None:
    room, sealed = sqlite_room, make_report_envelope(sqlite_room.site)
    address = room.begin(sealed)
    room.patch(address, 0, sealed.envelope[:60_000])
    assert remains(room.folder, marks(sealed)) == 4
    assert room.client.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    deletion.overwrite_portion(room.database)
    assert remains(room.folder, marks(sealed)) == 0


def test_no_request_empties_the_write_ahead_log(sqlite_room: Room) -> None:
    """The time needed to empty the log would reveal whether other visitors have written.

    Therefore, a regular task empties the log.
    """
    room, sealed, other = (
        sqlite_room,
        make_report_envelope(sqlite_room.site),
        make_report_envelope(sqlite_room.site),
    )
    log = room.folder / "portal.sqlite-wal"
    room.send(sealed)
    address, written = room.begin(other), log.stat().st_size
    assert written
    assert room.client.post("/api/withdraw", data=bytes(32)).status_code == 204
    assert log.stat().st_size == written, "an unknown withdrawal writes nothing"
    withdraw(room, sealed)
    assert room.client.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert log.stat().st_size >= written
    assert room.database.try_to_scrub()
    assert log.stat().st_size == 0


def test_overwriting_does_not_wait_for_readers(sqlite_room: Room) -> None:
    """While another transaction reads, reports arrive as usual. The portal tries to overwrite again later."""
    room = sqlite_room
    with room.database.read() as connection:
        connection.execute(text("SELECT count(*) FROM envelopes")).all()
        room.send(make_report_envelope(room.site))
        begun = time.monotonic()
        assert not room.database.try_to_scrub()
        room.send(make_report_envelope(room.site))
        assert time.monotonic() - begun < PATIENCE_SECONDS / 2
    assert room.database.try_to_scrub()


def test_a_refused_report_is_overwritten_in_the_files(sqlite_room: Room) -> None:
    """The report is refused, because its second piece shows that it is not sealed."""
    room, sealed = sqlite_room, make_report_envelope(sqlite_room.site)
    address, start = room.begin(sealed), sealed.envelope[:200]
    assert room.patch(address, 0, sealed.envelope[:1_000]).status_code == 204
    assert remains(room.folder, [start, *marks(sealed)[1:]]) == 4
    assert room.patch(address, 1_000, secrets.token_bytes(1_000)).status_code == 400
    deletion.overwrite_portion(room.database)
    assert remains(room.folder, [start, *marks(sealed)]) == 0


def test_confirmed_data_is_overwritten_in_the_files(sqlite_room: Room) -> None:
    """The case stays. The envelope, its hash, and the manifest that listed the envelope are deleted."""
    room, sealed = sqlite_room, make_report_envelope(sqlite_room.site)
    room.send(sealed)
    exported = room.export()
    exported.path.unlink()
    (entry,) = exported.intake.entries
    gone = [sealed.envelope[30_000:30_040], entry.hash, base64url.encode(entry.hash).encode()]
    assert remains(room.folder, gone) == 3
    room.bring(make_outbox(room.site, collected=[exported.link]))
    assert remains(room.folder, gone) == 0
    assert remains(room.folder, [sealed.memo, entry.id]) == 2


def test_expired_data_is_overwritten_in_the_files(sqlite_room: Room) -> None:
    """An abandoned upload expires, and so does a closed case with its slot and the rest of its envelope."""
    room, lost, closed = sqlite_room, given_up(sqlite_room), make_report_envelope(sqlite_room.site)
    room.send(closed)
    exported = room.export()
    exported.path.unlink()
    slot = make_slot(closed.keys)
    first = make_outbox(room.site, collected=[exported.link], slots={closed.case_id: slot})
    room.bring(first)
    room.bring(make_outbox(room.site, n=2, previous=first.manifest.hash, closed=[closed.case_id]))
    (room.folder / "outbox.tar").unlink()
    gone = [*marks(lost), *marks(closed)[1:], slot[1_700:1_740], exported.intake.entries[0].id]
    assert remains(room.folder, gone) == 9
    long = room.settings.closed_days + SPREAD_DAYS
    room.publish(make_keyring(room.site, 2, day=room.wait(long)))
    assert expire.expire(room.database, room.settings, room.day) == Expired(uploads=1, remains=1, cases=1)
    expire.tidy(room.database)
    assert remains(room.folder, gone) == 0


def test_no_copy_of_deleted_rows_is_left(room: Room) -> None:
    """When databases move rows, copies of these rows stay in the old place.

    After the cleaning, no table's file has such a copy.

    PostgreSQL samples rows for its statistics. These statistics contain no copies either.
    """
    many = MANY[room.settings.database_url.get_backend_name()]
    rows = [row(room.day, closed=number % 2 == 0) for number in range(many)]
    for start in range(0, many, 10):
        with room.database.write() as connection:
            connection.execute(insert(cases), rows[start : start + 10])
    with room.database.write() as connection:
        connection.execute(text("ANALYZE"))
    gone, kept = ([*memos(rows[first::2])] for first in (0, 1))
    assert remains(tables(room), gone) == remains(tables(room), kept) == many
    assert expire.expire(room.database, room.settings, room.day).cases == many // 2
    expire.tidy(room.database)
    assert remains(tables(room), kept) == many
    assert remains(tables(room), gone) == 0


def test_postgresql_with_the_shipped_settings_overwrites_deleted_data(tmp_path: Path) -> None:
    """PostgreSQL begins a new log file each hour. Afterwards, the log does not contain the data either."""
    with postgres.serving((), SHIPPED.read_text()) as cluster:
        room, sealed = Room(tmp_path, cluster.url), make_report_envelope(SITE)
        room.send(sealed)
        assert remains(cluster.data, marks(sealed)) == 4
        withdraw(room, sealed)
        room.bring(make_outbox(room.site, collected=[room.export().link]))
        expire.tidy(room.database)
        for command in ("SELECT pg_switch_wal()", "CHECKPOINT") * 2:
            postgres.execute(cluster.url, sql.SQL(command))
        assert remains(cluster.data, marks(sealed)) == 0
        assert remains(cluster.data, [room.state()["outboxes"][0][2]]) == 1
        room.close()


def row(today: date, *, closed: bool) -> dict[str, object]:
    """Return a case. Every tenth case has a slot."""
    return {
        "case_id": secrets.token_bytes(32),
        "channel": INSPECTORATE,
        "memo": secrets.token_bytes(60),
        "day": days.number(today),
        "collected": True,
        "expires": days.number(today) if closed else None,
        "slot": secrets.token_bytes(SLOT) if secrets.randbelow(10) == 0 else None,
    }


def memos(rows: Iterable[dict[str, object]]) -> Iterator[bytes]:
    """Yield the case id and memo of each row."""
    for each in rows:
        yield from (bytes(each[name]) for name in ("case_id", "memo"))  # type: ignore[call-overload]


def tables(room: Room) -> Path:
    """Return the folder with the database's tables, after writing everything to disk."""
    url = room.settings.database_url
    if url.get_backend_name() == "sqlite":
        return room.folder
    with psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=url.database) as connection:
        connection.autocommit = True
        connection.execute("CHECKPOINT")
        (own,) = connection.execute("SELECT pg_relation_filepath('cases')").fetchone() or ("",)
    return Path(str(url.query["host"]), "data", own).parent


def test_a_withdrawal_waits_for_the_last_piece_of_an_upload(room: Room) -> None:
    """A piece and a withdrawal arrive at the same time.

    Nothing is left behind, and the inbox learns of the withdrawal.
    """
    sealed = make_report_envelope(room.site)
    room.patch(room.begin(sealed), 0, sealed.envelope[:60_000])
    ((envelope_id, *_),) = room.state()["envelopes"]
    withdrawing = threading.Thread(target=withdraw, args=[room, sealed])
    with room.database.write() as connection:
        found = envelopes.find(connection, envelope_id)
        assert found
        envelopes.append(connection, found, sealed.envelope[60_000:], room.day)
        withdrawing.start()
        waits(room, withdrawing)
    withdrawing.join()
    state = room.state()
    assert (state["envelopes"], state["chunks"], state["cases"]) == ([], [], [])
    assert [each[:2] for each in state["withdrawals"]] == [(sealed.case_id, sealed.keys.withdraw_key)]


def test_two_deletions_of_the_same_rows_do_not_deadlock(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """All transactions lock rows in the same order, whatever the order of arrival."""
    with opened(request, tmp_path, "postgresql") as room:
        first, last = bytes(16), b"\xff" * 16
        for each in (last, first):
            with room.database.write() as connection:
                deletion.schedule(connection, [each])
        locked = select(deleted).with_for_update()
        waiting = threading.Thread(target=deletion.overwrite_portion, args=[room.database])
        with room.database.write() as connection:
            connection.execute(locked.where(deleted.c.envelope_id == first)).one()
            waiting.start()
            waits(room, waiting)
            with room.database.write() as other:
                other.execute(text("SET LOCAL lock_timeout = '1s'"))
                other.execute(locked.where(deleted.c.envelope_id == last)).one()
        waiting.join()
        assert room.state()["deleted"] == []


def waits(room: Room, thread: threading.Thread) -> None:
    """Wait until a thread is waiting for another thread's lock."""
    end = time.monotonic() + PATIENCE_SECONDS
    sqlite = room.settings.database_url.get_backend_name() == "sqlite"
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not (begins_to_write(thread) if sqlite else scalar(room, waiting)):
        assert time.monotonic() < end
        time.sleep(0.02)


def begins_to_write(thread: threading.Thread) -> bool:
    """Return whether a thread is beginning a transaction. SQLite does not report which transactions wait."""
    frames = traceback.walk_stack(sys._current_frames().get(thread.ident or 0))
    return any(frame.f_code is database._begin.__code__ for frame, _ in frames)


def scalar(room: Room, query: TextClause) -> object:
    with room.database.read() as connection:
        return connection.execute(query).scalar_one()
