"""Both databases store days instead of times, lose nothing in a race, and leave nothing behind."""

import re
import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from crypto import signing
from portal.errors import Refused
from portal.exchange import exports
from portal.store import cases, database, envelopes, keyrings
from portal.store.cases import Report
from portal.store.database import Damaged, Database, Place, StoreBusy
from portal.store.envelopes import OffsetMoved, Upload
from portal.store.keyrings import Instance
from portal.store.schema import metadata
from tests.support import damaging, postgres
from tests.support.builders import INSPECTORATE, make_outbox, make_report_envelope, today
from tests.support.portal_room import Room, opened

pytestmark = pytest.mark.databases_differ


def upload(size: int = 10) -> Upload:
    return Upload(id=secrets.token_bytes(16), channel=INSPECTORATE, size=size, received=0, begun=today())


def report() -> Report:
    return Report(
        case_id=secrets.token_bytes(32), memo=secrets.token_bytes(60), withdraw_id=secrets.token_bytes(32)
    )


def test_the_database_has_exactly_the_known_tables(room: Room) -> None:
    with room.database.read() as connection:
        inspector = inspect(connection)
        found = {
            table: {column["name"] for column in inspector.get_columns(table)}
            for table in inspector.get_table_names()
        }
    known = {table.name: {column.name for column in table.columns} for table in metadata.sorted_tables}
    assert found == known | {"alembic_version": {"version_num"}}


def test_no_row_has_a_sequence_number_or_a_time(sqlite_room: Room) -> None:
    """SQLite's tables have no rowid, and no column has a date or time type."""
    with sqlite_room.database.read() as connection:
        made = connection.execute(text("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")).all()
    # alembic's single row contains the version of the tables.
    assert [name for name, statement in made if "WITHOUT ROWID" not in statement] == ["alembic_version"]
    assert len(made) == len(metadata.sorted_tables) + 1
    kinds = {column.type.python_type for table in metadata.sorted_tables for column in table.columns}
    assert kinds == {bytes, str, int, bool}


def test_a_piece_is_stored_only_once_and_only_up_to_the_declared_size(room: Room) -> None:
    """If two pieces arrive for the same offset, the first is kept."""
    begun = upload()
    with room.database.write() as connection:
        envelopes.begin(connection, begun, None, b"")
        grown = envelopes.append(connection, begun, b"abc", today())
        for late in (begun, replace(grown, received=4)):
            with pytest.raises(OffsetMoved):
                envelopes.append(connection, late, b"xyz", today())
        with pytest.raises(OffsetMoved):
            envelopes.append(connection, grown, bytes(8), today())
        assert envelopes.find(connection, begun.id) == grown
        assert envelopes.piece(connection, begun.id, 0) == b"abc"
        assert envelopes.piece(connection, begun.id, 3) == b""


def test_of_several_pieces_at_one_offset_exactly_one_is_stored(room: Room) -> None:
    """Clients that continue the same upload at the same time cannot corrupt it."""
    begun = upload(40)
    with room.database.write() as connection:
        envelopes.begin(connection, begun, None, b"")
    won: list[bytes] = []

    def append(word: bytes) -> None:
        try:
            with room.database.write() as connection:
                envelopes.append(connection, begun, word, today())
        except OffsetMoved:
            return
        won.append(word)

    together([partial(append, word) for word in (b"a" * 10, b"b" * 20, b"c" * 30, b"d" * 40)])
    assert len(won) == 1
    with room.database.read() as connection:
        assert envelopes.piece(connection, begun.id, 0) == won[0]


def test_two_simultaneous_exports_share_no_envelope(room: Room) -> None:
    """Each envelope is in one bundle, and each number is used once."""
    for _ in range(4):
        room.send(make_report_envelope(room.site))
    made: list[tuple[int, int]] = []
    folders = [room.folder / name for name in ("a", "b", "c")]

    def export(folder: Path) -> None:
        folder.mkdir()
        exported = exports.export(room.database, room.settings, INSPECTORATE, folder)
        made.append((exported.intake.n, len(exported.intake.entries)))

    together([partial(export, folder) for folder in folders])
    assert sorted(n for n, _ in made) == [1, 2, 3]
    assert sum(count for _, count in made) == 4


