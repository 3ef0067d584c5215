"""Redact a passage in every text of a case, or only find it, and count it at each place."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import messages
from crypto.errors import Malformed
from crypto.messages import REPORT
from crypto.shape import Shape
from inbox.casework import tags as case_tags
from inbox.casework import unfinished
from inbox.casework.measures import by_law
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.questionnaire import answers
from inbox.questionnaire.answers import Answer
from inbox.replies import replies, slots
from inbox.text import names, redaction
from inbox.text.redaction import Pieces
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Duty, Identity, Measure, Note, Workflow
from inbox.vault.tables import Attachment, Case, FollowUp

# This text replaces every redacted passage. The text is always the same, because a varying length would
# reveal something.
STRUCK = "[…]"
EVERYWHERE = "everywhere"
# Reading the reporter's identity requires two officers, so nobody may test guesses against it here.
_HIDDEN = "identity"


class Striker:
    """Redacts a passage at each place, or complete texts if the passage is None, and counts the redactions.

    ``emptied`` lists the places whose complete text was removed, or where removing a passage of several
    words left no word. ``emptied`` does not include the reporter's identity. ``had`` and ``left`` are the
    numbers of words at each place before and afterwards.
    """

    def __init__(self, place: str, passage: str | None) -> None:
        self.place = place
        self.passage = passage
        self.times: Counter[str] = Counter()
        self.emptied: set[str] = set()
        self.had: Counter[str] = Counter()
        self.left: Counter[str] = Counter()

    @property
    def is_asked(self) -> bool:
        """Whether there is something to redact: a passage with words, or the complete text of one place."""
        return self.place != EVERYWHERE if self.passage is None else redaction.reads(self.passage)

    @property
    def is_found(self) -> bool:
        """Whether there was something to redact at any place so far."""
        return bool(self.times)

    def text(self, place: str, text: str) -> str:
        """Return the text at a place without the passage."""
        if not text or not self.is_meant(place):
            return text
        left = redaction.REMOVED if self.passage is None else redaction.around(text, self.passage)
        self.times.update({place: len(left) - 1} if len(left) > 1 else {})
        if len(left) > 1 and place != _HIDDEN and self._empties(left):
            self.emptied.add(place)
        if place != _HIDDEN:
            self.had[place] += len(names.words(text))
            self.left[place] += len(names.words(" ".join(left)))
        if self.passage is None:
            return STRUCK
        return STRUCK.join(left) if len(left) > 1 else text

    def _empties(self, left: Pieces) -> bool:
        """Return whether a text was removed completely.

        A passage of a single word does not count, because it may be only a name.
        """
        if self.passage is None:
            return True
        return len(names.words(self.passage)) > 1 and not names.words("".join(left))

    def takes(self, place: str, option: str) -> bool:
        """Return whether one of several chosen answers is removed.

        An answer is removed completely or stays.
        """
        return self.text(place, option) != option

    def has(self, place: str, word: str) -> bool:
        """Return whether the redaction removes a search word; accents and hyphens do not matter."""
        folded = names.words(self.passage or "")
        goes = self.is_meant(place) and (
            self.passage is None or (bool(folded) and " ".join(folded) in " ".join(names.words(word)))
        )
        self.times.update({place: 1} if goes else {})
        return goes

    def is_meant(self, place: str) -> bool:
        """Return whether this redaction applies to a place."""
        return self.place in {place, EVERYWHERE}


@dataclass(frozen=True, slots=True)
class Seen:
    """A text at its place.

    ``pieces`` are the parts that would stay, and ``taken`` are the passages to redact.
    """

    place: str
    text: str
    pieces: Pieces
    taken: Pieces


class Looker(Striker):
    """Finds what a striker would redact, without changing anything."""

    def __init__(self, place: str, passage: str | None) -> None:
        super().__init__(place, passage)
        self.seen: list[Seen] = []

    @property
    def is_found(self) -> bool:
        """Whether there would be something to redact at any place so far."""
        return bool(self.seen)

    def text(self, place: str, text: str) -> str:
        """Return the text unchanged; record what would be redacted."""
        if text and place != _HIDDEN and self.is_meant(place):
            if self.passage is None:
                self._see(_whole(place, text))
            else:
                left, taken = redaction.around(text, self.passage), redaction.taken(text, self.passage)
                self._see(Seen(place, text, left, taken))
        return text

    def takes(self, place: str, option: str) -> bool:
        """Record a chosen answer if it would be removed; return False, so that the answer stays."""
        before = len(self.seen)
        self.text(place, option)
        self.seen[before:] = [_whole(place, option) for _ in self.seen[before:]]
        return False

    def has(self, place: str, word: str) -> bool:
        """Record whether a search word would be removed; return False, so that the word stays."""
        if super().has(place, word):
            self.seen.append(_whole(place, word))
        return False

    def _see(self, seen: Seen) -> None:
        if len(seen.pieces) > 1:
            self.seen.append(seen)


def _whole(place: str, text: str) -> Seen:
    return Seen(place, text, redaction.REMOVED, (text,))


def from_reporter(session: Session, case: Case, striker: Striker) -> None:
    """Redact the reporter's texts: answers or note, follow-ups, and the names and types of files.

    Places are the ids of questions, ``note`` in an unsigned report, ``follow-up-N`` and ``file-N``. Raises
    CaseRefused if the remaining text would be too long.
    """
    _from_report(case, striker)
    for letter in queries_cases.follow_ups(session, case.number):
        text = striker.text(f"follow-up-{letter.position}", letter.text)
        if text != letter.text:
            said = messages.FOLLOW_UP.parse(letter.message)
            letter.text, letter.signature = text, b""
            letter.message = _encoded(messages.FOLLOW_UP, replace(said, text=text))
    for file in queries_cases.attachments(session, case.number):
        place = f"file-{file.number}"
        name = striker.text(place, file.name)
        kind = striker.text(place, file.type) if striker.passage is not None else file.type
        if (name, kind) != (file.name, file.type):
            _describe(session, case, file, name=name, type=kind)
            file.name, file.type = name, kind


def from_officers(session: Session, number: int, striker: Striker, today: date) -> None:
    """Redact officers' texts about a case.

    Places are ``reply-N``, ``staff-note-N``, ``tags``, ``measure-N``, ``decision-DUTY``,
    ``withheld`` and ``identity``. Raises CaseRefused if the remaining replies would not fit into the slot.
    """
    sent = {each: f"reply-{each.position}" for each in queries_cases.messages(session, number)}
    if _change(striker, sent, "text"):
        _check_slot(session, number, today)
    _change(striker, {each: f"staff-note-{each.position}" for each in _rows(session, Note, number)}, "text")
    measures = {each: f"measure-{each.position}" for each in _rows(session, Measure, number)}
    _change(striker, measures, "addressee", "reference", "restrictions", "sent")
    _change(striker, {each: f"decision-{each.kind}" for each in _rows(session, Duty, number)}, "reason")
    _change(striker, dict.fromkeys(_rows(session, Workflow, number), "withheld"), "withheld")
    identities = dict.fromkeys(_rows(session, Identity, number), "identity")
    _change(striker, identities, "text")
    for row in identities:
        if row.text.strip() == STRUCK:
            session.delete(row)
    tags = [name for name in case_tags.of(session, number) if striker.has("tags", name)]
    if tags:
        case_tags.take_off(session, number, tags, today)


def from_drafts(session: Session, number: int, words: str) -> None:
    """Redact officers' drafts about a case, without revealing to anybody else that there are drafts."""
    striker = Striker(EVERYWHERE, words)
    unfinished.rewrite(session, number, lambda text: striker.text(EVERYWHERE, text))


