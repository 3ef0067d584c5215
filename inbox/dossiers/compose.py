"""What of a case goes into a dossier: chosen once, for the pages and for machines alike.

Loi 2016-1691, article 9, keeps the reporter confidential; code de procédure pénale, article 40, asks to tell
the prosecutor.

Nothing in it says who the reporter is, or would prove it.
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
from inbox.casework import measures
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.labels import Labelled
from inbox.language.messages import sentence
from inbox.language.printed_text import Wording
from inbox.language.views import View
from inbox.law import in_use
from inbox.overview import case_view
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

# What is done by a dossier.
MEASURES = {
    Purpose.PROSECUTOR: MeasureRole.TRANSMISSION,
    Purpose.DISCIPLINARY: MeasureRole.DISCIPLINE,
}
WORDING = Wording(__package__, "dossier.toml")


class Enclosed(StrEnum):
    """In which form attachments go along."""

    NONE = "none"
    CLEANED = "cleaned"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What officers decided of a dossier: for what, for whom, in which language, with and without what.

    ``included`` are questions that concern the reporter, or unknown ones, whose answers are let in all the
    same. Only the attachments whose numbers are ``chosen`` go along, or all with ``every_file``: none leaves
    because nothing was said of it.
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
    """Something that was said: at which place, under which label, on which day, in one text or several."""

    place: str
    label: str
    day: date | None
    texts: tuple[Pieces, ...]

    @property
    def called(self) -> Labelled:
        """The place as it is typed to remove something there, which pages call by its label."""
        return labels.typed(self.place, Texts(self.label, self.label))


@dataclass(frozen=True, slots=True)
class File:
    """An attachment that goes along: its number in the case; as it came, its name as the reporter gave it."""

    number: int
    name: Pieces


class Doubt(StrEnum):
    """Why officers should look at a place of a dossier again before it leaves."""

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
        """Whether a dossier leaves with a reason alone: it warns somebody, or repeats what it was not to."""
        return self in {Doubt.NAMED, Doubt.NO_WORD, Doubt.PROTECTED}

    @property
    def counts(self) -> bool:
        """Whether it tells that something is left out, or how much, and of no place."""
        return self in {Doubt.LEFT_OUT, Doubt.TO_LEAVE_OUT, Doubt.KEPT_BACK}

    @property
    def is_at_place(self) -> bool:
        """Whether it names a place of the dossier."""
        return self in {Doubt.STANDS, Doubt.PROTECTED, Doubt.ALIKE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a dossier says; ``received`` is None where the day could tell who the reporter is.

    ``says`` is what the law has it say.
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
    """Return what goes into a dossier, and at which places officers should look again.

    These are where something still stands that was removed elsewhere, what repeats words that its reporter
    asked never to repeat, and words with letters of several alphabets: no passage that is typed finds those.
    They look again as well at an addressee whom the case names, and at a dossier for what needs the
    prosecutor's word: both warn somebody. And two who act together are told how many passages go because
    they say who the reporter is, and see which: who keeps the name of a person concerned as that identity
    would blank the evidence. One officer alone sees the text whole, and is told that such passages are left
    out wherever an identity is kept, whether there are any or not: all else would tell of a name that is
    tried.

    Raises CaseRefused if there is no such case; Refused if what was to be removed or to go along is not
    there, and if what was to be let in was not answered or must never be repeated.
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
        # Beside the text, the day could tell a person concerned who was there to write it.
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
    """Return what a dossier would say, before anything is sealed; as ``compose``."""
    with inbox.acting(who, action(Code.SHOW, number, view=Viewed.DOSSIER, purpose=plan.purpose)) as session:
        return compose(session, number, plan, who.today)


def offer(inbox: Inbox, who: Actor, number: int, language: str) -> tuple[View, list[Entry]]:
    """Return a case, and what of it could go into a dossier, to choose from; as ``declarations.check``."""
    with inbox.acting(who, action(Code.SHOW, number, view=Viewed.DOSSIER)) as session:
        view = case_view.details(session, number, who.today, language)
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
    """Yield how a dossier could warn a person concerned: by whom it goes to, or by what it is for."""
    if addressees.is_named(session, number, plan.addressee):
        yield Doubt.NAMED, plan.addressee
    law = in_use.of(session)
    done = law.measure(MEASURES[plan.purpose])
    if measures.lacks_word(session, number, done):
        yield Doubt.NO_WORD, law.measures[done].name.in_(plan.language)


def _offered(session: Session, number: int, language: str) -> list[Entry]:
    """Return what could go, replies and all."""
    case = queries_cases.case(session, number)
    plan = Plan(purpose=Purpose.PROSECUTOR, addressee="", language=language, with_replies=True)
    return [*entries(session, case, plan, Redactor(()))]


def entries(session: Session, case: Case, plan: Plan, redactor: Redactor) -> Iterator[Entry]:
    """Yield what was said in a case and may go, in the order in which it was said; Refused as ``compose``."""
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
    """Yield the attachments that are to go along; Refused for one that was chosen and cannot."""
    known = {file.number: file for file in queries_cases.attachments(session, number)}
    are_chosen = bool(plan.chosen) or plan.every_file
    if are_chosen and plan.enclosed is Enclosed.NONE:
        raise Refused(
            sentence("files were chosen, and the dossier goes without attachments"),
            sentence("say in which form they go along, or choose none"),
        )
    if known and not are_chosen and plan.enclosed is not Enclosed.NONE:
        raise Refused(
            sentence("attachments go along, and no file is chosen"),
            sentence("choose which go: --file NUMBER, once for each, or --every-file"),
        )
    if plan.chosen - known.keys():
        raise Refused(
            sentence("case {number} has no such file", number=number),
            sentence("see its files: inbox show {number}", number=number),
        )
    is_original = plan.enclosed is Enclosed.ORIGINAL
    for file in known.values() if plan.enclosed is not Enclosed.NONE else ():
        if plan.every_file or file.number in plan.chosen:
            yield File(file.number, redactor.pieces(f"file-{file.number}", file.name) if is_original else ())


def _answers(report: Report, asked: Questionnaire | None, plan: Plan, redactor: Redactor) -> Iterator[Entry]:
    """Yield the answers that may go, in the order of the questions: those of the facts, and those let in."""
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
                sentence("a question that was to be let in was not answered"),
                sentence("see them: inbox show --json"),
            )
        if question in fields and fields[question].flag is Flag.PROTECT:
            raise Refused(
                sentence("the answer to {question} must never be repeated", question=question),
                sentence("leave it out, and what it tells of, too"),
            )


def _is_about_facts(field: Field | None) -> bool:
    return field is not None and field.concerns is Concern.FACTS


def _label(field: Field | None, question: str, language: str) -> str:
    return field.label.in_(language) if field else question


def _texts(field: Field | None, answer: Answer, language: str) -> Sequence[str]:
    given = (answer,) if isinstance(answer, str) else answer
    labels = {option.id: option.label.in_(language) for option in field.options} if field else {}
    return [labels.get(each, each) for each in given]
