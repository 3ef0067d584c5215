"""For each command, the journal records the officers, action, case and reason, but no word of a report."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crypto.journal import ENTRY, Presence
from inbox.cli.main import commands
from inbox.vault import queries_access
from inbox.vault.tables import Case
from tests.support import inbox_builders as build
from tests.support.command_tree import every_command
from tests.support.inbox_builders import Portal, Reporter, Sent, World, first
from tests.support.inbox_trio import Trio
from tests.support.journal_notes import CANARY, NOTES
from tests.support.laws import FOLDERS

# These commands record one entry for each of their two cases.
OF_TWO_CASES = {"case link add", "case link dismiss", "case link remove"}
# Other tests check the entries of these commands. `doctor` opens no inbox, so it records nothing, and nor do
# the commands of a trainer.
ELSEWHERE = {
    "doctor",
    "office exercise begin", "office exercise list", "office exercise release", "office exercise run",
    "office exercise debrief",
    "message template export",
    "retention destroy", "exchange unopened discard", "backup make", "backup restore", "access quarantine",
    "access unquarantine", "case redact",
    "init", "session", "desk", "exchange collect", "case add", "office questionnaire replace",
    "exchange card", "officer add", "officer remove",
    "officer renew", "officer acknowledge", "key rotate", "key destroy", "exchange channel add",
    "exchange channel remove",
    "journal correct-clock", "upgrade", "access break-glass", "case junk", "case unjunk", "queue tag",
    "queue assign", "queue unassign", "queue hand-over",
    "message acknowledge", "dossier make", "dossier verify", "law replace", "law show",
    "retention visa request", "retention visa add", "access open-archive",
    "request namesake", "request same-person", "dossier letter", "queue view list", "queue view save",
    "queue view rename", "queue view remove", "statistics plan list", "statistics plan check",
    "statistics plan adopt", "statistics edition make", "statistics edition write", "statistics show",
    "statistics check",
}  # fmt: skip


def entries(trio: Trio, first: int = 1) -> list[Any]:
    """Return the journal entries from number ``first`` on."""
    with trio.others.opened() as inbox, inbox.transaction() as session:
        return [ENTRY.parse(row.raw) for row in queries_access.journal(session, first)]


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_the_journal_records_the_officers_and_action_and_case_and_reason_of_each_command(
    trio: Trio, tmp_path: Path
) -> None:
    """The entry has a day but no time, and contains neither the text of a reply nor an alias.

    A comparison with the reporter's identity is recorded separately: see test_comparisons.py.
    """
    places = {"FILE": str(tmp_path / "file"), "FOLDER": str(trio.office.out)}
    places["SHEET"] = str(tmp_path / "sheet.pdf")
    places["REGISTER"] = str(tmp_path / "register.csv")
    places["LETTER"] = str(tmp_path / "letter")
    places["TEXT"] = str(tmp_path / "text")
    (tmp_path / "text").write_text(CANARY)
    listed = build.manifest(trio.others, tmp_path / "manifest.json")
    places["PAGES"] = str(listed)
    places["REPLIES"] = str(FOLDERS["fr"] / "replies.toml")
    digest = hashlib.sha256(listed.read_bytes()).hexdigest()[:16]
    last = entries(trio)[-1].n
    for words, (code, case, values, reason) in NOTES:
        noted = (code, case, values | ({"sha256": digest} if "sha256" in values else {}), reason)
        count = 2 if " ".join(words[:3]) in OF_TWO_CASES else 1
        assert 0 == trio.others.run(*(places.get(word, word) for word in words)).code, words
        made = entries(trio, last + 1)
        last = made[-1].n
        told = [each for each in made if each.action != "compare-identity"]
        entry = told[-1]
        assert (*noted, count) == (entry.action, entry.case, entry.values, entry.reason, len(told)), words
        assert (["alice", "chloe"], build.today()) == ([*entry.officers], entry.day)
        assert {Presence.OWN} == {*entry.officers.values()}


def test_every_command_is_in_the_table_or_has_its_own_test() -> None:
    known = {command: command.split() for command in every_command(commands)}
    tried = {
        command for command, path in known.items() if any(words[: len(path)] == path for words, _ in NOTES)
    }
    assert known.keys() == tried | ELSEWHERE


def test_the_journal_contains_no_word_of_a_report(
    trio: Trio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report, a follow-up, notes, file names and an alias contain the word.

    As a control, the tables of the vault contain the word.
    """
    described = build.describe
    monkeypatch.setattr(
        build, "describe", lambda files: tuple(replace(file, name=CANARY) for file in described(files))
    )
    world = World(trio.others)
    portal = Portal(world, tmp_path / "medium")
    reporter = Reporter(world)
    assert 0 == trio.others.run("access", "alias", "add", "bruno", CANARY).code
    sent = [
        first(reporter, text=CANARY, files=[b"x"]),
        Sent(reporter.follow_up(f"Alice, {CANARY}", files=[b"y"])),
        Sent(build.drop(world, f"Chloé, {CANARY}")),
    ]
    words = ["exchange", "collect", portal.bundle(*sent), "--new-instance", portal.fingerprint]
    assert 0 == trio.others.run(*words).code
    assert 1 == trio.others.run("exchange", "collect", tmp_path / CANARY).code
    trio.others.run("case", "show", "4")
    with trio.others.opened() as inbox, inbox.transaction() as session:
        entries = [ENTRY.parse(row.raw) for row in queries_access.journal(session)]
        kept = session.scalars(select(Case.message).where(Case.number > 3)).all()
    found = [(entry.case, entry.values["officer"]) for entry in entries if entry.action == "found-conflict"]
    meant = [{name for case, name in found if case == number} for number in (4, 5)]
    assert [["alice", "bruno"], ["bruno", "chloe"]] == sorted(map(sorted, meant))
    assert CANARY not in "".join(map(repr, entries))
    assert all(CANARY.encode() in message for message in kept)
