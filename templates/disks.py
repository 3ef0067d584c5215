"""Find the disks of a folder and of swap, and whether bytes written to these disks are encrypted.

The kernel provides the facts (``/proc/self/mountinfo``, ``/proc/swaps``, ``/sys``). Partitions, LUKS, LVM,
RAID and loop devices are followed down to whole disks; bind mounts and btrfs subvolumes are followed to their
file system. The kernel does not reveal whether two disks are in one enclosure, whether two virtual disks are
on one server, or whether a disk encrypts its own contents. For a btrfs file system on several disks, the
kernel reveals only one of the disks. The kernel does not reveal the disks behind ZFS, a network or FUSE, so
such a file system counts as a disk of its own. Everything in memory, such as ``/run`` and often ``/tmp``,
counts as one disk, which nobody can remove.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

MEMORY = "memory"
_BLOCK = Path("/sys/dev/block")
_NAMED = Path("/sys/class/block")
_SWAPS = Path("/proc/swaps")
_ESCAPED = re.compile(r"\\([0-7]{3})")
# The types of /dev/shm, /run and, on many machines, /tmp. Their contents are lost when the power goes off.
_IN_MEMORY = {"tmpfs", "ramfs", "devtmpfs", "rootfs"}
_MEMORY_DEVICE = re.compile(r"z?ram[0-9]+")
# cryptsetup gives this name to the devices that it makes. Devices of two of these kinds do not encrypt; they
# only check the data that is read.
_ENCRYPTED = re.compile(r"CRYPT-(?!VERITY|INTEGRITY)")
# Fields of a line of mountinfo before the field that is a single "-": proc_pid_mountinfo(5).
_ID, _DEVICE = 0, 2


def of(folder: Path) -> frozenset[str]:
    """Return the names of the disks of a folder, or the device number of a file system without a disk.

    A folder that does not exist yet counts as being on the disks of its nearest existing parent.
    """
    return frozenset(_of(_existing(folder)))


def plain(folder: Path) -> frozenset[str]:
    """Return the disks to which the files of a folder are written unencrypted, named as in ``of``.

    The result does not include memory. The folder need not exist yet, as in ``of``.
    """
    return frozenset(_of(_existing(folder), encrypted=False)) - {MEMORY}


def is_known(disk: str) -> bool:
    """Whether the kernel names this disk. The kernel does not reveal what is behind a bare device number."""
    return ":" not in disk


def plain_swaps() -> list[str]:
    """Return the file or device of each swap in use that may write memory to a disk unencrypted."""
    lines = _SWAPS.read_text("utf-8", errors="surrogateescape").splitlines() if _SWAPS.exists() else []
    names = [_unescaped(line.split()[0]) for line in lines[1:]]
    return [name for name in names if _is_plain_swap(Path(name))]


def whole(block: Path, behind: frozenset[str] = frozenset(), *, encrypted: bool = True) -> Iterator[str]:
    """Yield the disks below a block device, given by its folder in /sys, except those in ``behind``.

    Unless ``encrypted`` is true, disks below an encrypted device are left out.
    """
    if block.name in behind or not (encrypted or _is_plain(block)):
        return
    behind |= {block.name}
    below = sorted((block / "slaves").iterdir()) if (block / "slaves").is_dir() else []
    file = block / "loop" / "backing_file"
    if below:
        for each in below:
            yield from whole(each.resolve(), behind, encrypted=encrypted)
    elif (block / "partition").exists():
        yield from whole(block.parent, behind, encrypted=encrypted)
    elif file.exists() and (backing := Path(file.read_text("utf-8").rstrip("\n"))).exists():
        yield from _of(backing, behind, encrypted=encrypted)
    else:
        yield MEMORY if _MEMORY_DEVICE.fullmatch(block.name) else block.name


def _existing(folder: Path) -> Path:
    whole = folder.absolute()
    return next(each for each in (whole, *whole.parents) if each.exists())


def _of(path: Path, behind: frozenset[str] = frozenset(), *, encrypted: bool = True) -> Iterator[str]:
    device, source, kind = _mount(path)
    if kind in _IN_MEMORY:
        yield MEMORY
        return
    block = _BLOCK / device
    if not block.exists():
        block = _BLOCK / (_block_number(source) or device)
    if block.exists():
        yield from whole(block.resolve(), behind, encrypted=encrypted)
    else:
        yield device


def _is_plain(block: Path) -> bool:
    kind = block / "dm" / "uuid"
    return not (kind.exists() and _ENCRYPTED.match(kind.read_text("utf-8")))


def _is_plain_swap(swap: Path) -> bool:
    if swap.is_file():
        return bool(plain(swap))
    block = _NAMED / swap.resolve().name
    return not block.exists() or bool({*whole(block.resolve(), encrypted=False)} - {MEMORY})


def _block_number(source: str) -> str | None:
    """Return the number of the block device with this path.

    A btrfs subvolume has a number of its own, which belongs to no device.
    """
    try:
        found = Path(source).stat()
    except (OSError, ValueError):
        return None
    return f"{os.major(found.st_rdev)}:{os.minor(found.st_rdev)}" if stat.S_ISBLK(found.st_mode) else None


def _mount(path: Path) -> tuple[str, str, str]:
    """Return the device number (such as "8:1"), the source and the type of the mount that holds a path.

    Raises OSError if the kernel does not list this mount, as in a chroot whose root is not a mount point.
    """
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
            return fields[_DEVICE], _unescaped(source), kind
    raise OSError(errno.ENODEV, "the kernel lists no mount for this path", str(path))


def _unescaped(escaped: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), escaped)
