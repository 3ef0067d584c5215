"""See what happened, and how the work goes."""

from collections.abc import Iterator

import click

from inbox.casework import oversight, timeline
from inbox.casework.timeline import Event
from inbox.cli.options import Door, case_argument, json_option, officer_options
from inbox.language import labels
from inbox.language.views import View
from inbox.session import action_words
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today
from inbox.text.printable import visible


@click.command(name="timeline")
@case_argument
@officer_options
@json_option
@click.pass_obj
def timeline_command(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show what happened to a case, day by day."""
    with door.opened() as (inbox, who), inbox.acting(who, action(Code.READ_TIMELINE, case)) as session:
        events = timeline.of(session, case)
    view = {"case": case, "events": list(map(timeline.view, events))}
    terminal.show(view, map(_event, events), as_json=as_json)


@click.command(name="oversight")
@officer_options
@json_option
@click.pass_obj
def oversight_command(door: Door, /, *, as_json: bool) -> None:
    """Show how the work goes, for who watches over it: nothing of what any report says."""
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.OVERSEE)) as session:
            view = oversight.view(session, day)
    terminal.show(view, _lines(view), as_json=as_json)


def _event(event: Event) -> str:
    about = action_words.values(event.what, event.values, "en")
    parts = [event.what, f"({about})" if about else "", ", ".join(event.by)]
    parts += [
        f"{event.times} times" if event.times > 1 else "",
        f"reason: {event.reason}" if event.reason else "",
    ]
    return f"{event.day}  {visible('  '.join(filter(None, parts)))}"


def _lines(view: View) -> Iterator[str]:
    cases = view["cases"]
    yield f"{view['day']}, {labels.english('regime', view['regime'])}"
    yield f"cases: {cases['open']} open, {cases['closed']} closed, {cases['held']} held, {cases['junk']} junk"
    yield f"scores judged: {cases['judged']}; in quarantine: {cases['quarantined']}"
    yield f"for their handlers alone: {cases['for_handlers']}, of them {cases['for_handlers_overdue']} late"
    yield f"kept from an officer: {view['exclusions']}"
    yield ""
    yield f"{'met':>7} {'late':>7} {'overdue':>7} {'running':>7}"
    for kind, counts in view["deadlines"].items():
        yield " ".join(f"{count:>7}" for count in counts.values()) + f"  {_deadline(kind)}"
    for name, codes in (("outcomes", "outcome"), ("disclosure", "disclosure"), ("decisions", "decision")):
        if view[name]:
            yield ""
            yield f"{name}:"
        yield from (f"{count:>7}  {labels.english(codes, code)}" for code, count in view[name].items())
    yield from ("", "acts:", *(f"{count:>7}  {act}" for act, count in view["acts"].items()))
    for each in view["break_glass"]:
        yield f"case {each['case']} was opened in an emergency on {each['day']} by {', '.join(each['by'])}"


def _deadline(kind: str) -> str:
    return labels.english("clock" if kind in labels.of("clock") else "duty", kind)
