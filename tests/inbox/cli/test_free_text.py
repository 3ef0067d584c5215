"""These tables list every text field that officers fill in.

For each field, the tables say how the reporter's identity stays out of the text. A new option or form field
fails the tests until somebody adds it to a table. ``Inbox.acting`` checks each reason, whether typed at the
desk or at the command line (test_comparisons.py).
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
    """Where a text is kept, or to whom it is sent."""

    JOURNAL = auto()  # the reason for an action; it must not identify the reporter
    LOOKED_AT = auto()  # sent to somebody; checked before that
    VAULT = auto()  # stored in the case only, or names what to remove from it
    SOUGHT = auto()  # chooses among stored data
    OFFICE = auto()  # not about a case
    NOWHERE = auto()  # shown once to another officer, and not stored


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
    # A name in braces stands for a question on the form for entering a report, or for a text of the office.
    Kept.OFFICE: {
        "consulted", "subject", "opinion", "card-folder", "entry-code", "fingerprint", "folder", "heard",
        "backup-folder", "keystore", "papers", "persons", "plan-file",
        "{{ name }}", "q-{{ field.id }}",
    },
    Kept.NOWHERE: {"refusal"},
}  # fmt: skip


def texts(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Option]]:
    """Yield each option that accepts any text, with its command."""
    for name, command in commands_of(group).items():
        if isinstance(command, click.Group):
            yield from texts(command, f"{path}{name} ")
            continue
        for option in command.params:
            if isinstance(option, click.Option) and isinstance(option.type, click.types.StringParamType):
                yield f"{path}{name}", option


def test_every_text_option_of_a_command_is_in_the_tables() -> None:
    found = {option.name for _, option in texts(commands)}
    assert set().union(*OPTIONS.values()) == found


def test_every_text_that_the_journal_keeps_is_the_reason_of_an_action() -> None:
    """One function checks that each reason is a single line that fits into a journal entry."""
    given = {(path, option.name): option.callback for path, option in texts(commands)}
    assert len(given) > 80
    reasons = {place for place in given if place[1] in OPTIONS[Kept.JOURNAL]}
    assert reasons == {place for place, callback in given.items() if callback is options.reason_of}


def test_every_text_field_of_the_desk_is_in_the_tables() -> None:
    found = set()
    for page in (ROOT / "templates" / "desk").rglob("*.html"):
        for field in re.findall(r"<(?:input|textarea)\b[^>]*>", page.read_text("utf-8")):
            kind, name = re.search(r'type="([a-z]+)"', field), re.search(r'name="([^"]*)"', field)
            if name and (kind is None or kind[1] in {"text", "search"}):
                found.add(name[1])
    assert set().union(*FIELDS.values()) == found
