"""Choose the content of a dossier, once for both its pages and its machine-readable part.

Loi 2016-1691, article 9, requires keeping the reporter's identity confidential. Code de procédure pénale,
article 40, requires informing the prosecutor.

Nothing in a dossier reveals or proves who the reporter is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from crypto.dossier import Purpose
from crypto.messages import REPORT, Report
from crypto.questionnaire import Concern, Field, Flag, Questionnaire, Texts
from inbox.access import addressees, declarations
from inbox.casework.measures import needed_word
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.labels import Labelled
from inbox.language.messages import sentence
from inbox.language.printed_text import Wording
from inbox.language.views import View
from inbox.law import in_use
from inbox.overview import case_view
from inbox.overview.case_view import Look
from inbox.questionnaire import catalogue, protected
from inbox.questionnaire.answers import Answer
from inbox.session import comparisons
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.text import confusables
from inbox.text.redaction import Pieces, Redaction, Redactor
from inbox.vault import queries_cases, queries_office
from inbox.vault.tables import Case
from templates.law.rules import DossierWords, MeasureRole

# For each purpose: the kind of measure that records a sent dossier.
MEASURES = {
    Purpose.PROSECUTOR: MeasureRole.TRANSMISSION,
    Purpose.DISCIPLINARY: MeasureRole.DISCIPLINE,
}
WORDING = Wording(__package__, "dossier.toml")


class Enclosed(StrEnum):
    """The form in which attachments are enclosed."""

    NONE = "none"
    CLEANED = "cleaned"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The officers' choices for a dossier: its purpose, addressee and language, and what it contains.

    ``included`` are questions about the reporter, or unknown questions, whose answers are included anyway.
    If ``every_file`` is set, all attachments are enclosed, otherwise only those whose numbers are in
    ``chosen``. Without an explicit choice, no file is enclosed.
    """

    purpose: Purpose
    addressee: str
    language: str
    redactions: tuple[Redaction, ...] = ()
    included: frozenset[str] = frozenset()
    with_replies: bool = False
    enclosed: Enclosed = Enclosed.NONE
    chosen: frozenset[int] = frozenset()
    every_file: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement: its place, its label, its date, and one or more texts."""

    place: str
    label: str
    day: date | None
    texts: tuple[Pieces, ...]

    @property
    def called(self) -> Labelled:
        """The place as officers type it to redact something there; pages show the label of the place."""
        return labels.typed(self.place, Texts(self.label, self.label))


@dataclass(frozen=True, slots=True)
class File:
    """An enclosed attachment: its number in the case and, if the original is enclosed, its name."""

    number: int
    name: Pieces


class Doubt(StrEnum):
    """Why officers should check a place in a dossier again before they send it."""

    STANDS = "stands"
    PROTECTED = "protected"
    ALIKE = "alike"
    NAMED = "named"
    NO_WORD = "no_word"
    LEFT_OUT = "left_out"
    TO_LEAVE_OUT = "to_leave_out"
    KEPT_BACK = "kept_back"

    @property
    def takes_reason(self) -> bool:
        """Whether sending needs a reason, because the dossier warns somebody or repeats protected words."""
        return self in {Doubt.NAMED, Doubt.NO_WORD, Doubt.PROTECTED}

    @property
    def counts(self) -> bool:
        """Whether this doubt is about omitted passages; such a doubt names no place."""
        return self in {Doubt.LEFT_OUT, Doubt.TO_LEAVE_OUT, Doubt.KEPT_BACK}

    @property
    def is_at_place(self) -> bool:
        """Whether this doubt names a place in the dossier."""
        return self in {Doubt.STANDS, Doubt.PROTECTED, Doubt.ALIKE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of a dossier; ``received`` is None if the day could reveal who the reporter is.

    ``says`` contains the texts that the law prescribes.
    """

    plan: Plan
    case: int
    made: date
    by: str
    says: DossierWords
    received: date | None
    entries: tuple[Entry, ...]
    files: tuple[File, ...]


