"""The decisions that the law asks for, and until when: they count as deadlines until they are taken.

Which there are, of which cases each is asked, from which event it counts and how long, says the law in use.
Once asked, a decision is due until it is taken: neither a lower score nor another law takes that back. A
decision holds for what was known: news of which the law says so reopen it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import date

from sqlalchemy import Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from inbox.deadlines import office
from inbox.law import in_use
from inbox.questionnaire import answers, scoring
from inbox.vault.casework_tables import AccessRequest, Duty, Measure, Tag, Workflow
from inbox.vault.tables import Case
from templates.law import rules
from templates.law.rules import Asked, Decision, DutyRole, Effect, Event, Law, MeasureRole, News


def begin(session: Session, case: Case, work: Workflow, *, warns: bool) -> list[Duty]:
    """Return what is to be decided about a new case, from the day on which it was collected.

    It ``warns`` if an answer says that persons or goods are in danger.
    """
    law, is_urgent = in_use.of(session), warns or work.parts.priority == 1
    return [
        _new(session, case, code, case.collected, case.collected if urgent else None)
        for code in _asked(session)
        if _applies(law, code, work, ())
        for urgent in [is_urgent and law.duties[code].urgent]
    ]


def ask(session: Session, works: Iterable[tuple[Case, Workflow]], today: date) -> None:
    """Ask of these cases every decision that the law asks for and that nobody was asked for yet.

    The law does not wait for a release of this program: what its rules did not see was owed all the same.
    That there is something to decide is known from today on.
    """
    there = {(number, code) for number, code in session.execute(select(Duty.case, Duty.kind))}
    law, asked = in_use.of(session), _asked(session)
    tags: dict[int, set[str]] = {}
    for number, name in session.execute(select(Tag.case, Tag.name).where(Tag.name.in_(law.offence.tags))):
        tags.setdefault(number, set()).add(name)
    for case, work in works:
        for code in asked:
            is_new = (case.number, code) not in there
            if is_new and _applies(law, code, work, tags.get(case.number, ())):
                session.add(_new(session, case, code, today, _urgent(session, case, work, code, today)))


def renew(session: Session) -> None:
    """Set the day of each decision anew that is still to be taken, and that of each answer to a request.

    What was put off keeps the day it has.
    """
    for row, case in session.execute(_UNDECIDED):
        row.due = _due(session, case, row)
    for request in session.scalars(select(AccessRequest).where(AccessRequest.answered.is_(None))):
        request.due, request.earliest = answer_days(
            session, request.received, extended=bool(request.extended)
        )


def keep_days(session: Session, number: int) -> None:
    """Set the day of each decision about a case anew, after a measure was taken or taken out."""
    for row, case in session.execute(_UNDECIDED.where(Duty.case == number)):
        row.due = _due(session, case, row)


def offence_of(session: Session, work: Workflow) -> Set[str]:
    """Return what says that a case is of an offence: severity from the law's on, tags, danger."""
    session.flush()
    tags = session.scalars(select(Tag.name).filter_by(case=work.case))
    return _saying(in_use.of(session), work, tags)


def reopen_decisions(session: Session, number: int, news: News, today: date) -> bool:
    """Ask again, from today on, for every decision about a case that such news can change, as the law says.

    Tell whether there was one. The earlier decision stays in the journal, with its reason: it was about what
    was known then.
    """
    rules, found = decisions(session), False
    for row in of(session, number):
        if row.decided and row.decision in rules and news in rules[row.decision].reopened_by:
            keep_lateness(row, today)
            row.known, row.anew, row.decided, row.spent, found = today, True, None, False, True
            row.decision = row.ground = row.reason = ""
            case, work = session.get_one(Case, number), session.get_one(Workflow, number)
            row.urgent = _urgent(session, case, work, row.kind, today)
    session.flush()
    return found


def is_anew(row: Duty) -> bool:
    """Tell whether a decision was taken, and is asked for again."""
    return row.anew and row.decided is None


def keep_in_step(session: Session, work: Workflow, today: date, before: Set[str]) -> None:
    """Ask for what is to be decided of a case of an offence if its severity or tags now say that it is one.

    What says so, and did not ``before`` (``offence_of``), asks again for what was decided without. It becomes
    urgent if its priority now says so. Nothing is taken back: else one officer would end by a lower score
    what two have to decide.
    """
    if not before >= offence_of(session, work):
        reopen_decisions(session, work.case, News.OFFENCE, today)
    case = session.get_one(Case, work.case)
    for row in session.scalars(select(Duty).filter_by(case=work.case, decided=None, urgent=None)):
        row.urgent = _urgent(session, case, work, row.kind, today)
    tags = session.scalars(select(Tag.name).filter_by(case=work.case)).all()
    law = in_use.of(session)
    for code in _asked(session):
        if law.duties[code].asked is Asked.OFFENCE and _applies(law, code, work, tags):
            asked_of(session, work.case, code, today)
    keep_days(session, work.case)


