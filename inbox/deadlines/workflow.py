"""How the work on a case begins, and how events change its next deadline."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, undefer

from crypto.questionnaire import Flag, Questionnaire
from inbox.deadlines import bonds, legal_duties, office, proceedings, retention_schedule, visas
from inbox.deadlines import clocks as legal_clocks
from inbox.deadlines.clocks import Due, Events
from inbox.deadlines.office import Practice
from inbox.questionnaire import answers as answers_of
from inbox.questionnaire import scoring
from inbox.questionnaire.answers import Answers
from inbox.session import chosen_action
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases, row_security
from inbox.vault.casework_tables import Credibility, Duty, Strike, Workflow
from inbox.vault.tables import Case, FollowUp, OutboxBundle
from templates.law.rules import Event, News


class Disclosure(StrEnum):
    """How many measures the reporter of a closed case can read."""

    FULL = "full"
    PARTIAL = "partial"
    WITHHELD = "withheld"


class _Since(NamedTuple):
    """Facts about a case that are not part of its workflow, such as when its reporter last wrote.

    ``kept`` is true during proceedings and a hold (``proceedings.keep``). ``decided`` is the day of the last
    final decision. ``sent`` is the day of the outbox that first acknowledged the case; ``answer_sent`` is the
    day of the first outbox with feedback. ``has_word`` is true if a text that can close the case is waiting
    or was sent.
    """

    written: date | None = None
    kept: bool = False
    decided: date | None = None
    sent: date | None = None
    answer_sent: date | None = None
    has_word: bool | None = None


# _TELLS_MORE: the next outbox can contain news about the case. _IS_AWAITED: an outbox that the portal has not
# confirmed yet contains such news.
_TELLS_MORE = Workflow.acknowledged_in.is_(None) | Workflow.answered_in.is_(None)
_IS_AWAITED = (Workflow.acknowledged.is_(None) & Workflow.acknowledged_in.is_not(None)) | (
    Workflow.answered.is_(None) & Workflow.answered_in.is_not(None)
)
# The days of the first outbox that acknowledged a case and of the first outbox with feedback.
_TOLD, _ANSWER = aliased(OutboxBundle), aliased(OutboxBundle)
_SENT = (
    select(_TOLD.made, _ANSWER.made, queries_cases.has_word(Workflow.case))
    .select_from(Workflow)
    .outerjoin(_TOLD, _TOLD.n == Workflow.acknowledged_in)
    .outerjoin(_ANSWER, _ANSWER.n == Workflow.answered_in)
)
_SENT_OF_ALL = _SENT.add_columns(Workflow.case)


def of(session: Session, number: int) -> Workflow:
    """Return the workflow of a case; raises the same errors as ``queries_cases.case``."""
    return session.get_one(Workflow, queries_cases.case(session, number).number)


def begin(session: Session, case: Case, answers: Answers, asked: Questionnaire) -> Workflow:
    """Return the initial workflow of a case, derived from its answers, with a proposed score.

    Category and area must be answers that the questionnaire ``asked`` offers, never the reporter's own words.
    Category and area are shown before a case is read. The category is shown even after the case is destroyed.
    The duties of the case are also added to the session.
    """
    ids = scoring.questions()
    work = Workflow(
        case=case.number,
        category=_offered(asked, ids.category, answers),
        area=_offered(asked, ids.area, answers),
    )
    work.parts = scoring.propose(answers).parts
    work.feared = Flag.DANGER in answers_of.flags(asked, answers)
    warns = work.feared or scoring.warns_of_goods(answers)
    asked_of = legal_duties.begin(session, case, work, warns=warns)
    if any(legal_duties.urgent_measure(session, each) for each in asked_of):
        work.rank = work.parts.first
    session.add_all(asked_of)
    decision = min((each.due for each in asked_of), default=None)
    work.deadline = _next(session, case, work, _Since(), decision)
    return work


def set_closed(work: Workflow, day: date | None) -> None:
    """Set the day on which a case was closed with its outcome, or None while it is open."""
    work.closed = day
    if day and not work.first_closed:
        work.first_closed, work.first_outcome = day, work.outcome
    work.waits = not work.has_ended


def set_junked(work: Workflow, day: date | None) -> None:
    """Set the day on which a case was found to be junk, or None if it is not junk."""
    work.junked = day
    work.waits = not work.has_ended


def heard(session: Session, number: int, today: date) -> None:
    """Record that the reporter of a case wrote a message, which recovers a junk case.

    Decisions that were taken before this message are asked for again if the law says so.
    """
    legal_duties.reopen_decisions(session, number, News.FOLLOW_UP, today)
    visas.take_out(session, number)
    set_junked(session.get_one(Workflow, number), None)
    keep_in_step(session, number)


def acted(session: Session, number: int, today: date) -> None:
    """Record today as the day of the first action, unless there is such a day or nobody has read the case."""
    case, work = queries_cases.case(session, number), of(session, number)
    if not case.new:
        work.first_act = work.first_act or today
    visas.take_out(session, number)
    keep_in_step(session, number)


def judge(inbox: Inbox, who: Actor, number: int, parts: Mapping[str, int], reason: str) -> Workflow:
    """Set parts of the score of a case, by name; the journal records the parts that change.

    To confirm the proposal of the rules for a part, give the part with its current value. Raises CaseRefused
    for an unknown case. Raises Refused if no reason is given, or if another session has changed the parts in
    the meantime. Also raises the same errors as ``Inbox.acting``.
    """

    def choose(session: Session) -> Action:
        return judging(session, number, parts, reason)

    with chosen_action.acting(inbox, who, number, choose) as session:
        return set_score(session, number, parts, who.today)


def judging(session: Session, number: int, parts: Mapping[str, int], reason: str) -> Action:
    """Return the journal entry for a new score, with the parts that change.

    Raises the same errors as ``of``. Raises Refused if no reason is given.
    """
    before = asdict(of(session, number).parts)
    changed = {name: value for name, value in parts.items() if before[name] != value}
    return action(Code.JUDGE, number, reason, **changed)


def set_score(session: Session, number: int, parts: Mapping[str, int], today: date) -> Workflow:
    """Set parts of the score of a case within an action; raises the same errors as ``of``."""
    work = of(session, number)
    before = legal_duties.offence_of(session, work)
    work.parts = replace(work.parts, **parts)
    work.judged = True
    legal_duties.keep_in_step(session, work, today, before)
    acted(session, number, today)
    return work


def rate(inbox: Inbox, who: Actor, number: int, credibility: Credibility, reason: str) -> None:
    """Rate how well the content of a case is corroborated.

    Raises CaseRefused for an unknown case. Raises Refused if no reason is given. Also raises the same errors
    as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.RATE, number, reason, credibility=credibility)) as session:
        of(session, number).credibility = credibility.value
        acted(session, number, who.today)


