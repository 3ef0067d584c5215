"""Whether anybody may learn what a case is worth or what is done, once it is one for the prosecutor.

Whoever wrote may be the network's own probe: “confirmed” tells it to hide, as does any notice to the persons
whom a report names, a hearing, or that the service was reorganised. So the prosecutor is asked before.
"""

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


def is_heard_of(session: Session, number: int) -> bool:
    """Tell whether to speak of justice would tell something of a case: it has it, or is to be asked.

    Of any other case officers know of no justice that they could give away.
    """
    is_asked = legal_duties.is_open(session, number, DutyRole.PROSECUTOR)
    return is_asked or _is_awaited(session, number) or bool(restrictions(session, number))


def _is_awaited(session: Session, number: int) -> bool:
    """Tell whether justice has a case, and neither a prosecutor's word nor a final decision came since.

    A word is about what was open then: not about what was recorded later, or is of a later day.
    """
    law, freeing = in_use.of(session), _freeing(session)
    rows = session.scalars(select(Measure).filter_by(case=number)).all()
    free = [each for each in rows if each.kind in freeing]
    return any(
        all(each.position < opened.position or each.day < opened.day for each in free)
        for opened in rows
        if opened.kind in law.of_justice
    )


def restrictions(session: Session, number: int) -> str:
    """Return what a prosecutor does not want done about a case, as one text; empty if nothing.

    That is what was recorded with the last word, or after it; a final decision ends it.
    """
    rows = session.scalars(select(Measure).filter_by(case=number).order_by(Measure.position)).all()
    said = max((each.position for each in rows if each.kind in _freeing(session)), default=0)
    return "; ".join(each.restrictions for each in rows if each.restrictions and each.position >= said)


def _freeing(session: Session) -> frozenset[str]:
    """Return the measures after which what went before them binds nobody any more."""
    law = in_use.of(session)
    return frozenset(law.measure(each) for each in (MeasureRole.FINAL_DECISION, MeasureRole.PROSECUTOR_WORD))


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
