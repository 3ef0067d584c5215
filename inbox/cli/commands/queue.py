"""See which cases wait, the most pressing first; take junk out of the queue, and bring it back."""

from collections.abc import Iterator
from typing import Any

import click

from crypto.printable import visible
from inbox.casework import junk
from inbox.cli import render
from inbox.cli.case_selection import chosen, counted, filtered, filters, many_cases
from inbox.cli.options import NUMBER, Door, json_option, officer_options, reason_option
from inbox.deadlines import urgency
from inbox.language.views import View
from inbox.overview import case_view
from inbox.overview import queue as case_queue
from inbox.overview.queue import MANY, PAGE, Order
from inbox.system import terminal

_FIRST = 1


@click.command(name="list")
@officer_options
@json_option
@click.pass_obj
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List the cases, what nobody has read yet, and how much became no case."""
    with door.opened() as (inbox, who):
        view = case_view.overview(inbox, who)
    terminal.show(view, render.overview(view), as_json=as_json)


@click.command()
@click.option(
    "--sort",
    type=click.Choice([each.value for each in Order]),
    default="priority",
    help="What comes first.",
)
@click.option("--page", type=NUMBER, default=_FIRST, help=f"Which {PAGE} of them.")
@filters
@click.option("--closed", is_flag=True, help="Closed ones instead.")
@click.option("--junk", is_flag=True, help="The junk instead.")
@officer_options
@json_option
@click.pass_obj
def queue(door: Door, /, *, sort: str, page: int, as_json: bool, **wanted: Any) -> None:
    """List the cases that wait, the most pressing first."""
    asked = filtered(wanted)
    with door.opened() as (inbox, who):
        found = case_queue.look(inbox, who, asked, Order(sort), page)
    view = {"count": found.count, "many": found.is_many, "cases": found.cases}
    view |= {"unread_closed": found.unread_closed, "undecided_closed": found.undecided_closed}
    view |= {"declared_only": found.declared_only}
    view["missed"] = (
        {"until": found.missed.until.isoformat(), "due": found.missed.due.isoformat()}
        if found.missed
        else None
    )
    view["requests"] = [
        {"request": each.n, "due": each.due.isoformat(), "urgency": urgency.said(each.due, who.today)}
        for each in found.requests
    ]
    terminal.show(view, _lines(view), as_json=as_json)


@click.command(name="junk")
@many_cases
@click.option("--recover", is_flag=True, help="Bring junk back.")
@reason_option
@officer_options
@json_option
@click.pass_obj
def junk_command(door: Door, /, *, recover: bool, reason: str, as_json: bool, **given: Any) -> None:
    """Take cases out of the queue, by as many officers as the law says; their authors see no difference.

    They can be brought back for a month; their deadlines run on.
    """
    cases = chosen(given, junk=recover)
    with door.opened() as (inbox, who):
        numbers = cases.numbers(inbox, who)
        done = (junk.recover if recover else junk.mark)(inbox, who, numbers, reason)
    many = counted(done)
    said = (
        f"{many} brought back into the queue"
        if recover
        else f"{many} marked as junk; see: inbox queue --junk"
    )
    terminal.show({"cases": done, "junk": not recover}, [said], as_json=as_json)


def _lines(view: View) -> Iterator[str]:
    if missed := view["missed"]:
        yield (
            f"EXCHANGE MISSED: due on {missed['due']}; what came after {missed['until']} is not here yet."
            " Nobody sees that a person is in danger before the report is opened"
        )
    counted = f"{MANY} or more" if view["many"] else str(view["count"])
    yield f"{counted} cases" if view["count"] != 1 else "1 case"
    yield from _of_closed(view)
    for each in view["requests"]:
        due = f"due {each['due']}, {each['urgency']}"
        yield f"request for access {each['request']}, {due}; see: inbox access list"
    if view["declared_only"]:
        yield "searched: only cases of which all present have declared to have no interest in them"
    for row in view["cases"]:
        due = f"due {row['deadline']}, {row['urgency']}" if row["deadline"] else "nothing due"
        if why := _kept(row):
            yield f"{row['case']:>5}  P{row['priority']}      {due}  {why}"
            continue
        score = f"P{row['priority']} {_score(row):<3}"
        officer = f"  {row['assigned']}" if row["assigned"] else ""
        yield f"{row['case']:>5}  {score}  {due}  {row['status']:<14}  {visible(row['category'])}{officer}"
        yield render.summary(row)
        if row["tags"]:
            yield f"       [{visible(', '.join(row['tags']))}]"


def _of_closed(view: View) -> Iterator[str]:
    if view["undecided_closed"]:
        yield (
            f"closed cases about which the law asks for a decision: {view['undecided_closed']};"
            " see them: inbox queue --closed --sort deadline"
        )
    if view["unread_closed"]:
        yield (
            f"closed cases with a letter that nobody has read: {view['unread_closed']};"
            " see: inbox queue --closed --to-read"
        )


def _kept(row: View) -> str:
    """Return why nothing of a case is shown, nothing if it is only that somebody has not declared it."""
    if row["for_handlers"]:
        return "for its handlers alone"
    if row["quarantined"]:
        return f"in quarantine since {row['quarantined']}"
    return f"in the archive since {row['archived']}: two open it" if row["status"] is None else ""


def _score(row: View) -> str:
    """Return the score, with a mark while it is only proposed; nothing before it may be seen."""
    return "" if row["undeclared"] else f"{row['score']:>2}{'' if row['judged'] else '?'}"
