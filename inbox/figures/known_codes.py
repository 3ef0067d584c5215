"""The codes that a plan of publication may name: from the questionnaires, the law and the program."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import questionnaire
from crypto.questionnaire import BadDocument, Questionnaire
from inbox.exchange.manual_entry import Route
from inbox.figures import counting
from inbox.figures.counting import ASKED, LATER, Kept, Known, Whether
from inbox.figures.events import NOTHING, SEVERAL, Kind
from inbox.figures.plan import Plan
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.questionnaire import scoring
from inbox.vault.casework_tables import PORTAL
from inbox.vault.tables import QuestionnaireFile
from templates.law.rules import DutyRole, Law

# The groups of sanctions (CGFP, L. 533-1).
_DEGREES = (1, 2, 3, 4)


def check(session: Session, given: Plan) -> None:
    """Raise Refused for the first unknown code of a plan."""
    law = in_use.of(session)
    for total in given.totals.values():
        for code in sorted(total.only - law.measures.keys()):
            raise Refused(
                sentence("the total {total} names an unknown code: {code}", total=total.id, code=code),
                sentence("use one of: {known}", known=", ".join(sorted(law.measures))),
            )
    known = _known(session, law)
    for each in given.tables.values():
        codes = known[given.event(each), each.by]
        for group in each.groups:
            for code in sorted(group.codes - codes):
                raise Refused(
                    sentence(
                        "the table {table} names an unknown code in the group {group}: {code}",
                        table=each.id,
                        group=group.id,
                        code=code,
                    ),
                    sentence("use one of: {known}", known=", ".join(sorted(codes))),
                )


def _known(session: Session, law: Law) -> Mapping[tuple[Kind, str], frozenset[str]]:
    """Return the known codes, keyed by the kind of event and the kind of code."""
    after = (*counting.AFTER, LATER)
    degrees = (NOTHING, *map(counting.degree_code, _DEGREES))
    return {
        **{(Kind.RECEIVED, by): frozenset(codes) for by, codes in _of_reports(session, law)},
        (Kind.CLOSED, "outcome"): frozenset(law.outcomes),
        (Kind.CLOSED, "after"): frozenset(after),
        (Kind.MEASURE, "kind"): frozenset(law.measures),
        (Kind.MEASURE, "after"): frozenset(after),
        (Kind.MEASURE, "degree"): frozenset(degrees),
    }


def _of_reports(session: Session, law: Law) -> Iterator[tuple[str, Iterable[str]]]:
    subject = scoring.questions()
    questions = {**ASKED, "category": subject.category, "area": subject.area}
    # A report may answer a questionnaire that has been replaced since.
    files = session.scalars(select(QuestionnaireFile.raw)).all()
    asked = [each for raw in files if (each := _readable(raw))]
    for by, question in questions.items():
        yield by, {SEVERAL, NOTHING, *(option.id for each in asked for option in each.options(question))}
    yield "route", (PORTAL, *Route)
    yield "identity", Known
    yield "acknowledged", Kept
    yield "feedback_given", Kept
    yield "extended", Whether
    yield "wrote_again", Whether
    yield "persons_informed", {NOTHING, *law.duties[law.duty(DutyRole.PERSONS)].decisions}
    yield "junk", Whether


def _readable(raw: bytes) -> Questionnaire | None:
    """Return the questionnaire in a file, or None if today's rules reject it."""
    try:
        return questionnaire.parse(raw)
    except BadDocument:
        return None
