"""The codes that a plan of publication may name: from the questionnaires, the law and the program.

A code is known only if the events of its table can have it, and the first group of each table must be left
with such a code. Otherwise, readers would know that nothing counts in this group, and the certificate would
not: it could move all hidden events there. Of 4, 4 and 4 beside an empty first group, the sum of 12 would
reveal each.
"""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import questionnaire
from crypto.questionnaire import BadDocument, Questionnaire
from crypto.questionnaire import Kind as Form
from inbox.exchange.manual_entry import Route
from inbox.figures import counting
from inbox.figures.counting import ASKED, LATER, Kept, Known, Whether
from inbox.figures.events import NOTHING, SEVERAL, Kind
from inbox.figures.plan import Plan, Planned, Total
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.questionnaire import scoring
from inbox.vault.casework_tables import PORTAL
from inbox.vault.tables import QuestionnaireFile
from templates.law.rules import DutyRole, Law


def check(session: Session, given: Plan) -> None:
    """Raise Refused for the first unknown code of a plan, or the first table without a code for all else."""
    law = in_use.of(session)
    for total in given.totals.values():
        for code in sorted(total.only - law.measures.keys()):
            raise Refused(
                sentence("the total {total} names an unknown code: {code}", total=total.id, code=code),
                sentence("use one of: {known}", known=", ".join(sorted(law.measures))),
            )
    known = _known(session, law)
    for each in given.tables.values():
        codes = known.get((given.event(each), each.by)) or _of_measures(given, each, law)
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
        if not each.codes(each.groups[0], codes):
            raise Refused(
                sentence("nothing can count in the first group of the table {table}", table=each.id),
                sentence("the other groups name all codes: make one of them the first group, without codes"),
            )


def counted(total: Total, law: Law) -> frozenset[str]:
    """Return the kinds of the measures that a total counts."""
    return total.only or frozenset(law.measures)


def kinds(given: Plan, table: Planned, law: Law) -> frozenset[str]:
    """Return the kinds of the measures that a table divides."""
    above, _, group = table.divides.partition(".")
    if above in given.totals:
        return counted(given.totals[above], law)
    outer = given.tables[above]
    found = kinds(given, outer, law)
    return frozenset(each for each in found if not group or outer.by != "kind" or outer.group(each) == group)


def _of_measures(given: Plan, table: Planned, law: Law) -> frozenset[str]:
    """Return the codes of a table by the kind of the measures, or by the group of the sanctions."""
    found = kinds(given, table, law)
    if table.by == "kind":
        return found
    # A measure that has groups always comes with its group.
    degrees = [range(1, law.measures[each].groups + 1) or (None,) for each in found]
    return frozenset(counting.degree_code(degree) for each in degrees for degree in each)


def _known(session: Session, law: Law) -> Mapping[tuple[Kind, str], frozenset[str]]:
    """Return the known codes that do not depend on the table, by the kind of event and the kind of code."""
    after = (*counting.AFTER, LATER)
    return {
        **{(Kind.RECEIVED, by): frozenset(codes) for by, codes in _of_reports(session, law)},
        (Kind.CLOSED, "outcome"): frozenset(law.outcomes),
        (Kind.CLOSED, "after"): frozenset(after),
        (Kind.MEASURE, "after"): frozenset(after),
    }


def _of_reports(session: Session, law: Law) -> Iterator[tuple[str, Iterable[str]]]:
    subject = scoring.questions()
    questions = {**ASKED, "category": subject.category, "area": subject.area}
    # A report may answer a questionnaire that has been replaced since.
    files = session.scalars(select(QuestionnaireFile.raw)).all()
    asked = [each for raw in files if (each := _readable(raw))]
    for by, question in questions.items():
        found = [field for each in asked for field in each.fields if field.id == question]
        several = {SEVERAL} if by in ASKED and any(field.kind is Form.CHOICES for field in found) else set()
        yield by, {NOTHING, *several, *(option.id for field in found for option in field.options)}
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