def together(calls: Sequence[Callable[[], None]]) -> None:
    """Run all calls at the same time, and wait for them."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_case_opens_only_with_the_last_byte_of_its_report(room: Room) -> None:
    """The day of the case is the day on which the last byte arrived."""
    begun, filed = upload(), report()
    with room.database.write() as connection:
        envelopes.begin(connection, begun, filed, b"12345")
        assert cases.find(connection, filed.case_id) is None
        envelopes.append(connection, replace(begun, received=5), b"67890", today())
        found = cases.find(connection, filed.case_id)
    assert found == cases.Case(memo=filed.memo, day=today(), slot=None, collected=False)


def test_a_failed_transaction_is_rolled_back(room: Room) -> None:
    """Writes before the error are undone."""
    before = room.state()

    class Failure(Exception):
        pass

    def fail() -> None:
        with room.database.write() as connection:
            envelopes.begin(connection, upload(), report(), b"1234567890")
            raise Failure

    with pytest.raises(Failure):
        fail()
    assert room.state() == before


def test_the_secret_of_a_portal_is_not_in_its_representation() -> None:
    """Therefore a log cannot show the secret by accident."""
    assert repr(Instance(b"public", b"secret")) == "Instance(…)"


def test_sqlite_has_the_settings_that_the_threat_model_promises(sqlite_room: Room) -> None:
    """Every commit reaches the disk, deleted bytes are overwritten, and only the owner can read the file.

    Writers wait ten seconds for each other. Sorting uses no temporary file, and the schema cannot run code.
    """
    expected = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "busy_timeout": 10_000}
    expected |= {"temp_store": 2, "trusted_schema": 0}
    with sqlite_room.database.read() as connection:
        for name, value in expected.items():
            assert connection.execute(text(f"PRAGMA {name}")).scalar_one() == value
    files = sorted(sqlite_room.folder.glob("portal.sqlite*"))
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert len(files) >= 2


def remains(room: Room, content: bytes) -> bool:
    """Return whether the database's files still contain these bytes."""
    return any(content in file.read_bytes() for file in room.folder.glob("portal.sqlite*"))


def test_deleted_data_is_not_in_the_database_files(sqlite_room: Room) -> None:
    """Neither the file nor the log contains the bytes of collected, withdrawn or cancelled uploads."""
    room = sqlite_room
    collected, withdrawn, given_up = (make_report_envelope(room.site) for _ in range(3))
    address = room.begin(given_up)
    room.patch(address, 0, given_up.envelope[:60_000])
    for sealed in (collected, withdrawn):
        room.send(sealed)
    marks = [sealed.envelope[30_000:30_040] for sealed in (collected, withdrawn, given_up)]
    assert all(remains(room, mark) for mark in marks)
    room.client.delete(address, headers={"Tus-Resumable": "1.0.0"})
    room.client.post("/api/withdraw", data=withdrawn.keys.withdraw_key)
    room.bring(make_outbox(room.site, collected=[room.export().link]))
    assert not any(remains(room, mark) for mark in marks)
    assert not remains(room, withdrawn.memo)
    assert remains(room, collected.memo)


