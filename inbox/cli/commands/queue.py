"""The queue of waiting cases, saved views, and junk."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from crypto.printable import visible
from inbox.casework import junk
from inbox.cli import render
from inbox.cli.case_selection import (
    chosen,
    counted,
    filtered,
    filters,
    many_cases,
    narrowed,
    sort_option,
    state_options,
)
from inbox.cli.options import Door, opens_inbox, reason_needed, reason_option
from inbox.deadlines import urgency
from inbox.language.views import View
from inbox.overview import case_view, saved_views
from inbox.overview import queue as case_queue
from inbox.overview.facets import COUNTED
from inbox.overview.queue import MANY, PAGE, QueuePage
from inbox.overview.queue_filter import Filter, Order, QueueView, State
from inbox.overview.saved_views import BUILT_IN
from inbox.session.actions import Actor
from inbox.system import terminal
from templates.command_line import NUMBER

_FIRST = 1


@click.command()
@opens_inbox
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List all cases, unread messages, and the number of unfiled envelopes."""
    with door.opened() as (inbox, who):
        view = case_view.overview(inbox, who)
    terminal.show(view, render.overview(view), as_json=as_json)


@click.command()
@click.option(
    "--view",
    default="open",
    help="Use this saved view, narrowed by the other options. To list views: inbox queue view list.",
)
@sort_option
@click.option("--page", type=NUMBER, default=_FIRST, help=f"The page number; each page has {PAGE} cases.")
@filters
@state_options("open", "closed", "junk", "all")
@click.option(
    "--facets",
    is_flag=True,
    help="Also show possible filters, and how many cases would remain with each filter.",
)
@opens_inbox
def queue(door: Door, /, *, view: str, sort: str | None, page: int, as_json: bool, **given: Any) -> None:
    """List the waiting cases, the most urgent first. A search for words includes closed and junk cases."""
    is_faceted = given.pop("facets")
    with door.opened() as (inbox, who):
        begun = saved_views.find(inbox, who, view)
        asked = QueueView(narrowed(begun.wanted, given), Order(sort) if sort else begun.order)
        found = case_queue.look(inbox, who, asked, page, is_faceted=is_faceted)
        # Codes are checked only if no case was found, because cases may have codes of earlier questionnaires.
        if not found.count:
            case_queue.check_codes(inbox, who, filtered(given))
    terminal.show(shown := _told(found, who), _lines(shown), as_json=as_json)


def _told(found: QueuePage, who: Actor) -> View:
    view: View = {"count": found.count, "many": found.is_many, "cases": found.cases}
    view |= {"unread_closed": found.unread_closed, "undecided_closed": found.undecided_closed}
    view |= {"declared_only": found.declared_only, "danger_left_out": found.danger_left_out}
    view["missed"] = (
        {"until": found.missed.until.isoformat(), "due": found.missed.due.isoformat()}
        if found.missed
        else None
    )
    view["requests"] = [
        {"request": each.n, "due": each.due.isoformat(), "urgency": urgency.said(each.due, who.today)}
        for each in found.requests
    ]
    view["facets"] = {
        facet.field: {choice.value: choice.count for choice in facet.choices} for facet in found.facets
    }
    return view


_name = click.argument("name")


@click.command()
@opens_inbox
def list_views(door: Door, /, *, as_json: bool) -> None:
    """List the built-in views, then the views that all signed-in officers have saved identically."""
    with door.opened() as (inbox, who):
        kept = saved_views.of(inbox, who)
    built_in = {str(name): _asked(view) for name, view in BUILT_IN.items()}
    shown = {"built_in": built_in, "kept": {name: _asked(view) for name, view in kept.items()}}
    terminal.show(shown, _view_lines(built_in | shown["kept"]), as_json=as_json)


@click.command()
@_name
@sort_option
@filters
@state_options("open", "closed", "junk", "all")
@opens_inbox
def save_view(door: Door, /, *, name: str, sort: str | None, as_json: bool, **wanted: Any) -> None:
    """Save a view for each signed-in officer, and replace a view of the same name."""
    view = QueueView(filtered(wanted), Order(sort or Order.PRIORITY))
    with door.opened() as (inbox, who):
        case_queue.check_codes(inbox, who, view.wanted)
        saved_views.keep(inbox, who, name, view)
    _say(name, "is saved; see it: inbox queue list --view NAME", as_json=as_json)


@click.command()
@_name
@click.argument("to")
@opens_inbox
def rename_view(door: Door, /, *, name: str, to: str, as_json: bool) -> None:
    """Rename a view."""
    with door.opened() as (inbox, who):
        saved_views.rename(inbox, who, name, to)
    _say(to, "is the new name", as_json=as_json)


