"""An upgrade converts a portal with all its data to the next version, completely or not at all."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, select, table, text
from sqlalchemy.pool import NullPool

from portal.app import create_app
from portal.store import database
from portal.store.database import Database
from portal.store.migrations import upgrading
from portal.store.schema import metadata
from tests import next_version
from tests.next_version import FIRST, NEXT
from tests.support import goldens, migrated
from tests.support.builders import INSPECTORATE, Sealed, make_outbox, make_report_envelope
from tests.support.described import described, reflected
from tests.support.portal_room import BACKENDS, BODY, SITE, TUS, Room, State, declared, filed, slots
from tests.support.portal_server import Server
from tests.support.portal_terminal import run, run_both

pytestmark = pytest.mark.long

OF_A_COMMAND = [
    ["serve"],
    ["pending"],
    ["expire"],
    ["export", "--out", "."],
    ["import", "outbox.tar"],
    ["keyring", "."],
    ["anchors", "--out", "anchors.json"],
]
PART = 40_000
SAID = "the database was made by an earlier version of the program"


@dataclass
class Old:
    """A portal of the current version whose program has been replaced by the next version.

    ``was`` is the portal's earlier content.
    """

    folder: Path
    database: str
    was: State
    answers: Mapping[bytes, bytes]
    waiting: Sealed
    begins: Sealed
    begun: str

    @property
    def server(self) -> Server:
        return Server(self.folder, 0)

    def run(self, *words: str | Path, code: int = 0) -> str:
        return run(self.folder, *words, code=code)

    def upgrade(self) -> str:
        return database.upgrade(self.server.settings.database_url)

    @contextmanager
    def visiting(self) -> Iterator[FlaskClient]:
        """Yield an HTTP client of the portal."""
        app = create_app(self.server.settings)
        yield app.test_client()
        app.extensions["portal"].database.close()

    def change(self, *statements: str) -> None:
        with reaching(self.database) as connection:
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()

    def held(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """Return every row of every existing table."""
        with reaching(self.database) as connection:
            return {
                name: rows(connection, select("*").select_from(table(name)))
                for name in inspect(connection).get_table_names()
            }

    def known(self) -> State:
        """Return every row of the current version's tables, without the columns of the next version."""
        with reaching(self.database) as connection:
            return {name: rows(connection, select(each)) for name, each in metadata.tables.items()}

    def answered(self) -> Mapping[bytes, bytes]:
        """Return the answers to reporters who ask for their slots."""
        with self.visiting() as client:
            return {each: client.post("/api/slot", data=each).data for each in self.answers}


def reaching(address: str) -> Connection:
    """Return a connection to a database, without checking that the database is a portal's."""
    return create_engine(make_url(address), poolclass=NullPool).connect()


def rows(connection: Connection, asked: Any) -> list[tuple[Any, ...]]:
    return sorted(map(tuple, connection.execute(asked)), key=repr)


@pytest.fixture(params=BACKENDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite+pysqlite:///{tmp_path}/portal.sqlite"
    address: str = request.getfixturevalue("postgres_database")
    return address


@pytest.fixture
def old(empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Old:
    """A portal with cases in all states, a waiting report, an unfinished upload and a large follow-up."""
    Server(tmp_path, 0).configure(database=empty)
    room = Room(tmp_path, empty, SITE)
    reports = [filed(room) for _ in range(3)]
    room.bring(
        make_outbox(
            SITE,
            collected=[room.export().link],
            slots=slots(*reports[1:]),
            closed=[reports[2].case_id],
        )
    )
    waiting, begun = filed(room), make_report_envelope(SITE)
    address = room.begin(begun)
    room.patch(address, 0, begun.envelope[:PART])
    assert room.follow_up(make_report_envelope(SITE, file=bytes(100_000)).envelope).status_code == 201
    discarded = make_report_envelope(SITE)
    room.patch(gone := room.begin(discarded), 0, discarded.envelope[:PART])
    assert room.client.delete(gone, headers=TUS).status_code == 204
    # These answers contain no random filler, because no part of their cases is missing.
    answers = {each.keys.locator: room.slot(each.keys.locator) for each in reports[1:]}
    room.close()
    made = Old(tmp_path, empty, {}, answers, waiting, begun, address)
    made.was = made.known()
    assert {} == {name: held for name, held in made.was.items() if not held and name not in LEFT_EMPTY}
    next_version.portal_comes(monkeypatch)
    return made


# The old portal has no withdrawals, no reports without JavaScript and no used proofs of work. The
# regular tasks of the old portal have never run.
LEFT_EMPTY = {"withdrawals", "scriptless", "spent", "refusals", "disk"}


def test_the_migrations_create_exactly_the_tables_of_the_schema(empty: str) -> None:
    """Both databases agree, even in details that alembic's own comparison ignores."""
    database.create(make_url(empty)).close()
    with reaching(empty) as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), metadata)
        assert upgrading.newest() == upgrading.revision(connection)
        migrated = described(connection)
        reflected(connection).drop_all(connection)
        metadata.create_all(connection)
        assert described(connection) == migrated