def _rows(session: Session, kind: Any, number: int) -> Iterable[Any]:
    return session.scalars(select(kind).filter_by(case=number)).all()


def _change(striker: Striker, places: dict[Any, str], *columns: str) -> bool:
    """Redact columns of rows, each row at its place; return whether the passage was found."""
    done = False
    for row, place in places.items():
        for column in columns:
            before = getattr(row, column)
            after = striker.text(place, before)
            if after != before:
                setattr(row, column, after)
                done = True
    return done


def _check_slot(session: Session, number: int, today: date) -> None:
    session.flush()
    case = queries_cases.case(session, number)
    slot = replies.next_slot(session, number, "", today) if case.mailbox else None
    if slot and not slots.holds(slot, case.seen, by_law.tellable(session)):
        raise CaseRefused(
            sentence("the remaining replies would be too long for the reporter's page"),
            sentence("redact a complete reply instead: inbox case redact CASE reply-N:all"),
        )


def _from_report(case: Case, striker: Striker) -> None:
    before = answers.of(case)
    after = dict(_struck(before.items(), striker))
    if after == before:
        return
    if case.unsigned:
        case.message = str(after["note"]).encode()
    else:
        case.message = _encoded(REPORT, replace(REPORT.parse(case.message), answers=after))
    case.signature = None


def _struck(said: Iterable[tuple[str, Answer]], striker: Striker) -> Iterator[tuple[str, Answer]]:
    """Yield the redacted answers; a chosen option is either removed completely or kept."""
    for field, answer in said:
        if isinstance(answer, str):
            yield field, striker.text(field, answer)
        elif kept := tuple(each for each in answer if not striker.takes(field, each)):
            yield field, kept


def _describe(session: Session, case: Case, file: Attachment, **changes: str) -> None:
    """Redact the message's description of one of its files; an unsigned report has no such description."""
    letter = session.get(FollowUp, (case.number, file.follow_up)) if file.follow_up else None
    shape: Shape[Any] = messages.FOLLOW_UP if letter else REPORT
    holder = letter or case
    said = shape.parse(holder.message)
    siblings = [
        each.number
        for each in queries_cases.attachments(session, case.number)
        if each.follow_up == file.follow_up
    ]
    place = siblings.index(file.number)
    files = tuple(replace(each, **changes) if n == place else each for n, each in enumerate(said.files))
    holder.message = _encoded(shape, replace(said, files=files))
    holder.signature = b"" if letter else None


def _encoded(shape: Shape[Any], said: Any) -> bytes:
    """Return a message encoded for the vault; redacting short words can make it longer than allowed."""
    raw = shape.encode(said)
    try:
        shape.parse(raw)
    except Malformed:
        raise CaseRefused(
            sentence("the remaining text would be too long"),
            sentence("give a longer passage, or redact the complete text: PLACE:all"),
        ) from None
    return raw
