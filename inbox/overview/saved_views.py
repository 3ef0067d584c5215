"""Views of the queue: those that all officers have, and those that each keeps for themselves.

A view is what the queue is asked for, and in which order. What an officer keeps is theirs, as a draft is: it
is no act, so nothing is journalled, and nobody else is shown it. Where several act together, they have the
views that each of them keeps, the same under the same name. A view holds no number of a case, and no words of
a search: these may say what a report says, and would outlive it. One that nobody uses for KEPT_DAYS is
deleted, as are all of an officer who leaves.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.overview.queue_filter import ME, NOBODY, Due, Filter, Order, QueueView
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.text.lines import one_line
from inbox.vault.casework_tables import SavedView

KEPT_DAYS = 90
MOST = 30
LONGEST_NAME = 40


class BuiltIn(StrEnum):
    """Views that all officers have; what they are called stands in labels.toml."""

    OPEN = "open"
    MINE = "mine"
    WEEK = "week"
    TO_READ = "to-read"
    NOBODYS = "unassigned"


BUILT_IN: Mapping[BuiltIn, QueueView] = {
    BuiltIn.OPEN: QueueView(Filter()),
    BuiltIn.MINE: QueueView(Filter(officer=ME)),
    BuiltIn.WEEK: QueueView(Filter(due=Due.WEEK), Order.DEADLINE),
    BuiltIn.TO_READ: QueueView(Filter(to_read=True)),
    BuiltIn.NOBODYS: QueueView(Filter(officer=NOBODY)),
}


def of(inbox: Inbox, who: Actor) -> Mapping[str, QueueView]:
    """Return the views that those who act keep, each of them alike, by name in alphabetical order."""
    with inbox.vault.transaction(who.officers) as session:
        kept = select(SavedView.name, SavedView.asked).where(SavedView.officer.in_(who.officers))
        by_all = kept.group_by(SavedView.name, SavedView.asked).having(func.count() == len(who.officers))
        return {name: _read(asked) for name, asked in session.execute(by_all.order_by(SavedView.name))}


def find(inbox: Inbox, who: Actor, name: str) -> QueueView:
    """Return the view of this name, built in or kept, and note that it is used; Refused if there is none."""
    if name in set(BuiltIn):
        return BUILT_IN[BuiltIn(name)]
    found = of(inbox, who).get(name)
    if found is None:
        raise _unknown(name)
    with inbox.transaction() as session:
        session.execute(update(SavedView).where(*_named(who, name)).values(used=who.today))
    return found


def keep(inbox: Inbox, who: Actor, name: str, view: QueueView) -> None:
    """Keep a view under a name, in the place of what was kept under it.

    Raises Refused for words of a search, a name that is empty, too long or built in, and beyond MOST of them.
    """
    name = _checked(name)
    if view.wanted.search:
        raise Refused(
            sentence("a view keeps no words of a search: they may say what a report says"),
            sentence("take them out, and keep what else the queue is narrowed by"),
        )
    others = of(inbox, who).keys() - {name}
    if len(others) >= MOST:
        raise Refused(
            sentence("at most {most} views are kept", most=MOST), sentence("remove one that is not used")
        )
    asked = json.dumps({"order": view.order, **_asked_for(view.wanted)}, sort_keys=True)
    with inbox.transaction() as session:
        session.execute(delete(SavedView).where(*_named(who, name)))
        session.add_all(
            SavedView(officer=officer, name=name, used=who.today, asked=asked) for officer in who.officers
        )


def rename(inbox: Inbox, who: Actor, name: str, to: str) -> None:
    """Keep a view under another name; raises as ``keep``, and Refused if one of that name is kept."""
    found, to = of(inbox, who), _checked(to)
    if name not in found:
        raise _unknown(name)
    if to in found:
        raise Refused(sentence("a view is called that already"), sentence("choose another name")).at("name")
    with inbox.transaction() as session:
        session.execute(delete(SavedView).where(*_named(who, to)))
        session.execute(update(SavedView).where(*_named(who, name)).values(name=to))


def remove(inbox: Inbox, who: Actor, name: str) -> None:
    """Delete a view; Refused if there is none of that name."""
    if name not in of(inbox, who):
        raise _unknown(name)
    with inbox.transaction() as session:
        session.execute(delete(SavedView).where(*_named(who, name)))


def sweep(inbox: Inbox, today: date) -> None:
    """Delete the views that nobody has used for KEPT_DAYS, whoever keeps them."""
    with inbox.transaction() as session:
        session.execute(delete(SavedView).where(SavedView.used < today - timedelta(days=KEPT_DAYS)))


def end(session: Session, officers: Collection[str]) -> None:
    """Keep no view of officers who have left."""
    session.execute(delete(SavedView).where(SavedView.officer.in_(officers)))


def _checked(name: str) -> str:
    name = one_line(name)
    if not name or len(name) > LONGEST_NAME:
        raise Refused(
            sentence("the name of a view has 1 to {most} characters", most=LONGEST_NAME),
            sentence("choose another name"),
        )
    if name in set(BuiltIn):
        raise Refused(sentence("a view is called that already"), sentence("choose another name")).at("name")
    return name


def _unknown(name: str) -> Refused:
    return Refused(sentence("there is no view {name}", name=name), sentence("see them: inbox views list"))


def _named(who: Actor, name: str) -> tuple[ColumnElement[bool], ...]:
    return SavedView.officer.in_(who.officers), SavedView.name == name


def _asked_for(wanted: Filter) -> Mapping[str, object]:
    """Return the fields of a filter in which something is asked for."""
    empty = asdict(Filter())
    return {name: value for name, value in asdict(wanted).items() if value != empty[name]}


def _read(asked: str) -> QueueView:
    fields = json.loads(asked)
    return QueueView(order=Order(fields.pop("order")), wanted=Filter(**fields))
