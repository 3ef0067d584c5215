"""The outbox bundle: a fresh slot for every case that waits for one, and the keyring (SPEC 8.2)."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from crypto import base64url, bundle, messages
from crypto.archive import Member
from crypto.bundle import FIRST, KeyringLink, Link, Manifest, Outbox, SealedSlot
from crypto.messages import Status
from inbox import disk, journal, keyrings, keys, records
from inbox.acts import Act, Deed
from inbox.errors import Refused
from inbox.home import Home
from inbox.parallel import spread
from inbox.schema import KeyringFile, OutboxBundle
from inbox.slots import Mailbox, Seal, Sealer, Unsent, compose, mailbox_of
from inbox.unlocking import Inbox

# Up to here one process is done before another has started.
_FEW = 200

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """An outbox bundle: its number, its file."""

    n: int
    path: Path


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A case whose slot this outbox fills."""

    mailbox: Mailbox
    unsent: Unsent


def make(inbox: Inbox, out: Path, *, today: date, progress: Progress) -> Made:
    """Make the next outbox and put a copy into the folder ``out``.

    Our own copy is on disk before the vault knows of it, so that ``again`` always has one. Raises Refused.
    """
    _check_folder(out)
    with inbox.acting(Deed(Act.MAKE_OUTBOX), today) as session:
        n, channel = _make(inbox.home, session, today, progress)
    return Made(n, _hand_over(n, inbox.home.outbox_bundle(channel, n), out))


def again(inbox: Inbox, out: Path, n: int, *, today: date) -> Made:
    """Copy outbox ``n`` to ``out`` once more, byte for byte; Refused if the portal has confirmed it."""
    _check_folder(out)
    with inbox.acting(Deed(Act.COPY_OUTBOX, about=f"outbox {n}"), today) as session:
        made = records.outbox(session, n)
        channel = records.office(session).channel
    if made is None:
        raise Refused(f"outbox {n} was never made", "make the next one: inbox outbox")
    if made.confirmed:
        raise Refused(f"the portal has confirmed outbox {n}", "there is no need to send it again")
    path = inbox.home.outbox_bundle(channel, n)
    if not path.exists():
        raise Refused(f"our copy of outbox {n} is missing", f"put back {path.name} in {path.parent}")
    return Made(n, _hand_over(n, path, out))


def _make(home: Home, session: Session, today: date, progress: Progress) -> tuple[int, str]:
    office = records.office(session)
    seed = _reply_seed(session, today)
    keyring = keyrings.issue(session, today) if office.root_seed else None
    last = records.last_outbox(session)
    made = OutboxBundle(n=last.n + 1 if last else 1, hash=FIRST, made=today)
    session.add(made)
    session.flush()
    waiting = _waiting(session, today)
    with tempfile.TemporaryFile(dir=home.outbox) as spool:
        sealed = _seal_all(waiting, Seal(office.deployment, seed), spool, progress)
        outbox = Outbox(
            deployment=office.deployment,
            channel=office.channel,
            n=made.n,
            previous=last.hash if last else FIRST,
            collected=_collected(session, made.n),
            slots=tuple(
                SealedSlot(each.mailbox.case_id, digest)
                for each, (digest, _) in zip(waiting, sealed, strict=True)
            ),
            closed=tuple(
                each.mailbox.case_id for each in waiting if each.mailbox.case.status == Status.CLOSED
            ),
            journal=journal.head(session),
            keyring=KeyringLink(keyring.serial, keyring.hash) if keyring else None,
        )
        manifest = bundle.sign_outbox(outbox, seed)
        made.hash = manifest.hash
        sizes = [size for _, size in sealed]
        _write(home.outbox_bundle(office.channel, made.n), manifest, outbox, (spool, sizes), keyring)
    for each in waiting:
        each.mailbox.case.serial += 1
        if each.mailbox.case.status == Status.CLOSED and each.mailbox.case.closed_in is None:
            each.mailbox.case.closed_in = made.n
    return made.n, office.channel


def _reply_seed(session: Session, today: date) -> bytes:
    valid = [
        key.seed
        for key in keys.standing(records.reply_keys(session))
        if key.seed and key.not_before <= today <= key.not_after
    ]
    if not valid:
        raise Refused(
            f"no reply key is valid on {today}: no outbox can be made",
            "check the clock; if it is right: inbox keys rotate",
        )
    return valid[-1]


def _waiting(session: Session, today: date) -> list[_Waiting]:
    office = records.office(session)
    next_by = today + timedelta(days=office.answer_days)
    dialogues = records.dialogues(session)
    waiting = []
    for case in records.cases_to_refresh(session):
        if (mailbox := mailbox_of(case)) is not None:
            slot = compose(mailbox, dialogues, channel=office.channel, issued=today, next_by=next_by)
            waiting.append(_Waiting(mailbox, Unsent(mailbox.recipient, messages.SLOT.encode(slot))))
    return sorted(waiting, key=lambda each: base64url.encode(each.mailbox.case_id))


def _seal_all(
    waiting: Sequence[_Waiting], seal: Seal, spool: IO[bytes], progress: Progress
) -> list[tuple[bytes, int]]:
    """Put every sealed slot into ``spool``; return hash and size of each."""
    sealed = []
    jobs = [each.unsent for each in waiting]
    for done, slot in enumerate(spread(Sealer, seal, jobs, few=_FEW), 1):
        spool.write(slot)
        sealed.append((hashlib.sha256(slot).digest(), len(slot)))
        progress(done, len(jobs))
    spool.seek(0)
    return sealed


def _collected(session: Session, n: int) -> tuple[Link, ...]:
    """Return every intake bundle that the portal may let go of, and note that outbox ``n`` says so."""
    pinned = records.pinned_instance(session)
    rows = records.unconfirmed_intakes(session, pinned.key) if pinned else []
    for row in rows:
        row.outbox = row.outbox or n
    return tuple(Link(row.n, row.hash) for row in rows)


def _write(
    path: Path,
    manifest: Manifest,
    outbox: Outbox,
    slots: tuple[IO[bytes], list[int]],
    keyring: KeyringFile | None,
) -> None:
    spool, sizes = slots
    names = [name for name, _ in outbox.files()]

    def members() -> Iterator[Member]:
        for name, size in zip(names, sizes, strict=False):
            yield Member(name, size, iter([spool.read(size)]))
        if keyring is None:
            return
        for name, content in ((bundle.KEYRING, keyring.raw), (bundle.KEYRING_SIGNATURE, keyring.signature)):
            yield Member(name, len(content), iter([content]))

    disk.write(path, bundle.write(manifest, members()))


def _check_folder(out: Path) -> None:
    if not out.is_dir():
        raise Refused(f"{out} is not a folder", "make it, or mount the medium, then try again")


def _hand_over(n: int, path: Path, out: Path) -> Path:
    target = out / f"outbox-{path.name}"
    try:
        disk.copy(path, target)
    except OSError as error:
        raise Refused(
            f"outbox {n} is made, but could not be copied to {out}: {error.strerror}",
            f"see to the medium, then: inbox outbox --again {n}",
        ) from None
    return target
