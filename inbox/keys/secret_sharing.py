"""Split a master secret among a circle of officers, and test the shares before they are used (SPEC 9.1)."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path

from crypto import exercise, passphrase, shares
from crypto.errors import CryptoError
from crypto.journal import LONGEST_OFFICER, OFFICER
from inbox.keys import share_file as share_files
from inbox.keys import vault_header
from inbox.keys.officers import MASTER, check_passphrase
from inbox.keys.share_file import Limits
from inbox.keys.vault_header import SHARING, Header
from inbox.language.errors import Refused, ShareDamaged, WrongPassphrase
from inbox.language.messages import sentence
from inbox.system import atomic_files

_TEST_MESSAGE = b"whoever reads this has opened it"


@dataclass(frozen=True, slots=True)
class Appointee:
    """An officer who will get a share, sealed under the passphrase ``chosen``."""

    name: str
    chosen: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Circle:
    """The officers in the order of their shares, the quorum, and Argon2id's limits (operations, bytes)."""

    members: tuple[Appointee, ...]
    quorum: int
    limits: Limits = field(default_factory=lambda: share_files.LIMITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """A new master secret (32 bytes) with its id (16 bytes), and each officer's words and share file.

    ``identifier`` is the number (15 bits) that the words of all its shares contain.
    """

    id: bytes
    identifier: int
    quorum: int
    master: bytes = field(repr=False)
    words: dict[str, str] = field(repr=False)
    files: dict[str, bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """The four letters by which people tell sharings apart."""
        return vault_header.name(self.id)

    def header(self, generation: int, deployment: bytes) -> Header:
        """Return the contents of vault.json for a vault of ``generation`` that this sharing opens.

        ``deployment`` is the id (16 bytes) of the deployment that the vault belongs to.
        """
        return Header(
            sharing=self.id,
            identifier=self.identifier,
            quorum=self.quorum,
            generation=generation,
            exercise=exercise.WORDS if exercise.is_exercise(deployment) else None,
        )

    def share_file(self, officer: str, folder: Path) -> Path:
        """Return the path of an officer's share file in ``folder``."""
        return folder / f"{officer}-{self.name}.share"


@dataclass(frozen=True, slots=True)
class Proven:
    """A sharing that passed the share test.

    ``quorums`` is the number of quorums that opened the test message. ``fewer`` is the number of groups with
    one officer fewer than a quorum; all failed to open the message.
    """

    sharing: Sharing
    day: date
    quorums: int
    fewer: int

    @property
    def said(self) -> str:
        """The result of the share test, in words."""
        quorum = self.sharing.quorum
        if quorum == 1:
            return "the one share opened the test message"
        opened = "1 quorum" if self.quorums == 1 else f"{self.quorums} quorums"
        fewer = "single shares" if quorum == shares.LEAST_QUORUM else f"groups of {quorum - 1}"
        return f"{opened} of {quorum} opened the test message, {self.fewer} {fewer} did not"


def check_name(name: str) -> None:
    """Raise Refused unless the name is valid for an officer."""
    if not re.fullmatch(OFFICER, name) or len(name) > LONGEST_OFFICER:
        raise Refused(
            sentence("{name!r} cannot be the name of an officer", name=name),
            sentence("begin with a letter, and use at most 32 characters: a-z, 0-9, . and -"),
        )


def check(names: Sequence[str], quorum: int) -> None:
    """Raise Refused unless these officers with this quorum can share a secret."""
    for name in names:
        check_name(name)
    if len(set(names)) != len(names):
        raise Refused(
            sentence("two officers have the same name"), sentence("give each officer a different name")
        )
    if not 1 <= len(names) <= shares.LARGEST_COUNT:
        raise Refused(
            sentence("{count} officers cannot share a secret", count=len(names)),
            sentence("name 1 to 7 officers"),
        )
    if quorum > len(names):
        raise Refused(
            sentence(
                "a quorum of {quorum} is too large for {count} officers", quorum=quorum, count=len(names)
            ),
            sentence("lower --quorum"),
        )
    if quorum == 1 < len(names) or quorum < 1:
        raise Refused(
            sentence("with a quorum of 1, any officer alone could open everything"),
            sentence("choose --quorum 2 or more"),
        )


def share(circle: Circle) -> Sharing:
    """Return a new sharing for a circle.

    Raises Refused if the circle is invalid, or if a passphrase is too short.
    """
    names = [member.name for member in circle.members]
    check(names, circle.quorum)
    for member in circle.members:
        check_passphrase(member.chosen)
    sharing, master = secrets.token_bytes(SHARING), secrets.token_bytes(MASTER)
    words = shares.split(master, quorum=circle.quorum, count=len(names))
    return Sharing(
        id=sharing,
        identifier=shares.identifier(words[0]),
        quorum=circle.quorum,
        master=master,
        words=dict(zip(names, words, strict=True)),
        files={
            member.name: share_files.seal(each, member.name, sharing, member.chosen, circle.limits)
            for member, each in zip(circle.members, words, strict=True)
        },
    )


def prove(sharing: Sharing, circle: Circle, folder: Path, today: date) -> Proven:
    """Write the share files into ``folder``, read them back and do the share test with them.

    The test message is sealed under the vault's key. Every quorum must be able to open the test message. No
    smaller group may be able to open the message, even with shares that are altered to state a smaller
    quorum. If the test fails, raises Refused, and these shares must not be used.
    """
    for officer, content in sharing.files.items():
        atomic_files.write(sharing.share_file(officer, folder), [content])
    words = [_read_back(sharing.share_file(each.name, folder), each.chosen) for each in circle.members]
    sealed = passphrase.wrap(_TEST_MESSAGE, passphrase.vault_key(sharing.master))
    quorums = list(combinations(words, circle.quorum))
    smaller = [group for size in range(1, circle.quorum) for group in combinations(words, size)]
    if not all(_opens(sealed, group) for group in quorums):
        raise _failed()
    if any(_opens(sealed, group) or _opens(sealed, _sufficing(group)) for group in smaller):
        raise _failed()
    fewer = sum(len(group) == circle.quorum - 1 for group in smaller)
    return Proven(sharing, today, len(quorums), fewer)


def withdraw(sharing: Sharing, folder: Path) -> None:
    """Delete from ``folder`` all files of a sharing that was not put into use."""
    for path in folder.glob(f"*-{sharing.name}.*"):
        path.unlink()


def _read_back(path: Path, chosen: str) -> str:
    try:
        return share_files.unseal(share_files.parse(path.read_bytes()), chosen)
    except (ShareDamaged, WrongPassphrase):
        raise _failed() from None


def _opens(sealed: bytes, group: Sequence[str]) -> bool:
    try:
        return passphrase.unwrap(sealed, passphrase.vault_key(shares.combine(group))) == _TEST_MESSAGE
    except CryptoError:
        return False


def _sufficing(group: Sequence[str]) -> list[str]:
    """Return the shares of a group, altered to state the size of the group as their quorum.

    Otherwise a small group might fail only because of the stated quorum, and the test would miss a faulty
    split.
    """
    return [shares.restated(words, len(group)) for words in group]


def _failed() -> Refused:
    return Refused(
        sentence("the share test failed; nothing was changed"),
        sentence("check the disk or USB stick, then start again"),
    )
