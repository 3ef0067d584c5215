"""A vault of an earlier version is brought to this one, whole or not at all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from dateutil.relativedelta import relativedelta
from sqlalchemy import Connection, create_engine, text

import inbox as room
from inbox.setup import upgrade
from inbox.vault import schema_version
from inbox.vault import tables as vault_tables
from tests.support.inbox_builders import (
    CLOSING,
    Office,
    Portal,
    Reporter,
    Sent,
    World,
    answering,
    first,
    today,
)
from tests.support.inbox_kills import killed_everywhere
from tests.support.inbox_trio import OF_THE_WORK

FIRST = "0001"
# What the second migration brought, what refers to others first.
OF_THE_GONE = ("eliminations", "past_exclusions", "tombstones", "leavings")
TABLES_OF_WORK = (*OF_THE_WORK, "handlings", "days_off", "settings", "index_key", *OF_THE_GONE)
SECOND = (
    "DROP TABLE words",
    *(f"DROP TABLE {name}" for name in TABLES_OF_WORK),
    "DROP INDEX cases_by_status",
    "DROP INDEX cases_new",
    "DROP INDEX follow_ups_unread",
    "UPDATE alembic_version SET version_num = '0001'",
)


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def tables(connection: Connection) -> set[Any]:
    return set(connection.execute(text("SELECT type, name, sql FROM sqlite_master")).all())


def first_tables(connection: Connection) -> set[Any]:
    """Return what the first migration alone makes."""
    config = Config()
    config.set_main_option("script_location", str(Path(room.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, FIRST)
    return tables(connection)


@pytest.fixture
def old(tmp_path_factory: pytest.TempPathFactory, connection: Connection) -> Office:
    """An inbox of the first version, in which a report with a follow-up came, another was closed."""
    folder = tmp_path_factory.mktemp("old")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    reporters = [Reporter(world), Reporter(world)]
    reports = [
        first(each, text="un conteneur à quai", edit=answering(danger_now="yes", refs="CSQU3054383"))
        for each in reporters
    ]
    letter = Sent(reporters[0].follow_up("encore le même soir"))
    for each in (*reports, letter):
        office.json("collect", portal.bundle(each), "--confirm-instance", portal.fingerprint)
    office.json("close", "2", *CLOSING)
    with office.opened() as inbox, inbox.vault.transaction() as session:
        for statement in SECOND:
            session.execute(text(statement))
        assert first_tables(connection) == tables(session.connection())
    return office


def test_the_migrations_make_the_tables_that_the_program_knows(connection: Connection) -> None:
    """No more and no less, but for the virtual table of the search, which only its module understands."""
    upgrade.migrate(connection)
    context = MigrationContext.configure(connection, opts={"include_object": _is_plain})
    assert [] == compare_metadata(context, vault_tables.Base.metadata)
    assert schema_version.NEWEST == schema_version.revision(connection)


def _is_plain(_: object, name: str | None, kind: str, *__: object) -> bool:
    return kind != "table" or not str(name).startswith("words")


def test_a_vault_of_the_first_version_is_opened_by_nothing_else(old: Office) -> None:
    (file,) = old.root.glob("vault-*.sqlite")
    before = file.read_bytes()
    said = old.run("list")
    assert (1, True) == (said.code, "the vault is of an earlier version of the program" in said.err)
    assert before == file.read_bytes()


def test_a_vault_of_the_first_version_is_upgraded_with_all_that_is_in_it(old: Office) -> None:
    """Its cases are in the queue as if they had come today, and are found by their words."""
    assert {"from": FIRST, "to": schema_version.NEWEST} == old.json("upgrade")
    (case,) = old.json("queue")["cases"]
    assert (1, 1, False) == (case["case"], case["priority"], case["judged"])
    assert case["deadline"] >= today().isoformat()
    (closed,) = old.json("queue", "--closed")["cases"]
    kept_until = (today() + relativedelta(months=2)).isoformat()
    assert (2, kept_until) == (closed["case"], closed["deadline"])
    for words in ("meme soir", "CONTENEUR quai"):
        assert [1] == [each["case"] for each in old.json("queue", "--search", words)["cases"]]
    (proposed,) = old.json("links", "1")["proposed"]
    assert (2, "CSQU3054383") == (proposed["case"], proposed["reasons"][0]["shown"])
    assert "upgrade" in [each["act"] for each in old.json("journal", "print")["entries"]]
    assert 0 == old.run("journal", "verify").code


def test_an_upgraded_vault_is_not_upgraded_again(old: Office) -> None:
    old.json("upgrade")
    before = old.state()
    assert f"is of version {schema_version.NEWEST} already" in old.run("upgrade").err
    assert before == old.state()


def test_power_lost_while_it_is_upgraded_leaves_the_vault_before_or_after(
    old: Office, tmp_path: Path
) -> None:
    for office in killed_everywhere(old, tmp_path, today(), "upgrade"):
        said = office.run("upgrade")
        assert said.code == 0 or "already" in said.err
        assert 1 == office.json("queue")["count"]