def asked_of(session: Session, number: int, code: str, today: date) -> Duty:
    """Return what is to be decided about a case; if nobody was asked yet, it is known from today on."""
    row = session.get(Duty, (number, code))
    if row is None:
        case, work = session.get_one(Case, number), session.get_one(Workflow, number)
        row = _new(session, case, code, today, _urgent(session, case, work, code, today))
        session.add(row)
    return row


def learned(session: Session, number: int, asked: Asked, today: date, *, each_time: bool = False) -> None:
    """Ask for every decision that the law asks for where the program learns this of a case.

    With ``each_time``, a decision is about one time: the one taken for it, before or after.
    """
    for code in _asked_where(session, asked):
        row = asked_of(session, number, code, today)
        if each_time:
            if is_of_earlier_time(row):
                keep_lateness(row, today)
                row.known, row.decided, row.decision, row.ground, row.reason = today, None, "", "", ""
            row.spent = True
    session.flush()
    keep_days(session, number)


def keep_lateness(row: Duty, today: date) -> None:
    """Note that a decision is late, before its day is set anew: else it would count as taken in time."""
    row.was_late = row.was_late or (row.decided or today) > row.due


def undecided_before(session: Session, number: int, asked: Asked) -> Sequence[str]:
    """Return the duties that are asked each time this is done to a case, and not decided for the next one."""
    codes = _asked_where(session, asked)
    return [code for code in codes if not _is_decided_before(session.get(Duty, (number, code)))]


def is_of_earlier_time(row: Duty) -> bool:
    """Tell whether a decision was about an earlier time: the next time takes another decision."""
    return row.spent and row.decided is not None


def standing(session: Session, number: int, choice: str) -> str:
    """Return the code of the decision that a new one would replace; empty if there is none.

    A decision about an earlier time is not replaced, nor is one that the law in use no longer has.
    """
    row = session.get(Duty, (number, decided_by(in_use.of(session), choice)))
    if row is None or is_of_earlier_time(row) or row.decision not in decisions(session):
        return ""
    return row.decision


def of(session: Session, number: int) -> Sequence[Duty]:
    """Return what was to be decided about a case, and was or was not."""
    return session.scalars(select(Duty).filter_by(case=number).order_by(Duty.kind)).all()


def next_due(session: Session) -> Mapping[int, date]:
    """Return by case number the first day on which a decision is due, where one is."""
    rows = session.execute(
        select(Duty.case, func.min(Duty.due)).where(Duty.decided.is_(None)).group_by(Duty.case)
    )
    return {number: day for number, day in rows}  # noqa: C416  dict() loses the types


def decisions(session: Session) -> Mapping[str, Decision]:
    """Return every decision that officers can take about a case, by its code.

    A request for access is no matter of one case: it is decided by its answer.
    """
    duties = in_use.of(session).duties.values()
    taken = (each.decisions for each in duties if each.asked is not Asked.REQUEST)
    return {code: decision for each in taken for code, decision in each.items()}


def choices(session: Session, number: int) -> Mapping[str, rules.Duty]:
    """Return what officers can decide about a case, by code: what the office has to, and what was asked."""
    asked = {row.kind for row in of(session, number)}
    duties = in_use.of(session).duties.items()
    return {
        code: duty
        for code, duty in duties
        if duty.asked is not Asked.REQUEST
        and (code in asked or code in _asked(session) or duty.role is DutyRole.PROSECUTOR)
    }


def decided_by(law: Law, choice: str) -> str:
    """Return the code of the duty that is decided by a decision."""
    return next(code for code, duty in law.duties.items() if choice in duty.decisions)


def settling(session: Session, role: DutyRole) -> str:
    """Return the decisions that settle the duty of a role, as they stand in a command."""
    law = in_use.of(session)
    decisions = law.duties[law.duty(role)].decisions.items()
    return "|".join(code for code, each in decisions if each.effect is Effect.SETTLES)


def informing(session: Session) -> str:
    """Return those of the decisions on persons by which these know, as they stand in a command."""
    law = in_use.of(session)
    decisions = law.duties[law.duty(DutyRole.PERSONS)].decisions.items()
    return "|".join(code for code, each in decisions if each.informs)


def prepared(session: Session, number: int) -> str:
    """Return the code of the outcome that follows from what was decided about a case, empty if none does."""
    rules = decisions(session)
    taken = (rules[row.decision] for row in of(session, number) if row.decided and row.decision in rules)
    return next((each.outcome for each in taken if each.outcome), "")


