"""Every free text of an officer is listed here, with what keeps the reporter's identity out of it.

A new option or form field fails the test until somebody has classified it. ``Inbox.acting`` checks reasons
wherever they are typed (test_comparisons.py).
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
    """Where a text goes."""

    JOURNAL = auto()  # the reason for an action, which cannot contain words about the reporter
    LOOKED_AT = auto()  # sent to somebody, and checked before
    VAULT = auto()  # stored only with the case, or removes something from it
    SOUGHT = auto()  # selects among stored data
    OFFICE = auto()  # not about a case
    NOWHERE = auto()  # shown once by one officer to another


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
    # The names with braces are the questions of a report that an officer enters, and the texts of the office.
    Kept.OFFICE: {
        "consulted", "subject", "opinion", "card-folder", "entry-code", "fingerprint", "folder", "heard",
        "backup-folder", "keystore", "papers", "persons",
        "{{ name }}", "q-{{ field.id }}",
    },
    Kept.NOWHERE: {"refusal"},
}  # fmt: skip


def texts(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Option]]:
    """Yield each option that accepts any text, with the words of its command."""
    for name, command in commands_of(group).items():
        if isinstance(command, click.Group):
            yield from texts(command, f"{path}{name} ")
            continue
        for option in command.params:
            if isinstance(option, click.Option) and isinstance(option.type, click.types.StringParamType):
                yield f"{path}{name}", option


def test_each_text_option_of_a_command_is_classified() -> None:
    found = {option.name for _, option in texts(commands)}
    assert set().union(*OPTIONS.values()) == found


def test_each_text_for_the_journal_is_the_reason_of_an_action() -> None:
    """One callback checks all of them: a single line, no longer than an entry can hold."""
    given = {(path, option.name): option.callback for path, option in texts(commands)}
    assert len(given) > 80
    reasons = {place for place in given if place[1] in OPTIONS[Kept.JOURNAL]}
    assert reasons == {place for place, callback in given.items() if callback is options.reason_of}


def test_each_text_field_of_the_desk_is_classified() -> None:
    found = set()
    for page in (ROOT / "templates" / "desk").rglob("*.html"):
        for field in re.findall(r"<(?:input|textarea)\b[^>]*>", page.read_text("utf-8")):
            kind, name = re.search(r'type="([a-z]+)"', field), re.search(r'name="([^"]*)"', field)
            if name and (kind is None or kind[1] in {"text", "search"}):
                found.add(name[1])
    assert set().union(*FIELDS.values()) == found
