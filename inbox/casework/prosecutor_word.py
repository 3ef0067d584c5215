"""The prosecutor's word: without it, nobody may learn that the case is pursued.

The prosecutor's word is the prosecutor's statement that the persons concerned may be informed.

A report may come from the criminal network itself, as a test. The answer “confirmed” would warn the network,
which could then hide. Informing the persons concerned, holding a hearing or reorganising a service would also
warn the network. So the office asks the prosecutor first. A restriction on a case also applies to all cases
bound to that case (``bonds``), because the same persons would be warned.
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
    """Return whether the reporter must not learn an outcome of a case.

    Raises the same errors as ``in_use.rule``.

    The result is also True for outcomes during the office's own proceedings, even if no prosecutor is
    informed.
    """
    needs = in_use.rule(in_use.of(session).outcomes, outcome).needs_word
    return needs and binds_outcome(session, number)


def binds_outcome(session: Session, number: int) -> bool:
    """Return whether the prosecutor's word is missing, so that no outcome may be disclosed."""
    return _is_bound(session, number, _holding)


def binds(session: Session, number: int) -> bool:
    """Return whether the prosecutor's word is missing or has restrictions.

    Officers know what the restrictions forbid. If a later word of the prosecutor has no restrictions, the
    earlier restrictions no longer apply.
    """
    return _is_bound(session, number, _binding)


def binding_now(session: Session, number: int) -> frozenset[str]:
    """Return stable names for the decisions and measures that ``binds_outcome`` considers for a case.

    A text is checked against the decisions and measures that exist when the text is written. The names let
    the caller detect later decisions and measures.
    """
    bound = bonds.of(session, number)
    asked = {*_asked(session, bound)}
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR):
        asked.add(number)
    held = [(each, row) for each in bound for row in _holding(session, each)]
    return frozenset({*(f"{each}?" for each in asked), *(f"{each}/{row.position}" for each, row in held)})


def puts_off(session: Session, number: int, outcome: str) -> bool:
    """Return whether an outcome is withheld only until the prosecutor's word is given.

    Raises the same errors as ``forbids``.
    """
    return binds(session, number) or forbids(session, number, outcome)


def is_missing(session: Session, number: int) -> bool:
    """Return whether the prosecutor's word is missing; until it is given, nobody may be warned.

    The result is also True before officers have decided whether to inform a prosecutor, even if no rule asks
    for that decision. A case that nobody has scored may still be about an offence.
    """
    return legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR) or is_awaited(session, number)


def is_undecided(session: Session, number: int) -> bool:
    """Return whether the decision on informing the prosecutor is pending, even if no rule asked for it.

    In the bound cases, the decision is pending only if a rule asked for it, because a duplicate may be closed
    without this decision.
    """
    is_open = legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR)
    return is_open or bool(_asked(session, bonds.of(session, number)))


def is_awaited(session: Session, number: int) -> bool:
    """Return whether the judiciary has this case, or a case bound to it.

    The result is False after the prosecutor's word or a final decision. But it is True while a rule asks for
    a decision on informing the prosecutor of one of these cases, and officers have not taken this decision.
    """
    bound = bonds.of(session, number)
    return bool(_asked(session, bound)) or any(_has_justice(session, each) for each in bound)


def is_restricted(session: Session, number: int) -> bool:
    """Return whether a prosecutor's restrictions on this case, or on a case bound to it, still apply."""
    return any(row.restrictions for each in bonds.of(session, number) for row in _binding(session, each))


def restrictions(session: Session, number: int) -> str:
    """Return the prosecutor's restrictions on this case, without those on linked cases, as one text.

    The prosecutor's last word ends the restrictions that were recorded earlier, but not those with a later
    date. A final decision ends all restrictions.
    """
    return "; ".join(each.restrictions for each in _binding(session, number) if each.restrictions)


def binding(session: Session, number: int) -> int:
    """Return the number of the case that prevents a disclosure: this case, or a case bound to it."""
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR) or _holding(session, number):
        return number
    others = bonds.others(session, number)
    asked = _asked(session, others)
    return next((each for each in others if each in asked or _holding(session, each)), number)


def _asked(session: Session, numbers: Collection[int]) -> Collection[int]:
    """Return which of these cases have an open duty to decide on informing the prosecutor."""
    code = in_use.of(session).duty(DutyRole.PROSECUTOR)
    rows = select(Duty.case).where(Duty.case.in_(numbers), Duty.kind == code, Duty.decided.is_(None))
    return set(session.scalars(rows.execution_options(**AS_A_LINE)))


def freed(session: Session, number: int) -> None:
    """Restart the time for feedback, in a case and in those bound to it, if the prosecutor's word delayed it.

    In these cases, everything was withheld because the prosecutor's word was missing, and that reason no
    longer applies. The time also restarts for cases that the signed-in officers may not read. Otherwise,
    nobody would look at these cases again.
    """
    asked = select(Workflow).where(Workflow.case.in_(bonds.of(session, number)), Workflow.put_off.is_(True))
    session.flush()
    with row_security.with_lines(session):
        for work in session.scalars(asked).all():
            if not puts_off(session, work.case, work.outcome):
                work.put_off, work.withheld = False, ""
                workflow.keep_in_step(session, work.case)


def _is_bound(session: Session, number: int, holds: Callable[[Session, int], object]) -> bool:
    """Return whether the decision on informing the prosecutor is pending for a case, or for one bound to it.

    Also return True if the function ``holds`` returns something for one of these cases.
    """
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR):
        return True
    bound = bonds.of(session, number)
    return bool(_asked(session, bound)) or any(holds(session, each) for each in bound)


