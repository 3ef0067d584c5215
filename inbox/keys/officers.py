"""Open the vault with the shares of a quorum of officers, who each have a passphrase (SPEC 9.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from crypto import shares
from crypto.errors import CryptoError, Malformed
from crypto.shares import TooFewShares
from inbox.keys import share_file
from inbox.keys.share_file import ShareFile
from inbox.keys.vault_header import Header
from inbox.language.errors import HeaderDamaged, OtherSharing, Refused, ShareDamaged
from inbox.language.messages import sentence
from inbox.vault import queries_office
from inbox.vault.tables import Officer

MASTER = 32
SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Credential:
    """The share that an officer brings: a share file and its passphrase, or the words of a sheet."""

    share: bytes
    passphrase: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """The master secret (32 bytes) that a quorum opened, and the numbers of the shares that opened it.

    ``words`` are the words of these shares. ``sealed`` has the share file of each officer who gave a
    passphrase, keyed by share number.
    """

    master: bytes = field(repr=False)
    members: tuple[int, ...]
    words: tuple[str, ...] = field(repr=False)
    sealed: dict[int, ShareFile] = field(repr=False)


def appoint(session: Session, names: Sequence[str], today: date) -> None:
    """Make the people in ``names`` the officers, in the order of their shares.

    A former officer keeps a row without a share. Therefore, cases that were withheld from a former officer
    stay withheld if this officer returns.
    """
    known = {officer.name: officer for officer in queries_office.everybody(session)}
    for officer in known.values():
        officer.member = None
        officer.until = officer.until or today
    session.flush()  # Share numbers are unique, so free the numbers before they are assigned again.
    for member, name in enumerate(names, 1):
        officer = known.get(name) or Officer(name=name, since=today, member=member)
        officer.member, officer.until = member, None
        session.add(officer)
    session.flush()


def check_passphrase(chosen: str) -> None:
    """Raise Refused unless a new passphrase has at least 12 characters."""
    if len(chosen) < SHORTEST:
        raise Refused(
            sentence("the passphrase is shorter than {shortest} characters", shortest=SHORTEST),
            sentence("five or more randomly drawn words make a strong passphrase that can be remembered"),
        )


def open_master(header: Header, credentials: Sequence[Credential]) -> Opened:
    """Return the master secret that the credentials open; the shares, not the header, state the quorum.

    Raises WrongPassphrase, ShareDamaged or OtherSharing. Raises HeaderDamaged if the header contradicts the
    shares. Raises Refused if there are too few shares, or if one share is given twice.
    """
    files = [None if each.passphrase is None else share_file.parse(each.share) for each in credentials]
    words = [_words(header, each, file) for each, file in zip(credentials, files, strict=True)]
    _check_stated(header, words)
    members = tuple(map(shares.member, words))
    if len(set(members)) != len(members):
        raise Refused(
            sentence("the same share was given twice"), sentence("each officer must bring their own share")
        )
    try:
        master = shares.combine(words)
    except TooFewShares:
        raise Refused(
            sentence(
                "{count} of the {quorum} required officers are here",
                count=len(words),
                quorum=header.quorum,
            ),
            sentence("give --share FILE once for each officer"),
        ) from None
    except CryptoError:
        raise OtherSharing from None
    sealed = {member: file for member, file in zip(members, files, strict=True) if file is not None}
    return Opened(master, members, tuple(words), sealed)


def proven(header: Header, opened_by: Sequence[str], file: ShareFile, given: str) -> int:
    """Return the number of a file's share; check that this share belongs with the shares in ``opened_by``.

    Anybody can write an officer's name into a file, but nobody can invent a share that fits the other shares.
    Raises WrongPassphrase, ShareDamaged, OtherSharing or TooLittleMemory.
    """
    words = _words(header, Credential(b"", given), file)
    if words not in opened_by:
        try:
            shares.combine([*opened_by, words])
        except CryptoError:
            raise OtherSharing from None
    return shares.member(words)


def typed(sheet: bytes) -> str:
    """Return the words of a share as somebody typed them, with or without the numbers on the sheet.

    Raises ShareDamaged.
    """
    try:
        return shares.normal(" ".join(re.findall("[A-Za-z]+", sheet.decode("ascii"))))
    except (Malformed, UnicodeDecodeError):
        raise ShareDamaged from None


def _words(header: Header, credential: Credential, file: ShareFile | None) -> str:
    if file is None or credential.passphrase is None:
        words = typed(credential.share)
        is_present = shares.identifier(words) == header.identifier
    else:
        is_present = file.sharing == header.sharing
        words = share_file.unseal(file, credential.passphrase) if is_present else ""
    if not is_present:
        raise OtherSharing
    return words


def _check_stated(header: Header, words: Sequence[str]) -> None:
    stated = {(shares.identifier(each), shares.quorum(each)) for each in words}
    if len(stated) > 1:
        raise OtherSharing
    # Anybody can write a header with a valid checksum, so the header must not be able to lower the next
    # quorum.
    if stated - {(header.identifier, header.quorum)}:
        raise HeaderDamaged
