"""Today's work, the most urgent first: the start page of an officer's day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.access import access_requests, declarations
from inbox.casework import exits
from inbox.deadlines import exchange_rhythm
from inbox.deadlines.exchange_rhythm import Missed
from inbox.keys import expiry_warnings
from inbox.language.messages import Sentence
from inbox.language.views import View
from inbox.overview import queue, queue_lines
from inbox.overview.queue_filter import WEEK, Due, Filter, Order
from inbox.session import journal
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import IN_DANGER, AccessRequest, Workflow

# The portal no longer has the collected reports, so everything since the last backup is lost if the disk
# fails.
BACKUP_EVERY = timedelta(days=7)
# The page lists this many cases, and counts the other cases.
SHOWN = 10
_PRESSING = Filter(priority=1, undeclared=True)
# Open cases that report danger, the most urgent first.
_FEARED = (
    select(Workflow.case).where(Workflow.waits.is_(True), IN_DANGER).order_by(Workflow.rank, Workflow.case)
)


@dataclass(frozen=True, slots=True)
class Today:
    """The work for one day.

    ``danger`` are open cases that report danger and have no measure against it yet. ``shut`` are cases in
    quarantine that may report danger. ``pressing`` are undeclared cases of the highest priority, which the
    queue also shows. ``due`` are the queue lines of cases that are due by the end of the day, overdue cases
    first. Each of these four lists has at most SHOWN cases.

    ``due_count`` is the number of cases that are due by the end of the day. ``this_week`` is the number of
    cases due in the following seven days. ``to_read`` is the number of cases that are new or have an unread
    message.

    ``missed`` is the exchange that should have taken place by now. ``next_exchange`` is the day by which the
    next exchange is due. ``keys`` are warnings about keys that expire soon. ``requests`` are the open access
    requests, and ``ripe`` are the requests that can be answered. ``needs_backup`` is true if there is no
    backup, or if the last backup, made on the day ``backed_up``, is older than BACKUP_EVERY.
    """

    danger: Sequence[int]
    shut: Sequence[int]
    pressing: Sequence[int]
    due: Sequence[View]
    due_count: int
    this_week: int
    to_read: int
    missed: Missed | None
    next_exchange: date | None
    keys: Sequence[Sentence]
    requests: Sequence[AccessRequest]
    ripe: Sequence[AccessRequest]
    backed_up: date | None
    needs_backup: bool


def look(inbox: Inbox, who: Actor) -> Today:
    """Return today's work for the acting officers; raises the same errors as ``Inbox.acting``."""
    # Nobody can read a case in quarantine, but quarantine must not hide possible danger.
    with inbox.vault.transaction(who.officers, quarantine=True) as session:
        shut = _shut(session)
    with inbox.acting(who, action(Code.LIST, view=Viewed.TODAY)) as session:
        day = who.today
        requests = access_requests.pending(session)
        due = queue.page(session, Filter(due=Due.TODAY), Order.DEADLINE, today=day)
        copied = journal.newest(session, Code.BACK_UP)
        backed_up = copied.day if copied else None
        return Today(
            danger=_danger(session),
            shut=shut,
            pressing=queue.ordered(session, _PRESSING, Order.PRIORITY, today=day)[:SHOWN],
            due=queue_lines.views(session, due[:SHOWN], day),
            due_count=queue.count(session, Filter(due=Due.TODAY), today=day),
            this_week=_due_between(session, day + timedelta(days=1), day + WEEK),
            to_read=queue.count(session, Filter(to_read=True), today=day),
            missed=exchange_rhythm.missed(session, day),
            next_exchange=exchange_rhythm.due(session),
            keys=expiry_warnings.warnings(session, day),
            requests=requests,
            ripe=[each for each in requests if access_requests.is_ripe(each, day)],
            backed_up=backed_up,
            needs_backup=backed_up is None or backed_up + BACKUP_EVERY < day,
        )


def _danger(session: Session) -> Sequence[int]:
    """Return the cases that report danger and have no measure against it yet.

    Only cases that all acting officers have declared are included.
    """
    numbers = session.scalars(_FEARED).all()
    read = declarations.given(session, numbers)
    found = (each for each in numbers if each in read and exits.is_danger_open(session, each))
    return list(islice(found, SHOWN))


def _shut(session: Session) -> Sequence[int]:
    """Return the cases in quarantine that may report danger. Nobody can declare or act on these cases."""
    numbers = session.scalars(_FEARED.where(Workflow.quarantined.is_not(None)))
    return list(islice((each for each in numbers if exits.is_danger_open(session, each)), SHOWN))


def _due_between(session: Session, first: date, last: date) -> int:
    rows = select(func.count()).select_from(Workflow).where(Workflow.waits.is_(True))
    return session.scalar(rows.where(Workflow.deadline.between(first, last))) or 0
