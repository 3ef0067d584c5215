"""Which cases wait, the most pressing first."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.casework import queue, tags, work_view
from inbox.casework.queue import MANY, PAGE, Filter, Order
from inbox.desk import labels, rendering
from inbox.desk.forms import choice, number
from inbox.desk.state import here
from inbox.session.actions import Code, action
from inbox.system.clock import today
from inbox.vault import queries_office

pages = Blueprint("queue", __name__)


@pages.get("/")
def first() -> ResponseReturnValue:
    """Show the beginning of the queue."""
    return show(1)


@pages.get("/queue/<int:page>")
def show(page: int) -> ResponseReturnValue:
    """Show a page of the cases that were asked for last."""
    desk, day, start = here(), today(), max(0, page - 1) * PAGE
    deed = action(Code.SEARCH if desk.wanted.search else Code.LIST, view="queue")
    with desk.inbox.acting(here().actor(), deed) as session:
        found = queue.page(session, desk.wanted, desk.order, today=day, first=start)
        return rendering.page(
            "queue/queue.html",
            rows=work_view.queue(session, found),
            officers=[each.name for each in queries_office.officers(session)],
            count=queue.count(session, desk.wanted, today=day),
            unread_closed=queue.unread_closed(session),
            declared_only=queue.leaves_out(session, desk.wanted),
            labels=labels.current(session),
            wanted=desk.wanted,
            is_narrowed=desk.wanted != Filter(),
            order=desk.order,
            page=page,
            many=MANY,
            size=PAGE,
            today=day.isoformat(),
        )


@pages.post("/queue")
def ask() -> ResponseReturnValue:
    """Ask for other cases, or in another order."""
    desk, form = here(), request.form
    if "all" in form:
        desk.wanted = Filter()
        return redirect(url_for("queue.first"), 303)
    desk.order = choice("sort", Order)
    desk.wanted = Filter(
        status=form.get("status", ""),
        category=form.get("category", ""),
        area=form.get("area", ""),
        priority=number("priority", 4) if form.get("priority") else 0,
        overdue="overdue" in form,
        to_read="to_read" in form,
        closed="closed" in form,
        junk="junk" in form,
        officer=form.get("officer", ""),
        tag=tags.folded(tag) if (tag := form.get("tag", "").strip()) else "",
        search=form.get("search", "").strip(),
    )
    return redirect(url_for("queue.first"), 303)
