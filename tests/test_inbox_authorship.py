"""No command prints what proves that somebody wrote a report; they are those of the journal's table."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from crypto.messages import REPORT
from inbox.schema import Case, FollowUp
from tests import inbox_builders as build
from tests.dossier_room import forms
from tests.inbox_trio import Trio
from tests.test_inbox_journal_notes import NOTES

pytest_plugins = ["tests.inbox_room"]


def proofs(trio: Trio) -> Iterator[tuple[str, bytes]]:
    """Yield what proves authorship of each case, as the vault has it."""
    with trio.others.opened() as inbox, inbox.transaction() as session:
        for case in session.scalars(select(Case)):
            report = REPORT.parse(case.message)
            yield from (
                ("author key", report.author_key),
                ("case id", report.case_id),
                ("salt", report.salt),
                ("withdraw id", report.withdraw_id),
                ("reply recipient", report.reply_recipient),
                ("signature", case.signature or b""),
                ("envelope", case.envelope),
                ("hash of the report", hashlib.sha256(case.message).digest()),
            )
        for follow_up in session.scalars(select(FollowUp)):
            yield from (("follow-up", follow_up.id), ("its signature", follow_up.signature))


def test_no_command_prints_what_proves_authorship(trio: Trio, tmp_path: Path) -> None:
    """Raw, in hexadecimal or in base 64; the control is the reports, where they stand."""
    values = list(proofs(trio))
    (tmp_path / "text").write_text("x")
    places = {"FILE": str(tmp_path / "file"), "FOLDER": str(trio.office.out), "TEXT": str(tmp_path / "text")}
    places["PAGES"] = str(build.manifest(trio.others, tmp_path / "manifest.json"))
    printed = {}
    for words, _ in NOTES:
        said = trio.others.run(*(places.get(word, word) for word in words), "--json")
        printed[" ".join(words)] = f"{said.out}{said.err}".encode("utf-8", "surrogateescape")
    assert len(printed) > 20
    assert all(printed.values())
    found = [
        (words, name)
        for words, out in printed.items()
        for name, value in values
        for written in forms(value)
        if written in out
    ]
    assert [] == found
    with trio.others.opened() as inbox, inbox.transaction() as session:
        control = b"".join(session.scalars(select(Case.message)))
    seen = {name for name, value in values for written in forms(value) if written in control}
    assert {"author key", "case id", "salt", "withdraw id", "reply recipient"} == seen
