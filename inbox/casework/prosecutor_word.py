"""Whether anybody may learn what a case is worth or what is done, once it is one for the prosecutor.

Whoever wrote may be the network's own probe: “confirmed” tells it to hide, as does any notice to the persons
whom a report names, a hearing, or that the service was reorganised. So the prosecutor is asked before.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.deadlines import legal_duties
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
from inbox.law import in_use
from inbox.vault.casework_tables import Measure
from templates.law.rules import DutyRole, MeasureRole


def forbids(session: Session, number: int, outcome: str) -> bool:
    """Tell whether an outcome may not be told to the reporter of a case; Refused as ``in_use.rule``."""
    needs = in_use.rule(in_use.of(session).outcomes, outcome).needs_word
    return needs and binds(session, number)


def binds(session: Session, number: int) -> bool:
    """Tell whether the word is missing, or came with restrictions: whether these forbid it, officers know.

    A later word without any frees it.
    """
    return is_missing(session, number) or bool(restrictions(session, number))


def is_missing(session: Session, number: int) -> bool:
    """Tell whether the prosecutor has not spoken where that one acts or may act: then nobody is warned.

    Nor is anybody until it is decided whether a prosecutor is told at all, though no rule asked for that: a
    case that nobody has scored may be one of an offence all the same.
    """
    return legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR) or _is_awaited(session, number)


def _is_awaited(session: Session, number: int) -> bool:
    """Tell whether justice has a case, and neither a prosecutor's word nor a final decision came since."""
    of_justice = in_use.of(session).of_justice
    return any(each.kind in of_justice for each in _binding(session, number))


def restrictions(session: Session, number: int) -> str:
    """Return what a prosecutor does not want done about a case, as one text; empty if nothing.

    That is what was recorded with the last word, or after it, or is of a later day; a final decision ends it.
    """
    return "; ".join(each.restrictions for each in _binding(session, number) if each.restrictions)


def _binding(session: Session, number: int) -> Sequence[Measure]:
    """Return the measures that no later word, and no later final decision, has freed, in their order.

    A word is about what was there then: not about what was recorded later, or is of a later day. Else one of
    a day long past would lift what the prosecutor said since.
    """
    law = in_use.of(session)
    freeing = {law.measure(each) for each in (MeasureRole.FINAL_DECISION, MeasureRole.PROSECUTOR_WORD)}
    rows = session.scalars(select(Measure).filter_by(case=number).order_by(Measure.position)).all()
    free = [each for each in rows if each.kind in freeing]
    return [row for row in rows if all(each.position <= row.position or each.day < row.day for each in free)]


def refused(session: Session, number: int) -> CaseRefused:
    """Return the refusal of a text for an outcome that may not be told."""
    return CaseRefused(
        sentence("case {number}: the prosecutor has not said that this outcome can be told", number=number),
        hint(session, number),
    )


def refused_informing(session: Session, number: int) -> CaseRefused:
    """Return the refusal to inform the persons concerned."""
    return CaseRefused(
        sentence(
            "case {number}: to inform the persons now would warn them before the prosecutor has the case, or"
            " has said that there is no objection",
            number=number,
        ),
        sentence(
            "decide first whether the prosecutor is told: inbox decide {number} {choices} --reason TEXT; once"
            " there is no objection, record that: inbox measure {number} {kind}; until then, put it off:"
            " inbox decide {number} CHOICE --until DAY --reason TEXT",
            number=number,
            choices=legal_duties.settling(session, DutyRole.PROSECUTOR),
            kind=labels.named("measure", in_use.of(session).measure(MeasureRole.PROSECUTOR_WORD)),
        ),
    )


def refused_dossier(session: Session, number: int) -> CaseRefused:
    """Return the refusal of a dossier that the person concerned reads."""
    return CaseRefused(
        sentence(
            "case {number}: the person concerned reads this dossier, and would be warned before the"
            " prosecutor has the case, or has said that there is no objection",
            number=number,
        ),
        sentence(
            "decide first whether the prosecutor is told: inbox decide {number} {choices} --reason TEXT; then"
            " ask, and record the answer: inbox measure {number} {kind}",
            number=number,
            choices=legal_duties.settling(session, DutyRole.PROSECUTOR),
            kind=labels.named("measure", in_use.of(session).measure(MeasureRole.PROSECUTOR_WORD)),
        ),
    )


def refused_following_up(session: Session, number: int) -> CaseRefused:
    """Return the refusal of the status by which the reporter reads that the report is acted on."""
    return CaseRefused(
        sentence(
            "case {number}: the prosecutor has not said that the reporter can read that the report is acted"
            " on",
            number=number,
        ),
        sentence(
            "decide first whether the prosecutor is told: inbox decide {number} {choices} --reason TEXT; once"
            " there is no objection, record that: inbox measure {number} {kind}; until then, leave the status"
            " as it is",
            number=number,
            choices=legal_duties.settling(session, DutyRole.PROSECUTOR),
            kind=labels.named("measure", in_use.of(session).measure(MeasureRole.PROSECUTOR_WORD)),
        ),
    )


def hint(session: Session, number: int) -> Sentence:
    """Return what to do about that."""
    return sentence(
        "decide first whether the prosecutor is told: inbox decide {number} {choices} --reason TEXT; once"
        " there is no objection, record that: inbox measure {number} {kind}; until then, close with"
        " --disclosure withheld and no text; all else can be told with inbox reply",
        number=number,
        choices=legal_duties.settling(session, DutyRole.PROSECUTOR),
        kind=labels.named("measure", in_use.of(session).measure(MeasureRole.PROSECUTOR_WORD)),
    )
