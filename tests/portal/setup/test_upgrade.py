"""`fanal-portal upgrade`: the next version serves with all data, or the earlier version goes on as before."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import create_engine, insert, inspect, select, table, text
from sqlalchemy.pool import NullPool

from portal import config
from portal.config import Settings
from portal.errors import Refused
from portal.setup import cli
from portal.setup.conditions import no_upgrade
from portal.setup.settings import SHIPPED, SiteTexts
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
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    """A portal with reports, whose machine has the next version."""
    address = "sqlite:///portal.sqlite"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres_database")
    made = Portal(tmp_path, address).make()
    with program(made.new):
        yield made


def rows(installed: Portal) -> Rows:
    """Return every row of every table."""
    with create_engine(installed.url, poolclass=NullPool).connect() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select("*").select_from(table(name)))), key=repr)
            for name in inspect(connection).get_table_names()
        }


def version(installed: Portal) -> str | None:
    return database.version(installed.url)


def files(installed: Portal) -> dict[str, tuple[int, int]]:
    """Return every file with its size and time, except those that SQLite makes for each connection."""
    return {
        str(each): (each.stat().st_size, each.stat().st_mtime_ns)
        for each in installed.folder.rglob("*")
        if each.is_file() and not each.name.endswith(("-wal", "-shm"))
    }


def upgraded(installed: Portal) -> list[str]:
    """Upgrade the portal, and return what was done."""
    return [step.title for step in plan.apply(installed.upgrade)]


def refused(installed: Portal) -> str:
    """Return why an upgrade is refused."""
    with pytest.raises(Refused) as caught:
        upgraded(installed)
    assert caught.value.hint
    return str(caught.value)


def states(installed: Portal) -> dict[str, State]:
    return {step.title: found.state for step, found in plan.checked(installed.upgrade)}


def as_before(installed: Portal, before: Rows) -> None:
    """Check that the earlier version goes on with its data, and that the upgrade left nothing behind."""
    assert (rows(installed), installed.units.running()) == (before, UNITS)
    assert installed.units.began[-1] == (UNITS[-1], FIRST)
    assert installed.progress.keeps_earlier
    assert nothing_is_left(installed)


def is_upgraded(installed: Portal) -> None:
    """Check that the next version serves, and that the upgrade left nothing else behind."""
    assert (version(installed), installed.units.running()) == (NEXT, UNITS)
    assert installed.units.began[-1] == (UNITS[-1], NEXT)
    assert not installed.progress.has_remains
    assert nothing_is_left(installed)
    assert {*states(installed).values()} == {State.DONE}


def nothing_is_left(installed: Portal) -> bool:
    return installed.progress.noted is None and not Copy(installed.url, installed.folder).leftovers()


def test_a_migration_that_fails_leaves_the_earlier_version_as_it_was(installed: Portal) -> None:
    before = rows(installed)
    (installed.folder / "v0002_raises.py").write_text(RAISES)
    installed.new = (*OLD, installed.folder)
    with program(installed.new):
        said = refused(installed)
    assert said == "tables of this version: the program has a fault (ValueError); everything is as before"
    as_before(installed, before)


def test_a_version_that_does_not_answer_is_replaced_by_the_earlier_version_with_its_data(
    installed: Portal,
) -> None:
    """The migration had succeeded. A later upgrade, to a version that answers, succeeds."""
    before = rows(installed)
    installed.units.broken = True
    said = refused(installed)
    assert said == "trial of this version: it does not start; everything is as before"
    as_before(installed, before)
    installed.units.broken = False
    upgraded(installed)
    is_upgraded(installed)


def test_a_full_disk_is_reported_before_the_portal_is_stopped(installed: Portal) -> None:
    before = rows(installed)
    with patch.object(Copy, "room", 1000):
        assert "the copy needs" in refused(installed)
    assert installed.units.began == [(unit, FIRST) for unit in UNITS]
    as_before(installed, before)


def test_the_earlier_version_remains_if_the_disk_fills_up_before_the_copy_is_complete(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8g") as change:
        made = Portal(tmp_path / "disk", "sqlite:///portal.sqlite").make(bytes(5_000_000))
        before = rows(made)
        change(f"{sum(each.stat().st_blocks for each in made.folder.rglob('*')) // 2 + 1000}k")
        with program(made.new), patch.object(Copy, "room", 1 << 40):
            assert "copy of the database: " in refused(made)
        as_before(made, before)


def test_the_earlier_version_remains_if_postgresql_has_no_room_for_its_copy(
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


def test_a_database_of_a_newer_version_is_left_to_the_program_that_made_it(installed: Portal) -> None:
    upgraded(installed)
    installed.progress.earlier.mkdir()
    whole, began = rows(installed), [*installed.units.began]
    with program(OLD):
        assert "newer version" in refused(installed)
    assert (rows(installed), installed.units.running(), installed.units.began) == (whole, UNITS, began)


def test_an_unreachable_database_is_reported_before_the_portal_is_stopped(installed: Portal) -> None:
    before = installed.server.settings
    installed.server.configure(database="postgresql://nobody@/none?host=/nowhere")
    assert "cannot be used" in refused(installed)
    assert installed.units.began == [(unit, FIRST) for unit in UNITS]
    installed.server.configure(database=before.database)


def test_the_next_version_serves_with_all_data_and_no_copy_is_left(installed: Portal) -> None:
    before = rows(installed)
    assert upgraded(installed) == [
        "portal stopped",
        "copy of the database",
        "tables of this version",
        "trial of this version",
        "upgrade confirmed",
        "earlier program deleted",
        "copy of the database deleted",
        "portal started",
    ]
    is_upgraded(installed)
    assert len(rows(installed)["envelopes"]) == len(before["envelopes"]) == 3
    assert [unit for unit, _ in installed.units.began] == [*UNITS, "trial", *UNITS]


def test_a_text_that_the_next_version_needs_is_added_before_its_trial(installed: Portal) -> None:
    """A text that is there remains. If the trial fails, the added text is deleted."""
    installed.server.configure(database=installed.server.settings.database, guide="texts")
    (texts := installed.folder / "texts").mkdir()
    for each in Settings().guide_folder.glob("*.??.toml"):
        (texts / each.name).write_text("edited")
    (texts / "help.fr.toml").unlink()
    before = sorted(texts.iterdir())
    installed.units.broken = True
    assert "trial of this version: it does not start" in refused(installed)
    assert sorted(texts.iterdir()) == before
    installed.units.broken = False
    done = upgraded(installed)
    assert done.index("texts of the site") == done.index("trial of this version") - 1
    shipped = Settings().guide_folder / "help.fr.toml"
    assert (texts / "help.fr.toml").read_bytes() == shipped.read_bytes()
    kept = (each.read_text() for each in texts.glob("*.??.toml") if each.name != shipped.name)
    assert {*kept} == {"edited"}
    is_upgraded(installed)


def test_an_upgrade_replaces_an_unedited_text_and_restores_it_if_the_trial_fails(
    installed: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the failed trial, the copy still counts as unedited. An edited copy remains throughout."""
    installed.server.configure(database=installed.server.settings.database, guide="texts")
    texts, next_texts = installed.folder / "texts", tmp_path / "next texts"
    SiteTexts(installed.upgrade.side.configuration).apply()
    (texts / "legal.fr.toml").write_text("edited")
    before = {each.name: each.read_bytes() for each in texts.iterdir()}
    shutil.copytree(Settings().guide_folder, next_texts)
    for name in ("help.fr.toml", "legal.fr.toml"):
        with (next_texts / name).open("a") as text:
            text.write("# corrected\n")
    monkeypatch.setattr(config, "_ROOM", next_texts)
    installed.units.broken = True
    assert "trial of this version: it does not start" in refused(installed)
    assert {each.name: each.read_bytes() for each in texts.iterdir()} == before
    installed.units.broken = False
    done = upgraded(installed)
    assert done.index("texts of the site") == done.index("trial of this version") - 1
    after = {each.name: each.read_bytes() for each in texts.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"help.fr.toml", SHIPPED}
    assert after["help.fr.toml"] == (next_texts / "help.fr.toml").read_bytes()
    is_upgraded(installed)


