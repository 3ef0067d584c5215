"""Legal duties: decisions that the law asks for. Until it is taken, each decision has a deadline.

The law in use defines each duty: which cases have the duty, from which event its time counts, and how much
time is allowed. A duty stays even if the score is lowered or another law comes into use: its decision remains
due until it is taken. A decision is based on what was known at the time. News of a kind that the law names
reopens the decision.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
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
    """Return the duties of a new case, known from the day on which it was collected.

    ``warns`` says whether an answer reports persons or goods in danger.
    """
    law, is_urgent = in_use.of(session), warns or work.parts.priority == 1
    return [
        _new(session, case, code, case.collected, case.collected if urgent else None)
        for code in _asked(session)
        if _applies(law, code, work, ())
        for urgent in [is_urgent and law.duties[code].urgent]
    ]


def ask(session: Session, works: Iterable[tuple[Case, Workflow]], today: date) -> None:
    """Add all missing duties of the law to these cases.

    The law already required decisions that an older release of this program did not ask for. Each of these
    decisions counts as known from today on.
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
    """Recompute the due days of all pending decisions and of all answers to access requests.

    A decision that was put off keeps its due day.
    """
    for row, case in session.execute(_UNDECIDED):
        row.due = _due(session, case, row)
    for request in session.scalars(select(AccessRequest).where(AccessRequest.answered.is_(None))):
        request.due, request.earliest = answer_days(
            session, request.received, extended=bool(request.extended)
        )


def keep_days(session: Session, number: int) -> None:
    """Recompute the due days of all decisions on a case, after a measure was added or retracted."""
    for row, case in session.execute(_UNDECIDED.where(Duty.case == number)):
        row.due = _due(session, case, row)


def offence_of(session: Session, work: Workflow) -> Set[str]:
    """Return the signs that a case is about an offence: severity at or above the threshold, tags, danger."""
    session.flush()
    tags = session.scalars(select(Tag.name).filter_by(case=work.case))
    return _saying(in_use.of(session), work, tags)


def reopen_decisions(session: Session, number: int, news: News, today: date) -> bool:
    """Reopen all decisions on a case that this kind of news can change according to the law.

    ``today`` is the day of the news.

    Return whether any decision was reopened. The earlier decision stays in the journal with its reason,
    because it was based on what was known then.
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
    """Return whether a decision was taken, but has to be taken again."""
    return row.anew and row.decided is None


def keep_in_step(session: Session, work: Workflow, today: date, before: Set[str]) -> None:
    """Add the duties for an offence if severity, tags or danger now show that the case is about an offence.

    A sign of an offence (``offence_of``) is new if it is not in ``before``. If a sign is new, officers must
    again take the decisions that they took without it. Decisions become urgent if the case now has a priority
    that the law counts as urgent. No duty is removed. Otherwise, one officer could lower the score to end a
    duty that requires a decision by two officers.
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
    """Return a duty of a case. If the case lacks the duty, add it as known from today on."""
    row = session.get(Duty, (number, code))
    if row is None:
        case, work = session.get_one(Case, number), session.get_one(Workflow, number)
        row = _new(session, case, code, today, _urgent(session, case, work, code, today))
        session.add(row)
    return row


