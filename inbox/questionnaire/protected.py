"""Protected answers: the reporter asked that officers never repeat them.

The questionnaire marks the questions with protected answers.
"""

from sqlalchemy.orm import Session

from crypto.messages import REPORT, Report
from crypto.questionnaire import Flag
from inbox.questionnaire import answers, catalogue
from inbox.text.never_repeat import NeverRepeat
from inbox.vault import queries_cases


def of(session: Session, number: int) -> NeverRepeat:
    """Return the protected answers of a case. Raise CaseRefused if the case is unknown."""
    case = queries_cases.case(session, number)
    return NeverRepeat(()) if case.unsigned else of_report(session, REPORT.parse(case.message))


def answered(session: Session, number: int) -> int:
    """Return the number of protected answers of a case. Raise CaseRefused if the case is unknown."""
    case = queries_cases.case(session, number)
    if case.unsigned:
        return 0
    report = REPORT.parse(case.message)
    asked = catalogue.closest(session, report.questionnaire).flagged(Flag.PROTECT)
    return sum(1 for each in asked if any(answers.several(report.answers.get(each, ()))))


def of_report(session: Session, report: Report) -> NeverRepeat:
    """Return the protected answers of a report."""
    asked = catalogue.closest(session, report.questionnaire)
    questions = asked.flagged(Flag.PROTECT)
    return NeverRepeat(text for each in questions for text in answers.several(report.answers.get(each, ())))
