"""Views of the work on a case for officers, as plain values for JSON or lines."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.casework import exits, notes
from inbox.casework import tags as case_tags
from inbox.casework.exits import Asked, Exit
from inbox.casework.measures import records
from inbox.casework.measures.records import Recorded
from inbox.casework.measures.source_risk import Risk
from inbox.deadlines import legal_duties, office, proceedings, urgency, workflow
from inbox.deadlines.clocks import Due
from inbox.deadlines.obstacles import Obstacle
from inbox.language.views import View
from inbox.law import in_use
from inbox.questionnaire import scoring
from inbox.questionnaire.answers import Answers
from inbox.questionnaire.scoring import Rule
from inbox.replies import answering, holding
from inbox.session import journal
from inbox.session.actions import Code
from inbox.vault import queries_cases
from inbox.vault.casework_tables import SOURCE, Duty, Link, Measure, Note, Workflow
from templates.law.rules import DutyRole, Event, Told

_DECIDING = {Code.DECIDE, Code.DECIDE_BY_TWO}
# These obstacles need not be listed: displaying the case removes them, or its page shows them anyway.
_READ_WITH_IT = {Obstacle.CLOSED, Obstacle.NEW, Obstacle.UNREAD}


def of(session: Session, number: int, said: View, today: date) -> View:
    """Return the work on a case; raises CaseRefused for an unknown case.

    ``said`` is the view of the case's report.
    """
    work = workflow.of(session, number)
    due = _deadlines(session, number, today)
    closing = _before_closing(session, number, today)
    depending = [] if work.outcome else [*map(str, exits.depending(session, number))]
    return {
        **score(work),
        "parts": asdict(work.parts),
        "proposed": {
            rule.part: _rule(rule, said["answers"]) for rule in scoring.propose(said["answers"]).because
        },
        "assigned": work.assigned,
        "tags": case_tags.of(session, number),
        "source_risk": work.source_risk,
        "proposed_source_risk": Risk.HIGH.value if "source_risk" in said["cautions"] else "",
        "rating": {"source": SOURCE, "credibility": work.credibility},
        "links": [link(row) for row in _links(session, number)],
        "measures": [measure(each) for each in _measures(session, work)],
        "outcome": work.outcome,
        "prepared_outcome": legal_duties.prepared(session, number),
        "disclosure": work.disclosure,
        "closing": closing,
        "closing_anew": [*map(str, exits.anew(session, number))],
        "closing_depending": [each for each in depending if each not in closing],
        "unasked": _unasked(session, number),
        "withheld": work.withheld,
        "held_back": [*holding.of(session, number), *answering.of(session, number)],
        "deadline": work.deadline.isoformat() if work.deadline else None,
        "deadlines": due,
        "clocks": [each for each in due if "clock" in each],
        "regime": office.of(session).regime,
        "may_extend": office.of(session).may_extend,
        "extended": work.extended.isoformat() if work.extended else None,
        "is_danger_open": exits.is_danger_open(session, number),
        "held": work.held.isoformat() if work.held else None,
        "pursued": proceedings.pursuing(session, number) is not None,
        "duties": [each for each in due if "duty" in each],
        "notes": [note(row) for row in notes.of(session, number)],
    }


def standing(session: Session, number: int, today: date) -> View:
    """Return the work on a case in short: priority, assigned officer, outcome, next deadline and danger.

    ``judged`` is true if an officer has set the priority. Raises the same errors as ``workflow.of``.
    """
    work, due = workflow.of(session, number), _deadlines(session, number, today)
    return {
        "priority": work.priority,
        "assigned": work.assigned,
        "outcome": work.outcome,
        "due": next_due(due),
        "urgent": urgent(due),
        "judged": work.judged,
        "is_danger_open": exits.is_danger_open(session, number),
    }


def next_due(deadlines: Sequence[View]) -> View | None:
    """Return the next deadline that somebody must meet in a case, or None."""
    return next((each for each in deadlines if each["urgency"]), None)


def urgent(deadlines: Sequence[View]) -> str:
    """Return the code of the measure that cannot wait for the decision on a case, or ""."""
    return next((each["urgent"] for each in deadlines if each.get("urgent")), "")


def _before_closing(session: Session, number: int, today: date) -> list[str]:
    """Return the codes of the obstacles to closing a case, except the obstacles in ``_READ_WITH_IT``."""
    found = exits.obstacles(session, number, Asked(way=Exit.CLOSE, today=today))
    return [what.value for what in found if what not in _READ_WITH_IT]


def _unasked(session: Session, number: int) -> View | None:
    """Return why no decision on informing the prosecutor is required, or None if one is required."""
    if legal_duties.by_role(session, number, DutyRole.PROSECUTOR) is not None:
        return None
    law = in_use.of(session)
    return {
        "duty": law.duty(DutyRole.PROSECUTOR),
        "severity": workflow.of(session, number).severity,
        "from": law.offence.severity,
        "tags": sorted(law.offence.tags),
    }


def _deadlines(session: Session, number: int, today: date) -> list[View]:
    """Return the clocks and duties of a case together, in the order of ``urgency.place``."""
    clocks, duties = workflow.clocks(session, number), legal_duties.of(session, number)
    places = [
        (
            urgency.place(each.day, waits=each.is_waiting),
            clock(each, today) | _unsent(session, number, each, today),
        )
        for each in clocks
    ]
    places += [
        (
            urgency.place(row.due, waits=row.decided is None),
            duty(row, today, legal_duties.urgent_measure(session, row)) | {"before": _before(session, row)},
        )
        for row in duties
    ]
    return [view for _, view in sorted(places, key=lambda each: each[0])]


def _unsent(session: Session, number: int, due: Due, today: date) -> View:
    """Return what the messages that wait for the next outbox say about a deadline.

    ``waits`` is true if such a message meets the deadline. ``promised`` is the earlier day for feedback that
    a waiting acknowledgement tells the reporter, or None.
    """
    found: View = {"waits": False, "promised": None}
    if not due.is_waiting or due.sent:
        return found
    if due.ends is Event.ACKNOWLEDGED:
        found["waits"] = queries_cases.is_acknowledged(session, number)
    if due.ends is Event.ANSWERED:
        found["waits"] = queries_cases.gives_feedback(session, number)
        told = workflow.feedback_due(session, number, today).day
        found["promised"] = told.isoformat() if told < due.day else None
    return found


def _before(session: Session, row: Duty) -> View | None:
    """Return the earlier decision and its day if the duty must be decided again, otherwise None.

    The earlier decision is read from the journal. ``sent`` is true if a measure, such as a transmission,
    carried out the earlier decision.
    """
    if not legal_duties.is_anew(row):
        return None
    decisions = in_use.of(session).duties[row.kind].decisions
    taken = (each for each in journal.of_case(session, row.case) if each.action in _DECIDING)
    found = [each for each in taken if each.values.get("decision") in decisions]
    if not found:
        return None
    code = str(found[-1].values["decision"])
    sent = decisions[code].measure is not None
    return {"decision": code, "day": found[-1].day.isoformat(), "sent": sent}


def clock(due: Due, today: date) -> View:
    """Return the view of a deadline.

    The view contains the day of the deadline, the day on which the message was sent, and the day on which the
    deadline was met or dropped. It also shows whether the deadline was missed. ``urgency`` says how far away
    the day is, or is None if nothing remains to be done.
    """
    return {
        "clock": due.clock,
        "day": due.day.isoformat(),
        "done": due.done.isoformat() if due.done else None,
        "dropped": due.dropped.isoformat() if due.dropped else None,
        "sent": due.sent.isoformat() if due.sent else None,
        "impossible": due.impossible,
        "late": due.is_late(today),
        "urgency": urgency.said(due.day, today) if due.is_waiting else None,
    }


def duty(row: Duty, today: date, urgent: str = "") -> View:
    """Return a duty with its deadline, its decision, and whether the duty is or was late.

    ``urgent`` is the code of the measure that cannot wait for the decision, or "". ``urgency`` has the same
    meaning as in ``clock``.
    """
    return {
        "duty": row.kind,
        "urgent": urgent,
        "due": row.due.isoformat(),
        "decided": row.decided.isoformat() if row.decided else None,
        "decision": row.decision,
        "ground": row.ground,
        "reason": row.reason,
        "late": (row.decided or today) > row.due or (row.was_late and row.decided is not None),
        "urgency": urgency.said(row.due, today) if row.decided is None else None,
    }


def _rule(rule: Rule, answers: Answers) -> View:
    """Return the value that a rule proposes, and the answers that it is based on, by question."""
    return {
        "value": rule.value,
        "because": {question: _met(rule, question, answers) for question in rule.when},
    }


def _met(rule: Rule, question: str, answers: Answers) -> list[str]:
    """Return the codes that make a rule match. A free-text answer never has a code."""
    given = answers[question]
    chosen = [given] if isinstance(given, str) else given
    return [each for each in chosen if each in rule.when[question]]


def link(row: Link) -> View:
    """Return a link: the other case, and the relation that an officer stated."""
    return {"case": row.other, "relation": row.kind, "since": row.since.isoformat()}


def note(row: Note) -> View:
    """Return a note."""
    return {"number": row.position, "by": row.by, "day": row.day.isoformat(), "text": row.text}


def measure(recorded: Recorded) -> View:
    """Return a measure.

    ``told`` is true if the reporter may read the measure. ``officers`` is the number of officers needed to
    retract the measure.
    """
    row = recorded.row
    return {
        "number": row.position,
        "kind": row.kind,
        "day": row.day.isoformat(),
        "addressee": row.addressee,
        "reference": row.reference,
        "restrictions": row.restrictions,
        "sent": row.sent,
        "degree": row.degree,
        "told": recorded.is_told,
        "officers": recorded.officers,
        "tellable": recorded.rule.told is not Told.NEVER,
    }


def score(work: Workflow) -> View:
    """Return the priority and score of a case, and whether an officer has set them."""
    return {"priority": work.priority, "score": work.parts.score, "judged": work.judged}


def _links(session: Session, number: int) -> Sequence[Link]:
    return session.scalars(select(Link).filter_by(case=number).order_by(Link.other)).all()


def _measures(session: Session, work: Workflow) -> Iterator[Recorded]:
    for row in session.scalars(select(Measure).filter_by(case=work.case).order_by(Measure.position)):
        yield records.recorded(session, row)
