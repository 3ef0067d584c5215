"""Send a dossier: sign it, seal it to its addressee, and record it in the ledger (SPEC 8.5)."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from crypto import age, dossier, signing
from crypto.age import Recipient
from crypto.archive import Member
from crypto.bundle import Manifest
from crypto.dossier import CONTENT, PAGES, Dossier, Part, Purpose
from crypto.errors import CryptoError
from crypto.recipients import HybridRecipient, X25519Recipient
from inbox.access import addressees, disclosures
from inbox.access.disclosures import Given, Ground
from inbox.casework import decisions, prosecutor_word
from inbox.casework.decisions import Decision
from inbox.casework.measures import records
from inbox.casework.measures.details import Taken
from inbox.deadlines import legal_duties
from inbox.dossiers import compose, render
from inbox.dossiers.compose import Content, Doubt, Enclosed, Plan
from inbox.files import attachments, sanitise
from inbox.files.attachments import Found
from inbox.language import labels, library_errors
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import apart
from inbox.system.home import Home
from inbox.vault import queries_office
from templates.law.rules import MeasureRole

_HYBRID = "age1pq1"
_GROUNDS = {Purpose.PROSECUTOR: Ground.JUDICIAL, Purpose.DISCIPLINARY: Ground.OTHER}
_DIGITS = 16
_NOTED = 20


@dataclass(frozen=True, slots=True)
class Addressed:
    """The recipient of a sealed file; ``is_hybrid`` says whether the seal withstands a quantum computer."""

    recipient: Recipient
    text: str
    is_hybrid: bool


@dataclass(frozen=True, slots=True)
class Sealing:
    """The file and the recipient of a sealed dossier, and whether to record it as a measure.

    ``despite`` is the reason to send the dossier despite its warnings; it is empty if there are no warnings.
    """

    out: Path
    to: Addressed
    is_measure: bool
    despite: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A sealed dossier: its content, what officers should check again, and its manifest."""

    content: Content
    doubts: Sequence[tuple[Doubt, str]]
    made: Dossier


@dataclass(frozen=True, slots=True)
class _Enclosure:
    """An enclosed file; each call of ``pieces`` yields its bytes from the start."""

    name: str
    size: int
    pieces: Callable[[], Iterator[bytes]]


def addressed(text: str) -> Addressed:
    """Return the recipient written as ``age1pq1…`` or ``age1…``; raises Refused for any other text."""
    is_hybrid = text.startswith(_HYBRID)
    try:
        found: Recipient = (HybridRecipient if is_hybrid else X25519Recipient).parse(text)
    except CryptoError as error:
        raise Refused(
            sentence("this is not an age recipient: {error}", error=library_errors.of_crypto(error)),
            sentence(
                "ask the addressee to send the key again (a text that begins with age1), and compare it"
                " by telephone; without a key, hand over a letter on paper: inbox dossier letter CASE"
                " LETTER"
            ),
        ) from None
    return Addressed(found, text, is_hybrid)


def send(inbox: Inbox, who: Actor, number: int, plan: Plan, sealing: Sealing) -> Sent:
    """Write a dossier of a case into a file, signed and sealed to its addressee; requires two officers.

    The dossier is recorded in the ledger, and also as a measure if ``sealing.is_measure``. If the prosecutor
    was not informed before, this measure is the decision that the law asks for.

    Raises the same errors as ``compose.preview``, ``apart.new``, ``addressees.check_unsaid`` and
    ``records.add``. Raises Refused if an attachment is damaged. Raises NoSandbox if attachments are to be
    cleaned but cannot be examined safely. Raises CaseRefused if the key of an attachment was destroyed, if
    nobody decided to inform the prosecutor, or if a warning about the dossier needs a reason and no reason is
    given. For a disciplinary dossier, also raises CaseRefused if the prosecutor's word is missing, or if the
    dossier contains words that the reporter asked the office never to repeat.
    """
    noted = action(
        Code.MAKE_DOSSIER,
        number,
        sealing.despite,
        purpose=plan.purpose,
        enclosed=plan.enclosed,
        recipient=sealing.to.text[:_NOTED],
        as_measure=sealing.is_measure,
        despite=bool(sealing.despite.strip()),
    )
    # The file gets its name only after the journal entry is written, so no file exists without an entry.
    with apart.new(inbox.home, sealing.out) as file, inbox.acting(who, noted) as session:
        content, doubts = compose.compose(session, number, plan, who.today)
        _check(session, number, plan, sealing, doubts)
        made = _write(inbox.home, session, content, sealing.to.recipient, file)
        if sealing.is_measure:
            _note_measure(session, made, plan.addressee, sealing.despite)
        given = Given(plan.addressee, _reference(made), _GROUNDS[plan.purpose])
        disclosures.add(session, number, given, journal.actor(session))
    return Sent(content, doubts, made)


