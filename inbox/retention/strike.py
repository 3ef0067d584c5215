"""Passages that do not belong in a case leave it for good (Directive 2019/1937, article 17; L-10).

They leave what the author wrote and what officers wrote about it, down to the index. The signature of a
message goes with them: whoever guesses what was struck could try it on that. The ledger of what was given to
whom (article 9 of loi 2016-1691) and the signed journal are not rewritten; files are not either.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.messages import REPORT
from inbox.access import conflicts, declarations
from inbox.casework import link_index
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.questionnaire import answers, catalogue, summary
from inbox.retention import residue
from inbox.retention import striker as strikers
from inbox.retention.looking import Looker, Seen
from inbox.retention.striker import EVERYWHERE, Striker
from inbox.session.actions import Action, Actor, Code, action
from inbox.vault import fulltext, queries_cases
from inbox.vault.casework_tables import Strike, Words
from inbox.vault.destroyed_tables import VAULT, Leaving
from inbox.vault.tables import Case


@dataclass(frozen=True, slots=True)
class Struck:
    """How often a passage stood at which place, and which tables of the vault still hold it of the case."""

    times: Mapping[str, int]
    left: Sequence[str]


def strike(session: Session, number: int, place: str, passage: str | None, by: Actor) -> Struck:
    """Strike a passage, or all for None, at a place of a case, or ``everywhere`` the passage stands.

    It is found as ``redaction`` finds one: in capitals or not, with accents or without, however it is spaced,
    through characters that nobody sees; written otherwise, it counts among what is left. Summary, words and
    index of the case are made anew. Raises as ``declarations.check``, and CaseRefused if there is no such
    place, the passage is not there, or what is left would be too long.
    """
    striker = Striker(place, passage)
    case = _find(session, number, striker, by.today)
    session.flush()
    _make_anew(session, case)
    last = session.scalar(select(func.max(Strike.position)).filter_by(case=number)) or 0
    session.add(Strike(case=number, position=last + 1, day=by.today, by=", ".join(by.officers), place=place))
    session.merge(Leaving(name=VAULT))
    return Struck(dict(striker.times), residue.in_vault(session, number, passage) if passage else [])


def look(session: Session, number: int, place: str, passage: str | None, today: date) -> Sequence[Seen]:
    """Return where ``strike`` would find it, but in who the author is; raises as that, changes nothing."""
    looker = Looker(place, passage)
    _find(session, number, looker, today)
    return looker.seen


def texts(session: Session, number: int, today: date) -> Sequence[Seen]:
    """Return all texts of a case but who the author is; raises as ``declarations.check``."""
    declarations.check(session, number)
    looker = Looker(EVERYWHERE, None)
    _show_all(session, queries_cases.case(session, number), looker, today)
    return looker.seen


def deed(number: int, place: str, reason: str) -> Action:
    """Return what the journal notes of a strike."""
    # What is typed as a place may be a passage by mistake: then it is refused, and not noted.
    noted = place if re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", place) else None
    return action(Code.MINIMISE, number, reason, place=noted)


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
    session.get_one(Words, case.number).text = fulltext.of(
        case.number, [*conflicts.said(said), *letters]
    ).text
    link_index.renew(session, case.number)
