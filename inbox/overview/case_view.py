"""Views of cases for officers, as plain values for JSON or lines. No view proves the reporter's identity."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum, auto

from sqlalchemy.orm import Session

from crypto import base64url
from crypto.messages import REPORT, Report
from crypto.questionnaire import Flag, Questionnaire
from inbox.access import conflicts, declarations, handlers
from inbox.casework import exits
from inbox.casework.exits import Exit
from inbox.casework.measures import by_law
from inbox.deadlines import legal_duties, workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.keys import expiry_warnings
from inbox.language.messages import Sentence
from inbox.language.views import View
from inbox.law import in_use
from inbox.overview import conversation, work_view
from inbox.overview.conversation import Show
from inbox.questionnaire import answers, catalogue
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.text import confusables
from inbox.vault import queries_access, queries_cases, queries_exchange, queries_office
from inbox.vault.tables import Attachment, Case, FollowUp, Message
from templates.law.rules import Duty


class Notice(StrEnum):
    """Warnings that officers need before they act on a case."""

    UNSIGNED = "unsigned"
    CANNOT_BE_ANSWERED = "cannot-be-answered"
    WITHDRAWN = "withdrawn"
    KEYRING_UNKNOWN = "keyring-unknown"
    KEYRING_OLD = "keyring-old"


class Seen(Enum):
    """Parts of a case that count as read once they are displayed."""

    REPORT = auto()
    FOLLOW_UPS = auto()


@dataclass(frozen=True, slots=True)
class Look:
    """How to display a case. Labels are in ``language`` or, if that is empty, in the report's language.

    ``part`` selects a part of the messages since the report (see ``conversation``). None selects all
    messages; 0 selects the first part with an unread message. ``show`` says whether messages of the selected
    part may be folded. Only the parts in ``seen`` count as read. A message stays unread if it is not
    displayed, or if the page hides or folds its text.
    """

    language: str = ""
    part: int | None = None
    show: Show = Show.SHORT
    seen: Collection[Seen] = tuple(Seen)


_ALL = Look()


@dataclass(frozen=True, slots=True)
class Shown:
    """The view of a case, and the choices that its page offers.

    ``officers`` are the officers to whom the case may be assigned. ``before_closing`` says what to do about
    each obstacle to closing, including obstacles that depend on how the case ends. ``may_close`` is true if a
    second officer is enough to overcome every remaining obstacle. ``duties`` are the pending decisions by
    their codes. ``by_hand`` are the measures that officers record themselves. ``addressed`` lists the
    measures with an addressee. ``sanitised`` lists the measures that include the text that was sent.
    """

    view: View
    officers: Sequence[str]
    before_closing: Sequence[tuple[Obstacle, Sentence]]
    may_close: bool
    duties: Mapping[str, Duty]
    by_hand: Sequence[str]
    addressed: Sequence[str]
    sanitised: Sequence[str]


def read(inbox: Inbox, who: Actor, number: int, look: Look = _ALL) -> Shown:
    """Show one case, and record that it was read.

    Raises Undeclared until all acting officers have declared the case. Raises CaseRefused for an unknown
    case. Otherwise raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.SHOW, number)) as session:
        view = details(session, number, who.today, look)
        if Seen.REPORT in look.seen:
            queries_cases.case(session, number).new = False
        if Seen.FOLLOW_UPS in look.seen:
            _mark_read(session, number, _in_full(view))
        obstacles = [*map(Obstacle, view["work"]["closing"])]
        by_end = map(Obstacle, view["work"]["closing_depending"])
        rules = in_use.of(session).measures.items()
        return Shown(
            view,
            _may_be_named(session, number),
            [(what, exits.what_to_do(session, number, what, Exit.CLOSE)) for what in (*obstacles, *by_end)],
            all(exits.takes_two(Exit.CLOSE, [what]) for what in obstacles),
            legal_duties.choices(session, number),
            by_law.by_hand(session),
            [code for code, each in rules if each.addressee],
            [code for code, each in rules if each.sanitised],
        )


def _may_be_named(session: Session, number: int) -> list[str]:
    """Return the officers to whom a case may be assigned: all except those excluded from it."""
    kept = queries_access.excluded_from(session, number)
    return [each.name for each in queries_office.officers(session) if each.name not in kept]


def standing(inbox: Inbox, who: Actor, number: int) -> View | None:
    """Return the state and the warnings that every view of a case must show.

    No journal entry is made, because the queue shows the acting officers the same facts. Returns None for an
    unknown case, and for a case that the acting officers may not read or have not declared.
    """
    with inbox.vault.transaction(who.officers) as session:
        if number not in declarations.may_be_tried(session, [number]) or session.get(Case, number) is None:
            return None
        case = queries_cases.case(session, number)
        return {
            **_line(case, _kept_from(session)),
            "cautions": [*map(str, catalogue.cautions(session, case))],
            **work_view.standing(session, number, who.today),
        }


