"""The highest serials seen from a deployment: no site may serve a lower serial later (SPEC 6, 7.5)."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from portal import files
from portal.errors import Refused, why

FILE = "verified.json"


class Behind(Exception):
    """A serial is lower than a serial seen before, so the site serves an outdated file."""


@dataclass(slots=True)
class Seen:
    """The highest serial of each kind of file. ``deployment`` is the deployment id in base64url."""

    deployment: str
    serials: dict[str, int] = field(default_factory=dict)

    def note(self, kind: str, serial: int) -> None:
        """Remember the serial of a file with a valid signature; raises Behind if a higher serial was seen."""
        highest = self.serials.get(kind, 0)
        if serial < highest:
            raise Behind(f"the site serves serial {serial}, but {highest} was seen before")
        self.serials[kind] = serial


def load(path: Path, deployment: str) -> Seen:
    """Return the serials in a file, or no serials if there is no file.

    Raises Refused if the file is invalid.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
        seen = Seen(found["deployment"], {kind: int(serial) for kind, serial in found["serials"].items()})
    except FileNotFoundError:
        return Seen(deployment)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(
            f"{path} is not a file of serials", "correct the file, or name another one with --seen"
        ) from error
    if seen.deployment != deployment:
        raise Refused(f"{path} is for another deployment", "name another file with --seen")
    return seen


def save(path: Path, seen: Seen) -> None:
    """Write the file; raises Refused if that fails."""
    text = json.dumps({"deployment": seen.deployment, "serials": seen.serials}, sort_keys=True)
    try:
        files.write(path, [text.encode()])
    except OSError as error:
        raise Refused(
            f"{path} was not written: {why(error)}",
            "check the path and the free space, or name another file with --seen",
        ) from error
