"""The work on cases that came before a vault kept it: begun when the vault is upgraded."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.messages import REPORT, Status
from inbox import answers, conflicts, handling, index, questionnaires, records, words
from inbox.casework import Handling
from inbox.schema import Case


def begin_all(session: Session, today: date) -> None:
    """Begin the work on every case that has none, as filing would, with what has happened since."""
    known = questionnaires.Known(session)
    for case in session.scalars(select(Case).where(Case.number.not_in(select(Handling.case)))).all():
        said = answers.of(case)
        asked = questionnaires.NONE if case.unsigned else known.of(REPORT.parse(case.message).questionnaire)
        work = handling.begin(session, case, said, asked)
        handling.set_closed(work, (case.closed_on or today) if case.status == Status.CLOSED else None)
        session.add(work)
        letters = [each.text for each in records.follow_ups(session, case.number)]
        session.add(words.of(case.number, [*conflicts.said(said), *letters]))
        index.renew(session, case.number)
        handling.keep_in_step(session, case.number)