def feedback(session: Session, number: int) -> None:
    """Record that a text says what was done or is planned, and why (décret 2022-1284, article 4)."""
    of(session, number).feedback = True


def take_back_feedback(session: Session, number: int) -> None:
    """Record that a text with feedback was retracted.

    The case keeps its feedback if another text or a sent outbox contains feedback.
    """
    work = of(session, number)
    if work.answered_in is None:
        work.feedback = queries_cases.gives_feedback(session, number)


def tell(session: Session, n: int, *, acknowledged: Container[int], answered: Container[int]) -> None:
    """Record which cases outbox ``n`` acknowledges, and for which cases it contains feedback.

    The record takes effect once the portal has confirmed the outbox (``told``). The time for feedback runs
    from today.
    """
    for work in session.scalars(select(Workflow).where(_TELLS_MORE)).all():
        before = work.acknowledged_in, work.answered_in
        if work.case in acknowledged:
            work.acknowledged_in = work.acknowledged_in or n
        if work.case in answered and work.feedback:
            work.answered_in = work.answered_in or n
        if before != (work.acknowledged_in, work.answered_in):
            keep_in_step(session, work.case)


def told(session: Session, days: Mapping[int, date]) -> None:
    """Record the day from which reporters could read each of these outboxes, by number."""
    for work in session.scalars(select(Workflow).where(_IS_AWAITED)).all():
        if work.acknowledged_in is not None:
            work.acknowledged = work.acknowledged or days.get(work.acknowledged_in)
        if work.answered_in is not None:
            work.answered = work.answered or days.get(work.answered_in)
        keep_in_step(session, work.case)


