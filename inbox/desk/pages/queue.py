"""Which cases wait, the most pressing first; what is done to those chosen from the queue."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crypto.keyring import Texts
from crypto.questionnaire import Questionnaire
from inbox.access import declarations
from inbox.casework import assignment, junk, tags, unfinished
from inbox.desk import rendering
from inbox.desk.done import Done
from inbox.desk.forms import cases, choice, day, line, number
from inbox.desk.state import actor, here, seat, waiting
from inbox.overview import queue as case_queue
from inbox.overview import today as todays
from inbox.overview.queue import MANY, PAGE, Filter, Order
from inbox.overview.today import SHOWN
from inbox.questionnaire import scoring
from inbox.replies import acknowledging

pages = Blueprint("queue", __name__)


@pages.get("/")
def first() -> ResponseReturnValue:
    """Show the beginning of the queue."""
    return show(1)


@pages.get("/today")
def today() -> ResponseReturnValue:
    """Show what waits today, what the officer has begun to write, and what others ask to have confirmed."""
    inbox, who = here().inbox, actor()
    shown = {"found": todays.look(inbox, who), "drafts": unfinished.begun(inbox, who), "asked": waiting()}
    return rendering.page("queue/today.html", **shown, shown=SHOWN, today=who.today)


@pages.post("/today")
def narrow() -> ResponseReturnValue:
    """Show in the queue all that is due by a day, or has something that nobody has read."""
    mine = seat()
    mine.wanted, mine.order = Filter(due_by=day("due_by"), to_read="to_read" in request.form), Order.DEADLINE
    return redirect(url_for("queue.first"), 303)


@pages.get("/queue/<int:page>")
def show(page: int) -> ResponseReturnValue:
    """Show a page of the cases that were asked for last."""
    mine, who = seat(), actor()
    found = case_queue.look(here().inbox, who, mine.wanted, mine.order, page)
    return rendering.page(
        "queue/queue.html",
        rows=found.cases,
        officers=found.officers,
        count=found.count,
        unread_closed=found.unread_closed,
        undecided_closed=found.undecided_closed,
        declared_only=found.declared_only,
        missed=found.missed,
        requests=found.requests,
        workload=found.workload,
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
    """Ask for other cases, or in another order."""
    mine, form = seat(), request.form
    if "all" in form:
        mine.wanted = Filter()
        return redirect(url_for("queue.first"), 303)
    mine.order = choice("sort", Order)
    mine.wanted = Filter(
        status=form.get("status", ""),
        category=form.get("category", ""),
        area=form.get("area", ""),
        priority=number("priority", 4) if form.get("priority") else 0,
        overdue="overdue" in form,
        to_read="to_read" in form,
        undeclared="undeclared" in form,
        closed="closed" in form,
        junk="junk" in form,
        officer=form.get("officer", ""),
        tag=tags.folded(tag) if (tag := form.get("tag", "").strip()) else "",
        search=form.get("search", "").strip(),
    )
    return redirect(url_for("queue.first"), 303)


@pages.post("/many/junk")
def mark_junk() -> ResponseReturnValue:
    """Take the chosen cases out of the queue; their authors see no difference."""
    junk.mark(here().inbox, actor(), cases(), line("reason"))
    return done(Done.JUNKED)


@pages.post("/many/recover")
def recover() -> ResponseReturnValue:
    """Bring the chosen cases back into the queue."""
    junk.recover(here().inbox, actor(), cases(), line("reason"))
    return done(Done.RECOVERED)


@pages.post("/many/declare")
def declare() -> ResponseReturnValue:
    """Declare that nobody present has an interest in the chosen cases, before they are read."""
    declarations.declare(here().inbox, actor(), cases())
    return done(Done.DECLARED_MANY)


@pages.post("/many/declare-all")
def declare_all() -> ResponseReturnValue:
    """Declare it of all the cases that were asked for, on every page, if they are still as many."""
    numbers = case_queue.pick(here().inbox, actor(), seat().wanted, number("count", MANY))
    declarations.declare(here().inbox, actor(), numbers)
    return done(Done.DECLARED_MANY)


@pages.post("/many/acknowledge")
def acknowledge() -> ResponseReturnValue:
    """Acknowledge the chosen reports, each in its language; those that tell of danger are left out."""
    found = acknowledging.acknowledge(here().inbox, actor(), cases())
    return rendering.page("queue/acknowledged.html", found=found)


@pages.post("/many/pass-on")
def pass_on() -> ResponseReturnValue:
    """Let a deputy see to all open cases of an officer who is absent."""
    absent, deputy = line("absent"), line("deputy")
    found = assignment.pass_on(here().inbox, actor(), absent, deputy)
    return rendering.page("queue/passed_on.html", found=found, absent=absent, deputy=deputy)


def done(said: Done) -> ResponseReturnValue:
    """Show the queue again, and say what was done."""
    seat().say(said)
    return redirect(url_for("queue.first"), 303)


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels of the questions that the queue goes by, and of their answers by id."""

    category: Mapping[str, Texts]
    area: Mapping[str, Texts]


def _labels(asked: Questionnaire) -> _Labels:
    ids = scoring.questions()
    return _Labels(_options(asked, ids.category), _options(asked, ids.area))


def _options(asked: Questionnaire, question: str) -> Mapping[str, Texts]:
    return {option.id: option.label for option in asked.options(question)}
