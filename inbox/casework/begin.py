"""Start work on a new case: set its score and its next deadline, and index it for search and links."""

from sqlalchemy.orm import Session

from crypto.questionnaire import Questionnaire
from inbox.access import conflicts
from inbox.casework import link_index
from inbox.deadlines import workflow
from inbox.questionnaire.answers import Answers
from inbox.vault import fulltext
from inbox.vault.casework_tables import PORTAL
from inbox.vault.tables import Case


def begin(session: Session, case: Case, said: Answers, asked: Questionnaire, route: str = PORTAL) -> None:
    """Add a case with its workflow, its searchable words and its marks in the link index."""
    work = workflow.begin(session, case, said, asked)
    work.route = route
    session.add_all([case, work, fulltext.of(case.number, conflicts.said(said))])
    link_index.make(session, case.number, said)
