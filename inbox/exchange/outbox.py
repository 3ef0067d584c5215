"""Make the outbox bundle: a new slot for every case that needs one, and the keyring (SPEC 8.2)."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from crypto import base64url, bundle, messages
from crypto.archive import Member
from crypto.bundle import FIRST, KeyringLink, Link, Manifest, Opened, Outbox, SealedSlot
from crypto.errors import Tampered
from crypto.journal import Head
from crypto.messages import Slot, Status
from inbox.deadlines import retention_schedule, workflow
from inbox.exchange import entered_cases
from inbox.keys import expiry_warnings, receipts, rotation
from inbox.keys import keyring as channel_keyring
from inbox.keys.receipts import Signer
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.replies import answering, holding, slots, statuses
from inbox.replies.holding import Held
from inbox.replies.slots import Seal, Sealer, Unsent, compose
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import apart, atomic_files, given_files
from inbox.system.home import Home
from inbox.system.workers import spread
from inbox.vault import queries_cases, queries_exchange, queries_office, row_security
from inbox.vault.tables import Case, KeyringFile, Mailbox, OutboxBundle

# On the exchange medium, the names of bundles for the portal begin with this prefix.
HANDED = "outbox-"
# For up to this many slots, one process would finish before others had even started.
_FEW = 200

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """An outbox bundle: its number, its file, and whether it was signed again (``anew``) with another key.

    ``head`` is the last entry of the journal, for officers to write down. ``warnings`` name keys that expire
    soon, and messages that were held back.
    """

    n: int
    path: Path
    head: Head
    warnings: list[Sentence]
    anew: bool = False

    @property
    def command(self) -> str:
        """The command that imports the bundle on the portal's machine, where the guides mount the medium.

        If the portal has another command or mount point, the environment variable FANAL_IMPORT contains the
        command. In this command, ``{bundle}`` stands for the name of the file.
        """
        command = os.environ.get("FANAL_IMPORT", "fanal-portal run import /media/stick/{bundle}")
        return command.replace("{bundle}", self.path.name)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A case whose slot this outbox fills.

    ``closing`` says whether the outbox tells the portal that the case is closed. ``answers`` says whether the
    slot gives feedback. ``hollow`` says whether the slot contains a text that was meant as feedback but does
    not count as feedback. ``held`` lists the messages that are held back. ``opened`` makes the portal open a
    case that officers entered.
    """

    mailbox: Mailbox
    slot: Slot
    unsent: Unsent
    closing: bool
    answers: bool
    hollow: bool
    held: Held
    opened: Opened | None


def make(inbox: Inbox, who: Actor, out: Path, *, progress: Progress, same_disk: bool) -> Made:
    """Make the next outbox and put a copy into the folder ``out``.

    Our own copy is on disk before the vault records the outbox, so that ``again`` always finds it. Raises
    Refused, for example if ``out`` is on this machine's own disk because no medium is mounted there.
    ``same_disk`` allows a folder on this disk.
    """
    _check_folder(inbox.home, out, same_disk=same_disk)
    with inbox.acting(who, action(Code.MAKE_OUTBOX)) as session:
        n, channel, held, hollow = _make(inbox.home, session, who.today, progress)
        head, warnings = _told(session, who.today)
    if held or hollow:
        # A case in quarantine is not mentioned, but it may be the reason why a message of another case is
        # held back.
        with inbox.vault.transaction(who.officers, quarantine=True) as session:
            shown = row_security.readable(session, {*held, *hollow})
            warnings += holding.warnings(session, [each for each in held if each in shown])
            warnings += answering.warnings(session, [each for each in hollow if each in shown])
    return Made(n, _hand_over(n, inbox.home.outbox_bundle(channel, n), out), head, warnings)


def again(inbox: Inbox, who: Actor, out: Path, n: int, *, same_disk: bool) -> Made:
    """Copy outbox ``n`` to ``out`` again, with the same manifest and files.

    If the outbox's reply key is no longer valid, the current key signs the outbox again, because the portal
    does not accept a later outbox before this outbox. ``same_disk`` has the same meaning as in ``make``.
    Raises Refused once the outbox is confirmed.
    """
    _check_folder(inbox.home, out, same_disk=same_disk)
    with inbox.acting(who, action(Code.COPY_OUTBOX, outbox=n)) as session:
        made = queries_exchange.outbox(session, n)
        if made is None:
            raise Refused(
                sentence("outbox {n} was never made", n=n),
                sentence("make the next outbox: inbox exchange outbox --out DIR"),
            )
        if made.applied is not None:
            raise Refused(
                sentence("the portal has confirmed outbox {n}", n=n),
                sentence("you need not send this outbox again"),
            )
        path = inbox.home.outbox_bundle(queries_office.office(session).channel, n)
        if not path.exists():
            raise Refused(
                sentence("this inbox's copy of outbox {n} is missing", n=n),
                sentence(
                    "restore the file {name} in the folder {parent}", name=path.name, parent=path.parent
                ),
            )
        anew = _signed_anew(session, path, made, who.today)
        told = _told(session, who.today)
    return Made(n, _hand_over(n, path, out, anew), *told, anew is not None)


