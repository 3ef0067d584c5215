"""Which measures of a case the reporter may read, and which of them make a text count as feedback."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.casework import exits, prosecutor_word
from inbox.casework.measures import by_law
from inbox.deadlines import legal_duties, workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.workflow import Disclosure
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Measure, Workflow
from inbox.vault.tables import Case
from templates.law.rules import DutyRole, Told


def is_told(session: Session, row: Measure, disclosure: str) -> bool:
    """Return whether the reporter may read a measure, given how much of the case is disclosed."""
    told = by_law.rule(session, row.kind).told
    if disclosure == Disclosure.WITHHELD or told is Told.NEVER:
        return False
    return row.told or (disclosure == Disclosure.FULL and told is Told.ALWAYS)


def kinds(session: Session, number: int | None = None) -> defaultdict[int, list[str]]:
    """Return the kinds of measures that reporters may read, by case number, for all cases or for one."""
    asked = select(Measure, Workflow.disclosure).join(Workflow, Workflow.case == Measure.case)
    if number is not None:
        asked = asked.where(Measure.case == number)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row, disclosure in session.execute(asked.order_by(Measure.case, Measure.position)):
        if is_told(session, row, disclosure) and row.kind not in found[row.case]:
            found[row.case].append(row.kind)
    return found


def answering(session: Session, number: int) -> set[str]:
    """Return the kinds of measures that make an officer's own words count as feedback if a slot shows both.

    Protection is excluded, because it says nothing about the follow-up to a report. Measures dated before
    the day of receipt are also excluded.
    """
    return {row.kind for row in _answering(session, number)}


def _answering(session: Session, number: int) -> list[Measure]:
    """Return the measures that ``answering`` considers, in no particular order."""
    received, disclosure = session.get_one(Case, number).received, workflow.of(session, number).disclosure
    rows = session.scalars(select(Measure).where(Measure.case == number, Measure.day >= received)).all()
    told = [row for row in rows if is_told(session, row, disclosure)]
    return [row for row in told if not by_law.rule(session, row.kind).protection]


def alone_founds_feedback(session: Session, row: Measure) -> bool:
    """Return whether a message already sent counts as feedback only because of this measure."""
    return _answering(session, row.case) == [row] and queries_cases.answers_by_measure(session, row.case)


def tells_too_early(session: Session, number: int, disclosure: str) -> bool:
    """Return whether this degree of disclosure would reveal a measure before the prosecutor's word.

    Protection is excluded, because reporters may be told of it at any time. A measure that an officer
    disclosed earlier is excluded too, because hiding it now would also reveal something.
    """
    rows = session.scalars(select(Measure).filter_by(case=number)).all()
    told = (
        by_law.rule(session, row.kind) for row in rows if not row.told and is_told(session, row, disclosure)
    )
    return any(not rule.protection for rule in told) and prosecutor_word.binds(session, number)


def check(session: Session, number: int, kind: str, *, told: bool) -> None:
    """Raise CaseRefused for a measure that the reporter may not read now; protection is always allowed.

    Any other measure reveals that the office is acting, or whom the office contacted, such as the prosecutor.
    """
    rule = by_law.rule(session, kind)
    if told and rule.told is Told.NEVER:
        raise CaseRefused(
            sentence("under the law in use, no reporter is told of this measure: {kind}", kind=kind),
            sentence(
                "record the measure without telling the reporter; reporters can be told only of these"
                " measures: {kinds}",
                kinds=", ".join(by_law.tellable(session)),
            ),
        ).at("told")
    if not told or rule.protection:
        return
    if not rule.is_inquiry:
        _check_decided(session, number)
    if prosecutor_word.binds(session, number):
        raise prosecutor_word.refusing(
            session,
            number,
            sentence(
                "case {number}: the prosecutor has not said that the reporter can be told of this measure",
                number=number,
            ),
            sentence(
                "reopen the case if it is closed, and record the measure without telling the"
                " reporter; once the prosecutor has said that there is no objection, record the"
                " answer: inbox case measure add {other} {word}",
                **prosecutor_word.lifting(session, number),
            ),
        )


def _check_decided(session: Session, number: int) -> None:
    """Raise CaseRefused while it is still undecided whether to inform the prosecutor."""
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR):
        raise CaseRefused(
            sentence(
                "case {number}: {why}", number=number, why=exits.why(session, number, Obstacle.PROSECUTOR)
            ),
            sentence(
                "record the measure without telling the reporter; before you tell the reporter,"
                " decide whether to inform the prosecutor: inbox case decide {number} {choices} --reason"
                " TEXT",
                number=number,
                choices=legal_duties.settling(session, DutyRole.PROSECUTOR),
            ),
        )
