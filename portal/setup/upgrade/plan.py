"""The steps of an upgrade.

The first steps are either completed or undone. Until a trial of the new version has answered, nobody can send
a report. After that answer, the upgrade is confirmed. The other steps can only be completed. If the copy were
put back, the reports that have arrived since would be lost. From any state, the next run completes a run that
was killed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from portal.setup import steps
from portal.setup.conditions import Condition
from portal.setup.settings import SiteTexts
from portal.setup.steps import DONE, TO_DO, Found, Step, done_if, in_the_way
from portal.setup.system import Failed
from portal.setup.upgrade.portal_side import Side, Versions
from portal.setup.upgrade.progress import Noted, Progress


class Services(Protocol):
    """The units of a portal, which are ``Units`` on a machine with systemd.

    Methods raise Failed or OSError.
    """

    def running(self) -> list[str]:
        """Return the units that run."""

    def stop(self) -> None:
        """Stop all units."""

    def start(self, unit: str) -> None:
        """Start a unit, and wait until it answers."""

    def begin_trial(self) -> None:
        """Start the new version where nobody else can reach it, and wait until it answers."""

    def end_trial(self) -> None:
        """Stop the trial, if it runs."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An upgrade of the portal on a machine."""

    side: Side
    units: Services
    progress: Progress

    @property
    def versions(self) -> Versions:
        """The versions of the tables. Raises Failed."""
        return self.side.versions()

    @property
    def has_old_tables(self) -> bool:
        """Whether the version of the tables differs from the version that the program needs.

        A portal without tables needs no upgrade.
        """
        return self.versions.found not in {None, self.versions.needed} or self.lost_its_tables

    @property
    def lost_its_tables(self) -> bool:
        """Whether a run was killed while it put back the copy."""
        return self.versions.found is None and self.versions.copied is not None

    @property
    def has_copy(self) -> bool:
        """Whether this upgrade has copied the database, and has then changed the database."""
        return self.progress.noted is not None and self.versions.copied not in {None, self.versions.found}

    @property
    def can_go_back(self) -> bool:
        """Whether a newer program left a copy for this one, and was killed before its upgrade was confirmed.

        Nobody could send a report to the newer program, so its tables contain no other data than the copy.
        """
        versions = self.versions
        return versions.is_newer and versions.copied == versions.needed and not self.progress.is_confirmed

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to upgrade, and no upgrade has begun."""
        return not (self.progress.is_pending or self.has_old_tables)

    @property
    def is_confirmed(self) -> bool:
        """Whether the new version has answered in a trial; also True if there is nothing to upgrade."""
        return self.progress.is_confirmed or self.is_done


def apply(upgrade: Upgrade) -> Iterator[Step]:
    """Upgrade a portal, and yield each step. Raises Refused with a message about the portal's state."""
    noted = upgrade.progress.noted
    if noted and noted.confirmed and upgrade.has_old_tables:
        # An even newer program was installed. Reports may have arrived since the copy was made.
        upgrade.side.discard()
        upgrade.progress.write(replace(noted, confirmed=False))
    if not upgrade.progress.is_confirmed:
        yield from steps.apply_all(revocable(upgrade))
    yield from steps.apply(final(upgrade))


def checked(upgrade: Upgrade) -> Iterator[tuple[Step, Found]]:
    """Yield each step with its state. This changes nothing."""
    return steps.checked(chain(revocable(upgrade), final(upgrade)))


def revocable(upgrade: Upgrade) -> list[Step]:
    """Return the steps that are undone if one of them fails."""
    before = [kind(upgrade) for kind in (Stopped, EarlierTables, Copied, Tables)]
    # The new version may need texts that the earlier version did not have.
    return [readable(upgrade), *before, SiteTexts(upgrade.side.configuration), Tried(upgrade)]


def final(upgrade: Upgrade) -> list[Step]:
    """Return the steps after the trial."""
    return [Confirmed(upgrade), EarlierGone(upgrade), CopyGone(upgrade), Started(upgrade)]


@dataclass(slots=True)
class _Step:
    upgrade: Upgrade
    said: str = ""

    def undo(self) -> None:
        """Do nothing, unless a step overrides this method."""


def readable(upgrade: Upgrade) -> Condition:
    """Return the condition that the database answers, and that an upgrade from its version is possible."""

    def test() -> Found:
        try:
            versions = upgrade.versions
        except Failed as error:
            return in_the_way(str(error), "check /etc/fanal/portal.toml, and that the database runs")
        if versions.is_newer and not upgrade.can_go_back:
            return in_the_way(
                "the database was made by a newer version of the program", "install that version"
            )
        return DONE

    return Condition("database of the portal", test)