def preparing(session: Session, outcome: str = "") -> Collection[str]:
    """Return the decisions from which an outcome follows, or any outcome."""
    rules = decisions(session).items()
    return [code for code, each in rules if each.outcome and each.outcome == (outcome or each.outcome)]


def transmitting(session: Session) -> str:
    """Return the decision by which a case goes to the prosecutor."""
    law = in_use.of(session)
    decisions = law.duties[law.duty(DutyRole.PROSECUTOR)].decisions.items()
    sent = law.measure(MeasureRole.TRANSMISSION)
    return next(code for code, each in decisions if each.measure == sent)


def taking(session: Session, kind: str) -> Sequence[str]:
    """Return the decisions that take a measure, which is then noted with them."""
    return [code for code, each in decisions(session).items() if each.measure == kind]


def by_role(session: Session, number: int, role: DutyRole) -> Duty | None:
    """Return what was to be decided about a case by the duty of a role, None if nobody was asked."""
    return session.get(Duty, (number, in_use.of(session).duty(role)))


def is_open(session: Session, number: int, role: DutyRole) -> bool:
    """Tell whether a decision is to be taken."""
    row = by_role(session, number, role)
    return row is not None and row.decided is None


def is_undecided(session: Session, number: int, role: DutyRole) -> bool:
    """Tell whether a decision is still to be taken, also where nobody was asked for it."""
    row = by_role(session, number, role)
    return row is None or row.decided is None


def undecided(session: Session, role: DutyRole) -> Collection[int]:
    """Return the numbers of the cases about which the duty of a role is to be decided."""
    code = in_use.of(session).duty(role)
    return set(session.scalars(select(Duty.case).filter_by(kind=code, decided=None)))


def is_forwarded(session: Session, number: int) -> bool:
    """Tell whether it is on record that a report which is for another authority was forwarded."""
    rules = (each for each in in_use.of(session).duties.values() if each.asked is Asked.NOT_OURS)
    sent = {decision.measure for each in rules for decision in each.decisions.values()} - {None}
    return not sent.isdisjoint(measures_on(session, number))


def may_be_forwarded(session: Session, number: int) -> bool:
    """Tell whether an office of this regime has to decide on forwarding a report, and did not yet."""
    rows = [session.get(Duty, (number, code)) for code in _asked_where(session, Asked.NOT_OURS)]
    return any(row is None or row.decided is None for row in rows)


def urgent_measure(session: Session, row: Duty) -> str:
    """Return the code of the measure to take at once, before the decision; empty if there is none.

    Once that is recorded, the decision is due as any other is.
    """
    duty = in_use.of(session).duties.get(row.kind)
    rule = duty.urgent if duty else None
    if rule is None or row.urgent is None or row.decided is not None:
        return ""
    return "" if rule.measure in measures_on(session, row.case) else rule.measure


def answering_danger(session: Session) -> Sequence[str]:
    """Return the measures by which somebody in danger is helped, in the order of the law."""
    return [code for code, each in in_use.of(session).measures.items() if each.answers_danger]


def measures_on(session: Session, number: int) -> Set[str]:
    """Return the kinds of measures that answer a report: none of a day before it can have come.

    What was done before was not about it, or its day is wrong: it meets no duty and ends no danger.
    """
    taken = select(Measure.kind).join(Case, Case.number == Measure.case)
    return set(session.scalars(taken.where(Measure.case == number, Measure.day >= Case.received)))


def urgent(session: Session, number: int | None = None) -> Collection[int]:
    """Return the numbers of the cases about which a decision cannot wait, of all cases or of one."""
    rows = select(Duty).where(Duty.urgent.is_not(None), Duty.decided.is_(None))
    if number is not None:
        rows = rows.where(Duty.case == number)
    return {row.case for row in session.scalars(rows) if urgent_measure(session, row)}


def undecided_others(session: Session, number: int | None = None) -> Collection[int]:
    """Return the numbers of the cases with an open decision that has no role, of all cases or of one.

    A case can be closed before such a decision is taken.
    """
    others = [code for code, each in in_use.of(session).duties.items() if each.role is None]
    rows = select(Duty.case).where(Duty.kind.in_(others), Duty.decided.is_(None))
    return set(session.scalars(rows if number is None else rows.where(Duty.case == number)))


def owed_after_end(session: Session, number: int | None = None) -> Collection[int]:
    """Return the numbers of the closed and junk cases about which a decision is still owed, of all or of one.

    Closing ends none that was put off, nor one that is asked for anew: such a case waits as open ones do, and
    goes to no archive. What closing lets go is not owed: in quarantine nobody can judge what is admissible,
    and of junk two officers found that it names nobody, unless it was put off or is asked for anew.
    """
    rows = owed_rows(in_use.of(session))
    return set(session.scalars(rows if number is None else rows.where(Duty.case == number)))