def _check(
    session: Session, number: int, plan: Plan, sealing: Sealing, doubts: Sequence[tuple[Doubt, str]]
) -> None:
    """Raise CaseRefused unless a dossier may be sent (see ``send``)."""
    addressees.check_unsaid(session, number, plan.addressee, sealing.despite)
    sent = in_use.of(session).measure(MeasureRole.TRANSMISSION)
    if plan.purpose is Purpose.PROSECUTOR and not (
        sealing.is_measure or sent in records.kinds(session, number)
    ):
        raise CaseRefused(
            sentence("case {number}: nobody has decided to inform the prosecutor", number=number),
            sentence(
                "send the dossier with --measure, which also records the decision to inform the prosecutor"
            ),
        )
    for doubt, place in doubts:
        # A reason cannot replace the prosecutor's word. If the prosecutor sets restrictions, officers decide
        # how to respect them.
        if doubt is Doubt.NO_WORD and prosecutor_word.is_missing(session, number):
            raise prosecutor_word.refused_dossier(session, number)
        # The person concerned reads a disciplinary file, and may know who could have said the words in it.
        # Therefore, words that the reporter asked the office never to repeat are refused even with a reason.
        # Officers can always redact them. A prosecutor keeps the dossier secret, and may need the reporter's
        # words as evidence.
        if doubt is Doubt.PROTECTED and plan.purpose is Purpose.DISCIPLINARY:
            raise CaseRefused(
                sentence("{why} {place}", why=labels.said("doubt", doubt), place=place),
                sentence("the person concerned will read this file: redact these words with --redact"),
            )
        if doubt.takes_reason and not sealing.despite.strip():
            raise CaseRefused(
                sentence("{why} {place}", why=labels.said("doubt", doubt), place=place),
                sentence("to send the dossier anyway, give a reason: --despite-warning REASON"),
            )


def _write(home: Home, session: Session, content: Content, to: Recipient, out: BinaryIO) -> Dossier:
    """Write a dossier to ``out`` and return its manifest."""
    enclosures = _enclosures(home, session, content)
    listed = [dossier.part(each.name, each.pieces()) if each else None for each in enclosures]
    made = {
        PAGES: render.pages(content, listed),
        CONTENT: render.machine_readable(content, listed),
    }
    parts = [dossier.part(name, [raw]) for name, raw in made.items()] + [part for part in listed if part]
    manifest = _signed(session, content, parts)
    members = [Member(name, len(raw), iter([raw])) for name, raw in made.items()]
    members += [Member(each.name, each.size, each.pieces()) for each in enclosures if each]
    out.writelines(age.seal(dossier.write(manifest, members), [to]))
    return dossier.DOSSIER.parse(manifest.raw)


def _reference(sent: Dossier) -> str:
    """Return the name of a dossier in the ledger and in a measure: the start of the hash of its manifest."""
    return f"dossier {hashlib.sha256(dossier.DOSSIER.encode(sent)).hexdigest()[:_DIGITS]}"


def _note_measure(session: Session, sent: Dossier, addressee: str, despite: str) -> None:
    """Record a sent dossier as a measure or, for a prosecutor, as the decision to inform the prosecutor.

    Raises the same errors as ``records.add``.
    """
    name = _reference(sent)
    if sent.purpose is Purpose.PROSECUTOR:
        decision = Decision(
            choice=legal_duties.transmitting(session), reason=name, addressee=addressee, reference=name
        )
        decisions.take(session, sent.case, decision, sent.made)
    else:
        opened = in_use.of(session).measure(MeasureRole.DISCIPLINE)
        taken = Taken(kind=opened, day=sent.made, addressee=addressee, reference=name, despite=despite)
        records.add(session, sent.case, taken, sent.made)


def _enclosures(home: Home, session: Session, content: Content) -> list[_Enclosure | None]:
    """Return the enclosure for each file, or None for a file that cannot be cleaned."""
    found = [attachments.find(home, session, content.case, file.number) for file in content.files]
    if content.plan.enclosed is Enclosed.ORIGINAL:
        return [_original(home, each) for each in found]
    return [_cleaned(home, each, content.made) for each in found]


def _original(home: Home, found: Found) -> _Enclosure:
    file = found.attachment
    return _Enclosure(f"files/{file.number}", file.size, partial(attachments.pieces, home, found))


def _cleaned(home: Home, found: Found, today: date) -> _Enclosure | None:
    made = sanitise.clean(home, found, today)
    if made is None:
        return None
    name = f"files/{found.attachment.number}.{made.ending}"
    return _Enclosure(name, len(made.data), lambda: iter([made.data]))


def _signed(session: Session, content: Content, parts: Sequence[Part]) -> Manifest:
    """Return the manifest, signed with a key that the addressee can find: the root key or the card's key."""
    office = queries_office.office(session)
    seed = office.root_seed or office.card_seed
    made = Dossier(
        deployment=office.deployment,
        key=signing.public_key(seed),
        purpose=content.plan.purpose,
        language=content.plan.language,
        made=content.made,
        case=content.case,
        parts=tuple(parts),
    )
    return dossier.sign(made, seed)
