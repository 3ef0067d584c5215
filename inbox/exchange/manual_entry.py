"""Enter a report made by phone, by letter or in person, as a case that its reporter can follow (SPEC 9.5)."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import casetoken, memo
from crypto.casetoken import CaseKeys
from crypto.container import MOST_FILES
from crypto.messages import REPORT, QuestionnaireRef, Report, SeenKeyring, Status
from crypto.questionnaire import Outside, Questionnaire
from crypto.shape import FIRST_DAY
from inbox.access import conflicts
from inbox.casework import begin, link_index
from inbox.files import enclosures
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.questionnaire import answers, catalogue, summary
from inbox.questionnaire.answers import Answer, Answers, Oddity
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import case_numbers, queries_access, queries_exchange, queries_office
from inbox.vault.casework_tables import Opening
from inbox.vault.tables import Case

_WRONG = {
    Oddity.UNKNOWN_QUESTION: sentence("the questionnaire has no such question"),
    Oddity.UNKNOWN_ANSWER: sentence(
        "the question does not have this answer; name options by their ids, and write days as 2026-11-24"
    ),
    Oddity.NOT_ASKED: sentence("given the other answers, this question is not asked"),
    Oddity.TOO_LONG: sentence("the answer is too long"),
}
_NO_KEYRING = SeenKeyring(1, bytes(32))


class Route(StrEnum):
    """How a report arrived, if not through the portal."""

    TELEPHONE = "telephone"
    LETTER = "letter"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True)
class Told:
    """A report made to an officer, orally or in writing: its answers, language, day of receipt and files.

    ``unchanged`` says that place, day and device stay in the files.
    """

    route: Route
    language: str
    received: date
    answers: Answers = field(repr=False)
    files: tuple[Path, ...] = ()
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """The new case, and the words of its token, which the reporter gets and which are not stored anywhere."""

    number: int
    words: tuple[str, ...] = field(repr=False)
    kept_from: tuple[str, ...]
    warnings: tuple[str, ...]


def asked_now(inbox: Inbox) -> Questionnaire:
    """Return the questionnaire for reports entered by hand; raises the same errors as ``read``."""
    with inbox.transaction() as session:
        return catalogue.in_use(session)


def check_day(received: date, today: date) -> None:
    """Raise Refused if no report can have arrived on this day."""
    if received > today:
        raise Refused(
            sentence("the report cannot have arrived on {day}: today is {today}", day=received, today=today),
            sentence("check --received"),
        )
    if received < FIRST_DAY:
        raise Refused(
            sentence("{day} is too early for a report", day=received),
            sentence("the first possible day is {day}", day=FIRST_DAY),
        )


def check(asked: Questionnaire, told: Told, today: date) -> None:
    """Raise Refused for the first answer that the report page would not have sent.

    Also raises the same errors as ``check_day`` and ``check_amount``.
    """
    check_day(told.received, today)
    for question, oddity in wrong(asked, told.answers).items():
        raise Refused(
            sentence("{question}: {wrong}", question=question, wrong=_WRONG[oddity]),
            sentence("correct the answer, then try again"),
        )
    check_amount(asked, told)


def wrong(asked: Questionnaire, said: Answers) -> dict[str, Oddity]:
    """Return, by question, why the report page would not have sent an answer."""
    return answers.oddities(asked, given(asked, said))


def check_amount(asked: Questionnaire, told: Told) -> None:
    """Raise Refused if nothing is reported, or if there are more files than a report can have."""
    enough = [each.id for each in asked.fields if each.enough]
    if not told.files and not given(asked, told.answers).keys() & set(enough):
        raise Refused(
            sentence("the report is empty"),
            sentence("attach a file, or answer one of these questions: {enough}", enough=", ".join(enough)),
        )
    if len(told.files) > MOST_FILES:
        raise Refused(
            sentence("there are more than {most} files", most=MOST_FILES),
            sentence("omit some files, or combine several files into one"),
        )


def enter(inbox: Inbox, who: Actor, told: Told) -> Entered:
    """File a report made to an officer as a new case, and draw the reporter's token.

    The next outbox opens the case at the portal. The case is withheld from any officer whom the report names.
    If the report names one of the signed-in officers, nothing is stored. Somebody who knows the words of the
    token can read the answers, write as the reporter, and withdraw the report.

    Raises the same errors as ``check``. Raises Refused for a report that names a signed-in officer.
    """
    token = casetoken.generate()
    entering = action(Code.ENTER, route=told.route, received=told.received)
    with inbox.acting(who, entering, new_case=case_numbers.following) as session:
        asked, number = catalogue.in_use(session), case_numbers.following(session)
        check(asked, told, who.today)
        _check_nobody_present(session, who, [*answers.texts(given(asked, told.answers)), *_names(told)])
        keys = casetoken.derive(token, queries_office.office(session).deployment)
        enclosed = enclosures.seal(inbox.home, session, told.files, unchanged=told.unchanged)
        files = tuple(each.file for each in enclosed)
        report = replace(_report(session, keys, told, asked), files=files)
        case = _case(number, report, who.today)
        case.summary = summary.of_report(report, asked)
        begin.begin(session, case, report.answers, asked).route = told.route.value
        session.flush()  # Later rows refer to the case.
        link_index.add_new(session, [(number, link_index.marker(session).of_report(report.answers))])
        enclosures.file(session, number, enclosed)
        session.add(Opening(case=number, memo=_memo(session, keys, told.received)))
        session.flush()
        texts = [*answers.texts(report.answers), *(file.name for file in report.files)]
        meant = {number: conflicts.watched(session).meant_in(texts)}
        conflicts.keep(session, who, meant)
    warnings = (*_concerns(asked, told.answers), *(note for each in enclosed for note in each.notes))
    return _entered(inbox, who, number, casetoken.words(token, told.language), warnings)


def _check_nobody_present(session: Session, who: Actor, texts: Iterable[str]) -> None:
    if conflicts.watched(session).meant_in(texts) & {*who.officers}:
        raise Refused(
            sentence("the report names an officer who is signed in"),
            sentence("nothing was stored, not even a draft: ask other officers to enter the report"),
        )


def _names(told: Told) -> Iterator[str]:
    return (path.name for path in told.files)


def given(asked: Questionnaire, said: Answers) -> dict[str, Answer]:
    """Return the non-empty answers in the order of the questions; answers to other questions come last."""
    places = {each.id: place for place, each in enumerate(asked.fields)}
    order = sorted(said, key=lambda question: places.get(question, len(places)))
    return {each: said[each] for each in order if any(text.strip() for text in answers.several(said[each]))}


def _report(session: Session, keys: CaseKeys, told: Told, asked: Questionnaire) -> Report:
    """Return the report as the report page would have sent it, but unsigned, because nobody could sign it."""
    return Report(
        channel=queries_office.office(session).channel,
        key_id=queries_office.intake_keys(session)[-1].id,
        case_id=keys.case_id,
        salt=keys.salt,
        author_key=keys.author_key,
        reply_recipient=keys.reply_identity.recipient().raw,
        withdraw_id=keys.withdraw_id,
        language=told.language,
        keyring=_keyring(session),
        questionnaire=QuestionnaireRef(asked.id, asked.version),
        answers=given(asked, told.answers),
        files=(),
        written=told.received,
    )


def _keyring(session: Session) -> SeenKeyring:
    """Return the newest keyring that this inbox knows; an outside body may know none."""
    known = [SeenKeyring(each.serial, each.hash) for each in queries_exchange.shown_keyrings(session)]
    if own := queries_office.newest_keyring(session):
        known.append(SeenKeyring(own.serial, own.hash))
    return max(known, key=lambda each: each.serial, default=_NO_KEYRING)


def _case(number: int, report: Report, today: date) -> Case:
    message = REPORT.encode(report)
    return Case(
        number=number,
        status=Status.RECEIVED.value,
        received=report.written,
        collected=today,
        summary="",
        message=message,
        envelope=hashlib.sha256(message).digest(),  # The hash of the message, because there was no envelope.
        language=report.language,
        case_id=report.case_id,
        author_key=report.author_key,
        recipient=report.reply_recipient,
        withdraw_id=report.withdraw_id,
    )


def _memo(session: Session, keys: CaseKeys, received: date) -> bytes:
    office = queries_office.office(session)
    note = memo.Note(office.channel, received)
    return memo.seal(note, keys.memo_key, deployment=office.deployment, case_id=keys.case_id)


def _entered(
    inbox: Inbox, who: Actor, number: int, token: tuple[str, ...], warnings: tuple[str, ...]
) -> Entered:
    """Return the result, limited to what the signed-in officers may see."""
    with inbox.vault.transaction(who.officers) as session:
        return Entered(number, token, tuple(sorted(queries_access.excluded_from(session, number))), warnings)


def _concerns(asked: Questionnaire, said: Answers) -> tuple[str, ...]:
    """Return a warning if the report page would have offered other recipients for these answers."""
    outside = {
        option.outside
        for each in asked.fields
        for option in each.options
        if option.outside and said.get(each.id) == option.id
    }
    if Outside.ONLY in outside:
        return (
            sentence(
                "with these answers, the report page would have offered only the channels of other bodies"
            ),
        )
    return (
        (
            sentence(
                "with these answers, the report page would have offered the channels of other bodies first"
            ),
        )
        if outside
        else ()
    )