def owed_rows(law: Law) -> Select[int]:
    """Return the question of ``owed_after_end`` under a law."""
    was_found_junk = (
        Workflow.junked.is_not(None),
        Duty.kind == law.duty(DutyRole.PERSONS),
        Duty.decision == "",
        Duty.anew.is_(False),
    )
    return (
        select(Duty.case)
        .join(Workflow, Workflow.case == Duty.case)
        .where(Duty.decided.is_(None), Duty.kind.in_(law.duties.keys() - {law.duty(DutyRole.ADMISSIBILITY)}))
        .where(or_(Workflow.closed.is_not(None), Workflow.junked.is_not(None)), not_(and_(*was_found_junk)))
    )


def put_off_until(session: Session, number: int) -> date | None:
    """Return the day until which informing the persons concerned is put off, None if it is not."""
    row = by_role(session, number, DutyRole.PERSONS)
    is_put_off = row is not None and row.decision != "" and row.decided is None
    return row.due if row is not None and is_put_off else None


def is_informed(session: Session, number: int) -> bool:
    """Tell whether it was decided that the persons whom a case names are informed."""
    row = by_role(session, number, DutyRole.PERSONS)
    if row is None or row.decided is None:
        return False
    return in_use.of(session).duties[row.kind].decisions[row.decision].informs


def answer_days(session: Session, received: date, *, extended: bool) -> tuple[date, date]:
    """Return until when a request for access is answered, and the first day on which it may be."""
    law = in_use.of(session)
    duty, calendar = law.duties[law.duty(DutyRole.ACCESS)], office.of(session).calendar.legal
    within = (duty.extended if extended else None) or duty.within
    earliest = duty.answer_after.after(received, calendar) if duty.answer_after else received
    return within.after(received, calendar), earliest


def may_extend_answer(session: Session) -> bool:
    """Tell whether the law gives more time for an answer to a request for access."""
    law = in_use.of(session)
    return law.duties[law.duty(DutyRole.ACCESS)].extended is not None


def _asked(session: Session) -> list[str]:
    """Return the codes of what an office of this regime has to decide."""
    practice = office.of(session)
    return [code for code, duty in practice.law.duties.items() if practice.regime in duty.regimes]


def _asked_where(session: Session, asked: Asked) -> list[str]:
    """Return the codes of those that are asked where the program learns this of a case."""
    return [code for code in _asked(session) if in_use.of(session).duties[code].asked is asked]


def _is_decided_before(row: Duty | None) -> bool:
    return row is not None and row.decided is not None and not row.spent


def _applies(law: Law, code: str, work: Workflow, tags: Iterable[str]) -> bool:
    match law.duties[code].asked:
        case Asked.ALWAYS:
            return True
        case Asked.OFFENCE:
            return bool(_saying(law, work, tags))
        case _:
            return False


def _saying(law: Law, work: Workflow, tags: Iterable[str]) -> Set[str]:
    """Return what of severity, tags and danger says that a case is of an offence."""
    grave = map(str, range(law.offence.severity, work.severity + 1))
    feared = {"danger"} if law.offence.danger and work.in_danger else set()
    return {*grave, *law.offence.tags.intersection(tags), *feared}


# What is still to be decided, and was not put off.
_UNDECIDED = select(Duty, Case).join(Case, Case.number == Duty.case).where(Duty.decision == "")


def _urgent(session: Session, case: Case, work: Workflow, code: str, today: date) -> date | None:
    """Return today if a duty has a shorter time in imminent danger, and the case is of one."""
    if in_use.of(session).duties[code].urgent is None:
        return None
    is_urgent = work.parts.priority == 1 or work.feared or scoring.warns_of_goods(answers.of(case))
    return today if is_urgent else None


def _new(session: Session, case: Case, code: str, known: date, urgent: date | None) -> Duty:
    row = Duty(case=case.number, kind=code, known=known, urgent=urgent, due=known)
    row.due = _due(session, case, row)
    return row


def _due(session: Session, case: Case, row: Duty) -> date:
    """Return the day by the law in use; no office can move it by days that it takes off."""
    duty, calendar = in_use.of(session).duties.get(row.kind), office.of(session).calendar.legal
    if duty is None:
        return row.due  # as the law before said
    # What is asked anew is so of what came since.
    starts = {} if row.anew else {Event.RECEIVED: case.received, Event.COLLECTED: case.collected}
    due = duty.within.after(starts.get(duty.starts, row.known), calendar)
    if duty.urgent and row.urgent and urgent_measure(session, row):
        return min(due, duty.urgent.within.after(row.urgent, calendar))
    return due
