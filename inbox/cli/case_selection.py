"""How commands choose cases: by their numbers, or by what they have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import click

from crypto.messages import Status
from inbox.casework import tags
from inbox.cli.options import NUMBER
from inbox.overview import queue
from inbox.overview.queue import Filter
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox

_OPTIONS: list[Callable[[Any], Any]] = [
    click.option("--search", default="", help="Cases that say all these words."),
    click.option("--status", type=click.Choice([status.value for status in Status]), help="In this status."),
    click.option("--category", default="", help="Of this category, by its id in the questionnaire."),
    click.option("--area", default="", help="In this area, by its id in the questionnaire."),
    click.option("--priority", type=click.IntRange(1, 4), help="Of this priority; 1 cannot wait."),
    click.option("--overdue", is_flag=True, help="Of which a deadline has passed."),
    click.option("--to-read", is_flag=True, help="New ones, and those with a letter that nobody has read."),
    click.option("--undeclared", is_flag=True, help="Of which not all present have declared it."),
    click.option("--officer", default="", help="That this officer sees to."),
    click.option("--tag", default="", help="With this tag."),
]


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take what its cases have in common."""
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), command)


def filtered(given: Mapping[str, Any]) -> Filter:
    """Return what was asked for by these options; what is empty asks for nothing."""
    asked = {name: value for name, value in given.items() if value}
    if "tag" in asked:
        asked["tag"] = tags.folded(asked["tag"])
    return Filter(**asked)


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


def chosen(given: dict[str, Any], *, junk: bool = False) -> Chosen:
    """Return which cases are meant, among the junk or among the others; UsageError for none, and for both."""
    cases, count = given.pop("cases"), given.pop("count")
    wanted = filtered({"junk": junk} | given)
    if bool(cases) is (wanted != Filter(junk=junk)):
        raise click.UsageError("give cases, or what they have in common, not both")
    return Chosen(cases, wanted, count)


def counted(numbers: Sequence[object]) -> str:
    """Return how many cases these are."""
    return "1 case" if len(numbers) == 1 else f"{len(numbers)} cases"