def forget_told(session: Session) -> None:
    """Record that none of our unconfirmed outboxes will be read. The next outbox repeats their content.

    The day of an event is known once the portal has confirmed the outbox of that event (``told``).
    """
    for work in session.scalars(select(Workflow).where(_IS_AWAITED)).all():
        if work.acknowledged is None:
            work.acknowledged_in = None
        if work.answered is None:
            work.answered_in = None
        keep_in_step(session, work.case)


def feedback_due(session: Session, number: int, today: date, *, acknowledging: bool = False) -> Due:
    """Return the deadline for feedback that a text to the reporter can state today.

    If an acknowledgement waits to be sent, or if the text written today is an acknowledgement, the time runs
    from today. Otherwise the time runs from the last day for an acknowledgement. Feedback that is held back
    is still owed.
    """
    case, work = queries_cases.case(session, number), of(session, number)
    how = office.of(session)
    since = _since(session, number)
    waits = work.feedback and not queries_cases.is_feedback_held(session, number)
    answer = since.answer_sent or (today if waits else None)
    if acknowledging or queries_cases.is_acknowledged(session, number):
        since = since._replace(sent=since.sent or today)
    events = _events(case, work, since._replace(answer_sent=answer), how)
    return next(each for each in legal_clocks.clocks(events, how) if each.ends is Event.ANSWERED)


def keep_in_step(session: Session, number: int) -> None:
    """Recompute the next deadline and the rank of a case, after any change that affects a clock.

    A case is kept as long as the cases bound to it. So bound cases are recomputed too, even if the signed-in
    officers may not read them.
    """
    session.flush()
    with row_security.with_lines(session):
        _keep(session, number)
        for other in bonds.others(session, number):
            _keep(session, other)


def _keep(session: Session, number: int) -> None:
    case, work = session.get_one(Case, number), of(session, number)
    legal_duties.keep_days(session, number)
    work.rank = work.parts.first if legal_duties.urgent(session, number) else work.parts.rank
    session.flush()
    decision = session.scalar(select(func.min(Duty.due)).filter_by(case=number, decided=None))
    since = _since(session, number)
    work.deadline = _next(session, case, work, since, decision)
    _keep_waiting(session, work, since, owed=number in legal_duties.owed_after_end(session, number))


def _keep_waiting(session: Session, work: Workflow, since: _Since, *, owed: bool) -> None:
    """Keep a case in the queue until it has ended and needs no decision; only then set its archive day."""
    work.waits = not work.has_ended or owed
    work.archive_from = None if work.waits else _archive_from(session, work, since)


def reopen(session: Session, number: int, today: date) -> Workflow:
    """Reopen a closed case under the rules in use; raises the same errors as ``of``."""
    work = of(session, number)
    work.outcome = work.disclosure = work.withheld = ""
    work.put_off = False
    set_closed(work, None)
    _follow(session, _SAID.where(Case.number == number), today)
    acted(session, number, today)
    return work


def follow_rules(session: Session, today: date) -> None:
    """Propose the score of every open case by the rules in use, and add the duties that the law asks for.

    A score set by an officer does not change. A closed case does not change until it is reopened.
    """
    _follow(session, _SAID.where(Workflow.closed.is_(None)), today)


def renew(session: Session) -> None:
    """Recompute all deadlines and ranks, after a change of the rules or of the office's settings."""
    legal_duties.renew(session)
    session.flush()
    decisions, urgent = legal_duties.next_due(session), legal_duties.urgent(session)
    owed = legal_duties.owed_after_end(session)
    for case, work, since in _all(session):
        work.rank = work.parts.first if case.number in urgent else work.parts.rank
        work.deadline = _next(session, case, work, since, decisions.get(case.number))
        _keep_waiting(session, work, since, owed=case.number in owed)


def every(session: Session) -> Iterator[tuple[Workflow, list[Due]]]:
    """Yield the workflow of every case with all its deadlines."""
    how = office.of(session)
    for case, work, since in _all(session):
        yield work, legal_clocks.clocks(_events(case, work, since, how), how)


