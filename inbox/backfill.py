"""The work on cases that came before a vault kept it: begun when the vault is upgraded."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.messages import REPORT, Status
from crypto.questionnaire import Flag
from inbox import answers, conflicts, handling, questionnaires, records, words
from inbox.answers import Answers
from inbox.casework import Handling
from inbox.schema import Case


def begin_all(session: Session) -> None:
    """Begin the work on every case that has none, as filing would, with what has happened since."""
    asked = questionnaires.Known(session)
    for case in session.scalars(select(Case).where(Case.number.not_in(select(Handling.case)))).all():
        said, cautions = _read(case, asked)
        work = handling.begin(case, said, cautions)
        work.is_open = case.status != Status.CLOSED
        work.closed = case.closed_on
        session.add(work)
        letters = [each.text for each in records.follow_ups(session, case.number)]
        session.add(words.of(case.number, [*conflicts.said(said), *letters]))
        handling.keep_in_step(session, case.number)


def _read(case: Case, asked: questionnaires.Known) -> tuple[Answers, list[Flag]]:
    if case.unsigned:
        return {"note": case.message.decode()}, []
    report = REPORT.parse(case.message)
    known = asked.of(report.questionnaire)
    return report.answers, answers.flags(known, report.answers) if known else []
