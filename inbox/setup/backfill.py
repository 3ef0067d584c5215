"""The work on cases that came before a vault kept it: begun when the vault is upgraded."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.messages import REPORT, Status
from inbox.access import conflicts
from inbox.casework import link_index
from inbox.deadlines import workflow
from inbox.questionnaire import answers, catalogue
from inbox.vault import fulltext, queries_cases
from inbox.vault.casework_tables import Handling
from inbox.vault.tables import Case


def begin_all(session: Session, today: date) -> None:
    """Begin the work on every case that has none, as filing would, with what has happened since."""
    known = catalogue.Known(session)
    for case in session.scalars(select(Case).where(Case.number.not_in(select(Handling.case)))).all():
        said = answers.of(case)
        asked = catalogue.NONE if case.unsigned else known.of(REPORT.parse(case.message).questionnaire)
        work = workflow.begin(session, case, said, asked)
        workflow.set_closed(work, (case.closed_on or today) if case.status == Status.CLOSED else None)
        session.add(work)
        letters = [each.text for each in queries_cases.follow_ups(session, case.number)]
        session.add(fulltext.of(case.number, [*conflicts.said(said), *letters]))
        link_index.renew(session, case.number)
        workflow.keep_in_step(session, case.number)
