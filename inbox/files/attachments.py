"""Files of cases: sealed in the attachments folder, and opened one at a time, byte for byte."""

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from crypto import age
from crypto.container import FileDigest
from crypto.errors import CryptoError, Tampered
from crypto.recipients import HybridIdentity
from inbox.access import declarations
from inbox.keys import key_store
from inbox.language.errors import CaseRefused, FileRefused, Refused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import apart, atomic_files, given_files
from inbox.system.home import Home
from inbox.vault import queries_cases
from inbox.vault.tables import Attachment


class Which(NamedTuple):
    """The numbers of a case and of a file in it."""

    case: int
    number: int


class Found(NamedTuple):
    """The vault's record of a file in a case, with the seed (32 bytes) that opens its sealed copy."""

    attachment: Attachment
    seed: bytes


def find(home: Home, session: Session, case: int, number: int) -> Found:
    """Return file ``number`` of a case.

    Raises CaseRefused if the file is unknown or its key is destroyed. Also raises the same errors as
    ``declarations.check``.
    """
    declarations.check(session, case)
    attachment = _find(session, case, number)
    seed = key_store.load(home, session).attachment_seed(attachment.id)
    if seed is None:
        raise CaseRefused(
            sentence("the key of file {number} was destroyed", number=number),
            sentence("nobody can open the file any more"),
        )
    return Found(attachment, seed)


def extract(inbox: Inbox, who: Actor, which: Which, reason: str, out: Path) -> Attachment:
    """Write a file of a case unencrypted, exactly as the reporter sent it; return the vault's record of it.

    Two officers must confirm the action. The journal entry comes first, because an entry for a file that was
    not written does no harm. Raises the same errors as ``find``, ``pieces``, ``write_new`` and
    ``apart.check``.
    """
    apart.check(inbox.home, out.parent)
    with inbox.acting(who, action(Code.EXTRACT, which.case, reason, file=which.number)) as session:
        found = find(inbox.home, session, *which)
    write_new(out, pieces(inbox.home, found))
    return found.attachment


def write_new(out: Path, content: Iterable[bytes]) -> None:
    """Write ``content`` unencrypted to a new file ``out``. Remove the remains of a killed attempt first.

    Raises Refused if ``out`` exists. Also raises any error that ``content`` raises. After an error, no new
    file is left at ``out``.
    """
    _sweep(out)
    try:
        out.touch(mode=0o600, exist_ok=False)  # From here on, the file at this path is ours.
    except FileExistsError:
        raise Refused(
            sentence("{out} already exists", out=out),
            sentence("choose another --out: nothing is overwritten"),
        ) from None
    try:
        atomic_files.write(out, content)
    except BaseException:
        out.unlink()
        raise


def pieces(home: Home, found: Found) -> Iterator[bytes]:
    """Yield a decrypted file of a case. Raise Refused, possibly only at the end, if the copy is damaged."""
    attachment, seed = found
    try:
        yield from _opened(home.attachment(attachment.id), seed, attachment.digest)
    except (CryptoError, FileRefused, FileNotFoundError):
        raise Refused(
            sentence("the sealed copy of file {number} is missing or damaged", number=attachment.number),
            sentence("restore the file from a backup of the attachments folder"),
        ) from None


def _sweep(out: Path) -> None:
    if (
        atomic_files.remove_parts(out.parent, glob.escape(out.name))
        and out.exists()
        and not out.stat().st_size
    ):
        out.unlink()  # The empty file only reserved the name.


def _find(session: Session, case: int, number: int) -> Attachment:
    files = queries_cases.attachments(session, queries_cases.case(session, case).number)
    for attachment in files:
        if attachment.number == number:
            return attachment
    raise CaseRefused(
        sentence("case {case} has no file {number}", case=case, number=number),
        sentence("this case has files 1 to {last}", last=len(files))
        if files
        else sentence("this case has no files"),
    )


def _opened(path: Path, seed: bytes, expected: bytes) -> Iterator[bytes]:
    digest = FileDigest()
    with given_files.opened(path) as sealed:
        for chunk in age.unseal(atomic_files.pieces(sealed), [HybridIdentity.from_seed(seed)]):
            digest.update(chunk)
            yield chunk
    if digest.digest() != expected:
        raise Tampered("digest of the file does not hold")
