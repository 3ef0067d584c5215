"""`fanal-portal upgrade`: the next version serves with all data, or the earlier version goes on as before."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import create_engine, insert, inspect, select, table, text
from sqlalchemy.pool import NullPool

from portal.errors import Refused
from portal.setup import cli
from portal.setup.conditions import no_upgrade
from portal.setup.steps import State
from portal.setup.system import Failed, System
from portal.setup.upgrade import copies, plan
from portal.setup.upgrade.copies import Copy
from portal.setup.upgrade.progress import EARLIER, NOTE, Noted, Progress
from portal.store import database
from portal.store.schema import disk
from tests.next_version import FIRST, NEXT
from tests.support.portal_room import BACKENDS, QUICKER
from tests.support.small_disk import small_disk
from tests.support.upgrades import OLD, UNITS, Portal, Units, program

RAISES = """
revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None
def upgrade():
    raise ValueError
"""
Rows = Mapping[str, list[tuple[Any, ...]]]


@pytest.fixture(params=BACKENDS)
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    """A portal with reports, whose machine has the next version."""
    address = "sqlite:///portal.sqlite"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres_database")
    made = Portal(tmp_path, address).make()
    with program(made.new):
        yield made


def rows(portal: Portal) -> Rows:
    """Return every row of every table."""
    with create_engine(portal.url, poolclass=NullPool).connect() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select("*").select_from(table(name)))), key=repr)
            for name in inspect(connection).get_table_names()
        }


def version(portal: Portal) -> str | None:
    return database.version(portal.url)


def files(portal: Portal) -> dict[str, tuple[int, int]]:
    """Return every file with size and time, except those that SQLite makes for each connection."""
    return {
        str(each): (each.stat().st_size, each.stat().st_mtime_ns)
        for each in portal.folder.rglob("*")
        if each.is_file() and not each.name.endswith(("-wal", "-shm"))
    }


def upgraded(portal: Portal) -> list[str]:
    """Upgrade the portal, and return what was done."""
    return [step.title for step in plan.apply(portal.upgrade)]


def refused(portal: Portal) -> str:
    """Return why an upgrade is refused."""
    with pytest.raises(Refused) as caught:
        upgraded(portal)
    assert caught.value.hint
    return str(caught.value)


def states(portal: Portal) -> dict[str, State]:
    return {step.title: found.state for step, found in plan.checked(portal.upgrade)}


def as_before(portal: Portal, before: Rows) -> None:
    """Check that the earlier version goes on with its own data, and that nothing else is left."""
    assert (rows(portal), portal.units.running()) == (before, UNITS)
    assert portal.units.began[-1] == (UNITS[-1], FIRST)
    assert portal.progress.keeps_earlier
    assert nothing_is_left(portal)


def is_upgraded(portal: Portal) -> None:
    """Check that the next version serves, and that nothing else is left."""
    assert (version(portal), portal.units.running()) == (NEXT, UNITS)
    assert portal.units.began[-1] == (UNITS[-1], NEXT)
    assert not portal.progress.has_remains
    assert nothing_is_left(portal)
    assert {*states(portal).values()} == {State.DONE}


def nothing_is_left(portal: Portal) -> bool:
    return portal.progress.noted is None and not Copy(portal.url, portal.folder).leftovers()


def test_a_migration_that_fails_leaves_the_earlier_version_as_it_was(portal: Portal) -> None:
    before = rows(portal)
    (portal.folder / "v0002_raises.py").write_text(RAISES)
    portal.new = (*OLD, portal.folder)
    with program(portal.new):
        said = refused(portal)
    assert said == "tables of this version: the program has a fault (ValueError); everything is as before"
    as_before(portal, before)


def test_a_version_that_does_not_answer_gives_way_to_the_earlier_one_and_its_data(portal: Portal) -> None:
    """The migration had succeeded. A later upgrade, to a version that answers, succeeds."""
    before = rows(portal)
    portal.units.broken = True
    said = refused(portal)
    assert said == "trial of this version: it does not start; everything is as before"
    as_before(portal, before)
    portal.units.broken = False
    upgraded(portal)
    is_upgraded(portal)


def test_a_full_disk_is_named_before_the_portal_is_stopped(portal: Portal) -> None:
    before = rows(portal)
    with patch.object(Copy, "room", 1000):
        assert "the copy needs" in refused(portal)
    assert portal.units.began == [(unit, FIRST) for unit in UNITS]
    as_before(portal, before)


def test_a_disk_that_is_full_before_the_copy_is_complete_leaves_the_earlier_version(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8g") as change:
        made = Portal(tmp_path / "disk", "sqlite:///portal.sqlite").make(bytes(5_000_000))
        before = rows(made)
        change(f"{sum(each.stat().st_blocks for each in made.folder.rglob('*')) // 2 + 1000}k")
        with program(made.new), patch.object(Copy, "room", 1 << 40):
            assert "copy of the database: " in refused(made)
        as_before(made, before)


def test_a_postgresql_without_room_for_its_copy_leaves_the_earlier_version(
    tmp_path: Path, postgres_database: str
) -> None:
    made = Portal(tmp_path, postgres_database).make()
    before = rows(made)
    with small_disk(tmp_path / "disk", "4k"), program(made.new), patch.object(Copy, "room", 1 << 40):
        upgrade = made.upgrade
        upgrade.side.folder = tmp_path / "disk"
        with pytest.raises(Refused, match="copy of the database: "):
            [*plan.apply(upgrade)]
    as_before(made, before)


def test_a_database_of_a_newer_version_is_left_to_the_program_that_made_it(portal: Portal) -> None:
    upgraded(portal)
    portal.progress.earlier.mkdir()
    whole = rows(portal)
    with program(OLD):
        assert "newer version" in refused(portal)
    assert (rows(portal), portal.units.running()) == (whole, UNITS)


def test_an_unreachable_database_is_named_before_the_portal_is_stopped(portal: Portal) -> None:
    before = portal.server.settings
    portal.server.configure(database="postgresql://nobody@/none?host=/nowhere")
    assert "cannot be used" in refused(portal)
    assert portal.units.running() == UNITS
    portal.server.configure(database=before.database)


def test_the_next_version_serves_with_all_data_and_no_copy_is_left(portal: Portal) -> None:
    before = rows(portal)
    assert upgraded(portal) == [
        "portal stopped",
        "copy of the database",
        "tables of this version",
        "trial of this version",
        "upgrade confirmed",
        "earlier program deleted",
        "copy of the database deleted",
        "portal started",
    ]
    is_upgraded(portal)
    assert len(rows(portal)["envelopes"]) == len(before["envelopes"]) == 3
    assert [unit for unit, _ in portal.units.began] == [*UNITS, "trial", *UNITS]


def test_a_second_run_does_nothing(portal: Portal) -> None:
    upgraded(portal)
    before, began = files(portal), [*portal.units.began]
    assert upgraded(portal) == []
    assert (files(portal), portal.units.began) == (before, began)


def test_a_check_says_what_is_pending_and_changes_nothing(portal: Portal) -> None:
    before, began = files(portal), [*portal.units.began]
    assert {each for each, state in states(portal).items() if state is State.DONE} == {
        "database of the portal"
    }
    assert (files(portal), portal.units.began) == (before, began)


def test_a_program_with_the_same_tables_is_tried_without_a_copy(portal: Portal) -> None:
    before = rows(portal)
    portal.new = OLD
    with program(OLD):
        portal.units.broken = True
        assert "it does not start; everything is as before" in refused(portal)
        as_before(portal, before)
        portal.units.broken = False
        assert "copy of the database" not in upgraded(portal)
        assert {*states(portal).values()} == {State.DONE}
    assert rows(portal) == before


def test_a_portal_that_has_no_database_yet_uses_the_new_program(portal: Portal) -> None:
    """The package was upgraded between the configuration and the end of setup."""
    portal.units.stop()
    portal.server.configure(database="sqlite:///none.sqlite")
    assert upgraded(portal) == [
        "portal stopped",
        "upgrade confirmed",
        "earlier program deleted",
        "portal started",
    ]
    assert not portal.progress.has_remains
    assert not (portal.folder / "none.sqlite").exists()


def test_a_unit_that_does_not_start_with_the_earlier_version_either_is_named(portal: Portal) -> None:
    """The others start. The next run tries again."""
    portal.units.broken = True
    start = Units.start

    def fail_one(units: Units, unit: str) -> None:
        if unit == UNITS[0]:
            raise Failed("another program has its port")
        start(units, unit)

    with patch.object(Units, "start", fail_one):
        assert f"not everything could be undone: portal stopped: {UNITS[0]}: another program" in refused(
            portal
        )
        assert portal.units.running() == UNITS[1:]
    portal.units.broken = False
    upgraded(portal)
    is_upgraded(portal)


def test_a_still_newer_program_never_puts_back_a_copy_older_than_the_last_confirmation(
    portal: Portal,
) -> None:
    """The run was killed after the confirmation, and then another package was installed."""
    with program(OLD):
        Copy(portal.url, portal.folder).make()
    portal.progress.write(Noted(UNITS, confirmed=True))
    portal.units.broken = True
    note(portal)
    before = rows(portal)
    refused(portal)
    as_before(portal, before)


def test_a_copy_is_private_beside_the_database_and_overwritten(portal: Portal) -> None:
    copy, folder = Copy(portal.url, portal.folder), portal.folder
    with program(OLD):
        copy.make()
    (file,) = copy.leftovers()
    assert (file.parent, file.stat().st_mode & 0o777, copy.version) == (folder, 0o600, FIRST)
    other = folder / "other"
    os.link(file, other)
    assert any(other.read_bytes())
    copy.discard()
    assert not any(other.read_bytes())
    assert copy.leftovers() == []


def test_a_copy_of_sqlite_does_not_contain_deleted_data(tmp_path: Path) -> None:
    """Even if the database still contains it, which is the control."""
    made = Portal(tmp_path, "sqlite:///portal.sqlite").make()
    with create_engine(made.url, poolclass=NullPool).connect() as connection:
        for command in (
            "PRAGMA secure_delete = OFF",
            "CREATE TABLE note (text TEXT)",
            "INSERT INTO note VALUES ('a word that was deleted')",
            "DELETE FROM note",
        ):
            connection.execute(text(command))
            connection.commit()
    assert b"a word that was deleted" in (tmp_path / "portal.sqlite").read_bytes()
    copy = Copy(made.url, tmp_path)
    copy.make()
    assert b"a word that was deleted" not in copy.leftovers()[0].read_bytes()


@pytest.mark.long
@pytest.mark.parametrize("portal", QUICKER, indirect=True)
@pytest.mark.parametrize("broken", [False, True])
def test_an_upgrade_that_is_killed_anywhere_is_completed_by_the_next(portal: Portal, *, broken: bool) -> None:
    """Between the two, the machine starts anew: no unit serves half an upgrade, and no report is lost."""
    start, kills = Saved(portal), 0
    portal.units.broken = broken
    while killed_at(portal, kills):
        confirmed = portal.upgrade.is_confirmed
        portal.units.began.clear()
        portal.units.boot()
        serving = {each for _, each in portal.units.began}
        assert serving in ([set(), {NEXT}] if confirmed else [set(), {FIRST}]), kills
        if serving:
            note(portal)
        if broken and not confirmed:
            assert "everything is as before" in refused(portal)
            assert (version(portal), portal.units.running(), nothing_is_left(portal)) == (FIRST, UNITS, True)
        else:
            upgraded(portal)
            is_upgraded(portal)
        assert len(rows(portal)["disk"]) == len(serving), kills
        start.again()
        kills += 1
    assert kills > 20


def note(portal: Portal) -> None:
    """Write a row, as a portal that serves does."""
    with create_engine(portal.url, poolclass=NullPool).begin() as connection:
        connection.execute(insert(disk).values(is_odd=True, size=1))


class Saved:
    """The state of a portal, which can begin again from there."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._is_sqlite = portal.url.get_backend_name() == "sqlite"
        self._file = Path(str(portal.url.database))
        self._copy = Copy(portal.url, portal.folder / "saved")
        if self._is_sqlite:
            self._content = self._file.read_bytes()
        else:
            self._copy.folder.mkdir()
            self._copy.make()

    def again(self) -> None:
        if self._is_sqlite:
            self._file.write_bytes(self._content)
        else:
            self._copy.put_back()
            self._copy.make()
        self._portal.progress.earlier.mkdir(exist_ok=True)
        self._portal.units.boot()


