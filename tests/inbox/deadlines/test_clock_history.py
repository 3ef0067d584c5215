"""Whatever order things happen in, the deadlines of a case are those of the law and regime now in use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.deadlines import office as office_settings
from inbox.deadlines import renewing, workflow
from inbox.deadlines.working_days import Calendar
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Duty
from inbox.vault.tables import Case, OutboxBundle
from templates.law.rules import Event, Law
from tests.support.inbox_builders import Office, today
from tests.support.inbox_trio import undone
from tests.support.laws import FOLDERS, edited, laws_with

START = date(2026, 11, 2)
# The French law, and others: with other times, other days that count, other regimes; a feedback due at once.
CHANGED = laws_with(
    "deadlines.toml",
    {},
    {'"7 days"': '"5 days"', '"3 months"': '"100 days"', '"2 working days"': '"1 day"'},
    {'or_after = "ack_eu"': 'or_after = "ack_fr"'},
    {
        '["external"]': '["internal"]',
        'within = "7 working days"': 'within = "2 days"\nregimes = ["external"]',
    },
    {'within = "3 months"': 'within = "3 days"'},
)
TOLD = (Event.ACKNOWLEDGED, Event.ANSWERED)


@pytest.fixture(scope="module")
def opened(authored: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """An inbox of this module's own: the folders of the laws stay in its home."""
    with authored.copy(tmp_path_factory.mktemp("history") / "office").opened() as inbox:
        yield inbox


@dataclass
class History:
    """What happened to case 1, as a clerk notes it who knows nothing of the program."""

    today: date = START
    regime: str = "internal"
    off: set[date] = field(default_factory=set)
    day: dict[Event, date] = field(default_factory=lambda: {Event.RECEIVED: START, Event.COLLECTED: START})
    told_in: dict[Event, int] = field(default_factory=dict)
    made: dict[int, date] = field(default_factory=dict)
    has_feedback: bool = False
    extended: bool = False
    closed: bool = False

    def days(self, law: Law, priority: int) -> Mapping[str, date]:
        """Return the last day of each clock, counted anew from the first event on."""
        legal, own = Calendar(law.calendar), Calendar(law.calendar, self.off)
        found: dict[str, date] = {}
        for code, rule in sorted(law.clocks.items(), key=lambda each: each[1].or_after is not None):
            starts = [self.day.get(rule.starts)]
            if rule.starts in self.told_in:
                starts.append(self.made[self.told_in[rule.starts]])
            if rule.or_after:
                starts.append(found[rule.or_after])
            span = rule.within[priority - 1 if rule.ends is Event.FIRST_ACT else 0]
            if rule.extension and self.extended and self.regime in rule.extension.regimes:
                span = rule.extension.within
            found[code] = span.after(min(each for each in starts if each), legal if rule.statutory else own)
        return {code: day for code, day in found.items() if self.regime in law.clocks[code].regimes}

    def is_waiting(self, ends: Event) -> bool:
        """Tell whether a clock that ends with this is still to be met."""
        return ends not in self.day and not (ends is Event.FIRST_ACT and self.closed)


@dataclass
class Inspectorate:
    """What can happen in the inbox, as its actions let it happen; each is noted in the history."""

    session: Session
    past: History = field(default_factory=History)

    def wait(self, days: int) -> None:
        self.past.today += timedelta(days)

    def adopt(self, n: int) -> None:
        office_settings.adopt(self.session, CHANGED[n % len(CHANGED)])
        workflow.follow_rules(self.session, self.past.today)
        renewing.renew(self.session)

    def choose_regime(self, n: int) -> None:
        self.past.regime = ("internal", "external")[n % 2]
        office_settings.put_under(self.session, self.past.regime)
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

    def reopen(self, _: int) -> None:
        if self.past.closed:
            self.past.closed = False
            self.past.day.setdefault(Event.FIRST_ACT, self.past.today)
            workflow.reopen(self.session, 1, self.past.today)

    def make_outbox(self, _: int) -> None:
        number = len(self.past.made) + 1
        self.past.made[number] = self.past.today
        self.session.add(OutboxBundle(n=number, hash=bytes(32), made=self.past.today))
        self.session.flush()
        workflow.tell(self.session, {1}, number)
        self.past.told_in.setdefault(Event.ACKNOWLEDGED, number)
        if self.past.has_feedback:
            self.past.told_in.setdefault(Event.ANSWERED, number)

    def confirm_outboxes(self, _: int) -> None:
        workflow.told(self.session, dict.fromkeys(self.past.made, self.past.today))
        for event in self.past.told_in:
            self.past.day.setdefault(event, self.past.today)

    def lose_the_last_outbox(self, _: int) -> None:
        last = len(self.past.made)
        workflow.forget_told(self.session, last)
        for event in self.past.told_in.keys() - self.past.day.keys():
            if self.past.told_in[event] >= last:
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


