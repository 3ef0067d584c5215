"""The data of an upgrade that outlives a killed run: a note about the units, and the earlier program.

Before the package manager replaces the program, the package keeps the earlier program beside it
(`deploy/debian/portal/preinst`). The units use the earlier program as long as it is there. A portal may be
restarted before or during an upgrade, even by a reboot. It then runs the earlier program with that program's
tables, or refuses tables that are already upgraded. The new program serves nobody before the upgrade is
confirmed.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from portal import files
from portal.setup.system import System

NOTE = "/var/lib/fanal-upgrade.json"
EARLIER = "/usr/lib/fanal-portal.before"


@dataclass(frozen=True, slots=True)
class Noted:
    """The units that ran before the upgrade, and whether the new version is confirmed.

    Once the new version is confirmed, reports may have arrived, and the copy must not be put back.
    """

    units: Sequence[str]
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """The note in the file ``note``, and the earlier program in the folder ``earlier``."""

    note: Path
    earlier: Path

    @property
    def noted(self) -> Noted | None:
        """The note, or None if no upgrade has begun."""
        if not self.note.exists():
            return None
        return Noted(**json.loads(self.note.read_bytes()))

    @property
    def is_confirmed(self) -> bool:
        """Whether the upgrade that has begun is confirmed."""
        return self.noted is not None and self.noted.confirmed

    @property
    def keeps_earlier(self) -> bool:
        """Whether the units use the earlier program."""
        return self.earlier.exists()

    @property
    def is_pending(self) -> bool:
        """Whether an upgrade must begin, or has begun and is not finished."""
        return self.keeps_earlier or self.noted is not None

    def write(self, noted: Noted) -> None:
        """Write the note, completely or not at all. Raises OSError."""
        files.write(self.note, [json.dumps(asdict(noted)).encode()])

    def forget(self) -> None:
        """Delete the note."""
        self.note.unlink(missing_ok=True)

    @property
    def has_remains(self) -> bool:
        """Whether any file of the earlier program is left."""
        return self.keeps_earlier or self._gone.exists()

    def let_go(self) -> None:
        """Delete the earlier program. Units never use a partly deleted program."""
        if self._gone.exists():
            shutil.rmtree(self._gone)
        if self.keeps_earlier:
            self.earlier.rename(self._gone)
            shutil.rmtree(self._gone)

    @property
    def _gone(self) -> Path:
        return self.earlier.with_name(f"{self.earlier.name}.gone")


def progress(system: System) -> Progress:
    """Return the note and the earlier program on a machine."""
    return Progress(system.at(NOTE), system.at(EARLIER))