def clocks(session: Session, number: int) -> list[Due]:
    """Return all deadlines of a case; raises the same errors as ``queries_cases.case``."""
    case, work = queries_cases.case(session, number), of(session, number)
    how = office.of(session)
    events = _events(case, work, _since(session, number), how)
    return legal_clocks.clocks(events, how)


_SAID = select(Case, Workflow).join(Workflow, Workflow.case == Case.number).options(undefer(Case.message))
_AT_ONCE = 500


def _follow(session: Session, cases: Select[Case, Workflow], today: date) -> None:
    session.flush()
    with session.no_autoflush:  # Rows are read in batches, without a flush between batches.
        legal_duties.ask(session, _proposed(session, cases), today)


def _proposed(session: Session, cases: Select[Case, Workflow]) -> Iterator[tuple[Case, Workflow]]:
    struck = set(session.scalars(select(Strike.case)))
    for case, work in session.execute(cases.execution_options(yield_per=_AT_ONCE)):
        said = answers_of.of(case)
        if not work.judged:
            found = scoring.propose(said).parts
            # A redaction must not lower the score, because the redacted text was part of the report.
            work.parts = found.at_least(work.parts) if case.number in struck else found
        yield case, work


def _events(case: Case, work: Workflow, since: _Since, how: Practice) -> Events:
    """Return the events of a case."""
    return Events(
        received=case.received,
        collected=case.collected,
        priority=work.parts.priority,
        first_act=work.first_act,
        sent=since.sent,
        acknowledged=work.acknowledged,
        answer_sent=since.answer_sent,
        extended=work.extended,
        answered=work.answered,
        closed=work.closed,
        last_written=since.written,
        held=since.kept,
        period=how.law.retention.periods[how.period(work.outcome)],
        decided=since.decided,
        after_decision=how.law.retention.proceedings,
        unreachable=case.mailbox is None,
        withheld=bool(work.withheld) or _ended_without_feedback(work),
        silent=bool(work.withheld) and not since.has_word,
    )


def _ended_without_feedback(work: Workflow) -> bool:
    """Return whether a case is closed with a text that is not feedback, and had no feedback before.

    Returns False if everything was withheld: feedback is then owed once the reason in ``withheld`` no longer
    applies.
    """
    is_told = work.closed is not None and work.disclosure != Disclosure.WITHHELD
    return is_told and not work.has_feedback


def _since(session: Session, number: int) -> _Since:
    written = session.scalar(select(func.max(FollowUp.received)).filter_by(case=number))
    is_kept = proceedings.keep(session, number)
    decided = proceedings.decided(session, number).get(number)
    sent = session.execute(_SENT.where(Workflow.case == number)).one()
    return _Since(written, is_kept, decided, *sent)


def _all(session: Session) -> Iterator[tuple[Case, Workflow, _Since]]:
    """Yield every case with its workflow and the facts outside its workflow."""
    last = select(FollowUp.case, func.max(FollowUp.received).label("day")).group_by(FollowUp.case).subquery()
    kept = {*proceedings.pursued(session), *proceedings.held(session)}
    decided = proceedings.decided(session)
    sent = {number: (*said,) for *said, number in session.execute(_SENT_OF_ALL)}
    rows = select(Case, Workflow, last.c.day).join(Workflow, Workflow.case == Case.number)
    for case, work, written in session.execute(rows.outerjoin(last, last.c.case == Case.number)):
        n = case.number
        yield case, work, _Since(written, n in kept, decided.get(n), *sent[n])


def _next(session: Session, case: Case, work: Workflow, since: _Since, decision: date | None) -> date | None:
    """Return the next day on which a clock ends or a decision is due."""
    how = office.of(session)
    due = legal_clocks.next_due(_events(case, work, since, how), how)
    return min(filter(None, (due.day if due else None, decision)), default=None)


def _archive_from(session: Session, work: Workflow, since: _Since) -> date | None:
    """Return the day from which a case is archived, or None during proceedings or a hold."""
    if since.kept:
        return None
    return retention_schedule.archive_from(office.of(session), work, since.written, since.decided)


def _offered(asked: Questionnaire, question: str, answers: Answers) -> str:
    """Return the answer to a question if the questionnaire offers this answer, else an empty string."""
    answer = answers.get(question, "")
    return next((option.id for option in asked.options(question) if option.id == answer), "")