def compose(
    session: Session, number: int, plan: Plan, today: date
) -> tuple[Content, list[tuple[Doubt, str]]]:
    """Return the content of a dossier, and what officers should check again before they send it.

    Officers should check places where text that was redacted elsewhere still appears, and texts that repeat
    what the reporter asked the office never to repeat. Officers should also check words that mix letters of
    several alphabets, because a typed passage does not match such words. Officers are also warned about an
    addressee whom the case names, and about a dossier that needs the prosecutor's word first, because both
    could warn a person concerned.

    Passages that reveal the reporter are omitted. Two officers who act together see which passages are
    omitted, and how many. Otherwise, one officer could store the name of a person concerned as the reporter's
    identity. The evidence would then be removed unnoticed. A single officer sees the complete text. If an
    identity is stored, a single officer is always told that passages were omitted, even if none were. Any
    other answer would confirm a guessed name.

    Raises CaseRefused for an unknown case. Raises Refused if a passage to redact or a file to enclose is not
    found. Also raises Refused if an included question has no answer, or one that must never be repeated.
    """
    case = queries_cases.case(session, number)
    declarations.check(session, number)
    is_by_two = comparisons.may_show_words(session)
    known = comparisons.passages(session, number)
    redactor = Redactor(plan.redactions, known if is_by_two else ())
    office = queries_office.office(session)
    content = Content(
        plan=plan,
        case=number,
        made=today,
        by=office.called(plan.language),
        says=in_use.of(session).dossier,
        # From the day and the text together, a person concerned could infer who was there and could have
        # written the text.
        received=case.received if plan.purpose is Purpose.PROSECUTOR else None,
        entries=tuple(entries(session, case, plan, redactor)),
        files=tuple(_files(session, number, plan, redactor)),
    )
    kept = [(entry.called, entry.texts) for entry in content.entries]
    kept += [(_called(file, plan.language), (file.name,)) for file in content.files]
    found = [(Doubt.STANDS, place) for place in redactor.check(kept)]
    found += [*_doubtful(session, number, content.entries), *_warning(session, number, plan)]
    if is_by_two:
        found += [(Doubt.LEFT_OUT, str(redactor.went))] if redactor.went else []
    elif known:
        found += [(Doubt.TO_LEAVE_OUT, "")]
    if count := protected.answered(session, number):
        found += [(Doubt.KEPT_BACK, str(count))]
    return content, found


def preview(inbox: Inbox, who: Actor, number: int, plan: Plan) -> tuple[Content, list[tuple[Doubt, str]]]:
    """Return what a dossier would contain, without sealing anything.

    Raises the same errors as ``compose``.
    """
    with inbox.acting(who, action(Code.SHOW, number, view=Viewed.DOSSIER, purpose=plan.purpose)) as session:
        return compose(session, number, plan, who.today)


def offer(inbox: Inbox, who: Actor, number: int, language: str) -> tuple[View, list[Entry]]:
    """Return a case and the entries that officers can choose for a dossier.

    Raises the same errors as ``declarations.check``.
    """
    with inbox.acting(who, action(Code.SHOW, number, view=Viewed.DOSSIER)) as session:
        view = case_view.details(session, number, who.today, Look(language))
        return view, _offered(session, number, language)


def _doubtful(session: Session, number: int, said: Iterable[Entry]) -> Iterator[tuple[Doubt, str]]:
    kept = protected.of(session, number)
    for entry in said:
        if kept.is_repeated(piece for text in entry.texts for piece in text):
            yield Doubt.PROTECTED, entry.called
        if confusables.mixed(piece for text in entry.texts for piece in text):
            yield Doubt.ALIKE, entry.called


def _called(file: File, language: str) -> Labelled:
    label = f"{WORDING.say('file', language)} {file.number}"
    return labels.typed(f"file-{file.number}", Texts(label, label))


def _warning(session: Session, number: int, plan: Plan) -> Iterator[tuple[Doubt, str]]:
    """Yield the ways in which a dossier could warn a person concerned: by its addressee or by its purpose."""
    if addressees.is_named(session, number, plan.addressee):
        yield Doubt.NAMED, plan.addressee
    law = in_use.of(session)
    done = law.measure(MEASURES[plan.purpose])
    if needed_word.binds(session, number, done):
        yield Doubt.NO_WORD, law.measures[done].name.in_(plan.language)


def _offered(session: Session, number: int, language: str) -> list[Entry]:
    """Return all entries that could go into a dossier, including replies."""
    case = queries_cases.case(session, number)
    plan = Plan(purpose=Purpose.PROSECUTOR, addressee="", language=language, with_replies=True)
    return [*entries(session, case, plan, Redactor(()))]


