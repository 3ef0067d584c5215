"""Start work on a new case: set its score and its next deadline, and index it for search."""

from sqlalchemy.orm import Session

from crypto.questionnaire import Questionnaire
from inbox.deadlines import workflow
from inbox.questionnaire import answers
from inbox.questionnaire.answers import Answers
from inbox.vault import fulltext
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Case


def begin(session: Session, case: Case, said: Answers, asked: Questionnaire) -> Workflow:
    """Add a case with its workflow and its searchable words; return the workflow."""
    work = workflow.begin(session, case, said, asked)
    session.add_all([case, work, fulltext.of(case.number, answers.texts(said))])
    return work