SOON = [(Inspectorate.adopt, 4), (Inspectorate.make_outbox, 1)]


@example(SOON)
@example([*SOON, (Inspectorate.lose_the_last_outbox, 1)])
@example([(Inspectorate.make_outbox, 1), (Inspectorate.confirm_outboxes, 1)])
@given(STEPS)
def test_no_order_of_events_freezes_a_deadline(opened: Inbox, steps: list[tuple[Step, int]]) -> None:
    """Other laws and regimes, days off, late media, lost outboxes, closing: after each, as counted anew."""
    with undone(opened) as session:
        office = Inspectorate(session)
        past = office.past
        case, work = session.get_one(Case, 1), workflow.of(session, 1)
        case.received = case.collected = START
        work.first_act = None
        workflow.keep_in_step(session, 1)
        for step, n in [(Inspectorate.wait, 0), *steps]:
            step(office, n)
            law = office_settings.of(session).law
            found = {each.clock: each for each in workflow.clocks(session, 1) if each.ends}
            assert past.days(law, work.parts.priority) == {code: due.day for code, due in found.items()}
            ends = {code: law.clocks[code].ends for code in found}
            assert {code: past.day.get(event) for code, event in ends.items()} == {
                code: due.done for code, due in found.items()
            }
            waiting = [due.day for code, due in found.items() if past.is_waiting(ends[code])]
            assert work.deadline == min([*waiting, *_kept_and_asked(session)], default=None)
            stored = work.deadline
            renewing.renew(session)
            assert stored == work.deadline


def _kept_and_asked(session: Session) -> Iterator[date]:
    """Yield the days that are no clock's: the end of retention, and what is to be decided."""
    yield from (each.day for each in workflow.clocks(session, 1) if each.ends is None)
    if due := session.scalar(select(func.min(Duty.due)).filter_by(case=1, decided=None)):
        yield due


@pytest.mark.copy_of("authored")
def test_an_extension_counts_where_law_and_regime_allow_it_and_nowhere_else(
    office: Office, tmp_path: Path
) -> None:
    """Under a law with other times, in the internal regime, under the old law, and in the external regime."""

    def feedback() -> str:
        return next(
            each["day"] for each in office.json("show", "1")["work"]["clocks"] if each["clock"] == "feedback"
        )

    def months(n: int) -> str:
        return (today() + relativedelta(months=n)).isoformat()

    office.json("settings", "--regime", "external")
    office.json("extend", "1", "--reason", "abroad", "--text", "un témoin est à l'étranger")
    office.json("outbox", "--out", office.out)
    assert months(6) == feedback()
    longer = edited(tmp_path / "longer", "deadlines.toml", 'within = "6 months"', 'within = "8 months"')
    assert "deadlines are later" in office.run("law", "--replace", longer).err
    assert months(6) == feedback()
    (later,) = office.json("law", "--replace", longer, "--loosening")["later"]
    assert ("feedback", months(6), months(8)) == (later["what"], later["before"], later["after"])
    assert months(8) == feedback()
    office.json("settings", "--regime", "internal")
    assert months(3) == feedback()
    office.json("law", "--replace", FOLDERS["fr"])
    assert months(3) == feedback()
    office.json("settings", "--regime", "external")
    assert months(6) == feedback()
