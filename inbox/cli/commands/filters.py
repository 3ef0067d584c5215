"""The options by which commands ask for many cases, and what they ask for."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import click

from crypto.messages import Status
from inbox.casework import tags
from inbox.casework.queue import Filter

_OPTIONS: list[Callable[[Any], Any]] = [
    click.option("--search", default="", help="Cases that say all these words."),
    click.option("--status", type=click.Choice([status.value for status in Status]), help="In this status."),
    click.option("--category", default="", help="Of this category, by its id in the questionnaire."),
    click.option("--area", default="", help="In this area, by its id in the questionnaire."),
    click.option("--priority", type=click.IntRange(1, 4), help="Of this priority; 1 cannot wait."),
    click.option("--overdue", is_flag=True, help="Of which a deadline has passed."),
    click.option("--to-read", is_flag=True, help="New ones, and those with a letter that nobody has read."),
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
