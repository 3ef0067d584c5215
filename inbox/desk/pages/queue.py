"""The queue: waiting cases, the most urgent first, and actions on the chosen cases."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from http import HTTPStatus

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crypto.keyring import Texts
from crypto.questionnaire import Questionnaire
from inbox.access import declarations
from inbox.casework import assignment, junk, tags, unfinished
from inbox.desk import rendering
from inbox.desk.done import Done
from inbox.desk.fields import again
from inbox.desk.forms import cases, choice, line, number
from inbox.desk.sessions import writing
from inbox.desk.state import actor, here, seat, waiting
from inbox.exchange import medium
from inbox.overview import facets, saved_views
from inbox.overview import queue as case_queue
from inbox.overview import today as todays
from inbox.overview.facets import COUNTED
from inbox.overview.queue import MANY, PAGE
from inbox.overview.queue_filter import ME, NOBODY, Due, Filter, Order, QueueView
from inbox.overview.today import SHOWN
from inbox.questionnaire import scoring
from inbox.replies import acknowledging

pages = Blueprint("queue", __name__)


@pages.get("/")
def first() -> ResponseReturnValue:
    """Show the first page of the queue, without the filter of the Today page."""
    mine = seat()
    if mine.is_of_today:
        mine.wanted, mine.order, mine.is_of_today = Filter(), Order.PRIORITY, False
    return show(1)


@pages.get("/today")
def today() -> ResponseReturnValue:
    """Show today's work, the officer's drafts, and the confirmations that others ask for."""
    inbox, who = here().inbox, actor()
    shown = {"found": todays.look(inbox, who), "drafts": unfinished.begun(inbox, who), "asked": waiting()}
    shown |= {"place": writing.place, "fresh": medium.waiting(inbox, here().medium)}
    shown["done_by_two"] = [each for each in seat().asked.values() if each.confirmed_by]
    return rendering.page("queue/today.html", **shown, shown=SHOWN, today=who.today)


@pages.post("/today")
def narrow() -> ResponseReturnValue:
    """Show the queue filtered by deadlines or by unread messages."""
    mine = seat()
    due = choice("due_by", Due) if request.form.get("due_by") else ""
    mine.wanted, mine.order = Filter(due=due, to_read="to_read" in request.form), Order.DEADLINE
    mine.is_of_today = True
    return _queue()


@pages.get("/queue/<int:page>")
def show(page: int) -> ResponseReturnValue:
    """Show a page of the queue with its current filter."""
    mine, who = seat(), actor()
    found = case_queue.look(here().inbox, who, QueueView(mine.wanted, mine.order), page)
    mine.looked_at = mine.wanted, mine.order
    return rendering.page(
        "queue/queue.html",
        rows=found.cases,
        officers=found.officers,
        count=found.count,
        unread_closed=found.unread_closed,
        undecided_closed=found.undecided_closed,
        declared_only=found.declared_only,
        danger_left_out=found.danger_left_out,
        missed=found.missed,
        requests=found.requests,
        workload=found.workload,
        facets=found.facets,
        chosen=_chosen(mine.wanted),
        built_in=saved_views.BUILT_IN,
        kept=saved_views.of(here().inbox, who),
        kept_days=saved_views.KEPT_DAYS,
        longest=saved_views.LONGEST_NAME,
        shown_by=QueueView(mine.wanted, mine.order),
        nobody=NOBODY,
        me_only=ME,
        counted=COUNTED,
        labels=_labels(found.questionnaire),
        wanted=mine.wanted,
        is_narrowed=mine.wanted != Filter(),
        order=mine.order,
        page=page,
        many=MANY,
        size=PAGE,
        today=who.today.isoformat(),
    )


@pages.post("/queue")
def ask() -> ResponseReturnValue:
    """Change the search words or the order. Other filters stay."""
    mine, form = seat(), request.form
    mine.order = choice("sort", Order)
    mine.is_of_today = False
    mine.wanted = replace(
        mine.wanted,
        to_read="to_read" in form,
        undeclared="undeclared" in form,
        tag=tags.folded(tag) if (tag := form.get("tag", "").strip()) else "",
        search=form.get("search", "").strip(),
    )
    return redirect(url_for("queue.first"), 303)


@pages.post("/queue/facet")
def narrow_further() -> ResponseReturnValue:
    """Add a choice to the filter, or remove it."""
    mine = seat()
    field, _, value = request.form.get("choice", "").partition(":")
    try:
        mine.wanted = facets.toggled(mine.wanted, field, value)
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    mine.is_of_today = False
    return redirect(url_for("queue.first", _anchor="narrow"), 303)


@pages.post("/queue/clear")
def clear() -> ResponseReturnValue:
    """Clear one field of the filter, or all fields. The order stays."""
    mine, name = seat(), request.form.get("clear", "")
    try:
        mine.wanted = mine.wanted.without(name) if name else Filter()
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    mine.is_of_today = False
    return redirect(url_for("queue.first", _anchor="narrow"), 303)


@pages.post("/queue/view")
def see_view() -> ResponseReturnValue:
    """Show the queue in a saved view."""
    mine = seat()
    found = saved_views.find(here().inbox, actor(), line("view"))
    mine.wanted, mine.order, mine.is_of_today = found.wanted, found.order, False
    return redirect(url_for("queue.first"), 303)


@pages.post("/queue/views/keep")
def keep_view() -> ResponseReturnValue:
    """Save the current filter as a view of this officer."""
    mine = seat()
    saved_views.keep(here().inbox, actor(), line("view-name"), QueueView(mine.wanted, mine.order))
    return done(Done.VIEW_KEPT)


@pages.post("/queue/views/rename")
def rename_view() -> ResponseReturnValue:
    """Rename a view."""
    saved_views.rename(here().inbox, actor(), line("view"), line("view-name"))
    return done(Done.VIEW_KEPT)


@pages.post("/queue/views/remove")
def remove_view() -> ResponseReturnValue:
    """Delete a view."""
    saved_views.remove(here().inbox, actor(), line("view"))
    return done(Done.VIEW_REMOVED)


@pages.post("/many/junk")
def mark_junk() -> ResponseReturnValue:
    """Mark the chosen cases as junk. The reporters of these cases see no difference."""
    junk.mark(here().inbox, actor(), cases(), line("reason"))
    return done(Done.JUNKED)


@pages.post("/many/recover")
def recover() -> ResponseReturnValue:
    """Bring the chosen cases back into the queue."""
    junk.recover(here().inbox, actor(), cases(), line("reason"))
    return done(Done.RECOVERED)


@pages.post("/many/declare")
def declare() -> ResponseReturnValue:
    """Declare that the signed-in officer has no interest in the chosen cases.

    Then show the form that waited for the declaration.
    """
    declarations.declare(here().inbox, actor(), cases())
    return again.led_back() or done(Done.DECLARED_MANY)


@pages.post("/many/declare-all")
def declare_all() -> ResponseReturnValue:
    """Declare all cases of the current filter, on every page, if the number of cases has not changed."""
    numbers = case_queue.pick(here().inbox, actor(), seat().wanted, number("count", MANY))
    declarations.declare(here().inbox, actor(), numbers)
    return done(Done.DECLARED_MANY)


@pages.post("/many/acknowledge")
def acknowledge() -> ResponseReturnValue:
    """Acknowledge the chosen reports, each in its language, except those that report danger.

    The first request only previews the texts for the reporters.
    """
    if "read" not in request.form:
        to_read = acknowledging.preview(here().inbox, actor(), cases())
        if to_read.texts:
            return rendering.page("queue/to_acknowledge.html", found=to_read)
    found = acknowledging.acknowledge(here().inbox, actor(), cases())
    return rendering.page("queue/acknowledged.html", found=found)


@pages.post("/many/pass-on")
def pass_on() -> ResponseReturnValue:
    """Assign all open cases of an absent officer to a deputy."""
    absent, deputy = line("absent"), line("deputy")
    found = assignment.pass_on(here().inbox, actor(), absent, deputy)
    return rendering.page("queue/passed_on.html", found=found, absent=absent, deputy=deputy)


def done(said: Done) -> ResponseReturnValue:
    """Show the queue again, with a confirmation."""
    seat().say(said)
    return _queue()


def _queue() -> ResponseReturnValue:
    """Show the queue with its filter, even if the filter is from the Today page (the menu would drop it)."""
    mine = seat()
    return redirect(url_for("queue.show", page=1) if mine.is_of_today else url_for("queue.first"), 303)


def _chosen(wanted: Filter) -> Mapping[str, str]:
    """Return the values of the current filter by field."""
    asked = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    return {name: str(value) for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels of the answers to the questions by which the queue is filtered, keyed by id."""

    category: Mapping[str, Texts]
    area: Mapping[str, Texts]


def _labels(asked: Questionnaire) -> _Labels:
    ids = scoring.questions()
    return _Labels(_options(asked, ids.category), _options(asked, ids.area))


def _options(asked: Questionnaire, question: str) -> Mapping[str, Texts]:
    return {option.id: option.label for option in asked.options(question)}
