"""Every command that takes a case, and what it is given beside its number."""

from collections.abc import Iterator, Mapping, Sequence

import click

from tests.support.command_tree import commands_of
from tests.support.inbox_builders import stranger, today
from tests.support.paths import ROOT

_CASES = {"case", "cases"}


def taking_a_case(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every command that takes a case.

    One that only shows less for a case, by an option, is none.
    """
    for name, command in commands_of(group).items():
        if isinstance(command, click.Group):
            yield from taking_a_case(command, (*path, name))
        elif any(isinstance(each, click.Argument) and each.name in _CASES for each in command.params):
            yield (*path, name)


RECIPIENT = stranger().recipient().encode()
# OUT is the path of a file that is not there.
MORE: Mapping[tuple[str, ...], Sequence[str]] = {
    ("show",): [],
    ("preview",): ["1"],
    ("attachment",): ["1", "--out", "OUT", "--reason", "x"],
    ("reply",): ["--text", "x"],
    ("acknowledge",): [],
    ("status",): ["assessing"],
    ("judge",): ["--danger", "1", "--reason", "x"],
    ("identity", "set"): ["--text-file", str(ROOT / "tests" / "golden" / "sheet.txt")],
    ("identity", "show"): [],
    ("identity", "consent"): ["--withdrawn"],
    ("disclosures", "list"): [],
    ("disclosures", "add"): ["--to", "x", "--what", "report", "--ground", "judicial"],
    ("declare",): [],
    ("links",): [],
    ("link",): ["1", "same_facts"],
    ("unlink",): ["1"],
    ("handlers",): [],
    ("break-glass",): ["--reason", "x"],
    ("open-archive",): ["--reason", "x"],
    ("junk",): ["--reason", "x"],
    ("destroy",): [],
    ("visa", "list"): ["--out", "OUT"],
    ("quarantine",): ["--reason", "x"],
    ("minimise",): ["what", "--text", "x", "--reason", "x"],
    ("dossier", "preview"): ["--for", "disciplinary", "--to", "x"],
    ("dossier", "make"): ["--for", "prosecutor", "--to", "x", "--recipient", RECIPIENT, "--out", "OUT"],
    ("access", "passages"): ["--request", "1"],
    ("access", "unopposed"): ["--request", "1", "--day", today().isoformat(), "--reference", "x"],
    ("access", "namesake"): ["--request", "1", "--reason", "x"],
    ("letter",): ["persons_notice", "--to", "x", "--text", "x", "--out", "OUT"],
    ("note",): ["--text", "x"],
    ("tag",): ["escale"],
    ("assign",): ["--nobody"],
    ("source-risk",): ["low", "--reason", "x"],
    ("credibility",): ["2", "--reason", "x"],
    ("measure",): ["none"],
    ("retract",): ["1", "--reason", "x"],
    ("many", "tag"): ["--add", "escale"],
    ("many", "assign"): ["--nobody"],
    ("tell",): ["1"],
    ("close",): ["out_of_scope", "--disclosure", "full", "--to", "prosecutor"],
    ("reopen",): ["--reason", "x"],
    ("unsend",): ["1"],
    ("decide",): ["not_needed", "--reason", "x"],
    ("extend",): ["--reason", "x", "--text", "x"],
    ("hold",): ["--reason", "x"],
    ("timeline",): [],
    ("conflict", "exclude"): ["chloe", "--reason", "x"],
    ("conflict", "lift"): ["bruno", "--reason", "x"],
}
