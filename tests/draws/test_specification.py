"""docs/draws.md describes what the code does."""

import re

from draws.rules import RULES
from draws.transfers.rules import RULES as OF_TRANSFERS
from tests.support.paths import ROOT

TEXT = " ".join((ROOT / "docs" / "draws.md").read_text("utf-8").split())
PROTOCOL = (ROOT / "draws" / "protocol.py").read_text("utf-8")
PYTHON = PROTOCOL + (ROOT / "draws" / "transfers" / "records.py").read_text("utf-8")
SCRIPTS = ROOT / "draws" / "scripts"
SCRIPT = (SCRIPTS / "verify.js").read_text("utf-8") + (SCRIPTS / "transfers.js").read_text("utf-8")


def test_every_label_is_in_the_specification_and_both_implementations_use_the_same() -> None:
    labels = {*re.findall(r'"fanal/draw/1/([a-z]+)"', TEXT)}
    python = {*re.findall(r'(?:hashed|_begun)\("([a-z]+)"', PYTHON), *re.findall(r"draw/1/([a-z]+)", PYTHON)}
    # Only who freezes a list computes salts, and commitments to an exception.
    script = {*re.findall(r'hashed\("([a-z]+)"', SCRIPT), *re.findall(r"draw/1/([a-z]+)", SCRIPT)}
    assert labels == python
    assert labels - {"salt", "exception"} == script


def test_every_kind_of_record_is_in_the_specification_with_its_members() -> None:
    described = dict(re.findall(r'kind: "(draw-[a-z]+)"(?:, ([^}]*))?', TEXT))
    kinds = {*re.findall(r'"(draw-[a-z]+)"', PYTHON)}
    assert kinds == described.keys()
    assert {*re.findall(r'"(draw-[a-z]+)"', SCRIPT)} == kinds - {"draw-commitment"}


def test_the_rules_of_the_verifier_are_the_bold_words_of_the_specification() -> None:
    assert {*re.findall(r"\(\*\*([a-z]+)\*\*\)", TEXT)} == {*RULES, *OF_TRANSFERS} - {"transcript"}


def test_the_verifier_imports_only_the_protocol_and_the_cryptography() -> None:
    """An auditor reads two modules of this room."""
    source = (ROOT / "draws" / "verify.py").read_text("utf-8")
    imported = {*re.findall(r"^from (draws\S*|inbox\S*|templates\S*) import (.+)$", source, re.MULTILINE)}
    assert {name for name, _ in imported} == {"draws", "draws.protocol"}
    assert ("draws", "protocol") in imported
    assert not re.search(r"^(?:from|import) (?:inbox|draws\.(?!protocol))", PROTOCOL, re.MULTILINE)


def test_the_verifier_of_transfers_imports_only_the_protocol_and_the_rule() -> None:
    """It reads the same published files as anybody, and nothing of the office."""
    modules = ("records", "rule", "matching", "verify")
    sources = [(ROOT / "draws" / "transfers" / f"{each}.py").read_text("utf-8") for each in modules]
    imported = {*re.findall(r"^from ((?:draws|inbox|templates)\S*) import", "\n".join(sources), re.MULTILINE)}
    of_transfers = {f"draws.transfers.{each}" for each in modules}
    assert imported <= {"draws", "draws.protocol", "draws.verify", "draws.transfers", *of_transfers}