def test_a_second_run_does_nothing(installed: Portal) -> None:
    upgraded(installed)
    before, began = files(installed), [*installed.units.began]
    assert upgraded(installed) == []
    assert (files(installed), installed.units.began) == (before, began)


def test_a_check_says_what_is_pending_and_changes_nothing(installed: Portal) -> None:
    before, began = files(installed), [*installed.units.began]
    assert {each for each, state in states(installed).items() if state is State.DONE} == {
        "database of the portal",
        "no tables of a newer version",
        "texts of the site",
    }
    assert (files(installed), installed.units.began) == (before, began)


def test_a_new_program_with_the_same_tables_is_tried_without_a_copy_of_the_database(
    installed: Portal,
) -> None:
    before = rows(installed)
    installed.new = OLD
    with program(OLD):
        installed.units.broken = True
        assert "it does not start; everything is as before" in refused(installed)
        as_before(installed, before)
        installed.units.broken = False
        assert "copy of the database" not in upgraded(installed)
        assert {*states(installed).values()} == {State.DONE}
    assert rows(installed) == before


def test_a_portal_that_has_no_database_yet_uses_the_new_program(installed: Portal) -> None:
    """The package was upgraded between the configuration and the end of setup."""
    installed.units.stop()
    installed.server.configure(database="sqlite:///none.sqlite")
    assert upgraded(installed) == [
        "portal stopped",
        "upgrade confirmed",
        "earlier program deleted",
        "portal started",
    ]
    assert not installed.progress.has_remains
    assert not (installed.folder / "none.sqlite").exists()


