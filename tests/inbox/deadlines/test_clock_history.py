"""In whatever order events happen, the law and the regime in use determine the deadlines of a case."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, SessionTransaction

from crypto.bundle import FIRST, Applied, Import, IntakeHead
from inbox.deadlines import office as office_settings
from inbox.deadlines import renewing, workflow
from inbox.deadlines.workflow import Disclosure
from inbox.deadlines.working_days import Calendar
from inbox.exchange import after_restore
from inbox.session.inbox import Inbox
from inbox.vault import queries_exchange, queries_office
from inbox.vault.casework_tables import Duty
from inbox.vault.tables import Case, OutboxBundle
from templates.law.rules import Event, Law
from tests.support.inbox_builders import Office, today
from tests.support.inbox_trio import undone
from tests.support.laws import FOLDERS, edited, laws_with

START = date(2026, 11, 2)
# French law and four variants: other periods, another start, other regimes, and only three days for feedback.
CHANGED = laws_with(
    "deadlines.toml",
    {},
    {
        'within = "7 days"': 'within = "5 days"',
        'within = "3 months"': 'within = "100 days"',
        '3 = "5 working days"': '3 = "1 day"',
    },
    {'or_after = "ack_eu"': 'or_after = "ack_fr"'},
    {
        '["external"]': '["internal"]',
        'within = "7 working days"': 'within = "2 days"\nregimes = ["external"]',
    },
    {'within = "3 months"': 'within = "3 days"'},
)
TOLD = (Event.ACKNOWLEDGED, Event.ANSWERED)


@pytest.fixture(scope="module")
def opened(with_reporter: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """An inbox for this module only, because the folders of the laws are stored in it."""
    with with_reporter.copy(tmp_path_factory.mktemp("history") / "office").opened() as inbox:
        yield inbox


class Made(NamedTuple):
    """The hash of an outbox, and the day on which it was made."""

    hash: bytes
    day: date


@dataclass
class Portal:
    """The outboxes that a portal has applied, with their days. A portal applies outboxes only in order."""

    applied: list[tuple[bytes, date]] = field(default_factory=list)

    def take(self, made: Mapping[int, Made], today: date) -> None:
        """Apply the next outboxes, unless another inbox made them."""
        if not self.applied or self.is_known_to(made):
            self.applied += [
                (made[n].hash, today) for n in range(len(self.applied) + 1, max(made, default=0) + 1)
            ]

    def is_known_to(self, made: Mapping[int, Made]) -> bool:
        """Return whether this inbox made the outbox that the portal applied last."""
        n = len(self.applied)
        return n in made and made[n].hash == self.applied[-1][0]


@dataclass
class History:
    """The events of case 1, recorded without the code that is tested."""

    today: date = START
    regime: str = "internal"
    off: set[date] = field(default_factory=set)
    day: dict[Event, date] = field(default_factory=lambda: {Event.RECEIVED: START, Event.COLLECTED: START})
    told_in: dict[Event, int] = field(default_factory=dict)
    made: dict[int, Made] = field(default_factory=dict)
    has_feedback: bool = False
    extended: bool = False
    closed: bool = False
    silent: bool = False

    def days(self, law: Law, priority: int) -> Mapping[str, date]:
        """Return the last day of each deadline, computed anew from the events."""
        legal, own = Calendar(law.calendar), Calendar(law.calendar, self.off)
        found: dict[str, date] = {}
        for code, rule in sorted(law.clocks.items(), key=lambda each: each[1].or_after is not None):
            starts = [self.day.get(rule.starts)]
            if rule.starts in self.told_in:
                starts.append(self.made[self.told_in[rule.starts]].day)
            if rule.or_after:
                starts.append(found[rule.or_after])
            span = rule.within[priority - 1 if rule.ends is Event.FIRST_ACT else 0]
            if rule.extension and self.extended and self.regime in rule.extension.regimes:
                span = rule.extension.within
            found[code] = span.after(min(each for each in starts if each), legal if rule.statutory else own)
        return {code: day for code, day in found.items() if self.regime in law.clocks[code].regimes}

    def is_waiting(self, ends: Event) -> bool:
        """Return whether a deadline that this event meets is still running.

        Closing a case drops the deadline for the first act. If no feedback was given, closing also drops the
        deadline for feedback, because the closing text is not feedback. A closing without a text also drops
        the acknowledgement, unless the acknowledgement was sent.
        """
        ended = {Event.FIRST_ACT} if self.has_feedback else {Event.FIRST_ACT, Event.ANSWERED}
        if self.silent and Event.ACKNOWLEDGED not in self.told_in:
            ended.add(Event.ACKNOWLEDGED)
        return ends not in self.day and not (self.closed and ends in ended)


@dataclass
class Inspectorate:
    """The events that can happen in the inbox.

    Each method makes one event happen and adds it to the history.
    """

    session: Session
    past: History = field(default_factory=History)
    portal: Portal = field(default_factory=Portal)
    _ever_made: int = 0
    _backup: tuple[SessionTransaction, Mapping[Any, Any], History] | None = None

    def wait(self, days: int) -> None:
        self.past.today += timedelta(days)

    def adopt(self, n: int) -> None:
        office_settings.adopt(self.session, CHANGED[n % len(CHANGED)])
        workflow.follow_rules(self.session, self.past.today)
        renewing.renew(self.session)

    def choose_regime(self, n: int) -> None:
        self.past.regime = ("internal", "external")[n % 2]
        office_settings.put_under(self.session, self.past.regime, "by telephone")
        renewing.renew(self.session)

    def take_days_off(self, n: int) -> None:
        days = {self.past.today + timedelta(each) for each in range(1, n)}
        added = {day for day in days if office_settings.of(self.session).calendar.works(day)}
        self.past.off |= added
        office_settings.add_days_off(self.session, added)
        renewing.renew(self.session)

    def work_again(self, _: int) -> None:
        office_settings.remove_days_off(self.session, self.past.off)
        self.past.off = set()
        renewing.renew(self.session)

    def act(self, _: int) -> None:
        self.past.day.setdefault(Event.FIRST_ACT, self.past.today)
        workflow.acted(self.session, 1, self.past.today)

    def judge(self, n: int) -> None:
        work = workflow.of(self.session, 1)
        work.judged, work.danger = True, n % 4
        workflow.keep_in_step(self.session, 1)

    def give_feedback(self, _: int) -> None:
        if not self.past.silent:  # after a silent closing, the text would count as a closing text
            self.past.has_feedback = True
            workflow.feedback(self.session, 1)

    def extend(self, _: int) -> None:
        if office_settings.of(self.session).may_extend:
            self.past.extended = True
            workflow.of(self.session, 1).extended = self.past.today
            workflow.keep_in_step(self.session, 1)

    def close(self, _: int) -> None:
        if not self.past.closed:
            self.past.closed = True
            workflow.set_closed(workflow.of(self.session, 1), self.past.today)
            workflow.keep_in_step(self.session, 1)

    def close_silently(self, _: int) -> None:
        """Close the case with everything withheld and without a text.

        Two officers may close a case silently unless feedback waits to be sent.
        """
        if not (self.past.closed or self.past.has_feedback):
            self.past.silent = True
            work = workflow.of(self.session, 1)
            work.withheld, work.disclosure = "drill", Disclosure.WITHHELD.value
            self.close(1)

    def reopen(self, _: int) -> None:
        if self.past.closed:
            self.past.closed = self.past.silent = False
            self.past.day.setdefault(Event.FIRST_ACT, self.past.today)
            workflow.reopen(self.session, 1, self.past.today)

    def make_outbox(self, _: int) -> None:
        self._ever_made += 1
        number = max(self.past.made, default=0) + 1
        made = Made(hashlib.sha256(bytes([self._ever_made])).digest(), self.past.today)
        self.past.made[number] = made
        self.session.add(OutboxBundle(n=number, hash=made.hash, made=made.day))
        self.session.flush()
        acknowledged = set() if self.past.silent else {1}
        workflow.tell(self.session, number, acknowledged=acknowledged, answered={1})
        if acknowledged:
            self.past.told_in.setdefault(Event.ACKNOWLEDGED, number)
        if self.past.has_feedback:
            self.past.told_in.setdefault(Event.ANSWERED, number)

    def exchange(self, _: int) -> None:
        """Let the portal apply the next outboxes, and collect its bundle.

        If the inbox does not know the last outbox, collect the bundle as after a restore.
        """
        self.portal.take(self.past.made, self.past.today)
        applied = dict(enumerate(self.portal.applied, 1))
        if applied and not self.portal.is_known_to(self.past.made):
            after_restore.go_on(self.session, self._intake(), self.past.today)
            self._rejoin()
        for row in queries_exchange.unconfirmed_outboxes(self.session):
            if row.n in applied:
                row.applied = applied[row.n][1]
                workflow.told(self.session, {row.n: row.applied})
        for event, n in self.past.told_in.items():
            if event not in self.past.day and n in applied:
                self.past.day[event] = applied[n][1]

    def exchange_again(self, days: int) -> None:
        """Repeat an exchange some days later: the portal's report, and the slot in a newer outbox.

        The day of the first exchange must count.
        """
        self.wait(days)
        workflow.told(self.session, dict.fromkeys(range(1, len(self.portal.applied) + 1), self.past.today))
        again = {event: {1} if event in self.past.told_in else set() for event in TOLD}
        acknowledged, answered = again.values()
        last = max(self.past.made, default=0)
        workflow.tell(self.session, last, acknowledged=acknowledged, answered=answered)

    def lose_what_is_not_confirmed(self, _: int) -> None:
        """Lose every outbox that the portal has not confirmed.

        The next outbox then gets the number of a lost outbox.
        """
        workflow.forget_told(self.session)
        for row in queries_exchange.unconfirmed_outboxes(self.session):
            self.session.delete(row)
            del self.past.made[row.n]
        self.session.flush()
        self._forget()
        work = workflow.of(self.session, 1)
        assert [self.past.told_in.get(event) for event in TOLD] == [work.acknowledged_in, work.answered_in]

    def back_up(self, _: int) -> None:
        if self._backup is None:
            self.session.flush()
            self._backup = self.session.begin_nested(), dict(self.session.info), deepcopy(self.past)

    def restore(self, _: int) -> None:
        """Restore the backup. The inbox loses all later events; the portal keeps its state."""
        if self._backup is None:
            return
        saved, info, then = self._backup
        self._backup = None
        saved.rollback()
        self.session.expire_all()
        self.session.info.clear()
        self.session.info.update(info)
        then.today = self.past.today
        self.past = then

    def _intake(self) -> IntakeHead:
        office, n = queries_office.office(self.session), len(self.portal.applied)
        days = [day for _, day in self.portal.applied]
        imports = tuple(Import(each, day) for each, day in enumerate(days, 1))
        return IntakeHead(
            deployment=office.deployment,
            channel=office.channel,
            n=1,
            previous=FIRST,
            instance_key=bytes(32),
            exported=self.past.today,
            applied=Applied(n, self.portal.applied[-1][0], imports),
        )

    def _rejoin(self) -> None:
        """Forget the texts in outboxes that the portal has not reported as applied."""
        n = len(self.portal.applied)
        self._forget()
        self.past.made = {each: made for each, made in self.past.made.items() if each < n}
        self.past.made[n] = Made(*self.portal.applied[-1])

    def _forget(self) -> None:
        for event in self.past.told_in.keys() - self.past.day.keys():
            del self.past.told_in[event]


Step = Callable[[Inspectorate, int], None]
STEPS = st.lists(
    st.tuples(
        st.sampled_from([each for name, each in vars(Inspectorate).items() if not name.startswith("_")]),
        st.integers(1, 40),
    ),
    min_size=4,
    max_size=14,
)


# Each example takes over a tenth of a second. The gate always tries the same examples; `make soak clocks`
# tries more.
A_THIRD = settings(max_examples=max(11, settings().max_examples // 3))
SOON = [(Inspectorate.adopt, 4), (Inspectorate.make_outbox, 1)]
# A restore makes the inbox forget two outboxes that the portal has applied.
LOST = [
    (Inspectorate.back_up, 1),
    (Inspectorate.make_outbox, 1),
    (Inspectorate.make_outbox, 1),
    (Inspectorate.exchange, 1),
    (Inspectorate.wait, 5),
    (Inspectorate.restore, 1),
]
# The outbox is made some days after the report. If the inbox counted the texts of the lost outbox, they would
# start a deadline.
LATER_LOST = [
    (Inspectorate.wait, 3),
    (Inspectorate.give_feedback, 1),
    (Inspectorate.make_outbox, 1),
    (Inspectorate.lose_what_is_not_confirmed, 1),
]
# The acknowledgement is confirmed two days after it was sent, and the feedback is lost.
HALF_LOST = [
    (Inspectorate.make_outbox, 1),
    (Inspectorate.wait, 2),
    (Inspectorate.exchange, 1),
    (Inspectorate.give_feedback, 1),
    (Inspectorate.make_outbox, 1),
    (Inspectorate.lose_what_is_not_confirmed, 1),
]
# The portal confirms the acknowledgement, but not yet the feedback. Meanwhile, the inbox sends both again.
TWICE = [
    (Inspectorate.make_outbox, 1),
    (Inspectorate.exchange, 1),
    (Inspectorate.give_feedback, 1),
    (Inspectorate.make_outbox, 1),
    (Inspectorate.exchange_again, 3),
    (Inspectorate.exchange, 1),
]
# The acknowledgement is sent and lost. After the silent closing, the acknowledgement is not due until the
# case is reopened.
SILENT = [
    (Inspectorate.make_outbox, 1),
    (Inspectorate.close_silently, 1),
    (Inspectorate.lose_what_is_not_confirmed, 1),
    (Inspectorate.make_outbox, 1),
    (Inspectorate.exchange, 1),
    (Inspectorate.reopen, 1),
    (Inspectorate.make_outbox, 1),
]
LONGER = [(Inspectorate.choose_regime, 1), (Inspectorate.extend, 1), (Inspectorate.choose_regime, 2)]


@pytest.mark.slow
@example(SOON)
@example([*SOON, (Inspectorate.lose_what_is_not_confirmed, 1)])
@example([(Inspectorate.make_outbox, 1), (Inspectorate.exchange, 1)])
@example(TWICE)
@example([(Inspectorate.make_outbox, 1), (Inspectorate.wait, 2), (Inspectorate.make_outbox, 1)])
@example([*LOST, (Inspectorate.exchange, 1)])
@example([*LOST, (Inspectorate.give_feedback, 1), (Inspectorate.make_outbox, 1), (Inspectorate.exchange, 1)])
@example(LATER_LOST)
@example(HALF_LOST)
@example([*LATER_LOST[:-1], (Inspectorate.exchange, 1), LATER_LOST[-1]])
@example(LONGER)
@example(SILENT)
@example([(Inspectorate.make_outbox, 1), (Inspectorate.close_silently, 1), (Inspectorate.exchange, 1)])
@A_THIRD
@given(STEPS)
def test_the_stored_deadlines_equal_those_computed_from_all_events_in_any_order(
    opened: Inbox, steps: list[tuple[Step, int]]
) -> None:
    """The events are new laws, new regimes, days off, exchanges, lost outboxes, restores and closings."""
    with undone(opened) as session:
        office = Inspectorate(session)
        case, work = session.get_one(Case, 1), workflow.of(session, 1)
        case.received = case.collected = START
        case.new = False
        work.first_act = None
        workflow.keep_in_step(session, 1)
        for step, n in [(Inspectorate.wait, 0), *steps]:
            step(office, n)
            past, law = office.past, office_settings.of(session).law
            found = {each.clock: each for each in workflow.clocks(session, 1) if each.ends}
            assert past.days(law, work.parts.priority) == {code: due.day for code, due in found.items()}
            ends = {code: law.clocks[code].ends for code in found}
            assert {code: past.day.get(event) for code, event in ends.items()} == {
                code: due.done for code, due in found.items()
            }
            assert {code: past.closed and not past.is_waiting(event) for code, event in ends.items()} == {
                code: bool(due.dropped or due.done) and past.closed for code, due in found.items()
            }
            waiting = [due.day for code, due in found.items() if past.is_waiting(ends[code])]
            assert work.deadline == min([*waiting, *_kept_and_asked(session)], default=None)
            stored = work.deadline
            renewing.renew(session)
            assert stored == work.deadline


def _kept_and_asked(session: Session) -> Iterator[date]:
    """Yield the last day of the retention period, and the day of the first pending legal duty."""
    yield from (each.day for each in workflow.clocks(session, 1) if each.ends is None)
    if due := session.scalar(select(func.min(Duty.due)).filter_by(case=1, decided=None)):
        yield due


@pytest.mark.copy_of("with_reporter")
def test_an_extension_counts_only_while_both_law_and_regime_allow_it(office: Office, tmp_path: Path) -> None:
    """The test changes the law and the regime one after the other, and compares the day for feedback."""

    def feedback() -> str:
        return next(
            each["day"]
            for each in office.json("case", "show", "1")["work"]["clocks"]
            if each["clock"] == "feedback"
        )

    def months(n: int) -> str:
        return (today() + relativedelta(months=n)).isoformat()

    office.json("office", "set", "--regime", "external")
    office.json("message", "acknowledge", "1")
    office.json("case", "extend", "1", "--reason", "abroad", "--text", "un témoin est à l'étranger")
    office.json("exchange", "outbox", "--out", office.out)
    assert months(6) == feedback()
    longer = edited(tmp_path / "longer", "deadlines.toml", 'within = "6 months"', 'within = "8 months"')
    assert "deadlines are later" in office.run("law", "replace", longer).err
    assert months(6) == feedback()
    (later,) = office.json("law", "replace", longer, "--loosening")["later"]
    assert ("feedback", months(6), months(8)) == (later["what"], later["before"], later["after"])
    assert months(8) == feedback()
    office.json("office", "set", "--regime", "internal")
    assert months(3) == feedback()
    office.json("law", "replace", FOLDERS["fr"])
    assert months(3) == feedback()
    office.json("office", "set", "--regime", "external")
    assert months(6) == feedback()
