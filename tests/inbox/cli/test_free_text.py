"""Every text that an officer may type freely is known here, with what keeps the reporter out of it.

A new option or field of a form fails the test until somebody has said which it is. What an officer gives as a
reason is checked by ``Inbox.acting`` (test_comparisons.py), wherever it is typed.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto

import click

from inbox.cli import options
from inbox.cli.main import commands
from tests.support.command_tree import commands_of
from tests.support.paths import ROOT


class Kept(Enum):
    """What becomes of a text."""

    JOURNAL = auto()  # the reason of an action: never with such words
    LOOKED_AT = auto()  # it goes to somebody, and is looked at before
    VAULT = auto()  # it stands with the case alone, or removes something of it
    SOUGHT = auto()  # it chooses among what is there
    OFFICE = auto()  # it is about no case
    NOWHERE = auto()  # one officer shows it to another, once


OPTIONS = {
    Kept.JOURNAL: {"reason", "despite", "passphrases_lost"},
    Kept.LOOKED_AT: {"text", "addressee", "recipient", "to", "address"},
    Kept.VAULT: {"reference", "restrictions", "redact", "added", "removed"},
    Kept.SOUGHT: {
        "search", "category", "area", "officer", "tag", "body", "ground", "template", "include", "key",
        "state", "view",
    },
    Kept.OFFICE: {
        "names", "fingerprint", "confirm_instance", "new_instance", "subject", "opinion", "name", "channel",
        "name_fr", "name_en", "note_fr", "note_en", "law", "deployment_id", "root_key", "officers", "written",
        "head", "regime", "heard",
    },
}  # fmt: skip
FIELDS = {
    Kept.JOURNAL: {"reason", "despite"},
    Kept.LOOKED_AT: {"text", "sent", "addressee", "recipient", "to", "address"},
    Kept.VAULT: {"reference", "restrictions", "redact", "passage"},
    Kept.SOUGHT: {"search", "tag", "names", "case", "officer", "view-name", "refusal"},
    # Those with a brace are the questions of a report that an officer enters, and the texts of the office.
    Kept.OFFICE: {
        "consulted", "subject", "opinion", "card-folder", "entry-code", "fingerprint", "folder", "heard",
        "backup-folder", "keystore", "papers", "persons",
        "{{ name }}", "q-{{ field.id }}",
    },
    Kept.NOWHERE: {"refusal"},
}  # fmt: skip


def texts(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Option]]:
    """Yield each option that takes any text, with the words of its command."""
    for name, command in commands_of(group).items():
        if isinstance(command, click.Group):
            yield from texts(command, f"{path}{name} ")
            continue
        for option in command.params:
            if isinstance(option, click.Option) and isinstance(option.type, click.types.StringParamType):
                yield f"{path}{name}", option


def test_each_text_of_a_command_is_one_that_is_known() -> None:
    found = {option.name for _, option in texts(commands)}
    assert set().union(*OPTIONS.values()) == found


def test_whatever_the_journal_is_to_keep_is_a_reason_of_the_action() -> None:
    """By one callback for all of them: on one line, and no longer than an entry can hold."""
    given = {(path, option.name): option.callback for path, option in texts(commands)}
    assert len(given) > 80
    reasons = {place for place in given if place[1] in OPTIONS[Kept.JOURNAL]}
    assert reasons == {place for place, callback in given.items() if callback is options.reason_of}


def test_each_text_field_of_the_desk_is_one_that_is_known() -> None:
    found = set()
    for page in (ROOT / "templates" / "desk").rglob("*.html"):
        for field in re.findall(r"<(?:input|textarea)\b[^>]*>", page.read_text("utf-8")):
            kind, name = re.search(r'type="([a-z]+)"', field), re.search(r'name="([^"]*)"', field)
            if name and (kind is None or kind[1] in {"text", "search"}):
                found.add(name[1])
    assert set().union(*FIELDS.values()) == found
