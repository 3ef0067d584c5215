"""No command and no page shows data that prove who reported.

The list of commands comes from the tests of the journal.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.messages import REPORT
from inbox.vault.casework_tables import Identity
from inbox.vault.tables import Case, FollowUp
from tests.support import inbox_builders as build
from tests.support.desk_room import sitting
from tests.support.dossier_room import forms, unpacked
from tests.support.inbox_builders import passphrase_of, today
from tests.support.inbox_trio import Trio
from tests.support.journal_notes import NOTES

# This name occurs in no other text of the vault.
IDENTITY = "Ondine Kerguelen-Xaintrailles"


def proofs(trio: Trio) -> Iterator[tuple[str, bytes]]:
    """Yield the data in the vault that prove who reported each case."""
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


def shown(values: list[tuple[str, bytes]], out: bytes) -> list[str]:
    """Return the names of the values that the output contains, either raw, in hexadecimal, or in base 64."""
    return [name for name, value in values for written in forms(value) if written in out]


def test_no_page_of_the_desk_and_no_answer_to_an_access_request_proves_who_reported(
    trio: Trio, tmp_path: Path
) -> None:
    """The test opens an answer to an access request, and each page about a case that the officer may read.

    No page shows the identity of the reporter, because two officers are needed and only one is signed in.
    """
    values = [*proofs(trio), ("identity", IDENTITY.encode())]
    with trio.others.opened() as inbox, inbox.transaction() as session:
        session.get_one(Identity, 1).text = IDENTITY
    told = []
    asked = ["--person", "case", "--received", (today() - timedelta(25)).isoformat(), "--way", "letter"]
    trio.others.json("request", "add", *asked)
    (tmp_path / "text").write_text("Rien que de connu.")
    for number in ("1", "2", "3"):
        trio.others.json("case", "decide", number, "no_transmission", "--reason", "x")
        trio.others.json("case", "decide", number, "informed", "--reason", "x")
    trio.others.json(
        "request", "answer", "2", "--text-file", tmp_path / "text", "--out", tmp_path / "answer.pdf"
    )
    told.append(unpacked((tmp_path / "answer.pdf").read_bytes()))
    with sitting(trio.others, tmp_path) as client:
        rules = [rule for rule in client.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        paths = [re.sub(r"<int:\w+>", "1", rule.rule) for rule in rules if "<language>" in rule.rule]
        pages = [
            client.ask(path.replace("<language>", "en").removeprefix(client.desk.place)) for path in paths
        ]
        told += [page.data for page in pages if page.status_code == 200]
        read = client.page("/en/case/1")
        both = {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "chloe")}
        control = client.send("/en/case/1/ledger/identity", **both).text
    assert "case 1" in read
    assert IDENTITY in control
    assert len(told) > 12
    assert [] == [name for out in told for name in shown(values, out)]


@pytest.mark.slow
def test_no_command_prints_data_that_prove_who_reported(trio: Trio, tmp_path: Path) -> None:
    """The control: the reports in the vault contain these data.

    With --json, every command prints only JSON, even for an error.
    """
    values = list(proofs(trio))
    (tmp_path / "text").write_text("x")
    places = {"FILE": str(tmp_path / "file"), "FOLDER": str(trio.office.out), "TEXT": str(tmp_path / "text")}
    places["LETTER"] = str(tmp_path / "letter")
    places["SHEET"] = str(tmp_path / "sheet.pdf")
    places["PAGES"] = str(build.manifest(trio.others, tmp_path / "manifest.json"))
    printed = {}
    for words, _ in NOTES:
        said = trio.others.run(*(places.get(word, word) for word in words), "--json")
        assert isinstance(json.loads(said.out or said.err), dict), words
        printed[" ".join(words)] = f"{said.out}{said.err}".encode("utf-8", "surrogateescape")
    assert len(printed) > 20
    assert all(printed.values())
    assert [] == [(words, name) for words, out in printed.items() for name in shown(values, out)]
    with trio.others.opened() as inbox, inbox.transaction() as session:
        control = b"".join(session.scalars(select(Case.message)))
    seen = set(shown(values, control))
    assert {"author key", "case id", "salt", "withdraw id", "reply recipient"} == seen
