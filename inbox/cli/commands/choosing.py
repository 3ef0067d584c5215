"""The cases of one act on many: those that are named, or those that have something in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from inbox.casework import picking
from inbox.casework.queue import Filter
from inbox.cli.commands.filters import filtered, filters
from inbox.cli.options import NUMBER
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox


@dataclass(frozen=True, slots=True)
class Chosen:
    """Cases by their numbers; without any, those that ``wanted`` finds, as many as ``count`` confirms."""

    cases: tuple[int, ...]
    wanted: Filter
    count: int | None

    def numbers(self, inbox: Inbox, who: Actor) -> Sequence[int]:
        """Return the numbers, each once, in order; raises as ``picking.pick``."""
        return sorted(set(self.cases)) or picking.pick(inbox, who, self.wanted, self.count)


def many_cases(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take cases, or a filter with the number of those that it finds."""
    count = click.option(
        "--count", type=NUMBER, help="How many the filter finds, to confirm that it is these."
    )
    return click.argument("cases", type=NUMBER, nargs=-1)(filters(count(command)))


def chosen(given: dict[str, Any], *, junk: bool = False) -> Chosen:
    """Return which cases are meant, among the junk or among the others; UsageError for none, and for both."""
    cases, count = given.pop("cases"), given.pop("count")
    wanted = filtered(given | {"junk": junk})
    if bool(cases) is (wanted != Filter(junk=junk)):
        raise click.UsageError("give cases, or what they have in common, not both")
    return Chosen(cases, wanted, count)


def counted(numbers: Sequence[object]) -> str:
    """Return how many cases these are."""
    return "1 case" if len(numbers) == 1 else f"{len(numbers)} cases"
