"""Permanently redact passages that do not belong in a case (Directive 2019/1937, article 17).

Redaction changes the reporter's texts, officers' texts and drafts about the case, and the index. Redaction
also deletes the signature of a changed message, because a guess at the redacted words could be tested against
the signature. The ledger of communications (article 9 of loi 2016-1691), the signed journal and files are not
changed.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.messages import REPORT
from inbox.access import declarations, named
from inbox.casework import exits, link_index, prosecutor_word
from inbox.casework.exits import Asked, Exit
from inbox.deadlines.obstacles import Obstacle
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.overview import case_view
from inbox.questionnaire import answers, catalogue, summary
from inbox.retention import residue
from inbox.retention import striker as strikers
from inbox.retention.striker import EVERYWHERE, Looker, Seen, Striker
from inbox.session import journal
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.vault import fulltext, queries_cases
from inbox.vault.casework_tables import Fulltext, Strike, StruckText
from inbox.vault.destroyed_tables import VAULT, Leaving
from inbox.vault.tables import Case

# While these obstacles exist, a prosecutor or a court may still ask for texts as evidence.
_JUSTICE = (Obstacle.PROSECUTOR, Obstacle.PROCEEDINGS)

# At least a third of a text with this many words must remain. Names, places and other identifying words make
# up less than two thirds of any statement. If less than a third remained, the rest would be useless as
# evidence. A shorter text, such as the answer about the persons involved, can be little more than a name. So
# it is enough if one word of a short text remains.
_LONG, _SHARE = 20, Fraction(1, 3)


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage to redact in a case, at one place or ``everywhere``.

    ``words`` is None to redact all the text of the place.
    """

    case: int
    place: str
    words: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """The texts of a case at their places, and the labels of questions and answers."""

    seen: Sequence[Seen]
    labels: View


@dataclass(frozen=True, slots=True)
class Struck:
    """How often a passage was found at each place, and which tables still have the passage in this case.

    ``holding`` are the numbers of the text files that contain the passage; ``unsearched`` are the numbers of
    the files that were not searched.
    """

    times: Mapping[str, int]
    left: Sequence[str]
    holding: Sequence[int]
    unsearched: Sequence[int]
    labels: View


def offer(inbox: Inbox, who: Actor, number: int, language: str) -> Shown:
    """Return all texts of a case except the reporter's identity.

    Raises the same errors as ``declarations.check``.
    """
    with _showing(inbox, who, number) as session:
        return Shown(_texts(session, number, who.today), case_view.labels(session, number, language))


def preview(inbox: Inbox, who: Actor, passage: Passage, language: str) -> Shown:
    """Return where ``strike`` would find a passage, but change nothing.

    Raises CaseRefused if the passage has no words or is not found. Also raises the same errors as
    ``declarations.check``.
    """
    with _showing(inbox, who, passage.case) as session:
        return Shown(_look(session, passage, who.today), case_view.labels(session, passage.case, language))


def strike(inbox: Inbox, who: Actor, passage: Passage, reason: str, language: str = "en") -> Struck:
    """Permanently redact a passage in a case. The redaction needs two officers and a reason.

    The passage is found as in ``redaction``: letter case, accents, spacing and invisible characters do not
    matter. Other spellings are not redacted; the result lists where they remain. The summary, words and index
    of the case are rebuilt.

    Raises the same errors as ``declarations.check``. Raises Refused if no reason is given. Raises
    CaseRefused:

    - if there is no such place, if the passage is not found, or if the remaining text would be too long;
    - if the case is held for a procedure;
    - if the redaction would remove an obstacle to an exit of the case, or the name of a person who requests
      access;
    - if the redaction, together with earlier redactions, would remove a text completely or almost completely
      (``Striker.emptied``) while proceedings go on, or before anybody has decided whether to inform the
      prosecutor.

    If a text would be removed completely or almost completely, officers can still redact words that identify
    the reporter, but not evidence.
    """
    # If an officer types a passage instead of a place by mistake, the journal must not record the passage.
    noted = passage.place if re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", passage.place) else None
    with inbox.acting(who, action(Code.MINIMISE, passage.case, reason, place=noted)) as session:
        times, left = _strike(session, passage, journal.actor(session))
        holding, unsearched = residue.in_files(inbox.home, session, passage.case, passage.words or "")
        return Struck(times, left, holding, unsearched, case_view.labels(session, passage.case, language))


def _showing(inbox: Inbox, who: Actor, number: int) -> AbstractContextManager[Session]:
    return inbox.acting(who, action(Code.SHOW, number, view=Viewed.MINIMISE))


