"""The risk to the reporter: how much the reporter of a case has to fear from an inquiry.

No inquiry begins before this risk is assessed (ISO 37002).
"""

from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Workflow


class Risk(StrEnum):
    """How much the reporter has to fear from an inquiry."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def assess(inbox: Inbox, who: Actor, number: int, risk: Risk, reason: str) -> None:
    """Assess how much the reporter of a case has to fear from an inquiry.

    Raises CaseRefused for an unknown case. Raises Refused if no reason is given. Also raises the same errors
    as ``Inbox.acting``.
    """
    with inbox.acting(who, assessing(number, risk, reason)) as session:
        set_risk(session, number, risk, who.today)


def assessing(number: int, risk: Risk, reason: str) -> Action:
    """Return the journal entry of an assessment of the risk; raises Refused if no reason is given."""
    return action(Code.ASSESS_SOURCE, number, reason, risk=risk)


def check(work: Workflow) -> None:
    """Raise CaseRefused for a case in which the risk has not been assessed yet."""
    if not work.source_risk:
        raise CaseRefused(
            sentence("the risk to the reporter of case {number} has not been assessed", number=work.case),
            sentence(
                "assess the risk before any inquiry: inbox case set-source-risk {number} low|medium|high"
                " --reason TEXT",
                number=work.case,
            ),
        )


def set_risk(session: Session, number: int, risk: Risk, today: date) -> None:
    """Set the risk to the reporter within an action; raises the same errors as ``workflow.of``."""
    workflow.of(session, number).source_risk = risk.value
    workflow.acted(session, number, today)
