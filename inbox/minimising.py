"""Passages that do not belong in a case leave it for good (Directive 2019/1937, article 17; L-10).

The signature of the message goes with them: whoever guesses what was struck could try it on that.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto import messages
from crypto.messages import REPORT
from inbox import answers, conflicts, index, questionnaires, records, summaries, words
from inbox.answers import Answer
from inbox.casework import Note, Strike, Words
from inbox.errors import CaseRefused
from inbox.journal import By
from inbox.remains import VAULT, Leaving
from inbox.schema import Attachment, Case, FollowUp

# Stands where something was; always the same, for its length would tell.
STRUCK = "[…]"
EVERYWHERE = "everywhere"


def strike(session: Session, number: int, place: str, passage: str | None, by: By) -> None:
    """Strike a passage, or all for None, at a place of a case.

    A place is the id of a question, ``note`` of a drop, ``follow-up-N``, ``file-N`` for its name,
    ``staff-note-N``, or ``everywhere`` a passage stands. Words and index of the case are made anew.
    Raises as ``records.case``, and CaseRefused if there is no such place, or the passage is not there.
    """
    case = records.case(session, number)
    if passage == "" or (passage is None and place == EVERYWHERE):
        raise CaseRefused("no passage was given", "give its exact words")
    places = _Places(session, case, place, passage)
    if not (
        places.strike_message() | places.strike_letters() | places.strike_files() | places.strike_notes()
    ):
        raise CaseRefused(
            f"this does not stand in case {number} at {place}", "copy the exact words from: inbox show"
        )
    session.flush()
    _make_anew(session, case)
    last = session.scalar(select(func.max(Strike.position)).filter_by(case=number)) or 0
    session.add(Strike(case=number, position=last + 1, day=by.today, by=", ".join(by.officers), place=place))
    session.merge(Leaving(name=VAULT))


def is_place(text: str) -> bool:
    """Tell whether this has the form of a place."""
    return re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", text) is not None


class _Places:
    """Where a passage is struck from a case; each method tells whether it stood there."""

    def __init__(self, session: Session, case: Case, place: str, passage: str | None) -> None:
        self._session = session
        self._case = case
        self._place = place
        self._passage = passage

    def strike_message(self) -> bool:
        """Strike it from the answers of a report, or the note of a drop."""
        before = answers.of(self._case)
        after = dict(self._struck(before.items()))
        if after == before:
            return False
        if self._case.unsigned:
            self._case.message = str(after["note"]).encode()
        else:
            report = REPORT.parse(self._case.message)
            self._case.message = REPORT.encode(replace(report, answers=after))
        self._case.signature = None
        return True

    def strike_letters(self) -> bool:
        """Strike it from follow-ups."""
        done = False
        for letter in records.follow_ups(self._session, self._case.number):
            text = self._without(f"follow-up-{letter.position}", letter.text)
            if text != letter.text:
                said = messages.FOLLOW_UP.parse(letter.message)
                letter.text, letter.signature, done = text, b"", True
                letter.message = messages.FOLLOW_UP.encode(replace(said, text=text))
        return done

    def strike_files(self) -> bool:
        """Strike it from the names of files, also as their message gives them."""
        done = False
        for file in records.attachments(self._session, self._case.number):
            name = self._without(f"file-{file.number}", file.name)
            if name != file.name:
                self._rename(file, name)
                file.name, done = name, True
        return done

    def strike_notes(self) -> bool:
        """Strike it from what officers noted."""
        done = False
        for note in self._session.scalars(select(Note).filter_by(case=self._case.number)).all():
            text = self._without(f"staff-note-{note.position}", note.text)
            if text != note.text:
                note.text, done = text, True
        return done

    def _struck(self, said: Iterable[tuple[str, Answer]]) -> Iterable[tuple[str, Answer]]:
        """Yield the answers without it; one that was chosen from a list goes whole or stays."""
        for field, answer in said:
            if isinstance(answer, str):
                yield field, self._without(field, answer)
            elif self._passage is not None or field != self._place:
                yield field, answer

    def _without(self, place: str, text: str) -> str:
        if not text or self._place not in {place, EVERYWHERE}:
            return text
        return STRUCK if self._passage is None else text.replace(self._passage, STRUCK)

    def _rename(self, file: Attachment, name: str) -> None:
        letter = self._session.get(FollowUp, (self._case.number, file.follow_up)) if file.follow_up else None
        if letter is None and self._case.unsigned:
            return  # a drop describes none of its files
        shape = messages.FOLLOW_UP if letter else REPORT
        holder = letter or self._case
        said = shape.parse(holder.message)
        siblings = [
            each.number
            for each in records.attachments(self._session, self._case.number)
            if each.follow_up == file.follow_up
        ]
        place = siblings.index(file.number)
        files = tuple(replace(each, name=name) if n == place else each for n, each in enumerate(said.files))
        holder.message = shape.encode(replace(said, files=files))  # type: ignore[arg-type]
        holder.signature = b"" if letter else None


def _make_anew(session: Session, case: Case) -> None:
    """Make summary, words and index of a case from what it says now."""
    said = answers.of(case)
    if case.unsigned:
        case.summary = summaries.first_line(conflicts.said(said))
    else:
        report = REPORT.parse(case.message)
        case.summary = summaries.of_report(report, questionnaires.asked(session, report.questionnaire))
    letters = [each.text for each in records.follow_ups(session, case.number)]
    session.get_one(Words, case.number).text = words.of(case.number, [*conflicts.said(said), *letters]).text
    index.renew(session, case.number)