def learned(session: Session, number: int, asked: Asked, today: date, *, each_time: bool = False) -> None:
    """Add the duties that the law attaches to a fact that has just become known about a case.

    With ``each_time``, each occurrence needs its own decision, which may be taken before or after the
    occurrence.
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
    """Record whether a decision is late, because a new due day could make the decision seem on time."""
    row.was_late = row.was_late or (row.decided or today) > row.due


def undecided_before(session: Session, number: int, asked: Asked) -> Sequence[str]:
    """Return the duties that each occurrence of this fact creates, except duties decided in advance."""
    codes = _asked_where(session, asked)
    return [code for code in codes if not _is_decided_before(session.get(Duty, (number, code)))]


def is_of_earlier_time(row: Duty) -> bool:
    """Return whether a decision was about an earlier occurrence.

    The next occurrence needs its own decision.
    """
    return row.spent and row.decided is not None


def standing(session: Session, number: int, choice: str) -> str:
    """Return the code of the decision that a new decision would replace, or "".

    A decision is not replaced if it is about an earlier occurrence or if the law in use no longer has it.
    """
    row = session.get(Duty, (number, decided_by(in_use.of(session), choice)))
    if row is None or is_of_earlier_time(row) or row.decision not in decisions(session):
        return ""
    return row.decision


def of(session: Session, number: int) -> Sequence[Duty]:
    """Return all duties of a case, decided or not."""
    return session.scalars(select(Duty).filter_by(case=number).order_by(Duty.kind)).all()


def next_due(session: Session) -> Mapping[int, date]:
    """Map each case with pending decisions to the day on which the first of them is due."""
    rows = session.execute(
        select(Duty.case, func.min(Duty.due)).where(Duty.decided.is_(None)).group_by(Duty.case)
    )
    return {number: day for number, day in rows}  # noqa: C416 dict() would lose the types of the columns


def decisions(session: Session) -> Mapping[str, Decision]:
    """Return all decisions that officers can take about a case, by code.

    The duty of an access request is left out, because it does not belong to one case. Officers decide it by
    answering the request.
    """
    duties = in_use.of(session).duties.values()
    taken = (each.decisions for each in duties if each.asked is not Asked.REQUEST)
    return {code: decision for each in taken for code, decision in each.items()}


def choices(session: Session, number: int) -> Mapping[str, rules.Duty]:
    """Return the duties that officers can decide in a case, by code.

    The result contains the duties of the office's regime, the duties that the case has, and the duty about
    the prosecutor.
    """
    asked = {row.kind for row in of(session, number)}
    duties = in_use.of(session).duties.items()
    return {
        code: duty
        for code, duty in duties
        if duty.asked is not Asked.REQUEST
        and (code in asked or code in _asked(session) or duty.role is DutyRole.PROSECUTOR)
    }


def decided_by(law: Law, choice: str) -> str:
    """Return the code of the duty that a decision settles."""
    return next(code for code, duty in law.duties.items() if choice in duty.decisions)


def settling(session: Session, role: DutyRole) -> str:
    """Return the decisions that settle the duty of a role, in the form that a command accepts."""
    return _choices(session, role, lambda each: each.effect is Effect.SETTLES)


def informing(session: Session) -> str:
    """Return the decisions to inform the persons concerned, in the form that a command accepts."""
    return _choices(session, DutyRole.PERSONS, lambda each: each.informs)


def _choices(session: Session, role: DutyRole, offered: Callable[[Decision], bool]) -> str:
    law = in_use.of(session)
    decisions = law.duties[law.duty(role)].decisions.items()
    return "|".join(code for code, each in decisions if offered(each))


def prepared(session: Session, number: int) -> str:
    """Return the code of the outcome that follows from the decisions on a case, or ""."""
    rules = decisions(session)
    taken = (rules[row.decision] for row in of(session, number) if row.decided and row.decision in rules)
    return next((each.outcome for each in taken if each.outcome), "")


def preparing(session: Session, outcome: str = "") -> Collection[str]:
    """Return the decisions that lead to ``outcome``, or to any outcome if ``outcome`` is empty."""
    rules = decisions(session).items()
    return [code for code, each in rules if each.outcome and each.outcome == (outcome or each.outcome)]


def transmitting(session: Session) -> str:
    """Return the code of the decision to send a case to the prosecutor."""
    law = in_use.of(session)
    decisions = law.duties[law.duty(DutyRole.PROSECUTOR)].decisions.items()
    sent = law.measure(MeasureRole.TRANSMISSION)
    return next(code for code, each in decisions if each.measure == sent)


def taking(session: Session, kind: str) -> Sequence[str]:
    """Return the codes of the decisions that record a measure of this kind."""
    return [code for code, each in decisions(session).items() if each.measure == kind]


def by_role(session: Session, number: int, role: DutyRole) -> Duty | None:
    """Return a case's duty with this role, or None if the case has no such duty."""
    return session.get(Duty, (number, in_use.of(session).duty(role)))