def _told(session: Session, today: date) -> tuple[Head, list[Sentence]]:
    return journal.head(session), expiry_warnings.warnings(session, today)


def _signed_anew(session: Session, path: Path, made: OutboxBundle, today: date) -> Manifest | None:
    """Return our copy's manifest, re-signed with the current reply key; None if the old key is still valid.

    Signs a manifest only if the vault knows it.
    """
    with given_files.opened(path) as file:
        manifest, _ = bundle.read(atomic_files.pieces(file))
    if manifest.hash != made.hash:
        raise Refused(
            sentence("this inbox's copy of outbox {n} was changed", n=made.n),
            sentence("restore {name} from a backup", name=path.name),
        )
    office = queries_office.office(session)
    try:
        counting = [key.key for key in channel_keyring.own_channel(session, today).reply_keys]
        bundle.open_outbox(manifest, office.deployment, counting)
    except Tampered:
        return bundle.sign_again(manifest, office.deployment, _reply_key(session, today)[1])
    return None


def _make(
    home: Home, session: Session, today: date, progress: Progress
) -> tuple[int, str, Collection[int], Collection[int]]:
    """Make the next outbox; return its number, its channel, and two lists of cases.

    The first list has the cases with messages that the outbox holds back. The second list has the cases to
    which the outbox sends a text that was meant as feedback but does not count as feedback.
    """
    office = queries_office.office(session)
    signer, seed = _reply_key(session, today)
    keyring = channel_keyring.issue(session, today) if office.root_seed else None
    last = queries_exchange.last_outbox(session)
    made = OutboxBundle(n=last.n + 1 if last else 1, hash=FIRST, made=today)
    session.add(made)
    session.flush()
    waiting = _waiting(session, today, Signer(office.deployment, signer, seed))
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
            closed=tuple(each.mailbox.case_id for each in waiting if each.closing),
            journal=journal.head(session),
            opened=tuple(each.opened for each in waiting if each.opened) or None,
            keyring=KeyringLink(keyring.serial, keyring.hash) if keyring else None,
        )
        manifest = bundle.sign_outbox(outbox, seed)
        made.hash = manifest.hash
        sizes = [size for _, size in sealed]
        _write(home.outbox_bundle(office.channel, made.n), manifest, outbox, (spool, sizes), keyring)
    for each in waiting:
        _note(each, made, signer)
        holding.keep(session, each.held, each.mailbox.case)
    holding.forget_left(session)
    entered_cases.note_told(session, [each.mailbox.case.number for each in waiting if each.opened], made.n)
    filled = {each.mailbox.case.number for each in waiting}
    unclosed = {each.held.case for each in waiting if each.held.closing}
    acknowledged = statuses.acknowledged(session, unclosed)
    answered = {each.mailbox.case.number for each in waiting if each.answers}
    workflow.tell(session, made.n, acknowledged=acknowledged & filled, answered=answered)
    left_out = [each.held.case for each in waiting if each.held.is_anything]
    return made.n, office.channel, left_out, [each.mailbox.case.number for each in waiting if each.hollow]


def _note(waiting: _Waiting, made: OutboxBundle, signer: bytes) -> None:
    """Record which outbox has filled the slot of a case, and which key signed the slot."""
    case, held = waiting.mailbox.case, waiting.held
    case.serial += 1
    case.slot_key = signer
    case.slot_status, case.slot_measures = (
        waiting.slot.status.value,
        " ".join(waiting.slot.measures_disclosed),
    )
    if not waiting.closing:
        case.closed_on = None
    elif case.closed_in is None and held.is_anything:
        case.closed_on = case.closed_on or made.made  # The closing waits for a later outbox.
    elif case.closed_in is None:
        case.closed_in = made.n
        case.closed_on = case.closed_on or made.made


def _is_closing(case: Case, slot: Slot, junk: Container[int]) -> bool:
    """Return whether the portal should treat the case as closed; expired junk counts as closed.

    A new message in a closed case opens the case again, so that its reporter has time to read the message.
    """
    is_told = case.closed_on is not None
    has_news = any(reply.serial > case.serial for reply in slot.messages)
    is_over = slot.status is Status.CLOSED or case.number in junk
    return is_over and not (is_told and has_news)


