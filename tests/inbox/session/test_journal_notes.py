"""What each command leaves in the journal: who, what, which case, why, and not a word of a report."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import select

from crypto.journal import ENTRY
from inbox.cli.main import commands
from inbox.vault import queries_access
from inbox.vault.tables import Case
from tests.support import inbox_builders as build
from tests.support.command_tree import commands_of
from tests.support.inbox_builders import Portal, Reporter, Sent, World, first
from tests.support.inbox_trio import Trio
from tests.support.paths import ROOT

CANARY = "zibeline-quartz-7319"

# Command, then action, case, values, reason.
NOTES: list[tuple[list[str], tuple[str, int | None, dict[str, object], str]]] = [
    (["list"], ("list", None, {}, "")),
    (["show", "1"], ("show", 1, {}, "")),
    (["preview", "1", "2", "--page", "3"], ("preview", 1, {"file": 2, "page": 3}, "")),
    (["attachment", "1", "2", "--out", "FILE", "--reason", "x"], ("extract", 1, {"file": 2}, "x")),
    (["reply", "1", "--text", CANARY], ("reply", 1, {}, "")),
    (["reply", "1", "--text", CANARY, "--feedback"], ("reply", 1, {"feedback": True}, "")),
    (["reply", "1", "--template", "withheld"], ("reply", 1, {"template": "withheld"}, "")),
    (["reply", "1", "--text", CANARY, "--preview"], ("preview-reply", 1, {}, "")),
    (["templates"], ("list-templates", None, {}, "")),
    (["templates", "REPLIES"], ("adopt-templates", None, {}, "")),
    (["reopen", "1", "--reason", "more came"], ("reopen", 1, {}, "more came")),
    (["status", "1", "assessing"], ("set-status", 1, {"status": "assessing"}, "")),
    (["note", "1", "--text", CANARY], ("note", 1, {}, "")),
    (["tag", "1", CANARY], ("tag", 1, {}, "")),
    (["tag", "1", CANARY, "--remove"], ("tag", 1, {"removed": True}, "")),
    (["assign", "1", "bruno"], ("assign", 1, {"officer": "bruno"}, "")),
    (["assign", "1", "--nobody"], ("assign", 1, {}, "")),
    (
        ["source-risk", "1", "low", "--reason", "many know"],
        ("assess-source", 1, {"risk": "low"}, "many know"),
    ),
    (
        ["measure", "1", "admin_inquiry", "--addressee", CANARY, "--reference", CANARY],
        ("record-measure", 1, {"kind": "admin_inquiry"}, ""),
    ),
    (["tell", "1", "1"], ("tell-measure", 1, {"measure": 1}, "")),
    (["tell", "1", "1", "--no-longer"], ("tell-measure", 1, {"measure": 1, "no_longer": True}, "")),
    (
        ["retract", "1", "1", "--reason", "another case"],
        ("remove-measure", 1, {"measure": 1}, "another case"),
    ),
    (["credibility", "1", "2", "--reason", "two agree"], ("rate", 1, {"credibility": "2"}, "two agree")),
    (
        ["close", "1", "moot", "--disclosure", "full", "--text", CANARY],
        ("close", 1, {"outcome": "moot", "disclosure": "full"}, ""),
    ),
    (
        ["decide", "1", "not_needed", "--reason", "nobody"],
        ("decide", 1, {"duty": "art14", "decision": "not_needed"}, "nobody"),
    ),
    (["hold", "1", "--reason", "trial"], ("hold", 1, {}, "trial")),
    (["hold", "1", "--release", "--reason", "over"], ("release-hold", 1, {}, "over")),
    (["reopen", "2", "--reason", "more came"], ("reopen", 2, {}, "more came")),
    (["timeline", "1"], ("read-timeline", 1, {}, "")),
    (["oversight"], ("oversee", None, {}, "")),
    (["settings"], ("list-settings", None, {}, "")),
    (["settings", "--regime", "external"], ("choose-regime", None, {"regime": "external"}, "")),
    (
        ["extend", "2", "--reason", "abroad", "--text", CANARY, "--preview"],
        ("preview-reply", 2, {}, ""),
    ),
    (["extend", "2", "--reason", "abroad", "--text", CANARY], ("extend", 2, {}, "abroad")),
    (["days-off", "list"], ("list-settings", None, {}, "")),
    (
        ["days-off", "add", "2031-01-02", "2031-01-03"],
        (
            "change-days-off",
            None,
            {"days_off": "added", "days": 2, "first": "2031-01-02", "last": "2031-01-03"},
            "",
        ),
    ),
    (
        ["days-off", "remove", "2031-01-03"],
        (
            "change-days-off",
            None,
            {"days_off": "removed", "days": 1, "first": "2031-01-03", "last": "2031-01-03"},
            "",
        ),
    ),
    (["redirections"], ("list-redirections", None, {}, "")),
    (["redirections", "--replace", "BODIES"], ("replace-redirections", None, {}, "")),
    (["queue"], ("list", None, {"view": "queue"}, "")),
    (["queue", "--search", CANARY], ("search", None, {"view": "queue"}, "")),
    (["judge", "1", "--danger", "2", "--reason", "armed"], ("judge", 1, {"danger": 2}, "armed")),
    (["identity", "set", "1", "--text-file", "TEXT"], ("keep-identity", 1, {}, "")),
    (["identity", "consent", "1", "--day", "2026-01-02"], ("note-consent", 1, {"consent": "given"}, "")),
    (["identity", "consent", "1", "--withdrawn"], ("note-consent", 1, {"consent": "withdrawn"}, "")),
    (["identity", "show", "1"], ("read-identity", 1, {}, "")),
    (["disclosures", "list", "1"], ("list-disclosures", 1, {}, "")),
    (
        ["disclosures", "add", "1", "--to", CANARY, "--what", "report", "--ground", "other", "--reason", "x"],
        ("disclose", 1, {"what": "report", "ground": "other"}, "x"),
    ),
    (
        ["disclosures", "add", "1", "--to", CANARY, "--what", "identity", "--ground", "judicial"],
        ("disclose-identity", 1, {"what": "identity", "ground": "judicial"}, ""),
    ),
    (
        ["dossier", "preview", "1", "--for", "disciplinary", "--to", CANARY, "--redact", "what:case 1"],
        ("show", 1, {"view": "dossier", "purpose": "disciplinary"}, ""),
    ),
    (["queue", "--junk"], ("list", None, {"view": "queue"}, "")),
    (["conflict", "exclude", "1", "bruno", "--reason", "kin"], ("exclude", 1, {"officer": "bruno"}, "kin")),
    (["conflict", "list"], ("list-conflicts", None, {}, "")),
    (
        ["conflict", "lift", "1", "bruno", "--reason", "no kin"],
        ("lift-conflict", 1, {"officer": "bruno"}, "no kin"),
    ),
    (["conflict", "alias", "bruno", CANARY], ("name-alias", None, {"officer": "bruno"}, "")),
    (["conflict", "aliases"], ("list-conflicts", None, {"view": "aliases"}, "")),
    (["conflict", "unalias", "bruno", CANARY], ("remove-alias", None, {"officer": "bruno"}, "")),
    (["declare", "1"], ("declare", 1, {}, "")),
    (["links", "1"], ("list-links", 1, {}, "")),
    (["link", "1", "2", "duplicate"], ("link", 2, {"relation": "duplicate"}, "")),
    (["unlink", "1", "2"], ("unlink", 2, {}, "")),
    (["link", "1", "2", "--dismiss"], ("dismiss-link", 2, {}, "")),
    (["handlers", "1", "chloe", "alice"], ("entrust", 1, {"officers": ("alice", "chloe")}, "")),
    (["handlers", "1"], ("list-handlers", 1, {}, "")),
    (["handlers", "1", "--anyone"], ("open-to-all", 1, {}, "")),
    (["journal", "print"], ("read-journal", None, {"how": "print"}, "")),
    (["journal", "verify"], ("read-journal", None, {"how": "verify"}, "")),
    (["keyring", "--out", "FOLDER"], ("renew-keyring", None, {}, "")),
    (["sign-pages", "PAGES", "--out", "FOLDER"], ("sign-pages", None, {"serial": 7, "sha256": "DIGEST"}, "")),
    (["outbox", "--out", "FOLDER"], ("make-outbox", None, {}, "")),
    (["outbox", "--out", "FOLDER", "--again", "1"], ("copy-outbox", None, {"outbox": 1}, "")),
    (["keys", "list"], ("list-keys", None, {}, "")),
    (["officers", "list"], ("list-officers", None, {}, "")),
    (["retention"], ("list-retention", None, {}, "")),
    (["eliminations"], ("list-eliminations", None, {}, "")),
    (["channels", "list"], ("list-channels", None, {}, "")),
]
# Each is noted of either case.
OF_TWO_CASES = {"link", "unlink"}
# Their own tests look at what they note.
ELSEWHERE = {
    "destroy", "backup", "restore", "quarantine", "minimise",
    "init", "session", "desk", "collect", "enter", "questionnaire", "card", "officers add", "officers remove",
    "officers renew", "keys rotate", "keys destroy", "channels accept", "channels remove",
    "journal clock", "upgrade", "break-glass", "junk", "many tag", "many assign", "dossier make",
    "dossier verify", "access",
}  # fmt: skip


def every_command(group: click.Group, path: str = "") -> Iterator[str]:
    for name, command in commands_of(group).items():
        if isinstance(command, click.Group):
            yield from every_command(command, f"{path}{name} ")
        else:
            yield path + name


def last_entry(trio: Trio) -> Any:
    """Return the newest entry, as the next command finds it."""
    with trio.others.opened() as inbox, inbox.transaction() as session:
        row = queries_access.last_journal_entry(session)
    assert row is not None
    return ENTRY.parse(row.raw)


def test_each_command_notes_who_what_which_case_and_why(trio: Trio, tmp_path: Path) -> None:
    """One entry each, with the day alone; what was written to the author or as an alias is not in it."""
    places = {"FILE": str(tmp_path / "file"), "FOLDER": str(trio.office.out)}
    places["TEXT"] = str(tmp_path / "text")
    (tmp_path / "text").write_text(CANARY)
    listed = build.manifest(trio.others, tmp_path / "manifest.json")
    places["PAGES"] = str(listed)
    places["BODIES"] = str(tmp_path / "bodies.toml")
    text = f'{{ fr = "{CANARY}", en = "{CANARY}" }}'
    (tmp_path / "bodies.toml").write_text(f"[police]\nname = {text}\ntext = {text}\n")
    places["REPLIES"] = str(ROOT / "inbox" / "replies" / "replies.toml")
    digest = hashlib.sha256(listed.read_bytes()).hexdigest()[:16]
    count = last_entry(trio).n
    for words, (code, case, values, reason) in NOTES:
        noted = (code, case, values | ({"sha256": digest} if "sha256" in values else {}), reason)
        count += 2 if words[0] in OF_TWO_CASES else 1
        assert 0 == trio.others.run(*(places.get(word, word) for word in words)).code, words
        entry = last_entry(trio)
        assert (*noted, count) == (entry.action, entry.case, entry.values, entry.reason, entry.n), words
        assert (("alice", "chloe"), build.today()) == (entry.officers, entry.day)


def test_every_command_is_in_the_table_or_has_its_own_test() -> None:
    known = {command: command.split() for command in every_command(commands)}
    tried = {
        command for command, path in known.items() if any(words[: len(path)] == path for words, _ in NOTES)
    }
    assert known.keys() == tried | ELSEWHERE


def test_not_a_word_of_a_report_is_in_the_journal(
    trio: Trio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, follow-up, note, file names, an alias that it is found by; the control is the vault's tables."""
    described = build.describe
    monkeypatch.setattr(
        build, "describe", lambda files: tuple(replace(file, name=CANARY) for file in described(files))
    )
    world = World(trio.others)
    portal = Portal(world, tmp_path / "medium")
    reporter = Reporter(world)
    assert 0 == trio.others.run("conflict", "alias", "bruno", CANARY).code
    sent = [
        first(reporter, text=CANARY, files=[b"x"]),
        Sent(reporter.follow_up(f"Alice, {CANARY}", files=[b"y"])),
        Sent(build.drop(world, f"Chloé, {CANARY}")),
    ]
    words = ["collect", portal.bundle(*sent), "--new-instance", portal.fingerprint]
    assert 0 == trio.others.run(*words).code
    assert 1 == trio.others.run("collect", tmp_path / CANARY).code
    trio.others.run("show", "4")
    with trio.others.opened() as inbox, inbox.transaction() as session:
        entries = [ENTRY.parse(row.raw) for row in queries_access.journal(session)]
        kept = session.scalars(select(Case.message).where(Case.number > 3)).all()
    found = [(entry.case, entry.values["officer"]) for entry in entries if entry.action == "found-conflict"]
    meant = [{name for case, name in found if case == number} for number in (4, 5)]
    assert [["alice", "bruno"], ["bruno", "chloe"]] == sorted(map(sorted, meant))
    assert CANARY not in "".join(map(repr, entries))
    assert all(CANARY.encode() in message for message in kept)
