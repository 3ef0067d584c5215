"""See which cases wait, the most pressing first."""

from collections.abc import Iterator
from typing import Any

import click

from inbox.casework import queue as case_queue
from inbox.casework import work_view
from inbox.casework.queue import MANY, PAGE, Order
from inbox.cli import render
from inbox.cli.commands.filters import filtered, filters
from inbox.cli.options import NUMBER, Door, json_option, officer_options
from inbox.language.views import View
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today
from inbox.text.printable import visible

_FIRST = 1


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
@click.option("--junk", is_flag=True, help="What was rejected as junk instead.")
@officer_options
@json_option
@click.pass_obj
def queue(door: Door, /, *, sort: str, page: int, as_json: bool, **wanted: Any) -> None:
    """List the cases that wait, the most pressing first."""
    asked = filtered(wanted)
    deed = action(Code.SEARCH if asked.search else Code.LIST, view="queue")
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, deed) as session:
            count = case_queue.count(session, asked, today=day)
            found = case_queue.page(session, asked, Order(sort), today=day, first=(page - 1) * PAGE)
            rows = work_view.queue(session, found)
            closed = case_queue.unread_closed(session)
            only = case_queue.leaves_out(session, asked)
    view = {"count": count, "many": count >= MANY, "cases": rows, "unread_closed": closed}
    view["declared_only"] = only
    terminal.show(view, _lines(view), as_json=as_json)


def _lines(view: View) -> Iterator[str]:
    counted = f"{MANY} or more" if view["many"] else str(view["count"])
    yield f"{counted} cases" if view["count"] != 1 else "1 case"
    if view["unread_closed"]:
        yield (
            f"closed cases with a letter that nobody has read: {view['unread_closed']};"
            " see: inbox queue --closed --to-read"
        )
    if view["declared_only"]:
        yield "searched: only cases of which all present have declared to have no interest in them"
    for row in view["cases"]:
        due = f"due {row['deadline']}" if row["deadline"] else "nothing due"
        if row["for_handlers"] or row["quarantined"]:
            why = (
                "for its handlers alone"
                if row["for_handlers"]
                else f"in quarantine since {row['quarantined']}"
            )
            yield f"{row['case']:>5}  P{row['priority']}      {due}  {why}"
            continue
        score = f"P{row['priority']} {_score(row):<3}"
        officer = f"  {row['assigned']}" if row["assigned"] else ""
        yield f"{row['case']:>5}  {score}  {due}  {row['status']:<14}  {visible(row['category'])}{officer}"
        yield render.summary(row)
        if row["tags"]:
            yield f"       [{visible(', '.join(row['tags']))}]"


def _score(row: View) -> str:
    """Return the score, with a mark while it is only proposed; nothing before it may be seen."""
    return "" if row["undeclared"] else f"{row['score']:>2}{'' if row['judged'] else '?'}"
