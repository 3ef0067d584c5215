"""Find the disks of a folder: a copy on the disk of the original is lost or stolen together with it.

The kernel provides the facts (``/proc/self/mountinfo``, ``/sys/dev/block``). Partitions, LUKS, LVM, RAID and
loop devices are followed down to whole disks; bind mounts and btrfs subvolumes are followed to their file
system. The kernel does not reveal that two disks are in one enclosure, or that two virtual disks are on one
server. For a btrfs file system on several disks, the kernel reveals only one of the disks. The kernel does
not reveal the disks behind ZFS, a network or FUSE: such a file system counts as a disk of its own. Everything
in memory, such as ``/run`` and often ``/tmp``, counts as one disk, which nobody can remove.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from inbox.language.errors import Refused
from inbox.language.messages import sentence

_BLOCK = Path("/sys/dev/block")
_ESCAPED = re.compile(r"\\([0-7]{3})")
# The types of /dev/shm, /run and, on many machines, /tmp: their contents are lost when the power goes off.
_IN_MEMORY = {"tmpfs", "ramfs", "devtmpfs", "rootfs"}
_MEMORY = "memory"
_MEMORY_DEVICE = re.compile(r"z?ram[0-9]+")
# Fields of a line of mountinfo before the field that is a single "-": proc_pid_mountinfo(5).
_ID, _DEVICE = 0, 2


def check_apart(*folders: Path) -> None:
    """Raise Refused if two of these existing folders share a disk."""
    seen: dict[str, Path] = {}
    for folder in folders:
        for disk in disks(folder):
            if (other := seen.get(disk)) is not None:
                raise _together(other, folder)
        seen |= dict.fromkeys(disks(folder), folder)


def check_carried(medium: Path, home: Path) -> None:
    """Raise Refused if a folder on a medium is really on the disk of the home or system, or in memory.

    The check also detects the empty mount point of a medium that is not mounted.
    """
    if not is_carried(medium, home):
        raise Refused(
            sentence(
                "{medium} is on this machine's own disk or in its memory, not on a medium", medium=medium
            ),
            sentence("plug in the medium and mount it there; to use the disk anyway: --same-disk"),
        )


def is_carried(folder: Path, home: Path) -> bool:
    """Whether a folder is on a medium: not on the disk of the home or of the system, nor in memory."""
    return not disks(folder) & (disks(home) | disks(Path("/")) | {_MEMORY})


def is_in_memory(folder: Path) -> bool:
    """Whether a folder is in memory: its contents are lost when the machine is switched off."""
    return _MEMORY in disks(folder)


def top(folder: Path) -> Path:
    """Return the folder at which the file system of a folder is mounted."""
    found = folder.resolve()
    return next(each for each in (found, *found.parents) if each.is_mount())


def disks(folder: Path) -> frozenset[str]:
    """Return the names of the disks of a folder, or the device number of a file system without a disk."""
    return frozenset(_disks_of(folder, frozenset()))


def _disks_of(path: Path, behind: frozenset[str]) -> Iterator[str]:
    device, source, kind = _mount(path)
    if kind in _IN_MEMORY:
        yield _MEMORY
        return
    block = _BLOCK / device
    if not block.exists():
        block = _BLOCK / (_block_number(source) or device)
    if block.exists():
        yield from whole(block.resolve(), behind)
    else:
        yield device


def whole(block: Path, behind: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the disks below a block device, given by its folder in /sys, except those in ``behind``."""
    if block.name in behind:
        return
    behind |= {block.name}
    below = sorted((block / "slaves").iterdir()) if (block / "slaves").is_dir() else []
    file = block / "loop" / "backing_file"
    if below:
        for each in below:
            yield from whole(each.resolve(), behind)
    elif (block / "partition").exists():
        yield from whole(block.parent, behind)
    elif file.exists() and (backing := Path(file.read_text("utf-8").rstrip("\n"))).exists():
        yield from _disks_of(backing, behind)
    else:
        yield _MEMORY if _MEMORY_DEVICE.fullmatch(block.name) else block.name


def _block_number(source: str) -> str | None:
    """Return the number of the block device with this path.

    The number of a btrfs subvolume belongs to no device.
    """
    try:
        found = Path(source).stat()
    except (OSError, ValueError):
        return None
    return f"{os.major(found.st_rdev)}:{os.minor(found.st_rdev)}" if stat.S_ISBLK(found.st_mode) else None


def _mount(path: Path) -> tuple[str, str, str]:
    """Return the device number (such as "8:1"), the source and the type of the mount that holds a path."""
    descriptor = os.open(path, os.O_PATH)
    try:
        written = Path(f"/proc/self/fdinfo/{descriptor}").read_text("utf-8")
    finally:
        os.close(descriptor)
    (mount_id,) = re.findall(r"^mnt_id:\s*([0-9]+)$", written, re.MULTILINE)
    for line in Path("/proc/self/mountinfo").read_text("utf-8", errors="surrogateescape").splitlines():
        first, _, last = line.partition(" - ")
        if (fields := first.split())[_ID] == mount_id:
            kind, source, *_ = last.split(" ")
            return fields[_DEVICE], _plain(source), kind
    raise OSError(f"no mount found for {path}")


def _plain(escaped: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), escaped)


def _together(one: Path, other: Path) -> Refused:
    return Refused(
        sentence("{one} and {other} are on the same disk", one=one, other=other),
        sentence(
            "both would be lost or stolen together: use another medium; to use this disk anyway: --same-disk"
        ),
    )