def is_open(session: Session, number: int, role: DutyRole) -> bool:
    """Return whether a case has an undecided duty of this role."""
    row = by_role(session, number, role)
    return row is not None and row.decided is None


def is_undecided(session: Session, number: int, role: DutyRole) -> bool:
    """Return whether the duty of this role is undecided, or does not exist in the case."""
    row = by_role(session, number, role)
    return row is None or row.decided is None


def undecided(session: Session, role: DutyRole) -> Collection[int]:
    """Return the numbers of the cases with an undecided duty of this role."""
    code = in_use.of(session).duty(role)
    return set(session.scalars(select(Duty.case).filter_by(kind=code, decided=None)))


def is_forwarded(session: Session, number: int) -> bool:
    """Return whether a measure records that a report meant for another authority was forwarded."""
    rules = (each for each in in_use.of(session).duties.values() if each.asked is Asked.NOT_OURS)
    sent = {decision.measure for each in rules for decision in each.decisions.values()} - {None}
    return not sent.isdisjoint(measures_on(session, number))


def may_be_forwarded(session: Session, number: int) -> bool:
    """Return whether the office, under its regime, still has to decide whether to forward a report."""
    rows = [session.get(Duty, (number, code)) for code in _asked_where(session, Asked.NOT_OURS)]
    return any(row is None or row.decided is None for row in rows)


def urgent_measure(session: Session, row: Duty) -> str:
    """Return the code of the measure that must be taken at once, before the decision, or "".

    Once that measure is recorded, the decision is due like any other decision.
    """
    duty = in_use.of(session).duties.get(row.kind)
    rule = duty.urgent if duty else None
    if rule is None or row.urgent is None or row.decided is not None:
        return ""
    return "" if rule.measure in measures_on(session, row.case) else rule.measure


def answering_danger(session: Session) -> Sequence[str]:
    """Return the measures that help people in danger, in the order of the law."""
    return [code for code, each in in_use.of(session).measures.items() if each.answers_danger]


def measures_on(session: Session, number: int) -> Set[str]:
    """Return the kinds of measures taken in response to a report, except measures dated before its arrival.

    An earlier measure was not about the report, or its date is wrong. A measure from before the report does
    not fulfil a duty or end a danger.
    """
    taken = select(Measure.kind).join(Case, Case.number == Measure.case)
    return set(session.scalars(taken.where(Measure.case == number, Measure.day >= Case.received)))


def urgent(session: Session, number: int | None = None) -> Collection[int]:
    """Return the numbers of cases with an urgent decision; ``number`` limits the result to one case."""
    rows = select(Duty).where(Duty.urgent.is_not(None), Duty.decided.is_(None))
    if number is not None:
        rows = rows.where(Duty.case == number)
    return {row.case for row in session.scalars(rows) if urgent_measure(session, row)}


def undecided_others(session: Session, number: int | None = None) -> Collection[int]:
    """Return the cases with a pending decision that has no role; ``number`` limits the result to one case.

    Such a decision does not prevent the closing of the case.
    """
    others = [code for code, each in in_use.of(session).duties.items() if each.role is None]
    rows = select(Duty.case).where(Duty.kind.in_(others), Duty.decided.is_(None))
    return set(session.scalars(rows if number is None else rows.where(Duty.case == number)))


def owed_after_end(session: Session, number: int | None = None) -> Collection[int]:
    """Return the closed and junk cases that still need a decision; ``number`` limits the result to one case.

    Closing a case does not settle a decision that was put off or is asked for again. A case that still needs
    a decision waits like an open case, and is not archived. Two decisions are exceptions. The decision on
    admissibility is dropped, because nobody can judge a case that is in quarantine. For junk, the decision to
    inform the persons concerned is dropped, because two officers found that the report names nobody. The
    decision is still required if it was put off or is asked for again.
    """
    rows = owed_rows(in_use.of(session))
    return set(session.scalars(rows if number is None else rows.where(Duty.case == number)))


