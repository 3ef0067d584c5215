"""Passages that do not belong in a case leave it for good (Directive 2019/1937, article 17).

They leave what the author wrote and what officers wrote or began to write about it, down to the index. The
signature of a message goes with them: whoever guesses what was struck could try it on that. The ledger of
what was given to whom (article 9 of loi 2016-1691) and the signed journal are not rewritten; files are not
either.
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
from inbox.access import conflicts, declarations, named
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

# What may still be asked for as evidence, by a prosecutor or a court.
_JUSTICE = (Obstacle.PROSECUTOR, Obstacle.PROCEEDINGS)

# Of a text of so many words, a third is left at least: names, places and what else points to somebody is less
# than two thirds of any statement, and with less than a third nobody could judge it as evidence. Of a shorter
# one, such as the answer that is for names, a name can be nearly all: it counts once no word is left.
_LONG, _SHARE = 20, Fraction(1, 3)


@dataclass(frozen=True, slots=True)
class Passage:
    """What is to be struck from a case: words, or all for None, at a place or ``everywhere``."""

    case: int
    place: str
    words: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """Texts of a case at their places, and what questions and their answers are called."""

    seen: Sequence[Seen]
    labels: View


@dataclass(frozen=True, slots=True)
class Struck:
    """How often a passage stood at which place, and which tables of the vault still hold it of the case.

    ``holding`` are the numbers of files that are text with it, ``unsearched`` of those not looked into.
    """

    times: Mapping[str, int]
    left: Sequence[str]
    holding: Sequence[int]
    unsearched: Sequence[int]
    labels: View


def offer(inbox: Inbox, who: Actor, number: int, language: str) -> Shown:
    """Return all texts of a case but who the author is, to choose from; raises as ``declarations.check``."""
    with _showing(inbox, who, number) as session:
        return Shown(_texts(session, number, who.today), _labels(session, number, who, language))


def preview(inbox: Inbox, who: Actor, passage: Passage, language: str) -> Shown:
    """Return where ``strike`` would find a passage; raises as that, changes nothing."""
    with _showing(inbox, who, passage.case) as session:
        return Shown(_look(session, passage, who.today), _labels(session, passage.case, who, language))


def strike(inbox: Inbox, who: Actor, passage: Passage, reason: str, language: str = "en") -> Struck:
    """Strike a passage from a case for good; takes two officers and a reason.

    It is found as ``redaction`` finds one: in capitals or not, with accents or without, however it is spaced,
    through characters that nobody sees; written otherwise, it counts among what is left. Summary, words and
    index of the case are made anew. Raises as ``declarations.check``; Refused without a reason; CaseRefused
    if there is no such place, the passage is not there, or what is left would be too long, for a case that is
    held for a procedure, and if the strike would remove an obstacle to an exit of the case, or its name for
    who asks what is held. Until it is decided whether the prosecutor is told, whether a rule asked for that
    or not, and while proceedings go on, also for a text that would go as a whole (``Striker.emptied``), or
    almost, with what went before: what points to the reporter goes before what is evidence.
    """
    # What is typed as a place may be a passage by mistake: then it is refused, and not noted.
    noted = passage.place if re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", passage.place) else None
    with inbox.acting(who, action(Code.MINIMISE, passage.case, reason, place=noted)) as session:
        times, left = _strike(session, passage, journal.actor(session))
        holding, unsearched = residue.in_files(inbox.home, session, passage.case, passage.words or "")
        return Struck(times, left, holding, unsearched, _labels(session, passage.case, who, language))


def _showing(inbox: Inbox, who: Actor, number: int) -> AbstractContextManager[Session]:
    return inbox.acting(who, action(Code.SHOW, number, view=Viewed.MINIMISE))


def _labels(session: Session, number: int, who: Actor, language: str) -> View:
    labels: View = case_view.details(session, number, who.today, language)["labels"]
    return labels


def _strike(session: Session, passage: Passage, by: Actor) -> tuple[Mapping[str, int], Sequence[str]]:
    """Return how often it stood at which place, and which tables still hold it."""
    number, striker = passage.case, Striker(passage.place, passage.words)
    before, asked = _in_the_way(session, number, by.today), _who_asks(session, number)
    feared = catalogue.tells_of_danger(session, queries_cases.case(session, number))
    standing = {what for what, _ in before}
    if Obstacle.HELD in standing:
        # Else what a procedure asks to be kept would go piece by piece.
        raise _refused(session, number, Obstacle.HELD, Exit.JUNK)
    case = _find(session, number, striker, by.today)
    session.flush()
    # Officers deal with a danger that an answer tells of, or with who asks: they do not strike it.
    lifted = before - _in_the_way(session, number, by.today)
    if feared and not catalogue.tells_of_danger(session, case):
        lifted |= {each for each in before if each[0] is Obstacle.DANGER}
    for what, way in sorted(lifted):
        raise _refused(session, number, what, way)
    if asked - _who_asks(session, number):
        raise _refused(session, number, Obstacle.REQUEST, Exit.DESTROY)
    striker.emptied |= _gone_by_now(session, number, striker)
    # Of a case that nobody has scored, no rule has asked whether a prosecutor is told; it may be asked of one
    # that is bound to it.
    if prosecutor_word.is_undecided(session, number):
        standing.add(Obstacle.PROSECUTOR)
    if striker.emptied and (kept := [what for what in _JUSTICE if what in standing]):
        raise _only_in_parts(session, number, kept[0])
    _make_anew(session, case)
    if passage.words is not None:
        strikers.from_drafts(session, number, passage.words)
    last = session.scalar(select(func.max(Strike.position)).filter_by(case=number)) or 0
    session.add(
        Strike(case=number, position=last + 1, day=by.today, by=", ".join(by.officers), place=passage.place)
    )
    session.merge(Leaving(name=VAULT))
    return dict(striker.times), residue.in_vault(session, number, passage.words) if passage.words else []


def _gone_by_now(session: Session, number: int, striker: Striker) -> set[str]:
    """Return the places where nearly nothing is left of the words that came; remember how many those were."""
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
    """Return what stands between a case and each exit."""
    return {
        (what, way) for way in Exit for what in exits.obstacles(session, number, Asked(way=way, today=today))
    }


def _who_asks(session: Session, number: int) -> set[tuple[int, bool]]:
    """Return the open requests that a case waits for, each also with whether it surely means who asks.

    Where nothing but a family name is left, one officer could say that it is somebody else's.
    """
    sure = named.meant_in(session, number)
    return {(each, False) for each in named.waiting_for(session, number)} | {(each, True) for each in sure}


def _refused(session: Session, number: int, what: Obstacle, way: Exit) -> CaseRefused:
    return CaseRefused(
        sentence("case {number}: {why}", number=number, why=exits.why(session, number, what)),
        exits.what_to_do(session, number, what, way),
    )


def _only_in_parts(session: Session, number: int, what: Obstacle) -> CaseRefused:
    """Return the refusal of a text that would go as a whole: who points to the reporter is in some words."""
    return CaseRefused(
        sentence(
            "case {number}: {why}; until then a text of it is struck only in parts",
            number=number,
            why=exits.why(session, number, what),
        ),
        sentence(
            "strike the words that point to somebody, a few at a time; for all the rest: {first}",
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
    """Show a striker what stands in a case, and return that; CaseRefused if nothing was found."""
    declarations.check(session, number)
    case = queries_cases.case(session, number)
    if not striker.is_asked:
        raise CaseRefused(sentence("no passage was given"), sentence("give its exact words"))
    _show_all(session, case, striker, today)
    if not striker.times:
        if striker.place == EVERYWHERE:
            stands = sentence("this stands nowhere in case {number}", number=number)
        else:
            stands = sentence(
                "this does not stand in case {number} at {place}", number=number, place=striker.place
            )
        raise CaseRefused(
            stands,
            sentence("copy the exact words from: inbox show"),
        )
    return case


def _show_all(session: Session, case: Case, striker: Striker, today: date) -> None:
    strikers.from_author(session, case, striker)
    strikers.from_officers(session, case.number, striker, today)


def _make_anew(session: Session, case: Case) -> None:
    """Make summary, words and index of a case from what it says now."""
    said = answers.of(case)
    if case.unsigned:
        case.summary = summary.first_line(conflicts.said(said))
    else:
        report = REPORT.parse(case.message)
        case.summary = summary.of_report(report, catalogue.closest(session, report.questionnaire))
    letters = [each.text for each in queries_cases.follow_ups(session, case.number)]
    session.get_one(Fulltext, case.number).text = fulltext.of(
        case.number, [*conflicts.said(said), *letters]
    ).text
    link_index.renew(session, case.number)