def protected(inbox: Inbox, who: Actor, number: int, language: str) -> list[str]:
    """Return what the reporter of a case asked never to repeat, and record that it was read.

    Officers must see these words before they write a text that leaves the inbox. Raises the same errors as
    ``read``.
    """
    with inbox.acting(who, action(Code.SHOW, number)) as session:
        return never_repeat(details(session, number, who.today, Look(language)))


def never_repeat(view: View) -> list[str]:
    """Return what the reporter asked never to repeat, from a view that ``read`` returned."""
    said = [(field, view["answers"][field]) for field in view["protected"]]
    each = ((field, one) for field, given in said for one in ([given] if isinstance(given, str) else given))
    return [view["labels"].get(f"{field}.{one}", one) for field, one in each]


def overview(inbox: Inbox, who: Actor) -> View:
    """List all cases and all unfiled envelopes, with warnings about keys and conflicts.

    The warnings also count cases that the acting officers may not see. Raises the same errors as
    ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST)) as session:
        view = _overview(session)
    # Nothing changes in this block, so ``settle`` need not run again. ``acting`` has just called
    # ``settle``.
    with inbox.vault.transaction() as session:
        warnings = [
            *expiry_warnings.warnings(session, who.today),
            *conflicts.warnings(session, inbox.quorum),
        ]
    return view | {"warnings": warnings}


def _overview(session: Session) -> View:
    counts = queries_cases.counts(session)
    kept_from = _kept_from(session)
    cases = queries_cases.cases(session)
    declared = declarations.given(session, [case.number for case in cases])
    return {
        "cases": [
            _line(case, kept_from)
            | ({} if case.number in declared else {"summary": None})
            | {
                "new": case.new,
                "follow_ups": counts.follow_ups.get(case.number, 0),
                "unread_follow_ups": counts.unread_follow_ups.get(case.number, 0),
                "attachments": counts.attachments.get(case.number, 0),
                "messages": counts.messages.get(case.number, 0),
            }
            for case in cases
        ],
        "unopened": queries_exchange.count_unopened(session),
    }


def details(session: Session, number: int, today: date, look: Look = _ALL) -> View:
    """Return one case as ``read`` shows it; raises the same errors as ``declarations.check``.

    ``part`` in the view contains:

    - the number of this part, and the number of parts;
    - the numbers of the other parts that have an unread message, or a message with files;
    - the messages that this part folds, and how many of them are unread.
    """
    case = queries_cases.case(session, number)
    declarations.check(session, number)
    files = queries_cases.attachments(session, number)
    written = (
        conversation.whole(session, number)
        if look.part is None
        else conversation.part(session, number, look.part, look.show)
    )
    view = (
        _line(case, _kept_from(session))
        | {"collected": case.collected.isoformat(), "new": case.new}
        | {"route": workflow.of(session, number).route}
        | {"written": None, "questionnaire": None, "note": None}
        | {"answers": {}, "labels": {}, "odd": {}, "protected": []}
        | {"cautions": [*map(str, catalogue.cautions(session, case))]}
        | (_note(case) if case.unsigned else _report(session, case, look.language))
        | {
            "attachments": [attachment(file) for file in files if file.follow_up is None],
            "follow_ups": [_follow_up(each, files) for each in written.follow_ups],
            "messages": [_message(message, case) for message in written.messages],
            "dialogue": [*map(_place, written.order)],
            "part": {
                "number": written.number,
                "count": written.count,
                "unread": list(written.unread),
                "filed": list(written.filed),
                "folded": [*map(_place, written.folded)],
                "folded_unread": sum(isinstance(each, FollowUp) and each.unread for each in written.folded),
            },
            "handlers": handlers.of(session, number),
            "junked": _day(workflow.of(session, number).junked),
            "struck": [
                {"day": each.day.isoformat(), "place": each.place}
                for each in queries_cases.strikes(session, number)
            ],
            "last_slot": case.serial,
            "seen_slot": case.seen,
        }
    )
    alike = confusables.mixed(_texts(view))
    return view | {"alike": alike, "work": work_view.of(session, number, view, today)}


def labels(session: Session, number: int, language: str) -> View:
    """Return the labels of a case's questions and options, or nothing if its questionnaire is unknown.

    Raises CaseRefused for an unknown case.
    """
    case = queries_cases.case(session, number)
    found: View = {} if case.unsigned else _report(session, case, language).get("labels", {})
    return found


def _texts(view: View) -> Iterator[str]:
    """Yield all texts that the reporter of a case wrote, and the names of the files."""
    for answer in view["answers"].values():
        yield from [answer] if isinstance(answer, str) else answer
    yield view["note"] or ""
    for part in (view, *view["follow_ups"]):
        yield part.get("text", "")
        yield from (file["name"] for file in part["attachments"])


def _in_full(view: View) -> set[int]:
    """Return the numbers of the follow-ups that a view shows in full."""
    return {
        each["number"]
        for each in view["follow_ups"]
        if {"follow_up": each["number"]} not in view["part"]["folded"]
    }


def _place(each: FollowUp | Message) -> View:
    return {"reply" if isinstance(each, Message) else "follow_up": each.position}


def _mark_read(session: Session, number: int, shown: Collection[int]) -> None:
    if not shown:
        return
    # A page of a long conversation does not load the messages of other pages.
    for follow_up in queries_cases.unread_follow_ups(session, number, min(shown), max(shown)):
        if follow_up.position in shown:
            follow_up.unread = False


def flags(case: Case) -> list[str]:
    """Return the codes of the warnings that officers need before they act."""
    found = {
        Notice.UNSIGNED: case.unsigned,
        Notice.CANNOT_BE_ANSWERED: case.recipient is None and not case.unsigned,
        Notice.WITHDRAWN: case.withdrawn,
        Notice.KEYRING_UNKNOWN: case.keyring_warning == "unknown",
        Notice.KEYRING_OLD: case.keyring_warning == "old",
    }
    return [flag.value for flag, holds in found.items() if holds]


def _kept_from(session: Session) -> Mapping[int, list[str]]:
    officers: defaultdict[int, list[str]] = defaultdict(list)
    for row in queries_access.exclusions(session):
        officers[row.case].append(row.officer)
    return officers


def _line(case: Case, kept_from: Mapping[int, list[str]]) -> View:
    return {
        "case": case.number,
        "status": case.status,
        "received": case.received.isoformat(),
        "received_doubted": case.received_doubted.isoformat() if case.received_doubted else None,
        "language": case.language,
        "summary": case.summary,
        "flags": flags(case),
        "kept_from": list(kept_from.get(case.number, ())),
    }


def _report(session: Session, case: Case, language: str) -> View:
    report = REPORT.parse(case.message)
    answered = report.questionnaire
    asked = catalogue.asked(session, answered)
    return (
        {
            "written": report.written.isoformat(),
            "questionnaire": {"id": answered.id, "version": answered.version},
        }
        | _known_first(catalogue.closest(session, answered), report)
        | (_labelled(asked, report, language) if asked else {})
    )


def _known_first(asked: Questionnaire, report: Report) -> View:
    """Return the answers in the order of the questions, and the questions with protected answers.

    Answers that must never be repeated come first. Answers to unknown questions come last.
    """
    flagged = asked.flagged(Flag.PROTECT)
    places = {field.id: place for place, field in enumerate(asked.fields)}
    order = sorted(report.answers, key=lambda question: places.get(question, len(places)))
    protected = [question for question in order if question in flagged]
    return {
        "answers": {question: report.answers[question] for question in dict.fromkeys((*protected, *order))},
        "protected": protected,
    }


def _labelled(asked: Questionnaire, report: Report, language: str) -> View:
    return {
        "labels": _labels(asked, language or report.language),
        "odd": {
            question: str(oddity) for question, oddity in answers.oddities(asked, report.answers).items()
        },
    }


def _note(case: Case) -> View:
    return {"note": case.message.decode()}


def _labels(asked: Questionnaire, language: str) -> dict[str, str]:
    """Return the labels of questions by id, and of options by ``question.option``."""
    labels = {}
    for field in asked.fields:
        labels[field.id] = field.label.in_(language)
        for option in field.options:
            labels[f"{field.id}.{option.id}"] = option.label.in_(language)
    return labels


def in_order(view: View) -> Iterator[tuple[str, View]]:
    """Yield the follow-ups and replies of a case in order, each with its kind."""
    shown = {"follow_up": view["follow_ups"], "reply": view["messages"]}
    by_number = {kind: {each["number"]: each for each in of_kind} for kind, of_kind in shown.items()}
    for place in view["dialogue"]:
        ((kind, number),) = place.items()
        yield kind, by_number[kind][number]


def attachment(file: Attachment) -> View:
    """Return what the vault stores about a file."""
    return {
        "number": file.number,
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "digest": base64url.encode(file.digest),
    }


def _follow_up(each: FollowUp, files: Sequence[Attachment]) -> View:
    return {
        "number": each.position,
        "unread": each.unread,
        "received": each.received.isoformat(),
        "written": each.written.isoformat(),
        "text": each.text,
        "attachments": [attachment(file) for file in files if file.follow_up == each.id],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _message(message: Message, case: Case) -> View:
    return {
        "number": message.position,
        "day": message.day.isoformat(),
        "text": message.text,
        "slot": message.serial,
        "sent": message.serial <= case.serial,
        "seen": message.serial <= case.seen,
    }