INTERRUPTED = [
    *((Units, name) for name in ("stop", "start", "begin_trial", "end_trial")),
    *((Progress, name) for name in ("write", "forget", "let_go")),
    *((Copy, name) for name in ("make", "put_back", "discard", "_rename", "_restore")),
    *((copies, name) for name in ("_run", "_wipe", "_sync")),
    *((Path, name) for name in ("replace", "rename")),
    (database, "upgrade"),
]


def killed_at(portal: Portal, place: int) -> bool:
    """Upgrade in a process that is killed at one of its steps, counted from 0; return whether it was."""
    if (child := os.fork()) == 0:
        left = [place]

        def interrupted(function: Callable[..., Any]) -> Callable[..., Any]:
            def call(*given: Any, **named: Any) -> Any:
                step()
                result = function(*given, **named)
                step()
                return result

            return call

        def step() -> None:
            left[0] -= 1
            if left[0] == -1:
                os.kill(os.getpid(), signal.SIGKILL)

        for place_of, name in INTERRUPTED:
            setattr(place_of, name, interrupted(getattr(place_of, name)))
        try:
            upgraded(portal)
        finally:
            os._exit(1)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_setup_waits_for_an_upgrade(tmp_path: Path) -> None:
    system = System(tmp_path)
    assert no_upgrade(system).check().state is State.DONE
    for each in (EARLIER, NOTE):
        system.at(each).parent.mkdir(parents=True, exist_ok=True)
        system.at(each).write_text('{"units": []}')
        assert no_upgrade(system).check().hint == "run `fanal-portal upgrade`"
        system.at(each).unlink()


def test_without_a_portal_nothing_is_upgraded(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["upgrade"], ["upgrade", "--check"]):
        assert cli.run(words) == 1
        assert "there is no portal on this machine" in capsys.readouterr().err
