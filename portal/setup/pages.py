"""The step that publishes the pages: nginx serves them from files."""

import filecmp
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.setup.portal_user import AS_PORTAL, own_folder
from portal.setup.services import restart_portals
from portal.setup.settings import CONFIGURATION
from portal.setup.steps import TO_DO, Found, done_if, in_the_way
from portal.setup.system import Failed, System

PAGES = "/var/www/fanal"
_UNREAD = "pages"
_NGINX = ("nginx@clearnet", "nginx@onion")
_PORTS = (8080, 8090)


class Pages:
    """Static pages that match the configuration and the signed list of pages."""

    title = f"pages in {PAGES}"
    said = ""

    def __init__(self, system: System) -> None:
        self._system = system
        self._place = system.at(PAGES)
        self._new = self._place.with_name(".fanal.new")
        self._old = self._place.with_name(".fanal.old")

    def check(self) -> Found:
        """Freeze the pages in memory, and compare the result with the published pages."""
        if not self._system.at(CONFIGURATION).exists() or not self._place.is_dir():
            return TO_DO
        try:
            with self._frozen() as fresh:
                is_same = _same(fresh, self._place)
                return done_if(done=is_same and not self._system.is_unread(_UNREAD))
        except Failed as error:
            # The portal names the file and line of a mistake in a text. Other programs give no hint.
            what, _, hint = error.said.removeprefix("error: ").partition("; hint: ")
            if hint:
                return in_the_way(what, hint)
            return in_the_way(str(error), f"correct {CONFIGURATION}")

    def apply(self) -> None:
        """Replace the old pages with fresh pages.

        If the portal and nginx are running, they serve the fresh pages, and the portal answers again.
        """
        if self._place.is_dir():
            # A run that was killed may have left older pages here, which ``undo`` must not restore.
            shutil.rmtree(self._old, ignore_errors=True)
        with self._frozen() as fresh:
            shutil.rmtree(self._new, ignore_errors=True)
            self._new.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copytree(fresh, self._new, copy_function=shutil.copyfile)
            except shutil.Error as error:
                # The error lists every file, with a reason for each.
                raise Failed(error.args[0][0][2]) from error
        for each in (self._new, *self._new.rglob("*")):
            each.chmod(0o755 if each.is_dir() else 0o644)
        with self._system.unread(_UNREAD):
            if self._place.is_dir():
                self._place.rename(self._old)
            self._new.rename(self._place)
            self._system.control("try-reload-or-restart", *_NGINX)
            restart_portals(self._system, _PORTS)
        shutil.rmtree(self._old, ignore_errors=True)

    def undo(self) -> None:
        """Restore the old pages if ``apply`` has moved them."""
        if self._old.is_dir():
            shutil.rmtree(self._place, ignore_errors=True)
            self._old.rename(self._place)
        shutil.rmtree(self._new, ignore_errors=True)

    @contextmanager
    def _frozen(self) -> Iterator[Path]:
        with own_folder(self._system) as folder:
            self._system.run(*AS_PORTAL, "freeze", folder / "fresh")
            yield folder / "fresh"


def _same(one: Path, other: Path) -> bool:
    """Return whether two folders have the same files with the same bytes."""
    names = [
        {each.relative_to(folder) for each in folder.rglob("*") if each.is_file()} for folder in (one, other)
    ]
    return names[0] == names[1] and all(
        filecmp.cmp(one / name, other / name, shallow=False) for name in names[0]
    )
