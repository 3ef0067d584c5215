"""A portal of an earlier version is brought to this one with all that it holds, whole or not at all."""

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
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from flask.testing import FlaskClient
from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy.pool import NullPool

from portal import store as room_of_the_store
from portal.app import create_app
from portal.store import database, days, upgrading
from portal.store.database import Database
from portal.store.expiry import SPREAD_DAYS
from portal.store.schema import cases, instance, metadata, remains, usage
from tests.support.builders import INSPECTORATE, Sealed, make_outbox, make_report_envelope, today
from tests.support.paths import ROOT
from tests.support.portal_room import BACKENDS, BODY, SITE, Room, State, declared, filed, slots
from tests.support.portal_server import Server
from tests.support.portal_terminal import run, run_both

# What the first portal made in a new database, in the words of either.
FIRST = ROOT / "tests" / "golden"
OF_A_COMMAND = [
    ["serve"],
    ["pending"],
    ["expire"],
    ["export", "--out", "."],
    ["import", "outbox.tar"],
    ["keyring", "."],
    ["anchors", "--out", "anchors.json"],
]
PART, CLOSED_DAYS = 40_000, 180
SAID = "the database is of an earlier version of the program"


@dataclass
class Old:
    """A portal of the first version; ``was`` is what this version's tables held of the same reports."""

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

    def upgrade(self) -> str | None:
        return database.upgrade(self.server.settings.database_url)

    @contextmanager
    def visiting(self) -> Iterator[FlaskClient]:
        """Yield a visitor of the portal."""
        app = create_app(self.server.settings)
        yield app.test_client()
        app.extensions["portal"].database.close()

    def change(self, *statements: str) -> None:
        with reaching(self.database) as connection:
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()

    def held(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """Return every row of every table that is there."""
        with reaching(self.database) as connection:
            return {
                name: sorted(map(tuple, connection.execute(select("*").select_from(table(name)))), key=repr)
                for name in inspect(connection).get_table_names()
            }


def reaching(address: str) -> Connection:
    """Return a connection that knows nothing of any portal."""
    return create_engine(make_url(address), poolclass=NullPool).connect()


def reflected(connection: Connection) -> MetaData:
    """Return the tables that are there."""
    found = MetaData()
    found.reflect(connection)
    return found


@pytest.fixture(params=BACKENDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a table."""
    if request.param == "sqlite":
        return f"sqlite+pysqlite:///{tmp_path}/portal.sqlite"
    address: str = request.getfixturevalue("postgres_database")
    return address


@pytest.fixture
def old(empty: str, tmp_path: Path) -> Old:
    """With cases collected, answered and closed, a report that waits, one begun, a follow-up with a file."""
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
    # What has all its parts is answered without filler.
    answers = {each.keys.locator: room.slot(each.keys.locator) for each in reports[1:]}
    was = room.state()
    room.close()
    _age(empty)
    return Old(tmp_path, empty, was, answers, waiting, begun, address)


def _age(address: str) -> None:
    """Put the rows into the tables of the first portal."""
    with reaching(address) as connection:
        kept = {
            name: connection.execute(select(each)).mappings().all() for name, each in metadata.tables.items()
        }
        reflected(connection).drop_all(connection)
        make_first(connection)
        for each in reflected(connection).sorted_tables:
            for row in kept[each.name]:
                values = {"closed": row.get("expires") is not None, **row}
                connection.execute(
                    insert(each), {column.name: values[column.name] for column in each.columns}
                )
        connection.commit()


def make_first(connection: Connection) -> None:
    script = (FIRST / f"portal-1-{connection.dialect.name}.sql").read_text()
    for statement in filter(None, map(str.strip, script.split(";"))):
        connection.execute(text(statement))


def described(connection: Connection) -> Mapping[str, object]:
    """Return what the database says of its tables."""
    found = inspect(connection)
    tables = set(found.get_table_names()) - {"alembic_version"}
    told: dict[str, object] = {
        name: (
            {(each["name"], str(each["type"]), each["nullable"]) for each in found.get_columns(name)},
            found.get_pk_constraint(name)["constrained_columns"],
            found.get_foreign_keys(name),
            sorted(found.get_indexes(name), key=repr),
        )
        for name in tables
    }
    if connection.dialect.name == "sqlite":
        made = connection.execute(text("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")).all()
        told |= {f"rowid of {name}": "WITHOUT ROWID" not in sql for name, sql in made if name in tables}
    return told


def test_the_first_migration_makes_what_the_first_portal_made(empty: str) -> None:
    """Else all that follow would be tried on tables that nobody has."""
    with reaching(empty) as connection:
        make_first(connection)
        made = described(connection)
        assert len(made) >= 8
        reflected(connection).drop_all(connection)
        config = Config()
        script = Path(str(room_of_the_store.__file__)).parent / "migrations"
        config.set_main_option("script_location", str(script))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        assert made == described(connection)


def test_the_migrations_make_the_tables_that_the_program_knows(empty: str) -> None:
    database.create(make_url(empty)).close()
    with reaching(empty) as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), metadata)
        assert upgrading.NEWEST == upgrading.revision(connection)


def test_no_command_touches_a_database_of_an_earlier_version(old: Old) -> None:
    """Each says so, and what to type; to make it again changes nothing either."""
    (old.folder / "outbox.tar").write_bytes(b"")
    before = old.held()
    for words in OF_A_COMMAND:
        said = old.run(*words, code=1)
        assert (SAID in said, "portal upgrade" in said) == (True, True), (words, said)
    assert "this portal was made before" in old.run("init", code=1)
    assert f"wrong: {SAID}" in run_both(old.folder, "doctor", code=1)[0]
    assert before == old.held()


def test_an_upgraded_portal_holds_what_it_held_and_goes_on(old: Old) -> None:
    """An upload continues where it stood; what waited goes out byte for byte; new reports are taken."""
    assert {"from": None, "to": upgrading.NEWEST} == json.loads(old.run("upgrade", "--json"))
    holds_what_it_held(old)
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


def holds_what_it_held(old: Old) -> None:
    """Check rows, sums and answers: they are those of a portal that was never old."""
    for name in old.was.keys() - {cases.name, instance.name, remains.name}:
        assert _rows(old, name) == old.was[name], name
    expires = list(cases.c.keys()).index("expires")
    assert _without(_rows(old, cases.name), expires) == _without(old.was[cases.name], expires)
    (day,) = (row[expires] for row in _rows(old, cases.name) if row[expires])
    # It may have been yesterday when the day was drawn.
    assert CLOSED_DAYS - 1 <= day - days.number(today()) <= CLOSED_DAYS + SPREAD_DAYS
    ((*_, decoy),) = _rows(old, instance.name)
    assert (len(decoy), len(set(decoy)) > 200) == (18_043, True)
    with old.visiting() as client:
        assert {
            locator: client.post("/api/slot", data=locator).data for locator in old.answers
        } == old.answers


def _rows(old: Old, name: str) -> list[tuple[Any, ...]]:
    """Return the rows of a table, in columns as the program knows them; no sums of zero."""
    with reaching(old.database) as connection:
        found = sorted(map(tuple, connection.execute(select(metadata.tables[name]))), key=repr)
    return [row for row in found if any(row[1:])] if name == usage.name else found


def _without(rows: list[tuple[Any, ...]], column: int) -> list[tuple[Any, ...]]:
    return [(*row[:column], *row[column + 1 :]) for row in rows]


def test_a_database_is_recognised_by_its_number_or_by_what_it_lacks(old: Old) -> None:
    """Before migrations had numbers a portal could lack its decoy, or nothing; a newer one is left alone."""
    old.upgrade()
    whole = old.held()
    assert f"is of version {upgrading.NEWEST} already" in old.run("upgrade", code=1)
    old.change("DROP TABLE alembic_version")
    assert SAID in old.run("pending", code=1)
    old.upgrade()
    assert whole == old.held()
    old.change("ALTER TABLE instance DROP COLUMN decoy", "DROP TABLE alembic_version")
    old.upgrade()
    assert whole.keys() == old.held().keys()
    with old.visiting() as client:
        assert client.post("/api/slot", data=bytes(32)).status_code == 200
    old.change("UPDATE alembic_version SET version_num = '9999'")
    newer = old.held()
    for word in ("serve", "pending", "upgrade"):
        assert "made by a newer version" in old.run(word, code=1)
    assert newer == old.held()


def test_power_lost_while_it_is_upgraded_leaves_the_database_before_or_after(old: Old) -> None:
    """Killed at every statement, at the commit, and after it: only then is anything new, and all of it is."""
    before, kills = old.held(), 0
    while old.held() == before:
        assert _killed_at(old, kills)
        kills += 1
    assert kills > 20
    assert "already" in old.run("upgrade", code=1)
    assert _rows(old, "envelopes") == old.was["envelopes"]
    with old.visiting() as client:
        assert {
            locator: client.post("/api/slot", data=locator).data for locator in old.answers
        } == old.answers


def _killed_at(old: Old, place: int) -> bool:
    """Upgrade in a process that is killed before one of its steps, counted from 0; return whether it was."""
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