@pytest.mark.parametrize("number", upgrading.known())
def test_each_migration_makes_the_tables_in_its_golden_file(number: str) -> None:
    """Any change to a column needs a decision about what the column reveals.

    The golden file of a migration that a tag contains never changes (tests/test_repository.py).
    """
    goldens.check(f"portal-tables-{number}", migrated.tables(upgrading.LOCATIONS, number))


def test_no_command_uses_a_database_of_an_earlier_version(old: Old) -> None:
    """Each command says that the version is too old, and tells the administrator what to type.

    `portal init` also leaves such a database unchanged.
    """
    (old.folder / "outbox.tar").write_bytes(b"")
    before = old.held()
    for words in OF_A_COMMAND:
        said = old.run(*words, code=1)
        assert (SAID in said, "portal upgrade" in said) == (True, True), (words, said)
    assert "this portal already exists" in old.run("init", code=1)
    assert f"wrong: {SAID}" in run_both(old.folder, "doctor", code=1)[0]
    assert before == old.held()


def test_an_upgraded_portal_keeps_all_data_and_continues(old: Old) -> None:
    """Uploads continue, waiting envelopes are exported unchanged, and new reports are accepted."""
    assert {"from": FIRST, "to": NEXT} == json.loads(old.run("upgrade", "--json"))
    assert old.was == old.known()
    assert old.answers == old.answered()
    is_of_the_next_version(old)
    with old.visiting() as client:
        headers = {**BODY, "Upload-Offset": str(PART)}
        assert client.patch(old.begun, headers=headers, data=old.begins.envelope[PART:]).status_code == 204
        new = make_report_envelope(SITE)
        sent = client.post("/api/envelopes", headers={**BODY, **declared(new)}, data=new.envelope)
        assert sent.status_code == 201
    (bundle,) = json.loads(old.run("export", "--out", old.folder, "--channel", INSPECTORATE, "--json"))
    content = Path(bundle["file"]).read_bytes()
    assert [True] * 3 == [each.envelope in content for each in (old.waiting, old.begins, new)]
    old.run("expire")


def is_of_the_next_version(old: Old) -> None:
    """Check that the next version's migration counted and numbered the existing rows."""
    held = old.held()
    assert [(NEXT,)] == held["alembic_version"]
    size = list(metadata.tables["envelopes"].c.keys()).index("size")
    assert [(INSPECTORATE, sum(row[size] for row in old.was["envelopes"]))] == held["sums"]
    assert [1, 2, 3] == sorted(turn for *_, turn in held["cases"] if turn)


def test_a_new_portal_of_the_next_version_is_created_with_all_migrations(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_version.portal_comes(monkeypatch)
    database.create(make_url(empty)).close()
    with reaching(empty) as connection:
        assert (NEXT, True) == (upgrading.revision(connection), inspect(connection).has_table("sums"))


def test_a_database_of_the_newest_or_a_newer_version_is_not_upgraded(old: Old) -> None:
    assert FIRST == old.upgrade()
    whole = old.held()
    assert f"the database already has version {NEXT}; nothing was changed\n" == old.run("upgrade")
    assert {"from": NEXT, "to": NEXT} == json.loads(old.run("upgrade", "--json"))
    assert whole == old.held()
    old.change("UPDATE alembic_version SET version_num = '9999'")
    newer = old.held()
    for word in ("serve", "pending", "upgrade"):
        assert "made by a newer version" in old.run(word, code=1)
    assert newer == old.held()


def test_tables_without_a_version_are_not_a_portal_and_are_not_changed(old: Old) -> None:
    old.change("DROP TABLE alembic_version")
    before = old.held()
    for word in ("serve", "pending", "upgrade"):
        assert "the portal has no database yet" in old.run(word, code=1)
    assert "cannot be used" in old.run("init", code=1)
    assert before == old.held()


def test_power_loss_during_an_upgrade_leaves_either_the_old_or_the_new_database(old: Old) -> None:
    """The process is killed at every statement, at the commit and afterwards.

    Only after the commit does the database have the new version.
    """
    before, kills = old.held(), 0
    while old.held() == before:
        assert _killed_at(old, kills)
        kills += 1
    assert kills > 20
    assert "already" in old.run("upgrade")
    is_of_the_next_version(old)
    assert old.was == old.known()
    assert old.answers == old.answered()


def _killed_at(old: Old, place: int) -> bool:
    """Upgrade in a process that is killed before step ``place`` (from 0); return whether it got that far."""
    if (child := os.fork()) == 0:
        left = [place]

        def step(*_: object) -> None:
            left[0] -= 1
            if left[0] == -1:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", step)
        event.listen(Engine, "commit", step)
        try:
            with patch.object(Database, "scrub", step):
                old.upgrade()
        finally:
            os._exit(1)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])