def owed_rows(law: Law) -> Select[int]:
    """Return the query for ``owed_after_end`` under a law."""
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
    """Return the day until which informing the persons concerned is put off, or None."""
    row = by_role(session, number, DutyRole.PERSONS)
    is_put_off = row is not None and row.decision != "" and row.decided is None
    return row.due if row is not None and is_put_off else None


def is_informed(session: Session, number: int) -> bool:
    """Return whether officers decided to inform the persons whom a case names."""
    row = by_role(session, number, DutyRole.PERSONS)
    if row is None or row.decided is None:
        return False
    return in_use.of(session).duties[row.kind].decisions[row.decision].informs


def answer_days(session: Session, received: date, *, extended: bool) -> tuple[date, date]:
    """Return the last and the first day on which an access request may be answered."""
    law = in_use.of(session)
    duty, calendar = law.duties[law.duty(DutyRole.ACCESS)], office.of(session).calendar.legal
    within = (duty.extended if extended else None) or duty.within
    earliest = duty.answer_after.after(received, calendar) if duty.answer_after else received
    return within.after(received, calendar), earliest


def names_kept_until(session: Session, answered: date) -> date:
    """Return the day on which the names in an access request are deleted, given the day of its answer."""
    return in_use.of(session).names_kept.after(answered, office.of(session).calendar.legal)


def may_extend_answer(session: Session) -> bool:
    """Return whether the law allows extending the time to answer an access request."""
    law = in_use.of(session)
    return law.duties[law.duty(DutyRole.ACCESS)].extended is not None


def _asked(session: Session) -> list[str]:
    """Return the codes of the decisions that an office of this regime has to take."""
    practice = office.of(session)
    return [code for code, duty in practice.law.duties.items() if practice.regime in duty.regimes]


def _asked_where(session: Session, asked: Asked) -> list[str]:
    """Return the codes of the duties that arise from this fact about a case."""
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
    """Return which of severity, tags and danger show that a case is about an offence."""
    grave = map(str, range(law.offence.severity, work.severity + 1))
    feared = {"danger"} if law.offence.danger and work.in_danger else set()
    return {*grave, *law.offence.tags.intersection(tags), *feared}


# Pending decisions that were not put off.
_UNDECIDED = select(Duty, Case).join(Case, Case.number == Duty.case).where(Duty.decision == "")


def _urgent(session: Session, case: Case, work: Workflow, code: str, today: date) -> date | None:
    """Return ``today`` if the case reports imminent danger and the law then makes the duty urgent."""
    if in_use.of(session).duties[code].urgent is None:
        return None
    is_urgent = work.parts.priority == 1 or work.feared or scoring.warns_of_goods(answers.of(case))
    return today if is_urgent else None


def _new(session: Session, case: Case, code: str, known: date, urgent: date | None) -> Duty:
    row = Duty(case=case.number, kind=code, known=known, urgent=urgent, due=known)
    row.due = _due(session, case, row)
    return row


def _due(session: Session, case: Case, row: Duty) -> date:
    """Return the due day under the law in use, without regard to the office's own days off."""
    duty, calendar = in_use.of(session).duties.get(row.kind), office.of(session).calendar.legal
    if duty is None:
        return row.due  # The due day under the earlier law is kept.
    # If news makes a decision necessary again, its period starts on the day of the news.
    starts = {} if row.anew else {Event.RECEIVED: case.received, Event.COLLECTED: case.collected}
    due = duty.within.after(starts.get(duty.starts, row.known), calendar)
    if duty.urgent and row.urgent and urgent_measure(session, row):
        return min(due, duty.urgent.within.after(row.urgent, calendar))
    return due
