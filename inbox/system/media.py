"""Check that folders are on media, because a copy on the same disk would be lost with the original."""

from pathlib import Path

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from templates import disks


def check_apart(*folders: Path) -> None:
    """Raise Refused if two of these folders share a disk."""
    seen: dict[str, Path] = {}
    for folder in folders:
        for disk in disks.of(folder):
            if (other := seen.get(disk)) is not None:
                raise _together(other, folder)
        seen |= dict.fromkeys(disks.of(folder), folder)


def check_carried(medium: Path, home: Path, *, same_disk: bool) -> None:
    """Raise Refused if the folder ``medium`` is in fact in memory, or on the disk of the home or the system.

    The check also detects the empty mount point of a medium that is not mounted. Neither folder needs to
    exist yet. ``same_disk`` allows every folder.
    """
    if not (same_disk or is_carried(medium, home)):
        raise Refused(
            sentence(
                "{medium} is on this machine's own disk or in its memory, not on a medium", medium=medium
            ),
            sentence("plug in the medium and mount it there; to use the disk anyway: --same-disk"),
        )


def is_carried(folder: Path, home: Path) -> bool:
    """Whether a folder is on a medium: not on the disk of the home or of the system, nor in memory."""
    own = disks.of(home) | disks.of(Path("/")) | {disks.MEMORY}
    return not disks.of(folder) & own


def is_in_memory(folder: Path) -> bool:
    """Whether a folder is in memory, so that its contents are lost when the machine is switched off."""
    return disks.MEMORY in disks.of(folder)


def top(folder: Path) -> Path:
    """Return the folder at which the file system of a folder is mounted."""
    found = folder.resolve()
    return next(each for each in (found, *found.parents) if each.is_mount())


def _together(one: Path, other: Path) -> Refused:
    return Refused(
        sentence("{one} and {other} are on the same disk", one=one, other=other),
        sentence(
            "both folders would be lost or stolen together: use another medium; to use this disk"
            " anyway: --same-disk"
        ),
    )
