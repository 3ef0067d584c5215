"""Every command that takes the number of a case, with the other arguments that tests give the command."""

from collections.abc import Iterator, Mapping, Sequence

import click

from tests.support.command_tree import commands_of
from tests.support.inbox_builders import stranger, today
from tests.support.paths import ROOT

_CASES = {"case", "cases"}


def taking_a_case(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every command that takes a case.

    A command that uses a case only as a filter, in an option, does not count.
    """
    for name, command in commands_of(group).items():
        if isinstance(command, click.Group):
            yield from taking_a_case(command, (*path, name))
        elif any(isinstance(each, click.Argument) and each.name in _CASES for each in command.params):
            yield (*path, name)


RECIPIENT = stranger().recipient().encode()
# OUT is replaced by the path of a file that does not exist.
MORE: Mapping[tuple[str, ...], Sequence[str]] = {
    ("case", "show"): [],
    ("file", "preview"): ["1"],
    ("file", "export"): ["1", "--out", "OUT", "--reason", "x"],
    ("message", "reply"): ["--text", "x"],
    ("message", "acknowledge"): [],
    ("case", "set-status"): ["assessing"],
    ("case", "set-score"): ["--danger", "1", "--reason", "x"],
    ("case", "identity", "add"): ["--text-file", str(ROOT / "tests" / "golden" / "sheet.txt")],
    ("case", "identity", "show"): [],
    ("case", "identity", "consent"): ["--day", today().isoformat(), "--reason", "x"],
    ("case", "identity", "withdraw"): [],
    ("dossier", "disclosure", "list"): [],
    ("dossier", "disclosure", "add"): ["--to", "x", "--what", "report", "--ground", "judicial"],
    ("case", "declare"): [],
    ("case", "link", "list"): [],
    ("case", "link", "add"): ["1", "same_facts"],
    ("case", "link", "dismiss"): ["1"],
    ("case", "link", "remove"): ["1"],
    ("access", "handlers"): [],
    ("access", "restrict"): ["alice"],
    ("access", "unrestrict"): [],
    ("access", "break-glass"): ["--reason", "x"],
    ("access", "open-archive"): ["--reason", "x"],
    ("case", "junk"): ["--reason", "x"],
    ("case", "unjunk"): [],
    ("retention", "destroy"): [],
    ("retention", "visa", "request"): ["--out", "OUT"],
    ("access", "quarantine"): ["--reason", "x"],
    ("access", "unquarantine"): ["--reason", "x"],
    ("case", "redact"): ["what", "--text", "x", "--reason", "x"],
    ("dossier", "preview"): ["--for", "disciplinary", "--to", "x"],
    ("dossier", "make"): ["--for", "prosecutor", "--to", "x", "--recipient", RECIPIENT, "--out", "OUT"],
    ("request", "passages"): ["--request", "1"],
    ("request", "unopposed"): ["--request", "1", "--day", today().isoformat(), "--reference", "x"],
    ("request", "namesake"): ["--request", "1", "--reason", "x"],
    ("request", "same-person"): ["--request", "1", "--reason", "x"],
    ("dossier", "letter"): ["persons_notice", "--to", "x", "--text", "x", "--out", "OUT"],
    ("case", "note"): ["--text", "x"],
    ("case", "tag", "add"): ["escale"],
    ("case", "tag", "remove"): ["escale"],
    ("case", "assign"): ["alice"],
    ("case", "unassign"): [],
    ("case", "set-source-risk"): ["low", "--reason", "x"],
    ("case", "set-credibility"): ["2", "--reason", "x"],
    ("case", "measure", "add"): ["none"],
    ("case", "measure", "retract"): ["1", "--reason", "x"],
    ("queue", "tag"): ["--add", "escale"],
    ("queue", "assign"): ["--to", "alice"],
    ("queue", "unassign"): [],
    ("case", "measure", "share"): ["1"],
    ("case", "measure", "unshare"): ["1"],
    ("case", "close"): ["out_of_scope", "--disclosure", "full", "--to", "prosecutor"],
    ("case", "reopen"): ["--reason", "x"],
    ("message", "retract"): ["1"],
    ("case", "decide"): ["not_needed", "--reason", "x"],
    ("case", "extend"): ["--reason", "x", "--text", "x"],
    ("retention", "hold"): ["--reason", "x"],
    ("retention", "unhold"): ["--reason", "x"],
    ("case", "timeline"): [],
    ("access", "conflict", "add"): ["chloe", "--reason", "x"],
    ("access", "conflict", "remove"): ["bruno", "--reason", "x"],
}