def _strike(session: Session, passage: Passage, by: Actor) -> tuple[Mapping[str, int], Sequence[str]]:
    """Return how often the passage was found at each place, and which tables still have the passage."""
    number, striker = passage.case, Striker(passage.place, passage.words)
    before, asked = _in_the_way(session, number, by.today), _who_asks(session, number)
    feared = catalogue.tells_of_danger(session, queries_cases.case(session, number))
    standing = {what for what, _ in before}
    if Obstacle.HELD in standing:
        # Otherwise, evidence that must be kept for a procedure could be removed piece by piece.
        raise _refused(session, number, Obstacle.HELD, Exit.JUNK)
    case = _find(session, number, striker, by.today)
    session.flush()
    # Officers must handle a reported danger or an access request, not redact it.
    lifted = before - _in_the_way(session, number, by.today)
    if feared and not catalogue.tells_of_danger(session, case):
        lifted |= {each for each in before if each[0] is Obstacle.DANGER}
    for what, way in sorted(lifted):
        raise _refused(session, number, what, way)
    if asked - _who_asks(session, number):
        raise _refused(session, number, Obstacle.REQUEST, Exit.DESTROY)
    striker.emptied |= _almost_emptied(session, number, striker)
    # Before the case is assessed, no rule requires a decision on informing the prosecutor. Afterwards, a rule
    # may require it.
    if prosecutor_word.is_undecided(session, number):
        standing.add(Obstacle.PROSECUTOR)
    if striker.emptied and (kept := [what for what in _JUSTICE if what in standing]):
        raise _only_in_parts(session, number, kept[0])
    _rebuild(session, case)
    if passage.words is not None:
        strikers.from_drafts(session, number, passage.words)
    last = session.scalar(select(func.max(Strike.position)).filter_by(case=number)) or 0
    session.add(
        Strike(case=number, position=last + 1, day=by.today, by=", ".join(by.officers), place=passage.place)
    )
    session.merge(Leaving(name=VAULT))
    return dict(striker.times), residue.in_vault(session, number, passage.words) if passage.words else []


def _almost_emptied(session: Session, number: int, striker: Striker) -> set[str]:
    """Return the places where almost none of the original words are left; store the original word counts."""
    gone = set()
    for place in striker.times.keys() & striker.had.keys():
        row = session.get(StruckText, (number, place))
        came = row.words if row else striker.had[place]
        if row is None:
            session.add(StruckText(case=number, place=place, words=came))
        left = striker.left[place]
        if (not left and came > 1) or (came >= _LONG and left < came * _SHARE):
            gone.add(place)
    return gone


def _in_the_way(session: Session, number: int, today: date) -> set[tuple[Obstacle, Exit]]:
    """Return the obstacles to each exit of a case."""
    return {
        (what, way) for way in Exit for what in exits.obstacles(session, number, Asked(way=way, today=today))
    }


def _who_asks(session: Session, number: int) -> set[tuple[int, bool]]:
    """Return pairs of an open access request that a case waits for, and False.

    If the case certainly names the requester, there is also a pair of the request and True. If only a family
    name were left, one officer alone could claim that the name belongs to another person.
    """
    sure = named.meant_in(session, number)
    return {(each, False) for each in named.waiting_for(session, number)} | {(each, True) for each in sure}


def _refused(session: Session, number: int, what: Obstacle, way: Exit) -> CaseRefused:
    return CaseRefused(
        sentence("case {number}: {why}", number=number, why=exits.why(session, number, what)),
        exits.what_to_do(session, number, what, way),
    )


def _only_in_parts(session: Session, number: int, what: Obstacle) -> CaseRefused:
    """Return the error for removing a complete text although only some of its words identify the reporter."""
    return CaseRefused(
        sentence(
            "case {number}: {why}; until then, only parts of a text can be redacted",
            number=number,
            why=exits.why(session, number, what),
        ),
        sentence(
            "redact the words that identify somebody, a few at a time; to redact a complete text: {first}",
            first=exits.what_to_do(session, number, what, Exit.DESTROY),
        ),
    )


def _look(session: Session, passage: Passage, today: date) -> Sequence[Seen]:
    looker = Looker(passage.place, passage.words)
    _find(session, passage.case, looker, today)
    return looker.seen


def _texts(session: Session, number: int, today: date) -> Sequence[Seen]:
    declarations.check(session, number)
    looker = Looker(EVERYWHERE, None)
    _show_all(session, queries_cases.case(session, number), looker, today)
    return looker.seen


def _find(session: Session, number: int, striker: Striker, today: date) -> Case:
    """Apply a striker to all texts of a case; return the case, or raise CaseRefused if nothing was found."""
    declarations.check(session, number)
    case = queries_cases.case(session, number)
    if not striker.is_asked:
        raise CaseRefused(sentence("no passage was given"), sentence("give the exact words of the passage"))
    _show_all(session, case, striker, today)
    if not striker.is_found:
        if striker.place == EVERYWHERE:
            stands = sentence("the passage was not found in case {number}", number=number)
        else:
            stands = sentence(
                "the passage was not found in case {number} at {place}", number=number, place=striker.place
            )
        raise CaseRefused(
            stands,
            sentence("copy the exact words from `inbox case show`"),
        )
    return case


def _show_all(session: Session, case: Case, striker: Striker, today: date) -> None:
    strikers.from_reporter(session, case, striker)
    strikers.from_officers(session, case.number, striker, today)


def _rebuild(session: Session, case: Case) -> None:
    """Rebuild the summary, words and index of a case from its current texts."""
    said = answers.of(case)
    if case.unsigned:
        case.summary = summary.first_line(answers.texts(said))
    else:
        report = REPORT.parse(case.message)
        case.summary = summary.of_report(report, catalogue.closest(session, report.questionnaire))
    letters = [each.text for each in queries_cases.follow_ups(session, case.number)]
    session.get_one(Fulltext, case.number).text = fulltext.of(
        case.number, [*answers.texts(said), *letters]
    ).text
    link_index.renew(session, case.number)