def test_a_unit_that_starts_with_neither_version_is_reported(installed: Portal) -> None:
    """The others start. The next run tries again."""
    installed.units.broken = True
    start = Units.start

    def fail_one(units: Units, unit: str) -> None:
        if unit == UNITS[0]:
            raise Failed("another program has its port")
        start(units, unit)

    with patch.object(Units, "start", fail_one):
        assert f"not everything could be undone: portal stopped: {UNITS[0]}: another program" in refused(
            installed
        )
        assert installed.units.running() == UNITS[1:]
    installed.units.broken = False
    upgraded(installed)
    is_upgraded(installed)


def test_a_still_newer_program_never_restores_a_copy_made_before_the_last_confirmation(
    installed: Portal,
) -> None:
    """The run was killed after the confirmation, and then another package was installed."""
    with program(OLD):
        Copy(installed.url, installed.folder).make()
    installed.progress.write(Noted(UNITS, confirmed=True))
    installed.units.broken = True
    note(installed)
    before = rows(installed)
    refused(installed)
    as_before(installed, before)


def test_the_copy_beside_the_database_is_private_and_is_overwritten_when_discarded(installed: Portal) -> None:
    copy, folder = Copy(installed.url, installed.folder), installed.folder
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


def test_a_write_ahead_log_of_the_newer_database_is_not_applied_to_the_copy(tmp_path: Path) -> None:
    """The upgrade was killed after the commit, but before SQLite moved the new rows to its main file."""
    made = Portal(tmp_path, "sqlite:///portal.sqlite").make()
    copy, before = Copy(made.url, tmp_path), rows(made)
    copy.make()
    if (child := os.fork()) == 0:
        with create_engine(made.url, poolclass=NullPool).connect() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
            connection.commit()
            os._exit(0)
    os.waitpid(child, 0)
    assert (tmp_path / "portal.sqlite-wal").stat().st_size
    copy.put_back()
    assert (rows(made), copy.leftovers()) == (before, [])


def test_a_copy_of_sqlite_does_not_contain_deleted_data(tmp_path: Path) -> None:
    """The control: the database itself still contains the deleted data."""
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
@pytest.mark.parametrize("installed", QUICKER, indirect=True)
@pytest.mark.parametrize("broken", [False, True])
def test_an_upgrade_that_is_killed_anywhere_is_completed_by_the_next_run(
    installed: Portal, *, broken: bool
) -> None:
    """If the machine restarts between the two runs, no unit uses half-upgraded data. No report is lost."""
    start, kills = Saved(installed), 0
    installed.units.broken = broken
    while killed_at(installed, kills):
        confirmed = installed.upgrade.is_confirmed
        installed.units.began.clear()
        installed.units.boot()
        serving = {each for _, each in installed.units.began}
        assert serving in ([set(), {NEXT}] if confirmed else [set(), {FIRST}]), kills
        if serving:
            note(installed)
        if broken and not confirmed:
            assert "everything is as before" in refused(installed)
            assert (version(installed), installed.units.running(), nothing_is_left(installed)) == (
                FIRST,
                UNITS,
                True,
            )
        else:
            upgraded(installed)
            is_upgraded(installed)
        assert len(rows(installed)["disk"]) == len(serving), kills
        start.again()
        kills += 1
    assert kills > 20


@pytest.mark.long
@pytest.mark.parametrize("installed", QUICKER, indirect=True)
def test_after_an_upgrade_that_is_killed_before_its_confirmation_the_earlier_program_goes_on(
    installed: Portal,
) -> None:
    """The administrator installs the earlier package again. The earlier program puts back its tables."""
    start, kills, newer = Saved(installed), 0, 0
    before, new = rows(installed), installed.new
    while killed_at(installed, kills) and not installed.upgrade.is_confirmed:
        newer += installed.upgrade.versions.found == NEXT
        installed.new = OLD
        with program(OLD):
            assert State.IN_THE_WAY not in {*states(installed).values()}, kills
            upgraded(installed)
            assert (rows(installed), installed.units.running()) == (before, UNITS), kills
            assert installed.units.began[-1] == (UNITS[-1], FIRST)
            assert nothing_is_left(installed)
        installed.new = new
        start.again()
        kills += 1
    assert newer > 3
    assert kills > 10


def note(installed: Portal) -> None:
    """Write a row, as a serving portal does."""
    with create_engine(installed.url, poolclass=NullPool).begin() as connection:
        connection.execute(insert(disk).values(is_odd=True, size=1))


class Saved:
    """The saved state of a portal, to which it can return."""

    def __init__(self, installed: Portal) -> None:
        self._portal = installed
        self._is_sqlite = installed.url.get_backend_name() == "sqlite"
        self._file = Path(str(installed.url.database))
        self._copy = Copy(installed.url, installed.folder / "saved")
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
    *((copies, name) for name in ("_run", "_wipe")),
    *((Path, name) for name in ("replace", "rename")),
    (copies.files, "sync"),
    (database, "upgrade"),
]


def killed_at(installed: Portal, place: int) -> bool:
    """Upgrade in a child process, and kill it at a step (counted from 0). Return whether it was killed."""
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
            upgraded(installed)
        finally:
            os._exit(1)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_setup_is_refused_while_an_upgrade_is_unfinished(tmp_path: Path) -> None:
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