def entries(session: Session, case: Case, plan: Plan, redactor: Redactor) -> Iterator[Entry]:
    """Yield the entries that may go into a dossier, in chronological order.

    Raises Refused if the answer to an included question is missing, or must never be repeated.
    """
    language = plan.language
    days = plan.purpose is Purpose.PROSECUTOR
    if case.unsigned:
        note = redactor.pieces("note", case.message.decode())
        yield Entry("note", WORDING.say("note", language), None, (note,))
    else:
        report = REPORT.parse(case.message)
        asked = catalogue.asked(session, report.questionnaire)
        yield from _answers(report, asked, plan, redactor)
    for each in queries_cases.follow_ups(session, case.number):
        place = f"follow-up-{each.position}"
        label = f"{WORDING.say('follow_up', language)} {each.position}"
        yield Entry(place, label, each.received if days else None, (redactor.pieces(place, each.text),))
    for message in queries_cases.messages(session, case.number) if plan.with_replies else ():
        place = f"reply-{message.position}"
        label = f"{WORDING.say('reply', language)} {message.position}"
        yield Entry(place, label, message.day if days else None, (redactor.pieces(place, message.text),))


def _files(session: Session, number: int, plan: Plan, redactor: Redactor) -> Iterator[File]:
    """Yield the attachments to enclose; raises Refused for a chosen file that cannot be enclosed."""
    known = {file.number: file for file in queries_cases.attachments(session, number)}
    are_chosen = bool(plan.chosen) or plan.every_file
    if are_chosen and plan.enclosed is Enclosed.NONE:
        raise Refused(
            sentence("you chose files, but also a dossier without attachments"),
            sentence("choose the form of the enclosed files, or choose no files"),
        )
    if known and not are_chosen and plan.enclosed is not Enclosed.NONE:
        raise Refused(
            sentence("you chose a dossier with attachments, but no file"),
            sentence("choose the files: --file NUMBER, once for each, or --every-file"),
        )
    if plan.chosen - known.keys():
        raise Refused(
            sentence("case {number} has no such file", number=number),
            sentence("see the files of the case: inbox case show {number}", number=number),
        )
    is_original = plan.enclosed is Enclosed.ORIGINAL
    for file in known.values() if plan.enclosed is not Enclosed.NONE else ():
        if plan.every_file or file.number in plan.chosen:
            yield File(file.number, redactor.pieces(f"file-{file.number}", file.name) if is_original else ())


def _answers(report: Report, asked: Questionnaire | None, plan: Plan, redactor: Redactor) -> Iterator[Entry]:
    """Yield the answers about facts, and those that the plan includes, in the order of the questions."""
    fields = {field.id: field for field in asked.fields} if asked else {}
    _check_included(plan.included, report, fields)
    order = [each for each in fields if each in report.answers]
    order += [each for each in report.answers if each not in fields]
    for question in order:
        if question in plan.included or _is_about_facts(fields.get(question)):
            texts = [
                redactor.pieces(question, text)
                for text in _texts(fields.get(question), report.answers[question], plan.language)
            ]
            yield Entry(question, _label(fields.get(question), question, plan.language), None, tuple(texts))


def _check_included(included: frozenset[str], report: Report, fields: dict[str, Field]) -> None:
    for question in sorted(included):
        if question not in report.answers:
            raise Refused(
                sentence("the report does not answer a question that you chose to include"),
                sentence("see the answers: inbox case show --json"),
            )
        if question in fields and fields[question].flag is Flag.PROTECT:
            raise Refused(
                sentence(
                    "the reporter asked that the answer to {question} never be repeated", question=question
                ),
                sentence("omit the answer, and everything that reveals the answer"),
            )


def _is_about_facts(field: Field | None) -> bool:
    return field is not None and field.concerns is Concern.FACTS


def _label(field: Field | None, question: str, language: str) -> str:
    return field.label.in_(language) if field else question


def _texts(field: Field | None, answer: Answer, language: str) -> Sequence[str]:
    given = (answer,) if isinstance(answer, str) else answer
    labels = {option.id: option.label.in_(language) for option in field.options} if field else {}
    return [labels.get(each, each) for each in given]
