"""A portal that proves what it serves, and the findings of a monitor."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from crypto import pages
from crypto.keyring import Channel
from portal.app import create_app, load_questionnaire
from portal.site import fetching, manifest, verify
from portal.site.seen_serials import Seen
from tests.support.builders import today
from tests.support.portal_site import PortalSite

UNTIL = today() + timedelta(30)


class Provable(PortalSite):
    """A portal that serves its signed manifest."""

    def sign(self, raw: bytes | None = None, root_seed: bytes | None = None, serial: int = 1) -> Path:
        """Write manifest.json and manifest.sig to the folder in the settings."""
        raw = raw or manifest.make(self.settings, load_questionnaire(self.settings), serial, UNTIL)
        folder = self.folder / "manifest"
        folder.mkdir(exist_ok=True)
        (folder / pages.MANIFEST).write_bytes(raw)
        signature = pages.sign(raw, self.site.deployment, root_seed or self.site.root_seed)
        (folder / pages.SIGNATURE).write_bytes(signature)
        return folder

    def rebuild(self) -> None:
        """Serve with a new application, which has the manifest."""
        self.settings = replace(self.settings, manifest="manifest")
        context = self.app.extensions["portal"]
        self.app = create_app(self.settings)
        self.app.extensions["portal"].database.close()
        self.app.extensions["portal"] = context

    def alter(self, **change: object) -> None:
        """Sign and publish a changed manifest, so that the site differs from it."""
        raw = (self.folder / "manifest" / pages.MANIFEST).read_bytes()
        self.sign(pages.encode(replace(pages.parse(raw, self.site.deployment), **change)))  # type: ignore[arg-type]
        self.rebuild()

    def found(self, own: Channel | None = None, days: int = 0, seen: Seen | None = None) -> list[str]:
        """Return the differences that a monitor finds."""
        visitor = fetching.Visitor(self.address)
        seen = seen or Seen(self.settings.deployment)
        return list(verify.differences(visitor, self.settings, today() + timedelta(days), own, seen))

    def found_with(self, **change: str) -> list[str]:
        """Return the differences that a monitor with other settings finds."""
        settings = replace(self.settings, **change)  # type: ignore[arg-type]
        visitor = fetching.Visitor(self.address)
        return list(verify.differences(visitor, settings, today(), None, Seen(settings.deployment)))


@contextmanager
def proving(folder: Path) -> Iterator[Provable]:
    """Serve a portal with a signed manifest while the block runs."""
    room = Provable(folder, "sqlite:///portal.sqlite")
    room.sign()
    room.rebuild()
    with room.serving():
        yield room
    room.close()
