"""Whether anybody may learn what a case is worth or what is done, once it is one for the prosecutor.

Whoever wrote may be the network's own probe: “confirmed” tells it to hide, as does any notice to the persons
whom a report names, a hearing, or that the service was reorganised. So the prosecutor is asked before. What
binds a case binds every case that is bound to it (``bonds``): the same persons would be warned.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.deadlines import bonds, legal_duties, workflow
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
from inbox.law import in_use
from inbox.vault import row_security
from inbox.vault.casework_tables import Duty, Measure, Workflow
from inbox.vault.row_security import AS_A_LINE
from templates.law.rules import DutyRole, Law, MeasureRole


def forbids(session: Session, number: int, outcome: str) -> bool:
    """Tell whether an outcome may not be told to the reporter of a case; Refused as ``in_use.rule``.

    Nor during proceedings of the office's own, also where no prosecutor is told.
    """
    needs = in_use.rule(in_use.of(session).outcomes, outcome).needs_word
    return needs and binds_outcome(session, number)


def binds_outcome(session: Session, number: int) -> bool:
    """Tell whether the word is missing for telling what came of a case."""
    return _is_bound(session, number, _holding)


def binds(session: Session, number: int) -> bool:
    """Tell whether the word is missing, or came with restrictions: whether these forbid it, officers know.

    A later word without any frees it.
    """
    return _is_bound(session, number, _binding)


def binding_now(session: Session, number: int) -> frozenset[str]:
    """Return what binds a case, as ``binds_outcome``, each by a name that never changes.

    A text was looked at under what bound its case when it was written, and under nothing that came later.
    """
    bound = bonds.of(session, number)
    asked = {*_asked(session, bound)}
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR):
        asked.add(number)
    held = [(each, row) for each in bound for row in _holding(session, each)]
    return frozenset({*(f"{each}?" for each in asked), *(f"{each}/{row.position}" for each, row in held)})


def puts_off(session: Session, number: int, outcome: str) -> bool:
    """Tell whether an outcome is withheld only until the prosecutor's word comes; raises as ``forbids``."""
    return binds(session, number) or forbids(session, number, outcome)


def is_missing(session: Session, number: int) -> bool:
    """Tell whether the prosecutor has not spoken where that one acts or may act: then nobody is warned.

    Nor is anybody until it is decided whether a prosecutor is told at all, though no rule asked for that: a
    case that nobody has scored may be one of an offence all the same.
    """
    return legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR) or is_awaited(session, number)


def is_undecided(session: Session, number: int) -> bool:
    """Tell whether it is to be decided if the prosecutor is told of a case, also where nobody was asked.

    Or of one that is bound to it, once that is asked: its duplicate may be closed without.
    """
    is_open = legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR)
    return is_open or bool(_asked(session, bonds.of(session, number)))


def is_awaited(session: Session, number: int) -> bool:
    """Tell whether justice has a case, or one bound to it, and neither word nor final decision came since.

    Or it is asked whether the prosecutor is told of one of these, and not decided.
    """
    bound = bonds.of(session, number)
    return bool(_asked(session, bound)) or any(_has_justice(session, each) for each in bound)


def is_restricted(session: Session, number: int) -> bool:
    """Tell whether what a prosecutor does not want done binds a case, said of it or of one bound to it."""
    return any(row.restrictions for each in bonds.of(session, number) for row in _binding(session, each))


def restrictions(session: Session, number: int) -> str:
    """Return what a prosecutor does not want done about this very case, as one text; empty if nothing.

    That is what was recorded with the last word, or after it, or is of a later day; a final decision ends it.
    """
    return "; ".join(each.restrictions for each in _binding(session, number) if each.restrictions)


def binding(session: Session, number: int) -> int:
    """Return the number of the case by which a case is bound: its own, before others."""
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR) or _holding(session, number):
        return number
    others = bonds.others(session, number)
    asked = _asked(session, others)
    return next((each for each in others if each in asked or _holding(session, each)), number)


def _asked(session: Session, numbers: Collection[int]) -> Collection[int]:
    """Return those of these cases of which it is asked whether the prosecutor is told, and not decided."""
    code = in_use.of(session).duty(DutyRole.PROSECUTOR)
    rows = select(Duty.case).where(Duty.case.in_(numbers), Duty.kind == code, Duty.decided.is_(None))
    return set(session.scalars(rows.execution_options(**AS_A_LINE)))


def freed(session: Session, number: int) -> None:
    """Let the time for feedback run again of a case, and of those bound to it, which nothing binds any more.

    That is where all was withheld while the word was missing: that is no reason any more. So also of those
    that those present may not read: nobody would look at them again for that.
    """
    asked = select(Workflow).where(Workflow.case.in_(bonds.of(session, number)), Workflow.put_off.is_(True))
    session.flush()
    with row_security.with_lines(session):
        for work in session.scalars(asked).all():
            if not puts_off(session, work.case, work.outcome):
                work.put_off, work.withheld = False, ""
                workflow.keep_in_step(session, work.case)


def _is_bound(session: Session, number: int, holds: Callable[[Session, int], object]) -> bool:
    """Tell whether the prosecutor's duty is undecided, or something ``holds`` a case, or one bound to it."""
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR):
        return True
    bound = bonds.of(session, number)
    return bool(_asked(session, bound)) or any(holds(session, each) for each in bound)