class Stopped(_Step):
    """The portal is stopped, and the units that ran are noted."""

    title = "portal stopped"

    def check(self) -> Found:
        """Check whether an upgrade has begun, and whether a unit runs, for example after a reboot."""
        if self.upgrade.is_confirmed:
            return DONE
        return done_if(done=self.upgrade.progress.noted is not None and not self.upgrade.units.running())

    def apply(self) -> None:
        """Note the units that run, and stop them."""
        if self.upgrade.progress.noted is None:
            self.upgrade.progress.write(Noted(self.upgrade.units.running()))
        self.upgrade.units.stop()

    def undo(self) -> None:
        """Start the units that were noted, so that the earlier version runs again."""
        _start(self.upgrade)


class EarlierTables(_Step):
    """The copy is put back if the earlier program was installed again after a killed upgrade."""

    title = "no tables of a newer version"

    def check(self) -> Found:
        """Compare the versions."""
        return done_if(done=not self.upgrade.can_go_back)

    def apply(self) -> None:
        """Put the copy back."""
        self.upgrade.side.put_back()


class Copied(_Step):
    """The database is copied, unless its tables already have the version that the program needs."""

    title = "copy of the database"

    def check(self) -> Found:
        """Check whether the tables must change, and whether there is room for the copy."""
        versions = self.upgrade.versions
        if not self.upgrade.has_old_tables or (self.upgrade.has_copy and not self.upgrade.lost_its_tables):
            return DONE
        if versions.size > versions.room:
            return in_the_way(
                f"the copy needs {_mebibytes(versions.size)}, and its disk has {_mebibytes(versions.room)}",
                "make room",
            )
        return TO_DO

    def apply(self) -> None:
        """Copy the database. If a run was killed while it put back a copy, put the copy back first."""
        if self.upgrade.lost_its_tables:
            self.upgrade.side.put_back()
        self.upgrade.side.copy()

    def undo(self) -> None:
        """Delete the copy."""
        if self.upgrade.progress.noted and self.upgrade.versions.leftovers:
            self.upgrade.side.discard()


class Tables(_Step):
    """The tables have the version that the program needs."""

    title = "tables of this version"

    def check(self) -> Found:
        """Compare the versions."""
        return done_if(done=not self.upgrade.has_old_tables)

    def apply(self) -> None:
        """Upgrade the tables, as `portal upgrade` does: completely or not at all."""
        self.upgrade.side.upgrade()

    def undo(self) -> None:
        """Put the copy back, if the tables have changed since the copy was made."""
        if self.upgrade.has_copy:
            self.upgrade.side.put_back()


class Tried(_Step):
    """The new version answers in a place that nobody else can reach."""

    title = "trial of this version"

    def check(self) -> Found:
        """Check whether there is something to try. A portal without tables cannot run."""
        has_tables = self.upgrade.versions.found is not None or self.upgrade.lost_its_tables
        return done_if(done=self.upgrade.is_confirmed or not has_tables)

    def apply(self) -> None:
        """Start the new version, wait for an answer, and stop it."""
        self.upgrade.units.begin_trial()
        self.upgrade.units.end_trial()

    def undo(self) -> None:
        """Stop the trial."""
        if self.upgrade.progress.noted:
            self.upgrade.units.end_trial()


class Confirmed(_Step):
    """The upgrade is confirmed: from here on, it is not undone."""

    title = "upgrade confirmed"

    def check(self) -> Found:
        """Read the note."""
        return done_if(done=self.upgrade.is_confirmed)

    def apply(self) -> None:
        """Change the note."""
        if noted := self.upgrade.progress.noted:
            self.upgrade.progress.write(replace(noted, confirmed=True))


class EarlierGone(_Step):
    """The earlier program is deleted, and the units use the new program."""

    title = "earlier program deleted"

    def check(self) -> Found:
        """Look for the earlier program."""
        return done_if(done=not self.upgrade.progress.has_remains)

    def apply(self) -> None:
        """Delete the earlier program."""
        self.upgrade.progress.let_go()


class CopyGone(_Step):
    """The copy is overwritten and deleted, before anybody can reach the portal."""

    title = "copy of the database deleted"

    def check(self) -> Found:
        """Look for files of an upgrade."""
        return done_if(done=not (self.upgrade.versions.leftovers or self.upgrade.has_old_tables))

    def apply(self) -> None:
        """Overwrite and delete the copy."""
        self.upgrade.side.discard()


class Started(_Step):
    """The units that were running before the upgrade are running again."""

    title = "portal started"

    def check(self) -> Found:
        """Check whether an upgrade has begun or is pending."""
        return done_if(done=self.upgrade.is_done)

    def apply(self) -> None:
        """Start the units that were noted, and forget the note."""
        _start(self.upgrade)


def _start(upgrade: Upgrade) -> None:
    """Start the units that were noted, and forget the note. Raises Failed if some units do not start."""
    noted, failed = upgrade.progress.noted, []
    for unit in noted.units if noted else ():
        try:
            upgrade.units.start(unit)
        except Failed as error:
            failed.append(f"{unit}: {error}")
    if failed:
        raise Failed("; ".join(failed))
    upgrade.progress.forget()


def _mebibytes(size: int) -> str:
    return f"{size >> 20} MiB"
