"""Whether a measure fits its case: the outcome with which the case is closed, and its proceedings."""

from sqlalchemy.orm import Session

from inbox.casework.measures import by_law
from inbox.casework.measures.details import Taken
from inbox.deadlines import legal_duties, proceedings
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Case
from templates.law import rules


def check_by_hand(session: Session, number: int, kind: str) -> None:
    """Raise CaseRefused for a measure that must be recorded only with its decision."""
    if choices := legal_duties.taking(session, kind):
        raise CaseRefused(
            sentence(
                "case {number}: this measure must be recorded together with its decision: {kind}",
                number=number,
                kind=labels.named("measure", kind),
            ),
            sentence(
                "make the decision: inbox case decide {number} {choices} --reason TEXT",
                number=number,
                choices="|".join(choices),
            ),
        )


def outcome(session: Session, work: Workflow) -> rules.Outcome | None:
    """Return the outcome of a closed case; None for an open case, or if the law has no such outcome."""
    return in_use.of(session).outcomes.get(work.outcome) if work.closed else None


def check_outcome(session: Session, work: Workflow, kind: str) -> None:
    """Raise CaseRefused if a measure contradicts the outcome with which the case is closed."""
    ended = outcome(session, work)
    if ended and ended.never_after == kind:
        raise contradicting(work, kind)


def contradicting(work: Workflow, kind: str) -> CaseRefused:
    """Return the error for a change that would contradict the recorded outcome of a closed case."""
    return CaseRefused(
        sentence(
            "case {number} is closed as {outcome}; this change would contradict that outcome: {kind}",
            number=work.case,
            outcome=labels.said("outcome", work.outcome),
            kind=labels.named("measure", kind),
        ),
        sentence("reopen the case first: inbox case reopen {number} --reason TEXT", number=work.case),
    )


def check_ends(session: Session, number: int, taken: Taken) -> None:
    """Raise CaseRefused if no proceedings are pending that this final decision can end.

    Also raise it if all these proceedings, or the report itself, are later than the decision.
    """
    rule = by_law.rule(session, taken.kind)
    opened = [
        each for each in proceedings.opened(session, number) if rule.ends(by_law.rule(session, each.kind))
    ]
    if not opened:
        raise CaseRefused(
            sentence("case {number} has no pending proceedings that this decision could end", number=number),
            sentence("first record the measure that opened the proceedings, with its day"),
        )
    received = session.get_one(Case, number).received
    if taken.day < received:
        raise CaseRefused(
            sentence(
                "case {number}: {day} is too early: the report did not arrive before {received}",
                number=number,
                received=received,
                day=taken.day,
            ),
            sentence("give the day of the final decision; it cannot be before the report arrived"),
        ).at("day")
    first = min(each.day for each in opened)
    if taken.day < first:
        raise CaseRefused(
            sentence(
                "a decision of {day} cannot end the pending proceedings about case {number}: the first of"
                " them began later, on {first}",
                number=number,
                first=first,
                day=taken.day,
            ),
            sentence(
                "give the day of the decision that ends these proceedings, or record the measures of these"
                " proceedings, each with its day"
            ),
        ).at("day")