def _has_justice(session: Session, number: int) -> bool:
    of_justice = in_use.of(session).of_justice
    return any(each.kind in of_justice for each in _binding(session, number))


def _holding(session: Session, number: int) -> Sequence[Any]:
    """Return the measures that bind a case, as ``_binding``, or by which the office's own proceedings do."""
    rows = _recorded(session, number)
    return [*_unfreed(session, rows), *_of_office(session, rows)]


def _of_office(session: Session, rows: Sequence[Any]) -> Sequence[Any]:
    """Return the measures by which the office's own proceedings go on, and on which no prosecutor spoke."""
    law = in_use.of(session)
    kinds = in_use.proceedings(session) - law.of_justice
    roles = (MeasureRole.OFFICE_DECISION, MeasureRole.PROSECUTOR_WORD)
    return [row for row in _free_of(law, rows, roles) if row.kind in kinds]


def _binding(session: Session, number: int) -> Sequence[Any]:
    """Return the measures of a case that no later word or final decision has freed, as ``_recorded``.

    What binds is of justice, or has restrictions.
    """
    return _unfreed(session, _recorded(session, number))


def _unfreed(session: Session, rows: Sequence[Any]) -> Sequence[Any]:
    law = in_use.of(session)
    found = _free_of(law, rows, (MeasureRole.FINAL_DECISION, MeasureRole.PROSECUTOR_WORD))
    return [row for row in found if row.kind in law.of_justice or row.restrictions]


def _recorded(session: Session, number: int) -> Sequence[Any]:
    """Return kind, position, day and restrictions of the measures of a case, in order."""
    asked = select(Measure.kind, Measure.position, Measure.day, Measure.restrictions).filter_by(case=number)
    return session.execute(asked.order_by(Measure.position).execution_options(**AS_A_LINE)).all()


def _free_of(law: Law, rows: Sequence[Any], roles: Collection[MeasureRole]) -> Sequence[Any]:
    """Return those of these measures after which none of these roles came, in order.

    A word is about what was there then: not about what was recorded later, or is of a later day. Else one of
    a day long past would lift what the prosecutor said since.
    """
    freeing = {law.measure(each) for each in roles}
    free = [each for each in rows if each.kind in freeing]
    return [row for row in rows if all(each.position <= row.position or each.day < row.day for each in free)]


def refusing(session: Session, number: int, said: Sentence, hint: Sentence) -> CaseRefused:
    """Return a refusal because of the word that is missing, with the case that it is missing of."""
    return CaseRefused(bonds.because_of(said, number, binding(session, number)), hint)


def refused(session: Session, number: int) -> CaseRefused:
    """Return the refusal of a text for an outcome that may not be told."""
    return refusing(
        session,
        number,
        sentence("case {number}: the prosecutor has not said that this outcome can be told", number=number),
        hint(session, number),
    )


def refused_informing(session: Session, number: int) -> CaseRefused:
    """Return the refusal to inform the persons concerned."""
    return refusing(
        session,
        number,
        sentence(
            "case {number}: to inform the persons now would warn them before the prosecutor has the case, or"
            " has said that there is no objection",
            number=number,
        ),
        sentence(
            "decide first whether the prosecutor is told: inbox decide {other} {choices} --reason TEXT; once"
            " there is no objection, record that: inbox measure {other} {word}; until then, put it off:"
            " inbox decide {number} CHOICE --until DAY --reason TEXT",
            number=number,
            **lifting(session, number),
        ),
    )


def refused_dossier(session: Session, number: int) -> CaseRefused:
    """Return the refusal of a dossier that the person concerned reads."""
    return refusing(
        session,
        number,
        sentence(
            "case {number}: the person concerned reads this dossier, and would be warned before the"
            " prosecutor has the case, or has said that there is no objection",
            number=number,
        ),
        sentence(
            "decide first whether the prosecutor is told: inbox decide {other} {choices} --reason TEXT; then"
            " ask, and record the answer: inbox measure {other} {word}",
            **lifting(session, number),
        ),
    )


def refused_following_up(session: Session, number: int) -> CaseRefused:
    """Return the refusal of the status by which the reporter reads that the report is acted on."""
    return refusing(
        session,
        number,
        sentence(
            "case {number}: the prosecutor has not said that the reporter can read that the report is acted"
            " on",
            number=number,
        ),
        sentence(
            "decide first whether the prosecutor is told: inbox decide {other} {choices} --reason TEXT; once"
            " there is no objection, record that: inbox measure {other} {word}; until then, leave the status"
            " as it is",
            **lifting(session, number),
        ),
    )


def lifting(session: Session, number: int) -> Mapping[str, object]:
    """Return what a hint names: the case that binds, what settles whether that one is told, and the word."""
    return {
        "other": binding(session, number),
        "choices": legal_duties.settling(session, DutyRole.PROSECUTOR),
        "word": labels.named("measure", in_use.of(session).measure(MeasureRole.PROSECUTOR_WORD)),
    }


def hint(session: Session, number: int) -> Sentence:
    """Return what to do about that."""
    return sentence(
        "decide first whether the prosecutor is told: inbox decide {other} {choices} --reason TEXT; once"
        " there is no objection, record that: inbox measure {other} {word}; until then, close with"
        " --disclosure withheld and no text; all else can be told with inbox reply",
        **lifting(session, number),
    )
