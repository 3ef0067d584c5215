"""Views of the queue: built-in views for all officers, and views that each officer saves.

A view is a filter with an order. A saved view is private to its officer, like a draft. Saving a view is not
an action, so it makes no journal entry, and nobody else sees the view. Officers who act together see only the
views that each of them has saved identically under the same name. A view contains no case number and no
search words, because these could reveal the content of a report, even after the report is destroyed. A view
that has not been used for KEPT_DAYS is deleted. When an officer leaves, all their views are deleted.
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
    """Views that all officers have; their names are in labels.toml."""

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
    """Return the views that all acting officers have saved identically, by name in alphabetical order."""
    with inbox.vault.transaction(who.officers) as session:
        kept = select(SavedView.name, SavedView.asked).where(SavedView.officer.in_(who.officers))
        by_all = kept.group_by(SavedView.name, SavedView.asked).having(func.count() == len(who.officers))
        return {name: _read(asked) for name, asked in session.execute(by_all.order_by(SavedView.name))}


def find(inbox: Inbox, who: Actor, name: str) -> QueueView:
    """Return the view of this name and record its use; raises Refused if it is neither built in nor saved."""
    if name in set(BuiltIn):
        return BUILT_IN[BuiltIn(name)]
    found = of(inbox, who).get(name)
    if found is None:
        raise _unknown(name)
    with inbox.transaction() as session:
        session.execute(update(SavedView).where(*_named(who, name)).values(used=who.today))
    return found


def keep(inbox: Inbox, who: Actor, name: str, view: QueueView) -> None:
    """Save a view under a name, and replace the view that had this name.

    Raises Refused if the view has search words, or if there are already MOST other views. Raises Refused for
    a name that is empty, too long or used by a built-in view.
    """
    name = _checked(name)
    if view.wanted.search:
        raise Refused(
            sentence("a saved view cannot contain search words: they could reveal what a report says"),
            sentence("remove the search words, and save the rest of the filter"),
        )
    others = of(inbox, who).keys() - {name}
    if len(others) >= MOST:
        raise Refused(
            sentence("you can save at most {most} views", most=MOST),
            sentence("remove a view that you do not use"),
        )
    asked = json.dumps({"order": view.order, **_asked_for(view.wanted)}, sort_keys=True)
    with inbox.transaction() as session:
        session.execute(delete(SavedView).where(*_named(who, name)))
        session.add_all(
            SavedView(officer=officer, name=name, used=who.today, asked=asked) for officer in who.officers
        )


def rename(inbox: Inbox, who: Actor, name: str, to: str) -> None:
    """Rename a saved view; raises Refused if it does not exist, or if the new name is invalid or in use."""
    found, to = of(inbox, who), _checked(to)
    if name not in found:
        raise _unknown(name)
    if to in found:
        raise Refused(sentence("a view with this name exists already"), sentence("choose another name")).at(
            "name"
        )
    with inbox.transaction() as session:
        session.execute(delete(SavedView).where(*_named(who, to)))
        session.execute(update(SavedView).where(*_named(who, name)).values(name=to))


def remove(inbox: Inbox, who: Actor, name: str) -> None:
    """Delete a view; raises Refused if there is no view of this name."""
    if name not in of(inbox, who):
        raise _unknown(name)
    with inbox.transaction() as session:
        session.execute(delete(SavedView).where(*_named(who, name)))


def sweep(inbox: Inbox, today: date) -> None:
    """Delete every officer's views that have not been used for KEPT_DAYS."""
    with inbox.transaction() as session:
        session.execute(delete(SavedView).where(SavedView.used < today - timedelta(days=KEPT_DAYS)))


def end(session: Session, officers: Collection[str]) -> None:
    """Delete the views of officers who have left."""
    session.execute(delete(SavedView).where(SavedView.officer.in_(officers)))


def _checked(name: str) -> str:
    name = one_line(name)
    if not name or len(name) > LONGEST_NAME:
        raise Refused(
            sentence("the name of a view must have 1 to {most} characters", most=LONGEST_NAME),
            sentence("choose another name"),
        )
    if name in set(BuiltIn):
        raise Refused(sentence("a view with this name exists already"), sentence("choose another name")).at(
            "name"
        )
    return name


def _unknown(name: str) -> Refused:
    return Refused(
        sentence("there is no view {name}", name=name), sentence("see all views: inbox queue view list")
    )


def _named(who: Actor, name: str) -> tuple[ColumnElement[bool], ...]:
    return SavedView.officer.in_(who.officers), SavedView.name == name


def _asked_for(wanted: Filter) -> Mapping[str, object]:
    """Return the fields that a filter uses."""
    empty = asdict(Filter())
    return {name: value for name, value in asdict(wanted).items() if value != empty[name]}


def _read(asked: str) -> QueueView:
    fields = json.loads(asked)
    return QueueView(order=Order(fields.pop("order")), wanted=Filter(**fields))