def _reply_key(session: Session, today: date) -> tuple[bytes, bytes]:
    """Return the id and the seed of the reply key that signs today."""
    valid = [
        (key.id, key.seed)
        for key in rotation.standing(queries_office.reply_keys(session))
        if key.seed and key.not_before <= today <= key.not_after
    ]
    if not valid:
        raise Refused(
            sentence("no reply key is valid on {today}: no outbox can be made", today=today),
            sentence("check the clock; if the clock is right, make new keys: inbox key rotate"),
        )
    return valid[-1]


def _waiting(session: Session, today: date, signer: Signer) -> list[_Waiting]:
    office = queries_office.office(session)
    next_by = today + timedelta(days=office.answer_days)
    exchanged = slots.dialogues(session)
    untold, junk = entered_cases.waiting(session), retention_schedule.junk_over(session, today)
    waiting = []
    asked = holding.candidates(session, exchanged)
    cases = queries_cases.cases_to_refresh(session, today, next_by, junk)
    holds = {
        case.number: holding.hold_back(session, case, exchanged)
        if case.number in asked
        else Held(case.number)
        for case in cases
    }
    acknowledged = statuses.acknowledged(session, {each.case for each in holds.values() if each.closing})
    receipted = [case for case in cases if case.number in acknowledged]
    receipts.sign(session, exchanged.receipts, receipted, signer, today)
    for case in cases:
        if (mailbox := case.mailbox) is not None:
            held = holds[case.number]
            holding.set_days(exchanged.sent[case.number], case, today)
            slot = compose(mailbox, exchanged, channel=office.channel, issued=today, next_by=next_by)
            unsent = Unsent(mailbox.recipient, messages.SLOT.encode(slot))
            sent, kinds = exchanged.sent[case.number], slot.measures_disclosed
            fresh = [each for each in sent if each.serial > case.serial]
            waiting.append(
                _Waiting(
                    mailbox,
                    slot,
                    unsent,
                    closing=_is_closing(case, slot, junk),
                    hollow=answering.let_go(session, case, kinds, fresh),
                    answers=answering.counting(session, case.number, kinds, sent),
                    held=held,
                    opened=untold.get(case.number),
                )
            )
    return sorted(waiting, key=lambda each: base64url.encode(each.mailbox.case_id))


def _seal_all(
    waiting: Sequence[_Waiting], seal: Seal, spool: IO[bytes], progress: Progress
) -> list[tuple[bytes, int]]:
    """Write every sealed slot to ``spool``; return the SHA-256 and the size of each."""
    sealed = []
    jobs = [each.unsent for each in waiting]
    for done, slot in enumerate(spread(Sealer, seal, jobs, few=_FEW), 1):
        spool.write(slot)
        sealed.append((hashlib.sha256(slot).digest(), len(slot)))
        progress(done, len(jobs))
    spool.seek(0)
    return sealed


def _collected(session: Session, n: int) -> tuple[Link, ...]:
    """Return all intake bundles that the portal may delete, and record that outbox ``n`` confirms them."""
    pinned = queries_exchange.pinned_instance(session)
    rows = queries_exchange.unconfirmed_intakes(session, pinned.key) if pinned else []
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

    atomic_files.write(path, bundle.write(manifest, members()))


def _check_folder(home: Home, out: Path, *, same_disk: bool) -> None:
    if not out.is_dir():
        raise Refused(
            sentence("{out} is not a folder", out=out),
            sentence("create the folder, or mount the disk or USB stick, then try again"),
        )
    apart.check_to_portal(home, out, same_disk=same_disk)


def _hand_over(n: int, path: Path, out: Path, anew: Manifest | None = None) -> Path:
    """Copy our outbox into ``out``; ``anew`` is a manifest that was signed again, if any."""
    target = out / f"{HANDED}{path.name}"
    try:
        if anew is None:
            atomic_files.copy(path, target)
        else:
            with given_files.opened(path) as file:
                _, members = bundle.read(atomic_files.pieces(file))
                atomic_files.write(target, bundle.write(anew, members))
    except OSError as error:
        raise Refused(
            sentence(
                "outbox {n} was made, but could not be copied to {out}: {error}",
                n=n,
                out=out,
                error=library_errors.of_system(error),
            ),
            sentence(
                "check the disk or USB stick, then copy the outbox again: inbox exchange outbox --again"
                " {n} --out DIR",
                n=n,
            ),
        ) from None
    return target