def test_bytes_that_a_reader_still_uses_are_not_reported_as_deleted(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another transaction reads an older state, overwriting waits and finally fails with an error."""
    monkeypatch.setattr(database, "_PRAGMAS", ("busy_timeout = 50", *database._PRAGMAS[1:]))
    monkeypatch.setattr(database, "_WAIT_SECONDS", 0)
    impatient = Database(sqlite_room.settings.database_url)
    try:
        with sqlite_room.database.read() as reader:
            assert keyrings.current(reader)
            with impatient.write() as connection:
                envelopes.begin(connection, upload(), None, b"")
            with pytest.raises(StoreBusy):
                impatient.scrub()
        impatient.scrub()
    finally:
        impatient.close()


def test_if_several_calls_overwrite_at_the_same_time_all_of_them_finish(sqlite_room: Room) -> None:
    """Two reporters may withdraw at the same moment. SQLite lets one of the calls overwrite first."""
    stores = [Database(sqlite_room.settings.database_url) for _ in range(3)]
    done: list[Database] = []

    def overwrite(store: Database) -> None:
        for _ in range(20):
            with store.write() as connection:
                envelopes.begin(connection, upload(), None, b"")
            store.scrub()
        store.close()
        done.append(store)

    together([partial(overwrite, store) for store in stores])
    assert len(done) == len(stores)


def test_failed_overwriting_is_reported_with_its_cause(sqlite_room: Room) -> None:
    """If the file cannot be opened, bytes are not overwritten yet. Waiting never repairs damage."""
    sqlite_room.database.scrub()
    sqlite_room.database.close()
    file = sqlite_room.folder / "portal.sqlite"
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreBusy):
        sqlite_room.database.scrub()
    file.rmdir()
    file.write_bytes(b"no longer a database" * 1_000)
    with pytest.raises(Damaged):
        sqlite_room.database.scrub()


def test_a_missing_database_is_refused(tmp_path: Path, postgres_database: str) -> None:
    """Opening a database never creates it; only `portal init` does."""
    missing = make_url(f"sqlite+pysqlite:///{tmp_path}/none.sqlite")
    with pytest.raises(Refused, match="no database yet"):
        database.open_database(missing)
    assert not Path(str(missing.database)).exists()
    for address in (f"sqlite+pysqlite:///{tmp_path}/portal.sqlite", postgres_database):
        with closing(database.create(make_url(address))) as made, made.write() as connection:
            metadata.drop_all(connection)
        with pytest.raises(Refused, match="no database yet"):
            database.open_database(make_url(address))


def test_a_database_lists_the_servers_that_its_next_connection_may_use(
    tmp_path: Path, postgres_tables: str
) -> None:
    """The list contains all configured servers. If an IP address is given, it replaces the host name."""
    with closing(database.create(make_url(f"sqlite:///{tmp_path}/portal.sqlite"))) as sqlite:
        assert sqlite.places() == []
    url = make_url(postgres_tables)
    folder = str(url.query["host"])
    named = {"host": f"database.example,localhost,{folder}", "hostaddr": "127.0.0.2,,", "port": "1,2,5432"}
    with closing(database.open_database(url)) as one:
        assert one.places() == [Place(folder, 5432)]
    with closing(database.open_database(url.set(query=named))) as several:
        places = [Place("127.0.0.2", 1), Place("localhost", 2), Place(folder, 5432)]
        assert several.places() == places


def test_an_unusable_database_is_refused(tmp_path: Path, postgres_url: str) -> None:
    """The file is not a database, its folder is missing, or the server has no such database."""
    (tmp_path / "other.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(Damaged):
        database.open_database(make_url(f"sqlite+pysqlite:///{tmp_path}/other.sqlite"))
    with pytest.raises(Refused, match="could not be created"):
        database.create(make_url(f"sqlite+pysqlite:///{tmp_path}/none/portal.sqlite"))
    with pytest.raises(Refused, match="cannot be used"):
        database.open_database(make_url(postgres_url).set(database="none"))


def test_a_check_finds_damage_that_opening_a_database_does_not_find(sqlite_room: Room) -> None:
    """The damaged pages contain the content of an envelope. The control: the first check finds no damage."""
    sqlite_room.send(make_report_envelope(sqlite_room.site, file=bytes(400_000)))
    sqlite_room.database.check()
    sqlite_room.database.scrub()
    sqlite_room.database.close()
    damaging.damage(sqlite_room.folder / "portal.sqlite")
    with closing(database.open_database(sqlite_room.settings.database_url)) as damaged:
        with pytest.raises(Damaged):
            damaged.check()
        with pytest.raises(Damaged):
            damaged.rewrite()


def test_a_reporter_is_asked_to_come_back_if_the_upload_needs_a_damaged_page_of_the_database(
    sqlite_room: Room,
) -> None:
    """The pieces that arrived are damaged. Reporters are not told that the program has a fault."""
    sealed = make_report_envelope(sqlite_room.site, file=bytes(400_000))
    address = sqlite_room.begin(sealed)
    assert sqlite_room.patch(address, 0, sealed.envelope[:300_000]).status_code == 204
    sqlite_room.database.scrub()
    sqlite_room.database.close()
    damaging.damage(sqlite_room.folder / "portal.sqlite")
    answer = sqlite_room.patch(address, 300_000, sealed.envelope[300_000:])
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]


def test_postgresql_names_damage_by_its_own_codes(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The control: an error with another cause is not reported as damage."""
    raised = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{}'; END $$"
    codes = {"data_corrupted": Damaged, "index_corrupted": Damaged, "disk_full": DBAPIError}
    with opened(request, tmp_path, "postgresql") as room:
        for code, expected in codes.items():
            with pytest.raises(expected), room.database.write() as connection:
                connection.exec_driver_sql(raised.format(code))
        room.database.check()


def test_postgresql_does_not_number_rows(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A sequence would reveal how many rows there have been."""
    with opened(request, tmp_path, "postgresql") as room, room.database.read() as connection:
        assert inspect(connection).get_sequence_names() == []


def test_a_transaction_that_reads_cannot_write_to_postgresql(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with (
        opened(request, tmp_path, "postgresql") as room,
        pytest.raises(DBAPIError, match="read-only transaction"),
        room.database.read() as connection,
    ):
        envelopes.begin(connection, upload(), None, b"")


def test_a_connection_that_the_server_has_closed_is_replaced(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The server closes its connections when it restarts."""
    with opened(request, tmp_path, "postgresql") as room:
        with room.database.read() as connection:
            number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        postgres.execute(
            room.settings.database,
            sql.SQL("SELECT pg_terminate_backend({}, 10000)").format(number),
        )
        with room.database.read() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != number


def test_a_database_error_does_not_show_the_values_of_its_statement(room: Room) -> None:
    """Errors may be logged."""
    with pytest.raises(DBAPIError) as raised, room.database.read() as connection:
        connection.execute(text("SELECT :value FROM nowhere"), {"value": "zibeline"})
    assert "nowhere" in str(raised.value)
    assert "zibeline" not in str(raised.value)


def test_a_rewrite_is_refused_while_another_transaction_writes(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PRAGMAS", ("busy_timeout = 50", *database._PRAGMAS[1:]))
    with closing(Database(sqlite_room.settings.database_url)) as impatient:
        with sqlite_room.database.write(), pytest.raises(StoreBusy):
            impatient.rewrite()
        impatient.rewrite()


def test_a_database_that_is_refused_is_closed(tmp_path: Path) -> None:
    """The tables of the database exist, but have no version."""
    url = make_url(f"sqlite:///{tmp_path}/portal.sqlite")
    with closing(database.create(url)) as made, made.write() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(Refused) as refused:
        database.create(url)
    # The error keeps the connection in memory, so only an explicit call closes the connection.
    assert tmp_path not in {each.resolve().parent for each in Path("/proc/self/fd").iterdir()}
    assert "cannot be used" in str(refused.value)


def test_a_new_database_that_cannot_store_its_first_rows_has_no_tables_and_is_closed(tmp_path: Path) -> None:
    """The kind of error does not matter. For example, the rows may come from a file that cannot be read."""
    url = make_url(f"sqlite:///{tmp_path}/portal.sqlite")

    def fail(_: object) -> None:
        raise OSError("cannot be read")

    with pytest.raises(OSError, match="cannot be read") as raised:
        database.create(url, fail)
    # The error keeps the connection in memory, so only an explicit call closes the connection.
    assert tmp_path not in {each.resolve().parent for each in Path("/proc/self/fd").iterdir()}
    assert raised.value.args == ("cannot be read",)
    assert database.version(url) is None


def test_the_key_pair_of_a_portal_is_random_and_never_replaced(tmp_path: Path) -> None:
    """Anybody who knew the key could sign bundles. A second key pair is refused, and changes nothing."""
    first, second = Instance.fresh(), Instance.fresh()
    assert first.seed != second.seed
    assert first.public == signing.public_key(first.seed)
    with closing(database.create(make_url(f"sqlite:///{tmp_path}/portal.sqlite"))) as made:
        with made.write() as connection:
            keyrings.keep_key_pair(connection, first)
        fingerprint = signing.fingerprint(first.public)
        with pytest.raises(Refused, match=re.escape(fingerprint)), made.write() as connection:
            keyrings.keep_key_pair(connection, second)
        with made.read() as connection:
            assert keyrings.key_pair(connection) == first