def _has_justice(session: Session, number: int) -> bool:
    of_justice = in_use.of(session).of_justice
    return any(each.kind in of_justice for each in _binding(session, number))


def _holding(session: Session, number: int) -> Sequence[Any]:
    """Return the measures that bind a case, from ``_binding`` and from the office's own proceedings."""
    rows = _recorded(session, number)
    return [*_unfreed(session, rows), *_of_office(session, rows)]


def _of_office(session: Session, rows: Sequence[Any]) -> Sequence[Any]:
    """Return the measures that await the prosecutor in the office's own pending proceedings."""
    law = in_use.of(session)
    kinds = in_use.proceedings(session) - law.of_justice
    roles = (MeasureRole.OFFICE_DECISION, MeasureRole.PROSECUTOR_WORD)
    return [row for row in _free_of(law, rows, roles) if row.kind in kinds]


def _binding(session: Session, number: int) -> Sequence[Any]:
    """Return the measures that still bind a case, because no later word or final decision has lifted them.

    A measure binds the case if it is a measure of the judiciary, or if it has restrictions. The rows are as
    in ``_recorded``.
    """
    return _unfreed(session, _recorded(session, number))


def _unfreed(session: Session, rows: Sequence[Any]) -> Sequence[Any]:
    law = in_use.of(session)
    found = _free_of(law, rows, (MeasureRole.FINAL_DECISION, MeasureRole.PROSECUTOR_WORD))
    return [row for row in found if row.kind in law.of_justice or row.restrictions]


def _recorded(session: Session, number: int) -> Sequence[Any]:
    """Return the kind, position, day and restrictions of each measure of a case, in order."""
    asked = select(Measure.kind, Measure.position, Measure.day, Measure.restrictions).filter_by(case=number)
    return session.execute(asked.order_by(Measure.position).execution_options(**AS_A_LINE)).all()


def _free_of(law: Law, rows: Sequence[Any], roles: Collection[MeasureRole]) -> Sequence[Any]:
    """Return these measures in order, except those lifted by a later measure with one of these roles.

    The prosecutor's word lifts only earlier measures, not measures that were recorded later or are dated
    later. Otherwise, a prosecutor's word with an old date could lift later restrictions of the prosecutor.
    """
    freeing = {law.measure(each) for each in roles}
    free = [each for each in rows if each.kind in freeing]
    return [row for row in rows if all(each.position <= row.position or each.day < row.day for each in free)]


def refusing(session: Session, number: int, said: Sentence, hint: Sentence) -> CaseRefused:
    """Return the error for a missing word of the prosecutor; the error names the case that needs the word."""
    return CaseRefused(bonds.because_of(said, number, binding(session, number)), hint)


def refused(session: Session, number: int) -> CaseRefused:
    """Return the error for a text with an outcome that may not be disclosed."""
    return refusing(
        session,
        number,
        sentence(
            "case {number}: the prosecutor has not said that the reporter can be told this outcome",
            number=number,
        ),
        hint(session, number),
    )


def refused_informing(session: Session, number: int) -> CaseRefused:
    """Return the error for informing the persons concerned too early."""
    return refusing(
        session,
        number,
        sentence(
            "case {number}: informing the persons concerned now would warn them too early: the prosecutor"
            " does not have the case, and has not said that they may be informed",
            number=number,
        ),
        sentence(
            "decide first whether to inform the prosecutor: inbox case decide {other} {choices}"
            " --reason TEXT; once the prosecutor has said that there is no objection, record the"
            " answer: inbox case measure add {other} {word}; until then, postpone informing the"
            " persons: inbox case decide {number} CHOICE --until DAY --reason TEXT",
            number=number,
            **lifting(session, number),
        ),
    )


def refused_dossier(session: Session, number: int) -> CaseRefused:
    """Return the error for a dossier that the person concerned would read too early."""
    return refusing(
        session,
        number,
        sentence(
            "case {number}: this dossier would warn the person concerned too early: the prosecutor does not"
            " have the case, and has not said that the dossier may be sent",
            number=number,
        ),
        sentence(
            "decide first whether to inform the prosecutor: inbox case decide {other} {choices}"
            " --reason TEXT; then ask the prosecutor, and record the answer: inbox case measure add"
            " {other} {word}",
            **lifting(session, number),
        ),
    )


def refused_following_up(session: Session, number: int) -> CaseRefused:
    """Return the error for a status that would tell the reporter too early that the office is acting."""
    return refusing(
        session,
        number,
        sentence(
            "case {number}: the prosecutor has not said that the reporter can see this status",
            number=number,
        ),
        sentence(
            "decide first whether to inform the prosecutor: inbox case decide {other} {choices}"
            " --reason TEXT; once the prosecutor has said that there is no objection, record the"
            " answer: inbox case measure add {other} {word}; until then, do not change the status",
            **lifting(session, number),
        ),
    )


def lifting(session: Session, number: int) -> Mapping[str, object]:
    """Return the values for a hint: the case that lacks the prosecutor's word, and the codes to record."""
    return {
        "other": binding(session, number),
        "choices": legal_duties.settling(session, DutyRole.PROSECUTOR),
        "word": labels.named("measure", in_use.of(session).measure(MeasureRole.PROSECUTOR_WORD)),
    }


def hint(session: Session, number: int) -> Sentence:
    """Return what to do if the prosecutor's word is missing."""
    return sentence(
        "decide first whether to inform the prosecutor: inbox case decide {other} {choices}"
        " --reason TEXT; once the prosecutor has said that there is no objection, record the answer:"
        " inbox case measure add {other} {word}; until then, close the case with --disclosure"
        " withheld and no text; to tell the reporter something else, send a reply: inbox message"
        " reply",
        **lifting(session, number),
    )
