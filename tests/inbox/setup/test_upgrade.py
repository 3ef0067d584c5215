"""An upgrade brings a vault of this version to the next one, completely or not at all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from inbox.setup import upgrade
from inbox.vault import schema_version, tables
from portal.store.migrations import upgrading as of_the_portal
from tests import next_version
from tests.next_version import FIRST, NEXT
from tests.support import goldens, migrated
from tests.support.described import described, reflected
from tests.support.inbox_builders import (
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


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture(scope="module")
def founded_made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox with two reports: the first has a follow-up and a file, and the second is closed."""
    folder = tmp_path_factory.mktemp("made")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    reporters = [Reporter(world), Reporter(world)]
    reports = [
        first(each, text="un conteneur à quai", edit=answering(danger_now="yes", refs="CSQU3054383"))
        for each in reporters
    ]
    letter = Sent(reporters[0].follow_up("encore le même soir", files=[b"un quai"]))
    for each in (*reports, letter):
        office.json("exchange", "collect", portal.bundle(each), "--confirm-instance", portal.fingerprint)
    office.json("case", "note", "1", "--text", "vu au port")
    office.json("case", "measure", "add", "2", "none")
    for choice in ("no_transmission", "not_needed"):
        office.json("case", "decide", "2", choice, "--reason", "x")
    office.close("2")
    return office


@pytest.fixture
def made(founded_made: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A copy of that inbox for one test."""
    return founded_made.copy(tmp_path_factory.mktemp("copy"))


@pytest.fixture
def old(made: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The copy ``made``, which the next version of the program opens."""
    next_version.inbox_comes(monkeypatch)
    return made


def test_the_migrations_create_exactly_the_tables_of_the_program(connection: Connection) -> None:
    """The virtual table of the search is left out, because only its own module understands it."""
    upgrade.migrate(connection)
    context = MigrationContext.configure(connection, opts={"include_object": _is_plain})
    assert [] == compare_metadata(context, tables.Base.metadata)
    assert schema_version.newest() == schema_version.revision(connection)
    migrated = _plain(connection)
    connection.execute(text("DROP TABLE fulltext"))
    reflected(connection).drop_all(connection)
    tables.Base.metadata.create_all(connection)
    assert _plain(connection) == migrated


@pytest.mark.parametrize("number", schema_version.known())
def test_each_migration_makes_the_tables_in_its_golden_file(number: str) -> None:
    """Any change to a column needs a decision about what the column reveals.

    Once a tag contains a migration, its golden file never changes (tests/test_repository.py).
    """
    goldens.check(f"inbox-tables-{number}", migrated.tables(schema_version.LOCATIONS, number))


def _is_plain(_: object, name: str | None, kind: str, *__: object) -> bool:
    return kind != "table" or not str(name).startswith("fulltext")


def _plain(connection: Connection) -> dict[str, object]:
    return {name: told for name, told in described(connection).items() if "fulltext" not in name}


@pytest.mark.parametrize("room", [schema_version, of_the_portal])
def test_the_known_versions_are_the_names_of_the_migration_files(
    room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Therefore opening a database does not need alembic."""
    next_version.portal_comes(monkeypatch)
    next_version.inbox_comes(monkeypatch)
    config = Config()
    config.set_main_option("script_location", str(room.LOCATIONS[0].parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, room.LOCATIONS)))
    numbers = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    assert [FIRST, NEXT] == numbers[::-1] == list(room.known())


def test_no_command_except_the_upgrade_opens_a_vault_of_an_earlier_version(old: Office) -> None:
    (file,) = old.root.glob("vault-*.sqlite")
    before = file.read_bytes()
    said = old.run("case", "list")
    assert (1, True) == (said.code, "the vault was made by an earlier version of the program" in said.err)
    assert before == file.read_bytes()


def test_a_vault_of_a_newer_version_is_neither_opened_nor_upgraded(
    old: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.json("upgrade")
    (file,) = old.root.glob("vault-*.sqlite")
    before = file.read_bytes()
    monkeypatch.undo()
    for words in (["case", "list"], ["upgrade"]):
        assert "the vault was made by a newer version" in old.run(*words).err
    assert before == file.read_bytes()


def test_an_upgrade_keeps_everything_in_the_vault(made: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases stay in the queue.

    A search still finds the cases by their words, and cases with the same container number are still linked.
    """
    before, acts = made.state(), _acts(made)
    next_version.inbox_comes(monkeypatch)
    assert {"from": FIRST, "to": NEXT} == made.json("upgrade")
    assert before == made.state()
    is_of_the_next_version(made)
    assert [*acts, "upgrade", "read-journal"] == _acts(made)
    assert 0 == made.run("journal", "verify").code
    (case,) = made.json("queue", "list")["cases"]
    assert 1 == case["case"]
    for words in ("meme soir", "CONTENEUR quai"):
        assert [1] == [
            each["case"] for each in made.json("queue", "list", "--search", words, "--open")["cases"]
        ]
    (proposed,) = made.json("case", "link", "list", "1")["proposed"]
    assert (2, "CSQU3054383") == (proposed["case"], proposed["reasons"][0]["shown"])
    assert "vu au port" in made.run("case", "show", "1").out


def _acts(office: Office) -> list[str]:
    return [each["action"] for each in office.json("journal", "list")["entries"]]


def is_of_the_next_version(office: Office) -> None:
    """Check that the next version's migration made its changes, and broke no reference."""
    with office.opened() as inbox, inbox.vault.transaction() as session:
        turns = "SELECT number, turn, day = received FROM cases JOIN visits ON number = visits.[case]"
        assert [(1, 1, 1), (2, 2, 1)] == sorted(map(tuple, session.execute(text(turns))))
        assert [] == session.execute(text("PRAGMA foreign_key_check")).all()


def test_a_new_inbox_of_the_next_version_has_run_every_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_version.inbox_comes(monkeypatch)
    office = Office.found(tmp_path)
    assert f"already has version {NEXT}" in office.run("upgrade").err
    with office.opened() as inbox, inbox.vault.transaction() as session:
        assert [] == session.execute(text("SELECT * FROM visits")).all()


def test_an_upgraded_vault_is_not_upgraded_again(old: Office) -> None:
    old.json("upgrade")
    before = old.state()
    assert f"already has version {NEXT}" in old.run("upgrade").err
    assert before == old.state()


def test_a_power_cut_during_an_upgrade_leaves_the_vault_either_unchanged_or_upgraded(
    made: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made.state()
    next_version.inbox_comes(monkeypatch)
    codes = set()
    for office in killed_everywhere(made, tmp_path, today(), "upgrade"):
        said = office.run("upgrade")
        assert said.code == 0 or "already" in said.err
        codes.add(said.code)
        assert before == office.state()
        is_of_the_next_version(office)
        assert 1 == _acts(office).count("upgrade")
    assert {0, 1} == codes
