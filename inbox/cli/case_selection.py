"""How commands choose cases: by their numbers, or by what they have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import click

from crypto.messages import Status
from inbox.casework import tags
from inbox.cli.options import NUMBER
from inbox.overview import queue
from inbox.overview.queue_filter import Due, Filter, Order, State
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox

_OPTIONS: list[Callable[[Any], Any]] = [
    click.option("--search", default="", help="Cases that say all these words."),
    click.option("--language", default="", help="Written in this language: fr or en."),
    click.option("--status", type=click.Choice([status.value for status in Status]), help="In this status."),
    click.option("--category", default="", help="Of this category, by its id in the questionnaire."),
    click.option("--area", default="", help="In this area, by its id in the questionnaire."),
    click.option("--priority", type=click.IntRange(1, 4), help="Of this priority; 1 cannot wait."),
    click.option(
        "--due",
        type=click.Choice([each.value for each in Due]),
        help="By today, within a week, later, never.",
    ),
    click.option("--danger", is_flag=True, help="Of which the score tells of danger."),
    click.option("--to-read", is_flag=True, help="New ones, and those with a letter that nobody has read."),
    click.option("--undeclared", is_flag=True, help="Of which not all present have declared it."),
    click.option(
        "--officer", default="", help="That this officer sees to; @me: those present, @nobody: nobody."
    ),
    click.option("--tag", default="", help="With this tag."),
]

_STATES = {
    State.OPEN: "Those that wait alone, also with words to search.",
    State.CLOSED: "Closed ones about which no decision is owed.",
    State.JUNK: "The junk.",
    State.ALL: "Open, closed and junk, as with words to search.",
}

sort_option = click.option(
    "--sort", type=click.Choice([each.value for each in Order]), help="What comes first; else priority."
)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take what its cases have in common."""
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), command)


def state_options(*states: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a command take one of these states of cases, as a flag each."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for each in reversed(states):
            said = _STATES[State(each)]
            command = click.option(f"--{each}", "state", flag_value=each, help=said)(command)
        return command

    return decorate


def filtered(given: Mapping[str, Any]) -> Filter:
    """Return what was asked for by these options; what is empty asks for nothing."""
    return Filter(**_asked(given))


def narrowed(view: Filter, given: Mapping[str, Any]) -> Filter:
    """Return what a view asks for, but where these options ask for something else."""
    return replace(view, **_asked(given))


def _asked(given: Mapping[str, Any]) -> dict[str, Any]:
    asked = {name: value for name, value in given.items() if value}
    if "tag" in asked:
        asked["tag"] = tags.folded(asked["tag"])
    return asked


@dataclass(frozen=True, slots=True)
class Chosen:
    """Cases by their numbers; without any, those that ``wanted`` finds, as many as ``count`` confirms."""

    cases: tuple[int, ...]
    wanted: Filter
    count: int | None

    def numbers(self, inbox: Inbox, who: Actor) -> Sequence[int]:
        """Return the numbers, each once, in order; raises as ``queue.pick``."""
        return sorted(set(self.cases)) or queue.pick(inbox, who, self.wanted, self.count)


def many_cases(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take cases, or a filter with the number of those that it finds."""
    count = click.option(
        "--count", type=NUMBER, help="How many the filter finds, to confirm that it is these."
    )
    return click.argument("cases", type=NUMBER, nargs=-1)(filters(count(command)))


def chosen(given: dict[str, Any], state: State = State.OPEN) -> Chosen:
    """Return which cases are meant, in one state; UsageError for none, and for both ways of naming them."""
    cases, count = given.pop("cases"), given.pop("count")
    wanted = filtered(given)
    if bool(cases) is (wanted != Filter()):
        raise click.UsageError("give cases, or what they have in common, not both")
    return Chosen(cases, replace(wanted, state=wanted.state or state), count)


def counted(numbers: Sequence[object]) -> str:
    """Return how many cases these are."""
    return "1 case" if len(numbers) == 1 else f"{len(numbers)} cases"
