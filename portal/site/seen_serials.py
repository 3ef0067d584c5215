"""The highest serials that a monitor has seen of a deployment; no site may fall behind (SPEC 6, 7.5)."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from portal import files
from portal.errors import Refused

FILE = "verified.json"


class Behind(Exception):
    """A serial is below one that was seen before: an old file is served again."""


@dataclass(slots=True)
class Seen:
    """The highest serial of each kind of file, for the deployment of this id in base64url."""

    deployment: str
    serials: dict[str, int] = field(default_factory=dict)

    def note(self, kind: str, serial: int) -> None:
        """Remember the serial of a file whose signature holds; raise Behind if a higher one was seen."""
        highest = self.serials.get(kind, 0)
        if serial < highest:
            raise Behind(f"serial {serial} is served, though {highest} was seen before")
        self.serials[kind] = serial


def load(path: Path, deployment: str) -> Seen:
    """Return what a file remembers, nothing if it is not there; Refused if it cannot be used."""
    try:
        found = json.loads(path.read_text("utf-8"))
        seen = Seen(found["deployment"], {kind: int(serial) for kind, serial in found["serials"].items()})
    except FileNotFoundError:
        return Seen(deployment)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(
            f"{path} does not tell what was seen before", "mend it, or name another file with --seen"
        ) from error
    if seen.deployment != deployment:
        raise Refused(f"{path} tells of another deployment", "name another file with --seen")
    return seen


def save(path: Path, seen: Seen) -> None:
    """Write the file anew; Refused if that cannot be done."""
    text = json.dumps({"deployment": seen.deployment, "serials": seen.serials}, sort_keys=True)
    try:
        files.write(path, [text.encode()])
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise Refused(
            f"{path} was not written: {reason}", "make room, or name another file with --seen"
        ) from error
