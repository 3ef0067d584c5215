"""How commands select cases: by number, or by a filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from crypto.messages import Status
from inbox.casework import tags
from inbox.cli.free_text import TextOption
from inbox.overview import queue
from inbox.overview.queue_filter import Due, Filter, Order, State
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from templates.catalogues import LANGUAGES
from templates.command_line import NUMBER, Decorator, Option, Whole, together


def _filter(*names: str, **options: Any) -> Decorator:
    return click.option(*names, **{"cls": Option, "section": "Which cases", **options})


filters = together(
    _filter(
        "--search",
        cls=TextOption,
        question="words to search",
        default="",
        help="Cases with all these words.",
    ),
    _filter("--language", type=click.Choice(LANGUAGES), help="Cases in this language."),
    _filter(
        "--status", type=click.Choice([status.value for status in Status]), help="Cases with this status."
    ),
    _filter("--category", default="", help="Cases in this category, given by its id in the questionnaire."),
    _filter("--area", default="", help="Cases in this area, given by its id in the questionnaire."),
    _filter("--priority", type=Whole(1, 4), help="Cases with this priority; 1 is the most urgent."),
    _filter(
        "--due",
        type=click.Choice([each.value for each in Due]),
        help="Cases that are due in this period. `today` and `week` include overdue cases.",
    ),
    _filter("--danger", is_flag=True, help="Cases with a score that indicates danger."),
    _filter("--to-read", is_flag=True, help="New cases, and cases with unread messages."),
    _filter(
        "--undeclared",
        is_flag=True,
        help="Cases in which a signed-in officer has yet to declare that they have no conflict of interest.",
    ),
    _filter(
        "--officer",
        metavar="OFFICER",
        default="",
        help="Cases assigned to this officer. @me means any signed-in officer, and @nobody means unassigned"
        " cases.",
    ),
    _filter("--tag", default="", help="Cases with this tag."),
)

_STATES = {
    State.OPEN: "Only open cases, even if you search for words.",
    State.CLOSED: "Closed cases without an open decision.",
    State.JUNK: "Cases marked as junk.",
    State.ALL: "Open, closed and junk cases: the default if you search for words.",
}

sort_option = click.option(
    "--sort",
    type=click.Choice([each.value for each in Order]),
    help="Sort the cases by priority, which is the default, or by deadline.",
)


def state_options(*states: str) -> Decorator:
    """Return a flag for each of these states of cases. Only one flag can be given."""
    return together(
        *(_filter(f"--{each}", "state", flag_value=each, help=_STATES[State(each)]) for each in states)
    )


def filtered(given: Mapping[str, Any]) -> Filter:
    """Return the filter from these options. Empty options do not filter."""
    return Filter(**_asked(given))


def narrowed(view: Filter, given: Mapping[str, Any]) -> Filter:
    """Return the filter of a view, overridden by these options."""
    return replace(view, **_asked(given))


def _asked(given: Mapping[str, Any]) -> dict[str, Any]:
    asked = {name: value for name, value in given.items() if value}
    if "tag" in asked:
        asked["tag"] = tags.folded(asked["tag"])
    return asked


# Case numbers, or a filter with the number of cases that it finds.
many_cases = together(
    click.argument("cases", metavar="[CASE…]", type=NUMBER, nargs=-1),
    filters,
    click.option(
        "--count",
        type=NUMBER,
        help="The number of cases that you expect the filter to find. If the filter finds a different"
        " number of cases, nothing is done.",
    ),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Selected cases, by number or by the filter ``wanted``, which must find exactly ``count`` cases."""

    cases: tuple[int, ...]
    wanted: Filter
    count: int | None

    def numbers(self, inbox: Inbox, who: Actor) -> Sequence[int]:
        """Return the numbers without duplicates, in order. Raises the same errors as ``queue.pick``."""
        return sorted(set(self.cases)) or queue.pick(inbox, who, self.wanted, self.count)


def chosen(given: dict[str, Any], state: State = State.OPEN) -> Chosen:
    """Return the selected cases in one state. Raises UsageError unless there is exactly one selection."""
    cases, count = given.pop("cases"), given.pop("count")
    wanted = filtered(given)
    if bool(cases) is (wanted != Filter()):
        raise click.UsageError("give case numbers or a filter, not both")
    return Chosen(cases, replace(wanted, state=wanted.state or state), count)


def counted(numbers: Sequence[object]) -> str:
    """Return the number of cases in words."""
    return "1 case" if len(numbers) == 1 else f"{len(numbers)} cases"
