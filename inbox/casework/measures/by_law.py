"""What the law in use says about the kinds of measures."""

from sqlalchemy.orm import Session

from inbox.deadlines import legal_duties
from inbox.language import labels
from inbox.language.messages import Sentence
from inbox.law import in_use
from inbox.session.inbox import Inbox
from templates.law import rules
from templates.law.rules import Told


def rule(session: Session, kind: str) -> rules.Measure:
    """Return what the law in use says about a measure; raises Refused for an unknown measure."""
    return in_use.rule(in_use.of(session).measures, kind)


def needed(inbox: Inbox, kind: str) -> dict[str, Sentence]:
    """Return the fields that a measure requires, each with the reason; empty for an unknown measure."""
    with inbox.vault.transaction() as session:
        return needed_by(session, kind)


def needed_by(session: Session, kind: str) -> dict[str, Sentence]:
    """Return the same as ``needed``, within a session."""
    rule = in_use.of(session).measures.get(kind)
    return dict.fromkeys(rule.needed, labels.named("measure", kind)) if rule else {}


def by_hand(session: Session) -> list[str]:
    """Return the measures that officers record themselves: all measures that do not belong to a decision."""
    return [code for code in in_use.of(session).measures if not legal_duties.taking(session, code)]


def tellable(session: Session) -> tuple[str, ...]:
    """Return all measures that a reporter may ever be told of."""
    law = in_use.of(session)
    return tuple(code for code, rule in law.measures.items() if rule.told is not Told.NEVER)


def guards(rule: rules.Measure) -> bool:
    """Return whether a measure opens or ends proceedings."""
    return rule.opens_proceedings or rule.ends_proceedings
