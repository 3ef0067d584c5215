"""A portal in a folder, upgraded to the made-up next version by the code of `fanal-portal upgrade`."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest

from portal.errors import Refused
from portal.ops import running
from portal.setup.system import Failed, System
from portal.setup.upgrade import portal_side
from portal.setup.upgrade.plan import Upgrade
from portal.setup.upgrade.portal_side import Side
from portal.setup.upgrade.progress import Progress
from portal.store import database
from portal.store.migrations import upgrading
from tests import next_version
from tests.support.builders import make_report_envelope
from tests.support.portal_room import SITE, Room, filed
from tests.support.portal_server import Server

UNITS = ["portal@8080.service", "portal@8090.service", "portal-expire.timer"]
OLD = upgrading.LOCATIONS


@contextmanager
def program(locations: Sequence[Path]) -> Iterator[None]:
    """Make this process act as the program with these migrations while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upgrading, "LOCATIONS", tuple(locations))
        yield


class SideHere(Side):
    """Does the work of the portal's user in this process; usually, a separate process does this work."""

    def _run(self, word: str) -> str:
        said, complained = StringIO(), StringIO()
        words = [str(self.configuration), str(self.folder), word]
        with redirect_stdout(said), redirect_stderr(complained):
            try:
                code = running.run(portal_side.act, "portal_side", words)
            except ValueError as error:
                # A migration failed. In another process, the error would be a fault of the program.
                raise Failed("the program has a fault (ValueError)") from error
        if code:
            raise Failed(complained.getvalue())
        return said.getvalue()


@dataclass
class Units:
    """The units of a portal: each accepts or refuses the database as its program does.

    A file names the running units, so that the list outlives a process. ``broken``: the new version does not
    answer. ``began`` lists each start with the version of the tables.
    """

    portal: "Portal"
    broken: bool = False
    began: list[tuple[str, str]] = field(default_factory=list)

    @property
    def _file(self) -> Path:
        return self.portal.folder / "running"

    def running(self) -> list[str]:
        return list(json.loads(self._file.read_text())) if self._file.exists() else []

    def stop(self) -> None:
        self._file.unlink(missing_ok=True)

    def start(self, unit: str) -> None:
        if unit in self.running():
            return
        with program(OLD if self.portal.progress.keeps_earlier else self.portal.new):
            self._serve(unit)
        self._file.write_text(json.dumps([*self.running(), unit]))

    def begin_trial(self) -> None:
        with program(self.portal.new):
            self._serve("trial")
        if self.broken:
            raise Failed("it does not start")

    def end_trial(self) -> None:
        pass

    def boot(self) -> None:
        """Start every unit that accepts the database, as a reboot does."""
        self.stop()
        for unit in UNITS:
            try:
                self.start(unit)
            except Failed:
                continue

    def _serve(self, unit: str) -> None:
        try:
            with closing(database.open_database(self.portal.url)):
                self.began.append((unit, upgrading.newest()))
        except Refused as refused:
            raise Failed(str(refused)) from refused


@dataclass
class Portal:
    """A portal whose units run with the first version, on a machine with the next version installed."""

    folder: Path
    database: str
    new: Sequence[Path] = next_version.OF_THE_PORTAL

    def __post_init__(self) -> None:
        self.units = Units(self)
        self.progress = Progress(self.folder / "upgrade.json", self.folder / "program.before")

    def make(self, *attachments: bytes) -> "Portal":
        """Make a portal with three reports, and one more report for each attachment; let its units run."""
        self.server.configure(database=self.database)
        with closing(Room(self.folder, self.server.settings.database, SITE)) as room:
            for _ in range(3):
                filed(room)
            for each in attachments:
                assert room.send(make_report_envelope(SITE, file=each)).status_code == 201
        (self.progress.earlier / "bin").mkdir(parents=True)
        for unit in UNITS:
            self.units.start(unit)
        return self

    @property
    def server(self) -> Server:
        return Server(self.folder, 8080)

    @property
    def url(self) -> database.URL:
        return self.server.settings.database_url

    @property
    def upgrade(self) -> Upgrade:
        side = SideHere(System(), (), self.folder / "portal.toml", self.folder)
        return Upgrade(side, self.units, self.progress)
