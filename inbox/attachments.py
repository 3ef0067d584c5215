"""Files of cases: sealed in their folder, opened one at a time, bytes for bytes."""

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import age
from crypto.container import FileDigest
from crypto.errors import CryptoError, Tampered
from crypto.recipients import HybridIdentity
from inbox import disk, keystore, records
from inbox.errors import CaseRefused, Refused
from inbox.home import Home
from inbox.schema import Attachment


def extract(home: Home, session: Session, case: int, number: int, out: Path) -> Attachment:
    """Write file ``number`` of a case to ``out``, which must not exist; return what the vault says of it.

    Raises CaseRefused for an unknown one, Refused if it is destroyed, damaged, or ``out`` is there: then
    nothing is left at ``out`` that was not there before.
    """
    attachment = _find(session, case, number)
    seed = keystore.load(home, session).attachment_seed(attachment.id)
    if seed is None:
        raise CaseRefused(f"the key of file {number} was destroyed", "nobody can open it any more")
    try:
        target = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{out} is already there", "choose another --out, nothing is overwritten") from None
    try:
        with os.fdopen(target, "wb") as file:
            file.writelines(_opened(home.attachment(attachment.id), seed, attachment.digest))
            file.flush()
            os.fsync(file.fileno())
    except (CryptoError, FileNotFoundError):
        out.unlink()
        raise Refused(
            f"the sealed copy of file {number} is missing or damaged",
            "put back a copy of the attachments folder",
        ) from None
    except BaseException:
        out.unlink()
        raise
    return attachment


def sweep(home: Home, session: Session) -> None:
    """Remove files that no row of the vault knows: what an interrupted or refused collect left behind."""
    known = {home.attachment(attachment_id) for attachment_id in records.attachment_ids(session)}
    disk.keep_only(home.attachments, known)
    kept = {home.envelope(row.envelope) for row in records.unopened(session) if row.envelope is not None}
    disk.keep_only(home.unopened, kept)


def _find(session: Session, case: int, number: int) -> Attachment:
    files = records.attachments(session, records.case(session, case).number)
    for attachment in files:
        if attachment.number == number:
            return attachment
    numbers = f"files 1 to {len(files)}" if files else "no files"
    raise CaseRefused(f"case {case} has no file {number}", f"it has {numbers}")


def _opened(path: Path, seed: bytes, expected: bytes) -> Iterator[bytes]:
    digest = FileDigest()
    with path.open("rb") as sealed:
        for chunk in age.unseal(disk.pieces(sealed), [HybridIdentity.from_seed(seed)]):
            digest.update(chunk)
            yield chunk
    if digest.digest() != expected:
        raise Tampered("digest of the file does not hold")
