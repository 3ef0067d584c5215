"""Show a case and its history.

Before reading the case, officers declare that they have no conflict of interest.
"""

from typing import Any

import click

from crypto.printable import visible
from inbox.access import declarations
from inbox.cli import render
from inbox.cli.case_selection import chosen, counted, many_cases, state_options
from inbox.cli.options import Door, case_argument, opens_inbox
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.overview import case_view, timeline
from inbox.overview.case_view import Look
from inbox.overview.timeline import Event
from inbox.session import action_words
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.system import terminal


@click.command()
@case_argument
@opens_inbox
def show(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show everything in one case."""
    with door.opened() as (inbox, who):
        _ask(inbox, who, case)
        # Officers read the terminal in English; a program gets the labels that the reporter saw.
        shown = case_view.read(inbox, who, case, Look(language="" if as_json else "en"))
    terminal.show(shown.view, render.details(shown.view), as_json=as_json)


@click.command()
@many_cases
@state_options("closed", "junk")
@opens_inbox
def declare(door: Door, /, *, as_json: bool, **given: Any) -> None:
    """Declare that no signed-in officer has a conflict of interest in these cases.

    If an officer has a conflict of interest, exclude that officer instead: inbox access conflict add.

    To declare many cases at once: inbox case declare --undeclared.
    """
    cases = chosen(given)
    with door.opened() as (inbox, who):
        numbers = cases.numbers(inbox, who)
        names = declarations.declare(inbox, who, numbers)
    which = f"{counted(numbers)}: {', '.join(map(str, numbers))}"
    said = (
        f"{', '.join(names)}: {declarations.QUESTION}"
        if names
        else "all signed-in officers had declared before"
    )
    terminal.show({"cases": numbers, "officers": names}, [which, visible(said)], as_json=as_json)


@click.command()
@case_argument
@opens_inbox
def timeline_command(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show the history of a case by day."""
    with door.opened() as (inbox, who):
        events = timeline.look(inbox, who, case)
    view = {"case": case, "events": list(map(timeline.view, events))}
    terminal.show(view, map(_event, events), as_json=as_json)


def _ask(inbox: Inbox, who: Actor, case: int) -> None:
    """Ask each signed-in officer for the missing declaration. Raises Refused if an officer declines."""
    if not terminal.is_interactive():
        return
    names = declarations.undeclared(inbox, who, case)
    for name in names:
        if not terminal.ask(f"{visible(name)}, about case {case}: {declarations.QUESTION}?"):
            raise Refused(
                sentence("{name} did not make the declaration for this case", name=name),
                sentence(
                    "leave the case to others: inbox access conflict add {case} {name} --reason TEXT",
                    case=case,
                    name=name,
                ),
            )
    if names:
        declarations.declare(inbox, who, [case])


def _event(event: Event) -> str:
    about = action_words.values(event.what, event.values, "en")
    parts = [event.what, f"({about})" if about else "", ", ".join(event.by)]
    parts += [
        f"{event.times} times" if event.times > 1 else "",
        f"reason: {event.reason}" if event.reason else "",
    ]
    return f"{event.day}  {visible('  '.join(filter(None, parts)))}"