@click.command()
@_name
@opens_inbox
def remove_view(door: Door, /, *, name: str, as_json: bool) -> None:
    """Delete a view."""
    with door.opened() as (inbox, who):
        saved_views.remove(inbox, who, name)
    _say(name, "is deleted", as_json=as_json)


def _say(name: str, what: str, *, as_json: bool) -> None:
    terminal.show({"view": name}, [visible(f"view {name} {what}")], as_json=as_json)


def _asked(view: QueueView) -> dict[str, Any]:
    """Return the filter of a view by field, without empty fields."""
    empty = asdict(Filter())
    asked = {field: value for field, value in asdict(view.wanted).items() if value != empty[field]}
    return {"sort": str(view.order), **asked}


def _view_lines(shown: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, asked in shown.items():
        yield visible(f"{name}: {', '.join(f'{field} {value}' for field, value in asked.items())}")


@click.command()
@many_cases
@reason_needed
@opens_inbox
def junk_command(door: Door, /, *, reason: str, as_json: bool, **given: Any) -> None:
    """Mark cases as junk; their reporters see no difference.

    The law says how many officers this command requires. Junk cases can be brought back until they are
    destroyed. Deadlines continue.
    """
    cases = chosen(given)
    with door.opened() as (inbox, who):
        done = junk.mark(inbox, who, cases.numbers(inbox, who), reason)
    said = f"{counted(done)} marked as junk; see: inbox queue list --junk"
    terminal.show({"cases": done, "junk": True}, [said], as_json=as_json)


@click.command()
@many_cases
@reason_option
@opens_inbox
def unjunk(door: Door, /, *, reason: str, as_json: bool, **given: Any) -> None:
    """Bring junk cases back into the queue."""
    cases = chosen(given, State.JUNK)
    with door.opened() as (inbox, who):
        done = junk.recover(inbox, who, cases.numbers(inbox, who), reason)
    said = f"{counted(done)} brought back into the queue"
    terminal.show({"cases": done, "junk": False}, [said], as_json=as_json)


def _lines(view: View) -> Iterator[str]:
    if missed := view["missed"]:
        yield (
            f"EXCHANGE MISSED: due on {missed['due']}; messages after {missed['until']} are not here yet."
            " A report of danger stays unseen until it is opened"
        )
    counted = f"{MANY} or more" if view["many"] else str(view["count"])
    yield f"{counted} cases" if view["count"] != 1 else "1 case"
    yield from _of_closed(view)
    for each in view["requests"]:
        due = f"due {each['due']}, {each['urgency']}"
        yield f"access request {each['request']}, {due}; see: inbox request list"
    if view["declared_only"]:
        yield "searched: only cases in which all present have declared no conflict of interest"
    for field, counts in view["facets"].items():
        options = (f"{value} {f'{COUNTED}+' if n is None else n}" for value, n in counts.items())
        yield visible(f"by {field}: {', '.join(options)}")
    for row in view["cases"]:
        due = f"due {row['deadline']}, {row['urgency']}" if row["deadline"] else "nothing due"
        if why := _kept(row):
            yield f"{row['case']:>5}  P{row['priority']} {'':<11}  {due}  {why}"
            continue
        score = f"P{row['priority']} {_score(row):<11}"
        officer = f"  {row['assigned']}" if row["assigned"] else ""
        officer += "  JUNK" if row["state"] == State.JUNK else ""
        unread = render.to_read(row)
        officer += f"  NOT READ YET: {unread}" if unread else ""
        yield f"{row['case']:>5}  {score}  {due}  {row['status']:<14}  {visible(row['category'])}{officer}"
        yield render.summary(row)
        if row["tags"]:
            yield f"       [{visible(', '.join(row['tags']))}]"


def _of_closed(view: View) -> Iterator[str]:
    if view["danger_left_out"]:
        yield (
            f"cases that report danger, or may do so, but are not in this list: {view['danger_left_out']};"
            " see all: inbox queue list"
        )
    if view["undecided_closed"]:
        yield (
            f"closed cases about which the law asks for a decision: {view['undecided_closed']};"
            " they wait among the open ones: inbox queue list --sort deadline"
        )
    if view["unread_closed"]:
        yield (
            f"closed cases with unread messages: {view['unread_closed']}; see: inbox queue list --closed"
            " --to-read"
        )


def _kept(row: View) -> str:
    """Return why no details of a case are shown, or "" if only a declaration is missing."""
    if row["for_handlers"]:
        return "for its handlers only"
    if row["quarantined"]:
        return f"in quarantine since {row['quarantined']}"
    return (
        f"in the archive since {row['archived']}: two officers can open it" if row["status"] is None else ""
    )


def _score(row: View) -> str:
    """Return the score, and whether it is only proposed; "" if it may not be shown."""
    return "" if row["undeclared"] else f"{row['score']:>2}{'' if row['judged'] else ' proposed'}"
