"""A master secret for a circle of officers: split, handed out, tried before it counts (SPEC 9.1)."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from crypto import shares
from crypto.errors import Malformed
from crypto.journal import LONGEST_OFFICER, OFFICER
from crypto.shares import TooFewShares
from inbox import disk, header, sharefile
from inbox.errors import Refused
from inbox.header import SHARING
from inbox.officers import MASTER, check_passphrase
from inbox.sharefile import LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Appointee:
    """An officer who is to get a share, under the passphrase ``chosen``."""

    name: str
    chosen: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Circle:
    """The officers in the order of their shares, how many it takes; Argon2id's operations and bytes."""

    members: tuple[Appointee, ...]
    quorum: int
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """A new master secret (32 bytes) with its id (16 bytes), and words and share file of each officer."""

    id: bytes
    quorum: int
    master: bytes = field(repr=False)
    words: dict[str, str] = field(repr=False)
    files: dict[str, bytes] = field(repr=False)

    def file_name(self, officer: str) -> str:
        """Return how the share file of an officer is called."""
        return f"{officer}-{header.name(self.id)}.share"


def check(names: Sequence[str], quorum: int) -> None:
    """Raise Refused unless these officers with this quorum can share a secret."""
    for name in names:
        if not re.fullmatch(OFFICER, name) or len(name) > LONGEST_OFFICER:
            raise Refused(
                f"{name!r} cannot be the name of an officer",
                "use a-z, 0-9, . and -, from a letter, at most 32",
            )
    if len(set(names)) != len(names):
        raise Refused("two officers have the same name", "give each a name of their own")
    if not 1 <= len(names) <= shares.LARGEST_COUNT:
        raise Refused(f"{len(names)} officers cannot share a secret", "name between 1 and 7")
    if quorum > len(names):
        raise Refused(f"a quorum of {quorum} is more than the {len(names)} officers", "lower --quorum")
    if quorum == 1 < len(names) or quorum < 1:
        raise Refused(
            "with a quorum of 1 each officer alone would open everything", "choose --quorum 2 or more"
        )


def share(circle: Circle) -> Sharing:
    """Return a new sharing for a circle; Refused for a circle that cannot be or a passphrase too short."""
    names = [member.name for member in circle.members]
    check(names, circle.quorum)
    for member in circle.members:
        check_passphrase(member.chosen)
    sharing, master = secrets.token_bytes(SHARING), secrets.token_bytes(MASTER)
    words = shares.split(master, quorum=circle.quorum, count=len(names))
    return Sharing(
        id=sharing,
        quorum=circle.quorum,
        master=master,
        words=dict(zip(names, words, strict=True)),
        files={
            member.name: sharefile.seal(each, member.name, sharing, member.chosen, circle.limits)
            for member, each in zip(circle.members, words, strict=True)
        },
    )


def hand_out(sharing: Sharing, folder: Path) -> list[Path]:
    """Write the share files into ``folder``; return where they are."""
    paths = [folder / sharing.file_name(officer) for officer in sharing.files]
    for path, content in zip(paths, sharing.files.values(), strict=True):
        disk.write(path, [content])
    return paths


def withdraw(sharing: Sharing, folder: Path) -> None:
    """Remove the share files of a sharing that came to nothing."""
    for officer in sharing.files:
        (folder / sharing.file_name(officer)).unlink(missing_ok=True)


def try_out(sharing: Sharing, circle: Circle, folder: Path) -> int:
    """Open what was written as the officers will; return how many quorums were tried.

    Every quorum must give the master secret back, and every group of one fewer nothing. Raises Refused if one
    does not behave so: then nothing may be founded on these shares.
    """
    words = [
        sharefile.unseal(sharefile.parse((folder / sharing.file_name(each.name)).read_bytes()), each.chosen)
        for each in circle.members
    ]
    quorums = list(combinations(words, circle.quorum))
    if any(shares.combine(quorum) != sharing.master for quorum in quorums):
        raise _failed()
    if any(_opens(fewer) for fewer in combinations(words, circle.quorum - 1) if fewer):
        raise _failed()
    return len(quorums)


def _opens(fewer: Sequence[str]) -> bool:
    try:
        shares.combine(fewer)
    except (TooFewShares, Malformed):
        return False
    return True


def _failed() -> Refused:
    return Refused(
        "the share test failed: nothing was founded on these shares", "check the medium, begin again"
    )
